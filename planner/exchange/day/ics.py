"""Calendar import: iCalendar files (RFC 5545) as other programs write them.

The library `icalendar` parses values (dates, zones by IANA, Windows and vendor names, rules, text), and dateutil
expands the rules. The structure around the events is read here, line by line, so that errors name their line and one
broken event doesn't take the others along.
"""

from __future__ import annotations

import hashlib
import os
import re
import time as time_module
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from dateutil.rrule import rrule, rruleset, rrulestr
from icalendar import Event as IcsEvent
from icalendar import Timezone

from planner.domain.day.events import EPOCH, UTC, Event, EventTime
from planner.domain.text import clean
from planner.domain.workdays import Period
from planner.exchange.limits import TooSlow, time_limit
from planner.exchange.text_file import FileRefused, decoded, read_bytes

LARGEST = 5 * 2**20
LONGEST_LINE = 2**20
MOST_DEEP = 20
MOST_EVENTS = 20_000
MOST_TIMES = 2_000
MOST_TIMES_IN_ALL = 50_000
SECONDS_A_RULE = 1.5
SECONDS_A_FILE = 30.0
LONGEST_TEXT = 500
FIRST, LAST = datetime(1900, 1, 1), datetime(2200, 1, 1)
KEPT = frozenset(
    ["UID", "SUMMARY", "LOCATION", "STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS", "DTSTART", "DTEND", "DURATION",
     "RRULE", "EXRULE", "RDATE", "EXDATE", "RECURRENCE-ID"]
)  # fmt: skip
_NAME = re.compile(r"[;:]")
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY", "MINUTELY", "SECONDLY")


class Refused(ValueError):
    """Why an event can't be imported, as part of a sentence."""


@dataclass(frozen=True, slots=True)
class Part:
    """A component of the file: its kind in capitals, the line it starts on (from 1), and its own lines."""

    kind: str
    line: int
    lines: tuple[str, ...]

    def kept(self) -> Part:
        """The part with only what and when: no guests, and no stamps, which change with every export."""
        if self.kind != "VEVENT":
            return self
        return replace(
            self, lines=tuple(line for line in self.lines if _NAME.split(line, maxsplit=1)[0].upper() in KEPT)
        )

    def text(self) -> str:
        """The part as a file would hold it."""
        body = "".join(f"{line}\r\n" for line in self.lines)
        return f"BEGIN:{self.kind}\r\n{body}END:{self.kind}\r\n"


