"""A folder of the rep's own mailbox (IMAP) that carries sealed messages between the devices.

One email is one file, or a part of one, because servers limit an email's size. Its subject names the file, the part and
the sealed bytes it belongs to, so that parts of an upload that broke off never mix with those of the next. Emails in
other folders are never touched; the mailbox that Mail reads stays read-only.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from email import message_from_bytes
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from imaplib import IMAP4
from typing import Any, TypeVar

from planner.domain.errors import PlannerError, StateError
from planner.domain.mail.mailbox import Account
from planner.exchange.mail import imap
from planner.exchange.sync.folder import LARGEST, MESSAGE

NAME = "planner sync"
PART = 2**20  # bytes in an email: base64 makes them a third more, and servers rarely take less than 10 MB
BODY = "This is how your devices exchange what you do in planner. It's encrypted. Please leave it where it is.\n"
_SUBJECT = re.compile(r"planner sync (\d{1,2})/(?:claim|(\d{8})\.(age|all\.age) (\d{1,4})/(\d{1,4}) ([0-9a-f]{16}))")
PAGE = 500  # subjects asked for at once

Result = TypeVar("Result")


class _Writer(imap.Mailbox):
    """A connection that may write, and only opens the folder for syncing. An upload may take its time."""

    literal_bytes, answer_bytes = 4 * PART, 64 * PART
    folder = NAME

    @property
    def step_seconds(self) -> float:
        """How long a step may take: up to a part of a file on a slow line."""
        return 60.0

    def select(self) -> None:
        """Open the folder, which is created the first time."""
        prefix = ""
        with suppress(IMAP4.error):  # a server without namespaces
            personal = self._client.namespace().personal
            prefix = personal[0][0] if personal else ""
        name = f"{prefix}{NAME}"
        if not self._client.folder_exists(name):
            self._client.create_folder(name)
        self._client.select_folder(name)
        self.folder = name

    def run(self, what: str, step: Callable[[Any], Result]) -> Result:
        """Run a step with the client, in time. Raises MailRefused, and StateError for a broken connection."""
        try:
            return self._step(what, lambda: step(self._client))
        except imap.Cut as problem:
            raise StateError(
                f"The connection to {self.account.host} was lost. Nothing is lost: it is sent next time."
            ) from problem


class MailFolder:
    """Like `Folder`, in a mailbox. What is there is listed once, when it is first asked for."""

    def __init__(self, account: Account, password: str) -> None:
        self.path = f"imap:{account.name}"
        self._mailbox = _Writer(account, password, threading.Event())
        self._opened = False
        self._devices: set[int] = set()
        # the emails of each file by (device, number, kind), of each upload its parts
        self._files: dict[tuple[int, int, str], dict[str, dict[int, int]]] = {}
        self._parts: dict[str, int] = {}

    def close(self) -> None:
        """Close the connection."""
        self._mailbox.close()

    def check(self) -> None:
        """Connect, and list what is there. Raises MailRefused, a PlannerError, for what is in the way."""
        if self._opened:
            return
        try:
            self._mailbox.__enter__()
        except imap.Cut as problem:
            raise StateError(f"The connection to {self._mailbox.account.host} was lost. Try again later.") from problem
        self._opened = True
        uids = self._mailbox.run("listing emails", lambda client: client.search("ALL"))
        for start in range(0, len(uids), PAGE):
            answer = self._fetch("listing emails", uids[start : start + PAGE], "BODY.PEEK[HEADER.FIELDS (SUBJECT)]")
            for uid, parts in answer.items():
                head = next((value for key, value in parts.items() if key.startswith(b"BODY[HEADER")), b"")
                self._note(uid, head)

    def _fetch(self, what: str, uids: list[int], part: str) -> dict[int, dict[bytes, object]]:
        found: dict[int, dict[bytes, object]] = self._mailbox.run(what, lambda client: client.fetch(uids, [part]))
        return found

    def _note(self, uid: int, head: object) -> None:
        """Learn an email from its header. Others' emails aren't ours to judge."""
        subject = message_from_bytes(head).get("Subject", "") if isinstance(head, bytes) else ""
        match = _SUBJECT.fullmatch(" ".join(str(subject).split()))
        if match is None:
            return
        self._devices.add(int(match[1]))
        if match[2] is not None:
            uploads = self._files.setdefault((int(match[1]), int(match[2]), match[3]), {})
            uploads.setdefault(match[6], {}).setdefault(int(match[4]), uid)
            self._parts[match[6]] = int(match[5])

    def devices(self) -> list[int]:
        """Return the numbers of the devices that sync through the mailbox."""
        self.check()
        return sorted(self._devices)

    def claim(self, device: int) -> None:
        """Take a device's number. Raises StateError if it's taken."""
        if device in self.devices():
            raise StateError(f"Device {device} already syncs through {self.path}.")
        self._append(f"{NAME} {device}/claim", b"")
        self._devices.add(device)

    def numbers(self, device: int, kind: str = MESSAGE) -> list[int]:
        """Return the numbers of a device's messages that are there whole, or of its snapshots."""
        self.check()
        return sorted(
            number
            for (other, number, found), uploads in self._files.items()
            if (other, found) == (device, kind) and self._whole(uploads) is not None
        )

    def _whole(self, uploads: dict[str, dict[int, int]]) -> list[int] | None:
        """Return the emails of the first upload that is there whole, in order."""
        for tag, parts in uploads.items():
            if len(parts) == self._parts[tag] and set(parts) == set(range(1, len(parts) + 1)):
                return [parts[number] for number in sorted(parts)]
        return None

    def read(self, device: int, number: int, kind: str = MESSAGE) -> bytes:
        """Return a file's bytes."""
        self.check()
        uids = self._whole(self._files.get((device, number, kind), {}))
        if uids is None:
            raise StateError(f"Message {number} of device {device} isn't in {self.path} any more.")
        if len(uids) * PART > LARGEST:
            raise StateError(f"Message {number} of device {device} in {self.path} is too large to be one.")
        found = b""
        for uid in uids:
            answer = self._fetch("reading", [uid], "BODY.PEEK[]")
            raw = answer.get(uid, {}).get(b"BODY[]", b"")
            for part in message_from_bytes(raw if isinstance(raw, bytes) else b"").walk():
                if part.get_content_type() == "application/age":
                    payload = part.get_payload(decode=True)
                    found += payload if isinstance(payload, bytes) else b""
        return found

    def write(self, device: int, number: int, data: bytes, kind: str = MESSAGE) -> None:
        """Upload a file, unless it is there already: files never change."""
        self.check()
        if self._whole(self._files.get((device, number, kind), {})) is not None:
            return
        tag = hashlib.sha256(data).hexdigest()[:16]
        pieces = [data[start : start + PART] for start in range(0, len(data), PART)]
        for place, piece in enumerate(pieces, start=1):
            self._append(f"{NAME} {device}/{number:08}.{kind} {place}/{len(pieces)} {tag}", piece)

    def _append(self, subject: str, piece: bytes) -> None:
        account = self._mailbox.account
        letter = EmailMessage(policy=SMTP)
        letter["Subject"] = Header(subject).encode()
        letter["From"] = letter["To"] = f"planner <{account.user if '@' in account.user else 'planner@localhost'}>"
        letter["Date"] = formatdate()
        letter.set_content(BODY)
        if piece:
            letter.add_attachment(piece, maintype="application", subtype="age", filename="planner.age")
        raw = letter.as_bytes()
        self._mailbox.run("sending", lambda client: client.append(self._mailbox.folder, raw, (rb"\Seen",)))

    def remove(self, device: int, number: int, kind: str = MESSAGE) -> None:
        """Delete a file that every device has taken in, and what remains of uploads that broke off."""
        self.check()
        uids = [uid for parts in self._files.pop((device, number, kind), {}).values() for uid in parts.values()]
        if not uids:
            return

        def delete(client: Any) -> None:
            client.delete_messages(uids)
            # without UIDPLUS, all that is marked as deleted in this folder goes, which is only planner's
            client.expunge(uids if client.has_capability("UIDPLUS") else None)

        self._mailbox.run("tidying up", delete)


def open_mailbox(account: Account, password: str) -> MailFolder:
    """Return the folder of a mailbox, connected. Raises PlannerError."""
    found = MailFolder(account, password)
    try:
        found.check()
    except PlannerError:
        found.close()
        raise
    return found
