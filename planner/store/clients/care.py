"""Queries of customer-care tasks, by what they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.domain.clients.care import Care
from planner.domain.day.tasks import Task
from planner.store.day.tasks import TASKS
from planner.store.mapper import marks

if TYPE_CHECKING:
    from planner.store.recorder import Reads, Writer


def find_tasks(
    reads: Reads,
    cares: tuple[Care, ...],
    *,
    deal_id: int | None = None,
    contact_id: int | None = None,
    about: str | None = None,
    any_deal: bool = False,
) -> list[Task]:
    """Return the tasks of some kinds of care, open and done: of a deal, else of a contact (without deals, unless
    `any_deal`). `about` also matches values that continue after a space.
    """
    where, values = f"WHERE care IN ({marks(cares)})", [care.value for care in cares]
    parameters: list[object] = [*values]
    if deal_id is not None:
        where += " AND deal_id = ?"
        parameters.append(deal_id)
    elif contact_id is not None:
        where += " AND contact_id = ?" + ("" if any_deal else " AND deal_id IS NULL")
        parameters.append(contact_id)
    if about is not None:
        where += " AND (about = ? OR substr(about, 1, length(?) + 1) = ? || ' ')"
        parameters += [about] * 3
    return TASKS.fetch_all(reads, f"{where} ORDER BY id", *parameters)


def remove(change: Writer, task: Task) -> None:
    """Delete a task that planner created and that is no longer needed."""
    change.delete("task", task.id)
