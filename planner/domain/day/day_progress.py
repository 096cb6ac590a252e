"""What the clock says of a laid day: which block is now, which were kept, what is left, whether there is slack.

On the quick path: plain values, no imports but mail. A block is anything with `first`, `last` (minutes of the day),
`kind`, `position` (None for a meeting of a calendar), `mark` and `dropped`; facts are rows of the log as (minute,
kind, outcome, count).
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
        """What is asked of a block here."""

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


# Nothing is planned into these, and no meeting makes them give way.
PROTECTED = frozenset({"family", "sleep"})
# The rep's own: no log tells of them, one key does.
PERSONAL = frozenset({"learning", "rest", "sport", "family", "sleep", "own"})
KEPT_FROM = 0.8  # of what a block of calls should bring, or of its minutes that were spent calling
LONGEST_GAP = 15  # minutes between two calls that still count as calling
MEETING_STATES = {"held": "kept", "no-show": "missed"}  # what became of a meeting, as the state of its stretch
LATEST_TURN = 36 * 60  # minutes after its midnight by which a day is over, however late it turns
SLACK_FROM = 15  # minutes that are worth a call
EVENING = 17 * 60  # minute of the day from which the next month is offered on a month's last working day
NOT_YET = 1 << 30  # the minute of a day at which a program is first used that wasn't used yet
ALWAYS = frozenset({"mail", "list"})  # blocks in which there is something to do on every day
WITH_WORK = ALWAYS | {"calls", "meetings", "proposals", "admin"}
PROPOSALS = frozenset({"proposal", "angebot", "предложение", "кп", "제안서"})


def is_proposal(title: str) -> bool:
    """Whether a task is a proposal to be written: its title begins with the word."""
    words = "".join(char if char.isalnum() or char == "_" else " " for char in title).split()
    return bool(words) and words[0].lower() in PROPOSALS


def planned_work(asked: Collection[str], tasks: Iterable[tuple[str, str]], *, listed: bool) -> frozenset[str]:
    """The kinds of blocks in which there is something to do on a day: `asked` are the metrics with a target, `tasks`
    the (kind, title) of what is on its list, `listed` whether it has a calling list. Meetings are never among them: one
    is a stretch of its own, and what it leaves of a block for meetings is free.
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
    """planned, now, kept, short, missed or dropped; None where nothing tells yet (the rep's own blocks). Instead of
    missed or short it is free where no work was planned in it, and before where it began before the program's first
    use.

    Of mail, that its window was opened (a fact `mail`) or a letter logged tells.

    `minute` is now, in minutes of the block's day; `dials_asked` the calls that this block should bring, `tasks_done`
    the minutes at which tasks were ticked off. Once the day is `closed`, what nobody said was kept is missed. `work`
    are the kinds of blocks that there was something to do in (`planned_work`), `began` the minute of first use.
    """
    found = _told(block, minute, facts, dials_asked, list_built, tasks_done, closed, began)
    if block.mark:
        return found
    if found in ("missed", None) and block.first < began:
        return "before"
    # what else was done in a block for meetings or proposals doesn't make it fall short of what nobody had planned
    short = found == "short" and block.kind != "calls"
    if (short or found == "missed") and block.kind not in PERSONAL and block.kind not in work:
        return "free"
    return found


def _told(
    block: Stretch,
    minute: int,
    facts: Sequence[tuple[int, str, str | None, int]],
    dials_asked: float,
    list_built: bool,
    tasks_done: Sequence[int],
    closed: bool,
    began: int,
) -> str | None:
    """What the log tells of a block, whatever was planned in it."""
    if block.dropped:
        return "dropped"
    if block.mark:
        return MEETING_STATES.get(block.mark, block.mark)
    if minute < block.first:
        return "planned"
    if minute < block.last and (not closed or block.kind in PERSONAL):
        return "now"  # of a closed day only what is one's own goes on
    inside = [fact for fact in facts if block.first <= fact[0] < block.last]
    kind = block.kind
    if kind == "mail":
        return "kept" if any(fact[1] in ("mail", "email") for fact in inside) else "missed"
    inside = [fact for fact in inside if fact[1] != "mail"]
    if kind in PERSONAL:
        return "missed" if closed and kind != "sleep" else None
    if kind == "calls":
        return _calls(block.last - max(block.first, began), inside, dials_asked)
    if kind == "list":
        return "kept" if list_built else "missed"
    if kind == "admin":
        done = any(block.first <= at < block.last for at in tasks_done)
        return "kept" if done else "short" if inside else "missed"
    wanted = "meeting-held" if kind == "meetings" else "proposal"
    if any(fact[1] == wanted and fact[2] != "no-show" for fact in inside):
        return "kept"
    if block.position is None:
        return None  # somebody else's meeting: that nothing was logged doesn't say it was missed
    return "short" if inside else "missed"


