"""Lists of `data/` as the rep has edited them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlmodel import Session, select

from planner.store.tables import OwnWordsRow


def get(session: Session, name: str) -> tuple[str, ...] | None:
    """The rep's own lines of a list; None where it is as shipped."""
    row = session.exec(select(OwnWordsRow).where(OwnWordsRow.name == name)).first()
    return None if row is None else tuple(json.loads(row.lines))


def put(session: Session, name: str, lines: Sequence[str] | None) -> None:
    """Store the lines of a list; None: back to the shipped ones."""
    row = session.exec(select(OwnWordsRow).where(OwnWordsRow.name == name)).first()
    if lines is None:
        if row is not None:
            session.delete(row)
    else:
        row = row or OwnWordsRow(name=name, lines="[]")
        row.lines = json.dumps(list(lines), ensure_ascii=False)
        session.add(row)
    session.flush()
