"""Splits a task's line into words, and tells from a phrase's neighbours whether it is a name, a length, or part of the
text.
"""

from __future__ import annotations

import re

from planner.domain.typed.names import DAY_NAMES, MONTH_NAMES, WEEKDAY_OF

# As a length this would be most of a day.
HOUR_NOT_LENGTH = re.compile(r"\b(1[3-9]|2[0-3]) ?h(?![\d\w])", re.IGNORECASE)
# Friday in "Black Friday" is a name, not a day.
NAMED_DAYS = re.compile(
    "black|good|ash|cyber|giving|super|easter|palm|holy|maundy|shrove|whit|pancake|fat|blue|green|casual|meatless|taco|"
    "throwback|bloody|freaky",
    re.IGNORECASE,
)
_COMPANY = re.compile(r"(?:inc|ltd|llc|llp|plc|gmbh|ag|corp|co|group|partners|media|labs|park)\b\.?", re.IGNORECASE)
# A letter after these is part of a name (Plan B, Hall C, vitamin D), or joined to another word by "and".
_LETTERED = re.compile(
    "plan|hall|vitamin|room|gate|terminal|building|block|option|version|part|section|series?|class|grade|type|tier|"
    "hepatitis|team|group|phase|variant|stage|wing|zone|exhibit|appendix|annex|schedule|list|level|category|batch|round|"
    "site|unit|tower|platform|track|pier|dock|bay|booth|stand|floor|door|entrance|bus|lot|model|sample|candidate|"
    "supplier|influenza|form|band|route|rating|and|or|vs|versus|to|of|the|a|with|not",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"(?:mr|mrs|ms|dr|prof|st|herr|frau|señora?|mme|m)\.?", re.IGNORECASE
)  # the B in "Mr. B" is an initial
# Placeholders for words that have been read.
TAKEN, MARKED = "\x02", "\x03"
_MONTH = rf"(?:{MONTH_NAMES})\.?"
_WEEKDAY = rf"(?:{DAY_NAMES})"
_HOUR = r"(?:\d{1,2}[:h]\d{2}(?: ?[ap]m)?|\d{1,2} ?[ap]m)"
# Patterns that are unmistakably a date in the middle of a text.
_PLAIN_DATE = re.compile(
    rf"(?:today|tonight|tomorrow|(?:the )?day after tomorrow|next (?:week|month)|end of (?:the )?(?:week|month|year)|"
    rf"\d{{4}}-\d{{2}}-\d{{2}}|in (?:a|an|half an|one|two|three|\d+) (?:hours?|days?|weeks?|months?)|"
    rf"(?:on|by|next|this|until|before|after|from) {_WEEKDAY}|{_WEEKDAY} (?:(?:at|from|next|this) )?\w*\d.*|"
    rf"{_WEEKDAY} (?:(?:next|this) week|in .+ weeks?)|"
    rf"\d{{1,2}}(?:st|nd|rd|th)?\.? {_MONTH}|at {_HOUR}|\d{{1,2}}(?::\d{{2}})? ?[ap]m|"
    rf"(?:from |between )?(?:{_HOUR} ?(?:-|to|until|till|and) ?(?:{_HOUR}|\d{{1,2}})|\d{{1,2}} ?(?:-|to) ?{_HOUR}))"
    r"(?: .*)?"
)


class Line:
    """A line as words: a quoted text is one of them, and so is each phrase that has been parsed."""

    def __init__(self, text: str) -> None:
        self.quoted: list[str] = []
        self.words = self._split_words(text)

    def _split_words(self, line: str) -> list[str]:
        """Split a line into words, hiding each quoted text behind a single placeholder word."""

        def keep(match: re.Match[str]) -> str:
            self.quoted.append(match[1])
            return f" \0{len(self.quoted) - 1} "

        line = re.sub(r'(?:^|(?<=\s))"([^"]+)"(?=$|\s)', keep, line)
        line = re.sub(r'@"([^"]+)"', lambda match: "@" + match[1].replace(" ", "\x01"), line)
        return line.split()

    def take(self, start: int, end: int, mark: str = TAKEN) -> None:
        """Replace words by a placeholder."""
        self.words[start:end] = [mark]

    def remaining_text(self) -> str:
        """Return what hasn't been taken, with the quoted texts."""
        words = (word for word in self.words if word not in (TAKEN, MARKED))
        return " ".join(self.quoted[int(word[1:])] if word.startswith("\0") else word for word in words)

    def is_lettered(self, index: int) -> bool:
        """Whether a letter belongs to the word before it: Plan B, Hall B, vitamin C, Mr. B."""
        before = self.words[index - 1]
        if index == 1 and before.lower() == "plan":
            return False  # the task is to plan
        return _LETTERED.fullmatch(before) is not None or _TITLE.fullmatch(before) is not None

    def belongs_to_text(self, start: int) -> bool:
        """Whether a date describes a thing rather than when to do it: the offer of 27 nov."""
        return start > 0 and self.words[start - 1].lower() == "of"

    def is_length(self, start: int, phrase: str) -> bool:
        """Whether ``17h`` is a length after all, as in "for 17h"."""
        before = self.words[start - 1].lower() if start else ""
        return before in ("for", "takes", "~", "within") and HOUR_NOT_LENGTH.match(phrase) is not None

    def is_name(self, start: int, end: int) -> bool:
        """Whether a day is part of a name: Black Friday, Friday Inc."""
        before, behind = self.words[start - 1] if start else "", self.words[end] if end < len(self.words) else ""
        first, last = (self.words[index].lower().strip(",.;:!?") for index in (start, end - 1))
        named = first in WEEKDAY_OF and NAMED_DAYS.fullmatch(before) is not None
        return named or (last in WEEKDAY_OF and _COMPANY.fullmatch(behind.rstrip(",.;")) is not None)

    def is_plain_date(self, phrase: str, end: int) -> bool:
        """Whether a phrase in the middle is unmistakably a date. A bare weekday needs a telling word after it."""
        behind = self.words[end].lower() if end < len(self.words) else ""
        weekday = phrase.lower() in WEEKDAY_OF and behind in ("at", "with", "about", "re", "via")
        return weekday or _PLAIN_DATE.fullmatch(phrase.lower().replace(",", "")) is not None
