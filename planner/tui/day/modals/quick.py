"""The form of quick add: a task in one line, parsed while it is typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from textual.content import Content

from planner.domain.clients.promises import Promise
from planner.domain.errors import InputError
from planner.domain.typed.quick_add import QuickAdd
from planner.domain.typed.task_line import parse_line
from planner.domain.workdays import Worked
from planner.tui.shared.form import Field, FormModal
from planner.tui.shared.widgets.safe_input import LineInput

MOST_SHOWN = 5
HINT = "e.g. Proposal for Acme tomorrow 16:00 A #acme 45m"


@dataclass(frozen=True)
class LineWanted:
    """The form's result: the line, as typed and as parsed. `force` confirms despite a warning. `others` are further
    lines of a paste, each of them a task.
    """

    text: str
    line: QuickAdd
    force: bool = False
    others: tuple[str, ...] = ()


class QuickAddModal(FormModal[LineWanted]):
    """Form for a task line that shows how it is parsed, as chips below. Submitting an unchanged line after a warning
    confirms it.
    """

    HEADING = "New task"
    CSS = "QuickAddModal #form { width: 92; }"

    def __init__(
        self,
        now: datetime,
        today: date,
        text: str = "",
        problem: str = "",
        under: str = "",
        whom: Callable[[QuickAdd], tuple[str, str]] | None = None,
        others: Sequence[str] = (),
        calendar: Worked | None = None,
    ) -> None:
        self.now, self.today, self.warned = now, today, text if problem else None
        if under:
            self.HEADING = f"New promise to {under}" if text.startswith("promise ") else f"New task for {under}"
        self.whom, self.calendar = whom, calendar
        super().__init__([Field("line", "", text, HINT, continued=True, completes="line")], problem)
        self.others = list(others)

    def read(self, values: dict[str, str]) -> LineWanted:
        if not values["line"]:
            raise InputError("Enter a task, or press esc to cancel.")
        line = self._read(values["line"])
        for number, text in enumerate(self.others, start=2):
            try:
                self._read(text)
            except InputError as problem:
                raise InputError(f"Line {number}, {text!r}: {problem}") from problem
        return LineWanted(values["line"], line, values["line"] == self.warned, tuple(self.others))

    def ask_about_others(self) -> bool:
        return False  # every line of a paste is added

    def others_line(self) -> str:
        shown = [f"· {text}" for text in self.others[:MOST_SHOWN]]
        more = [f"· and {len(self.others) - MOST_SHOWN} more"] if len(self.others) > MOST_SHOWN else []
        said = f"{len(self.others) + 1} lines: ⏎ add each as a task · F3 join them into one · esc cancel"
        return "\n".join([said, *shown, *more])

    def _read(self, line: str) -> QuickAdd:
        return parse_line(line, self.now, today=self.today, calendar=self.calendar)

    def preview(self, values: dict[str, str]) -> str | Content:
        if not values["line"]:
            return HELP
        read = self._read(values["line"])
        parts = [Content(read.title), Content("\n")]
        for _, text in read.chips():
            parts += [Content.styled(f" {text} ", "$text on $panel-lighten-2"), Content(" ")]
        if read.kind == "promise" and self.whom is not None and read.due is not None:
            who, what = self.whom(read)
            said = Promise(0, what, read.due, who or None).read_back(self.today)
            parts.append(Content.styled(f"\n{said}", "$text-accent"))
        for text in read.said:
            parts.append(Content.styled(f"\n! {text}", "$text-warning"))
        return Content("").join(parts)

    def on_mount(self) -> None:
        super().on_mount()
        if self.others:
            self._others_of = self.query_one(LineInput)
            self.show_preview()
        elif not self.problem:
            self.note(HELP, wrong=False)


HELP = "tomorrow 16:00 · fri · A B C · #tag · @contact · 45m · every month end"
