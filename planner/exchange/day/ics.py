"""Imports calendars: iCalendar files (RFC 5545) as other programs write them.

One broken event doesn't take the others along: it is left out, with its line and the reason.
"""

from __future__ import annotations

import codecs
import os
import re
import time as time_module
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field, replace

from planner.domain import formats
from planner.domain.day.events import Event, EventTime
from planner.domain.text import clean, plural
from planner.domain.workdays import Period
from planner.exchange.day.ics_event import RawEvent, Refused, Zones, error_text, read_event
from planner.exchange.day.ics_parts import MOST_EVENTS, Part, read_parts
from planner.exchange.day.ics_times import MOST_TIMES, Times, moment_key
from planner.exchange.day.ics_todo import TodoRow, read_todos
from planner.exchange.limits import TooSlow, time_limit
from planner.exchange.text_file import FileRefused, decode, read_bytes

LARGEST = 200 * 2**20
LONG = 5 * 2**20  # of a longer file, events that are over are passed over
MOST_TIMES_IN_ALL = 50_000
LONGEST_TITLE = 200
CANCELED, OURS = "it's canceled", "exported by planner itself"
NAMED = "X-WR-CALNAME:"  # in the stored text of an event, the calendar it came with
SECONDS_A_RULE = 1.5
SECONDS_A_FILE = 30.0


@dataclass
class Calendar:
    """A parsed iCalendar file: events with their times, UIDs of cancelled ones, and the lines of skipped ones by
    reason. `notices` are sentences. `title` is what the calendar calls itself, empty if it doesn't. A `whole` one has
    every event that is still on it. `unread` are the UIDs of events that are there but can't be read.
    `todos` and `skipped_tasks` are its tasks.
    """

    name: str
    title: str = ""
    events: list[Event] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    skipped: dict[str, list[int]] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    whole: bool = False
    unread: set[str] = field(default_factory=set)
    todos: list[TodoRow] = field(default_factory=list)
    skipped_tasks: dict[str, list[int]] = field(default_factory=dict)

    def skip_task(self, why: str, line: int) -> None:
        """Leave a to-do out."""
        self.skipped_tasks.setdefault(why, []).append(line)

    def skip(self, why: str, line: int) -> None:
        """Leave an event out."""
        self.skipped.setdefault(why, []).append(line)

    def notice(self, text: str) -> None:
        """Add a notice, unless it is there already."""
        if text not in self.notices:
            self.notices.append(text)


def read(
    path: str,
    reach: Period,
    *,
    encoding: str | None = None,
    own: Callable[[str], bool] = lambda uid: False,
    progress: Callable[[int], None] = lambda done: None,
) -> Calendar:
    """Read a calendar, filling in endless repetitions over `reach`. Raises FileRefused with a sentence.

    A folder is a calendar that another program keeps, with a file for each event (vdir). If one can't be read, it isn't
    `whole`. `own` says whether a UID is one that this planner exported. Such an event is left out.
    """
    if os.path.isdir(path):
        found, parts = _folder(path, encoding)
    else:
        found, parts = _file(read_bytes(path, LARGEST, "a calendar"), os.path.basename(path), reach, encoding)
    return _understood(found, parts, reach, own, frozenset(), progress)


def read_tasks(path: str, reach: Period, *, encoding: str | None = None) -> Calendar:
    """Read only the tasks of a calendar, without its events. Raises FileRefused."""
    if os.path.isdir(path):
        found, parts = _folder(path, encoding)
    else:
        found, parts = _file(read_bytes(path, LARGEST, "a calendar"), os.path.basename(path), reach, encoding)
    found.notices = [text for text in found.notices if "passed over" not in text]
    _take_tasks(found, parts, Zones([part for part in parts if part.kind == "VTIMEZONE"], found.notice))
    return found


def _take_tasks(found: Calendar, parts: Sequence[Part], zones: Zones) -> None:
    found.todos = read_todos(parts, zones, found.skip_task, found.title if found.whole else "")


