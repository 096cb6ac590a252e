"""Companies and people: who the rep calls, and what is known about them (S23)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from planner.domain import fields
from planner.domain.clients.special_days import NAMED_DAYS, YEARLY, check_birthday, check_dates
from planner.domain.errors import InputError
from planner.domain.fields import Field, check_choice, check_lengths
from planner.domain.typed import zones

LONGEST_NAME = 200
LONGEST_WAY = 320
MOST_WAYS = 20
MOST_TAGS = 50
LONGEST_TAG = 60
LONGEST_RHYTHM = 3_650

TIERS = ("A", "B", "C")
MAILINGS = ("weekly", "monthly", "quarterly", "yearly")
KINDS = ("know-it-all", "bored", "hurried", "gloomy", "cheerful")
CHOICES = {
    "kind": (KINDS, "a kind of customer"),
    "tier": (TIERS, "a tier"),
    "mailing": (MAILINGS, "a frequency"),
}  # by field: the words it may be, and what a message calls one of them


class Need(StrEnum):
    """What is known about a contact's need. No proposal before it is found (S21)."""

    UNKNOWN = "unknown"
    FOUND = "found"
    CHOSEN = "chosen"


NEED_NAMES = {"chosen": "product chosen"}
"""What a screen calls what is known about a need, if not by its own word."""


@dataclass(frozen=True, slots=True)
class ContactMethod:
    """A phone number or email address as written, with a label such as ``mobile``. `wrong` means the contact couldn't
    be reached there.
    """

    value: str
    label: str = ""
    wrong: bool = False

    def __post_init__(self) -> None:
        if not self.value.strip():
            raise InputError("A phone number or email address can't be empty.")
        if len(self.value) > LONGEST_WAY:
            raise InputError(f"A phone number or email address can have up to {LONGEST_WAY} characters.")


class ContactLine(NamedTuple):
    """What a list shows of a contact: much cheaper than all of it, where a list has 50,000. `phone` and `email` are the
    first ones, or empty.
    """

    id: int
    name: str
    role: str
    company: str
    phone: str
    email: str
    do_not_call: bool


@dataclass(frozen=True, slots=True)
class Contact:
    """One person, or a company without a known person. The id is never reused, and the uid is for merging.

    `birthday` is ``1975-12-12``, or ``--12-12`` without a known year (RFC 6350), as are the days of `dates`, which are
    pairs of a day and its description. `supplier_until` is the day the present supplier's contract ends. `tier` is how
    much they matter (A most), `rhythm` the most days to go without talking to them if it differs from tier and
    tags. `zone` is the IANA name of their time zone, empty for the rep's own. `consent` is whether they agreed to
    email updates (None: never asked), `mailing` how often those come. `do_not_call` means they asked not to be called.
    """

    id: int
    uid: str
    name: str
    company: str | None = None
    company_id: int | None = None
    role: str = ""
    phones: tuple[ContactMethod, ...] = ()
    emails: tuple[ContactMethod, ...] = ()
    kind: str = ""
    need: Need | None = None
    decides: bool = False
    source: str = ""
    supplier: str = ""
    supplier_weak: str = ""
    city: str = ""
    birthday: str | None = None
    tags: tuple[str, ...] = ()
    notes: str = ""
    languages: str = ""
    preferences: str = ""
    supplier_until: date | None = None
    dates: tuple[tuple[str, str], ...] = ()
    tier: str = ""
    rhythm: int | None = None
    consent: bool | None = None
    mailing: str = ""
    referrer: str | None = None
    referrer_id: int | None = None
    zone: str = ""
    do_not_call: bool = False

    def __post_init__(self) -> None:
        check_name(self.name, "contact")
        if self.company is not None:
            check_name(self.company, "company")
        check_lengths(self, FIELDS, "a contact")
        if len(self.phones) > MOST_WAYS or len(self.emails) > MOST_WAYS:
            raise InputError(f"A contact can have up to {MOST_WAYS} phone numbers and {MOST_WAYS} email addresses.")
        if len(self.tags) > MOST_TAGS or any(not tag or len(tag) > LONGEST_TAG for tag in self.tags):
            limits = f"A contact can have up to {MOST_TAGS} tags of up to {LONGEST_TAG} characters each."
            raise InputError(limits).at("tags")
        if self.birthday is not None:
            check_birthday(self.birthday)
        check_dates(self.dates)
        if self.rhythm is not None and not 1 <= self.rhythm <= LONGEST_RHYTHM:
            raise InputError(f"A contact frequency must be from 1 to {LONGEST_RHYTHM:,} days.").at("rhythm")
        for name, (choices, what) in CHOICES.items():
            check_choice(getattr(self, name), choices, what)
        if self.mailing and not self.consent:
            raise InputError(
                "Email updates need the contact's consent. Set email consent to yes first (--consent yes)."
            ).at("consent")
        if self.id and self.referrer_id == self.id:
            raise InputError("Contacts can't refer themselves.").at("referrer")

    @property
    def line(self) -> ContactLine:
        """What a list shows of it."""
        phone, email = (ways[0].value if ways else "" for ways in (self.phones, self.emails))
        return ContactLine(self.id, self.name, self.role, self.company or "", phone, email, self.do_not_call)

    @property
    def number(self) -> str:
        """The phone number to call first: the first not known to be wrong, or empty."""
        right = next((way for way in self.phones if not way.wrong), None)
        return "" if right is None else right.value

    @property
    def mailings(self) -> str:
        """Whether they agreed to email updates and how often those come, in words, or empty if never asked."""
        if self.consent is None:
            return ""
        return f"opted in{f', {self.mailing}' if self.mailing else ''}" if self.consent else "opted out"


