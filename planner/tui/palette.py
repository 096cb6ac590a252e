"""Lists the entries of the command palette: `area: verb` with the key, only what is available now."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.app import SystemCommand
from textual.binding import ActiveBinding
from textual.screen import Screen

if TYPE_CHECKING:
    from planner.tui.app import PlannerApp

AREAS = {
    "log": "log",
    "task": "task",
    "goal": "goal",
    "plan": "plan",
    "calendar": "calendar",
    "day": "day",
    "block": "block",
    "week": "week",
    "list": "calling list",
    "mail": "email",
    "client": "client",
    "deal": "deal",
    "care": "care",
    "import": "import",
    "duplicate": "duplicate",
    "search": "search",
    "call": "call",
    "playbook": "playbook",
    "stop": "distraction",
    "review": "review",
    "history": "history",
    "screen": "screen",
    "setting": "setting",
}


# Screens without a digit key.
PLACES = (
    ("screen: deals", "Your pipeline as a board or a table  · 6 ⇥", "deals"),
    ("screen: promises and complaints", "What you owe your customers  · 6 ⇤", "care"),
    ("client: duplicates", "Find and merge duplicates  · 6 D", "duplicates"),
    ("client: import a file", "Import contacts, calls and deals from another program  · 6 I", "import"),
    ("screen: calling list", "Who to call next  · l", "list"),
)


def entries(app: PlannerApp, screen: Screen[Any]) -> Iterator[SystemCommand]:
    """Yield an entry for each enabled binding with an id and a tooltip, then those of the app."""
    found: dict[str, tuple[ActiveBinding, list[str]]] = {}
    for active in screen.active_bindings.values():
        name = active.binding.id
        if name and active.enabled and active.binding.tooltip and name.split("-")[0] in AREAS:
            found.setdefault(name, (active, []))[1].append(app.get_key_display(active.binding))
    for name, (active, keys) in found.items():
        binding, node = active.binding, active.node
        yield SystemCommand(
            f"{AREAS[name.split('-')[0]]}: {binding.description}",
            f"{binding.tooltip} · {' '.join(keys)}",
            partial(app.call_later, app.run_action, binding.action, node),
        )
    for title, about, place in PLACES:
        yield SystemCommand(title, about, partial(app.call_later, app.action_show, place))
    yield SystemCommand(
        "screen: change the theme", "Two themes by planner, and all of Textual's", app.action_choose_theme
    )
    yield SystemCommand("screen: save this theme", "Make this theme your default", app.keep_theme)
    yield SystemCommand("help: keys", "Show this screen's keys  · ?", app.action_help)
    yield SystemCommand("planner: quit", "Quit planner  · ^q", app.action_quit)