@dataclass
class Calendar:
    """The contents of a file: events with their times, UIDs of cancelled ones, and the lines of skipped ones by reason.
    `notices` are sentences.
    """

    name: str
    events: list[Event] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    skipped: dict[str, list[int]] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)

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

    `own` says whether a UID is one that this planner exported. Such an event is left out.
    """
    name = os.path.basename(path)
    text, _ = decoded(read_bytes(path, LARGEST, "a calendar"), name, encoding)
    parts = _parts(text, name)
    found = Calendar(name)
    zones = _Zones([part for part in parts if part.kind == "VTIMEZONE"], found)
    raw: list[_Raw] = []
    for part in parts:
        if part.kind != "VEVENT":
            continue
        try:
            raw.append(_event(part, zones))
        except Refused as why:
            found.skip(str(why), part.line)
    deadline, times = time_module.monotonic() + SECONDS_A_FILE, 0
    for number, group in enumerate(_grouped(raw), start=1):
        if time_module.monotonic() > deadline:
            raise FileRefused(f"{name}: working out when its events come takes too long; nothing was changed.")
        if own(group[0].uid):
            found.skip("this planner wrote it out itself", group[0].line)
            continue
        _take_in(found, group, zones, reach)
        times += len(found.events[-1].times) if found.events else 0
        if times > MOST_TIMES_IN_ALL:
            raise FileRefused(
                f"{name}: its events come more than {MOST_TIMES_IN_ALL:,} times in reach; nothing was changed. "
                "Split it."
            )
        progress(number)
    return found


def times_of(source: str, reach: Period) -> tuple[EventTime, ...]:
    """Return the times of a stored event over another reach. What was imported once can be parsed again."""
    parts = _parts(source, "event")
    zones = _Zones([part for part in parts if part.kind == "VTIMEZONE"], Calendar("event"))
    with time_limit(SECONDS_A_RULE):
        return _Times([_event(part, zones) for part in parts if part.kind == "VEVENT"], reach).all()


# structure


def _logical(text: str, name: str) -> Iterator[tuple[int, str]]:
    """Yield unfolded lines with the number of their first line, without blank lines and control characters."""
    begun, current = 0, ""
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        if len(line) > LONGEST_LINE or len(current) > LONGEST_LINE:
            raise FileRefused(
                f"{name}, line {number}: a line of over {LONGEST_LINE:,} characters; nothing was changed."
            )
        if line[:1] in (" ", "\t") and current:
            current += line[1:]
            continue
        if current:
            yield begun, current
        begun, current = number, line.strip("\ufeff\x0c\x1a") if line.strip() else ""
    if current:
        yield begun, current


def _parts(text: str, name: str) -> list[Part]:
    """Return the events and time zones of every calendar in the file. Raises FileRefused for a broken structure."""
    if not text.strip():
        raise FileRefused(f"{name} is empty.")
    found: list[Part] = []
    stack: list[tuple[str, int, list[str]]] = []
    calendars = 0
    for number, line in _logical(text, name):
        word, colon, value = line.partition(":")
        word, value = word.strip().upper(), value.strip().upper()
        if colon and word == "BEGIN":
            calendars += value == "VCALENDAR"
            stack.append((value, number, []))
            if len(stack) > MOST_DEEP:
                raise FileRefused(
                    f"{name}, line {number}: nested more than {MOST_DEEP} levels deep; this is not a calendar."
                )
            continue
        if colon and word == "END":
            if not stack:
                raise FileRefused(f"{name}, line {number}: END without its beginning; nothing was changed.")
            kind, begun, lines = stack.pop()
            if kind != value:
                raise FileRefused(
                    f"{name}, line {number}: END:{clean(value)[:40]}, but what began on line {begun} is a "
                    f"{clean(kind)[:40]}; nothing was changed."
                )
            inside = [outer for outer, _, _ in stack]
            if "VCALENDAR" in inside or not stack:
                if kind in ("VEVENT", "VTIMEZONE"):
                    found.append(Part(kind, begun, tuple(lines)))
                elif inside and inside[-1] == "VTIMEZONE":
                    stack[-1][2].extend(Part(kind, begun, tuple(lines)).text().split("\r\n")[:-1])
            if len(found) > MOST_EVENTS:
                raise FileRefused(f"{name} has more than {MOST_EVENTS:,} events; nothing was changed. Split it.")
            continue
        if stack:
            if len(stack[-1][2]) > 100_000:
                raise FileRefused(f"{name}, line {number}: a {stack[-1][0]} without end; nothing was changed.")
            stack[-1][2].append(line)
    if stack:
        kind, begun, _ = stack[-1]
        what = clean(kind)[:40] or "component"
        raise FileRefused(f"{name} breaks off in the {what} that begins on line {begun}; nothing was changed.")
    if not calendars and not any(part.kind == "VEVENT" for part in found):
        raise FileRefused(f"{name} is no calendar: nothing in it begins with BEGIN:VCALENDAR.")
    return found


# time zones


class _Zones:
    """The zones that a file defines itself, for names that are otherwise unknown."""

    def __init__(self, parts: Sequence[Part], calendar: Calendar) -> None:
        self.parts = {_zone_name(part): part for part in parts}
        self.calendar = calendar
        self._made: dict[str, tzinfo | None] = {}

    def of(self, name: str) -> tzinfo | None:
        """Return a zone whose name isn't an IANA, Windows or vendor name, or None (local time) if it is unknown."""
        name = name.strip('" ')
        if not name:
            return None
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def _make(self, name: str) -> tzinfo | None:
        part = self.parts.get(name)
        if part is not None:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    with time_limit(SECONDS_A_RULE):
                        zone: Any = Timezone.from_ical(part.text())
                        made: tzinfo = zone.to_tz(lookup_tzid=False)
                        made.utcoffset(datetime(2026, 1, 1))
                        return made
            except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, TooSlow):
                self.calendar.notice(
                    f"line {part.line}: the time zone {clean(name)[:60]!r} can't be used; its times are taken as local."
                )
                return None
        self.calendar.notice(f"The time zone {clean(name)[:60]!r} is not known; its times are taken as local.")
        return None