def _value(method: ContactMethod) -> str:
    return method.value


def _zone(text: str) -> str:
    return zones.parse_zone(text)  # commands load that module when a zone is first read


FIELDS = (
    Field("name", fields.TEXT, "Name", column="Name"),
    Field(
        "company", fields.TEXT, "Company", flags=("--company",), help="a new name adds a company",
        column="Company", completes="company",
    ),
    Field("role", fields.TEXT, "Role", "e.g. buyer", ("--role",), column="Job Title", longest=200),
    Field(
        "phones", fields.several(";", _value), "Phones", "separate with ;", ("--phone",), "NUMBER", "can be repeated",
    ),
    Field(
        "emails", fields.several(";", _value), "Emails", "separate with ;", ("--email",), "ADDRESS", "can be repeated",
    ),
    Field("city", fields.TEXT, "City", flags=("--city",), column="City", longest=200),
    Field(
        "zone", fields.word(_zone), "Time zone", "e.g. Boston, CET, Europe/Berlin; default: yours",
        ("--zone",), "ZONE", "their time zone, such as Boston, CET or Europe/Berlin (default: yours)",
        column="IANA zone",
    ),
    Field(
        "languages", fields.TEXT, "Languages", "e.g. Korean, English", ("--languages",), help="such as Korean, English",
        column="Languages", longest=200,
    ),
    Field(
        "decides", fields.YES, "Decision-maker", "decides what is bought", ("--decides",),
        help="are they the decision-maker?", choices=("yes", "no"), column="Decides", group="Customer",
    ),
    Field(
        "do_not_call", fields.YES, "Do not call", "asked not to be called", ("--do-not-call",),
        help="did they ask not to be called?", choices=("yes", "no"), column="Do Not Call",
    ),
    Field(
        "tier", fields.word(str.upper, *CHOICES["tier"]), "Tier", flags=("--tier",), metavar="|".join(TIERS),
        help="how important they are", column="Tier",
    ),
    Field(
        "kind", fields.word(str.lower, *CHOICES["kind"]), "Customer type", flags=("--kind",), metavar="|".join(KINDS),
        help="what kind of customer they are", column="Kind",
    ),
    Field(
        "need", fields.one_of(Need, "The need", NEED_NAMES), "Need", flags=("--need",), metavar="|".join(Need),
        help="unknown, found (you know their need) or chosen (they know which product)", column="Need",
    ),
    Field(
        "source", fields.TEXT, "Source", "e.g. trade show, seminar, list", ("--source",),
        help="where you got the contact", column="Source", longest=200, group="Background",
    ),
    Field(
        "referrer", fields.TEXT, "Referred by", "name or id", ("--referrer",), "WHO",
        "who referred them: {FOUND}; a new contact counts as a referral",
        column="Referred by",
        reference=lambda contact: "" if contact.referrer_id is None else f"{contact.referrer_id}: {contact.referrer}",
        completes="contact",
    ),
    Field(
        "tags", fields.several(","), "Tags", "separate with ,", ("--tag",), "TAG", "can be repeated",
        column="Tags", completes="tag",
    ),
    Field(
        "supplier", fields.TEXT, "Current supplier", flags=("--supplier",), help="their current supplier",
        column="Supplier", longest=200, group="Competition",
    ),
    Field(
        "supplier_until", fields.day(), "Contract ends", "e.g. 31 Jan 2027", ("--supplier-until",), "DATE",
        "when that supplier's contract ends", column="Supplier contract ends",
    ),
    Field(
        "supplier_weak", fields.LINES, "Weak points", flags=("--supplier-weak",),
        help="that supplier's weak points", column="Supplier weak points", longest=2_000,
    ),
    Field(
        "preferences", fields.LINES, "Preferences", "habits and preferences", ("--preferences",),
        help="habits and preferences", column="Preferences", longest=2_000, group="Personal",
    ),
    Field(
        "birthday", YEARLY, "Birthday", "e.g. 12 Dec 1975, or 12 Dec", ("--birthday",), "DATE",
        "12 Dec 1975, or 12 Dec without the year", column="Birthday",
    ),
    Field(
        "dates", NAMED_DAYS, "Other dates", "e.g. 1 May 2019 married; 3 Nov name day", ("--date",), '"DATE WHAT"',
        'another date to remember, such as "3 Nov name day"',
        column="Other dates",
    ),
    Field(
        "rhythm", fields.whole_number("days"), "Contact every", "days; default: by tier and tags",
        ("--rhythm",), "DAYS", "the most days to go without talking to them", column="Contact every (days)",
        group="Follow-up and notes",
    ),
    Field(
        "consent", fields.YES_OR_UNKNOWN, "Email consent", flags=("--consent",),
        help="did they agree to email updates?", choices=("yes", "no", "none"), column="Email consent",
    ),
    Field(
        "mailing", fields.word(str.lower, *CHOICES["mailing"]), "Email updates", flags=("--mailing",),
        metavar="|".join(MAILINGS), help="how often to send email updates", column="Email updates",
    ),
    Field("notes", fields.LINES, "Notes", flags=("--notes",), column="Notes", longest=10_000),
)  # fmt: skip
TEXTS = tuple(field.name for field in FIELDS if field.longest)  # besides the name and the company's
LINES = tuple(field.name for field in FIELDS if field.kind.lines)


