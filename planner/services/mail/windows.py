"""Manages email windows: the gate that says whether mail is open, looks outside it, and the week's adherence (S8)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.day.day_progress import day_minute, mail_opens, mail_windows, minute_on
from planner.domain.errors import InputError, StateError
from planner.domain.mail import windows as rules
from planner.domain.mail.windows import Window as Window
from planner.domain.text import clean
from planner.domain.workdays import DAY, Period
from planner.services.calls import custom_lists
from planner.services.context import AppContext
from planner.services.day.reading import reading
from planner.services.day.today_store import Today, TodayStore
from planner.store.mail import drafts as draft_store
from planner.store.mail import windows as store
from planner.store.today_queries import first_use

if TYPE_CHECKING:
    from planner.store.recorder import Reads

LONGEST_REASON = 300
WEEKS = 4  # weeks of adherence shown
AND = {"en": " and ", "ru": " и "}  # before the last of several hours, if the language has such a word


@dataclass(frozen=True, slots=True)
class Look:
    """A look at the inbox outside the email windows."""

    at: datetime
    reason: str
    id: int = 0


@dataclass(frozen=True, slots=True)
class Gate:
    """The mail status: windows, the next opening and the minutes until then, looks outside the windows, adherence, and
    the number of emails to write.
    """

    windows: tuple[Window, ...]
    state: str
    next_open: str | None
    wait: int | None
    looks: tuple[Look, ...]
    adherence: float | None
    to_write: int

    @property
    def running(self) -> Window | None:
        """Return the open window."""
        return rules.running(self.windows)

    @property
    def opens_text(self) -> str:
        """Return when the next window opens, as a sentence."""
        if self.next_open is None:
            return "No email windows are set. Set them with `planner config set mail.windows`."
        wait = "" if self.wait is None else f" (in {formats.duration(self.wait)})"
        return f"The next window opens at {self.next_open}{wait}."


@dataclass(frozen=True, slots=True)
class DayOfMail:
    """A day in the weekly view of mail. `due` means that it called for mail windows."""

    day: date
    windows: tuple[Window, ...]
    looks: int
    adherence: float | None
    due: bool


def days_of(ctx: AppContext, handle: Reads | None, weights: Mapping[date, Fraction]) -> list[DayOfMail]:
    """Return the windows of a range of days with their working weights, by today's settings."""
    if not weights:
        return []
    first, last = min(weights), max(weights)
    opened = {} if handle is None else store.openings(handle, first, last)
    looked = [] if handle is None else store.looks(handle, first, last)
    since = None if handle is None else store.first_day(handle)
    began = None if handle is None else first_use(handle)
    now = ctx.now()
    found = []
    for each, weight in weights.items():
        minute = (now.date() - each).days * 1440 + now.hour * 60 + now.minute
        due = bool(weight) and since is not None and each >= since
        windows = rules.states(
            [(opens, ctx.config["mail.minutes"]) for opens in ctx.config.mail_windows(each.weekday())],
            opened.get(each, []),
            minute,
            now.timestamp(),
            due=due,
            over=each < ctx.today(),
            began=minute_on(each, began),
        )
        looks = sum(1 for looked_on, *_ in looked if looked_on == each)
        adherence = rules.adherence(windows, looks) if due or opened.get(each) else None
        found.append(DayOfMail(each, tuple(windows), looks, adherence, due))
    return found


@dataclass(frozen=True, slots=True)
class WeekOfMail:
    """A week of mail: its days from Monday and its adherence. `before` holds the adherence of earlier weeks, oldest
    first.
    """

    days: tuple[DayOfMail, ...]
    adherence: float | None
    before: tuple[float | None, ...]

    @property
    def falls(self) -> bool:
        """Return whether adherence fell two weeks in a row, leaving out the unfinished current week."""
        return rules.is_falling(self.before)

    @property
    def minutes(self) -> int:
        """Return the minutes spent in windows."""
        return sum(window.minutes or 0 for day in self.days for window in day.windows)

    @property
    def letters(self) -> int:
        """Return the emails handled in windows."""
        return sum(window.letters for day in self.days for window in day.windows)

    @property
    def looks(self) -> int:
        """Return the looks outside a window."""
        return sum(day.looks for day in self.days)


