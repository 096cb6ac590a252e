"""The screen of promises and complaints, so that each one is kept or answered."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from planner.domain.clients.complaints import ORDER, Complaint, State
from planner.domain.clients.promises import Promise
from planner.domain.clients.special_days import SpecialDay
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.tui.clients import changes
from planner.tui.clients.pages import ClientPage
from planner.tui.clients.widgets.care import CareLines, CareView
from planner.tui.clients.widgets.contact import DossierLines
from planner.tui.shared import spans
from planner.tui.shared.screen import Places
from planner.tui.shared.widgets.frame import FooterItem

if TYPE_CHECKING:
    from planner.services.clients.complaints import Complaints
    from planner.services.clients.dossier import Dossier
    from planner.tui.clients.modals.clients import AnswerWanted

    CareFound = tuple[list[Promise], Complaints, tuple[SpecialDay, ...]]

NOTHING = ("promise", "turn", "app.show('clients')", "undo", "search")


class CareScreen(ClientPage[CareLines]):
    """Screen of promises made to customers, and complaints from them."""

    PAGE = "care"
    CSS_PATH = "care.tcss"
    LIST = CareLines
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space",
            "settle(True)",
            "done",
            id="care-kept",
            tooltip="Mark the promise kept, or move the complaint to its next step",
        ),
        Binding("b", "settle(False)", "broken", id="care-broken", tooltip="Mark the promise broken"),
        Binding(
            "e", "agree", "what was agreed", id="care-agree", tooltip="Log what you agreed on a complaint, and by when"
        ),
        Binding("p", "promise", "promise", id="care-promise", tooltip="Add a promise in one line"),
        Binding("enter", "client", "dossier", id="care-client", tooltip="Open the contact's dossier"),
        Binding("v", "turn", "show closed", id="care-turn", tooltip="Switch between open and closed"),
        Binding("tab", "app.show('clients')", "clients", id="care-clients", tooltip="Go to the client list"),
        Binding("shift+tab", "app.show('deals')", "deals", id="care-deals", tooltip="Go to the pipeline"),
        Binding("escape", "leave", "back", id="care-leave", tooltip="Go back to Today"),
    ]
    FOOTER = (
        "settle(True)",
        "settle(False)",
        "agree",
        "promise",
        "client",
        "turn",
        "app.show('clients')",
        "undo",
        "search",
    )

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today, places: Places = ()) -> None:
        super().__init__(ctx, live, today, places)
        self._settled = False
        self._found: CareFound | None = None

    def body(self) -> ComposeResult:
        yield CareLines(id="care")
        yield DossierLines(id="dossier")

    def poll(self) -> None:
        """Also redraw when the minute changes, since items become late by the minute."""
        super().poll()
        shown = self.lines.shown
        if shown is not None and shown.now.minute != self.ctx.now().minute:
            self._show()

    def reload(self) -> None:
        def read() -> CareFound:
            from planner.services.clients import complaints, people, promises

            settled = promises.list_promises(self.ctx, settled=True)
            return settled, complaints.list_complaints(self.ctx, checked=True), people.days_of_today(self.ctx)

        self.load_async(read, self._take)

    def _take(self, found: CareFound) -> None:
        self._found = found
        self._show()
        self.entry_chosen()
        self._tell_notices()

    def _show(self) -> None:
        if self._found is None:
            return
        promises, complaints, days = self._found
        now, today = self.ctx.now(), self.ctx.today()
        view = CareView(promises, complaints.rows, complaints.repeated, now, today, days, settled=self._settled)
        self.lines.show(view)
        self.mark_empty(not view.rows)

    def footer_keys(self) -> Sequence[FooterItem]:
        return NOTHING if self.is_empty else self.FOOTER

    # selection

    def on_resize(self) -> None:
        self.entry_chosen()

    def entry_chosen(self) -> None:
        if self.app.size.width >= spans.WIDE:
            self.read_dossier()

    def concerned(self) -> int | None:
        chosen = self.lines.chosen
        return None if chosen is None else chosen.contact_id

    def show_dossier(self, dossier: Dossier | None) -> None:
        self.pane().show(dossier, self.ctx.now(), self.ctx.today())

    def pane(self) -> DossierLines:
        return self.query_one(DossierLines)

    def action_turn(self) -> None:
        """Switch between open and closed items."""
        self._settled = not self._settled
        self._show()
        self.entry_chosen()

    def _chosen(self) -> Promise | Complaint | SpecialDay | None:
        found = self.lines.chosen
        if found is None:
            self.show_error("Nothing is selected.")
        return found

    def action_client(self) -> None:
        """Open the dossier of the contact concerned."""
        found = self._chosen()
        if found is not None and found.contact_id is None:
            self.show_error("This one isn't linked to a contact.")
        elif found is not None:
            self.planner.show("clients", ("contact", found.contact_id))

    # changes

    def action_settle(self, kept: bool) -> None:
        """Mark a promise kept or broken, or move a complaint to its next step."""
        found = self._chosen()
        if isinstance(found, Promise):
            from planner.services.clients import promises

            self.record(promises.settle, found.id, kept=kept)
        elif isinstance(found, SpecialDay):
            self.show_error("A birthday or date can't be marked. Press ⏎ to open the contact.")
        elif found is not None and not kept:
            self.show_error("Only promises can be broken. Press space for the complaint's next step.")
        elif found is not None and found.state is State.CHECKED:
            self.show_error("You already followed up on this complaint.")
        elif found is not None:
            following = ORDER[ORDER.index(found.state) + 1]
            self.run_change(partial(changes.advance, self.ctx, found.id, following))

    def action_agree(self) -> None:
        """Ask what was agreed about a complaint."""
        found = self._chosen()
        if not isinstance(found, Complaint):
            if isinstance(found, Promise):
                self.show_error("This is a promise. Press space if you kept it, b if you broke it.")
            elif found is not None:
                self.show_error("A birthday or date can't be marked. Press ⏎ to open the contact.")
            return
        self._ask_answer(found)

    def _ask_answer(self, found: Complaint, typed: dict[str, str] | None = None, problem: str = "") -> None:
        from planner.tui.clients.modals.clients import AnswerModal

        def answer(wanted: AnswerWanted | None) -> None:
            if wanted is not None:
                self.run_change(
                    partial(changes.answer, self.ctx, found, wanted),
                    lambda trouble: self.ask_again(
                        partial(self._by_now, found), found, lambda now: self._ask_answer(now, wanted.typed, trouble)
                    ),
                )

        what = f"{found.contact or 'Complaint'}: {found.kind}"
        self.app.push_screen(AnswerModal(self.ctx.now(), what, typed, problem), answer)

    def _by_now(self, complaint: Complaint) -> Complaint:
        """Return the current state of a complaint."""
        from planner.services.clients import complaints

        return next(
            (each for each in complaints.list_complaints(self.ctx, checked=True).rows if each.id == complaint.id),
            complaint,
        )
