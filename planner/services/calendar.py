"""The calendar of work: template, public holidays, own exceptions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from planner.domain.errors import InputError
from planner.domain.text import clean
from planner.domain.workdays import CalendarException, Period, WorkCalendar, WorkingDays, working_days
from planner.services.desk import Desk
from planner.store import calendar as store
from planner.store import day as days

if TYPE_CHECKING:
    from planner.store.recorder import Reads


class PublicHolidays(Mapping[date, str]):
    """The public holidays of a country and region by date, each year's worked out when a day of it is asked for."""

    def __init__(self, country: str, region: str) -> None:
        import holidays  # 60 ms, and only for who has set a country

        self._of = partial(holidays.country_holidays, country, subdiv=region or None)
        self._years: dict[int, dict[date, str]] = {}
        self._year(2000)  # an unknown country or region is refused here, not somewhere in a sum

    def _year(self, year: int) -> dict[date, str]:
        if year not in self._years:
            self._years[year] = dict(self._of(years=year))
        return self._years[year]

    def __getitem__(self, day: date) -> str:
        return self._year(day.year)[day]

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in self._year(day.year)

    def __iter__(self) -> Iterator[date]:
        return (day for year in self._years.values() for day in year)

    def __len__(self) -> int:
        return sum(len(year) for year in self._years.values())


def public_holidays(desk: Desk) -> Mapping[date, str]:
    """Public holidays of the rep's country and region; none without a country, and a notice for an unknown one."""
    config = desk.current_config()
    country, region = config["calendar.country"], config["calendar.region"]
    if not country:
        return {}
    try:
        return PublicHolidays(country, region)
    except NotImplementedError:
        desk.notice(
            f"settings: no public holidays are known for {country}{' / ' + region if region else ''}, so none count; "
            "set calendar.country and calendar.region to others."
        )
        return {}


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


def work_calendar(desk: Desk, reads: Reads | None) -> WorkCalendar:
    """The rep's calendar; without a database, that of a rep who has nothing yet."""
    own = {} if reads is None else store.exceptions(reads)
    return WorkCalendar(week=desk.current_config().week, holidays=public_holidays(desk), exceptions=own)


def set_days(desk: Desk, periods: Iterable[Period], weight: Fraction | None, note: str = "") -> list[date]:
    """Set dates to a weight (None: back to the template and the holidays), as one change. Returns the dates."""
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
    if desk.database.exists():
        with desk.database.read() as reads:
            calendar = work_calendar(desk, reads)
            closed = days.get(reads, desk.today()).closed
    else:
        calendar, closed = work_calendar(desk, None), False
    rows = []
    for day, weight in calendar.weights(month):
        exception = calendar.exceptions.get(day)
        why = (exception.note or "own") if exception else calendar.holidays.get(day, "")
        rows.append((day, weight, why))
    return MonthDays(working_days(calendar, month, desk.today(), closed=closed), tuple(rows))
