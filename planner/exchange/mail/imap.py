"""A mailbox over IMAP (RFC 3501), opened read-only and never changed.

`EXAMINE` and `BODY.PEEK`: nothing is marked as read. The certificate is checked before anything is sent, and an
unencrypted connection is never used for a password. Each step has a timeout, after which it is abandoned.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from imaplib import IMAP4
from typing import Any, TypeVar

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, LoginError
from imapclient.imap4 import IMAP4WithTimeout
from imapclient.tls import IMAP4_TLS

from planner.domain.errors import PlannerError
from planner.domain.mail.letters import Letter
from planner.domain.mail.mailbox import Account
from planner.domain.text import clean
from planner.exchange.mail.letters import FIELDS, read

STEP = 4.5  # seconds per step, so that a sentence appears within five
PAGE = 100  # emails at most, fewer at once on a slow connection
FIRST_PAGE = 20
LITERAL_BYTES = 256 * 1024  # longer than any requested part of an email
ANSWER_BYTES = 16 * 1024 * 1024  # a page of emails, or the numbers of two million
HEADER_BYTES = 32 * 1024
TEXT_BYTES = 6 * 1024
# raised by the library for an answer that isn't IMAP, or when its socket is shut
UNREADABLE = (ValueError, LookupError, AttributeError, TypeError, ArithmeticError, RecursionError, AssertionError)
_HEADERS = f"BODY.PEEK[HEADER.FIELDS ({' '.join(FIELDS)})]<0.{HEADER_BYTES}>"
_TEXT = f"BODY.PEEK[TEXT]<0.{TEXT_BYTES}>"


class MailRefused(PlannerError):
    """Raised when a mailbox can't be read. Nothing in it was changed."""


class MailCancelled(MailRefused):
    """Raised when the rep has cancelled."""


class Cut(Exception):
    """Raised when the connection broke."""


@dataclass(frozen=True, slots=True)
class Page:
    """A batch of a mailbox's emails, with how many were read so far, how many will be, and how many wait in all."""

    letters: tuple[Letter, ...]
    done: int
    wanted: int
    unread: int


Result = TypeVar("Result")


class _Bounded:
    """Limits what a server may answer. A server that sends more isn't a mail server and is dropped before the rest is
    read.
    """

    host: str
    literal_bytes, answer_bytes = LITERAL_BYTES, ANSWER_BYTES
    _left = ANSWER_BYTES

    def begin_step(self) -> None:
        """Reset the count."""
        self._left = self.answer_bytes

    def read(self, size: int) -> bytes:
        """Read a literal, whose length the server has announced."""
        if size > self.literal_bytes:
            raise MailRefused(f"{self.host} tried to send {size:,} bytes at once, so they weren't read.")
        return self._count_bytes(super().read(size))  # type: ignore[misc]

    def readline(self) -> bytes:
        """Read a line, which imaplib limits to a million bytes."""
        return self._count_bytes(super().readline())  # type: ignore[misc]

    def _count_bytes(self, data: bytes) -> bytes:
        self._left -= len(data)
        if self._left < 0:
            raise MailRefused(f"{self.host} sent more than {self.answer_bytes:,} bytes. The rest wasn't read.")
        return data


class _OverTls(_Bounded, IMAP4_TLS):  # type: ignore[misc]
    """A TLS connection with limited answers."""


class _Plain(_Bounded, IMAP4WithTimeout):  # type: ignore[misc]
    """An unencrypted connection with limited answers."""


class _Client(IMAPClient):  # type: ignore[misc]
    """An IMAPClient over connections whose answers are limited from the first byte on."""

    def _create_IMAP4(self) -> IMAP4:  # noqa: N802 - IMAPClient's own name, its only way in (4.0)
        if self.ssl:
            return _OverTls(self.host, self.port, self.ssl_context, self._timeout.connect)
        return _Plain(self.host, self.port, self._timeout.connect)


