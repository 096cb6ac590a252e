"""New months, quarters, years and earlier revenue, by command."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Run

FIRST, LAST, DECEMBER = "2026-11-02T08:00", "2026-11-30T18:00", "2026-12-01T08:00"


@pytest.fixture
def autumn(run: Run) -> Run:
    """November with a plan, goals down to a week and two deals. December hasn't begun."""
    run(
        "plan", "set", "--quota", "700000", "--personal", "2x", "--currency", "EUR", "--calls-per-day", "100", now=FIRST
    )
    run("goal", "add", "The flat", "--horizon", "5y", "--for-whom", "Anna", now=FIRST)
    run(
        "goal", "add", "Best year", "--horizon", "1y", "--parent", "1", "--metric", "deals", "--target", "14", now=FIRST
    )
    run("goal", "add", "Deals", "--horizon", "month", "--parent", "2", "--metric", "deals", "--target", "4", now=FIRST)
    run(
        "goal",
        "add",
        "Calls",
        "--horizon",
        "month",
        "--parent",
        "3",
        "--metric",
        "dials",
        "--target",
        "2100",
        now=FIRST,
    )
    run(
        "goal", "add", "Talks", "--horizon", "week", "--parent", "4", "--metric", "conversations", "--target", "40",
        now="2026-11-23T08:00",
    )  # fmt: skip
    for day, amount in (("12", "300k"), ("13", "400k")):
        run("log", "deal", "--amount", amount, now=f"2026-11-{day}T12:00")
    return run


def tree(run: Run, now: str) -> dict[int, tuple[str, int | None, Any, str]]:
    found = run("goal", "list", "--json", now=now).json
    return {each["id"]: (each["title"], each["parent_id"], each["target"], each["due"]) for each in found}


def test_month_without_a_plan_shows_an_offer_and_its_command(autumn: Run) -> None:
    shown = autumn("plan", "show", now=DECEMBER).out
    for part in (
        "No plan for December 2026 yet",
        "November 2026: 700,000 closed, 50% of plan, 100% of quota",
        "To accept: planner plan set --month 2026-12 --like-last",
    ):
        assert part in shown
    offer = autumn("plan", "show", "--json", now=DECEMBER).json["offer"]
    assert (offer["quota"], offer["personal_plan"], offer["calls_per_day"]) == (700000, 1400000, 100)
    assert offer["average_deal"] == 350000, "out of the rep's own deals"
    assert offer["last"] == {"month": "2026-11", "quota": 700000, "personal_plan": 1400000, "booked": 700000}
    assert offer["command"] == "planner plan set --month 2026-12 --like-last"


def test_plan_set_without_figures_explains_and_sets_nothing(autumn: Run) -> None:
    said = autumn("plan", "set", now=DECEMBER, code=2)
    assert "Proposed for December 2026" in said.out
    assert "Nothing is saved yet" in said.err
    assert autumn("plan", "show", "--json", now=DECEMBER).json["quota"] is None
    assert "November 2026 already has a plan" in autumn("plan", "set", now="2026-11-20T08:00", code=2).err
    assert "--quota AMOUNT" in autumn("plan", "set", "--month", "2026-10", now=DECEMBER, code=2).err


def test_like_last_takes_over_the_plan_and_its_goals(autumn: Run) -> None:
    autumn("plan", "set", "--like-last", now=DECEMBER)
    shown = autumn("plan", "show", "--json", now=DECEMBER).json
    assert (shown["month"], shown["quota"], shown["personal_plan"]) == ("2026-12", 700000, 1400000)
    found = tree(autumn, DECEMBER)
    assert found[6] == ("Deals", 2, 12, "2026-12-31"), "what the year leaves: 14 less the 2 that were won"
    assert found[7] == ("Calls", 6, 2300, "2026-12-31"), "a hundred a day, in a month of 23"
    assert found[8] == ("Talks", 7, 40, "2026-12-06")
    assert autumn("today", now=DECEMBER).out.splitlines()[1] == "Your why: The flat, for Anna", "Today keeps its wish"
    assert "already has a plan" in autumn("plan", "set", "--like-last", now=DECEMBER, code=1).err
    autumn("undo", now=DECEMBER)
    assert len(tree(autumn, DECEMBER)) == 5
    assert autumn("plan", "show", "--json", now=DECEMBER).json["quota"] is None


