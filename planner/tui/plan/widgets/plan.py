"""The parts of Plan: both figures, the chart, the calendar and the targets. Data in, messages out."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from textual import events

from planner.domain.day.activity import WORDS
from planner.domain.forecast.advice import advice, advice_short, by_text, disagreement, late_calls, percent, stale_text
from planner.domain.money import format_amount, format_number
from planner.tui.messages import DayClicked, MonthClicked
from planner.tui.shared import spans
from planner.tui.shared.odds_view import interval, short_amount, sign, what_would_do
from planner.tui.shared.spans import Line, Span
from planner.tui.shared.widgets.columns import Level, cell, joined
from planner.tui.shared.widgets.lines import Lines, measure

if TYPE_CHECKING:
    from planner.domain.forecast.amounts import Forecast
    from planner.domain.forecast.outlook import Outlook
    from planner.domain.plan.revenue_breakdown import YearFall
    from planner.services.plan.months import Ahead, Asked, DayFigures, MonthFigures, Sheet, Standing

METRIC_WORDS = {
    "revenue": "revenue",
    "dials": "cold calls",
    "conversations": "conversations",
    "meetings-booked": "meetings booked",
    "meetings": "meetings held",
    "proposals": "proposals",
    "deals": "deals",
}
# In the order in which they are worth trying (`maths.md` 3).
WAYS_OUT = "more hours, a better list, a higher rate, what is open already, or a lower plan"


def whole(value: Fraction | float) -> str:
    """Format a whole amount with separators."""
    return format_amount(round(float(value)))


def tenths(value: Fraction) -> str:
    """Format to one decimal, halves rounded up as on Today: ``1.45`` is ``1.5``."""
    return f"{float(value) + 1e-9:.1f}"


class SheetPart(Lines):
    """A part that shows a span."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.sheet: Sheet | None = None
        self.ahead: Ahead | None = None

    def show(self, sheet: Sheet) -> None:
        """Show a span."""
        if self.sheet is None or (self.sheet.span, self.sheet.period) != (sheet.span, sheet.period):
            self.ahead = None  # belonged to another page
        self.sheet = sheet
        self.redraw()

    def look(self, ahead: Ahead | None) -> None:
        """Show the outlook of the span."""
        self.ahead = ahead
        self.redraw()


def _mark(probability: float) -> Span:
    mark, style = sign(round(probability * 10_000))
    return f"   {mark} ", style


