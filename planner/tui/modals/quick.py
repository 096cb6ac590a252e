"""A task in one line, read while it is typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from textual.content import Content

from planner.domain.errors import InputError
from planner.domain.promises import Promise
from planner.domain.quickadd import QuickAdd, parse_line
from planner.tui.modals.form import Field, FormModal

HINT = "Proposal for Acme tomorrow 16:00 A #acme 45m"


@dataclass(frozen=True)
class LineWanted:
    """What was asked for, as it was typed and as it is read; `knowingly` after a word of warning."""

    text: str
    line: QuickAdd
    knowingly: bool = False


class QuickAddModal(FormModal[LineWanted]):
    """Asks for a line and shows how it is read, as chips below. A line that comes back with a warning and is sent again
    as it is, is meant.
    """

    HEADING = "A task in one line"
    CSS = "QuickAddModal #form { width: 92; }"

    def __init__(
        self,
        now: datetime,
        today: date,
        text: str = "",
        problem: str = "",
        under: str = "",
        whom: Callable[[QuickAdd], tuple[str, str]] | None = None,
    ) -> None:
        self.now, self.today, self.warned = now, today, text if problem else None
        if under:
            self.HEADING = f"A promise to: {under}" if text.startswith("promise ") else f"A task for: {under}"
        self.whom = whom
        super().__init__([Field("line", "", text, HINT, continued=True)], problem)

    def read(self, values: dict[str, str]) -> LineWanted:
        if not values["line"]:
            raise InputError("Write what is to be done, or leave with esc.")
        line = parse_line(values["line"], self.now, today=self.today)
        return LineWanted(values["line"], line, knowingly=values["line"] == self.warned)

    def preview(self, values: dict[str, str]) -> str | Content:
        if not values["line"]:
            return HELP
        read = parse_line(values["line"], self.now, today=self.today)
        parts = [Content(read.title), Content("\n")]
        for _, text in read.chips():
            parts += [Content.styled(f" {text} ", "$text on $panel-lighten-2"), Content(" ")]
        if read.kind == "promise" and self.whom is not None and read.due is not None:
            who, what = self.whom(read)
            said = Promise(0, what, read.due, who or None).read_back()
            parts.append(Content.styled(f"\n{said}", "$text-accent"))
        for text in read.said:
            parts.append(Content.styled(f"\n! {text}", "$text-warning"))
        return Content("").join(parts)

    def on_mount(self) -> None:
        if not self.problem:
            self.note(HELP, wrong=False)


HELP = "tomorrow 16:00 · fri · A B C · #tag · @contact · 45m · every month end"
