"""Facts about the database itself, by a key."""

from __future__ import annotations

from sqlmodel import Session, select

from planner.store.tables import Meta


def get(session: Session, key: str) -> str | None:
    """A fact; None where it isn't known."""
    return session.exec(select(Meta.value).where(Meta.key == key)).first()


def put(session: Session, key: str, value: str) -> None:
    """Keep a fact."""
    row = session.exec(select(Meta).where(Meta.key == key)).first()
    if row is None:
        session.add(Meta(key=key, value=value))
    else:
        row.value = value
        session.add(row)
    session.flush()
