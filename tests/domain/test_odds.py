"""Rates, sizing, forecast: the examples R, F, O of `maths.md` to the digits given, and what must hold of all."""

from __future__ import annotations

import math
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.beta import Beta, expected, incomplete_beta
from planner.domain.errors import InputError
from planner.domain.forecast import (
    Chance,
    Cycles,
    Forecast,
    Pipeline,
    amounts_by_pace,
    by_pace,
    calls_by_pace,
    count_interval,
    disagree,
)
from planner.domain.funnel import (
    Ages,
    DealFact,
    Event,
    average_deal,
    cycle_days,
    noes,
    rate_of,
    settled,
)
from planner.domain.sizing import Odds
from planner.domain.stages import PRIORS, STAGES, Prior
from planner.domain.workdays import WorkCalendar

R = {
    "conversation": Beta(184.2, 1875.8),
    "meeting-booked": Beta(21.8, 188.2),
    "meeting-held": Beta(25, 7),
    "proposal": Beta(13, 11),
    "deal": Beta(8, 11),
}
TODAY = date(2026, 11, 16)
EVERY_DAY = WorkCalendar(week=(Fraction(1),) * 7)


def ages(first: date = date(2025, 1, 1)) -> Ages:
    return Ages(EVERY_DAY, first, TODAY)


def days_ago(count: int) -> str:
    return (TODAY - timedelta(days=count)).isoformat()


# example R


def test_the_priors_and_the_data_of_example_r() -> None:
    data = {"conversation": (180, 2000), "meeting-booked": (20, 180), "meeting-held": (16, 20), "proposal": (9, 16),
            "deal": (4, 9)}  # fmt: skip
    for stage, (successes, trials) in data.items():
        prior = PRIORS[stage]
        a = prior.mean * prior.strength + successes
        b = (1 - prior.mean) * prior.strength + trials - successes
        assert (a, b) == pytest.approx((R[stage].a, R[stage].b))
    assert [round(R[stage].mean, 4) for stage in STAGES] == [0.0894, 0.1038, 0.7812, 0.5417, 0.4211]
    product = math.prod(R[stage].mean for stage in STAGES)
    assert round(product, 8) == 0.00165393
    assert round(1 / product, 2) == 604.62
    assert [round(edge, 4) for edge in R["conversation"].interval()] == [0.0793, 0.1]


def test_trials_weigh_half_after_sixty_working_days() -> None:
    events = []
    for age, won in ((0, 9), (60, 8), (120, 4)):
        events += [Event(days_ago(age), "dial", 100 - won), Event(days_ago(age), "dial-spoken", won)]
    rate = rate_of("conversation", settled("conversation", events), ages(), PRIORS["conversation"])
    assert rate.weighed == pytest.approx((175, 14))
    assert (rate.trials, rate.successes) == (300, 21)
    assert round(rate.posterior.mean, 6) == 0.077447
    assert not rate.low_confidence


@given(st.integers(1, 60), st.integers(1, 60), st.floats(0.001, 0.999))
def test_the_incomplete_beta_function_is_the_tail_of_a_binomial(a: int, b: int, x: float) -> None:
    n = a + b - 1
    tail = sum(math.comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1))
    assert incomplete_beta(a, b, x) == pytest.approx(tail, abs=1e-10)


@given(st.floats(0.05, 5_000), st.floats(0.05, 5_000), st.floats(0.01, 0.99))
def test_a_quantile_is_where_its_share_lies(a: float, b: float, share: float) -> None:
    beta = Beta(a, b)
    found = beta.quantile(share)
    assert 0 <= found <= 1
    step = 1e-9 * max(found, 1e-4)
    assert beta.cdf(found - 2 * step) - 1e-6 <= share <= beta.cdf(found + 2 * step) + 1e-6


@given(st.integers(0, 3_000), st.floats(0.5, 2_000), st.floats(0.5, 2_000))
def test_a_long_sum_is_as_right_as_one_term_by_term(n: int, a: float, b: float) -> None:
    rate = Beta(a, b)
    assert expected(lambda _: 1.0, n, rate) == pytest.approx(1, abs=2e-5)
    assert expected(lambda k: k, n, rate) == pytest.approx(n * rate.mean, abs=2e-4 * max(1, n))


