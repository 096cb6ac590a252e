"""Loads planner's modules and completes its dataclasses on first use, because a command uses few of those it could.

Half the time of a short command goes into loading modules that it never touches. The standard library's lazy loader
defers each `from planner.services import care`, but `from planner.services.care import done` loads at once, so heavy
modules are imported as modules. `inspect` is deferred too: `dataclasses` imports it for classes without a docstring,
and it takes a tenth of a short command. Another third goes into compiling the methods of dataclasses that the command
never creates an object of. Only for commands, whose process has one thread, or one that waits for another: two threads
could complete a class twice, and before Python 3.12.3 load a module twice.
"""

from __future__ import annotations

import gc
import sys
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

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


class Pending:
    """Stands for the fields of a class that isn't made a dataclass yet, and makes it one when they are needed."""

    def __init__(self, kind: type, make: Callable[[type], type]) -> None:
        self.kind, self.make = kind, make

    def __get__(self, thing: object, kind: type | None = None) -> Any:
        self.complete()
        return self.kind.__dataclass_fields__  # type: ignore[attr-defined]

    def complete(self) -> None:
        """Give the class its methods and fields."""
        del self.kind.__init__, self.kind.__dataclass_fields__  # type: ignore[misc, attr-defined]
        self.make(self.kind)


def deferred(make: Callable[..., Any]) -> Callable[..., Any]:
    """Return a `dataclass` that makes a class one only when it is first instantiated, extended or asked for its fields.

    It leaves out slots, because those need another class. They save memory, of which a command needs little.
    """

    def dataclass(kind: type | None = None, /, **options: Any) -> Any:
        if kind is None:
            return lambda kind: dataclass(kind, **options)
        if not kind.__module__.startswith("planner.") or "__init__" in kind.__dict__:
            return make(kind, **options)
        pending = Pending(kind, lambda kind: make(kind, **{**options, "slots": False}))

        def init(self: Any, *values: Any, **named: Any) -> None:
            pending.complete()
            kind.__init__(self, *values, **named)  # type: ignore[misc]

        kind.__init__ = init  # type: ignore[misc]
        kind.__dataclass_fields__ = pending  # type: ignore[attr-defined]
        return kind

    return dataclass


def install(words: Sequence[str]) -> None:
    """Load planner's modules lazily from now on, unless the command opens the screens."""
    if SCREENS.isdisjoint(words):
        gc.disable()  # a tenth of a long list's time, and what a command makes lives until its end
        sys.meta_path.insert(0, LazyFinder)
        import dataclasses  # only now, because it imports `inspect`
        import gettext

        # argparse looks for a translation of each of its words in eight files, none of which Python has
        gettext.gettext = lambda message: message
        dataclasses.dataclass = deferred(dataclasses.dataclass)
