"""Cleans text from outside: drops control characters and bidi overrides, and normalises the rest."""

from __future__ import annotations

import unicodedata

_KEEP = "\n\t"
# Bidi embeddings, overrides, isolates and invisible marks have no place on a terminal line.
_HIDDEN = frozenset(
    [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0x2060, 0xFEFF, 0x061C)]
)


def plural(count: int, one: str, more: str) -> str:
    """Return a count with its noun: ``1 day``, ``1,200 days``."""
    return f"{count:,} {one if count == 1 else more}"


def make_visible(text: str, *, lines: bool = False) -> str:
    """Make text safe for a terminal by replacing whatever it would obey. Newlines stay only if `lines`.

    Text is cleaned on the way in, so this guards against what another program wrote into the database.
    """
    if text.isprintable():
        return text
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if _obeyed(char) and not (lines and char == "\n") else char for char in text
    )


def _obeyed(char: str) -> bool:
    return char in _HIDDEN or unicodedata.category(char) in ("Cc", "Cs")


def clean(text: str, *, lines: bool = False) -> str:
    """Return text as stored: without terminal control characters, in NFC, stripped.

    Newlines stay only if `lines`. A single line gets single ordinary spaces and no no-break ones, because two spellings
    of one name would be two people.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()  # as nearly every text is
    found = strip_controls(text, lines=lines)
    if not found.isascii():
        found = unicodedata.normalize("NFC", found)
    return found.strip() if lines else " ".join(found.split())


def pasted_lines(text: str) -> list[str]:
    """Split pasted text into lines at CR, LF or CRLF, dropping blank lines at both ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    return lines[first:]


def strip_controls(text: str, *, lines: bool = False) -> str:
    """Drop what a terminal would obey: C0, C1, lone surrogates and bidi overrides. Newlines, including CR and CRLF,
    stay only if `lines`.
    """
    if text.isprintable():
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = []
    for char in text:
        if char in _KEEP:
            kept.append(char if lines and char == "\n" else " ")
        elif not _obeyed(char):
            kept.append(char)
    return "".join(kept)
