"""Are the odds calibrated? Checks simulated reps in several kinds of world, and a real pipeline month by month.

    python -m bench.odds                  every world and the backtest, as the table of docs/odds.md
    python -m bench.odds default drift    only these worlds
    python -m bench.odds --backtest FILE  also a CSV of deals, by agent and month, by the program's own import

A world sets how long stages take, how rates drift, what deals are worth and what gets logged. In each world a number of
reps, each with their own rates, work for a while. On two mornings of a month the program, which sees only the log,
predicts P(plan) by the end of the month. The month is then played out many times from the rep's true state, and the
prediction is compared with the outcomes. The seeds are fixed, so the table is the same every time.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from planner.domain.forecast.funnel import OTHERS, Ages, DealFact, Event
from planner.domain.forecast.inputs import Facts
from planner.domain.forecast.outlook import Outlook
from planner.domain.forecast.stages import PRIORS
from planner.domain.workdays import WorkCalendar
from tests.commands import answer

REPS, FUTURES = 150, 64
MORNINGS = (3, 11)  # working days of the month already over
MONTH = 21  # working days
STAGES = ("held", "proposal", "deal")
CALENDAR = WorkCalendar()
MONTH_BEGINS = date(2026, 11, 2)  # a Monday
BINS = ((0, 0.1), (0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.0001))


@dataclass(frozen=True)
class World:
    """A kind of market. `lags` are the three stages' median working days, `sigma` the spread of their logarithm."""

    name: str
    lags: tuple[float, float, float]
    sigma: float = 0.6
    history: tuple[int, int] = (60, 240)  # working days before the month
    drift: float = 0.0  # how far the rates change over the history, up or down
    spread: float = 0.5  # of the logarithm of a deal's value
    slips: float = 0.0  # P(a deal that would be won closes twenty days late)
    logs_losses: bool = True
    logs_calls: bool = True
    dials: tuple[int, int] = (60, 120)


WORLDS = {
    world.name: world
    for world in (
        World("instant", (0, 0, 0)),
        World("one week", (1, 1, 3)),
        World("four weeks", (3, 5, 12)),
        World("default", (5, 10, 30)),
        World("drift", (3, 5, 12), drift=0.1),
        World("heavy", (2, 4, 8), spread=1.2),
        World("slipping", (2, 4, 8), spread=0.9, slips=0.35),
        World("unlogged", (3, 6, 15), logs_losses=False),
        World("no history", (2, 4, 10), history=(0, 8)),
        World("busy", (2, 4, 10), dials=(300, 600)),
        World("no calls", (3, 6, 15), logs_calls=False),
        World("silent leads", (3, 6, 15), logs_calls=False, logs_losses=False),
    )
}


@dataclass
class Item:
    """Work in progress: the day it started waiting, and its value if won."""

    stage: int
    since: int
    contact: int
    value: float


@dataclass
class Rep:
    """A simulated rep: true rates, and what was logged. Day 0 is the first of the month."""

    world: World
    draw: random.Random
    dials: int
    rates: list[float]
    trend: float
    level: float
    items: list[Item] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    deals: list[DealFact] = field(default_factory=list)
    won: list[tuple[int, float]] = field(default_factory=list)
    contacts: int = 0

    def rate(self, stage: int, day: int) -> float:
        """The true rate on a day, drifting towards today's."""
        if not self.trend:
            return self.rates[stage]
        return min(0.95, self.rates[stage] * math.exp(self.trend * day / 120))

    def lag(self, stage: int, draw: random.Random) -> int:
        """Draw the working days that a stage takes to finish."""
        median = self.world.lags[stage]
        days = round(median * math.exp(self.world.sigma * draw.gauss(0, 1))) if median else 0
        return days + (20 if stage == 2 and self.world.slips and draw.random() < self.world.slips else 0)

    def value(self, draw: random.Random) -> float:
        """Draw the value of a deal."""
        spread = self.world.spread
        return round(self.level * math.exp(spread * draw.gauss(0, 1) - spread * spread / 2), 2)

    def ends(self, item: Item, day: int, draw: random.Random) -> tuple[bool, int]:
        """Draw whether an item moves on and when that is known, given that it still waits before `day`."""
        logged = self.world.logs_losses or item.stage == 0
        for _ in range(200):
            well = draw.random() < self.rate(item.stage + 2, item.since)
            at = item.since + self.lag(item.stage, draw)
            if not well and not logged:
                return False, 10**6
            if at >= day:
                return well, at
        return False, day


