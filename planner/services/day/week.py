"""Manages the week templates: the blocks of each weekday, and which week is in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import time
from functools import cache
from typing import TYPE_CHECKING

from planner import content
from planner.domain.day.blocks import MIDNIGHT, Block, WeekTemplate, place
from planner.domain.errors import InputError, StateError
from planner.domain.text import clean
from planner.domain.workdays import WEEKDAYS
from planner.store.day import week as store

if TYPE_CHECKING:
    from planner.services.context import AppContext
    from planner.store.recorder import Reads, Writer

SHIPPED = 0


@cache
def default_weeks() -> tuple[WeekTemplate, ...]:
    """Return the built-in weeks. The first is in force until the rep chooses another."""
    found = []
    for template in content.load("week")["template"]:
        days: list[list[Block]] = [[] for _ in WEEKDAYS]
        for row in template["block"]:
            block = Block(
                time.fromisoformat(row["start"]), time.fromisoformat(row["end"]), row["kind"], row.get("title", "")
            )
            for name in row["days"]:
                days[WEEKDAYS.index(name)].append(block)
        ordered = tuple(tuple(sorted(blocks, key=lambda block: block.first)) for blocks in days)
        found.append(WeekTemplate(SHIPPED, template["name"], ordered))
    return tuple(found)


def in_force(reads: Reads | None) -> WeekTemplate:
    """Return the week that days are planned from."""
    if reads is None:
        return default_weeks()[0]
    first, own = default_weeks()[0], store.templates(reads)
    used = next((each for each in own if each.used), None)
    return used or next((each for each in own if each.name == first.name), first)


def call_minutes(template: WeekTemplate) -> float:
    """Return the average minutes of call blocks on days that have any, 0 without them."""
    minutes = []
    for blocks in template.days:
        calling = sum(block.minutes for block in blocks if block.kind == "calls")
        if calling:
            minutes.append(calling)
    return sum(minutes) / len(minutes) if minutes else 0.0


def templates(ctx: AppContext) -> list[WeekTemplate]:
    """Return all weeks with the one in force marked: the rep's own, then the built-in ones not customised yet."""
    own: list[WeekTemplate] = []
    if ctx.database.exists():
        with ctx.database.read() as reads:
            own = store.templates(reads)
    names = {template.name for template in own}
    rest = [template for template in default_weeks() if template.name not in names]
    if not any(template.used for template in own):
        first = default_weeks()[0].name
        own = [replace(template, used=template.name == first) for template in own]
        rest = [replace(template, used=template.name == first) for template in rest]
    return [*own, *rest]


