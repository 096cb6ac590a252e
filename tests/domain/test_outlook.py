"""Rates, sizing, forecast and levers put together: words and finite numbers for every history."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.advice import advice, advice_short, disagreement, percent, stale_text
from planner.domain.day import fit
from planner.domain.errors import InputError
from planner.domain.facts import Facts
from planner.domain.funnel import Ages, DealFact, Event
from planner.domain.outlook import Outlook, Supposition, ready
from planner.domain.stages import STAGES, Prior
from planner.domain.workdays import WorkCalendar
from tests.domain.test_odds import EVENTS, R, days_ago
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
    """Example P's month with nothing in it."""
    base = Facts(
        today=TODAY, ages=Ages(CALENDAR, date(2025, 1, 1), TODAY), events=(), deals=(),
        total=19.5, elapsed=10, left=9.5, weight_today=1, days_to_end=15,
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def example_f(**changes: object) -> Facts:
    """Six deals to go, the rates of example R."""
    priors = {stage: Prior(beta.mean, beta.strength) for stage, beta in R.items()}
    given_: dict[str, object] = {
        "priors": priors, "quota": 1_050_000.0, "plan": 2_100_000.0, "estimate": 350_000.0, "calls_per_day": 100.0,
        "elapsed": 0.0, "left": 19.5,
    }  # fmt: skip
    return facts(**{**given_, **changes})


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
    ready(known)
    for aimed in (known.plan, known.quota):
        if aimed is not None:
            assert aimed.probability is None or 0 <= aimed.probability <= 1
            assert aimed.dials is None or 0 <= aimed.dials <= 50_000
            assert not aimed.met or aimed.deals == 0
            if aimed.met:
                assert aimed.probability == 1
    for forecast in (known.by_pace, known.by_pipeline):
        if forecast is not None:
            assert all(math.isfinite(value) for value in (forecast.mean, forecast.low, forecast.high))
            assert forecast.low <= forecast.high + 1e-6
    for noes in (known.noes_to_meeting, known.noes_to_deal):
        assert math.isfinite(noes.mean) and 0 <= noes.low <= noes.high
    assert known.capacity >= 0
    assert all(count >= 0 for count in known.facts.open.values())
    for text in (advice(known), advice_short(known), disagreement(known), stale_text(known)):
        assert not any(word in text for word in ("nan", "inf", "None"))
    if plan is not None and not (known.plan is not None and known.plan.met):
        assert advice(known).endswith((".", ")."))


def test_the_month_of_example_f_says_what_would_do_it() -> None:
    known = Outlook(example_f())
    assert known.capacity == 1950
    assert known.plan is not None and known.plan.deals == 6 and known.plan.dials == 5940
    assert round(known.plan.probability or 0, 4) == 0.147
    assert known.lever is not None and known.lever.stage == "meeting-booked"
    assert advice(known).startswith("At 100 calls a day the plan is 15 % likely (6 deals from 1,950 calls")
    assert known.calls_needed == 305
    assert known.more_proposals == 7
    assert known.dials_on(TODAY, 1.0) == 100, "the share of 5,940 is 305, and the day holds 100"
    assert Outlook(example_f(calls_per_day=400.0)).dials_on(TODAY, 1.0) == 305
    assert Outlook(example_f(calls_per_day=400.0)).dials_on(TODAY, 0.5) == 153
    assert round(known.follow(100)["conversation"], 4) == 8.9417


def test_what_is_done_today_comes_off_what_today_holds() -> None:
    assert Outlook(example_f(dials_today=40)).capacity == 1910
    assert Outlook(example_f(dials_today=400)).capacity == 1850
    assert Outlook(example_f(), Supposition(days_off=2)).capacity == 1750
    assert Outlook(example_f(), Supposition(days_off=300)).capacity == 0


def test_a_better_rate_or_more_calls_make_it_likelier() -> None:
    base = Outlook(example_f()).plan
    assert base is not None and base.probability is not None
    for supposition in (
        Supposition(rates={"meeting-booked": 0.2}),
        Supposition(calls_per_day=200),
        Supposition(average_deal=700_000),
    ):
        found = Outlook(example_f(), supposition).plan
        assert found is not None and (found.probability or 0) > base.probability + 0.1
    worse = Outlook(example_f(), Supposition(days_off=5)).plan
    assert worse is not None and (worse.probability or 0) < base.probability


def test_work_that_is_open_counts_once() -> None:
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
    # one of the booked was held; contact 1's proposal is a deal; of nobody's two, one is the deal without a contact
    assert found == {"meeting-held": 2, "proposal": 2, "deal": 3}


def test_deals_older_than_twice_the_longest_cycle_are_left_out_and_named() -> None:
    won = [DealFact(n, f"won {n}", "won", True, days_ago(40 + n), days_ago(20), None, 100.0) for n in range(8)]
    old = DealFact(90, "Sleeping beauty", "proposal", None, days_ago(200), None, None, 5_000.0)
    young = DealFact(91, "Young", "proposal", None, days_ago(5), None, None, 5_000.0)
    known = Outlook(facts(deals=(*won, old, young), plan=10_000.0, booked=800.0))
    assert known.facts.stale == (old,)
    assert "Sleeping beauty" in stale_text(known)
    assert 800 < known.by_pipeline.mean < 5_800


def test_the_forecasts_disagree_in_words() -> None:
    known = Outlook(facts(plan=10_000.0, booked=0.0, estimate=1_000.0, recent=(60, 60.0)))
    assert known.disagree
    assert "aren't open yet" in disagreement(known)


def test_refusals_since_the_last_meeting() -> None:
    events = [
        Event("2026-11-10", "dial-meeting", 1),
        Event("2026-11-10", "dial-spoken", 4),
        Event("2026-11-11", "dial-spoken", 3),
        Event("2026-11-12", "conversation", 2),
    ]
    assert facts(events=tuple(events)).noes_heard == 5


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0 %"), (0.001, "under 1 %"), (0.147, "15 %"), (0.999, "over 99 %"), (1, "100 %")],
)
def test_nearly_is_not_certainly(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    "wrong",
    [
        {"rates": {"talk": 0.5}},
        {"rates": {"deal": 1.0}},
        {"calls_per_day": -1.0},
        {"average_deal": 0.0},
        {"days_off": -1.0},
    ],
)
def test_what_cannot_be_supposed_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Supposition(**wrong)  # type: ignore[arg-type]


def test_every_stage_has_its_place() -> None:
    assert tuple(Outlook(facts()).rates) == STAGES


def test_no_way_out_is_named_that_nobody_goes() -> None:
    known = Outlook(example_f(left=6.0, elapsed=13.5))
    assert known.lever is None and any(lever.needed for lever in known.levers)
    assert "no rate by itself would do it" in advice(known) and "no rate by itself would do it" in advice_short(known)


def test_the_day_fit_of_the_example() -> None:
    known = Outlook(example_f())
    talks = Fraction(known.follow(100)["conversation"])
    found = fit({"dials": 100, "conversations": talks, "meetings_held": 2, "proposals": 1}, 600)
    assert round(float(found.asked), 2) == 458.65
    assert found.over == 0
    assert round(float(fit({"dials": 400}, 600).over), 2) == 90
