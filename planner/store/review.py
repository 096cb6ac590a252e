"""What the review reads, a run of days at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import Session, col, func, or_, select

from planner.domain.activity import COUNTED
from planner.domain.day import CloseWords
from planner.domain.promises import Promise
from planner.domain.records import FEWEST, Best
from planner.domain.review import AFTER_CALL
from planner.domain.workdays import Period
from planner.store import promises
from planner.store.tables import (
    ActivityRow,
    CallCheckRow,
    DayBlockRow,
    DayCount,
    DayRow,
    DayTargetRow,
    DealRow,
    HeardRow,
)


def _in(column: Any, period: Period) -> Any:
    return col(column).between(period.first.isoformat(), period.last.isoformat())


def counts(session: Session, period: Period) -> dict[date, dict[str, int]]:
    """What was counted, by day; revenue in hundredths."""
    rows = session.exec(select(DayCount).where(_in(DayCount.day, period)))
    return {
        date.fromisoformat(row.day): {name: int(getattr(row, name)) for name in (*COUNTED, "revenue")} for row in rows
    }


def rituals(session: Session, period: Period) -> dict[date, tuple[bool, bool, CloseWords]]:
    """Whether each day that has a record was opened and closed, and what was said at its close."""
    rows = session.exec(select(DayRow).where(_in(DayRow.day, period)))
    return {
        date.fromisoformat(row.day): (
            row.opened_at is not None,
            row.closed_at is not None,
            CloseWords(row.went_well, row.went_wrong, row.what_else, row.will_try),
        )
        for row in rows
    }


def began(session: Session) -> date | None:
    """The first day that was opened or closed."""
    found = session.exec(select(func.min(DayRow.day))).one()
    return None if found is None else date.fromisoformat(found)


def first_count(session: Session) -> date | None:
    """The first day on which anything was counted."""
    something = or_(*(getattr(DayCount, name) != 0 for name in (*COUNTED, "revenue")))  # an undone log leaves zeros
    found = session.exec(select(func.min(DayCount.day)).where(something)).one()
    return None if found is None else date.fromisoformat(found)


def targets(session: Session, period: Period) -> dict[date, dict[str, int]]:
    """The targets that were frozen, by day; a day that was opened with none is not in it."""
    found: dict[date, dict[str, int]] = {}
    query = select(DayTargetRow.day, DayTargetRow.metric, DayTargetRow.target).where(_in(DayTargetRow.day, period))
    for day, metric, target in session.exec(query):
        found.setdefault(date.fromisoformat(day), {})[metric] = target
    return found


def due(session: Session, period: Period) -> list[Promise]:
    """The promises whose time was within a period, whatever became of them."""
    return promises.due(session, period)


def own_blocks(session: Session, period: Period) -> dict[date, list[tuple[str, str | None]]]:
    """The kinds of the blocks of the days that have blocks of their own, and their marks; dropped ones left out."""
    found: dict[date, list[tuple[str, str | None]]] = {}
    query = select(DayBlockRow.day, DayBlockRow.kind, DayBlockRow.mark, DayBlockRow.dropped).where(
        _in(DayBlockRow.day, period)
    )
    for day, kind, mark, dropped in session.exec(query):
        kept = found.setdefault(date.fromisoformat(day), [])
        if not dropped:
            kept.append((kind, mark))
    return found


def heard(session: Session, period: Period, limit: int) -> list[tuple[str, int, int, int]]:
    """The objections heard most: text, how often, how often their answer was told of, how often it led on."""
    times = func.count()
    query = (
        select(HeardRow.objection, times, func.count(col(HeardRow.worked)), func.sum(HeardRow.worked))
        .where(_in(HeardRow.day, period))
        .group_by(HeardRow.objection)
        .order_by(times.desc(), col(HeardRow.objection))
        .limit(limit)
    )
    return [(text, int(count), int(told), int(worked or 0)) for text, count, told, worked in session.exec(query)]


def after_calls(session: Session, period: Period) -> dict[str, tuple[int, int]]:
    """The answers to the questions after a call: how often yes, how often asked; those that were asked."""
    columns = [getattr(CallCheckRow, name) for name in AFTER_CALL]
    parts = [part for column in columns for part in (func.coalesce(func.sum(column), 0), func.count(column))]
    row = session.exec(select(*parts).where(_in(CallCheckRow.day, period))).one()
    found = {name: (int(row[2 * at]), int(row[2 * at + 1])) for at, name in enumerate(AFTER_CALL)}
    return {name: pair for name, pair in found.items() if pair[1]}


def whys(session: Session, period: Period) -> list[str]:
    """What was said of why calls went as they did, the newest first."""
    query = select(CallCheckRow.why).where(_in(CallCheckRow.day, period), CallCheckRow.why != "")
    return list(dict.fromkeys(session.exec(query.order_by(col(CallCheckRow.id).desc()))))


def reasons(session: Session, period: Period) -> list[tuple[str, int]]:
    """Why deals were lost and calls refused, the most frequent first."""
    found: dict[str, int] = {}
    lost = select(DealRow.reason).where(DealRow.stage == "lost", _in(DealRow.closed, period))
    refused = select(ActivityRow.reason, func.sum(ActivityRow.count)).where(
        ActivityRow.outcome == "refused", _in(ActivityRow.day, period), col(ActivityRow.reason).is_not(None)
    )
    for reason in session.exec(lost):
        if reason:
            found[reason] = found.get(reason, 0) + 1
    for refusal, count in session.exec(refused.group_by(col(ActivityRow.reason))):
        if refusal:
            found[refusal] = found.get(refusal, 0) + int(count)
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def bests(session: Session, before: date) -> list[Best]:
    """The most of each metric that was counted on a day before another; the earliest of such days."""
    found = []
    for name in FEWEST:
        column = getattr(DayCount, name)
        query = select(DayCount.day, column).where(col(DayCount.day) < before.isoformat(), column > 0)
        top = session.exec(query.order_by(column.desc(), col(DayCount.day)).limit(1)).first()
        if top is not None:
            days = session.exec(
                select(func.count()).select_from(DayCount).where(col(DayCount.day) < before.isoformat(), column > 0)
            ).one()
            found.append(Best(name, int(top[1]), date.fromisoformat(top[0]), int(days)))
    return found
