"""Reads the rep's mailboxes: accounts, passwords and unread emails. Mail works without one (S8)."""

from __future__ import annotations

import threading
from collections.abc import Container, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planner.config import writing
from planner.domain.errors import PlannerError, StateError
from planner.domain.mail.letters import Letter, matching_rule
from planner.domain.mail.mailbox import Account as Account
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from planner.store.mail import letters as letter_store

if TYPE_CHECKING:
    from planner.exchange.mail.imap import Page as Page

CHECKED = 50  # emails read at most to find exceptions


class PasswordNeeded(StateError):
    """Raised when the rep must be asked for the mailbox's password."""

    def __init__(self, account: Account) -> None:
        super().__init__(f"The password for {account.user} at {account.host} is needed.")
        self.account = account


@dataclass(slots=True)
class Passwords:
    """Typed passwords, held only while the program runs. They are never shown or written."""

    _typed: dict[str, str] = field(default_factory=dict, repr=False)

    def type(self, account: Account, password: str) -> None:
        """Remember a typed password."""
        self._typed[account.name] = password

    def forget(self, account: Account) -> None:
        """Forget a wrong password."""
        self._typed.pop(account.name, None)

    def get(self, account: Account, stop: threading.Event | None = None) -> str:
        """Return a password. `stop` cancels the wait for it. Raises PasswordNeeded if the rep must type it, StateError
        for any other obstacle.
        """
        from planner.exchange import secret

        typed = self._typed.get(account.name)
        if typed is not None:
            return typed
        found = secret.find(account, stop or threading.Event())
        if found is None:
            raise PasswordNeeded(account)
        return found


def accounts(ctx: AppContext) -> tuple[Account, ...]:
    """Return the mailboxes in the current settings."""
    return ctx.current_config().accounts


def find(ctx: AppContext, name: str | None) -> list[Account]:
    """Return the mailbox with a name, or all."""
    found = [each for each in accounts(ctx) if name in (None, each.name)]
    if not found:
        known = ", ".join(each.name for each in accounts(ctx))
        if name is None:
            raise StateError("No mailbox is connected. Add one with `planner mail account add NAME --host H --user U`.")
        raise StateError(f"There's no mailbox {name}." + (f" Your mailboxes are {known}." if known else ""))
    return found


def add(ctx: AppContext, account: Account) -> None:
    """Add a mailbox to the settings, or change it."""
    writing.store_account(ctx.settings_path, account.name, account)
    ctx.reread_config()


def drop(ctx: AppContext, name: str) -> None:
    """Remove a mailbox from the settings, and its waiting emails from the list."""
    find(ctx, name)
    writing.store_account(ctx.settings_path, name, None)
    ctx.reread_config()
    with closing(TodayStore(ctx)) as live, live.reading() as handle:
        if handle is not None:
            letter_store.forget_but(handle, name, [])


def keep_password(account: Account, password: str) -> None:
    """Save a password in the keyring."""
    from planner.exchange import secret

    secret.keep(account, password)


def pages(ctx: AppContext, account: Account, password: str, stop: threading.Event) -> Iterator[Page]:
    """Yield the unread emails of a mailbox by page, read-only. For a worker, because it waits for the server."""
    from planner.exchange.mail import imap

    return imap.pages(account, password, stop, ctx.config["mail.most"])


def exceptions(
    ctx: AppContext, passwords: Passwords, told: Container[str], stop: threading.Event
) -> tuple[list[tuple[Letter, str]], list[str]]:
    """Return emails to announce outside a window with the exception they match, and error messages of mailboxes. Looks
    at a limited number of headers, and at none if no exception is set.

    `told` are the refs already announced. Emails read in a window aren't announced either. Mailboxes without a known
    password are skipped, because nobody is asked outside a window.
    """
    wanted = ctx.config["mail.exceptions"]
    found: list[tuple[Letter, str]] = []
    problems: list[str] = []
    for account in accounts(ctx) if wanted else ():
        from planner.exchange.mail import imap

        try:
            letters = imap.fetch_newest(account, passwords.get(account, stop), stop, CHECKED)
        except PasswordNeeded:
            continue
        except PlannerError as problem:
            problems.append(str(problem))
            continue
        for letter in letters:
            rule = matching_rule(letter, wanted)
            if rule is not None and letter.ref not in told:
                found.append((letter, rule))
    with closing(TodayStore(ctx)) as live, live.reading() as handle:
        seen = set() if handle is None else letter_store.known_refs(handle, [letter.ref for letter, _ in found])
    return [(letter, rule) for letter, rule in found if letter.ref not in seen], problems
