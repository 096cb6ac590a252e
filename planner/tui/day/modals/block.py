"""The form for a block of a day or week: hours and kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time

from planner.domain import formats
from planner.domain.day.blocks import BLOCK_KINDS, KIND_WORDS, LONGEST_TITLE, Block, kind_word, read_kind
from planner.domain.errors import InputError
from planner.domain.typed.when import parse_when
from planner.domain.workdays import WEEKDAYS
from planner.tui.shared.form import Field, FormModal

ANY_DAY = datetime(2026, 1, 1)


@dataclass(frozen=True)
class BlockWanted:
    """The form's result: a validated block, its weekdays (none if it belongs to a single day), and the text typed."""

    block: Block
    weekdays: list[int]
    typed: dict[str, str]


class BlockModal(FormModal[BlockWanted]):
    """Form for a block. `weekdays` asks for its days too, `fixed` doesn't let the kind change."""

    def __init__(
        self,
        heading: str,
        typed: Mapping[str, str],
        problem: str = "",
        *,
        weekdays: bool = False,
        fixed: bool = False,
    ) -> None:
        self.HEADING = heading
        self.typed = dict(typed)
        self.fixed = fixed
        fields = [
            Field("start", "From", self.typed.get("start", ""), "e.g. 09:00", read_back=_read_back_clock),
            Field("end", "Until", self.typed.get("end", ""), "e.g. 10:30", read_back=_read_back_clock),
        ]
        if not fixed:
            fields.append(Field("kind", "Kind", kind_word(self.typed.get("kind", "")), choices=KIND_WORDS, own=True))
            fields.append(Field("title", "Name", self.typed.get("title", ""), "optional"))
        if weekdays:
            given = self.typed.get("days", "")
            fields.append(Field("days", "Days", given, "e.g. mon, mon-fri, sat,sun, all", read_back=read_back_days))
        self.weekly = weekdays
        super().__init__(fields, problem)

    def read(self, values: dict[str, str]) -> BlockWanted:
        kind = self.typed["kind"] if self.fixed else _read_kind(values["kind"])
        title = self.typed.get("title", "") if self.fixed else values["title"]
        for name, word in (("start", "starts"), ("end", "ends")):
            if not values[name]:
                raise InputError(f"Enter when it {word}, like 09:00.").at(name)
        start, end = _read_clock(values["start"]), _read_clock(values["end"])
        try:
            block = Block(start, end, kind, title)
        except InputError as problem:
            problem.at("end" if len(title) <= LONGEST_TITLE else "title")
            raise
        weekdays = parse_weekdays(values["days"]) if self.weekly else []
        return BlockWanted(block, weekdays, {**self.typed, **values})

    def preview(self, values: dict[str, str]) -> str:
        if not all(values[name] for name in ("start", "end")) or (not self.fixed and not values["kind"]):
            return ""
        wanted = self.read(values)
        days = read_back_days(values["days"]) if self.weekly else ""
        return f"{wanted.block}, {formats.duration(wanted.block.minutes)}" + (f", {days}" if days else "")


def _read_clock(text: str) -> time:
    """Parse a typed time. An hour alone is enough, and 24:00 is midnight."""
    if text.isdigit():
        text = f"{text}:00" if len(text) <= 2 else f"{text[:-2]}:{text[-2:]}"
    found = parse_when(f"today {'00:00' if text == '24:00' else text}", ANY_DAY).at
    assert found is not None
    return found


def _read_back_clock(text: str) -> str:
    return f"{_read_clock(text):%H:%M}"


def read_back_days(text: str) -> str:
    """Read back typed weekdays as ``Mon, Tue``."""
    return ", ".join(WEEKDAYS[day].capitalize()[:3] for day in parse_weekdays(text))


def _read_kind(text: str) -> str:
    """Complete a kind from the beginning of its name. Raises InputError about its field."""
    wanted = text.strip().lower()
    found = {read_kind(word) for word in (*KIND_WORDS, *BLOCK_KINDS) if wanted and word.startswith(wanted)}
    if len(found) == 1:
        return found.pop()
    try:
        return read_kind(text)
    except InputError as problem:
        problem.at("kind")
        raise


def parse_weekdays(text: str) -> list[int]:
    """Parse typed weekdays, 0 for Monday: ``mon-fri``, ``sat,sun``, ``all``."""
    from planner.services.day.week import weekdays

    return weekdays(text)