def test_given_figures_override_last_months(autumn: Run) -> None:
    words = ("--quota", "800k", "--average-deal", "200k", "--calls-per-day", "120")
    said = autumn("plan", "set", "--like-last", *words, now=DECEMBER)
    assert "quota 800,000 EUR, personal plan 1,600,000 EUR (2× the quota)" in said.out
    assert autumn("plan", "show", "--json", now=DECEMBER).json["average_deal"] == 200000
    assert tree(autumn, DECEMBER)[7][2] == 120 * 23


def test_dropped_goal_is_not_carried_over_and_its_children_move_up(autumn: Run) -> None:
    autumn("goal", "drop", "3", now=LAST)
    autumn("plan", "set", "--like-last", now=DECEMBER)
    assert [each[:2] for each in tree(autumn, DECEMBER).values()][-2:] == [("Calls", 2), ("Talks", 6)]


def test_existing_goal_of_the_new_month_is_not_duplicated(autumn: Run) -> None:
    autumn(
        "goal", "add", "deals", "--horizon", "month", "--due", "2026-12-31", "--metric", "deals", "--target", "3",
        "--parent", "2", now=LAST,
    )  # fmt: skip
    autumn("plan", "set", "--month", "2026-12", "--like-last", now=LAST)
    found = tree(autumn, DECEMBER)
    assert [each[0] for each in found.values()].count("Deals") == 1
    assert next(each for each in found.values() if each[0] == "Calls" and each[3] == "2026-12-31")[1] == 6


def test_goal_moves_under_the_wish_when_the_year_goal_ends(autumn: Run) -> None:
    autumn("plan", "set", "--like-last", now=DECEMBER)
    autumn("plan", "set", "--like-last", now="2027-01-04T08:00")
    deals = [each for each in tree(autumn, "2027-01-04T08:00").values() if each[3] == "2027-01-31"]
    assert deals[0][:2] == ("Deals", 1)


def test_evening_of_the_last_day_offers_next_months_plan(autumn: Run) -> None:
    assert "2026-12" not in autumn("today", now="2026-11-30T09:00").out
    assert "planner plan set --month 2026-12 --like-last" in autumn("today", now=LAST).out
    autumn("day", "open", now="2026-11-30T08:00")
    said = autumn("day", "close", "--without-list", now="2026-11-30T16:00")
    assert "December 2026 has no plan yet. Copy last month's: planner plan set --month 2026-12 --like-last" in said.out
    autumn("plan", "set", "--like-last", now="2026-11-30T16:05")
    assert "2026-12" not in autumn("today", now=LAST).out
    assert autumn("plan", "show", "--json", now=DECEMBER).json["quota"] == 700000


def test_offer_shows_the_same_month_of_last_year(autumn: Run) -> None:
    autumn("plan", "set", "--month", "2025-12", "--quota", "400k", "--personal", "1m", now=FIRST)
    autumn("log", "deal", "--amount", "500k", "--at", "2025-12-10 12:00", now=FIRST)
    assert "December 2025: 500,000 closed, 50% of plan, 125% of quota" in autumn("plan", "show", now=DECEMBER).out


def test_plan_below_double_needs_consent_again(autumn: Run) -> None:
    autumn("plan", "set", "--personal", "1.5x", "--below-double", now=LAST)
    assert "less than twice" in autumn("plan", "set", "--like-last", "--month", "2026-12", now=LAST, code=2).err
    autumn("plan", "set", "--like-last", "--month", "2026-12", "--below-double", now=LAST)
    assert autumn("plan", "show", "--json", now=DECEMBER).json["personal_plan"] == 1050000