def _zone_name(part: Part) -> str:
    for line in part.lines:
        if line.upper().startswith("TZID"):
            return line.partition(":")[2].strip('" ')
    return ""


# one event


@dataclass(frozen=True, slots=True)
class _Raw:
    """A VEVENT as it stands in the file. `start` is a date, or a naive (floating) or aware time."""

    part: Part
    uid: str
    title: str
    place: str
    start: date | datetime
    length: timedelta
    rules: tuple[str, ...]
    not_rules: tuple[str, ...]
    extra: tuple[tuple[date | datetime, timedelta | None], ...]
    without: tuple[date | datetime, ...]
    replaces: date | datetime | None
    and_later: bool
    cancelled: bool
    busy: bool
    order: tuple[int, str, int]

    @property
    def line(self) -> int:
        """The line of the file it starts on."""
        return self.part.line

    @property
    def all_day(self) -> bool:
        """Whether it takes whole days."""
        return not isinstance(self.start, datetime)


def _event(part: Part, zones: _Zones) -> _Raw:
    """Parse one event. Raises Refused with the reason it can't be imported."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's guesses at odd zone names are welcome
        try:
            event: Any = IcsEvent.from_ical(part.text())
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            raise Refused(f"it can't be read ({_short(error)})") from error
        try:
            return _fields(part, event, zones)
        except Refused:
            raise
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError) as error:
            raise Refused(f"it can't be read ({_short(error)})") from error


def _beside(start: date | datetime, moment: date | datetime) -> date | datetime:
    """Return a time that refers to one of an event's, as wall-clock time in the event's zone if it has none."""
    if isinstance(start, datetime) and isinstance(moment, datetime) and moment.tzinfo is None:
        return moment.replace(tzinfo=start.tzinfo)
    return moment


def _short(error: Exception) -> str:
    named = re.search(r"broken property '([A-Z-]+)'", str(error))
    if named:
        return f"its {named[1]} is none"
    return clean(str(error))[:120] or type(error).__name__


def _fields(part: Part, event: Any, zones: _Zones) -> _Raw:
    start = _one(event, "DTSTART", zones)
    if start is None:
        raise Refused("it has no beginning (DTSTART)")
    if not isinstance(start, date):
        raise Refused("its beginning is not a date")
    length = _length(event, start, zones)
    replaces = _one(event, "RECURRENCE-ID", zones)
    title = clean(str(_first(event, "SUMMARY") or ""))[:LONGEST_TEXT] or "(no title)"
    uid = clean(str(_first(event, "UID") or ""))[:LONGEST_TEXT]
    if not uid:
        uid = "none-" + hashlib.sha256(f"{title}|{start}".encode()).hexdigest()[:24]
    status = str(_first(event, "STATUS") or "").upper()
    shown_as = str(_first(event, "X-MICROSOFT-CDO-BUSYSTATUS") or "").upper()
    transparent = str(_first(event, "TRANSP") or "").upper() == "TRANSPARENT"
    free = shown_as == "FREE" or (transparent and shown_as != "OOF")  # out of office doesn't count as free
    ids = _first(event, "RECURRENCE-ID")
    later = ids is not None and str(ids.params.get("RANGE", "")).upper() == "THISANDFUTURE"
    return _Raw(
        part=part,
        uid=uid,
        title=title,
        place=clean(str(_first(event, "LOCATION") or ""))[:LONGEST_TEXT],
        start=start,
        length=length,
        rules=tuple(rule.to_ical().decode() for rule in _every(event, "RRULE")),
        not_rules=tuple(rule.to_ical().decode() for rule in _every(event, "EXRULE")),
        extra=tuple(_read_list(part, event, "RDATE", zones)),
        without=tuple(_beside(start, moment) for moment, _ in _read_list(part, event, "EXDATE", zones)),
        replaces=_beside(start, replaces) if isinstance(replaces, date) else None,
        and_later=later,
        cancelled=status == "CANCELLED",
        busy=not free,
        order=(_sequence(event), str(getattr(_first(event, "DTSTAMP"), "dt", "")), part.line),
    )


def _first(event: Any, name: str) -> Any:
    found = event.get(name)
    return found[0] if isinstance(found, list) else found


def _every(event: Any, name: str) -> list[Any]:
    found = event.get(name)
    return found if isinstance(found, list) else [] if found is None else [found]


def _sequence(event: Any) -> int:
    try:
        return int(_first(event, "SEQUENCE") or 0)
    except (TypeError, ValueError):
        return 0


def _one(event: Any, name: str, zones: _Zones) -> Any:
    value = _first(event, name)
    return None if value is None else _zoned(value.dt, value.params, zones)


def _zoned(value: Any, params: Any, zones: _Zones) -> Any:
    """Return a value in its zone. The library knows IANA, Windows and vendor names, the file itself the others."""
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None and params.get("TZID"):
        zone = zones.of(str(params["TZID"]))
        if zone is not None:
            value = value.replace(tzinfo=zone)
    if not FIRST <= value.replace(tzinfo=None) < LAST:
        raise Refused(f"it is in the year {value.year}")
    return value


def _length(event: Any, start: date, zones: _Zones) -> timedelta:
    """Return an event's length: by its end, its duration, or the standard's default for neither."""
    whole = not isinstance(start, datetime)
    end = _one(event, "DTEND", zones)
    if end is None and _first(event, "DURATION") is not None:
        length = _first(event, "DURATION").dt
        if not isinstance(length, timedelta):
            raise Refused("its duration is none")
    elif end is None:
        length = timedelta(days=1) if whole else timedelta(0)
    elif isinstance(end, datetime) and isinstance(start, datetime):
        if (end.tzinfo is None) != (start.tzinfo is None):
            end, start = end.replace(tzinfo=None), start.replace(tzinfo=None)
        # wall-clock time, not instants: a meeting across a clock change keeps its end
        length = end - start if end.tzinfo is start.tzinfo else end.astimezone(UTC) - start.astimezone(UTC)
    elif isinstance(end, date):
        length = _midnight(end) - _midnight(start)
    else:
        raise Refused("its end is not a date")
    if length < timedelta(0):
        raise Refused("it ends before it begins")
    if length > timedelta(days=3660):
        raise Refused("it lasts over ten years")
    return max(length, timedelta(days=1)) if whole else length


def _midnight(day: date) -> datetime:
    return datetime.combine(day if not isinstance(day, datetime) else day.date(), time())


def _read_list(part: Part, event: Any, name: str, zones: _Zones) -> list[tuple[date | datetime, timedelta | None]]:
    """Return the dates of RDATE or EXDATE. A list that can't be read is noted, but doesn't cost the event."""
    try:
        return list(_listed(event, name, zones))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        if any(line.upper().startswith(name) and line.partition(":")[2].strip() for line in part.lines):
            zones.calendar.notice(f"line {part.line}: dates of this event ({name}) can't be read and are passed over.")
        return []


def _listed(event: Any, name: str, zones: _Zones) -> Iterator[tuple[date | datetime, timedelta | None]]:
    """Yield the dates of RDATE or EXDATE, with the length of a period."""
    for dates in _every(event, name):
        for each in getattr(dates, "dts", [dates]):
            value, params = each.dt, dates.params
            if isinstance(value, tuple):
                begin = _zoned(value[0], params, zones)
                yield begin, value[1] if isinstance(value[1], timedelta) else _zoned(value[1], params, zones) - begin
            elif isinstance(value, date):
                yield _zoned(value, params, zones), None


def _grouped(raw: Iterable[_Raw]) -> list[list[_Raw]]:
    """Group events by UID: the repeating one, then replacements of single times. The newest edition wins."""
    groups: dict[str, dict[object, _Raw]] = {}
    for each in raw:
        group = groups.setdefault(each.uid, {})
        key = _key(each.replaces) if each.replaces is not None else None
        if key not in group or group[key].order <= each.order:
            group[key] = each
    return [
        sorted(group.values(), key=lambda each: (each.replaces is not None, str(each.replaces)))
        for group in groups.values()
    ]


def _key(moment: date | datetime) -> object:
    """Return what makes two times equal: the instant, or else the text."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC) if moment.tzinfo is not None else moment
    return moment


