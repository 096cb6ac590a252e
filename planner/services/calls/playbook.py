"""Finds scripts and playbook answers during a call, ordered by what has worked (S16, S20)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta

from planner import content
from planner.domain.calls import playbook, scripts
from planner.domain.calls.playbook import Answer, Objection, Rated
from planner.domain.calls.scripts import Script
from planner.domain.clients.names import given_name
from planner.domain.errors import InputError
from planner.domain.text import clean
from planner.services.calls import custom_lists
from planner.services.calls.session import Card
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from planner.store.calls import playbook as store

LONGEST_HEARD = 300
MOST_HEARD = 500


@dataclass(frozen=True, slots=True)
class Advice:
    """Advice on a kind of customer: how to recognise it, what to do, what to avoid."""

    kind: str
    sign: str
    do: str
    dont: str


@dataclass(frozen=True, slots=True)
class Found:
    """An objection with its answers, best first, and how often it was heard."""

    objection: Objection
    rated: tuple[Rated, ...]
    heard: int


@dataclass(frozen=True, slots=True)
class DrillItem:
    """An objection to answer aloud, drilled `times` times so far, `fluent` of them fluently."""

    objection: Objection
    step: int
    times: int
    fluent: int


@dataclass(frozen=True, slots=True)
class Drilled:
    """How far the drill of an objection is: its step, the day it is due, times drilled and times fluent."""

    step: int
    due: date
    times: int
    fluent: int


@dataclass(frozen=True, slots=True)
class Heard:
    """An objection that was heard: the day, from whom, the approach of the answer, and whether that worked."""

    day: date
    name: str
    way: str
    worked: bool | None


@dataclass(frozen=True, slots=True)
class Practice:
    """What the rep did with the playbook's objections by key: their drills, and where they were heard, latest first."""

    drills: Mapping[str, Drilled]
    heard: Mapping[str, Sequence[Heard]]


@dataclass
class Playbook:
    """The scripts, objections and answers with their results, read when the screen opens and again after an objection
    is logged.
    """

    objections: list[Objection]
    told: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    heard: dict[str, int] = field(default_factory=dict)

    def find(self, typed: str) -> list[Found]:
        """Return the objections matching the typed text, or all, most heard first, if it is empty."""
        order = playbook.find(self.objections, typed)
        if not typed.strip():
            order.sort(key=lambda index: -self.heard.get(playbook.key(self.objections[index].text), 0))
        return [self._found(self.objections[index]) for index in order]

    def _found(self, objection: Objection) -> Found:
        key = playbook.key(objection.text)
        rated = playbook.rate(objection.answers, self.told.get(key, {}))
        return Found(objection, tuple(rated), self.heard.get(key, 0))


def read(live: TodayStore) -> Playbook:
    """Return the current objections with their statistics from the log."""
    found = Playbook(playbook.parse(live.words("objections")))
    with live.reading() as handle:
        rows = [] if handle is None else store.statistics(handle)
    for objection, answer, worked, tried, count in rows:
        key = playbook.key(objection)
        found.heard[key] = found.heard.get(key, 0) + count
        if answer and tried:
            before = found.told.setdefault(key, {}).get(playbook.key(answer), (0, 0))
            found.told[key][playbook.key(answer)] = (before[0] + worked, before[1] + tried)
    return found


def log_objection(
    ctx: AppContext,
    live: TodayStore,
    objection: str,
    answer: Answer | None,
    *,
    sort: str = "real",
    contact_id: int | None = None,
    worked: bool | None = None,
) -> int:
    """Log an objection and its answer. Without `worked`, the outcome of the call decides whether the answer worked."""
    text = clean(objection)
    if not text:
        raise InputError("Enter the objection you heard.")
    if len(text) > LONGEST_HEARD:
        raise InputError(f"An objection can have up to {LONGEST_HEARD} characters.")
    if sort not in playbook.SORTS:
        raise InputError(
            f"{sort!r} isn't a kind of objection. Choose from {', '.join(word for word, _ in playbook.SORTS.values())}."
        )
    with live.writing() as handle:
        return store.log_objection(
            handle,
            objection=text,
            way="" if answer is None else answer.way,
            answer="" if answer is None else answer.text,
            sort=sort,
            contact_id=contact_id,
            day=ctx.today(),
            now=int(ctx.clock.timestamp()),
            worked=worked,
        )


