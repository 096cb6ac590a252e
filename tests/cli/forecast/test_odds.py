"""The odds by command: output, what-if and refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run

# Priors that equal example R: the same rates with an empty log.
EXAMPLE_R = {
    "conversation": (184.2, 1875.8),
    "meeting_booked": (21.8, 188.2),
    "meeting_held": (25, 7),
    "proposal": (13, 11),
    "deal": (8, 11),
}
FIRST = "2026-11-02T08:00"


@pytest.fixture
def example(run: Run) -> Run:
    """Example F: six deals of 350,000 in the 19.5 days of November, a hundred calls a day, the rates of example R."""
    for stage, (a, b) in EXAMPLE_R.items():
        run("config", "set", f"prior.{stage}", f"{a / (a + b):.15f}, {a + b}")
    run("calendar", "off", "2026-11-26", now=FIRST)
    run("calendar", "half", "2026-11-27", now=FIRST)
    run("plan", "set", "--month", "2026-11", "--quota", "1050000", "--personal", "2x", "--average-deal", "350000",
        "--calls-per-day", "100", now=FIRST)  # fmt: skip
    return run


def test_example_plan_odds_everywhere_they_are_shown(example: Run) -> None:
    shown = example("plan", "show", "--json", now=FIRST).json
    odds = shown["forecast"]
    assert (odds["p_plan_in_the_end"], odds["p_quota_in_the_end"]) == (0.147, 0.5715)
    assert odds["by"] == "2026-11-30"
    assert 0 < odds["p_plan"] < odds["p_quota"] < 0.1, "with the usual lags hardly any of it closes this month"
    assert odds["low"] <= odds["median"] <= odds["high"]
    dials = shown["activity"]["dials"]
    assert (dials["capacity"], dials["today"]) == (1950, 100) and dials["needed"] > 20_000
    assert dials["p_plan_at_capacity"] == odds["p_plan"]
    assert shown["deals"]["needed"] == 6
    assert [row["mean"] for row in shown["funnel"]] == [0.0894, 0.1038, 0.7812, 0.5417, 0.4211]
    sentence = shown["advice"]
    assert sentence.startswith(
        "At 100 calls a day, you're 1% likely to hit plan by Mon 30 Nov, 15% with later closes (low confidence). "
        "Getting to 80% odds by Mon 30 Nov would take "
    )
    assert "calls, more than you can make in the days left." in sentence
    assert sentence in example("today", now=FIRST).out
    assert sentence in example("plan", "show", now=FIRST).out
    counters = example("today", "--json", now=FIRST).json["counters"]
    assert [counters[name]["target"] for name in ("dials", "conversations", "meetings_booked", "proposals")] == [
        100, 9, 0, 0,
    ]  # fmt: skip
    assert example("today", "--json", now=FIRST).json["next_due"] == {
        "meetings_booked": "2026-11-03", "proposals": "2026-11-04",
    }  # fmt: skip
    assert "1 by Tue" in example("today", now=FIRST).out


def test_larger_target_of_goal_and_plan_is_used_and_named(example: Run) -> None:
    example("goal", "add", "Calls", "--horizon", "month", "--metric", "dials", "--target", "2200", now=FIRST)
    found = example("today", "--json", now=FIRST).json
    assert found["counters"]["dials"] == {"done": 0, "target": 113}
    assert found["asked_by"]["dials"] == {"source": "goal", "other": 100}
    assert "from your goal (plan: 100)  over your capacity of 100 a day" in example("today", now=FIRST).out
    example("goal", "edit", "1", "--target", "1000", now=FIRST)
    found = example("today", "--json", now=FIRST).json
    assert found["counters"]["dials"] == {"done": 0, "target": 100}
    assert found["asked_by"]["dials"] == {"source": "plan", "other": 52}
    assert found["odds"]["p_plan_in_the_end"] == 0.147


def test_what_if_saves_nothing(example: Run, tmp_path: Path) -> None:
    before = (tmp_path / "planner.db").read_bytes()
    answer = example("plan", "what-if", "--rate", "meeting-booked=20%", "--calls-per-day", "120", "--json", now=FIRST)
    assert answer.json["supposed"] == {
        "rates": {"meeting-booked": 0.2},
        "calls_per_day": 120,
        "average_deal": None,
        "days_off": 0,
    }
    plain = example("plan", "show", "--json", now=FIRST).json["forecast"]
    assert answer.json["forecast"]["p_plan"] > 2 * plain["p_plan"]
    assert answer.json["forecast"]["p_plan_in_the_end"] > 0.5
    assert answer.json["activity"]["dials"]["capacity"] == 2340
    text = example("plan", "what-if", "--average-deal", "500k", "--days-off", "2.5", now=FIRST).out
    assert "Nothing was saved." in text
    assert "1,950" in text and "1,700" in text
    assert (tmp_path / "planner.db").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "What should change?"),
        (("--rate", "meeting=0.2"), "Did you mean meeting-"),
        (("--rate", "deal=40"), "For 40 percent, enter 40%"),
        (("--rate", "deal=1"), "must be between 0 and 1"),
        (("--rate", "deal=0"), "must be between 0 and 1"),
        (("--rate", "deal=nan"), "not a number"),
        (("--rate", "deal"), "meeting-booked=0.15"),
        (("--calls-per-day", "-3"), "negative"),
        (("--calls-per-day", "99999"), "from 0 to 5,000"),
        (("--average-deal", "0"), "more than 0"),
        (("--days-off", "400"), "from 0 to 366"),
    ],
)
def test_invalid_what_if_is_refused(run: Run, words: tuple[str, ...], said: str) -> None:
    answer = run("plan", "what-if", *words, code=2)
    assert said in answer.err
    assert not answer.out


def _numbers(value: object) -> None:
    json.dumps(value, allow_nan=False)


EDGES: dict[str, tuple[tuple[tuple[str, ...], ...], str]] = {
    "nothing at all": ((), FIRST),
    "the month is over": ((("plan", "set", "--month", "2026-11", "--quota", "100", "--personal", "2x",
                            "--average-deal", "10"),), "2026-12-03T09:00"),
    "a month to come": ((("plan", "set", "--month", "2027-02", "--quota", "100", "--personal", "2x",
                          "--average-deal", "10"),), FIRST),
    "the last day is closed": ((("plan", "set", "--quota", "100", "--personal", "2x", "--average-deal", "10"),
                                ("log", "dial"), ("day", "close", "--without-list")), "2026-11-30T19:00"),
    "the plan is met": ((("plan", "set", "--quota", "100", "--personal", "2x", "--average-deal", "10"),
                         ("log", "deal", "--amount", "500")), FIRST),
    "a quota of 0": ((("plan", "set", "--quota", "0", "--personal", "500", "--average-deal", "10"),), FIRST),
    "taken up in the middle": ((("plan", "set", "--quota", "100", "--personal", "2x", "--from", "2026-11-16",
                                 "--average-deal", "10"),), "2026-11-18T09:00"),
    "a day off today": ((("calendar", "off", "2026-11-02"),
                         ("plan", "set", "--quota", "100", "--personal", "2x", "--average-deal", "10")), FIRST),
    "no average deal": ((("plan", "set", "--quota", "100", "--personal", "2x"),), FIRST),
    "out of reach": ((("plan", "set", "--quota", "1000000", "--personal", "2x", "--average-deal", "1"),), FIRST),
    "refunded below nothing": ((("plan", "set", "--quota", "100", "--personal", "2x", "--average-deal", "10"),
                                ("deal", "add", "X", "--value", "50"), ("deal", "won", "1"),
                                ("deal", "refund", "1", "50")), FIRST),
}  # fmt: skip


@pytest.mark.parametrize("name", EDGES)
def test_edge_cases_give_finite_numbers(run: Run, name: str) -> None:
    steps, now = EDGES[name]
    for words in steps:
        run(*words, now=now)
    month = "2027-02" if name == "a month to come" else "2026-11"
    shown = run("plan", "show", "--month", month, "--json", now=now)
    _numbers(shown.json)
    _numbers(run("today", "--json", now=now).json)
    for words in (("plan", "show", "--month", month), ("plan", "why", "--month", month),
                  ("plan", "what-if", "--month", month, "--calls-per-day", "0")):  # fmt: skip
        text = run(*words, now=now).out
        assert text.strip()
        for nonsense in ("nan", "inf", "None", "Infinity"):
            assert nonsense not in text.replace("inform", ""), text
    forecast = shown.json["forecast"]
    expected = {
        "nothing at all": (None, None),
        "the month is over": (0, 0),
        "the last day is closed": (0, 0),
        "the plan is met": (1, 1),
    }
    if name in expected:
        assert (forecast["p_plan"], forecast["p_quota"]) == expected[name]
    if name == "a quota of 0":
        assert forecast["p_quota"] is None and forecast["p_plan"] is not None
    if name == "out of reach":
        assert shown.json["activity"]["dials"]["needed"] is None
        assert "out of reach" in run("plan", "show", now=now).out


def test_closed_deals_give_rate_and_cycle(run: Run, tmp_path: Path) -> None:
    rows = ["id,title,stage,opened,closed,value"]
    for number in range(80):
        day = 1 + number % 27
        stage = "Won" if number % 8 < 5 else "Lost"
        rows.append(
            f"{number},Deal {number},{stage},2017-0{1 + number % 6}-{day:02},2017-0{3 + number % 6}-{day:02},1000"
        )
    path = tmp_path / "deals.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    now = "2018-01-02T09:00"
    run("import", "deals", str(path), now=now)
    run("plan", "set", "--month", "2018-01", "--quota", "2000", "--personal", "2x", now=now)
    shown = run("plan", "show", "--json", now=now).json
    rate = next(row for row in shown["funnel"] if row["stage"] == "deal")
    assert (rate["trials"], rate["successes"]) == (80, 50)
    assert rate["low"] <= 50 / 80 <= rate["high"]
    assert 59 <= shown["deals"]["cycle_days"] <= 62
    for forecast in ("by_pace", "by_pipeline"):
        assert None not in shown["forecast"][forecast].values()
    behind = run("plan", "rates", "deal", "--json", now=now).json
    assert sum(trial["trials"] for trial in behind["behind"]) == 80
    assert "won" in run("plan", "rates", "deal", now=now).out


def test_why_traces_figures_to_the_log(example: Run) -> None:
    example("goal", "add", "Calls", "--horizon", "month", "--metric", "dials", "--target", "1950", now=FIRST)
    example("log", "dial", "--count", "850", "--at", "2026-11-13 17:00", now="2026-11-16T08:00")
    text = example("plan", "why", "dials", now="2026-11-16T08:00").out
    assert "116 = 1,100 left ÷ 9.5 working days, rounded up." in text
    assert "That's over your capacity of 100 calls a day." in text
    answer = example("plan", "why", "rate deal", "--json", now="2026-11-16T08:00").json
    assert answer[0]["value"] == "42.1%"
    assert "not a figure" in example("plan", "why", "weather", now=FIRST, code=2).err


def test_calls_per_day_come_from_plan_then_settings_then_blocks(run: Run) -> None:
    def per_day() -> tuple[float, str]:
        dials = run("plan", "show", "--json", now=FIRST).json["activity"]["dials"]
        return dials["per_day"], dials["per_day_from"]

    assert per_day() == (140, "blocks")
    run("config", "set", "calls_per_day", "90", now=FIRST)
    assert per_day() == (90, "set")
    run("plan", "set", "--quota", "100", "--personal", "2x", "--calls-per-day", "80", now=FIRST)
    assert per_day() == (80, "set")
    assert "1 to 5,000" in run("plan", "set", "--quota", "1", "--personal", "3", "--calls-per-day", "9999",
                               now=FIRST, code=2).err  # fmt: skip


def test_priors_and_seasons_are_settings(run: Run) -> None:
    run("config", "set", "prior.deal", "0.25, 40")
    assert run("plan", "rates", "--json").json[4]["mean"] == 0.25
    assert "rate from 0 to 1" in run("config", "set", "prior.deal", "1.5,3", code=2).err
    assert "twelve numbers" in run("config", "set", "plan.seasons", "1,2,3", code=2).err
    run("config", "set", "plan.seasons", "1,1,1,1,1,1,0.5,0.5,1,1,2,2")


def test_missed_months_roll_into_the_rest_of_the_year(run: Run) -> None:
    run("config", "set", "plan.seasons", "1,1,1,1,1,1,1,1,1,1,1,2")
    run(
        "goal", "add", "Income", "--horizon", "1y", "--metric", "revenue", "--target", "1200000", "--from",
        "2026-01-01", now=FIRST,
    )  # fmt: skip
    run("log", "deal", "--amount", "100000", "--at", "2026-03-10 12:00", now=FIRST)
    year = run("goal", "show", "1", "--json", now=FIRST).json["year"]
    months = year["months"]
    assert round(sum(month["planned"] for month in months)) == 1_200_000
    assert months[11]["planned"] > 1.9 * months[10]["planned"]
    asked = [month["asked"] for month in months]
    assert asked[:10] == [None] * 10
    assert round(asked[10] + asked[11]) == 1_100_000
    assert year["missed"] == pytest.approx(sum(month["planned"] for month in months[:10]) - 100_000, abs=0.1)
    text = run("goal", "show", "1", now=FIRST).out
    assert "short so far, spread over the months left" in text
    answer = run("plan", "set", "--month", "2026-11", "--quota", "100000", now=FIRST)
    assert f"{asked[10]:,.2f}".rstrip("0").rstrip(".") in answer.out, "the larger of 2x and the tree's share"
    answer = run("plan", "set", "--month", "2026-11", "--quota", "100000", "--personal", "2x", now=FIRST)
    assert "more than your plan" in answer.err, "a figure that was given wins, with a notice"


def test_today_updates_odds_after_a_deal_and_its_undo(example: Run) -> None:
    def p_plan() -> float:
        return float(example("today", "--json", now=FIRST).json["odds"]["p_plan"])

    before = p_plan()
    example("log", "deal", "--amount", "1800000", now=FIRST)
    after = p_plan()
    assert after == example("plan", "show", "--json", now=FIRST).json["forecast"]["p_plan"] > before + 0.1
    example("undo", now=FIRST)
    assert p_plan() == before


def test_conversation_with_another_contact_is_no_success(run: Run) -> None:
    run("log", "dial", "--contact", "new: A", "--outcome", "no-answer", "--at", "2026-11-10 10:00")
    run("log", "conversation", "--contact", "new: B", "--at", "2026-11-12 10:00")
    row = run("plan", "rates", "--json").json[0]
    assert (row["trials"], row["successes"]) == (1, 0)
    run("log", "conversation", "--contact", "A", "--at", "2026-11-12 11:00")
    row = run("plan", "rates", "--json").json[0]
    assert (row["trials"], row["successes"]) == (1, 1)


@pytest.mark.parametrize("contact", [(), ("--contact", "new: Kim")])
def test_deal_added_after_its_proposal_is_one_trial(run: Run, contact: tuple[str, ...]) -> None:
    run("log", "proposal", *contact, "--at", "2026-07-01 10:00")
    run("deal", "add", "D", "--stage", "proposal", "--opened", "2026-07-02", "--value", "100")
    run("deal", "won", "1", "--at", "2026-08-01")
    row = run("plan", "rates", "--json").json[4]
    assert (row["trials"], row["successes"]) == (1, 1)


def test_contact_counts_only_at_its_furthest_stage(run: Run) -> None:
    run("plan", "set", "--quota", "350000", "--personal", "2x", "--average-deal", "350000")
    run("log", "dial", "--contact", "new: Kim", "--outcome", "meeting", "--at", "2026-11-12 10:00")
    run("log", "meeting-held", "--contact", "Kim", "--at", "2026-11-13 10:00")

    def waiting() -> dict[str, int]:
        return dict(run("plan", "show", "--json").json["deals"]["open"])

    assert waiting() == {"meeting-held": 0, "proposal": 1, "deal": 0}
    run("deal", "add", "K", "--contact", "Kim", "--stage", "proposal")
    assert waiting() == {"meeting-held": 0, "proposal": 0, "deal": 1}
    run("deal", "lost", "1")
    assert waiting() == {"meeting-held": 0, "proposal": 0, "deal": 0}


def test_plan_sets_no_target_before_it_starts(run: Run) -> None:
    run("plan", "set", "--quota", "700000", "--personal", "2x", "--average-deal", "350000", "--from", "2026-11-18")
    assert run("today", "--json").json["counters"]["dials"]["target"] is None
    assert run("today", "--json", "--date", "2026-11-18").json["counters"]["dials"]["target"] == 140


def test_why_fails_where_the_figure_is_unknown(run: Run) -> None:
    run("plan", "set", "--quota", "700000", "--personal", "2x")
    assert "set your average deal" in run("plan", "why", "plan", code=1).err
    assert "There's no target for" in run("plan", "why", "dials", code=1).err
    assert run("plan", "why", "proposal", "--json").json[0]["name"] == "held → proposal"


def test_refunds_lower_the_average_deal(run: Run) -> None:
    run("deal", "add", "X", "--value", "500000")
    run("deal", "won", "1")
    assert run("plan", "show", "--json").json["deals"]["average"] == 500000
    run("deal", "refund", "1", "400000")
    assert run("plan", "show", "--json").json["deals"]["average"] == 100000


def test_months_far_ahead_can_be_shown(run: Run) -> None:
    run("log", "dial", "--count", "40", "--at", "2026-10-01")
    for month in ("2027-03", "2027-06", "2030-01"):
        assert run("plan", "show", "--month", month, "--json").json["activity"]["dials"]["capacity"] > 0


def test_todays_calls_do_not_affect_another_month(run: Run) -> None:
    before = run("plan", "show", "--month", "2026-12", "--json").json["activity"]["dials"]["capacity"]
    run("log", "dial", "--count", "500")
    assert run("plan", "show", "--month", "2026-12", "--json").json["activity"]["dials"]["capacity"] == before


def test_history_starts_with_the_first_logged_activity(run: Run) -> None:
    run("log", "email", "--at", "2026-08-03 10:00")
    run("log", "dial", "--count", "40", "--at", "2026-11-10 10:00", "--outcome", "conversation")
    run("plan", "set", "--quota", "7000", "--personal", "2x")
    found = run("plan", "show", "--json").json["forecast"]["dials"]["mean"]
    assert found == pytest.approx(45.87, abs=0.01)  # with fewer than ten days of history there would be none


def test_morning_forecasts_are_compared_with_results(run: Run) -> None:
    """Eight months, each better than its forecasts."""
    assert "No track record yet" in run("plan", "record", now="2026-01-05T08:00").out
    for month in range(1, 9):
        now = f"2026-{month:02}-12T08:00"
        run("plan", "set", "--quota", "20000", "--personal", "2x", "--average-deal", "10000", now=now)
        run("day", "open", now=now)
        run("log", "deal", "--amount", "90000", now=f"2026-{month:02}-20T12:00")
    found = run("plan", "record", "--json", now="2026-09-14T08:00").json
    assert (found["months"], found["mornings"]) == (8, 8)
    told = [each for each in found["bins"] if each["mornings"]]
    assert all(each["came"] == 1 for each in told) and sum(each["mornings"] for each in told) == 8
    assert found["brier"] > found["climatology"] == 0
    assert found["intercept"] > 0.1
    text = run("plan", "record", now="2026-09-14T08:00").out
    assert "You hit plan 100% of the time." in text and "Based on 8 months:" in text and "within the 80% range" in text
    assert "odds are adjusted up" in text
    run("plan", "set", "--quota", "20000", "--personal", "2x", "--average-deal", "10000", now="2026-09-14T08:00")
    assert "adjusted by your track record" in run("plan", "why", "plan", now="2026-09-14T08:00").out
    shown = run("review", "--json", now="2026-09-14T08:00").json["record"]
    assert shown == found
    assert "track record" in run("review", now="2026-09-14T08:00").out
    run("day", "open", now="2026-09-14T08:00")
    run("undo", now="2026-09-14T08:00")
    assert run("plan", "record", "--json", now="2026-10-01T08:00").json["mornings"] == 8, "what was undone was not said"


def test_won_renewal_is_no_longer_expected(run: Run) -> None:
    now = "2026-11-02T08:00"
    run("plan", "set", "--quota", "20000", "--personal", "2x", "--average-deal", "10000", "--expected-other", "30000",
        now=now)  # fmt: skip
    before = run("plan", "show", "--json", now=now).json["forecast"]
    assert before["median"] == 30_000
    run("log", "deal", "--amount", "30000", now=now)
    after = run("plan", "show", "--json", now=now).json["forecast"]
    run("plan", "set", "--expected-other", "0", now=now)
    assert after == run("plan", "show", "--json", now=now).json["forecast"], "it is not booked and expected as well"
    run("undo", now=now)
    over = run("plan", "show", "--month", "2026-11", "--json", now="2026-12-03T08:00").json["forecast"]
    assert (over["p_plan"], over["p_quota"], over["median"]) == (0, 1, 30_000)


@pytest.mark.parametrize("asked", [5, 1])
def test_targets_below_one_a_day_fall_due_on_the_pace_line(run: Run, asked: int) -> None:
    """Five meetings over 21 working days: none on the first morning, then about one every four days."""
    run("goal", "add", "Meetings", "--horizon", "month", "--metric", "meetings", "--target", str(asked),
        now="2026-11-02T07:00")  # fmt: skip
    due = {}
    for day in range(2, 31):
        now = f"2026-11-{day:02}T08:00"
        target = run("today", "--json", now=now).json["counters"].get("meetings_held", {}).get("target")
        if target:
            due[day] = target
            run("log", "meeting-held", "--count", str(target), now=f"2026-11-{day:02}T15:00")
    assert sum(due.values()) == asked and set(due.values()) == {1}
    assert min(due) > 4 and max(due) == 30


def test_shortfall_is_spread_over_the_days_left(run: Run) -> None:
    run("goal", "add", "Meetings", "--horizon", "month", "--metric", "meetings", "--target", "5",
        now="2026-11-02T07:00")  # fmt: skip
    assert run("today", "--json", now="2026-11-20T08:00").json["counters"]["meetings_held"]["target"] == 1
    assert run("today", "--json", now="2026-11-30T08:00").json["counters"]["meetings_held"]["target"] == 5
