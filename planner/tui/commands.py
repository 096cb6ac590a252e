"""The palette's entries: `area: verb`, with the key, only what is valid now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from textual.app import SystemCommand
from textual.screen import Screen

if TYPE_CHECKING:
    from planner.tui.app import PlannerApp

AREAS = {"log": "count", "task": "task", "plan": "plan", "day": "day", "history": "history", "list": "list"}


def entries(app: PlannerApp, screen: Screen[Any]) -> Iterator[SystemCommand]:
    """One entry for each named binding of the screen that is enabled, then those of the app."""
    for active in screen.active_bindings.values():
        binding = active.binding
        if not binding.id or not active.enabled or binding.id in ("help", "quit", "command-palette"):
            continue
        area = AREAS.get(binding.id.split("-")[0])
        if area is None:
            continue
        action, node = binding.action, active.node
        yield SystemCommand(
            f"{area}: {binding.description}",
            f"{binding.tooltip or ''}  [{app.get_key_display(binding)}]".strip(),
            lambda action=action, node=node: app.call_later(app.run_action, action, node),
        )
    yield SystemCommand(
        "screen: change the theme", "All of Textual's themes, and two of our own", app.action_choose_theme
    )
    yield SystemCommand("screen: keep this theme", "Write the theme in force into the settings", app.keep_theme)
    yield SystemCommand("help: keys", "All keys of this screen  [?]", app.action_help)
    yield SystemCommand("planner: quit", "Leave planner  [^q]", app.exit)
