"""Text from outside is only text: control characters and bidi overrides are taken out where it comes in, and one text
is written in one way.
"""

from __future__ import annotations

import unicodedata

_KEEP = "\n\t"
# Bidi embeddings, overrides and isolates, and the marks that hide text: no place in a line for a terminal.
_HIDDEN = frozenset(
    [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0x2060, 0xFEFF, 0x061C)]
)


def many(count: int, one: str, more: str) -> str:
    """``1 day``, ``1,200 days``."""
    return f"{count:,} {one if count == 1 else more}"


def shown(text: str, *, lines: bool = False) -> str:
    """A line as it may go to a terminal: whatever it would obey is a mark, everything else stays; newlines if `lines`.

    Text is cleaned where it comes in; this is for what another program may have written into the database.
    """
    if text.isprintable():
        return text
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if _obeyed(char) and not (lines and char == "\n") else char for char in text
    )


def _obeyed(char: str) -> bool:
    return char in _HIDDEN or unicodedata.category(char) in ("Cc", "Cs")


def clean(text: str, *, lines: bool = False) -> str:
    """A text as it is stored: without what a terminal would obey, composed (NFC), without blanks at the ends.

    Newlines stay only if `lines`. A single line has single spaces, and no no-break ones among them: two writings of one
    name would be two people.
    """
    found = harmless(text, lines=lines)
    if not found.isascii():
        found = unicodedata.normalize("NFC", found)
    return found.strip() if lines else " ".join(found.split())


def pasted_lines(text: str) -> list[str]:
    """The lines of what was pasted, whatever ends them (CR, LF, CRLF), without the blank ones around them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    return lines[first:]


def harmless(text: str, *, lines: bool = False) -> str:
    """Drop what a terminal would obey: C0, C1, lone surrogates, bidi overrides. Newlines stay only if `lines`; CR and
    CRLF are newlines as well.
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