def read_answer(
    raw: bytes, name: str, reach: Period, *, own: Callable[[str], bool], addresses: Set[str] = frozenset()
) -> Calendar:
    """Read what a server sent of a calendar, as `read` does a file. `addresses` are the rep's, in lower case. Raises
    FileRefused for what isn't a whole calendar.
    """
    if not re.match(rb"\s*BEGIN:VCALENDAR", raw.removeprefix(codecs.BOM_UTF8), re.IGNORECASE):
        what = "a web page" if re.search(rb"<(!doctype )?html", raw[:2_000], re.IGNORECASE) else "something else"
        raise FileRefused(f"it is {what}, not a calendar" if raw.strip() else "it is empty")
    if not re.search(rb"END:VCALENDAR\s*$", raw[-1_000:], re.IGNORECASE):
        raise FileRefused("it ends in the middle")
    found, parts = _file(raw, name, reach, None)
    found.whole = True
    return _understood(found, parts, reach, own, addresses)


def _understood(
    found: Calendar,
    parts: Sequence[Part],
    reach: Period,
    own: Callable[[str], bool],
    addresses: Set[str],
    progress: Callable[[int], None] = lambda done: None,
) -> Calendar:
    """Take the events of a calendar's parts into it."""
    name = found.name
    zones = Zones([part for part in parts if part.kind == "VTIMEZONE"], found.notice)
    _take_tasks(found, parts, zones)
    # Google names a calendar after its owner's address
    own_addresses = frozenset({*addresses, *([found.title.lower()] if "@" in found.title else [])})
    raw: list[RawEvent] = []
    for part in parts:
        if part.kind != "VEVENT":
            continue
        try:
            raw.append(read_event(part, zones, own_addresses))
        except Refused as why:
            found.skip(str(why), part.line)
            found.unread |= part.values("UID")
    deadline, times = time_module.monotonic() + SECONDS_A_FILE, 0
    for number, group in enumerate(_group(raw), start=1):
        if time_module.monotonic() > deadline:
            raise FileRefused(f"{name}: its repeating events take too long to work out. Nothing was changed.")
        if own(group[0].uid):
            found.skip(OURS, group[0].line)
            continue
        _take_in(found, group, zones, reach)
        times += len(found.events[-1].times) if found.events else 0
        if times > MOST_TIMES_IN_ALL:
            raise FileRefused(
                f"{name}: its events repeat more than {MOST_TIMES_IN_ALL:,} times. Nothing was changed. Split the file."
            )
        progress(number)
    return found


def _file(raw: bytes, name: str, reach: Period, encoding: str | None) -> tuple[Calendar, list[Part]]:
    text, _ = decode(raw, name, encoding)
    parts, passed = read_parts(text, name, reach.first if len(raw) > LONG else None)
    found = Calendar(name, _title(text))
    if passed:
        ended = plural(passed, "event that", "events that")
        found.notice(f"{ended} ended before {formats.dated_text(reach.first)} passed over, since the file is so large.")
    return found, parts


def _folder(path: str, encoding: str | None) -> tuple[Calendar, list[Part]]:
    name = os.path.basename(os.path.abspath(path))
    files = sorted(each for each in os.listdir(path) if each.lower().endswith(".ics"))
    if not files:
        raise FileRefused(f"{name} has no calendar files (.ics).")
    if len(files) > MOST_EVENTS:
        raise FileRefused(f"{name} has more than {MOST_EVENTS:,} files. Nothing was changed.")
    found, parts = Calendar(name, _display_name(path) or name, whole=True), []
    for each in files:
        try:
            text, _ = decode(read_bytes(os.path.join(path, each), LONG, "an event"), each, encoding)
            parts += read_parts(text, each)[0]
        except FileRefused as why:
            found.whole = False
            found.notice(str(why).replace(" Nothing was changed.", ""))
    return found, parts


