"""Amounts and durations as others write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from planner.exchange.transfer.values import AmountReader, DurationReader, TwoWays, round_minutes


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
    reader = AmountReader.for_column(cells)
    assert [reader.amount(cell) for cell in cells] == [Decimal(amount) for amount in amounts]


def test_ambiguous_amount_is_refused() -> None:
    with pytest.raises(TwoWays):
        AmountReader.for_column(["350.000"])
    assert AmountReader.for_column(["350.000", "1.234,50"]).amount("350.000") == 350_000


@pytest.mark.parametrize(
    "text", ["lots", "1e5000", "--5", "NaN", "1.2.3", "99999999999999999", "5 pieces", "7.9E+10", "1-2"]
)
def test_invalid_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="isn't an amount"):
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
    reader = DurationReader.for_column(header, cells)
    assert [round_minutes(reader.parse_seconds(cell)) for cell in cells] == minutes


@pytest.mark.parametrize("text", ["long", "-5", "25:00:00", "inf"])
def test_invalid_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        DurationReader("minutes").parse_seconds(text)
