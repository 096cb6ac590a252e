"""Simulates the demo's log: calls day by day, and the meetings, proposals and deals they lead to."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from planner.domain.calls.activity_log import Activity
from planner.domain.workdays import DAY, WorkCalendar, worked_ahead
from planner.services.context import AppContext
from planner.services.day.week import in_force

SEED = 1912


@dataclass
class _Script:
    """The follow-ups still to simulate, by the day they fall on."""

    proposals: dict[date, list[int]] = field(default_factory=dict)
    meetings: dict[date, list[int]] = field(default_factory=dict)
    deals: dict[date, list[int]] = field(default_factory=dict)


def history(
    ctx: AppContext, shipped: dict[str, Any], norms: dict[str, Any], contacts: list[tuple[int, str]], first: date
) -> list[Activity]:
    """Return the activities of every working day from `first` to now, in order."""
    chance = random.Random(SEED)
    script = _Script()
    now, calendar = ctx.now(), WorkCalendar()
    entries: list[Activity] = []
    day = first
    while day <= ctx.today():
        if day == ctx.today():  # the day on show has no miss
            script.proposals.setdefault(day, [contacts[0][0]])
        if calendar.weight(day):
            done = _day(chance, shipped, norms, contacts, script, day)
            entries += sorted((entry for entry in done if entry.moment <= now), key=lambda entry: entry.moment)
        day += DAY
    return entries


def _day(
    chance: random.Random,
    shipped: dict[str, Any],
    norms: dict[str, Any],
    contacts: list[tuple[int, str]],
    script: _Script,
    day: date,
) -> list[Activity]:
    """Return one day's activities: calls in the call blocks, then what earlier calls led to."""
    rates = shipped["rates"]
    start, end = _call_hours(day)
    calls = max(1, round(chance.gauss(norms["calls_a_day"] * 0.93, 9)))
    found: list[Activity] = []
    for number in range(calls):
        moment = (start + (end - start) * ((number + chance.random()) / calls)).replace(microsecond=0)
        if chance.random() >= rates["conversation"]:
            found.append(Activity(0, moment, "dial", _draw(chance, shipped["unanswered"])))
            continue
        contact_id, name = chance.choice(contacts)
        outcome, reason = _draw(chance, shipped["answered"]), None
        if chance.random() < rates["meeting_booked"]:
            outcome = "meeting"
            script.meetings.setdefault(_workday(day, chance.randint(1, 4)), []).append(contact_id)
        elif outcome == "refused":
            reason = chance.choice(shipped["refusals"]["reasons"])
        found.append(Activity(0, moment, "dial", outcome, contact=name, contact_id=contact_id, reason=reason))
    return [*found, *_led_to(chance, shipped, dict(contacts), script, day)]


def _led_to(
    chance: random.Random, shipped: dict[str, Any], names: dict[int, str], script: _Script, day: date
) -> list[Activity]:
    """Return the meetings, proposals and deals that fall on a day."""
    rates = shipped["rates"]
    found: list[Activity] = []

    def add(kind: str, contact_id: int, hour: int, **more: Any) -> None:
        when = datetime.combine(day, time(hour, chance.randint(0, 59)))
        found.append(Activity(0, when, kind, contact=names[contact_id], contact_id=contact_id, **more))

    for contact_id in script.meetings.pop(day, ()):
        missed = chance.random() < rates["no_show"]
        add("meeting-held", contact_id, 14, outcome="no-show" if missed else None, minutes=60)
        if not missed and chance.random() < rates["proposal"]:
            script.proposals.setdefault(_workday(day, rates["days_to_proposal"]), []).append(contact_id)
    for contact_id in script.proposals.pop(day, ()):
        add("proposal", contact_id, 17)
        if chance.random() < rates["deal"]:
            script.deals.setdefault(_workday(day, rates["days_to_deal"]), []).append(contact_id)
    for contact_id in script.deals.pop(day, ()):
        add("deal", contact_id, 15, amount=Decimal(chance.choice(shipped["amounts"]["deals"])))
    return found


def _call_hours(day: date) -> tuple[datetime, datetime]:
    blocks = [block for block in in_force(None).blocks_on(day, worked=True) if block.kind == "calls"]
    first, last = (blocks[0].start, blocks[-1].end) if blocks else (time(9), time(12))
    return datetime.combine(day, first), datetime.combine(day, last)


def _draw(chance: random.Random, rows: list[dict[str, Any]]) -> str:
    return str(chance.choices([row["outcome"] for row in rows], [row["weight"] for row in rows])[0])


def _workday(day: date, later: int) -> date:
    """Return the working day `later` working days after `day`."""
    return worked_ahead(day, WorkCalendar().is_working_day, later)