def find(ctx: AppContext, name: str | None) -> WeekTemplate:
    """Return a week by its name or the start of it, ignoring case, or the one in force for None. Raises StateError."""
    there = templates(ctx)
    if name is None:
        return next(template for template in there if template.used)
    wanted = clean(name).casefold()
    found = [template for template in there if template.name.casefold() == wanted]
    found = found or [template for template in there if wanted and template.name.casefold().startswith(wanted)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(template.name for template in there)
    what = "matches several weeks" if found else "isn't one of your weeks"
    raise StateError(f"{name!r} {what}. Use one of: {names}.")


def _own_copy(ctx: AppContext, change: Writer, template: WeekTemplate) -> WeekTemplate:
    """Return the rep's own copy of a week. A built-in one is copied on first change and stays in force if it was."""
    if template.id != SHIPPED:
        return template
    for known in store.templates(change):
        if known.name == template.name:
            return known
    return store.add(change, template, int(ctx.clock.timestamp()))


def put_days(ctx: AppContext, template: WeekTemplate, days: Mapping[int, Sequence[Block]], label: str) -> None:
    """Replace the blocks of some weekdays (0 is Monday) as one change."""
    wanted = tuple(tuple(days.get(weekday, known)) for weekday, known in enumerate(template.days))
    replace(template, days=wanted)  # raises InputError if blocks overlap
    with ctx.database.write(label) as change:
        own = _own_copy(ctx, change, template)
        there = next(each for each in store.templates(change) if each.id == own.id)
        for weekday, blocks in days.items():
            if there.days[weekday] != template.days[weekday]:  # changed since `template` was read
                raise StateError(
                    f"{WEEKDAYS[weekday].capitalize()} in {template.name} was changed just now. Try again."
                )
            store.put_day(change, own.id, weekday, blocks)


def put_block(
    ctx: AppContext,
    template: WeekTemplate,
    weekdays: Sequence[int],
    old: Block | None,
    new: Block | None,
    *,
    leaving: Sequence[int] = (),
    drop: bool = False,
) -> list[str]:
    """Put `new` in place of `old` on some weekdays. None adds or removes a block. The others give way as in
    `services.blocks.move`. Returns which did and how, with the weekdays.

    Weekdays in `leaving` lose the old block without getting the new one.
    """
    # reread the week, so that two edits based on one reading both apply
    template = next((known for known in templates(ctx) if known.name == template.name), template)
    wanted: dict[int, list[Block]] = {}
    told: dict[str, list[int]] = {}
    for weekday in (*leaving, *weekdays):
        others = [block for block in template.days[weekday] if block != old]
        for night in template.days[weekday - 1]:
            if new is not None and new.kind != "sleep" and weekday in weekdays and new.first < night.last - MIDNIGHT:
                raise InputError(f"{new} overlaps {night} from the night before, which is protected.")
        wanted[weekday] = others
        if new is not None and weekday in weekdays:
            wanted[weekday], said = place(others, new, drop=drop)
            for sentence in said:
                told.setdefault(sentence, []).append(weekday)
    verb = "removed from" if new is None else "saved in"
    put_days(ctx, template, wanted, f"{verb} {template.name}, {named(weekdays)}: {new or old}")
    return [f"{named(days)}: {sentence}" for sentence, days in told.items()]


def named(weekdays: Sequence[int]) -> str:
    """Return the short names of weekdays: ``Mon, Tue``."""
    return ", ".join(WEEKDAYS[weekday].capitalize()[:3] for weekday in weekdays)


def use(ctx: AppContext, template: WeekTemplate) -> None:
    """Put a week in force from the next planned day on. An open day stays as it is."""
    with ctx.database.write(f"week in use: {template.name}") as change:
        own = _own_copy(ctx, change, template)
        store.use(change, own.id)


def create(ctx: AppContext, name: str, like: WeekTemplate) -> WeekTemplate:
    """Add a new week as a copy of another. Raises StateError if the name is taken."""
    made = replace(like, id=SHIPPED, name=clean(name), used=False)
    _check_name(ctx, made.name)
    with ctx.database.write(f"new week: {made.name}") as change:
        return store.add(change, made, int(ctx.clock.timestamp()))


def rename(ctx: AppContext, template: WeekTemplate, name: str) -> WeekTemplate:
    """Rename a week."""
    renamed = replace(template, name=clean(name))
    _check_name(ctx, renamed.name)
    with ctx.database.write(f"renamed week: {template.name} to {renamed.name}") as change:
        own = _own_copy(ctx, change, template)
        store.rename(change, own.id, renamed.name)
        if template.used and not own.used:  # it was in force as a built-in week
            store.use(change, own.id)
        return replace(renamed, id=own.id)


def _check_name(ctx: AppContext, name: str) -> None:
    if any(known.name.casefold() == name.casefold() for known in templates(ctx)):
        raise StateError(f"You already have a week called {name!r}.")


def drop(ctx: AppContext, template: WeekTemplate) -> None:
    """Delete one of the rep's own weeks. A customised built-in week returns to its default."""
    if template.id == SHIPPED:
        raise StateError(f"{template.name} is built in and unchanged, so there's nothing to delete.")
    with ctx.database.write(f"deleted week: {template.name}") as change:
        store.drop(change, template.id)


def weekdays(text: str) -> list[int]:
    """Parse weekdays (0 is Monday)."""
    found: set[int] = set()
    for part in text.lower().replace(" ", "").split(","):
        if part in ("all", "every", "daily"):
            found |= set(range(7))
            continue
        first, dash, last = part.partition("-")
        begin, end = _weekday(first, text), _weekday(last, text) if dash else None
        found |= {begin} if end is None else {(begin + step) % 7 for step in range((end - begin) % 7 + 1)}
    return sorted(found)


def _weekday(word: str, text: str) -> int:
    for number, name in enumerate(WEEKDAYS):
        if len(word) >= 2 and name.startswith(word):
            return number
    raise InputError(f"{text!r} isn't a list of weekdays. Use mon, mon-fri, sat,sun or all.")
