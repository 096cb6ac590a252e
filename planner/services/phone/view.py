"""What a phone shows, as plain values: today's figures, whom to call next, what is owed, and the day's tasks."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from planner.domain import formats
from planner.domain.day import figures
from planner.domain.day.day_progress import BLOCK_WORDS, block_now, day_minute
from planner.domain.errors import InputError
from planner.domain.text import clean, plural
from planner.domain.typed import zones
from planner.domain.workdays import worked_ahead
from planner.services.calls import dialing, playbook
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.services.plan.calendar import OwnCalendar
from planner.store import phone as store
from planner.store.calls import card as cards
from planner.store.calls import session
from planner.store.calls.card import Card
from planner.store.day.events import database_uid

AHEAD = 20  # contacts that a phone can call without a connection
SOON = 3  # of them sent with each answer; the phone knows the others
MOST_OWED, MOST_TASKS, MOST_PAST, MOST_REASONS, WORKDAYS = 60, 40, 4, 12, 4
LONGEST = 600  # characters of a text
COUNTERS = (
    ("dials", "Calls", "Calls", True),
    ("conversations", "Conversations", "Convos", True),
    ("meetings_booked", "Meetings booked", "Booked", True),
    ("proposals", "Proposals", "Proposals", True),
    ("meetings_held", "Meetings held", "Held", False),
    ("deals", "Deals won", "Won", False),
)
PROTECTED = ("family", "sleep")


class Overview:
    """Reads what a phone shows, on the server's own live connection."""

    def __init__(self, ctx: AppContext, live: TodayStore) -> None:
        self.ctx, self.live = ctx, live
        self._run, self._turn = secrets.token_hex(4), 0

    def read(self, *, whole: bool = True) -> dict[str, Any]:
        """Return everything a phone shows. Without `whole`, only what an act may change at once."""
        ctx, now = self.ctx, self.ctx.now()
        ctx.current_config()
        self._turn += 1
        today = self.live.read()
        with self.live.reading() as handle:
            if handle is None:  # nothing was ever saved
                base, order, owed, found = "", [], [], []
            else:
                base = database_uid(handle)
                waiting = session.callbacks(handle, today.day)
                listed = session.still_to_call(handle, today.day, now.hour)
                order = session.in_order(waiting, listed, session.state(handle), f"{now:%Y-%m-%dT%H:%M}")[:AHEAD]
                found = [card for key in order[: AHEAD if whole else SOON] if (card := cards.card(handle, key))]
                owed = store.owed(handle, MOST_OWED)
        state: dict[str, Any] = {
            "base": base,
            # answers may overtake each other, and an older one mustn't bring back a prospect who was just called
            "turn": [self._run, self._turn],
            "now": f"{now:%Y-%m-%dT%H:%M}",
            "day": today.day.isoformat(),
            "head": _head(today, now),
            "notes": _notes(today, now),
            "started": today.opened_at is not None or not today.weight,
            "figures": _figures(today, now),
            "month": _month(today),
            "odds_old": today.personal_plan is not None and today.odds_are_old(),
            "order": order,
            "cards": [self._card(card, now) for card in found],
            "nobody": _nobody(today, owed, now),
            "owed": [_owed(ctx, each, now) for each in owed],
            "tasks": _tasks(today, now),
            "stops": [today.counts["stops_refused"], today.counts["stops_given_in"]],
        }
        if whole:
            state["scripts"] = self._scripts(found)
            state["reasons"] = [clean(line) for line in self.live.words("lost")][:MOST_REASONS]
            state["distractions"] = [clean(line) for line in self.live.words("distractions")][:MOST_REASONS]
            state["workdays"] = self._workdays(today.day)
        return state

    def _card(self, card: Card, now: datetime) -> dict[str, Any]:
        today = self.ctx.today()
        known = (card.kind, {"found": "need found", "chosen": "already chosen"}.get(card.need, ""))
        facts = [
            ("Uses", f"{card.supplier}{f' ({card.weak})' if card.weak else ''}"),
            ("Deal", f"{card.deal}{f', {card.stage}' if card.stage else ''}"),
            ("Meeting", f"{formats.when_text(card.meeting, today)}{f', {card.place}' if card.place else ''}"
             if card.meeting else ""),
            ("Source", card.source),
            ("Speaks", card.languages),
        ]  # fmt: skip
        return {
            "id": card.id,
            "name": _text(card.name),
            "about": _text(" · ".join(filter(None, (card.company, card.role, card.city)))),
            "why": self._why(card, now),
            "clock": zones.clock(now, card.zone),
            "phones": [_number(self.ctx, phone.value, phone.label) for phone in card.phones if not phone.wrong],
            "tags": [_text(each) for each in (*known, *(f"#{tag}" for tag in card.tags)) if each],
            "facts": [(name, _text(value)) for name, value in facts if value],
            "notes": _text(card.notes),
            "past": [(formats.near_text(each.day, today), _past(each.kind, each.outcome), _text(each.note))
                     for each in card.past[:MOST_PAST]],
            "owed": [(formats.when_text(due, today), _text(text)) for due, text in card.promises],
            "script": self._script_key(card),
            "fill": {name: _text(value) for name, value in playbook.fields(self.ctx, card).items()},
        }  # fmt: skip

    def _workdays(self, day: date) -> list[tuple[str, str]]:
        """Return the next working days: as they are called, and as a rep would type them."""
        calendar, found = OwnCalendar(self.ctx), []
        for _ in range(WORKDAYS):
            day = worked_ahead(day, calendar.is_working_day)
            tomorrow = day == self.ctx.today() + timedelta(days=1)
            found.append(("Tomorrow" if tomorrow else formats.WEEKDAYS[day.weekday()], formats.when_text(day)))
        return found

    def _why(self, card: Card, now: datetime) -> str:
        today = self.ctx.today()
        if card.callback is not None and card.callback[1][:10] <= today.isoformat():
            return f"Asked for a call {formats.near_text(card.callback[1], today)}"
        if card.asked:
            return _text(f"Asked: {card.asked}")
        if card.tries:
            return f"Not reached {plural(card.tries, 'time', 'times')}"
        return "First call" if card.first else ""

    def _script_key(self, card: Card) -> str:
        from planner import content

        kind = playbook.kind_of(self.ctx, card)
        return f"{content.language_of(card.languages, self.ctx.language)}:{kind}"

    def _scripts(self, found: list[Card]) -> dict[str, Any]:
        """Return the scripts for the next calls, each once and with its placeholders."""
        scripts: dict[str, Any] = {}
        for card in found:
            key = self._script_key(card)
            if key in scripts:
                continue
            try:
                script = playbook.script(self.live, playbook.kind_of(self.ctx, card), card.languages)
            except InputError:
                continue  # the rep's own version can't be read, which the Calls screen reports
            steps = [
                {"say": step.text, "optional": step.optional, "if": [(each.heard, each.say) for each in step.branches]}
                for step in script.steps
            ]
            scripts[key] = {"title": script.title, "steps": steps}
        return scripts


