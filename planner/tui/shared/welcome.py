"""What a rep sees who has just installed the program, in place of empty tables: the first three steps and their keys.

Data in, lines of styled spans out. Also used for the first paint, so it imports neither Textual nor Rich.
"""

from __future__ import annotations

from planner.tui.shared.panels import centred
from planner.tui.shared.spans import Line, cells, cut, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.store.today_queries import Today

FIRST_CLASS = "-first"
"""Class of the screens that show the welcome."""
PROMISE = "Know every day whether you'll make your number, and what to do next."
STEPS = (
    ("g", "Set your quota and personal plan", "Each working day gets its targets from it."),
    ("6 I", "Bring your contacts", "From another CRM, a spreadsheet or vCards."),
    ("2", "Make your first call", "One key logs how it went. Your odds follow."),
)
TOUR = ("F2", "Take the tour", "It takes a minute.")
WIDEST = 72  # cells


def is_first(today: Today) -> bool:
    """Return whether the program is new, and there is nothing to show of the day: no plan, task, date or count."""
    planned = today.personal_plan is not None or today.last_plan[0] or today.wish or today.opened_at is not None
    dated = today.tasks or today.due or today.special or today.day_notes or any(b.meeting_id for b in today.blocks)
    return today.began >= 0 and not (planned or dated or any(today.counts.values()))


def welcome_lines(width: int, height: int, measure: Callable[[str], int] = cells) -> list[Line]:
    """The welcome in the middle of a panel, without explanations and empty lines where they have no room."""
    keys = max(len(key) for key, _, _ in STEPS) + 3
    head: list[Line] = [[("Welcome to planner", "accent")]]
    head += [[(text, "")] for text in wrap(PROMISE, min(width - 4, WIDEST), measure)]
    short: list[Line] = [[(key.ljust(keys), "accent"), (name, "bold")] for key, name, _ in (*STEPS, TOUR)]
    full: list[Line] = []
    for step, (_, _, why) in zip(short, (*STEPS, TOUR), strict=True):
        full += [[], step, [(" " * keys, ""), (why, "dim")]]
    fitting = (lines for lines in ([*head, *full], [*head, [], *short]) if len(lines) <= height)
    lines = next(fitting, [*head, *short])
    return centred([cut(line, width - 1, measure) for line in lines], width, height, measure)[:height]
