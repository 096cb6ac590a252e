"""The form for a block of a day or week: hours and kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from planner.domain import formats
from planner.domain.day.blocks import BLOCK_KINDS, KIND_WORDS, Block, kind_word, read_kind
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
            Field("start", "From", self.typed.get("start", ""), "09:00"),
            Field("end", "Until", self.typed.get("end", ""), "10:30"),
        ]
        if not fixed:
            fields.append(Field("kind", "Kind", kind_word(self.typed.get("kind", "")), ", ".join(KIND_WORDS)))
            fields.append(Field("title", "Name", self.typed.get("title", ""), "optional"))
        if weekdays:
            fields.append(Field("days", "Days", self.typed.get("days", ""), "mon, mon-fri, sat,sun, all"))
        self.weekly = weekdays
        super().__init__(fields, problem)

    def read(self, values: dict[str, str]) -> BlockWanted:
        kind = self.typed["kind"] if self.fixed else _kind(values["kind"])
        title = self.typed.get("title", "") if self.fixed else values["title"]
        for name, word in (("start", "starts"), ("end", "ends")):
            if not values[name]:
                raise InputError(f"Enter when it {word}, like 09:00.")
        times = [parse_when(f"today {_clock(values[name])}", ANY_DAY).at for name in ("start", "end")]
        assert times[0] is not None
        assert times[1] is not None
        block = Block(times[0], times[1], kind, title)
        weekdays = parse_weekdays(values["days"]) if self.weekly else []
        return BlockWanted(block, weekdays, {**self.typed, **values})

    def preview(self, values: dict[str, str]) -> str:
        if not all(values[name] for name in ("start", "end")) or (not self.fixed and not values["kind"]):
            return ""
        wanted = self.read(values)
        days = ", ".join(WEEKDAYS[day].capitalize()[:3] for day in wanted.weekdays)
        return f"{wanted.block}, {formats.duration(wanted.block.minutes)}" + (f", {days}" if days else "")


def _clock(text: str) -> str:
    """Normalize a typed time. An hour alone is enough, and 24:00 is midnight."""
    if text.isdigit():
        text = f"{text}:00" if len(text) <= 2 else f"{text[:-2]}:{text[-2:]}"
    return "00:00" if text == "24:00" else text


def _kind(text: str) -> str:
    """Complete a kind from the beginning of its name."""
    wanted = text.strip().lower()
    found = {read_kind(word) for word in (*KIND_WORDS, *BLOCK_KINDS) if wanted and word.startswith(wanted)}
    return found.pop() if len(found) == 1 else read_kind(text)


def parse_weekdays(text: str) -> list[int]:
    """Parse typed weekdays, 0 for Monday: ``mon-fri``, ``sat,sun``, ``all``."""
    from planner.services.day.week import weekdays

    return weekdays(text)
