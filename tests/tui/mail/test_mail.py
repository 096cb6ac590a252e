"""The email screen by keys: windows, triage on a real mailbox, emails to write."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from planner.config.writing import store_account, store_value
from planner.domain.mail.letters import Letter
from planner.domain.mail.mailbox import Account
from planner.exchange.mail import imap
from planner.services.calls import activity_log, dialing
from planner.services.clients import people, promises
from planner.services.context import AppContext
from planner.services.day import tasks
from planner.services.day.today_store import TodayStore
from planner.services.mail import mailbox
from planner.services.mail.mail import MailSession
from planner.tui.mail.mail import MailScreen
from planner.tui.mail.widgets.letters import LetterLines
from tests import dovecot
from tests.drills import ROOM
from tests.scenes import context_at, mail_open, move_clock
from tests.tui.helpers import press, running, says, shown, text, today_screen, wait_for

needs_dovecot = pytest.mark.skipif(dovecot.PROGRAM is None, reason=dovecot.MISSING)
MORNING = datetime(2026, 11, 16, 8, 0)


def at(ctx: AppContext, clock: str) -> None:
    """Set the clock."""
    hour, _, minute = clock.partition(":")
    move_clock(ctx, datetime(2026, 11, 16, int(hour), int(minute)))


@pytest.fixture
def ctx(tmp_path: Path) -> AppContext:
    found = context_at(tmp_path, MORNING)
    people.add(found, "Kim Minsu", {"emails": ["kim@hanbit.kr"], "phones": ["02-555-1234"], "company": "Hanbit"})
    return found


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that the system was asked to open."""
    found: list[str] = []
    monkeypatch.setattr(dialing, "open_address", found.append)
    return found


