"""The header of every screen: its tabs, date and time, the current block, and when email opens.

Also painted before Textual is imported, so it imports neither Textual nor Rich.
"""

from __future__ import annotations

from planner.domain import formats
from planner.domain.day.day_progress import block_now, day_minute, mail_opens, mail_windows
from planner.domain.mail import windows as mail
from planner.tui.shared.spans import WIDE, block_name, cells, clock_minutes, cut, fit, thin_bar, width_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from planner.store.today_queries import Today
    from planner.tui.shared.spans import Line

TABS = {
    "today": "Today",
    "calls": "Calls",
    "plan": "Plan",
    "goals": "Goals",
    "mail": "Email",
    "clients": "Clients",
    "review": "Review",
    "playbook": "Playbook",
}
"""The main screens by name, in the order of their keys."""
BRAND = " planner "
BRANDED = 132  # columns: from here on, the header begins with the program's name
LEAST = 60  # columns: from here on, all tabs stay in sight
BAR, SHORT_BAR = 12, 6


def header(
    today: Today,
    now: datetime,
    width: int,
    measure: Callable[[str], int] = cells,
    tab: str = "today",
    keys: Mapping[str, str] | None = None,
    part: str = "",
    sync: str = "",
) -> Line:
    """Build the header of the screen under `tab`, or of one beside the tabs, which is then named by it.

    `keys` are the rep's own keys of the tabs, `part` is the name of a screen below its tab, `sync` is how syncing with
    other devices stands. Of what doesn't fit, the least important is left out, never the time and the state of email.
    """
    right = _state(today, now, width, measure)
    left = [span for _, line in _tabs(tab, part, width, keys or {}, right, measure) for span in line]
    room = width - width_of(left, measure)
    if sync:  # only the time, the current block and email are worth more
        devices: Line = [(f"{sync}   ", "warn" if sync.endswith("!") else "dim")]
        told = right if sync.endswith("!") else right[:-1]
        right = [*([*devices, *line] for line in told), *right]
    fitting = next((line for line in right if width_of(line, measure) < room), right[-1])
    gap = room - width_of(fitting, measure)
    return cut([*left, (" " * gap, ""), *fitting], width, measure)


def tab_at(
    x: int,
    today: Today,
    now: datetime,
    width: int,
    measure: Callable[[str], int] = cells,
    tab: str = "today",
    keys: Mapping[str, str] | None = None,
    part: str = "",
) -> tuple[str, int, int] | None:
    """Return the name of the tab at a cell, its first cell and its width."""
    start = 0
    for name, line in _tabs(tab, part, width, keys or {}, _state(today, now, width, measure), measure):
        size = width_of(line, measure)
        if start <= x < start + size:
            return (name, start, size) if name in TABS else None
        start += size
    return None


def _tabs(
    tab: str, part: str, width: int, keys: Mapping[str, str], state: Sequence[Line], measure: Callable[[str], int]
) -> list[tuple[str, Line]]:
    """Draw each tab. Without room for all names, those next to the current one are named as far as that costs none of
    the state, and the others are only their keys. These cost the date, and then the current block.
    """

    def draw(names: Iterable[str], named: Collection[str]) -> list[tuple[str, Line]]:
        return [
            (name, _tab(name, keys, part if name == tab else None, brief=name not in (*named, tab))) for name in names
        ]

    def fits(drawn: Iterable[tuple[str, Line]], line: Line) -> bool:
        return sum(width_of(each, measure) for _, each in drawn) + width_of(line, measure) < width

    names = list(dict.fromkeys((*TABS, tab)))
    if width >= WIDE:
        brand: list[tuple[str, Line]] = [("", [(BRAND, "accent")])] if width >= BRANDED else []
        drawn = brand + draw(names, names)
        if fits(drawn, state[-1]):
            return drawn
    place = names.index(tab) + 0.1  # of two as near, the next one first
    near = sorted(names, key=lambda name: abs(names.index(name) - place))
    *richer, least = ([*draw(names, near[:count]), ("", [(" ", "")])] for count in range(len(near), 0, -1))
    shortest = len(state) if width >= LEAST else -1  # on a tiny screen, the current block is worth more than the keys
    full = next((line for line in state[1 if width < WIDE else 2 : shortest] if fits(least, line)), None)
    if full is not None:
        return next((each for each in richer if fits(each, full)), least)
    if part and width >= LEAST:  # without the name of the tab that the screen is under
        lone = [(name, _tab(name, keys, part if name == tab else None, brief=True)) for name in names]
        if fits(lone, state[-1]):
            return [*lone, ("", [(" ", "")])]
    key, title = _key_and_title(tab, keys)
    title = part or title
    return [("", [(f" {key} {title}" if key else f" {title}", "bold"), (" ▸ ", "accent")])]