# example F


@pytest.mark.parametrize(
    ("dials", "three", "six"),
    [(1814, 0.5318, 0.1213), (1950, 0.5715, 0.1470), (3101, 0.8001, 0.3935), (5940, 0.9645, 0.8000)],
)
def test_the_odds_of_example_f(dials: int, three: float, six: float) -> None:
    assert round(Odds(R, 3).probability(dials), 4) == three
    assert round(Odds(R, 6).probability(dials), 4) == six


def test_the_sizes_of_example_f() -> None:
    assert Odds(R, 3).dials_for(0.8) == 3101
    assert Odds(R, 6).dials_for(0.8) == 5940
    with_open = Odds(R, 3, {"deal": 4})
    assert round(with_open.probability(1950), 4) == 0.8239
    assert with_open.dials_for(0.8) == 1778


def test_the_lever_of_example_f() -> None:
    levers = {lever.stage: lever for lever in Odds(R, 6).levers(1950)}
    lever = levers["meeting-booked"]
    assert (round(lever.rate, 4), round(lever.needed or 0, 4)) == (0.1038, 0.1931)
    assert levers["meeting-held"].needed is None, "past 100 %: not by this alone"


def brute(rates: dict[str, Beta], deals: int, dials: int, waiting: dict[str, int]) -> float:
    """The recursion of `maths.md` 5, term by term."""

    def mass(k: int, n: int, rate: Beta) -> float:
        def log_beta(a: float, b: float) -> float:
            return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)

        return math.exp(math.log(math.comb(n, k)) + log_beta(k + rate.a, n - k + rate.b) - log_beta(rate.a, rate.b))

    following: list[float] | None = None
    for stage in reversed(rates):
        top = dials + sum(waiting.values())
        values = []
        for x in range(top + 1):
            n = x + waiting.get(stage, 0)
            if following is None:
                values.append(sum(mass(k, n, rates[stage]) for k in range(min(deals, n + 1))))
            else:
                values.append(sum(mass(k, n, rates[stage]) * following[min(k, top)] for k in range(n + 1)))
        following = values
    assert following is not None
    return 1 - following[dials]


@given(
    st.lists(st.tuples(st.floats(0.3, 30), st.floats(0.3, 30)), min_size=3, max_size=3),
    st.integers(1, 5),
    st.integers(0, 25),
    st.integers(0, 4),
    st.integers(0, 4),
)
def test_the_quick_way_is_the_recursion(
    shapes: list[tuple[float, float]], deals: int, dials: int, second: int, third: int
) -> None:
    rates = {name: Beta(a, b) for name, (a, b) in zip("xyz", shapes, strict=True)}
    waiting = {"y": second, "z": third}
    assert Odds(rates, deals, waiting).probability(dials) == pytest.approx(
        brute(rates, deals, dials, waiting), abs=2e-6
    )


@settings(max_examples=8)
@given(
    st.lists(st.tuples(st.floats(0.05, 0.95), st.floats(8, 400)), min_size=3, max_size=3),
    st.integers(1, 130),
    st.integers(120, 260),
    st.integers(0, 40),
)
def test_it_is_so_for_hundreds_of_dials_and_deals_as_well(
    shapes: list[tuple[float, float]], deals: int, dials: int, waiting: int
) -> None:
    """Far beyond the numbers that are added up term by term: the integral, and what is read between nodes.

    Odds are kept in ten-thousandths; what is read between nodes was seen to be off by 0.52 of one.
    """
    rates = {
        name: Beta(mean * strength, (1 - mean) * strength) for name, (mean, strength) in zip("xyz", shapes, strict=True)
    }
    open_ = {"z": waiting}
    assert Odds(rates, deals, open_).probability(dials) == pytest.approx(brute(rates, deals, dials, open_), abs=1e-4)


