"""Odds, amounts and forecasts: examples R, F and O of `maths.md` to the digit, and properties."""

from __future__ import annotations

import itertools
import math
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.beta import Beta, incomplete_beta
from planner.domain.distributions import binomial, negative_binomial
from planner.domain.errors import InputError
from planner.domain.forecast.amounts import Aim, Chance, Ends, Forecast, Group
from planner.domain.forecast.deal_sizes import Sizes, sizes_of
from planner.domain.forecast.funnel import Ages
from planner.domain.forecast.lags import AT_ONCE, Lag, Seen, estimate_lag, prior_lag
from planner.domain.forecast.ledger import Kept, Said, correct_odds, record
from planner.domain.forecast.odds import Funnel, Waiting
from planner.domain.forecast.pace_forecast import Cycles, by_pace, calls_by_pace, count_interval, disagree
from planner.domain.forecast.risks import Life, Risks
from planner.domain.forecast.stages import PRIORS, STAGES, Prior
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


# Example R


def test_priors_and_data_of_example_r() -> None:
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


@given(st.integers(1, 60), st.integers(1, 60), st.floats(0.001, 0.999))
def test_incomplete_beta_is_the_binomial_tail(a: int, b: int, x: float) -> None:
    n = a + b - 1
    tail = sum(math.comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1))
    assert incomplete_beta(a, b, x) == pytest.approx(tail, abs=1e-10)


@given(st.floats(0.05, 5_000), st.floats(0.05, 5_000), st.floats(0.01, 0.99))
def test_quantile_inverts_the_cdf(a: float, b: float, share: float) -> None:
    beta = Beta(a, b)
    found = beta.quantile(share)
    assert 0 <= found <= 1
    step = 1e-9 * max(found, 1e-4)
    assert beta.cdf(found - 2 * step) - 1e-6 <= share <= beta.cdf(found + 2 * step) + 1e-6


# Example F in the end, after every lag


def in_the_end(rates: dict[str, Beta], dials: int, deals: int, waiting: tuple[Waiting, ...] = ()) -> float:
    """P(at least this many deals), all at one price."""
    at_once = Funnel(rates, dict.fromkeys(rates, AT_ONCE), waiting, 19.5, 1.0)
    return Aim(Sizes([(1.0, 1.0)]), float(deals), 0.01).probability(at_once.groups(dials, ever=True))


@pytest.mark.parametrize(
    ("dials", "three", "six"),
    [(1814, 0.5318, 0.1213), (1950, 0.5715, 0.1470), (3101, 0.8001, 0.3935), (5940, 0.9645, 0.8000)],
)
def test_odds_of_example_f(dials: int, three: float, six: float) -> None:
    assert in_the_end(R, dials, 3) == pytest.approx(three, abs=1.2e-4)
    assert in_the_end(R, dials, 6) == pytest.approx(six, abs=1.2e-4)


def test_open_proposals_of_example_f() -> None:
    waiting = (Waiting("deal", -1.0, 4),)
    assert in_the_end(R, 1950, 3, waiting) == pytest.approx(0.8239, abs=1e-4)
    assert in_the_end(R, 1778, 3, waiting) == pytest.approx(0.8, abs=1.2e-4)


def brute_force(rates: dict[str, Beta], deals: int, dials: int, waiting: dict[str, int]) -> float:
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


@settings(max_examples=20)
@given(
    st.lists(st.tuples(st.floats(1, 30), st.floats(1, 30)), min_size=5, max_size=5),
    st.integers(1, 4),
    st.integers(0, 14),
    st.integers(0, 4),
    st.integers(0, 4),
)
def test_quadrature_equals_the_recursion(
    shapes: list[tuple[float, float]], deals: int, dials: int, held: int, sent: int
) -> None:
    rates = {stage: Beta(a, b) for stage, (a, b) in zip(STAGES, shapes, strict=True)}
    waiting = (Waiting("proposal", -1.0, held), Waiting("deal", -1.0, sent))
    assert in_the_end(rates, dials, deals, waiting) == pytest.approx(
        brute_force(rates, deals, dials, {"proposal": held, "deal": sent}), abs=2e-3
    )


