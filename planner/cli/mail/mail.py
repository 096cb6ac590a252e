"""`planner mail`: email windows and the gate, triage, drafts and mailboxes."""

from __future__ import annotations

import argparse
import getpass
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any

from planner.cli.shared.common import (
    WHO,
    Group,
    emit,
    json_number,
    print_lines,
    read_deadline,
    read_due,
    warn,
    whole_number,
)
from planner.domain import formats
from planner.domain.day.day_progress import day_minute
from planner.domain.errors import InputError, PlannerError, StateError
from planner.domain.mail import windows as rules
from planner.domain.mail.letters import DECISIONS, Thread
from planner.domain.mail.windows import Window
from planner.domain.text import plural
from planner.platform import at_terminal
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.services.mail import mailbox
from planner.services.mail.drafts import Draft
from planner.services.mail.letters import Stored
from planner.services.mail.mail import MailSession
from planner.services.mail.mailbox import Account, PasswordNeeded, Passwords
from planner.services.mail.windows import Gate, WeekOfMail, automatic_reply

LOOK_LASTS = timedelta(minutes=10)  # how long a look outside a window allows triage
MARKS = {"done": "✓", "missed": "✗", "open": "●", "overrun": "!", "closed": "·"}
STATES = {"done": "done", "missed": "missed", "open": "open", "overrun": "over time", "closed": "upcoming"}


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("mail")
    group.add("status", status, "show whether email is open, when it opens next, and how the week is going", reads=True)
    group.add("open", open_, "open the email window that is due and start its clock")
    parser = group.add("close", close, "close the open email window")
    parser.add_argument("--messages", dest="letters", type=whole_number, metavar="N", help="how many you handled")
    parser.add_argument("--letters", type=whole_number, help=argparse.SUPPRESS)
    parser = group.add("look", look, "log a peek outside an email window")
    parser.add_argument("--reason", required=True, metavar="TEXT")
    parser = group.add(
        "triage",
        triage,
        f"list waiting emails, or decide what to do with one: {', '.join(DECISIONS)}",
        reads=True,
    )
    parser.add_argument("words", nargs="*", metavar="[ID] DECISION")
    parser.add_argument("--from", dest="sender", metavar="WHO", help="the sender of an email that isn't in your inbox")
    parser.add_argument("--subject", default="", metavar="TEXT")
    parser.add_argument("--due", metavar="WHEN", help="when a promise, task or proposal is due")
    parser.add_argument("--text", default="", metavar="TEXT", help="what you promise or need to do")
    parser.add_argument("--contact", default="", metavar="WHO", help=f"the sender, if unknown: {WHO}")
    parser.add_argument(
        "--anyway",
        action="store_true",
        help="make it a proposal before you know their need, or call someone marked do not call",
    )
    parser = group.add("write", write, "queue an email for the next window")
    parser.add_argument("to", metavar="WHO")
    parser.add_argument("subject", nargs="+", metavar="SUBJECT")
    parser.add_argument(
        "--proposal", action="store_true", help="it carries a proposal, so add a follow-up call once it's sent"
    )
    group.add("queue", queue, "list emails to write", reads=True)
    parser = group.add("sent", sent, "mark a queued email as sent")
    parser.add_argument("id", type=whole_number)
    parser = group.add("unwrite", unwrite, "remove an email from the queue")
    parser.add_argument("id", type=whole_number)
    group.add("reply-text", reply_text, "print an auto-reply with your email hours")
    accounts = group.group("account", "manage mailboxes (IMAP, read-only)")
    parser = accounts.add("add", add_account, "add or change a mailbox")
    parser.add_argument("name")
    parser.add_argument("--host", required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--security", default="tls", help="tls (default) or starttls")
    parser.add_argument("--port", type=whole_number, default=0)
    parser.add_argument("--password", default="keyring", metavar="FROM", help="keyring, ask, env:NAME, command:pass …")
    parser.add_argument("--folder", default="INBOX")
    parser.add_argument("--ca", default="", metavar="FILE", help="your own certificate authority")
    accounts.add("list", list_accounts, "list mailboxes", reads=True)
    parser = accounts.add("drop", drop_account, "disconnect a mailbox (the mailbox itself is not touched)")
    parser.add_argument("name")
    parser = accounts.add("test", test_account, "connect to mailboxes and count unread emails")
    parser.add_argument("name", nargs="?")
    parser = accounts.add("password", keep_password, "save a mailbox password in the keyring")
    parser.add_argument("name")


@contextmanager
def _mail(ctx: AppContext) -> Iterator[tuple[MailSession, Today]]:
    with closing(TodayStore(ctx)) as live:
        yield MailSession(ctx, live), live.read()


def status(args: argparse.Namespace, ctx: AppContext) -> int:
    with _mail(ctx) as (mail, today):
        gate = mail.windows.gate(today)
        week = mail.windows.week(today.day)
        may_open = mail.windows.may_open(gate, today)
    if args.json:
        return emit(status_object(gate, week))
    for line in status_lines(gate, week, gate.opens_text, may_open=may_open, minute=day_minute(today, ctx.now())):
        print_lines(line)
    return 0


def status_object(gate: Gate, week: WeekOfMail) -> dict[str, Any]:
    """The object of `mail status --json` (`commands.md`), with the week."""
    return {
        "state": gate.state,
        "next_open": gate.next_open,
        "windows": [
            {
                "opens": window.opens,
                "closes": window.closes,
                "state": window.state,
                "minutes": window.minutes,
                "letters": window.letters,
            }
            for window in gate.windows
        ],
        "looks": [{"at": f"{each.at:%H:%M}", "reason": each.reason} for each in gate.looks],
        "adherence": json_number(gate.adherence),
        "to_write": gate.to_write,
        "week": {
            "adherence": json_number(week.adherence),
            "before": [json_number(each) for each in week.before],
            "falls": week.falls,
            "minutes": week.minutes,
            "letters": week.letters,
            "letters_per_minute": json_number(rules.per_minute(week.letters, week.minutes)),
            "looks": week.looks,
        },
    }


def status_lines(gate: Gate, week: WeekOfMail, opens: str, *, may_open: bool = False, minute: int = 0) -> list[str]:
    """Format the same as text."""
    running = gate.running
    if running is None and may_open:
        lines = [f"Time for email. Open it with `planner mail open`. {opens}"]
    elif running is None:
        lines = [f"Email is closed. {opens}"]
    elif running.state == "overrun":
        lines = [f"Email is {formats.duration(max(1, -running.left // 60))} over: {minutes_text(running)}."]
    else:
        lines = [f"Email is open, {formats.duration(running.left // 60)} left: {minutes_text(running)}."]
    lines.append("today     " + "  ".join(f"{each.opens} {window_text(each, minute)}" for each in gate.windows))
    lines += [f"peeked    {each.at:%H:%M} {each.reason}" for each in gate.looks]
    if gate.adherence is not None:
        lines.append(f"Email discipline today: {formats.percent(gate.adherence)}")
    marks = " ".join("".join(MARKS[window.state] for window in day.windows) or "–" for day in week.days)
    lines.append(f"week      {marks}" + ("" if week.adherence is None else f"  {formats.percent(week.adherence)}"))
    if week.minutes:
        lines.append(
            f"week      {formats.duration(week.minutes)}, {emails_text(week.letters)}, {looks_text(week.looks)}"
        )
    if week.falls:
        lines.append("Email discipline is down two weeks in a row.")
    if gate.to_write:
        lines.append(f"{emails_text(gate.to_write)} to write. See them with `planner mail queue`.")
    return lines


def looks_text(count: int) -> str:
    """A count of looks: ``1 peek``."""
    return plural(count, "peek", "peeks")


def emails_text(count: int) -> str:
    """A count of emails: ``11 emails``."""
    return plural(count, "email", "emails")


def window_text(window: Window, minute: int) -> str:
    """Format a window's state at a minute of its day: ``done, 24 min, 11 emails``."""
    state = STATES[window.state]
    if window.state == "closed" and rules.minutes_of(window.opens) <= minute:
        state = "due" if minute < rules.minutes_of(window.closes) else "not opened"
    return state if window.minutes is None else f"{state}, {minutes_text(window)}"


def minutes_text(window: Window) -> str:
    """Format a window's use: ``24 min, 11 emails``."""
    return f"{formats.duration(window.minutes or 0)}, {emails_text(window.letters)}"


def open_(args: argparse.Namespace, ctx: AppContext) -> int:
    with _mail(ctx) as (mail, today):
        window = mail.windows.open(today)
    return print_lines(f"Email is open until {_end(ctx, window)}")


def _end(ctx: AppContext, window: Window) -> str:
    return f"{ctx.now() + timedelta(seconds=max(0, window.left)):%H:%M}"


def close(args: argparse.Namespace, ctx: AppContext) -> int:
    with _mail(ctx) as (mail, today):
        window = mail.windows.close(today, args.letters)
        opens = mail.windows.gate(today).opens_text
    return print_lines(f"Email window {window.opens} closed: {minutes_text(window)}. {opens}")


def look(args: argparse.Namespace, ctx: AppContext) -> int:
    with _mail(ctx) as (mail, today):
        found = mail.windows.log_look(today, args.reason)
    return print_lines(f"Peek logged: {found.at:%H:%M} {found.reason}")


def _let_through(mail: MailSession, today: Today) -> None:
    """Allow triage only in a window, or shortly after a logged look. Raises StateError otherwise."""
    gate = mail.windows.gate(today)
    looked = any(mail.ctx.now() - each.at <= LOOK_LASTS for each in gate.looks)
    if gate.running is None and not looked:
        raise StateError(f"Email is closed. {gate.opens_text} To peek anyway, use `planner mail look --reason TEXT`.")


def triage(args: argparse.Namespace, ctx: AppContext) -> int:
    with _mail(ctx) as (mail, today):
        _let_through(mail, today)
        if args.sender is not None:
            if len(args.words) != 1:
                raise InputError(f"Say what to do with it: {', '.join(DECISIONS)}.")
            return _decide(args, mail, today, mail.letters.by_hand(args.sender, args.subject), args.words[0])
        if not args.words:
            _fetch(mail)
            return _list(args, mail)
        if len(args.words) != 2:
            raise InputError(f"Give an email's id and what to do with it: {', '.join(DECISIONS)}.")
        try:
            letter_id = whole_number(args.words[0])
        except argparse.ArgumentTypeError as error:
            raise InputError(
                f"{args.words[0]!r} isn't an email's id. See the ids with `planner mail triage`."
            ) from error
        return _decide(args, mail, today, _thread_of(mail, letter_id), args.words[1])


def _thread_of(mail: MailSession, letter_id: int) -> Thread[Stored]:
    for thread in mail.letters.threads():
        if any(item.id == letter_id for item in thread.items):
            return thread
    raise StateError(f"No email {letter_id} is waiting. See the list with `planner mail triage`.")


def _decide(args: argparse.Namespace, mail: MailSession, today: Today, thread: Thread[Stored], decision: str) -> int:
    read = read_deadline if decision.lower() == "promise" else read_due
    due = None if args.due is None else read(args.due, mail.ctx)
    done = mail.letters.decide(
        today, thread, decision.lower(), text=args.text, due=due, who=args.contact, force=args.anyway
    )
    print_lines(done.text)
    return print_lines(done.target) if done.target else 0


def _fetch(mail: MailSession) -> None:
    """Fetch the unread letters of every mailbox. One that fails is reported and doesn't stop the others."""
    ctx, passwords = mail.ctx, Passwords()
    for account in mailbox.accounts(ctx):
        there: list[str] = []
        try:
            for page in mailbox.pages(ctx, account, _password(passwords, account), threading.Event()):
                mail.letters.take(account.name, page.letters)
                there += [letter.ref for letter in page.letters]
                if page.unread > page.wanted and page.done == page.wanted:
                    warn(f"{account.name}: {page.unread - page.wanted:,} older emails are left in the mailbox.")
            mail.letters.forget_but(account.name, there)
        except PlannerError as problem:
            warn(str(problem))


def _password(passwords: Passwords, account: Account) -> str:
    try:
        return passwords.get(account)
    except PasswordNeeded:
        if not at_terminal("stdin"):
            raise
        return getpass.getpass(f"Password for {account.user} at {account.host}: ")


def _list(args: argparse.Namespace, mail: MailSession) -> int:
    threads = mail.letters.threads()
    if args.json:
        return emit([_thread_object(thread) for thread in threads])
    if not threads:
        return print_lines("No emails waiting.")
    for thread in threads:
        item = thread.newest
        letter = item.letter
        who = letter.who if item.known is None else f"★ {item.known.name}"
        more = f" ({len(thread.items)})" if len(thread.items) > 1 else ""
        print_lines(f"{item.id}: {who}  {letter.subject or '(no subject)'}{more}")
    return 0


def _thread_object(thread: Thread[Stored]) -> dict[str, Any]:
    item = thread.newest
    known = item.known
    return {
        "id": item.id,
        "account": item.letter.account or None,
        "from": item.letter.sender or None,
        "address": item.letter.address or None,
        "contact": None if known is None else known.name,
        "value": None if known is None or not known.value else known.value / 100,
        "subject": item.letter.subject,
        "letters": len(thread.items),
        "bulk": item.letter.bulk,
        "preview": item.letter.preview,
    }


def write(args: argparse.Namespace, ctx: AppContext) -> int:
    with _mail(ctx) as (mail, _):
        draft = mail.drafts.write(args.to, " ".join(args.subject), proposal=args.proposal)
    return print_lines(f"Queued email {draft_text(draft)}")


def draft_text(draft: Draft) -> str:
    """Format an email to write as a line."""
    return f"{draft.id}: {draft.name}, {draft.subject}" + (" (proposal)" if draft.proposal else "")


def queue(args: argparse.Namespace, ctx: AppContext) -> int:
    with _mail(ctx) as (mail, _):
        found = mail.drafts.list_drafts()
    if args.json:
        return emit(
            [{"id": each.id, "to": each.name, "subject": each.subject, "proposal": each.proposal} for each in found]
        )
    if not found:
        return print_lines("No emails to write.")
    for each in found:
        print_lines(draft_text(each))
    return 0


def sent(args: argparse.Namespace, ctx: AppContext) -> int:
    with _mail(ctx) as (mail, _):
        return print_lines(mail.drafts.mark_sent(args.id))


def unwrite(args: argparse.Namespace, ctx: AppContext) -> int:
    with _mail(ctx) as (mail, _):
        return print_lines(mail.drafts.drop(args.id))


def reply_text(args: argparse.Namespace, ctx: AppContext) -> int:
    return print_lines(automatic_reply(ctx))


def add_account(args: argparse.Namespace, ctx: AppContext) -> int:
    account = Account(args.name, args.host, args.user, args.security, args.port, args.password, args.folder, args.ca)
    mailbox.add(ctx, account)
    return print_lines(
        f"Mailbox {account.name}: {account.user} at {account.host}:{account.at}, password from {account.password}"
    )


def list_accounts(args: argparse.Namespace, ctx: AppContext) -> int:
    found = mailbox.accounts(ctx)
    if args.json:
        return emit(
            [
                {
                    "name": each.name,
                    "host": each.host,
                    "port": each.at,
                    "security": each.security,
                    "user": each.user,
                    "password": each.password,
                    "folder": each.folder,
                }
                for each in found
            ]
        )
    if not found:
        return print_lines("No mailbox is connected. Email windows work without one.")
    for each in found:
        print_lines(
            f"{each.name}: {each.user} at {each.host}:{each.at} ({each.security}), password from {each.password}"
        )
    return 0


def drop_account(args: argparse.Namespace, ctx: AppContext) -> int:
    mailbox.drop(ctx, args.name)
    return print_lines(f"Mailbox {args.name} removed from your settings")


def test_account(args: argparse.Namespace, ctx: AppContext) -> int:
    passwords = Passwords()
    for account in mailbox.find(ctx, args.name):
        page = next(mailbox.pages(ctx, account, _password(passwords, account), threading.Event()))
        print_lines(f"{account.name}: {page.unread:,} unread at {account.host}")
    return 0


def keep_password(args: argparse.Namespace, ctx: AppContext) -> int:
    account = mailbox.find(ctx, args.name)[0]
    mailbox.keep_password(account, getpass.getpass(f"Password for {account.user} at {account.host}: "))
    return print_lines(f"Password for {account.name} saved in the keyring")
