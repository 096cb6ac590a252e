"""Email windows, their states and scores, against `maths.md` 7."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.mail import windows as mail
from planner.domain.mail.windows import Window

PLANNED = [("08:00", 30), ("13:00", 30), ("18:00", 30)]
MIDNIGHT = 1_800_000_000  # of any day


def at(clock: str) -> int:
    """The timestamp of a time of day."""
    return MIDNIGHT + 60 * mail.minutes_of(clock)


def windows(now: str, *opened: tuple[str, str, str | None], letters: int = 0, **more: bool) -> list[Window]:
    """The windows of a day at a given time, some of them opened and closed."""
    openings = [(o, 30, at(start), None if end is None else at(end), letters) for o, start, end in opened]
    return mail.states(PLANNED, openings, mail.minutes_of(now), at(now), **more)


def test_states_of_three_windows() -> None:
    kept = ("08:00", "08:00", "08:24")
    assert [w.state for w in windows("07:00")] == ["closed", "closed", "closed"]
    assert [w.state for w in windows("08:10")] == ["closed", "closed", "closed"]  # waiting to be opened
    assert [w.state for w in windows("08:10", ("08:00", "08:02", None))] == ["open", "closed", "closed"]
    assert [w.state for w in windows("08:32", ("08:00", "08:02", None))] == ["overrun", "closed", "closed"]
    assert [w.state for w in windows("19:00", kept)] == ["done", "missed", "missed"]
    assert [w.minutes for w in windows("19:00", kept)] == [24, None, None]


def test_reopened_window_adds_up_its_minutes() -> None:
    found = windows("08:29", ("08:00", "08:00", "08:10"), ("08:00", "08:15", None), letters=4)
    assert (found[0].state, found[0].minutes, found[0].letters, found[0].left) == ("open", 24, 8, 360)


def test_example_d_email_part() -> None:
    found = windows("19:00", ("08:00", "08:00", "08:28"), ("13:00", "13:00", "13:41"), ("18:00", "18:00", "18:30"))
    assert [mail.score(window) for window in found] == pytest.approx([1, 1 - 11 / 30, 1])
    assert mail.adherence(found, 1) == pytest.approx(0.677778, abs=1e-6)


def test_two_kept_one_missed_and_one_look() -> None:
    found = windows("19:00", ("08:00", "08:00", "08:30"), ("13:00", "13:00", "13:28"))
    assert mail.adherence(found, 1) == pytest.approx(0.466667, abs=1e-6)
    assert mail.adherence(found, 9) == 0


def test_only_due_windows_count() -> None:
    assert mail.adherence(windows("07:00"), 0) is None
    assert mail.adherence(windows("12:00", ("08:00", "08:00", "08:30")), 1) == pytest.approx(0.8)
    assert mail.adherence(windows("19:00", due=False), 0) is None  # nothing is missed on a day off


def test_unclosed_window_counts_double_once_its_day_is_over() -> None:
    found = mail.states(PLANNED, [("18:00", 30, at("18:00"), None, 3)], 24 * 60 + 500, at("18:00") + 90_000, over=True)
    assert [w.state for w in found] == ["missed", "missed", "done"]
    assert (found[2].minutes, mail.score(found[2])) == (60, 0)


def test_next_open() -> None:
    assert mail.next_open(windows("07:00"), 420) == "08:00"
    assert mail.next_open(windows("08:10"), 490) == "13:00"  # a window that waits to be opened is not the next one
    assert mail.next_open(windows("08:10", ("08:00", "08:00", "08:05")), 490) == "13:00"
    assert mail.next_open(windows("08:10", ("08:00", "08:02", None)), 490) == "13:00"
    assert mail.next_open(windows("19:00"), 1140) is None
    assert mail.next_open([], 600) is None


def test_window_ends_with_the_day_at_the_latest() -> None:
    assert Window("23:45", 30).closes == "23:59"


def test_adherence_is_falling_after_two_drops() -> None:
    assert mail.is_falling([0.9, 0.8, 0.7])
    assert not mail.is_falling([0.9, 0.8, 0.8])
    assert not mail.is_falling([0.9, None, 0.7])
    assert not mail.is_falling([0.9, 0.8])


def test_emails_per_minute() -> None:
    assert mail.per_minute(12, 24) == 0.5
    assert mail.per_minute(3, 0) is None


openings = st.lists(
    st.builds(
        lambda index, start, length: (
            PLANNED[index][0], 30, at(PLANNED[index][0]) + 60 * start,
            None if length is None else at(PLANNED[index][0]) + 60 * (start + length), 1,
        ),
        st.integers(0, 2), st.integers(0, 29), st.none() | st.integers(0, 200),
    ),
    max_size=5,
)  # fmt: skip


@given(openings, st.integers(0, 1439), st.integers(0, 8), st.booleans())
def test_window_invariants(opened: list[mail.Opening], minute: int, looks: int, due: bool) -> None:
    found = mail.states(PLANNED, opened, minute, MIDNIGHT + 60 * minute, due=due)
    assert [window.opens for window in found] == ["08:00", "13:00", "18:00"]
    for window in found:
        score = mail.score(window)
        assert score is None or 0 <= score <= 1
        assert (window.minutes is None) == (window.state in ("closed", "missed"))
        assert window.state != "missed" or minute >= mail.minutes_of(window.closes)
    adherence = mail.adherence(found, looks)
    assert adherence is None or 0 <= adherence <= 1
    more = mail.adherence(found, looks + 1)
    assert adherence is None or (more is not None and more <= adherence)
    upcoming = mail.next_open(found, minute)
    assert (upcoming is None) == (minute >= mail.minutes_of("18:00"))


def test_window_before_the_first_use_is_not_missed() -> None:
    planned = [("08:00", 30), ("13:00", 30), ("18:00", 30)]
    windows = mail.states(planned, [], 14 * 60, 0.0, began=10 * 60 + 30)
    assert [window.state for window in windows] == ["closed", "missed", "closed"]
    assert mail.adherence(windows, 0) == 0
    windows = mail.states(planned, [], 14 * 60, 0.0, began=13 * 60 + 10)
    assert mail.adherence(windows, 0) is None