@pytest.mark.parametrize(
    ("n", "mean", "strength", "last"),
    [(531, 0.99, 60.0, 530), (531, 0.998, 600.0, 520), (900, 0.5, 3.0, 400), (3_000, 0.02, 50.0, 70),
     (400, 0.98, 100.0, 399)],
)  # fmt: skip
def test_a_sum_that_ends_early_is_right_too(n: int, mean: float, strength: float, last: int) -> None:
    rate = Beta(mean * strength, (1 - mean) * strength)

    def log_beta(a: float, b: float) -> float:
        return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)

    exact = sum(
        math.exp(math.log(math.comb(n, k)) + log_beta(k + rate.a, n - k + rate.b) - log_beta(rate.a, rate.b))
        for k in range(last + 1)
    )
    assert expected(lambda _: 1.0, n, rate, last=last) == pytest.approx(exact, abs=2e-5)


def test_more_deals_than_trials_are_impossible() -> None:
    sure = {stage: Beta(999, 1) for stage in STAGES}
    assert Odds(sure, 3_000).probability(2_000) == 0


RATES = st.fixed_dictionaries(
    {
        stage: st.builds(
            lambda mean, strength: Beta(mean * strength, (1 - mean) * strength),
            st.floats(0.02, 0.95),
            st.floats(3, 2_000),
        )
        for stage in STAGES
    }
)


@settings(max_examples=20)
@given(RATES, st.integers(1, 40), st.integers(0, 20_000), st.integers(0, 30))
def test_the_odds_rise_with_dials_and_open_work_and_fall_with_deals(
    rates: dict[str, Beta], deals: int, dials: int, waiting: int
) -> None:
    odds = Odds(rates, deals)
    found = odds.probability(dials)
    assert 0 <= found <= 1
    near = 5e-6
    assert odds.probability(dials + 137) >= found - near
    assert Odds(rates, deals + 1).probability(dials) <= found + near
    for stage in ("meeting-held", "proposal", "deal"):
        assert Odds(rates, deals, {stage: waiting}).probability(dials) >= found - near


@settings(max_examples=25)
@given(RATES, st.integers(1, 15), st.floats(0.5, 0.95))
def test_the_size_is_the_least(rates: dict[str, Beta], deals: int, wanted: float) -> None:
    odds = Odds(rates, deals)
    size = odds.dials_for(wanted)
    if size is None:
        assert odds.probability(50_000) < wanted
    else:
        assert odds.probability(size) >= wanted
        assert size == 0 or odds.probability(size - 1) < wanted


def test_nothing_needed_is_certain_and_nothing_done_brings_nothing() -> None:
    assert Odds(R, 0).probability(0) == 1
    assert Odds(R, 0).dials_for() == 0
    assert Odds(R, 1).probability(0) == 0
    with pytest.raises(InputError):
        Odds(R, -1)
    with pytest.raises(InputError):
        Odds(R, 1, {"talk": 1})
    with pytest.raises(InputError):
        Odds(R, 1).probability(-1)


# what is paired with what


def test_an_outcome_belongs_to_the_latest_trial_of_its_contact() -> None:
    events = [
        Event("2026-11-02", "proposal", 1, 7),
        Event("2026-11-03", "proposal", 1, 8),
        Event("2026-11-04", "proposal", 2, None),
        Event("2026-11-09", "deal", 1, 7),
        Event("2026-11-10", "deal", 1, None),
        Event("2026-11-10", "deal", 1, 99),
    ]
    trials = settled("deal", events)
    assert [(t.contact, t.count, t.won, t.waiting) for t in trials] == [(7, 1, 1, 0), (8, 1, 0, 1), (None, 2, 2, 0)]


def test_an_outcome_without_a_trial_is_no_success() -> None:
    """An incoming call that was answered is a conversation, but of no dial."""
    events = [Event("2026-11-02", "conversation", 1, 5), Event("2026-11-03", "dial", 1, 6)]
    trials = settled("conversation", events)
    assert [(t.count, t.won) for t in trials] == [(1, 0)]


def test_a_no_show_ends_a_booked_meeting_without_success() -> None:
    events = [Event("2026-11-02", "meeting-booked", 2, None), Event("2026-11-05", "no-show", 1, None)]
    (trial,) = settled("meeting-held", events)
    assert (trial.won, trial.waiting) == (0, 1)


