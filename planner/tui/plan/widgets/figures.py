"""The widget at the head of Plan: personal plan and quota, the pace on both, the odds and the advice."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.day.figures import odds_sign
from planner.domain.forecast.advice import advice, advice_short, by_text, disagreement, late_calls, stale_text
from planner.tui.plan.widgets.sheet import SheetPart
from planner.tui.shared import spans
from planner.tui.shared.odds_view import what_would_do
from planner.tui.shared.spans import Line, Span
from planner.tui.shared.widgets.lines import measure

if TYPE_CHECKING:
    from planner.domain.forecast.outlook import Outlook
    from planner.services.plan.months import Sheet, Standing


def _days(value: Fraction) -> str:
    """Format days to one decimal, halves rounded up as on Today: ``1.45`` is ``1.5 days``."""
    text = formats.number(float(value) + 1e-9)
    return f"{text} {'day' if text == '1' else 'days'}"


def _mark(probability: float) -> Span:
    mark, style = odds_sign(round(probability * 10_000))
    return f"   {mark} ", style


def days_left(sheet: Sheet) -> Line:
    """Say how many of a span's working days are left, at the right of a title."""
    left, total = (formats.number(float(days), 1) for days in (sheet.working.left, sheet.working.total))
    return [(f"{left} of {total} working days left ", "dim")]


def ways_to_begin(sheet: Sheet, width: int) -> list[Line]:
    """Say that a span has no plan, and the keys that give it one."""
    told = f"No plan for this {sheet.span} yet."
    if sheet.booked:
        told = f"{formats.whole_amount(Fraction(sheet.booked))} closed. {told}"
    lines: list[Line] = [[(told, "")]]
    if sheet.before is not None:
        quota, plan = (
            formats.whole_amount(Fraction(each)) for each in (sheet.before.quota, sheet.before.personal_plan)
        )
        like = f" to start from {formats.month_text(sheet.before.month.first)} (quota {quota}, plan {plan})"
        start = next((text for text in (f"{like} with its goals.", f"{like}.") if measure(text) <= width - 7), like)
        lines.append([("Press ", "dim"), ("N", "accent"), (start, "dim")])
    share = sheet.months[0].share if sheet.span == "month" else None
    if share is not None:
        part = f"Its share of your quarterly or yearly quota is {formats.whole_amount(Fraction(share))}."
        lines.append([(part, "dim")])
    what = "your quota and personal plan" if sheet.span == "month" else f"your quota for the {sheet.span}"
    lines.append([("Press ", "dim"), ("g", "accent"), (f" to set {what}.", "dim")])
    return [spans.cut(line, width, measure) for line in lines]


