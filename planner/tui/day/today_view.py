"""Renders the month and the tasks of Today as lines of styled spans, for the widgets and the first paint."""

from __future__ import annotations

from planner.domain import formats
from planner.domain.day.day_progress import day_minute, special_text
from planner.domain.day.figures import needed_words, on_pace, pace_words
from planner.domain.text import plural
from planner.tui.day.day_view import fit_line, slack_line
from planner.tui.shared.spans import (
    OUTCOMES,
    Line,
    _month,
    bar,
    cells,
    clock_minutes,
    cut,
    fit,
    justify,
    pointer,
    thin_bar,
    width_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from planner.store.today_queries import TaskLine, Today


LEAST_TITLE = 12  # cells


def month_lines(today: Today, width: int, measure: Callable[[str], int] = cells) -> list[Line]:
    """The month's personal plan above the quota on one scale, with today's pace."""
    name = f"{_month(today.month_last)}"
    if today.personal_plan is None or today.quota is None:
        if today.last_plan[0]:
            last, quota, plan = today.last_plan
            figures = f"(quota {formats.hundredths(quota)}, plan {formats.hundredths(plan)})"
            return [
                [(f" {name}", "bold")],
                cut([("   No plan for this month yet.", "")], width, measure),
                cut([("   N", "accent"), (f" start from {_month(last)} {figures}", "dim")], width, measure),
                cut([("   g", "accent"), (" set your quota and plan", "dim")], width, measure),
            ]
        return [
            [(f" {name}", "bold")],
            [("   No plan for this month yet.", ""), ("   F2", "accent"), (": take the tour", "dim")],
            [("   Press ", "dim"), ("g", "accent"), (" to set your quota and plan.", "dim")],
        ]
    plan, quota, booked = today.personal_plan, today.quota, today.booked
    line = on_pace(today, plan)
    currency = f" {today.currency}" if today.currency else ""
    days = f"{formats.number(today.days_left / 100)} of {formats.number(today.days_total / 100)} days left"
    head = justify([(f" {name}", "bold")], [(f"{days} ", "dim")], width, measure)
    lines: list[Line] = [head]
    plan_share = formats.percent(booked / plan)
    quota_share = formats.percent(booked / quota) if quota else "n/a"
    numbers = max(len(formats.hundredths(plan)), len(formats.hundredths(quota)))
    if width >= 58:
        room = width - numbers - 20
        lines.append(
            [
                (f"   {formats.hundredths(plan):>{numbers}}", ""),
                ("  plan   ", "dim"),
                *bar(booked, plan, room, line),
                (f" {plan_share:>6}", "bold"),
            ]
        )
        shoulder = max(4, round(room * quota / plan)) if quota else 0
        quota_line = on_pace(today, quota)
        lines.append(
            [
                (f"   {formats.hundredths(quota):>{numbers}}", ""),
                ("  quota  ", "dim"),
                *(bar(booked, quota, shoulder, quota_line) if quota else []),
                (" " * (room - shoulder), ""),
                (f" {quota_share:>6}", "bold"),
            ]
        )
    else:
        lines.append([("   ", ""), *bar(booked, plan, max(8, width - 12), line), (f" {plan_share:>6}", "bold")])
        lines.append(
            cut(
                [
                    (f"   plan {formats.hundredths(plan)}", ""),
                    (f" · quota {formats.hundredths(quota)}, {quota_share}", "dim"),
                ],
                width,
                measure,
            )
        )
    lines.append(_pace_line(today, width, measure, currency))
    if width >= 40:
        lines.append(_needed_line(today, width, measure, currency))
    return lines


def _pace_line(today: Today, width: int, measure: Callable[[str], int], currency: str) -> Line:
    """Show how far ahead of or behind the plan's pace the rep is, in money and days."""
    sign, style, text = pace_words(today, currency)
    return cut([(f"   {sign} ", style), (text, "")], width, measure)


def pace_line(today: Today, width: int, measure: Callable[[str], int] = cells) -> Line:
    """Show how far from the plan's pace the rep is, and what is needed a day if that has room."""
    line = _pace_line(today, width, measure, "")
    short, left = (today.personal_plan or 0) - today.booked, today.days_left / 100
    needed = f" · {formats.hundredths(short / left)} a day needed" if short > 0 and left > 0 else ""
    return [*line, (needed, "dim")] if width_of(line, measure) + measure(needed) <= width else line


def _needed_line(today: Today, width: int, measure: Callable[[str], int], currency: str) -> Line:
    return cut([("     " + needed_words(today, currency), "dim")], width, measure)


def task_lines(
    today: Today,
    now: datetime,
    width: int,
    height: int,
    cursor: int | None = None,
    offset: int = 0,
    measure: Callable[[str], int] = cells,
    *,
    alone: bool = False,
) -> list[tuple[int, Line]]:
    """The ranked task list, each line with its index in `today.tasks` (-1 for a title or hint). `alone` means that no
    day column is shown beside it.
    """
    lines: list[tuple[int, Line]] = [(-1, _list_title(today, now, width, measure, alone=alone))]
    if not today.tasks:
        return [
            *lines,
            (-1, [("   No tasks yet.", "")]),
            (-1, [("   Press ", "dim"), ("a", "accent"), (" to add one.", "dim")]),
        ]
    room = max(1, height - 1)
    shown = today.tasks[offset : offset + room]
    hidden = len(today.tasks) - offset - len(shown)
    if hidden > 0 and room > 1:
        shown = shown[:-1]
        hidden += 1
    told = [_facts(task, today, now, width) for task in shown]
    rest = max((width_of(spaced(facts[1:]), measure) for facts in told if facts[0]), default=0)
    for index, (task, facts) in enumerate(zip(shown, told, strict=True), start=offset):
        lines.append((index, task_line(task, today, now, width, index == cursor, facts, rest, measure)))
    if hidden > 0 and room > 1:
        lines.append((-1, [(f"     … {hidden} more", "dim")]))
    return lines


def _list_title(today: Today, now: datetime, width: int, measure: Callable[[str], int], *, alone: bool) -> Line:
    """The list's title, with the most relevant fact at the right: if the list is alone, free time, an overfull day or a
    birthday, otherwise how many of the top three are done, which is due by noon.
    """
    title: Line = [(" Priorities", "accent")]  # the keys act on it
    if alone:
        room = width - width_of(title, measure) - 3
        over = [line for line in fit_line(today, now, room, measure) if line[0][1] == "bad"]
        special = [cut([(f"◆ {special_text(due, now)}", "")], room, measure) for due in today.special[:1]]
        for line in slack_line(today, now, room, measure) + over + special:
            return justify(title, [*line, (" ", "")], width, measure)
    if not today.top or today.closed_at is not None:
        return title
    done = sum(task.done for task in today.tasks if task.id in today.top)
    left = len(today.top) - done
    if not left:
        told: Line = [("Top three ✓ ", "good")]
    elif now.hour < 12:
        told = [(f"Top three before noon: {done} of {len(today.top)} ", "dim")]
    else:
        told = [(f"! {left} of your top three left ", "warn")]
    return justify(title, told, width, measure)


def task_line(
    task: TaskLine,
    today: Today,
    now: datetime,
    width: int,
    chosen: bool,
    facts: list[Line],
    rest: int,
    measure: Callable[[str], int] = cells,
) -> Line:
    """One task: rank, priority, title, and at the right the reasons for its place. The first ends where the others of
    the list, which take `rest` cells at most, begin.
    """
    style = "dim" if task.done else ""
    top = task.id in today.top and not task.done
    lead: Line = [
        pointer(chosen, 2),
        ("•" if top else " ", "accent" if now.hour < 12 else "warn"),
        (f"{task.rank:>3} ", "dim"),
        (f"{task.priority or '·'}  ", "accent" if task.priority == "A" and not task.done else "dim"),
    ]
    title = str(task.title) + (f", {task.contact}" if task.contact else "")
    title += " (do not call)" if task.do_not_call else ""
    room = width - width_of(lead, measure) - 3
    while len(facts) > 1 and width_of(spaced(facts), measure) > room - LEAST_TITLE:
        facts = facts[:-1]
    tail = spaced(facts) if width_of(facts[0], measure) <= room - LEAST_TITLE else []
    if facts[0] and rest and LEAST_TITLE + width_of(facts[0], measure) + 2 + rest <= room:
        others = spaced(facts[1:])
        tail = [*facts[0], (" " * (rest - width_of(others, measure) + 2), ""), *others]
    line = [*lead, (fit(title, room - width_of(tail, measure), measure), "cursor" if chosen else style)]
    return justify(line, [*tail, (" ", "")], width, measure) if tail else cut(line, width, measure)


def spaced(facts: list[Line]) -> Line:
    """Put facts on a line, two spaces apart."""
    told = [fact for fact in facts if fact]
    return [span for number, fact in enumerate(told) for span in ([("  ", "")] * bool(number) + fact)]


def _facts(task: TaskLine, today: Today, now: datetime, width: int) -> list[Line]:
    """The reasons for a task's place: first when it's due, empty if it isn't, then the others."""
    if task.done:
        return [[], [("✓", "good")]]
    if task.kind == "counter":
        done = today.counts.get(str(task.metric), 0)
        told: list[Line] = [[], [(f"{done:,} of {task.target or 0:,}", "dim")]]
        return [*told, thin_bar(done / task.target, 12)] if width >= 70 and task.target else told
    return _why_now(task, today, now)


def _why_now(task: TaskLine, today: Today, now: datetime) -> list[Line]:
    """The due time, empty without one, then the minutes, value and age of a task."""
    due = "" if task.due is None else str(task.due)
    when: Line = []
    if due and due[:10] < today.day.isoformat():
        when = [(f"! {formats.when_text(due)}", "warn")]
    elif due[:10] == today.day.isoformat() and len(due) > 10:
        wait = clock_minutes(due[11:]) - day_minute(today, now)
        if wait < 0:
            when = [(f"! {due[11:]}, {formats.duration(-wait)} late", "bad")]
        elif wait <= 120:
            when = [(f"! {due[11:]}, in {formats.duration(wait)}", "warn")]
        else:
            when = [(due[11:], "dim")]
    facts: Line = []
    if task.minutes:
        facts.append((formats.duration(int(str(task.minutes))), "dim"))
    if task.value:
        facts.append((f"{formats.hundredths(int(str(task.value)))} open", "dim"))
    if task.age_days and not (due and due[:10] < today.day.isoformat()):
        old = f"{plural(task.age_days, 'day', 'days')} old"
        facts.append((f"! {old}" if task.age_days >= 3 else old, "warn" if task.age_days >= 3 else "dim"))
    if task.missed:
        facts.append((f"↻ {task.missed} missed", "warn"))
    elif task.every:
        facts.append(("↻", "dim"))
    return [when, *([fact] for fact in facts)]


def outcome_lines(text: str, *, record: bool = False) -> list[Line]:
    """What was counted, and the call outcomes by digit, the longest wording first. A record gets a star."""
    lines: list[Line] = []
    for words, gap, said in zip(OUTCOMES, ("  ", " ", " "), (f"{text}  ", "", ""), strict=True):
        line: Line = [(" ★ " if record else " ✓ ", "good"), (said, "")]
        for digit, word in enumerate(words, start=1):
            line += [(f"{digit}", "accent"), (f" {word}{gap if digit < len(words) else ''}", "dim")]
        lines.append(line)
    return lines
