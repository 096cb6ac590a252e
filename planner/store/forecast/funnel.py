"""Reads the inputs of the rates: the log by day and contact, and the deals, in a few statements.

Loading a year of calls as objects would take longer than all the arithmetic on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import TYPE_CHECKING

from planner.domain.day.activity import SPOKEN
from planner.domain.day_counts import DayCounts
from planner.domain.forecast.funnel import OTHERS, DealFact, Event
from planner.store.mapper import marks
from planner.store.numbering import SYNCED

if TYPE_CHECKING:
    from planner.store.recorder import Reads

_SPOKEN = ", ".join(f"'{outcome}'" for outcome in SPOKEN)
_EVENTS = f"""
SELECT day,
  CASE kind
    WHEN 'dial' THEN CASE outcome WHEN 'meeting' THEN 'dial-meeting' ELSE 'dial-spoken' END
    WHEN 'meeting-held' THEN CASE WHEN outcome = 'no-show' THEN 'no-show' ELSE 'meeting-held' END
    ELSE kind
  END,
  count, contact_id, CASE WHEN kind = 'deal' THEN amount END,
  CASE WHEN kind = 'meeting-booked' OR outcome = 'meeting' THEN (
    SELECT max(start_at) FROM event JOIN event_time ON event_time.event_id = event.id WHERE booking_id = activity.id
  ) END
FROM activity
WHERE day BETWEEN ? AND ? AND ((kind = 'dial' AND outcome IN ({_SPOKEN}))
  OR kind IN ('conversation', 'meeting-booked', 'meeting-held', 'proposal')
  OR (kind = 'deal' AND deal_id IS NULL))
"""
# Unanswered calls matter individually only where a conversation was logged separately: those of its contact, and those
# without a contact.
_OF_NOBODY = f"""
SELECT day, sum(count) FROM activity
WHERE day BETWEEN ? AND ? AND kind = 'dial' AND contact_id IS NULL AND coalesce(outcome, '') NOT IN ({_SPOKEN})
GROUP BY day
"""
_UNANSWERED = f"""
SELECT day, sum(count), contact_id FROM activity
WHERE contact_id IN ({{}}) AND day BETWEEN ? AND ? AND kind = 'dial' AND coalesce(outcome, '') NOT IN ({_SPOKEN})
GROUP BY day, contact_id
"""
_AT_ONCE = 500  # parameters per statement
_DEALS = """
SELECT id, title, stage, stage_before, opened, closed, contact_id,
  coalesce(value, (SELECT sum(amount) FROM activity WHERE deal_id = deal.id))
    + coalesce((SELECT sum(amount) FROM activity WHERE deal_id = deal.id AND amount < 0), 0)
FROM deal WHERE coalesce(closed, '9999') >= ? ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Entries:
    """The log up to and including a day, as far back as it carries weight: what was done, by day, and day and amount of
    deals only logged, not in the pipeline.
    """

    events: tuple[Event, ...] = ()
    values: tuple[tuple[str, float], ...] = ()
    _earlier: dict[str, Entries] = field(default_factory=dict, repr=False, compare=False)

    def as_of(self, limit: str) -> Entries:
        """Return those up to an earlier day, each time the same ones."""
        if limit not in self._earlier:
            events = tuple(each for each in self.events if each.day <= limit)
            self._earlier[limit] = Entries(events, tuple(pair for pair in self.values if pair[0] <= limit))
        return self._earlier[limit]


@dataclass(frozen=True, slots=True)
class Log:
    """What the rates need of the log and the pipeline: the entries up to and including a day, and every deal as of the
    end of that day.
    """

    entries: Entries = field(default_factory=Entries)
    deals: tuple[DealFact, ...] = ()

    def as_of(self, last: date) -> Log:
        """Return both as of the end of an earlier day."""
        return Log(self.entries.as_of(last.isoformat()), _as_of_all(self.deals, last.isoformat()))


def _as_of_all(deals: Iterable[DealFact], limit: str) -> tuple[DealFact, ...]:
    """Return the deals there were at the end of a day, as they were."""
    return tuple(_as_of(each, limit) for each in deals if each.opened is None or each.opened <= limit)


def _as_of(deal: DealFact, limit: str) -> DealFact:
    """Return a deal as of the end of a day. One closed later is open."""
    if deal.closed is None or deal.closed <= limit:
        return deal
    return deal._replace(stage=deal.before or "proposal", closed=None, won=None)