class Mailbox:
    """A connection to a mailbox, for one thread. `stop` cancels it."""

    literal_bytes, answer_bytes = LITERAL_BYTES, ANSWER_BYTES

    def __init__(self, account: Account, password: str, stop: threading.Event) -> None:
        self.account = account
        self._password = password
        self._stop = stop
        self._client: Any = None
        self.validity = 0

    def __enter__(self) -> Mailbox:
        self._connect()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection without waiting for the server."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(OSError, IMAP4.error, AttributeError):
                client.shutdown()

    @property
    def step_seconds(self) -> float:
        """How long a step after connecting may take."""
        return STEP

    def _abandon(self) -> None:
        """Shut only the socket, because another thread waits for it and holds everything else."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(OSError, AttributeError):
                client.socket().shutdown(socket.SHUT_RDWR)

    def _connect(self) -> None:
        account = self.account
        context = _context(account)
        self._client = self._step("connecting", lambda: self._open(context))
        if account.security == "starttls":
            self._step("encrypting", lambda: self._starttls(context))
        self._step("logging in", self._login)
        self._client._imap.literal_bytes = self.literal_bytes
        self._client._imap.answer_bytes = self.answer_bytes
        self._step("opening the folder", self.select)

    def select(self) -> None:
        """Open the account's folder, read-only."""
        found = self._client.select_folder(self.account.folder, readonly=True)
        self.validity = int(found.get(b"UIDVALIDITY", 0))

    def _open(self, context: ssl.SSLContext) -> IMAPClient:
        account = self.account
        return _Client(
            account.host.strip("[]"),
            account.at,
            ssl=account.security == "tls",
            ssl_context=context if account.security == "tls" else None,
            timeout=SocketTimeout(connect=STEP, read=self.step_seconds),
        )

    def _starttls(self, context: ssl.SSLContext) -> None:
        self._client.starttls(context)

    def _login(self) -> None:
        user, password = self.account.user, self._password
        if self._client.has_capability("AUTH=PLAIN"):
            self._client.plain_login(user, password)
            return
        try:
            self._client.login(user, password)
        except UnicodeEncodeError as error:
            raise MailRefused(f"{self.account.host} only accepts passwords of plain ASCII characters.") from error

    def unread(self) -> list[int]:
        """Return the unread emails, newest first."""
        return sorted(self._step("listing emails", lambda: self._client.search("UNSEEN")), reverse=True)

    def letters(self, uids: Sequence[int], *, text: bool = True) -> list[Letter]:
        """Return some emails, as far as they can be read. Without `text`, only their headers."""
        parts_wanted = [_HEADERS, _TEXT, "INTERNALDATE"] if text else [_HEADERS, "INTERNALDATE"]
        answer = self._step("reading emails", lambda: self._client.fetch(list(uids), parts_wanted))
        found = []
        for uid in uids:
            parts = answer.get(uid)
            if parts is None:
                continue  # gone in the meantime
            headers, lines = _part(parts, b"BODY[HEADER"), _part(parts, b"BODY[TEXT")
            found.append(read(self.account.name, headers, lines, _seconds(parts.get(b"INTERNALDATE"))))
        return found

    def _step(self, what: str, step: Callable[[], Result]) -> Result:
        """Run a step that waits for the server, in its own thread. That is abandoned on timeout, because a name lookup
        can't be cancelled.
        """
        results: list[Result] = []
        problems: list[BaseException] = []
        if self._client is not None:
            self._client._imap.begin_step()

        def run() -> None:
            try:
                results.append(step())
            except BaseException as problem:  # noqa: BLE001 - handed to the thread that asked
                problems.append(problem)

        thread = threading.Thread(target=run, daemon=True, name="planner-imap")
        thread.start()
        until = time.monotonic() + (STEP if what == "connecting" else self.step_seconds)
        while thread.is_alive():
            thread.join(0.05)
            if self._stop.is_set():
                self._abandon()
                raise MailCancelled("Stopped. Emails read so far were kept.")
            if thread.is_alive() and time.monotonic() >= until:
                self._abandon()
                raise MailRefused(f"{self._where} didn't respond while {what}. Nothing was lost. Try again later.")
        if problems:
            raise self._as_sentence(problems[0], what) from problems[0]
        return results[0]

    @property
    def _where(self) -> str:
        return f"{self.account.host}:{self.account.at}"

    def _as_sentence(self, problem: BaseException, what: str) -> BaseException:
        """Return an error as a sentence: a broken connection as `Cut`, anything unforeseen unchanged."""
        account = self.account
        if isinstance(problem, MailRefused):
            return problem
        if isinstance(problem, ssl.SSLCertVerificationError):
            return MailRefused(
                f"{self._where} has an invalid certificate ({problem.verify_message}), so nothing was sent to it."
            )
        if isinstance(problem, LoginError):
            said = clean(_words(problem))[:200]
            return MailRefused(f"{account.host} rejected the login of {account.user}: {said}")
        if isinstance(problem, CapabilityError):
            return MailRefused(f"{self._where} doesn't offer encryption (STARTTLS), so the password wasn't sent.")
        if isinstance(problem, ssl.SSLError) and what in ("connecting", "encrypting"):
            return MailRefused(
                f"{self._where} doesn't support TLS ({problem.reason or 'no response'}), so the password wasn't sent."
            )
        if isinstance(problem, TimeoutError):
            return MailRefused(f"{self._where} didn't respond while {what}. Nothing was lost. Try again later.")
        if isinstance(problem, OSError) and what == "connecting":
            return MailRefused(f"{self._where} can't be reached: {problem.strerror or problem}.")
        if isinstance(problem, IMAP4.abort | OSError | EOFError):
            return Cut(str(problem))
        if isinstance(problem, IMAP4.error):
            return MailRefused(f"{account.host} reported an error while {what}: {clean(_words(problem))[:200]}")
        if isinstance(problem, UNREADABLE):
            return MailRefused(f"{self._where} sent a response that can't be read. Is it a mail server (IMAP)?")
        return problem


