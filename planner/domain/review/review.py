"""Computes the review: past days, weeks and months against their targets (S4)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from planner.domain import formats
from planner.domain.day.day import CloseWords
from planner.domain.day.records import Streak, broken_records
from planner.domain.forecast import ledger
from planner.domain.review.discipline import WEIGHTS, Share, Strength, quality
from planner.domain.review.spans import Span
from planner.domain.workdays import Period, month_of

# What is counted, in the order of a sale. `revenue` is in units of the currency.
FIGURES = ("dials", "conversations", "meetings_booked", "meetings_held", "proposals", "deals")
# Names of figures and parts of discipline, in every report and on the screen.
NAMES = {
    "dials": "calls",
    "conversations": "conversations",
    "meetings_booked": "meetings booked",
    "meetings_held": "meetings held",
    "proposals": "proposals",
    "deals": "deals",
    "revenue": "revenue",
}
# The same for a single one. Revenue is an amount.
ONE = {
    "dials": "call",
    "conversations": "conversation",
    "meetings_booked": "meeting booked",
    "meetings_held": "meeting held",
    "proposals": "proposal",
    "deals": "deal",
}
PARTS = {
    "calls": "calls",
    "proposals": "proposals",
    "meetings": "meetings",
    "promises": "promises kept on time",
    "mail": "email discipline",
    "close": "days closed out",
    "blocks": "breaks, exercise, family, learning",
}
# The questions after a call, as stored and in words.
AFTER_CALL = {"met": "need met", "effective": "productive", "content": "satisfied", "listened": "listened"}
# The rep's own blocks that discipline covers.
OWN_BLOCKS = frozenset({"rest", "sport", "family", "learning"})
# A day that wasn't opened still counts, with the targets of the last opened day before it.
CARRIED_FOR = 60  # days
SILENT = CloseWords()
# by first of the month: quota, plan, and the day they count from
Plans = Mapping[date, tuple[Fraction, Fraction, date]]


@dataclass(frozen=True, slots=True)
class DayReview:
    """A day as seen by the review.

    `weight` is its working time, 1 if full. `asked` are its targets by metric, whether it was opened or not. `promises`
    is how many were kept in time and how many were due, `mail` the adherence to its windows, `own` how many of the
    rep's own blocks of each kind were kept and how many there were. `over` means nothing more can happen.
    """

    day: date
    weight: Fraction
    counts: Mapping[str, int] = field(default_factory=dict)
    asked: Mapping[str, int] = field(default_factory=dict)
    opened: bool = False
    closed: bool = False
    over: bool = True
    promises: tuple[int, int] = (0, 0)
    mail: float | None = None
    own: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    said: CloseWords = SILENT

    @property
    def blocks(self) -> tuple[int, int]:
        """How many of the rep's own blocks were kept, and how many there were."""
        return sum(kept for kept, _ in self.own.values()), sum(there for _, there in self.own.values())

    def parts(self) -> dict[str, Share]:
        """Return what was done of what was due, by part of discipline. A day off owes nothing."""
        if not self.weight:
            return {}
        meetings = next(
            (name for name in ("meetings_held", "meetings_booked") if self.asked.get(name)), "meetings_held"
        )
        found = {
            part: Share(Fraction(self.counts.get(metric, 0)), Fraction(self.asked.get(metric, 0)))
            for part, metric in (("calls", "dials"), ("proposals", "proposals"), ("meetings", meetings))
        }
        found["promises"] = Share(Fraction(self.promises[0]), Fraction(self.promises[1]))
        if self.mail is not None:
            found["mail"] = Share(Fraction(self.mail), Fraction(1))
        found["close"] = Share(Fraction(self.closed), Fraction(1))
        found["blocks"] = Share(Fraction(self.blocks[0]), Fraction(self.blocks[1]))
        return found

    def worth(self, weights: Mapping[str, int] = WEIGHTS) -> float | None:
        """Return what it was worth, 0 to 1, or None if nothing was due."""
        return quality(self.parts(), weights)