def _take_in(found: Calendar, group: list[_Raw], zones: _Zones, reach: Period) -> None:
    """Expand the times of one UID and add its event."""
    main = group[0]
    if main.cancelled and main.replaces is None:
        found.cancelled.append(main.uid)
        found.skip("it is cancelled", main.line)
        return
    times = _Times(group, reach)
    try:
        with time_limit(SECONDS_A_RULE):
            all_times = times.all()
    except TooSlow:
        found.skip("its rule takes too long to work out", main.line)
        return
    except Refused as why:
        found.skip(str(why), main.line)
        return
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError) as error:
        found.skip(f"its rule can't be worked out ({_short(error)})", main.line)
        return
    if not all_times and not times.endless:
        found.skip("it never comes", main.line)
        return
    if len(all_times) >= MOST_TIMES:
        found.notice(f"line {main.line}: it comes very often; the first {MOST_TIMES:,} times are taken in.")
    names = {str(event.part.lines) for event in group}
    used = [zones.parts[name] for name in _zone_names(names) if name in zones.parts]
    source = "".join(part.text() for part in [*used, *(event.part.kept() for event in group)])
    until = reach.last if times.endless else None
    found.events.append(Event(main.uid, main.title, all_times, _wrapped(source), main.place, until))


def _zone_names(texts: Iterable[str]) -> list[str]:
    names = {
        name.strip('"\\') for text in texts for name in re.findall(r"TZID=(\"[^\"]*\"|[^:;,']*)", text, re.IGNORECASE)
    }
    return sorted(names)


