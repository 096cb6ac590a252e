"""Two devices through a real mailbox: what both did is on both, and no broken upload or foreign email does harm."""

from __future__ import annotations

import imaplib
import os
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from planner.domain.errors import PlannerError, StateError
from planner.domain.mail.mailbox import Account
from planner.exchange.mail import imap
from planner.exchange.sync import mail_folder, parcel
from planner.exchange.sync.folder import ALL, MESSAGE
from planner.exchange.sync.mail_folder import MailFolder
from planner.services.calls import activity_log
from planner.services.clients import people
from planner.services.mail import mailbox
from planner.services.sync import devices, places, sync
from tests import dovecot
from tests.services.sync.test_sync import Pair, dials, later

pytestmark = pytest.mark.skipif(dovecot.PROGRAM is None, reason=dovecot.MISSING)


@pytest.fixture(scope="module")
def server() -> Iterator[dovecot.Server]:
    with dovecot.running() as found:
        yield found


@pytest.fixture
def account(server: dovecot.Server, monkeypatch: pytest.MonkeyPatch) -> Account:
    """The mailbox, without what an earlier test has left in it."""
    monkeypatch.setattr(imap, "STEP", 60.0)
    monkeypatch.setenv("MAIL_PASSWORD", dovecot.PASSWORD)
    with connected(server) as raw:
        raw.delete(f'"{mail_folder.NAME}"')
    return Account("work", "localhost", dovecot.USER, port=server.tls, ca=server.ca, password="env:MAIL_PASSWORD")


@pytest.fixture
def pair(tmp_path: Path, account: Account) -> Pair:
    return Pair(tmp_path, account)


def connected(server: dovecot.Server) -> imaplib.IMAP4_SSL:
    context = ssl.create_default_context(cafile=server.ca)
    found = imaplib.IMAP4_SSL("localhost", server.tls, ssl_context=context)
    found.login(dovecot.USER, dovecot.PASSWORD)
    return found


def stored(server: dovecot.Server) -> list[Path]:
    """The emails in the folder for syncing, as the server keeps them."""
    folder = server.maildir / f".{mail_folder.NAME}"
    return [path for place in ("cur", "new") for path in (folder / place).iterdir()]


def test_a_mailbox_carries_what_both_did(pair: Pair, server: dovecot.Server) -> None:
    for ctx, count in ((pair.a, 7), (pair.b, 5)):
        activity_log.log(ctx, "dial", count=count)
        people.edit(ctx, "Kim", {"source": f"source {count}"})
        later(pair.b)
    pair.same()
    assert dials(pair.a) == dials(pair.b) == 42
    assert people.show(pair.a, "Kim").contact.source == "source 5"
    assert [each.number for each in devices.devices(pair.a)] == [0, 1]
    assert devices.status(pair.a).folder == "imap:work"
    data = b"".join(path.read_bytes() for path in stored(server))
    for word in ("Minsu", "김민수", "Соколова", "555 1234", "source 7", pair.code):
        assert word.encode() not in data, word
    assert all(path.name.endswith("S") for path in stored(server))  # none is unread
    assert server.count() == 0  # the inbox is untouched


def test_a_large_file_travels_in_parts_that_never_mix(
    pair: Pair, account: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(mail_folder, "PART", 4_000)
    for number in range(60):
        people.add(pair.a, f"Person {number} {parcel.new_code()}", {}, force=True)
    whole = MailFolder._append

    def breaks_off(self: MailFolder, subject: str, piece: bytes) -> None:
        if " 2/" in subject:
            raise StateError("The connection to localhost was lost.")
        whole(self, subject, piece)

    with monkeypatch.context() as patch:
        patch.setattr(MailFolder, "_append", breaks_off)
        with pytest.raises(StateError, match="was lost"):
            sync.now(pair.a)
    assert "was lost" in devices.status(pair.a).problem and devices.status(pair.a).waiting == 1
    sync.now(pair.b)
    assert len(people.list_contacts(pair.b)) == 2
    pair.same()
    assert len(people.list_contacts(pair.b)) == 62
    sync.tidy(pair.a, at_once=True)
    third = pair.device(tmp_path / "c")
    sync.join(third, "imap:work", pair.code)
    assert len(people.list_contacts(third)) == 62


def test_tidying_removes_emails(pair: Pair, server: dovecot.Server) -> None:
    for _ in range(4):
        activity_log.log(pair.a, "dial")
        sync.now(pair.a)
    pair.same()
    before = len(stored(server))
    assert sync.tidy(pair.a, at_once=True) > 0
    assert len(stored(server)) < before
    with places.open_carrier(pair.a, "imap:work") as carrier:
        assert len(carrier.numbers(0, ALL)) == len(carrier.numbers(0, MESSAGE)) == 1
    activity_log.log(pair.a, "dial")
    pair.same()


def test_foreign_deleted_and_repeated_emails(pair: Pair, server: dovecot.Server) -> None:
    activity_log.log(pair.b, "dial", count=3)
    sync.now(pair.b)
    with connected(server) as raw:
        name = f'"{mail_folder.NAME}"'
        for subject in ("Invoice", "planner sync 1/00000099.age 1/1 zz", "=?utf-8?b?////?=", ""):
            raw.append(name, "", "", f"Subject: {subject}\r\n\r\nHello\r\n".encode())
        raw.append(name, "", "", b"Subject: planner sync 1/00000050.age 1/1 0123456789abcdef\r\n\r\nforged\r\n")
        raw.select(name)
        found = raw.search(None, "SUBJECT", '"1/00000002.age"')[1][0].split()
        letter = raw.fetch(found[0].decode(), "(RFC822)")[1][0][1]  # type: ignore[index]
        raw.store(found[0].decode(), "+FLAGS", r"\Deleted")
        raw.expunge()
        assert "hasn't arrived" in sync.now(pair.a).notices[0]
        for _ in range(2):
            raw.append(name, "", "", letter)  # type: ignore[arg-type]
        raw.select(name)
        forged = raw.search(None, "SUBJECT", '"1/00000050.age"')[1][0].split()[0].decode()
        sync.now(pair.a)
        assert dials(pair.a) == 33
        raw.store(forged, "+FLAGS", r"\Deleted")
        raw.expunge()
    pair.same()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": "ask"}, "can't ask for the password of work"),
        ({"password": "env:NO_PASSWORD"}, "NO_PASSWORD, which isn't set"),
        ({"password": "env:WRONG_PASSWORD"}, "rejected the login"),
        ({"port": 1}, "can't be reached"),
        ({"ca": ""}, "invalid certificate"),
    ],
)
def test_what_is_in_the_way_is_said_and_loses_nothing(
    pair: Pair, account: Account, change: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRONG_PASSWORD", "wrong")
    activity_log.log(pair.a, "dial", count=5)
    mailbox.add(pair.a, replace(account, **change))  # type: ignore[arg-type]
    with pytest.raises(PlannerError, match=said):
        sync.now(pair.a)
    assert said in devices.status(pair.a).problem
    mailbox.add(pair.a, account)
    pair.same()
    assert dials(pair.b) == 35 and devices.status(pair.a).problem == ""


def test_a_mailbox_must_be_known(pair: Pair, tmp_path: Path) -> None:
    third = pair.device(tmp_path / "c")
    with pytest.raises(StateError, match="There's no mailbox home"):
        sync.start(third, "imap:home")
    with pytest.raises(StateError, match="already syncs"):
        sync.start(third, "imap:work")
    assert not os.path.exists(third.path)
