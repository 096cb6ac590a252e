"""The month's chart: what is named at its ends, and months of unusual figures."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from planner.services.plan import months
from planner.services.plan.months import Ahead, Sheet, Span
from planner.tui.shared.month_chart import month_chart
from planner.tui.shared.spans import width_of
from tests.scenes import SCENES

Known = tuple[Sheet, Ahead]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    ctx = SCENES["typical"](Path(tmp_path_factory.mktemp("chart")))
    sheet = months.read(ctx, Span.MONTH, ctx.today())
    return sheet, months.look_ahead(ctx, sheet)


def drawn(sheet: Sheet, ahead: Ahead | None, width: int = 90, height: int = 20) -> str:
    lines = month_chart(sheet, ahead, width, height)
    assert len(lines) == height
    assert all(width_of(line) <= width for line in lines)
    return "\n".join("".join(text for text, _ in line) for line in lines)


def test_bands_are_named_at_their_ends_where_there_is_room(known: Known) -> None:
    assert "80% range" in drawn(*known) and "50% range" in drawn(*known)
    assert "range" not in drawn(*known, height=6)
    assert "range" not in drawn(known[0], None)


def test_a_month_on_its_first_day(known: Known) -> None:
    sheet, ahead = known
    first = replace(sheet, today=sheet.days[0].day)
    assert "plan 1.4M" in drawn(first, ahead)


def test_a_month_of_one_day(known: Known) -> None:
    sheet, ahead = known
    assert "plan 1.4M" in drawn(replace(sheet, days=sheet.days[15:16]), ahead)


@pytest.mark.parametrize("closed", [Decimal(0), Decimal(-40_000), Decimal(1), Decimal(10) ** 15])
def test_a_month_with_one_deal(known: Known, closed: Decimal) -> None:
    sheet, _ = known
    days = tuple(replace(day, booked=closed if number == 4 else Decimal(0)) for number, day in enumerate(sheet.days))
    assert ("closed" in drawn(replace(sheet, days=days, booked=closed), None)) == bool(closed)


def test_a_plan_of_nothing(known: Known) -> None:
    sheet, ahead = known
    assert sheet.plan is not None and sheet.quota is not None
    none = Fraction(0)
    nothing = replace(
        sheet,
        plan=replace(sheet.plan, target=none),
        quota=replace(sheet.quota, target=none),
        days=tuple(replace(day, plan_line=none, quota_line=none, booked=Decimal(0)) for day in sheet.days),
        booked=Decimal(0),
    )
    assert "plan 0" in drawn(nothing, None)
    assert "plan" not in drawn(replace(nothing, plan=None, quota=None), ahead)


def test_lines_and_ranges_are_named_by_their_signs_in_a_narrow_chart_too(known: Known) -> None:
    shown = drawn(*known, width=47, height=9)
    for name in ("● plan", "┈ quota", "⠒ likely", "▔ closed", " 80%", " 50%"):
        assert name in shown


def test_without_room_the_chart_is_figures_in_rows(known: Known) -> None:
    lines = month_chart(*known, 29, 7)
    rows = ["".join(text for text, _ in line) for line in lines]
    assert rows[0] == " closed      612,000"
    assert [row[:12].strip() for row in rows] == ["closed", "plan pace", "quota pace", "forecast"]
    assert all(width_of(line) < 29 for line in month_chart(*known, 29, 3))
