"""Works out when an event takes place: dateutil expands its rules in wall-clock time, then replacements and exclusions
apply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo

from dateutil.rrule import rrule, rruleset, rrulestr

from planner.domain.day.events import EPOCH, EventTime
from planner.domain.workdays import Period
from planner.exchange.day.ics_event import RawEvent, Refused, midnight

MOST_TIMES = 2_000
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY", "MINUTELY", "SECONDLY")


class Times:
    """Expands the events of a file that share one UID into their times."""

    def __init__(self, group: list[RawEvent], reach: Period) -> None:
        self.group, self.reach = group, reach
        self.main = group[0]
        self.endless = any(_is_endless(rule) for rule in self.main.rules) and self.main.replaces is None

    def expand(self) -> tuple[EventTime, ...]:
        """Return every time in order, endless repetitions over the reach."""
        changed = {
            moment_key(each.replaces): each for each in self.group if each.replaces is not None and not each.and_later
        }
        later = [each for each in self.group if each.replaces is not None and each.and_later]
        found = []
        if self.main.replaces is None:
            for moment, length in self._moments():
                own = changed.pop(moment_key(moment), None) or self._by_day(changed, moment)
                if own is None:
                    shift = [each for each in later if _sortable(each.replaces) <= _sortable(moment)]
                    if shift and shift[-1].cancelled:
                        continue
                    found.append(self._shift(moment, length, shift[-1]) if shift else _time(self.main, moment, length))
                elif not own.cancelled:
                    found.append(_time(own, own.start, own.length, self.main.title))
        # a single time whose siblings are elsewhere, or one moved out of the reach
        found += [
            _time(each, each.start, each.length, self.main.title) for each in changed.values() if not each.cancelled
        ]
        return tuple(sorted(set(found), key=lambda each: (each.start, each.end, each.title)))

    def _by_day(self, changed: dict[object, RawEvent], moment: date | datetime) -> RawEvent | None:
        """Return a replacement that names only the day."""
        day = moment.date() if isinstance(moment, datetime) else moment
        return changed.pop(day, None) if isinstance(moment, datetime) else None

    def _shift(self, moment: date | datetime, length: timedelta, by: RawEvent) -> EventTime:
        """Return a time as moved by a change to "this and all later ones"."""
        assert by.replaces is not None
        shift = _sortable(by.start) - _sortable(by.replaces)
        return _time(by, moment + shift, by.length, self.main.title)

    def _moments(self) -> Iterator[tuple[date | datetime, timedelta]]:
        """Yield start and length of each time in order, without excluded ones."""
        main = self.main
        zone = main.start.tzinfo if isinstance(main.start, datetime) else None
        without = {moment_key(moment) for moment in main.without}
        whole_days = {moment for moment in main.without if not isinstance(moment, datetime)}
        extra = {moment_key(moment): (moment, length) for moment, length in main.extra}
        for number, wall in enumerate(self._walls(zone)):
            if number >= MOST_TIMES:
                break
            moment: date | datetime = wall.replace(tzinfo=zone) if isinstance(main.start, datetime) else wall.date()
            extra.pop(moment_key(moment), None)
            if moment_key(moment) not in without and wall.date() not in whole_days:
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
            rule = _rule(text, start, zone)
            if next(iter(rule), None) != start and _reaches(text, start, zone):
                # the first time is one, and counts as one, even where the rule passes over it (RFC 5545, 3.8.5.3)
                rules.rdate(start)
                rule = _rule(_one_less(text), start, zone)
            rules.rrule(rule)
        for text in main.not_rules:
            rules.exrule(_rule(text, start, zone))
        first = midnight(self.reach.first) - main.length
        last = midnight(self.reach.last) + timedelta(days=1)
        for wall in rules:
            if self.endless and wall >= last:
                return
            if not self.endless or wall >= first:
                yield wall


def _one_less(rule: str) -> str:
    """Return a rule that counts one time less."""
    return re.sub(r"COUNT=(\d+)", lambda found: f"COUNT={max(0, int(found[1]) - 1)}", rule.upper())


def _reaches(rule: str, start: datetime, zone: tzinfo | None) -> bool:
    """Whether a rule doesn't end before it starts."""
    until = re.search(r"UNTIL=([^;]*)", rule.upper())
    return until is None or datetime.strptime(_parse_until(until[1], zone), "%Y%m%dT%H%M%S") >= start


def _is_endless(rule: str) -> bool:
    upper = rule.upper()
    return "COUNT=" not in upper and "UNTIL=" not in upper


def _rule(text: str, start: datetime, zone: tzinfo | None) -> rrule:
    """Parse a rule in wall-clock time of its zone. Raises Refused, or ValueError for an invalid rule."""
    parts = dict(part.partition("=")[::2] for part in text.upper().split(";") if part)
    if parts.get("FREQ") not in _FREQUENCIES:
        raise Refused("its repeat rule has no valid frequency (FREQ)")
    if parts["FREQ"] in ("MINUTELY", "SECONDLY") and not {"COUNT", "UNTIL"} & set(parts):
        raise Refused("it repeats every minute or second without an end")
    if {"RSCALE", "SKIP"} & set(parts):
        raise Refused("its repeat rule is for another calendar (RSCALE)")
    if "UNTIL" in parts:
        parts["UNTIL"] = _parse_until(parts["UNTIL"], zone)
    made = rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=start, ignoretz=True)
    assert isinstance(made, rrule)
    return made


def _parse_until(text: str, zone: tzinfo | None) -> str:
    """Return the end of a rule as wall-clock time in its zone. A date ends with its last second."""
    if "T" not in text:
        return f"{text}T235959"
    if not text.endswith("Z") or zone is None:
        return text.removesuffix("Z")
    utc = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return f"{utc.astimezone(zone):%Y%m%dT%H%M%S}"


def _naive(moment: date | datetime) -> datetime:
    return moment.replace(tzinfo=None) if isinstance(moment, datetime) else midnight(moment)


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


def _time(event: RawEvent, moment: date | datetime, length: timedelta, usual: str | None = None) -> EventTime:
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


def moment_key(moment: date | datetime) -> object:
    """Return what makes two times equal: the instant, or else the text."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC) if moment.tzinfo is not None else moment
    return moment
