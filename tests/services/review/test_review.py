"""The review: figures against an independent recount, discipline, edge cases of spans."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from planner.domain.day.day import CloseWords
from planner.domain.day.tasks import Due
from planner.domain.errors import DatabaseProblem, InputError, StateError
from planner.domain.plan.goals import Horizon, Metric
from planner.domain.review.review import FIGURES
from planner.domain.workdays import Period, month_of
from planner.services import demo
from planner.services.calls import activity_log
from planner.services.clients import complaints, deals, people, promises
from planner.services.context import AppContext
from planner.services.day import day
from planner.services.day.today_store import TodayStore
from planner.services.mail.mail import MailSession
from planner.services.plan import calendar, goals, plan
from planner.services.review import review
from planner.services.review.review import Span
from planner.services.transfer import exports
from tests.scenes import context_at, move_clock

SPOKEN = {"conversation", "callback", "refused", "meeting"}


def work(ctx: AppContext, on: date, dials: int, *, close: bool = True, said: CloseWords | None = None) -> None:
    """A day opened, worked and closed."""
    move_clock(ctx, datetime.combine(on, time(8, 30)))
    day.open_day(ctx)
    if dials:
        activity_log.log(ctx, "dial", count=dials)
    if close:
        move_clock(ctx, datetime.combine(on, time(19)))
        day.close_day(ctx, without_list=True, said=said)


@pytest.fixture
def ctx(tmp_path: Path) -> AppContext:
    """A hundred calls a day from Monday 16 November, and a plan."""
    ctx = context_at(tmp_path, datetime(2026, 11, 16, 8))
    plan.set_plan(ctx, month_of(date(2026, 11, 1)), Decimal(700_000), "2x", calls_per_day=100)
    goals.add(ctx, "Calls", Horizon.WEEK, metric=Metric.DIALS, target=Decimal(500), due=date(2026, 11, 22))
    return ctx


# The figures, recomputed independently of the services


def recount(path: Path, first: date, last: date) -> dict[str, Any]:
    """The figures of some days, computed from a full export by the rules of the contract."""
    tables = json.loads(path.read_text(encoding="utf-8"))["tables"]

    def rows(name: str) -> list[dict[str, Any]]:
        table = tables[name]
        return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]

    within = {(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)}
    done: Counter[str] = Counter()
    for row in rows("activity"):
        if row["day"] not in within:
            continue
        kind, outcome, count = row["kind"], row["outcome"], row["count"]
        done["dials"] += count * (kind == "dial")
        done["conversations"] += count * (kind == "conversation" or (kind == "dial" and outcome in SPOKEN))
        done["meetings_booked"] += count * (kind == "meeting-booked" or (kind == "dial" and outcome == "meeting"))
        done["meetings_held"] += count * (kind == "meeting-held" and outcome != "no-show")
        done["proposals"] += count * (kind == "proposal")
        done["deals"] += count * (kind == "deal")
        done["revenue"] += (row["amount"] or 0) * (kind in ("deal", "payment"))
        done["refused"] += count * (kind == "stop" and outcome != "given-in")
        done["given_in"] += count * (kind == "stop" and outcome == "given-in")
    opened = {row["day"] for row in rows("day") if row["opened_at"]}
    asked: dict[str, Counter[str]] = {}
    for row in rows("day_target"):
        if row["day"] in opened:
            asked.setdefault(row["day"], Counter())[row["metric"]] += row["target"]
    target: Counter[str] = Counter()
    for text in sorted(within):
        on = date.fromisoformat(text)
        if text in asked:
            target += asked[text]
        elif on.weekday() < 5:
            before = [known for known in asked if known < text]
            target += asked[max(before)] if before else Counter()
    return {"done": done, "target": target}


def test_figures_equal_a_recount_of_the_export(tmp_path: Path) -> None:
    ctx = context_at(tmp_path, datetime(2026, 11, 20, 18))
    demo.build(ctx, 3)
    path = tmp_path / "all.json"
    exports.write(ctx, exports.prepare(ctx, "all", str(path)))
    for span, on in ((Span.WEEK, date(2026, 11, 11)), (Span.WEEK, date(2026, 10, 1)), (Span.MONTH, date(2026, 10, 9))):
        found = review.read(ctx, span, on)
        apart = recount(path, found.period.first, found.period.last)
        for name in FIGURES:
            assert found.figures[name].done == apart["done"][name], (on, name)
            assert (found.figures[name].target or 0) == apart["target"][name], (on, name)
        assert found.figures["revenue"].done * 100 == apart["done"]["revenue"]
        assert found.stops == (apart["done"]["refused"], apart["done"]["given_in"])


# Discipline


def test_week_scores_follow_its_days(ctx: AppContext) -> None:
    for number, dials in enumerate((100, 50, 100, 0, 100)):
        work(ctx, date(2026, 11, 16) + timedelta(days=number), dials)
    found = review.read(ctx, Span.WEEK)
    assert [each.asked["dials"] for each in found.days[:2]] == [100, 100]
    parts = found.days[1].parts()
    assert parts["calls"].kept == Fraction(50, found.days[1].asked["dials"])
    assert parts["close"].kept == 1
    assert found.worths[1] == pytest.approx((40 * 0.5 + 5) / (40 + 5 + 10))  # none of the private blocks was kept
    assert found.strength.value is not None
    assert found.strength.low_confidence
    assert found.strength_before.value is None


def test_unopened_day_takes_the_targets_of_the_day_before(ctx: AppContext) -> None:
    work(ctx, date(2026, 11, 16), 100)
    move_clock(ctx, datetime(2026, 11, 19, 9))
    found = review.read(ctx, Span.WEEK)
    assert found.days[1].asked == found.days[0].asked
    assert not found.days[1].opened
    assert found.worths[1] == 0.0


def test_days_off_keep_the_strength_and_half_days_count_half(ctx: AppContext) -> None:
    work(ctx, date(2026, 11, 16), 100)
    move_clock(ctx, datetime(2026, 11, 17, 8))
    before = review.read(ctx, Span.DAY, date(2026, 11, 16)).strength
    calendar.set_days(ctx, [Period(date(2026, 11, 17), date(2026, 11, 17))], Fraction(0))
    calendar.set_days(ctx, [Period(date(2026, 11, 18), date(2026, 11, 18))], Fraction(0))
    calendar.set_days(ctx, [Period(date(2026, 11, 19), date(2026, 11, 19))], Fraction(1, 2))
    move_clock(ctx, datetime(2026, 11, 18, 20))
    assert review.read(ctx, Span.WEEK).strength == before
    work(ctx, date(2026, 11, 19), 0)
    after = review.read(ctx, Span.WEEK)
    assert after.days[3].weight == Fraction(1, 2)
    kept = 0.5 ** (0.5 / 10)
    assert after.strength.sum == pytest.approx(before.sum * kept + (1 - kept) * (after.worths[3] or 0))


def test_days_before_the_first_use_have_no_score(ctx: AppContext) -> None:
    for number in range(10):
        activity_log.log(ctx, "dial", count=20, moment=datetime(2026, 11, 2, 10) + timedelta(days=number))
    work(ctx, date(2026, 11, 16), 100)
    found = review.read(ctx, Span.MONTH)
    assert found.figures["dials"].done == 300
    assert next(each.day.day for each in found.days if each.worth() is not None) == 16


def test_targets_of_future_days_come_from_their_goals(tmp_path: Path) -> None:
    ctx = context_at(tmp_path, datetime(2026, 11, 17, 8))
    goals.add(ctx, "This week", Horizon.WEEK, metric=Metric.DIALS, target=Decimal(100), due=date(2026, 11, 22))
    goals.add(ctx, "Deals", Horizon.MONTH, metric=Metric.DEALS, target=Decimal(4))
    found = review.read(ctx, Span.WEEK)
    assert sum(each.asked.get("dials", 0) for each in found.days) == 100
    assert "dials" not in found.next_targets  # the goal ends with its week
    asked = review.read(ctx, Span.MONTH).figures["deals"].target
    assert asked is not None
    assert 1 <= asked <= 4  # whole deals on some days, not one on each


# Other parts


def test_review_covers_promises_reasons_complaints_lessons_and_next_week(ctx: AppContext) -> None:
    promises.add(ctx, "price list", Due(date(2026, 11, 16), time(12)))
    promises.add(ctx, "samples", Due(date(2026, 11, 17), time(12)))
    promises.add(ctx, "next week's", Due(date(2026, 11, 24)))
    activity_log.log(ctx, "stop", outcome="given-in")
    promises.settle(ctx, 1, kept=True)
    promises.settle(ctx, 2, kept=False)
    activity_log.log(ctx, "dial", outcome="refused", reason="too expensive")
    made = deals.add(ctx, "Paper", value=Decimal(90_000))
    deals.lose(ctx, made.id, reason="too expensive")
    people.add(ctx, "Kim", {})
    for _ in range(3):
        complaints.add(ctx, "late again", contact="Kim", kind="delivery")
    said = CloseWords("nine talks", "long lunch", "", "shorter talks")
    work(ctx, date(2026, 11, 16), 100, said=said)
    found = review.read(ctx, Span.WEEK)
    assert found.promises == {"open": 0, "kept": 1, "late": 0, "broken": 1}
    assert found.stops == (0, 1)
    assert found.reasons == (("too expensive", 2),)
    assert found.repeated == {"delivery": 3}
    assert [(each.day.day, each.said) for each in found.lessons] == [(16, said)]
    assert found.next_period.first == date(2026, 11, 23)
    assert found.figures["revenue"].target == Decimal("333333.33")  # five of the 21 working days of 1,400,000
    assert found.quota == Decimal("166666.67")
    assert found.next_plan == found.figures["revenue"].target


def test_backdated_entries_and_suspicious_runs_are_counted(ctx: AppContext) -> None:
    move_clock(ctx, datetime(2026, 11, 16, 17))
    activity_log.log(ctx, "dial", outcome="no-answer", moment=datetime(2026, 11, 16, 9))
    for _ in range(5):
        activity_log.log(ctx, "dial", outcome="no-answer")
    honesty = review.read(ctx, Span.DAY).honesty
    assert (honesty.rows, honesty.from_memory, honesty.same) == (6, 1, 1)


def test_backdated_entries_are_no_suspicious_run(ctx: AppContext) -> None:
    for minute, at in enumerate((20, 15, 10, 5, 0)):  # the latest hour is entered first
        move_clock(ctx, datetime(2026, 11, 16, 17, minute))
        activity_log.log(ctx, "dial", outcome="no-answer", moment=datetime(2026, 11, 16, 10, at))
    assert review.read(ctx, Span.DAY).honesty.same == 0


def test_day_review_compares_working_days_and_is_over_once_closed(ctx: AppContext) -> None:
    activity_log.log(ctx, "dial", count=100, moment=datetime(2026, 11, 13, 10))
    work(ctx, date(2026, 11, 16), 100)
    found = review.read(ctx, Span.DAY)
    assert list(found.figures["dials"].before) == [100]  # Friday, not the weekend
    assert not found.to_come
    work(ctx, date(2026, 11, 20), 10)
    assert review.read(ctx, Span.DAY).next_period.first == date(2026, 11, 23)


def test_failed_review_export_leaves_no_file(ctx: AppContext, tmp_path: Path) -> None:
    activity_log.log(ctx, "dial")
    found = review.read(ctx, Span.WEEK)
    path = tmp_path / "week.md"
    with closing(ctx.database.raw()) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseProblem):
            review.write(ctx, found, str(path))
        other.execute("ROLLBACK")
    assert not path.exists()
    itself = AppContext(str(tmp_path / "base.md"), ctx.clock, str(tmp_path / "config.toml"))
    activity_log.log(itself, "dial")
    with pytest.raises(InputError, match="database itself"):
        review.write(itself, found, itself.path, force=True)


def test_email_adherence_is_the_mean_of_its_days(ctx: AppContext) -> None:
    with closing(TodayStore(ctx)) as live:
        desk_of_mail = MailSession(ctx, live)
        desk_of_mail.windows.open(live.read())
        move_clock(ctx, datetime(2026, 11, 16, 8, 25))
        desk_of_mail.windows.close(live.read())
    move_clock(ctx, datetime(2026, 11, 16, 19))
    assert review.read(ctx, Span.WEEK).mail == pytest.approx(1 / 3)


# Edge cases


def test_iso_weeks_at_the_end_of_a_year(ctx: AppContext) -> None:
    move_clock(ctx, datetime(2027, 1, 2, 9))
    found = review.read(ctx, Span.WEEK)
    assert (found.name, found.period.first, found.period.last) == ("2026-W53", date(2026, 12, 28), date(2027, 1, 3))
    assert found.next_period.first == date(2027, 1, 4)
    assert Span.WEEK.name_of(found.next_period) == "2027-W01"


@pytest.mark.parametrize("span", Span)
def test_reviews_of_empty_and_distant_periods(tmp_path: Path, span: Span) -> None:
    empty = context_at(tmp_path, datetime(2026, 11, 16, 9))
    with pytest.raises(StateError, match="Nothing to review yet"):
        review.read(empty, span)
    activity_log.log(empty, "dial")
    found = review.read(empty, span)
    assert found.figures["dials"].done == 1
    assert found.figures["dials"].target is None
    assert found.strength.value is None
    assert found.figures["dials"].before == ()
    quiet = review.read(empty, span, date(2026, 3, 2))
    assert quiet.figures["dials"].done == 0
    with pytest.raises(InputError, match="hasn't started yet"):
        review.read(empty, span, date(2027, 3, 2))
    for far in (date.min, date.max, date(2029, 1, 1)):
        with pytest.raises(InputError, match="too far away"):
            review.read(empty, span, far)
    assert review.read(empty, span, date(1970, 1, 1)).figures["dials"].done == 0


def test_plan_without_a_working_day_left_has_no_target(tmp_path: Path) -> None:
    ctx = context_at(tmp_path, datetime(2026, 11, 16, 9))
    plan.set_plan(ctx, month_of(date(2026, 11, 1)), Decimal(700_000), "2x", starts=date(2026, 11, 27))
    assert review.read(ctx, Span.MONTH).figures["revenue"].target == Decimal("133333.33")
    days = [Period(date(2026, 11, 27), date(2026, 11, 30))]
    calendar.set_days(ctx, days, Fraction(0))
    assert review.read(ctx, Span.MONTH).figures["revenue"].target is None


def test_week_with_a_clock_change_has_seven_days(ctx: AppContext) -> None:
    move_clock(ctx, datetime(2027, 3, 28, 12))
    assert len(review.read(ctx, Span.WEEK).days) == 7


@pytest.mark.parametrize(
    ("hour", "there"),
    [(time(6), {"rest", "learning", "sport", "family"}), (time(12, 30), {"learning", "sport", "family"})],
)
def test_blocks_before_the_first_use_do_not_count(tmp_path: Path, hour: time, there: set[str]) -> None:
    ctx = context_at(tmp_path, datetime.combine(date(2026, 11, 16), hour))
    day.open_day(ctx)
    move_clock(ctx, datetime(2026, 11, 16, 22, 20))
    day.close_day(ctx, without_list=True)
    found = review.read(ctx, Span.DAY)
    assert found.own == dict.fromkeys(there, (0, 1))
    assert found.days[0].mail is None
