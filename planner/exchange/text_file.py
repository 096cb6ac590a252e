"""Reads text files of other programs whole, within limits, and detects their encoding.

An unreadable file is refused with the offending line.
"""

from __future__ import annotations

import codecs
import os

from planner.domain.errors import InputError, PlannerError

SAMPLED_BYTES = 256 * 1024
# chardet's names -> codecs that read the same and more, as Windows writes it
_WIDER = {"euc-kr": "cp949", "shift_jis": "cp932", "iso-8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}


# Code pages that hardly any program writes, but that a short text may be mistaken for.
RARE = frozenset(
    {
        "iso8859-3", "iso8859-4", "iso8859-10", "iso8859-13", "iso8859-14", "iso8859-16", "mac-roman", "hp-roman8",
        "cp437", "cp775", "cp850", "cp852", "cp858", "cp861", "cp865", "mac-latin2", "mac-iceland", "mac-turkish",
    }
)  # fmt: skip


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
            return file.read(largest + 1)
    except OSError as error:
        raise FileRefused(f"{path} can't be read: {error.strerror}.") from error


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
    return guess_codec(raw)


def guess_codec(raw: bytes) -> str:
    """Return the most likely codec of bytes, a rare one only where no common one fits at all."""
    import chardet  # 35 ms, and only for a file that isn't UTF-8

    found = chardet.detect(raw)["encoding"] or "cp1252"
    codec = codecs.lookup(found).name
    if codec in RARE:
        others = (row["encoding"] for row in chardet.detect_all(raw, ignore_threshold=True))
        common = (codecs.lookup(name).name for name in others if name)
        codec = next((name for name in common if name not in RARE), codec)
    return _WIDER.get(found.lower(), codec) if codec == codecs.lookup(found).name else codec


def _mostly_utf8(raw: bytes, error: UnicodeDecodeError) -> bool:
    """Whether a file that isn't valid UTF-8 is UTF-8 with a broken spot, or cut off."""
    text = raw.decode("utf-8", "replace")
    bad = text.count("\N{REPLACEMENT CHARACTER}")
    good = sum(char > "\x7f" for char in text) - bad
    # in two-byte encodings at most one letter in four passes as UTF-8 by chance
    return good >= 4 * bad or (bad == 1 and good > 0 and "unexpected end" in error.reason)
