"""Queries of days opened and closed, and of the snapshots behind the quick reads."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from planner.domain.clients.special_days import SpecialDay
from planner.domain.day.blocks import DayBlock, Piece
from planner.domain.day.day import CloseWords, Counter, DayOdds, DayRecord, DaySnapshot, odds_columns, ten_thousandths
from planner.domain.forecast.ledger import Said
from planner.domain.money import to_hundredths
from planner.domain.text import clean
from planner.domain.workdays import Period
from planner.store import today_queries
from planner.store.mapper import Codec, Mapper
from planner.store.recorder import Writer

if TYPE_CHECKING:
    from planner.store.recorder import Reads

HUNDREDTHS = Codec(lambda value: value / 100, lambda amount: round(amount * 100))
SHARE = Codec(lambda value: value / 10_000, ten_thousandths)
_IDS = Codec(lambda text: tuple(json.loads(text)), lambda ids: json.dumps(list(ids)))
_WORDS = Mapper(CloseWords, "day")
_RECORDS = Mapper(DayRecord, "day", targets=None, words=None, top_three=_IDS)
_SAID = Mapper(
    Said, "said_odds", target=HUNDREDTHS, quota=HUNDREDTHS, median=HUNDREDTHS, low=HUNDREDTHS, high=HUNDREDTHS,
    p_plan=SHARE, p_quota=SHARE,
)  # fmt: skip
_COUNTERS = Mapper(Counter, "day_target", shortfall=None)


def get(reads: Reads, day: date) -> DayRecord:
    """Return when a day was opened and closed, and its frozen targets (None while it isn't open)."""
    return records(reads, Period(day, day)).get(day) or DayRecord(day)


def records(reads: Reads, period: Period) -> dict[date, DayRecord]:
    """Return the days of a period that were opened or closed, by date."""
    ends = (period.first.isoformat(), period.last.isoformat())
    said = len(dataclasses.fields(CloseWords))
    targets: dict[date, dict[str, Counter]] = {}
    for day, *row in reads.execute(f"SELECT day, {_COUNTERS.columns} FROM day_target WHERE day BETWEEN ? AND ?", ends):
        counter = _COUNTERS.from_row(row)
        targets.setdefault(date.fromisoformat(day), {})[counter.metric] = counter
    found = {}
    for row in reads.execute(f"SELECT {_WORDS.columns}, {_RECORDS.columns} FROM day WHERE day BETWEEN ? AND ?", ends):
        record = _RECORDS.from_row(row[said:], words=_WORDS.from_row(row[:said]))
        if record.opened_at is not None:
            record = dataclasses.replace(record, targets=targets.get(record.day, {}))
        found[record.day] = record
    return found


def firsts(reads: Reads) -> tuple[date | None, date | None, date | None]:
    """Return three first days: opened or closed, known to the log or to a deal, and with odds recorded."""
    found = reads.execute(
        "SELECT (SELECT min(day) FROM day), (SELECT min(day) FROM (SELECT min(day) AS day FROM activity"
        " UNION ALL SELECT min(opened) FROM deal UNION ALL SELECT min(closed) FROM deal)),"
        " (SELECT min(day) FROM said_odds)"
    ).fetchone()
    worked, known, said = (day and date.fromisoformat(day) for day in found)
    return worked, known, said


def last_worked(reads: Reads, before: date) -> DayRecord | None:
    """Return the last day before a date that was opened or closed, or None."""
    row = reads.execute("SELECT day FROM day WHERE day < ? ORDER BY day DESC LIMIT 1", (before.isoformat(),)).fetchone()
    return None if row is None else get(reads, date.fromisoformat(row[0]))


def put(change: Writer, record: DayRecord) -> None:
    """Store a day's record, replacing its frozen targets."""
    text = record.day.isoformat()
    values = _RECORDS.values(record, **_WORDS.values(record.words))
    row = change.execute("SELECT id FROM day WHERE day = ?", (text,)).fetchone()
    if row is None:
        change.insert("day", **values)
    else:
        change.update("day", row[0], **values)
    targets = dict(record.targets or {})
    for key, metric in change.execute("SELECT id, metric FROM day_target WHERE day = ?", (text,)).fetchall():
        if metric in targets:
            change.update("day_target", key, **_COUNTERS.values(targets.pop(metric)))
        else:
            change.delete("day_target", key)
    for counter in targets.values():
        change.insert("day_target", day=text, **_COUNTERS.values(counter))


def fill(handle: sqlite3.Connection, records: Iterable[DayRecord], blocks: Iterable[tuple[date, DayBlock]]) -> None:
    """Insert many days at once without recording a change, for a demo."""
    from planner.store.day.week import day_block_values

    with Writer(handle) as writer:
        for record in records:
            writer.insert("day", **_RECORDS.values(record, **_WORDS.values(record.words)))
            for counter in (record.targets or {}).values():
                writer.insert("day_target", day=record.day.isoformat(), **_COUNTERS.values(counter))
        for day, block in blocks:
            writer.insert("day_block", day=day.isoformat(), **day_block_values(block))


def put_said(change: Writer, said: Said) -> None:
    """Store the month's odds as recorded on the morning of a day, replacing any earlier ones."""
    row = change.execute("SELECT id FROM said_odds WHERE day = ?", (said.day.isoformat(),)).fetchone()
    if row is None:
        change.insert("said_odds", **_SAID.values(said))
    else:
        change.update("said_odds", row[0], **_SAID.values(said))


def stated_odds(reads: Reads, period: Period) -> list[Said]:
    """Return the odds recorded on the mornings of a period."""
    ends = (period.first.isoformat(), period.last.isoformat())
    rows = reads.execute(f"SELECT {_SAID.columns} FROM said_odds WHERE day BETWEEN ? AND ? ORDER BY day", ends)
    return [_SAID.from_row(row) for row in rows]


def put_odds(writer: Writer, day: date, odds: DayOdds) -> None:
    """Update the odds of a laid day. A day that isn't laid has none."""
    values = odds_columns(odds)
    sets = ", ".join(f"{name} = ?" for name in values)
    writer.execute(f"UPDATE laid_day SET {sets} WHERE day = ?", (*values.values(), day.isoformat()))


def kept_under(reads: Reads, day: date) -> str | None:
    """Return the key of a day's saved snapshot and what has gone stale in it since. None without a snapshot."""
    row = reads.execute("SELECT key FROM laid_day WHERE day = ?", (day.isoformat(),)).fetchone()
    return None if row is None else str(row[0])


def keep(writer: Writer, laid: DaySnapshot) -> None:
    """Save a day's snapshot for the quick reads and delete those of other days."""
    for table in ("laid_target", "laid_block", "laid_window", "laid_day"):
        # the cascade, and rows left behind by other programs
        writer.execute(f"DELETE FROM {table}")
    text, plan = laid.day.isoformat(), laid.plan
    writer.insert(
        "laid_day",
        day=text,
        key=laid.key,
        weight=round(laid.weight * 100),
        month_first=laid.plan_period.first.isoformat(),
        month_last=laid.plan_period.last.isoformat(),
        days_total=round(laid.plan_days.total * 100),
        days_elapsed=round(laid.plan_days.elapsed * 100),
        days_left=round(laid.plan_days.left * 100),
        quota=None if plan is None else to_hundredths(plan.quota),
        personal_plan=None if plan is None else to_hundredths(plan.personal_plan),
        currency=laid.currency,
        wish=laid.wish or None,
        for_whom=laid.for_whom or None,
        picture=laid.picture or None,
        serves=laid.serves or None,
        mail_minutes=laid.mail_minutes,
        mail_next=laid.mail_next,
        asked_minutes=None if laid.fit is None else round(laid.fit.asked * 100),
        available_minutes=laid.available_minutes,
        list_day="" if laid.list_day is None else laid.list_day.isoformat(),
        will_try=laid.will_try,
        day_notes=notes_text(laid.day_notes, laid.special_days),
        midway="\n".join(laid.midway),
        bests=laid.bests_text,
        next_due=laid.next_due_text,
        **{"advice": "", "odds_key": "", **odds_columns(laid.odds)},
    )
    columns = ("day", *_COUNTERS.stored)
    writer.bulk("laid_target", columns, [(text, *_COUNTERS.values(each).values()) for each in laid.counters.values()])
    windows = [(text, f"{opens:%H:%M}", f"{closes:%H:%M}") for opens, closes in laid.windows]
    writer.bulk("laid_window", ("day", "opens", "closes"), windows)
    _put_blocks(writer, text, laid.blocks)


def notes_text(notes: Sequence[str], special: Sequence[SpecialDay]) -> str:
    """Return a day's notes as stored: whole-day events, one per line, then a mark and the contacts' special days."""
    rows = [
        today_queries.FIELD.join(
            (each.kind, each.day.isoformat(), clean(each.name), clean(each.said), str(each.contact_id))
        )
        for each in special
    ]
    return "\n".join(notes) + (today_queries.SPECIAL + "\n".join(rows) if rows else "")


def keep_blocks(writer: Writer, day: date, key: str, blocks: Sequence[Piece], available: int, notes: str) -> None:
    """Update the blocks of a saved snapshot and what depends on them. `notes` is the result of `notes_text`."""
    text = day.isoformat()
    writer.execute("DELETE FROM laid_block WHERE day = ?", (text,))
    writer.execute(
        "UPDATE laid_day SET key = ?, available_minutes = ?, day_notes = ? WHERE day = ?",
        (key, available, notes, text),
    )
    _put_blocks(writer, text, blocks)


def _put_blocks(writer: Writer, day: str, blocks: Sequence[Piece]) -> None:
    names = (
        "day",
        "seq",
        "first",
        "last",
        "kind",
        "title",
        "position",
        "dropped",
        "mark",
        "clash",
        "meeting_id",
        "calendar",
    )
    rows = [
        (
            day,
            seq,
            p.first,
            p.last,
            p.kind,
            p.title,
            p.position,
            int(p.dropped),
            p.mark,
            p.clash,
            p.meeting_id,
            p.calendar,
        )
        for seq, p in enumerate(blocks)
    ]
    writer.bulk("laid_block", names, rows)


def close_mail(change: Writer, day: date, now: int) -> None:
    """Stop the clock of a mail window that is still open when its day is closed."""
    rows = change.execute("SELECT id FROM mail_window WHERE day = ? AND closed_at IS NULL", (day.isoformat(),))
    for (key,) in rows.fetchall():
        change.update("mail_window", key, closed_at=now)
