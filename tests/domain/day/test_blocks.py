"""Blocks of a day: giving way, protected time, and whether they were kept."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from planner.domain.day import day_progress
from planner.domain.day.blocks import (
    BLOCK_KINDS,
    SHORTEST_PIECE,
    WORKING_KINDS,
    Block,
    Busy,
    DayBlock,
    Piece,
    WeekTemplate,
    check_no_overlap,
    gave_way,
    give_way,
    make_room,
    place,
    protected_at,
    subtract,
    time_of,
)
from planner.domain.day.day import MINUTES_EACH
from planner.domain.errors import InputError, WouldDrop
from planner.services.day.week import default_weeks


def block(text: str, kind: str = "calls") -> Block:
    """Parse ``08:30-12:00``."""
    start, _, end = text.partition("-")
    return Block(time.fromisoformat(start), time.fromisoformat(end), kind)


def day(*blocks: Block) -> list[DayBlock]:
    """Blocks as those of a day."""
    return [DayBlock(0, number, each, each) for number, each in enumerate(blocks, start=1)]


def spans(pieces: list[Piece]) -> list[tuple[str, str, str]]:
    """Pieces as start, end and kind."""
    return [(f"{time_of(p.first):%H:%M}", f"{time_of(p.last):%H:%M}", "–" if p.dropped else p.kind) for p in pieces]


def test_minutes_per_activity_match_the_capacity_figures() -> None:
    assert {name: float(minutes) for name, minutes in MINUTES_EACH.items()} == day_progress.MINUTES
    assert day_progress.WORKING == WORKING_KINDS


def test_only_sleep_runs_past_midnight() -> None:
    night = block("22:30-06:30", "sleep")
    assert (night.first, night.last, night.minutes) == (1350, 1830, 480)
    assert block("23:00-00:00", "family").last == 1440
    with pytest.raises(InputError, match="end after it starts"):
        block("22:00-06:00", "family")
    with pytest.raises(InputError, match="end after it starts"):
        block("09:00-09:00")
    with pytest.raises(InputError, match="isn't a kind"):
        block("09:00-10:00", "naps")


def test_blocks_give_way_to_meetings() -> None:
    blocks = day(block("08:30-12:00"), block("12:00-13:00", "rest"), block("13:00-13:30", "mail"))
    pieces = give_way(blocks, [Busy(9 * 60, 10 * 60, "Hanbit"), Busy(11 * 60 + 55, 12 * 60 + 20, "Acme")])
    assert spans(pieces) == [
        ("08:30", "09:00", "calls"),
        ("09:00", "10:00", "meetings"),
        ("10:00", "11:55", "calls"),
        ("11:55", "12:20", "meetings"),
        ("12:20", "13:00", "rest"),
        ("13:00", "13:30", "mail"),
    ]


def test_covered_block_names_the_meeting() -> None:
    pieces = give_way(day(block("13:00-13:30", "mail")), [Busy(12 * 60, 14 * 60, "Hanbit")])
    assert [(piece.title, piece.dropped) for piece in pieces] == [("Hanbit", False), ("made way for Hanbit", True)]


def test_family_time_never_gives_way() -> None:
    pieces = give_way(day(block("20:00-22:00", "family")), [Busy(20 * 60, 21 * 60, "Late call")])
    assert {(piece.kind, piece.first, piece.last, piece.clash) for piece in pieces} == {
        ("family", 1200, 1320, ""),
        ("meetings", 1200, 1260, "family"),
    }


def test_moved_block_displaces_others() -> None:
    found, told = place([block("08:30-12:00"), block("12:00-13:00", "rest")], block("11:30-12:30", "meetings"))
    assert [str(each) for each in found] == ["Calls 08:30–11:30", "Meetings 11:30–12:30", "Break 12:30–13:00"]
    assert told == ["Calls shortened to 08:30–11:30", "Break shortened to 12:30–13:00"]
    with pytest.raises(InputError, match="protected"):
        place([block("20:00-22:00", "family")], block("19:30-20:30", "calls"))


FULL_DAY = (
    "08:00-08:30 mail",
    "08:30-12:00 calls",
    "12:00-13:00 rest",
    "13:00-13:30 mail",
    "13:30-16:30 meetings",
    "20:45-22:15 family",
)


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ("09:00-10:00 own", "Calls split into 08:30–09:00 and 10:00–12:00"),
        ("08:30-10:00 meetings", "Calls shortened to 10:00–12:00"),
        ("13:00-13:30 own", "Email moved to 13:30, Meetings shortened to 14:00–16:30"),
        ("12:00-13:00 learning", "Calls shortened to 08:30–11:00, Break moved to 11:00"),
        ("11:30-14:00 own", "Calls shortened to 08:30–10:30, Break moved to 10:30, Email moved to 14:00, "
                            "Meetings shortened to 14:30–16:30"),
        ("17:00-18:00 sport", ""),
        ("20:00-20:45 sport", ""),
    ],
)  # fmt: skip
def test_displaced_blocks_are_reported_and_none_is_lost(new: str, told: str) -> None:
    day = [block(*each.split()) for each in FULL_DAY]
    found, said = place(day, block(*new.split()))
    assert ", ".join(said) == told
    check_no_overlap(found)
    assert {each.kind for each in day} <= {each.kind for each in found}


def test_block_without_room_is_dropped_only_on_request() -> None:
    day = [block(*each.split()) for each in FULL_DAY]
    with pytest.raises(WouldDrop, match=r"leaves no room for Calls 08:30–12:00, which would be dropped\.$"):
        place(day, block("08:30-12:30", "meetings"))
    found, said = place(day, block("08:30-12:30", "meetings"), drop=True)
    assert said == ["Calls 08:30 dropped", "Break shortened to 12:30–13:00"]
    assert [each.kind for each in found].count("calls") == 0


def test_last_nights_sleep_is_protected_this_morning() -> None:
    night = [block("22:30-06:30", "sleep")]
    assert protected_at(6 * 60, [], night) == night[0]
    assert protected_at(6 * 60 + 30, [], night) is None
    assert protected_at(23 * 60, night, []) == night[0]
    assert protected_at(12 * 60, [block("09:00-17:00")], night) is None


minutes = st.integers(0, 1439)
stretches = st.tuples(minutes, st.integers(5, 300)).map(lambda pair: (pair[0], min(1440, pair[0] + pair[1])))


@st.composite
def laid_days(draw: st.DrawFn) -> list[DayBlock]:
    """Blocks of any kind that don't overlap."""
    edges = sorted(draw(st.lists(st.integers(0, 287), min_size=0, max_size=16, unique=True)))
    found = []
    for first, last in zip(edges[::2], edges[1::2], strict=False):
        kind = draw(st.sampled_from(BLOCK_KINDS))
        found.append(Block(time_of(first * 5), time_of(last * 5), kind))
    return day(*found)


