"""Discipline: example D of `maths.md`, and properties."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.mail import windows as mail
from planner.domain.review.discipline import WEIGHTS, Share, Strength, quality, strength_after

WHOLE = Fraction(1)


def share(done: object, target: object) -> Share:
    return Share(Fraction(str(done)), Fraction(str(target)))


def perfect(days: int) -> list[tuple[Fraction, float | None]]:
    return [(WHOLE, 1.0)] * days


def windows(*minutes: int) -> list[mail.Window]:
    """The three windows of a day, open for these minutes."""
    found = []
    for opens, spent in zip(("08:00", "13:00", "18:00"), minutes, strict=True):
        window = mail.Window(opens, 30)
        window.minutes, window.state = spent, "done"
        found.append(window)
    return found


def test_example_d() -> None:
    adherence = mail.adherence(windows(28, 41, 30), 1)
    assert adherence == pytest.approx(0.677778, abs=1e-6)
    parts = {
        "calls": share(85, 100),
        "proposals": share(1, 2),
        "meetings": share(2, 2),
        "promises": share(3, 4),
        "mail": share(adherence, 1),
        "close": share(1, 1),
    }
    assert quality(parts) == pytest.approx(0.79528, abs=5e-6)
    ten = strength_after(perfect(10))
    assert ten.sum == pytest.approx(0.5)
    assert ten.value == pytest.approx(1.0)
    days = [*perfect(20), (WHOLE, 0.0)]
    after = strength_after(days)
    assert after.sum == pytest.approx(0.699775, abs=1e-6)
    assert after.value == pytest.approx(0.912660, abs=1e-6)
    off: list[tuple[Fraction, float | None]] = [(Fraction(0), 0.0)] * 5
    assert strength_after([*perfect(20), *off, (WHOLE, 0.0)]) == after
    assert strength_after([*perfect(20), (WHOLE, None), (WHOLE, 0.0)]) == after


def test_parts_that_were_not_due_are_left_out() -> None:
    assert quality({"calls": share(5, 10), "meetings": share(3, 0)}) == 0.5
    assert quality({"calls": share(5, 0)}) is None
    assert quality({}) is None
    assert quality({"calls": share(30, 10), "blocks": share(-1, 2)}) == pytest.approx(40 / 50)
    assert quality({"calls": share(1, 1)}, {"calls": 0}) is None


def test_habit_of_under_ten_days_has_low_confidence() -> None:
    assert Strength().value is None
    assert strength_after(perfect(9)).low_confidence
    assert not strength_after(perfect(11)).low_confidence


worths = st.floats(min_value=0, max_value=1)
weights = st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1)])


@given(st.lists(st.tuples(weights, st.none() | worths), max_size=60))
def test_strength_is_between_the_worst_and_the_best_day(days: list[tuple[Fraction, float | None]]) -> None:
    found = strength_after(days)
    counted = [worth for weight, worth in days if weight and worth is not None]
    assert 0 <= found.seen < 1
    if not counted:
        assert found.value is None
    else:
        assert found.value is not None
        assert min(counted) - 1e-9 <= found.value <= max(counted) + 1e-9


@given(worths, st.lists(st.tuples(weights, worths), max_size=20))
def test_two_half_days_equal_a_whole_one(worth: float, days: list[tuple[Fraction, float]]) -> None:
    before = strength_after(days)
    halves = before.after_day(Fraction(1, 2), worth).after_day(Fraction(1, 2), worth)
    whole = before.after_day(WHOLE, worth)
    assert halves.sum == pytest.approx(whole.sum)
    assert halves.seen == pytest.approx(whole.seen)


@given(st.dictionaries(st.sampled_from(list(WEIGHTS)), st.tuples(st.integers(0, 200), st.integers(0, 100))))
def test_quality_of_a_day_is_a_share(parts: dict[str, tuple[int, int]]) -> None:
    found = quality({name: share(*pair) for name, pair in parts.items()})
    assert (found is None) == all(target == 0 for _, target in parts.values())
    assert found is None or 0 <= found <= 1
