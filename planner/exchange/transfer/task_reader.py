"""Reads tasks from the rows of a file: exports of task lists and CRMs, and the to-dos of a calendar.

What a cell says that a task can't hold is said and left out. It is no reason to lose the task.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from planner.domain.clients.people import Contact
from planner.domain.day.tasks import LONGEST_TITLE, TICKED, Due, ForeignTask, Priority, TaskState
from planner.domain.errors import InputError
from planner.domain.text import clean, plural
from planner.domain.typed.recurrence import Every
from planner.domain.workdays import WorkCalendar
from planner.exchange.transfer.columns import normal, split_cell
from planner.exchange.transfer.csv_file import FileRefused, Row
from planner.exchange.transfer.dates import DateReader, OrderFinder
from planner.exchange.transfer.records import LINES_NAMED, SKIP, Record, on_lines
from planner.exchange.transfer.row_reader import RowReader, row_hash
from planner.exchange.transfer.task_values import (
    PLAIN_LISTS,
    Scheme,
    Unread,
    Written,
    as_tag,
    as_tags,
    parse_done,
    parse_due,
    parse_minutes,
    parse_moment,
    parse_rule,
    priority_number,
    scheme_of,
    take_labels,
)
from planner.exchange.transfer.values import TRUE, TwoWays, has_content

# of `task list --json`, which gives no uid
OURS_ONLY = frozenset({"goal_id", "age_days", "own_place", "missed"})
DATES = ("due", "start", "completed", "created")
TEMPLATE = "a template of repeating tasks that have their own rows"
NOT_A_TASK = {"note": "a note", "section": "a section, which its tasks have as a tag", "meta": "not a task"}


class Surroundings:
    """What the rows around a task say of it in a Todoist file, by its number: its parent, its notes and its section."""

    def __init__(self) -> None:
        self.parents: dict[int, str] = {}
        self.notes: dict[int, list[str]] = {}
        self.sections: dict[int, str] = {}
        self._above: dict[int, str] = {}  # the last task of each level
        self._section = ""
        self._task = self._number = -1

    def add(self, what: str, text: str, indent: str) -> None:
        """Look at the next row."""
        self._number += 1
        title, _ = take_labels(text)
        if what == "section":
            self._section, self._above = title, {}
        elif what == "note" and self._task >= 0:
            self.notes.setdefault(self._task, []).append(text)
        elif what == "task":
            self._task, level = self._number, int(indent) if indent.isdecimal() else 1
            self._above = {depth: name for depth, name in self._above.items() if depth < level}
            if level > 1 and self._above:
                self.parents[self._number] = self._above[max(self._above)]
            self._above[level] = title
            if self._section:
                self.sections[self._number] = self._section


class TaskReader(RowReader[ForeignTask]):
    """Reads tasks. A list is the goal of that name or else a tag, and notes become part of the title."""

    kind = "tasks"
    of = ("task", "activity")
    all_of = frozenset({"tags", "notes"})
    needs = ((("title",), "no column has the title of the tasks."),)

    def prepare(self, first: Sequence[Sequence[str]]) -> None:
        names = {normal(name) for name in self.file.header}
        self._scheme: Scheme = scheme_of(names)
        self._one_title()
        self._order = OrderFinder(self.now, self.wanted.dates)
        self._dated = [(name, index) for name in DATES for index in self.map.columns.get(name, ())]
        self._unread: dict[str, dict[int, str]] = {}  # by what can't be read, the lines and what they say
        self._relative: list[int] = []
        self._long: list[int] = []
        self._number = -1
        # what the rows around a task say of it in a Todoist file
        self._around = Surroundings()
        # of a file with ids: the titles, and of a series (Taskwarrior) the last open task, which goes on with its rule
        self._titles: dict[str, str] = {}
        self._last: dict[str, tuple[str, str]] = {}
        self._has_parents = "parent" in self.map.columns and "id" in self.map.columns
        self._has_series = self._has_parents and "repeat" in self.map.columns and "uuid" in names

    def look(self, cells: Sequence[str]) -> None:
        super().look(cells)
        for name, index in self._dated:
            # what was created or completed was so before now
            self._order.add(cells[index], past=name in ("completed", "created"))
        if self._scheme == "todoist":
            self._around.add(self.text("type", cells).casefold(), self._bare(cells), self.text("indent", cells))
        if self._has_parents:
            key, parent = self.text("id", cells), self.text("parent", cells)
            self._titles[key] = self._bare(cells)
            if self._has_series and parent and self.text("status", cells).casefold() in ("pending", "waiting"):
                self._last[parent] = max(self._last.get(parent, ("", "")), (self.text("due", cells), key))

    def settle(self) -> None:
        try:
            self._dates = DateReader(self._order.order())
        except TwoWays as error:
            raise FileRefused(
                f"{self.file.name}: dates such as {str(error)!r} can be read two ways. Choose one with --dates dmy, "
                "--dates mdy or --dates ymd."
            ) from error
        for name in DATES:
            if name in self.map.columns:
                self.reading.dates[name] = self._dates.order
        self._series = {parent: key for parent, (_, key) in self._last.items()}

    def _one_title(self) -> None:
        """Keep the best of several columns that may be the title. The others are notes (TickTick's Content)."""
        places = self.map.columns.get("title", ())
        if len(places) > 1 and "title" not in self.wanted.columns:
            notes = self.map.columns.get("notes", ())
            self.assign({**self.map.columns, "title": places[:1], "notes": (*places[1:], *notes)})

    def _record(self, row: Row) -> Record[ForeignTask] | None:
        self._number += 1
        return super()._record(row)

    def value(self, row: Row) -> str | tuple[ForeignTask, Contact | None, bool, datetime | None]:
        cells = row.cells
        what = self.text("type", cells).casefold()
        if self._scheme == "todoist" and what != "task":
            return NOT_A_TASK.get(what, "not a task")
        state = self._state(cells)
        if state is None:
            return "skipped by --value"
        title, labels = take_labels(self._bare(cells)) if self._scheme == "todoist" else (self._bare(cells), [])
        if not title:
            return "no title"
        if self.text("status", cells).casefold() == "recurring" and self.text("id", cells) in self._series:
            return TEMPLATE
        done, done_at = state is TaskState.DONE, self._completed(cells)
        written = self._due(row)
        every = self._rule(row, written)
        due = written.due
        if due is None and every is not None and not done:
            due = self._first(row, every)
        if every is not None and due is not None:
            every = every.with_start(due.day)
        goal, tags = self._list(cells)
        task = ForeignTask(
            title,
            f"{self._cell('due', cells)} {self._cell('due_time', cells)}".strip() or self._cell("start", cells),
            due,
            self._priority(cells),
            state,
            done_at.date() if done and done_at is not None else None,
            done_at.time().replace(microsecond=0)
            if done and done_at is not None and done_at.time() != time()
            else None,
            every=None if every is None else every.rule,
            from_done=(every is not None and every.from_done) or self.flag("from_done", cells),
            minutes=self._minutes(row),
            tags=as_tags([*labels, *tags, *(part for cell in self.texts("tags", cells) for part in split_cell(cell))]),
            goal=self.text("goal", cells) or goal,
            deal=self.text("deal", cells),
            notes=self._notes(cells),
            calendar=self.text("calendar", cells),
            created=self._created(cells),
            kind=what if what in TICKED else "own",
        )
        if len(title) > LONGEST_TITLE or len(" – ".join((title, task.notes))) > LONGEST_TITLE:
            self._long.append(row.line)
        who, company_only = self.known_by(cells, "contact")
        return task, who, company_only, None

    def _bare(self, cells: Sequence[str]) -> str:
        return clean(self.map.text("title", cells))

    def _cell(self, name: str, cells: Sequence[str]) -> str:
        """Return a cell with a value, else ""."""
        text = self.text(name, cells)
        return text if has_content(text) else ""

    def _state(self, cells: Sequence[str]) -> TaskState | None:
        """Return the state, None for a row to skip. A status that is known decides, else a done column or date does."""
        text = self.text("status", cells)
        ours = TaskState.DROPPED.value if text == "-1" else self.translate_cell("status", text)  # of TickTick
        if ours == SKIP:
            return None
        if ours is not None and ours != TaskState.OPEN:
            return TaskState(ours)
        if ours is None or "status" not in self.map.columns:
            header = " ".join(self.reading.columns.get("done", ()))
            done, _ = parse_done(self._cell("done", cells), header, self._dates)
            if done or (not self._cell("done", cells) and self._cell("completed", cells)):
                return TaskState.DONE
        return TaskState.OPEN

    def _completed(self, cells: Sequence[str]) -> datetime | None:
        """Return when it was done, if the file says so and that isn't ahead."""
        for name in ("completed", "done"):
            try:
                found = parse_moment(self._cell(name, cells), self._dates)
            except (ValueError, OverflowError, OSError):
                continue
            return min(found, self.now)
        return None

    def _created(self, cells: Sequence[str]) -> date | None:
        try:
            return parse_moment(self._cell("created", cells), self._dates).date()
        except (ValueError, OverflowError, OSError):
            return None

    def _due(self, row: Row) -> Written:
        cells = row.cells
        name = "due" if self._cell("due", cells) else "start"
        text = self._cell(name, cells)
        if not text:
            return Written(None)
        whole = self.text("all_day", cells).casefold() in TRUE
        hour = self._cell("due_time", cells) if name == "due" else ""
        try:
            found = parse_due(text, hour, self._dates, self.now, zone=self.text("zone", cells), whole=whole)
        except Unread as unread:
            self._say_unread("due date", row.line, str(unread))
            return Written(None)
        if found.relative and found.every is None:
            self._relative.append(row.line)
        return found

    def _rule(self, row: Row, written: Written) -> Every | None:
        text = self._cell("repeat", row.cells)
        parent, key = self.text("parent", row.cells), self.text("id", row.cells)
        if not text or self._series.get(parent, key) != key:
            return written.every
        try:
            return parse_rule(text)
        except Unread as unread:
            self._say_unread("repeat rule", row.line, str(unread))
            return None

    def _first(self, row: Row, every: Every) -> Due | None:
        """Return the first day of a rule without one."""
        try:
            return Due(every.first(self.now.date(), WorkCalendar()))
        except InputError:
            self._say_unread("repeat rule", row.line, self.text("repeat", row.cells))
            return None

    def _minutes(self, row: Row) -> int | None:
        header = normal(self._column("minutes"))
        unit = self.text("minutes_unit", row.cells).casefold() or ("hour" if "hour" in header else "")
        try:
            return parse_minutes(self._cell("minutes", row.cells), unit)
        except Unread as unread:
            self._say_unread("duration", row.line, str(unread))
            return None

    def _priority(self, cells: Sequence[str]) -> Priority | None:
        text = self._cell("priority", cells)
        ours = priority_number(text, self._scheme)
        words = self.reading.words["priority"]
        if ours is None or normal(text) in map(normal, words.wanted):
            ours = words.translate(text) if text else None
        if text:
            words.meet(text, ours)
        return None if ours in (None, "none") else Priority(ours.upper())

    def _list(self, cells: Sequence[str]) -> tuple[str, list[str]]:
        """Return the name of a task's list, which may be a goal's, and the tags that it and its section are."""
        name = self.text("list", cells)
        if name.casefold() in PLAIN_LISTS:
            name = ""
        section = self._around.sections.get(self._number, "")
        return name, [tag for tag in (as_tag(name), as_tag(section)) if tag]

    def _notes(self, cells: Sequence[str]) -> str:
        """Return the notes, with the task that this one is part of."""
        texts = [*self.texts("notes", cells), *self._around.notes.get(self._number, ())]
        parent = self.text("parent", cells)
        if parent in self._series:  # the template of its series says nothing more
            parent = ""
        above = (
            self._around.parents.get(self._number) or self._titles.get(parent) or ("" if _is_key(parent) else parent)
        )
        return " – ".join(dict.fromkeys([*texts, *([f"part of “{above}”"] if above else [])]))

    def _say_unread(self, what: str, line: int, text: str) -> None:
        self._unread.setdefault(what, {})[line] = clean(text)[:60]

    def report_findings(self) -> None:
        for what, lines in self._unread.items():
            told = plural(len(lines), f"{what} that", f"{what}s that")
            shown = ", ".join(f"line {line}: {text!r}" for line, text in list(lines.items())[:LINES_NAMED])
            self.reading.notices.append(f"Left out {told} planner can't read or use ({shown}).")
        if self._relative:
            told = plural(len(self._relative), "due date is", "due dates are")
            self.reading.notices.append(
                f"{told} in words such as “tomorrow”, read as from today ({on_lines(self._relative)})."
            )
        if self._long:
            told = plural(len(self._long), "task's text", "tasks' text")
            self.reading.notices.append(
                f"Cut {told} to {LONGEST_TITLE} characters ({on_lines(self._long)}). To leave notes out: --map notes=-"
            )

    def uid(self, cells: Sequence[str]) -> str:
        number = self.text("id", cells)
        return super().uid(cells) or (number if number.isdecimal() and {*self.file.header} >= OURS_ONLY else "")

    def _ref(self, row: Row, moment: datetime | None) -> str:
        """Return a task's reference: its id, or else its title, due date and list, which stay when it is completed."""
        if self.text("id", row.cells):
            return super()._ref(row, moment)
        due = self._cell("due", row.cells) or self._cell("start", row.cells)
        cells = "\x1f".join((self._bare(row.cells), due, self.text("list", row.cells)))
        self._seen[cells] = self._seen.get(cells, 0) + 1
        return row_hash(f"task\x1f{cells}\x1f{self._seen[cells]}")


def _is_key(text: str) -> bool:
    """Whether a parent is named by an id, not by its title."""
    return " " not in text and any(char.isdigit() for char in text)
