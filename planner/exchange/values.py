"""Cells of a file as values: dates, amounts, durations. How a column is written is found out from the whole column.

A cell that can't be read raises ValueError with what is wrong; who reads the file adds the line and the column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Literal

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
_EPOCH = re.compile(r"1\d{9}(\d{3})?")
NOTHING = frozenset({"", "-", "–", "n/a", "na", "null", "none", "nan", "nat", "(null)", "#n/a", "unknown"})


def given(text: str) -> bool:
    """Whether a cell says something: an empty one, a dash or ``N/A`` doesn't."""
    return text.strip().lower() not in NOTHING


class TwoWays(ValueError):
    """A column of dates that can be read day first and month first."""


@dataclass(frozen=True, slots=True)
class DateReader:
    """Reads the dates of a column in one order."""

    order: Order

    def moment(self, text: str) -> datetime:
        """A date, with its time of day where it has one (else midnight). Local; what names a zone is brought here."""
        return _moment(text, self.order)

    @classmethod
    def of(cls, cells: Iterable[str], latest: datetime | None = None, order: Order | None = None) -> DateReader:
        """The reader of a column, from all its cells. Raises TwoWays when both orders fit and none is given.

        `latest` is a moment that the dates can't lie after, such as now for calls: an order that leads past it is out.
        """
        if order is not None:
            return cls(order)
        bad: dict[Order, int] = {"dmy": 0, "mdy": 0}
        past: dict[Order, bool] = {"dmy": True, "mdy": True}
        told: str | None = None
        seen = False
        for text in dict.fromkeys(cell.strip() for cell in cells if given(cell)):
            match = _NUMBERS.match(text)
            if match is None or len(match[1]) == 4:
                continue
            seen = True
            if match[1].lstrip("0") != match[3].lstrip("0"):
                told = told or text
            for each in bad:
                try:
                    moment = _moment(text, each)
                except ValueError:
                    bad[each] += 1
                else:
                    past[each] = past[each] and (latest is None or moment <= latest)
        if not seen:
            return cls("ymd")
        if bad["dmy"] != bad["mdy"]:
            return cls("dmy" if bad["dmy"] < bad["mdy"] else "mdy")
        if past["dmy"] != past["mdy"]:
            return cls("dmy" if past["dmy"] else "mdy")
        if told is not None and "." not in told and not bad["dmy"]:
            raise TwoWays(told)
        return cls("dmy")  # as dots are read; and where no order fits, the first cell that can't be read is named


def _moment(text: str, order: Order) -> datetime:
    written = " ".join(text.split())
    epoch = _EPOCH.fullmatch(written)
    if epoch:
        return datetime.fromtimestamp(int(written) / (1000 if epoch[1] else 1)).replace(microsecond=0)
    if re.match(r"\d{4}-\d{2}-\d{2}([T ]|$)", written):
        try:
            found = datetime.fromisoformat(written)
        except ValueError:
            pass
        else:
            return _local(found)
    day, rest = _date(written, order)
    return datetime.combine(day, _time(rest, text)) if rest else datetime.combine(day, time())


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).astimezone().replace(tzinfo=None)
    return moment.replace(microsecond=0)


def _date(text: str, order: Order) -> tuple[date, str]:
    numbers = _NUMBERS.match(text)
    if numbers:
        first, second, third = numbers[1], numbers[3], numbers[4]
        if len(first) == 4:
            year, month, day = first, second, third
        elif order == "mdy":
            month, day, year = first, second, third
        else:
            day, month, year = first, second, third
        return _day(int(year), int(month), int(day), len(year), text), _rest(text, numbers.end())
    korean = _KOREAN.match(text)
    if korean:
        return _day(int(korean[1]), int(korean[2]), int(korean[3]), 4, text), _rest(text, korean.end())
    named = _NAMED.match(text)
    if named and named[2].lower() in _MONTHS:
        found = _day(int(named[3]), _MONTHS[named[2].lower()], int(named[1]), len(named[3]), text)
        return found, _rest(text, named.end())
    named = _NAMED_FIRST.match(text)
    if named and named[1].lower() in _MONTHS:
        return _day(int(named[3]), _MONTHS[named[1].lower()], int(named[2]), 4, text), _rest(text, named.end())
    raise ValueError(f"{text!r} is not a date")


def _rest(text: str, end: int) -> str:
    return text[end:].strip().removeprefix(",").removeprefix("T").removesuffix("г.").strip()


def _day(year: int, month: int, day: int, digits: int, text: str) -> date:
    if digits == 2:  # POSIX: 69 is 1969, 68 is 2068
        year += 1900 if year >= 69 else 2000
    elif digits != 4:
        raise ValueError(f"{text!r} is not a date")
    if not 1900 <= year <= 2200:
        raise ValueError(f"{text!r} is not a date of these times")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a day of the calendar") from error


def _time(rest: str, text: str) -> time:
    for before, after in (("오전", " am"), ("오후", " pm")):
        if rest.startswith(before):
            rest = rest.removeprefix(before).strip() + after
    match = re.fullmatch(_TIME, rest.lower())
    if match is None:
        raise ValueError(f"{text!r} has no time of day that can be read")
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[4]:
        if not 1 <= hour <= 12:
            raise ValueError(f"{text!r} has no time of day that can be read")
        hour = hour % 12 + (12 if match[4] == "p" else 0)
    try:
        return time(hour, minute, second)
    except ValueError as error:
        raise ValueError(f"{text!r} has no time of day that can be read") from error


