"""Parses one event of an iCalendar file. The library `icalendar` parses its values: dates, zones, text."""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any

from icalendar import Event as IcsEvent
from icalendar import Timezone
from icalendar.prop import vBroken

from planner.domain.errors import InputError
from planner.domain.text import clean
from planner.domain.typed import zones as typed_zones
from planner.exchange.day.ics_parts import KEPT, Part
from planner.exchange.limits import TooSlow, time_limit

SECONDS_A_ZONE = 1.5
LONGEST_TEXT = 500
TENTATIVE = " (tentative)"
WHOLE_DAY = timedelta(days=1)
FIRST, LAST = datetime(1900, 1, 1), datetime(2200, 1, 1)


class Refused(ValueError):
    """Raised with the reason why an event can't be imported, as part of a sentence."""


class Zones:
    """The time zones that a file defines itself, for names that are otherwise unknown."""

    def __init__(self, parts: Sequence[Part], notice: Callable[[str], None]) -> None:
        self.parts = {_zone_name(part): part for part in parts}
        self.notice = notice
        self._made: dict[str, tzinfo | None] = {}

    def find(self, name: str) -> tzinfo | None:
        """Return a zone whose name isn't an IANA, Windows or vendor name, or None (local time) if it is unknown."""
        name = name.strip('" ')
        if not name:
            return None
        if name not in self._made:
            self._made[name] = self._make(name) or self._by_display_name(name)
            if self._made[name] is None:
                self.notice(f"The time zone {clean(name)[:60]!r} is unknown, so its times are read as local.")
        return self._made[name]

    def _by_display_name(self, name: str) -> tzinfo | None:
        """Return the zone that a name for people means: ``(UTC+07:00) Bangkok, Hanoi, Jakarta``, ``Eastern Time (US &
        Canada)``, ``/example.org/2026/Europe/Berlin``.
        """
        offset, rest = _OFFSET.match(name), _OFFSET.sub("", name)
        words = [part for part in re.split(r"[,()]", rest) if part.strip()]
        if path := _PATH.search(name):
            words.insert(0, path[0])
        for word in words:
            try:
                found = typed_zones.read(word.strip())
            except InputError:  # an abbreviation of several zones
                continue
            if found is not None and (offset is None or _winter_offset(found.zone) == _hours(offset)):
                return found.zone
        return None if offset is None else timezone(_hours(offset))

    def _make(self, name: str) -> tzinfo | None:
        part = self.parts.get(name)
        if part is not None:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    with time_limit(SECONDS_A_ZONE):
                        zone: Any = Timezone.from_ical(part.text())
                        made: tzinfo = zone.to_tz(lookup_tzid=False)
                        made.utcoffset(datetime(2026, 1, 1))
                        return made
            except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, TooSlow):
                return None
        return None


_OFFSET = re.compile(r"^\(?(?:UTC|GMT)\s*(?:([+-])(\d{1,2})[:.]?(\d{2})?)?\)?\s*", re.IGNORECASE)
_PATH = re.compile(r"[A-Z][A-Za-z_]+/[A-Za-z_+-]+(?:/[A-Za-z_+-]+)?$")


def _hours(offset: re.Match[str]) -> timedelta:
    found = timedelta(hours=int(offset[2] or 0), minutes=int(offset[3] or 0))
    return -found if offset[1] == "-" else found


def _winter_offset(zone: tzinfo) -> timedelta | None:
    """Return a zone's standard offset, the smaller of a year's."""
    return min(offset for month in (1, 7) if (offset := zone.utcoffset(datetime(2026, month, 1))) is not None)


def _zone_name(part: Part) -> str:
    for line in part.lines:
        if line.upper().startswith("TZID"):
            return re.sub(r"\\(.)", r"\1", line.partition(":")[2]).strip('" ')
    return ""


@dataclass(frozen=True, slots=True)
class RawEvent:
    """A VEVENT as written in the file. `start` is a date, or a naive (floating) or aware time."""

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


