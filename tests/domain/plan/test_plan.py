"""A month's plan and quota."""

from __future__ import annotations

from decimal import Decimal

import pytest

from planner.domain.errors import InputError
from planner.domain.plan.plan import BelowDouble, MonthPlan, confirm_double, personal_from
from planner.domain.workdays import parse_month


def test_plans() -> None:
    month = parse_month("2026-11")
    plan = MonthPlan(month, Decimal(700_000), personal_from("2x", Decimal(700_000)))
    assert plan.personal_plan == 1_400_000
    assert not plan.below_double
    with pytest.raises(InputError, match="isn't above your quota"):
        MonthPlan(month, Decimal(700_000), Decimal(700_000))
    low = MonthPlan(month, Decimal(700_000), Decimal(900_000))
    with pytest.raises(BelowDouble):
        confirm_double(low, below_double=False)
    confirm_double(low, below_double=True)
    assert personal_from("2.5×", Decimal(100)) == 250
    for text in ("x", "nanx", "-1x", "2xx"):
        with pytest.raises(InputError):
            personal_from(text, Decimal(100))
    with pytest.raises(InputError, match="quota of 0"):
        personal_from("2x", Decimal(0))


@pytest.mark.parametrize("text", ["2026-13", "2026", "11-2026", "x", "2026-0", "26-11", "2026-11-1"])
def test_invalid_months_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="isn't a month"):
        parse_month(text)