@given(st.floats(0.2, 500), st.floats(0.2, 500), st.integers(1, 7))
def test_quadrature_nodes_match_the_moments(a: float, b: float, count: int) -> None:
    points = Beta(a, b).nodes(count)
    moment = 1.0
    for order in range(2 * count):
        assert sum(weight * x**order for x, weight in points) == pytest.approx(moment, rel=1e-7)
        moment *= (a + order) / (a + b + order)


# By the end of the month: two stages, small enough to work out by hand


def known_rate(rate: float) -> Beta:
    """A known rate."""
    return Beta(rate * 1e8, (1 - rate) * 1e8)


def small_example(**changes: object) -> Funnel:
    """Two working days left. Every call is a meeting, held and proposed to at once. Half of the proposals are won: a
    quarter of them on the same day, half on the next and a quarter on the day after."""
    rates = {stage: known_rate(1 - 1e-7) for stage in STAGES} | {"deal": known_rate(0.5)}
    lags = dict.fromkeys(STAGES, AT_ONCE) | {"deal": Lag([0.25, 0.5, 0.25])}
    base: dict[str, object] = {"rates": rates, "lags": lags, "waiting": (), "left": 2.0, "today": 1.0}
    return Funnel(**{**base, **changes})  # type: ignore[arg-type]


def at_least(funnel: Funnel, dials: int, deals: int) -> float:
    return Aim(Sizes([(1.0, 1.0)]), float(deals), 0.01).probability(funnel.groups(dials))


def test_calls_count_with_the_share_that_closes_in_time() -> None:
    # 0.25 + 0.5 of today's calls close by tomorrow and 0.25 of tomorrow's: half on average, and half of those are won
    assert small_example().dial_share == pytest.approx(0.5)
    assert at_least(small_example(), 2, 1) == pytest.approx(1 - 0.75**2, abs=1e-5)
    assert at_least(small_example(), 2, 2) == pytest.approx(0.25**2, abs=1e-5)
    assert in_the_end(small_example().rates, 2, 2) == pytest.approx(0.25, abs=1e-5)  # type: ignore[arg-type]


def test_open_proposal_counts_with_the_rest_of_its_lag() -> None:
    # sent yesterday, no answer yet: p (F(2) − F(0)) / (1 − p F(0)) = 0.5 · 0.75 / (1 − 0.125)
    assert at_least(small_example(waiting=(Waiting("deal", 0.0),)), 0, 1) == pytest.approx(0.375 / 0.875, abs=1e-5)
    # silent for three days: no answer will come
    assert at_least(small_example(waiting=(Waiting("deal", 2.0),)), 0, 1) == pytest.approx(0, abs=1e-9)
    # where losses are logged just as fast, silence means nothing: F(2) − F(0) of 1 − F(0), as likely as ever
    told = {"deal": (1.0, Lag([0.25, 0.5, 0.25]))}
    waiting = (Waiting("deal", 0.0),)
    assert at_least(small_example(waiting=waiting, gone=told), 0, 1) == pytest.approx(0.375 / 0.75, abs=1e-5)


def test_scheduled_meeting_is_held_on_its_date() -> None:
    today, late = Waiting("meeting-held", 0.0, meets=0.0), Waiting("meeting-held", 0.0, meets=2.0)
    assert at_least(small_example(waiting=(today,)), 0, 1) == pytest.approx(0.5 * 0.75, abs=1e-5)
    assert at_least(small_example(waiting=(late,)), 0, 1) == pytest.approx(0, abs=1e-9)


# Lags


def test_lag_moves_from_the_prior_to_observed_lags() -> None:
    prior = prior_lag(30)
    assert prior.p_within(-1) == 0 and prior.p_within(10_000) == 1
    assert 8 < prior.median < 14, "the middle of three: 3, 10.5 and 30 days"
    own = [Seen(4.0, 1.0, 200.0)] * 30
    found = estimate_lag(30, own, [(200.0, 1.0)] * 60)
    assert 3 <= found.median <= 4.5
    assert sum(found.masses) == pytest.approx(1, abs=0.01)


