"""Tracks a day's progress by the clock: the current block, which blocks were kept, what is left, and any slack.

On the quick path: plain values, no imports but mail. A block is anything with `first`, `last` (minutes of the day),
`kind`, `position` (None for a calendar meeting), `mark` and `dropped`. Facts are log rows as (minute, kind, outcome,
count).
"""

from __future__ import annotations

from planner.domain.mail import windows as mail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date, datetime
    from typing import Protocol

    from planner.store.today_queries import BlockLine, Due, Today

    class Stretch(Protocol):
        """Protocol of the attributes this module needs of a block."""

        @property
        def first(self) -> int: ...

        @property
        def last(self) -> int: ...

        @property
        def kind(self) -> str: ...

        @property
        def position(self) -> int | None: ...

        @property
        def mark(self) -> str | None: ...

        @property
        def dropped(self) -> bool: ...


# What each kind of block is called.
BLOCK_WORDS = {
    "mail": "Email",
    "calls": "Calls",
    "meetings": "Meetings",
    "proposals": "Proposals",
    "admin": "Admin",
    "list": "Tomorrow's list",
    "learning": "Learning",
    "rest": "Break",
    "sport": "Exercise",
    "family": "Family",
    "sleep": "Sleep",
    "own": "Personal time",
}
# Nothing is planned into these, and they don't give way to meetings.
PROTECTED = frozenset({"family", "sleep"})
# The rep's own time. The log can't show whether it was kept, so the rep marks it with a key.
PERSONAL = frozenset({"learning", "rest", "sport", "family", "sleep", "own"})
KEPT_FROM = 0.8  # share of the calls required of a block, or of its minutes spent calling
LONGEST_GAP = 15  # minutes between two calls that still count as calling
MEETING_STATES = {"held": "kept", "no-show": "missed"}  # a meeting's outcome as the state of its stretch
LATEST_TURN = 36 * 60  # minutes after its midnight when a day is over at the latest
SLACK_FROM = 15  # shortest gap in minutes that is worth a call
EVENING = 17 * 60  # minute from which the next month is offered on the last working day of a month
NOT_YET = 1 << 30  # minute of first use while the program hasn't been used yet
ALWAYS = frozenset({"mail", "list"})  # blocks that have something to do every day
# The log rows that show a block to be kept.
LOGGED_AS = {"mail": ("mail", "email"), "meetings": ("meeting-held",), "proposals": ("proposal",)}
WITH_WORK = ALWAYS | {"calls", "meetings", "proposals", "admin"}
PROPOSALS = frozenset({"proposal", "angebot", "предложение", "кп", "제안서"})


def is_proposal(title: str) -> bool:
    """Whether a task is a proposal to write, which is when its title begins with the word."""
    words = "".join(char if char.isalnum() or char == "_" else " " for char in title).split()
    return bool(words) and words[0].lower() in PROPOSALS


def planned_work(asked: Collection[str], tasks: Iterable[tuple[str, str]], *, listed: bool) -> frozenset[str]:
    """Return the kinds of blocks that have something to do on a day. `asked` are the metrics with a target, `tasks` the
    (kind, title) pairs on its task list, `listed` whether it has a calling list. "meetings" is never included: a
    meeting is a stretch of its own, and what it leaves of a meetings block is free.
    """
    found = set(ALWAYS)
    if listed or "dials" in asked:
        found.add("calls")
    if "proposals" in asked:
        found.add("proposals")
    for kind, title in tasks:
        if kind == "counter":
            continue
        found.add("calls" if kind == "callback" else "admin")
        if is_proposal(title):
            found.add("proposals")
    return frozenset(found)


