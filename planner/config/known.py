"""The known settings, each with its default, allowed values, and the check that returns the value used."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from planner import platform
from planner.domain.calls.calling_list import CADENCE, CADENCE_REFUSED, check_cadence
from planner.domain.calls.session import AMBER, RED
from planner.domain.clients.contact_cadence import read_rhythms
from planner.domain.errors import InputError
from planner.domain.forecast.stages import PRIORS, Prior
from planner.domain.review.discipline import read_weights
from planner.domain.workdays import WEEKDAYS

MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
          "december")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its dotted key, default, allowed values (a phrase), and the check that returns the value used."""

    key: str
    default: Any
    allowed: str
    about: str
    check: Callable[[Any], Any]

    def use(self, value: Any) -> Any:
        """Return the value used for a written one. Raises ValueError for anything not allowed, of whatever type."""
        try:
            return self.check(value)
        except (TypeError, ArithmeticError, AttributeError, RecursionError) as error:
            raise ValueError from error


def _number(low: float, high: float, *, whole: bool = False) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError
        if whole and value != int(value):
            raise ValueError
        return int(value) if whole else value

    return check


def _one_of(*words: str) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if value not in words:
            raise ValueError
        return value

    return check


def _country(value: Any) -> Any:
    if not isinstance(value, str) or not (value in ("", "none") or re.fullmatch(r"[A-Za-z]{2}", value)):
        raise ValueError
    return "" if value == "none" else value.upper()


def _region(value: Any) -> Any:
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError
    return "" if value == "none" else value


def _windows(value: Any) -> Any:
    if not isinstance(value, list) or not 1 <= len(value) <= 8:
        raise ValueError
    times = [time.fromisoformat(text) for text in value if isinstance(text, str)]
    if len(times) != len(value) or any(at.tzinfo for at in times) or times != sorted(set(times)):
        raise ValueError
    return [f"{at:%H:%M}" for at in times]


def _exceptions(value: Any) -> Any:
    """Check that there are few, and none so short that it lets everything through."""
    if not isinstance(value, list) or len(value) > 10 or any(not isinstance(text, str) for text in value):
        raise ValueError
    found = [text.strip() for text in value if text.strip()]
    if any(not 3 <= len(text) <= 200 for text in found):
        raise ValueError
    return found


def _weekday_windows(value: Any) -> Any:
    """Return the windows of one weekday: none of its own, its own, or ``["none"]`` for no mail."""
    return value if value in ([], ["none"]) else [] if value == [""] else _windows(value)


