"""Gathers what the evening shows before a day is closed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from planner.domain.day.activity import WORDS
from planner.domain.day.blocks import Piece
from planner.domain.day.day import CloseWords
from planner.domain.day.snapshot import next_working_day, targets_of
from planner.domain.plan.proration import plans_in_force
from planner.domain.review.celebration import Celebrated, find_celebrated
from planner.domain.review.spans import week_of
from planner.domain.workdays import month_of
from planner.services.calls import custom_lists
from planner.services.calls.calling_list import target
from planner.services.context import AppContext
from planner.services.day import meetings
from planner.services.day.day import before_noon, day_facts
from planner.services.day.reading import reading
from planner.services.plan import new_month
from planner.store.calls import calling_list
from planner.store.day import tasks

if TYPE_CHECKING:
    from planner.domain.day.events import Meeting
    from planner.services.plan.new_month import Offer

UNASKED = ("free", "before")  # block states with nothing to do


@dataclass(frozen=True, slots=True)
class Evening:
    """What the evening looks back on and ahead to before a day is closed.

    `counters` are (metric, done, target). `unsaid` are the (position, name) of unmarked blocks. `week_over` means that
    no working day of the week is left. `meetings` are over and without an outcome. `new_month` is the offer for the
    month of the next working day, if it has no plan yet.
    """

    day: date
    counters: tuple[tuple[str, int, int | None], ...]
    done: tuple[str, ...]
    left: tuple[str, ...]
    top: tuple[int, int]
    kept: int
    counted: int
    unsaid: tuple[tuple[int, str], ...]
    stops: tuple[int, int]
    list_day: date
    listed: int
    wanted: int | None
    said: CloseWords
    questions: tuple[str, ...]
    celebrated: Celebrated = field(default_factory=Celebrated)
    week_over: bool = False
    meetings: tuple[Meeting, ...] = ()
    new_month: Offer | None = None


def read(ctx: AppContext, day: date | None = None) -> Evening:
    """Return what the evening shows, for today by default."""
    today = day or ctx.today()
    questions = (*custom_lists.get(ctx, "evening").lines, "", "", "", "")[:4]
    with reading(ctx) as facts:
        reads = facts.reads
        assert reads is not None
        record, counts = facts.record(today), facts.counts.counts_on(today)
        wanted = record.targets if record.targets is not None else targets_of(facts, today)
        done = tasks.query(reads, done_on=today)
        left = [task for task in tasks.query(reads) if task.on_list(today)]
        following = next_working_day(facts, today)
        plans = plans_in_force(facts.plans, facts.calendar, month_of(today))
        told = _join_pieces(day_facts(facts, today, record))
        return Evening(
            day=today,
            counters=tuple((name, counts.get(name, 0), wanted[name].target) for name in WORDS if name in wanted),
            done=tuple(task.title for task in done),
            left=tuple(task.title for task in left),
            top=(sum(before_noon(ctx, task) for task in done if task.id in record.top_three), len(record.top_three)),
            kept=sum(state == "kept" for _, _, state in told),
            counted=sum(state in ("kept", "short", "missed") for _, _, state in told),
            unsaid=tuple((position, name) for position, name, state in told if state is None),
            stops=(counts.get("stops_refused", 0), counts.get("stops_given_in", 0)),
            list_day=following,
            listed=calling_list.count(reads, following),
            wanted=target(facts, following),
            said=record.words,
            questions=questions,
            celebrated=find_celebrated(today, facts.today, facts.counts, plans, facts.calendar),
            week_over=following > week_of(today).last,
            meetings=tuple(meetings.unmarked_in(ctx, reads)),
            new_month=new_month.of_reading(facts, month_of(following)) if following > month_of(today).last else None,
        )


def _join_pieces(facts: list[tuple[Piece, str | None]]) -> list[tuple[int, str, str | None]]:
    """Return each block once, although meetings may cut it: kept if all of it was, short if only some was."""
    found: dict[int, tuple[str, list[str | None]]] = {}
    for piece, state in facts:
        if piece.position is not None:
            found.setdefault(piece.position, (piece.title or piece.kind, []))[1].append(state)
    whole = []
    for position, (name, states_) in found.items():
        asked = [state for state in states_ if state not in UNASKED] or states_
        same = asked[0] if len(set(asked)) == 1 else "now" if "now" in asked else "short"
        whole.append((position, name, same))
    return whole
