"""Undo, redo, and the list of changes."""

from __future__ import annotations

from planner.services.context import Desk
from planner.services.day.today_store import Live
from planner.store.history import Change as Change


def undo(desk: Desk) -> str | None:
    """Take the last change back; its name, or None."""
    live = Live(desk)
    try:
        return live.undo()
    finally:
        live.close()


def redo(desk: Desk) -> str | None:
    """Bring back what was undone last; its name, or None."""
    live = Live(desk)
    try:
        return live.redo()
    finally:
        live.close()


def changes(desk: Desk, limit: int = 20) -> list[Change]:
    """The newest changes, newest first."""
    live = Live(desk)
    try:
        return live.changes(limit)
    finally:
        live.close()
