"""Amounts and durations as others write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from planner.exchange.transfer.values import AmountReader, DurationReader, TwoWays, round_minutes
from planner.exchange.transfer.ways import in_cell


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


@pytest.mark.parametrize(
    ("kind", "cell", "ways"),
    [
        ("phone", "+49 30 123; +49 171 456", [("+49 30 123", ""), ("+49 171 456", "")]),
        ("phone", "+49 30 123, +49 171 456", [("+49 30 123", ""), ("+49 171 456", "")]),
        ("phone", "030 123 / 0171 456", [("030 123", ""), ("0171 456", "")]),
        ("phone", "030/123456", [("030/123456", "")]),
        ("phone", "work: 030 123\nmobile 0171 456", [("030 123", "work"), ("0171 456", "mobile")]),
        ("phone", "Tel. 030 123, Fax 030 124", [("030 123", "")]),
        ("phone", "0171 456 (mobile)", [("0171 456", "mobile")]),
        ("phone", "tel:+4930123", [("+4930123", "")]),
        ("phone", "моб. +7 495 555, раб. +7 812 555", [("+7 495 555", "mobile"), ("+7 812 555", "work")]),
        ("phone", "010-5555-1234 or 02-555-1234", [("010-5555-1234", ""), ("02-555-1234", "")]),
        ("phone", "+1 212 555 0199 ext. 12", [("+1 212 555 0199 ext. 12", "")]),
        ("phone", "1234567.0", [("1234567", "")]),
        ("email", "Ann Lee <ann@x.example>", [("ann@x.example", "")]),
        ("email", '"Lee, Ann" <ann@x.example>, bo@x.example', [("ann@x.example", ""), ("bo@x.example", "")]),
        ("email", "mailto:ann@x.example?subject=Hi", [("ann@x.example", "")]),
        ("email", "work: ann@x.example; home: a@y.example", [("ann@x.example", "work"), ("a@y.example", "home")]),
        ("email", "ann@x.example bo@x.example", [("ann@x.example", ""), ("bo@x.example", "")]),
        ("email", "o'brien@x.example", [("o'brien@x.example", "")]),
        ("email", "-", []),
    ],
)
def test_several_numbers_and_addresses_in_a_cell(kind: str, cell: str, ways: list[tuple[str, str]]) -> None:
    assert list(in_cell(cell, kind)) == ways
