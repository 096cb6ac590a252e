"""The tasks of looking after customers, by what they belong to."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, select

from planner.domain.care import Care
from planner.domain.tasks import Task
from planner.store import tasks
from planner.store.tables import TaskRow


def of(
    session: Session,
    cares: tuple[Care, ...],
    *,
    deal_id: int | None = None,
    contact_id: int | None = None,
    about: str | None = None,
    any_deal: bool = False,
) -> list[Task]:
    """The tasks of some kinds of care, open and done: of a deal, else of a contact (and of no deal, unless `any_deal`);
    `about` may go on after a space.
    """
    query: Any = select(TaskRow.id).where(col(TaskRow.care).in_([care.value for care in cares]))
    if deal_id is not None:
        query = query.where(TaskRow.deal_id == deal_id)
    elif contact_id is not None:
        query = query.where(TaskRow.contact_id == contact_id)
        if not any_deal:
            query = query.where(col(TaskRow.deal_id).is_(None))
    if about is not None:
        query = query.where((col(TaskRow.about) == about) | col(TaskRow.about).startswith(f"{about} ", autoescape=True))
    return [tasks.get(session, task_id) for task_id in session.exec(query.order_by(col(TaskRow.id))).all()]


def remove(session: Session, task: Task) -> None:
    """Delete a task that planner made and that nothing asks for any more."""
    session.delete(session.get(TaskRow, task.id))
    session.flush()
