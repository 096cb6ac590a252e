"""The modal at the start of a month: how the old one ended, and a plan for the new one, accepted by one key."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll

from planner.domain import formats
from planner.domain.text import plural
from planner.tui.messages import KeyClicked
from planner.tui.shared import spans
from planner.tui.shared.modal import Modal
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.frame import FooterLine
from planner.tui.shared.widgets.lines import Lines, measure

if TYPE_CHECKING:
    from planner.services.plan.new_month import Offer

Choice = Literal["take", "edit"]
KEYS = ("choose('take')", "choose('edit')")


class NewMonthModal(Modal["Choice | None"]):
    """Modal that proposes a month's plan with the goals that continue. Returns the rep's choice, None for later."""

    CSS_PATH = "new_month.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose('take')", "accept", id="month-take", tooltip="Accept this plan and its goals"),
        Binding("e,g", "choose('edit')", "edit first", id="month-edit", tooltip="Change the figures before accepting"),
        Binding("escape,q,N", "leave", "later", id="month-leave", tooltip="Decide later"),
        Binding("down,j", "scroll(1)", "down", show=False),
        Binding("up,k", "scroll(-1)", "up", show=False),
    ]

    def __init__(self, offer: Offer) -> None:
        super().__init__()
        self.offer = offer

    def compose(self) -> ComposeResult:
        with Container(id="month-box"):
            with VerticalScroll(id="month-scroll", can_focus=False):
                yield OfferLines(self.offer)
            yield FooterLine(KEYS, beside=("leave",), id="month-keys")

    def on_key_clicked(self, message: KeyClicked) -> None:
        self.call_later(self.run_action, message.action)

    def action_choose(self, choice: Choice) -> None:
        """Close with the choice."""
        self.leave(choice)

    def action_leave(self) -> None:
        """Postpone the decision."""
        self.leave(None)

    def action_scroll(self, step: int) -> None:
        """Scroll line by line."""
        self.query_one("#month-scroll").scroll_relative(y=step, animate=False)


class OfferLines(Lines):
    """View of the proposal, line by line."""

    def __init__(self, offer: Offer) -> None:
        super().__init__()
        self.offer = offer

    def build(self, width: int, height: int) -> list[Line]:
        offer = self.offer
        lines: list[Line] = [[(f"New month: {formats.month_text(offer.month.first)}", "bold")], []]
        for end in (offer.last, *((offer.year_ago,) if offer.year_ago is not None else ())):
            lines += [[(part, "dim")] for part in spans.wrap(end.sentence(), width, measure)]
        lines.append([])
        figures = offer.figures()
        room = max(len(value) for _, value, _ in figures)
        for name, value, source in figures:
            line: Line = [(f"{name:<15}", ""), (f"{value:>{room}}", "bold"), (f"  {source}", "dim")]
            lines.append(spans.cut(line, width, measure))
        if offer.plan.below_double:
            lines.append(
                spans.cut([("! ", "warn"), ("less than twice your quota, same as last month", "")], width, measure)
            )
        if offer.goals:
            lines += [[], [(f"{plural(len(offer.goals), 'goal', 'goals')} carried over", "bold")]]
            for text in offer.goal_lines():
                lines.append(spans.cut([("  ", ""), (text, "")], width, measure))
        return lines
