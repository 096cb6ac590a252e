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
    "log": "count",
    "task": "task",
    "goal": "goal",
    "plan": "plan",
    "calendar": "calendar",
    "day": "day",
    "block": "block",
    "week": "week",
    "list": "list",
    "mail": "mail",
    "client": "client",
    "deal": "deal",
    "care": "care",
    "import": "import",
    "duplicate": "duplicate",
    "search": "search",
    "call": "call",
    "playbook": "playbook",
    "stop": "stop",
    "review": "review",
    "history": "history",
    "screen": "screen",
    "setting": "setting",
}


# Screens without a digit key.
PLACES = (
    ("screen: deals", "The pipeline as a board and as a table  · 6 ⇥", "deals"),
    ("screen: promises and complaints", "What is due to customers  · 6 ⇤", "care"),
    ("client: duplicates", "Who stands there twice  · 6 D", "duplicates"),
    ("client: import a file", "Contacts, calls and deals out of another program  · 6 I", "import"),
    ("screen: calling list", "Whom to call  · l", "list"),
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
        "screen: change the theme", "All of Textual's themes, and two of our own", app.action_choose_theme
    )
    yield SystemCommand("screen: keep this theme", "Write the theme in force into the settings", app.keep_theme)
    yield SystemCommand("help: keys", "All keys of this screen  · ?", app.action_help)
    yield SystemCommand("planner: quit", "Leave planner  · ^q", app.action_quit)