def _turn_of_day(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError
    at = time.fromisoformat(value if len(value) > 2 else f"{int(value):02}:00")
    if at.tzinfo or at.hour >= 12 or at.second:
        raise ValueError
    return f"{at:%H:%M}"


def _month(value: Any) -> Any:
    """Return a month given by number, English name or abbreviation."""
    if isinstance(value, str) and not value.isdigit():
        written = value.strip().lower()
        found = [number for number, name in enumerate(MONTHS, start=1) if name.startswith(written)]
        if len(written) < 3 or not found:
            raise ValueError
        return found[0]
    return _number(1, 12, whole=True)(int(value) if isinstance(value, str) else value)


def _flag(value: Any) -> Any:
    if isinstance(value, str) and value.lower() in ("true", "on", "yes", "false", "off", "no"):
        return value.lower() in ("true", "on", "yes")
    if not isinstance(value, bool):
        raise ValueError
    return value


def _pairs(read: Callable[[list[str]], object]) -> Callable[[Any], Any]:
    """Return a check for lines of names and numbers, as parsed by `read`. ``[]`` means none."""

    def check(value: Any) -> Any:
        if not isinstance(value, list) or len(value) > 50 or any(not isinstance(text, str) for text in value):
            raise ValueError
        found = [text for text in value if text.strip()]
        try:
            read(found)
        except InputError as error:
            raise ValueError from error
        return found

    return check


def _text(value: Any) -> Any:
    if not isinstance(value, str) or len(value) > 200:
        raise ValueError
    return value


def _real(part: Any) -> float:
    if isinstance(part, bool):
        raise ValueError
    return float(part)


def _prior(value: Any) -> Any:
    """Return a rate and how many trials it is worth, from typed text or TOML."""
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError
    mean, strength = (_real(part) for part in value)
    try:
        Prior(mean, strength)
    except InputError as error:
        raise ValueError from error
    return [mean, strength]


def _dial(value: Any) -> Any:
    """Return a scheme, or a command in which {number} stands for the number, as one word."""
    if not isinstance(value, str) or len(value) > 500:
        raise ValueError
    if value in ("off", "tel", "sip", "callto"):
        return value
    words = platform.split(value)
    if len(words) < 2 or sum("{number}" in word for word in words) != 1 or "{number}" in words[0]:
        raise ValueError
    return value


def _cadence(value: Any) -> Any:
    """Return working days from typed text or TOML."""
    if not isinstance(value, list) or any(isinstance(part, bool | float) for part in value):
        raise ValueError
    try:
        return list(check_cadence([int(part) for part in value]))
    except InputError as error:
        raise ValueError from error


def _seasons(value: Any) -> Any:
    if not isinstance(value, list) or len(value) != 12:
        raise ValueError
    found = [_real(part) for part in value]
    if not all(0 <= season <= 100 for season in found) or not any(found):
        raise ValueError
    return found


SETTINGS: tuple[Setting, ...] = (
    Setting("calendar.country", "", "a two-letter country code such as DE, or none", "whose public holidays", _country),
    Setting("calendar.region", "", "a region of that country, such as BY", "whose regional holidays", _region),
    *(
        Setting(
            f"calendar.{name}",
            1.0 if index < 5 else 0.0,
            "a number from 0 (off) to 1 (a full day)",
            f"how much of a {name.capitalize()} is worked",
            _number(0, 1),
        )
        for index, name in enumerate(WEEKDAYS)
    ),
    Setting("plan.multiple", 2.0, "a number from 1.01 to 100", "the personal plan over the quota", _number(1.01, 100)),
    Setting("plan.year_starts", 1, "a month, such as 4 or april", "the month your fiscal year begins with", _month),
    Setting("plan.cap", 1.3, "a number from 1 to 10", "the most a day may carry, times the base", _number(1, 10)),
    Setting(
        "plan.catch_up_days",
        0,
        "a whole number from 0 (all days left) to 366",
        "within how many working days to catch up",
        _number(0, 366, whole=True),
    ),
    Setting(
        "plan.ahead",
        "bank",
        "bank or base",
        "when ahead: lower the days left, or keep the base rate",
        _one_of("bank", "base"),
    ),
    Setting(
        "plan.calls_per_day",
        0,
        "a whole number from 1 to 5,000, or 0: as many as the call blocks hold",
        "the calls that a full day holds, where the month's plan doesn't say",
        _number(0, 5_000, whole=True),
    ),
    Setting(
        "plan.probability",
        0.8,
        "a number from 0.5 to 0.99",
        "how likely the plan should be made with the calls asked for",
        _number(0.5, 0.99),
    ),
    Setting(
        "plan.seasons",
        [1.0] * 12,
        "twelve numbers from 0 to 100, January first; 1 is an ordinary month",
        "how strong each month of a year is",
        _seasons,
    ),
    *(
        Setting(
            f"prior.{stage.replace('-', '_')}",
            [prior.mean, float(prior.strength)],
            "a rate between 0 and 1 and the trials it is worth, such as [0.07, 60]",
            f"what you believe of {words} before the log says more",
            _prior,
        )
        for (stage, prior), words in zip(
            PRIORS.items(),
            (
                "dial to conversation",
                "conversation to meeting",
                "meeting booked to held",
                "meeting to proposal",
                "proposal to deal",
            ),
            strict=True,
        )
    ),
    Setting(
        "mail.windows",
        ["08:00", "13:00", "18:00"],
        'a list of rising times such as ["08:00", "13:00"]',
        "when mail opens",
        _windows,
    ),
    *(
        Setting(
            f"mail.on_{name}",
            [],
            'a list of rising times such as ["09:00"], ["none"], or [] for those of mail.windows',
            f"when mail opens on a {name.capitalize()}",
            _weekday_windows,
        )
        for name in WEEKDAYS
    ),
    Setting(
        "mail.minutes", 30, "a whole number from 5 to 240", "how long a window is open", _number(5, 240, whole=True)
    ),
    Setting(
        "mail.pause",
        10,
        "a whole number of seconds from 0 to 600",
        "how long a look outside a window is thought over",
        _number(0, 600, whole=True),
    ),
    Setting(
        "mail.exceptions",
        [],
        'up to ten addresses, domains or words, such as ["kim@hanbit.kr", "@bank.com", "contract"]',
        "letters that may be told of outside a window",
        _exceptions,
    ),
    Setting(
        "mail.check",
        15,
        "a whole number of minutes from 5 to 240",
        "how often the mailbox is looked through for the exceptions",
        _number(5, 240, whole=True),
    ),
    Setting(
        "mail.most",
        1_000,
        "a whole number from 10 to 2,000",
        "how many unread letters of a mailbox are listed, the newest first",
        _number(10, 2_000, whole=True),
    ),
    Setting(
        "mail.reply",
        "mailto",
        "mailto or mid",
        "how a letter is answered: a new one with its references, or the letter itself by its message id",
        _one_of("mailto", "mid"),
    ),
    Setting(
        "mail.follow_up",
        2,
        "a whole number of working days from 0 to 60",
        "when a proposal that was sent is followed up by a call",
        _number(0, 60, whole=True),
    ),
    Setting(
        "calls.cadence",
        list(CADENCE),
        "one to twelve numbers of working days from 0 to 365, such as [1, 3, 7]",
        "after how many working days who wasn't reached is tried again; after the last they are parked",
        _cadence,
    ),
    Setting(
        "calls.cadence_refused",
        CADENCE_REFUSED,
        "a whole number of weeks from 0 to 520; 0: never by itself",
        "weeks before a contact who refused can be listed again",
        _number(0, 520, whole=True),
    ),
    Setting(
        "calls.dial",
        "tel",
        "off, tel, sip, callto, or a command of your own with {number} in it",
        "what a number is handed to when it is dialled",
        _dial,
    ),
    Setting(
        "calls.country",
        "",
        "a two-letter country code such as DE, or none",
        "the country that numbers without a country code are meant from; none: that of the calendar",
        _country,
    ),
    Setting(
        "calls.amber",
        AMBER,
        "a whole number of seconds from 10 to 36,000",
        "from when on the clock of a call is amber",
        _number(10, 36_000, whole=True),
    ),
    Setting(
        "calls.red",
        RED,
        "a whole number of seconds from 10 to 36,000",
        "from when on the clock of a call is red",
        _number(10, 36_000, whole=True),
    ),
    Setting("calls.prepare", True, "true or false", "whether a first call is prepared for ten seconds", _flag),
    Setting("calls.check", True, "true or false", "whether a talk is followed by its three questions", _flag),
    Setting(
        "care.follow_up",
        7,
        "a whole number of days from 1 to 365",
        "after how many days who has bought is asked whether they are content",
        _number(1, 365, whole=True),
    ),
    Setting(
        "care.renewal",
        30,
        "a whole number of days from 1 to 365",
        "how many days before a contract ends its renewal is called",
        _number(1, 365, whole=True),
    ),
    Setting(
        "care.first_sign",
        90,
        "a whole number of days from 1 to 730",
        "how many days before a contract ends a first sign is given",
        _number(1, 730, whole=True),
    ),
    Setting(
        "care.answer",
        1,
        "a whole number of working days from 0 to 60",
        "within how many working days a complaint is answered, where nothing else was said",
        _number(0, 60, whole=True),
    ),
    Setting(
        "touch.rhythms",
        ["A=30", "B=60", "C=120"],
        'a list of tiers or tags and days, such as ["A=14", "fair=30"]',
        "how many days may lie between two real contacts",
        _pairs(read_rhythms),
    ),
    Setting(
        "review.weights",
        [],
        'a list of parts and numbers, such as ["calls=40", "blocks=0"]',
        "what the parts of discipline weigh; calls 40, proposals, meetings and promises 15, mail and blocks 10, "
        "close 5 if not said",
        _pairs(read_weights),
    ),
    Setting(
        "learning.pace",
        "month",
        "month or week",
        "how long a book may take",
        _one_of("month", "week"),
    ),
    Setting("me.name", "", "a text", "your name, as scripts have it", _text),
    Setting("me.firm", "", "a text", "your company, as scripts have it", _text),
    Setting("me.offer", "", "a text", "what you sell, as scripts have it", _text),
    Setting(
        "day.turns_at",
        "00:00",
        "a time from 00:00 to 11:59",
        "when a new day begins: until then it is still the day before",
        _turn_of_day,
    ),
    Setting("day.morning", True, "true or false", "whether a day that isn't open yet begins with the morning", _flag),
    Setting("remind.blocks", True, "true or false", "say when a block begins", _flag),
    Setting("remind.callbacks", True, "true or false", "say when a callback, a promise or a task is due", _flag),
    Setting("remind.mail", True, "true or false", "say when a mail window opens", _flag),
    Setting(
        "remind.before",
        5,
        "a whole number from 0 to 120",
        "how many minutes before the hour of a callback, a promise or a task",
        _number(0, 120, whole=True),
    ),
    Setting("remind.bell", True, "true or false", "ring the terminal's bell with a reminder", _flag),
    Setting(
        "remind.terminal",
        "auto",
        "auto, off, 9 or 777",
        "notifications by the terminal (OSC 9 or 777), auto: where it is known to show them",
        _one_of("auto", "off", "9", "777"),
    ),
    Setting(
        "remind.desktop",
        False,
        "true or false",
        "notifications by the desktop; needs planner's extra: pip install 'sales-planner[desktop]'",
        _flag,
    ),
    Setting("ui.theme", "planner-dark", "the name of a theme", "the colours of the screens", _text),
)
BY_KEY: Mapping[str, Setting] = {setting.key: setting for setting in SETTINGS}


def nearest(key: str) -> str:
    """Return the likely intended key as the end of a sentence, or "" if none is close."""
    import difflib

    near = difflib.get_close_matches(key, BY_KEY, n=1, cutoff=0.5)
    return f"; did you mean {near[0]}" if near else ""


def full_key(key: str) -> str:
    """Return the dotted key for typed text. The last part is enough if only one setting ends with it."""
    ending = [known for known in BY_KEY if known.partition(".")[2] == key]
    return ending[0] if len(ending) == 1 else key


def parse_value(key: str, text: str) -> Any:
    """Return the value to store for typed text. Raises InputError with what is allowed."""
    if key.startswith("keys."):
        return text.strip()
    setting = BY_KEY.get(full_key(key))
    if setting is None:
        raise InputError(f"{key!r} is not a setting{nearest(key) or '; planner config show lists them'}.")
    if isinstance(setting.default, list):
        parts = [part.strip().strip("\"'") for part in text.strip("[] ").split(",")]
        candidate: Any = [] if parts == [""] else parts
    elif isinstance(setting.default, str | bool):
        candidate = text
    else:
        try:
            candidate = float(text) if "." in text else int(text)
        except ValueError:  # also a number of thousands of digits
            candidate = text
    try:
        return setting.use(candidate)
    except ValueError as error:
        raise InputError(f"{key} = {text[:80]!r} is not allowed; it can be {setting.allowed}.") from error