def read_event(part: Part, zones: Zones, own: Set[str] = frozenset()) -> RawEvent:
    """Parse one event. `own` are the rep's addresses in lower case: an invitation declined by one of them takes no
    time.

    Raises Refused with the reason it can't be imported.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's guesses at odd zone names are welcome
        try:
            event: Any = IcsEvent.from_ical(part.text())
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            raise Refused(f"it can't be read ({error_text(error)})") from error
        _leave_out_broken(part, event, zones)
        part = _answered(part, event, own)
        try:
            return _fields(part, event, zones)
        except Refused:
            raise
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError) as error:
            raise Refused(f"it can't be read ({error_text(error)})") from error


def _answered(part: Part, event: Any, own: Set[str]) -> Part:
    """Return an event with the rep's answer to its invitation as properties of its own, since guests aren't kept."""
    answers = {
        str(guest.params.get("PARTSTAT", "")).upper()
        for guest in every_value(event, "ATTENDEE")
        if str(guest).lower().removeprefix("mailto:") in own
    }
    for answer, name, value in (("DECLINED", "TRANSP", "TRANSPARENT"), ("TENTATIVE", "STATUS", "TENTATIVE")):
        if answer in answers:
            event[name] = value
            part = part.without(name)
            part = replace(part, lines=(*part.lines, f"{name}:{value}"))
    return part


NEEDED = ("DTSTART", "RECURRENCE-ID")  # an event without them would be another one


def _leave_out_broken(part: Part, event: Any, zones: Zones) -> None:
    """Delete the properties that can't be read, because one of them is no reason to lose a meeting."""
    for name in {name for name, _ in event.errors if name and name not in NEEDED}:
        event[name] = [value for value in every_value(event, name) if not isinstance(value, vBroken)]
        if name in KEPT and any(_name_of(line) == name and line.partition(":")[2].strip() for line in part.lines):
            zones.notice(f"line {part.line}: {name} of this event can't be read and is left out.")


def _name_of(line: str) -> str:
    return re.split(r"[;:]", line, maxsplit=1)[0].upper()


def _relative_to(start: date | datetime, moment: date | datetime) -> date | datetime:
    """Return a time that refers to one of an event's, as wall-clock time in the event's zone if it has none, or as the
    day of an event of whole days (Outlook writes its midnight).
    """
    if not isinstance(start, datetime) and isinstance(moment, datetime):
        return (moment.astimezone() if moment.tzinfo is UTC or str(moment.tzinfo) == "UTC" else moment).date()
    if isinstance(start, datetime) and isinstance(moment, datetime) and moment.tzinfo is None:
        return moment.replace(tzinfo=start.tzinfo)
    return moment


def error_text(error: Exception) -> str:
    named = re.search(r"broken property '([A-Z-]+)'", str(error))
    if named:
        return f"its {named[1]} is invalid"
    return clean(str(error))[:120] or type(error).__name__


def _fields(part: Part, event: Any, zones: Zones) -> RawEvent:
    start = dated_value(event, "DTSTART", zones)
    if start is None:
        raise Refused("it has no start (DTSTART)")
    if not isinstance(start, date):
        raise Refused("its start isn't a date")
    try:
        length = _length(event, start, zones)
    except Refused as why:
        zones.notice(f"line {part.line}: {why}, so its end is left out.")
        length = WHOLE_DAY if not isinstance(start, datetime) else timedelta(0)
        part = part.without("DTEND", "DURATION")
    replaces = dated_value(event, "RECURRENCE-ID", zones)
    title = clean(str(first_value(event, "SUMMARY") or ""))[:LONGEST_TEXT] or "(no title)"
    uid = clean(str(first_value(event, "UID") or ""))[:LONGEST_TEXT]
    if not uid:
        uid = "none-" + hashlib.sha256(f"{title}|{start}".encode()).hexdigest()[:24]
    status = str(first_value(event, "STATUS") or "").upper()
    shown_as = str(first_value(event, "X-MICROSOFT-CDO-BUSYSTATUS") or "").upper()
    transparent = str(first_value(event, "TRANSP") or "").upper() == "TRANSPARENT"
    if status == "TENTATIVE" or shown_as == "TENTATIVE":
        title += TENTATIVE
    free = shown_as == "FREE" or (transparent and shown_as != "OOF")  # out of office doesn't count as free
    ids = first_value(event, "RECURRENCE-ID")
    later = ids is not None and str(ids.params.get("RANGE", "")).upper() == "THISANDFUTURE"
    return RawEvent(
        part=part,
        uid=uid,
        title=title,
        place=clean(str(first_value(event, "LOCATION") or ""))[:LONGEST_TEXT],
        start=start,
        length=length,
        rules=rule_texts(event, "RRULE"),
        not_rules=rule_texts(event, "EXRULE"),
        extra=tuple(_read_list(part, event, "RDATE", zones)),
        without=tuple(_relative_to(start, moment) for moment, _ in _read_list(part, event, "EXDATE", zones)),
        replaces=_relative_to(start, replaces) if isinstance(replaces, date) else None,
        and_later=later,
        cancelled=status == "CANCELLED",
        busy=not free,
        order=(_sequence(event), str(getattr(first_value(event, "DTSTAMP"), "dt", "")), part.line),
    )


