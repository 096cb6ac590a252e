"""Parses a task from one line: ``Proposal for Acme tomorrow 16:00 A #acme 45m every month end``.

Whatever is recognised is taken out of the text and shown beside it. Everything else is the title, and text in double
quotes always is. Dates follow `when` and rules `recurrence`, each read as a whole. The end is searched first, then the
start, and the middle only for unmistakable ones (``call Kim tomorrow about the price``). Leftovers that look like part
of a date are reported as text, and impossible dates are refused.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

from planner.domain import formats
from planner.domain.day.tasks import Due, Priority
from planner.domain.errors import InputError
from planner.domain.text import clean
from planner.domain.typed.hours import is_hour
from planner.domain.typed.leftovers import with_leftovers
from planner.domain.typed.line import HOUR_NOT_LENGTH, MARKED, TAKEN, Line
from planner.domain.typed.moment import When, WrongDate
from planner.domain.typed.names import PREPOSITIONS, WEEKDAY_OF
from planner.domain.typed.quick_add import QuickAdd
from planner.domain.typed.recurrence import parse_repeat
from planner.domain.typed.when import WORKING_DAYS, parse_when
from planner.domain.workdays import DAY, WorkCalendar, Worked

LONGEST_LINE = 1_000
LONGEST_PHRASE = 12
SINGLE_RULES = ("daily", "weekly", "monthly", "yearly", "quarterly", "fortnightly")
JOINS = ("and", "or", "&", "plus")
_LENGTH = re.compile(
    r"(?:(\d{1,2})\s?h\s?(\d{1,2})(?:\s?m(?:in)?)?|(\d{1,2}(?:[.,]\d)?)\s?(?:h|hrs?|hours?)|(\d{1,3})\s?(?:m|min|mins|minutes?))"
)


def parse_line(line: str, now: datetime, *, today: date | None = None, calendar: Worked | None = None) -> QuickAdd:
    """Parse a line at local time `now`. `today` is the rep's day if it isn't that date. Working-day rules follow the
    rep's `calendar`, by default Monday to Friday.

    Raises InputError for an ambiguous date and for a line without a title.
    """
    if len(line) > LONGEST_LINE:
        raise InputError(f"A line can have up to {LONGEST_LINE:,} characters. This one has {len(line):,}.")
    counted = WORKING_DAYS.search(re.sub(r'"[^"]*"', " ", line.lower()))
    if counted:
        raise InputError(
            f"{counted[0]!r} counts working days, which isn't supported here. Write the date, or put it in quotes."
        )
    reader = _Reader(clean(line), now, today or now.date(), calendar or WorkCalendar())
    found = reader.read()
    if not found.title:
        raise InputError("Say what to do, not only when.")
    return found


class _Reader:
    """Parser that consumes the recognisable phrases of a line, each as a whole: first marked words, then the rule, then
    phrases at the end, at the start, and in the middle if unmistakable.
    """

    def __init__(self, line: str, now: datetime, today: date, calendar: Worked) -> None:
        self.now, self.today, self.calendar = now, today, calendar
        self.found = QuickAdd()
        self.behind_rule = False
        self.day = self.hour = ""  # the phrases used for them, only `day` if it includes its hour
        self.rule = ""
        self.line = Line(line)
        self.words = self.line.words

    def read(self) -> QuickAdd:
        self._take_marked()
        self._rule()
        while self._from_end():
            pass
        if not self.day:
            self._from_front()
        self._from_middle()
        self._settle()
        lacks_day = bool(self.hour) and not self.day and self.found.every is None
        said = with_leftovers(self.found.said, self.words, self._exists, lacks_day=lacks_day)
        self.found = replace(self.found, said=said)
        title = self.line.remaining_text().strip(" ,;-–")
        kind = "callback" if re.match(r"(?:call ?back|callback)\b", title, re.IGNORECASE) else "own"
        promised = re.match(r"promised?\b:?\s+(?:to\s+)?(?=\S)", title, re.IGNORECASE)
        if promised and self.found.due is not None:
            kind, title = "promise", title[promised.end() :]
            self._promise()
        elif promised:
            self._say("a promise needs a date, such as tomorrow 10, so this is read as a task")
        self._say_what_is_over()
        return replace(self.found, title=title, kind=kind)

    def _say(self, text: str) -> None:
        if text not in self.found.said:
            self.found = replace(self.found, said=(*self.found.said, text))

    # marked words

    def _take_marked(self) -> None:
        """Take tags, the contact and ``!A``, wherever they are."""
        for index, word in enumerate(self.words):
            if re.fullmatch(r"#[^\s#@]*[^\W\d_][^\s#@]*", word):
                tag = word[1:].rstrip(",.;:!")
                self.found = replace(self.found, tags=tuple(dict.fromkeys((*self.found.tags, tag))))
            elif re.fullmatch(r"@[^\s@]*\w[^\s@]*(?:@[^\s@]+\.\w+)?", word) and self.found.contact is None:
                self.found = replace(self.found, contact=word[1:].replace("\x01", " ").rstrip(",.;:"))
            elif re.fullmatch(r"![ABCabc123]", word):
                self._priority({"1": "A", "2": "B", "3": "C"}.get(word[1], word[1].upper()))
            else:
                continue
            self.words[index] = MARKED

    def _priority(self, letter: str) -> None:
        if self.found.priority is None:
            self.found = replace(self.found, priority=Priority(letter))

    # the rule

    def _rule(self) -> None:
        """Take the longest valid rule after ``every``, or one like ``weekly until friday``."""
        lower = [word.lower() for word in self.words]
        for index, word in enumerate(lower):
            single = word in SINGLE_RULES and index and lower[index + 1 : index + 2] in (["until"], ["till"], ["for"])
            if word not in ("every", "each", "every!") and not single:
                continue
            start = index if single else index + 1
            if not single and self._part_of_every(index):
                return
            for end in range(min(start + LONGEST_PHRASE, len(lower)), start, -1):
                rest = " ".join(lower[start:end]).rstrip(",.;")
                if lower[end - 1] in JOINS:
                    continue  # joins the rule to the text after it
                if self._repeat(("every! " if word == "every!" else "every ") + rest):
                    self.line.take(index, end)
                    self._hour_of_rule(index + 1)
                    self._no_second_rule(index + 1)
                    return
            if not single:
                self._say(f"{' '.join(self.words[index : index + 2])!r} is read as text")

    def _hour_of_rule(self, start: int) -> None:
        """Take an hour right after a rule, as in ``every monday at 9 call Kim``."""
        for end in range(min(start + LONGEST_PHRASE, len(self.words)), start, -1):
            phrase = " ".join(self.words[start:end]).rstrip(",.;")
            if is_hour(phrase) and self._when(phrase, start, end) is not None:
                self._use(phrase, start, end)
                return

    def _no_second_rule(self, join: int) -> None:
        """Raise InputError for a second rule: ``every 1 jan and 1 jul``, ``every mon 10:00 and thu 14:00``."""
        while join < len(self.words) and (self.words[join] == TAKEN or any(map(str.isdigit, self.words[join]))):
            join += 1  # hour of the first rule
        if join == len(self.words) or self.words[join].lower() not in JOINS:
            return
        second = self.words[join + 1 : join + 2] in (["every"], ["each"])
        first = join + 2 if second else join + 1
        for end in range(min(first + LONGEST_PHRASE, len(self.words)), first, -1):
            phrase = " ".join(self.words[first:end]).rstrip(",.;")
            if self._when(phrase, first, end) is not None or (second and self._is_rule(phrase)):
                raise InputError(
                    f"A task can have only one rule. Add what's due {'every ' * second}{phrase} "
                    "as a second task, or put it in double quotes to keep it as text."
                )

    def _is_rule(self, phrase: str) -> bool:
        try:
            return bool(parse_repeat(f"every {phrase.lower()}", today=self.today))
        except InputError:
            return False

    def _part_of_every(self, index: int) -> bool:
        """Take a rule whose day comes first, as in ``on the 1st of every month``."""
        for start in range(max(0, index - LONGEST_PHRASE), index - 1):
            rest = [word.lower() for word in self.words[start : index + 2]]
            if rest[-3] == "of" and self._repeat(" ".join(rest).removeprefix("on ").rstrip(",.;")):
                self.line.take(start, index + 2)
                return True
        return False

    def _repeat(self, rule: str) -> bool:
        """Take a rule if it is valid."""
        try:
            every = parse_repeat(rule, today=self.today)
        except InputError:
            return False
        self.rule, self.found = rule, replace(self.found, every=every)
        return True

    def _rule_ends(self, start: int, end: int) -> bool:
        """Take the end of a rule away from it: ``until 18 dec``, ``for 2 weeks``, ``10 times``."""
        phrase = " ".join(self.words[start:end]).lower().rstrip(",.;")
        ends = phrase.startswith(("until ", "till ", "for ")) or phrase.endswith(("times", "x"))
        return bool(self.rule) and ends and self._repeat(f"{self.rule} {phrase}")

    # from the end

    def _from_end(self) -> bool:
        """Take one phrase off the end and return whether there was one."""
        end = len(self.words)
        while end and self.words[end - 1] in (TAKEN, MARKED):
            end -= 1
        if not end:
            return False
        begin = max((i + 1 for i in range(end) if self.words[i] in (TAKEN, MARKED)), default=0)
        last, before = self.words[end - 1].rstrip(",;"), self.words[end - 2].lower() if end > 1 else ""
        if last in ("A", "B", "C") and end > 1 and self.found.priority is None and not self.line.is_lettered(end - 1):
            self._priority(last)
            self.line.take(end - 2 if before.rstrip(":") in ("priority", "prio") and end > 2 else end - 1, end, MARKED)
            return True
        if last.lower() in SINGLE_RULES and end > 1 and self.found.every is None:
            self._repeat(last.lower())
            self.line.take(end - 1, end)
            return True
        for start in range(max(begin, end - LONGEST_PHRASE), end):
            if self._rule_ends(start, end):
                self.line.take(start, end)
                return True
        return self._date_at_end(begin, end) or (self.found.minutes is None and self._length_at_end(begin, end))

    def _date_at_end(self, begin: int, end: int) -> bool:
        for start in range(max(begin, end - LONGEST_PHRASE), end):
            phrase = " ".join(self.words[start:end]).rstrip(",;!?")
            phrase = phrase[1:-1] if phrase.startswith("(") and phrase.endswith(")") else phrase
            if self._when(phrase, start, end) is None and self._when(phrase := phrase.rstrip("."), start, end) is None:
                continue
            if self.line.belongs_to_text(start):
                self._say(f"{phrase!r} is read as text")
                return False
            return self._use(phrase, start, end)
        return False

    def _use(self, phrase: str, start: int, end: int) -> bool:
        """Take a phrase as the day or the hour, whichever is still open."""
        hour = is_hour(phrase)
        if hour and not self.hour and (not self.day or self._read(self.day).at is None):
            self.hour = phrase
        elif not hour and not self.day and (not self.hour or self._read(phrase).at is None):
            self.day, self.behind_rule = phrase, bool(self.rule and start and self.words[start - 1] == TAKEN)
        else:
            return False
        as_hour = HOUR_NOT_LENGTH.search(phrase)
        if as_hour:
            self._say(f"{as_hour[0]!r} is read as {as_hour[1]}:00 (for a duration, write {as_hour[1]} hours)")
        self.line.take(start, end)
        return True

    def _length_at_end(self, begin: int, end: int) -> bool:
        for start in (end - 2, end - 1):
            if start < max(begin, 1):
                continue
            match = _LENGTH.fullmatch(" ".join(self.words[start:end]).lower().strip("~(),"))
            before = self.words[start - 1].lower()
            if match is None or before == "in":  # "in 45 min" is a time, not a length
                continue
            named = before in ("for", "takes", "~") and start > 1
            if (HOUR_NOT_LENGTH.fullmatch(match[0]) and not named) or not self._take_minutes(match):
                return False  # an hour, over a day, or zero: leave it as text
            hour = re.fullmatch(r"([6-9]|1[0-2]) ?h", match[0])
            if hour and not named:
                self._say(f"{match[0]!r} is read as a duration (for a time, write {hour[1]}:00)")
            self.line.take(start - 1 if named else start, end, MARKED)
            return True
        return False

    def _take_minutes(self, match: re.Match[str]) -> bool:
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

    # from the start and the middle

    def _from_front(self) -> None:
        for end in range(min(LONGEST_PHRASE, len(self.words) - 1), 0, -1):
            phrase = " ".join(self.words[:end]).rstrip(",:;")
            found = self._when(phrase, 0, end)
            bare = self.words[end - 1].lower() in WEEKDAY_OF
            if found is not None and self._use(phrase, 0, end):
                if bare and not found.said:  # Sat with Kim
                    self._say(f"{phrase!r} is read as {found.echo()}")
                return

    def _from_middle(self) -> None:
        """Take the first unmistakable date, and report any others as text."""
        start = 0
        while start < len(self.words):
            for end in range(min(start + LONGEST_PHRASE, len(self.words)), start, -1):
                phrase = " ".join(self.words[start:end]).rstrip(",")
                if not self.line.is_plain_date(phrase, end) or self._when(phrase, start, end) is None:
                    continue
                if self.line.belongs_to_text(start) or not self._use(phrase, start, end):
                    self._say(f"{phrase!r} is read as text")
                    start = end
                break
            start += 1

    def _when(self, phrase: str, start: int, end: int) -> When | None:
        """Parse a phrase that is a date or an hour by itself, or return None. Raises InputError for an invalid one."""
        lower = phrase.lower()
        if any(mark in lower for mark in "\0\x02\x03") or not re.search(r"[a-z0-9]", lower):
            return None
        if self.line.is_name(start, end) or self.line.is_length(start, lower):
            return None
        bare = re.sub(rf"^(?:(?:{'|'.join(PREPOSITIONS)}) )+", "", lower)
        if bare in ("24/7", "now", "in") or (bare.isdigit() and not lower.endswith(f"at {bare}")):
            return None
        if re.fullmatch(r"an?|one|(?:\d+|an?) ?[dwy]|\d+ ?(?:hours?|hr|min|minutes?|m)", bare):
            return None  # a length, not a date on its own
        if re.fullmatch(r"(?:\d{1,4}|an?|one|two|three|four|five|six) ?(?:days?|weeks?|wk|months?|mo|years?)", bare):
            return None  # "read for two weeks" is no date, only "in two weeks" is
        if re.search(r"(?:^|(?<!at) )(?:[0-5]h\d{2}|(?:\d|1[0-2]) ?h)(?= |$)", lower):
            return None  # 1h30 and 2h are lengths, 14h30 and 17h are hours
        try:
            return self._read(phrase)
        except WrongDate as problem:
            if end < len(self.words) and "/" in phrase:
                return None  # a fraction, as in 1/2
            raise InputError(f"{problem} To keep it as text, put it in double quotes.") from problem
        except InputError:
            return None

    def _read(self, phrase: str) -> When:
        return parse_when(phrase, self.now, today=self.today, spans=True)

    # the result

    def _settle(self) -> None:
        """Set the due day and hour, which for a rule is its first day."""
        every, phrase = self.found.every, f"{self.day} {self.hour}".strip()
        found = self._read(phrase) if phrase else None
        if every is not None:
            if found is not None and self.day:
                if self.day.lower().startswith(("from ", "starting ", "beginning ", "after ")):
                    found = replace(found, day=every.first(found.day, self.calendar, after=found.day - DAY))
                elif self.behind_rule and every.first(found.day, self.calendar, after=found.day - DAY) != found.day:
                    self._say(f"starts {When(found.day).echo()}, then repeats {every}")
            else:
                after = self.today if found is not None and self._over_today() else None
                first = every.first(self.today, self.calendar, after=after)
                found = When(first)
                if self.hour:
                    found = self._read(f"{first} {self.hour}")
                    if found.day != first:
                        raise InputError(f"{self.hour!r} is on another day here. Write the rule in your own time zone.")
            self.found = replace(self.found, every=every.with_start(found.day))
        if found is None:
            return
        if found.said:
            self._say(f"{phrase!r} is {found.echo()}: {found.said}")
        if found.minutes is not None and self.found.minutes not in (None, found.minutes):
            self._say(f"{phrase!r} is {formats.duration(found.minutes)}, not {formats.duration(self.found.minutes)}")
        minutes = self.found.minutes if found.minutes is None else found.minutes
        self.found = replace(self.found, due=Due(found.day, found.at), minutes=minutes)

    def _promise(self) -> None:
        """Make it a promise, due at the end of its hours and without other task fields."""
        found = self._read(f"{self.day} {self.hour}") if self.day or self.hour else None
        if found is not None and found.minutes is not None:
            end = found.at_end()
            self.found = replace(self.found, due=Due(end.day, end.at), minutes=None)
            self._say(f"promised {end.said}")
        task = replace(self.found, due=None, contact=None).chips()
        if task:
            self._say(
                f"a promise can only have text, a date and a name. Not saved: {', '.join(text for _, text in task)}"
            )
            self.found = replace(self.found, priority=None, minutes=None, every=None, tags=())

    def _over_today(self) -> bool:
        """Whether the hour of a rule has passed today."""
        return self._read(f"{self.today} {self.hour}").moment() < self.now

    def _say_what_is_over(self) -> None:
        """Report a time in the past, which is accepted all the same."""
        due = self.found.due
        if due is None:
            return
        if due.day < self.today or (due.at is not None and datetime.combine(due.day, due.at) < self.now):
            self._say(f"{When(due.day, due.at).echo()} is in the past")

    def _exists(self, phrase: str) -> bool:
        try:
            self._read(phrase)
        except InputError:
            return False
        return True
