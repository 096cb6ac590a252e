"""What is learnt, and where it was used."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from planner.domain.errors import StateError
from planner.domain.learning import Kind, Learning, Use
from planner.domain.tasks import TaskState
from planner.store.changing import transaction
from planner.store.tables import ContactRow, DealRow, LearningRow, LearningUseRow, TaskRow

NO_LEARNING = "There is no {} {}; `planner {} list` shows those there are."


def every(session: Session) -> list[Learning]:
    """Everything that is learnt: what isn't done yet first, then the newest done."""
    uses = _uses(session)
    found = [_learning(row, done, uses) for row, done in session.exec(_rows())]
    return sorted(found, key=lambda row: (row.done_on is not None, -(row.done_on or row.started).toordinal(), -row.id))


def get(session: Session, learning_id: int) -> Learning | None:
    """One of them; None where there is none."""
    found = session.exec(_rows().where(LearningRow.id == learning_id)).first()
    return None if found is None else _learning(found[0], found[1], _uses(session, learning_id))


def put(session: Session, learning: Learning, now: int) -> int:
    """Add one (id 0), or store an edited one; its uses stand by themselves. Returns its id."""
    row = session.get(LearningRow, learning.id) if learning.id else None
    row = row or LearningRow(kind=learning.kind.value, title="", started="", created_at=now)
    row.title, row.author, row.taken = learning.title, learning.author, learning.taken
    row.kind, row.started, row.task_id = learning.kind.value, learning.started.isoformat(), learning.task_id
    row.done_on = None if learning.done_on is None else learning.done_on.isoformat()
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def drop(session: Session, learning_id: int) -> None:
    """Delete one, with its uses."""
    for use in session.exec(select(LearningUseRow).where(LearningUseRow.learning_id == learning_id)).all():
        session.delete(use)
    session.flush()
    session.delete(session.get(LearningRow, learning_id))


def add_use(session: Session, learning_id: int, use: Use) -> int:
    """Say where something was used. Returns the use's id."""
    row = LearningUseRow(
        learning_id=learning_id, day=use.day.isoformat(), note=use.note, contact_id=use.contact_id,
        deal_id=use.deal_id, activity_id=use.activity_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def fill(handle: sqlite3.Connection, rows: Sequence[tuple[Learning, int]]) -> None:
    """Many at once, no change: for a demo."""
    with transaction(handle):
        for row, now in rows:
            key = handle.execute(
                "INSERT INTO learning (kind, title, author, started, done_on, taken, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    row.kind.value, row.title, row.author, row.started.isoformat(),
                    None if row.done_on is None else row.done_on.isoformat(), row.taken, now,
                ),
            ).lastrowid  # fmt: skip
            handle.executemany(
                "INSERT INTO learning_use (learning_id, day, note, contact_id, deal_id) VALUES (?, ?, ?, ?, ?)",
                [(key, use.day.isoformat(), use.note, use.contact_id, use.deal_id) for use in row.uses],
            )


def require(session: Session, learning_id: int, what: str = "book") -> Learning:
    """One of them: a book, or what isn't one. Raises StateError when there is none."""
    found = get(session, learning_id)
    if found is None or (found.kind is Kind.BOOK) != (what == Kind.BOOK):
        raise StateError(NO_LEARNING.format(what, learning_id, what))
    return found


def _rows() -> Any:
    """The rows, each with its task where it has one."""
    return select(LearningRow, TaskRow).join(TaskRow, col(TaskRow.id) == col(LearningRow.task_id), isouter=True)


def _learning(row: LearningRow, task: TaskRow | None, uses: dict[int, list[Use]]) -> Learning:
    assert row.id is not None
    done = row.done_on
    if task is not None:  # as long as there is a task, it says whether the question is answered
        done = task.done_on if task.state == TaskState.DONE.value else None
    started = date.fromisoformat(row.started)
    return Learning(
        id=row.id,
        kind=Kind(row.kind),
        title=row.title,
        started=started,
        author=row.author,
        done_on=None if done is None else max(started, date.fromisoformat(done)),
        taken=row.taken,
        task_id=row.task_id,
        uses=tuple(uses.get(row.id, ())),
    )


def _uses(session: Session, learning_id: int | None = None) -> dict[int, list[Use]]:
    query: Any = (
        select(LearningUseRow, ContactRow.name, DealRow.title)
        .join(ContactRow, col(ContactRow.id) == col(LearningUseRow.contact_id), isouter=True)
        .join(DealRow, col(DealRow.id) == col(LearningUseRow.deal_id), isouter=True)
        .order_by(col(LearningUseRow.day), col(LearningUseRow.id))
    )
    if learning_id is not None:
        query = query.where(LearningUseRow.learning_id == learning_id)
    found: dict[int, list[Use]] = {}
    for row, contact, deal in session.exec(query):
        # where it pointed may be gone: that it was used stays
        note = row.note or ("" if row.contact_id or row.deal_id or row.activity_id else "used")
        use = Use(
            row.id, date.fromisoformat(row.day), note, contact, row.contact_id, deal, row.deal_id, row.activity_id
        )
        found.setdefault(row.learning_id, []).append(use)
    return found
