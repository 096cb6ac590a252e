"""Reads all key bindings by id, and applies the rep's changes to them in the settings (``[keys]``).

Every configurable binding has an id, and the same id on several screens is one and the same key. Loading all screens
takes a tenth of a second, so this is used only where keys are set, and by `planner keys`.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import KEY_ALIASES, Keys
from textual.screen import Screen

from planner import tui

NAMED = {key.value for key in Keys} | set(KEY_ALIASES)
# Where the bindings of a base class hold.
WIDE = {"Base": "every main screen", "List": "every list", "Form": "every form"}
# The cursor keys had an id on each screen once.
_CURSOR = re.compile(
    r"^(?:client|deal|care|duplicate|import|setting|mail|review|timeline|tasks|entry|ladder|grid|playbook)"
    r"-(up|down|page-up|page-down|first|last)$"
)
_COMBINED = re.compile(r"(?:(?:ctrl|shift|alt)\+)+\S+")
# Textual's names for keys that are written as a sign.
SIGNS = {
    "slash": "/", "question_mark": "?", "left_square_bracket": "[", "right_square_bracket": "]", "plus": "+",
    "minus": "-", "space": "space", "full_stop": ".", "comma": ",",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Command:
    """A command that has keys: its id, the screen it belongs to, its default keys, and what it does."""

    id: str
    where: str
    keys: tuple[str, ...]
    about: str


def _nodes() -> list[type[DOMNode]]:
    """Return the app, its screens and its modals."""
    for module in pkgutil.walk_packages(tui.__path__, f"{tui.__name__}."):
        vars(
            importlib.import_module(module.name)
        )  # looked at, because a command's import hook defers loading until then
    found: set[type[DOMNode]] = set()
    apps = (each for base in App.__subclasses__() for each in base.__subclasses__())
    (app,) = (each for each in apps if each.__module__ == f"{tui.__name__}.app")

    def below(kind: type[Screen[object]]) -> None:
        for each in kind.__subclasses__():
            if each.__module__.startswith("planner."):
                found.add(each)
            below(each)

    below(Screen)
    # Order independently of import order: global ones, then screens, then modals.
    wide = {"everywhere": 0, "every main screen": 1, "every list": 2, "every form": 3}
    return [
        app,
        *sorted(
            found,
            key=lambda node: (wide.get(where_of(node), len(wide)), _is_modal(node), *reversed(_names(node))),
        ),
    ]


def _is_modal(node: type[DOMNode]) -> bool:
    return not node.__name__.endswith("Screen")


def _names(node: type[DOMNode]) -> tuple[str, str]:
    """Return the names of a class and of its module, without the package."""
    return node.__name__, node.__module__.rpartition(".")[2]


def _bindings(node: type[DOMNode], *, own: bool = False) -> Iterator[Binding]:
    """Yield the bindings of a class that have an id, including inherited ones unless `own`."""
    for base in (node,) if own else node.__mro__:
        for each in base.__dict__.get("BINDINGS", ()) if base not in (App, Screen) else ():
            if isinstance(each, Binding) and each.id:
                yield each


def where_of(node: type[DOMNode]) -> str:
    """Return where the bindings of a class hold, in words."""
    name = node.__name__.removesuffix("Screen").removesuffix("Modal")
    if issubclass(node, App):
        return "everywhere"
    if name in WIDE:
        return WIDE[name]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    return f"form: {words}" if _is_modal(node) else words


def commands() -> list[Command]:
    """Return every command with a key, once per id and place."""
    found: dict[tuple[str, str], Command] = {}
    for node in _nodes():
        for each in _bindings(node, own=True):
            assert each.id is not None
            about = each.tooltip or each.description[:1].upper() + each.description[1:]
            found[each.id, where_of(node)] = Command(each.id, where_of(node), _split_keys(each.key), about)
    return list(found.values())


def _split_keys(keys: str) -> tuple[str, ...]:
    """Split a comma-separated list of keys. Named keys (``F6``, ``Ctrl+G``) become lower case."""
    every = (key.strip() for key in keys.split(","))
    return tuple(key if len(key) == 1 else key.lower() for key in every if key)


def readable(key: str) -> str:
    """Return a key in readable form."""
    return SIGNS.get(key, key)


def pressed(command: Command, usable: Mapping[str, str]) -> tuple[str, ...]:
    """Return the keys of a command in readable form, with the rep's settings applied."""
    return tuple(readable(key) for key in (_split_keys(usable[command.id]) if command.id in usable else command.keys))


def check(wanted: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the usable key settings, and one sentence about each problem with the others.

    A key is rejected if its id is unknown, if it isn't a key, or if another command on the same screen uses it.
    """
    nodes = _nodes()
    known = {each.id for node in nodes for each in _bindings(node, own=True) if each.id}
    usable: dict[str, str] = {}
    problems = []
    for given, keys in wanted.items():
        name = _CURSOR.sub(r"cursor-\1", given)
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        wrong = next((key for key in _split_keys(keys) if not _is_key(key)), None)
        if name not in known:
            hint = f" Did you mean {near[0]}?" if near else " planner keys lists them all."
            problems.append(f"keys.{name}: there's no such command.{hint}")
        elif not _split_keys(keys) or wrong is not None:
            problems.append(
                f"keys.{name} = {keys!r} isn't a key. Write g, G, ctrl+g, f5 or slash, or several with commas."
            )
        else:
            usable[name] = ",".join(_textual_name(key) for key in _split_keys(keys))
    for name in list(usable):
        clash = _clash(name, usable, nodes)
        if clash:
            problems.append(clash)
            del usable[name]
    return usable, problems


def conflict_of(given: Mapping[str, str], name: str, keys: str) -> str:
    """Return why keys can't be set for a command in addition to `given`, empty if they can."""
    before = check(given)[1]
    return next((each for each in check({**given, name: keys})[1] if each not in before), "")


def _is_key(key: str) -> bool:
    return len(key) == 1 or key in NAMED or bool(_COMBINED.fullmatch(key)) or key in SIGNS


def _textual_name(key: str) -> str:
    """Return Textual's name for a key."""
    return next((name for name, sign in SIGNS.items() if sign == key), key)


def _clash(name: str, usable: Mapping[str, str], nodes: list[type[DOMNode]]) -> str:
    """Return which key would clash with another command on the same screen, empty if none."""
    app = nodes[0]
    for node in nodes:
        taken: dict[str, str] = {}
        mine: tuple[str, ...] = ()
        for each in (*_bindings(node), *(() if node is app else _bindings(app))):
            assert each.id is not None
            keys = _split_keys(usable.get(each.id, each.key))
            if each.id == name:
                mine = keys
            else:
                for key in keys:
                    taken.setdefault(_textual_name(key), each.id)
        for key in mine:
            if _textual_name(key) in taken:
                user = f"{taken[_textual_name(key)]} ({where_of(node)})"
                return f"keys.{name} = {usable[name]!r}: {readable(key)} is used by {user}. The key wasn't changed."
    return ""
