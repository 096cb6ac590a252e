"""Emails as values: the parts that are read, how threads are folded, and the order of triage (S8)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import quote

DECISIONS = ("reply", "call", "task", "proposal", "promise", "nothing")
LONGEST_SUBJECT = 300
LONGEST_PREVIEW = 600
_REPLY = re.compile(
    r"^\s*(?:(?:re|aw|fwd?|wg|sv|vs|antw|tr|rv|ref|res|отв|ha|답장|회신|返信)(?:\[\d+\])?\s*[:：]\s*)+", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Letter:
    """An email as far as it is read: sender, subject, time (seconds since 1970 UTC), first lines.

    `ref` identifies it by account and a digest of its headers, which survives a mailbox renumbering its emails.
    `thread` is the message id its thread began with, `reply_to` where to send an answer if not to the address.
    """

    ref: str
    account: str
    message_id: str
    thread: str
    references: tuple[str, ...]
    sender: str
    address: str
    subject: str
    sent_at: int
    bulk: bool = False
    preview: str = ""
    reply_to: str = ""

    @property
    def who(self) -> str:
        """What to call the sender."""
        return self.sender or self.address or "unknown sender"


def bare_subject(text: str) -> str:
    """Strip reply and forward prefixes from a subject."""
    return _REPLY.sub("", text).strip()


def reply_subject(text: str) -> str:
    """Return the subject of an answer."""
    return f"Re: {bare_subject(text)}" if bare_subject(text) else "Re:"


Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Thread(Generic[Item]):
    """Emails that belong together, newest first."""

    items: tuple[Item, ...]

    @property
    def newest(self) -> Item:
        """The newest of them."""
        return self.items[0]


def threads(items: Sequence[Item], letter_of: Callable[[Item], Letter]) -> list[Thread[Item]]:
    """Fold emails that refer to one another, or come from the same machine or list, newest first in each thread.

    References connect emails even across ones that are gone. Emails without any stand alone, whatever their subjects
    say, because two customers may both write "price list".
    """
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    keys = []
    for item in items:
        letter = letter_of(item)
        own = f"list:{letter.address.casefold()}" if letter.bulk and letter.address else letter.message_id or letter.ref
        keys.append(own)
        for other in () if letter.bulk else (letter.thread, *letter.references):
            if other:
                parent[root(other)] = root(own)
    found: dict[str, list[Item]] = {}
    for key, item in zip(keys, items, strict=True):
        found.setdefault(root(key), []).append(item)
    return [Thread(tuple(sorted(group, key=lambda item: -letter_of(item).sent_at))) for group in found.values()]


def in_order(
    found: Iterable[Thread[Item]], letter_of: Callable[[Item], Letter], worth_of: Callable[[Item], int | None]
) -> list[Thread[Item]]:
    """Sort threads: known contacts by their open business, then other people, then machines and lists, newest first.

    `worth_of` returns None for an unknown sender.
    """

    def key(thread: Thread[Item]) -> tuple[int, int, int]:
        worths = [worth for item in thread.items if (worth := worth_of(item)) is not None]
        newest = letter_of(thread.newest)
        if worths:
            return 0, -max(worths), -newest.sent_at
        return (2 if newest.bulk else 1), 0, -newest.sent_at

    return sorted(found, key=key)


def matching_rule(letter: Letter, rules: Iterable[str]) -> str | None:
    """Return the rule that an email matches: an address, a domain (``@hanbit.kr``) or a word of its subject."""
    address, subject = letter.address.casefold(), letter.subject.casefold()
    for rule in rules:
        wanted = rule.strip().casefold()
        if not wanted:
            continue
        if wanted.startswith("@"):
            domain = address.rpartition("@")[2]
            if domain == wanted[1:] or domain.endswith("." + wanted[1:]):
                return rule
        elif "@" in wanted:
            if address == wanted:
                return rule
        elif wanted in subject:
            return rule
    return None


def mailto(address: str, subject: str, message_id: str = "", references: Sequence[str] = ()) -> str:
    """Return a ``mailto:`` address with every part quoted, so that no email can add a recipient or header."""
    parts = [f"subject={quote(subject, safe='')}"]
    if message_id:
        chain = list(dict.fromkeys([*references, message_id]))[-20:]
        parts += [f"In-Reply-To={quote(message_id, safe='')}", f"References={quote(' '.join(chain), safe='')}"]
    return f"mailto:{quote(address, safe='@')}?{'&'.join(parts)}"