def carry_targets(days: Sequence[tuple[date, Fraction, Mapping[str, int] | None]]) -> dict[date, dict[str, int]]:
    """Return the frozen targets of each day. An unopened day takes those of the last opened one before it, in
    proportion to its working time. `days` come in order as (day, weight, frozen targets).
    """
    found: dict[date, dict[str, int]] = {}
    last: dict[bool, tuple[date, Fraction, Mapping[str, int]]] = {}  # last full day and last part day
    for day, weight, frozen in days:
        found[day] = {} if frozen is None else dict(frozen)
        if frozen is not None and weight:
            last[weight == 1] = (day, weight, frozen)
        elif frozen is None and weight:
            near = [known for known in last.values() if (day - known[0]).days <= CARRIED_FOR]
            if near:  # prefer a full day, because the targets of half a day are rounded
                _, worked, asked = max(near, key=lambda known: known[1])
                found[day] = in_proportion(asked, weight / worked)
    return found


def middle_day(weights: Mapping[date, Fraction]) -> date | None:
    """Return the working day on which the middle of a span is passed, or None if it has two working days or fewer.
    `weights` is the working time of its days, in order.
    """
    whole, reached = sum(weights.values(), Fraction(0)), Fraction(0)
    if whole <= 2:
        return None
    for day, weight in weights.items():
        reached += weight
        if weight and reached * 2 > whole:
            return day
    return None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A mid-week or mid-month check: for each metric what was done and what was due before today, and the total
    required of the remaining days, including today. `left` is their working time.
    """

    span: Span
    stands: Mapping[str, tuple[int, int, int]]
    left: Fraction

    def sentence(self) -> str:
        """Describe it in words, empty if nothing is required."""
        parts = []
        for name, (done, due, ahead) in self.stands.items():
            if due or ahead:
                sign = "▲" if done > due else "▬" if done == due else "▼"
                held = f"{done:,} of {due:,} {sign}" if due else f"{done:,}"
                parts.append(f"{NAMES[name]} {held}" + (f" ({ahead:,} more planned)" if ahead else ""))
        if not parts:
            return ""
        left = f"{formats.number(float(self.left))} {'day' if self.left == 1 else 'days'} left"
        return f"Mid-{self.span} check as of this morning, {left}: {' · '.join(parts)}"


def in_proportion(asked: Mapping[str, int], share: Fraction) -> dict[str, int]:
    """Scale targets by a share, rounding half up."""
    return {name: int(target * share + Fraction(1, 2)) for name, target in asked.items()}


def plan_share(plans: Plans, weights: Mapping[date, Fraction], days: Iterable[date]) -> tuple[Fraction, Fraction]:
    """Return quota and personal plan for some days, by working time. `weights` must cover their whole months."""
    quota = plan = Fraction(0)
    whole: dict[date, Fraction] = {}
    for day in days:
        first = month_of(day).first
        if first not in plans:
            continue
        month_quota, month_plan, starts = plans[first]
        if first not in whole:
            whole[first] = sum(
                (weights.get(each, Fraction(0)) for each in month_of(day) if each >= starts), Fraction(0)
            )
        if day >= starts and whole[first]:
            share = weights.get(day, Fraction(0)) / whole[first]
            quota, plan = quota + month_quota * share, plan + month_plan * share
    return quota, plan


def combine(days: Iterable[DayReview], metric: str) -> tuple[int, int]:
    """Return the total of a metric over some days, and their combined target."""
    there = list(days)
    done = sum(each.counts.get(metric, 0) for each in there)
    return done, asked_once((each.asked.get(metric), each.counts.get(metric, 0), each.weight) for each in there)


def asked_once(days: Iterable[tuple[int | None, int, Fraction]]) -> int:
    """Return the combined target of a run of days, each given as target (None or 0 without one), done, working time.

    A day's shortfall raises the targets after it and work done ahead lowers them, so summing targets would count the
    same work twice. It is counted once, at the first day's rate. A target that rises without a shortfall, or falls
    without work done ahead, comes from another plan and sets a new rate. A target that isn't daily stays the same one
    until it is done.
    """
    total = ahead = 0  # `ahead`: done before it was due, or missed and still due if below 0
    rate: Fraction | None = None  # per full day
    rare = False
    for target, done, weight in days:
        own = target or 0
        rare = rare or (target == 0 and weight > 0)
        if rare and own == 1 and ahead < 0:
            ahead += done
            continue
        if target and weight:
            even = own if rate is None else math.ceil(rate * weight)
            if own > even and ahead < 0:
                own -= min(own - even, -ahead)
            elif own < even and ahead > 0:
                own += min(even - own, ahead)
            rate = own / weight if rate is None or abs(own - even) > 1 else rate
        total += own
        ahead += done - own
    return total


def mean_parts(days: Iterable[DayReview]) -> dict[str, float]:
    """Return the mean of each part of discipline over the days it was due, weighted by working time."""
    sums: dict[str, tuple[Fraction, Fraction]] = {}
    for each in days:
        for name, share in each.parts().items():
            kept = share.kept
            if kept is not None:
                total, weight = sums.get(name, (Fraction(0), Fraction(0)))
                sums[name] = (total + kept * each.weight, weight + each.weight)
    return {name: float(sums[name][0] / sums[name][1]) for name in WEIGHTS if name in sums}


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric's total in a span against its target. `before` is what was done in the twelve spans before, oldest
    first, without those before anything was counted.
    """

    done: Decimal
    target: Decimal | None
    before: tuple[Decimal, ...] = ()

    @property
    def share(self) -> Decimal | None:
        """What was done of the target, or None without one."""
        return self.done / self.target if self.target else None

    @property
    def mean(self) -> Decimal | None:
        """The mean of the spans before, or None without any."""
        return sum(self.before, Decimal(0)) / len(self.before) if self.before else None