def test_a_closed_deal_is_a_trial_of_its_own_and_covers_its_proposal() -> None:
    def deal(number: int, won: bool | None, contact: int | None) -> DealFact:
        closed = None if won is None else "2026-10-20"
        return DealFact(number, f"deal {number}", "won" if won else "lost", won, "2026-10-01", closed, contact, 100.0)

    events = [Event("2026-10-05", "proposal", 1, 7)]
    trials = settled("deal", events, [deal(1, True, 7), deal(2, False, 8), deal(3, True, None), deal(4, None, 9)])
    assert sorted((t.contact or 0, t.count, t.won, t.deal) for t in trials) == [
        (0, 1, 1, "deal 3"),
        (7, 1, 1, None),
        (8, 1, 0, "deal 2"),
    ]


def test_only_what_is_older_than_the_usual_lag_counts_whatever_came_of_it() -> None:
    events = [
        Event(days_ago(40), "proposal", 4),
        Event(days_ago(20), "proposal", 5),
        Event(days_ago(19), "deal", 2),
    ]
    rate = rate_of("deal", settled("deal", events), ages(), PRIORS["deal"])
    assert (rate.trials, rate.successes, rate.waiting) == (4, 0, 3)
    assert rate.low_confidence


def test_the_lag_is_the_median_of_ones_own_once_it_is_known() -> None:
    events = []
    for number in range(12):
        events += [Event(days_ago(100), "proposal", 1, number), Event(days_ago(100 - 10 - number), "deal", 1, number)]
    assert rate_of("deal", settled("deal", events), ages(), PRIORS["deal"]).lag == 15.5


KINDS = ("dial", "dial-spoken", "dial-meeting", "conversation", "meeting-booked", "meeting-held", "no-show",
         "proposal", "deal")  # fmt: skip
EVENTS = st.lists(
    st.builds(
        Event,
        st.integers(0, 300).map(days_ago),
        st.sampled_from(KINDS),
        st.integers(1, 50),
        st.one_of(st.none(), st.integers(1, 4)),
    ),
    max_size=40,
)


@given(EVENTS, st.sampled_from(STAGES))
def test_no_stage_has_more_successes_than_trials(events: list[Event], stage: str) -> None:
    for trial in settled(stage, events):
        assert trial.won >= 0 and trial.waiting >= 0 and trial.won + trial.waiting <= trial.count
    rate = rate_of(stage, settled(stage, events), ages(), PRIORS[stage])
    low, high = rate.posterior.interval()
    assert 0 <= low < high <= 1
    assert rate.successes <= rate.trials


# average deal, cycles, no's


def test_the_average_deal_is_shrunk_towards_the_own_estimate() -> None:
    found = average_deal([(days_ago(0), 400.0), (days_ago(60), 100.0)], ages(), 200.0)
    assert found.shrunk == pytest.approx((5 * 200 + 400 + 50) / (5 + 1.5))
    assert average_deal([], ages(), None).shrunk is None
    assert average_deal([(days_ago(0), 300.0)], ages(), None).shrunk == 300


def test_cycles_run_from_opening_to_winning() -> None:
    deals = [
        DealFact(1, "a", "won", True, "2026-01-01", "2026-01-31", None, 1.0),
        DealFact(2, "b", "lost", False, "2026-01-01", "2026-01-05", None, 1.0),
        DealFact(3, "c", "won", True, None, "2026-01-05", None, 1.0),
    ]
    assert cycle_days(deals) == [30]


def test_noes_follow_the_beta_geometric() -> None:
    rate = R["meeting-booked"]
    assert noes(rate, 0.1) == 0
    assert 15 <= noes(rate, 0.9) <= 25


# example O


def test_the_count_of_example_o() -> None:
    more = by_pace(3 / 19.5, 2, 10, 9.5)
    assert round(more.mean, 6) == 1.680769
    assert round(more.variance, 6) == 2.479135
    assert round(2 + more.mean, 6) == 3.680769
    assert round(more.at_least(1), 6) == 0.747224
    assert round(more.at_least(2), 6) == 0.459184


