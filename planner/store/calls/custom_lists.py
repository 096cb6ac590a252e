"""Reads and saves the lists of `data/` as edited by the rep."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.store.recorder import Reads, Writer


def get(reads: Reads, name: str) -> tuple[str, ...] | None:
    """Return the rep's own lines of a list, or None for the default."""
    row = reads.execute("SELECT lines FROM own_words WHERE name = ?", (name,)).fetchone()
    return None if row is None else tuple(json.loads(row[0]))


def put(change: Writer, name: str, lines: Sequence[str] | None) -> None:
    """Store the lines of a list, or restore the default with None."""
    row = change.execute("SELECT id FROM own_words WHERE name = ?", (name,)).fetchone()
    stored = None if lines is None else json.dumps(list(lines), ensure_ascii=False)
    if row is not None and stored is None:
        change.delete("own_words", row[0])
    elif row is not None:
        change.update("own_words", row[0], lines=stored)
    elif stored is not None:
        change.insert("own_words", name=name, lines=stored)
