"""Forms of the client screens: a client, a complaint, a deal, a win."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from planner.domain.clients.complaints import KINDS as COMPLAINT_KINDS
from planner.domain.clients.deals import Deal
from planner.domain.clients.people import KINDS, MAILINGS, TIERS, Contact, Need
from planner.domain.day.tasks import Due
from planner.domain.errors import InputError
from planner.domain.money import format_amount, parse_amount
from planner.domain.typed.when import parse_when
from planner.domain.typed.zones import parse_zone
from planner.tui.shared.form import Field, FormModal, otherwise

TEXTS = (
    ("name", "name", ""),
    ("company", "company", ""),
    ("role", "role", "buyer"),
    ("phones", "phones", "several with ; between"),
    ("emails", "mails", "several with ; between"),
    ("city", "city", ""),
    ("zone", "time zone", "Boston, CET, Europe/Berlin; empty: yours"),
    ("languages", "languages", "Korean, English"),
    ("decides", "decides", "yes or no"),
    ("do_not_call", "do not call", "yes, once they have asked for it"),
    ("tier", "tier", " ".join(TIERS)),
    ("kind", "kind of customer", " ".join(KINDS)),
    ("need", "need", " ".join(Need)),
    ("source", "source", "fair, seminar, list"),
    ("referrer", "came through", "a name or an id"),
    ("tags", "tags", "several with , between"),
    ("supplier", "present supplier", ""),
    ("supplier_until", "its contract ends", "31 Jan 2027"),
    ("supplier_weak", "its weak points", ""),
    ("preferences", "prefers", "habits and preferences"),
    ("birthday", "birthday", "1975-12-12, or --12-12"),
    ("dates", "other days", "2019-05-01 married; --11-03 name day"),
    ("rhythm", "touch every", "days; empty: by tier and tags"),
    ("consent", "agreed to mailings", "yes or no; empty: never asked"),
    ("mailing", "mailings", " ".join(MAILINGS)),
    ("notes", "notes", ""),
)
LINES = ("supplier_weak", "preferences", "notes")
SPLIT = {"phones": ";", "emails": ";", "tags": ",", "dates": ";"}


@dataclass(frozen=True)
class ContactWanted:
    """A client as it was typed: the fields that are otherwise than before, and how all of them stood in the form."""

    fields: dict[str, Any]
    typed: dict[str, str]

    @property
    def changed(self) -> dict[str, str]:
        """The texts of the fields that are otherwise than before."""
        return {name: text for name, text in self.typed.items() if name in self.fields}


def as_typed(contact: Contact) -> dict[str, str]:
    """A contact as the texts of the form. Line breaks of notes are a ``⏎`` in its one line."""
    return {
        "name": contact.name,
        "company": contact.company or "",
        "role": contact.role,
        "phones": "; ".join(way.value for way in contact.phones),
        "emails": "; ".join(way.value for way in contact.emails),
        "city": contact.city,
        "zone": contact.zone,
        "languages": contact.languages,
        "decides": "yes" if contact.decides else "",
        "do_not_call": "yes" if contact.do_not_call else "",
        "tier": contact.tier,
        "kind": contact.kind,
        "need": contact.need.value if contact.need else "",
        "source": contact.source,
        "referrer": "" if contact.referrer_id is None else f"{contact.referrer_id}: {contact.referrer}",
        "tags": ", ".join(contact.tags),
        "supplier": contact.supplier,
        "supplier_until": str(contact.supplier_until or ""),
        "supplier_weak": _one_line(contact.supplier_weak),
        "preferences": _one_line(contact.preferences),
        "birthday": contact.birthday or "",
        "dates": "; ".join(f"{day} {what}" for day, what in contact.dates),
        "rhythm": str(contact.rhythm or ""),
        "consent": "" if contact.consent is None else "yes" if contact.consent else "no",
        "mailing": contact.mailing,
        "notes": _one_line(contact.notes),
    }


def by_id(text: str) -> str:
    """Who is meant by ``12: Kim``: the id; otherwise the name as it is typed."""
    number, colon, _ = text.partition(":")
    return number.strip() if colon and number.strip().isdigit() else text


def _one_line(text: str) -> str:
    return text.replace("\n", " ⏎ ")


class ContactModal(FormModal[ContactWanted]):
    """Asks for what is known of a client."""

    CSS = """
    ContactModal #form { width: 92; height: 34; }
    ContactModal #form-fields { height: 1fr; max-height: 100%; }
    """

    def __init__(
        self,
        now: datetime,
        contact: Contact | None,
        typed: dict[str, str] | None = None,
        problem: str = "",
    ) -> None:
        self.HEADING = "Somebody new" if contact is None else contact.name
        self.now = now
        self.before = {name: "" for name, _, _ in TEXTS} if contact is None else as_typed(contact)
        values = self.before | (typed or {})
        super().__init__(
            [
                Field(name, label, values.get(name, ""), hint, continued=True, lines=name in LINES)
                for name, label, hint in TEXTS
            ],
            problem,
        )

    def read(self, values: dict[str, str]) -> ContactWanted:
        if not values["name"]:
            raise InputError("A client needs a name.")
        fields: dict[str, Any] = {}
        for name, text in values.items():
            if text != self.before[name].strip():
                fields[name] = self._field(name, text)
        return ContactWanted(fields, values)

    def _field(self, name: str, text: str) -> Any:
        if name in SPLIT:
            return [part for part in text.split(SPLIT[name]) if part.strip()]
        if name in ("decides", "do_not_call", "consent"):
            known = {"yes": True, "y": True, "no": False, "n": False, "": None if name == "consent" else False}
            if text.lower() not in known:
                raise InputError(f"{text!r}: write yes or no.")
            return known[text.lower()]
        if name == "need":
            if text and text.lower() not in tuple(Need):
                raise InputError(f"The need is one of {', '.join(Need)}, not {text!r}.")
            return Need(text.lower()) if text else None
        if name == "zone":
            return parse_zone(text)
        if name == "referrer":
            return by_id(text)
        if name == "rhythm":
            if text and not (text.isascii() and text.isdigit()):
                raise InputError(f"{text!r} is not a number of days.")
            return int(text) if text else None
        if name == "supplier_until":
            return parse_when(text, self.now).day if text else None
        if name in ("tier", "kind", "mailing"):
            return text.upper() if name == "tier" else text.lower()
        return text.replace(" ⏎ ", "\n").replace("⏎", "\n")


@dataclass(frozen=True)
class ComplaintWanted:
    """A complaint as it was typed."""

    text: str
    kind: str
    due: Due | None
    apologised: bool
    typed: dict[str, str]


class ComplaintModal(FormModal[ComplaintWanted]):
    """Asks for a complaint of somebody."""

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
    """What came of a complaint, as it was typed."""

    agreed: str
    compensation: str
    escalated: str
    due: Due | None
    typed: dict[str, str]


class AnswerModal(FormModal[AnswerWanted]):
    """Asks what was agreed about a complaint."""

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


@dataclass(frozen=True)
class DealWanted:
    """A deal as it was typed: the fields that are otherwise than before, the contact among them, and how all of them
    stood in the form.
    """

    fields: dict[str, Any]
    typed: dict[str, str]

    @property
    def changed(self) -> dict[str, str]:
        """The texts of the fields that are otherwise than before."""
        names = {"expected_close": "close", "contract_end": "until", "term_months": "term"}
        changed = {names.get(name, name) for name in self.fields}
        return {name: text for name, text in self.typed.items() if name in changed}


class DealModal(FormModal[DealWanted]):
    """Asks for a deal."""

    def __init__(
        self,
        now: datetime,
        deal: Deal | None,
        contact: str = "",
        typed: dict[str, str] | None = None,
        problem: str = "",
    ) -> None:
        self.HEADING = "A deal" if deal is None else deal.title
        self.now = now
        there = {"contact": contact}
        if deal is not None:
            there = {
                "title": deal.title,
                "contact": "" if deal.contact_id is None else f"{deal.contact_id}: {deal.contact}",
                "value": "" if deal.value is None else format_amount(deal.value),
                "close": str(deal.expected_close or ""),
                "until": str(deal.contract_end or ""),
                "term": str(deal.term_months or ""),
                "notes": deal.notes,
            }
        there["notes"] = there.get("notes", "").replace("\n", " ⏎ ")
        labels = (
            ("title", "what", "Paper for 2027"),
            ("contact", "with", "a name or an id"),
            ("value", "value in all", "350,000"),
            ("close", "may be won by", "30 Nov"),
            ("until", "will run until", "31 Jan 2028"),
            ("term", "comes round every", "months"),
            ("notes", "notes", ""),
        )
        self.before = {name: "" if deal is None else there.get(name, "").strip() for name, _, _ in labels}
        there = there | (typed or {})
        super().__init__(
            [
                Field(name, label, there.get(name, ""), hint, continued=True, lines=name in LINES)
                for name, label, hint in labels
            ],
            problem,
        )

    def read(self, values: dict[str, str]) -> DealWanted:
        if not values["title"]:
            raise InputError("A deal needs a title: what is it about?")
        fields: dict[str, Any] = {
            "title": values["title"],
            "contact": by_id(values["contact"]),
            "value": parse_amount(values["value"], what="value") if values["value"] else None,
            "expected_close": parse_when(values["close"], self.now).day if values["close"] else None,
            "contract_end": parse_when(values["until"], self.now).day if values["until"] else None,
            "term_months": read_months(values["term"]),
            "notes": values["notes"].replace(" ⏎ ", "\n"),
        }
        names = dict(zip(fields, ("title", "contact", "value", "close", "until", "term", "notes"), strict=True))
        changed = {name: value for name, value in fields.items() if values[names[name]] != self.before[names[name]]}
        return DealWanted(changed, values)


def read_months(text: str) -> int | None:
    """A number of months as typed; None for nothing."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise InputError(f"{text!r} is not a number of months.")
    return int(text)


