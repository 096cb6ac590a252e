"""One format each for dates, durations, percentages and amounts, and what is written is read again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain import formats
from planner.domain.day.tasks import Due
from planner.domain.errors import InputError
from planner.domain.typed.dates import read_month
from planner.domain.typed.moment import Towards
from planner.domain.typed.when import parse_when

TODAY = date(2026, 11, 17)
NOON = datetime(2026, 11, 17, 12)


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (TODAY, "Tue 17 Nov"),
        ("2026-11-17", "Tue 17 Nov"),
        (datetime(2026, 11, 7, 9, 5, 59), "Sat 7 Nov 09:05"),
        ("2026-11-07T09:05", "Sat 7 Nov 09:05"),
        (Due(TODAY), "Tue 17 Nov"),
        (Due(TODAY, time(16)), "Tue 17 Nov 16:00"),
        (date(2027, 1, 1), "Fri 1 Jan 2027"),
        ("2025-12-31T23:00", "Wed 31 Dec 2025 23:00"),
    ],
)
def test_dates_have_one_format_and_a_year_only_if_it_differs(when: date | Due | str, text: str) -> None:
    assert formats.when_text(when, TODAY) == text


@pytest.mark.parametrize(
    ("when", "text"),
    [
        ("2026-11-17", "today"),
        ("2026-11-17T10:00", "today 10:00"),
        (date(2026, 11, 18), "tomorrow"),
        (Due(date(2026, 11, 16), time(9)), "yesterday 09:00"),
        (date(2026, 11, 19), "Thu 19 Nov"),
        (date(2027, 11, 17), "Wed 17 Nov 2027"),
    ],
)
def test_days_next_to_today_are_named(when: date | Due | str, text: str) -> None:
    assert formats.near_text(when, TODAY) == text


def test_ranges_of_days() -> None:
    assert formats.days_text(TODAY, TODAY) == "Tue 17 Nov"
    assert formats.days_text(date(2026, 11, 30), date(2026, 12, 6)) == "Mon 30 Nov to Sun 6 Dec"


@pytest.fixture
def _iso() -> Iterator[None]:
    formats.use_iso(True)
    yield
    formats.use_iso(False)


@pytest.mark.usefixtures("_iso")
def test_iso_dates_on_request() -> None:
    assert formats.when_text(TODAY, TODAY) == formats.near_text(TODAY, TODAY) == "2026-11-17"
    assert formats.near_text("2026-11-17T10:00", TODAY) == "2026-11-17 10:00"
    assert formats.days_text(TODAY, date(2026, 11, 18)) == "2026-11-17 to 2026-11-18"


@given(st.dates(date(1970, 1, 1), date(2150, 12, 31)))
def test_a_written_date_is_read_as_the_same_date(day: date) -> None:
    assert parse_when(formats.dated_text(day), NOON).day == day


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.sampled_from(("future", "past", "near", "from", "until")))
def test_a_date_of_this_year_is_read_as_the_same_date_whichever_way_a_form_looks(day: date, towards: Towards) -> None:
    assert parse_when(formats.when_text(day, TODAY), NOON, towards=towards).day == day


@pytest.mark.parametrize(("minutes", "text"), [(0, "0 min"), (45, "45 min"), (60, "1 h"), (250, "4 h 10 min")])
def test_durations(minutes: int, text: str) -> None:
    assert formats.duration(minutes) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0%"), (0.001, "<1%"), (0.147, "15%"), (0.999, ">99%"), (1, "100%"), (1.352, "135%")],
)
def test_near_certain_percentages_are_never_rounded_to_certain(share: float, text: str) -> None:
    assert formats.percent(share) == text


def test_percentages_with_decimals() -> None:
    assert [formats.percent(share, 1) for share in (0.0004, 0.421, 0.9996)] == ["<0.1%", "42.1%", ">99.9%"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (350, "350"), (1400, "1.4k"), (350_000, "350k"), (999_999, "1M"), (1_400_000, "1.4M"),
        (1_234_567_890, "1.23B"), (-1400, "-1.4k"), (Decimal(700_000), "700k"),
    ],
)  # fmt: skip
def test_short_amounts(value: Decimal | float, text: str) -> None:
    assert formats.short_amount(value) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (610_000, 1_930_000, "610k–1.93M"),
        (1_210_000, 1_930_000, "1.21–1.93M"),
        (5, 950, "5–950"),
        (1_000, 14_900, "1.0–14.9k"),
        (0, 250e9, "0–250B"),
    ],
)
def test_short_ranges_name_a_common_unit_once(low: float, high: float, text: str) -> None:
    assert formats.short_range(low, high) == text


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (9.5, 1, "9.5"),
        (1950, 1, "1,950"),
        (Decimal("10.0"), 1, "10"),
        (2.675, 2, "2.68"),
        (-0.01, 1, "0"),
        (100, 0, "100"),
    ],
)
def test_numbers(value: float, places: int, text: str) -> None:
    assert formats.number(value, places) == text


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("2026-11", date(2026, 11, 1)),
        ("nov", date(2026, 11, 1)),
        ("Dec", date(2026, 12, 1)),
        ("jan", date(2027, 1, 1)),
        ("may", date(2027, 5, 1)),
        ("june", date(2026, 6, 1)),
        ("November 2025", date(2025, 11, 1)),
        ("feb. 2027", date(2027, 2, 1)),
        ("next month", date(2026, 12, 1)),
        ("last month", date(2026, 10, 1)),
    ],
)
def test_a_month_is_typed_by_number_or_by_name(typed: str, first: date) -> None:
    assert read_month(typed, TODAY).first == first


@given(st.dates(date(1971, 1, 1), date(2199, 12, 31)))
def test_a_written_month_is_read_as_the_same_month(day: date) -> None:
    assert day in read_month(formats.month_text(day), TODAY)


@pytest.mark.parametrize("typed", ["", "soon", "700000", "13", "2026-13", "nov nov", "november 26"])
def test_no_month(typed: str) -> None:
    with pytest.raises(InputError, match="isn't a month"):
        read_month(typed, TODAY)
