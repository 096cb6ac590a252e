"""Manages the work calendar: weekly template, public holidays and the rep's exceptions."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.day.events import TimeOff, time_off
from planner.domain.errors import InputError
from planner.domain.text import clean
from planner.domain.workdays import CalendarException, Period, WorkCalendar, WorkingDays, working_days
from planner.services.context import AppContext
from planner.store.day import day as days
from planner.store.day import events, tasks
from planner.store.plan import calendar as store

if TYPE_CHECKING:
    from planner.store.recorder import Reads


class PublicHolidays(Mapping[date, str]):
    """The public holidays of a country and region by date, calculated per year on demand."""

    def __init__(self, country: str, region: str) -> None:
        import holidays  # takes 60 ms, needed only if a country is set

        self._of = partial(holidays.country_holidays, country, subdiv=region or None)
        self._years: dict[int, dict[date, str]] = {}
        self._made_up: dict[int, frozenset[date]] = {}
        self.of_year(2000)  # fail here on an unknown country or region, not later in a calculation

    def of_year(self, year: int) -> Mapping[date, str]:
        """Return the holidays of a year."""
        if year not in self._years:
            found = self._of(years=year)
            self._made_up[year] = frozenset(getattr(found, "weekend_workdays", ()))
            self._years[year] = dict(found)
        return self._years[year]

    def made_up(self, year: int) -> frozenset[date]:
        """Return the weekend days worked in exchange for others, as some countries prescribe."""
        self.of_year(year)
        return self._made_up[year]

    def __getitem__(self, day: date) -> str:
        return self.of_year(day.year)[day]

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in self.of_year(day.year)

    def __iter__(self) -> Iterator[date]:
        return (day for year in self._years.values() for day in year)

    def __len__(self) -> int:
        return sum(len(year) for year in self._years.values())


class MadeUp(Container[date]):
    """The weekend days that a country works in exchange for other days off, calculated per year on demand."""

    def __init__(self, of: PublicHolidays) -> None:
        self._of = of

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in self._of.made_up(day.year)


_known_holidays = lru_cache(maxsize=128)(PublicHolidays)


def public_holidays(ctx: AppContext) -> PublicHolidays | None:
    """Return the public holidays of the rep's country and region. An unknown one gives a notice and None."""
    config = ctx.current_config()
    country, region = config["calendar.country"], config["calendar.region"]
    if not country:
        return None
    try:
        return _known_holidays(country, region)
    except NotImplementedError:
        ctx.notice(
            f"No public holidays are known for {country}{' / ' + region if region else ''}, so none count. "
            "Check the settings calendar.country and calendar.region."
        )
        return None


def check_country(country: str, region: str) -> None:
    """Refuse a country or region unknown to the holidays library, listing the known regions."""
    if not country:
        return
    import holidays

    known = holidays.list_supported_countries()
    if country not in known:
        raise InputError(f"No public holidays are known for {country!r}. Enter a country code, such as DE.")
    if region:
        try:
            holidays.country_holidays(country, subdiv=region, years=2026)
        except NotImplementedError as error:
            regions = ", ".join(known[country]) or "none"
            raise InputError(f"{region!r} is not a region of {country}. Choose from {regions}.") from error


def regions(country: str) -> tuple[str, ...]:
    """Return the regions of a country known to the holidays library, none for an unknown country."""
    if not country:
        return ()
    import holidays

    return tuple(holidays.list_supported_countries().get(country, ()))


def region_wanted(country: str, region: str, year: int) -> str:
    """Return advice to set a region if the country's regions have their own holidays and none is set, else ""."""
    known = () if region else regions(country)
    national = set(_known_holidays(country, "").of_year(year)) if known else set()
    if all(set(_known_holidays(country, each).of_year(year)) == national for each in known):
        return ""
    return f"Public holidays in {country} differ by region. Set calendar.region to yours: {', '.join(known)}."


