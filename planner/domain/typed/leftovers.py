"""Reports leftovers of a task's line that may have been meant as a date."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence

from planner.domain.typed.line import MARKED, NAMED_DAYS, TAKEN
from planner.domain.typed.names import DAY_NAMES, MONTH_NAMES, WEEKDAY_OF

_LIKE_A_DATE = re.compile(
    r"\d{1,2}:\d{2}|\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\.\d{1,2}\.\d{4}|(?:0?[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])|"
    r"\d{1,2}\.\d{2} ?[ap]m",
    re.IGNORECASE,
)
# Ambiguous (twice a week, or every two weeks), so never read as a rule and always reported.
_TWO_RHYTHMS = re.compile(r"bi-?(?:weekly|monthly|yearly|annual(?:ly)?)", re.IGNORECASE)
_MONTH = rf"(?:{MONTH_NAMES})\.?"
_DAY_AND_MONTH = re.compile(rf"\d{{1,2}}(?:st|nd|rd|th)?\.? {_MONTH}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?", re.IGNORECASE)
_WEEKDAY = rf"(?:{DAY_NAMES})"
# Leftovers beside a date that may have been meant as part of it.
_PART_OF_A_DATE = re.compile(
    rf"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?|(?:19|20)\d\d|'\d\d|{_MONTH}|{_WEEKDAY}s?|"
    r"\d{1,2}(?::\d\d)?[ap]m|\d{1,2}[:.h]\d\d|\d{1,2}(?:h|ish)|[\d:]{1,5}(?:am|pm)?[-–][\d:]{1,5}(?:am|pm)?|"
    r"\d{1,2}[-/]\d{1,2}(?:[-/]\d+)?|\d{1,2}\.(?:0?[1-9]|1[0-2])\.(?:\d+)?|"
    r"(?:[01]\d|2[0-3])[0-5]\d|morning|afternoon|evening|night|weekends?|o'clock|past|quarter|half"
)
_JOINS_DATES = re.compile("from|to|of|until|till|before|after|every|each|next|last|except|and|or")
_SAYS_NOTHING_BEHIND = ("from", "to", "of", "last", "and", "or")  # "tomorrow from the office"


def with_leftovers(
    said: Sequence[str], words: Sequence[str], exists: Callable[[str], bool], *, lacks_day: bool
) -> tuple[str, ...]:
    """Return what was `said` of a line, and what is to be said of the words left in it that may have been meant as a
    date or an hour, or as part of one. `exists` is whether a phrase is a date that exists, `lacks_day` whether an hour
    was read without its day.
    """
    words = [word for word in words if word != MARKED]
    found = [*said, *(_as_text(run) for run in _beside_taken(words))]
    if lacks_day:
        found += map(_as_text, _weekdays(words))
    for first, second in itertools.pairwise(words):
        phrase = f"{_bare(first)} {_bare(second)}"
        if "\0" not in phrase and _DAY_AND_MONTH.fullmatch(phrase) and not exists(phrase):
            found.append(f"{phrase!r} isn't a day in the calendar, so it's read as text")
    for word in map(_bare, words):
        like = _LIKE_A_DATE.fullmatch(word) or _TWO_RHYTHMS.fullmatch(word)
        if like and not any(word in text for text in found):
            found.append(_as_text(word))
    return tuple(dict.fromkeys(found))


def _as_text(phrase: str) -> str:
    return f"{phrase!r} is read as text"


def _weekdays(words: Sequence[str]) -> Iterator[str]:
    """Yield weekdays that an hour may have been meant for: Demo Friday room 10:00."""
    for before, word in itertools.pairwise(["", *words]):
        if _bare(word).lower() in WEEKDAY_OF and not NAMED_DAYS.fullmatch(before):
            yield _bare(word)


def _beside_taken(words: Sequence[str]) -> Iterator[str]:
    """Yield the words beside each recognised phrase that look like part of it."""
    for taken, word in enumerate(words):
        if word != TAKEN:
            continue
        start, end = taken, taken + 1
        while start and _may_join(words, start - 1):
            start -= 1
        while end < len(words) and _may_join(words, end):
            end += 1
        for run, nothing in ((words[start:taken], ("and", "or")), (words[taken + 1 : end], _SAYS_NOTHING_BEHIND)):
            if any(_bare(word).lower() not in nothing for word in run):
                yield " ".join(map(_bare, run))


def _may_join(words: Sequence[str], index: int) -> bool:
    word, lower = _bare(words[index]), _bare(words[index]).lower()
    if index and lower in WEEKDAY_OF and NAMED_DAYS.fullmatch(words[index - 1]):
        return False
    behind = words[index + 1].lower() if index + 1 < len(words) else ""
    zone = "time" in (lower, behind) or re.fullmatch(r"[A-Z]{1,4}T(?:/[A-Z]{1,4}T)?|UTC\S*|GMT\S*", word) is not None
    return zone or any(each.fullmatch(lower) for each in (_JOINS_DATES, _PART_OF_A_DATE))


def _bare(word: str) -> str:
    return word.strip(",;:!?()")
