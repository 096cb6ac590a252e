"""What the rates are made of: the log by day and contact, and the deals, in a few statements.

A year of calls as objects would take longer than all the arithmetic on them.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from planner.domain.activity import SPOKEN
from planner.domain.funnel import OTHERS, DealFact, Event

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
  count, contact_id
FROM activity
WHERE day <= ? AND ((kind = 'dial' AND outcome IN ({_SPOKEN}))
  OR kind IN ('conversation', 'meeting-booked', 'meeting-held', 'proposal')
  OR (kind = 'deal' AND deal_id IS NULL))
"""
# Calls that nobody answered matter one by one only where a conversation was logged by itself: those of its contact, and
# those of nobody in particular.
_OF_NOBODY = f"""
SELECT day, sum(count) FROM activity
WHERE day <= ? AND kind = 'dial' AND contact_id IS NULL AND coalesce(outcome, '') NOT IN ({_SPOKEN})
GROUP BY day
"""
_UNANSWERED = f"""
SELECT day, sum(count), contact_id FROM activity
WHERE contact_id IN ({{}}) AND day <= ? AND kind = 'dial' AND coalesce(outcome, '') NOT IN ({_SPOKEN})
GROUP BY day, contact_id
"""
_AT_ONCE = 500  # parameters of a statement
_DEALS = """
SELECT id, title, stage, stage_before, opened, closed, contact_id,
  coalesce(value, (SELECT sum(amount) FROM activity WHERE deal_id = deal.id))
    + coalesce((SELECT sum(amount) FROM activity WHERE deal_id = deal.id AND amount < 0), 0)
FROM deal ORDER BY id
"""


def events(reads: Reads, last: date) -> list[Event]:
    """The log up to and with a day, in the order of its days.

    Calls that nobody answered are most of it: they are counted by day, under a contact of their own (`OTHERS`) where it
    doesn't matter whose they were.
    """
    ask = reads.execute
    limit = last.isoformat()
    found = [Event(*row) for row in ask(_EVENTS, (limit,))]
    talked = [each for each in found if each.kind == "conversation"]
    contacts = sorted({each.contact for each in talked if each.contact is not None})
    if talked:
        found += [Event(day, "dial", count) for day, count in ask(_OF_NOBODY, (limit,))]
    for start in range(0, len(contacts), _AT_ONCE):
        some = contacts[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        rows = ask(_UNANSWERED.format(marks), (*some, limit))
        found += [Event(day, "dial", count, contact) for day, count, contact in rows]
    known: dict[str, int] = {}
    for each in found:
        if each.kind in ("dial", "dial-spoken", "dial-meeting"):
            known[each.day] = known.get(each.day, 0) + each.times
    for day, dials in ask("SELECT day, dials FROM day_count WHERE day <= ? AND dials > 0", (limit,)):
        rest = dials - known.get(day, 0)
        if rest > 0:
            found.append(Event(day, "dial", rest, OTHERS))
    found.sort(key=lambda each: each.day)
    return found


def deals(reads: Reads, last: date) -> list[DealFact]:
    """Every deal as it stood at the end of a day: one closed later is open, one opened later isn't there.

    What was paid back is off its value.
    """
    limit = last.isoformat()
    found = []
    for number, title, stage, before, opened, closed, contact, value in reads.execute(_DEALS):
        if opened is not None and opened > limit:
            continue
        won: bool | None = None if closed is None else stage == "won"
        if closed is not None and closed > limit:
            stage, closed, won = before or "proposal", None, None
        amount = None if value is None else value / 100
        found.append(DealFact(number, title, stage, won, opened, closed, contact, amount))
    return found


def anything_on(reads: Reads, day: date) -> bool:
    """Whether anything was done on a day that the odds rest on."""
    text = day.isoformat()
    row = reads.execute(
        "SELECT EXISTS (SELECT 1 FROM activity WHERE day = ?)"
        " OR EXISTS (SELECT 1 FROM deal WHERE opened = ? OR closed = ?)",
        (text, text, text),
    )
    return bool(row.fetchone()[0])


def logged_values(reads: Reads, last: date) -> list[tuple[str, float]]:
    """Day and amount of the deals that were only logged, not kept in the pipeline."""
    rows = reads.execute(
        "SELECT day, amount / 100.0 / count, count FROM activity"
        " WHERE kind = 'deal' AND deal_id IS NULL AND amount > 0 AND day <= ?",
        (last.isoformat(),),
    )
    return [(day, amount) for day, amount, count in rows for _ in range(min(count, 1_000))]


def first_day(reads: Reads) -> date | None:
    """The first day of which anything is known."""
    row = reads.execute(
        "SELECT min(day) FROM (SELECT min(day) AS day FROM activity UNION ALL SELECT min(opened) FROM deal"
        " UNION ALL SELECT min(closed) FROM deal)"
    ).fetchone()
    return None if row[0] is None else date.fromisoformat(row[0])


def call_moments(reads: Reads, first: date, last: date) -> list[tuple[str, int]]:
    """Day and instant (seconds) of each call that was logged by itself, in order."""
    rows = reads.execute(
        "SELECT day, at FROM activity WHERE kind = 'dial' AND count = 1 AND day BETWEEN ? AND ? ORDER BY day, at",
        (first.isoformat(), last.isoformat()),
    )
    return [(day, at) for day, at in rows]


def calls_by_day(reads: Reads, last: date) -> list[tuple[str, int, int]]:
    """Day, calls and talks of each day with calls."""
    rows = reads.execute(
        "SELECT day, dials, conversations FROM day_count WHERE day <= ? AND dials > 0", (last.isoformat(),)
    )
    return [(day, dials, talks) for day, dials, talks in rows]


def signature(reads: Reads) -> tuple[object, ...]:
    """What changes with every change, undo and redo, and when a backup is put back: whether figures read still hold."""
    ask = reads.execute
    counted = ask(
        "SELECT count(*), coalesce(sum(undone), 0), coalesce(sum(CASE WHEN undone THEN id END), 0) FROM change"
    )
    newest = ask("SELECT id, at, label FROM change ORDER BY id DESC LIMIT 1").fetchone()
    return (*counted.fetchone(), *(newest or ()))