def state_of(
    block: Stretch,
    minute: int,
    facts: Sequence[tuple[int, str, str | None, int]],
    *,
    dials_asked: float = 0.0,
    list_built: bool = False,
    tasks_done: Sequence[int] = (),
    closed: bool = False,
    work: Collection[str] = WITH_WORK,
    began: int = 0,
) -> str | None:
    """Return planned, now, kept, short, missed or dropped, or None if it can't be known (the rep's own blocks). "free"
    replaces missed or short if no work was planned, "before" if the block began before the program's first use.

    Mail is kept if its window was opened (a `mail` fact) or an email was logged. `minute` is now, in minutes of the
    block's day. `dials_asked` is the number of calls required of this block, `tasks_done` the minutes at which tasks
    were ticked off. Once the day is `closed`, anything not marked kept is missed. `work` is the kinds of blocks with
    something to do (`planned_work`), `began` the minute of first use.
    """
    found = _state_of(block, minute, facts, dials_asked, list_built, tasks_done, closed, began)
    if block.mark:
        return found
    if found in ("missed", None) and block.first < began:
        return "before"
    # doing something else in a block for meetings or proposals doesn't make it short if nothing was planned
    short = found == "short" and block.kind != "calls"
    if (short or found == "missed") and block.kind not in PERSONAL and block.kind not in work:
        return "free"
    return found


def _state_of(
    block: Stretch,
    minute: int,
    facts: Sequence[tuple[int, str, str | None, int]],
    dials_asked: float,
    list_built: bool,
    tasks_done: Sequence[int],
    closed: bool,
    began: int,
) -> str | None:
    """Return the state by the clock, the rep's own mark and the log, whatever was planned."""
    if block.dropped:
        return "dropped"
    if block.mark:
        return MEETING_STATES.get(block.mark, block.mark)
    if minute < block.first:
        return "planned"
    if minute < block.last and (not closed or block.kind in PERSONAL):
        return "now"  # on a closed day only the rep's own blocks go on
    if block.kind in PERSONAL:
        return "missed" if closed and block.kind != "sleep" else None
    inside = [fact for fact in facts if block.first <= fact[0] < block.last]
    if block.kind == "calls":
        return _calls(block.last - max(block.first, began), inside, dials_asked)
    if _is_done(block, inside, list_built, tasks_done):
        return "kept"
    if block.kind in ("mail", "list"):
        return "missed"
    if block.kind != "admin" and block.position is None:
        return None  # somebody else's meeting, which an empty log doesn't show to be missed
    return "short" if any(fact[1] != "mail" for fact in inside) else "missed"


def _is_done(
    block: Stretch,
    inside: Iterable[tuple[int, str, str | None, int]],
    list_built: bool,
    tasks_done: Iterable[int],
) -> bool:
    """Whether what a working block is for was done, by the log rows inside it."""
    if block.kind == "list":
        return list_built
    if block.kind == "admin":
        return any(block.first <= at < block.last for at in tasks_done)
    return any(kind in LOGGED_AS[block.kind] and outcome != "no-show" for _, kind, outcome, _ in inside)


def _calls(length: int, inside: Sequence[tuple[int, str, str | None, int]], asked: float) -> str:
    """Judge by number or time: kept at four fifths of the required calls, or of its minutes spent calling."""
    calls = [fact for fact in inside if fact[1] == "dial"]
    count = sum(fact[3] for fact in calls)
    if not count:
        return "missed"
    if asked and count >= KEPT_FROM * asked:
        return "kept"
    minutes = sorted(fact[0] for fact in calls)
    spent, before = 0, minutes[0]
    for at in minutes[1:]:
        spent += at - before if at - before <= LONGEST_GAP else 0
        before = at
    return "kept" if spent >= KEPT_FROM * length else "short"


def states(
    blocks: Sequence[Stretch],
    minute: int,
    facts: Sequence[tuple[int, str, str | None, int]],
    dials: int | None,
    *,
    list_built: bool = False,
    tasks_done: Sequence[int] = (),
    closed: bool = False,
    work: Collection[str] = WITH_WORK,
    began: int = 0,
) -> list[str | None]:
    """Return the states of a day's blocks. `dials` is the day's target, split between call blocks by length."""
    minutes = [max(0, block.last - max(block.first, began)) for block in blocks]
    calling = sum(
        length for block, length in zip(blocks, minutes, strict=True) if block.kind == "calls" and not block.dropped
    )
    return [
        state_of(
            block,
            minute,
            facts,
            dials_asked=(dials or 0) * length / calling if calling else 0.0,
            list_built=list_built,
            tasks_done=tasks_done,
            closed=closed,
            work=work,
            began=began,
        )
        for block, length in zip(blocks, minutes, strict=True)
    ]