def add(ctx: AppContext, text: str, answer: Answer | None = None) -> list[Objection]:
    """Add an objection, or an answer to one, to the playbook."""
    cleaned = clean(text)
    if not cleaned:
        raise InputError("Enter the objection you heard.")
    if answer is not None and answer.way not in playbook.WAYS:
        raise InputError(f"{answer.way!r} isn't an approach. Choose from {', '.join(playbook.WAYS)}.")
    there = playbook.parse(custom_lists.get(ctx, "objections").lines)
    found = playbook.with_answer(there, cleaned, answer)
    custom_lists.put(ctx, "objections", playbook.as_lines(found))
    return found


def script(live: TodayStore, kind: str, languages: str = "") -> Script:
    """Return the rep's script for a kind of call, in the first of a contact's languages that there is one in."""
    if kind not in scripts.KINDS:
        raise InputError(f"{kind!r} isn't a type of call. Choose from {', '.join(scripts.KINDS)}.")
    name = f"script-{kind}"
    language = content.language_of(languages, live.ctx.language)
    return scripts.parse(kind, content.word_lists(language)[name]["title"], live.words(name, language))


def kind_of(ctx: AppContext, card: Card) -> str:
    """Return the kind of script for a call to the contact."""
    due = card.callback is not None and card.callback[1][:10] <= ctx.today().isoformat()
    days = None if card.sold is None else (ctx.today() - card.sold).days
    return scripts.kind_for(
        callback=due,
        spoken_before=card.spoken,
        customer=card.sold is not None,
        sold_days_ago=days,
        care=card.care if card.care_due[:10] <= ctx.today().isoformat() else "",
    )


def fields(ctx: AppContext, card: Card | None) -> dict[str, str]:
    """Return the values for a script's placeholders."""
    config = ctx.config
    found = {"me": str(config["me.name"]), "my_company": str(config["me.firm"]), "offer": str(config["me.offer"])}
    if card is not None:
        found |= {
            "name": card.name,
            "first": given_name(card.name),
            "company": card.company,
            "supplier": card.supplier,
        }
    return found


def advice(live: TodayStore) -> Mapping[str, Advice]:
    """Return the advice for each kind of customer, by name."""
    found = {}
    for line in live.words("customers"):
        kind, colon, rest = line.partition(":")
        parts = [part.strip() for part in rest.split("|")]
        if colon and len(parts) == 3:
            found[kind.strip()] = Advice(kind.strip(), *parts)
    return found


def due_drills(ctx: AppContext, live: TodayStore) -> list[DrillItem]:
    """Return today's drills: those due first, least fluent first, then those never drilled."""
    today = ctx.today().isoformat()
    with live.reading() as handle:
        known = {} if handle is None else store.drills(handle)
    by_key = {playbook.key(text): row for text, row in known.items()}
    book = read(live)
    items: list[tuple[tuple[int, str, int], DrillItem]] = []
    for index, objection in enumerate(book.objections):
        row = by_key.get(playbook.key(objection.text))
        if row is not None and row[1] > today:
            continue
        step, due, times, fluent = (0, "", 0, 0) if row is None else row
        heard = -book.heard.get(playbook.key(objection.text), 0)
        items.append(((step if row else 99, due, heard or index), DrillItem(objection, step, times, fluent)))
    return [item for _, item in sorted(items, key=lambda pair: pair[0])]


def practice(ctx: AppContext) -> Practice:
    """Return the drills and the latest objections heard. Opens the database anew, for a worker."""
    with closing(TodayStore(ctx)) as live, live.reading() as handle:
        drilled = {} if handle is None else store.drills(handle)
        rows = [] if handle is None else store.latest(handle, MOST_HEARD)
    heard: dict[str, list[Heard]] = {}
    for objection, day, name, way, worked in rows:
        one = Heard(date.fromisoformat(day), name, way, None if worked is None else bool(worked))
        heard.setdefault(playbook.key(objection), []).append(one)
    drills = {
        playbook.key(text): Drilled(step, date.fromisoformat(due), times, fluent)
        for text, (step, due, times, fluent) in drilled.items()
    }
    return Practice(drills, heard)


def drill(ctx: AppContext, live: TodayStore, item: DrillItem, *, fluent: bool) -> int:
    """Record a drill and return the days until it comes back."""
    step, days = playbook.next_drill(item.step, fluent=fluent)
    due = ctx.today() + timedelta(days=days)
    with live.writing() as handle:
        store.drill(handle, item.objection.text, step, due, int(ctx.clock.timestamp()), fluent=fluent)
    return days
