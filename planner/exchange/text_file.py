"""Reads text files of other programs, within limits, and detects their encoding.

Small ones are read whole (`read_bytes`, `decode`). Tables of up to 200 MB are read as a stream, as often as needed
(`TextFile`). An unreadable file is refused with the offending line.
"""

from __future__ import annotations

import codecs
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, TextIO

from planner.domain.errors import InputError, PlannerError
from planner.exchange import encodings

SAMPLED_BYTES = 256 * 1024


class FileRefused(PlannerError):
    """Raised for a file that can't be read as requested. Nothing was changed."""


def read_bytes(path: str, largest: int, what: str) -> bytes:
    """Read a whole file of up to `largest` bytes. `what` is its kind, as in ``a CSV file``. Raises FileRefused."""
    try:
        _check_size(path, largest, what)
        with open(path, "rb") as file:
            found = file.read(largest + 1)
    except OSError as error:
        raise FileRefused(f"{path} can't be read: {error.strerror}.") from error
    if len(found) > largest:
        raise FileRefused(f"{os.path.basename(path)} grows while it is read. Import it when it's complete.")
    return found


def _check_size(path: str, largest: int, what: str) -> None:
    """Refuse what isn't a file of up to `largest` bytes."""
    name = os.path.basename(path)
    if os.path.isdir(path):
        raise FileRefused(f"{name} is a folder, not a file.")
    if os.path.exists(path) and not os.path.isfile(path):
        raise FileRefused(f"{name} isn't a file.")  # reading a pipe would block for ever
    size = os.path.getsize(path)
    if size > largest:
        limit = f"The limit for {what} is {largest // 2**20} MB. Split it into smaller files."
        raise FileRefused(f"{name} is {size / 2**20:,.1f} MB. {limit}")


BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file whose encoding is known. It is read as a stream, from the start each time, and never held whole.

    `line_breaks` counts its line feeds, `complete` means that its last line has an end. `stamp` is its size and time of
    change: every pass must read the same text.
    """

    path: str
    encoding: str
    line_breaks: int
    complete: bool
    stamp: tuple[int, int]

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return os.path.basename(self.path)

    def head(self, characters: int) -> str:
        """Return the beginning of the text."""
        return next(self.blocks(characters), "")

    def blocks(self, characters: int) -> Iterator[str]:
        """Yield the text in parts. Raises FileRefused if the file was changed since it was first read."""
        with self._opened() as file:
            while block := file.read(characters):
                yield block

    def lines(self, longest: int) -> Iterator[str]:
        """Yield the lines with their ends as they are. Raises FileRefused for one of more than `longest` characters, or
        if the file was changed since it was first read.
        """
        with self._opened() as file:
            number = 0
            while line := file.readline(longest + 1):
                number += 1
                if len(line) > longest:
                    size = len(line)
                    while not line.endswith(("\n", "\r")) and (line := file.readline(BLOCK)):
                        size += len(line)
                    told = f"{self.name}, line {number}: {size:,} characters in one line."
                    raise FileRefused(f"{told} That isn't a CSV file.")
                yield line

    @contextmanager
    def _opened(self) -> Iterator[TextIO]:
        changed = FileRefused(f"{self.name} was changed while it was read. Import it when it's complete.")
        try:
            with open(self.path, encoding=self.encoding, newline="") as file:
                if _stamp(file.fileno()) != self.stamp:
                    raise changed
                yield file
                if _stamp(file.fileno()) != self.stamp:
                    raise changed
        except OSError as error:
            raise FileRefused(f"{self.path} can't be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:  # when it was first read, all of it could be decoded
            raise changed from error


def _stamp(descriptor: int) -> tuple[int, int]:
    status = os.fstat(descriptor)
    return status.st_size, status.st_mtime_ns


def open_text(path: str, largest: int, what: str, wanted: str | None) -> TextFile:
    """Check that a file of up to `largest` bytes is text, and detect its encoding unless `wanted` names one. `what` is
    its kind, as in ``a CSV file``. Raises FileRefused.
    """
    name = os.path.basename(path)
    try:
        _check_size(path, largest, what)
        with open(path, "rb") as file:
            stamp = _stamp(file.fileno())
            codec = _codec(wanted) if wanted is not None else _encoding_of_file(file)
            line_breaks, complete = _check_text(file, name, codec, wanted)
            if _stamp(file.fileno()) != stamp:
                raise FileRefused(f"{name} grows while it is read. Import it when it's complete.")
    except OSError as error:
        raise FileRefused(f"{path} can't be read: {error.strerror}.") from error
    return TextFile(path, codec, line_breaks, complete, stamp)


def _check_text(file: BinaryIO, name: str, codec: str, wanted: str | None) -> tuple[int, bool]:
    """Decode a whole file block by block. Returns how many line feeds it has, and whether its last line has an end.

    Raises FileRefused for an empty one, for binary data, and with the line for what can't be decoded.
    """
    file.seek(0)
    decoder = codecs.getincrementaldecoder(codec)()
    before, line_breaks, blank, text, binary = 0, 0, True, "", None
    while True:
        block = file.read(BLOCK)
        try:
            found = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            # the decoder may have kept bytes of earlier blocks, to which the error's position relates
            start = before - (len(error.object) - len(block)) + error.start
            cut = not block and error.end >= len(error.object) - 1
            raise _undecodable(name, _count_lines(file, start), error, wanted or codec, cut=cut) from error
        if binary is None and "\0" in found:
            binary = line_breaks + found.count("\n", 0, found.index("\0")) + 1
        line_breaks += found.count("\n")
        blank = blank and not found.strip()
        text, before = found or text, before + len(block)
        if not block:
            break
    if blank:
        raise FileRefused(f"{name} is empty.")
    if binary is not None:
        raise FileRefused(f"{name}, line {binary}: binary data. The file is damaged or isn't CSV.")
    return line_breaks, text.endswith(("\n", "\r"))


def _count_lines(file: BinaryIO, end: int) -> int:
    """Return the number of the line at a position of a file."""
    file.seek(0)
    return 1 + sum(file.read(min(BLOCK, end - start)).count(b"\n") for start in range(0, end, BLOCK))


def _undecodable(name: str, line: int, error: UnicodeDecodeError, codec: str, *, cut: bool) -> FileRefused:
    if cut and "unexpected end" in error.reason:
        return FileRefused(
            f"{name}, line {line}: the file is cut off in the middle of a character. Nothing was changed."
        )
    return FileRefused(
        f"{name}, line {line}: a character can't be read as {codec}. Set the encoding with --encoding "
        "(such as cp1251, cp949, shift_jis or utf-16)."
    )


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
        raise _undecodable(name, line, error, wanted or codec, cut=error.end >= len(raw) - 1) from error


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
    """Return the encoding of a text that is held whole."""
    return _encoding_of_file(io.BytesIO(raw))


def _encoding_of_file(file: BinaryIO) -> str:
    head = file.read(SAMPLED_BYTES)
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return codec
    even, odd = head[0::2], head[1::2]
    zeros = (even.count(0), odd.count(0))
    if max(zeros) >= 2 and max(zeros) > 8 * min(zeros):
        # UTF-16 without its BOM: for delimiters, spaces and digits every other byte is 0. Line breaks that stand alone
        # show a text of another encoding with stray zeros in it.
        big = zeros[0] > zeros[1]
        paired = zip(odd, even, strict=False) if big else zip(even, odd, strict=False)
        if 2 * sum(pair == (0x0A, 0) for pair in paired) >= head.count(b"\n"):
            return "utf-16-be" if big else "utf-16-le"
    # the whole file, because the telling letters may be anywhere
    return "utf-8" if _reads_as_utf8(file) else encodings.guess(head)


def _reads_as_utf8(file: BinaryIO) -> bool:
    """Whether a file is UTF-8, or UTF-8 with a broken spot or cut off: that one is then refused with the line, rather
    than misread throughout.
    """
    try:
        for _ in _decoded(file, "strict"):
            pass
    except UnicodeDecodeError as error:
        bad = good = 0
        for text in _decoded(file, "replace"):
            broken = text.count("\N{REPLACEMENT CHARACTER}")
            bad, good = bad + broken, good + sum(char > "\x7f" for char in text) - broken
        # in two-byte encodings at most one letter in four passes as UTF-8 by chance
        return good >= 4 * bad or (bad == 1 and good > 0 and "unexpected end" in error.reason)
    return True


def _decoded(file: BinaryIO, errors: str) -> Iterator[str]:
    """Yield a whole file as UTF-8, block by block."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")(errors)
    while block := file.read(BLOCK):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)
