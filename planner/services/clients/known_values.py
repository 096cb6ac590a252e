"""What completes a field as the rep types: known contacts, companies and tags."""

from __future__ import annotations

from functools import cached_property

from planner.services.day.today_store import MOST_AT_ONCE, TodayStore
from planner.store import search
from planner.store.clients import known_values as store


class KnownValues:
    """The known values on the live connection, read when the first letters are typed."""

    def __init__(self, live: TodayStore) -> None:
        self.live = live

    def contacts(self, text: str, limit: int) -> list[tuple[int, str, str]]:
        """Return the contacts that a typed text finds as (id, name, company)."""
        with self.live.reading() as handle:
            if handle is None:
                return []
            search.brought_up(handle, MOST_AT_ONCE)
            return store.contacts(handle, text, limit)

    def companies(self, text: str, limit: int) -> list[str]:
        """Return the companies whose name has a word that starts like a text."""
        with self.live.reading() as handle:
            return [] if handle is None else store.companies(handle, text, limit)

    def tags(self, text: str, limit: int) -> list[str]:
        """Return the tags that start like a text, the most used first."""
        wanted = text.casefold()
        return [tag for tag in self._tags if tag.casefold().startswith(wanted)][:limit]

    @cached_property
    def _tags(self) -> list[str]:
        with self.live.reading() as handle:
            return [] if handle is None else store.tags(handle)