def _display_name(path: str) -> str:
    """Return what a folder's calendar is called, by the file that vdirsyncer writes."""
    try:
        with open(os.path.join(path, "displayname"), encoding="utf-8", errors="replace") as file:
            return clean(file.read(LONGEST_TITLE))
    except OSError:
        return ""


def times_of(source: str, reach: Period) -> tuple[EventTime, ...]:
    """Return the times of a stored event over another reach. What was imported once can be parsed again."""
    parts, _ = read_parts(source, "event")
    zones = Zones([part for part in parts if part.kind == "VTIMEZONE"], Calendar("event").notice)
    with time_limit(SECONDS_A_RULE):
        return Times([read_event(part, zones) for part in parts if part.kind == "VEVENT"], reach).expand()


def _group(raw: Iterable[RawEvent]) -> list[list[RawEvent]]:
    """Group events by UID: the repeating one, then replacements of single times. The newest edition wins."""
    groups: dict[str, dict[object, RawEvent]] = {}
    for each in raw:
        group = groups.setdefault(each.uid, {})
        key = moment_key(each.replaces) if each.replaces is not None else None
        if key not in group or group[key].order <= each.order:
            group[key] = each
    return [
        sorted(group.values(), key=lambda each: (each.replaces is not None, str(each.replaces)))
        for group in groups.values()
    ]


def _take_in(found: Calendar, group: list[RawEvent], zones: Zones, reach: Period) -> None:
    """Expand the times of one UID and add its event."""
    main = group[0]
    if main.cancelled and main.replaces is None:
        found.cancelled.append(main.uid)
        found.skip(CANCELED, main.line)
        return
    times = Times(group, reach)
    try:
        all_times = _expand(times)
    except Refused as why:
        # without its rule, the meeting stands where it starts
        found.notice(f"line {main.line}: {why}. Only its first time is imported.")
        group = [replace(main, part=main.part.without("RRULE", "EXRULE"), rules=(), not_rules=()), *group[1:]]
        main, times = group[0], Times(group, reach)
        all_times = _expand(times)
    if not all_times and not times.endless:
        found.skip("it never occurs", main.line)
        return
    if len(all_times) >= MOST_TIMES:
        found.notice(f"line {main.line}: it repeats very often, so only the first {MOST_TIMES:,} times are imported.")
    names = {str(event.part.lines) for event in group}
    used = [zones.parts[name] for name in _zone_names(names) if name in zones.parts]
    source = "".join(part.text() for part in [*used, *(event.part.essentials() for event in group)])
    until = reach.last if times.endless else None
    found.events.append(Event(main.uid, main.title, all_times, _wrapped(source, found.title), main.place, until))


def _expand(times: Times) -> tuple[EventTime, ...]:
    """Return the times of an event. Raises Refused for a rule that can't be used."""
    try:
        with time_limit(SECONDS_A_RULE):
            return times.expand()
    except TooSlow as error:
        raise Refused("its repeat rule takes too long to work out") from error
    except (TypeError, KeyError, IndexError, OverflowError, AttributeError) as error:
        raise Refused(f"its repeat rule can't be read ({error_text(error)})") from error
    except Refused:
        raise
    except ValueError as error:
        raise Refused(f"its repeat rule can't be read ({error_text(error)})") from error


def _zone_names(texts: Iterable[str]) -> list[str]:
    names = {
        name.strip('"\\') for text in texts for name in re.findall(r"TZID=(\"[^\"]*\"|[^:;,']*)", text, re.IGNORECASE)
    }
    return sorted(names)


def _title(text: str) -> str:
    """Return the name that a calendar gives itself (Google, Apple and Outlook do)."""
    named = re.search(r"^X-WR-CALNAME[^:\r\n]*:(.*)$", text, re.MULTILINE | re.IGNORECASE)
    return "" if named is None else clean(named[1])[:LONGEST_TITLE]


def _wrapped(body: str, title: str) -> str:
    named = f"{NAMED}{title}\r\n" if title else ""
    return f"BEGIN:VCALENDAR\r\n{named}{body}END:VCALENDAR\r\n"
