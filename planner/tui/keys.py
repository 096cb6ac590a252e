"""All keys by their ids, and what a rep has made of them in the settings (``[keys]``).

Every binding that can be changed has an id; the same id on several screens is one and the same key. Loading all screens
takes a tenth of a second: this is asked only where keys are set, and by `planner keys`.
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
_COMBINED = re.compile(r"(?:(?:ctrl|shift|alt)\+)+\S+")
# What Textual calls the keys that are written by a sign.
SIGNS = {
    "slash": "/", "question_mark": "?", "left_square_bracket": "[", "right_square_bracket": "]", "plus": "+",
    "minus": "-", "space": "space", "full_stop": ".", "comma": ",",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Command:
    """Something a key does: its id, where (the name of the screen), the keys as shipped, and what it does."""

    id: str
    where: str
    keys: tuple[str, ...]
    about: str


def _nodes() -> list[type[DOMNode]]:
    """The app, its screens and what lies over them."""
    for module in pkgutil.walk_packages(tui.__path__, f"{tui.__name__}."):
        importlib.import_module(module.name)
    found: set[type[DOMNode]] = set()
    (app,) = (each for each in App.__subclasses__() if each.__module__ == f"{tui.__name__}.app")

    def below(kind: type[Screen[object]]) -> None:
        for each in kind.__subclasses__():
            if each.__module__.startswith("planner."):
                found.add(each)
            below(each)

    below(Screen)
    # in the same order whatever was loaded first: what is everywhere, the screens, what lies over them
    wide = {"everywhere": 0, "every screen": 1, "every form": 2}
    return [
        app,
        *sorted(
            found,
            key=lambda node: (wide.get(_where(node), 3), _is_modal(node), *reversed(_names(node))),
        ),
    ]


def _is_modal(node: type[DOMNode]) -> bool:
    return not node.__name__.endswith("Screen")


def _names(node: type[DOMNode]) -> tuple[str, str]:
    """The name of a class and of its module within the room."""
    return node.__name__, node.__module__.rpartition(".")[2]


def _bindings(node: type[DOMNode], *, own: bool = False) -> Iterator[Binding]:
    """The bindings of a class with an id, those of its bases too, unless only its own are asked for."""
    for base in (node,) if own else node.__mro__:
        for each in base.__dict__.get("BINDINGS", ()) if base not in (App, Screen) else ():
            if isinstance(each, Binding) and each.id:
                yield each


def _where(node: type[DOMNode]) -> str:
    name = node.__name__.removesuffix("Screen").removesuffix("Modal")
    if issubclass(node, App):
        return "everywhere"
    if name in ("Base", "Form"):
        return "every screen" if name == "Base" else "every form"
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    return f"form: {words}" if _is_modal(node) else words


def commands() -> list[Command]:
    """Every command that has a key, once by its id and where it is."""
    found: dict[tuple[str, str], Command] = {}
    for node in _nodes():
        for each in _bindings(node, own=True):
            assert each.id is not None
            about = each.tooltip or each.description
            found[each.id, _where(node)] = Command(each.id, _where(node), _split(each.key), about)
    return list(found.values())


def _split(keys: str) -> tuple[str, ...]:
    """The keys of a line; a key that has a name (``F6``, ``Ctrl+G``) is written small."""
    every = (key.strip() for key in keys.split(","))
    return tuple(key if len(key) == 1 else key.lower() for key in every if key)


def written(key: str) -> str:
    """A key as one reads it."""
    return SIGNS.get(key, key)


def pressed(command: Command, usable: Mapping[str, str]) -> tuple[str, ...]:
    """The keys of a command as one reads them, with what the rep has made of them."""
    return tuple(written(key) for key in (_split(usable[command.id]) if command.id in usable else command.keys))


def check(wanted: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """What of the keys that were set can be used, and what is wrong with the others, a sentence each.

    A key is refused when nothing has its id, when it is no key, or when it is taken by another command on a screen.
    """
    nodes = _nodes()
    known = {each.id for node in nodes for each in _bindings(node, own=True) if each.id}
    usable: dict[str, str] = {}
    problems = []
    for name, keys in wanted.items():
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        wrong = next((key for key in _split(keys) if not _is_key(key)), None)
        if name not in known:
            hint = f"; did you mean {near[0]}" if near else "; planner keys lists them"
            problems.append(f"keys.{name}: there is no such command{hint}.")
        elif not _split(keys) or wrong is not None:
            problems.append(
                f"keys.{name} = {keys!r} is no key; write g, G, ctrl+g, f5, slash, or several with a comma."
            )
        else:
            usable[name] = ",".join(_plain(key) for key in _split(keys))
    for name in list(usable):
        clash = _clash(name, usable, nodes)
        if clash:
            problems.append(clash)
            del usable[name]
    return usable, problems


def refused(given: Mapping[str, str], name: str, keys: str) -> str:
    """Why keys can't be set for a command, beside those that are `given`; empty where they can."""
    before = check(given)[1]
    return next((each for each in check({**given, name: keys})[1] if each not in before), "")


def _is_key(key: str) -> bool:
    return len(key) == 1 or key in NAMED or bool(_COMBINED.fullmatch(key)) or key in SIGNS


def _plain(key: str) -> str:
    """A key as Textual calls it."""
    return next((name for name, sign in SIGNS.items() if sign == key), key)


def _clash(name: str, usable: Mapping[str, str], nodes: list[type[DOMNode]]) -> str:
    """What a key that was set would take from another command on the same screen; empty where nothing."""
    app = nodes[0]
    for node in nodes:
        taken: dict[str, str] = {}
        mine: tuple[str, ...] = ()
        for each in (*_bindings(node), *(() if node is app else _bindings(app))):
            assert each.id is not None
            keys = _split(usable.get(each.id, each.key))
            if each.id == name:
                mine = keys
            else:
                for key in keys:
                    taken.setdefault(_plain(key), each.id)
        for key in mine:
            if _plain(key) in taken:
                return (
                    f"keys.{name} = {usable[name]!r}: {written(key)} is {taken[_plain(key)]}'s ({_where(node)});"
                    " the key stays as it was."
                )
    return ""
