"""A task in one line: ``Proposal for Acme tomorrow 16:00 A #acme 45m every month end``.

What is read is taken out of the text and shown beside it; everything else is the title, and what stands in double
quotes always is. Dates are those of `when`, rules those of `recurrence`. They are looked for at the end, then at the
beginning; in the middle only where nothing else can be meant (``call Kim tomorrow about the price``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from planner.domain.errors import InputError
from planner.domain.recurrence import Every, next_date, parse_repeat
from planner.domain.tasks import Due, Priority
from planner.domain.text import clean
from planner.domain.when import MONTH_NAMES, When, parse_when
from planner.domain.workdays import DAY

LONGEST_LINE = 1_000
LONGEST_PHRASE = 7
LITTLE_WORDS = ("by", "on", "at", "until", "till", "due", "before", "from")
SINGLE_RULES = ("daily", "weekly", "monthly", "yearly", "quarterly")
_CLOCK = re.compile(r"(?:at )?(?:\d{1,2}(?:[:h]\d{2}) ?(?:am|pm)?|\d{1,2} ?(?:am|pm)|noon|midday)|at \d{1,2}")
_RANGE = re.compile(r"(\d{1,2}:\d{2})\s?[-–]\s?(\d{1,2}:\d{2})")
_LENGTH = re.compile(
    r"(?:(\d{1,2})\s?h\s?(\d{1,2})(?:\s?m(?:in)?)?|(\d{1,2}(?:[.,]\d)?)\s?(?:h|hrs?|hours?)|(\d{1,3})\s?(?:m|min|mins|minutes?))"
)
_LIKE_A_DATE = re.compile(
    r"\d{1,2}:\d{2}|\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\.\d{1,2}\.\d{4}|(?:0?[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])|"
    r"\d{1,2}\.\d{2} ?[ap]m",
    re.IGNORECASE,
)
_MONTH = rf"(?:{MONTH_NAMES})\.?"
_DAY_AND_MONTH = re.compile(rf"\d{{1,2}}(?:st|nd|rd|th)?\.? {_MONTH}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?", re.IGNORECASE)
# A date in the middle of a text: nothing but a date is written like this.
_PLAIN_DATE = re.compile(
    r"today|tonight|tomorrow|day after tomorrow|next week|next month|end of (?:the )?(?:week|month|year)|"
    r"\d{4}-\d{2}-\d{2}.*|in (?:a|an|one|two|three|\d+) (?:hours?|days?|weeks?|months?)|"
    r"(?:(?:on|by|next|this|until|before) )(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*.*|"
    r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]* (?:at )?\d{1,2}(?:[:h]\d{2})?(?: ?[ap]m)?|"
    r"(?:today|tomorrow) .*|at \d{1,2}[:h]\d{2}|"
    r"\d{1,2}(?:st|nd|rd|th)? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*.*"
)


@dataclass(frozen=True, slots=True)
class QuickAdd:
    """What a line says. `said` tells how ambiguous words were taken, a sentence each."""

    title: str = ""
    due: Due | None = None
    priority: Priority | None = None
    tags: tuple[str, ...] = ()
    minutes: int | None = None
    every: Every | None = None
    contact: str | None = None
    kind: str = "own"
    said: tuple[str, ...] = ()

    def chips(self) -> list[tuple[str, str]]:
        """What was read, as pairs of what it is and how it is said, in the order of the form."""
        found = []
        if self.kind in ("callback", "promise"):
            found.append(("kind", self.kind))
        if self.due is not None:
            found.append(("due", When(self.due.day, self.due.at).echo()))
        if self.priority is not None:
            word = {"A": "must", "B": "should", "C": "could"}[self.priority.value]
            found.append(("priority", f"{self.priority.value} {word}"))
        if self.minutes is not None:
            found.append(("minutes", f"{self.minutes} min"))
        if self.every is not None:
            found.append(("every", str(self.every)))
        if self.contact is not None:
            found.append(("contact", f"@{self.contact}"))
        found += [("tag", f"#{tag}") for tag in self.tags]
        return found


def parse_line(line: str, now: datetime, *, today: date | None = None) -> QuickAdd:
    """Read a line against the local time `now` (and the rep's day, where it isn't its date).

    Raises InputError for a date that can be read two ways, and for a line without a title.
    """
    if len(line) > LONGEST_LINE:
        raise InputError(f"A line can have {LONGEST_LINE:,} characters; this one has {len(line):,}.")
    reader = _Reader(clean(line), now, today or now.date())
    found = reader.read()
    if not found.title:
        raise InputError("Write what is to be done, beside when.")
    return found


class _Reader:
    def __init__(self, line: str, now: datetime, today: date) -> None:
        self.now, self.today = now, today
        self.found = QuickAdd()
        self.at: time | None = None
        self.clock_only = False
        self.quoted: list[str] = []
        self.words = self._words(line)

    def _words(self, line: str) -> list[str]:
        """The words of a line; what is quoted is one word, out of everybody's reach."""

        def keep(match: re.Match[str]) -> str:
            self.quoted.append(match[1])
            return f" \0{len(self.quoted) - 1} "

        line = re.sub(r'(?:^|(?<=\s))"([^"]+)"(?=$|\s)', keep, line)
        line = re.sub(r'@"([^"]+)"', lambda match: "@" + match[1].replace(" ", "\x01"), line)
        line = re.sub(r"\b(at|@) (\d{1,2})h\b(?! ?\d)", r"\1 \2:00", line)  # an hour after "at", a length elsewhere
        return line.split()

    def read(self) -> QuickAdd:
        self._marked()
        self._range()
        self._rule()
        while self.words and self._from_end():
            pass
        if self.found.due is None and self.words:
            self._from_front()
        if self.found.due is None and not self.clock_only:
            self._from_middle()
        self._settle_rule()
        self._say_what_is_over()
        self._say_what_looks_like_a_date()
        title = " ".join(self._plain(word) for word in self.words).strip(" ,;-–")
        kind = "callback" if re.match(r"(?:call ?back|callback)\b", title, re.IGNORECASE) else "own"
        promised = re.match(r"promised?\b:?\s+(?:to\s+)?(?=\S)", title, re.IGNORECASE)
        if promised and self.found.due is not None:
            kind, title = "promise", title[promised.end() :]
        elif promised:
            self._say("a promise needs a time, such as tomorrow 10; without one this is read as a task")
        return replace(self.found, title=title, kind=kind)

    def _plain(self, word: str) -> str:
        return self.quoted[int(word[1:])] if word.startswith("\0") else word

    def _marked(self) -> None:
        """Tags, the contact, and ``!A``, wherever they stand."""
        rest: list[str] = []
        for word in self.words:
            if re.fullmatch(r"#[^\s#@]*[^\W\d_][^\s#@]*", word):
                tag = word[1:].rstrip(",.;:!")
                self.found = replace(self.found, tags=tuple(dict.fromkeys((*self.found.tags, tag))))
            elif re.fullmatch(r"@[^\s@]*\w[^\s@]*", word) and self.found.contact is None:
                self.found = replace(self.found, contact=word[1:].replace("\x01", " ").rstrip(",.;:"))
            elif re.fullmatch(r"![ABCabc123]", word):
                letter = {"1": "A", "2": "B", "3": "C"}.get(word[1], word[1].upper())
                self._priority(letter)
            else:
                rest.append(word)
        self.words = rest

    def _range(self) -> None:
        """``14:00-15:30`` is a begin and a length."""
        for index, word in enumerate(self.words):
            match = _RANGE.fullmatch(word.rstrip(",;"))
            if match is None:
                continue
            begin, end = (int(part[:-3]) * 60 + int(part[-2:]) for part in match.groups())
            if end > begin:
                self.words[index] = match[1]
                self.found = replace(self.found, minutes=end - begin)
            return

    def _priority(self, letter: str) -> None:
        if self.found.priority is None:
            self.found = replace(self.found, priority=Priority(letter))

    def _say(self, text: str) -> None:
        if text:
            self.found = replace(self.found, said=(*self.found.said, text))

    def _say_what_is_over(self) -> None:
        """A time that is over is taken, and said."""
        due = self.found.due
        if due is None:
            return
        if due.day < self.today or (due.at is not None and datetime.combine(due.day, due.at) < self.now):
            self._say(f"{When(due.day, due.at).echo()} is over already")

    def _say_what_looks_like_a_date(self) -> None:
        """What somebody may have meant as a date or an hour, but that is none."""
        for word in self.words:
            plain = word.strip(",;!?()")
            if _LIKE_A_DATE.fullmatch(plain) and not plain.startswith("\0"):
                self._say(f"{plain!r} is read as text")
        for first, second in zip(self.words, self.words[1:], strict=False):
            phrase = f"{first.strip(',;!?()')} {second.strip(',;!?()')}"
            if "\0" not in phrase and _DAY_AND_MONTH.fullmatch(phrase) and not self._exists(phrase):
                self._say(f"{phrase!r} names a day that doesn't exist: it is read as text")

    def _exists(self, phrase: str) -> bool:
        try:
            parse_when(phrase, self.now)
        except InputError:
            return False
        return True

    # the rule

    def _rule(self) -> None:
        lower = [word.lower() for word in self.words]
        for index, word in enumerate(lower):
            if word not in ("every", "each", "every!"):
                continue
            for length in range(min(LONGEST_PHRASE + 2, len(lower) - index - 1), 0, -1):
                phrase = " ".join(lower[index + 1 : index + 1 + length]).strip(",.;")
                try:
                    every = parse_repeat(("every! " if word == "every!" else "every ") + phrase)
                except InputError:
                    continue
                self.found = replace(self.found, every=every)
                del self.words[index : index + 1 + length]
                return
            following = " ".join(self.words[index : index + 2])
            self._say(f"{following!r} is read as text")

    def _settle_rule(self) -> None:
        """The first day of a rule, where only its hour was said or nothing."""
        every = self.found.every
        if every is None or (self.found.due is not None and not self.clock_only):
            return
        after = self.today - DAY
        if self.at is not None and datetime.combine(self.today, self.at) < self.now:
            after = self.today
        first = self.today if every.from_done and after < self.today else next_date(every.rule, self.today, after)
        if first is None:
            raise InputError("That rule has no day left.")
        self.found = replace(self.found, due=Due(first, self.at))

    # dates, minutes, the letter

    def _from_end(self) -> bool:
        """Take one thing off the end; whether there was one."""
        last = self.words[-1].rstrip(",;")
        if last in ("A", "B", "C") and len(self.words) > 1 and self.found.priority is None:
            self._priority(last)
            self.words.pop()
            if self.words[-1].lower().rstrip(":") in ("priority", "prio") and len(self.words) > 1:
                self.words.pop()
            return True
        if last.lower() in SINGLE_RULES and len(self.words) > 1 and self.found.every is None:
            self.found = replace(self.found, every=parse_repeat(last.lower().replace("quarterly", "quarter")))
            self.words.pop()
            return True
        if self.found.due is None and not self.clock_only and self._date_at_end():
            return True
        return self.found.minutes is None and self._length_at_end()

    def _length_at_end(self) -> bool:
        for length in (2, 1):
            if len(self.words) <= length:
                continue
            phrase = " ".join(self.words[-length:]).lower().strip("~(),")
            match = _LENGTH.fullmatch(phrase)
            if match is None or self._opens_date(length):
                continue
            if not self._minutes(match):
                return False  # more than a day, or nothing: it stays text
            del self.words[-length:]
            if len(self.words) > 1 and self.words[-1].lower() in ("for", "takes", "~"):
                self.words.pop()
            return True
        return False

    def _opens_date(self, length: int) -> bool:
        """``in 45 min`` is a time, not a length."""
        return self.words[-length - 1].lower() == "in"

    def _minutes(self, match: re.Match[str]) -> bool:
        if match[1]:
            minutes = int(match[1]) * 60 + int(match[2])
        elif match[3]:
            minutes = round(float(match[3].replace(",", ".")) * 60)
        else:
            minutes = int(match[4])
        if not 1 <= minutes <= 24 * 60:
            return False
        self.found = replace(self.found, minutes=minutes)
        return True

    def _date_at_end(self) -> bool:
        for length in range(min(LONGEST_PHRASE, len(self.words)), 0, -1):
            start = len(self.words) - length
            phrase = " ".join(self.words[start:]).rstrip(",;!?")
            found = self._when(phrase) or self._when(phrase.rstrip("."))
            if found is None:
                continue
            self._take(found, phrase)
            until = False
            while start > 0 and self.words[start - 1].lower() in LITTLE_WORDS:
                start -= 1
                until = until or self.words[start].lower() in ("until", "till")
            del self.words[start:]
            if until or phrase.lower().startswith(("until ", "till ")):
                self._end_rule()
            self._hour_before()
            return True
        self._refuse_ambiguous(self.words[-1])
        return False

    def _end_rule(self) -> None:
        """``every week until friday``: the date ends the rule."""
        every, due = self.found.every, self.found.due
        if every is not None and due is not None and "UNTIL=" not in every.rule and "COUNT=" not in every.rule:
            ended = replace(every, rule=f"{every.rule};UNTIL={due.day:%Y%m%d}")
            self.found = replace(self.found, every=ended, due=None)

    def _hour_before(self) -> None:
        """``at 9 tomorrow``: the hour stands before the day."""
        due = self.found.due
        if due is None or due.at is not None or len(self.words) < 3 or self.words[-2].lower() != "at":
            return
        if self.words[-1].isascii() and self.words[-1].isdigit() and int(self.words[-1]) < 24:
            self.at = time(int(self.words[-1]))
            self.found = replace(self.found, due=Due(due.day, self.at))
            del self.words[-2:]

    def _from_front(self) -> None:
        for length in range(min(LONGEST_PHRASE, len(self.words) - 1), 0, -1):
            phrase = " ".join(self.words[:length]).rstrip(",:;")
            found = self._when(phrase)
            if found is not None:
                self._take(found, phrase)
                del self.words[:length]
                return

    def _from_middle(self) -> None:
        for start in range(1, len(self.words) - 1):
            for length in range(min(LONGEST_PHRASE, len(self.words) - 1 - start), 0, -1):
                phrase = " ".join(self.words[start : start + length])
                if not _PLAIN_DATE.fullmatch(phrase.lower().rstrip(",")):
                    continue
                found = self._when(phrase.rstrip(","))
                if found is not None:
                    self._take(found, phrase)
                    del self.words[start : start + length]
                    return

    def _when(self, phrase: str) -> When | None:
        lower = phrase.lower()
        if "\0" in lower or not re.search(r"[a-z0-9]", lower):
            return None
        bare = re.sub(rf"^(?:(?:{'|'.join(LITTLE_WORDS)}) )+(?!\d{{1,2}}$)", "", lower)
        if bare in ("24/7", "now", "in") or re.fullmatch(
            r"\d+|an?|one|(?:\d+|an?) ?[dwy]|\d+ ?(?:h|hours?|hr|min|minutes?|m)", bare
        ):
            return None  # a number, a length: not by itself a date
        if re.fullmatch(r"(?:\d{1,4}|an?|one|two|three|four|five|six) ?(?:days?|weeks?|wk|months?|mo|years?)", bare):
            return None  # "read for two weeks": only "in two weeks" is a date
        if re.search(r"(?:^|(?<!at) )[0-5]h\d{2}(?: |$)", bare):
            return None  # 1h30 is a length, 14h30 a time
        try:
            return parse_when(bare, self.now, today=self.today)
        except InputError:
            return None

    def _take(self, found: When, phrase: str) -> None:
        if _CLOCK.fullmatch(phrase.lower()) and self.found.every is not None:
            self.at, self.clock_only = found.at, True
            return
        self.found = replace(self.found, due=Due(found.day, found.at))
        self.at = found.at
        if found.said:
            self._say(f"{phrase!r} is {When(found.day, found.at).echo()}: {found.said}")

    def _refuse_ambiguous(self, word: str) -> None:
        match = re.fullmatch(r"(\d{1,2})/(\d{1,2})(?:/\d{4})?", word.rstrip(",;."))
        if match and word != "24/7" and 1 <= int(match[1]) <= 12 and 1 <= int(match[2]) <= 12:
            raise InputError(f"{word!r} can be read two ways (day or month first); write it like 27 Nov or 2026-11-27.")
