"""Renders `today` and `status` as text and JSON from the day's snapshot. On the quick path: imports nothing but the
wording.
"""

from __future__ import annotations

from planner.domain import formats
from planner.domain.day import day_progress
from planner.domain.day.activity import WORDS
from planner.domain.mail import windows as mail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from planner.store.today_queries import BlockLine, Due, TaskLine, Today

# The contract's counters are always shown, the others only when they have a target or a count.
ALWAYS = ("dials", "conversations", "meetings_booked", "proposals")
OTHERS = ("meetings_held", "deals")
SHORT = {"dials": "calls", "meetings_booked": "meetings booked", "meetings_held": "meetings held"}


def number(hundredths: int) -> int | float:
    """Convert hundredths to a plain number: an int where it is whole."""
    return hundredths // 100 if hundredths % 100 == 0 else hundredths / 100


def shown_counters(today: Today) -> list[str]:
    """The counters to show."""
    return [*ALWAYS, *(name for name in OTHERS if today.targets.get(name) or today.counts[name])]


def mail_object(today: Today, now: datetime) -> dict[str, object]:
    """The state of mail, when it opens next, and its windows."""
    windows = day_progress.mail_windows(today, now)
    opens = day_progress.mail_opens(today, now, windows)
    return {
        "state": mail.state_of(windows),
        "next_open": None if opens is None else opens[-5:],
        "windows": [
            {
                "opens": window.opens,
                "closes": window.closes,
                "state": window.state,
                "minutes": window.minutes,
                "letters": window.letters,
            }
            for window in windows
        ],
    }


def today_object(today: Today, now: datetime) -> dict[str, object]:
    """The object of `today --json` (`commands.md`)."""
    counters = {name: {"done": today.counts[name], "target": today.target(name)} for name in shown_counters(today)}
    asked_by = {
        name: {"source": source, "other": other} for name, (source, other) in today.sources.items() if name in counters
    }
    tasks = [
        {
            "id": line.id,
            "title": line.title,
            "rank": line.rank,
            "priority": line.priority,
            "kind": line.kind,
            "done": line.done,
            "goal_id": line.goal_id,
            "due": line.due,
            "age_days": line.age_days,
            "minutes": line.minutes,
            "every": line.every,
            "contact": line.contact,
            "tags": str(line.tags).split(),
            "missed": line.missed,
            "reasons": reasons(line, today.day.isoformat()),
        }
        for line in today.tasks
    ]
    blocks = [
        _block_object(block, state)
        for block, state in zip(today.blocks, day_progress.block_states(today, now), strict=True)
    ]
    asked, room = day_progress.left_to_do(today, now)
    return {
        "date": today.day.isoformat(),
        "working_weight": today.weight / 100,
        "opened": today.opened_at is not None,
        "closed": today.closed_at is not None,
        "counters": counters,
        "asked_by": asked_by,
        "tasks": tasks,
        "blocks": blocks,
        "mail": mail_object(today, now),
        "due": [
            {
                "kind": due.kind,
                "contact": due.contact,
                "at": due.at,
                "text": due.text,
                "overdue": due.overdue(now),
                "do_not_call": due.do_not_call,
            }
            for due in (*today.due, *today.special)
        ],
        "fits": {
            "asked_minutes": None if today.asked_minutes is None else number(today.asked_minutes),
            "available_minutes": today.available_minutes,
            "left_asked_minutes": None if today.asked_minutes is None else asked,
            "left_available_minutes": room,
        },
        "slack": _slack_object(today, now),
        "list": {"for": today.list_day or None, "count": today.listed},
        "top_three": [{"id": line.id, "done": line.done} for line in today.tasks if line.id in today.top],
        "will_try": today.will_try or None,
        "midway": today.midway.splitlines(),
        "all_day": [note for note in today.day_notes.split("\n") if note],
        "next_due": dict(word.split("=") for word in today.next_due.split()),
        "odds": {
            "by": today.month_last,
            "p_plan": None if today.p_plan is None else round(today.p_plan / 10_000, 4),
            "p_quota": None if today.p_quota is None else round(today.p_quota / 10_000, 4),
            "p_plan_in_the_end": None if today.p_plan_end is None else round(today.p_plan_end / 10_000, 4),
            "p_quota_in_the_end": None if today.p_quota_end is None else round(today.p_quota_end / 10_000, 4),
            "noes_to_meeting": today.noes,
            "advice": today.advice.partition("\n")[0],
        },
    }


