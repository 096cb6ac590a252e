"""The odds in words: one sentence for Today, the ways out, and where two forecasts disagree."""

from __future__ import annotations

from planner.domain.money import format_amount, format_number
from planner.domain.outlook import Outlook
from planner.domain.stages import arrow
from planner.domain.text import many

NEARLY_EVEN = 0.45
MOST_PROPOSALS = 200  # more is no way out
MOST_CALLS_OVER = 5  # nor so many times the calls that a day holds


def percent(share: float, digits: int = 0) -> str:
    """A probability or a rate: ``31 %``; never ``0 %`` or ``100 %`` for what is only nearly so."""
    edge = 10**-digits
    if 0 < 100 * share < edge / 2:
        return f"under {format_number(edge, digits)} %"
    if 100 - edge / 2 < 100 * share < 100:
        return f"over {format_number(100 - edge, digits)} %"
    return f"{100 * share:.{digits}f} %"


def calls_text(per_day: float) -> str:
    """``100 calls a day``."""
    number = format_number(per_day, 0)
    return f"{number} {'call' if number == '1' else 'calls'} a day"


def deals_text(count: int) -> str:
    """``6 deals``."""
    return many(count, "deal", "deals")


def advice(outlook: Outlook) -> str:
    """Whether the plan can be made with the calls that the days hold, and if not, what would do it. One sentence.

    Empty without a plan, and where it is met.
    """
    plan = outlook.plan
    if plan is None or plan.met:
        return ""
    if plan.deals is None:
        return "Say what an average deal brings, and the odds can be told (planner plan set --average-deal)."
    if not outlook.left or plan.probability is None:
        return f"No working day is left; the plan is missed by {format_amount(round(plan.missing))}."
    odds = percent(plan.probability)
    if plan.probability < outlook.facts.wanted and odds == percent(outlook.facts.wanted):
        odds = percent(plan.probability, 1)  # just short of it is not it
    little = ", with little data yet" if outlook.low_confidence else ""
    if plan.probability >= outlook.facts.wanted:
        later = "; at the pace of your deals, much of it closes only after the month" if closes_later(outlook) else ""
        return f"{calls_text(outlook.per_day).capitalize()} make the plan {odds} likely{little}{later}."
    if not plan.probability:
        odds = "out of reach"
    said = f"At {calls_text(outlook.per_day)} the plan is {odds}{' likely' if plan.probability else ''}"
    said += f" ({deals_text(plan.deals)} from {outlook.capacity:,} calls{little})"
    return f"{said}; {way_out(outlook)}."


def advice_short(outlook: Outlook) -> str:
    """The same in some sixty characters."""
    plan = outlook.plan
    if plan is None or plan.met:
        return ""
    if plan.deals is None:
        return "g: say what a deal brings, and the odds can be told"
    if not outlook.left or plan.probability is None:
        return "no working day is left"
    said = f"plan {percent(plan.probability)} likely at {format_number(outlook.per_day, 0)} a day"
    if plan.probability >= outlook.facts.wanted:
        return f"{said}, much of it after the month" if closes_later(outlook) else said
    lever, calls = outlook.lever, outlook.calls_needed
    if lever is not None and lever.needed is not None and _far(outlook):
        return f"{said}; {arrow(lever.stage)} at {percent(lever.needed, 1)} would do it"
    if calls is not None and outlook.per_day < calls <= MOST_CALLS_OVER * outlook.per_day:
        return f"{said}; {format_number(calls, 0)} would do"
    return f"{said}; no rate by itself would do it"


def way_out(outlook: Outlook) -> str:
    """What would have to change, in half a sentence: one rate, else the calls, else more than one thing."""
    lever = outlook.lever
    if lever is not None and lever.needed is not None and _far(outlook):
        return (
            f"{arrow(lever.stage)} at {percent(lever.needed, 1)} instead of {percent(lever.rate, 1)} "
            "would make it about even odds"
        )
    calls = outlook.calls_needed
    if calls is not None and outlook.per_day < calls <= MOST_CALLS_OVER * outlook.per_day:
        return f"{calls_text(calls)} would make it {percent(outlook.facts.wanted)}"
    more = outlook.more_proposals
    proposals = f", or {more:,} more open proposals" if more and more <= MOST_PROPOSALS else ""
    together = "a larger deal, a better list and more hours together"
    return f"no rate by itself would do it: {together}{proposals}, or a lower plan"


def closes_later(outlook: Outlook) -> bool:
    """Whether the odds count on work that the pace so far doesn't see closed by the end of the month.

    The odds say what the work of these days brings in the end (`maths.md` 5); the forecasts look at the dates.
    """
    plan, pace, pipeline = outlook.plan, outlook.by_pace, outlook.by_pipeline
    if plan is None or plan.met or pace is None or (plan.probability or 0.0) < NEARLY_EVEN:
        return False
    return max(pace.high, pipeline.high) < plan.target


def _far(outlook: Outlook) -> bool:
    """Whether even odds are still a way off: a lever brings no more than those."""
    return outlook.plan is not None and (outlook.plan.probability or 0.0) < NEARLY_EVEN


def disagreement(outlook: Outlook) -> str:
    """What it means that pace and pipeline tell different stories; empty while they don't."""
    pace, pipeline = outlook.by_pace, outlook.by_pipeline
    if pace is None or not outlook.disagree:
        return ""
    if pipeline.mean < pace.mean:
        return "They disagree: the pace counts on deals that aren't open yet."
    return "They disagree: what is open would bring more than the pace does; it may close later than you think."


def stale_text(outlook: Outlook, most: int = 3) -> str:
    """Which open deals are left out of the forecast because they are too old; empty without any."""
    stale = outlook.facts.stale
    if not stale:
        return ""
    named = ", ".join(deal.title for deal in stale[:most])
    more = f" and {len(stale) - most:,} more" if len(stale) > most else ""
    limit = outlook.facts.cycles.stale_after or 0
    return f"Left out, open for more than {limit:,} days (twice your longest): {named}{more}."