def of_world(world: World, seed: int) -> Rep:
    """A rep with rates drawn for this world."""
    draw = random.Random(f"{world.name} {seed}")
    rates = [
        min(0.95, max(0.02, draw.betavariate(p.mean * p.strength, (1 - p.mean) * p.strength))) for p in PRIORS.values()
    ]
    trend = draw.choice((-1, 1)) * world.drift
    return Rep(world, draw, draw.randint(*world.dials), rates, trend, draw.choice((2_000.0, 10_000.0, 40_000.0)))


def worked(
    rep: Rep, first: int, last: int, items: list[Item], draw: random.Random, dials: float,
    tell: Callable[[str, int, Item | None, int], None] | None,
) -> float:  # fmt: skip
    """Simulate the rep's work from `first` to `last` inclusive. Returns the value won and passes events to `tell`."""
    due: dict[int, list[tuple[Item, bool]]] = {}
    for item in items:
        well, at = rep.ends(item, first, draw)
        due.setdefault(at, []).append((item, well))
    brought = owed = 0.0
    for day in range(first, last + 1):
        owed += dials
        count = int(owed + 1e-9)
        owed -= count
        talk = rep.rate(0, day)
        talks = binomial(count, talk, draw) if tell else 0
        booked = binomial(talks, rep.rate(1, day), draw) if tell else binomial(count, talk * rep.rate(1, day), draw)
        if tell is not None:
            tell("dials", day, None, count - talks)
            tell("talks", day, None, talks - booked)
        for _ in range(booked):
            rep.contacts += 1
            item = Item(0, day, rep.contacts, rep.value(draw))
            if tell is not None:
                tell("booked", day, item, 1)
            well, at = rep.ends(item, day, draw)
            due.setdefault(at, []).append((item, well))
        while due.get(day):
            item, well = due[day].pop()
            if tell is not None:
                tell("on" if well else "off", day, item, 1)
            if not well:
                continue
            if item.stage == 2:
                brought += item.value
                continue
            item = Item(item.stage + 1, day, item.contact, item.value)
            well, at = rep.ends(item, day, draw)
            due.setdefault(at, []).append((item, well))
    items[:] = [item for at, rows in due.items() if at > last for item, _ in rows]
    return brought


def binomial(count: int, rate: float, draw: random.Random) -> int:
    """Draw the number of successes in `count` trials, by drawing the gaps between them."""
    if rate <= 0 or count <= 0:
        return 0
    step, found, at = math.log1p(-min(rate, 1 - 1e-12)), 0, 0.0
    while True:
        at += math.floor(math.log(1 - draw.random()) / step) + 1
        if at > count:
            return found
        found += 1


