"""Renders a month's odds as text and JSON: rates, required activity, forecast and what-if."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from planner.cli.shared.common import json_number
from planner.domain import formats
from planner.domain.day.day import shown_share
from planner.domain.forecast.advice import advice, by_text, disagreement, late_calls, rate_words, stale_text, trials
from planner.domain.forecast.amounts import Forecast
from planner.domain.forecast.ledger import Record
from planner.domain.forecast.outlook import Aimed, Noes, Outlook
from planner.domain.forecast.rates import Rate
from planner.domain.forecast.stages import arrow
from planner.domain.forecast.supposition import Supposition
from planner.services.plan.plan import PlanView


def odds_object(view: PlanView) -> dict[str, object]:
    """`forecast`, `funnel`, `activity` and related fields of `plan show --json`."""
    known = view.outlook
    plan, quota = known.plan, known.quota
    p_plan = None if plan is None else shown_share(plan.probability)
    return {
        "forecast": {
            "by": None if known.facts.ends is None else known.facts.ends.isoformat(),
            **forecast_object(known.forecast),
            "by_work": forecast_object(known.by_work),
            "by_pace": forecast_object(known.by_pace),
            "by_pipeline": forecast_object(known.by_pipeline),
            "dials": forecast_object(known.calls_by_pace),
            "proposals": forecast_object(known.proposals_by_pace),
            "disagree": known.disagree,
            "p_quota": None if quota is None else shown_share(quota.probability),
            "p_plan": p_plan,
            "p_plan_in_the_end": None if plan is None else shown_share(plan.in_the_end),
            "p_quota_in_the_end": None if quota is None else shown_share(quota.in_the_end),
            "low_confidence": known.low_confidence,
            "stale_deals": [{"id": deal.id, "title": deal.title} for deal in known.facts.stale],
        },
        "funnel": funnel_object(known),
        "activity": {
            "dials": {
                "needed": None if plan is None else plan.dials,
                "quota_needed": None if quota is None else quota.dials,
                "capacity": known.capacity,
                "per_day": json_number(known.per_day, 2),
                "per_day_from": known.facts.calls_from,
                "shortfall": None if plan is None or plan.dials is None else max(0, plan.dials - known.capacity),
                "done": view.dials_done,
                "today": view.dials_today,
                "p_plan_at_capacity": p_plan,
            }
        },
        "deals": {
            "needed": None if plan is None else plan.deals,
            "quota_needed": None if quota is None else quota.deals,
            "average": json_number(known.average, 2),
            "won": known.facts.deals_done,
            "open": dict(known.facts.open),
            "cycle_days": json_number(known.facts.cycles.mean, 2),
        },
        "noes": {"to_meeting": noes_object(known.noes_to_meeting), "to_deal": noes_object(known.noes_to_deal)},
        "levers": [
            {"stage": lever.stage, "rate": json_number(lever.rate), "needed": json_number(lever.needed)}
            for lever in known.levers
        ],
        "advice": advice(known),
    }


def forecast_object(forecast: Forecast | None) -> dict[str, object]:
    """Median, 80% interval and mean. All null while there is no forecast."""
    if forecast is None:
        return {"median": None, "low": None, "high": None, "mean": None}
    return {
        "median": json_number(forecast.median, 2),
        "low": json_number(forecast.low, 2),
        "high": json_number(forecast.high, 2),
        "mean": json_number(forecast.mean, 2),
    }


def noes_object(noes: Noes) -> dict[str, object]:
    """Refusals to go, with their 80% interval."""
    return {"mean": json_number(noes.mean, 2), "low": noes.low, "high": noes.high}


def funnel_object(known: Outlook) -> list[dict[str, object]]:
    """Every stage with its rate: the counts, their weights and the estimate."""
    found: list[dict[str, object]] = []
    for rate in known.rates.values():
        low, high = rate.posterior.interval()
        found.append(
            {
                "stage": rate.stage,
                "trials": rate.trials,
                "successes": rate.successes,
                "mean": json_number(rate.posterior.mean),
                "low": json_number(low),
                "high": json_number(high),
                "weighed_trials": json_number(rate.weighed[0]),
                "weighed_successes": json_number(rate.weighed[1]),
                "waiting": rate.waiting,
                "lag_days": json_number(rate.lag),
                "low_confidence": rate.low_confidence,
            }
        )
    return found


def trials_object(rate: Rate, known: Outlook) -> dict[str, object]:
    """A stage with the trials behind its rate."""
    whole = next(row for row in funnel_object(known) if row["stage"] == rate.stage)
    behind = [
        {
            "day": trial.day,
            "trials": trial.count,
            "successes": trial.won,
            "weight": json_number(known.facts.ages.weight(trial.day)),
            "contact_id": trial.contact or None,  # not `OTHERS`
            "deal": trial.deal,
        }
        for trial in rate.behind
    ]
    return whole | {
        "prior": {"mean": json_number(rate.prior.mean), "trials": json_number(rate.prior.strength)},
        "behind": behind,
    }


def supposed_object(supposition: Supposition) -> dict[str, object]:
    """The assumptions of a what-if."""
    return {
        "rates": {stage: json_number(rate) for stage, rate in supposition.rates.items()},
        "calls_per_day": json_number(supposition.calls_per_day),
        "average_deal": json_number(supposition.average_deal, 2),
        "days_off": json_number(supposition.days_off),
    }


# as text


def odds_lines(view: PlanView) -> list[str]:
    """The odds, below the figures of `plan show`."""
    known = view.outlook
    lines = []
    if view.plan is not None:
        lines += [
            f"  {name:<22} {left:>17} {right:>17}"
            for name, left, right in (
                ("deals left", _deals(known.plan), _deals(known.quota)),
                (f"calls for {formats.percent(known.facts.wanted)} odds", _dials(known.plan), _dials(known.quota)),
                (f"likely {by_text(known)}", _format_odds(known.plan), _format_odds(known.quota)),
                ("  with later closes", _in_the_end(known.plan), _in_the_end(known.quota)),
            )
        ]
        lines.append("")
    lines += [f"  {line}" for line in forecast_lines(known)]
    lines += ["", *(f"  {line}" for line in rate_lines(known))]
    said = advice(known)
    if said:
        lines += ["", f"  {said}"]
    lines += ["", f"  {noes_text(known)}"]
    return lines


def _deals(aimed: Aimed | None) -> str:
    return "n/a" if aimed is None else "✓" if aimed.met else "–" if aimed.deals is None else f"{aimed.deals:,}"


def _dials(aimed: Aimed | None) -> str:
    if aimed is None:
        return "n/a"
    if aimed.met or aimed.dials == 0:
        return "✓"
    return f"{aimed.dials:,}" if aimed.dials is not None else "–" if aimed.deals is None else "out of reach"


def _format_odds(aimed: Aimed | None) -> str:
    return "n/a" if aimed is None else "–" if aimed.probability is None else formats.percent(aimed.probability)


def _in_the_end(aimed: Aimed | None) -> str:
    return "n/a" if aimed is None else "–" if aimed.in_the_end is None else formats.percent(aimed.in_the_end)


def forecast_lines(known: Outlook) -> list[str]:
    """The forecast with its two halves and any caveats."""
    rows = [
        (f"forecast {by_text(known)}", known.forecast),
        ("  from calls and deals", known.by_work),
        ("  from your pace", known.by_pace),
        ("closed + open deals", known.by_pipeline),
    ]
    lines = [f"{name:<24}{forecast_text(forecast)}" for name, forecast in rows]
    counts = [("calls by then", known.calls_by_pace), ("proposals by then", known.proposals_by_pace)]
    lines += [f"{name:<24}{forecast_text(forecast)}" for name, forecast in counts if forecast is not None]
    lines += [text for text in (disagreement(known), late_calls(known), stale_text(known)) if text]
    return lines


def forecast_text(forecast: Forecast | None) -> str:
    """Format a forecast: ``1,120,000 (900,000 to 1,400,000)``."""
    if forecast is None:
        return "– (set an average deal)"
    likely, low, high = (formats.amount(round(value)) for value in (forecast.median, forecast.low, forecast.high))
    return f"{likely} ({low} to {high})"


def rate_lines(known: Outlook) -> list[str]:
    """The rates, one per line: mean, interval, observed counts."""
    lines = []
    for rate in known.rates.values():
        low, high = rate.posterior.interval()
        seen = f"{rate.successes:,} of {rate.trials:,}"
        little = "   low confidence" if rate.low_confidence else ""
        supposed = "   assumed" if rate.supposed is not None else ""
        lines.append(
            f"{arrow(rate.stage):<22}{100 * rate.posterior.mean:>6.1f}%  {100 * low:>5.1f}–{100 * high:<5.1f}"
            f" {seen:>16}{little}{supposed}"
        )
    return lines


def noes_text(known: Outlook) -> str:
    """How many refusals to expect before the next meeting and the next deal."""
    meeting, deal = known.noes_to_meeting, known.noes_to_deal
    return (
        f"Expect about {meeting.mean:,.0f} no's before your next meeting ({meeting.low:,} to {meeting.high:,}) and "
        f"{deal.mean:,.0f} to your next deal ({deal.low:,} to {deal.high:,})."
    )


def trial_lines(rate: Rate, known: Outlook) -> list[str]:
    """A rate with the evidence behind it."""
    found = next((line for line in rate_lines(known) if line.startswith(arrow(rate.stage))), "")
    return [found, "", *rate_words(rate), "", *trials(rate)]


def compare(view: PlanView) -> list[str]:
    """A what-if beside the actual figures."""
    supposed = view.outlook
    known = Outlook(supposed.facts)
    shows: list[tuple[str, Callable[[Outlook], str]]] = [
        *((arrow(stage), partial(_rate_of, stage=stage)) for stage in supposed.supposed.rates),
        ("calls a day", lambda each: formats.number(each.per_day, 0)),
        ("average deal", lambda each: "–" if each.average is None else _amount(each.average)),
        ("working days left", lambda each: formats.number(each.left, 1)),
        ("deals left", lambda each: _deals(each.plan)),
        (f"calls for {formats.percent(known.facts.wanted)} odds", lambda each: _dials(each.plan)),
        ("calls you have room for", lambda each: f"{each.capacity:,}"),
        (f"hit plan {by_text(known)}", lambda each: _format_odds(each.plan)),
        ("  with later closes", lambda each: _in_the_end(each.plan)),
        (f"hit quota {by_text(known)}", lambda each: _format_odds(each.quota)),
        ("forecast", lambda each: _median(each.forecast)),
    ]
    rows = [(name, show(known), show(supposed)) for name, show in shows]
    lines = [f"{'':<24}{'now':>16}{'what if':>16}"]
    lines += [f"{name:<24}{left:>16}{right:>16}" + ("   ◂" if left != right else "") for name, left, right in rows]
    said = advice(supposed)
    if said:
        lines += ["", said]
    elif supposed.plan is None:
        lines += ["", "No plan for this month yet. Set one: planner plan set --quota AMOUNT --personal 2x"]
    return [*lines, "", "Nothing was saved."]


def _amount(value: float) -> str:
    return formats.amount(round(value, 2 if value < 100 else None))


def _rate_of(each: Outlook, stage: str) -> str:
    return formats.percent(each.betas[stage].mean, 1)


def _median(forecast: Forecast | None) -> str:
    return "–" if forecast is None else formats.amount(round(forecast.median))


# the track record


def record_object(found: Record) -> dict[str, object]:
    """The object of `plan record --json`, null while no month is over."""
    return {
        "months": found.months,
        "mornings": found.mornings,
        "bins": [
            {
                "from": json_number(each.low),
                "to": json_number(each.high),
                "mornings": each.mornings,
                "said": json_number(each.said) if each.mornings else None,
                "came": json_number(each.came) if each.mornings else None,
            }
            for each in found.bins
        ],
        "brier": json_number(found.brier),
        "climatology": json_number(found.climatology),
        "interval_held": json_number(found.coverage),
        "intercept": json_number(found.intercept),
    }


def record_lines(found: Record) -> list[str]:
    """The track record in words and as a small plot of predictions against outcomes."""
    lines = ["Track record", "", *(f"  {line}" for line in found.sentences())]
    return [*lines, "", *found.plot()] if found.months else lines
