"""Lines of styled spans, and text functions for the screens and the first paint. Data in, text out.

A span is a piece of text with the name of a style (`""`, `dim`, `bold`, `accent`, `fill`, `violet`, `good`, `warn`,
`bad`, `track`, `cursor`, `fresh`, `pointer`), or of one on a tint (`dim on row`). What a style means also has a sign in
the text, so nothing depends on colour alone. Widths are in terminal cells. Loaded before Textual and Rich, so it
imports neither.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime

from planner.domain import formats
from planner.domain.day.day_progress import BLOCK_WORDS as BLOCK_WORDS
from planner.domain.text import make_visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from planner.domain.day.tasks import Due
    from planner.store.today_queries import BlockLine

Span = tuple[str, str]
Line = list[Span]
WIDE = 100
TALL = 34
LARGE = (160, 40)
"""Columns and rows from which on screens have panels and a third column."""

LIT = " lit"  # what the name of a tint under the mouse ends in
BLOCKS = ("calls", "meetings", "mail", "proposals", "desk", "own")  # tints of the day's blocks
# What tints become under the mouse. Others stay as they are, such as what is selected.
UNDER_MOUSE = {"": "hover", "tab": "row", "now": "calls" + LIT}
UNDER_MOUSE |= {name: name + LIT for name in ("panel", "block", "card", "wide", "rail", *BLOCKS)}

EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


def cells(text: str) -> int:
    """Return how many terminal cells a text takes. The widgets use Rich's own measure instead."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def fit(text: str, width: int, measure: Callable[[str], int] = cells) -> str:
    """Cut a text to a width, with an ellipsis if anything is left out."""
    if width <= 0:
        return ""
    text = make_visible(text)  # measure the text as it will be displayed
    if measure(text) <= width:
        return text
    if text.isascii():
        return text[: width - 1].rstrip() + "…"
    kept, used = [], 0
    for char in text:
        used += measure(char)
        if used > width - 1:
            break
        kept.append(char)
    return "".join(kept).rstrip() + "…"


def padded(text: str, width: int, measure: Callable[[str], int] = cells) -> str:
    """Cut or fill a text to a width."""
    text = fit(text, width, measure)
    return text + " " * (width - measure(text))


def fit_middle(text: str, width: int, measure: Callable[[str], int] = cells) -> str:
    """Cut a text to a width like `fit`, but in its middle, so that its end stays."""
    text = make_visible(text)
    if measure(text) <= width:
        return text
    room = (width - 1) // 2
    tail = len(text) - room  # as many characters as these cells may hold
    while measure(text[tail:]) > room:
        tail += 1
    end = text[tail:].lstrip()
    return fit(text, width - measure(end), measure) + end


def fit_apart(texts: Sequence[tuple[str, int]], measure: Callable[[str], int] = cells) -> list[str]:
    """Cut each text to its width: at its end, or in its middle where another one would look the same."""
    cut_texts = [fit(text, width, measure) for text, width in texts]
    alike: dict[str, set[str]] = {}
    for short, (text, _) in zip(cut_texts, texts, strict=True):
        alike.setdefault(short, set()).add(text)
    return [
        fit_middle(text, width, measure) if len(alike[short]) > 1 else short
        for short, (text, width) in zip(cut_texts, texts, strict=True)
    ]