def check_name(name: str, what: str) -> None:
    """Raise InputError for an empty or overlong name."""
    if not name.strip():
        raise InputError(f"A {what} needs a name.")
    if len(name) > LONGEST_NAME:
        raise InputError(f"A name can have up to {LONGEST_NAME} characters. This one has {len(name):,}.")


@dataclass(frozen=True, slots=True)
class Numbering:
    """How phone numbers are written in a country: its calling code, the trunk prefix for long-distance calls (``0``,
    empty in Italy), and the possible lengths without it.
    """

    code: str
    trunk: str
    lengths: tuple[int, ...]


@lru_cache(4_096)
def phone_key(text: str, home: Numbering | None = None) -> str:
    """Return the lookup key of a phone number, including its extension, however it is written.

    With the numbering of the rep's country (`home`) it is the digits with the country code: ``030/123456``,
    ``+49 30 123456`` and ``0049 (0)30 123456`` are the same. Without it, and in the database, where it may change, it
    is the last eight digits, which are the same whatever the prefix.
    """
    number, extension = _split_extension(text)
    digits = _NO_DIGITS.sub("", number)[-8:] if home is None else _with_code(number, home)
    return digits + (f"x{extension}" if extension else "")


def _split_extension(text: str) -> tuple[str, str]:
    """Split into the number and the digits of its extension."""
    plain = (text if text.isascii() else unicodedata.normalize("NFKC", text)).lower()
    number, _, extension = _EXTENSION.sub("x", plain, count=1).partition("x")
    if number.lstrip(" (").startswith(("+", "00")):
        number = number.replace("(0)", "")  # only dialled within the country
    return number, _NO_DIGITS.sub("", extension)


def _with_code(number: str, home: Numbering) -> str:
    """Return the digits of a number, starting with the country code."""
    digits = _NO_DIGITS.sub("", number)
    abroad = number.lstrip(" (").startswith("+")
    if not abroad:
        for prefix in ("00", "011") if home.code == "1" else ("00",):
            if digits.startswith(prefix):
                digits, abroad = digits.removeprefix(prefix), True
                break
    if abroad:
        within = digits.removeprefix(home.code)
        if home.trunk == "0" and within != digits and within.startswith("0"):
            return home.code + within[1:]  # +49 030: the zero is only dialled within the country
        return digits
    if home.trunk and digits.startswith(home.trunk):
        within = digits.removeprefix(home.trunk)
        if home.trunk == "0" or len(within) in home.lengths:
            return home.code + within
    longest = len(home.code) + (LONG_WITHOUT_PLUS if home.trunk else LONG_WITHOUT_TRUNK)
    if digits.startswith(home.code) and len(digits) >= longest:
        return digits  # a spreadsheet took the plus for a sign
    return home.code + digits


# A number at least this long after the country's own code is an international one that lost its plus.
LONG_WITHOUT_PLUS, LONG_WITHOUT_TRUNK = 8, 10


_EXTENSION = re.compile(
    r"\s*(?:;?ext(?:ension|n)?[.:=]?|\bx|(?<=\d)x|доб(?:ав(?:очный)?)?\.?|вн\.?|내선(?:\s*번호)?|内線|分機|durchwahl|#)\s*(?=\d)"
)
_NO_DIGITS = re.compile(r"\D+")


def email_key(text: str) -> str:
    """Return the lookup key of an email address."""
    return name_key(text)


def name_key(text: str) -> str:
    """Return the lookup key of a name, regardless of case, spacing and Unicode composition."""
    if not text.isascii():
        text = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
        # folding may leave it denormalised again
        return unicodedata.normalize("NFKC", " ".join(text.split()).casefold())
    return " ".join(text.split()).casefold()


# soft hyphens, joiners and direction marks: names can't differ in invisible characters
_UNSEEN = re.compile("[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