def test_lag_corrects_for_recent_trials() -> None:
    """Half take 5 days and half 50, but only a third of the trials is old enough to have shown it."""
    own = [Seen(5.0, 1.0, 20.0)] * 30 + [Seen(50.0, 1.0, 100.0)] * 10
    followed = [(20.0, 1.0)] * 40 + [(100.0, 1.0)] * 20
    assert estimate_lag(30, own, followed).p_within(20) == pytest.approx(0.5, abs=0.08)
    assert estimate_lag(30, own, [(100.0, 1.0)] * 60).p_within(20) == pytest.approx(0.74, abs=0.08)


@given(st.lists(st.tuples(st.floats(0, 400), st.floats(0.01, 1)), max_size=20), st.sampled_from((5.0, 10.0, 30.0)))
def test_lag_distribution_is_monotonic(own: list[tuple[float, float]], lag: float) -> None:
    seen = [Seen(days, weight, days + 10) for days, weight in own]
    found = estimate_lag(lag, seen, [(each.age, each.weight) for each in seen])
    shares = [found.p_within(day / 2) for day in range(-4, 600)]
    assert all(0 <= low <= high + 1e-12 <= 1 + 1e-9 for low, high in itertools.pairwise(shares))


# Deals by age


def test_long_silent_deals_fade() -> None:
    """Twenty wins within thirty days, and two hundred leads that nobody ever closed."""
    lives = [Life(age, True) for age in range(10, 30)] + [Life(200, None) for _ in range(200)]
    risks = Risks(lives)
    assert risks.wins_within(200, 30) < 0.001
    assert risks.won_ever == pytest.approx(20 / 220, abs=0.02)
    assert 40 * risks.wins_within(200, 30) + risks.wins_within(5, 30) < 1


def test_long_cycle_promises_nothing_in_two_days() -> None:
    risks = Risks([Life(60, True, 1.0) for _ in range(40)] + [Life(60, False, 1.0) for _ in range(40)])
    assert risks.wins_within(0, 2) < 0.01
    assert risks.wins_within(59, 2) > 0.4


@given(
    st.lists(st.tuples(st.integers(0, 900), st.sampled_from((True, False, None)), st.floats(0.01, 1)), max_size=40),
    st.integers(0, 900),
    st.integers(0, 60),
)
def test_probability_of_winning_rises_with_time(
    rows: list[tuple[int, bool | None, float]], age: int, days: int
) -> None:
    risks = Risks([Life(*row) for row in rows], len(rows))
    assert 0 <= risks.wins_within(age, days) <= risks.wins_within(age, days + 7) <= 1
    assert sum(weight for _, weight in risks.factors) == pytest.approx(1)
    assert math.isfinite(risks.new_wins(days)) and risks.new_wins(days) >= 0


# Amounts


def test_interval_of_equal_deals_ends_at_whole_deals() -> None:
    price = Sizes([(7_300.0, 1.0)])
    groups = [Group(binomial(40, 0.2))]
    found = Ends(price, groups).forecast(groups, 1_000.0)
    for end in (found.low, found.median, found.high):
        assert (end - 1_000) / 7_300 == pytest.approx(round((end - 1_000) / 7_300), abs=1e-9)
    deals = [round((end - 1_000) / 7_300) for end in (found.low, found.median, found.high)]
    assert deals == [5, 8, 11]
    assert found.mean == pytest.approx(1_000 + 8 * 7_300)


def test_interval_contains_the_mean_unless_wins_are_negligible() -> None:
    groups = [Group([0.95, 0.05])]
    found = Ends(Sizes([(1_000.0, 1.0)]), groups).forecast(groups, 0.0)
    assert (found.low, found.median, found.high) == (0, 0, 1_000) and found.mean == pytest.approx(50)
    groups = [Group([0.999, 0.001])]
    assert Ends(Sizes([(1_000.0, 1.0)]), groups).forecast(groups, 0.0).high == 0, "hardly ever is no range"


