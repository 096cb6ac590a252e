"""Fetches the mailboxes in a worker, one after another and a page at a time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from planner import failure
from planner.domain.errors import PlannerError
from planner.services.mail import mailbox
from planner.services.mail.mailbox import Account, PasswordNeeded
from planner.tui.mail.modals.mail import PasswordModal

if TYPE_CHECKING:
    from planner.tui.mail.mail import MailScreen


class Fetching:
    """The current fetch of a mail screen, if there is one."""

    def __init__(self, screen: MailScreen) -> None:
        self.screen = screen
        self.unread = ""
        """What stays in the mailbox, as a phrase."""
        self._stop: threading.Event | None = None
        self._problems: list[str] = []

    @property
    def running(self) -> bool:
        """Return whether a fetch is in progress."""
        return self._stop is not None

    def start(self, accounts: Sequence[Account]) -> None:
        """Fetch the mailboxes of the accounts."""
        self._stop = threading.Event()
        self._problems, self.unread = [], ""
        self._say("Checking your mailboxes …")
        self._next(self._stop, list(accounts))

    def cancel(self) -> bool:
        """Stop the fetch. What was read stays. Returns whether there was one."""
        if self._stop is None:
            return False
        self._stop.set()
        self._stop = None
        return True

    def report(self, account: Account, page: mailbox.Page) -> None:
        """Say how far a mailbox has been read."""
        older = page.unread - page.wanted
        self.unread = f"{older:,} older left in the mailbox" if older > 0 else ""
        self._say(f"{account.name}: {page.done:,} of {page.wanted:,} emails")

    def _say(self, text: str) -> None:
        self.screen.say([(" ▸ ", "accent"), (text, ""), ("  esc stop", "dim")], keep=True)

    def _next(self, stop: threading.Event, left: list[Account]) -> None:
        """Fetch the next mailbox, asking for a password that only the rep knows. `stop` ends it at any time."""
        if stop.is_set():
            return
        if not left:
            self._stop = None
            self.screen.fetch_ended(self._problems)
            return
        screen, account, rest = self.screen, left[0], left[1:]

        def read() -> None:
            there: list[str] = []
            try:
                password = screen.planner.passwords.get(account, stop)
                for page in mailbox.pages(screen.ctx, account, password, stop):
                    there += [letter.ref for letter in page.letters]
                    screen.from_thread(self._page, stop, account, page)
                screen.from_thread(read_through, there)
            except PasswordNeeded:
                screen.from_thread(self._ask_password, stop, account, rest)
            except PlannerError as problem:
                screen.from_thread(self._not_read, stop, account, rest, str(problem))
            except Exception as error:  # noqa: BLE001 - told, and written to the log; the other mailboxes are read
                where = failure.write(error)
                said = f"{account.name} couldn't be read. Details are in {where}."
                screen.from_thread(self._not_read, stop, account, rest, said)

        def read_through(there: list[str]) -> None:
            if not stop.is_set():
                screen.attempt(lambda: screen.mail.letters.forget_but(account.name, there))
                self._next(stop, rest)

        screen.run_worker(read, thread=True, group="mailbox", exit_on_error=False)

    def _page(self, stop: threading.Event, account: Account, page: mailbox.Page) -> None:
        if not stop.is_set():
            self.screen.take_page(account, page)

    def _not_read(self, stop: threading.Event, account: Account, rest: list[Account], problem: str) -> None:
        if not stop.is_set():
            self._problems.append(problem)
            self.screen.planner.passwords.forget(account)
            self._next(stop, rest)

    def _ask_password(self, stop: threading.Event, account: Account, rest: list[Account]) -> None:
        if stop.is_set():
            return

        def typed(password: str | None) -> None:
            if password is None:
                self._not_read(stop, account, rest, f"{account.name} wasn't read because it needs a password.")
                return
            self.screen.planner.passwords.type(account, password)
            self._next(stop, [account, *rest])

        self.screen.app.push_screen(PasswordModal(account), typed)
