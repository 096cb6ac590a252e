"""Builds the review: a look back at a day, week or month, and ahead at the next one (S4).

Nothing is made up. A working day that wasn't opened takes the targets of the last opened one before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from planner import files
from planner.domain import formats
from planner.domain.calls.log_anomalies import SAME_IN_A_ROW, is_suspicious
from planner.domain.clients.complaints import count_repeated
from planner.domain.clients.promises import Promise, PromiseState
from planner.domain.day.day_progress import minute_on
from planner.domain.day.records import streak, to_beat
from planner.domain.day.snapshot import asked_of, next_working_day
from planner.domain.errors import InputError, StateError
from planner.domain.mail import windows as mail_rules
from planner.domain.money import from_hundredths
from planner.domain.plan.goals import GoalState
from planner.domain.plan.proration import plans_in_force
from planner.domain.review import review as rules
from planner.domain.review.celebration import over_both
from planner.domain.review.charts import Charts, PaceDay, pace
from planner.domain.review.discipline import read_weights, strength_after
from planner.domain.review.review import FIGURES, OWN_BLOCKS, DayReview, Figure, Honesty, Lesson, Objection
from planner.domain.review.review import Review as Review
from planner.domain.review.self_review import Flow
from planner.domain.review.spans import Span as Span
from planner.domain.workdays import DAY, Period, month_of
from planner.exchange.review.html import page
from planner.exchange.review.markdown import markdown as markdown
from planner.services.context import AppContext
from planner.services.day.reading import Reading, reading
from planner.services.forecast.odds import own_record
from planner.services.mail import windows
from planner.services.transfer import exports
from planner.store import activity_log
from planner.store.clients import complaints, promises
from planner.store.review import review as store

if TYPE_CHECKING:
    from planner.store.recorder import Reads

BACK = 12  # earlier spans a review is compared with
REMEMBERED = 26  # weeks behind the strength of the habit; anything before weighs a ten-thousandth
TOP = 5
NOTHING = "Nothing to review yet. Start your day or log a call first."
FIRST_YEAR = 1970
ENDINGS = (".md", ".html")  # file formats of a review


def read(ctx: AppContext, span: Span, day: date | None = None) -> Review:
    """Look back at the span that holds a day (today). Raises InputError for one that hasn't started."""
    today, period = ctx.today(), _period(ctx, span, day)
    following = span.step(period, 1)
    first = min(span.step(period, -BACK).first, period.last - DAY * 7 * REMEMBERED)
    with reading(ctx) as facts:
        reads = facts.reads
        assert reads is not None
        if span is Span.DAY:
            following = Period(*(next_working_day(facts, period.last),) * 2)
        known = Days(facts, Period(first, following.last))
        days = known.days_in(period)
        weights = read_weights(ctx.config["review.weights"])
        before = [each for each in known.days_in(Period(first, period.first - DAY)) if each.over]
        start = strength_after(_habit(before, weights))
        quota = known.plan(span, period)[0]
        next_share = known.plan(span, following)[1]
        spans = _spans_before(known, span, period, store.first_count(reads) or today)
        over = [each for each in days if each.over]
        promised = promises.due_within(reads, period)
        return Review(
            span=span,
            period=period,
            today=today,
            currency=facts.currency,
            days=tuple(days),
            worths=tuple(each.worth(weights) if each.over else None for each in days),
            figures=_figures(facts, known, span, period, spans),
            before=tuple(spans),
            quota=quota,
            strength=strength_after(_habit(over, weights), start),
            strength_before=start,
            parts=rules.mean_parts(over),
            mail=mail_rules.mean(each.mail for each in days),
            promises={state.value: sum(each.state is state for each in promised) for state in PromiseState},
            stops=(_sum(days, "stops_refused"), _sum(days, "stops_given_in")),
            objections=tuple(Objection(*row) for row in store.most_heard(reads, period, TOP)),
            reasons=tuple(store.reasons(reads, period)[:TOP]),
            repeated=count_repeated(complaints.query(reads, checked=True), min(period.last, today)),
            lessons=tuple(Lesson(each.day, each.said) for each in days if each.said != rules.SILENT),
            honesty=_honesty(reads, period),
            said=own_record(facts),
            next_period=following,
            next_targets=_targets(known.days_in(following)),
            next_plan=next_share,
            own=_own_blocks(days),
            records=rules.records(days, to_beat(facts.counts.bests(period.first))),
            streak=streak(
                _habit((each for each in (*before, *over) if each.day > period.last - DAY * 7 * REMEMBERED), weights)
            ),
            over_both=over_both(period, today, facts.counts, known.plans(period), facts.calendar),
            year_ago=_year_ago(known, span, span.year_before(period)),
            after_calls=store.after_calls(reads, period),
            whys=tuple(store.reasons_given(reads, period)[:TOP]),
        )


