"""Base of the calling session's screen: what a rep needs during a call and right after it, such as the script, the
playbook, numbered choices and after-call questions.

The session's screen (`calls.py`) adds the clocks and the outcomes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from textual.widgets import Input

from planner.domain.calls import playbook, scripts
from planner.domain.calls.playbook import Answer
from planner.domain.clients.people import KINDS
from planner.domain.errors import PlannerError
from planner.services.calls import playbook as book
from planner.services.calls.session import CallSession, Made
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.tui.calls import call_panels, changes
from planner.tui.calls.widgets.session import CallKeys
from planner.tui.calls.widgets.sheet import Sheet, SheetLines
from planner.tui.shared.screen import BaseScreen, Places
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.safe_input import TypedLine

NOTE_LINES = " · "  # separates the lines of a note, which is a single line
EMPTY_CLASS = "-empty"  # while there is neither a prospect nor a sheet
PAGES = ("closings", "signals", "listening", "customers", "rude")
QUESTIONS = (
    ("met", "Did you meet their need?"),
    ("effective", "Was it a productive call?"),
    ("content", "Are they satisfied?"),
    ("listened", "Did you listen?"),
)


@dataclass
class Check:
    """The state of the after-call questions: which is next, and the row for the answers. `unbegun` means that a digit
    logged the call without its clock having run.
    """

    made: Made
    unbegun: bool = False
    question: int = 0
    check_id: int | None = None
    content: bool = False


class TalkScreen(BaseScreen):
    """Screen with a panel beside a prospect, and the modes in which digits and letters aren't outcomes."""

    TAB = "calls"

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today, places: Places = ()) -> None:
        super().__init__(ctx, live, today, places)
        self.calls = CallSession(ctx, live)
        self._mode = ""
        self._warned = ""
        self._prepare_until: datetime | None = None
        self._check: Check | None = None
        self._left_check: Check | None = None  # left unfinished, `A` resumes it
        self._asking = False  # whether the question is on the message line, since only then y and n answer it
        self._silent = True
        self._kind = "cold"
        self._page = ""  # a list shown instead of the script
        self._step, self._branch = 0, -1
        self._script: scripts.Script | None = None
        self._script_for = ""  # the languages of the contact that it was read for
        self._book: book.Playbook | None = None
        self._found: list[book.Found] = []
        self._looked_up = ""
        self._lists: list[tuple[str, tuple[str, ...]]] = []
        self._cursor = 0
        self._sort = "real"
        self._advice: dict[str, book.Advice] = {}

    # implemented by the session

    def _show(self) -> None:
        """Redraw everything."""
        raise NotImplementedError

    def _log(self, outcome: str) -> bool:
        """Log the outcome of the call."""
        raise NotImplementedError

    def _set_kind(self, kind: str) -> None:
        """Set the kind of customer."""
        raise NotImplementedError

    @property
    def _typed(self) -> TypedLine:
        return self.query_one("#typed", TypedLine)

    def _type(self, mode: str, hint: str, value: str = "") -> None:
        """Open the input line with `value` right away, since the next key may already be on its way."""
        self._mode = mode
        typed = self._typed
        typed.joins = NOTE_LINES if mode in ("note", "why") else " "
        with typed.prevent(Input.Changed):
            typed.value = value
        typed.placeholder = hint
        typed.display = True
        self.query_one("#note").display = False
        self.set_focus(typed)
        typed.cursor_position = len(value)
        self._show_sheet()

    def _untype(self) -> None:
        self._typed.display = False
        self.query_one("#note").display = True
        self.set_focus(None)

    def _back(self) -> None:
        """Leave the current mode and return to the script."""
        self._mode, self._warned = "", ""
        if self._typed.display:
            self._untype()
        self._show()

    # the sheet

    def _read_script(self) -> None:
        card = self.calls.card
        languages = "" if card is None else card.languages
        if self._script is not None and (self._script.kind, self._script_for) == (self._kind, languages):
            return
        try:
            self._script, self._script_for = book.script(self.live, self._kind, languages), languages
        except PlannerError as problem:
            self.show_error(str(problem))

    def _show_sheet(self) -> None:
        sheet = self._sheet()
        self.set_class(not sheet.title, EMPTY_CLASS)
        self.query_one("#sheet", SheetLines).show(sheet)
        self.query_one("#footer", CallKeys).offer(self._choices())

    def _choices(self) -> Sequence[str] | None:
        """Return what the digits choose now: one of these, nothing that has a key, or an outcome if None."""
        if self._mode == "refused":
            return self._words("lost")
        if self._mode == "kind":
            return KINDS
        return () if self._mode or self.calls.card is None else None

    def _sheet(self) -> Sheet:
        mode = self._mode
        if mode == "refused":
            return call_panels.choices_sheet(
                "Why did they refuse?", "choose  ⏎ no reason  esc back", self._words("lost")
            )
        if mode == "kind":
            kinds = [self._about(kind) for kind in KINDS]
            return call_panels.choices_sheet("Customer type", "choose  ⏎ none  esc back", kinds)
        if mode == "find":
            typed = self._typed.value
            others = [(title, found) for title, lines in self._lists if (found := playbook.matching(lines, typed))]
            return call_panels.found_sheet(self._found, typed, self._cursor, others)
        if mode == "answers":
            return call_panels.answers_sheet(self._found[self._cursor], self._sort)
        left = self._preparing()
        if left:
            return call_panels.preparation_sheet(self._words("preparation"), left)
        if self._page:
            return call_panels.lines_sheet(*self._list(self._page))
        if self._script is None or self.calls.card is None:
            return Sheet()
        closing = self.calls.card.stage in ("proposal", "closing")
        values = book.fields(self.ctx, self.calls.card)
        return call_panels.script_sheet(
            self._script, self._step, self._branch, values, self._words("closings") if closing else ()
        )

    def _about(self, kind: str) -> str:
        advice = self._advice.get(kind)
        return kind if advice is None else f"{kind}: {advice.sign}"

    def _words(self, name: str) -> tuple[str, ...]:
        try:
            return self.live.words(name)
        except PlannerError as problem:
            self.show_error(str(problem))
            return ()

    def _list(self, name: str) -> tuple[str, tuple[str, ...]]:
        from planner import content

        return content.word_lists(self.ctx.language)[name]["title"], self._words(name)

    def _preparing(self) -> int:
        """Seconds left to prepare, 0 when the time is up."""
        if self._prepare_until is None or self.calls.standing.in_call:
            return 0
        left = (self._prepare_until - self.ctx.now()).total_seconds()
        return max(0, -int(-left // 1))

    def action_step(self, step: int) -> None:
        """Move through the script, or through the search results."""
        if self._mode == "find":
            self._cursor = min(max(0, self._cursor + step), max(0, min(len(self._found), call_panels.MOST_SHOWN) - 1))
        elif not self._mode and self._script is not None:
            self._prepare_until = None
            self._step = min(max(0, self._step + step), len(self._script.steps) - 1)
            self._branch = -1
        self._show_sheet()

    def action_branch(self, step: int) -> None:
        """Choose among the answers to the current step."""
        if self._mode or self._script is None:
            return
        count = len(self._script.steps[self._step].branches)
        self._branch = -1 if not count else (self._branch + 1 + step) % (count + 1) - 1
        self._show_sheet()

    def action_take(self) -> None:
        """Follow the chosen answer, or go to the next step if none is chosen."""
        if self._mode == "refused":
            self._log("refused")
        elif self._mode == "kind":
            self._set_kind("")
        elif self._mode == "answers":
            self._log_answer(0)
        elif not self._mode and self._script is not None:
            branches = self._script.steps[self._step].branches
            to = branches[self._branch].to if 0 <= self._branch < len(branches) else ""
            self._step, self._branch = self._script.index_of(to, self._step), -1
            self._prepare_until = None
            self._show_sheet()

    def action_sheet(self, step: int) -> None:
        """Show another script or list."""
        if self._mode:
            return
        pages = (*scripts.KINDS, *PAGES)
        at = pages.index(self._page or self._kind)
        chosen = pages[(at + step) % len(pages)]
        self._page = chosen if chosen in PAGES else ""
        if not self._page:
            self._kind, self._step, self._branch = chosen, 0, -1
            self._read_script()
        self._prepare_until = None
        self._show_sheet()

    def action_edit(self) -> None:
        """Edit the current sheet."""
        if not self._mode:
            self._script = None
            from planner.tui.shared import asking

            asking.edit_words(self, self._page or f"script-{self._kind}")

    def service_done(self, text: str) -> None:
        self._read_script()
        super().service_done(text)

    # the playbook

    def action_find(self) -> None:
        """Search the playbook for what the customer says, without leaving the call."""
        if self._mode:
            return
        self.end_check()
        try:
            self._book = book.read(self.live)
        except PlannerError as problem:
            self.show_error(str(problem))
            return
        self._found, self._looked_up, self._cursor, self._sort = self._book.find(""), "", 0, "real"
        self._lists = [self._list(name) for name in PAGES]
        self._type("find", "What did they say? expensive, think, busy …")

    def _look_up(self, typed: str) -> None:
        """Search for the typed text, unless it is the text searched last."""
        if typed != self._looked_up:
            self._looked_up, self._cursor = typed, 0
            self._found = [] if self._book is None else self._book.find(typed)

    def _choose_found(self, typed: str) -> None:
        self._look_up(typed)  # the last letters may have arrived together with the ⏎
        if self._found:
            self._mode = "answers"
            self._untype()
            self._show_sheet()
        elif typed.strip():
            text = typed.strip()
            self._back()
            self.run_change(lambda: _add_to_playbook(self.ctx, text))
            self.attempt(lambda: self._log_objection(text, None))

    def _log_answer(self, digit: int) -> None:
        """Log the answer to the objection by its digit (0 for none)."""
        chosen = self._found[self._cursor]
        if digit > len(chosen.rated):
            return
        answer = chosen.rated[digit - 1].answer if digit else None
        if self.attempt(lambda: self._log_objection(chosen.objection.text, answer)):
            way = f" ({playbook.WAYS[answer.way]})" if answer else ""
            self.show_info(f"Logged objection: {chosen.objection.text}{way}")
        self._back()

    def _log_objection(self, objection: str, answer: Answer | None) -> None:
        contact = self.calls.card
        book.log_objection(
            self.ctx, self.live, objection, answer, sort=self._sort, contact_id=None if contact is None else contact.id
        )

    def _set_sort(self, sort: str) -> None:
        self._sort = sort
        self._show_sheet()

    def action_sort(self, sort: str) -> None:
        """Set the kind of objection."""
        if self._mode == "answers":
            self._set_sort(sort)
        elif sort == "real" and self._check is not None and self._check.content:
            made = self._check.made  # r: a satisfied contact may give a referral
            self.end_check()
            self.run_change(partial(changes.ask_for_referral, self.ctx, made.card.id))

    def action_walk(self, step: int) -> None:
        """Move like the arrow keys. When the kind of objection is asked for, j means joking."""
        if self._mode == "answers":
            if step > 0:
                self._set_sort("joking")
        else:
            self.action_step(step)

    # after the call

    def say(self, *lines: Line, keep: bool = False, asking: bool = False) -> None:
        self._asking, self._silent = asking, not lines[0]
        super().say(*lines, keep=keep)

    def _tick(self) -> None:
        super()._tick()
        if self._check is not None and self._silent and not self._mode:
            self._ask()  # another message was shown in between

    def _ask(self) -> None:
        check = self._check
        assert check is not None
        name = check.made.card.name
        if check.question < len(QUESTIONS):
            line: Line = [
                (" ? ", "accent"), (f"{name}: {QUESTIONS[check.question][1]}  ", ""),
                ("y", "accent"), (" yes  ", "dim"), ("n", "accent"), (" no  ", "dim"), ("esc", "accent"),
                (" later", "dim"),
            ]  # fmt: skip
        else:
            line = [(" ✓ ", "good"), ("Saved  ", ""), ("w", "accent"), (" add why", "dim")]
            if check.content:
                line += [("   r", "accent"), (f" ask {name} for a referral", "dim")]
        if check.unbegun and check.question == 0:
            line += [("   u", "accent"), (" undo (the call wasn't started)", "dim")]
        self.say(line, keep=True, asking=True)

    def _answer(self, *, yes: bool) -> None:
        check = self._check
        assert check is not None
        column = QUESTIONS[check.question][0]

        def put() -> None:
            if check.check_id is None:
                check.check_id = self.calls.check(check.made, column, yes=yes)
            else:
                self.calls.add_to_check(check.check_id, **{column: int(yes)})

        if self.attempt(put):
            check.content = check.content or (column == "content" and yes)
            check.question += 1
            self._ask()

    def action_check(self) -> None:
        """Resume the questions after the last call at the first unanswered one."""
        if self._mode:
            return
        self._check = self._check or self._left_check
        if self._check is None:
            self.show_error("There's no after-call check to resume.")
        else:
            self._ask()

    def action_why(self) -> None:
        """Ask why the call went that way, once its questions are answered."""
        if self._check is not None and self._check.check_id is not None:
            self._type("why", "Why did it go well, or not?")

    def _keep_why(self, text: str) -> None:
        check = self._check
        self._back()
        if check is not None and check.check_id is not None and text.strip():
            check_id = check.check_id
            self.attempt(lambda: self.calls.add_to_check(check_id, why=text.strip()[:1_000]))
        self.end_check()

    def end_check(self) -> None:
        """Leave the questions. Unanswered ones can be resumed."""
        if self._check is not None:
            self._left_check = self._check if self._check.question < len(QUESTIONS) else None
            self._check = None
            self.say([])

    @property
    def _questioned(self) -> bool:
        """Return whether y and n currently answer a question."""
        return self._check is not None and self._asking and self._check.question < len(QUESTIONS)


def _add_to_playbook(ctx: AppContext, text: str) -> str:
    book.add(ctx, text)
    return f"Added to the playbook: {text}"
