"""Amounts as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain import formats
from planner.domain.errors import InputError
from planner.domain.money import from_hundredths, parse_amount, to_hundredths


@pytest.mark.parametrize(
    ("text", "amount"),
    [("700000", "700000"), ("700,000", "700000"), ("700 000", "700000"), ("700\u00a0000", "700000"),
     ("1'400'000", "1400000"), ("1.4m", "1400000"), ("350k", "350000"), ("12.50", "12.50"), ("12,50", "12.50"),
     ("1.400.000,50", "1400000.50"), ("0", "0"), ("1,234.5", "1234.5")],
)  # fmt: skip
def test_amounts_as_people_write_them(text: str, amount: str) -> None:
    assert parse_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["", "abc", "-5", "350.000", "1,2,3", "12.345", "NaN", "Infinity", "1e5", "9" * 20, "٣", "--5", "$5"]
)
def test_invalid_amounts_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_amount(text)


@given(st.integers(-(10**15), 10**15))
def test_hundredths_are_exact(value: int) -> None:
    assert to_hundredths(from_hundredths(value)) == value


@given(st.integers(0, 10**15))
def test_formatted_amount_parses_back(value: int) -> None:
    amount = from_hundredths(value)
    assert parse_amount(formats.amount(amount)) == amount
