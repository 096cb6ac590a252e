"""Dates, amounts and durations as other programs write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.exchange.transfer.values import AmountReader, DateReader, DurationReader, Order, TwoWays, birthday

NOW = datetime(2026, 11, 16, 9)


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["10/20/2016", "3/1/2017"], "mdy"),
        (["20-10-16", "01-03-17"], "dmy"),
        (["03.04.2026"], "dmy"),
        (["2026/06/22", "2026-01-02"], "ymd"),
        (["5/5/2025", "6/6/2025"], "dmy"),
        (["01 Jul 2026", "2 Feb 2025"], "ymd"),
        (["", "n/a", "31/12/2025"], "dmy"),
        (["26-11-03", "26-11-13"], "ymd"),
        (["Mon 16/11/2026", "Tue 17/11/2026"], "dmy"),
        (["11/12/2026 09:00"], "mdy"),  # the 11th of December would be in the future
    ],
)
def test_date_order_is_detected_from_the_column(cells: list[str], order: Order) -> None:
    assert DateReader.of(cells, NOW).order == order


def test_ambiguous_date_order_must_be_given() -> None:
    with pytest.raises(TwoWays):
        DateReader.of(["03/04/2025", "05/06/2025"], NOW)
    assert DateReader.of(["03/04/2025"], NOW, "mdy").moment("03/04/2025") == datetime(2025, 3, 4)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-18 09:27:14", datetime(2024, 1, 18, 9, 27, 14)),
        ("2025-07-02 09:01", datetime(2025, 7, 2, 9, 1)),
        ("2025-07-02T09:01", datetime(2025, 7, 2, 9, 1)),
        ("2020/06/22 10:32:30", datetime(2020, 6, 22, 10, 32, 30)),
        ("22.06.2020, 10:32", datetime(2020, 6, 22, 10, 32)),
        ("22.06.20", datetime(2020, 6, 22)),
        ("31-12-69", datetime(1969, 12, 31)),
        ("3/12/2017 2:30 PM", datetime(2017, 12, 3, 14, 30)),
        ("3/12/2017 12:05 am", datetime(2017, 12, 3, 0, 5)),
        ("01 Jul 2026", datetime(2026, 7, 1)),
        ("Jul 1, 2026", datetime(2026, 7, 1)),
        ("1-Jul-26", datetime(2026, 7, 1)),
        ("Wed, 1 Jul 2026 10:00", datetime(2026, 7, 1, 10)),
        ("1 июля 2026 г.", datetime(2026, 7, 1)),
        ("2026년 7월 1일", datetime(2026, 7, 1)),
        ("2026년 7월 1일 14시 5분", datetime(2026, 7, 1, 14, 5)),
        ("Mon 01/07/2026 9:05", datetime(2026, 7, 1, 9, 5)),
        ("2026. 7. 1. 오후 2:05", datetime(2026, 7, 1, 14, 5)),
        ("2026年7月1日", datetime(2026, 7, 1)),
    ],
)
def test_dates_as_people_and_programs_write_them(text: str, moment: datetime) -> None:
    assert DateReader("dmy").moment(text) == moment


def test_timestamps_are_converted_to_local_time() -> None:
    instant = datetime(2023, 2, 28, 4, 47, tzinfo=UTC)
    local = instant.astimezone().replace(tzinfo=None)
    for text in ("2023-02-28T04:47:00Z", "2023-02-28T05:47:00+01:00", "1677559620", "1677559620000"):
        assert DateReader("ymd").moment(text) == local


@pytest.mark.parametrize(
    "text",
    ["soon", "31.02.2026", "2026-13-01", "99/99/9999", "1/2/3", "12:30", "01.01.0001", "2026-01-01 25:00"],
)
def test_invalid_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|calendar|time of day"):
        DateReader("dmy").moment(text)


@given(st.dates(date(1970, 1, 1), date(2068, 12, 31)), st.sampled_from(["dmy", "mdy"]), st.sampled_from("-/."))
def test_written_dates_read_back(day: date, order: Order, sign: str) -> None:
    form = "%d{0}%m{0}%Y" if order == "dmy" else "%m{0}%d{0}%Y"
    assert DateReader(order).moment(day.strftime(form.format(sign))).date() == day
    assert DateReader(order).moment(day.isoformat()).date() == day


@given(
    st.lists(st.dates(date(2000, 1, 1), date(2026, 11, 15)), min_size=40, max_size=60), st.sampled_from(["dmy", "mdy"])
)
def test_long_column_is_never_read_in_the_wrong_order(days: list[date], order: Order) -> None:
    form = "%d/%m/%Y" if order == "dmy" else "%m/%d/%Y"
    cells = [day.strftime(form) for day in days]
    try:
        found = DateReader.of(cells, NOW)
    except TwoWays:
        assert all(day.day <= 12 for day in days)
    else:
        assert [found.moment(cell).date() for cell in cells] == days


@pytest.mark.parametrize(
    ("cells", "amounts"),
    [
        (["1054", "50"], ["1054", "50"]),
        (["$1,054.00", "$50.00"], ["1054", "50"]),
        (["1.234,56 €", "7,00 €"], ["1234.56", "7"]),
        (["75 000,50 ₽", "1 000 ₽"], ["75000.50", "1000"]),
        (["₩1,500,000", "₩300,000"], ["1500000", "300000"]),
        (["350,000"], ["350000"]),
        (["(120.00)", "-5"], ["-120", "-5"]),
        (["CHF 1'234.50"], ["1234.50"]),
        (["0.1", "1234.5678"], ["0.10", "1234.57"]),
        (["1.234.567"], ["1234567"]),
        (["350k", "1.5M"], ["350000", "1500000"]),
        (["500만원", "3억"], ["5000000", "300000000"]),
        (["100 тыс. руб."], ["100000"]),
        (["350 000 руб."], ["350000"]),
        (["Rs. 500", ".50"], ["500", "0.50"]),
        (["\u2212500", "120-", "USD 1.234,56-"], ["-500", "-120", "-1234.56"]),
    ],
)
def test_amounts_with_every_kind_of_separator(cells: list[str], amounts: list[str]) -> None:
    reader = AmountReader.of(cells)
    assert [reader.amount(cell) for cell in cells] == [Decimal(amount) for amount in amounts]


def test_ambiguous_amount_is_refused() -> None:
    with pytest.raises(TwoWays):
        AmountReader.of(["350.000"])
    assert AmountReader.of(["350.000", "1.234,50"]).amount("350.000") == 350_000


@pytest.mark.parametrize(
    "text", ["lots", "1e5000", "--5", "NaN", "1.2.3", "99999999999999999", "5 pieces", "7.9E+10", "1-2"]
)
def test_invalid_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an amount"):
        AmountReader(".").amount(text)


@pytest.mark.parametrize(
    ("header", "cells", "minutes"),
    [
        ("duration", ["180", "0"], [3, 0]),
        ("duration", ["5", "20"], [5, 20]),
        ("call duration in minutes", ["70.0"], [70]),
        ("duration sec", ["60"], [1]),
        ("duration", ["1:30", "0:00:29", "1:00:00"], [2, 0, 60]),
        ("duration", ["1h 5m", "2 min", "90s"], [65, 2, 2]),
    ],
)
def test_durations(header: str, cells: list[str], minutes: list[int]) -> None:
    reader = DurationReader.of(header, cells)
    assert [reader.minutes(cell) for cell in cells] == minutes


@pytest.mark.parametrize("text", ["long", "-5", "25:00:00", "inf"])
def test_invalid_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        DurationReader("minutes").minutes(text)


def test_birthdays() -> None:
    read = [birthday(text, DateReader("dmy"), NOW.date()) for text in ("1975-12-12", "--12-12", "--1212", "1/2/68")]
    assert read == ["1975-12-12", "--12-12", "--12-12", "1968-02-01"]


@given(st.datetimes(datetime(2001, 9, 10), NOW - timedelta(days=1)))
def test_unix_timestamps_round_trip(moment: datetime) -> None:
    moment = moment.replace(microsecond=0, fold=0)
    assert DateReader("ymd").moment(str(int(moment.timestamp()))).timestamp() == moment.timestamp()
