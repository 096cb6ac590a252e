"""Exports contacts as vCards 3.0 (RFC 2426), which phones and mail programs of every maker import."""

from __future__ import annotations

import re
from collections.abc import Iterable

from planner.domain.clients.names import NameParts, name_parts
from planner.domain.clients.people import Contact
from planner.exchange.transfer.vcard import DO_NOT_CALL

LONGEST_LINE = 75  # octets, without the line break
_TYPES = {"mobile": "CELL", "work": "WORK", "home": "HOME", "direct": "WORK"}


def write(contacts: Iterable[Contact]) -> bytes:
    """Return one card per contact."""
    return "".join(_card(contact) for contact in contacts).encode()


def _card(contact: Contact) -> str:
    is_company = contact.company == contact.name
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"PRODID:{_text('-//planner//planner//EN')}",
        f"UID:{_text(contact.uid)}",
        f"FN:{_text(contact.name)}",
        f"N:{_name(NameParts() if is_company else name_parts(contact.name))}",
    ]
    if contact.company:
        lines.append(f"ORG:{_text(contact.company)}")
    if is_company:
        lines.append("X-ABSHOWAS:COMPANY")
    if contact.role:
        lines.append(f"TITLE:{_text(contact.role)}")
    for name, ways, kind in (("TEL", contact.phones, "VOICE"), ("EMAIL", contact.emails, "INTERNET")):
        for way in ways:
            label = _TYPES.get(way.label.lower())
            lines.append(f"{name};TYPE={','.join([kind, label] if label else [kind])}:{_text(way.value)}")
    if contact.city:
        lines.append(f"ADR;TYPE=WORK:;;;{_text(contact.city)};;;")
    if contact.birthday:
        # version 3.0 has no day without a year, and readers know Apple's 1604
        lines.append(f"BDAY:{contact.birthday.replace('--', '1604-', 1)}")
    if married := next((day for day, what in contact.dates if what.casefold() == "anniversary"), ""):
        lines.append(f"ANNIVERSARY:{married.replace('--', '1604-', 1)}")
    for number, (day, what) in enumerate(contact.dates, start=1):
        # Apple's way, which other programs keep
        lines.append(f"date{number}.X-ABDATE:{day.replace('--', '1604-', 1)}")
        lines.append(f"date{number}.X-ABLabel:{_text(what)}")
    if contact.tags:
        lines.append(f"CATEGORIES:{','.join(_text(tag) for tag in contact.tags)}")
    if contact.do_not_call:
        lines.append(f"{DO_NOT_CALL}:yes")
    if contact.notes:
        lines.append(f"NOTE:{_text(contact.notes)}")
    lines.append("END:VCARD")
    return "".join(_fold(line) for line in lines)


def _name(parts: NameParts) -> str:
    return ";".join(map(_text, (parts.family, parts.given, parts.additional, parts.prefix, parts.suffix)))


def _text(text: str) -> str:
    return re.sub(r"([\\;,])", r"\\\1", text).replace("\r\n", "\n").replace("\n", "\\n")


def _fold(line: str) -> str:
    """Fold a line after 75 octets, never inside a character."""
    parts, current, size = [], "", 0
    for char in line:
        octets = len(char.encode())
        if size + octets > LONGEST_LINE:
            parts.append(current)
            current, size = " ", 1
        current, size = current + char, size + octets
    return "\r\n".join([*parts, current]) + "\r\n"
