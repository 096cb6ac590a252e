"""Parses the cells of a file: amounts, durations, and whether there is anything in them.

A column's format is detected from the whole column. An unreadable cell raises ValueError with the reason, to which the
file's reader adds line and column. Dates are read in `dates.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

# placeholders for empty values, as a person may well be called Na, Null or Unknown
NO_TEXT = frozenset({"", "-", "–", "—", "n/a", "N/A", "#N/A", "NULL", "(null)", "nan", "NaN"})
NO_VALUE = NO_TEXT | frozenset((
    "na", "null", "none", "nat", "unknown", "0000-00-00", "0/0/00", "0/0/0000", "00/00/0000", "не закрыта",
    "не указано", "не задано", "없음", "未定",
))  # fmt: skip


def has_content(text: str) -> bool:
    """Whether a value cell has content, unlike an empty one, a dash or ``N/A``."""
    written = text.strip()
    return written not in NO_VALUE and written.lower() not in NO_VALUE


def given_text(text: str) -> bool:
    """Whether a text cell has content."""
    return text.strip() not in NO_TEXT


class TwoWays(ValueError):
    """Raised for a column of dates or amounts that can be read in two ways, with an example."""


@dataclass(frozen=True, slots=True)
class AmountReader:
    """Parser for the amounts of a column. `decimal` is the decimal separator."""

    decimal: str

    def amount(self, text: str) -> Decimal:
        """Return an exact amount, rounded to the hundredth, without its currency."""
        digits, times, _ = _amount_parts(text)
        other = "," if self.decimal == "." else "."
        plain = digits.replace(other, "").replace(self.decimal, ".")
        try:
            found = Decimal(plain) * times
        except InvalidOperation as error:
            raise ValueError(f"{text!r} isn't an amount") from error
        if not found.is_finite() or abs(found) >= Decimal("1e14"):
            raise ValueError(f"{text!r} isn't an amount")
        return found.quantize(Decimal("0.01"))

    @classmethod
    def for_column(cls, cells: Iterable[str]) -> AmountReader:
        """Return the reader of a column. Raises TwoWays if thousands and decimals can't be told apart (``350.000``)."""
        finder = AmountFinder()
        for cell in cells:
            finder.add(cell)
        return finder.reader()


class AmountFinder:
    """Finds out how the amounts of a column are written, cell by cell."""

    def __init__(self) -> None:
        self._decimal = ""
        self._unclear: tuple[str, str] | None = None  # the sign that may be either, and where

    def add(self, text: str) -> None:
        """Look at a cell."""
        if self._decimal or text.isdecimal() or not has_content(text):
            return
        try:
            digits, times, _ = _amount_parts(text)
        except ValueError:
            return  # reported, with its line, when it is read
        if times > 1:
            return  # 1.5 M says nothing about the others
        if "," in digits and "." in digits:
            self._decimal = max(",.", key=digits.rindex)
            return
        for sign, other in ((",", "."), (".", ",")):
            if digits.count(sign) > 1:
                self._decimal = other
            elif sign in digits and len(digits) - digits.index(sign) - 1 != 3:
                self._decimal = sign
            elif sign in digits:
                self._unclear = self._unclear or (sign, text)

    def reader(self) -> AmountReader:
        """Return the reader of the column. Raises TwoWays."""
        if not self._decimal and self._unclear is not None and self._unclear[0] == ".":
            raise TwoWays(self._unclear[1])
        return AmountReader(self._decimal or ".")  # 350,000 is far more often thousands than thousandths


_TIMES = {
    "k": 1_000, "тыс": 1_000, "천": 1_000, "千": 1_000, "tsd": 1_000,
    "만": 10_000, "万": 10_000, "萬": 10_000,
    "m": 1_000_000, "mn": 1_000_000, "mio": 1_000_000, "mln": 1_000_000, "млн": 1_000_000, "million": 1_000_000,
    "억": 100_000_000, "億": 100_000_000,
    "b": 1_000_000_000, "bn": 1_000_000_000, "млрд": 1_000_000_000, "mrd": 1_000_000_000,
}  # fmt: skip
DOLLAR_SIGN = "$"  # of one of several currencies
DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"})
CURRENCIES = {
    "$": DOLLAR_SIGN, "us$": "USD", "a$": "AUD", "c$": "CAD", "euro": "EUR", "euros": "EUR", "dollar": DOLLAR_SIGN,
    "dollars": DOLLAR_SIGN, "pound": "GBP", "pounds": "GBP", "rubles": "RUB", "рублей": "RUB", "won": "KRW",
    "yen": "JPY",    "€": "EUR", "£": "GBP", "₩": "KRW", "원": "KRW", "₽": "RUB", "руб": "RUB", "р": "RUB",
    "円": "JPY", "zł": "PLN", "kč": "CZK", "₺": "TRY", "tl": "TRY", "₴": "UAH", "грн": "UAH", "₸": "KZT", "元": "CNY",
    "₹": "INR", "rs": "INR", "r$": "BRL", "fr": "CHF",
}  # fmt: skip


# ISO 4217
CURRENCY_CODES = frozenset([
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD", "BIF",
    "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP",
    "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP",
    "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD",
    "IRR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK",
    "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR",
    "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP",
    "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP",
    "SLE", "SOS", "SRD", "SSP", "STN", "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD",
    "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VES", "VND", "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER",
    "ZAR", "ZMW", "ZWL",
])  # fmt: skip


