"""CSV files as other programs write them: encoding, delimiter and header are found out, and said.

What can't be read is refused with the line that breaks; nothing is guessed around a broken row.
"""

from __future__ import annotations

import codecs
import csv
import io
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from planner.domain.errors import InputError, PlannerError

LARGEST = 200 * 1024 * 1024
LONGEST_LINE = 1024 * 1024
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", "^": "caret", "`": "backquote"}
SAMPLED_ROWS = 200
SAMPLED_BYTES = 256 * 1024
MOST_PREAMBLE = 20
FEW_LETTERS = 60

# What a file begins with that is no text, and what the rep can do about it.
_NOT_CSV = (
    (b"PK\x05\x06", "is an empty zip archive, not CSV"),
    (b"PK\x03\x04", "is a zip archive or an Excel workbook, not CSV; save it as CSV first"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook, not CSV; save it as CSV first"),
    (b"%PDF", "is a PDF, not CSV"),
    (b"\x1f\x8b", "is compressed (gzip), not CSV; unpack it first"),
    (b"SQLite format 3\x00", "is a database, not CSV"),
    (b"\x89PNG", "is a picture, not CSV"),
    (b"\xff\xd8\xff", "is a picture, not CSV"),
)
# chardet's names -> codecs that read the same and more, as Windows writes it
_WIDER = {"euc-kr": "cp949", "shift_jis": "cp932", "iso-8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}


class FileRefused(PlannerError):
    """A file that can't be read as asked; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of data: the line of the file it begins on (from 1), and its cells, as many as the header has."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file that was found to be CSV. `encoding` is Python's name of the codec, `first` the line after the header.

    `cut` says that the last line has no end, so that it may be one that broke off; `few_letters` that the encoding was
    told by so few letters that it may be another one.
    """

    path: str
    text: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    first: int
    cut: bool
    few_letters: bool = False

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return os.path.basename(self.path)

    def rows(self) -> Iterator[Row]:
        """Every row that isn't blank. Raises FileRefused, with its line, for one that can't be read."""
        width = len(self.header)
        blank, footer = False, 0
        for line, cells in _records(self.text, self.delimiter, self.name):
            if line < self.first:
                continue
            if not any(cell.strip() for cell in cells):
                blank = True
                continue
            if (
                width > 1
                and (blank or footer)
                and sum(bool(cell.strip()) for cell in cells) == 1
                and len(cells) < width
            ):
                footer = footer or line  # a report's totals and copyright, apart by a blank line
                continue
            if footer:
                raise FileRefused(f"{self.name}, line {footer}: a row of 1 cell in the middle; nothing was changed.")
            if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
                cells = cells[:width]  # idle delimiters at the end
            if len(cells) != width:
                raise FileRefused(
                    f"{self.name}, line {line}: {_cells(len(cells))} where the header has {width}; the row is broken, "
                    "so nothing was changed."
                )
            yield Row(line, tuple(cells))


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


def read(path: str, encoding: str | None = None) -> CsvFile:
    """Read a file whole and find out how it is written. Raises FileRefused with a sentence."""
    raw = _bytes(path)
    name = os.path.basename(path)
    for magic, meaning in _NOT_CSV:
        if raw.startswith(magic):
            raise FileRefused(f"{name} {meaning}.")
    text, codec = _decoded(raw, name, encoding)
    if not text.strip():
        raise FileRefused(f"{name} is empty.")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise FileRefused(f"{name}, line {line}: binary data; this is not a CSV file, or it is damaged.")
    first = 1
    delimiter = None
    head, _, _ = text.partition("\n")
    if head.lower().startswith("sep=") and len(head.strip("\r")) == 5:  # Excel's own hint
        delimiter, first = head[4], 2
    delimiter = delimiter or _delimiter(text)
    header, first = _header(text, delimiter, name, first)
    foreign = sum(byte > 0x7F for byte in raw[:SAMPLED_BYTES])
    unsure = encoding is None and not codec.startswith("utf") and foreign < FEW_LETTERS
    return CsvFile(path, text, codec, delimiter, header, first, not text.endswith(("\n", "\r")), unsure)


def _bytes(path: str) -> bytes:
    name = os.path.basename(path)
    try:
        if os.path.isdir(path):
            raise FileRefused(f"{name} is a folder, not a file.")
        if os.path.exists(path) and not os.path.isfile(path):
            raise FileRefused(f"{name} is not a file.")  # a pipe would be waited for without end
        size = os.path.getsize(path)
        if size > LARGEST:
            raise FileRefused(f"{name} has {size // 2**20:,} MB; a CSV file may have {LARGEST // 2**20} MB. Split it.")
        with open(path, "rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise FileRefused(f"{path} can't be read: {error.strerror}.") from error


def _decoded(raw: bytes, name: str, wanted: str | None) -> tuple[str, str]:
    codec = _codec(wanted) if wanted is not None else _found_encoding(raw)
    try:
        return raw.decode(codec), codec
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        if error.end >= len(raw) - 1 and "unexpected end" in error.reason:
            raise FileRefused(
                f"{name}, line {line}: the file breaks off in the middle of a letter; nothing was changed."
            ) from error
        said = f"read as {codec}" if wanted is None else f"in the encoding {wanted}"
        raise FileRefused(
            f"{name}, line {line}: a letter can't be {said}. If you know the encoding, name it with --encoding "
            "(such as cp1251, cp949, shift_jis, utf-16)."
        ) from error


def _codec(wanted: str) -> str:
    """The codec of a name; only those that make text of bytes."""
    try:
        found = codecs.lookup(wanted.strip().replace(" ", "-"))
    except LookupError as error:
        raise InputError(f"{wanted!r} is not an encoding I know; some are utf-8, utf-16, cp1251, cp949.") from error
    if not found._is_text_encoding or found.name in ("undefined", "idna", "punycode", "unicode_escape"):
        raise InputError(f"{wanted!r} is not an encoding of text; some are utf-8, utf-16, cp1251, cp949.")
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
        # UTF-16 without its mark: of delimiters, spaces and digits every other byte is 0
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    try:
        raw.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError as error:
        if _mostly_utf8(raw, error):
            return "utf-8"  # and refused with the line, rather than read as something else throughout
    import chardet  # 35 ms, and only for a file that isn't UTF-8

    # the whole file: the letters that tell may stand anywhere
    found = chardet.detect(raw)["encoding"] or "cp1252"
    codec = codecs.lookup(found).name
    return _WIDER.get(found.lower(), codec)


def _mostly_utf8(raw: bytes, error: UnicodeDecodeError) -> bool:
    """Whether a file that isn't UTF-8 all through is UTF-8 with a broken spot, or one that breaks off."""
    text = raw.decode("utf-8", "replace")
    bad = text.count("\N{REPLACEMENT CHARACTER}")
    good = sum(char > "\x7f" for char in text) - bad
    # two-byte encodings pass as UTF-8 by chance in one letter of four at most
    return good >= 4 * bad or (bad == 1 and good > 0 and "unexpected end" in error.reason)


def _records(text: str, delimiter: str, name: str, *, strict: bool = True) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line they begin on."""
    csv.field_size_limit(LONGEST_LINE)
    reader = csv.reader(_lines(text, name), delimiter=delimiter, strict=strict)
    begun = 1
    while True:
        begun = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileRefused(f"{name}, line {begun}: {_meaning(str(error))}; nothing was changed.") from error
        yield begun, cells


def _meaning(problem: str) -> str:
    if "unexpected end of data" in problem:
        return "a quote is opened here and never closed, so the file breaks off or a quote is missing"
    if "field larger" in problem:
        return f"a cell is longer than {LONGEST_LINE:,} characters, most likely because a quote is never closed"
    if "expected after" in problem:
        return "a quote is closed in the middle of a cell"
    return f"the row can't be read ({problem})"


def _lines(text: str, name: str) -> Iterator[str]:
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if len(line) > LONGEST_LINE:
            raise FileRefused(f"{name}, line {number}: {len(line):,} characters in one line; that is no CSV file.")
        yield line


def _sample(text: str, delimiter: str) -> list[list[str]]:
    found: list[list[str]] = []
    try:
        for _, cells in _records(text, delimiter, "", strict=False):
            if any(cell.strip() for cell in cells):
                found.append(cells)
            if len(found) >= SAMPLED_ROWS:
                break
    except FileRefused:
        pass  # only a look: what is wrong is said, with its line, when the rows are read
    return found


def _delimiter(text: str) -> str:
    """The one that cuts most rows into the same number of cells, more than one; a comma where none does."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        widths = Counter(len(row) for row in _sample(text, delimiter))
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0]))
        score = (count / widths.total(), width)
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def _header(text: str, delimiter: str, name: str, first: int) -> tuple[tuple[str, ...], int]:
    """The header and the line after it. Lines of one cell above it (LinkedIn's notes) are passed over."""
    widths = Counter(len(row) for row in _sample(text, delimiter))
    width = max(widths, key=lambda size: (widths[size], size), default=1)
    passed = 0
    records = _records(text, delimiter, name)
    for line, cells in records:
        if line < first or not any(cell.strip() for cell in cells):
            continue
        if len(cells) < width and sum(bool(cell.strip()) for cell in cells) == 1 and passed < MOST_PREAMBLE:
            passed += 1
            continue
        following = next(records, None)
        return _named(cells), text.count("\n") + 2 if following is None else following[0]
    raise FileRefused(f"{name} has no header line.")


def _named(cells: list[str]) -> tuple[str, ...]:
    """Every column with a name of its own: an empty one is called by its number, a second one gets a number behind."""
    found: list[str] = []
    for number, cell in enumerate(cells, start=1):
        base = " ".join(cell.split()) or f"column {number}"
        name, again = base, 2
        while name in found:
            name, again = f"{base} ({again})", again + 1
        found.append(name)
    return tuple(found)
