"""Parses the structure of an iCalendar file: its components, line by line, so that errors name their line."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from planner.domain.text import clean
from planner.exchange.text_file import FileRefused

LONGEST_LINE = 2**20
MOST_LINES = 100_000  # of one component
MOST_DEEP = 20
MOST_EVENTS = 20_000
KEPT = frozenset(
    ["UID", "SUMMARY", "LOCATION", "STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS", "DTSTART", "DTEND", "DURATION",
     "RRULE", "EXRULE", "RDATE", "EXDATE", "RECURRENCE-ID"]
)  # fmt: skip
_NAME = re.compile(r"[;:]")


@dataclass(frozen=True, slots=True)
class Part:
    """A component of the file: its kind in capitals, the line it starts on (from 1), and its own lines."""

    kind: str
    line: int
    lines: tuple[str, ...]

    def essentials(self) -> Part:
        """The part with only what and when: no guests, and no stamps, which change with every export."""
        if self.kind != "VEVENT":
            return self
        return replace(
            self, lines=tuple(line for line in self.lines if _NAME.split(line, maxsplit=1)[0].upper() in KEPT)
        )

    def without(self, *names: str) -> Part:
        """The part without some properties."""
        return replace(
            self, lines=tuple(line for line in self.lines if _NAME.split(line, maxsplit=1)[0].upper() not in names)
        )

    def values(self, name: str) -> set[str]:
        """The values of a property as plain text, also of a part that can't be read as a whole."""
        heads = (line.partition(":") for line in self.lines)
        return {clean(value) for head, _, value in heads if _NAME.split(head, maxsplit=1)[0].upper() == name}

    def text(self) -> str:
        """The part as a file would hold it."""
        body = "".join(f"{line}\r\n" for line in self.lines)
        return f"BEGIN:{self.kind}\r\n{body}END:{self.kind}\r\n"


def read_parts(text: str, name: str, since: date | None = None) -> tuple[list[Part], int]:
    """Return the events, tasks and time zones of all calendars in a file. Raises FileRefused for a broken structure.

    Events that were over before `since` are passed over while reading, and counted. A mailbox of ten years has a
    hundred for each to come.
    """
    if not text.strip():
        raise FileRefused(f"{name} is empty.")
    structure = _Structure(name, since)
    for number, line in _logical(text, name):
        word, colon, value = line.partition(":")
        word, value = word.strip().upper(), value.strip().upper()
        if colon and word == "BEGIN":
            structure.begin(value, number)
        elif colon and word == "END":
            structure.end(value, number)
        else:
            structure.add(line, number)
    return structure.parts(), structure.passed


@dataclass(frozen=True, slots=True)
class _Open:
    """A component that has begun and not yet ended."""

    kind: str
    line: int
    lines: list[str] = field(default_factory=list)


class _Structure:
    """Builds the tree of a file's components as it meets BEGIN and END."""

    def __init__(self, name: str, since: date | None) -> None:
        self.name, self.since = name, since
        self.passed = 0
        self._open: list[_Open] = []
        self._found: list[Part] = []
        self._calendars = 0

    def begin(self, kind: str, number: int) -> None:
        """Open a component."""
        self._calendars += kind == "VCALENDAR"
        self._open.append(_Open(kind, number))
        if len(self._open) > MOST_DEEP:
            raise FileRefused(
                f"{self.name}, line {number}: nested more than {MOST_DEEP} levels deep, so this isn't a calendar."
            )

    def end(self, kind: str, number: int) -> None:
        """Close the innermost component, and keep it if it is an event or a time zone."""
        if not self._open:
            raise FileRefused(f"{self.name}, line {number}: END without a BEGIN. Nothing was changed.")
        ended = self._open.pop()
        if ended.kind != kind:
            raise FileRefused(
                f"{self.name}, line {number}: END:{clean(kind)[:40]} doesn't match the {clean(ended.kind)[:40]} "
                f"that starts on line {ended.line}. Nothing was changed."
            )
        outer = [each.kind for each in self._open]
        if outer and "VCALENDAR" not in outer:
            return
        part = Part(kind, ended.line, tuple(ended.lines))
        if kind == "VEVENT" and self.since is not None and _is_over(part, self.since):
            self.passed += 1
        elif kind in ("VEVENT", "VTIMEZONE", "VTODO"):
            self._found.append(part)
        elif outer and outer[-1] == "VTIMEZONE":
            self._open[-1].lines.extend(part.text().split("\r\n")[:-1])
        if len(self._found) > MOST_EVENTS:
            raise FileRefused(f"{self.name} has more than {MOST_EVENTS:,} events. Nothing was changed. Split the file.")

    def add(self, line: str, number: int) -> None:
        """Add a line to the innermost component. Lines outside any are passed over."""
        if not self._open:
            return
        inner = self._open[-1]
        if len(inner.lines) > MOST_LINES:
            raise FileRefused(f"{self.name}, line {number}: a {inner.kind} that never ends. Nothing was changed.")
        inner.lines.append(line)

    def parts(self) -> list[Part]:
        """Return the events and time zones of the whole file."""
        if self._open:
            inner = self._open[-1]
            what = clean(inner.kind)[:40] or "component"
            raise FileRefused(
                f"{self.name} ends in the middle of the {what} that starts on line {inner.line}. Nothing was changed."
            )
        if not self._calendars and not any(part.kind == "VEVENT" for part in self._found):
            raise FileRefused(f"{self.name} isn't a calendar: it has no BEGIN:VCALENDAR line.")
        return self._found


_DAY = re.compile(r"\d{8}")


def _is_over(part: Part, since: date) -> bool:
    """Whether an event surely ended before a day. Its zone may be a day off."""
    values: dict[str, str] = {}
    for line in part.lines:
        head, _, value = line.partition(":")
        values.setdefault(_NAME.split(head, maxsplit=1)[0].upper(), value.upper())
    if "RDATE" in values or "DURATION" in values:
        return False
    rule = values.get("RRULE", "")
    ends = re.search(r"UNTIL=(\d{8})", rule)
    last = ends[1] if ends else "" if rule else values.get("DTEND", values.get("DTSTART", ""))
    found = _DAY.match(last)
    return found is not None and found[0] < f"{since - timedelta(days=2):%Y%m%d}"


def _without_end(line: str) -> str:
    return line.removesuffix("\n")


def _logical(text: str, name: str) -> Iterator[tuple[int, str]]:
    """Yield unfolded lines with the number of their first line, without blank lines and control characters."""
    begun, current = 0, ""
    for number, line in enumerate(map(_without_end, io.StringIO(text, newline=None)), start=1):
        if len(line) > LONGEST_LINE or len(current) > LONGEST_LINE:
            raise FileRefused(
                f"{name}, line {number}: a line of over {LONGEST_LINE:,} characters. Nothing was changed."
            )
        if line[:1] in (" ", "\t") and current:
            current += line[1:]
            continue
        if current:
            yield begun, current
        begun, current = number, line.strip("\ufeff\x0c\x1a") if line.strip() else ""
    if current:
        yield begun, current
