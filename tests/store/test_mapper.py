"""The mappers between domain objects and columns, checked against the tables."""

from __future__ import annotations

import importlib
import pkgutil
import sqlite3
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import planner.store
from planner.domain.clients.deals import Deal, Stage
from planner.domain.clients.people import Contact, ContactMethod, Need
from planner.domain.day.tasks import Due, Priority, Task, TaskState
from planner.store import connection, tables
from planner.store.clients.deals import DEALS
from planner.store.clients.people import CONTACTS
from planner.store.day.tasks import TASKS
from planner.store.mapper import Mapper, codec_of

MAPPERS = {
    f"{module.name.rpartition('.')[2]}.{name}": value
    for module in pkgutil.walk_packages(planner.store.__path__, "planner.store.")
    for name, value in vars(importlib.import_module(module.name)).items()
    if isinstance(value, Mapper)
}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = str(tmp_path / "planner.db")
    connection.create(path, 1)
    handle = connection.connect(path)
    yield handle
    handle.close()


@pytest.mark.parametrize("name", sorted(MAPPERS))
def test_mappers_use_existing_columns(name: str, database: sqlite3.Connection) -> None:
    mapper = MAPPERS[name]
    database.execute(mapper.select("LIMIT 1")).fetchall()
    known = set(tables.base.Meta.metadata.tables[mapper.table].columns.keys())
    assert set(mapper.stored) <= known


def test_mappers_are_found() -> None:
    assert len(MAPPERS) >= 15
    assert tables.base.Meta.metadata is SQLModel.metadata


def test_contact_round_trips_through_its_columns() -> None:
    contact = Contact(
        7, "u", "Kim 김민수", None, 3, phones=(ContactMethod("1"),), need=Need.FOUND, decides=True, tags=("a b", "c"),
        supplier_until=date(2026, 12, 31), dates=(("2026-01-02", "wedding"),), consent=False,
    )  # fmt: skip
    stored = CONTACTS.values(contact)
    assert (stored["need"], stored["decides"], stored["consent"], stored["tags"]) == ("found", 1, "no", '["a b", "c"]')
    row = [stored.get(name, contact.id if name == "id" else None) for name, _, _ in CONTACTS._fields]
    assert CONTACTS.from_row(row, phones=contact.phones, emails=()) == contact


def test_unknown_values_are_stored_as_column_defaults() -> None:
    assert CONTACTS.values(Contact(0, "", "Kim"))["need"] == ""
    assert CONTACTS.values(Contact(0, "", "Kim"))["consent"] == ""
    assert DEALS.values(Deal(0, "x", Stage.TALK, None))["value"] is None


def test_amounts_dates_and_choices_are_stored_as_the_tables_define() -> None:
    deal = DEALS.values(Deal(0, "x", Stage.PROPOSAL, date(2026, 11, 1), value=Decimal("12.50")))
    assert (deal["value"], deal["stage"], deal["opened"]) == (1250, "proposal", "2026-11-01")
    assert "contact" not in deal and "booked" not in deal  # stored in other tables
    due = Due.from_text("2026-11-16T10:30")
    task = TASKS.values(Task(0, "x", date(2026, 11, 16), due, Priority.A, state=TaskState.DONE, tags=("a", "b")))
    assert (task["due"], task["priority"], task["state"], task["tags"]) == ("2026-11-16T10:30", "A", "done", "a b")


def test_unsupported_type_is_refused() -> None:
    with pytest.raises(TypeError):
        codec_of(complex)