class Figures(SheetPart):
    """Bars of the personal plan and the quota on one scale, with today's pace on both, then progress and what is
    needed.
    """

    def build(self, width: int, height: int) -> list[Line]:
        sheet = self.sheet
        if sheet is None:
            return [[(" Plan", "bold")], [("   …", "dim")]]
        title: Line = [(f" {sheet.name}", "bold")]
        if sheet.span != "month" and sheet.planned:
            title.append((f"  {sheet.planned} of {len(sheet.months)} months planned", "dim"))
        if sheet.longer is not None and sheet.longer.left_to_plan and sheet.planned < len(sheet.months):
            title.append(
                (f", {formats.whole_amount(Fraction(sheet.longer.left_to_plan))} of quota not planned yet", "dim")
            )
        head = spans.justify(title, days_left(sheet), width, measure)
        if sheet.plan is None or sheet.quota is None:
            return [head, *([("   ", ""), *line] for line in ways_to_begin(sheet, width - 3))]
        air: list[Line] = [[]] * spans.is_large(*self.app.size)
        lines = [head, *air, *self._bars(sheet.plan, sheet.quota, width), self._standing(sheet.plan, sheet, width)]
        return [*lines, *self._odds(sheet, width, height - len(lines))][:height]

    def _odds(self, sheet: Sheet, width: int, room: int) -> list[Line]:
        """The probabilities, the forecasts and the advice, as far as they fit."""
        if self.ahead is None or sheet.plan is None or room < 1 or sheet.plan.done >= sheet.plan.target:
            return []
        known, forecast = self.ahead.outlook, self.ahead.forecast
        if sheet.span != "month":
            if forecast is None or sheet.period.last < sheet.today:
                return []
            reach = formats.short_range(forecast.low, forecast.high)
            by = formats.when_text(sheet.period.last)
            told = f"forecast by {by}: {formats.short_amount(forecast.median)} ({reach}) at your pace"
            return [spans.cut([("     " + told, "dim")], width, measure)]
        plan = known.plan
        if plan is None:
            return []
        short = room < 2 and advice_short(known)
        if plan.probability is None or (short and plan.probability < known.facts.wanted):
            mark = ("     ", "") if plan.probability is None else _mark(plan.probability)
            told = advice_short(known)
            for apart in (" · ", ", "):
                if measure(told) > width - 6:
                    told = told.partition(apart)[0]
            return [spans.cut([mark, (told, "")], width, measure)]
        odds = f"{formats.percent(plan.probability)} likely to hit plan {by_text(known)}"
        later = "" if plan.in_the_end is None else f" · {formats.percent(plan.in_the_end)} with later closes"
        room = width - measure(odds + later) - 5
        rest = next((text for text in self._quota_and_forecast(known) if measure(text) <= room), "")
        lines = [spans.cut([_mark(plan.probability), (odds, "bold"), (later + rest, "dim")], width, measure)]
        for text in (what_would_do(advice(known)), late_calls(known), disagreement(known), stale_text(known)):
            if text:
                lines += [[("     " + part, "dim")] for part in spans.wrap(text, width - 7, measure)]
        return lines[:room]

    def _quota_and_forecast(self, known: Outlook) -> Iterator[str]:
        """The odds of the quota and the forecast, in ever shorter words."""
        quotas, forecasts = [""], [""]
        if known.quota is not None and known.quota.probability is not None:
            share = formats.percent(known.quota.probability)
            quotas = [f" · {share} likely to hit quota", f" · quota {share}"]
        if known.forecast is not None:
            told = f" · forecast {formats.short_amount(known.forecast.median)}"
            forecasts = [f"{told} ({formats.short_range(known.forecast.low, known.forecast.high)})", told, ""]
        return (quota + forecast for quota in quotas for forecast in forecasts)

    def _bars(self, plan: Standing, quota: Standing, width: int) -> list[Line]:
        numbers = max(len(formats.whole_amount(plan.target)), len(formats.whole_amount(quota.target)))
        room = max(8, width - numbers - 20)
        lines: list[Line] = []
        for name, standing in (("plan", plan), ("quota", quota)):
            size = room if name == "plan" else max(4, round(room * float(quota.target / plan.target)))
            share = formats.percent(float(standing.done / standing.target)) if standing.target else "n/a"
            bar = spans.bar(float(standing.done), float(standing.target), size, float(standing.line))
            lines.append(
                [
                    (f"   {formats.whole_amount(standing.target):>{numbers}}", ""),
                    (f"  {name:<7}", "dim"),
                    *(bar if standing.target else []),
                    (" " * (room - (size if standing.target else 0)), ""),
                    (f" {share:>6}", "bold"),
                ]
            )
        return [spans.cut(line, width, measure) for line in lines]

    def _standing(self, plan: Standing, sheet: Sheet, width: int) -> Line:
        currency = f" {sheet.currency}" if sheet.currency else ""
        days = plan.behind_days or Fraction(0)
        if plan.done >= plan.target:
            line: Line = [("   ✓ ", "good"), ("Plan met", "")]
        elif plan.delta >= 0:
            text = f"{formats.whole_amount(plan.delta)} ahead of pace ({_days(-days)})" if plan.delta else "On pace"
            line = [("   ▲ " if plan.delta else "   ▬ ", "good"), (text, "")]
        else:
            text = f"{formats.whole_amount(-plan.delta)} behind pace ({_days(days)})"
            line = [("   ▼ ", "bad" if days > 1 else "warn"), (text, "")]
        needed = ""
        if plan.done < plan.target and plan.required is not None:
            needed = f" · {formats.whole_amount(plan.required)} needed per working day"
            if sheet.span != "month" and sheet.planned < len(sheet.months):
                needed += " of the months with a plan"
        elif plan.done < plan.target:
            needed = f" · missed by {formats.whole_amount(plan.target - plan.done)}"
        for rest in (f" · {formats.whole_amount(plan.done)}{currency} closed{needed}", needed):
            if spans.width_of(line, measure) + measure(rest) <= width:
                return [*line, (rest, "dim")]
        return spans.cut(line, width, measure)
