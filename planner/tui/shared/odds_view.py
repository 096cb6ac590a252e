"""Renders the odds on Today as lines: probability of plan and quota, forecast, and advice."""

from __future__ import annotations

from planner.domain import formats
from planner.domain.day.figures import odds_sign
from planner.domain.text import plural
from planner.tui.shared.spans import Line, cells, cut, fit, width_of, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.store.today_queries import Today


MOST_ADVICE = 4  # rows


def odds_lines(today: Today, width: int, wide: bool, measure: Callable[[str], int] = cells) -> list[Line]:
    """The odds of the month on one line, and on a wide screen a sentence of advice."""
    if today.personal_plan is None or today.booked >= today.personal_plan:
        return []
    width -= 1  # the margin at the right
    full, _, short = today.advice.partition("\n")
    if today.p_plan is None:
        return [cut([(f"     {short or full}", "dim")], width, measure)] if full else []
    mark, style = odds_sign(today.p_plan)
    if full and short and not wide:
        return [cut([(f"   {mark} ", style), (short, "")], width, measure)]
    line = _odds_line(today, mark, style, width, measure)
    lines = [cut(line, width, measure)]
    if full and wide:
        parts = wrap(what_would_do(full), width - 6, measure)
        parts[MOST_ADVICE - 1 :] = [fit(" ".join(parts[MOST_ADVICE - 1 :]), width - 6, measure)]
        lines += [[("     " + part, "dim")] for part in parts if part]
    return lines


def _odds_line(today: Today, mark: str, style: str, width: int, measure: Callable[[str], int]) -> Line:
    """The odds and the forecast, in the longest wording that fits."""
    plan = f"{formats.percent((today.p_plan or 0) / 10_000)} likely to hit plan"
    later = "" if today.p_plan_end is None else f" · {formats.percent(today.p_plan_end / 10_000)} with later closes"
    quota = "" if today.p_quota is None else formats.percent(today.p_quota / 10_000)
    forecasts = [""]
    if today.forecast is not None and today.forecast_low is not None and today.forecast_high is not None:
        likely = f" · forecast {formats.short_amount(today.forecast / 100)}"
        reach = f" ({formats.short_range(today.forecast_low / 100, today.forecast_high / 100)})"
        forecasts = [likely + reach, likely, ""]
    for by in (f" {today.by_end}", ""):
        for told in (f" · {quota} likely to hit quota", f" · quota odds {quota}") if quota else ("",):
            for forecast in forecasts:
                line = [(f"   {mark} ", style), (plan + by, "bold"), (f"{later}{told}{forecast}", "dim")]
                if width_of(line, measure) <= width:
                    return line
    return [(f"   {mark} ", style), (plan, "bold"), (later, "dim")]


def what_would_do(advice: str) -> str:
    """Return the part of the advice that isn't said by the odds above it."""
    odds, _, way = advice.partition(". ")
    if not way or not odds.startswith("At "):
        return advice
    return f"Low confidence. {way}" if "low confidence" in odds else way


def noes_line(today: Today, width: int, measure: Callable[[str], int] = cells) -> list[Line]:
    """How many refusals to expect before the next meeting. Empty without a plan."""
    if today.noes is None or today.noes_low is None or today.noes_high is None or today.personal_plan is None:
        return []
    noes = f"{today.noes:,}"
    word = "no" if today.noes == 1 else "no's"
    line: Line = [("     about ", "dim"), (noes, "bold"), (f" {word} before your next meeting", "dim")]
    reach = f" ({today.noes_low:,}–{today.noes_high:,})"
    if width_of(line, measure) + measure(reach) <= width:
        line.append((reach, "dim"))
    return [cut(line, width, measure)]


def held_line(today: Today, width: int, measure: Callable[[str], int] = cells) -> list[Line]:
    """A warning if the day's target is over the daily capacity for calls, otherwise empty."""
    target = today.target("dials")
    if target is None or today.holds is None or target <= today.holds:
        return []
    text = f"{plural(target, 'call', 'calls')} is over your capacity of {today.holds:,}"
    if measure(f"{text} a day") <= width - 5:
        text += " a day"
    return [cut([("   ! ", "warn"), (text, "")], width, measure)]