def work_calendar(ctx: AppContext, reads: Reads | None) -> WorkCalendar:
    """Return the rep's calendar. Without a database, it has no exceptions."""
    own = {} if reads is None else store.exceptions(reads)
    week, public = ctx.current_config().week, public_holidays(ctx)
    if public is None:
        return WorkCalendar(week=week, exceptions=own)
    return WorkCalendar(week=week, holidays=public, exceptions=own, made_up=MadeUp(public))


class OwnCalendar:
    """The rep's calendar, loaded on first use so that nothing else waits for a country's holidays. Uses the given
    connection in its transaction, if any.
    """

    def __init__(self, ctx: AppContext, reads: Reads | None = None) -> None:
        self._desk, self._reads = ctx, reads

    @cached_property
    def _found(self) -> WorkCalendar:
        if self._reads is not None or not self._desk.database.exists():
            return work_calendar(self._desk, self._reads)
        with self._desk.database.read() as reads:
            return work_calendar(self._desk, reads)

    def is_working_day(self, day: date) -> bool:
        """Return whether a date is worked, at least in part."""
        return self._found.is_working_day(day)

    def taken_off(self, day: date) -> bool:
        """Return whether a date is a public holiday or taken off by the rep."""
        return self._found.taken_off(day)


def set_days(ctx: AppContext, periods: Iterable[Period], weight: Fraction | None, note: str = "") -> list[date]:
    """Set dates to a weight as one change and return them. None restores the template and the holidays."""
    dates = sorted({day for period in periods for day in period})
    words = {Fraction(0): "off", Fraction(1, 2): "half day", Fraction(1): "working", None: "default"}
    name = words.get(weight, "part of a day")
    span = formats.days_text(dates[0], dates[-1], ctx.today())
    exception = None if weight is None else CalendarException(weight, clean(note))
    with ctx.database.write(f"calendar: {span} {name}") as change:
        before = work_calendar(ctx, change)
        for day in dates:
            store.put(change, day, exception)
        moved = tasks.follow_calendar(change, ctx.today(), before, work_calendar(ctx, change))
    for task in moved:
        assert task.due is not None
        ctx.notice(f"{task.title} is now due {formats.when_text(task.due.day, ctx.today())}.")
    return dates


def may_be_off(ctx: AppContext, reads: Reads, calendar: WorkCalendar) -> list[TimeOff]:
    """Return whole days in imported calendars, from today on, that may be days off but count as worked."""
    return time_off(events.whole_days(reads, ctx.today()), calendar, ctx.today())


def off_around(ctx: AppContext, day: date) -> TimeOff | None:
    """Return the first of these that contains a day."""
    if not ctx.database.exists():
        return None
    with ctx.database.read() as reads:
        found = may_be_off(ctx, reads, work_calendar(ctx, reads))
    return next((each for each in found if day in each.days), None)


@dataclass(frozen=True, slots=True)
class MonthDays:
    """A month of the calendar: each date with its weight and the reason, and `advice` for the rep."""

    days: WorkingDays
    dates: tuple[tuple[date, Fraction, str], ...]
    advice: tuple[str, ...] = ()


def show(ctx: AppContext, month: Period) -> MonthDays:
    """Return the working days of a month, as of today."""
    offered: list[TimeOff] = []
    if ctx.database.exists():
        with ctx.database.read() as reads:
            calendar = work_calendar(ctx, reads)
            closed = days.get(reads, ctx.today()).closed
            offered = [each for each in may_be_off(ctx, reads, calendar) if each.days.overlaps(month)]
    else:
        calendar, closed = work_calendar(ctx, None), False
    rows = []
    for day, weight in calendar.weights(month):
        exception = calendar.exceptions.get(day)
        rows.append((day, weight, "own" if exception and not exception.note else calendar.reason_for(day)))
    config = ctx.config
    wanted = region_wanted(config["calendar.country"], config["calendar.region"], month.first.year)
    advice = [wanted] if wanted else []
    advice += [each.sentence() for each in offered]
    return MonthDays(working_days(calendar, month, ctx.today(), closed=closed), tuple(rows), tuple(advice))
