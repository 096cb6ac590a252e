"""Cells of a file as values: dates, amounts, durations. A column's format is detected from the whole column.

An unreadable cell raises ValueError with the reason, to which the file's reader adds line and column.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
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
_WEEKDAYS = (
    "mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
    "|пн|вт|ср|чт|пт|сб|вс|mo|di|mi|do|fr|sa|so"
)
_EPOCH = re.compile(r"1\d{9}(\d{3})?")
# placeholders for empty values, as a person may well be called Na, Null or Unknown
NO_TEXT = frozenset({"", "-", "–", "—", "n/a", "N/A", "#N/A", "NULL", "(null)", "nan", "NaN"})
NO_VALUE = NO_TEXT | frozenset(
    {"na", "null", "none", "nat", "unknown", "0000-00-00", "не закрыта", "не указано", "не задано", "없음", "未定"}
)


def given(text: str) -> bool:
    """Whether a value cell has content, unlike an empty one, a dash or ``N/A``."""
    written = text.strip()
    return written not in NO_VALUE and written.lower() not in NO_VALUE


def given_text(text: str) -> bool:
    """Whether a text cell has content."""
    return text.strip() not in NO_TEXT


class TwoWays(ValueError):
    """A column of dates that can be read both day first and month first."""


@dataclass(frozen=True, slots=True)
class DateReader:
    """Reads the dates of a column in one order. With `utc`, its times are UTC and converted to local time."""

    order: Order
    utc: bool = False

    def moment(self, text: str) -> datetime:
        """Return a date with its time of day, or midnight without one. Local, and converted if it names a zone."""
        found, zoned = _moment(text, self.order)
        if self.utc and not zoned and found.time() != time():
            return _local(found.replace(tzinfo=UTC))
        return found

    @classmethod
    def of(
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
        if order is not None:
            return cls(order, utc)
        texts = [cell.strip() for cell in dict.fromkeys(cells) if given(cell)]
        numeric = [text for text in texts if (match := _NUMBERS.match(_bare_date(text))) and len(match[1]) != 4]
        if not numeric:
            return cls("ymd", utc)
        short = all(len(match[4]) != 4 for text in numeric if (match := _NUMBERS.match(_bare_date(text))))
        orders: tuple[Order, ...] = ("dmy", "mdy", "ymd") if short else ("dmy", "mdy")
        scores = {each: _bad(numeric, each, latest, past) for each in orders}
        best = [each for each in orders if scores[each] == min(scores.values())]
        if len(best) > 1:
            best = _by_years(numeric, best)
        if len(best) > 1 and "." in numeric[0]:
            return cls("dmy", utc)  # dates with dots are day first
        told = next((text for text in numeric if "ymd" in best or not _same(text)), None)
        if len(best) > 1 and scores[best[0]][0] == 0 and told is not None:
            raise TwoWays(told)
        return cls(best[0], utc)  # where none fits, the first unreadable cell is reported


def _bad(texts: Sequence[str], order: Order, latest: datetime | None, past: Collection[str] | None) -> tuple[int, bool]:
    """Return how many texts can't be read in an order, and whether it leads past the latest moment."""
    wrong, beyond = 0, False
    for text in texts:
        try:
            moment, _ = _moment(text, order)
        except ValueError:
            wrong += 1
        else:
            beyond = beyond or (latest is not None and (past is None or text in past) and moment > latest)
    return wrong, beyond


def _parts(text: str) -> tuple[str, str, str]:
    match = _NUMBERS.match(_bare_date(text))
    assert match is not None
    return match[1].lstrip("0"), match[3].lstrip("0"), match[4].lstrip("0")


def _same(text: str) -> bool:
    """Whether a date is the same day first and month first."""
    first, second, _ = _parts(text)
    return first == second


def _by_years(texts: Sequence[str], orders: list[Order]) -> list[Order]:
    """Of orders with the year at either end, return the one with the narrowest range: an export covers a few years."""
    ends: dict[Order, int] = {"ymd": 0, "dmy": 2, "mdy": 2}
    spans: dict[int, int] = {}
    for each in orders:
        moments = [_moment(text, each)[0] for text in texts if _readable(text, each)]
        if moments:
            span = (max(moments) - min(moments)).days
            spans[ends[each]] = min(span, spans.get(ends[each], span))
    if len(spans) < 2:
        return orders
    near, far = sorted(spans, key=lambda place: spans[place])
    if 4 * spans[near] >= spans[far]:
        return orders
    return [each for each in orders if ends[each] == near]


def _readable(text: str, order: Order) -> bool:
    try:
        _moment(text, order)
    except ValueError:
        return False
    return True


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
        year, month, day = compact.groups()
        return _day(int(year), int(month), int(day), 4, text), _rest(text, compact.end())
    numbers = _NUMBERS.match(text)
    if numbers:
        first, second, third = numbers[1], numbers[3], numbers[4]
        if len(first) == 4:
            year, month, day = first, second, third
        elif order == "mdy":
            month, day, year = first, second, third
        elif order == "ymd":
            year, month, day = first, second, third
        else:
            day, month, year = first, second, third
        return _day(int(year), int(month), int(day), len(str(year)), text), _rest(text, numbers.end())
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
    korean = re.fullmatch(r"(\d{1,2})시(?:\s*(\d{1,2})분)?(?:\s*(\d{1,2})초)?( [ap]m)?", rest)
    if korean:
        rest = f"{korean[1]}:{korean[2] or '00':0>2}:{korean[3] or '00':0>2}{korean[4] or ''}"
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


