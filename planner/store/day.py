"""Days opened and closed, and the laid days of the quick reads."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from planner.domain.activity import COUNTED
from planner.domain.blocks import DayBlock
from planner.domain.day import CloseWords, Counter, DayOdds, DayRecord, Laid, odds_columns
from planner.domain.money import to_hundredths
from planner.store.mapper import Codec, Mapper
from planner.store.recorder import Writer

if TYPE_CHECKING:
    from planner.store.recorder import Reads

_IDS = Codec(lambda text: tuple(json.loads(text)), lambda ids: json.dumps(list(ids)))
_WORDS = Mapper(CloseWords, "day")
_RECORDS = Mapper(DayRecord, "day", targets=None, words=None, top_three=_IDS)
_COUNTERS = Mapper(Counter, "day_target", shortfall=None)
_COUNTED = (*COUNTED, "revenue")


def get(reads: Reads, day: date) -> DayRecord:
    """When a day was opened and closed, and its frozen targets (None while it isn't open)."""
    text = day.isoformat()
    row = reads.execute(f"SELECT {_WORDS.columns}, {_RECORDS.columns} FROM day WHERE day = ?", (text,)).fetchone()
    if row is None:
        return DayRecord(day)
    said = len(dataclasses.fields(CloseWords))
    found = _RECORDS.of(row[said:], words=_WORDS.of(row[:said]))
    if found.opened_at is None:
        return found
    counters = {counter.metric: counter for counter in _COUNTERS.all(reads, "WHERE day = ?", text)}
    return dataclasses.replace(found, targets=counters)


def last_worked(reads: Reads, before: date) -> DayRecord | None:
    """The last day before a date that was opened or closed, or None."""
    row = reads.execute("SELECT day FROM day WHERE day < ? ORDER BY day DESC LIMIT 1", (before.isoformat(),)).fetchone()
    return None if row is None else get(reads, date.fromisoformat(row[0]))


def counts(reads: Reads, day: date) -> dict[str, int]:
    """What was counted on a day; nothing counted, nothing in it. Revenue in hundredths."""
    row = reads.execute(f"SELECT {', '.join(_COUNTED)} FROM day_count WHERE day = ?", (day.isoformat(),)).fetchone()
    return {} if row is None else dict(zip(_COUNTED, row, strict=True))


def put(change: Writer, record: DayRecord) -> None:
    """Store a day's record; frozen targets are replaced by those it carries."""
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
    """Many days at once, no change: for a demo."""
    from planner.store.week import day_block_values

    with Writer(handle) as writer:
        for record in records:
            writer.insert("day", **_RECORDS.values(record, **_WORDS.values(record.words)))
            for counter in (record.targets or {}).values():
                writer.insert("day_target", day=record.day.isoformat(), **_COUNTERS.values(counter))
        for day, block in blocks:
            writer.insert("day_block", day=day.isoformat(), **day_block_values(block))


def put_odds(writer: Writer, day: date, odds: DayOdds) -> None:
    """Bring the odds of a laid day up to date; a day that isn't laid has none."""
    values = odds_columns(odds)
    sets = ", ".join(f"{name} = ?" for name in values)
    writer.execute(f"UPDATE laid_day SET {sets} WHERE day = ?", (*values.values(), day.isoformat()))


def lay(writer: Writer, laid: Laid) -> None:
    """Write a laid day for the quick reads; other laid days are forgotten."""
    for table in ("laid_target", "laid_block", "laid_window", "laid_day"):
        # the cascade, and what a foreign hand left behind
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
        day_notes="\n".join(laid.day_notes),
        midway="\n".join(laid.midway),
        bests=laid.bests_text,
        **{"advice": "", "odds_key": "", **odds_columns(laid.odds)},
    )
    for counter in laid.counters.values():
        writer.insert("laid_target", day=text, **_COUNTERS.values(counter))
    for seq, piece in enumerate(laid.blocks):
        writer.insert(
            "laid_block",
            day=text,
            seq=seq,
            first=piece.first,
            last=piece.last,
            kind=piece.kind,
            title=piece.title,
            position=piece.position,
            dropped=int(piece.dropped),
            mark=piece.mark,
            clash=piece.clash,
        )
    for opens, closes in laid.windows:
        writer.insert("laid_window", day=text, opens=f"{opens:%H:%M}", closes=f"{closes:%H:%M}")


def close_mail(change: Writer, day: date, now: int) -> None:
    """Stop the clock of a mail window that is still open when its day is closed."""
    rows = change.execute("SELECT id FROM mail_window WHERE day = ? AND closed_at IS NULL", (day.isoformat(),))
    for (key,) in rows.fetchall():
        change.update("mail_window", key, closed_at=now)
