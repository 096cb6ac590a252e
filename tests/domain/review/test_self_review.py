"""The rules of the self-review: experiments, the week due, records and streaks, learning, checkpoints."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.day.records import DAYS_BEFORE, KEPT, Best, Streak, broken_records, streak, to_beat
from planner.domain.errors import InputError
from planner.domain.review.charts import funnel, level
from planner.domain.review.learning import Kind as Learnt
from planner.domain.review.learning import Learning, Shelf, Use, nudges, pace, read_kind
from planner.domain.review.review import Checkpoint, middle_day
from planner.domain.review.self_review import Became, Kind, ReviewLine, SelfReview, collect_tried, week_to_review
from planner.domain.review.spans import Span

MONDAY = date(2026, 11, 16)
WHOLE, HALF, OFF = Fraction(1), Fraction(1, 2), Fraction(0)
days_ = st.lists(st.tuples(st.sampled_from([WHOLE, HALF, OFF]), st.one_of(st.none(), st.floats(0, 1))), max_size=40)


def after(days: int) -> date:
    return MONDAY + timedelta(days=days)


# Streaks and records


@given(days_, st.lists(st.integers(0, 40), max_size=5))
def test_days_off_do_not_change_a_streak(days: list[tuple[Fraction, float | None]], places: list[int]) -> None:
    with_off = list(days)
    for place in places:
        with_off.insert(min(place, len(with_off)), (OFF, 0.0))
    assert streak(with_off) == streak(days)


@given(days_)
def test_missed_day_halves_a_streak(days: list[tuple[Fraction, float | None]]) -> None:
    found = streak(days)
    assert 0 <= found.now <= found.most
    missed = found.after_day(WHOLE, 0.0)
    assert missed.now == found.now / 2
    assert missed.most == found.most


def test_half_day_counts_half() -> None:
    assert streak([(WHOLE, 1.0), (HALF, KEPT)]) == Streak(1.5, 1.5)
    halves = streak([(WHOLE, 1.0)] * 4 + [(HALF, 0.0), (HALF, 0.0)])
    assert halves.now == pytest.approx(streak([(WHOLE, 1.0)] * 4 + [(WHOLE, 0.0)]).now)
    assert streak([(WHOLE, 1.0), (WHOLE, None)]) == Streak(1.0, 1.0)


def test_record_must_beat_enough_earlier_days() -> None:
    beat = to_beat([Best("dials", 120, MONDAY, DAYS_BEFORE), Best("proposals", 1, MONDAY, DAYS_BEFORE + 3),
                    Best("deals", 3, MONDAY, DAYS_BEFORE - 1)])  # fmt: skip
    assert beat == {"dials": 120, "proposals": 1}
    assert broken_records({"dials": 121, "proposals": 1, "deals": 9}, beat) == ["dials"]
    assert broken_records({"dials": 120}, beat) == []


# The middle of a span


@pytest.mark.parametrize(
    ("weights", "found"),
    [
        ([1, 1, 1, 1, 1, 0, 0], 2),
        ([0, 1, 1, 1, 1, 0, 0], 3),
        ([1, 1, 0.5, 0, 0, 0, 0], 1),
        ([1, 1, 0, 0, 0, 0, 0], None),
        ([0] * 7, None),
    ],
)
def test_middle_is_a_working_day_and_short_weeks_have_none(weights: list[float], found: int | None) -> None:
    got = middle_day({after(number): Fraction(weight) for number, weight in enumerate(weights)})
    assert got == (None if found is None else after(found))


def test_checkpoint_sentence() -> None:
    stands = {"dials": (208, 202, 305), "proposals": (0, 2, 1), "deals": (1, 0, 0)}
    text = Checkpoint(Span.WEEK, stands, Fraction(5, 2)).sentence()
    assert (
        text == "Mid-week check as of this morning, 2.5 days left: calls 208 of 202 ▲ (305 more planned)"
        " · proposals 0 of 2 ▼ (1 more planned)"
    )
    assert Checkpoint(Span.MONTH, {"deals": (3, 0, 0)}, WHOLE).sentence() == ""


# Experiments


def line(number: int, kind: Kind, text: str, **more: object) -> ReviewLine:
    return replace(ReviewLine(number, kind, text), **more)  # type: ignore[arg-type]


def test_experiments_come_once_from_the_last_review_and_the_evenings() -> None:
    before = SelfReview(
        MONDAY - timedelta(days=7),
        lines=(
            line(1, Kind.WELL, "three meetings"),
            line(2, Kind.WRONG, "no list", correction="make it before six", became=Became.TASK, task_id=7, done=True),
            line(3, Kind.WRONG, "talked too much"),
            line(4, Kind.AIM, "six meetings"),
        ),
    )
    own = SelfReview(MONDAY, lines=(line(9, Kind.TRIED, "six meetings", origin="line 4", done=False),))
    found = collect_tried([(MONDAY, "Make it before SIX"), (after(1), "shorter talks")], before, own)
    assert [(each.origin, each.text, each.done) for each in found] == [
        ("line 2", "make it before six", True),
        ("line 4", "six meetings", False),
        ("2026-11-17", "shorter talks", None),
    ]
    assert collect_tried([], None, own) == ()


def test_invalid_review_lines_are_refused() -> None:
    with pytest.raises(InputError, match="Enter some text"):
        ReviewLine(0, Kind.WELL, "  ")
    with pytest.raises(InputError, match="500 characters"):
        ReviewLine(0, Kind.WRONG, "x", cause="y" * 501)
    with pytest.raises(InputError, match="Only a miss can have a cause"):
        ReviewLine(0, Kind.WELL, "x", cause="y")


def test_week_to_review() -> None:
    last = SelfReview(MONDAY - timedelta(days=7))
    done = replace(last, finished_at=datetime(2026, 11, 14, 18))
    wednesday, friday = after(2), after(4)
    assert week_to_review(wednesday, works_on=True, before=last) == last.week
    assert week_to_review(wednesday, works_on=True, before=done) == MONDAY
    assert week_to_review(wednesday, works_on=True, before=None) == MONDAY
    assert week_to_review(friday, works_on=False, before=last) == MONDAY


# Learning


def book(number: int, begun: int, done: int | None = None, *uses: Use, kind: Learnt = Learnt.BOOK) -> Learning:
    return Learning(
        number, kind, f"Book {number}", after(-begun), done_on=None if done is None else after(-done), uses=uses
    )


def test_book_pace_counts_the_last_year_or_since_the_first_book() -> None:
    books = [book(1, 100, 70), book(2, 60, 31), book(3, 20)]
    found = pace(books, "month", MONDAY)
    assert found is not None
    assert (found.done, found.wanted, found.since, found.kept) == (2, 3, after(-100), False)
    assert found.words() == "2 books since Sat 8 Aug 2026. At one a month, you'd be at 3 by now."
    weekly = pace(books, "week", MONDAY)
    assert weekly is not None
    assert weekly.wanted == 14
    old = pace([book(1, 800, 700), *books], "month", MONDAY)
    assert old is not None
    assert (old.since, old.wanted, old.done) == (after(-365), 12, 2)
    assert pace([book(1, 5, kind=Learnt.TRAINING)], "month", MONDAY) is None


def test_unused_learning_is_named_after_two_weeks() -> None:
    use = Use(1, MONDAY, "in a talk")
    rows = [book(1, 40, 14), book(2, 40, 13), book(3, 40, 30, use), book(4, 40), book(5, 40, 30, kind=Learnt.QUESTION)]
    assert nudges(rows, MONDAY) == ["You finished Book 1 14 days ago and haven't used it yet."]
    told = Shelf(tuple(rows)).describe_between(MONDAY - timedelta(days=14), MONDAY)
    assert told == ["Book finished: Book 1", "Book finished: Book 2", "Used: Book 3 (in a talk)"]


def test_invalid_learning_is_refused() -> None:
    with pytest.raises(InputError, match="Enter a title"):
        Learning(0, Learnt.BOOK, " ", MONDAY)
    with pytest.raises(InputError, match="before it was started"):
        Learning(0, Learnt.BOOK, "x", MONDAY, done_on=after(-1))
    with pytest.raises(InputError, match="where you used it"):
        Use(0, MONDAY)
    with pytest.raises(InputError, match="book, course, language"):
        read_kind("film")


# Charts


def test_funnel_has_intervals_only_where_they_make_sense() -> None:
    found = {stage.stage: stage for stage in funnel({"dials": 100, "conversations": 13, "meetings_held": 2})}
    talk = found["conversation"]
    assert talk.rate == 0.13
    assert talk.low is not None
    assert talk.high is not None
    assert talk.low < 0.13 < talk.high
    assert found["meeting-held"].rate is None  # two held but none booked: they were booked earlier
    assert found["deal"].rate is None


def test_heat_map_levels() -> None:
    assert [level(worth) for worth in (None, 0.0, 0.25, 0.5, 0.79, 0.8, 1.0)] == [None, 0, 1, 2, 2, 3, 3]
