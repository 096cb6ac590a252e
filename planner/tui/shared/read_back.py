"""Ways to read back what was typed into a field, as it will be saved. Each raises PlannerError for what isn't valid."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from planner.domain import formats
from planner.domain.errors import InputError
from planner.domain.money import parse_amount
from planner.domain.typed.moment import Towards
from planner.domain.typed.when import parse_when

ReadBack = Callable[[str], str]


def amount(what: str = "amount") -> ReadBack:
    """Read back an amount of money, which messages call `what`."""
    return lambda text: formats.amount(parse_amount(text, what=what))


def day(now: datetime, towards: Towards = "future", today: date | None = None) -> ReadBack:
    """Read back a date, without an hour."""
    return lambda text: formats.dated_text(parse_when(text, now, towards=towards, today=today).day)


def hours(now: datetime, *, by_end: bool = False) -> ReadBack:
    """Read back a date that may have hours. With `by_end` only the end of a range of them counts."""

    def read(text: str) -> str:
        found = parse_when(text, now, spans=True)
        return found.at_end().echo() if by_end else found.echo()

    return read


def count(what: str, most: int, least: int = 0) -> ReadBack:
    """Read back a whole number, which messages call `what`."""

    def read(text: str) -> str:
        if not (text.isascii() and text.isdigit() and least <= int(text[:9]) <= most):
            raise InputError(f"Enter {what} as a whole number from {least} to {most:,}, not {text!r}.")
        return str(int(text))

    return read