def test_three_deals_of_one_value_make_a_fixed_price() -> None:
    won = [(500.0, 1.0)] * 3
    assert sizes_of(won, 500.0, None).fixed == 500
    assert sizes_of(won, 500.0, 500.0).fixed == 500
    assert sizes_of(won, 520.0, 600.0).fixed is None
    assert sizes_of(won[:2], 500.0, None).fixed is None
    assert sizes_of([], 500.0, 500.0).mean == pytest.approx(500)


@given(st.lists(st.tuples(st.floats(0.01, 1e7), st.floats(0.01, 1)), min_size=1, max_size=80))
def test_sizes_keep_mean_and_spread(won: list[tuple[float, float]]) -> None:
    total = sum(weight for _, weight in won)
    mean = sum(value * weight for value, weight in won) / total
    square = sum(value * value * weight for value, weight in won) / total
    found = Sizes(won)
    assert len(found.atoms) <= 24
    assert found.mean == pytest.approx(mean, rel=1e-6)
    assert found.square == pytest.approx(square, rel=0.05)


def test_pipeline_of_example_o() -> None:
    known = (Chance(10_000, 8 / 19), Chance(15_000, 8 / 19), Chance(8_000, 13 / 24 * 8 / 19))
    groups = [Group([1.0], known)]
    assert round(Ends(None, groups).forecast(groups, 24_000).mean, 2) == 36_350.88
    for target, odds in ((30_000, 0.7413), (40_000, 0.2885)):
        assert round(Aim(None, target - 24_000.0, target / 1_000).probability(groups), 4) == odds
    assert Aim(None, 33_001.0, 10.0).probability(groups) == 0


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.floats(1, 1e6), st.floats(0, 1)), max_size=12),
    st.lists(st.tuples(st.floats(100, 1e6), st.floats(0.05, 1)), min_size=1, max_size=30),
    st.integers(0, 60),
    st.floats(0, 1),
    st.floats(0, 1e7),
)
def test_forecast_is_ordered_and_agrees_with_the_odds(
    known: list[tuple[float, float]], won: list[tuple[float, float]], count: int, rate: float, booked: float
) -> None:
    sizes = Sizes(won)
    groups = [Group(binomial(count, rate), tuple(Chance(*deal) for deal in known))]
    found = Ends(sizes, groups).forecast(groups, booked)
    assert booked - 1e-6 <= found.low <= found.median <= found.high
    assert math.isfinite(found.mean)
    reach = found.high - booked
    if reach > 1:
        aim = Aim(sizes, reach * 1.02, reach / 1_000)
        assert aim.probability(groups) <= 0.2 + 0.02, "above the interval lies no more than a fifth"


@given(st.integers(0, 300), st.floats(0, 1))
def test_binomial_sums_to_one(count: int, rate: float) -> None:
    masses = binomial(count, rate)
    assert sum(masses) == pytest.approx(1, abs=1e-9)
    assert sum(k * mass for k, mass in enumerate(masses)) == pytest.approx(count * rate, rel=1e-6, abs=1e-6)


@given(st.floats(0.01, 60), st.floats(0.001, 3))
def test_negative_binomial_sums_to_one(size: float, scale: float) -> None:
    masses = negative_binomial(size, scale)
    assert sum(masses) == pytest.approx(1, abs=1e-9)
    assert sum(k * mass for k, mass in enumerate(masses)) == pytest.approx(size * scale, rel=1e-5)


# The ledger


def morning(month: int, said: float, brought: float, day: int = 3) -> Kept:
    return Kept(Said(date(2026, month, day), 100.0, 50.0, said, None, 90.0, 60.0, 120.0), brought)


