"""Reads and writes the log of exports. Not part of the history, since data that has left can't be taken back."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Export:
    """One export: when (seconds since 1970 UTC), what, how many rows, to which file."""

    at: int
    what: str
    rows: int
    file: str


def note(connection: sqlite3.Connection, export: Export) -> None:
    """Record an export, in the caller's transaction."""
    connection.execute(
        "INSERT INTO export_log (at, what, rows, file) VALUES (?, ?, ?, ?)",
        (export.at, export.what, export.rows, export.file),
    )


def list_exports(connection: sqlite3.Connection, limit: int = 1_000) -> list[Export]:
    """Return the exports, newest first."""
    rows = connection.execute("SELECT at, what, rows, file FROM export_log ORDER BY id DESC LIMIT ?", (limit,))
    return [Export(*row) for row in rows]
