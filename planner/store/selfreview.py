"""Saved self-reviews and their lines."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from planner.domain.selfreview import Became, Kind, ReviewLine, SelfReview
from planner.domain.tasks import TaskState
from planner.domain.workdays import DAY
from planner.store.changing import transaction
from planner.store.tables import ReviewLineRow, ReviewRow, TaskRow


def get(session: Session, week: date) -> SelfReview:
    """The review of the week of a Monday, begun or not."""
    row = _row(session, week)
    return SelfReview(week) if row is None else _review(row, _lines(session, [row]).get(_id(row), []))


def every(session: Session, limit: int | None = None) -> list[SelfReview]:
    """The reviews that were begun, the newest first."""
    rows = session.exec(select(ReviewRow).order_by(col(ReviewRow.week).desc()).limit(limit)).all()
    lines = _lines(session, rows)
    return [_review(row, lines.get(_id(row), [])) for row in rows]


def weeks_of(session: Session, line_ids: Iterable[int]) -> dict[int, date]:
    """The Mondays of the reviews that some lines belong to."""
    query = select(ReviewLineRow.id, ReviewRow.week).join(ReviewRow, col(ReviewRow.id) == col(ReviewLineRow.review_id))
    found = session.exec(query.where(col(ReviewLineRow.id).in_(list(line_ids))))
    return {int(key): date.fromisoformat(week) for key, week in found if key is not None}


def begin(session: Session, week: date, now: datetime) -> None:
    """Begin a review; one that was begun stays as it is."""
    if _row(session, week) is None:
        session.add(ReviewRow(week=week.isoformat(), started_at=_text(now)))
        session.flush()


def go_to(session: Session, week: date, step: int) -> None:
    """Keep where to go on with a review that was begun."""
    row = _row(session, week)
    if row is not None and row.step != step:
        row.step = step
        session.add(row)
        session.flush()


def finish(session: Session, week: date, now: datetime, figures: Mapping[str, str]) -> None:
    """Finish a review that was begun, with the figures as they stand."""
    row = _there(session, week)
    row.finished_at, row.figures = _text(now), json.dumps(dict(figures))
    session.add(row)
    session.flush()


def put_line(session: Session, week: date, line: ReviewLine) -> int:
    """Add a line (id 0) to a review that was begun, or store an edited one. Returns its id."""
    row = session.get(ReviewLineRow, line.id) if line.id else None
    if row is None:
        review_id = _id(_there(session, week))
        last = session.exec(
            select(ReviewLineRow.position)
            .where(ReviewLineRow.review_id == review_id)
            .order_by(col(ReviewLineRow.position).desc())
        ).first()
        row = ReviewLineRow(review_id=review_id, kind=line.kind.value, position=(last or 0) + 1, text="")
    row.text, row.cause, row.correction, row.origin = line.text, line.cause, line.correction, line.origin
    # whether a correction was done is said by its task
    row.done = None if line.done is None or line.kind is Kind.WRONG else int(line.done)
    row.became = "" if line.became is None else line.became.value
    row.task_id = line.task_id
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def drop_line(session: Session, line_id: int) -> None:
    """Delete a line."""
    session.delete(session.get(ReviewLineRow, line_id))


def open_corrections(session: Session, since: date) -> list[str]:
    """The corrections of reviews since a Monday whose task isn't done yet, the newest review's first."""
    query = (
        select(ReviewLineRow.correction)
        .join(ReviewRow, col(ReviewRow.id) == col(ReviewLineRow.review_id))
        .join(TaskRow, col(TaskRow.id) == col(ReviewLineRow.task_id))
        .where(TaskRow.state == TaskState.OPEN.value, ReviewRow.week >= since.isoformat())
        .order_by(col(ReviewRow.week).desc(), col(ReviewLineRow.position))
    )
    return list(session.exec(query))


def aims(session: Session, week: date) -> list[str]:
    """The aims that were set for the week of a Monday, by the review of the one before it."""
    query = (
        select(ReviewLineRow.text)
        .join(ReviewRow, col(ReviewRow.id) == col(ReviewLineRow.review_id))
        .where(ReviewLineRow.kind == Kind.AIM.value, ReviewRow.week == (week - DAY * 7).isoformat())
        .order_by(col(ReviewLineRow.position))
    )
    return list(session.exec(query))


def fill(
    handle: sqlite3.Connection,
    reviews: Sequence[tuple[date, datetime, Mapping[str, str], Sequence[tuple[Kind, str, str, str]]]],
) -> None:
    """Many finished reviews at once, no change: for a demo. Of each its week, when, figures, lines."""
    with transaction(handle):
        for week, at, figures, lines in reviews:
            row_id = handle.execute(
                "INSERT INTO review (week, step, started_at, finished_at, figures) VALUES (?, 7, ?, ?, ?)",
                (week.isoformat(), _text(at), _text(at), json.dumps(dict(figures))),
            ).lastrowid
            handle.executemany(
                "INSERT INTO review_line (review_id, kind, position, text, cause, correction, done, became, origin)"
                " VALUES (?, ?, ?, ?, ?, ?, NULL, '', '')",
                [(row_id, kind.value, place, *texts) for place, (kind, *texts) in enumerate(lines, start=1)],
            )


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _row(session: Session, week: date) -> ReviewRow | None:
    return session.exec(select(ReviewRow).where(ReviewRow.week == week.isoformat())).first()


def _there(session: Session, week: date) -> ReviewRow:
    row = _row(session, week)
    assert row is not None, "a review is begun before it is written in"
    return row


def _id(row: ReviewRow) -> int:
    assert row.id is not None
    return row.id


def _lines(session: Session, rows: Sequence[ReviewRow]) -> dict[int, list[ReviewLine]]:
    """The lines of some reviews, with the tasks that their corrections became."""
    query: Any = (
        select(ReviewLineRow, TaskRow.state, TaskRow.due)
        .join(TaskRow, col(TaskRow.id) == col(ReviewLineRow.task_id), isouter=True)
        .where(col(ReviewLineRow.review_id).in_([row.id for row in rows]))
        .order_by(col(ReviewLineRow.review_id), col(ReviewLineRow.position), col(ReviewLineRow.id))
    )
    found: dict[int, list[ReviewLine]] = {}
    for row, state, due in session.exec(query):
        done = None if row.done is None else bool(row.done)
        if done is None and state is not None and state != TaskState.OPEN.value:
            done = state == TaskState.DONE.value
        line = ReviewLine(
            id=row.id,
            kind=Kind(row.kind),
            text=row.text,
            cause=row.cause,
            correction=row.correction,
            done=done,
            became=Became(row.became) if row.became else None,
            task_id=row.task_id,
            task_due=None if due is None else date.fromisoformat(due[:10]),
            origin=row.origin,
        )
        found.setdefault(row.review_id, []).append(line)
    return found


def _review(row: ReviewRow, lines: Sequence[ReviewLine]) -> SelfReview:
    return SelfReview(
        week=date.fromisoformat(row.week),
        step=row.step,
        started_at=datetime.fromisoformat(row.started_at),
        finished_at=None if row.finished_at is None else datetime.fromisoformat(row.finished_at),
        figures=json.loads(row.figures),
        lines=tuple(lines),
    )
