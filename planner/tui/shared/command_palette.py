"""The palette."""

from __future__ import annotations

from textual.command import CommandList, CommandPalette


class Palette(CommandPalette):
    """Textual's palette, which outlives a page turned where no line of its list is there yet, or has room.

    Textual (8.2) looks for the line of the chosen entry, finds none, and the program would end.
    """

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "command_list" and not self.query_one(CommandList).scrollable_content_region:
            return False
        return super().check_action(action, parameters)
