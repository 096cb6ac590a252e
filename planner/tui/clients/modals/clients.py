"""The forms of the client screens: a contact, a complaint, a deal, a win."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from planner.domain.clients import deals, people
from planner.domain.clients.complaints import KINDS as COMPLAINT_KINDS
from planner.domain.clients.deals import Deal
from planner.domain.clients.people import Contact
from planner.domain.day.tasks import Due
from planner.domain.errors import InputError
from planner.domain.fields import YES
from planner.domain.typed.when import parse_when
from planner.tui.shared import read_back
from planner.tui.shared.entity_form import EntityModal
from planner.tui.shared.form import Field, FormModal


class ContactModal(EntityModal):
    """Form for a contact's details."""

    FIELDS = people.FIELDS
    NEEDED = ("name", "Enter a name.")

    def __init__(
        self, now: datetime, contact: Contact | None, typed: Mapping[str, str] | None = None, problem: str = ""
    ) -> None:
        self.HEADING = "New contact" if contact is None else contact.name
        super().__init__(now, contact, typed, problem)


@dataclass(frozen=True)
class ComplaintWanted:
    """A complaint as typed."""

    text: str
    kind: str
    due: Due | None
    apologised: bool
    typed: dict[str, str]


class ComplaintModal(FormModal[ComplaintWanted]):
    """Form for a contact's complaint."""

    REQUIRED = ("text", "kind")

    def __init__(self, now: datetime, name: str, typed: dict[str, str] | None = None, problem: str = "") -> None:
        self.HEADING = f"Complaint from {name}"
        self.now = now
        there = typed or {}
        super().__init__(
            [
                Field("text", "What they said", there.get("text", "")),
                Field("kind", "Kind", there.get("kind", ""), choices=COMPLAINT_KINDS, own=True),
                Field(
                    "due",
                    "Answer by",
                    there.get("due", ""),
                    "e.g. tomorrow 12:00; default: next working day",
                    read_back=read_back.hours(now, by_end=True),
                ),
                Field("apologised", "You apologized", there.get("apologised", ""), choices=YES.choices),
            ],
            problem,
        )

    def read(self, values: dict[str, str]) -> ComplaintWanted:
        if not values["text"]:
            raise InputError("Enter what they said.").at("text")
        if not values["kind"]:
            raise InputError(f"Enter a kind: {', '.join(COMPLAINT_KINDS)}, or your own word.").at("kind")
        due = None
        if values["due"]:
            when = parse_when(values["due"], self.now, spans=True).at_end()
            due = Due(when.day, when.at)
        said = values["apologised"].lower() in ("yes", "y")
        return ComplaintWanted(values["text"], values["kind"], due, said, values)


@dataclass(frozen=True)
class AnswerWanted:
    """The outcome of a complaint, as typed."""

    agreed: str
    compensation: str
    escalated: str
    due: Due | None
    typed: dict[str, str]


class AnswerModal(FormModal[AnswerWanted]):
    """Form for what was agreed about a complaint."""

    def __init__(self, now: datetime, what: str, typed: dict[str, str] | None = None, problem: str = "") -> None:
        self.HEADING = what
        self.now = now
        there = typed or {}
        boss = "who took it over, such as your boss"
        super().__init__(
            [
                Field("agreed", "Agreed", there.get("agreed", ""), "what you will do"),
                Field(
                    "due",
                    "Done by",
                    there.get("due", ""),
                    "e.g. fri 14:00",
                    read_back=read_back.hours(now, by_end=True),
                ),
                Field(
                    "compensation", "Compensation", there.get("compensation", ""), "e.g. a small extra for the trouble"
                ),
                Field("escalated", "Escalated to", there.get("escalated", ""), boss),
            ],
            problem,
        )

    def read(self, values: dict[str, str]) -> AnswerWanted:
        if not any(values.values()):
            raise InputError("Enter what you agreed, or press esc to cancel.")
        due = None
        if values["due"]:
            when = parse_when(values["due"], self.now, spans=True).at_end()
            due = Due(when.day, when.at)
        return AnswerWanted(values["agreed"], values["compensation"], values["escalated"], due, values)


class DealModal(EntityModal):
    """Form for a deal."""

    FIELDS = deals.FIELDS
    NEEDED = ("title", "Enter a title: what is the deal about?")

    def __init__(
        self,
        now: datetime,
        deal: Deal | None,
        contact: str = "",
        typed: Mapping[str, str] | None = None,
        problem: str = "",
    ) -> None:
        self.HEADING = "New deal" if deal is None else deal.title
        super().__init__(now, deal, typed, problem, **({"contact": contact} if deal is None else {}))


class WonModal(EntityModal):
    """Form for a won deal's value and term."""

    FIELDS = (
        replace(deals.VALUE, label="Total value", hint=""),
        replace(deals.TERMS[0], label="Runs until", hint="a date; schedules a renewal call before it"),
        deals.TERMS[1],
    )
    NEEDED = ("value", "Enter the value. It counts as revenue today.")
    CONTINUED = ()

    def __init__(self, now: datetime, deal: Deal, typed: Mapping[str, str] | None = None, problem: str = "") -> None:
        self.HEADING = f"Won: {deal.title}"
        super().__init__(now, deal, typed, problem)
