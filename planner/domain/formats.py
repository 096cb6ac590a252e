"""How dates, durations, percentages and amounts are written: one format each, on every screen and in every command.

Forms accept what is written here. JSON and files have formats of their own. The first paint and the quick commands load
this module, so it imports next to nothing.
"""

from __future__ import annotations

from datetime import date, datetime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction

    from planner.domain.day.tasks import Due

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNITS = ((1e9, "B"), (1e6, "M"), (1e3, "k"))

_iso = False


def use_iso(wanted: bool) -> None:
    """Write dates as ``2026-11-17`` from now on, which a script can sort, or as people read them (`--iso`)."""
    global _iso  # noqa: PLW0603 - one run, one way to write dates
    _iso = wanted


def when_text(when: date | datetime | Due | str, today: date | None = None) -> str:
    """Format a date as ``Tue 17 Nov`` and a date and time as ``Tue 17 Nov 14:30``.

    `when` may be ISO text, as stored. The year is written if it isn't that of `today`.
    """
    text = when if isinstance(when, str) else f"{when:%Y-%m-%dT%H:%M}" if isinstance(when, datetime) else str(when)
    at = f" {text[11:16]}" if len(text) > 10 else ""
    if _iso:
        return text[:10] + at
    day = date.fromisoformat(text[:10])
    year = f" {day.year}" if today is not None and day.year != today.year else ""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}{year}{at}"


def dated_text(when: date | datetime | Due | str) -> str:
    """Format like `when_text`, always with the year, for what is read long after: ``Tue 17 Nov 2026``."""
    return when_text(when, date.min)


def yearly_text(day: date) -> str:
    """Format a day that comes every year, which has no weekday: ``12 Dec``."""
    return f"{day.day} {MONTHS[day.month - 1]}"


def near_text(when: date | datetime | Due | str, today: date) -> str:
    """Format like `when_text`, with ``yesterday``, ``today`` and ``tomorrow`` in place of their dates."""
    text = when if isinstance(when, str) else f"{when:%Y-%m-%dT%H:%M}" if isinstance(when, datetime) else str(when)
    ahead = (date.fromisoformat(text[:10]) - today).days
    if _iso or abs(ahead) > 1:
        return when_text(text, today)
    return ("today", "tomorrow", "yesterday")[ahead] + (f" {text[11:16]}" if len(text) > 10 else "")


def days_text(first: date, last: date, today: date | None = None) -> str:
    """Format a range of days as ``Mon 16 Nov to Sun 22 Nov``, and one day as itself."""
    return when_text(first, today) if first == last else f"{when_text(first, today)} to {when_text(last, today)}"


def month_text(day: date) -> str:
    """Format the month of a day as ``November 2026``."""
    return f"{day:%B} {day.year}"


def duration(minutes: int) -> str:
    """Format minutes as ``45 min``, ``4 h`` or ``4 h 10 min``."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def percent(share: float, places: int = 0) -> str:
    """Format a share as ``62%``. It is ``0%`` or ``100%`` only if exact: else ``<1%`` or ``>99%``."""
    edge = 10**-places
    if 0 < 100 * share < edge / 2:
        return f"<{edge:g}%"
    if 100 - edge / 2 < 100 * share < 100:
        return f">{100 - edge:g}%"
    return f"{100 * share:.{places}f}%"


def amount(value: Decimal | float) -> str:
    """Format money with separators, and decimals only if there are any: ``1,400,000`` or ``12.50``."""
    return _exact(value, 2).removesuffix(".00")


def whole_amount(value: Decimal | Fraction | float) -> str:
    """Format money rounded to a whole amount, with separators: ``1,400,000``."""
    return f"{round(float(value)):,}"


def number(value: Decimal | float, places: int = 1) -> str:
    """Format a count or a number of days: ``1,950``, ``9.5``."""
    text = _exact(value, places)
    return text.rstrip("0").rstrip(".") if places else text


def hundredths(value: float) -> str:
    """Format stored hundredths as a whole amount: ``1,400,000``."""
    return f"{round(value / 100):,}"


def short_amount(value: Decimal | float) -> str:
    """Format an amount in little space, to three digits: ``1.4M``, ``350k``, ``950``."""
    value = float(value)
    for size, unit in UNITS:
        if abs(value) >= size * 0.9995:
            return f"{value / size:.3g}{unit}" if abs(value) < 999.5 * size else f"{value / size:,.0f}{unit}"
    return f"{value:,.0f}"


def _unit(value: Decimal | float) -> str:
    return short_amount(value).lstrip("-0123456789.,")


def short_range(low: float, high: float) -> str:
    """Format ``1.21–1.93M``, or ``610k–1.93M`` if the ends have different units."""
    if _unit(low) != _unit(high):
        return f"{short_amount(low)}–{short_amount(high)}"
    size, unit = next(((size, unit) for size, unit in UNITS if abs(high) >= size), (1, ""))
    digits = 0 if size == 1 or abs(high) >= 100 * size else 1 if abs(high) >= 10 * size else 2
    return f"{low / size:,.{digits}f}–{high / size:,.{digits}f}{unit}"


def _exact(value: Decimal | float, places: int) -> str:
    if isinstance(value, float):  # by its shortest decimal, so that 2.675 rounds as it reads
        from decimal import Decimal

        value = Decimal(str(value))
    text = f"{value:,.{places}f}"
    return text if text.strip("-0.,") else text.removeprefix("-")