def test_the_pipeline_of_example_o() -> None:
    chances = [Chance(10_000, 8 / 19), Chance(15_000, 8 / 19), Chance(8_000, 13 / 24 * 8 / 19)]
    for target in (30_000, 40_000):
        pipeline = Pipeline(24_000, chances, target)
        assert round(pipeline.mean, 2) == 36_350.88
        assert round(pipeline.at_least(30_000), 4) == 0.7413
        assert round(pipeline.at_least(40_000), 4) == 0.2885
    assert pipeline.at_least(24_000) == 1
    assert pipeline.at_least(57_001) == 0


@given(st.lists(st.tuples(st.floats(1, 1e6), st.floats(0, 1)), max_size=30), st.floats(0, 1e6), st.floats(0, 1e7))
def test_a_pipeline_is_a_distribution(deals: list[tuple[float, float]], booked: float, target: float) -> None:
    pipeline = Pipeline(booked, [Chance(*deal) for deal in deals], target)
    assert sum(pipeline.masses) == pytest.approx(1, abs=1e-9)
    forecast = pipeline.forecast
    most = booked + sum(value for value, _ in deals)
    assert booked - 1e-6 <= forecast.low <= forecast.high <= most + 2 * pipeline.step
    assert booked - 1e-6 <= forecast.mean <= most + 1e-6


@given(st.floats(0, 40), st.integers(0, 60), st.floats(0, 31), st.floats(0, 31), st.floats(1, 1e9))
def test_a_forecast_by_pace_is_finite_and_in_order(
    rate: float, done: int, elapsed: float, left: float, value: float
) -> None:
    more = by_pace(rate, done, elapsed, left)
    found = amounts_by_pace(1_000, more, [(value, 1.0), (value * 3, 0.5)])
    assert all(math.isfinite(amount) for amount in (found.mean, found.low, found.high))
    assert 1_000 <= found.low <= found.high
    assert 0 <= more.at_least(3) <= 1


def test_one_value_a_deal_gives_the_count_times_the_value() -> None:
    more = by_pace(3 / 19.5, 2, 10, 9.5)
    found = amounts_by_pace(0, more, [(100.0, 1.0)])
    assert found.mean == pytest.approx(168.0769, abs=1e-3)
    assert (round(found.low, -1), round(found.high, -1)) == (0, 400)


def test_a_deal_closes_by_the_own_cycles() -> None:
    cycles = Cycles((10, 20, 30, 40, 50))
    assert cycles.stale_after == 100
    assert cycles.closes_within(0, 30, 42) == pytest.approx(3 / 6)
    assert cycles.closes_within(35, 10, 42) == pytest.approx(1 / 3)
    assert 0 < cycles.closes_within(60, 10, 42) < 1
    assert cycles.closes_within(200, 10, 42) == 0
    assert cycles.closes_within(0, 0, 42) == 0
    assert Cycles((5,)).closes_within(None, 42, 42) == pytest.approx(0.5)


def test_forecasts_disagree_where_neither_mean_lies_in_the_other() -> None:
    assert disagree(Forecast(10, 8, 12), Forecast(20, 15, 25))
    assert not disagree(Forecast(10, 8, 16), Forecast(15, 14, 25))


def test_a_prior_is_a_rate_and_a_strength() -> None:
    for mean, strength in ((0, 10), (1, 10), (0.5, 0)):
        with pytest.raises(InputError):
            Prior(mean, strength)


def test_calls_go_on_as_the_own_days_have_been() -> None:
    found = calls_by_pace(500, [(1.0, 90), (1.0, 110), (1.0, 100), (0.5, 50), (1.0, 100)], 10)
    assert found is not None
    assert found.mean == pytest.approx(1500)
    assert 500 < found.low < 1500 < found.high
    assert calls_by_pace(500, [(1.0, 90)] * 4, 10) is None
    even = calls_by_pace(0, [(1.0, 100)] * 20, 5)
    assert even is not None and (even.low, even.high) == (500, 500)


def test_a_count_has_its_interval_in_whole_numbers() -> None:
    more = by_pace(3 / 19.5, 2, 10, 9.5)
    found = count_interval(2, more)
    assert found.mean == pytest.approx(3.680769)
    assert (found.low, found.high) == (2, 6)
