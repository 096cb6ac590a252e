"""The fields of an entity, each stated once: options, forms, JSON, exports and conflict checks follow from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from planner.domain.errors import InputError, refuse_overwriting
from planner.domain.money import format_amount, parse_amount

LINE_END = " ⏎ "  # stands for a line end where a text of several lines is edited in one
CLEAR = "none"  # the word that clears a field on the command line

ReadDay = Callable[[str, Literal["future", "past", "near"]], date]
"""Reads a date as typed; which of two possible dates is meant is told by where it lies from today."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a field holds: `parse` reads what was typed ("" clears it), `show` writes it so that it reads back, and
    `as_json` is its value in JSON.
    """

    parse: Callable[[str, ReadDay], Any]
    show: Callable[[Any], str]
    as_json: Callable[[Any], object]
    lines: bool = False
    """Whether it is a text of several lines."""
    separator: str = ""
    """Between several values; empty where there is one."""


def _iso(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _yes_or_no(text: str, unknown: bool | None) -> bool | None:
    known = {"yes": True, "y": True, "no": False, "n": False, "": unknown}
    if text.lower() not in known:
        raise InputError(f"{text!r}: write yes or no.")
    return known[text.lower()]


def _whole(unit: str) -> Callable[[str, ReadDay], int | None]:
    def parse(text: str, read_day: ReadDay) -> int | None:
        if text and not (text.isascii() and text.isdigit()):
            raise InputError(f"{text!r} is not a number of {unit}.")
        return int(text) if text else None

    return parse


def day(towards: Literal["future", "past", "near"] = "future") -> Kind:
    """A date."""
    return Kind(lambda text, read_day: read_day(text, towards) if text else None, lambda value: str(value or ""), _iso)


def whole_number(unit: str) -> Kind:
    """A whole number of days, months …"""
    return Kind(_whole(unit), lambda value: str(value or ""), lambda value: value)


def one_of(words: type[StrEnum], what: str) -> Kind:
    """A word out of several, or none."""

    def parse(text: str, read_day: ReadDay) -> StrEnum | None:
        if text and text.lower() not in tuple(words):
            raise InputError(f"{what} is one of {', '.join(words)}, not {text!r}.")
        return words(text.lower()) if text else None

    return Kind(parse, lambda value: value or "", lambda value: value and value.value)


def several(separator: str, show: Callable[[Any], str] = str, as_json: Callable[[Any], object] | None = None) -> Kind:
    """Several values; parsed, they are still texts."""
    return Kind(
        lambda text, read_day: [part for part in text.split(separator) if part.strip()],
        lambda values: f"{separator} ".join(show(value) for value in values),
        lambda values: [(as_json or show)(value) for value in values],
        separator=separator,
    )


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    rounded = round(value, 2)
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)


def word(as_kept: Callable[[str], str]) -> Kind:
    """A word that is kept in one writing."""
    return Kind(lambda text, read_day: as_kept(text), lambda value: value, lambda value: value or None)


TEXT = Kind(lambda text, read_day: text, lambda value: value or "", lambda value: value or None)
LINES = Kind(
    lambda text, read_day: text.replace(LINE_END, "\n").replace(LINE_END.strip(), "\n"),
    lambda value: (value or "").replace("\n", LINE_END),
    lambda value: value or None,
    lines=True,
)
AMOUNT = Kind(
    lambda text, read_day: parse_amount(text, what="value") if text else None,
    lambda value: "" if value is None else format_amount(value),
    _number,
)
YES = Kind(lambda text, read_day: _yes_or_no(text, False), lambda value: "yes" if value else "", bool)
YES_OR_UNKNOWN = Kind(
    lambda text, read_day: _yes_or_no(text, None),
    lambda value: {True: "yes", False: "no", None: ""}[value],
    lambda value: value,
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an entity.

    `label` and `hint` are those of the form; without a label the form leaves the field out. `flags` are its options on
    the command line, with their `help`; without any it is read-only there. `column` is its name in an exported table,
    `longest` its limit in characters. A `reference` names another entity: `show` says which, and what is typed goes to
    the service as it is.
    """

    name: str
    kind: Kind = TEXT
    label: str = ""
    hint: str = ""
    flags: tuple[str, ...] = ()
    metavar: str = "TEXT"
    help: str | None = None
    choices: tuple[str, ...] = ()
    column: str = ""
    longest: int = 0
    reference: Callable[[Any], str] | None = None

    def show(self, entity: Any) -> str:
        """The field of an entity as text that reads back."""
        return self.reference(entity) if self.reference else self.kind.show(getattr(entity, self.name))

    def parse(self, text: str, read_day: ReadDay) -> Any:
        """What a text typed into the form means. Raises InputError."""
        return by_id(text) if self.reference else self.kind.parse(text, read_day)


def check_lengths(entity: Any, fields: Iterable[Field], of: str) -> None:
    """Raise InputError for a text of an entity that is too long; `of` is what the entity is called."""
    for field in fields:
        if field.longest and len(getattr(entity, field.name)) > field.longest:
            raise InputError(f"The {field.name.replace('_', ' ')} of {of} can have {field.longest:,} characters.")


def by_id(text: str) -> str:
    """Who is meant by ``12: Kim``: the id; otherwise the name as it is typed."""
    number, colon, _ = text.partition(":")
    return number.strip() if colon and number.strip().isdigit() else text


def as_object(entity: Any, fields: Iterable[Field]) -> dict[str, object]:
    """An entity in JSON: its id, then its fields by their names."""
    return {"id": entity.id} | {field.name: field.kind.as_json(getattr(entity, field.name)) for field in fields}


def as_texts(entity: Any | None, fields: Iterable[Field]) -> dict[str, str]:
    """The fields of the form as texts; all empty for a new entity."""
    return {field.name: "" if entity is None else field.show(entity) for field in fields if field.label}


def changed(
    fields: Iterable[Field], values: Mapping[str, str], before: Mapping[str, str], read_day: ReadDay
) -> dict[str, Any]:
    """The fields whose texts differ from `before`, parsed. Raises InputError."""
    return {
        field.name: field.parse(values[field.name], read_day)
        for field in fields
        if field.label and values[field.name] != before[field.name].strip()
    }


def refuse_conflicts(current: Any, expected: Any, wanted: Mapping[str, Any], fields: Sequence[Field]) -> None:
    """Raise StateError where a field that is `wanted` otherwise was changed since the entity was read as `expected`."""
    shown = {field.name: field for field in fields}
    refuse_overwriting(
        [
            (name, shown[name].show(current) if name in shown else getattr(current, name))
            for name, value in wanted.items()
            if getattr(current, name) not in (getattr(expected, name), value)
        ]
    )