@dataclass(frozen=True)
class WonWanted:
    """What a win brings, as it was typed; `typed` has the fields that are otherwise than those of the deal."""

    amount: Decimal | None
    until: date | None
    term_months: int | None
    typed: dict[str, str]


class WonModal(FormModal[WonWanted]):
    """Asks what a deal brings that is won, and until when it runs."""

    def __init__(self, now: datetime, deal: Deal, typed: dict[str, str] | None = None, problem: str = "") -> None:
        self.HEADING = f"Won: {deal.title}"
        self.now = now
        self.before = {
            "amount": "" if deal.value is None else format_amount(deal.value),
            "until": str(deal.contract_end or ""),
            "term": str(deal.term_months or ""),
        }
        there = self.before | (typed or {})
        super().__init__(
            [
                Field("amount", "brings in all", there["amount"]),
                Field("until", "runs until", there["until"], "31 Jan 2028: its renewal is called before"),
                Field("term", "comes round every", there["term"], "months"),
            ],
            problem,
        )

    def read(self, values: dict[str, str]) -> WonWanted:
        if not values["amount"]:
            raise InputError("What does it bring? It is booked today.")
        until = parse_when(values["until"], self.now).day if values["until"] else None
        typed = otherwise(values, self.before)
        return WonWanted(parse_amount(values["amount"]), until, read_months(values["term"]), typed)
