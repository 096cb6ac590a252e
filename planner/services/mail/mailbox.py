"""The rep's mailboxes: which there are, their passwords, their unread letters. Mail works without one (S8)."""

from __future__ import annotations

import threading
from collections.abc import Container, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planner.config import writing
from planner.domain.errors import PlannerError, StateError
from planner.domain.mail.letters import Letter, excepted
from planner.domain.mail.mailbox import Account as Account
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from planner.store.mail import mail as store

if TYPE_CHECKING:
    from planner.exchange.mail.imap import Page as Page

CHECKED = 50  # letters that a look for the exceptions reads at most


class PasswordNeeded(StateError):
    """A mailbox whose password only the rep has."""

    def __init__(self, account: Account) -> None:
        super().__init__(f"The password of {account.user} at {account.host} is needed.")
        self.account = account


@dataclass(slots=True)
class Passwords:
    """Passwords that were typed, for as long as the program runs; never shown, never written."""

    _typed: dict[str, str] = field(default_factory=dict, repr=False)

    def type(self, account: Account, password: str) -> None:
        """Keep what was typed."""
        self._typed[account.name] = password

    def forget(self, account: Account) -> None:
        """Forget what was typed: it was wrong."""
        self._typed.pop(account.name, None)

    def of(self, account: Account, stop: threading.Event | None = None) -> str:
        """A password; `stop` ends the waiting for it. Raises PasswordNeeded where the rep must be asked, StateError for
        what is in the way.
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
    """The mailboxes, as the settings have them by now."""
    return ctx.current_config().accounts


def find(ctx: AppContext, name: str | None) -> list[Account]:
    """The mailbox of a name, or all."""
    found = [each for each in accounts(ctx) if name in (None, each.name)]
    if not found:
        known = ", ".join(each.name for each in accounts(ctx))
        if name is None:
            raise StateError("There is no mailbox; `planner mail account add NAME --host H --user U` names one.")
        raise StateError(f"There is no mailbox {name}" + (f"; there are {known}." if known else "."))
    return found


def add(ctx: AppContext, account: Account) -> None:
    """Name a mailbox in the settings, or change one."""
    writing.store_account(ctx.settings_path, account.name, account)
    ctx.reread_config()


def drop(ctx: AppContext, name: str) -> None:
    """Take a mailbox out of the settings, and its letters that wait out of the list."""
    find(ctx, name)
    writing.store_account(ctx.settings_path, name, None)
    ctx.reread_config()
    with closing(TodayStore(ctx)) as live, live.reading() as handle:
        if handle is not None:
            store.forget_but(handle, name, [])


def keep_password(account: Account, password: str) -> None:
    """Put a password into the keyring."""
    from planner.exchange import secret

    secret.keep(account, password)


def pages(ctx: AppContext, account: Account, password: str, stop: threading.Event) -> Iterator[Page]:
    """The unread letters of a mailbox, a page at a time; reads only. For a worker: it waits for the server."""
    from planner.exchange.mail import imap

    return imap.pages(account, password, stop, ctx.config["mail.most"])


def exceptions(
    ctx: AppContext, passwords: Passwords, told: Container[str], stop: threading.Event
) -> tuple[list[tuple[Letter, str]], list[str]]:
    """The letters that may be told of outside a window, each with the exception it falls under: a bounded look at the
    headers, and none at all where no exception is set; and the sentences of the mailboxes that couldn't be looked at.

    `told` are the refs of those that were told of already; what was read in a window needs no telling either.
    Mailboxes whose password must be asked for are left out: outside a window nobody is asked.
    """
    wanted = ctx.config["mail.exceptions"]
    found: list[tuple[Letter, str]] = []
    problems: list[str] = []
    for account in accounts(ctx) if wanted else ():
        from planner.exchange.mail import imap

        try:
            letters = imap.newest(account, passwords.of(account, stop), stop, CHECKED)
        except PasswordNeeded:
            continue
        except PlannerError as problem:
            problems.append(str(problem))
            continue
        for letter in letters:
            rule = excepted(letter, wanted)
            if rule is not None and letter.ref not in told:
                found.append((letter, rule))
    with closing(TodayStore(ctx)) as live, live.reading() as handle:
        seen = set() if handle is None else store.known(handle, [letter.ref for letter, _ in found])
    return [(letter, rule) for letter, rule in found if letter.ref not in seen], problems
