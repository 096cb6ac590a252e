"""The fields of an entity, each declared once. Options, forms, JSON, exports and conflict checks derive from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from planner.domain import formats
from planner.domain.errors import InputError, refuse_overwriting
from planner.domain.money import parse_amount
from planner.domain.text import clean

LINE_END = " ⏎ "  # stands for a newline where multi-line text is edited on one line
CLEAR = "none"  # the word that clears a field on the command line

ReadDay = Callable[[str, Literal["future", "past", "near"]], date]
"""Parses a date as typed. The second argument says which of two possible dates is meant, relative to today."""


@dataclass(frozen=True, slots=True)
class Kind:
    """The type of a field, with its conversions: `parse` reads typed text ("" clears it), `show` writes text that
    parses back, `as_json` returns the JSON value.
    """

    parse: Callable[[str, ReadDay], Any]
    show: Callable[[Any], str]
    as_json: Callable[[Any], object]
    lines: bool = False
    """Whether it is multi-line text."""
    separator: str = ""
    """Separator between several values, empty for a single value."""
    plain: Callable[[Any], str] | None = None
    """Writes text for a file, if that differs from `show`."""
    choices: tuple[str, ...] = ()
    """The words to choose from, if it is one of a few. The first is empty if it may stay empty."""
    names: tuple[str, ...] = ()
    """What a form calls the choices, if not by their own words."""


def _iso(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _yes_or_no(text: str, unknown: bool | None) -> bool | None:
    known = {"yes": True, "y": True, "no": False, "n": False, "": unknown}
    if text.lower() not in known:
        raise InputError(f"Enter yes or no, not {text!r}.")
    return known[text.lower()]


def _whole_number(unit: str) -> Callable[[str, ReadDay], int | None]:
    def parse(text: str, read_day: ReadDay) -> int | None:
        if text and not (text.isascii() and text.isdigit()):
            raise InputError(f"{text!r} isn't a whole number of {unit}.")
        return int(text) if text else None

    return parse


def day(towards: Literal["future", "past", "near"] = "future") -> Kind:
    """A date."""
    return Kind(
        lambda text, read_day: read_day(text, towards) if text else None,
        lambda value: formats.dated_text(value) if value else "",
        _iso,
        plain=lambda value: _iso(value) or "",
    )


def whole_number(unit: str) -> Kind:
    """A whole number of days, months and so on."""
    return Kind(_whole_number(unit), lambda value: str(value or ""), lambda value: value)


def one_of(words: type[StrEnum], what: str, names: Mapping[str, str] | None = None) -> Kind:
    """One word out of several, or none. `names` are what a form calls some of them."""
    choices = ("", *words)
    called = tuple((names or {}).get(each, each) for each in choices)

    def parse(text: str, read_day: ReadDay) -> StrEnum | None:
        if text and text.lower() not in tuple(words):
            raise InputError(f"{what} must be one of {', '.join(words)}, not {text!r}.")
        return words(text.lower()) if text else None

    return Kind(parse, lambda value: value or "", lambda value: value and value.value, choices=choices, names=called)


def several(
    separator: str,
    show: Callable[[Any], str] = str,
    as_json: Callable[[Any], object] | None = None,
    plain: Callable[[Any], str] | None = None,
) -> Kind:
    """Several values, which `parse` leaves as strings."""
    return Kind(
        lambda text, read_day: [part for part in text.split(separator) if part.strip()],
        lambda values: f"{separator} ".join(show(value) for value in values),
        lambda values: [(as_json or show)(value) for value in values],
        separator=separator,
        plain=lambda values: f"{separator} ".join((plain or show)(value) for value in values),
    )


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    rounded = round(value, 2)
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)


def word(as_kept: Callable[[str], str], choices: Sequence[str] = (), what: str = "") -> Kind:
    """A word normalised by `as_kept`, and one of the choices if there are any, described by `what`, or none."""

    def parse(text: str, read_day: ReadDay) -> str:
        found = as_kept(text)
        if choices:
            check_choice(found, choices, what)
        return found

    return Kind(parse, lambda value: value, lambda value: value or None, choices=("", *choices) if choices else ())


def check_choice(word: str, allowed: Sequence[str], what: str) -> None:
    """Raise InputError for a word that is neither empty nor one of those allowed."""
    if word and word not in allowed:
        raise InputError(f"{word!r} isn't {what}. Use {', '.join(allowed)}.")


TEXT = Kind(lambda text, read_day: text, lambda value: value or "", lambda value: value or None)
LINES = Kind(
    lambda text, read_day: text.replace(LINE_END, "\n").replace(LINE_END.strip(), "\n"),
    lambda value: (value or "").replace("\n", LINE_END),
    lambda value: value or None,
    lines=True,
)
AMOUNT = Kind(
    lambda text, read_day: parse_amount(text, what="value") if text else None,
    lambda value: "" if value is None else formats.amount(value),
    _number,
)
YES = Kind(
    lambda text, read_day: _yes_or_no(text, False), lambda value: "yes" if value else "", bool, choices=("", "yes")
)
YES_OR_UNKNOWN = Kind(
    lambda text, read_day: _yes_or_no(text, None),
    lambda value: {True: "yes", False: "no", None: ""}[value],
    lambda value: value,
    choices=("", "yes", "no"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """The declaration of one field of an entity.

    `label` and `hint` are shown on the form, which leaves out a field without a label. `group` is the heading of those
    that start with it, `completes` what known values complete it (`contact`, `company`, `tag`). `flags` are its
    command-line options, described by `help`. Without any it is read-only there. `column` is its name in an exported
    table, `longest` its limit in characters, `called` its name in messages if that differs. A `reference` names another
    entity: `show` returns its label, and typed text goes to the service unparsed.
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
    called: str = ""
    reference: Callable[[Any], str] | None = None
    group: str = ""
    completes: str = ""

    def show(self, entity: Any) -> str:
        """Return the field of an entity as text that parses back."""
        return self.reference(entity) if self.reference else self.kind.show(getattr(entity, self.name))

    def plain_text(self, entity: Any) -> str:
        """Return the field of an entity as text for a file: several lines as such, dates as ISO."""
        if self.reference or (self.kind.plain is None and not self.kind.lines):
            return self.show(entity)
        value = getattr(entity, self.name)
        return self.kind.plain(value) if self.kind.plain else value or ""

    def full_text(self, entity: Any) -> str:
        """Return the field of an entity as text to read: several lines as such."""
        return getattr(entity, self.name) or "" if self.kind.lines else self.show(entity)

    def parse(self, text: str, read_day: ReadDay) -> Any:
        """Parse text typed into the form. Raises InputError."""
        return by_id(text) if self.reference else self.kind.parse(text, read_day)