def free_until(blocks: Sequence[Stretch], minute: int, *, calls_done: bool = False) -> int | None:
    """Return the minute until which the rep is free for contacts now, or None for less than a quarter of an hour.

    Free time is a gap between the first and the last working block, or a call block whose calls are made. Protected and
    personal time isn't.
    """
    kept = [block for block in blocks if not block.dropped]
    working = [block for block in kept if block.kind not in PERSONAL]
    if not working or not min(b.first for b in working) <= minute < max(b.last for b in working):
        return None
    for block in kept:
        if block.first <= minute < block.last and not (block.kind == "calls" and calls_done):
            return None
    ends = [b.first for b in kept if b.first > minute]
    ends += [b.last for b in kept if b.first <= minute < b.last]
    until = min(ends, default=None)
    return until if until is not None and until - minute >= SLACK_FROM else None


# Minutes each takes, same as `domain.day.MINUTES_EACH` (a test keeps them in step).
MINUTES = {"dials": 1.5, "conversations": 6.0, "meetings_held": 60.0, "proposals": 45.0}
WORKING = frozenset({"mail", "calls", "meetings", "proposals", "admin", "list"})


def minutes_left(blocks: Sequence[Stretch], minute: int) -> int:
    """Return the working minutes of the blocks from a minute on."""
    left = 0
    for block in blocks:
        if block.kind in WORKING and not block.dropped:
            left += max(0, block.last - max(block.first, minute))
    return left


def asked_left(targets: dict[str, int], done: dict[str, int]) -> float:
    """Return the minutes the rest of the targets takes, without mail windows."""
    return sum(each * max(0, targets.get(name, 0) - done.get(name, 0)) for name, each in MINUTES.items())


def mail_windows(today: Today, now: datetime) -> list[mail.Window]:
    """Return the day's mail windows with their states."""
    return mail.states(
        [(opens, today.mail_minutes) for opens, _ in today.windows],
        today.mail,
        day_minute(today, now),
        now.timestamp(),
        due=today.weight > 0,
        over=day_minute(today, now) >= LATEST_TURN,
        began=today.began,
    )


def mail_opens(today: Today, now: datetime, windows: list[mail.Window]) -> str | None:
    """Return when mail opens next: ``13:00`` today, ``2026-11-17T08:00`` on a later day, None if no window is near. A
    day off has no windows.
    """
    found = mail.next_open(windows, day_minute(today, now)) if today.weight else None
    return found or today.mail_next or None


def day_minute(today: Today, now: datetime) -> int:
    """Return the minutes since midnight of the snapshot's day: below 0 the day before, above 1,440 the day after."""
    return minute_on(today.day, now)


def clock_text(minute: int) -> str:
    """Format minute 510 as ``08:30``. Midnight at the end of the day is ``24:00``, later minutes wrap around."""
    return "24:00" if minute == 24 * 60 else f"{minute // 60 % 24:02}:{minute % 60:02}"


def minute_on(day: date, moment: datetime | None) -> int:
    """Return the minutes from a day's midnight to a moment, below 0 before it, or `NOT_YET` for None."""
    if moment is None:
        return NOT_YET
    return (moment.date() - day).days * 1440 + moment.hour * 60 + moment.minute


def block_now(today: Today, minute: int) -> BlockLine | None:
    """Return the stretch of the day at a minute, preferring a meeting over the block beside it."""
    found = [block for block in today.blocks if block.first <= minute < block.last and not block.dropped]
    return min(found, key=lambda block: block.position is not None, default=None)


def due_name(due: Due) -> str:
    """Return ``Kim Minsu: send two options``, just the name for a callback, with a note if they must not be called."""
    return f"{_due_name(due)} (do not call)" if due.do_not_call else _due_name(due)


def _due_name(due: Due) -> str:
    if not due.contact:
        text = str(due.text)
        said = next((word for word in ("callback ", "call back ") if text.lower().startswith(word)), "")
        return text[len(said) :] if due.kind == "callback" else text
    return str(due.contact) if due.kind == "callback" else f"{due.contact}: {due.text}"


def special_text(due: Due, now: datetime) -> str:
    """Return ``Kim: birthday, turns 50``, with its day if that isn't today."""
    when = due.when(now)
    return f"{due.contact}: {due.text}" if when == "today" else f"{when}  {due.contact}: {due.text}"


