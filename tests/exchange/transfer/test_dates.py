"""Dates of columns: their order told by the whole column, every way of writing them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.exchange.transfer.dates import DateReader, Order, birthday
from planner.exchange.transfer.values import TwoWays

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
        (["11/12/2026 09:00"], "mdy"),  # as the 11th of December it would be still to come
    ],
)
def test_date_order_is_detected_from_the_column(cells: list[str], order: Order) -> None:
    assert DateReader.for_column(cells, NOW).order == order


def test_ambiguous_date_order_must_be_given() -> None:
    with pytest.raises(TwoWays):
        DateReader.for_column(["03/04/2025", "05/06/2025"], NOW)
    assert DateReader.for_column(["03/04/2025"], NOW, "mdy").moment("03/04/2025") == datetime(2025, 3, 4)


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
    with pytest.raises(ValueError, match=r"date|between 1900 and 2200|no valid time"):
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
        found = DateReader.for_column(cells, NOW)
    except TwoWays:
        assert all(day.day <= 12 for day in days)
    else:
        assert [found.moment(cell).date() for cell in cells] == days


def test_birthdays() -> None:
    read = [birthday(text, DateReader("dmy"), NOW.date()) for text in ("1975-12-12", "--12-12", "--1212", "1/2/68")]
    assert read == ["1975-12-12", "--12-12", "--12-12", "1968-02-01"]


@given(st.datetimes(datetime(2001, 9, 10), NOW - timedelta(days=1)))
def test_unix_timestamps_round_trip(moment: datetime) -> None:
    moment = moment.replace(microsecond=0, fold=0)
    assert DateReader("ymd").moment(str(int(moment.timestamp()))).timestamp() == moment.timestamp()
