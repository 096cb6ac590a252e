"""Imports events from tables: meetings that a calendar exported as CSV or a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.domain.day.events import Event
from planner.domain.text import plural
from planner.domain.workdays import Worked
from planner.exchange.transfer.records import Reading, Record, on_lines
from planner.services.transfer.import_preview import Preview
from planner.store.day import events as store
from planner.store.transfer.imports import Batch
from planner.store.transfer.references import Known

if TYPE_CHECKING:
    from planner.store.recorder import Reads, Recorder


class EventBook:
    """The events of an import. One that another calendar has already at that time isn't doubled."""

    def __init__(self, reads: Reads, batch: Batch, reading: Reading[Any]) -> None:
        self.reads, self.batch, self.reading = reads, batch, reading
        self._there: dict[tuple[str, object], str] = {}
        self._events: list[Event] = []
        self._contacts: dict[str, int] = {}
        self._unlinked: list[int] = []

    def take(self, batch: Batch, preview: Preview, record: Record[Event], before: Known | None, dedupe: bool) -> None:
        """Take in one event. Its UID is remembered with it."""
        event = record.value
        preview.span(event.times[0].local()[0].date())
        self._events.append(event)
        if record.who is not None:
            found = batch.people.find_same(record.who, company_only=record.company_only)
            if found is None:
                self._unlinked.append(record.line)
            else:
                self._contacts[event.uid] = found

    def finish(self, preview: Preview) -> None:
        """Count the events, and say which have no contact. Nobody is created for a meeting."""
        if preview.days is not None:
            for uid, title, _, each in store.times_between(self.reads, *preview.days):
                self._there[_key(each.title or title, each.local()[0])] = uid
        fresh = [each for each in self._events if self._there.get(_of(each), each.uid) == each.uid]
        preview.same += len(self._events) - len(fresh)
        self._events = fresh
        counts = store.take(self.reads, self._events, 0)
        preview.made, preview.changed, preview.same = counts.made, counts.changed, preview.same + counts.same
        self.batch.people.unsettled.clear()
        if self._unlinked:
            told = plural(len(self._unlinked), "event is", "events are")
            self.reading.notices.append(
                f"{told} with somebody planner doesn't know, or knows several of, so no contact is linked "
                f"({on_lines(self._unlinked)})."
            )

    def write(self, change: Recorder, now: int, calendar: Worked) -> None:
        """Write the events as part of the change, with their contacts where there are none yet."""
        store.take(change, self._events, now, change)
        for event in self._events:
            if (contact_id := self._contacts.get(event.uid)) is not None:
                store.link(change, event.uid, contact_id)


def _of(event: Event) -> tuple[str, object]:
    return _key(event.title, event.times[0].local()[0])


def _key(title: str, start: object) -> tuple[str, object]:
    return title.casefold(), start