def wrap(text: str, width: int, measure: Callable[[str], int] = cells) -> list[str]:
    """Wrap a text to a width at its spaces. Words longer than a line are broken."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            if measure(line) + 1 + measure(word) <= width or not line:
                line = f"{line} {word}" if line else word
            else:
                lines.append(line)
                line = word
            while measure(line) > width > 1:
                head = fit(line, width, measure).rstrip("…")
                lines.append(head)
                line = line[len(head) :].lstrip()
        lines.append(line)
    return lines


def width_of(line: Sequence[Span], measure: Callable[[str], int] = cells) -> int:
    """Return the width of a line in cells."""
    return sum(measure(text) for text, _ in line)


def justify(left: Line, right: Line, width: int, measure: Callable[[str], int] = cells) -> Line:
    """Put two parts at the ends of a line. The right one is dropped if there is no room."""
    room = width - width_of(left, measure) - width_of(right, measure)
    if room < 2:
        return cut(left, width, measure)
    return [*left, (" " * room, ""), *right]


def cut(line: Line, width: int, measure: Callable[[str], int] = cells) -> Line:
    """Cut a line to a width."""
    found: Line = []
    left = width
    for text, style in line:
        size = measure(text)
        if size > left:
            found.append((fit(text, left, measure), style))
            return found
        found.append((text, style))
        left -= size
    return found


def wrapped(line: Line, width: int, measure: Callable[[str], int] = cells) -> list[Line]:
    """Wrap a line behind its sign or indent to at most three, each in the style that most of it has."""
    if width_of(line, measure) <= width:
        return [line]
    (first, style), *rest = line
    if first.strip() not in ("▸", "!"):
        rest, first = line, first[: len(first) - len(first.lstrip())]
    indent = measure(first)
    parts = wrap("".join(text for text, _ in rest), width - indent, measure)
    most = max(rest, key=lambda span: len(span[0]))[1]
    return [[(" " * indent if index else first, style), (part, most)] for index, part in enumerate(parts[:3])]


def joined(line: Line) -> Line:
    """Merge neighbouring spans of the same style."""
    found: Line = []
    for text, style in line:
        if found and found[-1][1] == style:
            found[-1] = (found[-1][0] + text, style)
        else:
            found.append((text, style))
    return found


def pointer(chosen: bool, width: int = 3) -> Span:
    """Start a row of a list: with the mark of the selected one, or as much space. `Lines` tints a whole line that
    starts with the mark.
    """
    return ("▌".ljust(width), "pointer") if chosen else (" " * width, "")


def tinted(line: Line, tint: str, width: int = 0, measure: Callable[[str], int] = cells) -> Line:
    """Put a line on a tint (`row`, `panel`), padded to a width. Spans on a tint of their own stay on it, and what they
    show of the ground is that of the panel.
    """
    found = [(text, style if " on " in style else f"{style} on {tint}") for text, style in line]
    if tint == "panel":
        found = [(text, f"panel{style[6:]}" if style.startswith("ground on ") else style) for text, style in found]
    room = width - width_of(line, measure)
    return [*found, (" " * room, f" on {tint}")] if room > 0 else found


def lit(line: Line, left: int, right: int, measure: Callable[[str], int] = cells) -> Line:
    """Tint the part of a line that lies between two cells, as the mouse is over it."""
    found: Line = []
    at = 0
    room = right - width_of(line, measure)
    for text, style in [*line, (" " * room, "")] if room > 0 else line:
        end = at + measure(text)
        ink, _, ground = style.partition(" on ")
        if left <= at and end <= right:
            style = f"{ink} on {UNDER_MOUSE.get(ground, ground)}"
        found.append((text, style))
        at = end
    return found


def bar(done: float, whole: float, width: int, mark: float | None = None) -> Line:
    """Draw a bar of `width` cells in eighths of a block, with a mark at `mark` (same unit as `whole`)."""
    share = min(1.0, max(0.0, done / whole)) if whole > 0 else 0.0
    eighths = round(share * width * 8)
    if done > 0 and not eighths:
        eighths = 1
    full, rest = divmod(eighths, 8)
    drawn: Line = [(" ", " on fill")] * full + [(EIGHTHS[rest], "fill on rail")] * bool(rest)
    drawn += [(" ", " on rail")] * (width - len(drawn))
    if mark is not None and whole > 0:
        at = min(width - 1, int(min(1.0, mark / whole) * width))
        drawn[at] = ("│", "ground on fill" if at < full else "bold on rail")
    return joined(drawn)


def thin_bar(share: float, width: int) -> Line:
    """Draw a thin bar: ``━━━╸───``."""
    halves = round(min(1.0, max(0.0, share)) * width * 2)
    full, rest = divmod(halves, 2)
    done = "━" * full + ("╸" if rest else "")
    return [(done, "fill"), ("─" * (width - len(done)), "track")]


def place(shown: range, count: int) -> str:
    """Say which entries of a longer list are shown, as ``31–62 of 66 ▾``. Empty if all are."""
    if len(shown) >= count:
        return ""
    return f"{shown.start + 1:,}–{shown.stop:,} of {count:,} {'▾' if shown.stop < count else '▴'}"


def clock_minutes(text: str) -> int:
    """Return the minutes since midnight of ``08:30``."""
    return int(text[:2]) * 60 + int(text[3:5])


def block_name(block: BlockLine) -> str:
    """Return the name of a block of the day."""
    return str(block.title) or BLOCK_WORDS.get(block.kind, block.kind)


MARKED_BY_KEY = frozenset({"learning", "rest", "sport", "family", "sleep", "own"})


def is_roomy(width: int, height: int) -> bool:
    """Return whether a screen has room for panels beside and above each other."""
    return width >= WIDE and height >= TALL


def is_large(width: int, height: int) -> bool:
    """Return whether a screen has room for panels and a third column."""
    return width >= LARGE[0] and height >= LARGE[1]


def spaced(rows: list[tuple[int, Line]], height: int) -> list[tuple[int, Line]]:
    """Put a row of air between the rows of a large screen's list if there is room, and accent its title, since the keys
    act on it. Each row comes with its index, -1 for a title or a hint.
    """
    index, [(title, _), *rest] = rows[0]
    rows = [(index, [(title, "accent"), *rest]), *rows[1:]]
    return [each for row in rows for each in (row, (-1, []))][:-1] if 2 * len(rows) - 1 <= height else rows


def columns(width: int) -> tuple[int, int]:
    """Return the widths of the two columns of a wide screen, (width, 0) for a narrow one."""
    if width < WIDE:
        return width, 0
    left = round(width * 0.56)
    return left, width - left


def is_late(due: Due, now: datetime) -> bool:
    """Return whether something is past its due time."""
    text = str(due)
    moment = now.isoformat(timespec="minutes")
    return text[:10] < moment[:10] or (len(text) > 10 and text < moment)


def new_month_lines(month: str, last: tuple[str, int, int]) -> list[Line]:
    """The notice that a month has no plan, with what it can start from and the key, longest wording first."""
    key: Line = [("N", "accent"), (" start one", "dim")]
    head = f"{_month(month)} has no plan yet. "
    like = f" from {_month(last[0])} (quota {formats.hundredths(last[1])}, plan {formats.hundredths(last[2])})"
    return [
        [(" ▸ ", "accent"), (head, ""), *key, (like, "dim")],
        [(" ▸ ", "accent"), (head, ""), *key],
        [(" ▸ ", "accent"), (f"{_month(month)}: ", ""), *key],
    ]


def _month(text: str) -> str:
    names = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
             "November", "December")  # fmt: skip
    return f"{names[int(text[5:7]) - 1]}"


OUTCOMES = (
    ("no answer", "voicemail", "gatekeeper", "refused", "callback", "conversation", "meeting", "wrong no."),
    ("no answer", "voicemail", "gate", "refused", "callback", "convo", "meeting", "wrong"),
    ("no ans", "vm", "gate", "no", "back", "convo", "meet", "wrong"),
)