def entries(reads: Reads, since: date, last: date, counts: DayCounts) -> Entries:
    """Read the log between two days, both included.

    Unanswered calls make up most of it. They are counted by day, under a placeholder contact (`OTHERS`) where it
    doesn't matter whose they were.
    """
    ends = first, limit = since.isoformat(), last.isoformat()
    found, values = list[Event](), list[tuple[str, float]]()
    for row in reads.execute(_EVENTS, ends):
        meets = None if row[5] is None else date.fromtimestamp(row[5]).isoformat()
        found.append(Event(row[0], row[1], row[2], row[3], meets))
        day, amount, times = row[0], row[4], row[2]
        if amount is not None and amount > 0:
            values += [(day, amount / 100 / times)] * min(times, 1_000)
    talked = [each for each in found if each.kind == "conversation"]
    contacts = sorted({each.contact for each in talked if each.contact is not None})
    if talked:
        found += [Event(day, "dial", count) for day, count in reads.execute(_OF_NOBODY, ends)]
    for start in range(0, len(contacts), _AT_ONCE):
        some = contacts[start : start + _AT_ONCE]
        rows = reads.execute(_UNANSWERED.format(marks(some)), (*some, *ends))
        found += [Event(day, "dial", count, contact) for day, count, contact in rows]
    known: dict[str, int] = {}
    for each in found:
        if each.kind in ("dial", "dial-spoken", "dial-meeting"):
            known[each.day] = known.get(each.day, 0) + each.times
    for day, dials in counts.days("dials"):
        rest = dials - known.get(day, 0)
        if rest > 0 and first <= day <= limit:
            found.append(Event(day, "dial", rest, OTHERS))
    found.sort(key=itemgetter(0))
    return Entries(tuple(found), tuple(values))


def deals(reads: Reads, since: date, last: date) -> tuple[DealFact, ...]:
    """Return the deals open between two days, both included, with refunds taken off their value."""
    return _as_of_all(_deals(reads, since), last.isoformat())


def _deals(reads: Reads, since: date) -> Iterator[DealFact]:
    for row in reads.execute(_DEALS, (since.isoformat(),)):
        number, title, stage, before, opened, closed, contact, value = row
        won = None if closed is None else stage == "won"
        amount = None if value is None else value / 100
        yield DealFact(number, title, stage, won, opened, closed, contact, amount, before)


def deal_on(reads: Reads, day: date) -> bool:
    """Whether a deal was opened or closed on a day."""
    query = "SELECT EXISTS (SELECT 1 FROM deal WHERE opened = ? OR closed = ?)"
    return bool(reads.execute(query, (day.isoformat(),) * 2).fetchone()[0])


def call_moments(reads: Reads, first: date, last: date) -> list[tuple[str, int]]:
    """Return day and instant (seconds) of each individually logged call, in order."""
    rows = reads.execute(
        "SELECT day, at FROM activity WHERE kind = 'dial' AND count = 1 AND day BETWEEN ? AND ? ORDER BY day, at",
        (first.isoformat(), last.isoformat()),
    )
    return [(day, at) for day, at in rows]


_BEHIND_LOG = "'activity', 'event'"
_BEHIND = f"{_BEHIND_LOG}, 'deal', 'month_plan', 'calendar_exception', 'day', 'week_template', 'week_block'"
_WHICH = "count({0}), total(undone * ({0} IS NOT NULL)), total(CASE WHEN undone THEN {0} END), max({0})"
_SYNCED = f"(SELECT value FROM meta WHERE key = '{SYNCED}')"
_SIGNATURES = f"""
SELECT {_SYNCED}, {_WHICH.format("id")}, max(at),
  {_SYNCED}, {_WHICH.format("logged")}, max(CASE WHEN logged IS NOT NULL THEN at END)
FROM (
  SELECT id, at, undone, CASE WHEN EXISTS (
    SELECT 1 FROM change_row WHERE change_id = change.id AND tbl IN ({_BEHIND_LOG})
  ) THEN id END AS logged
  FROM change WHERE EXISTS (SELECT 1 FROM change_row WHERE change_id = change.id AND tbl IN ({_BEHIND}))
)
"""


def signatures(reads: Reads) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """Return what changes with every change, undo and redo of the odds' inputs, and the same for the log's entries
    alone. Both change with a restored backup, and with what a sync takes in, which isn't in the history.
    """
    found = reads.execute(_SIGNATURES).fetchone()
    return found[:6], found[6:]
