"""Modules of planner that are loaded when something of them is first used: a command uses few of those it could.

Half of the time of a short command is the loading of modules that it never touches. The standard library's own lazy
loader defers each `from planner.services import care`; `from planner.services.care import done` loads at once, so what
is heavy is imported as a module. So is `inspect`, which `dataclasses` imports for what has no docstring, and which
takes a tenth of a short command. Only for commands, whose process has one thread: before Python 3.12.3 two threads
could load a module twice.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

SCREENS = frozenset(("demo", "keys"))  # have threads


class LazyFinder:
    """Finds the modules of planner, and `inspect`, each to be loaded when it is used."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """A module's spec with a lazy loader; None for packages and anything else."""
        if name != "inspect" and not name.startswith("planner."):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None or spec.submodule_search_locations is not None:
            return None
        spec.loader = LazyLoader(spec.loader)
        return spec


def install(words: Sequence[str]) -> None:
    """Load planner's modules lazily from now on, unless the command opens the screens."""
    if SCREENS.isdisjoint(words):
        sys.meta_path.insert(0, LazyFinder)