def _text(text: str) -> str:
    """Return a text as one that a browser may show: without what a terminal or a page would obey, and not endless."""
    cleaned = clean(text)
    return cleaned if len(cleaned) <= LONGEST else f"{cleaned[: LONGEST - 1]}…"


def _past(kind: str, outcome: str | None) -> str:
    words = {"dial": "call", "meeting-held": "no-show" if outcome == "no-show" else "meeting held"}
    word = words.get(kind, kind.replace("-", " "))
    return f"{word}, {outcome.replace('-', ' ')}" if outcome and kind == "dial" else word


def _number(ctx: AppContext, value: str, label: str) -> dict[str, str]:
    """Return a number as it is shown, and what may be dialed: only what is certain to be a number."""
    shown = {"value": value, "shown": _text(value), "label": _text(label)}
    try:
        number = dialing.parse_number(ctx, value)
    except InputError:
        return {**shown, "tel": "", "caution": "can't be dialed"}
    return {**shown, "tel": number.uri("tel"), "caution": number.caution}


def _head(today: Today, now: datetime) -> dict[str, str]:
    """Return the date and what the day is at: the current block and the next meeting."""
    minute = day_minute(today, now)
    block = block_now(today, minute)
    at = ""
    if block is not None:
        at = f"{clean(str(block.title)) or BLOCK_WORDS.get(block.kind, block.kind)} until {block.end}"
    meeting = next((each for each in today.blocks if each.meeting_id is not None and each.first > minute), None)
    later = "" if meeting is None else f"{meeting.start} {clean(str(meeting.title))}"
    return {"day": formats.when_text(today.day), "time": f"{now:%H:%M}", "block": at, "meeting": later}


def _notes(today: Today, now: datetime) -> list[str]:
    """Return what a rep should know about the day before logging anything."""
    notes = []
    if today.closed_at is not None:
        notes.append(f"You ended the day at {today.closed_at[11:16]}. What you log still counts.")
    if not today.weight:
        notes.append("Not a working day.")
    block = block_now(today, day_minute(today, now))
    if block is not None and block.kind in PROTECTED:
        name = clean(str(block.title)) or f"{block.kind.capitalize()} time"
        notes.append(f"{name} until {block.end}.")
    return notes