def birthday(text: str, reader: DateReader) -> str:
    """``1975-12-12``, or ``--12-12`` where no year is given (``--12-12``, ``12 Dec``)."""
    written = text.strip()
    if re.fullmatch(r"--\d{2}-?\d{2}", written):
        return f"--{written[2:4]}-{written[-2:]}"
    return reader.moment(written).date().isoformat()


@dataclass(frozen=True, slots=True)
class AmountReader:
    """Reads the amounts of a column. `decimal` is the sign before the hundredths."""

    decimal: str

    def amount(self, text: str) -> Decimal:
        """An exact amount, rounded to the hundredth, without its currency."""
        digits = _bare(text)
        other = "," if self.decimal == "." else "."
        plain = digits.replace(other, "").replace(self.decimal, ".")
        try:
            found = Decimal(plain)
        except InvalidOperation as error:
            raise ValueError(f"{text!r} is not an amount") from error
        if not found.is_finite() or abs(found) >= Decimal("1e14"):
            raise ValueError(f"{text!r} is not an amount")
        return found.quantize(Decimal("0.01"))

    @classmethod
    def of(cls, cells: Iterable[str]) -> AmountReader:
        """The reader of a column. Raises TwoWays where thousands and decimals can't be told apart (``350.000``)."""
        unclear = None
        for text in dict.fromkeys(cell for cell in cells if given(cell)):
            digits = _bare(text)
            if "," in digits and "." in digits:
                return cls(max(",.", key=digits.rindex))
            for sign, other in ((",", "."), (".", ",")):
                if digits.count(sign) > 1:
                    return cls(other)
                if sign in digits:
                    if len(digits) - digits.index(sign) - 1 != 3:
                        return cls(sign)
                    unclear = unclear or (sign, text)
        if unclear is not None:
            if unclear[0] == ".":
                raise TwoWays(unclear[1])
            return cls(".")  # 350,000 is far more often thousands than thousandths
        return cls(".")


_CURRENCY = re.compile(r"^[^\d.,()+-]*|[^\d.,()]*$")


def _bare(text: str) -> str:
    """The digits and signs of an amount: ``$1,054.00``, ``75 000,50 ₽``, ``(120)`` for -120."""
    digits = _CURRENCY.sub("", text.strip())
    digits = re.sub(r"[\s\u00a0\u202f'’_]", "", digits)
    if digits.startswith("(") and digits.endswith(")"):
        digits = "-" + digits[1:-1]
    if text.strip().startswith("-") and not digits.startswith("-"):
        digits = "-" + digits
    return digits


Unit = Literal["minutes", "seconds"]


@dataclass(frozen=True, slots=True)
class DurationReader:
    """Reads the durations of a column. A plain number is in `unit`."""

    unit: Unit

    def minutes(self, text: str) -> int:
        """Whole minutes, rounded; ``1:30`` is a minute and a half, ``0:01:30`` as well."""
        written = text.strip().lower()
        parts = written.split(":")
        if len(parts) in (2, 3) and all(part.isdecimal() for part in parts):
            seconds = Decimal(0)
            for part in parts:
                seconds = seconds * 60 + int(part)
            return _rounded(seconds, text)
        match = re.fullmatch(r"(?:(\d+) ?h[a-z]*\.?)? ?(?:(\d+) ?m[a-z]*\.?)? ?(?:(\d+) ?s[a-z]*\.?)?", written)
        if match and any(match.groups()):
            hours, minutes, rest = (int(part or 0) for part in match.groups())
            return _rounded(Decimal(hours * 3600 + minutes * 60 + rest), text)
        try:
            number = Decimal(written.replace(",", "."))
        except InvalidOperation as error:
            raise ValueError(f"{text!r} is not a duration") from error
        return _rounded(number * (60 if self.unit == "minutes" else 1), text)

    @classmethod
    def of(cls, header: str, cells: Sequence[str], *, machine: bool = False) -> DurationReader:
        """The reader of a column: by its header; else seconds where a telephone system wrote it (`machine`), or where
        a call would have taken more than an hour.
        """
        words = header.lower()
        if re.search(r"\bmin|분|мин", words):
            return cls("minutes")
        if re.search(r"\bsec|_s$|\(s\)|초|сек|billsec", words):
            return cls("seconds")
        numbers = [float(cell) for cell in cells if re.fullmatch(r"\d+(\.\d+)?", cell.strip())]
        return cls("seconds" if machine or any(number > 60 for number in numbers) else "minutes")


def _rounded(seconds: Decimal, text: str) -> int:
    if not seconds.is_finite() or not 0 <= seconds <= 24 * 3600:
        raise ValueError(f"{text!r} is not a duration of a day at most")
    return int((seconds + 30) // 60)


TRUE = frozenset({"true", "yes", "y", "1", "t", "да", "예", "はい", "x"})
FALSE = frozenset({"false", "no", "n", "0", "f", "нет", "아니오", "いいえ", ""})