def _part(parts: dict[bytes, object], name: bytes) -> bytes:
    """Return the bytes of an email part, or none where the server sent something else."""
    found = next((value for key, value in parts.items() if key.startswith(name)), b"")
    return found if isinstance(found, bytes) else b""


def _words(problem: BaseException) -> str:
    text = str(problem.args[0]) if problem.args else ""
    return text[2:-1] if text.startswith(("b'", 'b"')) else text


def _context(account: Account) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=account.ca or None)
    except (OSError, ssl.SSLError) as error:
        raise MailRefused(
            f"{account.ca} can't be read as a certificate authority: {error.strerror or error}."
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _seconds(moment: object) -> int:
    try:
        return int(moment.timestamp()) if isinstance(moment, datetime) else 0
    except (OverflowError, ValueError, OSError):
        return 0


def pages(account: Account, password: str, stop: threading.Event, most: int) -> Iterator[Page]:
    """Yield a mailbox's unread emails, newest first, a page at a time and at most `most`.

    A broken connection is reopened once and resumes where it was. If the mailbox has renumbered its emails in the
    meantime (UIDVALIDITY), it starts over.
    """
    again = True
    done: set[int] = set()
    seen: dict[str, int] = {}
    validity = None
    while True:
        try:
            with Mailbox(account, password, stop) as mailbox:
                if validity is not None and mailbox.validity != validity:
                    done, seen = set(), {}
                validity = mailbox.validity
                uids = mailbox.unread()
                wanted = uids[:most]
                left = [uid for uid in wanted if uid not in done]
                if not left:
                    yield Page((), len(wanted), len(wanted), len(uids))
                before, start, size = len(wanted) - len(left), 0, FIRST_PAGE
                while start < len(left):
                    part, begun = left[start : start + size], time.monotonic()
                    found = [_make_unique(letter, seen) for letter in mailbox.letters(part)]
                    start += len(part)
                    done.update(part)
                    took = time.monotonic() - begun
                    size = min(PAGE, size * 5) if took < STEP / 10 else max(1, size // 2) if took > STEP / 3 else size
                    yield Page(tuple(found), before + start, len(wanted), len(uids))
            return
        except Cut as problem:
            if not again:
                raise MailRefused(
                    f"The connection to {account.host} was lost. Emails read so far were kept. Try again later."
                ) from problem
            again = False


def _make_unique(letter: Letter, seen: dict[str, int]) -> Letter:
    """Make an email that occurs twice in a mailbox two emails."""
    from dataclasses import replace

    number = seen[letter.ref] = seen.get(letter.ref, 0) + 1
    return letter if number == 1 else replace(letter, ref=f"{letter.ref}-{number}")


def fetch_newest(account: Account, password: str, stop: threading.Event, most: int) -> list[Letter]:
    """Return the headers of the newest unread emails, for the exceptions, in one limited look."""
    try:
        with Mailbox(account, password, stop) as mailbox:
            return mailbox.letters(mailbox.unread()[:most], text=False)
    except Cut as problem:
        raise MailRefused(f"The connection to {account.host} was lost.") from problem