def _period(ctx: AppContext, span: Span, day: date | None) -> Period:
    """The span that holds a day, or today. Raises InputError or StateError where there is nothing to look back at."""
    today = ctx.today()
    if day is not None and not FIRST_YEAR <= day.year <= today.year + 1:
        raise InputError(f"{formats.dated_text(day)} is too far away to review.")
    period = span.period(day or today)
    if period.first > today:
        raise InputError(f"{span.title_of(period)} hasn't started yet, so there's nothing to review.")
    if not ctx.database.exists():
        raise StateError(NOTHING)
    return period


def _spans_before(known: Days, span: Span, period: Period, begun: date) -> list[Period]:
    """The spans that a review is held against, none of them before the first count."""
    return [each for each in known.earlier_spans(span, period) if each.last >= begun]


def _habit(days: Iterable[DayReview], weights: Mapping[str, int]) -> list[tuple[Fraction, float | None]]:
    """What days were worth, with how much of each was worked."""
    return [(each.weight, each.worth(weights)) for each in days]


def _figures(facts: Reading, known: Days, span: Span, period: Period, spans: list[Period]) -> dict[str, Figure]:
    """What was done in a span by metric, against its target and the spans before."""
    found = {}
    for name in FIGURES:
        done, wanted = rules.combine(known.days_in(period), name)
        wanted = _of_goals(facts, name, span, period) or wanted
        before = tuple(Decimal(rules.combine(known.days_in(each), name)[0]) for each in spans)
        found[name] = Figure(Decimal(done), Decimal(wanted) if wanted else None, before)
    revenue, share = known.revenue(span, period), known.plan(span, period)[1]
    return found | {"revenue": Figure(revenue, share, tuple(known.revenue(span, each) for each in spans))}


def _targets(days: list[DayReview]) -> dict[str, int]:
    """What days have as targets, by metric."""
    targets = {name: rules.combine(days, name)[1] for name in FIGURES}
    return {name: target for name, target in targets.items() if target}


def _of_goals(facts: Reading, metric: str, span: Span, period: Period) -> int:
    """Return the highest target that goals of exactly this week or month set for a metric, 0 without one. Summing the
    days would round up each of them.
    """
    if span is Span.DAY:
        return 0
    targets = [
        int(goal.target)
        for goal in facts.goals.values()
        if goal.state is not GoalState.DROPPED
        and goal.metric is not None
        and goal.metric.counted == metric
        and goal.target is not None
        and goal.period == period
    ]
    return max(targets, default=0)


def _own_blocks(days: list[DayReview]) -> dict[str, tuple[int, int]]:
    """Return kept and total counts of the rep's own blocks on past days, by kind."""
    found: dict[str, tuple[int, int]] = {}
    for each in days:
        for kind, (kept, there) in each.own.items() if each.over and each.weight else ():
            before = found.get(kind, (0, 0))
            found[kind] = (before[0] + kept, before[1] + there)
    return found


def _year_ago(known: Days, span: Span, period: Period) -> dict[str, Decimal] | None:
    """Return the counts of a span a year ago, or None if there were none."""
    counts = known.facts.counts
    if not any(any(counts.counts_on(day).values()) for day in period):
        return None
    found = {name: Decimal(counts.total(name, period)) for name in FIGURES}
    return {**found, "revenue": known.revenue(span, period)}


