"""Maps rows to domain objects and back, driven by the types of the fields.

Reads go through it, so that read-only code never loads SQLModel. Edits take the values to store from it. The schema
itself is in `tables.py`, and `tests/store/test_mapper.py` checks every mapper against it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cached_property
from types import NoneType
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from planner.domain.money import from_hundredths, to_hundredths

if TYPE_CHECKING:
    from planner.store.recorder import Reads

T = TypeVar("T")


class Codec(NamedTuple):
    """Reads a value from its column and writes it back. None leaves it as is.

    NULL is always None. `empty` is what None is stored as.
    """

    read: Callable[[Any], Any] | None
    write: Callable[[Any], Any] | None
    empty: object = None


class Column(NamedTuple):
    """Where a field is stored: the SQL it is read from, its codec, and the column it is written to (None: not
    written).
    """

    sql: str
    codec: Codec | None
    into: str | None


def joined_column(sql: str, codec: Codec | None = None) -> Column:
    """Return a read-only field from another table or a subquery."""
    return Column(sql, codec, None)


def stored_column(column: str, codec: Codec | None = None) -> Column:
    """Return a field stored in a column of another name."""
    return Column(column, codec, column)


AS_IT_IS = Codec(None, None)
WORDS = Codec(lambda text: tuple(text.split()), " ".join)  # space-separated words
TEXTS = Codec(lambda text: tuple(_loads(text)), lambda texts: _dumps(list(texts)))
PAIRS = Codec(lambda text: tuple((a, b) for a, b in _loads(text)), lambda pairs: _dumps([list(pair) for pair in pairs]))


def _loads(text: str) -> list[Any]:
    if text == "[]":  # most are, and can skip loading a parser
        return []
    import json

    found: list[Any] = json.loads(text)
    return found


def _dumps(values: list[Any]) -> str:
    if not values:
        return "[]"
    import json

    return json.dumps(values, ensure_ascii=False)


_CODECS: dict[Any, Codec] = {
    int: AS_IT_IS,
    str: AS_IT_IS,
    bool: Codec(bool, int),
    date: Codec(date.fromisoformat, date.isoformat),
    datetime: Codec(datetime.fromisoformat, lambda moment: moment.isoformat(timespec="seconds")),
    time: Codec(time.fromisoformat, lambda clock: f"{clock:%H:%M}"),
    Decimal: Codec(from_hundredths, to_hundredths),
}


def codec_of(hint: Any) -> Codec:
    """Return the codec for a field's type. Raises TypeError for a type without one."""
    kinds = [each for each in get_args(hint) if each is not NoneType]
    if NoneType in get_args(hint) and len(kinds) == 1:
        return codec_of(kinds[0])
    if hint in _CODECS:
        return _CODECS[hint]
    if hasattr(hint, "from_text"):  # a `Due`
        return Codec(hint.from_text, str)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return Codec(hint, lambda member: member.value)
    if get_origin(hint) is tuple and kinds[0] is str:
        return TEXTS
    raise TypeError(f"no column stores {hint}")


class Mapper(Generic[T]):
    """Reads rows of a table as dataclass objects, and maps objects back to column values.

    A field is stored in the column of its name. `joins` follows the table in FROM. `fields` lists the exceptions: a
    `Codec`, a `Column`, or None for a field that is filled in by hand (`rest` of `from_row`).
    """

    def __init__(self, kind: type[T], table: str, joins: str = "", **fields: Codec | Column | None) -> None:
        self.kind, self.table, self._said = kind, table, fields
        self.source = f"{table} {joins}".rstrip()

    @cached_property
    def _fields(self) -> list[tuple[str, Column, Codec]]:
        """Return the name, column and codec of each field that is read."""
        hints = get_type_hints(self.kind)
        found: list[tuple[str, Column, Codec]] = []
        for each in dataclasses.fields(self.kind):  # type: ignore[arg-type]
            said = self._said.get(each.name, stored_column(each.name))
            if said is None:
                continue
            column = stored_column(each.name, said) if isinstance(said, Codec) else said
            if column.into is not None:
                column = column._replace(sql=f'{self.table}."{column.into}"')
            found.append((each.name, column, column.codec or codec_of(hints[each.name])))
        return found

    @cached_property
    def columns(self) -> str:
        """Return the select list, in field order."""
        return ", ".join(column.sql for _, column, _ in self._fields)

    @cached_property
    def _reading(self) -> tuple[tuple[str, ...], tuple[tuple[int, Callable[[Any], Any]], ...]]:
        names = tuple(name for name, _, _ in self._fields)
        return names, tuple((at, codec.read) for at, (_, _, codec) in enumerate(self._fields) if codec.read)

    def from_row(self, row: Iterable[Any], **rest: Any) -> T:
        """Build the object of a selected row, with the hand-filled fields."""
        names, readers = self._reading
        values = list(row)
        for at, read in readers:
            if values[at] is not None:
                values[at] = read(values[at])
        return self.kind(**dict(zip(names, values, strict=True)), **rest)

    def values(self, thing: T, **others: object) -> dict[str, Any]:
        """Return an object's values by column, without its id. `others` are columns beyond its fields."""
        found: dict[str, Any] = {}
        for name, column, codec in self._fields:
            if column.into is not None and name != "id":
                value = getattr(thing, name)
                found[column.into] = codec.empty if value is None else codec.write(value) if codec.write else value
        return found | others

    @cached_property
    def stored(self) -> tuple[str, ...]:
        """Return the columns that objects are written to, in the order of `values`."""
        return tuple(column.into for name, column, _ in self._fields if column.into is not None and name != "id")

    def fetch_all(self, reads: Reads, tail: str = "", *parameters: object) -> list[T]:
        """Return the objects of a query, given what follows FROM and its parameters."""
        return [self.from_row(row) for row in reads.execute(self.select(tail), parameters)]

    def first(self, reads: Reads, tail: str = "", *parameters: object) -> T | None:
        """Return the first object of a query, or None."""
        row = reads.execute(self.select(tail), parameters).fetchone()
        return None if row is None else self.from_row(row)

    def select(self, tail: str) -> str:
        """Return the statement of a query."""
        return f"SELECT {self.columns} FROM {self.source} {tail}"


def or_empty(kind: type[Enum]) -> Codec:
    """Return the codec for an enumeration member whose absence is stored as an empty text."""
    return Codec(lambda text: kind(text) if text else None, lambda member: member.value, "")


def marks(values: Iterable[object]) -> str:
    """Return placeholders for a list of values: ``?, ?, ?``."""
    return ", ".join("?" for _ in values)
