"""The playbook: objections, the ways to answer them, and which ones the rep's own log shows to work (S20).

Objections and answers are lines that a rep can edit: one objection per line, its answers indented below it as
``way: what to say``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from planner.domain import formats
from planner.domain.beta import Beta
from planner.domain.errors import InputError

# The seven ways, in the order to try them without any data.
WAYS = {
    "figures": "numbers",
    "case": "a similar customer's story",
    "question": "a question they answer themselves",
    "u-turn": "agree, then say why others buy anyway",
    "deny": "disagree gently",
    "yes-but": "yes, but …",
    "pass": "let it go",
}
# What kinds of objection are called, and what to do about each.
SORTS = {
    "real": ("real", "It's real, a sign of interest. Answer it."),
    "pretended": ("excuse", "It's an excuse. Find the real reason."),
    "joking": ("joke", "It's a joke. Let it go."),
}
STRENGTH = 4.0  # trials that the pooled rate is worth as a prior for one answer
MOST_OBJECTIONS = 200
DAYS_OF_STEP = (1, 3, 7, 14, 30, 60)  # days until an objection that was answered fluently is drilled again


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to an objection, and the way it takes (one of the seven)."""

    way: str
    text: str


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection and the answers to it."""

    text: str
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Rated:
    """An answer with its results: how often it was given and how often it led to a next step. `low` and `high` bound
    the rate (90%).
    """

    answer: Answer
    tried: int
    worked: int
    rate: float
    low: float
    high: float

    @property
    def words(self) -> str:
        """``4 of 6 worked (36–86%)``, empty if never tried."""
        if not self.tried:
            return ""
        return f"{self.worked} of {self.tried} worked ({self.low * 100:.0f}–{formats.percent(self.high)})"


def parse(lines: Sequence[str]) -> list[Objection]:
    """Parse a playbook's lines. Raises InputError naming the line that can't be read."""
    found: list[Objection] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if line[0] not in " \t":
            found.append(Objection(line.strip()))
            continue
        if not found:
            raise InputError(f"Line {number}: an answer (indented) comes before the first objection.")
        way, colon, text = line.strip().partition(":")
        if not colon or way.strip() not in WAYS or not text.strip():
            raise InputError(f"Line {number}: write “approach: text” with one of {', '.join(WAYS)}.")
        last = found[-1]
        found[-1] = Objection(last.text, (*last.answers, Answer(way.strip(), text.strip())))
    if len(found) > MOST_OBJECTIONS:
        raise InputError(f"A playbook can have up to {MOST_OBJECTIONS} objections. This one has {len(found)}.")
    twice = {key(one.text) for one in found}
    if len(twice) < len(found):
        raise InputError("The same objection is listed twice. Put all its answers under one.")
    return found


def as_lines(objections: Iterable[Objection]) -> list[str]:
    """Return the lines that `parse` reads."""
    found: list[str] = []
    for one in objections:
        found.append(one.text)
        found += [f"  {answer.way}: {answer.text}" for answer in one.answers]
    return found


def with_answer(objections: Sequence[Objection], text: str, answer: Answer | None = None) -> list[Objection]:
    """Add an objection, or an answer to a known one. Existing ones aren't duplicated."""
    found = list(objections)
    for index, one in enumerate(found):
        if key(one.text) == key(text):
            if answer is not None and all(key(answer.text) != key(known.text) for known in one.answers):
                found[index] = Objection(one.text, (*one.answers, answer))
            return found
    return [*found, Objection(text.strip(), () if answer is None else (answer,))]


def key(text: str) -> str:
    """Return the lookup key of an objection or answer: case-folded, NFKC, with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()


def find(objections: Sequence[Objection], typed: str) -> list[int]:
    """Return the indices of objections matching typed words, best first: prefixes, any text, then their answers."""
    words = key(typed).split()
    if not words:
        return list(range(len(objections)))
    ranked: list[tuple[int, int]] = []
    for index, one in enumerate(objections):
        text = key(one.text)
        parts = text.replace("'", " ").replace(",", " ").split()
        if text.startswith(" ".join(words)):
            ranked.append((0, index))
        elif all(any(part.startswith(word) for part in parts) for word in words):
            ranked.append((1, index))
        elif all(word in text for word in words):
            ranked.append((2, index))
        elif all(any(word in key(answer.text) for answer in one.answers) for word in words):
            ranked.append((3, index))
    return [index for _, index in sorted(ranked)]


def matching(lines: Iterable[str], typed: str) -> list[str]:
    """Return the lines of another list that match what was typed."""
    listed = [Objection(line) for line in lines]
    return [listed[index].text for index in find(listed, typed)] if typed.strip() else []


def rate(answers: Sequence[Answer], told: Mapping[str, tuple[int, int]]) -> list[Rated]:
    """Rate the answers, best first. `told` maps the `key` of an answer to (worked, tried).

    Each rate is a Beta whose prior is the pooled rate of all answers, worth four trials, so that one success doesn't
    overtake nine out of ten. Untried answers get the pooled rate, in the order given.
    """
    counts = [told.get(key(answer.text), (0, 0)) for answer in answers]
    worked, tried = sum(one[0] for one in counts), sum(one[1] for one in counts)
    common = (worked + 1) / (tried + 2)
    found = []
    for answer, (hits, trials) in zip(answers, counts, strict=True):
        belief = Beta(common * STRENGTH + hits, (1 - common) * STRENGTH + trials - hits)
        low, high = belief.interval(0.9)
        found.append(Rated(answer, trials, hits, belief.mean, low, high))
    return sorted(found, key=lambda one: -one.rate)


def next_drill(step: int, *, fluent: bool) -> tuple[int, int]:
    """Return the next step of a drill and the days until it is due: later if fluent, else tomorrow (Leitner)."""
    reached = min(step + 1, len(DAYS_OF_STEP)) if fluent else 0
    return reached, DAYS_OF_STEP[max(0, reached - 1)]
