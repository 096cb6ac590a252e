"""Converts exact amounts in one currency, to the hundredth.

Amounts are `Decimal` everywhere above the store and whole hundredths inside it, so that SQL sums are exact.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.domain.errors import InputError

if TYPE_CHECKING:
    from fractions import Fraction

HUNDRED = Decimal(100)
LARGEST = Decimal("99999999999999.99")
_SPACES = re.compile(r"[\s\u00a0\u202f_'’]")
_SUFFIX = {"k": Decimal(1_000), "m": Decimal(1_000_000)}


def to_hundredths(amount: Decimal) -> int:
    """Convert an exact amount to whole hundredths. Raises InputError beyond two decimals or fourteen digits."""
    if not amount.is_finite() or abs(amount) > LARGEST:
        raise InputError(f"{amount} is too large to be an amount.")
    scaled = amount * HUNDRED
    whole = scaled.to_integral_value()
    if whole != scaled:
        raise InputError(f"{amount} has more than two decimals. Round it to two.")
    return int(whole)


def from_hundredths(value: int) -> Decimal:
    """Convert whole hundredths to the exact amount."""
    return Decimal(value) / HUNDRED


def from_fraction(value: Fraction) -> Decimal:
    """Round an exact fraction to the nearest hundredth."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.01"))


def parse_amount(text: str, *, what: str = "amount") -> Decimal:
    """Parse an amount as people write it: ``700000``, ``700,000``, ``700 000``, ``1.4m``, ``350k``, ``12.50``.

    An ambiguous number (``350.000``) is refused rather than guessed.
    """
    cleaned = _SPACES.sub("", text.strip())
    factor = Decimal(1)
    if cleaned[-1:].lower() in _SUFFIX:
        factor = _SUFFIX[cleaned[-1].lower()]
        cleaned = cleaned[:-1]
    number = _decimal(cleaned, text, what, factor)
    if not number.is_finite():
        raise InputError(f"{what}: {text!r} isn't a number. Write it like 700000 or 12.50.")
    if number < 0:
        raise InputError(f"{what}: {text!r} is negative. It must be 0 or more.")
    to_hundredths(number)
    return number


def _decimal(cleaned: str, text: str, what: str, factor: Decimal) -> Decimal:
    sign, digits = ("-", cleaned[1:]) if cleaned.startswith("-") else ("", cleaned.removeprefix("+"))
    unreadable = InputError(f"{what}: {text!r} isn't a number. Write it like 700000, 700,000 or 12.50.")
    if not digits or not digits.isascii():
        raise unreadable
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", digits):
        digits = digits.replace(",", "")
    elif re.fullmatch(r"\d{1,3}(\.\d{3}){2,}(,\d+)?", digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif factor == 1 and re.fullmatch(r"\d{1,3}\.\d{3}", digits):
        plain, short = digits.replace(".", ""), digits.rstrip("0").rstrip(".")
        other = f" or {short}" if len(short.partition(".")[2]) <= 2 else ""
        raise InputError(f"{what}: {text!r} is ambiguous. Write {plain}{other}.")
    elif re.fullmatch(r"\d+,\d{1,2}", digits):
        digits = digits.replace(",", ".")
    if not re.fullmatch(r"\d+(\.\d+)?|\.\d+", digits):
        raise unreadable
    return Decimal(sign + digits) * factor