def test_like_last_fails_without_a_previous_month(run: Run) -> None:
    assert "There's no plan before" in run("plan", "set", "--like-last", code=1).err
    run("task", "add", "x")
    assert "There's no plan before" in run("plan", "set", "--like-last", code=1).err
    assert "No plan for November 2026 yet" in run("plan", "show").out


# Mid-month starts


def test_earlier_revenue_counts_in_every_monthly_figure(run: Run) -> None:
    run(
        "goal", "add", "Income", "--horizon", "month", "--metric", "revenue", "--target", "1.4m", "--from", "2026-11-01"
    )
    run("plan", "set", "--quota", "700000", "--personal", "2x", "--brought-in", "200k", "--from", "2026-11-16")
    run("log", "deal", "--amount", "100k", now="2026-11-17T09:00")
    later = {"now": "2026-11-18T08:00"}
    plan = run("plan", "show", "--json", **later).json
    assert (plan["quota"], plan["booked"], plan["working_days"]["total"]) == (700000, 300000, 11)
    assert plan["pace"]["plan_line"] == round(200_000 + 1_200_000 * 2 / 11, 2)
    assert plan["forecast"]["by_pipeline"]["mean"] == 300000
    assert run("status", "--format", "json", **later).json["plan"]["booked"] == 300000
    assert "300,000 closed: 21% of plan, 43% of quota" in run("today", **later).out
    assert run("goal", "show", "1", "--json", **later).json["done"] == 300000
    month = run("review", "month", "--json", **later).json["figures"]["revenue"]
    assert (month["done"], month["target"]) == (300000, 1400000)
    assert run("review", "week", "--json", **later).json["figures"]["revenue"]["done"] == 100000
    assert "You've closed 300,000" in run("plan", "why", "plan", **later).out


def test_pace_is_zero_on_the_plans_first_day(run: Run) -> None:
    said = run("plan", "set", "--quota", "700000", "--personal", "2x", "--brought-in", "0")
    assert (
        said.out == "Plan for November 2026, from Mon 16 Nov: quota 700,000, personal plan 1,400,000 (2× the quota)\n"
    )
    pace = run("plan", "show", "--json").json["pace"]
    assert (pace["plan_line"], pace["plan_delta"]) == (0, 0)


def test_earlier_revenue_can_be_added_later(run: Run) -> None:
    first = run("plan", "set", "--quota", "700000", "--personal", "2x", "--average-deal", "50k")
    assert "--brought-in AMOUNT --from DATE" in first.err
    run("plan", "set", "--brought-in", "250k", "--from", "2026-11-12")
    plan = run("plan", "show", "--json").json
    assert (plan["quota"], plan["average_deal"], plan["booked"]) == (700000, 50000, 250000)
    run("plan", "set", "--quota", "800000")
    assert run("plan", "show", "--json").json["booked"] == 250000


def test_revenue_logged_before_the_plan_is_part_of_earlier_revenue(run: Run) -> None:
    run("log", "deal", "--amount", "50k", "--at", "2026-11-10 12:00")
    said = run("plan", "set", "--quota", "700000", "--personal", "2x", "--brought-in", "200k")
    assert "Your log has 50,000 before Mon 16 Nov. It counts as part of the 200,000" in said.err
    assert run("plan", "show", "--json").json["booked"] == 200000


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--brought-in", "200k", "--from", "2026-11-01"), "after the 1st"),
        (("--brought-in", "-5"), "negative"),
        (("--brought-in", "much"), "already won"),
        (("--month", "2026-12", "--brought-in", "5"), "isn't the current month"),
    ],
)
def test_invalid_earlier_revenue_is_refused(run: Run, words: tuple[str, ...], said: str) -> None:
    assert said in run("plan", "set", "--quota", "700000", "--personal", "2x", *words, code=2).err


# Quarters and years