def _calls(length: int, inside: Sequence[tuple[int, str, str | None, int]], asked: float) -> str:
    """Kept by number or by time: four fifths of the calls it should bring, or of its minutes spent calling."""
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
    """The states of a day's blocks. `dials` is the day's target, which the call blocks share by their minutes."""
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
    """Until which minute the rep is free for contacts now, when that is a quarter of an hour or more; else None.

    Free is a gap between the first and the last working block, or a call block whose calls are made. Protected time,
    and time of the rep's own, is not.
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


# Minutes of one, as `domain.day.MINUTES_EACH` has them (a test holds the two together).
MINUTES = {"dials": 1.5, "conversations": 6.0, "meetings_held": 60.0, "proposals": 45.0}
WORKING = frozenset({"mail", "calls", "meetings", "proposals", "admin", "list"})


def minutes_left(blocks: Sequence[Stretch], minute: int) -> int:
    """Working minutes of the blocks from a minute on."""
    left = 0
    for block in blocks:
        if block.kind in WORKING and not block.dropped:
            left += max(0, block.last - max(block.first, minute))
    return left


def asked_left(targets: dict[str, int], done: dict[str, int]) -> float:
    """Minutes that what is left of the targets asks, mail windows left out."""
    return sum(each * max(0, targets.get(name, 0) - done.get(name, 0)) for name, each in MINUTES.items())


def mail_windows(today: Today, now: datetime) -> list[mail.Window]:
    """The mail windows of the day with their states."""
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
    """When mail opens next: ``13:00`` of the day, ``2026-11-17T08:00`` of a later one; None where no window is near.
    A day off asks for no window.
    """
    found = mail.next_open(windows, day_minute(today, now)) if today.weight else None
    return found or today.mail_next or None


def day_minute(today: Today, now: datetime) -> int:
    """Minutes since the midnight that the day began with; below 0 on a day before, past 1,440 after midnight."""
    return minute_on(today.day, now)


def minute_on(day: date, moment: datetime | None) -> int:
    """Minutes from a day's midnight to a moment, below 0 before it; `NOT_YET` for a moment that is still to come."""
    if moment is None:
        return NOT_YET
    return (moment.date() - day).days * 1440 + moment.hour * 60 + moment.minute


def block_now(today: Today, minute: int) -> BlockLine | None:
    """The stretch of the day that a minute falls in; a meeting before the block beside it."""
    found = [block for block in today.blocks if block.first <= minute < block.last and not block.dropped]
    return min(found, key=lambda block: block.position is not None, default=None)


def span_text(minutes: int) -> str:
    """``3 h 18`` or ``48 min``."""
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02}" if hours else f"{rest} min"


def due_name(due: Due) -> str:
    """``Kim Minsu: send two options``; of a callback, whom; and whether they asked not to be called."""
    return f"{_due_name(due)} (do not call)" if due.do_not_call else _due_name(due)


def _due_name(due: Due) -> str:
    if not due.contact:
        text = str(due.text)
        said = next((word for word in ("callback ", "call back ") if text.lower().startswith(word)), "")
        return text[len(said) :] if due.kind == "callback" else text
    return str(due.contact) if due.kind == "callback" else f"{due.contact}: {due.text}"


def block_states(today: Today, now: datetime) -> list[str | None]:
    """What became of each stretch of the day, or is to become of it."""
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


# Steps of looking after customers (`domain.care`) in the order in which a gap of the day is given to them.
CARED = {
    "renewal": ("renewal", "chance", "second-touch", "first-sign", "chance-sign"),
    "complaint": ("complaint",),
    "follow-up": ("follow-up",),
}


def slack(today: Today, now: datetime) -> tuple[int, str, str] | None:
    """Free time now: until which minute, what kind of contact is the next best, and who; None while there is none.

    Callbacks and promises come first, then renewals, then other steps with customers, then the calling list.
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
    for kind, cares in CARED.items():
        for line in today.tasks:
            if line.care in cares and not line.done and not line.do_not_call:
                return until, kind, str(line.contact or line.title)
    if today.next_call is not None:
        return until, "list", " ".join(part for part in today.next_call if part)
    return until, "", ""


def left_to_do(today: Today, now: datetime) -> tuple[int, int]:
    """Minutes that what is left of the day asks, and those its working blocks still have."""
    minute = day_minute(today, now)
    asked = asked_left({name: target for name, (target, _) in today.targets.items()}, today.counts)
    asked += sum(
        today.mail_minutes if mail.minutes_of(opens) >= minute else max(0, mail.minutes_of(closes) - minute)
        for opens, closes in today.windows
    )
    return round(asked), round(minutes_left(today.blocks, minute) * today.weight / 100)


def month_to_plan(day: str, following: str, last_planned: str, *, evening: bool) -> str:
    """The month whose plan is to be offered on a day, as ``2026-12``: the day's own where it has none though one before
    it had; from the evening of a month's last working day the next. Empty where there is none.

    `following` is the next working day, `last_planned` the last month up to that day's that has a plan.
    """
    this, coming = day[:7], following[:7]
    if not last_planned or last_planned >= coming:
        return ""
    if last_planned < this:
        return this
    return coming if evening else ""


def new_month(today: Today, now: datetime) -> str:
    """The month whose plan is to be offered now, as ``2026-12``; empty where there is none."""
    evening = today.closed_at is not None or not today.weight or day_minute(today, now) >= EVENING
    day = today.day.isoformat()
    return month_to_plan(day, today.list_day or day, today.last_plan[0], evening=evening)