@given(laid_days(), stretches, st.sampled_from(sorted(set(BLOCK_KINDS) - {"sleep"})), st.booleans())
def test_making_room_loses_no_block_and_never_cuts_protected_time(
    day: list[DayBlock], span: tuple[int, int], kind: str, drop: bool
) -> None:
    assume(span[1] - span[0] >= 5)
    others, new = [each.block for each in day], Block(time_of(span[0]), time_of(span[1]), kind)
    try:
        now = make_room(others, new, drop=drop)
    except InputError as problem:
        assert isinstance(problem, WouldDrop) is not any(each.protected and each.overlaps(new) for each in others)
        assert not (drop and isinstance(problem, WouldDrop))
        return
    check_no_overlap([new, *(piece for pieces in now for piece in pieces)])
    for other, pieces in zip(others, now, strict=True):
        assert pieces or drop
        assert pieces == (other,) or not other.protected
        assert sum(piece.minutes for piece in pieces) <= other.minutes
    changed = sum(pieces != (other,) for other, pieces in zip(others, now, strict=True))
    assert len(gave_way(others, now)) == changed


@given(laid_days(), st.lists(stretches, max_size=6))
def test_meetings_cut_working_blocks_but_no_protected_time(
    blocks: list[DayBlock], taken: list[tuple[int, int]]
) -> None:
    assume(all(last - first >= 5 for first, last in taken))
    busy = [Busy(first, last, "x") for first, last in taken]
    pieces = give_way(blocks, busy)
    assert pieces == sorted(pieces, key=lambda piece: piece.first)
    laid = [piece for piece in pieces if piece.position is not None and not piece.dropped]
    for piece in laid:
        if piece.kind not in ("family", "sleep"):
            assert all(piece.last <= first or last <= piece.first for first, last in taken)
            assert piece.last - piece.first >= min(
                SHORTEST_PIECE, next(b.block.minutes for b in blocks if b.position == piece.position)
            )
    for each in blocks:
        if each.block.protected:
            whole = [p for p in laid if p.position == each.position]
            assert [(p.first, p.last) for p in whole] == [(each.block.first, each.block.last)]
    # every block is either placed or reported as dropped
    assert {piece.position for piece in pieces if piece.position is not None} == {each.position for each in blocks}


@given(stretches, st.lists(stretches, max_size=5))
def test_subtract_leaves_the_uncovered_minutes(whole: tuple[int, int], taken: list[tuple[int, int]]) -> None:
    left = subtract(*whole, taken)
    minutes_left = {minute for first, last in left for minute in range(first, last)}
    minutes_taken = {minute for first, last in taken for minute in range(first, last)}
    assert minutes_left == set(range(*whole)) - minutes_taken