def currency_code(text: str) -> str:
    """Return the code of a currency named in a cell, or the cell in capitals for an unknown one."""
    named = " ".join(text.lower().split())
    last = named.rpartition(" ")[2]  # US dollar, Korean won
    found = CURRENCIES.get(named) or CURRENCIES.get(last) or named.upper()
    return "USD" if named.startswith("us ") and found == DOLLAR_SIGN else found


def currency_name(code: str) -> str:
    """Return a currency for a message."""
    return "dollars" if code == DOLLAR_SIGN else code


def is_currency(text: str) -> bool:
    """Whether a cell names a currency, by code, sign or word."""
    found = currency_code(text)
    return found == DOLLAR_SIGN or found in CURRENCY_CODES


def _amount_parts(text: str) -> tuple[str, int, str]:
    """Return an amount's signed digits, the multiplier of its unit word, and its currency ("" if none is named).

    Raises ValueError for anything else.
    """
    written = text.strip().replace("\N{MINUS SIGN}", "-")
    match = re.fullmatch(r"([^\d]*?)([.,]?\d(?:[\d.,\s\u00a0\u202f'’_]*\d)?)([^\d]*)", written)
    if match is None:
        raise ValueError(f"{text!r} isn't an amount")
    head, digits, tail = match[1].strip(), re.sub(r"[\s\u00a0\u202f'’_]", "", match[2]), match[3].strip()
    minus = head.count("-") + tail.count("-") + ("(" in head and ")" in tail)
    if minus > 1:
        raise ValueError(f"{text!r} isn't an amount")
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
                raise ValueError(f"{text!r} isn't an amount planner can read")
    return ("-" if minus else "") + digits, times, currency


def currency_of(text: str) -> str:
    """Return the currency an amount names, or "" for none or for anything that isn't an amount."""
    try:
        return _amount_parts(text)[2]
    except ValueError:
        return ""


Unit = Literal["minutes", "seconds", "milliseconds"]
_SECONDS: dict[Unit, Decimal] = {"minutes": Decimal(60), "seconds": Decimal(1), "milliseconds": Decimal("0.001")}


@dataclass(frozen=True, slots=True)
class DurationReader:
    """Parser for the durations of a column. A plain number is in `unit`."""

    unit: Unit

    def parse_seconds(self, text: str) -> Decimal:
        """Return seconds, up to a day. Both ``1:30`` and ``0:01:30`` are a minute and a half."""
        written = text.strip().lower()
        parts = written.split(":")
        if len(parts) in (2, 3) and all(part.isdecimal() for part in parts):
            seconds = Decimal(0)
            for part in parts:
                seconds = seconds * 60 + int(part)
            return _up_to_a_day(seconds, text)
        match = re.fullmatch(r"(?:(\d+) ?h[a-z]*\.?)? ?(?:(\d+) ?m[a-z]*\.?)? ?(?:(\d+) ?s[a-z]*\.?)?", written)
        if match and any(match.groups()):
            hours, minutes, rest = (int(part or 0) for part in match.groups())
            return _up_to_a_day(Decimal(hours * 3600 + minutes * 60 + rest), text)
        try:
            number = Decimal(written.replace(",", "."))
        except InvalidOperation as error:
            raise ValueError(f"{text!r} isn't a duration") from error
        return _up_to_a_day(number * _SECONDS[self.unit], text)

    @classmethod
    def for_column(cls, header: str, cells: Iterable[str], *, machine: bool = False) -> DurationReader:
        """Return the reader of a column."""
        finder = DurationFinder(header, machine=machine)
        for cell in cells:
            finder.add(cell)
        return finder.reader()


_PLAIN_NUMBER = re.compile(r"\d+(\.\d+)?")


class DurationFinder:
    """Finds the unit of a column's durations: by its header, or else seconds if a telephone system wrote it
    (`machine`), or if a call would otherwise exceed an hour.
    """

    def __init__(self, header: str, *, machine: bool = False) -> None:
        words = header.lower()
        self._unit: Unit | None = "seconds" if machine else None
        if re.search(r"\bhs call|\bms$|millis", words):  # of HubSpot's API
            self._unit = "milliseconds"
        elif re.search(r"\bmin|분|мин", words):
            self._unit = "minutes"
        elif re.search(r"\bsec|\bs$|초|сек|billsec", words):
            self._unit = "seconds"

    def add(self, cell: str) -> None:
        """Look at a cell."""
        if self._unit is None and _PLAIN_NUMBER.fullmatch(text := cell.strip()) and float(text) > 60:
            self._unit = "seconds"

    def reader(self) -> DurationReader:
        """Return the reader of the column."""
        return DurationReader(self._unit or "minutes")


def _up_to_a_day(seconds: Decimal, text: str) -> Decimal:
    if not seconds.is_finite() or not 0 <= seconds <= 24 * 3600:
        raise ValueError(f"{text!r} isn't a duration of up to a day")
    return seconds


def round_minutes(seconds: Decimal) -> int:
    """Return whole minutes."""
    return int((seconds + 30) // 60)


def days(text: str) -> int:
    """Return a number of days."""
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"{text!r} isn't a number of days")
    return int(text)


TRUE = frozenset({"true", "yes", "y", "1", "t", "да", "예", "はい", "x"})
FALSE = frozenset({"false", "no", "n", "0", "f", "нет", "아니오", "いいえ", ""})
