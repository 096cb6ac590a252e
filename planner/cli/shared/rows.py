"""Builds the rows that several command groups print."""

from __future__ import annotations

from datetime import datetime

from planner.cli.shared.common import money
from planner.domain import formats
from planner.domain.calls.activity_log import Activity
from planner.domain.clients.promises import Promise, PromiseState


def activity_object(row: Activity) -> dict[str, object]:
    """A row as in `log list --json`."""
    return {
        "id": row.id,
        "at": f"{row.moment:%Y-%m-%dT%H:%M}",
        "kind": row.kind,
        "outcome": row.outcome,
        "count": row.count,
        "contact": row.contact,
        "amount": money(row.amount),
        "duration": row.minutes,
        "reason": row.reason,
        "note": row.note,
        "seconds": row.seconds,
        "gap": row.gap,
        "backdated": row.backdated,
    }


def promise_sentence(promise: Promise, now: datetime, *, named: bool = True) -> str:
    """Format a promise as a line. An overdue one starts with a mark."""
    parts = [formats.when_text(promise.due, now.date())]
    if named and promise.contact:
        parts.append(promise.contact)
    parts.append(promise.text)
    if promise.overdue(now):
        parts.insert(0, "! overdue")
    if promise.state is not PromiseState.OPEN:
        parts.append(f"({promise.state})")
    if promise.note:
        parts.append(promise.note)
    return "  ".join(parts)
