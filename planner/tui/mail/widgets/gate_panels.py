"""The closed gate on panels, where there is room for them: today, the week, what to write. Data in, lines out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.text import plural
from planner.tui.shared import spans
from planner.tui.shared.big import big
from planner.tui.shared.panels import GAP, beside, stack
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import measure

if TYPE_CHECKING:
    from planner.domain.mail.windows import Window
    from planner.services.mail.windows import WeekOfMail
    from planner.tui.mail.widgets.gate import GateView

    Section = tuple[str, str, Sequence[Line]]

MARKS = {
    "done": ("✓", "good"),
    "missed": ("✗", "bad"),
    "open": ("●", "accent"),
    "overrun": ("!", "warn"),
    "closed": ("·", "dim"),
}
AIRY = 40  # rows from which on there are empty ones between the days
CONNECT = "No mailbox connected (optional). The command “planner mail account” connects one."
MOST_DRAFTS, NAME = 8, 20
DAY = 18  # cells of a day's windows and its share
MEANWHILE: list[Line] = [
    [("M", "accent"), (" queue an email for the next window", "")],
    [],
    [("y", "accent"), (" copy an auto-reply with your email hours", "")],
]
PEEK: list[Line] = [[], [("l", "accent"), (" peek anyway, giving a reason", "")]]


def is_over(window: Window) -> bool:
    """Return whether a window ran over its planned time."""
    return window.minutes is not None and window.minutes > window.planned


def mark(window: Window) -> tuple[str, str]:
    """Return the sign and style of a window: done, overrun, missed, open, or to come."""
    return ("!", "warn") if is_over(window) and window.state == "done" else MARKS[window.state]


def gate_panels(shown: GateView, width: int, height: int) -> list[Line]:
    """Put the gate on panels in two columns."""
    left = (width - GAP) // 2
    right = width - GAP - left
    week = "This week", "", week_lines(shown.week, right - 4, air=height >= AIRY)
    write, meanwhile, mailboxes = write_sections(shown, left - 4)
    first = stack([*today_sections(shown, left - 4), write, mailboxes], left, height, measure)
    return beside(first, stack([week, meanwhile], right, height, measure), left, measure)


def today_sections(shown: GateView, width: int) -> list[Section]:
    """When email opens, how today's windows went, and the peeks between them."""
    gate = shown.gate
    lines: list[Line] = []
    if shown.pause is not None:
        wait = f"Think for {shown.pause} s, then give a reason." if shown.pause else "Give a reason, then press ⏎."
        title, remark = "Worth it?", ""
        lines += [[(wait, "warn" if shown.pause else "accent")], []]
    elif shown.may_open:
        title, remark = "Time for email.", ""
        lines += [[("⏎", "accent"), (" open and start the clock", "")], []]
    else:
        wait = "" if gate.wait is None else f" ({formats.duration(gate.wait)})"
        title, remark = "Email is closed", f"opens {gate.next_open}{wait}" if gate.next_open else "no email windows set"
        lines += [*([(row, "bold")] for row in big(gate.next_open)), []] if gate.next_open else []
    lines += [line for window in gate.windows for line in (_window(window, width), [])][:-1]
    found: list[Section] = [(title, remark, lines)]
    if gate.looks:
        peeks = [[(f"{look.at:%H:%M} ", "dim"), (f"“{look.reason}”", "warn")] for look in gate.looks[-5:]]
        found.append(("Peeked", str(len(gate.looks)), [spans.cut(line, width, measure) for line in peeks]))
    return found


def _window(window: Window, width: int) -> Line:
    """A window with its sign, and its minutes as a bar of those planned."""
    sign, style = mark(window)
    lead: Line = [(f"{window.opens}–{window.closes}  ", ""), (f"{sign}  ", style)]
    if window.minutes is None:
        return [*lead, ("missed", "bad") if window.state == "missed" else (f"{window.planned} min", "dim")]
    told = f"  {formats.duration(window.minutes)}, {plural(window.letters, 'email', 'emails')}"
    room = width - spans.width_of(lead, measure) - measure(told)
    drawn = spans.bar(window.minutes, window.planned, room) if room >= 6 else []
    return [*lead, *drawn, (told, "warn" if is_over(window) else "")]


def week_lines(week: WeekOfMail | None, width: int, *, air: bool) -> list[Line]:
    """How each day kept to its windows, the week as a whole, and those before it."""
    if week is None:
        return [[("Loading …", "dim")]]
    lines: list[Line] = []
    for day in week.days:
        resting = not day.due and not any(window.minutes is not None for window in day.windows)
        signs = [("–", "dim")] if resting or not day.windows else [mark(window) for window in day.windows]
        line: Line = [(f"{formats.WEEKDAYS[day.day.weekday()]:<5}", "dim"), *signs]
        if day.adherence is not None:
            line.append((f"{formats.percent(day.adherence):>{DAY - 7 - len(signs)}}  ", "bold"))
            line += spans.thin_bar(day.adherence, width - DAY)
        lines += [line, []] if air else [line]
    lines += [] if air else [[]]
    if week.adherence is not None:
        lines.append([("email discipline ", "dim"), (formats.percent(week.adherence), "bold")])
    if week.minutes:
        peeks = f", {plural(week.looks, 'peek', 'peeks')}" if week.looks else ""
        rate = f"{week.letters / week.minutes:.1f} per minute"
        told = f"{formats.duration(week.minutes)}, {plural(week.letters, 'email', 'emails')}, {rate}{peeks}"
        lines += [[(part, "dim")] for part in spans.wrap(told, width, measure)]
    if any(each is not None for each in week.before):
        texts = "  ".join("–" if each is None else formats.percent(each) for each in week.before)
        lines += [[], [("Weeks before, oldest first  ", "dim"), (texts, "")]]
    if week.falls:
        lines += [[], [("▼ Down two weeks in a row. ", "warn"), ("Three times a day is enough.", "")]]
    return lines if lines[-1] else lines[:-1]


def write_sections(shown: GateView, width: int) -> list[Section]:
    """The emails that wait to be written, what to do meanwhile, and the mailboxes."""
    names = min(NAME, width // 3)
    drafts: list[Line] = []
    for draft in shown.drafts[:MOST_DRAFTS]:
        tag: Line = [("  proposal", "accent")] if draft.proposal else []
        name = spans.fit(draft.name, names, measure)
        line: Line = [(name + " " * (names + 2 - measure(name)), ""), (draft.subject, "dim")]
        drafts.append(spans.cut(line, width - spans.width_of(tag, measure), measure) + tag)
    more = len(shown.drafts) - len(drafts)
    drafts += [[(f"… {more} more", "dim")]] if more > 0 else []
    nothing: list[Line] = [[("Nothing to write in the next window.", "dim")]]
    meanwhile = MEANWHILE if shown.may_open or shown.pause is not None else [*MEANWHILE, *PEEK]
    return [
        ("To write in the next window", str(len(shown.drafts) or ""), drafts or nothing),
        ("Meanwhile", "", meanwhile),
        ("Mailboxes", str(shown.mailboxes or ""), _mailboxes(shown, width)),
    ]


def _mailboxes(shown: GateView, width: int) -> list[Line]:
    lines: list[Line] = []
    if shown.exceptions:
        said = f"Always notified about: {', '.join(shown.exceptions)}"
        lines += [[(part, "dim")] for part in spans.wrap(said, width, measure)]
    if not shown.mailboxes:
        lines += [[(part, "dim")] for part in spans.wrap(CONNECT, width, measure)]
    return lines or [[("They are read in the next window.", "dim")]]
