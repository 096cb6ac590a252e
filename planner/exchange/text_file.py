"""Reads text files of other programs whole, within limits, and detects their encoding.

An unreadable file is refused with the offending line.
"""

from __future__ import annotations

import codecs
import os
import re

from planner.domain.errors import InputError, PlannerError
from planner.exchange import encodings

SAMPLED_BYTES = 256 * 1024


class FileRefused(PlannerError):
    """Raised for a file that can't be read as requested. Nothing was changed."""


def read_bytes(path: str, largest: int, what: str) -> bytes:
    """Read a whole file of up to `largest` bytes. `what` is its kind, as in ``a CSV file``. Raises FileRefused."""
    name = os.path.basename(path)
    try:
        if os.path.isdir(path):
            raise FileRefused(f"{name} is a folder, not a file.")
        if os.path.exists(path) and not os.path.isfile(path):
            raise FileRefused(f"{name} isn't a file.")  # reading a pipe would block for ever
        size = os.path.getsize(path)
        if size > largest:
            limit = f"The limit for {what} is {largest // 2**20} MB. Split it into smaller files."
            raise FileRefused(f"{name} is {size / 2**20:,.1f} MB. {limit}")
        with open(path, "rb") as file:
            found = file.read(largest + 1)
    except OSError as error:
        raise FileRefused(f"{path} can't be read: {error.strerror}.") from error
    if len(found) > largest:
        raise FileRefused(f"{name} grows while it is read. Import it when it's complete.")
    return found


WORDS_SHOWN = 3


def telling_words(text: str) -> tuple[str, ...]:
    """Return the first words beyond ASCII, which show whether a guessed encoding is right."""
    found = dict.fromkeys(word for word in re.findall(r"[^\W\d_]+", text[:SAMPLED_BYTES]) if not word.isascii())
    return tuple(list(found)[:WORDS_SHOWN])


def decode(raw: bytes, name: str, wanted: str | None) -> tuple[str, str]:
    """Return a file's text and its codec, detected unless `wanted` names one. Raises FileRefused."""
    codec = _codec(wanted) if wanted is not None else _found_encoding(raw)
    try:
        return raw.decode(codec), codec
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        if error.end >= len(raw) - 1 and "unexpected end" in error.reason:
            raise FileRefused(
                f"{name}, line {line}: the file is cut off in the middle of a character. Nothing was changed."
            ) from error
        raise FileRefused(
            f"{name}, line {line}: a character can't be read as {wanted or codec}. Set the encoding with --encoding "
            "(such as cp1251, cp949, shift_jis or utf-16)."
        ) from error


def _codec(wanted: str) -> str:
    """Return the codec of a name, if it decodes bytes to text."""
    try:
        found = codecs.lookup(wanted.strip().replace(" ", "-"))
    except LookupError as error:
        raise InputError(f"{wanted!r} isn't a known encoding. Try utf-8, utf-16, cp1251 or cp949.") from error
    if not found._is_text_encoding or found.name in ("undefined", "idna", "punycode", "unicode_escape"):
        raise InputError(f"{wanted!r} isn't a text encoding. Try utf-8, utf-16, cp1251 or cp949.")
    return "utf-8-sig" if found.name == "utf-8" else found.name


def _found_encoding(raw: bytes) -> str:
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if raw.startswith(mark):
            return codec
    sample = raw[:SAMPLED_BYTES]
    zeros = (sample[0::2].count(0), sample[1::2].count(0))
    if max(zeros) >= 2 and max(zeros) > 8 * min(zeros):
        # UTF-16 without its BOM: for delimiters, spaces and digits every other byte is 0
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    try:
        raw.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError as error:
        if _mostly_utf8(raw, error):
            return "utf-8"  # then refused with the line, rather than misread throughout
    # the whole file, because the telling letters may be anywhere
    return encodings.guess(raw)


def _mostly_utf8(raw: bytes, error: UnicodeDecodeError) -> bool:
    """Whether a file that isn't valid UTF-8 is UTF-8 with a broken spot, or cut off."""
    text = raw.decode("utf-8", "replace")
    bad = text.count("\N{REPLACEMENT CHARACTER}")
    good = sum(char > "\x7f" for char in text) - bad
    # in two-byte encodings at most one letter in four passes as UTF-8 by chance
    return good >= 4 * bad or (bad == 1 and good > 0 and "unexpected end" in error.reason)
