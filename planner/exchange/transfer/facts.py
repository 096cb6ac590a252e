"""What a row of a file says, kept to tell what a later file has of news."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from planner.domain.calls.activity_log import Activity
from planner.domain.clients import deals, people
from planner.domain.clients.deals import Deal
from planner.domain.clients.people import Contact
from planner.domain.day.events import Event
from planner.domain.day.tasks import ForeignTask

READ = {
    Contact: (
        "name", "company", "role", "phones", "emails", "kind", "source", "city", "birthday", "tags", "notes",
    ),
    Activity: ("moment", "kind", "outcome", "minutes", "note"),
    Deal: ("title", "stage", "value", "opened", "closed", "expected_close", "reason", "owner", "notes"),
    Event: ("title", "place"),
    # the due date as the file writes it, since "tomorrow" in the same file means another day each time it is read
    ForeignTask: (
        "title", "written", "priority", "state", "done_on", "every", "minutes", "tags", "goal", "deal", "notes",
        "calendar",
    ),
}  # fmt: skip


# Fields that few files have, left out of a row's values when empty, so that older rows compare equal to newer ones.
SELDOM = tuple(field.name for field in people.FIELDS if field.name not in READ[Contact] and field.name != "referrer")
SELDOM_OF_DEALS = tuple(field.name for field in deals.TERMS)


_seldom_of = attrgetter(*SELDOM)
_NOTHING = _seldom_of(Contact(0, "", "nobody"))


def facts(value: Any, who: Contact | None) -> dict[str, object]:
    """Return a row's values as plain JSON, so that only differences in a later file count as news."""
    found: dict[str, object] = {}
    for name in READ[type(value)]:
        fact = getattr(value, name)
        if name in ("phones", "emails"):
            found[name] = [way.value for way in fact]
        else:
            found[name] = list(fact) if isinstance(fact, tuple) else fact if fact is None else str(fact)
    if isinstance(value, Contact):
        rare = _seldom_of(value)
        if rare != _NOTHING:
            pairs = zip(SELDOM, rare, strict=True)
            found |= {name: str(fact) for name, fact in pairs if fact not in ("", None, False, ())}
    if isinstance(value, Deal):
        found |= {name: str(fact) for name in SELDOM_OF_DEALS if (fact := getattr(value, name)) is not None}
    if who is not None:
        found["who"] = [who.name, who.company, *(way.value for way in (*who.phones, *who.emails))]
    return found