def _figures(today: Today, now: datetime) -> list[dict[str, Any]]:
    found = []
    for metric, name, short, always in COUNTERS:
        done, target = today.counts[metric], today.target(metric)
        if not always and not done and not target:
            continue
        behind = 0
        if metric == "dials" and target and today.closed_at is None:
            behind = figures.expected_by_now(today, now, target) - done
        note = f"{behind:,} behind" if behind > 0 and done < (target or 0) else today.due_next(metric)
        found.append({"metric": metric, "name": name, "short": short, "done": done, "target": target, "note": note})
    return found


def _month(today: Today) -> dict[str, Any]:
    """Return the month's plan with its pace and odds, or what is missing."""
    if today.personal_plan is None or today.quota is None:
        return {"note": "No plan for this month yet. Set your quota on your computer: press g on Today."}
    currency = f" {today.currency}" if today.currency else ""
    sign, tone, pace = figures.pace_words(today, currency)
    days = f"{formats.number(today.days_left / 100)} of {formats.number(today.days_total / 100)} days left"
    plan = today.personal_plan
    month: dict[str, Any] = {
        "title": formats.month_text(date.fromisoformat(today.month_last)),
        "days": days,
        "share": round(today.booked / plan, 4) if plan else 1,
        "line": round(figures.on_pace(today, plan) / plan, 4) if plan else 1,
        "percent": formats.percent(today.booked / plan) if plan else "100%",
        "plan": f"{formats.hundredths(plan)}{currency}",
        "pace": [sign, tone, pace],
        "needed": figures.needed_words(today, currency),
    }
    if today.p_plan is not None and today.booked < plan:
        mark, style = figures.odds_sign(today.p_plan)
        odds = f"{formats.percent(today.p_plan / 10_000)} likely to hit plan {today.by_end}"
        month["odds"] = [mark, style, odds]
        if today.p_quota is not None:
            month["quota"] = f"{formats.percent(today.p_quota / 10_000)} likely to hit quota"
        if today.forecast is not None and today.forecast_low is not None and today.forecast_high is not None:
            reach = formats.short_range(today.forecast_low / 100, today.forecast_high / 100)
            month["forecast"] = f"forecast {formats.short_amount(today.forecast / 100)} ({reach})"
    elif today.booked < plan and today.advice:
        full, _, short = today.advice.partition("\n")
        month["quota"] = short or full
    return month


def _nobody(today: Today, owed: list[store.Owed], now: datetime) -> list[str]:
    """Return what to say once there is nobody to call: what has happened, and what to do."""
    later = [each for each in owed if each.kind == "callback" and each.due[:10] == today.day.isoformat()]
    later = [each for each in later if len(each.due) > 10 and each.due > f"{now:%Y-%m-%dT%H:%M}"]
    said = []
    if later:
        who = _text(later[0].contact or later[0].text)
        said.append(f"Next callback: {later[0].due[11:]}, {who}.")
    if today.counts["dials"] and (today.listed or today.built or today.has_list):
        return ["You've finished today's list.", *said, "Add more contacts on your computer: press l, then b."]
    return ["Today's list is empty.", *said, "Fill it on your computer: press l for the list, then b."]


def _owed(ctx: AppContext, each: store.Owed, now: datetime) -> dict[str, Any]:
    overdue = f"{now:%Y-%m-%dT%H:%M}"[: len(each.due)] > each.due
    group = "overdue" if overdue else "today" if each.due[:10] == f"{now:%Y-%m-%d}" else "later"
    title = each.contact or each.text
    return {
        "kind": each.kind,
        "id": each.id,
        "contact": each.contact_id,
        "title": _text(title),
        "about": _text(each.company if each.kind == "callback" else each.text if each.contact else ""),
        "when": formats.when_text(each.due, now.date()),
        "group": group,
        "barred": bool(each.do_not_call),
        "tel": "" if each.do_not_call or not each.phone else _number(ctx, each.phone, "")["tel"],
    }


def _tasks(today: Today, now: datetime) -> list[dict[str, Any]]:
    """Return the day's open tasks, without callbacks, which are among what is owed."""
    found = []
    for task in today.tasks:
        if task.done or task.kind in ("counter", "callback"):
            continue
        due = "" if task.due is None else formats.when_text(str(task.due), now.date())
        about = " · ".join(filter(None, (_text(str(task.contact or "")), due)))
        found.append({"id": task.id, "title": _text(str(task.title)), "about": about, "mark": task.priority or ""})
    return found[:MOST_TASKS]