def _wrapped(body: str) -> str:
    return f"BEGIN:VCALENDAR\r\n{body}END:VCALENDAR\r\n"


class _Times:
    """The times of a group with one UID."""

    def __init__(self, group: list[_Raw], reach: Period) -> None:
        self.group, self.reach = group, reach
        self.main = group[0]
        self.endless = any(_endless(rule) for rule in self.main.rules) and self.main.replaces is None

    def all(self) -> tuple[EventTime, ...]:
        """Return every time in order, endless repetitions over the reach."""
        changed = {_key(each.replaces): each for each in self.group if each.replaces is not None and not each.and_later}
        later = [each for each in self.group if each.replaces is not None and each.and_later]
        found = []
        if self.main.replaces is None:
            for moment, length in self._moments():
                own = changed.pop(_key(moment), None) or self._by_day(changed, moment)
                if own is None:
                    shift = [each for each in later if _sortable(each.replaces) <= _sortable(moment)]
                    if shift and shift[-1].cancelled:
                        continue
                    found.append(
                        self._shifted(moment, length, shift[-1]) if shift else _time(self.main, moment, length)
                    )
                elif not own.cancelled:
                    found.append(_time(own, own.start, own.length, self.main.title))
        # a single time whose siblings are elsewhere, or one moved out of the reach
        found += [
            _time(each, each.start, each.length, self.main.title) for each in changed.values() if not each.cancelled
        ]
        return tuple(sorted(set(found), key=lambda each: (each.start, each.end, each.title)))

    def _by_day(self, changed: dict[object, _Raw], moment: date | datetime) -> _Raw | None:
        """Return a replacement that names only the day."""
        day = moment.date() if isinstance(moment, datetime) else moment
        return changed.pop(day, None) if isinstance(moment, datetime) else None

    def _shifted(self, moment: date | datetime, length: timedelta, by: _Raw) -> EventTime:
        """Return a time as moved by a change to "this and all later ones"."""
        assert by.replaces is not None
        shift = _sortable(by.start) - _sortable(by.replaces)
        return _time(by, moment + shift, by.length, self.main.title)

    def _moments(self) -> Iterator[tuple[date | datetime, timedelta]]:
        """Yield start and length of each time in order, without excluded ones."""
        main = self.main
        zone = main.start.tzinfo if isinstance(main.start, datetime) else None
        without = {_key(moment) for moment in main.without}
        whole_days = {moment for moment in main.without if not isinstance(moment, datetime)}
        extra = {_key(moment): (moment, length) for moment, length in main.extra}
        for number, wall in enumerate(self._walls(zone)):
            if number >= MOST_TIMES:
                break
            moment: date | datetime = wall.replace(tzinfo=zone) if isinstance(main.start, datetime) else wall.date()
            extra.pop(_key(moment), None)
            if _key(moment) not in without and wall.date() not in whole_days:
                yield moment, main.length
        for key, (moment, length) in extra.items():
            if key not in without:
                yield _like(moment, main.start), main.length if length is None else length

    def _walls(self, zone: tzinfo | None) -> Iterator[datetime]:
        """Yield the rules' times as wall-clock times in their zone, or just the start without a rule."""
        main = self.main
        start = _naive(main.start)
        if not main.rules:
            if not any(_naive(moment) == start for moment in main.without):
                yield start
            return
        rules = rruleset()
        for text in main.rules:
            rules.rrule(_rule(text, start, zone))
        for text in main.not_rules:
            rules.exrule(_rule(text, start, zone))
        first = _midnight(self.reach.first) - main.length
        last = _midnight(self.reach.last) + timedelta(days=1)
        for wall in rules:
            if self.endless and wall >= last:
                return
            if not self.endless or wall >= first:
                yield wall