@dataclass(frozen=True, slots=True)
class Record:
    """A record: a day with more of a metric than any before it, and the previous best."""

    metric: str
    day: date
    count: int
    before: int


def records(days: Iterable[DayReview], beat: Mapping[str, int]) -> tuple[Record, ...]:
    """Return the best day of each metric among some days, if it beats the ones before."""
    best: dict[str, DayReview] = {}
    for each in days:
        for name in broken_records(each.counts, beat):
            if name not in best or each.counts[name] > best[name].counts[name]:
                best[name] = each
    return tuple(Record(name, each.day, each.counts[name], beat[name]) for name, each in best.items())


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection's record: how often it was heard, how many answers have a known outcome, and how many of those led
    on.
    """

    text: str
    heard: int
    told: int
    worked: int


@dataclass(frozen=True, slots=True)
class Lesson:
    """The evening notes of a past day."""

    day: date
    said: CloseWords


@dataclass(frozen=True, slots=True)
class Honesty:
    """The reliability of the log: its rows, how many were entered from memory, and how often five outcomes in a row
    were the same within ten seconds. Reported, not judged.
    """

    rows: int
    from_memory: int
    same: int


@dataclass(frozen=True, slots=True)
class Review:
    """The review of a span. `quota` is its part of the month's, by working time. `strength` is that of the habit at its
    end, `strength_before` at its start, `parts` the mean of each part of discipline.

    `own` is how many of the rep's own blocks were kept and how many there were. `records` are its days that beat all
    before them, `over_both` the first day of a month when revenue passed both quota and plan pace, if in the span.
    `year_ago` is the same span a year earlier, None if nothing was counted then. `said` is how the odds came true over
    past months. `after_calls` are the answers to the questions after a call (yes, asked), `whys` the reasons given.
    `before` are the spans it is compared with, `next_targets` the targets of the span that follows, `next_plan` the
    personal plan for it.
    """

    span: Span
    period: Period
    today: date
    currency: str | None
    days: tuple[DayReview, ...]
    worths: tuple[float | None, ...]
    figures: Mapping[str, Figure]
    before: tuple[Period, ...]
    quota: Decimal | None
    strength: Strength
    strength_before: Strength
    parts: Mapping[str, float]
    mail: float | None
    promises: Mapping[str, int]
    stops: tuple[int, int]
    objections: tuple[Objection, ...]
    reasons: tuple[tuple[str, int], ...]
    repeated: Mapping[str, int]
    lessons: tuple[Lesson, ...]
    honesty: Honesty
    next_period: Period
    next_targets: Mapping[str, int]
    next_plan: Decimal | None
    own: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    records: tuple[Record, ...] = ()
    streak: Streak = field(default_factory=Streak)
    over_both: date | None = None
    year_ago: Mapping[str, Decimal] | None = None
    after_calls: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    whys: tuple[str, ...] = ()
    said: ledger.Record | None = None

    @property
    def called(self) -> str:
        """What the period is called on the day of the review: ``this week`` or ``today``, later ``that week``."""
        if self.today not in self.period:
            return f"that {self.span}"
        return "today" if self.span is Span.DAY else f"this {self.span}"

    @property
    def name(self) -> str:
        """The name of the span."""
        return self.span.name_of(self.period)

    @property
    def to_come(self) -> bool:
        """Whether some of it is still to come. A closed day is over."""
        return any(not each.over for each in self.days)