def check_lengths(entity: Any, fields: Iterable[Field], of: str) -> None:
    """Raise InputError if a text of an entity is too long. `of` is what the message calls the entity."""
    for field in fields:
        if field.longest and len(getattr(entity, field.name)) > field.longest:
            raise InputError(
                f"The {field.label.lower() or field.name} of {of} can have up to {field.longest:,} characters."
            ).at(field.name)


def by_id(text: str) -> str:
    """Return the id in ``12: Kim``, or the name as typed if there is no id."""
    number, colon, _ = text.partition(":")
    return number.strip() if colon and number.strip().isdigit() else text


def as_object(entity: Any, fields: Iterable[Field]) -> dict[str, object]:
    """Return an entity as a JSON object: its id, then its fields by name."""
    return {"id": entity.id} | {field.name: field.kind.as_json(getattr(entity, field.name)) for field in fields}


def as_texts(entity: Any | None, fields: Iterable[Field]) -> dict[str, str]:
    """Return the form's fields as text, all empty for a new entity."""
    return {field.name: "" if entity is None else field.show(entity) for field in fields if field.label}


def changed_fields(
    fields: Iterable[Field], values: Mapping[str, str], before: Mapping[str, str], read_day: ReadDay
) -> dict[str, Any]:
    """Return the fields whose text differs from `before`, parsed. Raises InputError."""
    found: dict[str, Any] = {}
    for field in fields:
        if field.label and values[field.name] != before[field.name].strip():
            try:
                found[field.name] = field.parse(values[field.name], read_day)
            except InputError as problem:
                problem.at(field.name)
                raise
    return found


def clean_fields(values: Mapping[str, Any], fields: Iterable[Field]) -> dict[str, Any]:
    """Return fields by name with clean text."""
    texts = {field.name: field.kind.lines for field in fields if field.kind in (TEXT, LINES)}
    return {
        name: clean(value, lines=texts[name]) if name in texts and isinstance(value, str) else value
        for name, value in values.items()
    }


def refuse_conflicts(current: Any, expected: Any, wanted: Mapping[str, Any], fields: Sequence[Field]) -> None:
    """Raise StateError if a field was changed since it was read as `expected`, to something other than `wanted`."""
    shown = {field.name: field for field in fields}
    changed = [name for name, value in wanted.items() if getattr(current, name) not in (getattr(expected, name), value)]
    refuse_overwriting(
        [
            (shown[name].called or name, shown[name].show(current)) if name in shown else (name, getattr(current, name))
            for name in changed
        ],
        *changed[:1],
    )