def test_built_in_weeks_follow_the_method() -> None:
    first = default_weeks()[0]
    for weekday in range(5):
        kinds = [each.kind for each in first.days[weekday]]
        assert kinds.count("mail") == 3
        assert {"calls", "meetings", "proposals", "list", "learning", "rest", "family", "sleep"} <= set(kinds)
        working = [each for each in first.days[weekday] if each.kind in WORKING_KINDS]
        assert (min(b.start for b in working), first.days[weekday][0].start) == (time(8), time(8))
    assert any(each.kind == "sport" for blocks in first.days for each in blocks)


def test_day_off_has_private_blocks_and_a_worked_saturday_copies_friday() -> None:
    week = default_weeks()[0]
    monday, saturday = date(2026, 11, 16), date(2026, 11, 21)
    assert {each.kind for each in week.blocks_on(monday, worked=False)} == {
        "rest",
        "learning",
        "sport",
        "family",
        "sleep",
    }
    assert week.blocks_on(saturday, worked=True) == week.days[4]
    assert not {each.kind for each in week.blocks_on(saturday, worked=False)} & WORKING_KINDS


def test_week_with_overlapping_blocks_is_refused() -> None:
    with pytest.raises(InputError, match="overlap"):
        WeekTemplate(1, "x", ((block("09:00-11:00"), block("10:00-12:00", "rest")), *[()] * 6))


# Kept or missed

FACTS = [(8 * 60 + 10, "email", None, 1), (9 * 60, "dial", "no-answer", 1), (9 * 60 + 5, "dial", "refused", 1)]


def piece(text: str, kind: str, **more: object) -> Piece:
    """A piece of a day."""
    found = block(text, kind)
    return Piece(found.first, found.last, kind, position=1, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stretch", "minute", "state"),
    [
        (piece("08:00-08:30", "mail"), 8 * 60, "now"),
        (piece("08:00-08:30", "mail"), 7 * 60 + 59, "planned"),
        (piece("08:00-08:30", "mail"), 8 * 60 + 30, "kept"),
        (piece("13:00-13:30", "mail"), 14 * 60, "missed"),
        (piece("08:30-12:00", "calls"), 12 * 60, "short"),
        (piece("13:30-16:30", "meetings"), 17 * 60, "missed"),
        (piece("08:30-12:00", "meetings"), 17 * 60, "short"),
        (piece("16:30-18:00", "proposals"), 19 * 60, "missed"),
        (piece("12:00-13:00", "rest"), 14 * 60, None),
        (piece("12:00-13:00", "rest", mark="kept"), 14 * 60, "kept"),
        (piece("12:00-13:00", "rest", dropped=True), 9 * 60, "dropped"),
    ],
)
def test_block_state(stretch: Piece, minute: int, state: str | None) -> None:
    assert day_progress.state_of(stretch, minute, FACTS, dials_asked=100) == state


@pytest.mark.parametrize(
    ("kind", "asked", "tasks", "listed", "state"),
    [
        ("meetings", [], [], False, "free"),  # meetings are pieces of their own
        ("meetings", ["meetings_held"], [("own", "Proposal")], True, "free"),
        ("proposals", [], [("own", "Call Kim about the proposal")], False, "free"),
        ("proposals", [], [("own", "«Proposal» for Acme")], False, "missed"),
        ("proposals", [], [("own", "Предложение для Анны")], False, "missed"),
        ("proposals", ["proposals"], [("counter", "1 proposal")], False, "missed"),
        ("calls", ["proposals"], [("own", "Tidy up")], False, "free"),
        ("calls", ["dials"], [], False, "missed"),
        ("calls", [], [], True, "missed"),
        ("calls", [], [("callback", "Kim")], False, "missed"),
        ("admin", ["dials"], [("counter", "100 calls")], True, "free"),
        ("admin", [], [("own", "Expenses")], False, "missed"),
        ("mail", [], [], False, "missed"),
        ("list", [], [], False, "missed"),
    ],
)
def test_block_without_planned_work_is_free_not_missed(
    kind: str, asked: list[str], tasks: list[tuple[str, str]], listed: bool, state: str
) -> None:
    work = day_progress.planned_work(asked, tasks, listed=listed)
    assert day_progress.state_of(piece("18:30-19:15", kind), 20 * 60, FACTS, work=work) == state
    assert day_progress.state_of(piece("18:30-19:15", kind, mark="missed"), 20 * 60, FACTS, work=work) == "missed"


