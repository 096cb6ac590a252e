"""Words a review once, as sections and rows that text, Markdown, the page and the screens lay out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from planner.domain import formats
from planner.domain.day.records import KEPT, days_text
from planner.domain.forecast.stages import arrow
from planner.domain.review.charts import funnel
from planner.domain.review.review import AFTER_CALL, FIGURES, NAMES, ONE, PARTS, Figure, Review
from planner.domain.review.self_review import Became, Flow, Kind, ReviewLine
from planner.domain.review.spans import Span
from planner.domain.text import plural

WHOLE_FROM = 1_000  # money from which hundredths are noise in a report
MOST_DAYS = 7  # days listed in a row
NEARLY, FULL = 0.8, 0.995  # shares shown as close to the target, and as 100%
PROMISES = ("kept", "late", "broken", "open")
A_YEAR_AGO = ("dials", "meetings_held", "deals", "revenue")
MARKS = {None: "?", True: "✓", False: "✗"}
OUTCOME = {None: "", True: ", done", False: ", dropped"}
BECAME = {None: "", Became.TASK: "task", Became.WEEK: "week change"}
NOTHING_COUNTED = "Nothing was logged in this period."
NOTHING_DUE = "No finished days to measure yet. Start and end each day to measure your discipline."


class Row(NamedTuple):
    """A row of a report: its label, its text, and an addition.

    `count` is how often it was, `share` what it is of a whole. `tone` is good, warn or bad, or "" for a plain fact.
    """

    label: str
    values: tuple[str, ...]
    aside: str = ""
    tone: str = ""
    times: int = 0
    share: float = 0.0

    @property
    def name(self) -> str:
        """The label with the count: ``heard 3×``."""
        return f"{self.label} {self.times}×" if self.times else self.label

    @property
    def text(self) -> str:
        """What is said of it, on one line."""
        return ", ".join(self.values) + (f" ({self.aside})" if self.aside else "")

    @property
    def sentence(self) -> str:
        """The whole fact: ``Promises: 2 kept, 1 late``."""
        whole = f"{self.name}: {self.text}" if self.label else self.text
        return whole[:1].upper() + whole[1:]


class FigureRow(NamedTuple):
    """A row of the table of figures, with its amounts as shown."""

    metric: str
    label: str
    done: str
    target: str
    mean: str
    tone: str
    figure: Figure


class Group(NamedTuple):
    """Rows of a report under a common title."""

    title: str
    rows: list[Row]


PERSONAL = {"rest": "breaks", "sport": "exercise"}  # kinds of block that are stored under other words


def amount(metric: str, value: Decimal) -> str:
    """Return a figure as shown."""
    if metric != "revenue":
        return formats.number(value)
    return formats.amount(round(value) if abs(value) >= WHOLE_FROM else value)


def counted(metric: str, value: Decimal) -> str:
    """Return a figure with its noun: ``1 deal``, ``333,333 in revenue``."""
    if metric == "revenue":
        return f"{amount(metric, value)} in revenue"
    return f"{amount(metric, value)} {ONE[metric] if value == 1 else NAMES[metric]}"


def percent(part: float | None) -> str:
    """Return ``71%``, or a dash where nothing was due."""
    return "–" if part is None else formats.percent(part)


def _tone(share: float, full: float = 1) -> str:
    return "good" if share >= full else "warn" if share >= NEARLY else "bad"


@dataclass(frozen=True, slots=True)
class Report:
    """A review in words, ready to be laid out. A week's includes its self-review."""

    review: Review
    flow: Flow | None = None

    @property
    def title(self) -> str:
        """The span under review: ``Week 2026-W47, Mon 16 Nov to Sun 22 Nov 2026``."""
        first, last = self.review.period.first, self.review.period.last
        days = f", {formats.when_text(first, last)} to {formats.dated_text(last)}"
        return self.review.span.title_of(self.review.period) + (days if self.review.span is Span.WEEK else "")

    @property
    def as_of(self) -> str:
        """That the span isn't over yet, or ""."""
        as_of = f"As of {formats.dated_text(self.review.today)}. This {self.review.span} isn't over yet."
        return as_of if self.review.to_come else ""

    @property
    def back(self) -> int:
        """How many spans before it is compared with."""
        return max((len(figure.before) for figure in self.review.figures.values()), default=0)

    @property
    def figures(self) -> list[FigureRow]:
        """Results against targets and earlier spans."""
        rows = []
        for metric, figure in self.review.figures.items():
            if figure.done or figure.target or any(figure.before):
                values = (figure.done, figure.target, figure.mean)
                done, target, mean = ("" if value is None else amount(metric, value) for value in values)
                tone = "" if figure.share is None else _tone(float(figure.share))
                rows.append(FigureRow(metric, NAMES[metric], done, target, mean, tone, figure))
        return rows

    @property
    def columns(self) -> tuple[str, str, str]:
        """The heads of the figures."""
        span = self.review.span
        return (
            "done",
            "target",
            f"{self.back}-{span} avg" if self.back > 1 else "last working day" if span == "day" else f"{span} before",
        )

    @property
    def notes(self) -> Iterator[Row]:
        """What is said below the figures."""
        found = self.review
        if found.before and not any(each.weight for each in found.days):
            yield Row("", ("No targets: you had every day off, so your discipline score stays the same",))
        elif found.quota is not None:
            currency = f" {found.currency}" if found.currency else ""
            yield Row(f"quota for the {found.span}", (f"{amount('revenue', found.quota)}{currency}",))
        if found.year_ago is not None:
            before = found.span.title_of(found.span.year_before(found.period))
            told = tuple(counted(metric, found.year_ago[metric]) for metric in A_YEAR_AGO)
            yield Row(f"a year ago ({before})", told)

    @property
    def rates(self) -> list[Row]:
        """The steps from call to deal: how many out of how many, the rate with its 90% interval."""
        rows = []
        for stage in funnel({metric: int(self.review.figures[metric].done) for metric in FIGURES}):
            counts = (f"{stage.done:,}", f"{stage.of:,}")
            if stage.rate is not None and stage.low is not None and stage.high is not None:
                between = f"{formats.percent(stage.low)} to {formats.percent(stage.high)}"
                rate = formats.percent(stage.rate)
                rows.append(Row(arrow(stage.stage), (*counts, rate), between, share=stage.rate))
            elif stage.of:
                rows.append(Row(arrow(stage.stage), (*counts, ""), "partly from earlier work"))
        return rows

    @property
    def strength(self) -> Row | None:
        """The discipline score (how strong the habit is), with that before, or None if nothing was due."""
        value, before = self.review.strength.value, self.review.strength_before.value
        if value is None:
            return None
        moved = 0 if before is None else value - before
        tone = "good" if moved > 0.005 else "warn" if moved < -0.005 else ""
        low = "low confidence: few days so far" if self.review.strength.low_confidence else ""
        values = (percent(value),) if before is None else (percent(value), f"was {percent(before)}")
        return Row("discipline score", values, low, tone)

    @property
    def parts(self) -> list[Row]:
        """The parts of discipline."""
        parts = self.review.parts.items()
        return [Row(PARTS[name], (percent(part),), tone=_tone(part, FULL), share=part) for name, part in parts]

    @property
    def days(self) -> list[Row]:
        """The days of a week with what they were worth."""
        found = self.review
        days = zip(found.days, found.worths, strict=True) if found.span is Span.WEEK else ()
        return [
            Row(formats.WEEKDAYS[each.day.weekday()], (percent(worth) if each.weight else "off",))
            for each, worth in days
        ]

    @property
    def habits(self) -> Iterator[Row]:
        """The rep's own blocks by kind, the streak, records, a pace passed, temptations."""
        found = self.review
        if any(there for _, there in found.own.values()):
            kept = tuple(
                f"{PERSONAL.get(kind, kind)} {kept} of {there}" for kind, (kept, there) in sorted(found.own.items())
            )
            yield Row("personal time", kept)
        if found.streak.most:
            longest = f"longest in six months: {days_text(found.streak.most)}"
            yield Row(
                "streak",
                (f"{days_text(found.streak.now)} at {formats.percent(KEPT)} or more (a miss halves it)",),
                longest,
            )
        for record in found.records:
            told = (
                f"{counted(record.metric, Decimal(record.count))} on {formats.when_text(record.day, self.review.today)}"
            )
            yield Row("record", (told,), f"previous best: {record.before:,}", "good")
        if found.over_both is not None:
            day = formats.when_text(found.over_both)
            yield Row(
                "", (f"above both plan pace and quota pace for the first time this month, on {day}",), tone="good"
            )
        if any(found.stops):
            yield Row("distractions", (f"{found.stops[0]} resisted, gave in to {found.stops[1]}",))

    @property
    def customers(self) -> list[Group]:
        """What was promised, answered, heard and lost, and what repeats."""
        found = self.review
        promises = tuple(f"{found.promises[name]} {name}" for name in PROMISES if found.promises[name])
        answers = tuple(f"{AFTER_CALL[name]} {yes} of {asked}" for name, (yes, asked) in found.after_calls.items())
        objections = (
            (each, f"{each.worked} of {plural(each.told, 'answer', 'answers')} worked" if each.told else "")
            for each in found.objections
        )
        repeated = (f"{count} complaints about {kind} in 90 days" for kind, count in found.repeated.items())
        groups = (
            Group("", [Row("promises", promises)] if promises else []),
            Group("", [Row("after calls", answers)] if answers else []),
            Group("", [Row("why", (why,)) for why in found.whys]),
            Group("Top objections", [Row("heard", (each.text,), led, times=each.heard) for each, led in objections]),
            Group(
                "Why deals were lost or calls refused",
                [Row("lost or refused", (why,), times=count) for why, count in found.reasons],
            ),
            Group("", [Row("", (told,), "try a different approach", "warn") for told in repeated]),
        )
        return [group for group in groups if group.rows]

    @property
    def people(self) -> list[Row]:
        """What happened with people, as one list."""
        return [row for group in self.customers for row in group.rows]

    @property
    def evenings(self) -> list[Group]:
        """The evening notes, a group a day."""
        names = {"went_well": "win", "went_wrong": "miss", "what_else": "also", "will_try": "will try"}
        return [
            Group(
                formats.when_text(lesson.day, self.review.today),
                [Row(name, (text,)) for field, name in names.items() if (text := getattr(lesson.said, field))],
            )
            for lesson in self.review.lessons
        ]

    @property
    def reservations(self) -> Iterator[Row]:
        """Evidence against the figures, named without judgement."""
        honesty, days = self.review.honesty, [each for each in self.review.days if each.over]
        if honesty.from_memory:
            rows = f"{honesty.from_memory:,} of {plural(honesty.rows, 'log entry', 'log entries')}"
            yield Row("entered from memory", (rows,), tone="warn")
        if honesty.same:
            yield Row("same outcome five times within ten seconds", (f"{honesty.same}×",), tone="warn")
        for what, missed in (
            ("not started", [each.day for each in days if each.weight and not each.opened]),
            ("not ended", [each.day for each in days if each.opened and not each.closed]),
        ):
            if missed:
                more = " …" if len(missed) > MOST_DAYS else ""
                told = ", ".join(formats.when_text(day, self.review.today) for day in missed[:MOST_DAYS])
                yield Row(what, (told + more,), tone="warn")

    @property
    def sureness(self) -> list[Row]:
        """How sure the figures are: reservations, and how the odds of past months came true."""
        said = self.review.said
        record = said.sentences() if said is not None and said.months else []
        return [*self.reservations, *(Row("track record", (text,)) for text in record)]

    @property
    def _targets(self) -> dict[str, Decimal]:
        targets = {metric: Decimal(target) for metric, target in self.review.next_targets.items()}
        return targets | ({"revenue": self.review.next_plan} if self.review.next_plan else {})

    @property
    def following(self) -> list[Row]:
        """The targets of the next span."""
        called, figures = self.review.called, self.review.figures.items()
        done = {metric: f"{amount(metric, figure.done)} {called}" for metric, figure in figures}
        return [Row(NAMES[metric], (amount(metric, target),), done[metric]) for metric, target in self._targets.items()]

    @property
    def next_title(self) -> str:
        """``Next week, from Mon 23 Nov``, or ``Next day, Mon 23 Nov``."""
        first = formats.when_text(self.review.next_period.first, self.review.today)
        return f"Next {self.review.span}, {'' if self.review.span is Span.DAY else 'from '}{first}"

    @property
    def next_asks(self) -> str:
        """The targets of the next span in one line, or why there are none."""
        if targets := self._targets:
            return ", ".join(counted(metric, target) for metric, target in targets.items())
        if self.review.next_plan is None:
            return "No plan or goal is set."
        return "No targets: it has no working days."

    @property
    def own(self) -> Iterator[tuple[str, list[str]]]:
        """The self-review of a week: titles, each with lines."""
        if self.flow is None:
            return
        review = self.flow.review
        yield "Experiments", [f"{MARKS[each.done]} {each.text}" for each in self.flow.tried]
        yield "Wins", [line.text for line in review.lines_of(Kind.WELL)]
        yield "Misses", [wrong_line(line) for line in review.lines_of(Kind.WRONG)]
        yield "Aims for next week", [line.text for line in review.lines_of(Kind.AIM)]
        yield "Your why", [review.wish] if review.wish else []
        yield "Learning", learning_lines(self.flow)


def wrong_line(line: ReviewLine) -> str:
    """Return what went wrong, its cause, its correction and the outcome."""
    parts = [line.text]
    if line.cause:
        parts.append(f"cause: {line.cause}")
    if line.correction:
        became = f" ({BECAME[line.became]}{OUTCOME[line.done]})" if line.became else ""
        parts.append(f"fix: {line.correction}{became}")
    return " · ".join(parts)


def changes_since(flow: Flow) -> list[str]:
    """Return the figures that changed since a review was finished, one line each."""
    return [
        f"{NAMES[name].capitalize()} changed since you finished this review: {amount(name, Decimal(then))} then, "
        f"{amount(name, Decimal(now))} now"
        for name, then, now in flow.since
    ]


def learning_lines(flow: Flow) -> list[str]:
    """Return what was learned and used in the week, one line each, plus progress in books and reminders."""
    pace = [] if flow.shelf.pace is None else [flow.shelf.pace.words()]
    return [*pace, *flow.shelf.describe_between(flow.report.period.first, flow.report.period.last), *flow.shelf.nudges]
