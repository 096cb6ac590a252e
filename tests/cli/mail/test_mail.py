"""`mail`, by running the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import dovecot
from tests.conftest import Run

DAY = "2026-11-16T"


def test_status_json_matches_the_contract(run: Run) -> None:
    run("mail", "open", now=f"{DAY}08:00")
    run("mail", "close", "--messages", "11", now=f"{DAY}08:24")
    run("mail", "open", now=f"{DAY}13:00")
    assert run("mail", "status", "--json", now=f"{DAY}13:20").json["state"] == "open"
    assert run("mail", "status", "--json", now=f"{DAY}13:40").json["state"] == "overrun"
    assert run("mail", "status", now=f"{DAY}13:20").out.startswith("Email is open, ")
    run("mail", "close", now=f"{DAY}13:28")
    assert run("mail", "look", "--reason", "the contract", now=f"{DAY}15:00").code == 0
    found = run("mail", "status", "--json", now=f"{DAY}19:00").json
    week = found.pop("week")
    assert found == {
        "state": "closed",
        "next_open": "08:00",
        "windows": [
            {"opens": "08:00", "closes": "08:30", "state": "done", "minutes": 24, "letters": 11},
            {"opens": "13:00", "closes": "13:30", "state": "done", "minutes": 28, "letters": 0},
            {"opens": "18:00", "closes": "18:30", "state": "missed", "minutes": None, "letters": 0},
        ],
        "looks": [{"at": "15:00", "reason": "the contract"}],
        "adherence": 0.4667,
        "to_write": 0,
    }
    assert (week["minutes"], week["letters"], week["letters_per_minute"], week["looks"]) == (52, 11, 0.2115, 1)
    assert run("today", "--json", now=f"{DAY}19:00").json["mail"]["windows"][1]["state"] == "done"
    assert run("status", "--format", "json", now=f"{DAY}13:20").json["mail"]["next_open"] == "18:00"


def test_close_takes_its_former_option(run: Run) -> None:
    run("mail", "open", now=f"{DAY}08:00")
    run("mail", "close", "--letters", "11", now=f"{DAY}08:24")
    assert run("mail", "status", "--json", now=f"{DAY}09:00").json["windows"][0]["letters"] == 11
    assert "--letters" not in run("mail", "close", "--help").out


def test_adherence_of_example_d(run: Run) -> None:
    for opens, closes in (("08:00", "08:28"), ("13:00", "13:41"), ("18:00", "18:30")):
        run("mail", "open", now=DAY + opens)
        run("mail", "close", now=DAY + closes)
    run("mail", "look", "--reason", "x", now=f"{DAY}19:00")
    assert run("mail", "status", "--json", now=f"{DAY}19:00").json["adherence"] == 0.6778


def test_status_of_an_empty_database(run: Run) -> None:
    found = run("mail", "status", "--json", now=f"{DAY}09:00").json
    assert (found["state"], found["next_open"], found["adherence"]) == ("closed", "13:00", None)  # before the first use
    assert "Email is closed. The next window opens at 13:00 (in 4 h)." in run("mail", "status", now=f"{DAY}09:00").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("open",), "The next window opens at 13:00"),
        (("close",), "No email window is open. The next window opens at 13:00"),
        (("look", "--reason", " "), "Give a reason"),
        (("look",), "--reason"),
        (("triage",), "Email is closed"),
        (("sent", "7"), "no email 7"),
        (("account", "test"), "No mailbox is connected"),
        (("account", "drop", "work"), "no mailbox work"),
        (
            ("account", "add", "w", "--host", "x", "--user", "u", "--password", "hunter2"),
            "isn't saved in the settings",
        ),
    ],
)
def test_refusals_are_one_sentence(run: Run, words: tuple[str, ...], said: str) -> None:
    answer = run("mail", *words, now=f"{DAY}09:00", code=None)
    assert answer.code in (1, 2)
    assert said in answer.err
    assert len(answer.err.strip().splitlines()) == 1
    assert "hunter2" not in answer.err


def test_triage_by_hand(run: Run) -> None:
    run("mail", "open", now=f"{DAY}08:00")
    said = run("mail", "triage", "--from", "kim@hanbit.kr", "--subject", "Re: prices", "call", now=f"{DAY}08:05")
    assert said.out.strip() == "Added task: Call kim@hanbit.kr: prices (no phone number)"
    said = run(
        "mail",
        "triage",
        "--from",
        "new: Lee",
        "--subject",
        "fair",
        "promise",
        "--due",
        "tomorrow 10",
        now=f"{DAY}08:06",
    )
    assert said.out.strip() == "Promised Lee: fair, Tue 17 Nov 10:00"
    assert run("mail", "triage", "--from", "Lee", "answer", now=f"{DAY}08:07", code=None).code == 2
    assert run("mail", "status", "--json", now=f"{DAY}08:10").json["windows"][0]["letters"] == 2
    assert run("promise", "list", "--json").json[0]["text"] == "fair"


def test_emails_to_write(run: Run) -> None:
    assert (
        run("mail", "write", "Kim", "The", "offer", "--proposal").out.strip()
        == "Queued email 1: Kim, The offer (proposal)"
    )
    assert run("mail", "queue", "--json").json == [{"id": 1, "to": "Kim", "subject": "The offer", "proposal": True}]
    assert "Follow-up call: Wed 18 Nov" in run("mail", "sent", "1").out
    assert run("mail", "queue", "--json").json == []
    assert {row["kind"] for row in run("log", "list", "--json").json} == {"email", "proposal"}


def test_mailboxes_are_added_listed_and_dropped(run: Run) -> None:
    run("mail", "account", "add", "work", "--host", "imap.example.com", "--user", "rep", "--password", "ask")
    assert run("mail", "account", "list", "--json").json == [
        {"name": "work", "host": "imap.example.com", "port": 993, "security": "tls", "user": "rep", "password": "ask",
         "folder": "INBOX"}
    ]  # fmt: skip
    assert run("mail", "account", "drop", "work").code == 0
    assert run("mail", "account", "list", "--json").json == []
    assert run("config", "show").code == 0


@pytest.mark.skipif(dovecot.PROGRAM is None, reason=dovecot.MISSING)
def test_triage_of_a_real_mailbox(run: Run, tmp_path: Path) -> None:
    with dovecot.running() as server:
        server.deliver(
            [b"From: kim@hanbit.kr\r\nSubject: Prices\r\n\r\nHello\r\n", b"From: a@b.c\r\nSubject: \x1b[31m\r\n\r\n"]
        )
        run(
            "mail", "account", "add", "work", "--host", "localhost", "--user", "rep", "--port", str(server.tls),
            "--ca", server.ca, "--password", f"command:printf '{dovecot.PASSWORD}'",
        )  # fmt: skip
        assert run("mail", "account", "test").out.strip() == "work: 2 unread at localhost"
        run("mail", "open", now=f"{DAY}08:00")
        found = run("mail", "triage", "--json", now=f"{DAY}08:01").json
        assert {(each["address"], each["preview"]) for each in found} == {("kim@hanbit.kr", "Hello"), ("a@b.c", "")}
        kim = next(each["id"] for each in found if each["subject"] == "Prices")
        assert run("mail", "triage", str(kim), "task", "--text", "send prices", now=f"{DAY}08:02").code == 0
        assert len(run("mail", "triage", "--json", now=f"{DAY}08:03").json) == 1
        assert "\x1b" not in run("mail", "triage", now=f"{DAY}08:03").out
        assert server.flags() == []
        nobody = str(dovecot.free_port())
        run("mail", "account", "add", "work", "--host", "localhost", "--user", "rep", "--port", nobody, "--password",
            "command:printf x")  # fmt: skip
        gone = run("mail", "triage", now=f"{DAY}08:04")
        assert "a@b.c" in gone.out  # unread messages already fetched can still be triaged
        assert "can't be reached" in gone.err