def write(
    ctx: AppContext,
    found: Review,
    path: str,
    endings: tuple[str, ...] = ENDINGS,
    *,
    flow: Flow | None = None,
    charts: Charts | None = None,
    force: bool = False,
) -> str:
    """Write a review as Markdown (``.md``) or a page with charts (``.html``), depending on the file name, and log the
    export. A folder gets the first of `endings`. `flow` is the self-review of a week. Returns the file.
    """
    target = files.target(path, f"review-{found.name}{endings[0]}", endings)
    data = page(found, flow, charts) if target.lower().endswith(".html") else markdown(found, flow).encode()
    return exports.write(ctx, exports.Ready("review", 1, target, files.writer_of(data)), force=force).path


def _sum(days: list[DayReview], name: str) -> int:
    return sum(each.counts.get(name, 0) for each in days)


def _booked(days: list[DayReview]) -> Decimal:
    return from_hundredths(_sum(days, "revenue"))


def _honesty(reads: Reads, period: Period) -> Honesty:
    rows = memory = same = 0
    for day in period:
        outcomes: list[tuple[str, int]] = []
        for row in activity_log.on_day(reads, day):
            rows += 1
            memory += row.backdated
            if row.outcome is not None and not row.imported:
                outcomes.append((row.outcome, row.logged_at))
        at = 0
        outcomes.sort(key=lambda pair: pair[1], reverse=True)  # in the order of entry, not of the logged time
        while at + SAME_IN_A_ROW <= len(outcomes):
            found = is_suspicious(outcomes[at : at + SAME_IN_A_ROW])
            same += found
            at += SAME_IN_A_ROW if found else 1
    return Honesty(rows, memory, same)


