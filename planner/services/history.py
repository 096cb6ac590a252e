"""Undoes, redoes and lists changes."""

from __future__ import annotations

from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from planner.store.history import Change as Change


def undo(ctx: AppContext) -> str | None:
    """Undo the last change and return its label, or None."""
    live = TodayStore(ctx)
    try:
        return live.undo()
    finally:
        live.close()


def redo(ctx: AppContext) -> str | None:
    """Redo the last undone change and return its label, or None."""
    live = TodayStore(ctx)
    try:
        return live.redo()
    finally:
        live.close()


def changes(ctx: AppContext, limit: int = 20) -> list[Change]:
    """Return the latest changes, newest first."""
    live = TodayStore(ctx)
    try:
        return live.changes(limit)
    finally:
        live.close()