def _endless(rule: str) -> bool:
    upper = rule.upper()
    return "COUNT=" not in upper and "UNTIL=" not in upper


def _rule(text: str, start: datetime, zone: tzinfo | None) -> rrule:
    """Parse a rule in wall-clock time of its zone. Raises Refused, or ValueError for an invalid rule."""
    parts = dict(part.partition("=")[::2] for part in text.upper().split(";") if part)
    if parts.get("FREQ") not in _FREQUENCIES:
        raise Refused("its rule has no frequency that there is (FREQ)")
    if parts["FREQ"] in ("MINUTELY", "SECONDLY") and not {"COUNT", "UNTIL"} & set(parts):
        raise Refused("it comes every minute or second, without end")
    if {"RSCALE", "SKIP"} & set(parts):
        raise Refused("its rule is of another calendar (RSCALE)")
    if "UNTIL" in parts:
        parts["UNTIL"] = _until(parts["UNTIL"], zone)
    made = rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=start, ignoretz=True)
    assert isinstance(made, rrule)
    return made


def _until(text: str, zone: tzinfo | None) -> str:
    """Return the end of a rule as wall-clock time in its zone. A date ends with its last second."""
    if "T" not in text:
        return f"{text}T235959"
    if not text.endswith("Z") or zone is None:
        return text.removesuffix("Z")
    utc = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return f"{utc.astimezone(zone):%Y%m%dT%H%M%S}"


def _naive(moment: date | datetime) -> datetime:
    return moment.replace(tzinfo=None) if isinstance(moment, datetime) else _midnight(moment)


def _sortable(moment: date | datetime | None) -> datetime:
    """Return a time that can be compared and subtracted in any zone."""
    assert moment is not None
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return moment.astimezone(UTC).replace(tzinfo=None)
    return _naive(moment)


def _like(moment: date | datetime, start: date | datetime) -> date | datetime:
    """Convert an extra date to the form of the event's start."""
    if isinstance(start, datetime) and not isinstance(moment, datetime):
        return datetime.combine(moment, start.time(), start.tzinfo)
    if not isinstance(start, datetime) and isinstance(moment, datetime):
        return moment.date()
    return moment


def _time(event: _Raw, moment: date | datetime, length: timedelta, usual: str | None = None) -> EventTime:
    """Return one time as stored."""
    title = event.title if usual is not None and event.title != usual else ""
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        start = round(moment.timestamp())
        # wall-clock time in its zone, as the length was measured
        end = round((moment + length).timestamp())
        return EventTime(start, max(start, end), busy=event.busy, title=title)
    wall = _naive(moment)
    start = round((wall - EPOCH).total_seconds())
    whole = not isinstance(moment, datetime)
    return EventTime(
        start, start + round(length.total_seconds()), floating=True, all_day=whole, busy=event.busy, title=title
    )
