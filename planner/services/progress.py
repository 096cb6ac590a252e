"""The progress callbacks of long work: the current step, how much is done, of how much (0 if unknown).

The callback may raise a StateError, which ends the work without changing anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Progress = Callable[[str, int, int], None]
Item = TypeVar("Item")
EVERY = 500


def ignore(what: str, done: int, of: int) -> None:
    """Report nothing."""


def with_progress(items: Iterable[Item], what: str, of: int, tell: Progress) -> Iterator[Item]:
    """Yield the items, reporting progress every `EVERY` items."""
    for number, item in enumerate(items):
        if not number % EVERY:
            tell(what, number, of)
        yield item
