"""The outlook as a whole: rates, sizing, forecast and levers give words and finite numbers for any history."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.forecast.advice import advice, advice_short, disagreement, stale_text
from planner.domain.forecast.funnel import Ages, DealFact, Event
from planner.domain.forecast.inputs import Facts
from planner.domain.forecast.outlook import Outlook, precompute
from planner.domain.forecast.stages import Prior
from planner.domain.forecast.supposition import Supposition
from planner.domain.workdays import WorkCalendar
from tests.domain.forecast.test_odds import R, days_ago
from tests.domain.forecast.test_rates import EVENTS
from tests.drills import often

TODAY = date(2026, 11, 16)
CALENDAR = WorkCalendar(week=(Fraction(1),) * 7)
DEALS = st.lists(
    st.builds(
        lambda number, stage, age, length, contact, value: DealFact(
            number,
            f"deal {number}",
            stage,
            {"won": True, "lost": False}.get(stage),
            days_ago(age) if age is not None else None,
            days_ago(max(0, (age or 0) - length)) if stage in ("won", "lost") else None,
            contact,
            value,
        ),
        st.integers(1, 9999),
        st.sampled_from(("talk", "meeting", "proposal", "closing", "won", "lost")),
        st.one_of(st.none(), st.integers(0, 300)),
        st.integers(0, 100),
        st.one_of(st.none(), st.integers(1, 4)),
        st.one_of(st.none(), st.integers(0, 10**8).map(lambda hundredths: hundredths / 100)),
    ),
    max_size=25,
)


def facts(**changes: object) -> Facts:
    """Example P's month with an empty log."""
    base = Facts(
        today=TODAY, ages=Ages(CALENDAR, date(2025, 1, 1), TODAY), events=(), deals=(),
        total=19.5, elapsed=10, left=9.5, weight_today=1, days_to_end=15,
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


PRICE = 350_000.0


def example_f(**changes: object) -> Facts:
    """Six deals of one price to go, the rates of example R, and lags as long as they can be."""
    priors = {stage: Prior(beta.mean, beta.strength) for stage, beta in R.items()}
    given_: dict[str, object] = {
        "priors": priors, "quota": 1_050_000.0, "plan": 2_100_000.0, "estimate": PRICE, "calls_per_day": 100.0,
        "elapsed": 0.0, "left": 19.5, "days_to_end": 28,
        "logged_values": tuple((days_ago(400 + number), PRICE) for number in range(3)),
    }  # fmt: skip
    return facts(**{**given_, **changes})


def probability(known: Outlook) -> float:
    """P(plan) by the end of the month."""
    assert known.plan is not None and known.plan.probability is not None
    return known.plan.probability


@settings(max_examples=often(15, 60))
@given(
    EVENTS,
    DEALS,
    st.one_of(st.none(), st.floats(0, 1e7)),
    st.one_of(st.none(), st.floats(1, 1e8)),
    st.floats(-1e6, 1e8),
    st.one_of(st.none(), st.floats(1, 1e6)),
    st.integers(0, 62).map(lambda halves: halves / 2),
    st.integers(0, 62).map(lambda halves: halves / 2),
    st.sampled_from((0.0, 0.5, 1.0)),
    st.tuples(st.integers(0, 50), st.one_of(st.just(0.0), st.floats(10, 66))),
)
def test_every_history_gives_words_and_finite_numbers(
    events: list[Event],
    deals: list[DealFact],
    quota: float | None,
    plan: float | None,
    booked: float,
    estimate: float | None,
    elapsed: float,
    left: float,
    weight: float,
    recent: tuple[int, float],
) -> None:
    known = Outlook(
        facts(
            events=tuple(events), deals=tuple(deals), quota=quota, plan=plan, booked=booked, estimate=estimate,
            elapsed=elapsed, left=left, total=elapsed + left, weight_today=min(weight, left), recent=recent,
            dials_today=7, deals_done=2,
        )
    )  # fmt: skip
    precompute(known)
    for aimed in (known.plan, known.quota):
        if aimed is not None:
            assert aimed.probability is None or 0 <= aimed.probability <= 1
            assert aimed.dials is None or 0 <= aimed.dials <= 50_000
            assert not aimed.met or aimed.deals == 0
            if aimed.met:
                assert aimed.probability == 1
    if known.plan is not None and known.quota is not None and quota is not None and plan is not None and quota <= plan:
        assert (known.plan.probability or 0) <= (known.quota.probability or 0) + 1e-9
    for forecast in (known.forecast, known.by_work, known.by_pace, known.by_pipeline):
        if forecast is not None:
            assert all(math.isfinite(value) for value in (forecast.mean, forecast.low, forecast.high))
            assert forecast.low <= forecast.median <= forecast.high
    for noes in (known.noes_to_meeting, known.noes_to_deal):
        assert math.isfinite(noes.mean) and 0 <= noes.low <= noes.high
    assert known.capacity >= 0
    assert all(count >= 0 for count in known.facts.open.values())
    for text in (advice(known), advice_short(known), disagreement(known), stale_text(known)):
        assert not any(word in text for word in ("nan", "inf", "None"))
    if plan is not None and not (known.plan is not None and known.plan.met):
        assert advice(known).endswith((".", ")."))


def test_example_f_by_the_end_of_the_month_and_in_the_end() -> None:
    known = Outlook(example_f())
    assert known.capacity == 1950
    assert known.plan is not None and known.plan.deals == 6
    assert known.plan.in_the_end == pytest.approx(0.147, abs=2e-4)
    assert probability(known) < 0.05, "with lags of thirty days little of it closes this month"
    assert known.plan.dials is not None and known.plan.dials > 20_000
    said = advice(known)
    assert said.startswith("At 100 calls a day, you're ") and ", 15% with later closes" in said
    assert "Getting to 80% odds by the end of the month would take" in said
    assert "calls, more than you can make in the days left" in said
    assert known.dials_on(TODAY, 1.0) == 100, "no number reaches it, so what the day holds is asked"
    assert round(known.follow(100)["conversation"], 4) == 8.9417


def test_calls_are_sized_for_the_wanted_odds_when_deals_close_at_once() -> None:
    """All of the rep's deals closed on the day they were proposed."""
    events = []
    for number in range(60):
        day = days_ago(10 + number)
        events += [Event(day, "dial-meeting", 1, number), Event(day, "meeting-held", 1, number)]
        events += [Event(day, "proposal", 1, number), Event(day, "deal", 1, number)]
    known = Outlook(
        example_f(
            events=tuple(events), plan=1_050_000.0, quota=525_000.0, calls_per_day=400.0, left=18.5, weight_today=0.0
        )
    )
    assert known.plan is not None and known.plan.dials is not None
    for dials, reached in ((known.plan.dials, True), (known.plan.dials - 1, False)):
        found = Outlook(known.facts, Supposition(calls_per_day=dials / 18.5))
        assert (probability(found) >= 0.8) is reached
    assert known.dials_on(TODAY, 1.0) == math.ceil(known.plan.dials / 18.5)
    assert known.dials_on(TODAY, 0.5) == math.ceil(known.plan.dials * 0.5 / 18.5)


HISTORY = tuple(
    event
    for number in range(40)
    for event in (
        Event(days_ago(5 + 3 * number), "dial", 90),
        Event(days_ago(5 + 3 * number), "dial-spoken", 6),
        Event(days_ago(5 + 3 * number), "dial-meeting", 1, number),
        Event(days_ago(4 + 3 * number), "meeting-held", 1, number),
        *((Event(days_ago(3 + 3 * number), "proposal", 1, number),) if number % 2 else ()),
    )
)
CLOSED = tuple(
    DealFact(
        n,
        f"deal {n}",
        "won" if n % 3 else "lost",
        n % 3 > 0,
        days_ago(3 * n),
        days_ago(3 * n - 9),
        n,
        40_000.0 + 9_000 * (n % 5),
    )
    for n in range(7, 40, 2)
)


def busy(**changes: object) -> Facts:
    """A rep with a history of their own, in the middle of a month."""
    given_: dict[str, object] = {
        "events": HISTORY, "deals": CLOSED, "plan": 150_000.0, "quota": 75_000.0, "estimate": 50_000.0,
        "booked": 60_000.0, "deals_done": 1, "recent": (7, 62.0), "calls_per_day": 90.0,
    }  # fmt: skip
    return facts(**{**given_, **changes})


def test_more_work_or_larger_deals_never_lower_the_odds() -> None:
    last = -1.0
    for calls in (0, 10, 60, 90, 91, 200, 600):
        found = probability(Outlook(busy(), Supposition(calls_per_day=float(calls))))
        assert found >= last - 1e-6
        last = found
    for name, steps in (
        ("left", [busy(left=float(days), days_to_end=2 * days) for days in (1, 3, 9, 15, 21)]),
        ("average", [busy(estimate=amount) for amount in (10_000.0, 30_000.0, 50_000.0, 120_000.0)]),
    ):
        odds = [probability(Outlook(each)) for each in steps]
        assert odds == sorted(odds), name
    # a deal that has been silent for weeks also says how deals end, but a young one can only add
    for stage, opened in (("talk", 3), ("proposal", 0), ("proposal", 3), ("closing", 10)):
        more = DealFact(900, "one more", stage, None, days_ago(opened), None, 900, 50_000.0)
        assert probability(Outlook(busy(deals=(*CLOSED, more)))) >= probability(Outlook(busy())) - 1e-6


def test_small_change_of_the_plan_changes_the_odds_little() -> None:
    for plan in (100_000.0, 180_000.0, 240_000.0, 300_000.0, 500_000.0):
        near = probability(Outlook(busy(plan=plan))) - probability(Outlook(busy(plan=plan * 1.001)))
        assert 0 <= near < 0.03


def test_after_the_month_the_odds_are_certain() -> None:
    over = {"left": 0.0, "weight_today": 0.0, "days_to_end": 0, "expected_other": 500_000.0}
    assert probability(Outlook(busy(**over))) == 0
    assert probability(Outlook(busy(**over, plan=60_000.0))) == 1
    found = Outlook(busy(**over)).forecast
    assert found is not None and (found.low, found.median, found.high) == (60_000, 60_000, 60_000)


def test_forecast_of_an_empty_log_ignores_the_plan() -> None:
    found = [
        Outlook(facts(plan=plan, quota=plan / 2, estimate=10_000.0, elapsed=0.0, left=19.5, days_to_end=28)).forecast
        for plan in (50_000.0, 5_000_000.0)
    ]
    assert found[0] == found[1] and found[0] is not None


def test_silent_leads_do_not_inflate_the_forecast() -> None:
    won = [
        DealFact(n, f"won {n}", "won", True, days_ago(60 + 8 * n), days_ago(40 + 8 * n), None, 1_000.0)
        for n in range(20)
    ]
    silent = [
        DealFact(100 + n, f"lead {n}", "proposal", None, days_ago(150 + n), None, None, 1_000.0) for n in range(200)
    ]
    known = Outlook(facts(deals=(*won, *silent), plan=10_000.0, quota=5_000.0, recent=(7, 62.0)))
    assert probability(known) < 0.1
    assert known.forecast is not None and known.forecast.high < 8_000
    assert known.facts.by_age == 1.0


def test_sixty_day_cycle_promises_nothing_in_two_days() -> None:
    won = [
        DealFact(n, f"won {n}", "won", True, days_ago(63 + 4 * n), days_ago(3 + 4 * n), None, 1_000.0)
        for n in range(30)
    ]
    young = [DealFact(100 + n, f"new {n}", "proposal", None, days_ago(5), None, None, 1_000.0) for n in range(10)]
    known = Outlook(facts(deals=(*won, *young), plan=5_000.0, left=2.0, days_to_end=2))
    assert known.by_work is not None and known.by_work.high == 0


def test_won_renewal_is_not_expected_again() -> None:
    expecting = Outlook(busy(expected_other=200_000.0))
    came = Outlook(busy(expected_other=200_000.0, other_came=200_000.0, booked=260_000.0))
    assert expecting.forecast is not None and came.forecast is not None
    plain = Outlook(busy(booked=260_000.0)).forecast
    assert plain is not None and came.forecast.median == plain.median
    assert 0.6 < probability(Outlook(busy(expected_other=500_000.0))) < 0.9, "it comes with four in five"


def test_track_record_corrects_the_odds() -> None:
    base = probability(Outlook(busy()))
    assert probability(Outlook(busy(intercept=-0.5))) < base < probability(Outlook(busy(intercept=0.5)))


def test_fan_ends_at_the_forecast() -> None:
    known = Outlook(busy())
    widths = []
    for days in (2.0, 5.0, 9.5):
        found = known.forecast_after(days)
        assert found is not None
        widths.append(found.high - found.low)
    assert widths == sorted(widths) and known.forecast_after(9.5) == known.forecast


def test_todays_calls_come_off_todays_capacity() -> None:
    assert Outlook(example_f(dials_today=40)).capacity == 1910
    assert Outlook(example_f(dials_today=400)).capacity == 1850
    assert Outlook(example_f(), Supposition(days_off=2)).capacity == 1750
    assert Outlook(example_f(), Supposition(days_off=300)).capacity == 0


def test_better_rates_or_more_calls_raise_the_odds() -> None:
    base = probability(Outlook(busy()))
    for supposition in (
        Supposition(rates={"meeting-booked": 0.4}),
        Supposition(calls_per_day=600),
        Supposition(average_deal=150_000),
    ):
        assert probability(Outlook(busy(), supposition)) > base + 0.02
    assert probability(Outlook(busy(), Supposition(days_off=5))) < base


def test_open_work_counts_once() -> None:
    events = [
        Event(days_ago(1), "proposal", 1, 1),
        Event(days_ago(1), "proposal", 2, None),
        Event(days_ago(2), "meeting-held", 1, 5),
        Event(days_ago(2), "meeting-booked", 3, None),
    ]

    def deal(number: int, stage: str, contact: int | None) -> DealFact:
        return DealFact(number, f"deal {number}", stage, None, days_ago(3), None, contact, 100.0)

    found = facts(
        events=tuple(events),
        deals=(deal(1, "proposal", 1), deal(2, "closing", None), deal(3, "talk", 9), deal(4, "meeting", 5)),
    ).open
    # one booked meeting was held, contact 1's proposal is a deal, and one of the two without a contact is the deal
    # without a contact
    assert found == {"meeting-held": 2, "proposal": 2, "deal": 3}


def test_stale_deals_hardly_count_and_are_named() -> None:
    won = [DealFact(n, f"won {n}", "won", True, days_ago(40 + n), days_ago(20), None, 100.0) for n in range(8)]
    old = DealFact(90, "Sleeping beauty", "proposal", None, days_ago(200), None, None, 5_000.0)
    young = DealFact(91, "Young", "proposal", None, days_ago(5), None, None, 5_000.0)
    known = Outlook(facts(deals=(*won, old, young), plan=10_000.0, booked=800.0))
    assert known.facts.stale == (old,)
    assert "Sleeping beauty" in stale_text(known)
    without = Outlook(facts(deals=(*won, young), plan=10_000.0, booked=800.0))
    assert known.by_pipeline.mean == pytest.approx(without.by_pipeline.mean, rel=0.1)


def test_disagreement_is_explained() -> None:
    known = Outlook(facts(plan=10_000.0, booked=0.0, estimate=1_000.0, recent=(60, 60.0)))
    assert known.disagree
    assert "pace includes deals you haven't opened yet" in disagreement(known)


def test_refusals_since_the_last_meeting() -> None:
    events = [
        Event("2026-11-10", "dial-meeting", 1),
        Event("2026-11-10", "dial-spoken", 4),
        Event("2026-11-11", "dial-spoken", 3),
        Event("2026-11-12", "conversation", 2),
    ]
    assert facts(events=tuple(events)).noes_heard == 5