def dated(day: int) -> date:
    """The date of a working day, where 0 is the first of the month."""
    return MONTH_BEGINS + timedelta(days=day // 5 * 7 + day % 5)


def logged(rep: Rep) -> Callable[[str, int, Item | None, int], None]:
    """A recorder that logs what this rep would write down."""
    open_deals: dict[int, int] = {}

    def tell(what: str, day: int, item: Item | None, count: int) -> None:
        text, calls = dated(day).isoformat(), rep.world.logs_calls
        if item is None:
            if calls and count:
                rep.events.append(Event(text, "dial" if what == "dials" else "dial-spoken", count, OTHERS))
            return
        if what == "booked" and calls:
            rep.events.append(Event(text, "dial-meeting", 1, item.contact))
        elif item.stage == 0 and calls:
            rep.events.append(Event(text, "meeting-held" if what == "on" else "no-show", 1, item.contact))
        elif item.stage == 1 and what == "on":
            if calls:
                rep.events.append(Event(text, "proposal", 1, item.contact))
            open_deals[item.contact] = len(rep.deals)
            rep.deals.append(
                DealFact(
                    len(rep.deals), f"deal {len(rep.deals)}", "proposal", None, text, None, item.contact, item.value
                )
            )
        elif item.stage == 2:
            deal = rep.deals[open_deals[item.contact]]
            stage = "won" if what == "on" else "lost"
            rep.deals[deal.id] = deal._replace(stage=stage, won=what == "on", closed=text, before="proposal")
            if what == "on":
                rep.won.append((day, item.value))

    return tell


@dataclass(frozen=True)
class Said:
    """A morning's prediction and outcome. `came` is the share of simulated futures that met the plan."""

    plan: float
    quota: float
    some_day: float
    needed: int | None
    low: float
    high: float
    came: float
    came_quota: float
    inside: float
    came_by_needed: float | None
    seconds: float = 0.0


def seen(rep: Rep, day: int, plan: float) -> Facts:
    """What the program knows on a morning: everything logged before it."""
    today = dated(day)
    month = [value for at, value in rep.won if at >= 0]
    first = min((event.day for event in rep.events), default=today.isoformat())
    first = min([first, *(deal.opened for deal in rep.deals if deal.opened)])
    recent = sum(-63 <= at < 0 for at, _ in rep.won)
    known = min(63, max(0, -(_index(date.fromisoformat(first)))))
    return Facts(
        today=today,
        ages=Ages(CALENDAR, min(date.fromisoformat(first), today), today),
        events=tuple(sorted(rep.events, key=lambda event: event.day)),
        deals=tuple(rep.deals),
        total=MONTH,
        elapsed=day,
        left=MONTH - day,
        weight_today=1,
        days_to_end=(dated(MONTH - 1) - today).days + 1,
        plan=plan,
        quota=plan / 2,
        estimate=rep.level,
        booked=sum(month),
        deals_done=len(month),
        calls_per_day=float(rep.dials),
        calls_from="set",
        recent=(recent, float(known)) if known >= 10 else (0, 0.0),
    )


def _index(day: date) -> int:
    days = (day - MONTH_BEGINS).days
    return days // 7 * 5 + min(days % 7, 5)


def one(world: World, seed: int, futures: int) -> list[Said]:
    """Simulate one rep of a world: the predictions on two mornings, and the outcomes."""
    rep = of_world(world, seed)
    length = rep.draw.randint(*world.history)
    tell = logged(rep)
    worked(rep, -length, -1, rep.items, rep.draw, rep.dials, tell)
    usual = rep.dials * MONTH * math.prod(rep.rates) * rep.level
    plan = max(rep.level / 2, usual * rep.draw.uniform(0.3, 1.7))
    found, begun = [], 0
    for morning in MORNINGS:
        worked(rep, begun, morning - 1, rep.items, rep.draw, rep.dials, tell)
        begun = morning
        facts = seen(rep, morning, plan)
        at = time.process_time()
        known = Outlook(facts)
        aim, quota, forecast = known.plan, known.quota, known.forecast
        took = time.process_time() - at
        assert aim is not None and quota is not None and forecast is not None
        assert aim.probability is not None and quota.probability is not None and aim.in_the_end is not None
        future = random.Random(f"{world.name} {seed} {morning}")
        ends = [
            facts.booked + worked(rep, morning, MONTH - 1, list(rep.items), future, rep.dials, None)
            for _ in range(futures)
        ]
        by_needed = None
        if aim.dials is not None and not aim.met:
            each = aim.dials / (MONTH - morning)
            done = [worked(rep, morning, MONTH - 1, list(rep.items), future, each, None) for _ in range(futures)]
            by_needed = sum(facts.booked + more >= plan for more in done) / futures
        if aim.met:
            continue
        found.append(
            Said(
                aim.probability, quota.probability, aim.in_the_end, aim.dials, forecast.low, forecast.high,
                sum(end >= plan for end in ends) / futures, sum(end >= plan / 2 for end in ends) / futures,
                sum(forecast.low - 0.005 <= end <= forecast.high + 0.005 for end in ends) / futures, by_needed, took,
            )
        )  # fmt: skip
    return found


def brier(pairs: Iterable[tuple[float, float]]) -> float:
    """The mean squared error of predictions (first of each pair) against observed frequencies."""
    rows = [came * (1 - said) ** 2 + (1 - came) * said**2 for said, came in pairs]
    return sum(rows) / len(rows) if rows else math.nan


@dataclass(frozen=True)
class Row:
    """One world's row of the table."""

    name: str
    cases: int
    brier: float
    climatology: float
    naive: float
    coverage: float
    needed: float | None
    needed_cases: int
    worst_bin: float
    bins: tuple[tuple[int, float, float], ...]
    seconds: float


def summed(name: str, said: Sequence[Said]) -> Row:
    """Summarise a world's predictions."""
    base = sum(each.came for each in said) / len(said)
    bins = []
    for low, high in BINS:
        rows = [each for each in said if low <= each.plan < high]
        if rows:
            bins.append(
                (len(rows), sum(each.plan for each in rows) / len(rows), sum(each.came for each in rows) / len(rows))
            )
        else:
            bins.append((0, math.nan, math.nan))
    by_needed = [each.came_by_needed for each in said if each.came_by_needed is not None]
    return Row(
        name, len(said), brier((each.plan, each.came) for each in said), brier((base, each.came) for each in said),
        brier((each.some_day, each.came) for each in said), sum(each.inside for each in said) / len(said),
        sum(by_needed) / len(by_needed) if by_needed else None, len(by_needed),
        max((abs(came - told) for count, told, came in bins if count >= 50), default=0.0), tuple(bins),
        sum(each.seconds for each in said) / len(said),
    )  # fmt: skip


def agents_of(file: Path) -> list[str]:
    """The sales agents in a CSV, sorted."""
    with file.open(encoding="utf-8-sig", newline="") as handle:
        return sorted({row["sales_agent"] for row in csv.DictReader(handle)})


def as_of(file: Path, agent: str, morning: date, target: Path) -> list[tuple[date, float]]:
    """Write an agent's pipeline as it stood on a morning. Returns the date and value of every deal ever won."""
    won = []
    with file.open(encoding="utf-8-sig", newline="") as handle, target.open("w", encoding="utf-8", newline="") as out:
        rows = csv.DictReader(handle)
        assert rows.fieldnames is not None
        writer = csv.DictWriter(out, rows.fieldnames)
        writer.writeheader()
        for row in rows:
            if row["sales_agent"] != agent or not row["engage_date"]:
                continue
            closed = _american(row["close_date"])
            if row["deal_stage"] == "Won" and closed is not None:
                won.append((closed, float(row["close_value"])))
            if (_american(row["engage_date"]) or morning) >= morning:
                continue
            if closed is not None and closed >= morning:
                row |= {"deal_stage": "Engaging", "close_date": "", "close_value": ""}
            writer.writerow(row)
    return won


def _american(text: str) -> date | None:
    return datetime.strptime(text, "%m/%d/%Y").date() if text else None


def backtest_of(args: tuple[Path, str]) -> list[Said]:
    """Backtest one agent of a CSV, month by month, with the program's own commands. The pipeline is imported as it
    stood in mid-month with three months of history. The plan is roughly what the last three months brought.
    """
    file, agent = args
    found = []
    for month in range(6, 13):
        morning = date(2017, month, 15)
        with tempfile.TemporaryDirectory() as folder:
            part = Path(folder) / "deals.csv"
            booked: dict[tuple[int, int], float] = {}
            for day, value in as_of(file, agent, morning, part):
                booked[day.year, day.month] = booked.get((day.year, day.month), 0.0) + value
            last = [booked.get((2017, month - back), 0.0) for back in (1, 2, 3)]
            plan = round(max(500.0, sum(last) / 3 * (0.7, 0.9, 1.1, 1.4)[(month + len(agent)) % 4]))
            env = {
                **os.environ, "PLANNER_DB": f"{folder}/p.db", "PLANNER_CONFIG": f"{folder}/c.toml",
                "PLANNER_NOW": f"{morning}T08:00",
            }  # fmt: skip
            run("import", "deals", str(part), env=env)
            run("plan", "set", "--quota", str(plan // 2), "--personal", str(plan), "--below-double", env=env)
            shown = json.loads(run("plan", "show", "--json", env=env))
        odds, came = shown["forecast"], booked.get((2017, month), 0.0)
        if shown["booked"] < plan:
            found.append(
                Said(
                    odds["p_plan"], odds["p_quota"], odds["p_plan_in_the_end"], None, odds["low"], odds["high"],
                    float(came >= plan), float(came >= plan / 2),
                    float(odds["low"] - 0.01 <= came <= odds["high"] + 0.01), None,
                )
            )  # fmt: skip
    return found


def run(*words: str, env: Mapping[str, str]) -> str:
    """Run a command and return its output."""
    code, out, err = answer(list(words), env)
    if code:
        raise SystemExit(f"planner {' '.join(words)}: {err}")
    return out


def backtest(file: Path) -> Row:
    """The table row of a real pipeline."""
    with ProcessPoolExecutor(2) as pool:
        said = pool.map(backtest_of, [(file, agent) for agent in agents_of(file)])
        return summed(file.parent.name, [each for rows in said for each in rows])


def _one(args: tuple[str, int, int]) -> list[Said]:
    name, seed, futures = args
    return one(WORLDS[name], seed, futures)


def worlds(names: Sequence[str], reps: int, futures: int) -> list[Row]:
    """The table rows of some worlds."""
    with ProcessPoolExecutor(2) as pool:
        found = []
        for name in names:
            said = pool.map(_one, [(name, seed, futures) for seed in range(reps)], chunksize=5)
            found.append(summed(name, [each for rows in said for each in rows]))
            print(line(found[-1]), flush=True)
    return found


HEAD = (
    "| world | mornings | Brier | climatology | some day | 80 % holds | N80 done meets the plan | worst bin (≥ 50) |"
    "\n| --- | --- | --- | --- | --- | --- | --- | --- |"
)


def line(row: Row) -> str:
    """Format a row as Markdown."""
    needed = "–" if row.needed is None else f"{row.needed:.2f} ({row.needed_cases})"
    return (
        f"| {row.name} | {row.cases} | {row.brier:.3f} | {row.climatology:.3f} | {row.naive:.3f} | "
        f"{row.coverage:.2f} | {needed} | {row.worst_bin:.2f} |"
    )


def bins_text(row: Row) -> str:
    """Format predictions against outcomes, by bin."""
    cells = [f"{told:.2f} → {came:.2f} ({count})" if count else "–" for count, told, came in row.bins]
    return f"| {row.name} | {' | '.join(cells)} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("worlds", nargs="*", help=", ".join(WORLDS))
    parser.add_argument("--reps", type=int, default=REPS)
    parser.add_argument("--futures", type=int, default=FUTURES)
    parser.add_argument("--backtest", metavar="FILE", type=Path, help="also a CSV of deals by sales_agent")
    parser.add_argument("--only", action="store_true", help="with --backtest: nothing simulated")
    given = parser.parse_args(arguments)
    print(HEAD)
    rows = [] if given.only else worlds(given.worlds or list(WORLDS), given.reps, given.futures)
    if given.backtest is not None:
        rows.append(backtest(given.backtest))
        print(line(rows[-1]))
    heads = " | ".join(f"{low:.1f}–{min(high, 1):.1f}" for low, high in BINS)
    print(f"\n| said → happened (mornings) | {heads} |\n| --- |{' --- |' * len(BINS)}")
    for row in rows:
        print(bins_text(row))
    timed = [row.seconds for row in rows if row.seconds]
    if timed:
        print(f"\nCPU of a forecast: {1000 * sum(timed) / len(timed):.0f} ms on average.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
