"""The form that chooses which contacts fill a calling list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from planner.domain import formats
from planner.domain.calls.calling_list import Filters
from planner.domain.errors import InputError
from planner.domain.typed.when import parse_when
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
                Field("never", "never called", "", "yes: only contacts you've never called"),
                Field("not_since", "not called since", "", "30 days ago, 1 Oct"),
                Field("tag", "tag", "", "expo"),
                Field("source", "source", "", "seminar"),
                Field("city", "city", "", "Berlin"),
                Field("kind", "customer type", "", "hurried"),
                Field("hour", "best hour", "", "10: reached at that hour before, or not tried yet"),
                Field("count", "up to", "", "how many (empty: the day's target)"),
            ]
        )

    def read(self, values: dict[str, str]) -> ListWanted:
        never = values["never"].lower()
        if never not in ("", "yes", "y", "no", "n"):
            raise InputError("Never called: enter yes, or leave it empty.")
        since = None
        if values["not_since"]:
            since = parse_when(values["not_since"], self.now, towards="past").day
        count = None
        if values["count"]:
            if not (values["count"].isascii() and values["count"].isdigit() and int(values["count"]) >= 1):
                raise InputError(f"Up to: {values['count']!r} isn't a whole number of 1 or more.")
            count = int(values["count"])
        hour = None
        if values["hour"]:
            if not (values["hour"].isascii() and values["hour"].isdigit()):
                raise InputError(f"Best hour: {values['hour']!r} isn't an hour from 0 to 23.")
            hour = int(values["hour"])
        texts = (values["tag"], values["source"], values["city"], values["kind"])
        filters = Filters(never in ("yes", "y"), since, *texts, hour)
        return ListWanted(filters, count)

    def preview(self, values: dict[str, str]) -> str:
        wanted = self.read(values)
        since = wanted.filters.not_since
        return f"not called since {formats.when_text(since, self.now.date())}" if since else ""
