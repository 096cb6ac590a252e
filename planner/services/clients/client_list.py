"""The client list: filters, search as you type, and saved filters (S23)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from planner.domain.clients.client_filter import FORMERLY, LONGEST_NAME, SHIPPED, ClientFilter, ClientLine, parse_filter
from planner.domain.clients.contact_cadence import Touch, read_rhythms
from planner.domain.errors import InputError, StateError
from planner.domain.text import clean
from planner.domain.typed.quick_add import QuickAdd
from planner.services.calls.activity_log import one_contact, split_contact
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from planner.store import search
from planner.store.clients import client_list as store
from planner.store.recorder import Recorder
from planner.store.search import Hit as Hit

MOST_FILTERS = 100
MOST_BEGUN = 200  # contacts checked against a first word while typing
REVIEW_KINDS = ("review_line", "day")  # what the search in reviews covers


@dataclass(frozen=True, slots=True)
class NamedFilter:
    """A named filter, built in or the rep's own."""

    name: str
    words: str
    own: bool


class Clients:
    """The client list on the live connection, one page at a time."""

    def __init__(self, ctx: AppContext, live: TodayStore, most: int | None = None) -> None:
        """Beyond `most` waiting rows, a search answers without indexing them first. None always indexes."""
        self.ctx = ctx
        self.live = live
        self.most = most

    @cached_property
    def rhythms(self) -> Mapping[str, int]:
        """Return the touch rhythms of tiers and tags."""
        return read_rhythms(self.ctx.config["touch.rhythms"])

    def find(self, wanted: ClientFilter) -> list[int]:
        """Return the ids of the clients that pass a filter, in its order."""
        with self.live.reading() as handle:
            if handle is None:
                return []
            if wanted.text:
                search.brought_up(handle, self.most)
            return store.find(handle, wanted, self.ctx.today(), self.ctx.now(), self.rhythms)

    def page(self, ids: Sequence[int]) -> list[ClientLine]:
        """Return the rows of some clients."""
        with self.live.reading() as handle:
            if handle is None:
                return []
            return store.page(handle, ids, self.ctx.today(), self.rhythms)

    def hits(self, line: str, limit: int = 60, kinds: Sequence[str] = ()) -> list[Hit]:
        """Search everything, or only some kinds, for a typed line. Contacts come first."""
        with self.live.reading() as handle:
            if handle is None:
                return []
            search.brought_up(handle, self.most)
            return search.hits(handle, line, limit) if not kinds else search.hits_of(handle, line, limit, kinds)

    def touches(self) -> dict[int, Touch]:
        """Return the touch status of every contact with a rhythm."""
        with self.live.reading() as handle:
            return {} if handle is None else store.touches(handle, self.ctx.today(), self.rhythms)

    def split_contact(self, line: QuickAdd) -> tuple[str, str]:
        """Return the contact's name in a one-line promise and the remaining text. The name is empty while undecided."""
        with self.live.reading() as handle:
            if handle is None:
                return line.contact or "", line.title
            try:
                if line.contact is not None:
                    found = one_contact(self.ctx, handle, line.contact)
                    return line.contact if found is None else found[1], line.title
                words = line.title.split()
                search.brought_up(handle, self.most)
                # through the search, which is fast enough for each keystroke
                found, rest = split_contact(self.ctx, handle, words, search.contacts(handle, words[0], MOST_BEGUN))
            except StateError:  # ambiguous or an unknown id: reported on submit
                return "", line.title
        return ("", line.title) if found is None else (found[1], " ".join(rest))

    # saved filters

    def filters(self) -> list[NamedFilter]:
        """Return the built-in filters, then the rep's own by name."""
        found = [NamedFilter(name, words, own=False) for name, words in SHIPPED.items()]
        with self.live.reading() as handle:
            own = [] if handle is None else store.saved_filters(handle)
        return found + [NamedFilter(name, words, own=True) for name, words in own]

    def get_filter(self, name: str) -> NamedFilter:
        """Return a filter by name, ignoring case. Raises InputError listing the known names."""
        known = self.filters()
        wanted = name.strip().casefold()
        for each in known:
            if wanted == each.name.casefold():
                return each
        for each in known:
            if not each.own and wanted == FORMERLY.get(each.name):
                return each
        raise InputError(f"There's no filter {clean(name)!r}. You have {', '.join(each.name for each in known)}.")

    def save(self, name: str, words: str) -> NamedFilter:
        """Save a filter under a name, replacing the rep's own filter of that name."""
        name = clean(name)
        wanted = parse_filter(clean(words))
        if not name or len(name) > LONGEST_NAME:
            raise InputError(f"A filter needs a name of up to {LONGEST_NAME} characters.")
        if name.casefold() in (*SHIPPED, *FORMERLY.values()):
            raise InputError(f"{name!r} is a built-in filter. Choose another name.")
        known = [each for each in self.filters() if each.own]
        same = next((each for each in known if each.name.casefold() == name.casefold()), None)
        if same is None and len(known) >= MOST_FILTERS:
            raise StateError(f"You already have {MOST_FILTERS} filters. Delete one first.")
        now = int(self.ctx.clock.timestamp())
        with self.live.writing() as handle, Recorder(handle, now, f"saved filter: {name}") as change:
            if same is None:
                change.insert("saved_filter", name=name, words=wanted.words, created_at=now)
            else:
                change.update("saved_filter", store.filter_id(handle, same.name), name=name, words=wanted.words)
        return NamedFilter(name, wanted.words, own=True)

    def drop(self, name: str) -> NamedFilter:
        """Delete one of the rep's own filters."""
        found = self.get_filter(name)
        if not found.own:
            raise InputError(f"{found.name!r} is built in and can't be deleted.")
        now = int(self.ctx.clock.timestamp())
        with self.live.writing() as handle, Recorder(handle, now, f"deleted filter: {found.name}") as change:
            change.delete("saved_filter", store.filter_id(handle, found.name))
        return found
