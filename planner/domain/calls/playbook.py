"""The playbook: what is heard, the ways to answer it, and what the rep's own log says works (S20).

Objections and their answers are lines that a rep can edit: an objection a line, its answers indented below it as
``way: what one says``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from planner.domain.beta import Beta
from planner.domain.errors import InputError

# The seven ways, in the order in which they are tried where nothing is known yet.
WAYS = {
    "figures": "figures from outside",
    "case": "somebody alike who said the same and stayed",
    "question": "a question that lets them name their need",
    "u-turn": "agree, then why those who need it buy all the same",
    "deny": "deny it, lightly",
    "yes-but": "yes, but",
    "pass": "let it pass",
}
SORTS = {
    "real": "a step towards buying: answer it",
    "pretended": "the reason is hidden: look for it",
    "joking": "don't take it up",
}
STRENGTH = 4.0  # how many trials the pooled rate is worth for one answer
MOST_OBJECTIONS = 200
DAYS_OF_STEP = (1, 3, 7, 14, 30, 60)  # days until an objection that was answered fluently comes back


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, by its way."""

    way: str
    text: str


@dataclass(frozen=True, slots=True)
class Objection:
    """What is heard, and what can be said to it."""

    text: str
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Rated:
    """An answer with how often it was given and led to a next step; `low` and `high` bound the rate (90 %)."""

    answer: Answer
    tried: int
    worked: int
    rate: float
    low: float
    high: float

    @property
    def words(self) -> str:
        """``4 of 6 led on (36–86 %)``; empty where it was never tried."""
        if not self.tried:
            return ""
        return f"{self.worked} of {self.tried} led on ({self.low * 100:.0f}–{self.high * 100:.0f} %)"


def parse(lines: Sequence[str]) -> list[Objection]:
    """Read a playbook's lines. Raises InputError with the line that can't be read."""
    found: list[Objection] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if line[0] not in " \t":
            found.append(Objection(line.strip()))
            continue
        if not found:
            raise InputError(f"Line {number}: an answer (indented) stands before the first objection.")
        way, colon, text = line.strip().partition(":")
        if not colon or way.strip() not in WAYS or not text.strip():
            raise InputError(f"Line {number}: write an answer as “way: text”; the ways are {', '.join(WAYS)}.")
        last = found[-1]
        found[-1] = Objection(last.text, (*last.answers, Answer(way.strip(), text.strip())))
    if len(found) > MOST_OBJECTIONS:
        raise InputError(f"A playbook can have {MOST_OBJECTIONS} objections; this one has {len(found)}.")
    twice = {key(one.text) for one in found}
    if len(twice) < len(found):
        raise InputError("An objection stands there twice; put its answers under one.")
    return found


def as_lines(objections: Iterable[Objection]) -> list[str]:
    """What `parse` reads."""
    found: list[str] = []
    for one in objections:
        found.append(one.text)
        found += [f"  {answer.way}: {answer.text}" for answer in one.answers]
    return found


def with_answer(objections: Sequence[Objection], text: str, answer: Answer | None = None) -> list[Objection]:
    """The objections with one more, or one more answer to one that is known; what is there already stays single."""
    found = list(objections)
    for index, one in enumerate(found):
        if key(one.text) == key(text):
            if answer is not None and all(key(answer.text) != key(known.text) for known in one.answers):
                found[index] = Objection(one.text, (*one.answers, answer))
            return found
    return [*found, Objection(text.strip(), () if answer is None else (answer,))]


def key(text: str) -> str:
    """What an objection or answer is known by: regardless of case, accents of writing, and spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()


def find(objections: Sequence[Objection], typed: str) -> list[int]:
    """The objections that what was typed can mean, best first: each word typed begins a word of it, or stands in it."""
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
    """The lines of another list that what was typed can mean."""
    listed = [Objection(line) for line in lines]
    return [listed[index].text for index in find(listed, typed)] if typed.strip() else []


def rated(answers: Sequence[Answer], told: Mapping[str, tuple[int, int]]) -> list[Rated]:
    """The answers, what works first. `told` is by `key` of an answer how often it (worked, was tried).

    Each rate is a Beta whose prior is the rate of all of them together, worth four trials, so that one success doesn't
    overtake nine out of ten. What was never tried stands at that common rate, in the order given.
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


def drilled(step: int, *, fluent: bool) -> tuple[int, int]:
    """The next step of a drill, and in how many days it is due: later when it is fluent, else tomorrow (Leitner)."""
    reached = min(step + 1, len(DAYS_OF_STEP)) if fluent else 0
    return reached, DAYS_OF_STEP[max(0, reached - 1)]
