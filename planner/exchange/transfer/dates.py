"""Parses dates in the cells of a file. Their order, day or month first, is detected from the whole column."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal

from planner.exchange.transfer.values import TwoWays, has_content

Order = Literal["ymd", "dmy", "mdy"]
ORDER_WORDS = {"ymd": "year-month-day", "dmy": "day-month-year", "mdy": "month-day-year"}

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january января янв",
            "feb february февраля фев",
            "mar march марта мар",
            "apr april апреля апр",
            "may мая",
            "jun june июня июн",
            "jul july июля июл",
            "aug august августа авг",
            "sep sept september сентября сен",
            "oct october октября окт",
            "nov november ноября ноя",
            "dec december декабря дек",
        ),
        start=1,
    )
    for name in names.split()
}
_TIME = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([ap])?\.?m?\.?"
_NUMBERS = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})\.?")
_KOREAN = re.compile(r"(\d{4})\s*[년年.]\s*(\d{1,2})\s*[월月.]\s*(\d{1,2})\s*[일日.]?")
_NAMED = re.compile(r"(?:\w+,?\s+)?(\d{1,2})(?:st|nd|rd|th)?[\s.-]+([^\W\d_]+)\.?,?[\s.-]+(\d{4}|\d{2})", re.IGNORECASE)
_NAMED_FIRST = re.compile(r"(?:\w+,\s+)?([^\W\d_]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", re.IGNORECASE)
_WEEKDAYS = (
    "mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
    "|пн|вт|ср|чт|пт|сб|вс|mo|di|mi|do|fr|sa|so"
)
_EPOCH = re.compile(r"1\d{9}(\d{3})?")


@dataclass(frozen=True, slots=True)
class DateReader:
    """Parser for the dates of a column, all in one order. With `utc`, its times are UTC and converted to local time."""

    order: Order
    utc: bool = False

    def moment(self, text: str) -> datetime:
        """Return a date with its time of day, or midnight without one. Local, and converted if it names a zone."""
        found, zoned = _moment(text, self.order)
        if self.utc and not zoned and found.time() != time():
            return _local(found.replace(tzinfo=UTC))
        return found

    @classmethod
    def for_column(
        cls,
        cells: Iterable[str],
        latest: datetime | None = None,
        order: Order | None = None,
        *,
        past: Collection[str] | None = None,
        utc: bool = False,
    ) -> DateReader:
        """Return the reader of a column, from all its cells. Raises TwoWays when several orders fit and none is given.

        `latest` is a moment that dates can't lie after, such as now for calls, which rules out orders leading past it.
        It applies to all cells, or only to those in `past`.
        """
        finder = OrderFinder(latest, order)
        for cell in cells:
            finder.add(cell, past=past is None or cell.strip() in past)
        return DateReader(finder.order(), utc)


MOST_TEXTS = 50_000  # different texts of a column that are told apart


class OrderFinder:
    """Finds the order of a column's dates, cell by cell. Where none fits, any will do: the first unreadable cell is
    reported later, with its line.

    `latest` is a moment that dates of the past can't lie after. With a known `wanted` order there is nothing to find.
    """

    def __init__(self, latest: datetime | None = None, wanted: Order | None = None) -> None:
        self._latest, self._wanted = latest, wanted
        self._orders: tuple[Order, ...] = ("dmy", "mdy", "ymd")  # year first, only where no year has four digits
        self._bad = dict.fromkeys(self._orders, 0)  # different texts that can't be read in an order
        self._beyond = dict.fromkeys(self._orders, False)  # whether it leads past the latest moment
        self._spans: dict[Order, tuple[datetime, datetime]] = {}
        self._first = self._first_unlike = ""  # an example, and one whose day isn't its month
        self._seen: set[tuple[str, bool]] = set()

    def add(self, cell: str, *, past: bool = True) -> None:
        """Look at a cell, whose date lies in the past or may lie anywhere. Repeated texts count once."""
        if self._wanted is not None or cell[:4].isdecimal() or (cell, past) in self._seen or not has_content(cell):
            return
        text = cell.strip()
        match = _NUMBERS.match(_bare_date(text))
        if match is None or len(match[1]) == 4:
            return
        known = (cell, not past) in self._seen
        if len(self._seen) < MOST_TEXTS:
            self._seen.add((cell, past))
        if len(match[4]) == 4:
            self._orders = ("dmy", "mdy")
        self._first = self._first or text
        if int(match[1]) != int(match[3]):
            self._first_unlike = self._first_unlike or text
        for order in self._orders:
            self._weigh(text, order, past=past, known=known)

    def _weigh(self, text: str, order: Order, *, past: bool, known: bool) -> None:
        """Count a text for or against an order. One that is `known` was counted before, in another row."""
        try:
            moment, _ = _moment(text, order)
        except ValueError:
            self._bad[order] += not known
            return
        if past and self._latest is not None and moment > self._latest:
            self._beyond[order] = True
        first, last = self._spans.get(order, (moment, moment))
        self._spans[order] = min(first, moment), max(last, moment)

    def order(self) -> Order:
        """Return the order. Raises TwoWays when several fit."""
        if self._wanted is not None:
            return self._wanted
        if not self._first:
            return "ymd"
        scores = {each: (self._bad[each], self._beyond[each]) for each in self._orders}
        best = [each for each in self._orders if scores[each] == min(scores.values())]
        if len(best) > 1:
            best = self._narrowest(best)
        if len(best) == 1:
            return best[0]
        if "." in self._first:
            return "dmy"  # dates with dots are day first
        told = self._first if "ymd" in best else self._first_unlike
        if told and scores[best[0]][0] == 0:
            raise TwoWays(told)
        return best[0]

    def _narrowest(self, orders: list[Order]) -> list[Order]:
        """Of orders with the year at either end, return the one with the narrowest range: an export covers a few
        years.
        """
        spans: dict[int, int] = {}
        for each in orders:
            if each in self._spans:
                first, last = self._spans[each]
                end = each.index("y")
                spans[end] = min((last - first).days, spans.get(end, (last - first).days))
        if len(spans) < 2:
            return orders
        near, far = sorted(spans, key=lambda place: spans[place])
        if 4 * spans[near] >= spans[far]:
            return orders
        return [each for each in orders if each.index("y") == near]


# 20261116, optionally followed by T and a time: the basic form of ISO 8601.
_COMPACT = re.compile(r"((?:1[89]|2[01])\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=$|T| )")


def _moment(text: str, order: Order) -> tuple[datetime, bool]:
    """Return a local moment, and whether the text named its zone."""
    written = _bare_date(text)
    epoch = _EPOCH.fullmatch(written)
    if epoch:
        return datetime.fromtimestamp(int(written) / (1000 if epoch[1] else 1)).replace(microsecond=0), True
    if re.match(r"\d{4}-\d{2}-\d{2}([T ]|$)", written):
        try:
            found = datetime.fromisoformat(written)
        except ValueError:
            pass
        else:
            return _local(found), found.tzinfo is not None
    zoned = re.search(r"\s(?:utc|gmt|z)$", written, re.IGNORECASE)
    day, rest = _date(written[: zoned.start()] if zoned else written, order)
    moment = datetime.combine(day, _time(rest, text)) if rest else datetime.combine(day, time())
    return (_local(moment.replace(tzinfo=UTC)), True) if zoned and rest else (moment, False)


def _bare_date(text: str) -> str:
    """Strip the weekday from a date."""
    return re.sub(rf"^(?:{_WEEKDAYS})\.?,?\s+(?=\d)", "", " ".join(text.split()), flags=re.IGNORECASE)


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).astimezone().replace(tzinfo=None)
    return moment.replace(microsecond=0)


def _date(text: str, order: Order) -> tuple[date, str]:
    compact = _COMPACT.match(text)
    if compact:
        year, month, day = (int(part) for part in compact.groups())
        return _day(year, month, day, 4, text), _rest(text, compact.end())
    numbers = _NUMBERS.match(text)
    if numbers:
        written = "ymd" if len(numbers[1]) == 4 else order
        part = dict(zip(written, (numbers[1], numbers[3], numbers[4]), strict=True))
        return _day(int(part["y"]), int(part["m"]), int(part["d"]), len(part["y"]), text), _rest(text, numbers.end())
    korean = _KOREAN.match(text)
    if korean:
        year, month, day = (int(part) for part in korean.groups())
        return _day(year, month, day, 4, text), _rest(text, korean.end())
    named = _NAMED.match(text)
    if named and named[2].lower() in _MONTHS:
        found = _day(int(named[3]), _MONTHS[named[2].lower()], int(named[1]), len(named[3]), text)
        return found, _rest(text, named.end())
    named = _NAMED_FIRST.match(text)
    if named and named[1].lower() in _MONTHS:
        return _day(int(named[3]), _MONTHS[named[1].lower()], int(named[2]), 4, text), _rest(text, named.end())
    raise ValueError(f"{text!r} isn't a date")


def _rest(text: str, end: int) -> str:
    return text[end:].strip().removeprefix(",").removeprefix("T").removesuffix("г.").strip()


def _day(year: int, month: int, day: int, digits: int, text: str) -> date:
    if digits == 2:  # POSIX: 69 is 1969, 68 is 2068
        year += 1900 if year >= 69 else 2000
    elif digits != 4:
        raise ValueError(f"{text!r} isn't a date")
    if not 1900 <= year <= 2200:
        raise ValueError(f"{text!r} isn't between 1900 and 2200")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValueError(f"{text!r} isn't a valid date") from error


def _time(rest: str, text: str) -> time:
    for before, after in (("오전", " am"), ("오후", " pm")):
        if rest.startswith(before):
            rest = rest.removeprefix(before).strip() + after
    korean = re.fullmatch(r"(\d{1,2})시(?:\s*(\d{1,2})분)?(?:\s*(\d{1,2})초)?( [ap]m)?", rest)
    if korean:
        rest = f"{korean[1]}:{korean[2] or '00':0>2}:{korean[3] or '00':0>2}{korean[4] or ''}"
    match = re.fullmatch(_TIME, rest.lower())
    if match is None:
        raise ValueError(f"{text!r} has no valid time")
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[4]:
        if not 1 <= hour <= 12:
            raise ValueError(f"{text!r} has no valid time")
        hour = hour % 12 + (12 if match[4] == "p" else 0)
    try:
        return time(hour, minute, second)
    except ValueError as error:
        raise ValueError(f"{text!r} has no valid time") from error


def birthday(text: str, reader: DateReader, today: date) -> str:
    """Return ``1975-12-12``, or ``--12-12`` without a year."""
    written = text.strip()
    if re.fullmatch(r"--\d{2}-?\d{2}", written):
        return f"--{written[2:4]}-{written[-2:]}"
    found = reader.moment(written).date()
    if found > today and re.search(r"\d{4}", written):
        raise ValueError(f"{text!r} is in the future")
    if found > today:  # a two-digit year: nobody is born in the future
        found = found.replace(year=found.year - 100)
    return found.isoformat()
