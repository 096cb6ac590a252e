"""Maps a file's columns to our fields, and its words to ours. The words are in data/imports.toml."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from planner.domain.errors import InputError


def normal(text: str) -> str:
    """Normalize a header or word for comparison: lower case, letters and digits, separated words."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z]{2,}$)", " ", text)
    return " ".join(re.sub(r"[\W_]+", " ", apart).casefold().split())


def mask_numbers(text: str) -> str:
    """Normalize likewise, with every number as ``#``."""
    return re.sub(r"\d+", "#", text)


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """The mapping of fields to columns, as indices into the header. `joined` fields join all their columns."""

    columns: Mapping[str, tuple[int, ...]]
    joined: frozenset[str] = frozenset()

    def cells(self, name: str, cells: Sequence[str]) -> list[str]:
        """Return the cells of a field, in order."""
        return [cells[index] for index in self.columns.get(name, ())]

    def text(self, name: str, cells: Sequence[str]) -> str:
        """Return a field's text: its first non-empty cell, or all joined."""
        places = self.columns.get(name, ())
        if name in self.joined:
            return " ".join(dict.fromkeys(cell for index in places if (cell := cells[index].strip())))
        for index in places:
            cell = cells[index].strip()
            if cell:
                return cell
        return ""


def _forms(column: str, of: Collection[str]) -> tuple[str, ...]:
    """Return the forms a header may be known by: whole, with numbers as #, without the marks of HubSpot's API
    ("hs_call_body") and of Salesforce's custom fields ("Phone__c"), and without the name of what it is `of`
    (Pipedrive's "Deal - Title" and "Person - Name").
    """
    bare = column.removeprefix("hs ").removesuffix(" c")
    first, _, rest = bare.partition(" ")
    forms = (column, mask_numbers(column), bare)
    return (*forms, rest) if first in of and rest else forms


def map_columns(
    header: Sequence[str],
    synonyms: Mapping[str, Sequence[str]],
    wanted: Mapping[str, str],
    fields: Iterable[str],
    of: Collection[str] = (),
    joining: Collection[str] = (),
) -> ColumnMap:
    """Map fields to columns: the `wanted` ones (field → column, several joined by ``+``, an empty text for none), or
    else by header.

    `of` are words that a header may start with to say what it belongs to. `joining` fields join all columns known for
    them.

    Raises InputError for a missing column.
    """
    columns: dict[str, tuple[int, ...]] = {}
    joined = set()
    taken: set[int] = set()
    for name, text in wanted.items():
        if not text:
            continue
        found = _wanted_columns(header, text)
        columns[name] = found
        taken.update(found)
        if len(found) > 1:
            joined.add(name)
    known: dict[str, list[int]] = {}
    for index, title in enumerate(header):
        for form in dict.fromkeys(_forms(normal(title), of)):
            known.setdefault(form, []).append(index)
    for name in fields:
        if name in wanted:
            continue
        places: list[int] = []
        # the field's own name always works, because the documentation names it
        for word in dict.fromkeys((*synonyms.get(name, ()), normal(name))):
            # also in one piece, since a header in capitals doesn't say where its words end (CLOSEDATE)
            for form in (word, word.replace(" ", "")):
                places += [index for index in known.get(form, ()) if index not in taken and index not in places]
        taken.update(places)
        if places:
            columns[name] = tuple(places)
        if name in joining and len(places) > 1:
            joined.add(name)
    return ColumnMap(columns, frozenset(joined))


def _wanted_columns(header: Sequence[str], text: str) -> tuple[int, ...]:
    try:
        return (column(header, text),)
    except InputError:
        if "+" not in text:
            raise
    return tuple(column(header, part) for part in text.split("+"))


def column(header: Sequence[str], text: str) -> int:
    """Return the index of a column by name, ignoring case. Raises InputError listing the columns."""
    wanted = " ".join(text.split())
    if wanted in header:
        return header.index(wanted)
    for index, name in enumerate(header):
        if name.casefold() == wanted.casefold():
            return index
    near = difflib.get_close_matches(wanted.casefold(), [name.casefold() for name in header], n=1)
    hint = next((f" Did you mean {name!r}?" for name in header if near and name.casefold() == near[0]), "")
    shown = ", ".join(header[:12]) + (f" and {len(header) - 12} more" if len(header) > 12 else "")
    raise InputError(f"The file has no column {wanted!r}.{hint} Its columns are {shown}.")


_SEPARATOR = re.compile(r"\\([;,|\\])|[;,|]|:::")


def split_cell(cell: str) -> list[str]:
    """Split a cell with several values. A backslash keeps a separator inside one (`join_cell`)."""
    if not _SEPARATOR.search(cell):
        return [cell]
    parts, current, at = [], "", 0
    for match in _SEPARATOR.finditer(cell):
        current += cell[at : match.start()]
        at = match.end()
        if match[1]:
            current += match[1]
        else:
            parts.append(current)
            current = ""
    return [*parts, current + cell[at:]]


def join_cell(parts: Iterable[str]) -> str:
    """Join several texts into one cell, the inverse of `split_cell`."""
    return ";".join(re.sub(r"([;,|\\])", r"\\\1", part) for part in parts)


_ADDED = re.compile(r"[(\[{].*?[)\]}]|^\W*\d+\W*")
_REASON = re.compile(r":|\s[-–—]\s")


@dataclass
class Words:
    """Translates the words of one field, theirs to ours, with counts for the preview."""

    table: Mapping[str, Sequence[str]]
    wanted: Mapping[str, str] = field(default_factory=dict)
    met: dict[tuple[str, str | None], int] = field(default_factory=dict)
    _known: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for ours, words in self.table.items():
            for word in (normal(ours), *words):
                self._known.setdefault(word, ours)
        for theirs, ours in self.wanted.items():
            self._known[normal(theirs)] = ours

    def translate(self, theirs: str) -> str | None:
        """Return our word for theirs, or None. What other programs add to a word is left off: a number before it, its
        pipeline in brackets, a reason behind it (``5. Closed Lost (EMEA): price``).
        """
        bare = _ADDED.sub(" ", theirs)
        for text in (theirs, bare, _REASON.split(bare)[0]):
            if (ours := self._known.get(normal(text))) is not None:
                return ours
        return None

    def meet(self, theirs: str, ours: str | None) -> None:
        """Count a cell for the preview."""
        key = (" ".join(theirs.split()), ours)
        self.met[key] = self.met.get(key, 0) + 1
