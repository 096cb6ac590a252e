"""Large figures: three rows of equal width, each digit unlike the others."""

from __future__ import annotations

import pytest

from planner.tui.shared.big import ROWS, big


@pytest.mark.parametrize("text", ["37", "12,382", "01:12", "1:02:03", "+49 (30) 555-1234", "–", "0.5"])
def test_rows_have_one_width(text: str) -> None:
    rows = big(text)
    assert len(rows) == ROWS
    assert len({len(row) for row in rows}) == 1


def test_every_digit_is_told_from_the_others() -> None:
    assert len({big(digit) for digit in "0123456789"}) == 10


def test_what_has_no_figure_is_left_out() -> None:
    assert big("3 extra 7") == big("3  7")
    assert big("") == ("", "", "")
