"""The timers of a calling session, its pace, and the best hours."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from planner.domain.calls import log_anomalies, session
from planner.domain.calls.activity_log import Activity
from planner.domain.calls.best_hours import build_map
from planner.domain.calls.session import CallTimer, Sprint, Tally
from tests.scenes import NOW


def test_call_timer_starts_stops_and_resumes() -> None:
    standing = CallTimer().press(100)
    assert standing.talking and standing.call_seconds(130) == 30
    assert standing.gap_seconds(130) is None
    standing = standing.press(140)
    assert not standing.talking and standing.in_call and standing.call_seconds(900) == 40
    standing = standing.press(150)
    assert standing.talking and standing.call_seconds(160) == 60
    assert standing.stopped(170).finished() == CallTimer(gap_from=170)


def test_outcome_without_a_started_call_keeps_the_whole_gap() -> None:
    standing = CallTimer(gap_from=100).stopped(145)
    assert (standing.call_seconds(200), standing.gap_seconds(200)) == (0, 45)


def test_pause_does_not_count_as_gap() -> None:
    standing = CallTimer(gap_from=100).paused(110)
    assert standing.gap_seconds(500) == 10 and standing.pause_seconds(500) == 390
    standing = standing.press(500)
    assert standing.gap_seconds(999) == 10
    assert CallTimer(began=5).paused(9) == CallTimer(began=5)


def test_timer_after_a_restart() -> None:
    assert CallTimer(began=5, gap_from=1).come_back(10_000, 5) == CallTimer(began=5, gap_from=1)
    assert CallTimer(gap_from=100).come_back(160, 100) == CallTimer(gap_from=100)
    assert CallTimer(gap_from=100).come_back(407, 106) == CallTimer(gap_from=100, paused_at=106)
    assert CallTimer(gap_from=100, paused_at=105).come_back(9_999, 110).paused_at == 105


steps = st.lists(st.tuples(st.sampled_from(["press", "outcome", "pause", "resume"]), st.integers(0, 400)), max_size=40)


@given(steps)
def test_talk_gaps_pauses_and_outcomes_add_up(moves: list[tuple[str, int]]) -> None:
    """From the end of the first call, talk, gaps, pauses and the time taken to log outcomes add up to the elapsed
    time."""
    now = 1_000
    standing = CallTimer().stopped(now).finished()
    tally, pauses, waits = Tally(), 0, 0
    for move, seconds in moves:
        now += seconds
        if standing.in_call and not standing.talking:
            waits += seconds
        if move == "press":
            pauses += standing.pause_seconds(now)
            before = standing
            standing = standing.press(now)
            if before.in_call and not before.talking:
                # a stopped call that resumes was a call all along
                waits -= now - (before.ended or now)
        elif move == "outcome":
            pauses += standing.pause_seconds(now)
            standing = standing.stopped(now)
            tally = tally.plus(standing.call_seconds(now), standing.gap_seconds(now))
            waits -= now - (standing.ended or now)
            standing = standing.finished()
        elif move == "pause":
            standing = standing.paused(now)
        else:
            pauses += standing.pause_seconds(now)
            standing = standing.resumed(now)
    pauses += standing.pause_seconds(now)
    going = standing.call_seconds(now) + (standing.gap_seconds(now) or 0)
    assert tally.talk + tally.gap_sum + pauses + waits + going == now - 1_000


def test_pace_and_required_pace() -> None:
    assert session.per_hour(0, 600) is None and session.per_hour(5, 59) is None
    assert session.per_hour(41, 3600) == 41
    assert session.needed_per_hour(30, 60) == 30 and session.needed_per_hour(-4, 60) == 0
    assert session.needed_per_hour(30, 0) is None
    assert Tally().average_gap is None and Tally(2, 60, 1, 9).average_gap == 9


def test_clock_format_and_gap_warnings() -> None:
    assert [session.clock(seconds) for seconds in (None, 0, 72.9, 3723)] == ["–", "00:00", "01:12", "1:02:03"]
    assert [session.warning(seconds) for seconds in (149, 150, 179, 180)] == ["", "amber", "amber", "red"]


def test_best_sprint() -> None:
    slow, quick = Sprint("2026-11-16", 25, 2700), Sprint("2026-11-17", 25, 1500)
    few = Sprint("2026-11-18", 9, 100)
    assert session.record([slow, few, quick]) is quick
    assert session.record([few]) is few and session.record([]) is None
    assert session.sprint_over(25, 10) and session.sprint_over(3, 2700) and not session.sprint_over(24, 2699)


def test_five_identical_outcomes_within_seconds_are_suspicious() -> None:
    quick = [("no-answer", 108), ("no-answer", 106), ("no-answer", 104), ("no-answer", 102), ("no-answer", 100)]
    assert log_anomalies.is_suspicious(quick)
    assert not log_anomalies.is_suspicious(quick[:4])
    assert not log_anomalies.is_suspicious([("voicemail", 109), *quick[:4]])
    assert not log_anomalies.is_suspicious([*quick[:4], ("no-answer", 90)])


def test_calls_logged_late_are_backdated() -> None:
    at = int(NOW.timestamp())
    assert not Activity(1, NOW, "dial", logged_at=at + 900).backdated
    assert Activity(1, NOW, "dial", logged_at=at + 901).backdated
    assert not Activity(1, NOW, "dial", seconds=600, logged_at=at + 1500).backdated
    assert not Activity(1, NOW, "meeting-held", minutes=60, logged_at=at + 3_700).backdated
    assert not Activity(1, NOW, "dial", logged_at=at + 10**6, imported=True).backdated


def test_best_hours_account_for_uncertainty() -> None:
    found = build_map([(0, 9, 400, 20), (1, 9, 400, 22), (0, 10, 400, 90), (1, 10, 400, 95), (2, 15, 3, 3)])
    assert found.best_hours == [10] and found.hours[9].sign == "▼"
    lucky = found.hours[15]
    assert lucky.sign == "·" and not lucky.sure and lucky.rate < 0.5  # three out of three is little evidence
    assert found.whole is not None and found.whole.dials == 1603
    assert build_map([]).whole is None


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 23), st.integers(1, 50), st.integers(0, 50)), max_size=30))
def test_reach_by_hour_and_weekday_adds_up(rows: list[tuple[int, int, int, int]]) -> None:
    found = build_map(rows)
    total = sum(row[2] for row in rows)
    for part in (found.cells, found.hours, found.weekdays):
        assert sum(one.dials for one in part.values()) == total
        for one in part.values():
            assert 0 < one.low <= one.rate <= one.high < 1
