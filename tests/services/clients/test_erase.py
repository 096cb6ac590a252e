"""Forgetting a contact erases it from every table, under all its names, even after it was dropped."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from planner.store.clients import erase
from tests.conftest import Run
from tests.scenes import clients_typical

NAME, PHONE, MAIL = "Zorbulon Quix", "+49 170 5551234", "zq@quixmail.example"
TRACES = ("Zorbulon", "ZORBULON", "zorbulon", "5551234", "555 12 34", "quixmail", "SECRETNOTE")


@pytest.fixture
def quix(run: Run) -> Run:
    run("contact", "add", NAME, "--phone", PHONE, "--email", MAIL, "--notes", "SECRETNOTE")
    run("log", "dial", "--contact", NAME, "--note", "SECRETNOTE of the call")
    run("promise", "add", "SECRETNOTE by tomorrow", "--contact", NAME, "--due", "tomorrow")
    return run


def traces(folder: Path) -> list[str]:
    """The traces of the contact that are left in the database files."""
    data = b"".join(path.read_bytes() for path in folder.glob("planner.db*"))
    return [trace for trace in TRACES if trace.encode() in data]


def test_forgetting_leaves_no_trace_in_the_file(quix: Run, tmp_path: Path) -> None:
    quix("contact", "add", "Friend", "--notes", f"knows {NAME} well, 0170/555 12 34")
    quix("task", "add", f"write to {MAIL} about {NAME.upper()}'s offer")
    quix("goal", "add", f"Win {NAME}", "--horizon", "month")
    quix("words", "set", "affirmations", f"I call {NAME} first")
    assert set(traces(tmp_path)) >= {"Zorbulon", "5551234", "quixmail", "SECRETNOTE"}
    said = quix("contact", "forget", NAME, "--yes").err
    assert "older backup may still contain this contact" in said
    assert traces(tmp_path) == []
    assert quix("contact", "show", "Friend", "--json").json["notes"] == "knows (forgotten) well, (forgotten)"
    assert quix("today", "--json").json["counters"]["dials"]["done"] == 1


@pytest.mark.parametrize("wanted", ["1", "#1", NAME])
def test_dropped_contact_can_be_forgotten(quix: Run, tmp_path: Path, wanted: str) -> None:
    quix("contact", "drop", NAME)
    assert "SECRETNOTE" in traces(tmp_path)
    quix("contact", "forget", wanted, "--yes")
    assert traces(tmp_path) == []


def test_forgetting_covers_earlier_names(quix: Run, tmp_path: Path) -> None:
    quix("contact", "edit", NAME, "--name", "Plain Bob")
    quix("log", "dial", "--contact", "Plain Bob", "--note", f"was {NAME} once")
    quix("contact", "forget", "Plain Bob", "--yes")
    assert traces(tmp_path) == []


def test_forget_by_id_never_matches_a_name(quix: Run) -> None:
    quix("contact", "add", "Room 1 Reception")
    quix("contact", "drop", NAME)
    quix("contact", "forget", "1", "--yes")
    assert [each["name"] for each in quix("contact", "list", "--json").json] == ["Room 1 Reception"]
    assert "no contact 99" in quix("contact", "forget", "99", "--yes", code=1).err
    assert "can't be undone" in quix("contact", "forget", "2", code=2).err


def test_every_text_column_is_searched_or_known_to_be_closed(tmp_path: Path) -> None:
    with closing(clients_typical(tmp_path).database.raw()) as handle:
        opened = {column for _, columns in erase.open_columns(handle) for column in columns}
        there = columns_of(handle)
    assert there - opened - erase.CLOSED <= {"key", "value", "label", "image"}  # of the skipped tables
    assert there >= erase.CLOSED, "a column that there isn't"
    assert not opened & erase.CLOSED
    # a new free-text column is searched without further ado
    assert {"note", "notes", "title", "text", "lines", "reason", "owner", "file", "tags", "about"} <= opened


def columns_of(handle: sqlite3.Connection) -> set[str]:
    tables = handle.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'search%'"
    ).fetchall()
    return {
        row[1]
        for (table,) in tables
        if table not in erase.SKIPPED - {"meta", "change", "change_row"}
        for row in handle.execute(f"PRAGMA table_info({table})")
        if "INT" not in row[2].upper()
    }
