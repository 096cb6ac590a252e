"""The screen of deals: the pipeline as a board where a key moves a deal, or as a table with won and lost deals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from planner.domain.clients.deals import Deal, Stage
from planner.services.clients import pipeline as service
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.tui import whom
from planner.tui.clients import changes
from planner.tui.clients.pages import ClientPage
from planner.tui.clients.widgets.board import BoardLines
from planner.tui.clients.widgets.deal import DealPane
from planner.tui.clients.widgets.deals import DealLines, stages_beside
from planner.tui.messages import ServiceFailed
from planner.tui.shared import spans
from planner.tui.shared.screen import Places
from planner.tui.shared.widgets.frame import FooterItem, FooterKey

if TYPE_CHECKING:
    from planner.services.clients.dossier import Dossier
    from planner.tui.shared.entity_form import Edited


STRIP_CLASS = "-strip"
FRAME, ROOMY_FRAME = 4, 7  # rows around the board and the strip below it: header, message, footer and what is free
LEAST_STRIP = 7  # rows of the deal below the board
NARROWEST = 70  # cells: below this, the board's cards show too little
MOVE = FooterKey("move", "carry(-1)", "carry(1)")
NOTHING = ("app.show('care')", "undo", "search")  # besides, without any deal


class DealsScreen(ClientPage[DealLines]):
    """Screen of the deal pipeline."""

    PAGE = "deals"
    CSS_PATH = "deals.tcss"
    LIST = DealLines
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "L,shift+right,greater_than_sign", "carry(1)", "next stage", id="deal-on", tooltip="Move to the next stage"
        ),
        Binding(
            "H,shift+left,less_than_sign",
            "carry(-1)",
            "previous stage",
            id="deal-back",
            tooltip="Move to the previous stage",
        ),
        Binding("w", "won", "won", id="deal-won", tooltip="Mark the deal won. Its revenue counts today."),
        Binding("x", "lost", "lost", id="deal-lost", tooltip="Mark the deal lost, and say why"),
        Binding("p", "promise", "promise", id="deal-promise", tooltip="Promise its contact something"),
        Binding("n", "new", "new", id="deal-new", tooltip="Add a deal"),
        Binding("e", "edit", "edit", id="deal-edit", tooltip="Edit the deal"),
        Binding("o", "reopen", "reopen", id="deal-reopen", tooltip="Reopen a won or lost deal"),
        Binding("R", "renew", "renew", id="deal-renew", tooltip="Open the renewal of a won deal"),
        Binding("enter", "client", "dossier", id="deal-client", tooltip="Open the contact's dossier"),
        Binding("v", "turn", "table", id="deal-turn", tooltip="Switch between the board and all deals"),
        Binding("tab", "app.show('care')", "promises", id="deal-care", tooltip="Go to promises and complaints"),
        Binding("shift+tab", "app.show('clients')", "clients", id="deal-clients", tooltip="Go to the client list"),
        Binding("escape", "leave", "back", id="deal-leave", tooltip="Go back to Today"),
        Binding("left,h", "cursor(0, -1)", "left", id="deal-left", show=False),
        Binding("right,l", "cursor(0, 1)", "right", id="deal-right", show=False),
    ]
    FOOTER = ("won", "lost", "new", "edit", "client", "turn", "app.show('care')", "undo", "search")

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today, places: Places = ()) -> None:
        super().__init__(ctx, live, today, places)
        self._choose: int | None = self.place("deal")

    def body(self) -> ComposeResult:
        yield BoardLines(id="board")
        yield DealLines(id="table")
        yield DealPane(id="deal")

    def start(self) -> None:
        if self.app.size.width < NARROWEST:
            self._show_table(table=True)
        super().start()

    # display

    @property
    def _table(self) -> bool:
        return self.has_class("-table")

    def reload(self) -> None:
        self.load_async(lambda: service.read(self.ctx) or service.EMPTY, self._show)

    def _show(self, pipeline: service.Pipeline) -> None:
        wanted = self._choose
        if wanted is not None:
            self._choose = None
            open_ = any(deal.id == wanted and deal.stage.open for deal in pipeline.deals)
            self._show_table(table=not open_)
        self.query_one(BoardLines).show(pipeline, wanted)
        self.lines.show(pipeline, wanted)
        self.mark_empty(self._chosen is None)
        self.entry_chosen()
        self._tell_notices()

    def on_resize(self) -> None:
        self.entry_chosen()

    def _share(self) -> None:
        """Show the deal under the cursor below a short board, unless there is room for it beside the board."""
        board, size = self.query_one(BoardLines), self.app.size
        rows = size.height - (ROOMY_FRAME if spans.is_roomy(*size) else FRAME) - board.rows_needed
        strip = rows >= LEAST_STRIP and not (self._table or self.is_empty or spans.is_large(*size))
        self.set_class(strip, STRIP_CLASS)
        board.styles.height = board.rows_needed if strip else None

    def entry_chosen(self) -> None:
        """Show the deal under the cursor with the others, at once with what the pipeline knows of it."""
        pipeline = self.lines.pipeline
        if pipeline is None:
            return
        self._share()
        self.pane().show(pipeline, self._chosen, self.ctx.now(), self.ctx.today(), stages=self._table)
        if spans.is_large(*self.app.size) or self.has_class(STRIP_CLASS):
            self.read_dossier()

    def pane(self) -> DealPane:
        return self.query_one(DealPane)

    def concerned(self) -> int | None:
        return None if self._chosen is None else self._chosen.contact_id

    def show_dossier(self, dossier: Dossier | None) -> None:
        self.pane().show_dossier(dossier)

    def footer_keys(self) -> Sequence[FooterItem]:
        if self.is_empty:
            pipeline = self.lines.pipeline
            turn = (FooterKey("board", "turn"),) if self._table else ("turn",)
            return ("new", *(turn if self._table or (pipeline is not None and pipeline.deals) else ()), *NOTHING)
        if not self._table:
            return (MOVE, *self.FOOTER)
        return (FooterKey("board", "turn"), "renew", "reopen", *(key for key in self.FOOTER if key != "turn"))

    def _show_table(self, *, table: bool) -> None:
        self.set_class(table, "-table")
        self.show_keys()

    def action_turn(self) -> None:
        """Switch between board and table. The cursor stays on its deal."""
        deal = self._chosen
        self._show_table(table=not self._table)
        board, table = self.query_one(BoardLines), self.lines
        board.show(board.pipeline, None if deal is None else deal.id)
        table.show(table.pipeline, None if deal is None else deal.id)
        self.mark_empty(self._chosen is None)
        self.entry_chosen()

    @property
    def _chosen(self) -> Deal | None:
        return self.lines.chosen if self._table else self.query_one(BoardLines).chosen

    def person(self) -> tuple[int, str] | None:
        deal = self._chosen
        return None if deal is None or deal.contact_id is None else (deal.contact_id, deal.contact or "")

    def action_cursor(self, rows: int, columns: int = 0) -> None:
        """Move the cursor."""
        if self._table:
            super().action_cursor(rows)
        else:
            self.query_one(BoardLines).move(columns, rows)
            self.entry_chosen()

    def open_entry(self) -> None:
        self.action_client()

    # changes

    def _deal(self, *, open_: bool | None = None) -> Deal | None:
        """Return the selected deal. If `open_` is given, the deal must be open or closed accordingly."""
        deal = self._chosen
        if deal is None:
            self.show_error("No deal is selected.")
        elif open_ is not None and deal.stage.open is not open_:
            self.show_error(
                f"{deal.title} is already {deal.stage}. Press o to reopen it."
                if open_
                else f"{deal.title} is still open, at {deal.stage.label}."
            )
            return None
        return deal

    def action_carry(self, step: int) -> None:
        """Move the deal to the previous or next stage."""
        deal = self._deal(open_=True)
        if deal is None:
            return
        stage = stages_beside(deal.stage, step)
        if stage is None:
            self.show_error(
                "This is the last stage. Press w if you won, x if you lost." if step > 0 else "This is the first stage."
            )
            return
        self._choose_after(deal)
        self._moved_ahead(deal, stage)
        self.run_change(partial(changes.move_deal, self.ctx, deal.id, stage))

    def _moved_ahead(self, deal: Deal, stage: Stage) -> None:
        """Show the deal in its new stage before it is saved, since the next key may follow at once."""
        for lines in (self.query_one(BoardLines), self.query_one(DealLines)):
            if lines.pipeline is not None:
                moved = tuple(
                    replace(each, stage=stage, stage_since=self.ctx.today()) if each.id == deal.id else each
                    for each in lines.pipeline.deals
                )
                lines.show(replace(lines.pipeline, deals=moved), deal.id)

    def on_service_failed(self, message: ServiceFailed) -> None:
        super().on_service_failed(message)
        self.reload()  # the move shown in advance may have failed

    def _choose_after(self, deal: Deal) -> None:
        """On the board, let the cursor follow the deal to its new place."""
        if not self._table:
            self._choose = deal.id

    def action_won(self) -> None:
        """Win the deal."""
        deal = self._deal(open_=True)
        if deal is not None:
            self._ask_won(deal)

    def _ask_won(self, deal: Deal, typed: dict[str, str] | None = None, problem: str = "") -> None:
        from planner.tui.clients.modals.clients import WonModal

        def win(wanted: Edited | None) -> None:
            if wanted is not None:
                self.run_change(
                    partial(changes.win, self.ctx, deal, wanted),
                    lambda trouble: self.ask_again(
                        partial(self._by_now, deal),
                        deal,
                        lambda now: self._ask_won(now or deal, wanted.changed, trouble),
                    ),
                )

        self.app.push_screen(WonModal(self.ctx.now(), deal, typed, problem), win)

    def _by_now(self, deal: Deal) -> Deal:
        """Return the current state of a deal."""
        from planner.services.clients import deals

        return deals.show(self.ctx, deal.id)[0]

    def action_lost(self) -> None:
        """Lose the deal."""
        deal = self._deal(open_=True)
        if deal is None:
            return
        from planner.services.clients import deals
        from planner.tui.shared.modals.line import LineModal

        def lose(reason: str | None) -> None:
            if reason is not None:
                self.record(deals.lose, deal.id, reason=reason)

        hint = "terms, budget, timing, a competitor, no need"
        self.app.push_screen(LineModal(f"Lost: {deal.title}", "Why", "", hint, optional=True), lose)

    def action_reopen(self) -> None:
        """Reopen a won or lost deal."""
        deal = self._deal(open_=False)
        if deal is not None:
            self.run_change(partial(changes.reopen, self.ctx, deal.id))

    def action_renew(self) -> None:
        """Open the renewal of a won deal."""
        deal = self._deal(open_=False)
        if deal is not None and deal.stage is not Stage.WON:
            self.show_error("Only won deals can be renewed.")
        elif deal is not None:
            self.run_change(partial(changes.renew, self.ctx, deal.id))

    def action_new(self) -> None:
        """Add a deal."""
        self._ask_deal(None)

    def action_edit(self) -> None:
        """Edit the deal."""
        deal = self._deal()
        if deal is not None:
            self._ask_deal(deal)

    def _ask_deal(self, deal: Deal | None, typed: dict[str, str] | None = None, problem: str = "") -> None:
        from planner.tui.clients.modals.clients import DealModal

        def put(wanted: Edited | None) -> None:
            if wanted is not None:
                whom.carry_out(
                    self,
                    lambda answer: changes.put_deal(self.ctx, deal, wanted, answer.who),
                    lambda trouble: self._ask_deal_again(deal, wanted, trouble),
                )

        self.app.push_screen(DealModal(self.ctx.now(), deal, "", typed, problem), put)

    def _ask_deal_again(self, deal: Deal | None, wanted: Edited, problem: str) -> None:
        """Ask again with what was typed, against the current deal."""

        typed = wanted.typed if deal is None else wanted.changed
        self.ask_again(
            lambda: None if deal is None else self._by_now(deal),
            deal,
            lambda now: self._ask_deal(now, typed if now else wanted.typed, problem),
        )

    def action_client(self) -> None:
        """Open the dossier of the deal's contact."""
        deal = self._deal()
        if deal is not None and deal.contact_id is None:
            self.show_error("This deal has no contact yet. Press e to add one.")
        elif deal is not None:
            self.planner.show("clients", ("contact", deal.contact_id))
