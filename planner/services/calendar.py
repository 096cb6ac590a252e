"""The calendar of work: template, public holidays, own exceptions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from planner.domain.errors import InputError
from planner.domain.text import clean
from planner.domain.workdays import CalendarException, Period, WorkCalendar, WorkingDays, working_days
from planner.services.desk import Desk

if TYPE_CHECKING:
    from planner.store.recorder import Reads


def public_holidays(desk: Desk, period: Period) -> dict[date, str]:
    """Public holidays of the rep's country and region; none without a country, and a notice for an unknown one."""
    country, region = desk.config["calendar.country"], desk.config["calendar.region"]
    if not country:
        return {}
    import holidays  # 60 ms, and only for who has set a country

    years = range(period.first.year, period.last.year + 1)
    try:
        found = holidays.country_holidays(country, subdiv=region or None, years=years)
    except NotImplementedError:
        desk.notice(
            f"settings: no public holidays are known for {country}{' / ' + region if region else ''}, so none count; "
            "set calendar.country and calendar.region to others."
        )
        return {}
    return {day: name for day, name in found.items() if day in period}


def check_country(country: str, region: str) -> None:
    """Refuse a country or region that the holidays library doesn't know, with the regions there are."""
    if not country:
        return
    import holidays

    known = holidays.list_supported_countries()
    if country not in known:
        raise InputError(f"No public holidays are known for the country {country!r}.")
    if region:
        try:
            holidays.country_holidays(country, subdiv=region, years=2026)
        except NotImplementedError as error:
            regions = ", ".join(known[country]) or "none"
            raise InputError(f"{region!r} is not a region of {country}; there are: {regions}.") from error


def work_calendar(desk: Desk, reads: Reads | None, period: Period) -> WorkCalendar:
    """The calendar that holds over a period; without a database, that of a rep who has nothing yet."""
    own: dict[date, CalendarException] = {}
    if reads is not None:
        from planner.store import calendar as store  # SQLModel: an empty first screen does without

        own = store.exceptions(reads, period)
    return WorkCalendar(week=desk.config.week, holidays=public_holidays(desk, period), exceptions=own)


def set_days(desk: Desk, periods: Iterable[Period], weight: Fraction | None, note: str = "") -> list[date]:
    """Set dates to a weight (None: back to the template and the holidays), as one change. Returns the dates."""
    from planner.store import calendar as store

    dates = sorted({day for period in periods for day in period})
    words = {Fraction(0): "off", Fraction(1, 2): "half", Fraction(1): "worked"}
    name = "as usual" if weight is None else words.get(weight, str(weight))
    span = str(dates[0]) if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    exception = None if weight is None else CalendarException(weight, clean(note))
    with desk.database.write(f"calendar {span} {name}") as change:
        for day in dates:
            store.put(change, day, exception)
    return dates


@dataclass(frozen=True, slots=True)
class MonthDays:
    """A month of the calendar: each date with its weight and what made it so."""

    days: WorkingDays
    dates: tuple[tuple[date, Fraction, str], ...]


def show(desk: Desk, month: Period) -> MonthDays:
    """The working days of a month, as of today."""
    from planner.store import day as days

    if desk.database.exists():
        with desk.database.read() as reads:
            calendar = work_calendar(desk, reads, month)
            closed = days.get(reads, desk.today()).closed
    else:
        calendar, closed = work_calendar(desk, None, month), False
    rows = []
    for day, weight in calendar.weights(month):
        exception = calendar.exceptions.get(day)
        why = (exception.note or "own") if exception else calendar.holidays.get(day, "")
        rows.append((day, weight, why))
    return MonthDays(working_days(calendar, month, desk.today(), closed=closed), tuple(rows))
