"""The command palette: `area: verb` with its key, only what is available now. And the choice of a theme."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.binding import ActiveBinding
from textual.fuzzy import Matcher
from textual.screen import Screen

from planner.tui.shared.modals.pick import Pick, PickModal
from planner.tui.shared.screen import BaseScreen
from planner.tui.shared.widgets.lines import measure
from planner.tui.theme import THEMES

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
    "sync": "devices",
    "search": "search",
    "call": "call",
    "playbook": "playbook",
    "stop": "distraction",
    "review": "review",
    "history": "history",
    "screen": "screen",
    "setting": "setting",
}


COLUMN = 28  # where the words about an entry begin, unless its title is longer
# Screens without a digit key.
PLACES = (
    ("screen: deals", "Your pipeline as a board or a table", "6 ⇥", "deals"),
    ("screen: promises and complaints", "What you owe your customers", "6 ⇤", "care"),
    ("client: duplicates", "Find and merge duplicates", "6 D", "duplicates"),
    ("client: import a file", "Import contacts, calls and deals from another program", "6 I", "import"),
    ("screen: devices", "How syncing stands, and edits that gave way", "", "devices"),
    ("screen: calling list", "Who to call next", "l", "list"),
)


class Entry(NamedTuple):
    """An entry of the palette: `area: verb`, what it does, its keys, and the step that does it."""

    title: str
    about: str
    keys: str
    run: Callable[[], object]
    id: str = ""
    """The id of its binding."""


class Palette(PickModal):
    """The palette of commands."""


def entries(app: PlannerApp, screen: Screen[Any]) -> Iterator[Entry]:
    """Yield an entry for each enabled binding with an id and a tooltip, then those of the app."""
    found: dict[str, tuple[ActiveBinding, list[str]]] = {}
    for active in screen.active_bindings.values():
        name = active.binding.id
        if name and active.enabled and active.binding.tooltip and name.split("-")[0] in AREAS:
            found.setdefault(name, (active, []))[1].append(app.get_key_display(active.binding))
    titles = {name: f"{AREAS[name.split('-')[0]]}: {active.binding.description}" for name, (active, _) in found.items()}
    for name, (active, keys) in found.items():
        binding, node = active.binding, active.node
        yield Entry(
            titles[name],
            binding.tooltip,
            " ".join(keys),
            partial(app.call_later, app.run_action, binding.action, node),
            name,
        )
    for title, about, keys_, place in PLACES:
        if title not in titles.values():
            yield Entry(title, about, keys_, partial(app.call_later, app.action_show, place))
    about = f"planner's {len(THEMES)} themes, and all of Textual's"
    yield Entry("screen: change the theme", about, "", app.action_choose_theme)
    yield Entry("screen: save this theme", "Make this theme your default", "", app.keep_theme)
    yield from _phone(app)
    yield Entry("help: keys", "Show this screen's keys", "?", app.action_help)
    yield Entry("planner: quit", "Quit planner", "^q", partial(app.call_later, app.action_quit))


def _phone(app: PlannerApp) -> Iterator[Entry]:
    """Yield the entries about the page for the rep's phone."""
    watch = app.phone_watch
    if watch is not None and watch.running:
        yield Entry("phone: show a code", "Pair another phone", "", watch.start)
        yield Entry("phone: stop", "Stop serving the page for your phone", "", watch.stop)
        return

    def start() -> None:
        from planner.tui.phone_watch import PhoneWatch

        app.phone_watch = app.phone_watch or PhoneWatch(app)
        app.phone_watch.start()

    yield Entry("phone: start", "Use planner on your phone while this stays open", "", start)


def in_order(app: PlannerApp, screen: Screen[Any]) -> list[Entry]:
    """Return the entries, the likeliest first: the keys of the footer, the screen's others, then the rest by title."""
    ranks = {name: rank for rank, name in enumerate(dict.fromkeys(_own(screen)))}
    return sorted(entries(app, screen), key=lambda each: (ranks.get(each.id, len(ranks)), each.title))


def _own(screen: Screen[Any]) -> Iterator[str]:
    """Yield the ids of a screen's bindings, those in its footer first."""
    own = {each.binding.id: each.binding.action for each in screen.active_bindings.values() if each.node is screen}
    for key in screen.footer_keys() if isinstance(screen, BaseScreen) else ():
        actions = (key,) if isinstance(key, str) else (key.action, key.other)
        yield from (name for action in actions for name in own if name and own[name] == action)
    yield from filter(None, own)


def open_palette(app: PlannerApp) -> None:
    """Offer every action available right now, and carry out the chosen one."""
    every = in_order(app, app.screen)

    def pick(each: Entry) -> Pick:
        area, _, verb = each.title.partition(": ")
        room = " " * max(2, COLUMN - measure(each.title))
        return Pick([(f"{area}: ", "dim"), (verb, ""), (room + each.about, "dim")], each.keys, each.run, "accent")

    def offer(text: str) -> tuple[Sequence[Pick], str]:
        return [pick(each) for each in _matching(text, every)], "No such command."

    def run(step: Callable[[], object] | None) -> None:
        if step is not None:
            step()

    app.push_screen(Palette("Commands", "call, plan, undo …", offer), run)


def _matching(text: str, every: Sequence[Entry]) -> list[Entry]:
    """Return the entries whose title resembles a text, the best first, then those that mention it."""
    wanted = text.strip()
    if not wanted:
        return list(every)
    match = Matcher(wanted).match
    scores = [(match(each.title), wanted.casefold() in each.about.casefold(), each) for each in every]
    found = [(score + mentioned / 1000, each) for score, mentioned, each in scores if score or mentioned]
    return [each for _, each in sorted(found, key=lambda pair: -pair[0])]


def open_themes(app: PlannerApp) -> None:
    """Offer the themes, planner's own first, and change to the chosen one."""
    names = sorted(app.available_themes, key=lambda name: (not name.startswith("planner"), name))

    def pick(name: str) -> Pick:
        about = "dark" if app.available_themes[name].dark else "light"
        return Pick([(name, ""), ("  in use" if name == app.theme else "", "accent")], about, name)

    def offer(text: str) -> tuple[Sequence[Pick], str]:
        return [pick(name) for name in names if text.strip().casefold() in name], "No such theme."

    def use(name: str | None) -> None:
        if name is not None:
            app.theme = name

    app.push_screen(Palette("Theme", "dark, light, contrast …", offer), use)