def reasons(line: TaskLine, day: str) -> list[str]:
    """Why a task is ranked where it is, in words."""
    if line.kind == "counter":
        return []
    found = []
    due = "" if line.due is None else str(line.due)
    if due and due[:10] < day:
        found.append(f"overdue since {due[:10]}")
    elif due:
        found.append(f"due {due[11:]}" if len(due) > 10 else "due today")
    if line.value:
        found.append(f"{formats.hundredths(int(str(line.value)))} open")
    if line.goal:
        found.append(f"serves {line.goal}")
    if line.age_days:
        found.append(f"{line.age_days} {'day' if line.age_days == 1 else 'days'} old")
    if line.missed:
        found.append(f"{line.missed} missed")
    return found


def _block_object(block: BlockLine, state: str | None) -> dict[str, object]:
    """A block of the day, with its name and meeting flag if it has them."""
    told = None if state in ("before", "free") else state
    found: dict[str, object] = {"start": block.start, "end": block.end, "kind": block.kind, "state": told}
    if block.title:
        found["title"] = block.title
    if block.position is None:
        found["meeting"] = True
        if block.mark:
            found["outcome"] = block.mark
    return found


def _slack_object(today: Today, now: datetime) -> dict[str, object] | None:
    free = day_progress.slack(today, now)
    if free is None:
        return None
    until, kind, who = free
    return {
        "until": f"{until // 60:02}:{until % 60:02}",
        "minutes": until - day_progress.day_minute(today, now),
        "offer": {"kind": kind, "contact": who} if kind else None,
    }


def today_lines(today: Today, now: datetime) -> list[str]:
    """`today` as text."""
    plan = plan_line(today)
    running = today.closed_at is None
    parts: list[list[str]] = [
        _head(today),
        [_counter(today, name) for name in shown_counters(today)],
        [f"  {plan}", *(f"  {line}" for line in odds_text(today))] if plan else [],
        [task_text(line) for line in today.tasks],
        [due_text(due, now) for due in today.due],
        [f"   {due.when(now)}  {due.contact}: {due.text}" for due in today.special],
        block_texts(today, now) if today.blocks else [],
        [f"  {text}" for text in today.midway.splitlines()] if running else [],
        [f"  You wanted to try: {today.will_try}"] if today.will_try and running else [],
        _what_is_missing(today, now),
    ]
    lines: list[str] = []
    for part in parts:
        lines += ["", *part] if part and lines else part
    return lines


def _head(today: Today) -> list[str]:
    state = "ended" if today.closed_at else "started" if today.opened_at else "not started"
    weight = {0: "day off", 50: "half day", 100: ""}.get(today.weight, f"{today.weight}% of a day")
    lines = [formats.dated_text(today.day) + (f", {weight}" if weight else "") + f" ({state})"]
    if today.wish:
        lines.append(f"Your why: {today.wish}" + (f", for {today.for_whom}" if today.for_whom else ""))
    return lines


def _counter(today: Today, name: str) -> str:
    """A counter against its target, and where that comes from."""
    done, target = today.counts[name], today.target(name)
    mark = "" if target is None or not (target or done) else "  ✓" if done >= target else ""
    later = today.due_next(name)
    mark += f"  {later}" if later else ""
    source, other = today.sources.get(name, ("", None))
    if other:
        mark += f"  from your goal (plan: {other:,})" if source == "goal" else f"  from your plan (goal: {other:,})"
    if name == "dials" and target is not None and today.holds is not None and target > today.holds:
        mark += f"  over your capacity of {today.holds:,} a day"
    return f"  {SHORT.get(name, name).capitalize():<15} {done:>6,} / {'–' if not target else format(target, ',')}{mark}"


def _what_is_missing(today: Today, now: datetime) -> list[str]:
    month = day_progress.new_month(today, now)
    if month:
        name = formats.month_text(type(now).fromisoformat(f"{month}-01"))
        return [f"{name} has no plan yet. Copy last month's: planner plan set --month {month} --like-last"]
    if not today.targets and today.personal_plan is None and not today.serves:
        return ["No plan or goals yet. Start with: planner plan set --month … --quota … --personal 2x"]
    return []


SAID = {"short": "partly kept", "missed": "missed", "dropped": "dropped", "free": "free"}
STATE_SIGNS = {"kept": "✓", "short": "▬", "missed": "✗", "dropped": "–", "now": "▸", "free": "·", None: "?"}


def block_texts(today: Today, now: datetime) -> list[str]:
    """The blocks of the day with their outcomes, and suggestions for the gaps."""
    lines = [f"   {note}, all day" for note in today.day_notes.split("\n") if note]
    for block, state in zip(today.blocks, day_progress.block_states(today, now), strict=True):
        said = {"now": f"now, until {block.end}", **SAID}.get(state or "")
        clash = f"  ! overlaps {block.clash}" if block.clash else ""
        name = f"{block.title or day_progress.BLOCK_WORDS[block.kind]}{f'  {said}' if said else ''}{clash}"
        lines.append(f" {STATE_SIGNS.get(state, ' ')} {block.start}  {name}")
    free = day_progress.free_text(today, now)
    if free is not None:
        lines.append(f" ▸ {''.join(free)}")
    return lines


