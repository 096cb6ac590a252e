"""Complaints, search, contact filters, deal renewal, exports and promises, by running the program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run


@pytest.fixture
def kim(run: Run) -> Run:
    run("contact", "add", "Kim", "Minsu", "--company", "Hanbit", "--phone", "02-555-1234", "--tag", "fair")
    return run


def test_promise_in_one_line(kim: Run) -> None:
    answer = kim("promise", "Kim", "price", "list", "tomorrow", "10")
    assert answer.out == "Promise 1: Tue 17 Nov 10:00  Kim Minsu  price list\n"
    assert "Just to confirm what I promised, Kim: price list by Tuesday, 17 November at 10:00." in answer.err
    assert kim("add", "promise", "Kim", "samples", "fri").out.startswith("Promise 2:")
    wrong = kim("promise", "Kim", "price", "list", code=2)
    assert "By when?" in wrong.err
    assert kim("promise", "list", "--json").json[0]["contact"] == "Kim Minsu"


def test_winning_a_deal_schedules_its_renewal(kim: Run) -> None:
    kim("deal", "add", "Paper", "--contact", "1", "--value", "5000")
    won = kim("deal", "won", "1", "--until", "2027-06-30", "--term", "12").out
    assert "Check in with Kim Minsu: “Paper” ends Wed 30 Jun 2027  Thu 1 Apr 2027" in won
    assert "Renewal call with Kim Minsu: “Paper” ends Wed 30 Jun 2027  Mon 31 May 2027" in won
    assert "runs until Fri 30 Jun 2028" in kim("deal", "renew", "1").out
    assert "already has a renewal: deal 2" in kim("deal", "renew", "1", code=1).err
    assert kim("undo").out == "Undid: renewal: Paper\n"
    assert len(kim("task", "list", "--json").json) == 3


def test_complaint_goes_from_heard_to_checked(kim: Run) -> None:
    assert kim("complaint", "add", "late", "again", "--contact", "1", "--kind", "delivery").code == 0
    assert (
        "Next: Do what you agreed with Kim Minsu: a new driver  Fri 20 Nov"
        in kim("complaint", "answer", "1", "a", "new", "driver", "--due", "fri").out
    )
    (found,) = kim("complaint", "list", "--json").json
    assert (found["state"], found["agreed"], found["due"], found["repeated"]) == (
        "agreed", "a new driver", "2026-11-20", False,
    )  # fmt: skip
    assert "Complaint 1: done" in kim("complaint", "answer", "1", "--state", "done").out
    assert kim("complaint", "answer", "1", "--state", "checked").code == 0
    assert kim("complaint", "list").out == "No open complaints.\n"
    for words, said in (
        (("add", "late", "--contact", "1"), "What kind"),
        (("add", "late", "--kind", "x"), "Who is it from"),
        (("answer", "1", "--state", "solved"), "received, apologized, agreed, done, followed up"),
    ):
        assert said in kim("complaint", *words, code=2).err


def test_search_and_saved_contact_filters(kim: Run) -> None:
    kim("log", "dial", "--contact", "1", "--outcome", "conversation", "--note", "asked for samples")
    rows = kim("find", "samples", "--json").json
    assert [(row["kind"], row["contact"]) for row in rows] == [("log", "Kim Minsu")]
    assert kim("contact", "find", "insu", "--json").json[0]["id"] == 1  # in the middle of a word
    assert (
        kim("contact", "filter", "fair people", "tag:fair", "is:client").out
        == "Filter fair people: tag:fair is:client\n"
    )
    assert [row["id"] for row in kim("contact", "list", "--filter", "fair people", "--json").json] == [1]
    assert kim("contact", "list", "--filter", "tag:other", "--json").json == []
    kim("contact", "list", "--filter", "colour:red", code=2)
    assert kim("contact", "filter", "fair people", "--drop").out == "Deleted filter fair people\n"


def test_export_is_logged_and_never_overwrites_without_force(kim: Run, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    assert kim("export", "contacts", str(path)).out == f"{path}: 1 row\n"
    assert "--force to overwrite it" in kim("export", "contacts", str(path), code=1).err
    assert kim("export", "contacts", str(path), "--force", "--filter", "tag:fair").code == 0
    assert [row["what"] for row in kim("export", "log", "--json").json] == ["contacts", "contacts"]
    assert kim("info", "--json").json["exports"] == 2
    kim("export", "all", str(tmp_path / "all.json"))
    assert json.loads((tmp_path / "all.json").read_bytes())["planner"] == 1
    kim("import", "all", str(tmp_path / "all.json"), code=1)
    kim("export", "contacts", str(tmp_path / "people.doc"), code=2)


def test_finishing_a_renewal_call_adds_a_second_touch(kim: Run) -> None:
    kim("deal", "add", "Paper", "--contact", "1", "--value", "5000")
    kim("deal", "won", "1", "--until", "2026-12-10")
    assert "Check back with Kim Minsu: renewal of Paper" in kim("task", "done", "2").out
    titles = [row["title"] for row in kim("task", "list", "--json").json]
    assert any(title == "Check back with Kim Minsu: renewal of Paper" for title in titles)
