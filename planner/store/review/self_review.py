"""Queries and changes of self-reviews and their lines."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from planner.domain.day.tasks import TaskState
from planner.domain.review.self_review import Became, Kind, ReviewLine, SelfReview
from planner.domain.workdays import DAY
from planner.store.mapper import Codec, Mapper, joined_column, marks, or_empty
from planner.store.recorder import Writer

if TYPE_CHECKING:
    from planner.store.recorder import Reads

_REVIEWS = Mapper(
    SelfReview, "review", figures=Codec(json.loads, lambda figures: json.dumps(dict(figures))), lines=None
)
LINES = Mapper(
    ReviewLine,
    "review_line",
    "LEFT JOIN task ON task.id = review_line.task_id",
    # a correction's task says whether it was done
    done=joined_column(
        f"CASE WHEN review_line.done IS NOT NULL OR coalesce(task.state, '{TaskState.OPEN}') = '{TaskState.OPEN}'"
        f" THEN review_line.done ELSE task.state = '{TaskState.DONE}' END"
    ),
    became=or_empty(Became),
    task_due=joined_column("substr(task.due, 1, 10)"),
)


def get(reads: Reads, week: date) -> SelfReview:
    """Return the review of the week starting on a Monday, begun or not."""
    found = _reviews(reads, "WHERE week = ?", week.isoformat())
    return found[0] if found else SelfReview(week)


def load_begun(reads: Reads) -> list[SelfReview]:
    """Return the reviews that were begun, newest first."""
    return _reviews(reads, "ORDER BY week DESC")


def _reviews(reads: Reads, tail: str, *parameters: object) -> list[SelfReview]:
    rows = reads.execute(f"SELECT id, {_REVIEWS.columns} FROM review {tail}", parameters).fetchall()
    lines: dict[int, list[ReviewLine]] = {}
    keys = [row[0] for row in rows]
    for owner, *line in reads.execute(
        f"SELECT review_id, {LINES.columns} FROM {LINES.source} WHERE review_id IN ({marks(keys)})"
        " ORDER BY review_id, review_line.position, review_line.id",
        keys,
    ):
        lines.setdefault(owner, []).append(LINES.from_row(line))
    return [_REVIEWS.from_row(row, lines=tuple(lines.get(key, ()))) for key, *row in rows]


def weeks_of(reads: Reads, line_ids: Iterable[int]) -> dict[int, date]:
    """Return the Mondays of the reviews that the given lines belong to."""
    wanted = list(line_ids)
    rows = reads.execute(
        "SELECT review_line.id, week FROM review_line JOIN review ON review.id = review_id"
        f" WHERE review_line.id IN ({marks(wanted)})",
        wanted,
    )
    return {key: date.fromisoformat(week) for key, week in rows}


def begin(change: Writer, week: date, now: datetime) -> None:
    """Begin a review. One that already exists stays as it is."""
    if _id(change, week) is None:
        change.insert("review", **_REVIEWS.values(SelfReview(week, started_at=now)))


def go_to(writer: Writer, week: date, step: int) -> None:
    """Save the step at which to resume a review."""
    key = _id(writer, week)
    if key is not None:
        writer.update("review", key, step=step)


def finish(change: Writer, week: date, now: datetime, figures: Mapping[str, str]) -> None:
    """Finish a review with the figures as they stand."""
    done = _REVIEWS.values(SelfReview(week, finished_at=now, figures=figures))
    change.update("review", _begun(change, week), **{name: done[name] for name in ("finished_at", "figures")})


def put_line(change: Writer, week: date, line: ReviewLine) -> int:
    """Add a line (id 0) to a review, or store an edited one. Returns its id."""
    done = None if line.done is None or line.kind is Kind.WRONG else int(line.done)
    values = LINES.values(line, done=done)
    if line.id and change.execute("SELECT 1 FROM review_line WHERE id = ?", (line.id,)).fetchone():
        del values["kind"]  # never changes after creation
        change.update("review_line", line.id, **values)
        return line.id
    owner = _begun(change, week)
    last = change.execute("SELECT max(position) FROM review_line WHERE review_id = ?", (owner,)).fetchone()[0]
    return change.insert("review_line", review_id=owner, position=(last or 0) + 1, **values)


def drop_line(change: Writer, line_id: int) -> None:
    """Delete a line."""
    change.delete("review_line", line_id)


def open_corrections(reads: Reads, since: date) -> list[str]:
    """Return corrections of reviews since a Monday whose task isn't done yet, newest review first."""
    rows = reads.execute(
        "SELECT correction FROM review_line JOIN review ON review.id = review_id JOIN task ON task.id = task_id"
        " WHERE task.state = ? AND week >= ? ORDER BY week DESC, review_line.position",
        (TaskState.OPEN.value, since.isoformat()),
    )
    return [correction for (correction,) in rows]


def aims_for(reads: Reads, week: date) -> list[str]:
    """Return the aims for the week of a Monday, as set in the previous week's review."""
    rows = reads.execute(
        "SELECT text FROM review_line JOIN review ON review.id = review_id WHERE kind = ? AND week = ?"
        " ORDER BY review_line.position",
        (Kind.AIM.value, (week - DAY * 7).isoformat()),
    )
    return [text for (text,) in rows]


def fill(
    handle: sqlite3.Connection,
    reviews: Sequence[tuple[date, datetime, Mapping[str, str], Sequence[tuple[Kind, str, str, str]]]],
) -> None:
    """Insert many finished reviews (week, when, figures, lines) without recording a change, for a demo."""
    with Writer(handle) as writer:
        for week, at, figures, lines in reviews:
            whole = SelfReview(week, step=7, started_at=at, finished_at=at, figures=figures)
            writer.insert("review", **_REVIEWS.values(whole))
            for kind, text, cause, correction in lines:
                put_line(writer, week, ReviewLine(0, kind, text, cause=cause, correction=correction))


def _id(reads: Reads, week: date) -> int | None:
    row = reads.execute("SELECT id FROM review WHERE week = ?", (week.isoformat(),)).fetchone()
    return None if row is None else int(row[0])


def _begun(reads: Reads, week: date) -> int:
    key = _id(reads, week)
    assert key is not None, "a review is begun before it is written in"
    return key
