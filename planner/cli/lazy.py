"""Loads planner's modules on first use, because a command uses few of those it could.

Half the time of a short command goes into loading modules that it never touches. The standard library's lazy loader
defers each `from planner.services import care`, but `from planner.services.care import done` loads at once, so heavy
modules are imported as modules. `inspect` is deferred too: `dataclasses` imports it for classes without a docstring,
and it takes a tenth of a short command. Only for commands, whose process has one thread: before Python 3.12.3 two
threads could load a module twice.
"""

from __future__ import annotations

import gc
import sys
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

SCREENS = frozenset(("demo", "keys", "phone"))  # these run threads


class LazyFinder:
    """Import hook that finds planner's modules and `inspect`, and defers loading them until they are used."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The spec of a module with a lazy loader, or None for packages and anything else."""
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
        gc.disable()  # a tenth of a long list's time, and what a command makes lives until its end
        sys.meta_path.insert(0, LazyFinder)
