"""Imports tasks: compares them with those that are here, links them to contacts, deals and goals by name, and writes
them.

A task whose title names one person is about that person. Nobody is created: what a task says of somebody who isn't in
planner becomes part of its text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from planner.domain.clients.people import Contact, name_key
from planner.domain.day.tasks import ForeignTask, Task, TaskState, since_after
from planner.domain.text import plural
from planner.domain.workdays import Worked
from planner.exchange.transfer.records import Reading, Record, on_lines
from planner.services.transfer.import_preview import Preview
from planner.store import metadata
from planner.store.clients import deals
from planner.store.day import tasks as store
from planner.store.plan import goals
from planner.store.transfer.imports import Batch
from planner.store.transfer.references import Known, imported

if TYPE_CHECKING:
    from planner.store.recorder import Reads, Recorder

GONE = "it's canceled or deleted there"
LONGEST_NAME = 4  # words of a name that a title is searched for
CHANGED = {"written": "due", "notes": "title"}  # what a change of a foreign task changes in ours
OWN_FIELDS = ("due", "priority", "state", "every", "minutes", "tags")


class TaskBook:
    """The tasks of a database during an import, and those it will write."""

    def __init__(self, reads: Reads, batch: Batch, today: date, reading: Reading[Any]) -> None:
        self.batch, self.today, self.reading = batch, today, reading
        self._known = imported(reads, "task")
        self.base = metadata.get(reads, "uid") or ""
        self._tasks = {task.id: task for task in store.query(reads, state=None)}
        self._titled: dict[tuple[str, object], list[int]] = {}
        others = {each.row_id for each in self._known.values()}
        for task in self._tasks.values():
            if task.id not in others:
                self._titled.setdefault((name_key(task.title), _day(task)), []).append(task.id)
        self._deals: dict[str, list[tuple[int, int | None]]] = {}
        for deal in deals.query(reads, closed=True):
            self._deals.setdefault(name_key(deal.title), []).append((deal.id, deal.contact_id))
        self._goals: dict[str, list[int]] = {}
        for goal in goals.load_all(reads).values():
            if goal.state == "open":
                self._goals.setdefault(name_key(goal.title), []).append(goal.id)
        self._same: set[str] = set()
        self._found: list[tuple[Record[ForeignTask], Known | None]] = []
        self._left: dict[str, list[Known]] = {}  # by title, what an earlier file had and this one hasn't
        self._new: dict[int, Task] = {}
        self._edited: dict[int, Task] = {}
        self._unlinked: dict[int, str] = {}

    def take(
        self, batch: Batch, preview: Preview, record: Record[ForeignTask], before: Known | None, dedupe: bool
    ) -> None:
        """Take in one task. What becomes of it is settled by all of them, in `finish`."""
        self._found.append((record, before))

    def note_same(self, ref: str) -> None:
        """Note a task that is as it was."""
        self._same.add(ref)

    def _settle(self, preview: Preview, record: Record[ForeignTask], before: Known | None) -> int | None:
        """Settle what becomes of a task. Returns its id, or None if there is nothing to remember of it."""
        task = record.value
        if before is None and (own := self._own(record)) is not None:
            self._edit(preview, own, record, set(_differences(self._tasks[own], task)))
            return None
        if before is None:
            before = self._moved(record)
        if before is not None:
            self._edit(preview, before.row_id, record, before.changed_names(record.read))
            return before.row_id
        if (same := self._typed_here(task)) is not None:
            self._edit(preview, same, record, {"state"} if task.state is TaskState.DONE else set())
            return same
        if task.state is TaskState.DROPPED:
            preview.skip(GONE, record.line)
            return None
        made = self.batch.new_id("task")
        self._new[made] = self._linked(task, record)
        preview.made += 1
        preview.count(task.state.value)
        if task.every is not None and task.state is TaskState.OPEN:
            preview.count("repeating")
        return made

    def _own(self, record: Record[ForeignTask]) -> int | None:
        """Return the task that a row of our own export stands for."""
        base, colon, number = record.uid.rpartition(":")
        if not number.isdecimal() or (colon and base != self.base):
            return None
        task = self._tasks.get(int(number))
        return task.id if task is not None and (colon or task.title == record.value.title) else None

    def _moved(self, record: Record[ForeignTask]) -> Known | None:
        """Return the open task that a row without an id was before its day or list changed: the only one of its title
        that the file doesn't have any more.
        """
        if "id" in self.reading.columns:
            return None
        left = [each for each in self._left.get(record.value.title, ()) if self._is_open(each.row_id)]
        if len(left) != 1:
            return None
        self._left[record.value.title].remove(left[0])
        return left[0]

    def _is_open(self, task_id: int) -> bool:
        task = self._tasks.get(task_id)
        return task is not None and task.state is TaskState.OPEN

    def _typed_here(self, task: ForeignTask) -> int | None:
        """Return the task that the rep has entered here as well: of the same title and day."""
        for title in dict.fromkeys((task.title, task.full_title())):
            found = self._titled.get((name_key(title), task.due.day if task.due else None), [])
            if found:
                return found.pop(0)
        return None

    def _edit(self, preview: Preview, task_id: int, record: Record[ForeignTask], news: set[str]) -> None:
        """Apply what is new in a file to a task. The rep's own edits to the rest stay."""
        ours, theirs = self._edited.get(task_id, self._tasks[task_id]), record.value
        names = {CHANGED.get(name, name) for name in news}
        changed = replace(ours, **{name: getattr(theirs, name) for name in names & {"priority", "minutes", "tags"}})
        if "title" in names:
            changed = replace(changed, title=theirs.full_title(self._unlinked_text(record)))
        if names & {"due", "every"}:
            start = theirs.due.day if theirs.due else changed.since
            every = theirs.every if "every" in names else changed.every
            changed = replace(
                changed, due=theirs.due, since=since_after(ours, theirs.due, self.today), every=every,
                from_done=theirs.from_done if "every" in names else changed.from_done,
                series_start=None if every is None else start, missed=0,
            )  # fmt: skip
        if "state" in names and theirs.state is not ours.state:
            changed = _with_state(changed, theirs, self.today, preview.file.name)
        if names & {"who", "deal", "goal"}:
            linked = self._linked(theirs, record)
            changed = replace(
                changed, contact_id=linked.contact_id or changed.contact_id, deal_id=linked.deal_id or changed.deal_id,
                goal_id=linked.goal_id or changed.goal_id,
            )  # fmt: skip
        if changed == ours:
            preview.same += 1
            return
        preview.changed += 1
        preview.count(changed.state.value)
        self._edited[task_id] = changed

    # links by name

    def _linked(self, task: ForeignTask, record: Record[ForeignTask]) -> Task:
        """Return a task as it will be, with what it is about."""
        deal_id, of_deal = self._deal(task.deal)
        contact_id = self._contact(task, record) or of_deal
        goal = self._goals.get(name_key(task.goal), []) if task.goal else []
        made = task.as_task(self.today, self._unlinked_text(record, contact_id))
        tags = (
            tuple(tag for tag in made.tags if name_key(tag) != name_key("-".join(task.goal.split())))
            if goal
            else made.tags
        )
        return replace(
            made, contact_id=contact_id, deal_id=deal_id, goal_id=goal[0] if len(goal) == 1 else None,
            tags=tags if len(goal) == 1 else made.tags,
        )  # fmt: skip

    def _deal(self, title: str) -> tuple[int | None, int | None]:
        found = self._deals.get(name_key(title), []) if title else []
        return found[0] if len(found) == 1 else (None, None)

    def _contact(self, task: ForeignTask, record: Record[ForeignTask]) -> int | None:
        who, people = record.who, self.batch.people
        if who is not None:
            found = people.find_same(who, company_only=record.company_only)
            if found is None and not record.company_only:
                found = people.find_meant(who)
            if found is not None:
                return found
        named = {each for name in _names_in(task.title) for each in people.of_name(name)}
        return named.pop() if len(named) == 1 else None

    def _unlinked_text(self, record: Record[ForeignTask], contact_id: int | None = None) -> str:
        """Return the name of somebody a task is about who isn't in planner, unless its title has it."""
        who = record.who
        if who is None or (contact_id or self._contact(record.value, record)) is not None:
            return ""
        self._unlinked[record.line] = who.name
        return "" if who.name.casefold() in record.value.title.casefold() else _said(who)

    # what is gone, and what is written

    def finish(self, preview: Preview) -> None:
        """Settle every task, follow what is gone, and say who couldn't be linked."""
        refs = self._same | {record.ref for record, _ in self._found}
        for ref, each in self._known.items():
            if ref not in refs:
                self._left.setdefault(str(json.loads(each.read).get("title")), []).append(each)
        for record, before in self._found:
            row_id = self._settle(preview, record, before)
            if row_id is not None:
                self.batch.remember("task", record.ref, record.read, row_id, before)
        if preview.whole:
            self._drop_missing(preview)
        self.batch.people.unsettled.clear()  # nobody is imported as a new contact here
        if self._unlinked:
            names = ", ".join(list(dict.fromkeys(self._unlinked.values()))[:3])
            told = plural(len(self._unlinked), "task is about somebody", "tasks are about people")
            self.reading.notices.append(
                f"{told} planner doesn't know, or knows several of, so no contact is linked: {names} "
                f"({on_lines(list(self._unlinked))}). Import your contacts first to link them."
            )

    def _drop_missing(self, preview: Preview) -> None:
        """Drop the open tasks of a calendar that has every task that is still on it, and hasn't these any more."""
        for left in self._left.values():
            for each in left:
                if json.loads(each.read).get("calendar") == preview.whole and self._is_open(each.row_id):
                    gone = replace(
                        self._tasks[each.row_id], state=TaskState.DROPPED, reason=f"gone from {preview.file.name}"
                    )
                    self._edited[each.row_id] = gone
                    preview.changed += 1
                    preview.count(TaskState.DROPPED.value)

    def write(self, change: Recorder, now: int, calendar: Worked) -> None:
        """Write the tasks as part of the change, and rank them all."""
        if not self._new and not self._edited:
            return
        store.add_all(change, self._new, now)
        for task in self._edited.values():
            store.put(change, task)
        store.settle(change, self.today, calendar)


