"""Trials and their outcomes, the rates and lags learnt from them, average deal, cycles and refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.forecast.funnel import DealFact, Event, pair_trials
from planner.domain.forecast.lags import Lag
from planner.domain.forecast.rates import Rate, average_deal, cycle_days, lag_of, losses_of, noes, rate_of
from planner.domain.forecast.stages import PRIORS, STAGES
from tests.domain.forecast.test_odds import R, ages, days_ago


def test_weight_of_a_trial_halves_every_sixty_working_days() -> None:
    events = []
    for age, won in ((0, 9), (60, 8), (120, 4)):
        events += [Event(days_ago(age), "dial", 100 - won), Event(days_ago(age), "dial-spoken", won)]
    rate = rate_at("conversation", events)
    assert rate.weighed == pytest.approx((175, 14))
    assert (rate.trials, rate.successes) == (300, 21)
    assert round(rate.posterior.mean, 6) == 0.077447
    assert not rate.low_confidence


def test_outcome_belongs_to_the_latest_trial_of_its_contact() -> None:
    events = [
        Event("2026-11-02", "proposal", 1, 7),
        Event("2026-11-03", "proposal", 1, 8),
        Event("2026-11-04", "proposal", 2, None),
        Event("2026-11-09", "deal", 1, 7),
        Event("2026-11-10", "deal", 1, None),
        Event("2026-11-10", "deal", 1, 99),
    ]
    trials = pair_trials("deal", events)
    assert [(t.contact, t.count, t.won, t.waiting) for t in trials] == [(7, 1, 1, 0), (8, 1, 0, 1), (None, 2, 2, 0)]


def test_outcome_without_a_trial_is_no_success() -> None:
    """An answered incoming call is a conversation without a dial."""
    events = [Event("2026-11-02", "conversation", 1, 5), Event("2026-11-03", "dial", 1, 6)]
    trials = pair_trials("conversation", events)
    assert [(t.count, t.won) for t in trials] == [(1, 0)]


def test_no_show_ends_a_booked_meeting_without_success() -> None:
    events = [Event("2026-11-02", "meeting-booked", 2, None), Event("2026-11-05", "no-show", 1, None)]
    (trial,) = pair_trials("meeting-held", events)
    assert (trial.won, trial.waiting) == (0, 1)


def test_closed_deal_is_its_own_trial_and_absorbs_its_proposal() -> None:
    def deal(number: int, won: bool | None, contact: int | None) -> DealFact:
        closed = None if won is None else "2026-10-20"
        return DealFact(number, f"deal {number}", "won" if won else "lost", won, "2026-10-01", closed, contact, 100.0)

    events = [Event("2026-10-05", "proposal", 1, 7)]
    trials = pair_trials("deal", events, [deal(1, True, 7), deal(2, False, 8), deal(3, True, None), deal(4, None, 9)])
    assert sorted((t.contact or 0, t.count, t.won, t.waiting, t.deal) for t in trials) == [
        (0, 1, 1, 0, "deal 3"),
        (7, 1, 1, 0, None),
        (8, 1, 0, 0, "deal 2"),
    ]


def rate_at(stage: str, events: list[Event], deals: tuple[DealFact, ...] = ()) -> Rate:
    """A stage's rate as of today, with every lag learned from the events."""
    trials = pair_trials(stage, events, deals)
    return rate_of(
        stage, trials, ages(), PRIORS[stage], lag_of(stage, trials, ages()), losses_of(stage, trials, ages())
    )


def test_waiting_trials_count_partly_as_failures() -> None:
    for age, least, most in ((0, 0, 0.3), (10, 2, 5), (300, 9.9, 10)):
        rate = rate_at("deal", [Event(days_ago(age), "proposal", 10)])
        weight = 0.5 ** (age / 60)
        assert least * weight <= rate.weighed[0] <= most * weight
        assert rate.successes == 0 and rate.trials + rate.waiting == 10
    assert rate_at("deal", [Event(days_ago(0), "proposal", 10)]).posterior.mean == pytest.approx(0.4, abs=0.01)


def test_censored_rate_is_the_fixed_point() -> None:
    """Ten sent thirty days ago, two of them won, F known: p = (a + 2 w) / (a + b + w (2 + 8 f)), by hand."""
    trials = pair_trials("deal", [Event(days_ago(30), "proposal", 10), Event(days_ago(25), "deal", 2)])
    half = Lag([0.5] + [0.0] * 258 + [0.5])
    rate = rate_of("deal", trials, ages(), PRIORS["deal"], half)
    p, weight = rate.posterior.mean, 0.5**0.5
    failed = 0.5 * (1 - p) / (1 - 0.5 * p)
    assert p == pytest.approx((4 + 2 * weight) / (10 + weight * (2 + 8 * failed)), abs=1e-4)


def test_silence_is_no_loss_where_losses_are_logged_promptly() -> None:
    def closed(number: int, won: bool) -> tuple[Event, DealFact]:
        stage = "won" if won else "lost"
        sent = Event(days_ago(50), "proposal", 1, number)
        return sent, DealFact(number, "x", stage, won, days_ago(50), days_ago(20), number, 1.0)

    rows = [closed(number, number % 2 == 0) for number in range(1, 41)]
    waiting = [Event(days_ago(20), "proposal", 1, number) for number in range(100, 140)]
    events, deals = [*(event for event, _ in rows), *waiting], tuple(deal for _, deal in rows)
    silent = rate_at("deal", events, tuple(deal for deal in deals if deal.won))
    told = rate_at("deal", events, deals)
    assert told.told > 0.7 and silent.told == 0
    assert told.posterior.mean == pytest.approx(0.5, abs=0.06)


def test_open_deal_without_a_logged_proposal_waits_too() -> None:
    deals = tuple(DealFact(n, f"deal {n}", "proposal", None, days_ago(200), None, None, 1.0) for n in range(20))
    assert rate_at("deal", [], deals).posterior.mean < 0.4
    assert rate_at("deal", [], deals[:0]).posterior.mean == pytest.approx(0.4)


def test_lag_follows_observed_lags() -> None:
    events = []
    for number in range(12):
        events += [Event(days_ago(100), "proposal", 1, number), Event(days_ago(100 - 10 - number), "deal", 1, number)]
    assert 13 <= rate_at("deal", events).lag <= 17


KINDS = ("dial", "dial-spoken", "dial-meeting", "conversation", "meeting-booked", "meeting-held", "no-show",
         "proposal", "deal")  # fmt: skip


EVENTS = st.lists(
    st.builds(
        Event,
        st.integers(0, 300).map(days_ago),
        st.sampled_from(KINDS),
        st.integers(1, 50),
        st.one_of(st.none(), st.integers(1, 4)),
        st.one_of(st.none(), st.integers(-30, 60).map(days_ago)),
    ),
    max_size=40,
)


@given(EVENTS, st.sampled_from(STAGES))
def test_no_stage_has_more_successes_than_trials(events: list[Event], stage: str) -> None:
    for trial in pair_trials(stage, events):
        assert trial.won >= 0 and trial.waiting >= 0 and trial.won + trial.waiting <= trial.count
    rate = rate_at(stage, events)
    low, high = rate.posterior.interval()
    assert 0 <= low < high <= 1
    assert rate.successes <= rate.trials


def test_average_deal_shrinks_towards_the_estimate() -> None:
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


def test_refusals_follow_the_beta_geometric() -> None:
    rate = R["meeting-booked"]
    assert noes(rate, 0.1) == 0
    assert 15 <= noes(rate, 0.9) <= 25
