"""Words that commands take in place of earlier ones, by running the program."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Run


@pytest.mark.parametrize("name", ["messages", "letters"])
def test_list_of_messages_has_its_former_name_too(run: Run, name: str) -> None:
    assert run("words", "show", name, "--json").json["title"] == "Emails to customers"
    assert run("words", "set", name, "It's short").out == "Emails to customers: 1 line\n"
    assert run("words", "show", "letters").out == "It's short\n"


def test_lists_are_shown_by_their_present_names(run: Run) -> None:
    out = run("words", "list").out
    assert "\nmessages " in out and "letters" not in out


@pytest.mark.parametrize(("typed", "saved"), [("excuse", "pretended"), ("pretended", "pretended"), ("joke", "joking")])
def test_type_of_an_objection_is_typed_as_shown_or_as_before(run: Run, tmp_path: Path, typed: str, saved: str) -> None:
    run("playbook", "heard", "expensive", "--sort", typed)
    with closing(sqlite3.connect(tmp_path / "planner.db")) as base:
        assert base.execute("SELECT sort FROM heard").fetchall() == [(saved,)]


def test_unknown_type_of_objection_is_refused(run: Run) -> None:
    assert "Choose from real, excuse, joke." in run("playbook", "heard", "expensive", "--sort", "loud", code=2).err


def test_a_call_is_logged_by_that_name_too(run: Run) -> None:
    assert run("log", "call", "--outcome", "voicemail").code == 0
    assert run("log", "list", "--json").json[0]["kind"] == "dial"
