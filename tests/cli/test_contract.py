"""The contract with scripts (`commands.md`), by running the program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.cli import plain_json
from planner.store import connection
from tests.conftest import Run


@pytest.fixture
def november(run: Run) -> Run:
    """Example P: 1,950 dials, with the 26th off and the 27th a half day."""
    run("calendar", "off", "2026-11-26")
    run("calendar", "half", "27 November")
    run(
        "goal",
        "add",
        "Cold calls",
        "--horizon",
        "month",
        "--metric",
        "dials",
        "--target",
        "1950",
        "--from",
        "2026-11-01",
    )
    return run


@pytest.mark.parametrize(("before", "today"), [(850, 116), (1250, 74), (1950, 0)])
def test_todays_target_follows_the_months_count(november: Run, before: int, today: int) -> None:
    november("log", "dial", "--count", str(before), "--at", "2026-11-13")
    found = november("today", "--json").json
    assert found["counters"]["dials"] == {"done": 0, "target": today}
    assert found["date"] == "2026-11-16"
    assert found["working_weight"] == 1.0
    titles = [task["title"] for task in found["tasks"]]
    assert titles == ([f"{today} calls"] if today else [])
    dials = november("plan", "show", "--json").json["activity"]["dials"]
    assert (dials["needed"], dials["p_plan_at_capacity"]) == (None, None), "no plan yet"
    assert (dials["done"], dials["today"]) == (before, today)


def test_today_json_has_the_promised_fields(november: Run) -> None:
    november("task", "add", "Proposal for Acme", "--due", "today 16:00", "--priority", "a", "--minutes", "45")
    found = november("today", "--json").json
    assert set(found) >= {
        "date",
        "working_weight",
        "opened",
        "closed",
        "counters",
        "tasks",
        "blocks",
        "mail",
        "due",
        "fits",
    }
    assert set(found["counters"]) >= {"dials", "conversations", "meetings_booked", "proposals"}
    counter, task = found["tasks"]
    fields = {"id", "title", "rank", "priority", "kind", "done", "goal_id", "due", "age_days"}
    assert set(counter) >= fields
    assert counter["kind"] == "counter"
    assert counter["goal_id"] == 1
    assert (task["title"], task["due"], task["priority"], task["rank"]) == (
        "Proposal for Acme",
        "2026-11-16T16:00",
        "A",
        2,
    )
    assert found["mail"]["next_open"] == "13:00"
    assert found["blocks"][0] == {"start": "08:00", "end": "08:30", "kind": "mail", "state": "now"}
    assert found["fits"]["asked_minutes"] == pytest.approx(1.5 * found["counters"]["dials"]["target"] + 90)


def test_plan_show_matches_the_example(november: Run) -> None:
    november("plan", "set", "--month", "2026-11", "--quota", "700000", "--personal", "2x", "--currency", "rub")
    november("log", "deal", "--amount", "612,000", "--at", "13 nov")
    found = november("plan", "show", "--json").json
    assert found["quota"] == 700000
    assert found["personal_plan"] == 1400000
    assert found["currency"] == "RUB"
    assert found["booked"] == 612000
    assert found["quota_attainment"] == 0.8743
    assert found["plan_attainment"] == 0.4371
    assert found["working_days"] == {"total": 19.5, "elapsed": 10, "left": 9.5}
    pace = found["pace"]
    assert pace["quota_line"] == 358974.36
    assert pace["plan_line"] == 717948.72
    assert pace["plan_delta"] == -105948.72
    assert pace["plan_delta_days"] == -1.4757
    assert pace["required_per_day"] == 82947.37
    assert pace["quota_required_per_day"] == 9263.16
    assert 0 < found["forecast"]["p_plan"] < found["forecast"]["p_quota"] < 1
    assert found["forecast"]["by_pace"]["low"] >= 612000
    assert found["forecast"]["by_pipeline"]["mean"] == 612000, "nothing is open"
    assert found["forecast"]["low_confidence"] is True
    assert [row["stage"] for row in found["funnel"]] == [
        "conversation",
        "meeting-booked",
        "meeting-held",
        "proposal",
        "deal",
    ]
    assert found["shortfall"] == 0
    text = november("plan", "show").out
    for figure in ("1,400,000", "700,000", "82,947.37", "9,263.16", "43.7%", "87.4%"):
        assert figure in text


def test_plan_not_above_the_quota_is_refused(run: Run) -> None:
    base = ("plan", "set", "--month", "2026-11", "--quota", "700000", "--personal")
    assert "--below-double" in run(*base, "900000", code=2).err
    for consent in ((), ("--below-double",)):
        assert "isn't above your quota" in run(*base, "700000", *consent, code=2).err
        run(*base, "0.5x", *consent, code=2)
    assert run("plan", "show", "--json").json["quota"] is None
    run(*base, "900000", "--below-double")
    assert run("plan", "show", "--json").json["personal_plan"] == 900000


def test_without_plan_or_goal_targets_are_null(run: Run, tmp_path: Path) -> None:
    found = run("today", "--json").json
    assert all(counter["target"] is None for counter in found["counters"].values())
    assert found["tasks"] == []
    assert found["fits"]["asked_minutes"] is None
    plan = run("plan", "show", "--json").json
    assert plan["quota"] is plan["plan_attainment"] is plan["pace"]["required_per_day"] is None
    assert run("goal", "list", "--json").json == run("task", "list", "--json").json == []
    assert run("log", "list", "--json").json == []
    assert not (tmp_path / "planner.db").exists(), "reading makes nothing"


def test_goal_shows_its_ancestors_and_descendants(run: Run) -> None:
    run("goal", "add", "The flat", "--horizon", "5y", "--for-whom", "Anna", "--picture", "keys in hand")
    run("goal", "add", "Best result", "--horizon", "1y", "--parent", "1", "--why", "promotion")
    run(
        "goal",
        "add",
        "Calls",
        "--horizon",
        "month",
        "--parent",
        "2",
        "--metric",
        "dials",
        "--target",
        "2100",
        "--from",
        "2026-11-01",
    )
    run("task", "add", "Buy a headset", "--goal", "3")
    wish, calls = run("goal", "show", "1", "--json").json, run("goal", "show", "3", "--json").json
    assert [goal["id"] for goal in calls["up"]] == [2, 1]
    assert [goal["id"] for goal in wish["down"]] == [2, 3]
    assert [task["title"] for task in wish["tasks"]] == ["Buy a headset"]
    assert wish["today"] == calls["today"] == [{"metric": "dials", "target": 130}]
    assert calls["falls"]["months"] == [{"month": "2026-11", "share": 2100}]
    assert "The flat" in run("goal", "show", "3").out
    assert "Your why: The flat, for Anna" in run("today").out


@pytest.mark.parametrize(
    ("metric", "words", "done"),
    [
        ("dials", ["dial", "--count", "3"], 3),
        ("conversations", ["dial", "--outcome", "callback"], 1),
        ("meetings-booked", ["dial", "--outcome", "meeting"], 1),
        ("meetings", ["meeting-held"], 1),
        ("meetings", ["meeting-held", "--outcome", "no-show"], 0),
        ("proposals", ["proposal"], 1),
        ("deals", ["deal", "--amount", "100"], 1),
        ("revenue", ["deal", "--amount", "12.50"], 12.5),
    ],
)
def test_each_metric_counts_toward_its_goal(run: Run, metric: str, words: list[str], done: float) -> None:
    run("goal", "add", "g", "--horizon", "1y", "--metric", metric, "--target", "1000")
    run("log", *words)
    assert run("goal", "list", "--json").json[0]["done"] == done


def test_count_goal_adds_done_tasks_to_its_tally(run: Run) -> None:
    run("goal", "add", "Twelve books", "--horizon", "1y", "--metric", "count", "--target", "12")
    run("task", "add", "Read: SPIN", "--goal", "1")
    run("task", "done", "1")
    run("goal", "edit", "1", "--reached", "3")
    assert run("goal", "list", "--json").json[0]["done"] == 4


def test_goal_breaks_down_into_months_weeks_and_days(run: Run) -> None:
    run("goal", "add", "Calls", "--horizon", "1y", "--metric", "dials", "--target", "26100", now="2026-01-01T08:00")
    found = run("goal", "show", "1", "--json", now="2026-01-01T08:00").json["falls"]
    assert sum(month["share"] for month in found["months"]) == 26100
    assert (found["months"][0], found["months"][10]) == (
        {"month": "2026-01", "share": 2200},
        {"month": "2026-11", "share": 2100},
    )
    assert (found["today"], found["week"], found["month"]) == (100, 200, 2200)


def test_five_year_growth_path_matches_the_example(run: Run) -> None:
    run("goal", "add", "Income", "--horizon", "5y", "--metric", "revenue", "--target", "1.2m", "--start-figure", "300k")
    pace = run("goal", "show", "1", "--json").json["pace"]
    assert (pace["target"], pace["from"], pace["to"]) == (395852.37, "2026-01-01", "2026-12-31")


def test_goal_counts_from_the_day_it_is_added(run: Run) -> None:
    run("calendar", "off", "2026-11-26")
    run("calendar", "half", "2026-11-27")
    run("log", "dial", "--count", "300", "--at", "2026-11-12")
    said = run("goal", "add", "Cold", "calls", "--horizon", "month", "--metric", "dials", "--target", "950")
    assert "starts Mon 16 Nov 2026" in said.out
    assert "To include it: planner goal edit 1 --from 2026-11-01" in said.err
    pace = run("goal", "show", "1", "--json").json["pace"]
    assert (pace["from"], pace["target"], pace["done_before"], pace["delta"]) == ("2026-11-16", 950, 0, 0)
    assert run("today", "--json").json["counters"]["dials"]["target"] == 100
    run("goal", "edit", "1", "--from", "2026-11-01")
    pace = run("goal", "show", "1", "--json").json["pace"]
    assert (pace["from"], pace["target"], pace["done_before"]) == ("2026-11-01", 950, 300)


def test_target_is_prorated_only_on_request(run: Run) -> None:
    run("calendar", "off", "2026-11-26")
    run("calendar", "half", "2026-11-27")
    said = run(
        "goal", "add", "c", "--horizon", "month", "--metric", "dials", "--target", "1950", "--from", "2026-11-16",
        "--prorate",
    )  # fmt: skip
    assert "950 of 1,950" in said.err
    assert run("today", "--json").json["counters"]["dials"]["target"] == 100
    said = run("goal", "edit", "1", "--from", "2026-11-18")
    assert (said.err, run("goal", "list", "--json").json[0]["held_to"]) == ("", 950), "another day moves no target"
    run("goal", "edit", "1", "--target", "1950", "--prorate")
    assert run("goal", "list", "--json").json[0]["held_to"] == 750
    run("goal", "edit", "1", "--whole")
    assert run("goal", "list", "--json").json[0]["held_to"] == 1950
    assert "set the start date with --from" in run(
        "goal", "add", "d", "--horizon", "month", "--metric", "dials", "--target", "9", "--prorate", code=2
    ).err  # fmt: skip


def test_future_goal_counts_from_its_first_day(run: Run) -> None:
    run("goal", "add", "Next", "--horizon", "month", "--due", "2026-12-31", "--metric", "deals", "--target", "4")
    run("goal", "add", "Moves", "--horizon", "month", "--metric", "deals", "--target", "4")
    assert "starts" not in run("goal", "edit", "2", "--due", "2026-12-31").out
    assert [found["from"] for found in run("goal", "list", "--json").json] == ["2026-12-01", "2026-12-01"]


def test_new_growth_path_starts_on_pace(run: Run) -> None:
    run("log", "deal", "--amount", "95852.37", "--at", "2026-03-10 12:00")
    run("goal", "add", "Income", "--horizon", "5y", "--metric", "revenue", "--target", "1.2m", "--start-figure", "300k")
    found = run("goal", "show", "1", "--json").json
    assert (found["pace"]["target"], found["pace"]["done_before"], found["pace"]["delta"]) == (395852.37, 95852.37, 0)
    assert found["year"]["missed"] == 0
    assert round(found["falls"]["month"]) == round(300_000 * 11 / 34), "what is left, over the days left"


def test_opening_the_day_freezes_its_targets(november: Run) -> None:
    november("log", "dial", "--count", "850", "--at", "2026-11-13")
    november("day", "open")
    november("log", "dial", "--count", "100", "--at", "2026-11-12")
    assert november("today", "--json").json["counters"]["dials"]["target"] == 116
    assert "started today at 08:00" in november("day", "open", code=1).err
    november("day", "open", "--anew")
    assert november("today", "--json").json["counters"]["dials"]["target"] == 106
    november("day", "close", "--without-list")
    found = november("today", "--json").json
    assert (found["opened"], found["closed"]) == (True, True)
    assert november("plan", "show", "--json").json["working_days"]["left"] == 8.5
    november("day", "close", "--without-list", code=1)


def test_logging_does_not_move_todays_target(november: Run) -> None:
    november("log", "dial", "--count", "850", "--at", "2026-11-13")
    for _ in range(3):
        november("log", "dial", "--count", "20")
    assert november("today", "--json").json["counters"]["dials"] == {"done": 60, "target": 116}


def test_targets_of_past_and_future_days(november: Run) -> None:
    november("log", "dial", "--count", "850", "--at", "2026-11-13")
    targets = {
        day: november("today", "--json", "--date", day).json["counters"]["dials"]["target"]
        for day in ("2026-11-13", "tomorrow", "2026-11-20", "2026-11-26", "2026-11-27")
    }
    assert targets == {"2026-11-13": 130, "tomorrow": 116, "2026-11-20": 115, "2026-11-26": None, "2026-11-27": 58}
    assert november("today", "--json", "--date", "2026-11-26").json["working_weight"] == 0


def test_viewing_a_future_day_does_not_freeze_it(november: Run) -> None:
    november("log", "dial", "--count", "850", "--at", "2026-11-13")
    november("today", "--json", "--date", "tomorrow")
    november("log", "dial", "--count", "200")
    found = november("today", "--json", now="2026-11-17T08:00").json["counters"]["dials"]
    assert found == {"done": 0, "target": 106}  # 900 left over 8.5 days


def test_setting_the_clock_back_leaves_no_stale_targets(november: Run) -> None:
    assert november("today", "--json").json["counters"]["dials"]["target"] == 130
    november("log", "dial", "--count", "850", now="2026-11-13T10:00")
    assert november("today", "--json").json["counters"]["dials"]["target"] == 116
    november("undo", now="2026-11-13T11:00")
    assert november("today", "--json").json["counters"]["dials"]["target"] == 130


def test_no_op_keeps_redo_available(run: Run) -> None:
    run("task", "add", "one")
    run("task", "add", "two")
    run("undo")
    run("task", "move", "1", "1")
    assert run("redo").out == "Redid: new task: two\n"


def test_contact_names_ignore_case(run: Run) -> None:
    for name in ("new: Анна Каренина", "анна каренина", "АННА КАРЕНИНА"):
        run("log", "dial", "--contact", name)
    assert {row["contact"] for row in run("log", "list", "--json").json} == {"Анна Каренина"}


def test_unknown_country_gives_a_notice(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[calendar]\ncountry = "ZZ"\n', encoding="utf-8")
    answer = run("today", "--json")
    assert "No public holidays are known for ZZ" in answer.err
    assert answer.json["working_weight"] == 1.0


def test_closing_the_day_counts_todays_calls_for_tomorrow(november: Run) -> None:
    november("log", "dial", "--count", "850", "--at", "2026-11-13")
    november("log", "dial", "--count", "500")
    november("day", "close", "--without-list")
    assert november("today", "--json", "--date", "tomorrow").json["counters"]["dials"]["target"] == 71  # 600 over 8.5


def test_goal_of_a_future_week_is_spread_evenly(run: Run) -> None:
    run("goal", "add", "Next week", "--horizon", "week", "--due", "next fri", "--metric", "dials", "--target", "700")
    for day in ("2026-11-23", "2026-11-25", "2026-11-27"):
        assert run("today", "--json", "--date", day).json["counters"]["dials"]["target"] == 140
    assert "nothing today" in run("goal", "show", "1").out


def test_bulk_commands_are_atomic_and_undone_together(run: Run) -> None:
    for _ in range(2):
        run("log", "dial")
        run("task", "add", "t")
        run("goal", "add", "g", "--horizon", "1y")
    for words in (("log", "drop"), ("task", "done"), ("task", "drop"), ("goal", "done")):
        run(*words, "1", "999", code=1)
    assert len(run("log", "list", "--json").json) == len(run("task", "list", "--json").json) == 2
    run("task", "done", "1", "2")
    run("log", "drop", "1", "2")
    assert run("undo").out == "Undid: deleted call and 1 more\n"
    assert run("undo").out == "Undid: completed task: t and 1 more\n"
    assert len(run("log", "list", "--json").json) == len(run("task", "list", "--json").json) == 2


def test_recurrence_keeps_its_count_and_month_end(run: Run) -> None:
    run("task", "add", "twice", "--every", "FREQ=DAILY;COUNT=2")
    assert "Next" in run("task", "done", "1").out
    assert "Next" not in run("task", "done", "2").out
    run("task", "add", "report", "--every", "month", "--due", "2027-01-31")
    assert "28 Feb 2027" in run("task", "done", "3").out
    assert "31 Mar 2027" in run("task", "done", "4").out
    run("task", "reopen", "4")
    assert "task 5" in run("task", "done", "4").out, "no second follower"
    assert len(run("task", "list", "--json").json) == 1
    run("task", "snooze", "5", "2027-04-02")
    assert "30 Apr 2027" in run("task", "done", "5").out


@pytest.mark.parametrize(
    "rule", ["FREQ=WEEKLY;BYDAY=1MO", "FREQ=DAILY;INTERVAL=²", "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"]
)
def test_impossible_recurrence_rule_is_refused(run: Run, rule: str) -> None:
    run("task", "add", "x", "--every", rule, code=2)
    run("task", "add", "x", "--every", "FREQ=MONTHLY;BYDAY=1MO")
    assert run("task", "list", "--json").json[0]["due"] == "2026-12-07"


def test_date_without_a_year_is_the_nearest_one(run: Run) -> None:
    assert "is in the future" in run("log", "dial", "--at", "17 nov", code=2).err
    assert "Mon 2 Nov" in run("calendar", "off", "2 nov").out
    assert run("today", "--json", "--date", "13 nov").json["date"] == "2026-11-13"
    assert "due Mon 30 Nov" in run("goal", "add", "g", "--horizon", "month", "--from", "2 nov").out
    said = run("calendar", "off", "mon", "wed")
    assert "Wed 18 Nov, Mon 23 Nov off" in said.out
    assert "a week from today" in said.err


@pytest.mark.parametrize(
    "words",
    ["plan show --month 9999-12", "calendar show --month 9999-12", "today --date 0001-01-01", "today --date 9999-12-31",
     "log dial --at 0001-01-01", "goal add x --horizon 5y --due 9999-12-31", "task done 99999999999999999999",
     "goal show 99999999999999999999", "log drop 99999999999999999999"],
)  # fmt: skip
def test_out_of_range_arguments_are_usage_errors(run: Run, words: str) -> None:
    assert "omething went wrong" not in run(*words.split(), code=2).err


def test_very_long_contact_number_matches_no_contact(run: Run) -> None:
    run("log", "dial")
    assert "no contact" in run("log", "dial", "--contact", "9" * 20, code=1).err


def test_log_edit_clears_fields_and_changes_the_kind(run: Run) -> None:
    run("log", "proposal", "--amount", "500", "--contact", "new: Kim", "--note", "x")
    run("log", "edit", "1", "--contact", "none", "--note", "none")
    run("log", "edit", "1", "--kind", "dial", "--outcome", "refused")
    run("log", "edit", "1", "--outcome", "none")
    row = run("log", "list", "--json").json[0]
    assert (row["kind"], row["outcome"], row["contact"], row["amount"], row["note"]) == ("dial", None, None, None, None)


def test_logging_a_deal_echoes_the_amount(run: Run) -> None:
    run("log", "dial")
    assert "612,000 (deal 1)" in run("log", "deal", "--amount", "612000").out
    assert "100 in total" in run("log", "deal", "--amount", "100.00", "--count", "3").out


def test_changing_the_country_resets_the_region(run: Run) -> None:
    run("config", "set", "calendar.country", "US")
    run("config", "set", "calendar.region", "CA")
    assert "It was cleared" in run("config", "set", "calendar.country", "GB").err
    run("today")
    run("config", "set", "calendar.region", "none")


def test_second_currency_for_planned_months_is_refused(run: Run) -> None:
    run("plan", "set", "--quota", "700000", "--personal", "2x", "--currency", "RUB")
    run("plan", "set", "--month", "2026-12", "--quota", "8", "--personal", "2x", "--currency", "EUR", code=1)


def test_plan_keeps_its_start_when_set_again(run: Run) -> None:
    said = run("plan", "set", "--quota", "700000", "--personal", "2x", "--from", "2026-11-16")
    assert "Prorated to the working days" in said.err
    run("plan", "set", "--quota", "800000", "--personal", "2x")
    assert run("plan", "show", "--json").json["working_days"]["total"] == 11


def test_goal_shows_its_effective_target(run: Run) -> None:
    run("goal", "add", "Income", "--horizon", "5y", "--metric", "revenue", "--target", "1.2m", "--start-figure", "300k")
    run(
        "goal", "add", "Calls", "--horizon", "month", "--metric", "dials", "--target", "2100", "--from", "2026-11-16",
        "--prorate",
    )  # fmt: skip
    income, calls = run("goal", "list", "--json").json
    assert (income["target"], income["held_to"]) == (1200000, 395852.37)
    assert (calls["target"], calls["held_to"]) == (2100, 1100)
    assert "0 of 395,852.37 revenue this year, to 1,200,000" in run("goal", "list").out
    assert "can be updated directly" in run("goal", "edit", "2", "--reached", "5", code=2).err


def test_status_and_config_path_have_json(run: Run) -> None:
    assert "counters" in run("status", "--json").json
    assert "path" in run("config", "path", "--json").json


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
def test_full_disk_on_stdout_is_reported(run: Run, tmp_path: Path) -> None:
    run("log", "dial")
    with open("/dev/full", "w", encoding="utf-8") as full:
        env = {**os.environ, "PLANNER_DB": str(tmp_path / "planner.db"), "PLANNER_NOW": "2026-11-16T08:00"}
        done = subprocess.run(
            [sys.executable, "-m", "planner", "today"], stdout=full, stderr=subprocess.PIPE, text=True, env=env
        )
    assert done.returncode == 1
    assert "Can't write the output" in done.stderr


def test_correcting_yesterdays_count(november: Run) -> None:
    november("log", "dial", "--count", "85", "--at", "fri 17:00")
    row = november("log", "list", "--date", "fri", "--json").json[0]
    assert (row["at"], row["count"], row["kind"]) == ("2026-11-13T17:00", 85, "dial")
    november("log", "edit", str(row["id"]), "--count", "850")
    assert november("today", "--json").json["counters"]["dials"]["target"] == 116
    november("log", "drop", str(row["id"]))
    assert november("log", "list", "--date", "fri", "--json").json == []
    assert november("undo").out.startswith("Undid: deleted 850 calls")
    assert november("log", "list", "--date", "fri", "--json").json[0]["count"] == 850


def test_task_list_is_ranked_and_carries_over_with_age(november: Run) -> None:
    november("task", "add", "Second", "--priority", "B", now="2026-11-12T08:00")
    november("task", "add", "Third", now="2026-11-13T08:00")
    november("task", "add", "First", "--priority", "A", "--due", "today")
    found = november("today", "--json").json["tasks"]
    assert [(task["title"], task["age_days"]) for task in found[1:]] == [("First", 0), ("Second", 4), ("Third", 3)]
    november("task", "move", str(found[3]["id"]), "1")
    ranked = [task["title"] for task in november("today", "--json").json["tasks"]]
    assert ranked == ["Third", "130 calls", "First", "Second"]
    november("task", "move", str(found[3]["id"]), "down")
    assert [task["title"] for task in november("today", "--json").json["tasks"]][:2] == ["130 calls", "Third"]
    november("task", "snooze", str(found[2]["id"]), "fri")
    assert "Second" not in november("today").out
    later = november("today", "--json", now="2026-11-20T08:00").json["tasks"]
    assert next(task for task in later if task["title"] == "Second")["age_days"] == 8
    november("task", "done", str(found[3]["id"]))
    done = november("today", "--json").json["tasks"][-1]
    assert (done["title"], done["done"]) == ("Third", True)


def test_recurring_task_skips_missed_occurrences(run: Run) -> None:
    run("task", "add", "Report", "--every", "monday", now="2026-11-02T08:00")
    said = run("task", "done", "1").out
    assert "Next: task 2, Mon 23 Nov" in said
    assert run("task", "list", "--json").json[0]["every"] == "FREQ=WEEKLY;BYDAY=MO"
    run("undo")
    assert [task["id"] for task in run("task", "list", "--json").json] == [1]


def test_public_holidays_and_own_exceptions(run: Run) -> None:
    run("config", "set", "calendar.country", "DE")
    days = {day["date"]: day for day in run("calendar", "show", "--month", "2026-12", "--json").json["days"]}
    assert (days["2026-12-25"]["weight"], days["2026-12-24"]["weight"]) == (0, 1)
    assert days["2026-12-25"]["why"]
    assert "8 days" in run("calendar", "off", "2026-12-24..2026-12-31", "--note", "family").out
    run("calendar", "work", "2026-12-25", "sat")
    found = run("calendar", "show", "--month", "2026-12", "--json").json
    days = {day["date"]: day["weight"] for day in found["days"]}
    assert (days["2026-12-24"], days["2026-12-25"]) == (0, 1)
    run("calendar", "clear", "2026-12-25")
    days = {day["date"]: day["weight"] for day in run("calendar", "show", "--month", "2026-12", "--json").json["days"]}
    assert days["2026-12-25"] == 0
    run("config", "set", "calendar.saturday", "0.5")
    assert (
        run("calendar", "show", "--month", "2026-10", "--json").json["working_days"]["total"] == 24
    )  # the 3rd is a holiday, and a Saturday


def test_config_set_keeps_comments(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("# mine\n[plan]\ncap = 1.5 # brave\n", encoding="utf-8")
    run("config", "set", "plan.multiple", "3")
    text = file.read_text(encoding="utf-8")
    assert "# mine" in text
    assert "cap = 1.5 # brave" in text
    assert run("config", "show", "--json").json["plan.multiple"] == 3
    assert run("plan", "set", "--quota", "100").out.count("300") == 1
    assert run("config", "path").out.strip() == str(file)
    assert "Did you mean calendar.country" in run("config", "set", "calendar.countri", "DE", code=2).err


def test_invalid_setting_is_reported_with_its_line_and_defaults_apply(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[calendar]\nsaturday = 5\n", encoding="utf-8")
    said = run("plan", "show")
    assert "line 2: calendar.saturday = 5 isn't allowed" in said.err
    for bad in (b"[[[", b"\xff\xfe\x00", b"a" * 1_000_001):
        (tmp_path / "config.toml").write_bytes(bad)
        assert "The defaults apply" in run("plan", "show").err


def test_database_has_one_currency(run: Run) -> None:
    run("plan", "set", "--quota", "100", "--personal", "2x", "--currency", "RUB")
    run("plan", "set", "--quota", "100", "--personal", "2x", "--currency", "eur")
    run("log", "deal", "--amount", "10")
    assert "amounts in EUR" in run("plan", "set", "--quota", "100", "--personal", "2x", "--currency", "USD", code=1).err
    assert "not a currency" in run("plan", "set", "--quota", "100", "--currency", "roubles", code=2).err


def test_status_in_every_format(november: Run) -> None:
    november("plan", "set", "--quota", "700000", "--personal", "2x")
    november("log", "dial")
    assert november("status").out == "calls 1/130 · plan 0%\n"
    assert november("status", "--format", "tmux").out.startswith("calls 1/130")
    waybar = november("status", "--format=waybar").json
    assert set(waybar) == {"text", "tooltip", "class"}
    found = november("status", "--format", "json").json
    assert found["counters"]["dials"] == {"done": 1, "target": 130}
    assert found["plan"]["personal_plan"] == 1400000


def test_undo_and_redo_across_runs(run: Run) -> None:
    assert "nothing to undo" in run("undo", code=1).err
    run("log", "dial", "--outcome", "refused", "--contact", "new: Kim")
    assert run("undo").out == "Undid: call to Kim (refused)\n"
    assert run("log", "list", "--json").json == []
    assert run("redo").out == "Redid: call to Kim (refused)\n"
    assert run("log", "list", "--json").json[0]["contact"] == "Kim"
    assert "nothing to redo" in run("redo", code=1).err
    assert [change["label"] for change in run("history", "--json").json] == ["call to Kim (refused)"]


def test_info_shows_paths_and_counts(run: Run, tmp_path: Path) -> None:
    run("log", "dial")
    found = run("info", "--json").json
    assert found["database"] == str(tmp_path / "planner.db")
    assert (found["exists"], found["schema"], found["activities"]) == (True, connection.SCHEMA_VERSION, 1)
    assert found["last_backup"] == "2026-11-16T08:00"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("", 2, "need a terminal"),
        ("nonsense", 2, "invalid choice"),
        ("log", 2, "required"),
        ("log nonsense", 2, "kinds are dial"),
        ("log dial --count -5", 2, "from 1 to"),
        ("log dial --count=0", 2, "from 1 to"),
        ("log dial --count many", 2, "whole number"),
        ("log dial --outcome blue", 2, "isn't a call outcome"),
        ("log stop --outcome blue", 2, "isn't a distraction outcome. Use one of: resisted, gave-in."),
        ("log email --outcome refused", 2, "has no outcome"),
        ("log dial --at tomorrow", 2, "is in the future"),
        ("log dial --at soonish", 2, "isn't a date"),
        ("log dial --amount 5", 2, "Only a deal or a proposal"),
        ("log dial --contact 99", 1, "no contact 99"),
        ("log dial --frobnicate", 2, "unrecognized"),
        ("log edit 99 --count 2", 1, "no entry 99"),
        ("log drop 99", 1, "no entry 99"),
        ("plan set --quota -5 --personal 2x", 2, "negative"),
        ("plan set --month 2026-13 --quota 5 --personal 2x", 2, "isn't a month"),
        ("plan show --month never", 2, "isn't a month"),
        ("goal add x --horizon 2y", 2, "not a horizon"),
        ("goal add x --horizon month --metric smiles", 2, "not a metric"),
        ("goal add x --horizon month --parent 9", 1, "no goal 9"),
        ("goal show 9", 1, "no goal 9"),
        ("task done 9", 1, "no task 9"),
        ("task add x --due 31.02.", 2, "isn't a day in the calendar"),
        ("task add x --every now-and-then", 2, "isn't a way to repeat"),
        ("calendar off 2026-12-24..2026-12-20", 2, "ends before"),
        ("config set plan.cap 99", 2, "isn't allowed"),
        ("today --date someday", 2, "isn't a date"),
        ("status --format xml", 2, "isn't a format"),
        ("--db", 2, "needs a value"),
        ("--db http://x today", 2, "isn't a database location"),
    ],
)
def test_mistake_is_one_sentence_and_changes_nothing(
    run: Run, tmp_path: Path, words: str, code: int, said: str
) -> None:
    answer = run(*words.split(), code=code)
    assert said in answer.err
    assert answer.out == ""
    assert len(answer.err.strip().splitlines()) == 1
    if (tmp_path / "planner.db").exists():
        assert run("history", "--json").json == []


def test_goal_under_its_own_child_is_refused(run: Run) -> None:
    run("goal", "add", "wish", "--horizon", "5y")
    run("goal", "add", "year", "--horizon", "1y", "--parent", "1")
    assert "is under goal 1 itself" in run("goal", "edit", "1", "--parent", "2", code=1).err
    assert run("goal", "list", "--json").json[0]["parent_id"] is None


def test_invalid_clock_override_is_refused(run: Run) -> None:
    assert "isn't a time" in run("today", now="half past eight", code=2).err


def test_db_option_accepts_paths_and_urls_anywhere(run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    run("log", "dial", "--db", str(other))
    run("--db", f"sqlite:///{other}", "log", "dial")
    assert run("today", "--json", db=str(other)).json["counters"]["dials"]["done"] == 2
    assert not (tmp_path / "planner.db").exists()


def test_control_characters_and_markup_are_neutralized(run: Run) -> None:
    hostile = "[@click=app.quit]x[/] \x1b]52;c;aGk=\x07 \u202eevil \x9b2J"
    run("task", "add", hostile)
    run("log", "dial", "--outcome", "refused", "--note", hostile, "--contact", f"new: {hostile}")
    for words in (("today",), ("task", "list"), ("log", "list"), ("history",), ("status", "--format", "waybar")):
        out = run(*words).out
        assert not any(char in out for char in "\x1b\x07\x9b\u202e"), words
    assert run("task", "list", "--json").json[0]["title"].startswith("[@click=app.quit]x[/]")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json_values)
def test_plain_json_round_trips(value: object) -> None:
    assert json.loads(plain_json.dumps(value)) == value


def test_plain_json_refuses_nan_and_other_types() -> None:
    with pytest.raises(ValueError, match="no NaN"):
        plain_json.dumps(float("nan"))
    with pytest.raises(TypeError):
        plain_json.dumps({1, 2})


@pytest.mark.parametrize("words", [["task", "list", "--json"], ["today", "--json"], ["status", "--format", "waybar"]])
def test_json_is_utf8_whatever_the_locale(run: Run, words: list[str]) -> None:
    run("task", "add", "Angebot für 김민수")
    said = run(*words, PYTHONIOENCODING="cp1252").out
    assert "?" not in said
    json.loads(said)


@pytest.mark.parametrize(
    ("make", "drop", "again"),
    [
        (
            ("promise", "add", "Kim", "price", "list", "tomorrow"),
            ("promise", "drop", "1", "1"),
            ("promise", "list"),
        ),
        (("log", "dial"), ("log", "drop", "1", "1"), ("log", "list")),
        (("contact", "add", "Zoe"), ("contact", "drop", "Zoe", "1"), ("contact", "list")),
        (("deal", "add", "Press", "--value", "900"), ("deal", "drop", "1", "1"), ("deal", "list")),
    ],
    ids=lambda words: words[0],
)
def test_duplicate_ids_are_dropped_once(
    run: Run, make: tuple[str, ...], drop: tuple[str, ...], again: tuple[str, ...]
) -> None:
    run(*make)
    there = run(*again).out
    assert len(run(*drop).out.splitlines()) == 1
    assert run(*again).out != there
    run("undo")
    assert run(*again).out == there


def test_counter_tasks_of_another_day_use_its_targets(run: Run) -> None:
    run("goal", "add", "Calls", "--horizon", "month", "--metric", "dials", "--target", "900")
    found = run("today", "--date", "tomorrow", "--json").json
    assert [each["title"] for each in found["tasks"]] == [f"{found['counters']['dials']['target']} calls"]


def test_moving_a_meeting_to_its_own_time_is_an_undoable_change(run: Run) -> None:
    run("meeting", "add", "Sync", "--at", "2026-11-18 10:00")
    run("meeting", "move", "1", "--at", "2026-11-18 10:00")
    assert "moved meeting" in run("undo").out
    assert "Sync" in run("meeting", "list").out


def test_only_real_options_request_json() -> None:
    from planner.__main__ import JSON, _options

    asks = [["today", "--json"], ["status", "--format", "waybar"], ["status", "--format=json"]]
    assert all(JSON & _options(words) for words in asks)
    assert not JSON & _options(["task", "add", "see notes.json", "--format", "text", "json"])


def test_iso_dates_on_request(run: Run) -> None:
    assert run("calendar", "off", "2 nov", "--iso").out == "Calendar: 2026-11-02 off\n"
    assert run("calendar", "off", "3 nov").out == "Calendar: Tue 3 Nov off\n"