def test_quarter_shows_its_months_and_what_is_left(autumn: Run) -> None:
    said = autumn("plan", "set", "--quarter", "2026-Q4", "--quota", "3m", "--personal", "2.5x")
    assert said.out.startswith("Q4 2026 (Oct–Dec 2026): quota 3,000,000 EUR, personal plan 7,500,000 EUR\n")
    found = autumn("plan", "show", "--quarter", "2026-Q4", "--json").json
    assert (found["period"], found["quota"], found["personal_plan"], found["booked"]) == (
        "2026-Q4", 3000000, 7500000, 700000,
    )  # fmt: skip
    assert found["left"] == {"quota": 2300000, "personal_plan": 6800000, "to_plan": 2300000}
    assert found["pace"]["quota_line"] == round(3_000_000 * 32 / 66, 2)
    october, november, december = found["months"]
    assert (november["quota"], november["planned"], november["booked"]) == (700000, True, 700000)
    assert not december["planned"]
    assert round(december["quota"]) == round(2_300_000 * 23 / 45)
    assert october["quota"] + december["quota"] == 2300000
    autumn("undo")
    assert autumn("plan", "show", "--quarter", "2026-Q4", "--json").json["quota"] is None


def test_seasons_weight_the_months(run: Run) -> None:
    run("config", "set", "plan.seasons", "1,1,1,1,1,1,1,1,1,1,1,2")
    run("plan", "set", "--quarter", "2026-Q4", "--quota", "8900", "--currency", "EUR")
    months = run("plan", "show", "--quarter", "2026-Q4", "--json").json["months"]
    assert [month["quota"] for month in months] == [2200, 2100, 4600], "22, 21 and twice 23 days"


def test_fiscal_year_moves_its_quarters(run: Run) -> None:
    run("config", "set", "plan.year_starts", "april")
    assert "Q4 2026 (Jan–Mar 2027)" in run("plan", "set", "--quarter", "2026-Q4", "--quota", "900").out
    run("plan", "set", "--year", "2026", "--quota", "4000")
    months = run("plan", "show", "--year", "2026", "--json").json["months"]
    assert (months[0]["month"], months[-1]["month"]) == ("2026-04", "2027-03")
    assert round(sum(month["quota"] for month in months)) == 4000
    assert round(sum(month["quota"] for month in months[-3:])) == 900
    for wrong in ("13", "0", "ma", "spring"):
        run("config", "set", "plan.year_starts", wrong, code=2)


def test_new_month_takes_its_share_of_the_quarter(autumn: Run) -> None:
    autumn("plan", "set", "--quarter", "2026-Q4", "--quota", "3m")
    autumn("plan", "set", "--month", "2026-10", "--quota", "1m", "--personal", "2x")
    autumn("plan", "set", "--like-last", now=DECEMBER)
    shown = autumn("plan", "show", "--json", now=DECEMBER).json
    assert (shown["quota"], shown["personal_plan"]) == (1300000, 2600000)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--quarter", "2026-Q4"), "Enter the quota for Q4 2026"),
        (("--quarter", "2026-Q4", "--quota", "5", "--personal", "5"), "isn't above your quota"),
        (("--quarter", "2026-Q4", "--quota", "100", "--personal", "1.5x"), "less than twice"),
        (("--quarter", "4", "--quota", "5"), "not a quarter"),
        (("--year", "next", "--quota", "5"), "not a year"),
        (("--year", "2026", "--quarter", "2026-Q4", "--quota", "5"), "not both"),
        (("--year", "2026", "--quota", "5", "--from", "today"), "--from works only for a month"),
        (("--year", "2026", "--quota", "5", "--like-last"), "--like-last works only for a month"),
        (("--year", "2026", "--quota", "-5"), "negative"),
    ],
)
def test_invalid_quarter_and_year_quotas_are_refused(run: Run, words: tuple[str, ...], said: str) -> None:
    assert said in run("plan", "set", *words, code=2).err
    assert run("plan", "show", "--year", "2026", "--json").json["quota"] is None