def test_record_of_eight_months() -> None:
    kept = [morning(month, 0.8, 110.0 if month % 2 else 40.0, day) for month in range(1, 9) for day in (3, 4)]
    found = record(kept)
    assert (found.months, found.mornings) == (8, 16)
    (told,) = [each for each in found.bins if each.mornings]
    assert (told.said, told.came) == pytest.approx((0.8, 0.5))
    assert found.brier == pytest.approx((0.2**2 + 0.8**2) / 2)
    assert found.climatology == pytest.approx(0.25)
    assert found.coverage == 0.5
    # 8 months half as often as forecast, against 12 neutral ones: 12 (½ − σ(c)) + 8 (½ − σ(c + ln 4)) = 0
    even, often = correct_odds(0.5, found.intercept), correct_odds(0.8, found.intercept)
    assert 12 * (0.5 - even) + 8 * (0.5 - often) == pytest.approx(0, abs=1e-9)
    assert correct_odds(0.8, found.intercept) < 0.8


def test_record_of_five_months_corrects_nothing() -> None:
    assert record([morning(month, 0.8, 0.0) for month in range(1, 6)]).intercept == 0
    assert record([]).months == 0 and record([]).sentences()
    assert (correct_odds(0.0, -0.3), correct_odds(1.0, -0.3)) == (0.0, 1.0)


# Example O


def test_count_of_example_o() -> None:
    more = by_pace(3 / 19.5, 2, 10, 9.5)
    assert round(more.mean, 6) == 1.680769
    assert sum(k * k * mass for k, mass in enumerate(more.masses)) - more.mean**2 == pytest.approx(2.479135, abs=1e-5)
    assert round(2 + more.mean, 6) == 3.680769
    assert round(sum(more.masses[1:]), 6) == 0.747224
    assert round(sum(more.masses[2:]), 6) == 0.459184


@given(st.floats(0, 40), st.integers(0, 60), st.floats(0, 31), st.floats(0, 31), st.floats(1, 1e9))
def test_pace_forecast_is_finite_and_ordered(rate: float, done: int, elapsed: float, left: float, value: float) -> None:
    more = by_pace(rate, done, elapsed, left)
    groups, sizes = [Group(more.masses)], Sizes([(value, 1.0), (value * 3, 0.5)])
    found = Ends(sizes, groups).forecast(groups, 1_000)
    assert all(math.isfinite(amount) for amount in (found.mean, found.low, found.high))
    assert 1_000 <= found.low <= found.median <= found.high


def test_fixed_price_multiplies_the_count() -> None:
    groups, price = [Group(by_pace(3 / 19.5, 2, 10, 9.5).masses)], Sizes([(100.0, 1.0)])
    found = Ends(price, groups).forecast(groups, 0)
    assert found.mean == pytest.approx(168.0769, abs=1e-3)
    assert (found.low, found.median, found.high) == pytest.approx((0, 100, 300))


def test_deals_are_stale_after_twice_the_longest_cycle() -> None:
    assert Cycles((10, 20, 30, 40, 50)).stale_after == 100
    assert Cycles((5,)).stale_after is None


def test_forecasts_disagree_when_medians_fall_outside_each_other() -> None:
    assert disagree(Forecast(10, 8, 12, 10), Forecast(20, 15, 25, 20))
    assert not disagree(Forecast(10, 8, 16, 10), Forecast(15, 14, 25, 15))


def test_invalid_priors_are_refused() -> None:
    for mean, strength in ((0, 10), (1, 10), (0.5, 0)):
        with pytest.raises(InputError):
            Prior(mean, strength)


def test_calls_by_pace_extrapolate_recent_days() -> None:
    found = calls_by_pace(500, [(1.0, 90), (1.0, 110), (1.0, 100), (0.5, 50), (1.0, 100)], 10)
    assert found is not None
    assert found.mean == pytest.approx(1500)
    assert 500 < found.low < 1500 < found.high
    assert calls_by_pace(500, [(1.0, 90)] * 4, 10) is None
    even = calls_by_pace(0, [(1.0, 100)] * 20, 5)
    assert even is not None and (even.low, even.high) == (500, 500)


def test_count_interval_has_whole_numbers() -> None:
    more = by_pace(3 / 19.5, 2, 10, 9.5)
    found = count_interval(2, more)
    assert found.mean == pytest.approx(3.680769)
    assert (found.low, found.median, found.high) == (2, 3, 5)
