"""Matches an imported person to an existing contact: by email address, name and company, or phone number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from planner.domain.clients.people import Contact, email_key, name_key, phone_key
from planner.domain.typed.search import Fit, Sought, pieces

# addresses that several people may read
SHARED = frozenset(
    ["info", "office", "sales", "contact", "mail", "hello", "admin", "support", "team", "service", "kontakt", "post",
     "buero", "contacto", "comercial", "vendas", "zakaz", "order", "orders", "einkauf", "purchasing"]
)  # fmt: skip


@dataclass
class People:
    """An index of the existing people, by everything they can be identified by."""

    companies: dict[str, int] = field(default_factory=dict)
    emails: dict[str, int] = field(default_factory=dict)
    phones: dict[str, list[int]] = field(default_factory=dict)
    names: dict[str, list[int]] = field(default_factory=dict)
    by_id: dict[int, tuple[str, str]] = field(default_factory=dict)
    of_company: dict[str, list[int]] = field(default_factory=dict)
    uids: dict[str, int] = field(default_factory=dict)
    number_of: Callable[[str], str] = phone_key
    newest: int = 0  # the last contact that existed before
    unsettled: dict[str, tuple[int, ...]] = field(default_factory=dict)
    _words: dict[str, list[int]] | None = None

    def learn(self, contact_id: int, contact: Contact) -> None:
        """Remember a contact. The first to have a name, number or address owns it."""
        self.add_name(contact_id, contact.name, contact.company)
        for way in contact.emails:
            self.emails.setdefault(email_key(way.value), contact_id)
        for way in contact.phones:
            self.add_phone(self.number_of(way.value), contact_id)

    def add_name(self, contact_id: int, name: str, company: str | None) -> None:
        """Remember a name."""
        pair = (name_key(name), name_key(company or ""))
        self.by_id[contact_id] = pair
        self.names.setdefault(pair[0], []).append(contact_id)
        if pair[1]:
            self.of_company.setdefault(pair[1], []).append(contact_id)

    def add_phone(self, key: str, contact_id: int) -> None:
        """Remember a number, which several people may share."""
        if len(key) >= 5:
            self.phones.setdefault(key, []).append(contact_id)

    def find_same(self, contact: Contact, *, company_only: bool) -> int | None:
        """Return the contact that this one most likely is: by email address, by name and company, by number.

        A number suffices only if no person's name contradicts it. A company alone matches its only contact. Where a
        name may mean several, the result is None and they are remembered in `unsettled`.
        """
        name, company = name_key(contact.name), name_key(contact.company or "")
        namesakes = [each for each in self.names.get(name, ()) if self.by_id[each][1] == company]
        found = self._by_email(contact, name, company_only=company_only)
        if found is None:
            found = self._by_name(name, company, namesakes, company_only=company_only)
        if found is None:
            found = self._by_phone(contact, name, company, company_only=company_only)
        if found is None and len(namesakes) > 1:
            self.unsettled.setdefault(contact.name, tuple(namesakes))
            return None
        if found is None and company_only and company:
            found = _single(self.of_company.get(company, ()))
        return found

    def _by_email(self, contact: Contact, name: str, *, company_only: bool) -> int | None:
        for way in contact.emails:
            known = self.emails.get(email_key(way.value))
            if known is not None and (not _is_shared(way.value) or company_only or self.by_id[known][0] == name):
                return known
        return None

    def _by_name(self, name: str, company: str, namesakes: Sequence[int], *, company_only: bool) -> int | None:
        """Return who has a name. `namesakes` are those at the same company."""
        if len(namesakes) == 1 or (namesakes and company_only):
            return namesakes[0]
        called = _single(self.names.get(name, ()))
        one_has_none = called is not None and (not company or not self.by_id[called][1])
        return called if one_has_none else None

    def _by_phone(self, contact: Contact, name: str, company: str, *, company_only: bool) -> int | None:
        for way in contact.phones:
            for contact_id in self.phones.get(self.number_of(way.value), ()):
                their_name, theirs = self.by_id[contact_id]
                if their_name == name or (company_only and (not company or theirs in (company, ""))):
                    return contact_id
        return None

    def find_meant(self, contact: Contact) -> int | None:
        """Return who may be meant by a name that `find_same` can't place, such as a first name: a contact from before
        the import whose name starts with it, and whose company isn't contradicted.
        """
        if self._words is None:
            self._words = {}
            for contact_id in (key for key in self.by_id if key <= self.newest):
                for word in set(pieces(self.by_id[contact_id][0])):
                    self._words.setdefault(word, []).append(contact_id)
        sought, company = Sought(contact.name), name_key(contact.company or "")
        found = [
            contact_id
            for contact_id in self._words.get(sought.longest, ())
            if (not company or self.by_id[contact_id][1] in (company, ""))
            and sought.fit(self.by_id[contact_id][0]) in (Fit.PLAIN, Fit.BEGINS)
        ]
        if len(found) > 1:
            self.unsettled.setdefault(contact.name, tuple(found))
        return _single(found)


def _single(found: Sequence[int]) -> int | None:
    return found[0] if len(found) == 1 else None


def _is_shared(address: str) -> bool:
    """Whether several people may read an email address."""
    return email_key(address).partition("@")[0] in SHARED