def task_text(line: TaskLine) -> str:
    """Format a line of the task list as text."""
    mark = "✓" if line.done else " "
    due = f"  {formats.when_text(str(line.due))}" if line.due else ""
    age = f"  {line.age_days} {'day' if line.age_days == 1 else 'days'} old" if line.age_days else ""
    barred = " (do not call)" if line.do_not_call else ""
    return f" {mark} {line.rank:>2} {line.priority or '·'}  {line.title}{barred}{due}{age}  (task {line.id})"


def due_text(due: Due, now: datetime) -> str:
    """Format a due promise or callback as text. An overdue one starts with a mark."""
    mark = "!" if due.overdue(now) else " "
    word = "promised" if due.kind == "promise" else "call back"
    return f" {mark} {word} {due.when(now)}  {day_progress.due_name(due)}"


def plan_line(today: Today) -> str:
    """Summarise the month in one line, empty without a plan."""
    if today.personal_plan is None or today.quota is None:
        return ""
    booked = formats.hundredths(today.booked)
    plan = f"{formats.percent(today.booked / today.personal_plan)} of plan"
    quota = f", {formats.percent(today.booked / today.quota)} of quota" if today.quota else ""
    return f"{booked} closed: {plan}{quota}"


def odds_text(today: Today) -> list[str]:
    """The odds of plan and quota as last computed, and what would meet them. Empty without a plan or once it is met."""
    if today.p_plan is None or not today.personal_plan or today.booked >= today.personal_plan:
        return []
    if today.odds_are_old():  # a tooltip must not wait for new odds, nor show other odds than the plan
        return []
    end = "" if today.p_plan_end is None else f", {formats.percent(today.p_plan_end / 10_000)} with later closes"
    lines = [f"{formats.percent(today.p_plan / 10_000)} likely to hit plan {today.by_end}{end}"]
    if today.p_quota is not None:
        lines.append(f"{formats.percent(today.p_quota / 10_000)} likely to hit quota")
    if today.noes is not None:
        noes = "1 no" if today.noes == 1 else f"{today.noes:,} no's"
        lines.append(f"About {noes} before your next meeting")
    advice = today.advice.partition("\n")[0]
    return [*lines, advice] if advice else lines


def status_parts(today: Today) -> list[str]:
    """The parts of the status line, most important first."""
    parts = []
    for name in ("dials", "conversations", "meetings_booked", "proposals"):
        target = today.target(name)
        done = today.counts[name]
        if target or (done and name == "dials"):
            parts.append(f"{SHORT.get(name, name)} {done:,}" + (f"/{target:,}" if target is not None else ""))
    if today.personal_plan:
        parts.append(f"plan {formats.percent(today.booked / today.personal_plan)}")
    return parts


def status_text(today: Today, now: datetime, form: str) -> str:
    """The one-line status for a status bar, in one of its formats."""
    parts = status_parts(today)
    line = " · ".join(parts) or "No plan yet"
    target, done = today.target("dials"), today.counts["dials"]
    kind = "none" if not target else "met" if done >= target else "open"
    if form == "tmux":
        return line.replace("#", "##") if kind != "met" else f"#[fg=green]{line}#[default]"
    if form in ("waybar", "json"):
        from planner.cli.plain_json import dumps

        if form == "waybar":
            tooltip = "\n".join(today_lines(today, now))
            return dumps({"text": line, "tooltip": _escape(tooltip), "class": kind})
        return dumps({"text": line, "state": kind, **_status_object(today, now)})
    return line


def _status_object(today: Today, now: datetime) -> dict[str, object]:
    whole = today_object(today, now)
    plan = None
    if today.personal_plan is not None and today.quota is not None:
        plan = {
            "quota": number(today.quota),
            "personal_plan": number(today.personal_plan),
            "booked": number(today.booked),
            "plan_attainment": round(today.booked / today.personal_plan, 4),
            "quota_attainment": round(today.booked / today.quota, 4) if today.quota else None,
        }
    return {"date": whole["date"], "counters": whole["counters"], "plan": plan, "mail": whole["mail"]}


def _escape(text: str) -> str:
    """Escape text for Waybar, which reads its tooltip as Pango markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def word(name: str, count: int) -> str:
    """A count with its noun: ``1 call``, ``37 calls``."""
    singular, plural = WORDS.get(name, (name, name))
    return f"{count:,} {singular if count == 1 else plural}"