def block_states(today: Today, now: datetime) -> list[str | None]:
    """Return the state of each stretch of the day."""
    opened = [(day_minute(today, type(now).fromtimestamp(at)), "mail", None, 1) for _, _, at, _, _ in today.mail]
    return states(
        today.blocks,
        day_minute(today, now),
        [*today.facts, *opened],
        today.target("dials"),
        list_built=today.built,
        tasks_done=today.ticked,
        closed=today.closed_at is not None,
        work=planned_work(
            today.targets, ((str(line.kind), str(line.title)) for line in today.tasks), listed=today.has_list
        ),
        began=today.began,
    )


# Customer care steps (`domain.care`), in the order in which they fill a gap in the day.
CARED = {
    "renewal": ("renewal", "chance", "second-touch", "first-sign", "chance-sign"),
    "complaint": ("complaint",),
    "follow-up": ("follow-up",),
}


def slack(today: Today, now: datetime) -> tuple[int, str, str] | None:
    """Return the free time now as (until which minute, best kind of contact, who), or None if there is none.

    Callbacks and promises come first, then whose birthday or other day it is, renewals, other customer care and finally
    the calling list.
    """
    if today.closed_at is not None:
        return None
    target = today.target("dials")
    made = target is not None and today.counts["dials"] >= target
    until = free_until(today.blocks, day_minute(today, now), calls_done=made)
    if until is None:
        return None
    for kind in ("callback", "promise"):
        for due in today.due:
            if due.kind == kind and not due.do_not_call:
                return until, kind, due_name(due)
    for due in today.to_greet:
        return until, due.kind, str(due.contact) if due.kind == "birthday" else f"{due.contact}: {due.text}"
    for kind, cares in CARED.items():
        for line in today.tasks:
            if line.care in cares and not line.done and not line.do_not_call:
                return until, kind, str(line.contact or line.title)
    if today.next_call is not None:
        return until, "list", " ".join(part for part in today.next_call if part)
    return until, "", ""


def free_text(today: Today, now: datetime) -> tuple[str, str] | None:
    """Say until when there is free time and what it's best used for, with whom it is for, or None without any:
    ``("Free until 12:00: call back ", "Lee")``.
    """
    free = slack(today, now)
    if free is None:
        return None
    until, kind, who = free
    minute = day_minute(today, now)
    calling = any(b.kind == "calls" and not b.dropped and b.first <= minute < b.last for b in today.blocks)
    at = f"{'Calls done, free' if calling else 'Free'} until {until // 60:02}:{until % 60:02}"
    promised = "keep your promise to " if ": " in who else "keep your promise: "  # with or without a contact
    uses = {
        "callback": "call back ", "promise": promised, "list": "next call ", "renewal": "renewal call with ",
        "complaint": "answer the complaint from ", "follow-up": "follow up with ",
        "birthday": "wish a happy birthday to ", "date": "get in touch with ",
    }  # fmt: skip
    return (f"{at}: {uses[kind]}" if kind else at), who


def left_to_do(today: Today, now: datetime) -> tuple[int, int]:
    """Return the minutes the rest of the day requires, and the minutes left in its working blocks."""
    minute = day_minute(today, now)
    asked = asked_left({name: target for name, (target, _) in today.targets.items()}, today.counts)
    asked += sum(
        today.mail_minutes if mail.minutes_of(opens) >= minute else max(0, mail.minutes_of(closes) - minute)
        for opens, closes in today.windows
    )
    return round(asked), round(minutes_left(today.blocks, minute) * today.weight / 100)


def month_to_plan(day: str, following: str, last_planned: str, *, evening: bool) -> str:
    """Return the month to offer planning for, as ``2026-12``, or empty. It is the day's own month if that has no plan
    though an earlier one had, and the next month from the evening of the last working day. `following` is the next
    working day, `last_planned` the last month up to that day's that has a plan.
    """
    this, coming = day[:7], following[:7]
    if not last_planned or last_planned >= coming:
        return ""
    if last_planned < this:
        return this
    return coming if evening else ""


def new_month(today: Today, now: datetime) -> str:
    """Return the month to offer planning for now, as ``2026-12``, or empty."""
    evening = today.closed_at is not None or not today.weight or day_minute(today, now) >= EVENING
    day = today.day.isoformat()
    return month_to_plan(day, today.list_day or day, today.last_plan[0], evening=evening)
