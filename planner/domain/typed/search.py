"""Finding as one types: what a text is cut into, and what is looked for.

Words are found by how they begin, however they are accented; numbers from each of their groups on, and by their last
digits (``1234`` finds ``02-555-1234``); Chinese, Japanese and Korean text, which is written without spaces, from any of
its characters on.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import IntEnum

from planner.domain.clients.people import name_key

# Runs of these are cut into single characters, and looked for as a phrase.
_UNSPACED = (
    "\u2e80-\u2fff\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u3100-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
)
_ONE = re.compile(f"([{_UNSPACED}])")
_PIECE = re.compile(f"[{_UNSPACED}]+|[^\\W_{_UNSPACED}]+")
_DIGITS = re.compile(r"\D+")
_GROUPS = re.compile(r"\d+")
SHORTEST_NUMBER = 3
ENDINGS = (8, 7, 4)
MOST_DIGITS = 20
MOST_PIECES = 12
LONGEST_LINE = 200


_SIGNS = re.compile(r"[\W_]+")
_ACCENTED = re.compile("[\u0080-\u052f\u1e00-\u1fff]+")


def _plain(text: str) -> str:
    """A text without accents (of Latin, Greek and Cyrillic letters) and signs; composed, so that a Hangul syllable is
    one character.
    """
    if not text.isascii():
        text = _ACCENTED.sub(_bare, unicodedata.normalize("NFKC", text))
    return _SIGNS.sub(" ", text)


def _bare(found: re.Match[str]) -> str:
    return "".join(part for part in unicodedata.normalize("NFD", found[0]) if not unicodedata.combining(part))


def folded(text: str) -> str:
    """A text as it is indexed: without accents and signs, unspaced scripts cut apart."""
    plain = _plain(text)
    return plain if plain.isascii() else _ONE.sub(r" \1 ", plain)


def number_words(number: str) -> str:
    """A phone number from each of its groups on, as it is written, and its last eight, seven and four digits: it is
    found by its end as well. From every digit on would be ten times as much to keep.
    """
    groups = _GROUPS.findall(number)
    digits = "".join(groups)[:MOST_DIGITS]
    found, at = [digits], 0
    for group in groups[:-1]:
        at += len(group)
        if len(digits) - at >= SHORTEST_NUMBER:
            found.append(digits[at:])
    found += [digits[-length:] for length in ENDINGS if length < len(digits)]
    return " ".join(dict.fromkeys(found))


def query(line: str) -> str:
    """What to ask FTS5 for: every piece of a typed line must be there; empty where there is none.

    A number that is typed with its signs (``+82 2-555-1234``) is looked for by its last eight digits, because a country
    code may stand in one place and not in the other.
    """
    line = unicodedata.normalize("NFKC", line[:LONGEST_LINE])
    if re.fullmatch(r"[+\d][\d\s()./-]{4,}", line.strip()):
        digits = _DIGITS.sub("", line)
        return f'"{digits[-8:]}" *' if len(digits) >= SHORTEST_NUMBER else ""
    pieces = _PIECE.findall(_plain(line))[:MOST_PIECES]
    return " AND ".join(f'"{" ".join(piece) if _ONE.match(piece) else piece}" *' for piece in pieces)


def excerpt(text: str, line: str, room: int) -> str:
    """The part of a text in which the first found piece of a line stands, on one line."""
    text = " ".join(text.split())
    if len(text) <= room:
        return text
    low = text.casefold()
    places = [place for piece in _PIECE.findall(line) if (place := low.find(piece.casefold())) >= 0]
    start = max(0, min(places, default=0) - room // 4)
    start = min(start, len(text) - room)
    if start:
        start = text.rfind(" ", 0, start + 1) + 1 or start  # from the beginning of a word
    head = "… " if start else ""
    return head + text[start : start + room - len(head)]


def joined(parts: Iterable[str | None]) -> str:
    """Parts that say something, with a space between."""
    return " ".join(part for part in parts if part)


class Fit(IntEnum):
    """How well a typed name fits somebody, the best first."""

    NAME = 0  # it is the name
    PLAIN = 1  # it is the name, but for accents and signs
    BEGINS = 2  # the name begins with it, or it is the company's name
    WORDS = 3  # each of its words stands in the name or the company
    PARTS = 4  # each of its words begins one there


class Sought:
    """A name as it is typed, held against those there are: whole, a first name, the company, or the beginning of it."""

    def __init__(self, text: str) -> None:
        self.key = name_key(text)
        self._words = [found for word in text.split() if (found := _spelled(word)).strip()]
        self._whole = _spelled(text)
        # what stands in whatever it fits, but for accents and apostrophes; empty where there is no letter
        self.longest = max((piece for word in self._words for piece in word.split()), key=len, default="")

    def fit(self, name: str, company: str | None = None) -> Fit | None:
        """How well it fits somebody; None where it doesn't."""
        there = _spelled(name)
        if there == self._whole and name_key(name) == self.key:
            return Fit.NAME
        at = _spelled(company) if company else "  "
        if not self._words or (self.longest not in there and self.longest not in at):
            return None
        if there == self._whole:
            return Fit.PLAIN
        if there.startswith(self._whole) or at == self._whole:
            return Fit.BEGINS
        both = f"{there}\n{at}"
        if all(word in both for word in self._words):
            return Fit.WORDS
        if len(self.longest) >= SHORTEST_PART and all(word.rstrip(" ") in both for word in self._words):
            return Fit.PARTS
        return None


SHORTEST_PART = 2  # letters by which a name may be begun: one begins too many
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´"))
# letters that have no accent to be taken off, but are written without it on other keyboards
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})


def pieces(name: str) -> list[str]:
    """The words of a name as they are compared: without accents, signs and case."""
    return _spelled(name).split()


def _spelled(text: str) -> str:
    """The pieces of a text with a blank around each, without accents, signs and case."""
    plain = folded(text.translate(_APOSTROPHES)).casefold()
    if not plain.isascii():
        plain = plain.translate(_LETTERS)
    return f" {' '.join(plain.split())} "
