"""The command palette, with Textual's crash worked around."""

from __future__ import annotations

from textual.command import CommandList, CommandPalette


class Palette(CommandPalette):
    """Textual's palette without its crash when paging before the list has any rows or any height.

    Textual (8.2) looks up the row of the selected entry and doesn't find it.
    """

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "command_list" and not self.query_one(CommandList).scrollable_content_region:
            return False
        return super().check_action(action, parameters)
