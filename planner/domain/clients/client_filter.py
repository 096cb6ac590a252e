"""Parses and applies filters for the client list, written like ``tag:expo step:none touch:due kim``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from planner.domain.clients.contact_cadence import Zone
from planner.domain.clients.people import KINDS, TIERS, Need
from planner.domain.errors import InputError

LONGEST_FILTER = 500
LONGEST_NAME = 60
MOST_CONTRACT_DAYS = 3_650

# Values allowed after a key, None for any text.
VALUES: Mapping[str, tuple[str, ...] | None] = {
    "tag": None,
    "city": None,
    "source": None,
    "company": None,
    "supplier": None,
    "kind": KINDS,
    "need": tuple(need.value for need in Need),
    "tier": TIERS,
    "is": ("client", "customer", "prospect", "referrer", "supporter"),
    "step": ("none", "late", "any"),
    "touch": ("due", "yellow", "red"),
    "deal": ("open", "won", "lost", "none"),
    "promise": ("open", "late"),
    "complaint": ("open", "any"),
    "consent": ("yes", "no", "unknown"),
    "decides": ("yes", "no"),
    "call": ("yes", "no"),
    "contract": None,
}
EVERYONE = "all contacts"
SHIPPED: Mapping[str, str] = {
    EVERYONE: "",
    "clients without a next step": "is:client step:none",
    "due for contact": "touch:due",
    "contracts ending": "contract:90",
    "open promises": "promise:open",
    "open complaints": "complaint:open",
    "referrers": "is:referrer",
}
# What they were called before, which is still understood, and what they are called in JSON.
FORMERLY: Mapping[str, str] = {
    EVERYONE: "everybody",
    "due for contact": "touch is due",
    "contracts ending": "contracts that end",
    "open promises": "promised",
    "open complaints": "complaints",
}
_TOKEN = re.compile(r'(-?)([a-z]+):(?:"([^"]*)"|(\S*))|"([^"]*)"|(\S+)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wish:
    """One condition of a filter: a key and its value, possibly negated."""

    key: str
    value: str
    without: bool = False


@dataclass(frozen=True, slots=True)
class ClientFilter:
    """A filter for the client list: conditions that must all be met, and a text to find anywhere in a client's
    record.
    """

    wishes: tuple[Wish, ...] = ()
    text: str = ""
    words: str = field(default="", compare=False)


def parse_filter(words: str) -> ClientFilter:
    """Parse a filter. Raises InputError listing the allowed values of a key."""
    words = " ".join(words.split())
    if len(words) > LONGEST_FILTER:
        raise InputError(f"A filter can have up to {LONGEST_FILTER} characters.")
    wishes: list[Wish] = []
    texts: list[str] = []
    for match in _TOKEN.finditer(words):
        minus, key, quoted, plain, phrase, word = match.groups()
        if key is None:
            texts.append(phrase if phrase is not None else word)
            continue
        wishes.append(_wish(key.lower(), quoted if quoted is not None else plain, bool(minus)))
    return ClientFilter(tuple(wishes), " ".join(text for text in texts if text), words)


def _wish(key: str, value: str, without: bool) -> Wish:
    if key not in VALUES:
        raise InputError(f"You can't filter by {key!r}. Use {', '.join(f'{name}:' for name in VALUES)}.")
    allowed = VALUES[key]
    value = value.strip()
    if key == "contract":
        if not (value.isascii() and value.isdigit() and int(value) <= MOST_CONTRACT_DAYS):
            raise InputError("contract: needs a number of days, such as contract:90.")
        return Wish(key, str(int(value)), without)
    if allowed is None:
        if not value:
            raise InputError(f'{key}: needs a value, such as {key}:expo or {key}:"big expo".')
        return Wish(key, value, without)
    known = {word.casefold(): word for word in allowed}
    if value.casefold() not in known:
        raise InputError(f"{key}: can be {', '.join(allowed)}, not {value!r}.")
    return Wish(key, known[value.casefold()], without)


@dataclass(frozen=True, slots=True)
class ClientLine:
    """A client on a list. `step` is the next step, `step_due` its date (ISO), `zone` that of the touch (None without a
    rhythm), `last` the last real contact.
    """

    id: int
    name: str
    company: str
    role: str
    city: str
    tier: str
    decides: bool
    step: str = ""
    step_due: str = ""
    zone: Zone | None = None
    last: date | None = None
    complaints: int = 0
    do_not_call: bool = False
