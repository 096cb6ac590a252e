"""Carries out what a rep does on a phone: each act once, as an ordinary change that undo knows by name.

An act happened when the rep did it, which may be long before it arrives: times typed with it ("in 2 hours") and what it
writes count from then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from planner.clock import LateClock
from planner.domain import formats
from planner.domain.clients.promises import Promise
from planner.domain.errors import InputError, StateError
from planner.domain.text import clean
from planner.domain.typed.task_line import parse_line
from planner.services.calls import activity_log, elsewhere
from planner.services.calls.follow_up_time import When, read_when
from planner.services.clients import promises
from planner.services.clients.client_list import Clients
from planner.services.context import AppContext
from planner.services.day import tasks
from planner.services.day.today_store import MOST_AT_ONCE, TodayStore
from planner.services.plan.calendar import OwnCalendar
from planner.store import acts
from planner.store.day.events import database_uid

LATE = 5.0  # seconds after which an act counts as done earlier
OLDEST = 60 * 24 * 60 * 60  # seconds
LONGEST = 500  # characters of a typed line
ASKED = "I don't know this act. Reload the page on your phone, which may be older than planner."


class BadAct(InputError):
    """Raised for what no page of ours sends."""

    garbage = True


class Acts:
    """Carries out acts on the server's own live connection."""

    def __init__(self, ctx: AppContext, live: TodayStore) -> None:
        self.ctx, self.live = ctx, live

    def carry_out(self, body: Mapping[str, Any]) -> str:
        """Carry out an act unless it was before, and return a sentence on it ("" if it was). Raises PlannerError."""
        uid, ctx = _uid(body), self._then(body)
        self._check_base(body)
        if self._done(uid):
            return ""
        try:
            with acts.once(uid):
                return self._do(ctx, body)
        except acts.DoneBeforeError:
            return ""
        finally:
            self._take_over(ctx)

    def undo(self, body: Mapping[str, Any]) -> str:
        """Undo an act if nothing was changed since, and return what was undone."""
        uid = _uid(body)
        self._check_base(body)
        with self.live.writing() as handle:
            return acts.undo(handle, uid, self.ctx.today())

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return how a typed line is understood: its text, chips and remarks. Raises PlannerError if it isn't."""
        ctx, text = self.ctx, _text(body, "text", LONGEST)
        kind = body.get("kind")
        if kind in ("callback", "meeting"):
            found = read_when(ctx, text, hour=kind == "meeting")
            chips = [formats.when_text(found.due, ctx.today())]
            if found.minutes:
                chips.append(formats.duration(found.minutes))
            said = [found.said] if found.said else []
            return {"text": found.rest if kind == "meeting" else "", "chips": chips, "said": said}
        if kind != "add":
            raise BadAct(ASKED)
        line = parse_line(text, ctx.now(), today=ctx.today(), calendar=OwnCalendar(ctx))
        said = list(line.said)
        if line.kind == "promise" and line.due is not None:
            who, what = Clients(ctx, self.live, MOST_AT_ONCE).split_contact(line)
            said.insert(0, Promise(0, what or line.title, line.due, who or None).read_back(ctx.today()))
        return {"text": line.title, "chips": [text for _, text in line.chips()], "said": said}

    def _then(self, body: Mapping[str, Any]) -> AppContext:
        """Return a context at the time of the act."""
        age = body.get("age", 0)
        if isinstance(age, bool) or not isinstance(age, (int, float)) or not age == age:
            raise BadAct(ASKED)
        if age > OLDEST:
            raise StateError("This is more than 60 days old, so it isn't logged any more.")
        if age < LATE:
            return self.ctx
        ctx = self.ctx
        return AppContext(
            ctx.path, LateClock(ctx.clock, age), ctx.settings_path, _place=ctx.place, _config=ctx.config,
            _config_key=ctx.key(),
        )  # fmt: skip

    def _take_over(self, ctx: AppContext) -> None:
        """Take over what the services have to say, and that a backup is due."""
        if ctx is not self.ctx:
            for text in ctx.notices:
                self.ctx.notice(text)
            self.ctx.backup_wanted = self.ctx.backup_wanted or ctx.backup_wanted

    def _check_base(self, body: Mapping[str, Any]) -> None:
        """Refuse an act that was meant for another database, where its ids are other people's."""
        base = body.get("base")
        if not isinstance(base, str):
            raise BadAct(ASKED)
        with self.live.reading() as handle:
            if base and base != ("" if handle is None else database_uid(handle)):
                raise StateError("This was done with another database, so it isn't saved in this one.")

    def _done(self, uid: str) -> bool:
        with self.live.reading() as handle:
            return handle is not None and acts.change_of(handle, uid) is not None

    def _do(self, ctx: AppContext, body: Mapping[str, Any]) -> str:
        match body.get("kind"):
            case "call":
                return self._call(ctx, body)
            case "done":
                finished, following = tasks.complete(ctx, _id(body, "id"))[0]
                due = None if following is None else following.due
                return f"Done: {finished.title}" + (f". Next: {formats.when_text(due)}" if due else "")
            case "promise":
                kept = body.get("kept")
                if not isinstance(kept, bool):
                    raise BadAct(ASKED)
                settled = promises.settle(ctx, _id(body, "id"), kept=kept)[0]
                return f"Promise {settled.state}: {settled.text}"
            case "add":
                return self._add(ctx, body)
            case "stop":
                return self._stop(ctx, body)
        raise BadAct(ASKED)

    def _call(self, ctx: AppContext, body: Mapping[str, Any]) -> str:
        outcome, typed = _text(body, "outcome", 40), _text(body, "when", LONGEST, default="")
        when: When | None = None
        if outcome in ("callback", "meeting"):
            when = read_when(ctx, typed, hour=outcome == "meeting")
        if body.get("contact") is None:
            if when is not None:
                raise BadAct(ASKED)  # nobody to call back or to meet
            activity_log.log(ctx, "dial", outcome=outcome or None, note=_text(body, "note", 10_000, default=""))
            return f"Logged a call{f': {outcome}' if outcome else ''}".replace("-", " ")
        seconds = body.get("seconds")
        name = elsewhere.log_call(
            ctx,
            self.live,
            _id(body, "contact"),
            outcome,
            when=when,
            reason=_text(body, "reason", LONGEST, default=""),
            note=_text(body, "note", 10_000, default=""),
            number=_text(body, "number", 100, default=""),
            seconds=seconds if isinstance(seconds, int) and not isinstance(seconds, bool) else None,
        )
        said = f"{outcome.replace('-', ' ').capitalize()}: {name}"
        return said if when is None else f"{said}, {formats.when_text(when.due, ctx.today())}"

    def _add(self, ctx: AppContext, body: Mapping[str, Any]) -> str:
        text = _text(body, "text", LONGEST)
        line = parse_line(text, ctx.now(), today=ctx.today(), calendar=OwnCalendar(ctx))
        if line.kind == "promise":
            made = promises.quick(ctx, line)
            return f"Promised: {made.text}, {formats.when_text(made.due, ctx.today())}"
        added = tasks.quick(ctx, line, force=body.get("force") is True)
        due = "" if added.due is None else f", {formats.when_text(added.due, ctx.today())}"
        return f"Added: {added.title}{due}"

    def _stop(self, ctx: AppContext, body: Mapping[str, Any]) -> str:
        outcome = _text(body, "outcome", 20)
        activity_log.log(ctx, "stop", outcome=outcome, reason=_text(body, "reason", LONGEST, default=""))
        return "Gave in to a distraction" if outcome == "given-in" else "Distraction resisted"


def _uid(body: Mapping[str, Any]) -> str:
    uid = body.get("uid")
    if not isinstance(uid, str) or not re.fullmatch(r"[0-9a-f]{32}", uid):
        raise BadAct(ASKED)
    return uid


def _id(body: Mapping[str, Any], name: str) -> int:
    found = body.get(name)
    if isinstance(found, bool) or not isinstance(found, int) or not 0 < abs(found) < 2**53:
        raise BadAct(ASKED)
    return found


def _text(body: Mapping[str, Any], name: str, most: int, default: str | None = None) -> str:
    found = body.get(name, default)
    if not isinstance(found, str):
        raise BadAct(ASKED)
    if len(found) > most:
        raise InputError(f"This is too long: {len(found):,} characters, of which {most:,} fit.")
    return clean(found)