def test_other_work_in_a_free_block_does_not_make_it_short() -> None:
    for kind in ("meetings", "proposals", "admin"):
        stretch = piece("08:30-12:00", kind)
        assert day_progress.state_of(stretch, 17 * 60, FACTS) == "short"
        assert day_progress.state_of(stretch, 17 * 60, FACTS, work=day_progress.ALWAYS) == "free"
    assert day_progress.state_of(piece("08:30-12:00", "calls"), 17 * 60, FACTS, work=day_progress.ALWAYS) == "short"


@pytest.mark.parametrize("kind", ["mail", "calls", "list", "rest"])
def test_blocks_before_the_first_use_are_not_missed(kind: str) -> None:
    stretch = piece("09:00-12:00", kind)
    assert day_progress.state_of(stretch, 14 * 60, [], began=10 * 60 + 30, closed=True) == "before"
    assert day_progress.state_of(stretch, 14 * 60, [], began=day_progress.NOT_YET, closed=True) == "before"
    assert day_progress.state_of(stretch, 14 * 60, [], began=9 * 60, closed=True) == "missed"
    assert day_progress.state_of(stretch, 11 * 60, [], began=10 * 60 + 30) == "now"


def test_call_block_counts_only_its_part_after_the_first_use() -> None:
    calls = [(630 + 3 * number, "dial", "no-answer", 1) for number in range(20)]
    blocks = [piece("08:30-12:00", "calls"), piece("14:00-15:30", "calls")]
    assert day_progress.states(blocks, 13 * 60, calls, 50, began=630)[0] == "kept"
    assert day_progress.states(blocks, 13 * 60, calls, 50)[0] == "short"


def test_unmarked_blocks_are_missed_once_the_day_is_closed() -> None:
    assert day_progress.state_of(piece("12:00-13:00", "rest"), 20 * 60, [], closed=True) == "missed"
    assert day_progress.state_of(piece("13:00-13:30", "mail"), 20 * 60, [], closed=True) == "missed"
    assert day_progress.state_of(piece("22:30-06:30", "sleep"), 20 * 60, [], closed=True) == "planned"


def test_call_block_is_kept_by_count_or_by_time() -> None:
    stretch = piece("09:00-11:00", "calls")
    many = [(9 * 60 + 30, "dial", None, 40)]
    assert day_progress.state_of(stretch, 11 * 60, many, dials_asked=50) == "kept"
    assert day_progress.state_of(stretch, 11 * 60, many, dials_asked=51) == "short"
    steady = [(9 * 60 + step, "dial", None, 1) for step in range(0, 110, 10)]
    assert day_progress.state_of(stretch, 11 * 60, steady, dials_asked=1000) == "kept"
    gaps = [(9 * 60, "dial", None, 1), (10 * 60 + 59, "dial", None, 1)]
    assert day_progress.state_of(stretch, 11 * 60, gaps, dials_asked=1000) == "short"


def test_built_list_keeps_its_block_and_a_done_task_keeps_admin() -> None:
    assert day_progress.state_of(piece("18:30-19:15", "list"), 20 * 60, [], list_built=True) == "kept"
    assert day_progress.state_of(piece("18:30-19:15", "list"), 20 * 60, []) == "missed"
    assert day_progress.state_of(piece("09:00-10:00", "admin"), 11 * 60, [], tasks_done=[9 * 60 + 20]) == "kept"


def test_imported_meetings_are_never_missed() -> None:
    meeting = Piece(600, 660, "meetings", "Hanbit")
    assert day_progress.state_of(meeting, 700, []) is None
    assert day_progress.state_of(meeting, 700, [(610, "meeting-held", None, 1)]) == "kept"


WORKDAY = [piece("08:30-12:00", "calls"), piece("12:00-13:00", "rest"), piece("14:00-16:00", "meetings")]


@pytest.mark.parametrize(
    ("minute", "calls_done", "until"),
    [
        (13 * 60 + 20, False, 14 * 60),
        (13 * 60 + 46, False, None),
        (9 * 60, False, None),
        (9 * 60, True, 12 * 60),
        (11 * 60 + 50, True, None),
        (12 * 60 + 30, False, None),
        (7 * 60, False, None),
        (17 * 60, False, None),
    ],
)
def test_slack_needs_a_quarter_hour_between_first_and_last_block(
    minute: int, calls_done: bool, until: int | None
) -> None:
    assert day_progress.free_until(WORKDAY, minute, calls_done=calls_done) == until


def test_dropped_block_leaves_slack() -> None:
    blocks = [piece("08:30-12:00", "calls", dropped=True), *WORKDAY[1:], piece("08:00-08:30", "mail")]
    assert day_progress.free_until(blocks, 9 * 60) == 12 * 60
