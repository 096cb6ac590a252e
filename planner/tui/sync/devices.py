"""The devices screen: how syncing stands, and the values that gave way to another device's, which can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from planner.services.sync import devices as service
from planner.tui.messages import Said, Unchanged
from planner.tui.shared.list_screen import ListScreen
from planner.tui.shared.widgets.frame import FooterItem
from planner.tui.sync.widgets.devices import ConflictLines, StandingLines


class DevicesScreen(ListScreen[ConflictLines]):
    """Screen of the rep's devices and of what gave way between them."""

    TAB = "Devices"
    CSS_PATH = "devices.tcss"
    LIST = ConflictLines
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take_back", "take back", id="sync-take-back", tooltip="Put the value that gave way back"),
        Binding("x", "drop", "dismiss", id="sync-drop", tooltip="The later edit is right: take it off the list"),
        Binding("s", "sync", "sync now", id="sync-now", tooltip="Send and take in what changed, now"),
        Binding("escape", "leave", "back", id="sync-leave", tooltip="Back to Today"),
    ]
    FOOTER = ("take_back", "drop", "sync", "leave", "undo")
    WITHOUT_CONFLICT = ("sync", "leave", "undo")

    _ended = 0
    _waiting = False

    def body(self) -> ComposeResult:
        yield ConflictLines(self.ctx.today(), id="conflicts")
        yield StandingLines(self.ctx.today(), id="standing")

    def poll(self) -> None:
        """Also read again when a sync has ended, which may have changed nothing but how it stands."""
        super().poll()
        ended = self.planner.syncs_ended
        if ended != self._ended:
            self._ended = ended
            if self._waiting:
                self._waiting = False
                self.say([(" ✓ ", "good"), (self.planner.sync_outcome, "")] if self.planner.sync_outcome else [])
            self.reload()

    def reload(self) -> None:
        self.load_async(lambda: service.overview(self.ctx), self._show)

    def _show(self, found: service.Overview) -> None:
        self.lines.show(found, self.ctx.today())
        self.entry_chosen()
        self._tell_notices()

    def entry_chosen(self) -> None:
        found = self.lines.found
        if found is not None:
            self.query_one(StandingLines).show(found, self.lines.chosen, self.ctx.today())
        self.show_keys()

    def footer_keys(self) -> Sequence[FooterItem]:
        return self.FOOTER if self.is_mounted and self.lines.chosen is not None else self.WITHOUT_CONFLICT

    def open_entry(self) -> None:
        self.action_take_back()

    def action_take_back(self) -> None:
        """Put the value under the cursor back in its place, as an undoable change."""
        chosen = self.lines.chosen
        if chosen is None:
            return

        def take_back() -> str:
            back = service.take_back(self.ctx, chosen.id)
            return Said(f"{back.what} is {back.value_text} again")

        self.run_change(take_back)

    def action_drop(self) -> None:
        """Take the value under the cursor off the list."""
        chosen = self.lines.chosen
        if chosen is None:
            return

        def drop() -> str:
            service.drop_conflicts(self.ctx, chosen.id)
            return Unchanged(f"Off the list: {chosen.what} stays {chosen.now_text}")

        self.run_change(drop)

    def action_sync(self) -> None:
        """Sync at once."""
        if self.planner.sync_now():
            self._waiting = True
            self.say([("   ", ""), ("Syncing …", "dim")], keep=True)
        else:
            self.show_error("This device doesn't sync. Begin in a shell: planner sync start FOLDER")
