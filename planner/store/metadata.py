"""Reads and writes facts about the database itself, by key."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.store.recorder import Reads, Writer


def get(reads: Reads, key: str) -> str | None:
    """Return a fact, or None where it isn't known."""
    row = reads.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row[0])


def put(change: Writer, key: str, value: str) -> None:
    """Store a fact."""
    row = change.execute("SELECT id FROM meta WHERE key = ?", (key,)).fetchone()
    if row is None:
        change.insert("meta", key=key, value=value)
    else:
        change.update("meta", row[0], value=value)
