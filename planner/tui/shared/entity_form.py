"""Base of the forms of an entity, made from the declarations of its fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from planner.domain import fields
from planner.domain.errors import InputError
from planner.domain.typed.moment import Towards
from planner.domain.typed.when import parse_when
from planner.tui.shared.form import Field, FormModal


@dataclass(frozen=True)
class Edited:
    """The result of an entity's form: the `fields` that differ from before, parsed, and the texts of all of them."""

    fields: dict[str, Any]
    typed: dict[str, str]

    @property
    def changed(self) -> dict[str, str]:
        """The texts of the changed fields."""
        return {name: text for name, text in self.typed.items() if name in self.fields}


class EntityModal(FormModal[Edited]):
    """Form for the fields of an entity. A subclass defines them, and which can't be empty."""

    FIELDS: Sequence[fields.Field] = ()
    NEEDED: ClassVar[tuple[str, str]] = ("", "")
    """The field that can't be empty, and the sentence that says so."""
    CONTINUED: ClassVar[Sequence[str] | None] = None
    """The fields in which typing continues the text instead of replacing it. None for all."""

    def __init__(
        self,
        now: datetime,
        entity: object | None,
        typed: Mapping[str, str] | None = None,
        problem: str = "",
        **there: str,
    ) -> None:
        self.now = now
        self.before = fields.as_texts(entity, self.FIELDS)
        values = self.before | there | dict(typed or {})
        self.REQUIRED = self.NEEDED[:1] if self.NEEDED[0] else ()  # type: ignore[misc]
        super().__init__([self._field(each, values[each.name]) for each in self.FIELDS if each.label], problem)

    def _field(self, declared: fields.Field, value: str) -> Field:
        return Field(
            declared.name,
            declared.label,
            value,
            declared.hint,
            lines=declared.kind.lines,
            continued=self.CONTINUED is None or declared.name in self.CONTINUED,
            choices=declared.kind.choices,
            names=declared.kind.names,
            read_back=None if declared.reference else lambda text: self._read_back(declared.kind, text),
            completes=declared.completes,
            group=declared.group,
        )

    def _read_day(self, text: str, towards: Towards) -> date:
        return parse_when(text, self.now, towards=towards).day

    def _read_back(self, kind: fields.Kind, text: str) -> str:
        """Return the text of what was typed as it will be saved."""
        return "" if kind.lines or kind.separator else kind.show(kind.parse(text, self._read_day))

    def check(self, field: Field, text: str) -> None:
        if text != self.before[field.name].strip():
            super().check(field, text)

    def read(self, values: dict[str, str]) -> Edited:
        name, sentence = self.NEEDED
        if name and not values[name]:
            raise InputError(sentence).at(name)
        return Edited(fields.changed_fields(self.FIELDS, values, self.before, self._read_day), values)