def birthday(text: str, reader: DateReader, today: date) -> str:
    """Return ``1975-12-12``, or ``--12-12`` without a year."""
    written = text.strip()
    if re.fullmatch(r"--\d{2}-?\d{2}", written):
        return f"--{written[2:4]}-{written[-2:]}"
    found = reader.moment(written).date()
    if found > today and re.search(r"\d{4}", written):
        raise ValueError(f"{text!r} is still to come")
    if found > today:  # a two-digit year: nobody is born in the future
        found = found.replace(year=found.year - 100)
    return found.isoformat()


@dataclass(frozen=True, slots=True)
class AmountReader:
    """Reads the amounts of a column. `decimal` is the decimal separator."""

    decimal: str

    def amount(self, text: str) -> Decimal:
        """Return an exact amount, rounded to the hundredth, without its currency."""
        digits, times, _ = _amount_parts(text)
        other = "," if self.decimal == "." else "."
        plain = digits.replace(other, "").replace(self.decimal, ".")
        try:
            found = Decimal(plain) * times
        except InvalidOperation as error:
            raise ValueError(f"{text!r} is not an amount") from error
        if not found.is_finite() or abs(found) >= Decimal("1e14"):
            raise ValueError(f"{text!r} is not an amount")
        return found.quantize(Decimal("0.01"))

    @classmethod
    def of(cls, cells: Iterable[str]) -> AmountReader:
        """Return the reader of a column. Raises TwoWays if thousands and decimals can't be told apart (``350.000``)."""
        unclear = None
        for text in dict.fromkeys(cell for cell in cells if given(cell)):
            try:
                digits, times, _ = _amount_parts(text)
            except ValueError:
                continue  # reported, with its line, when it is read
            if times > 1:
                continue  # 1.5 M says nothing about the others
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


_TIMES = {
    "k": 1_000, "тыс": 1_000, "천": 1_000, "千": 1_000, "tsd": 1_000,
    "만": 10_000, "万": 10_000, "萬": 10_000,
    "m": 1_000_000, "mn": 1_000_000, "mio": 1_000_000, "mln": 1_000_000, "млн": 1_000_000, "million": 1_000_000,
    "억": 100_000_000, "億": 100_000_000,
    "b": 1_000_000_000, "bn": 1_000_000_000, "млрд": 1_000_000_000, "mrd": 1_000_000_000,
}  # fmt: skip
CURRENCIES = {
    "$": "USD", "us$": "USD", "€": "EUR", "£": "GBP", "₩": "KRW", "원": "KRW", "₽": "RUB", "руб": "RUB", "р": "RUB",
    "円": "JPY", "zł": "PLN", "kč": "CZK", "₺": "TRY", "tl": "TRY", "₴": "UAH", "грн": "UAH", "₸": "KZT", "元": "CNY",
    "₹": "INR", "rs": "INR", "r$": "BRL", "fr": "CHF",
}  # fmt: skip


def _amount_parts(text: str) -> tuple[str, int, str]:
    """Return an amount's signed digits, the multiplier of its unit word, and its currency ("" if none is named).

    Raises ValueError for anything else.
    """
    written = text.strip().replace("\N{MINUS SIGN}", "-")
    match = re.fullmatch(r"([^\d]*?)([.,]?\d(?:[\d.,\s\u00a0\u202f'’_]*\d)?)([^\d]*)", written)
    if match is None:
        raise ValueError(f"{text!r} is not an amount")
    head, digits, tail = match[1].strip(), re.sub(r"[\s\u00a0\u202f'’_]", "", match[2]), match[3].strip()
    minus = head.count("-") + tail.count("-") + ("(" in head and ")" in tail)
    if minus > 1:
        raise ValueError(f"{text!r} is not an amount")
    times, currency = 1, ""
    for word in re.findall(r"[^\s\d()+.,-]+", f"{head} {tail}"):
        named = word.lower()
        ending = next((key for key in ("만", "억", "천", "万", "億") if named.startswith(key) and named != key), "")
        for part in (ending, named.removeprefix(ending)) if ending else (named,):
            if part in _TIMES and times == 1:
                times = _TIMES[part]
            elif part in CURRENCIES or re.fullmatch(r"[a-z]{3}", part):
                currency = CURRENCIES.get(part, part.upper())
            else:
                raise ValueError(f"{text!r} is not an amount that can be read")
    return ("-" if minus else "") + digits, times, currency


def currency_of(text: str) -> str:
    """Return the currency an amount names, or "" for none or for anything that isn't an amount."""
    try:
        return _amount_parts(text)[2]
    except ValueError:
        return ""


Unit = Literal["minutes", "seconds"]


@dataclass(frozen=True, slots=True)
class DurationReader:
    """Reads the durations of a column. A plain number is in `unit`."""

    unit: Unit

    def minutes(self, text: str) -> int:
        """Return whole minutes, rounded. Both ``1:30`` and ``0:01:30`` are a minute and a half."""
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
        """Return the reader of a column: by its header, or else in seconds if a telephone system wrote it (`machine`),
        or if a call would otherwise exceed an hour.
        """
        words = header.lower()
        if re.search(r"\bmin|분|мин", words):
            return cls("minutes")
        if re.search(r"\bsec|\bs$|초|сек|billsec", words):
            return cls("seconds")
        numbers = [float(cell) for cell in cells if re.fullmatch(r"\d+(\.\d+)?", cell.strip())]
        return cls("seconds" if machine or any(number > 60 for number in numbers) else "minutes")


def _rounded(seconds: Decimal, text: str) -> int:
    if not seconds.is_finite() or not 0 <= seconds <= 24 * 3600:
        raise ValueError(f"{text!r} is not a duration of a day at most")
    return int((seconds + 30) // 60)


TRUE = frozenset({"true", "yes", "y", "1", "t", "да", "예", "はい", "x"})
FALSE = frozenset({"false", "no", "n", "0", "f", "нет", "아니오", "いいえ", ""})
