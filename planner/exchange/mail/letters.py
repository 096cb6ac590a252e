"""Parses an email from its headers and first lines (RFC 5322, 2045, 2047), as well as possible: broken ones show too.

The standard library reads it with its lenient policy. Its output for hostile headers is cleaned here, and an address is
extracted before anything is decoded, so that a name can't turn into one.
"""

from __future__ import annotations

import email
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from html.parser import HTMLParser

from planner.domain.mail.letters import LONGEST_PREVIEW, LONGEST_SUBJECT, Letter
from planner.domain.text import clean
from planner.exchange import encodings

FIELDS = (
    "From", "Reply-To", "Sender", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "List-Id",
    "List-Unsubscribe", "Precedence", "Auto-Submitted", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
)  # fmt: skip
MOST_REFERENCES = 50
EARLIEST, LATEST = 0, 7_289_654_400  # 1970 and 2200
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
# charsets as emails name them -> codecs that read the same and more
_WIDER = {
    "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "shift_jis": "cp932", "iso-8859-1": "cp1252",
    "gb2312": "gb18030", "us-ascii": "utf-8", "ascii": "utf-8", "unknown-8bit": "utf-8",
}  # fmt: skip


def read(account: str, headers: bytes, text: bytes, received: int) -> Letter:
    """Parse an email. `received` is when the server got it (seconds since 1970 UTC), if its own date can't be read."""
    try:
        return _read(account, headers, text, received)
    except Exception:  # noqa: BLE001 - whatever the library makes of it, the letter is listed: the mailbox has it
        subject = clean(headers[:LONGEST_SUBJECT].decode("utf-8", "replace"))
        ref = f"{account}:{_digest(headers)}"
        return Letter(ref, account, "", "", (), "", "", subject or "(unreadable)", received)


def _digest(headers: bytes) -> str:
    return hashlib.sha256(headers).hexdigest()[:32]


def _read(account: str, headers: bytes, text: bytes, received: int) -> Letter:
    message = email.message_from_bytes(headers.rstrip(b"\r\n") + b"\r\n\r\n" + text)
    fields: dict[str, str] = {}
    for name, value in message.raw_items():
        fields.setdefault(name.lower(), " ".join(str(value).split("\n")).replace("\r", " "))
    sender, address = _sender(fields)
    answer = _address_of(fields.get("reply-to", ""))
    ids = _MESSAGE_ID.findall(fields.get("message-id", ""))
    message_id = ids[0] if ids else ""
    references = tuple(
        dict.fromkeys(
            each
            for name in ("references", "in-reply-to")
            for each in _MESSAGE_ID.findall(fields.get(name, ""))
            if each != message_id and each.isascii()
        )
    )[:MOST_REFERENCES]
    message_id = message_id if message_id.isascii() and message_id.isprintable() else ""
    bulk = (
        "list-id" in fields
        or "list-unsubscribe" in fields
        or fields.get("precedence", "").strip().lower() in ("bulk", "list", "junk")
        or fields.get("auto-submitted", "no").strip().lower() not in ("", "no")
    )
    return Letter(
        ref=f"{account}:{_digest(headers)}",
        account=account,
        message_id=message_id,
        thread=references[0] if references else message_id,
        references=tuple(each for each in references if each.isprintable()),
        sender=sender,
        address=address,
        subject=decoded(fields.get("subject", ""), message.get_content_charset())[:LONGEST_SUBJECT],
        sent_at=_sent_at(fields.get("date", ""), received),
        bulk=bulk,
        preview=preview(message),
        reply_to="" if answer.casefold() == address.casefold() else answer,
    )


def decoded(raw: str, charset: str | None = None) -> str:
    """Return a header's value as text, with encoded words decoded, on one line and harmless. Invalid bytes are read as
    UTF-8, else in the `charset` of the email's text, else in the charset they look like.
    """
    if any(0xDC80 <= ord(char) <= 0xDCFF for char in raw):
        found = raw.encode("utf-8", "surrogateescape")
        try:
            raw = found.decode("utf-8")
        except UnicodeDecodeError:
            raw = _text(found, charset)
    try:
        parts = decode_header(raw)
    except (HeaderParseError, ValueError):
        return clean(raw)
    whole = "".join(
        part if isinstance(part, str) else _text(part, charset) if charset else part.decode("latin-1")
        for part, charset in parts
    )
    return " ".join(clean(whole, lines=False).split())


def _text(raw: bytes, charset: str | None) -> str:
    """Decode bytes in their declared charset, else in the one they look like, without ever failing."""
    if charset:
        name = charset.strip().lower()
        try:
            return raw.decode(_WIDER.get(name, name))
        except (LookupError, ValueError):
            pass
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    return raw.decode(encodings.guess(raw), "replace")


def _sender(fields: dict[str, str]) -> tuple[str, str]:
    """Return the sender's name and address. The address is read from the raw header, the name decoded afterwards."""
    for name in ("from", "sender", "reply-to"):
        raw = fields.get(name, "")
        if not raw.strip():
            continue
        for shown, address in _addresses(raw):
            if _usable(address):
                return decoded(shown)[:200], address
        return decoded(raw)[:200], ""
    return "", ""


def _address_of(raw: str) -> str:
    return next((address for _, address in _addresses(raw) if _usable(address)), "")


def _usable(address: str) -> bool:
    return "@" in address and address.isascii() and address.isprintable() and " " not in address and len(address) <= 254


def _addresses(raw: str) -> list[tuple[str, str]]:
    try:
        # strict parsing gives up a whole header for one bad address
        return getaddresses([raw], strict=False)
    except TypeError:  # Python before 3.11.10 and 3.12.6 has no `strict`
        return getaddresses([raw])


def _sent_at(text: str, received: int) -> int:
    try:
        moment = parsedate_to_datetime(decoded(text))
        found = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (TypeError, ValueError, OverflowError, IndexError):
        return received
    return found if EARLIEST < found < LATEST else received


def preview(message: Message) -> str:
    """Return the first lines of an email's text, on one line and without quotes."""
    html = ""
    for part in _leaves(message):
        kind = part.get_content_type()
        if kind.startswith("multipart/"):  # without its boundary, so it is text as it stands
            kind = "text/plain"
        if kind not in ("text/plain", "text/html") or part.get_content_disposition() == "attachment":
            continue
        if str(part.get("Content-Transfer-Encoding", "")).strip().lower() == "base64":
            # only the first lines were read, so the email may end within a group of four
            raw = "".join(str(part.get_payload()).split())
            part.set_payload(raw[: len(raw) // 4 * 4])
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes):
            continue
        charset = part.get_param("charset")
        text = _text(payload, charset if isinstance(charset, str) else None)
        if kind == "text/plain" and text.strip():
            lines = [line for line in text.splitlines() if not line.lstrip().startswith(">")]
            return _shorten("\n".join(lines) or text)
        html = html or text
    return _shorten(_without_tags(html))


def _leaves(message: Message) -> Iterator[Message]:
    for index, part in enumerate(message.walk()):
        if index >= 50:
            return
        if not part.is_multipart():
            yield part


def _shorten(text: str) -> str:
    return " ".join(clean(text[: 8 * LONGEST_PREVIEW]).split())[:LONGEST_PREVIEW]


class _Words(HTMLParser):
    """Collects the visible text of an HTML email."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._skipped += tag in ("style", "script", "head", "title")
        self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._skipped -= tag in ("style", "script", "head", "title") and self._skipped > 0
        self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.words.append(data)


def _without_tags(html: str) -> str:
    words = _Words()
    words.feed(html)
    words.close()
    return "".join(words.words)