class Days:
    """The facts of a range of days, read at once. Future days have their targets as of now."""

    def __init__(self, facts: Reading, period: Period) -> None:
        assert facts.reads is not None
        self.facts, self.reads = facts, facts.reads
        self.calendar = facts.calendar
        whole = Period(month_of(period.first).first, month_of(period.last).last)
        self.weights = dict(self.calendar.weights(whole))
        weights = {day: self.weights[day] for day in period}
        self.days = self._read(period, weights)

    def days_in(self, period: Period) -> list[DayReview]:
        """Return the days of a period."""
        return [self.days[day] for day in period if day in self.days]

    def earlier_spans(self, span: Span, period: Period) -> list[Period]:
        """Return the twelve spans before one, oldest first. For a day, these are the twelve previous working days."""
        if span is not Span.DAY:
            return [span.step(period, -count) for count in range(BACK, 0, -1)]
        worked = [day for day in self.days if day < period.first and self.weights[day]]
        return [Period(day, day) for day in worked[-BACK:]]

    def plans(self, period: Period) -> dict[date, tuple[Fraction, Fraction, date]]:
        """Return the plans in force in the months of a period."""
        return plans_in_force(self.facts.plans, self.calendar, period)

    def revenue(self, span: Span, period: Period) -> Decimal:
        """Return the revenue: a month's as it counts towards its plan, a shorter span's as logged on its days."""
        if span is Span.MONTH:
            return self.facts.revenue(period)
        return from_hundredths(self.facts.counts.total("revenue", period))

    def plan(self, span: Span, period: Period) -> tuple[Decimal | None, Decimal | None]:
        """Return quota and personal plan of some days, in proportion to working time, or None without a plan."""
        found = self.plans(period)
        if not found:
            return None, None
        quota, personal = rules.plan_share(found, self.weights, period)
        if span is Span.MONTH and (plan := self.facts.plan(period)) is not None and plan.brought_in:
            return plan.quota, plan.personal_plan  # these cover the whole month
        return _money(quota), _money(personal)

    def pace(self, month: Period, last: date) -> tuple[PaceDay, ...]:
        """Return a month day by day against both paces, empty without a plan. The amount brought in counts on the day
        before the plan's first day, in the paces and in the bookings.
        """
        found = self.plans(month)
        if not found:
            return ()
        booked = {each.day: Fraction(_booked([each])) for each in self.days_in(month)}
        shares = {day: rules.plan_share(found, self.weights, [day]) for day in month}
        plan = self.facts.plan(month)
        if plan is not None and plan.brought_in:
            starts = plan.counting.first
            booked = {day: amount for day, amount in booked.items() if day >= starts}
            start = Fraction(plan.brought_in)
            booked[starts - DAY] = start
            shares[starts - DAY] = (min(start, Fraction(plan.quota)), min(start, Fraction(plan.personal_plan)))
        return pace(month, last, booked, shares.values())

    def _read(self, period: Period, weights: Mapping[date, Fraction]) -> dict[date, DayReview]:
        today = self.facts.today
        rituals = store.rituals(self.reads, period)
        counts = self.facts.counts
        asked_of = self._daily_targets(period, weights, {day for day, (opened, _, _) in rituals.items() if opened})
        mails = {each.day: each.adherence for each in windows.days_of(self.facts.ctx, self.reads, weights)}
        promised: dict[date, list[Promise]] = {}
        for promise in promises.due_within(self.reads, period):
            promised.setdefault(promise.due.day, []).append(promise)
        blocks = self._blocks(period, weights)
        found = {}
        for day, weight in weights.items():
            opened, closed, said = rituals.get(day, (False, False, rules.SILENT))
            theirs = promised.get(day, [])
            found[day] = DayReview(
                day=day,
                weight=weight,
                counts=counts.counts_on(day),
                asked=asked_of.get(day, {}),
                opened=opened,
                closed=closed,
                over=day < today or (day == today and closed),
                promises=(sum(each.state is PromiseState.KEPT for each in theirs), len(theirs)),
                mail=mails.get(day),
                own=blocks.get(day, {}),
                said=said,
            )
        return self._since_began(found, today)

    def _since_began(self, days: dict[date, DayReview], today: date) -> dict[date, DayReview]:
        """Return the days with those before the first opened or closed one weighing 0, as a log may start earlier."""
        began = self.facts.began or today
        return {day: replace(each, weight=Fraction(0)) if day < began else each for day, each in days.items()}

    def _daily_targets(
        self, period: Period, weights: Mapping[date, Fraction], opened: set[date]
    ) -> dict[date, dict[str, int]]:
        """Return each day's targets. Future days, and today unless it is opened, have their targets as of now."""
        today = self.facts.today
        frozen = store.targets(self.reads, period)
        past = [(day, weights[day], frozen.get(day, {}) if day in opened else None) for day in period if day <= today]
        found = rules.carry_targets(past)
        ahead = [day for day in period if weights[day] and (day > today or (day == today and day not in opened))]
        for day, wanted in asked_of(self.facts, ahead).items():
            found[day] = {name: counter.target for name, counter in wanted.items()}
        return found

    def _blocks(self, period: Period, weights: Mapping[date, Fraction]) -> dict[date, dict[str, tuple[int, int]]]:
        """Return kept and total counts of the rep's own blocks of each day by kind, which the log doesn't contain."""
        given = store.own_blocks(self.reads, period)
        template = self.facts.week
        found = {}
        for day in period:
            kinds = given.get(day)
            if kinds is None:
                kinds = [(block.first, block.kind, None) for block in template.blocks_on(day, weights[day] > 0)]
            own: dict[str, tuple[int, int]] = {}
            began = minute_on(day, self.facts.first_use)
            for first, kind, mark in kinds:
                if kind in OWN_BLOCKS and (first >= began or mark is not None):
                    kept, there = own.get(kind, (0, 0))
                    own[kind] = (kept + (mark == "kept"), there + 1)
            found[day] = own
        return found


def _money(amount: Fraction) -> Decimal:
    return round(Decimal(amount.numerator) / Decimal(amount.denominator), 2)