def first_value(event: Any, name: str) -> Any:
    return next(iter(every_value(event, name)), None)


def every_value(event: Any, name: str) -> list[Any]:
    found = event.get(name)
    return found if isinstance(found, list) else [] if found is None else [found]


def rule_texts(event: Any, name: str) -> tuple[str, ...]:
    """Return the rules that say anything. Some programs write an empty one for none."""
    return tuple(text for rule in every_value(event, name) if (text := rule.to_ical().decode()))


def _sequence(event: Any) -> int:
    try:
        return int(first_value(event, "SEQUENCE") or 0)
    except (TypeError, ValueError):
        return 0


def dated_value(event: Any, name: str, zones: Zones) -> Any:
    value = first_value(event, name)
    return None if value is None else _zoned(value.dt, value.params, zones)


def _zoned(value: Any, params: Any, zones: Zones) -> Any:
    """Return a value in its zone. The library knows IANA, Windows and vendor names, the file itself the others."""
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None and params.get("TZID"):
        zone = zones.find(str(params["TZID"]))
        if zone is not None:
            value = value.replace(tzinfo=zone)
    if not FIRST <= value.replace(tzinfo=None) < LAST:
        raise Refused(f"it's in the year {value.year}")
    return value


def _length(event: Any, start: date, zones: Zones) -> timedelta:
    """Return an event's length: by its end, its duration, or the standard's default for neither."""
    whole = not isinstance(start, datetime)
    end = dated_value(event, "DTEND", zones)
    if end is None and first_value(event, "DURATION") is not None:
        length = first_value(event, "DURATION").dt
        if not isinstance(length, timedelta):
            raise Refused("its duration is invalid")
    elif end is None:
        length = WHOLE_DAY if whole else timedelta(0)
    elif isinstance(end, datetime) and isinstance(start, datetime):
        if (end.tzinfo is None) != (start.tzinfo is None):
            end, start = end.replace(tzinfo=None), start.replace(tzinfo=None)
        # wall-clock time, not instants: a meeting across a clock change keeps its end
        length = end - start if end.tzinfo is start.tzinfo else end.astimezone(UTC) - start.astimezone(UTC)
    elif isinstance(end, date):
        length = midnight(end) - midnight(start)
    else:
        raise Refused("its end isn't a date")
    if length < timedelta(0):
        raise Refused("it ends before it starts")
    if length > timedelta(days=3660):
        raise Refused("it lasts more than ten years")
    return max(length, timedelta(days=1)) if whole else length


def midnight(day: date) -> datetime:
    return datetime.combine(day if not isinstance(day, datetime) else day.date(), time())


def _read_list(part: Part, event: Any, name: str, zones: Zones) -> list[tuple[date | datetime, timedelta | None]]:
    """Return the dates of RDATE or EXDATE. A list that can't be read is noted, but doesn't cost the event."""
    try:
        return list(_listed_dates(event, name, zones))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        zones.notice(f"line {part.line}: {name} of this event can't be read and is left out.")
        return []


def _listed_dates(event: Any, name: str, zones: Zones) -> Iterator[tuple[date | datetime, timedelta | None]]:
    """Yield the dates of RDATE or EXDATE, with the length of a period."""
    for dates in every_value(event, name):
        for each in getattr(dates, "dts", [dates]):
            value, params = each.dt, dates.params
            if isinstance(value, tuple):
                begin = _zoned(value[0], params, zones)
                yield begin, value[1] if isinstance(value[1], timedelta) else _zoned(value[1], params, zones) - begin
            elif isinstance(value, date):
                yield _zoned(value, params, zones), None
