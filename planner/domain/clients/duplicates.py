"""Finds contacts that may be the same person, by record linkage (Fellegi and Sunter, 1969).

An agreement is worth more bits the rarer the value is in the database: a surname shared by two in thousands says much,
a city shared by hundreds little. Differences count against. Pairs above `SAME` are offered as the same, those above
`PERHAPS` as a question. Nothing is ever merged on this alone.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log2

from planner.domain.clients.names import PARTICLES
from planner.domain.clients.people import Contact, Numbering, email_key, name_key, phone_key

SAME = 16.0  # bits: odds of fifty to one if one pair in some thousand is a true one
PERHAPS = 11.0
ALIKE = 0.86  # similarity from which two words may be one with a typo
FEWEST = 1_000  # a smaller database is treated as having this many contacts
FEW = 3  # most contacts sharing a number before it is a switchboard
MOST_OF_A_KIND = 60  # most contacts sharing a value before it is too common to find duplicates by
AGAINST = {"name": 5.0, "birthday": 5.0, "company": 3.0, "city": 1.0}
LONGEST = {"email": 16.0, "phone": 12.0, "name": 12.0, "birthday": 12.0, "company": 8.0, "city": 6.0}

LEGAL_FORMS = frozenset([
    "ab", "ag", "as", "bv", "co", "company", "corp", "corporation", "eirl", "gmbh", "inc", "incorporated", "kg", "kk",
    "limited", "llc", "llp", "ltd", "nv", "oy", "plc", "pty", "sa", "sarl", "sas", "sl", "spa", "srl", "зао", "оао",
    "ооо", "пао", "ао", "ип", "주식회사", "유한회사", "株式会社", "有限会社",
])  # fmt: skip
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W_]+")

Similar = Callable[[str, str], float]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two contacts that may be the same: their ids, smaller first, the evidence in bits, whether they are offered as
    the same (else as a question), and why.
    """

    first: int
    second: int
    bits: float
    same: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is compared of a contact, normalised for comparison."""

    words: tuple[str, ...]
    birthday: str
    company: str
    city: str
    emails: frozenset[str]
    phones: frozenset[str]


def _facts(contact: Contact, home: Numbering | None) -> _Facts:
    company = name_key(contact.company or "")
    return _Facts(
        tuple(_words(name_key(contact.name))) if name_key(contact.name) != company else (),
        contact.birthday or "",
        company,
        name_key(contact.city),
        frozenset(email_key(way.value) for way in contact.emails),
        frozenset(key for way in contact.phones if len(key := phone_key(way.value, home)) >= 5 and not way.wrong),
    )


def _words(name: str) -> Iterator[str]:
    """Yield the words of a name, a family name with its particles as one (``van der klaauw``)."""
    before: list[str] = []
    for word in dict.fromkeys(word.strip(".,()\"'") for word in name.split()):
        if word in PARTICLES:
            before.append(word)
        elif word:
            yield " ".join([*before, word])
            before = []
    yield from before


class Finder:
    """Finds pairs among contacts. `similar` returns how alike two words are, from 0 to 1, and `home` is the numbering
    of the rep's country.
    """

    def __init__(self, contacts: Sequence[Contact], similar: Similar, home: Numbering | None = None) -> None:
        self._similar = similar
        self._facts = {contact.id: _facts(contact, home) for contact in contacts}
        self._count = max(FEWEST, len(contacts))
        # more pairs mean more chance agreements
        self._more = log2(self._count / FEWEST)
        self._often: Counter[tuple[str, str]] = Counter()
        for facts in self._facts.values():
            self._often.update(_values(facts))

    def pairs(self, tick: Callable[[int], None] = lambda done: None) -> list[Pair]:
        """Return the pairs worth a look, surest first."""
        blocks: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for key, facts in self._facts.items():
            for value in _blocks(facts):
                blocks[value].append(key)
        seen: set[tuple[int, int]] = set()
        found = []
        for number, members in enumerate(blocks.values()):
            if number % 1_000 == 0:
                tick(number)
            if not 2 <= len(members) <= MOST_OF_A_KIND:
                continue
            for index, first in enumerate(members):
                for second in members[index + 1 :]:
                    pair = (first, second) if first < second else (second, first)
                    if pair in seen:
                        continue
                    seen.add(pair)
                    judged = self.judge(*pair)
                    if judged.bits >= PERHAPS + self._more:
                        found.append(judged)
        return sorted(found, key=lambda pair: (-pair.bits, pair.first, pair.second))

    def judge(self, first: int, second: int) -> Pair:
        """Score whether two contacts are one, with reasons."""
        one, other = self._facts[first], self._facts[second]
        bits, reasons = 0.0, []
        for kind, ours, theirs in (("email", one.emails, other.emails), ("phone", one.phones, other.phones)):
            shared = sorted(ours & theirs)
            if shared:
                bits += max(self._worth(kind, value) for value in shared)
                reasons.append(f"the same {'email address' if kind == 'email' else 'number'}")
        told, why = self._names(one.words, other.words)
        bits += told
        reasons += why
        for kind in ("birthday", "company", "city"):
            ours_is, theirs_is = getattr(one, kind), getattr(other, kind)
            if not ours_is or not theirs_is:
                continue
            if kind != "birthday" and bool(one.words) != bool(other.words):
                continue  # shared by a company and someone who works there, who aren't the same
            if ours_is == theirs_is:
                bits += self._worth(kind, ours_is)
                reasons.append(f"the same {kind}")
            elif self._slip(kind, ours_is, theirs_is):
                bits += 0.6 * max(self._worth(kind, ours_is), self._worth(kind, theirs_is))
                reasons.append(f"nearly the same {kind}")
            else:
                bits -= AGAINST[kind]
        if any(self._often["phone", number] <= FEW for number in one.phones & other.phones):
            bits = max(bits, PERHAPS + self._more)  # only one of them gets onto a calling list, so the rep should know
        return Pair(first, second, bits, bits >= SAME + self._more, tuple(reasons))

    def _names(self, ours: Sequence[str], theirs: Sequence[str]) -> tuple[float, list[str]]:
        """Return the bits and reasons of two names, comparing each word with the one most like it."""
        if not ours or not theirs:
            return 0.0, []
        left = list(theirs)
        bits, near, apart = 0.0, 0, 0
        agreed = [word for word in ours if word in left]
        left = [word for word in left if word not in agreed]
        same = len(agreed)
        for word in (word for word in ours if word not in theirs):
            best = max(left, key=lambda other: self._similar(word, other), default=None)
            if best is not None and self._alike(word, best):
                left.remove(best)
                bits += 0.7 * max(self._worth("name", word), self._worth("name", best))
                near += 1
            elif best is not None and _initial(word, best):
                left.remove(best)
                bits += 1.0
                near += 1
            else:
                apart += 1
        apart = min(apart, len(left))  # a word only one of them has says nothing
        # where a word differs, the others are one family name, which relatives share whole
        worths = [self._worth("name", word) for word in agreed]
        bits += max(worths, default=0.0) if apart else sum(worths)
        bits -= AGAINST["name"] * apart
        if apart and not same + near:
            return bits, []
        if same and not near and not apart:
            whole = len(ours) == len(theirs) == same
            return bits, ["the same name" if whole else "part of the name is the same"]
        return bits, ["nearly the same name"] if same + near else []

    def _slip(self, kind: str, ours: str, theirs: str) -> bool:
        """Whether two values differ only by a typo."""
        if kind == "birthday":
            differing = [index for index, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b]
            if len(ours) != len(theirs):
                return ours.lstrip("-").endswith(theirs.lstrip("-")[-5:]) and "-" in (ours[0], theirs[0])
            swapped = sorted(ours) == sorted(theirs) and len(differing) <= 4
            return len(differing) == 1 or swapped
        if kind == "company":
            return self._is_same_firm(ours, theirs)
        return self._similar(ours, theirs) >= ALIKE + 0.04

    def _alike(self, ours: str, theirs: str, least: float = ALIKE) -> bool:
        """Whether two words may be one with a typo. A number is another number."""
        return not _DIGIT.search(ours + theirs) and self._similar(ours, theirs) >= least

    def _is_same_firm(self, ours: str, theirs: str) -> bool:
        """Whether two companies differ only by a typo or their legal form, compared word by word."""
        one, other = ([word for word in _WORD.findall(name) if word not in LEGAL_FORMS] for name in (ours, theirs))
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(a == b or self._alike(a, b, ALIKE + 0.04) for a, b in pairs)

    def _worth(self, kind: str, value: str) -> float:
        """Return the bits of an agreement, more for a rarer value."""
        often = max(2, self._often[kind, value])
        return min(LONGEST[kind], max(0.0, log2(self._count / often) + 1.0))


def _initial(word: str, other: str) -> bool:
    short, whole = sorted((word, other), key=len)
    return len(short.rstrip(".")) == 1 and whole.startswith(short.rstrip("."))


def _values(facts: _Facts) -> Iterator[tuple[str, str]]:
    yield from (("name", word) for word in facts.words)
    yield from (("email", value) for value in facts.emails)
    yield from (("phone", value) for value in facts.phones)
    for kind in ("birthday", "company", "city"):
        value = getattr(facts, kind)
        if value:
            yield kind, value


def _blocks(facts: _Facts) -> Iterable[tuple[str, str]]:
    """Return the blocking keys: two contacts are compared only if they share one."""
    found = set(_values(facts))
    words = sorted(facts.words)
    found |= {("start", word[:4]) for word in words if len(word) >= 4}
    for kind in ("city", "birthday", "company"):
        value = getattr(facts, kind)
        if value:
            found |= {(f"{kind}+word", f"{value}\x1f{word[:3]}") for word in words}
    found |= {("two", f"{one}\x1f{other}") for one in words for other in words if one < other}
    return found
