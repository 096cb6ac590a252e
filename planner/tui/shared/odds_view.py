"""Renders the odds on Today as lines: probability of plan and quota, forecast, and advice."""

from __future__ import annotations

from planner.domain import formats
from planner.tui.shared.spans import Line, cells, cut, width_of, wrapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.store.today_queries import Today


def sign(odds: int) -> tuple[str, str]:
    """Return sign and style: ▲ from 80 percent, ▬ from 50, ▼ below."""
    return ("▲", "good") if odds >= 8_000 else ("▬", "warn") if odds >= 5_000 else ("▼", "bad")


def odds_lines(today: Today, width: int, wide: bool, measure: Callable[[str], int] = cells) -> list[Line]:
    """The odds of the month on one line, and on a wide screen a sentence of advice."""
    if today.personal_plan is None or today.booked >= today.personal_plan:
        return []
    full, _, short = today.advice.partition("\n")
    if today.p_plan is None:
        return [cut([(f"     {short or full}", "dim")], width, measure)] if full else []
    mark, style = sign(today.p_plan)
    if full and short and not wide:
        return [cut([(f"   {mark} ", style), (short, "")], width, measure)]
    line: Line = [(f"   {mark} ", style), (f"plan {formats.percent(today.p_plan / 10_000)} {today.by_end}", "bold")]
    if today.p_plan_end is not None:
        line.append((f" · {formats.percent(today.p_plan_end / 10_000)} in the end", "dim"))
    if today.p_quota is not None:
        line.append((f" · quota {formats.percent(today.p_quota / 10_000)}", "dim"))
    if today.forecast is not None and today.forecast_low is not None and today.forecast_high is not None:
        told = f" · likely {formats.short_amount(today.forecast / 100)}"
        reach = f" ({formats.short_range(today.forecast_low / 100, today.forecast_high / 100)})"
        for text in (told + reach, told):
            if width_of(line, measure) + measure(text) <= width:
                line.append((text, "dim"))
                break
    lines = [cut(line, width, measure)]
    if full and wide:
        lines += [[("     " + part, "dim")] for part in wrapped(what_would_do(full), width - 7, measure)[:3]]
    return lines


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
    noes = f"~{today.noes:,}"
    line: Line = [("     no's to go ", "dim"), (noes, "bold"), (" to the next meeting", "dim")]
    reach = f" ({today.noes_low:,}–{today.noes_high:,})"
    if width_of(line, measure) + measure(reach) <= width:
        line.append((reach, "dim"))
    return [cut(line, width, measure)]


def held_line(today: Today, width: int, measure: Callable[[str], int] = cells) -> list[Line]:
    """A warning if the day's target is more calls than the day holds, otherwise empty."""
    target = today.target("dials")
    if target is None or today.holds is None or target <= today.holds:
        return []
    text = f"{target:,} calls are more than the {today.holds:,} the day holds"
    return [cut([("   ! ", "warn"), (text, "")], width, measure)]
