"""Search as you type: splits text for the index and builds the queries.

Words match by prefix, regardless of accents. Numbers match from the start of each group, and by their last digits
(``1234`` finds ``02-555-1234``). Chinese, Japanese and Korean text, written without spaces, matches from any character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import IntEnum

from planner.domain.clients.people import name_key

# Runs of these are split into single characters and matched as a phrase.
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


def _strip_accents(text: str) -> str:
    """Strip signs and the accents of Latin, Greek and Cyrillic letters. The result is composed, so that a Hangul
    syllable is one character.
    """
    if not text.isascii():
        text = _ACCENTED.sub(_bare, unicodedata.normalize("NFKC", text))
    return _SIGNS.sub(" ", text)


def _bare(found: re.Match[str]) -> str:
    return "".join(part for part in unicodedata.normalize("NFD", found[0]) if not unicodedata.combining(part))


def fold(text: str) -> str:
    """Return text as indexed: without accents and signs, with unspaced scripts split up."""
    if text.isascii() and text.replace(" ", "").isalnum():
        return text  # nothing to strip, as in most texts, of which there may be half a million
    plain = _strip_accents(text)
    return plain if plain.isascii() else _ONE.sub(r" \1 ", plain)


def number_words(number: str) -> str:
    """Return a phone number from each of its groups on, plus its last eight, seven and four digits, so that it is found
    by its end as well. Indexing from every digit would take ten times the space.
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
    """Build the FTS5 query that requires every piece of a typed line, empty if it has none.

    A number typed with its signs (``+82 2-555-1234``) is matched by its last eight digits, because either side may lack
    the country code.
    """
    line = unicodedata.normalize("NFKC", line[:LONGEST_LINE])
    if re.fullmatch(r"[+\d][\d\s()./-]{4,}", line.strip()):
        digits = _DIGITS.sub("", line)
        return f'"{digits[-8:]}" *' if len(digits) >= SHORTEST_NUMBER else ""
    pieces = _PIECE.findall(_strip_accents(line))[:MOST_PIECES]
    return " AND ".join(f'"{" ".join(piece) if _ONE.match(piece) else piece}" *' for piece in pieces)


def excerpt(text: str, line: str, room: int) -> str:
    """Return the part of a text around the first matching piece of a line, on one line."""
    text = " ".join(text.split())
    if len(text) <= room:
        return text
    low = text.casefold()
    places = [place for piece in _PIECE.findall(line) if (place := low.find(piece.casefold())) >= 0]
    start = max(0, min(places, default=0) - room // 4)
    start = min(start, len(text) - room)
    if start:
        start = text.rfind(" ", 0, start + 1) + 1 or start  # start at a word boundary
    head = "… " if start else ""
    return head + text[start : start + room - len(head)]


def join_parts(parts: Iterable[str | None]) -> str:
    """Join the non-empty parts with spaces."""
    return " ".join(filter(None, parts))


class Fit(IntEnum):
    """How well a typed name fits a contact, best first."""

    NAME = 0  # is the name
    PLAIN = 1  # is the name apart from accents and signs
    BEGINS = 2  # starts the name, or is the company's name
    WORDS = 3  # each word is in the name or the company
    PARTS = 4  # each word starts one of theirs


class Sought:
    """A typed name to compare with contacts: a full name, a first name, the company, or the start of one."""

    def __init__(self, text: str) -> None:
        self.key = name_key(text)
        self._words = [found for word in text.split() if (found := _spell_out(word)).strip()]
        self._whole = _spell_out(text)
        # contained in anything it fits, apart from accents and apostrophes, and empty if there are no letters
        self.longest = max((piece for word in self._words for piece in word.split()), key=len, default="")

    def fit(self, name: str, company: str | None = None) -> Fit | None:
        """Return how well it fits a contact, None if it doesn't."""
        there = _spell_out(name)
        if there == self._whole and name_key(name) == self.key:
            return Fit.NAME
        at = _spell_out(company) if company else "  "
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


SHORTEST_PART = 2  # letters needed for a prefix: a single one matches too many names
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´"))
# letters without a combining accent that people type as plain ones
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})


def pieces(name: str) -> list[str]:
    """Return the words of a name for comparison, without accents, signs and case."""
    return _spell_out(name).split()


def _spell_out(text: str) -> str:
    """Return text with each word surrounded by spaces, without accents, signs and case."""
    plain = fold(text.translate(_APOSTROPHES)).casefold()
    if not plain.isascii():
        plain = plain.translate(_LETTERS)
    return f" {' '.join(plain.split())} "
