"""Recurring tasks: a rule with its end, counted by the calendar or from each completion (`commands.md`, `--every`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from dateutil.relativedelta import relativedelta

from planner.domain.errors import InputError
from planner.domain.typed import when
from planner.domain.typed.names import number
from planner.domain.typed.rule_dates import first_date
from planner.domain.typed.rule_words import COUNT, in_words, parse_every
from planner.domain.workdays import DAY, Worked


@dataclass(frozen=True, slots=True)
class Every:
    """A recurrence: an RRULE counted by the calendar, or from each completion with `from_done`.

    `lasts` is its duration from its first day (``(2, "weeks")``), until `with_start` fixes that day.
    """

    rule: str
    from_done: bool = False
    lasts: tuple[int, str] | None = None

    def __str__(self) -> str:
        lasts = "" if self.lasts is None else f" for {self.lasts[0]} {self.lasts[1]}"
        return f"every {in_words(self.rule)}{lasts}" + (" after it's done" if self.from_done else "")

    def first(self, today: date, calendar: Worked, *, after: date | None = None) -> date:
        """Return the first day from today on, or after `after`. Raises InputError if the rule has ended."""
        if self.from_done and after is None:
            return today
        found = first_date(self.rule, today, today - DAY if after is None else after, calendar)
        if found is None:
            raise InputError("That series has no dates left.")
        return found

    def with_start(self, first: date) -> Every:
        """Return the rule with its end fixed by its first day."""
        if self.lasts is None:
            return self
        last = first + relativedelta(**{self.lasts[1]: self.lasts[0]}) - DAY  # type: ignore[arg-type]
        return Every(f"{self.rule};UNTIL={last:%Y%m%d}", self.from_done)


_AFTER = re.compile(
    r" (?:after (?:(?:it(?:'s| is) )?(?:done|completed|finished)|completion)|from completion|when done)"
    r"(?=$| for | until | till )"
)
_TAIL = re.compile(
    rf"(?P<rule>.+?) (?:(?:for )?(?P<times>{COUNT}) ?(?:times|x)"
    rf"|for (?:the next )?(?P<many>{COUNT}) (?P<unit>days?|weeks?|months?|years?)|(?:until|till) (?P<until>.+))"
)


def parse_repeat(text: str, *, today: date | None = None) -> Every:
    """Parse ``every 2 weeks`` (by the calendar), or ``every! 2 weeks`` and ``2 weeks after done`` (from completion). An
    end is allowed: ``monday 10 times``, ``day for 2 weeks``, ``friday until 18 dec`` (a date from `today` on).
    """
    phrase = " ".join(text.strip().lower().split())
    from_done = phrase.startswith("every!") or _AFTER.search(phrase) is not None
    phrase = _AFTER.sub("", phrase.removeprefix("every!").strip())
    tail = None if "freq=" in phrase else _TAIL.fullmatch(phrase)
    if tail is None:
        return Every(parse_every(text if "freq=" in phrase else phrase), from_done)
    rule = parse_every(tail["rule"])
    if tail["times"]:
        if from_done:
            raise InputError(
                f"{text!r}: a task that repeats after each completion can't have a number of times. Write an end date."
            )
        return Every(f"{rule};COUNT={number(tail['times'])}")
    if tail["many"]:
        return Every(rule, from_done, (number(tail["many"]), tail["unit"].rstrip("s") + "s"))
    if today is None:
        until = _iso_day(tail["until"], text)
    else:
        last = when.parse_when(tail["until"], datetime.combine(today, time()), towards="from")
        if last.at is not None:
            raise InputError(f"{text!r}: a series ends on a day, not at a time.")
        until = last.day
    return Every(f"{rule};UNTIL={until:%Y%m%d}", from_done)


def _iso_day(written: str, text: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise InputError(f"{text!r}: {written!r} isn't a date. Write it like 2026-11-27.") from error