@dataclass(slots=True)
class MailWindows:
    """The email windows of a day and a week. Use it from one thread only."""

    ctx: AppContext
    live: TodayStore
    look_id: int | None = None

    def gate(self, today: Today) -> Gate:
        """Return the mail status of a day that was read, updating its openings and looks."""
        now = self.ctx.now()
        looked: list[tuple[date, int, str, int]] = []
        to_write = 0
        with self.live.reading() as handle:
            if handle is not None:
                today.mail = store.openings(handle, today.day, today.day).get(today.day, [])
                looked = store.looks(handle, today.day, today.day)
                to_write = len(draft_store.drafts(handle))
        today.looks = len(looked)
        windows = mail_windows(today, now)
        opens, wait = mail_opens(today, now, windows), None
        if opens is not None:
            at = opens if len(opens) > 5 else f"{today.day.isoformat()}T{opens}"
            wait = max(
                0, int((datetime.fromisoformat(at) - now.replace(second=0, microsecond=0)).total_seconds()) // 60
            )
        return Gate(
            tuple(windows),
            rules.state_of(windows),
            None if opens is None else opens[-5:],
            wait,
            tuple(Look(datetime.fromtimestamp(at), reason, key) for _, at, reason, key in looked),
            rules.adherence(windows, len(looked)) if today.weight else None,
            to_write,
        )

    def open(self, today: Today) -> Window:
        """Open the window that is due and start its clock. Raises StateError outside, naming the next opening."""
        gate = self.gate(today)
        if gate.running is not None:
            raise StateError(f"The {gate.running.opens} email window is already open.")
        window = rules.to_open(gate.windows, day_minute(today, self.ctx.now()))
        if window is None:
            raise StateError(f"Email is closed. {gate.opens_text}")
        with self.live.writing() as handle:
            store.open_window(handle, today.day, window.opens, window.planned, self._now())
        return next(each for each in self.gate(today).windows if each.opens == window.opens)

    def may_open(self, gate: Gate, today: Today) -> bool:
        """Return whether a window can be opened now."""
        waiting = rules.to_open(gate.windows, day_minute(today, self.ctx.now()))
        return gate.running is None and waiting is not None

    def close(self, today: Today, letters: int | None = None) -> Window:
        """Close the open window. `letters` is the number handled if it wasn't counted."""
        if letters is not None and not 0 <= letters <= 10_000:
            raise InputError(f"A window can have from 0 to 10,000 emails, not {letters:,}.")
        with self.live.writing() as handle:
            window_id = store.running(handle, today.day)
            if window_id is None:
                raise StateError(f"No email window is open. {self.gate(today).opens_text}")
            opens = rules.running(self.gate(today).windows)
            store.close_window(handle, window_id, self._now(), letters)
        assert opens is not None
        return next(each for each in self.gate(today).windows if each.opens == opens.opens)

    def log_look(self, today: Today, reason: str) -> Look:
        """Log a look outside a window with its reason."""
        text = clean(reason)
        if not text:
            raise InputError("Give a reason for peeking outside an email window.")
        if len(text) > LONGEST_REASON:
            raise InputError(f"A reason can have up to {LONGEST_REASON} characters. This one has {len(text):,}.")
        if self.gate(today).running is not None:
            raise StateError("An email window is open, so you don't need to peek.")
        with self.live.writing() as handle:
            self.look_id = store.log_look(handle, today.day, text, self._now())
        return Look(self.ctx.now(), text, self.look_id)

    def end_look(self) -> None:
        """End the current look."""
        look_id, self.look_id = self.look_id, None
        if look_id is not None and not self.live.closed:
            with self.live.writing() as handle:
                store.end_look(handle, look_id, self._now())

    def week_of(self, day: date) -> WeekOfMail:
        """Return the week of a day and the weeks before it. Uses its own connections, for a worker."""
        with closing(TodayStore(self.ctx)) as live:
            return MailWindows(self.ctx, live).week(day)

    def week(self, day: date) -> WeekOfMail:
        """Return the week of a day and the weeks before it. Reads the calendar."""
        monday = day - day.weekday() * DAY
        first = monday - 7 * (WEEKS - 1) * DAY
        with reading(self.ctx) as facts:
            weights = dict(facts.calendar.weights(Period(first, monday + 6 * DAY)))
        with self.live.reading() as handle:
            found = days_of(self.ctx, handle, weights)
        weeks = [rules.mean(each.adherence for each in found[start : start + 7]) for start in range(0, 7 * WEEKS, 7)]
        return WeekOfMail(tuple(found[-7:]), weeks[-1], tuple(weeks[:-1]))

    def _now(self) -> int:
        return int(self.ctx.clock.timestamp())


def automatic_reply(ctx: AppContext) -> str:
    """Return text for the mailbox's automatic reply: when email is read, and how to reach the rep sooner. It is in the
    rep's language, or the rep's own text.
    """
    config = ctx.config
    *earlier, last = config["mail.windows"]
    hours = AND.get(ctx.language, ", ").join(filter(None, (", ".join(earlier), last)))
    text = "\n\n".join(custom_lists.get(ctx, "auto-reply").lines).replace("{hours}", hours)
    signed = "\n".join(part for part in (config["me.name"], config["me.firm"]) if part)
    return f"{text}\n{signed}" if signed else text.rstrip(",")
