"""How far long work is: what is done just now, how much of it, of how much (0: not known).

Whoever is told may raise a StateError: the work ends there, and has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Progress = Callable[[str, int, int], None]
Item = TypeVar("Item")
EVERY = 500


def silent(what: str, done: int, of: int) -> None:
    """Tells nobody."""


def told(items: Iterable[Item], what: str, of: int, tell: Progress) -> Iterator[Item]:
    """The same items, told of as they go by."""
    for number, item in enumerate(items):
        if not number % EVERY:
            tell(what, number, of)
        yield item