@pytest.fixture(scope="module")
def server() -> Iterator[dovecot.Server]:
    with dovecot.running() as found:
        yield found


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be patient with a server on a busy machine."""
    monkeypatch.setattr(imap, "STEP", 60.0)


def screen(pilot: Pilot[None]) -> MailScreen:
    """The email screen on display."""
    assert isinstance(pilot.app.screen, MailScreen)
    return pilot.app.screen


def with_mailbox(ctx: AppContext, server: dovecot.Server, **more: object) -> None:
    """Configure the mailbox of a server."""
    fields: dict[str, object] = {
        "port": server.tls,
        "ca": server.ca,
        "password": f"command:printf '{dovecot.PASSWORD}'",
    }
    store_account(ctx.settings_path, "work", Account("work", "localhost", dovecot.USER, **(fields | more)))  # type: ignore[arg-type]
    ctx.reread_config()


def letters(*subjects: str) -> list[Letter]:
    """Waiting emails, alternately from Kim and from strangers."""
    return [
        Letter(f"work:{n}", "work", f"<{n}@x>", f"<{n}@x>", (), "Kim" if not n % 2 else f"Stranger {n}",
               "kim@hanbit.kr" if not n % 2 else f"s{n}@x.y", subject, 1_795_000_000 - n, preview=f"Text {n}")
        for n, subject in enumerate(subjects)
    ]  # fmt: skip


def store_emails(ctx: AppContext, *subjects: str) -> None:
    """Store emails as if they had been fetched."""
    with closing(TodayStore(ctx)) as live:
        MailSession(ctx, live).letters.take("work", letters(*subjects))


async def test_closed_inbox_shows_when_it_opens(ctx: AppContext) -> None:
    at(ctx, "9:42")
    async with running(ctx) as pilot:
        await press(pilot, "5")
        assert "Email is closed" in shown(pilot)
        assert "opens 13:00 (3 h 18 min)" in shown(pilot)
        assert "✉ 13:00" in shown(pilot)
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "The next window opens at 13:00"))
        for key in ("r", "c", "t", "n", "p", "x", "tab"):
            await press(pilot, key)
        assert "Email is closed" in shown(pilot)


async def test_peek_needs_a_pause_and_a_reason_and_is_logged(ctx: AppContext) -> None:
    at(ctx, "15:00")
    store_emails(ctx, "contract")
    async with running(ctx) as pilot:
        await press(pilot, "5")
        assert "contract" not in shown(pilot)
        await press(pilot, "l", *text("contract of Kim"), "enter")
        assert "Think it over for another 10 s" in shown(pilot)
        assert not screen(pilot).through
        move_clock(ctx, datetime(2026, 11, 16, 15, 0, 10))
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, " Peek   "))
        assert "Hanbit" in shown(pilot)  # the email
        await press(pilot, "x")
        await wait_for(pilot, says(pilot, "15:00 “contract of Kim”"))
        await pilot.resize_terminal(26, 24)
        await wait_for(pilot, says(pilot, "15:00 “co…”"))
        await pilot.resize_terminal(120, 36)
        assert [look.reason for look in screen(pilot)._gate.looks] == ["contract of Kim"]


async def test_undone_peek_closes_the_inbox(ctx: AppContext) -> None:
    at(ctx, "15:00")
    store_emails(ctx, "contract")
    async with running(ctx) as pilot:
        await press(pilot, "5", "l", *text("why"))
        move_clock(ctx, datetime(2026, 11, 16, 15, 0, 10))
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, " Peek   "))
        await press(pilot, "u")
        await wait_for(pilot, says(pilot, "Email is closed"))
        assert "contract" not in shown(pilot)
        assert screen(pilot)._gate.looks == ()


async def test_promise_is_for_the_email_it_was_typed_for(ctx: AppContext) -> None:
    store_emails(ctx, "one", "two", "three")
    async with running(ctx) as pilot:
        await press(pilot, "5", "enter", "down")
        chosen = pilot.app.screen.query_one(LetterLines).chosen
        assert chosen is not None
        await press(pilot, "p", *text("price list tomorrow"))
        with closing(TodayStore(ctx)) as live:
            other = MailSession(ctx, live).letters
            thread = next(each for each in other.threads() if each.newest.id == chosen.newest.id)
            other.decide(live.read(), thread, "nothing")
        await wait_for(pilot, says(pilot, "Inbox   2"))
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "already been dealt with"))
    assert promises.list_promises(ctx) == []


async def test_header_shows_the_next_window_on_a_later_day(ctx: AppContext) -> None:
    store_value(ctx.settings_path, "mail.on_tuesday", ["10:00"])
    at(ctx, "19:00")
    async with running(ctx) as pilot:
        assert "✉ tomorrow 10:00" in shown(pilot)
    store_value(ctx.settings_path, "mail.on_tuesday", ["none"])
    store_value(ctx.settings_path, "mail.on_monday", ["none"])
    async with running(ctx) as pilot:
        assert "✉ Wed 18 Nov 08:00" in shown(pilot)


async def test_window_opens_the_next_morning_on_the_same_screen(ctx: AppContext) -> None:
    at(ctx, "18:45")
    async with running(ctx) as pilot:
        await press(pilot, "5")
        await wait_for(pilot, says(pilot, "Email is closed"))
        move_clock(ctx, datetime(2026, 11, 17, 8, 5))
        await wait_for(pilot, says(pilot, "Time for email."))
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Email is open"))
        assert screen(pilot).today.day == datetime(2026, 11, 17).date()


async def test_escape_cancels_a_peek(ctx: AppContext) -> None:
    at(ctx, "15:00")
    async with running(ctx) as pilot:
        await press(pilot, "5", "l", *text("just so"), "escape")
        assert "Email is closed" in shown(pilot)
        assert screen(pilot)._gate.looks == ()
        await press(pilot, "l")
        move_clock(ctx, datetime(2026, 11, 16, 15, 1))
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Give a reason"))


async def test_window_clock_counts_down_and_overruns(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "5")
        assert "Time for email." in shown(pilot)
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Email is open"))
        at(ctx, "8:12")
        await wait_for(pilot, says(pilot, "18:00 left of 30 min"))
        await press(pilot, "escape")
        at(ctx, "8:40")
        await wait_for(pilot, lambda: pilot.app.screen is today_screen(pilot))
        await press(pilot, "5")
        await wait_for(pilot, says(pilot, "Email is 10 min over"))
        assert "✉ 10 min over" in shown(pilot)
        await press(pilot, "x")
        await wait_for(pilot, says(pilot, "Email closed: 40 min, 0 emails"))
        await wait_for(pilot, says(pilot, "email discipline 67%"))


async def test_each_email_takes_one_key(ctx: AppContext, opened: list[str]) -> None:
    store_emails(ctx, "one", "two", "three", "four", "five", "six", "seven")
    async with running(ctx) as pilot:
        await press(pilot, "5", "enter")
        await wait_for(pilot, says(pilot, "Inbox   7"))
        await press(pilot, "r")
        await wait_for(pilot, lambda: bool(opened))
        assert opened == ["mailto:kim@hanbit.kr?subject=Re%3A%20one&In-Reply-To=%3C0%40x%3E&References=%3C0%40x%3E"]
        await press(pilot, "c")
        await wait_for(pilot, says(pilot, "Kim Minsu is at the top of today's calling list: three"))
        await press(pilot, "o")
        await wait_for(pilot, says(pilot, "before offering a proposal"))
        await press(pilot, "o")
        await wait_for(pilot, says(pilot, "Proposal for Hanbit"))
        await press(pilot, "p", *text("price list tomorrow 10"))
        assert "price list, Tue 17 Nov 10:00" in shown(pilot)
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Promised Kim Minsu: price list, Tue 17 Nov 10:00"))
        await press(pilot, "t", "n", "n")
        await wait_for(pilot, says(pilot, "Inbox clear."))
        assert "7 handled" in shown(pilot)
        await press(pilot, "u")
        await wait_for(pilot, says(pilot, "Inbox   1"))
        at(ctx, "8:14")
        await press(pilot, "n", "x")
        await wait_for(pilot, says(pilot, "14 min, 7 emails"))
    assert {task.title for task in tasks.list_tasks(ctx)} == {"Proposal for Hanbit", "Reply to Stranger 1: two"}
    assert [promise.text for promise in promises.list_promises(ctx)] == ["price list"]


async def test_reply_address_is_copied_without_a_mail_program(ctx: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialing, "opener", lambda: ("no-such-program-here",))
    store_emails(ctx, "one")
    async with running(ctx) as pilot:
        await press(pilot, "5", "enter", "r")
        await wait_for(pilot, says(pilot, "The reply address was copied instead"))
        assert pilot.app.clipboard.startswith("mailto:kim@hanbit.kr")


async def test_email_entered_by_hand(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "5", "enter", "e", *text("lee"), "tab", *text("the fair"), "enter")
        await wait_for(pilot, says(pilot, "the fair"))
        await press(pilot, "c")
        await wait_for(pilot, says(pilot, "Who is lee?"))
        await press(pilot, "enter")  # nobody has that name, so a new contact
        await wait_for(pilot, says(pilot, "Call lee: the fair (no phone number)"))
    assert [each.contact.name for each in people.list_contacts(ctx)] == ["Kim Minsu", "lee"]


async def test_emails_to_write_are_queued_anywhere_and_sent_in_a_window(ctx: AppContext, opened: list[str]) -> None:
    at(ctx, "9:00")
    async with running(ctx) as pilot:
        await press(pilot, "M", *text("Kim Minsu"), "tab", *text("The offer"), "tab", *text("yes"), "enter")
        await wait_for(pilot, says(pilot, "Email to write: Kim Minsu, The offer, with a proposal"))
        await press(pilot, "5")
        await wait_for(pilot, says(pilot, "The offer  proposal"))
        at(ctx, "13:00")
        await wait_for(pilot, says(pilot, "Time for email."))
        await press(pilot, "enter", "tab")
        await wait_for(pilot, says(pilot, "To write   1"))
        assert "It's one paragraph, two at most" in shown(pilot)
        await press(pilot, "enter")
        await wait_for(pilot, lambda: opened == ["mailto:kim@hanbit.kr?subject=The%20offer"])
        await press(pilot, "s")
        await wait_for(pilot, says(pilot, "Follow-up call: Wed 18 Nov"))
    assert {each.kind for each in activity_log.on_day(ctx, MORNING.date())} == {"email", "proposal"}


HOSTILE = [
    "[bold red]x[/]", "[@click=app.quit]x[/]", "a\x1b[31m\x1b]0;owned\x07b", "\u202egnp.exe", "x" * 5_000,
    "김민수 " * 80, "Приказ", "e\u0301" * 50, "\x9b31m", "a\tb\nc",
]  # fmt: skip


async def test_hostile_emails_are_displayed_harmlessly(ctx: AppContext) -> None:
    from planner.exchange.mail.letters import read

    count = len(HOSTILE)
    found = [
        read("work", f"From: {word} <{n}@x.y>\r\nSubject: {word}\r\nMessage-ID: <{n}@x>\r\n".encode(), word.encode(), n)
        for n, word in enumerate(HOSTILE)
    ]
    with closing(TodayStore(ctx)) as live:
        MailSession(ctx, live).letters.take("work", found)
    for size in ((120, 36), (80, 24), (60, 20)):
        async with running(ctx, size) as pilot:
            await press(pilot, "5", "enter")
            lines = pilot.app.screen.query_one(LetterLines)
            await wait_for(pilot, says(pilot, f"Inbox   {count}"))
            assert lines.count() == count
            for _ in HOSTILE:
                seen = shown(pilot)
                assert not set(seen) & set("\x1b\x07\x9b\u202e\t")
                await press(pilot, "down")
            assert "[bold red]x[/]" in seen
            at(ctx, "8:00")


# A real mailbox


@needs_dovecot
async def test_window_on_a_real_mailbox(ctx: AppContext, opened: list[str]) -> None:
    with dovecot.running() as server:
        server.deliver(
            [b"From: =?utf-8?B?6rmA66+87IiY?= <kim@hanbit.kr>\r\nSubject: The offer\r\n\r\nFine.\r\n"]
            + [b"From: s%d@x.y\r\nSubject: Letter %d\r\n\r\nText\r\n" % (n, n) for n in range(130)]
        )
        with_mailbox(ctx, server)
        at(ctx, "13:00")
        async with running(ctx) as pilot:
            await press(pilot, "5")
            assert server.count() == 131
            await press(pilot, "enter")
            await wait_for(pilot, says(pilot, "Inbox   131"))
            assert "★ Kim Minsu" in shown(pilot)
            assert "Fine." in shown(pilot)
            await press(pilot, "r", "n", "n")
            at(ctx, "13:28")
            await press(pilot, "g")
            await wait_for(pilot, says(pilot, "Inbox   128"))  # triaged emails don't come back
            await press(pilot, "x")
            await wait_for(pilot, says(pilot, "Email closed: 28 min, 3 emails"))
        assert server.flags() == []


@needs_dovecot
async def test_wrong_password_is_asked_for_again(ctx: AppContext, server: dovecot.Server) -> None:
    with_mailbox(ctx, server, password="ask")
    async with running(ctx) as pilot:
        await press(pilot, "5", "enter")
        await wait_for(pilot, says(pilot, "Password for rep"))
        assert pilot.app.screen.query_one(Input).password
        await press(pilot, *text("wrong"), "enter")
        await wait_for(pilot, says(pilot, "rejected the login of rep"))
        assert "wrong" not in shown(pilot).replace("wrong password", "")
        await press(pilot, "g")
        await wait_for(pilot, says(pilot, "Password for rep"))
        await press(pilot, *text(dovecot.PASSWORD), "enter")
        await wait_for(pilot, says(pilot, "Inbox clear."))
        await press(pilot, "escape", "5", "g")  # remembered until the program ends
        await wait_for(pilot, lambda: not screen(pilot).fetching.running)
        assert isinstance(pilot.app.screen, MailScreen)
    assert dovecot.PASSWORD not in Path(ctx.settings_path).read_text()
    assert dovecot.PASSWORD.encode() not in Path(ctx.path).read_bytes()


async def test_unresponsive_server_does_not_block_the_screen(ctx: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "STEP", 4.5)
    store_emails(ctx, "one", "two")
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        box = Account("work", "localhost", "rep", port=silent.getsockname()[1], password="command:printf x")
        store_account(ctx.settings_path, "work", box)
        ctx.reread_config()
        async with running(ctx) as pilot:
            await pilot.press("5", "enter")
            await wait_for(pilot, says(pilot, "hecking your mailboxes"))
            begun = time.monotonic()
            await pilot.press("n")
            await wait_for(pilot, says(pilot, "1 handled"))
            await wait_for(pilot, says(pilot, "didn't respond"))
            assert time.monotonic() - begun < 6 * ROOM
            assert "Inbox   1" in shown(pilot)
            await pilot.press("g")
            await wait_for(pilot, says(pilot, "hecking your mailboxes"))
            await pilot.press("escape")
            await wait_for(pilot, says(pilot, "Stopped checking"))
            assert isinstance(pilot.app.screen, MailScreen)


@needs_dovecot
async def test_exceptions_are_announced_once_outside_a_window(ctx: AppContext) -> None:
    with dovecot.running() as server:
        server.deliver(
            [
                b"From: kim@hanbit.kr\r\nSubject: Contract signed\r\n\r\nx\r\n",
                b"From: a@b.c\r\nSubject: Other\r\n\r\nx\r\n",
            ]
        )
        with_mailbox(ctx, server)
        found = mailbox.exceptions(ctx, mailbox.Passwords(), set(), threading.Event())
        assert found == ([], [])  # none configured, so nothing is fetched
        store_value(ctx.settings_path, "mail.exceptions", ["contract"])
        ctx.reread_config()
        at(ctx, "9:30")
        told: list[str] = []
        async with running(ctx) as pilot:
            pilot.app.notify = lambda message, **_: told.append(message)  # type: ignore[method-assign]
            at(ctx, "9:31")
            await wait_for(pilot, lambda: bool(told))
            at(ctx, "9:50")
            await wait_for(pilot, lambda: pilot.app._mail_watch._last.minute == 50)  # type: ignore[attr-defined]
            await press(pilot, "5")
            assert "Always notified about: contract" in shown(pilot)
        assert told == ["kim@hanbit.kr: Contract signed (exception: contract)"]
        assert server.flags() == []


async def test_what_is_known_about_the_sender_is_beside_the_email(tmp_path: Path) -> None:
    async with running(mail_open(tmp_path), (200, 50)) as pilot:
        await press(pilot, "5")
        await wait_for(pilot, says(pilot, "★ Kim Minsu"))
        await wait_for(pilot, says(pilot, "Annual license"))
        await press(pilot, "down")
        await wait_for(pilot, says(pilot, "Not one of your contacts yet."))
        assert "Annual license" not in shown(pilot)


async def test_a_clear_inbox_shows_only_the_keys_that_do_something(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "5", "enter")
        await wait_for(pilot, says(pilot, "Inbox clear."))
        footer = shown(pilot).splitlines()[-1]
        assert "add email" in footer
        assert "reply" not in footer