def _day(task: Task) -> date | None:
    return task.due.day if task.due else None


def _said(who: Contact) -> str:
    return ", ".join(dict.fromkeys(part for part in (who.name, who.company) if part))


def _differences(ours: Task, theirs: ForeignTask) -> Iterator[str]:
    """Yield what a row of our own export says otherwise than the task."""
    if ours.title != theirs.title:
        yield "title"
    yield from (name for name in OWN_FIELDS if getattr(ours, name) != getattr(theirs, name))


def _with_state(task: Task, theirs: ForeignTask, today: date, file: str) -> Task:
    """Return a task completed, canceled or reopened as in a file."""
    if theirs.state is TaskState.DONE:
        done = theirs.as_task(today)
        return replace(task, state=TaskState.DONE, done_on=theirs.done_on or today, done_time=done.done_time, reason="")
    if theirs.state is TaskState.DROPPED:
        return replace(task, state=TaskState.DROPPED, reason=f"canceled in {file}"[:200])
    return replace(task, state=TaskState.OPEN, done_on=None, done_time=None, reason="")


def _names_in(title: str) -> Iterator[str]:
    """Yield the keys of what may be a full name in a title: two to four words in a row."""
    words: Sequence[str] = [word for part in title.split() if (word := re.sub(r"^\W+|\W+$|[’']s$", "", part))]
    for length in range(2, LONGEST_NAME + 1):
        for start in range(len(words) - length + 1):
            yield name_key(" ".join(words[start : start + length]))
