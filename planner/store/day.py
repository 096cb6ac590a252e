"""Days opened and closed, and the laid days of the quick reads."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import date, datetime

from sqlmodel import Session, col, delete, select

from planner.domain.activity import COUNTED
from planner.domain.blocks import DayBlock
from planner.domain.day import CloseWords, Counter, DayOdds, DayRecord, Laid, odds_columns
from planner.domain.money import to_hundredths
from planner.store.changing import transaction
from planner.store.tables import (
    DayCount,
    DayRow,
    DayTargetRow,
    LaidBlock,
    LaidDay,
    LaidTarget,
    LaidWindow,
    MailWindowRow,
)


def get(session: Session, day: date) -> DayRecord:
    """When a day was opened and closed, and its frozen targets (None while it isn't open)."""
    row = session.exec(select(DayRow).where(DayRow.day == day.isoformat())).first()
    if row is None:
        return DayRecord(day)
    targets = None
    if row.opened_at is not None:
        found = session.exec(select(DayTargetRow).where(DayTargetRow.day == day.isoformat()))
        targets = {
            row.metric: Counter(row.metric, row.target, row.goal_id, source=row.source, other=row.other)
            for row in found
        }
    return DayRecord(day, _moment(row.opened_at), _moment(row.closed_at), targets, row.note, _words(row), _ids(row))


def _words(row: DayRow) -> CloseWords:
    return CloseWords(row.went_well, row.went_wrong, row.what_else, row.will_try)


def _ids(row: DayRow) -> tuple[int, ...]:
    return tuple(json.loads(row.top_three))


def last_worked(session: Session, before: date) -> DayRecord | None:
    """The last day before a date that was opened or closed, or None."""
    query = select(DayRow.day).where(DayRow.day < before.isoformat()).order_by(col(DayRow.day).desc()).limit(1)
    found = session.exec(query).first()
    return None if found is None else get(session, date.fromisoformat(found))


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def counts(session: Session, day: date) -> dict[str, int]:
    """What was counted on a day; nothing counted, nothing in it. Revenue in hundredths."""
    row = session.get(DayCount, day.isoformat())
    return {} if row is None else {name: int(getattr(row, name)) for name in (*COUNTED, "revenue")}


def put(session: Session, record: DayRecord) -> None:
    """Store a day's record; frozen targets are replaced by those it carries."""
    text = record.day.isoformat()
    row = session.exec(select(DayRow).where(DayRow.day == text)).first() or DayRow(day=text)
    row.opened_at, row.closed_at = _text(record.opened_at), _text(record.closed_at)
    row.note = record.note
    words = record.words
    row.went_well, row.went_wrong = words.went_well, words.went_wrong
    row.what_else, row.will_try = words.what_else, words.will_try
    row.top_three = json.dumps(list(record.top_three))
    session.add(row)
    for old in session.exec(select(DayTargetRow).where(DayTargetRow.day == text)).all():
        if record.targets is None or old.metric not in record.targets:
            session.delete(old)
    for counter in (record.targets or {}).values():
        known = session.exec(
            select(DayTargetRow).where(DayTargetRow.day == text, DayTargetRow.metric == counter.metric)
        ).first()
        known = known or DayTargetRow(day=text, metric=counter.metric, target=0)
        known.target, known.goal_id = counter.target, counter.goal_id
        known.source, known.other = counter.source, counter.other
        session.add(known)


def fill(handle: sqlite3.Connection, records: Iterable[DayRecord], blocks: Iterable[tuple[date, DayBlock]]) -> None:
    """Many days at once, no change: for a demo."""
    with transaction(handle):
        for record in records:
            said = record.words
            handle.execute(
                "INSERT INTO day (day, opened_at, closed_at, note, went_well, went_wrong, what_else, will_try)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    record.day.isoformat(), _text(record.opened_at), _text(record.closed_at), record.note,
                    said.went_well, said.went_wrong, said.what_else, said.will_try,
                ),
            )  # fmt: skip
            handle.executemany(
                "INSERT INTO day_target (day, metric, target) VALUES (?, ?, ?)",
                [(record.day.isoformat(), name, counter.target) for name, counter in (record.targets or {}).items()],
            )
        handle.executemany(
            "INSERT INTO day_block (day, position, start, end, kind, title, planned, dropped, mark)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)",
            [
                (
                    day.isoformat(), each.position, f"{each.block.start:%H:%M}", f"{each.block.end:%H:%M}",
                    each.block.kind, each.block.title,
                    f"{each.block.start:%H:%M}-{each.block.end:%H:%M} {each.block.kind}", each.mark,
                )
                for day, each in blocks
            ],
        )  # fmt: skip


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def put_odds(session: Session, day: date, odds: DayOdds) -> None:
    """Bring the odds of a laid day up to date; a day that isn't laid has none."""
    row = session.get(LaidDay, day.isoformat())
    if row is not None:
        for name, value in odds_columns(odds).items():
            setattr(row, name, value)
        session.add(row)


def lay(session: Session, laid: Laid) -> None:
    """Write a laid day for the quick reads; other laid days are forgotten."""
    text = laid.day.isoformat()
    for table in (LaidTarget, LaidBlock, LaidWindow, LaidDay):  # the cascade, and what a foreign hand left behind
        session.exec(delete(table))
    plan = laid.plan
    session.add(
        LaidDay(
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
            **odds_columns(laid.odds),
        )
    )
    session.flush()
    for counter in laid.counters.values():
        session.add(
            LaidTarget(
                day=text,
                metric=counter.metric,
                target=counter.target,
                goal_id=counter.goal_id,
                source=counter.source,
                other=counter.other,
            )
        )
    for seq, piece in enumerate(laid.blocks):
        session.add(
            LaidBlock(
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
        )
    for opens, closes in laid.windows:
        session.add(LaidWindow(day=text, opens=f"{opens:%H:%M}", closes=f"{closes:%H:%M}"))


def close_mail(session: Session, day: date, now: int) -> None:
    """Stop the clock of a mail window that is still open when its day is closed."""
    rows = session.exec(
        select(MailWindowRow).where(MailWindowRow.day == day.isoformat(), col(MailWindowRow.closed_at).is_(None))
    )
    for row in rows:
        row.closed_at = now
        session.add(row)
