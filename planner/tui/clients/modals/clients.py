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
from planner.domain.typed.when import parse_when
from planner.tui.shared.form import EntityModal, Field, FormModal


class ContactModal(EntityModal):
    """Form for a contact's details."""

    FIELDS = people.FIELDS
    NEEDED = ("name", "A client needs a name.")
    CSS = """
    ContactModal #form { width: 92; height: 34; }
    ContactModal #form-fields { height: 1fr; max-height: 100%; }
    """

    def __init__(
        self, now: datetime, contact: Contact | None, typed: Mapping[str, str] | None = None, problem: str = ""
    ) -> None:
        self.HEADING = "Somebody new" if contact is None else contact.name
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

    def __init__(self, now: datetime, name: str, typed: dict[str, str] | None = None, problem: str = "") -> None:
        self.HEADING = f"Complaint of {name}"
        self.now = now
        there = typed or {}
        super().__init__(
            [
                Field("text", "what was said", there.get("text", "")),
                Field("kind", "of what kind", there.get("kind", ""), " ".join(COMPLAINT_KINDS)),
                Field("due", "answered until", there.get("due", ""), "tomorrow 12:00; empty: the next working day"),
                Field("apologised", "you said sorry", there.get("apologised", ""), "yes, once you have"),
            ],
            problem,
        )

    def read(self, values: dict[str, str]) -> ComplaintWanted:
        if not values["text"]:
            raise InputError("Write what was said.")
        if not values["kind"]:
            raise InputError(f"Of what kind is it: {', '.join(COMPLAINT_KINDS)}, or a word of your own?")
        due = None
        if values["due"]:
            when = parse_when(values["due"], self.now, spans=True).at_end()
            due = Due(when.day, when.at)
        said = values["apologised"].lower() in ("yes", "y")
        return ComplaintWanted(values["text"], values["kind"], due, said, values)

    def preview(self, values: dict[str, str]) -> str:
        return (
            f"answered until {parse_when(values['due'], self.now, spans=True).at_end().echo()}" if values["due"] else ""
        )


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
        boss = "ending a relationship is the boss's decision"
        super().__init__(
            [
                Field("agreed", "agreed", there.get("agreed", ""), "what will be done"),
                Field("due", "done until", there.get("due", ""), "fri 14:00"),
                Field("compensation", "on top", there.get("compensation", ""), "a small compensation"),
                Field("escalated", "handed up to", there.get("escalated", ""), boss),
            ],
            problem,
        )

    def read(self, values: dict[str, str]) -> AnswerWanted:
        if not any(values.values()):
            raise InputError("Write what came of it, or leave with esc.")
        due = None
        if values["due"]:
            when = parse_when(values["due"], self.now, spans=True).at_end()
            due = Due(when.day, when.at)
        return AnswerWanted(values["agreed"], values["compensation"], values["escalated"], due, values)


class DealModal(EntityModal):
    """Form for a deal."""

    FIELDS = deals.FIELDS
    NEEDED = ("title", "A deal needs a title: what is it about?")

    def __init__(
        self,
        now: datetime,
        deal: Deal | None,
        contact: str = "",
        typed: Mapping[str, str] | None = None,
        problem: str = "",
    ) -> None:
        self.HEADING = "A deal" if deal is None else deal.title
        super().__init__(now, deal, typed, problem, **({"contact": contact} if deal is None else {}))


class WonModal(EntityModal):
    """Form for what a won deal brings, and how long it runs."""

    FIELDS = (
        replace(deals.VALUE, label="brings in all", hint=""),
        replace(deals.TERMS[0], label="runs until", hint="31 Jan 2028: its renewal is called before"),
        deals.TERMS[1],
    )
    NEEDED = ("value", "What does it bring? It is booked today.")
    CONTINUED = ()

    def __init__(self, now: datetime, deal: Deal, typed: Mapping[str, str] | None = None, problem: str = "") -> None:
        self.HEADING = f"Won: {deal.title}"
        super().__init__(now, deal, typed, problem)
