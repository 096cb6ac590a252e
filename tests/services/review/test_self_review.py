"""The self-review: saving, pausing and resuming it, corrections, learning, checkpoints and records."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from planner.domain.day.day import CloseWords
from planner.domain.errors import InputError, StateError
from planner.domain.forecast.outlook import Outlook
from planner.domain.plan.goals import Horizon, Metric
from planner.domain.review.learning import Kind as Learnt
from planner.domain.review.self_review import Became, Kind
from planner.domain.workdays import Period, month_of
from planner.services.calls import activity_log, log_corrections
from planner.services.calls.session import CallSession
from planner.services.clients import deals, duplicates, people
from planner.services.clients.client_list import REVIEW_KINDS, Clients
from planner.services.context import AppContext
from planner.services.day import day, evening, morning, tasks
from planner.services.day.reading import Reading
from planner.services.day.today_store import TodayStore
from planner.services.forecast import odds
from planner.services.plan import goals, plan
from planner.services.review import charts, learning, review, self_review
from planner.services.review.review import Span
from planner.store.clients import merging
from tests.scenes import FRIDAY, WEEK, calls_typical, context_at, demo_at, move_clock, once

LAST = WEEK - timedelta(days=7)


@pytest.fixture
def ctx(tmp_path: Path) -> AppContext:
    return week_of_work(tmp_path)


@once
def week_of_work(folder: Path) -> AppContext:
    """Monday to Friday evening."""
    ctx = context_at(folder, datetime(2026, 11, 16, 8))
    goals.add(ctx, "Calls", Horizon.WEEK, metric=Metric.DIALS, target=Decimal(500), due=date(2026, 11, 22))
    for number in range(5):
        worked(ctx, WEEK + timedelta(days=number), 100, f"try {number}" if number % 2 == 0 else "")
    return ctx


def worked(ctx: AppContext, on: date, dials: int, will_try: str = "") -> None:
    move_clock(ctx, datetime.combine(on, time(8)))
    day.open_day(ctx)
    activity_log.log(ctx, "dial", count=dials)
    move_clock(ctx, datetime.combine(on, time(18)))
    day.close_day(ctx, without_list=True, said=CloseWords(will_try=will_try))


def undo(ctx: AppContext) -> str | None:
    with closing(TodayStore(ctx)) as live:
        return live.undo()


def test_review_is_paused_and_resumed(ctx: AppContext) -> None:
    assert self_review.read(ctx).review.started_at is None
    self_review.begin(ctx, WEEK)
    self_review.go_to(ctx, WEEK, 4)
    self_review.save_line(ctx, WEEK, Kind.WELL, "many calls")
    again = AppContext(ctx.path, ctx.clock, ctx.settings_path)
    found = self_review.read(again).review
    assert (found.week, found.step, found.finished) == (WEEK, 4, False)
    assert [line.text for line in found.lines] == ["many calls"]
    assert undo(ctx) == "review of 2026-W47: many calls"
    assert undo(ctx) == "started review of 2026-W47"  # moving between steps is not a change of its own
    assert self_review.read(ctx).review.started_at is None


def test_experiments_are_marked_and_fridays_counts_for_next_week(ctx: AppContext) -> None:
    found = self_review.read(ctx).tried
    assert [each.text for each in found] == ["try 0", "try 2"]
    self_review.mark(ctx, WEEK, found[0], done=True)
    self_review.mark(ctx, WEEK, found[1], done=True)
    self_review.mark(ctx, WEEK, found[1], done=False)
    assert [each.done for each in self_review.read(ctx).tried] == [True, False]
    move_clock(ctx, datetime(2026, 11, 27, 17))
    assert [each.text for each in self_review.read(ctx, WEEK + timedelta(days=7)).tried] == ["try 4"]


def test_correction_becomes_a_task_of_the_next_week(ctx: AppContext) -> None:
    line = self_review.save_line(ctx, WEEK, Kind.WRONG, "late list", cause="mail", correction="make it before six")
    self_review.save_line(ctx, WEEK, Kind.AIM, "six meetings")
    made, task = self_review.as_task(ctx, WEEK, line.id)
    assert made.became is Became.TASK
    assert task.due is not None
    assert task.due.day == date(2026, 11, 23)
    with pytest.raises(StateError, match="already a task"):
        self_review.as_task(ctx, WEEK, line.id)
    move_clock(ctx, datetime(2026, 11, 21, 8))  # the very next morning, a Saturday
    assert morning.read(ctx).kept.corrections == ("make it before six",)
    move_clock(ctx, datetime(2026, 11, 23, 8))
    kept = morning.read(ctx).kept
    assert (kept.corrections, kept.aims) == (("make it before six",), ("six meetings",))
    with closing(TodayStore(ctx)) as live:
        assert "make it before six" in [each.title for each in live.read().tasks]
    tasks.complete(ctx, task.id)
    assert morning.read(ctx).kept.corrections == ()
    following = self_review.read(ctx, WEEK + timedelta(days=7)).tried
    assert [(each.text, each.done) for each in following][:2] == [("make it before six", True), ("six meetings", None)]


def test_editing_a_correction_renames_its_task_and_is_undoable(ctx: AppContext) -> None:
    line = self_review.save_line(ctx, WEEK, Kind.WRONG, "late list", correction="make it before six")
    _, task = self_review.as_task(ctx, WEEK, line.id)
    self_review.save_line(ctx, WEEK, Kind.WRONG, "late list", correction="make it at five", line_id=line.id)
    assert [each.title for each in tasks.list_tasks(ctx) if each.id == task.id] == ["make it at five"]
    with pytest.raises(InputError, match="already a task"):
        self_review.save_line(ctx, WEEK, Kind.WRONG, "late list", line_id=line.id)
    undo(ctx)
    assert [each.title for each in tasks.list_tasks(ctx) if each.id == task.id] == ["make it before six"]
    undo(ctx)
    assert [each for each in tasks.list_tasks(ctx) if each.id == task.id] == []
    found = self_review.read(ctx).review.lines[0]
    assert (found.became, found.task_id) == (None, None)


def test_correction_of_a_past_week_is_due_today_or_from_noon_tomorrow(ctx: AppContext) -> None:
    for hour, due in ((9, date(2026, 11, 24)), (13, date(2026, 11, 25))):
        move_clock(ctx, datetime(2026, 11, 24, hour))
        line = self_review.save_line(ctx, WEEK, Kind.WRONG, "late", correction=f"by {hour}")
        task = self_review.as_task(ctx, WEEK, line.id)[1]
        assert task.due is not None
        assert task.due.day == due


def test_correction_can_become_a_change_of_the_week(ctx: AppContext) -> None:
    line = self_review.save_line(ctx, WEEK, Kind.WRONG, "no sport")
    with pytest.raises(InputError, match="no fix"):
        self_review.as_week(ctx, WEEK, line.id)
    self_review.save_line(ctx, WEEK, Kind.WRONG, "no sport", correction="sport at seven", line_id=line.id)
    assert self_review.as_week(ctx, WEEK, line.id).became is Became.WEEK


def test_finished_review_keeps_its_figures_and_shows_later_changes(ctx: AppContext) -> None:
    review_ = self_review.finish(ctx, WEEK, "nearer to the flat")
    assert (review_.wish, review_.figures["dials"]) == ("nearer to the flat", "500")
    assert review_.finished
    assert self_review.read(ctx, WEEK).since == []
    activity_log.log(ctx, "dial", count=12, moment=datetime(2026, 11, 20, 12))
    assert self_review.read(ctx, WEEK).since == [("dials", "500", "512")]
    self_review.finish(ctx, WEEK, "another word")
    found = self_review.list_begun(ctx)
    assert [(each.name, each.wish, len(each.lines)) for each in found] == [("2026-W47", "another word", 1)]


def test_week_due_for_review(ctx: AppContext) -> None:
    assert self_review.due_week(ctx) == WEEK  # Friday evening, so the week is over
    move_clock(ctx, datetime(2026, 11, 24, 9))
    assert self_review.due_week(ctx) == WEEK  # not finished yet
    self_review.finish(ctx, WEEK)
    assert self_review.due_week(ctx) == WEEK + timedelta(days=7)
    assert self_review.due_week(context_at(Path(ctx.path).parent / "new", FRIDAY)) == WEEK


def test_first_week_is_due_itself(tmp_path: Path) -> None:
    ctx = context_at(tmp_path, datetime(2026, 11, 18, 9))
    activity_log.log(ctx, "dial")
    assert self_review.due_week(ctx) == WEEK
    assert self_review.read(ctx).tried == ()


def test_invalid_review_input_is_refused(ctx: AppContext) -> None:
    with pytest.raises(InputError, match="2026-W48 hasn't started yet"):
        self_review.save_line(ctx, WEEK + timedelta(days=7), Kind.WELL, "x")
    with pytest.raises(StateError, match="no line 99"):
        self_review.drop(ctx, WEEK, 99)
    for text in ("one", "two", "three"):
        self_review.save_line(ctx, WEEK, Kind.AIM, text)
    with pytest.raises(InputError, match="already have 3 aims"):
        self_review.save_line(ctx, WEEK, Kind.AIM, "four")
    with pytest.raises(InputError, match="is a month"):
        self_review.week_named(ctx, "2026-10")
    assert self_review.week_named(ctx, "2026-W46") == LAST
    assert self_review.week_named(ctx, "last week") == LAST


def test_reviews_are_searchable_and_forgetting_redacts_them(ctx: AppContext) -> None:
    kim = people.add(ctx, "Kim Minsu", {})
    self_review.save_line(ctx, WEEK, Kind.WRONG, "Kim Minsu waited", cause="no date", correction="call Kim Minsu first")
    day.save_notes(ctx, WEEK, CloseWords("Kim Minsu smiled"))
    book = learning.add(ctx, "Kim Minsu's book")
    learning.record_use(ctx, book.id, note="with Kim Minsu")

    def found(text: str) -> list[tuple[str, str]]:
        with closing(TodayStore(ctx)) as live:
            return [(hit.kind, hit.day) for hit in Clients(ctx, live).hits(text, 20, REVIEW_KINDS)]

    assert sorted(found("kim")) == [("day", "2026-11-16"), ("review_line", "2026-11-16")]
    assert found("date") == [("review_line", "2026-11-16")]
    people.forget(ctx, str(kim.id), consent=True)
    assert found("kim") == []
    assert b"Minsu" not in Path(ctx.path).read_bytes()


# Learning


def test_question_is_answered_through_its_task(ctx: AppContext) -> None:
    row, task = learning.ask(ctx, "How does the rebate work?", contact="new: Kim")
    assert (task.title, task.due and task.due.day) == ("Find out: How does the rebate work?", date(2026, 11, 23))
    tasks.complete(ctx, task.id)
    found = learning.read(ctx).rows[0]
    assert (found.id, found.done_on) == (row.id, date(2026, 11, 20))
    undo(ctx)
    learning.finish(ctx, row.id, taken="by the year's sum", what="training")
    assert [each.id for each in tasks.list_tasks(ctx) if each.id == task.id] == []
    other, task = learning.ask(ctx, "And with a third year?")
    learning.drop(ctx, other.id, what="training")
    assert [each.id for each in tasks.list_tasks(ctx) if each.id == task.id] == []
    undo(ctx)
    assert learning.read(ctx).rows[0].title == "And with a third year?"


def test_book_is_read_and_used_in_a_call_and_a_deal(ctx: AppContext) -> None:
    book = learning.add(ctx, "SPIN Selling", author="Rackham", started=date(2026, 11, 2))
    with pytest.raises(StateError, match="already learning from spin selling"):
        learning.add(ctx, "spin selling")
    assert learning.finish(ctx, book.id, taken="ask first").taken == "ask first"
    with pytest.raises(StateError, match="already"):
        learning.finish(ctx, book.id)
    call = activity_log.log(
        ctx, "dial", outcome="conversation", contact="new: Kim", moment=datetime(2026, 11, 19, 10)
    ).entry
    deal = deals.add(ctx, "Yearly supply", contact="Kim")
    learning.record_use(ctx, book.id, activity_id=call.id)
    row = learning.record_use(ctx, book.id, deal_id=deal.id, note="asked first")
    assert [(use.day, use.contact, use.deal, use.activity_id) for use in row.uses] == [
        (date(2026, 11, 19), "Kim", None, call.id),
        (date(2026, 11, 20), "Kim", "Yearly supply", None),
    ]
    with pytest.raises(StateError, match="no deal 99"):
        learning.record_use(ctx, book.id, deal_id=99)
    with pytest.raises(StateError, match="no training 99"):
        learning.record_use(ctx, 99, note="x", what="training")
    with pytest.raises(InputError, match="in the future"):
        learning.add(ctx, "x", done_on=date(2026, 12, 1))
    assert "Used: SPIN Selling" in " ".join(self_review.read(ctx).shelf.describe_between(WEEK, FRIDAY.date()))
    log_corrections.drop(ctx, call.id)
    assert len(learning.read(ctx).rows[0].uses) == 2  # the use itself stays
    learning.drop(ctx, book.id)
    assert learning.read(ctx).rows == ()
    undo(ctx)
    assert [len(each.uses) for each in learning.read(ctx).rows] == [2]


def test_book_pace_ignores_trainings(ctx: AppContext) -> None:
    learning.add(ctx, "Prices", Learnt.TRAINING, done_on=date(2026, 11, 18), started=date(2026, 11, 18))
    assert learning.read(ctx).pace is None
    learning.add(ctx, "SPIN", started=date(2026, 9, 1))
    found = learning.read(ctx).pace
    assert found is not None
    assert (found.done, found.wanted) == (0, 2)


# Checkpoints, records, charts


def test_mid_week_check_shows_until_a_day_is_opened(tmp_path: Path) -> None:
    ctx = context_at(tmp_path, datetime(2026, 11, 16, 8))
    goals.add(ctx, "Calls", Horizon.WEEK, metric=Metric.DIALS, target=Decimal(500), due=date(2026, 11, 22))
    worked(ctx, WEEK, 80)
    worked(ctx, WEEK + timedelta(days=1), 90)

    def midway(on: int, hour: int = 8) -> list[str]:
        move_clock(ctx, datetime(2026, 11, on, hour))
        with closing(TodayStore(ctx)) as live:
            return live.read().midway.splitlines()

    assert midway(17, 20) == []
    assert midway(18) == ["Mid-week check as of this morning, 3 days left: calls 170 of 200 ▼ (330 more planned)"]
    assert midway(19) == [
        "Mid-week check as of this morning, 2 days left: calls 170 of 300 ▼ (260 more planned)"
    ]  # Wednesday wasn't opened, and 130 is the cap
    move_clock(ctx, datetime(2026, 11, 19, 9))
    day.open_day(ctx)
    assert midway(19, 10) != []
    assert midway(20) == []


def test_new_record_is_celebrated_in_the_evening(tmp_path: Path) -> None:
    ctx = context_at(tmp_path, datetime(2026, 11, 2, 8))
    plan.set_plan(ctx, month_of(date(2026, 11, 1)), Decimal(700_000), "2x")
    for number in range(10):
        worked(ctx, date(2026, 11, 2) + timedelta(days=number + number // 5 * 2), 100 + number)
    move_clock(ctx, datetime(2026, 11, 16, 9))
    with closing(TodayStore(ctx)) as live:
        today = live.read()
        assert (today.best("dials"), today.best("deals")) == (109, 0)
    activity_log.log(ctx, "dial", count=110)
    activity_log.log(ctx, "deal", amount=Decimal(1_400_000))
    found = evening.read(ctx).celebrated
    assert [(each.metric, each.count, each.before) for each in found.records] == [("dials", 110, 109)]
    assert found.over_both
    week = review.read(ctx, Span.WEEK)
    assert (week.over_both, [each.day for each in week.records]) == (date(2026, 11, 16), [date(2026, 11, 16)])
    activity_log.log(ctx, "deal", amount=Decimal(100), moment=datetime(2026, 11, 3, 9))
    move_clock(ctx, datetime(2026, 11, 17, 9))
    activity_log.log(ctx, "deal", amount=Decimal(100))
    assert not evening.read(ctx).celebrated.over_both


def test_charts_match_the_review(tmp_path: Path) -> None:
    ctx = demo_at(tmp_path, FRIDAY)
    report = review.read(ctx, Span.WEEK)
    found = charts.read(ctx, report.period)
    assert found.weeks[-1] == "2026-W47"
    assert found.trends["dials"][-1] == report.figures["dials"].done
    assert list(found.trends["dials"][:-1]) == [int(each) for each in report.figures["dials"].before][-11:]
    assert found.mail[-1] == report.mail
    assert found.year[0].day.weekday() == 0
    worths = {each.day: each.worth for each in found.year}
    assert [worths.get(each.day) for each in report.days if each.over] == [
        worth for each, worth in zip(report.days, report.worths, strict=True) if each.over
    ]
    assert found.pace[-1].plan == 1_400_000
    booked = review.read(ctx, Span.MONTH).figures["revenue"].done
    assert [each.booked for each in found.pace if each.booked is not None][-1] == booked
    old = charts.read(ctx, Span.WEEK.period(date(2026, 9, 2)))
    assert old.weeks[-1] == "2026-W36"
    assert max(each.day for each in old.year) <= date(2026, 9, 6)


def test_same_week_a_year_ago(tmp_path: Path) -> None:
    ctx = context_at(tmp_path, datetime(2025, 11, 19, 9))
    activity_log.log(ctx, "dial", count=40)
    move_clock(ctx, datetime(2026, 11, 18, 9))
    activity_log.log(ctx, "dial", count=50)
    week = review.read(ctx, Span.WEEK)
    assert week.year_ago is not None
    assert week.year_ago["dials"] == 40
    assert week.year_ago["revenue"] == 0
    assert Span.WEEK.name_of(Span.WEEK.year_before(week.period)) == "2025-W47"
    assert review.read(ctx, Span.DAY).year_ago is not None
    assert review.read(ctx, Span.MONTH, date(2026, 10, 1)).year_ago is None


def test_due_review_is_named_until_it_is_finished(ctx: AppContext) -> None:
    assert evening.read(ctx).week_over  # Friday
    assert not evening.read(ctx, date(2026, 11, 19)).week_over
    move_clock(ctx, datetime(2026, 11, 23, 8))
    assert morning.read(ctx).review_due == "the week of Mon 16 Nov"
    self_review.finish(ctx, WEEK)
    assert morning.read(ctx).review_due == ""
    move_clock(ctx, datetime(2026, 12, 1, 8))
    assert morning.read(ctx).review_due == ""  # nothing was done in W48


def test_review_counts_after_call_checks(tmp_path: Path) -> None:
    ctx = calls_typical(tmp_path)
    assert review.read(ctx, Span.WEEK).after_calls == {}
    with closing(TodayStore(ctx)) as live:
        session = CallSession(ctx, live)
        session.open()
        made = session.outcome("conversation")
        check = session.check(made, "met", yes=True)
        session.add_to_check(check, effective=0, content=1, why="he had time")
    found = review.read(ctx, Span.WEEK)
    assert found.after_calls == {"met": (1, 1), "effective": (0, 1), "content": (1, 1)}
    assert found.whys == ("he had time",)


# Found in review


def test_merged_contacts_keep_learning_uses(ctx: AppContext) -> None:
    people.add(ctx, "A", {})
    other = people.add(ctx, "B", {})
    book = learning.add(ctx, "SPIN")
    learning.record_use(ctx, book.id, contact=str(other.id))
    duplicates.merge(ctx, "A", "B")
    assert [use.contact for use in learning.read(ctx).rows[0].uses] == ["A"]


def test_merging_knows_every_table_that_references_contacts(ctx: AppContext) -> None:
    """`merging` lists the tables by name, so compare it with the schema."""
    apart = {"contact_way", "list_entry", "call_state", "contact"}  # moved separately, or not at all
    with closing(ctx.database.raw()) as handle:
        tables = [row[0] for row in handle.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        pointing = {
            table
            for table in tables
            for row in handle.execute(f"PRAGMA foreign_key_list({table})")
            if row[2] == "contact"
        }
    assert pointing - apart == set(merging.POINTING)


def test_forgetting_a_short_name_keeps_overlong_text_valid(ctx: AppContext) -> None:
    bo = people.add(ctx, "Bo", {})
    line = self_review.save_line(ctx, WEEK, Kind.WRONG, ("Bo " * 160).strip(), correction="call Bo " + "Bo " * 150)
    self_review.as_task(ctx, WEEK, line.id)
    learning.ask(ctx, "What does Bo pay?")
    learning.add(ctx, ("Bo " * 99).strip())
    day.save_notes(ctx, WEEK, CloseWords("Bo " * 150))
    people.forget(ctx, str(bo.id), consent=True)
    assert self_review.list_begun(ctx)[0].lines[0].text.startswith("(forgotten) (forgotten)")
    move_clock(ctx, datetime(2026, 11, 23, 8))
    assert all("Bo" not in text for text in morning.read(ctx).kept.corrections)
    assert all("Bo" not in task.title for task in tasks.list_tasks(ctx))
    assert len(learning.read(ctx).rows) == 2


def test_plan_and_quota_may_be_exceeded_on_a_sunday(tmp_path: Path) -> None:
    ctx = context_at(tmp_path, datetime(2026, 11, 1, 12))  # a Sunday
    plan.set_plan(ctx, month_of(date(2026, 11, 1)), Decimal(700_000), "2x")
    assert review.read(ctx, Span.MONTH).over_both is None
    activity_log.log(ctx, "deal", amount=Decimal(1_400_000))
    assert evening.read(ctx).celebrated.over_both
    assert review.read(ctx, Span.MONTH).over_both == date(2026, 11, 1)


def test_mid_week_check_carries_targets_from_before_the_week(tmp_path: Path) -> None:
    ctx = context_at(tmp_path, datetime(2026, 11, 12, 8))
    goals.add(ctx, "Calls", Horizon.MONTH, metric=Metric.DIALS, target=Decimal(1500))
    for on in (12, 13):
        worked(ctx, date(2026, 11, on), 90)
    move_clock(ctx, datetime(2026, 11, 18, 8))
    with closing(TodayStore(ctx)) as live:
        text = live.read().midway.splitlines()[0]
    asked = sum(each.asked.get("dials", 0) for each in review.read(ctx, Span.WEEK).days[:2])
    assert asked > 0
    assert text.startswith(f"Mid-week check as of this morning, 3 days left: calls 0 of {asked} ▼")


def test_mid_week_check_computes_no_odds_for_the_next_month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ctx = context_at(tmp_path, datetime(2026, 12, 30, 8))
    plan.set_plan(ctx, month_of(date(2026, 12, 1)), Decimal(700_000), "2x", average_deal=Decimal(350_000))
    plan.set_plan(ctx, month_of(date(2027, 1, 1)), Decimal(700_000), "2x", average_deal=Decimal(350_000))
    goals.add(ctx, "Calls", Horizon.WEEK, metric=Metric.DIALS, target=Decimal(500), due=date(2027, 1, 3))
    asked, outlook = [], odds.outlook

    def seen(facts: Reading, month: Period, *, morning: bool = False) -> Outlook:
        asked.append(month.first)
        return outlook(facts, month, morning=morning)

    monkeypatch.setattr(odds, "outlook", seen)
    with closing(TodayStore(ctx)) as live:
        assert live.read().midway.startswith("Mid-week")
    assert set(asked) == {date(2026, 12, 1)}


def test_mark_belongs_to_the_text_it_was_given_for(ctx: AppContext) -> None:
    self_review.mark(ctx, WEEK, self_review.read(ctx).tried[0], done=True)
    day.save_notes(ctx, WEEK, CloseWords(will_try="something else"))
    found = self_review.read(ctx).tried[0]
    assert (found.text, found.done) == ("something else", None)
    self_review.mark(ctx, WEEK, found, done=False)
    assert self_review.read(ctx).tried[0].done is False
    assert len(self_review.read(ctx).review.lines_of(Kind.TRIED)) == 1


def test_undone_log_counts_as_nothing_done(tmp_path: Path) -> None:
    ctx = context_at(tmp_path, datetime(2026, 11, 11, 9))
    activity_log.log(ctx, "dial", count=5)
    undo(ctx)
    move_clock(ctx, datetime(2026, 11, 16, 8))
    assert morning.read(ctx).review_due == ""
    assert self_review.due_week(ctx) == WEEK
    move_clock(ctx, datetime(2027, 11, 10, 9))
    assert review.read(ctx, Span.WEEK).year_ago is None


def test_question_is_answered_while_its_task_is_done(ctx: AppContext) -> None:
    row, task = learning.ask(ctx, "How?")
    tasks.complete(ctx, task.id)
    learning.edit(ctx, row.id, what="training", taken="so")
    tasks.reopen(ctx, task.id)
    assert learning.read(ctx).rows[0].done_on is None
    learning.edit(ctx, row.id, what="training", title="How much?")
    assert "Find out: How much?" in [each.title for each in tasks.list_tasks(ctx)]
    learning.edit(ctx, row.id, what="training", done_on=date(2026, 11, 20))
    assert task.id not in [each.id for each in tasks.list_tasks(ctx)]
    learning.edit(ctx, row.id, what="training", done_on=None)
    assert task.id in [each.id for each in tasks.list_tasks(ctx)]


def test_hours_after_midnight_belong_to_the_day_before(tmp_path: Path) -> None:
    ctx = context_at(tmp_path, datetime(2026, 11, 23, 1, 30))
    ctx.clock.turns_at = 4 * 60
    call = activity_log.log(ctx, "dial", outcome="conversation", contact="new: Kim").entry
    book = learning.add(ctx, "SPIN")
    assert learning.record_use(ctx, book.id, activity_id=call.id).uses[0].day == date(2026, 11, 22)
    move_clock(ctx, datetime(2026, 11, 25, 1, 30))
    line = self_review.save_line(ctx, WEEK, Kind.WRONG, "late", correction="earlier")
    task = self_review.as_task(ctx, WEEK, line.id)[1]
    assert task.due is not None
    assert task.due.day == date(2026, 11, 25)


def test_refused_changes_create_no_database(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    for work in (
        lambda: self_review.drop(ctx, WEEK, 3),
        lambda: self_review.as_task(ctx, WEEK, 3),
        lambda: self_review.as_week(ctx, WEEK, 3),
        lambda: self_review.go_to(ctx, WEEK, 3),
        lambda: charts.read(ctx, Span.WEEK.period(WEEK)),
    ):
        with pytest.raises(StateError, match=r"Nothing to|No charts yet"):
            work()
    assert not ctx.database.exists()


def test_newest_days_are_found_first(ctx: AppContext) -> None:
    move_clock(ctx, datetime(2026, 11, 20, 18))
    for number in range(8):
        self_review.save_line(ctx, LAST, Kind.WELL, f"mail {number}")
    day.save_notes(ctx, WEEK, CloseWords("mail new"))
    with closing(TodayStore(ctx)) as live:
        assert Clients(ctx, live).hits("mail", 3, REVIEW_KINDS)[0].day == "2026-11-16"


def test_streak_looks_back_half_a_year_in_every_span(tmp_path: Path) -> None:
    ctx = context_at(tmp_path, datetime(2026, 2, 2, 8))
    goals.add(ctx, "Calls", Horizon.MONTH, metric=Metric.DIALS, target=Decimal(200))
    for number in range(5):
        worked(ctx, date(2026, 2, 2) + timedelta(days=number), 100)
    move_clock(ctx, datetime(2026, 11, 30, 18))
    assert {review.read(ctx, span).streak.most for span in Span} == {0.0}


def test_dropped_correction_can_become_a_task_again_or_be_cleared(ctx: AppContext) -> None:
    line = self_review.save_line(ctx, WEEK, Kind.WRONG, "late", correction="earlier")
    _, task = self_review.as_task(ctx, WEEK, line.id)
    tasks.drop(ctx, task.id)
    again = self_review.as_task(ctx, WEEK, line.id)[1]
    assert again.id != task.id
    tasks.drop(ctx, again.id)
    assert self_review.save_line(ctx, WEEK, Kind.WRONG, "late", line_id=line.id).correction == ""


def test_concurrent_edits_are_not_overwritten(ctx: AppContext) -> None:
    line = self_review.save_line(ctx, WEEK, Kind.WRONG, "late")
    self_review.save_line(ctx, WEEK, Kind.WRONG, "very late", line_id=line.id)
    with pytest.raises(StateError, match="changed to 'very late' in the meantime"):
        self_review.save_line(ctx, WEEK, Kind.WRONG, "a bit late", line_id=line.id, seen=line)
    book = learning.add(ctx, "SPIN")
    learning.edit(ctx, book.id, taken="by command")
    learning.edit(ctx, book.id, title="SPIN Selling", seen=book)
    assert learning.read(ctx).rows[0].taken == "by command"
    with pytest.raises(StateError, match="takeaways were changed to 'by command' in the meantime"):
        learning.edit(ctx, book.id, taken="by the form", seen=book)


def test_finishing_again_keeps_figures_and_date(ctx: AppContext) -> None:
    self_review.finish(ctx, WEEK, "nearer")
    activity_log.log(ctx, "dial", count=12, moment=datetime(2026, 11, 20, 12))
    move_clock(ctx, datetime(2026, 11, 24, 9))
    again = self_review.finish(ctx, WEEK, "much nearer")
    assert (again.wish, again.figures["dials"], again.finished_at) == ("much nearer", "500", datetime(2026, 11, 20, 18))


def test_learning_is_shown_as_of_the_reviewed_week(ctx: AppContext) -> None:
    book = learning.add(ctx, "SPIN", started=date(2026, 9, 1))
    learning.finish(ctx, book.id, day=date(2026, 11, 2), taken="ask")
    learning.finish(ctx, book.id, taken="and wait")
    assert learning.read(ctx).rows[0].taken == "ask\nand wait"
    assert self_review.read(ctx, WEEK).shelf.nudges != ()
    before = self_review.read(ctx, LAST).shelf
    assert before.nudges == ()
    assert before.pace is not None
    assert before.pace.done == 1
    assert self_review.read(ctx, date(2026, 8, 3)).shelf.rows == ()


def test_pace_chart_of_a_week_in_two_months_uses_the_longer_part(ctx: AppContext) -> None:
    plan.set_plan(ctx, month_of(date(2026, 10, 1)), Decimal(700_000), "2x")
    found = charts.read(ctx, Span.WEEK.period(date(2026, 10, 26)))
    assert found.pace[0].day == date(2026, 10, 1)
    assert found.pace[-1].booked is not None