def _tab(name: str, keys: Mapping[str, str], part: str | None, *, brief: bool = False) -> Line:
    """Draw a tab: the current one with the name of its part, if any (None for the others). A `brief` one is only its
    key or, if it is the current one, its part.
    """
    key, title = _key_and_title(name, keys)
    if part is not None:
        above: Line = [(title, "dim on tab"), (" › ", "dim on tab")] if part and not brief else []
        named: Line = [*above, (part or title, "bold on tab")]
        return [("▐", "tab"), (f"{key} " if key else "", "accent on tab"), *named, ("▌", "tab")]
    line: Line = [(f" {key}", "accent")]
    return line if brief else [*line, (f" {title} ", "dim")]


def _key_and_title(name: str, keys: Mapping[str, str]) -> tuple[str, str]:
    if name not in TABS:
        return "", name
    return keys.get(f"screen-{name}") or str(1 + list(TABS).index(name)), TABS[name]


def _state(today: Today, now: datetime, width: int, measure: Callable[[str], int]) -> list[Line]:
    """The date and time, the current block and the state of email, from the longest line to the shortest."""
    minute = day_minute(today, now)
    time: Line = [(f"{now:%H:%M}", "bold")]
    dated: Line = [(f"{formats.when_text(now.date())} ", ""), *time]
    names = _block(today, minute, measure)
    short, full = (_mail(today, now, minute, wide=wide) for wide in (False, True))
    gap: Line = [("   ", "")]
    near: Line = [("  ", "")]
    if width < WIDE:
        rows = [[*dated, *gap, *names[1], *gap, *full], [*dated, *gap, *names[1], *gap, *short]]
    else:
        rows = [
            [*dated, *gap, *names[0], *gap, *full],
            [*dated, *gap, *names[0], *gap, *short],
            [*dated, *gap, *names[1], *gap, *short],
            [*dated, *near, *names[2], *near, *short],
        ]
    return [
        *rows,
        [*dated, *gap, *names[3], *gap, *short],
        [*dated, *near, *names[3], *near, *short],
        [*time, *gap, *names[3], *gap, *short],
        [*time, *near, *names[3], *near, *short],
        [*time, *near, *short],
    ]


def _block(today: Today, minute: int, measure: Callable[[str], int]) -> tuple[Line, Line, Line, Line]:
    """The current block: with its end and a bar, with its end, with a bar, and alone."""
    block = block_now(today, minute)
    if block is not None:
        name = fit(block_name(block), 24, measure)
        over = (minute - block.first) / (block.last - block.first)
        until: Line = [(name, ""), (f" until {block.end}", "dim")]
        short: Line = [(f"{name} ", ""), *thin_bar(over, SHORT_BAR)]
        return [*until, ("  ", ""), *thin_bar(over, BAR)], until, short, [(name, "")]
    said = "After hours" if today.weight else "Day off"
    upcoming = next((block for block in today.blocks if block.first > minute and not block.dropped), None)
    if upcoming and (today.weight or upcoming.kind != "sleep"):
        said = f"{fit(block_name(upcoming), 24, measure)} from {upcoming.start}"
    line = [(said, "dim")]
    return line, line, line, []  # the next block gives way to the date


def _mail(today: Today, now: datetime, minute: int, *, wide: bool) -> Line:
    """The state of email, and when it opens next."""
    sign = "email " if wide else "✉ "
    windows = mail_windows(today, now)
    running = mail.running(windows)
    if running is not None:
        left = formats.duration(abs(running.left) // 60)
        if running.state == "overrun":
            return [(f"{sign}{left} over ", "warn")]
        return [(f"{sign}open, {left} left ", "")]
    waiting = mail.to_open(windows, minute)
    if waiting is not None and waiting.state == "closed" and today.weight:
        return [(f"{sign}window until {waiting.closes} " if wide else f"{sign}until {waiting.closes} ", "")]
    opens = mail_opens(today, now, windows)
    if opens is None:
        return [(f"{sign}closed ", "dim")]
    if len(opens) > 5:
        opens = formats.near_text(opens, today.day)
        return [(f"{sign}opens {opens} " if wide else f"{sign}{opens} ", "dim")]
    wait = formats.duration(clock_minutes(opens) - minute)
    return [(f"{sign}opens {opens} ({wait}) " if wide else f"{sign}{opens} ", "dim")]
