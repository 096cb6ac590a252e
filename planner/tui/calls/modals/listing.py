"""The form that chooses which contacts fill a calling list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from planner.domain.calls.calling_list import Filters
from planner.domain.clients.people import KINDS
from planner.domain.errors import InputError
from planner.domain.fields import YES
from planner.domain.typed.when import parse_when
from planner.tui.shared import read_back
from planner.tui.shared.form import Field, FormModal


@dataclass(frozen=True)
class ListWanted:
    """The form's result: the filters, and the longest the list may get (None for the day's target)."""

    filters: Filters
    count: int | None


class ListModal(FormModal[ListWanted]):
    """Form that asks for simple filters. An empty field doesn't filter."""

    HEADING = "Build the list from"

    def __init__(self, now: datetime) -> None:
        self.now = now
        super().__init__(
            [
                Field("never", "Never called", hint="only contacts you've never called", choices=YES.choices),
                Field(
                    "not_since",
                    "Not called since",
                    hint="e.g. 30 days ago, 1 Oct",
                    read_back=read_back.day(now, "past"),
                ),
                Field("tag", "Tag", hint="e.g. expo", completes="tag"),
                Field("source", "Source", hint="e.g. seminar"),
                Field("city", "City", hint="e.g. Berlin"),
                Field("kind", "Customer type", choices=("", *KINDS)),
                Field("hour", "Best hour", hint="e.g. 10: reached at that hour before, or not tried yet"),
                Field("count", "Up to", hint="how many (empty: the day's target)"),
            ]
        )

    def read(self, values: dict[str, str]) -> ListWanted:
        never = values["never"].lower()
        if never not in ("", "yes", "y", "no", "n"):
            raise InputError("Never called: enter yes, or leave it empty.").at("never")
        since = None
        if values["not_since"]:
            since = parse_when(values["not_since"], self.now, towards="past").day
        count = None
        if values["count"]:
            if not (values["count"].isascii() and values["count"].isdigit() and int(values["count"]) >= 1):
                raise InputError(f"Up to: {values['count']!r} isn't a whole number of 1 or more.").at("count")
            count = int(values["count"])
        hour = None
        if values["hour"]:
            if not (values["hour"].isascii() and values["hour"].isdigit()):
                raise InputError(f"Best hour: {values['hour']!r} isn't an hour from 0 to 23.").at("hour")
            hour = int(values["hour"])
        texts = (values["tag"], values["source"], values["city"], values["kind"])
        filters = Filters(never in ("yes", "y"), since, *texts, hour)
        return ListWanted(filters, count)