class Figures(SheetPart):
    """The personal plan above the quota on one scale, with today's pace on both, then progress and what is needed."""

    def build(self, width: int, height: int) -> list[Line]:
        sheet = self.sheet
        if sheet is None:
            return [[(" Plan", "bold")], [("   …", "dim")]]
        working = sheet.working
        days = f"{format_number(float(working.left), 1)} of {format_number(float(working.total), 1)} working days left"
        title: Line = [(f" {sheet.name}", "bold")]
        if sheet.span != "month" and sheet.planned:
            title.append((f"  {sheet.planned} of {len(sheet.months)} months have a plan", "dim"))
        if sheet.longer is not None and sheet.longer.left_to_plan and sheet.planned < len(sheet.months):
            title.append((f", {whole(Fraction(sheet.longer.left_to_plan))} of the quota is left to plan", "dim"))
        head = spans.justified(title, [(f"{days} ", "dim")], width, measure)
        if sheet.plan is None or sheet.quota is None:
            told = f"   No plan for this {sheet.span} yet."
            if sheet.booked:
                told = f"   {whole(Fraction(sheet.booked))} booked, and no plan for this {sheet.span} yet."
            return [head, [(told, "")], *self._ways_to_begin(sheet, width)]
        lines = [head, *self._bars(sheet.plan, sheet.quota, width), self._standing(sheet.plan, sheet, width)]
        return [*lines, *self._odds(sheet, width, height - len(lines))][:height]

    def _ways_to_begin(self, sheet: Sheet, width: int) -> list[Line]:
        """The keys that set the span's figures."""
        lines: list[Line] = []
        if sheet.before is not None:
            like = f"{whole(Fraction(sheet.before.personal_plan))} over {whole(Fraction(sheet.before.quota))}"
            lines.append(
                [
                    ("   N", "accent"),
                    (f" to start it like {sheet.before.month.first:%B}: {like}, with its goals.", "dim"),
                ]
            )
        share = sheet.months[0].share if sheet.span == "month" else None
        if share is not None:
            lines.append([(f"   Its share of the longer quota is {whole(Fraction(share))}.", "dim")])
        what = "the quota and your own plan above it" if sheet.span == "month" else f"the quota of the {sheet.span}"
        lines.append([("   Press ", "dim"), ("g", "accent"), (f" to set {what}.", "dim")])
        return [spans.cut(line, width, measure) for line in lines]

    def _odds(self, sheet: Sheet, width: int, room: int) -> list[Line]:
        """The probabilities, the forecasts and the advice, as far as they fit."""
        if self.ahead is None or sheet.plan is None or room < 1 or sheet.plan.done >= sheet.plan.target:
            return []
        known, forecast = self.ahead.outlook, self.ahead.forecast
        if sheet.span != "month":
            if forecast is None or sheet.period.last < sheet.today:
                return []
            told = f"forecast {short_amount(forecast.median)} ({interval(forecast.low, forecast.high)}) by pace"
            return [spans.cut([("     " + told, "dim")], width, measure)]
        plan = known.plan
        if plan is None:
            return []
        short = room < 2 and advice_short(known)
        if plan.probability is None or (short and plan.probability < known.facts.wanted):
            mark = ("     ", "") if plan.probability is None else _mark(plan.probability)
            return [spans.cut([mark, (advice_short(known), "")], width, measure)]
        line: Line = [_mark(plan.probability), (f"plan {percent(plan.probability)} likely {by_text(known)}", "bold")]
        if plan.in_the_end is not None:
            line.append((f" · {percent(plan.in_the_end)} in the end", "dim"))
        if known.quota is not None and known.quota.probability is not None:
            line.append((f" · quota {percent(known.quota.probability)}", "dim"))
        line += self._forecast(known, width - spans.width_of(line, measure))
        lines = [spans.cut(line, width, measure)]
        for text in (what_would_do(advice(known)), late_calls(known), disagreement(known), stale_text(known)):
            if text:
                lines += [[("     " + part, "dim")] for part in spans.wrapped(text, width - 7, measure)]
        return lines[:room]

    def _forecast(self, known: Outlook, room: int) -> Line:
        found = known.forecast
        if found is None:
            return []
        told = f" · likely {short_amount(found.median)}"
        texts = (f"{told} ({interval(found.low, found.high)})", told)
        return next(([(text, "dim")] for text in texts if measure(text) <= room), [])

    def _bars(self, plan: Standing, quota: Standing, width: int) -> list[Line]:
        numbers = max(len(whole(plan.target)), len(whole(quota.target)))
        room = max(8, width - numbers - 20)
        lines: list[Line] = []
        for name, standing in (("plan", plan), ("quota", quota)):
            size = room if name == "plan" else max(4, round(room * float(quota.target / plan.target)))
            share = f"{100 * float(standing.done / standing.target):.0f} %" if standing.target else "n/a"
            bar = spans.bar(float(standing.done), float(standing.target), size, float(standing.line))
            lines.append(
                [
                    (f"   {whole(standing.target):>{numbers}}", ""),
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
            line: Line = [("   ✓ ", "good"), ("the plan is met", "")]
        elif plan.delta >= 0:
            text = (
                f"{whole(plan.delta)} ahead of the plan's line ({tenths(-days)} days)" if plan.delta else "on the line"
            )
            line = [("   ▲ " if plan.delta else "   ▬ ", "good"), (text, "")]
        else:
            text = f"{whole(-plan.delta)} behind the plan's line ({tenths(days)} days)"
            line = [("   ▼ ", "bad" if days > 1 else "warn"), (text, "")]
        needed = ""
        if plan.done < plan.target and plan.required is not None:
            needed = f" · {whole(plan.required)} needed a working day"
        elif plan.done < plan.target:
            needed = f" · missed by {whole(plan.target - plan.done)}"
        for rest in (f" · {whole(plan.done)}{currency} booked{needed}", needed):
            if spans.width_of(line, measure) + measure(rest) <= width:
                return [*line, (rest, "dim")]
        return spans.cut(line, width, measure)


class Chart(SheetPart):
    """Bookings day by day against the pace of plan and quota, or by month in a longer span."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.cursor = 0

    def build(self, width: int, height: int) -> list[Line]:
        sheet = self.sheet
        if sheet is None:
            return []
        if sheet.days:
            return self._days(sheet, width, height) if sheet.plan is not None or sheet.booked else []
        return [line for _, line in self._months(sheet, width)][:height]

    # a month

    def _days(self, sheet: Sheet, width: int, height: int) -> list[Line]:
        rows = height - 2
        fan = {} if self.ahead is None else {day: found for day, found in self.ahead.fan if day > sheet.today}
        highest = max((found.high for found in fan.values()), default=0.0)
        top = max([float(sheet.booked), float(sheet.plan.target) if sheet.plan else 0.0, 1.0])
        top = max(top, min(highest, 1.5 * top))
        labels = {0: short_amount(top)}
        if sheet.plan is not None and float(sheet.plan.target) < top:
            labels[rows - 1 - min(rows - 1, int(float(sheet.plan.target) / top * rows))] = short_amount(
                float(sheet.plan.target)
            )
        if sheet.quota is not None and sheet.quota.target:
            labels.setdefault(
                rows - 1 - min(rows - 1, int(float(sheet.quota.target) / top * rows)),
                short_amount(float(sheet.quota.target)),
            )
        left = max(len(text) for text in labels.values()) + 2
        ends = 7
        size = (width - left - ends - 1) // len(sheet.days)
        if rows < 3 or size < 1:
            return self._sentence(sheet, width)
        levels = _levels(sheet, top, rows, fan)
        lines: list[Line] = []
        for row in range(rows):
            axis = "┤" if row in labels else "│"
            line: Line = [(f"{labels.get(row, ''):>{left - 1}} {axis}", "dim")]
            for level in levels:
                line += cell(level, rows - 1 - row, size)
            line.append((self._end(levels[-1], rows - 1 - row), "dim"))
            lines.append(joined(line))
        lines.append([(f"{'0':>{left - 1}} ┼" + "─" * (size * len(levels)), "dim")])
        lines.append(self._axis(sheet, left + 1, size))
        return lines

    def _sentence(self, sheet: Sheet, width: int) -> list[Line]:
        """The chart's content as a sentence, used if there is no room for the chart."""
        text = f"{whole(Fraction(sheet.booked))} booked by {sheet.today.day} {sheet.today:%b}"
        for name, standing in (("plan", sheet.plan), ("quota", sheet.quota)):
            if standing is not None:
                text += f"; the {name}'s line stands at {whole(standing.line)}"
        if self.ahead is not None and self.ahead.forecast is not None:
            text += f"; likely {whole(self.ahead.forecast.median)} by its end"
        return [[(f" {part}", "dim")] for part in spans.wrapped(text + ".", width - 2, measure)]

    def _end(self, level: Level, row: int) -> str:
        lines = (("plan", level.plan), ("quota", level.quota))
        names = [name for name, line in lines if line is not None and int(line) == row]
        return f" {' '.join(names)}" if names else ""

    def _axis(self, sheet: Sheet, left: int, size: int) -> Line:
        ticks: dict[int, tuple[str, str]] = {}
        days = list(enumerate(sheet.days))
        # Place today's tick first, since the others give way to it.
        for index, day in sorted(days, key=lambda pair: pair[1].day != sheet.today):
            text, at = str(day.day.day), index * size
            now = day.day == sheet.today
            if not (now or index == 0 or day.day.weekday() == 0):
                continue
            if all(at + len(text) + 1 < other or other + len(told[0]) < at for other, told in ticks.items()):
                ticks[at] = (text, "bold" if now else "dim")
        line: Line = [(" " * left, "")]
        filled = 0
        for at, (text, style) in sorted(ticks.items()):
            line += [(" " * (at - filled), ""), (text, style)]
            filled = at + len(text)
        return line

    # a quarter or a year

    def _months(self, sheet: Sheet, width: int) -> list[tuple[int, Line]]:
        amounts = [whole(Fraction(month.plan.personal_plan)) for month in sheet.months if month.plan]
        amounts += [
            whole(part) for month in sheet.months if month.fall for part in (month.fall.planned, month.fall.asked)
        ]
        amounts += [whole(Fraction(month.booked)) for month in sheet.months]
        amounts += [f"({whole(Fraction(month.share))})" for month in sheet.months if month.share is not None]
        size = max(7, *(len(text) for text in amounts))
        bar = min(60, width - 2 * size - 40)
        fall = width >= 3 * size + 40 and any(month.fall for month in sheet.months)
        bar -= 2 * (size + 2) if fall else 0
        head = f"   {'':<10}{'days':>5}  {'booked':>{size}}  {'plan':>{size}}  share"
        if fall:
            head += f"  {'goal':>{size}}  {'asks now':>{size}}"
        rows: list[tuple[int, Line]] = [(-1, [(head, "dim")])]
        for index, month in enumerate(sheet.months):
            rows.append((index, self._month(month, index, sheet, size, bar, fall)))
        if sheet.year is not None and fall:
            told = self._fall(sheet.year, sheet.currency)
            rows += [(-1, spans.cut([(f"   {text}", "dim")], width, measure)) for text in told]
        if any(month.share is not None for month in sheet.months):
            told_share = "   (…): a month's share of the quota, while it has no plan of its own"
            rows.append((-1, spans.cut([(told_share, "dim")], width, measure)))
        return rows

    def _fall(self, year: YearFall, currency: str | None) -> list[str]:
        """Say how far past months fell short, and how that was redistributed."""
        unit = f" {currency}" if currency else ""
        goal = f"“{year.goal.title}” asks for {whole(year.target)}{unit} by {year.stretch.last}"
        if not year.missed:
            return [goal + "."]
        if year.missed < 0:
            return [f"{goal}; {whole(-year.missed)} more than planned came in, taken off the months left."]
        return [f"{goal}; {whole(year.missed)} missed so far, laid on the months left."]

    def _month(self, month: MonthFigures, index: int, sheet: Sheet, size: int, bar: int, fall: bool) -> Line:
        chosen, now = index == self.cursor, sheet.today in month.month
        plan = month.plan
        booked = whole(Fraction(month.booked)) if month.booked or month.month.first <= sheet.today else "–"
        planned = "–" if month.share is None else f"({whole(Fraction(month.share))})"  # of the quota, not planned yet
        planned = planned if plan is None else whole(Fraction(plan.personal_plan))
        line: Line = [
            (" ▸ " if chosen else "   ", "accent"),
            (f"{month.month.first:%B}".ljust(10), "cursor" if chosen else "bold" if now else ""),
            (f"{format_number(float(month.working_days), 1):>5}", "dim"),
            (f"  {booked:>{size}}", ""),
            (f"  {planned:>{size}}", "dim"),
        ]
        share = None if plan is None else float(month.booked / plan.personal_plan)
        line.append((f"  {'–' if share is None else f'{100 * share:.0f} %':>5}", "bold"))
        if fall:
            over = month.month.last < sheet.today
            planned, asked = ("–", "–") if month.fall is None else (whole(month.fall.planned), whole(month.fall.asked))
            more = month.fall is not None and not over and round(month.fall.asked) > round(month.fall.planned)
            line += [(f"  {planned:>{size}}", "dim"), (f"  {'' if over else asked:>{size}}", "warn" if more else "")]
        if bar >= 10 and plan is not None:
            line.append(("  ", ""))
            line += spans.bar(float(month.booked), float(plan.personal_plan), bar, float(plan.quota))
        return line

    def on_click(self, event: events.Click) -> None:
        if self.sheet is None or self.sheet.days:
            return
        rows = self._months(self.sheet, self.size.width)
        if 0 <= event.y < len(rows) and rows[event.y][0] >= 0:
            self.post_message(MonthClicked(rows[event.y][0]))


def _levels(sheet: Sheet, top: float, rows: int, fan: dict[date, Forecast]) -> list[Level]:
    found: list[Level] = []
    run = float(sheet.brought_in)
    for day in sheet.days:
        run += float(day.booked) if day.counts else 0.0
        plan, quota = (
            None if line is None else min(rows - 0.01, float(line) / top * rows)
            for line in (day.plan_line, day.quota_line)
        )
        ahead = fan.get(day.day)
        reach = None if ahead is None else (ahead.low / top * rows, ahead.high / top * rows)
        found.append(Level(run / top * rows if day.day <= sheet.today else None, plan, quota, reach))
    return found


class MonthCalendar(SheetPart):
    """The month's dates with their weights. `cursor` is the selected date, `other_end` the other end of a selection."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.cursor: date | None = None
        self.other_end: date | None = None

    def chosen(self) -> list[date]:
        """Return the selected dates."""
        if self.cursor is None:
            return []
        first, last = sorted((self.cursor, self.other_end or self.cursor))
        return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]

    def build(self, width: int, height: int) -> list[Line]:
        sheet = self.sheet
        if sheet is None or not sheet.days:
            return []
        lines: list[Line] = [
            [(" " + "".join(f"{name:>3} " for name in ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")), "dim")]
        ]
        chosen = set(self.chosen())
        week: Line = [(" " + "    " * sheet.days[0].day.weekday(), "")]
        for day in sheet.days:
            week += self._cell(day, sheet, chosen)
            if day.day.weekday() == 6:
                lines.append(week)
                week = [(" ", "")]
        if len(week) > 1:
            lines.append(week)
        told = next((day for day in sheet.days if day.day == self.cursor), None)
        if told is not None:
            lines += [[], *self._told(told, sheet, width)]
        return lines[:height]

    def _cell(self, day: DayFigures, sheet: Sheet, chosen: set[date]) -> Line:
        mark = "½" if day.weight == Fraction(1, 2) else " " if day.weight in (0, 1) else "≈"
        if day.own and mark == " ":
            mark = "×" if not day.weight else "+"
        style = "dim" if not day.weight else "bold" if day.day == sheet.today else ""
        if day.day in chosen:
            style = "fresh"
        today = "▸" if day.day == sheet.today else " "
        return [(today, "accent"), (f"{day.day.day:>2}", style), (mark, "dim" if mark != "½" else "warn")]

    def _told(self, day: DayFigures, sheet: Sheet, width: int) -> list[Line]:
        words = {Fraction(0): "off", Fraction(1, 2): "half a day", Fraction(1): "a full day"}
        count = len(self.chosen())
        if count > 1:
            first, last = self.chosen()[0], self.chosen()[-1]
            return [[(f" {first.day} {first:%b} to {last.day} {last:%b}, {count} days", "")]]
        why = f", {day.why}" if day.why else ", your own" if day.own else ""
        lines: list[Line] = [[(f" {day.day:%a} {day.day.day}  {words.get(day.weight, 'a part')}{why}", "")]]
        carries = [
            f"{share:,} {WORDS[asked.counted][share != 1]}"
            for asked in sheet.asked
            if asked.metric != "revenue" and (share := asked.course.target_of(day.day))
        ]
        if day.booked:
            lines.append([(f"   {whole(Fraction(day.booked))} booked", "")])
        if carries:
            lines += [
                [(f"   {part}", "dim")] for part in spans.wrapped("to do: " + ", ".join(carries), width - 4, measure)
            ]
        return [spans.cut(line, width, measure) for line in lines]

    def on_click(self, event: events.Click) -> None:
        if self.sheet is None or not self.sheet.days or not 1 <= event.y <= 6:
            return
        first = self.sheet.days[0].day
        column = (event.x - 1) // 4
        index = (event.y - 1) * 7 + column - first.weekday()
        if 0 <= column < 7 and 0 <= index < len(self.sheet.days):
            self.post_message(DayClicked(self.sheet.days[index].day))


class Asks(SheetPart):
    """The span's target for each metric, its progress, and what doesn't fit into the days, with ways out."""

    FIXED_HEIGHT = False

    def build(self, width: int, height: int) -> list[Line]:
        sheet = self.sheet
        if sheet is None or not sheet.asked:
            return []
        rows = [self._cells(asked) for asked in sheet.asked]
        sizes = [max(len(row[column]) for row in rows) for column in range(1, 5)]
        sizes = [
            max(size, len(name)) for size, name in zip(sizes, ("done", "target", "line", "a full day"), strict=True)
        ]
        wide = width >= sum(sizes) + 32
        heads = f"{'done':>{sizes[0]}}  {'target':>{sizes[1]}}  line"
        heads += f"{'a full day':>{sizes[2] + sizes[3] - 2}}" if wide else ""
        lines: list[Line] = [spans.cut([(" What it asks".ljust(20), "bold"), (heads, "dim")], width, measure)]
        for row, asked in zip(rows, sheet.asked, strict=True):
            style = "good" if row[3][0] in "✓▲▬" else "bad" if (asked.course.pace.delta_days or 0) < -1 else "warn"
            line: Line = [
                (f"   {row[0]:<17}", ""),
                (f"{row[1]:>{sizes[0]}}", "bold"),
                (f"  {row[2]:>{sizes[1]}}", "dim"),
                (f"  {row[3]}", style),
            ]
            if wide:
                line.append((f"{row[4]:>{sizes[2] + sizes[3] + 2 - measure(row[3])}}", ""))
            lines.append(spans.cut(line, width, measure))
        ways = self._ways_out(sheet, width)
        if len(lines) + len(ways) > height:
            # If the sentence doesn't fit, cut it with an ellipsis, but always show its first line.
            lines = lines[: max(1, height - 1)] if ways else lines[:height]
            ways = ways[: max(1, height - len(lines))]
            ways = [*ways[:-1], spans.cut([*ways[-1], (" …", "dim")], width, measure)] if ways else []
        return [*lines, *ways]

    def _cells(self, asked: Asked) -> tuple[str, str, str, str, str]:
        pace = asked.course.pace
        met = asked.done >= pace.target
        delta = self._number(asked, abs(pace.delta))
        line = "✓" if met else f"▲ {delta}" if pace.delta > 0 else "▬" if not pace.delta else f"▼ {delta}"
        required = "–" if pace.required is None or met else self._number(asked, pace.required)
        return (
            METRIC_WORDS[asked.metric],
            self._number(asked, asked.done),
            self._number(asked, pace.target),
            line,
            required,
        )

    def _number(self, asked: Asked, value: Fraction) -> str:
        if asked.metric == "revenue":
            return whole(value)
        return format_number(float(value), 1 if abs(value) < 100 else 0)

    def _ways_out(self, sheet: Sheet, width: int) -> list[Line]:
        short = [asked for asked in sheet.asked if asked.shortfall and asked.done < asked.course.pace.target]
        if not short:
            return []
        named = ", ".join(f"{self._number(asked, asked.shortfall)} {METRIC_WORDS[asked.metric]}" for asked in short)
        cap = "" if sheet.cap is None else f" of {format_number(float(sheet.cap), 2)} × the even rate"
        text = f"{named} find no room under the daily cap{cap}. Ways out: {WAYS_OUT}."
        parts = spans.wrapped(text, width - 4, measure)
        return [*([(" ! " if not index else "   ", "bad"), (part, "")] for index, part in enumerate(parts))]
