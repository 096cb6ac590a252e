"""The known settings, each with its default, allowed values, and the check that returns the value used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from planner.config import checks
from planner.domain.calls.calling_list import CADENCE, CADENCE_REFUSED
from planner.domain.calls.session import AMBER, RED
from planner.domain.clients.contact_cadence import read_rhythms
from planner.domain.errors import InputError
from planner.domain.forecast.stages import PRIORS
from planner.domain.review.discipline import read_weights
from planner.domain.workdays import WEEKDAYS


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
        except (TypeError, ArithmeticError, AttributeError, RecursionError, InputError) as error:
            raise ValueError from error


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "calendar.country", "", "a two-letter country code such as DE, or none", "whose public holidays", checks.country
    ),
    Setting("calendar.region", "", "a region of that country, such as BY", "whose regional holidays", checks.region),
    *(
        Setting(
            f"calendar.{name}",
            1.0 if index < 5 else 0.0,
            "a number from 0 (off) to 1 (a full day)",
            f"how much of a {name.capitalize()} is worked",
            checks.number(0, 1),
        )
        for index, name in enumerate(WEEKDAYS)
    ),
    Setting(
        "plan.multiple", 2.0, "a number from 1.01 to 100", "the personal plan over the quota", checks.number(1.01, 100)
    ),
    Setting(
        "plan.year_starts", 1, "a month, such as 4 or april", "the month your fiscal year begins with", checks.month
    ),
    Setting("plan.cap", 1.3, "a number from 1 to 10", "the most a day may carry, times the base", checks.number(1, 10)),
    Setting(
        "plan.catch_up_days",
        0,
        "a whole number from 0 (all days left) to 366",
        "within how many working days to catch up",
        checks.number(0, 366, whole=True),
    ),
    Setting(
        "plan.ahead",
        "bank",
        "bank or base",
        "when ahead: lower the days left, or keep the base rate",
        checks.one_of("bank", "base"),
    ),
    Setting(
        "plan.calls_per_day",
        0,
        "a whole number from 1 to 5,000, or 0: as many as the call blocks hold",
        "the calls that a full day holds, where the month's plan doesn't say",
        checks.number(0, 5_000, whole=True),
    ),
    Setting(
        "plan.probability",
        0.8,
        "a number from 0.5 to 0.99",
        "how likely the plan should be made with the calls asked for",
        checks.number(0.5, 0.99),
    ),
    Setting(
        "plan.seasons",
        [1.0] * 12,
        "twelve numbers from 0 to 100, January first; 1 is an ordinary month",
        "how strong each month of a year is",
        checks.seasons,
    ),
    *(
        Setting(
            f"prior.{stage.replace('-', '_')}",
            [prior.mean, float(prior.strength)],
            "a rate between 0 and 1 and the trials it is worth, such as [0.07, 60]",
            f"what you believe of {words} before the log says more",
            checks.prior,
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
        checks.windows,
    ),
    *(
        Setting(
            f"mail.on_{name}",
            [],
            'a list of rising times such as ["09:00"], ["none"], or [] for those of mail.windows',
            f"when mail opens on a {name.capitalize()}",
            checks.weekday_windows,
        )
        for name in WEEKDAYS
    ),
    Setting(
        "mail.minutes",
        30,
        "a whole number from 5 to 240",
        "how long a window is open",
        checks.number(5, 240, whole=True),
    ),
    Setting(
        "mail.pause",
        10,
        "a whole number of seconds from 0 to 600",
        "how long a look outside a window is thought over",
        checks.number(0, 600, whole=True),
    ),
    Setting(
        "mail.exceptions",
        [],
        'up to ten addresses, domains or words, such as ["kim@hanbit.kr", "@bank.com", "contract"]',
        "letters that may be told of outside a window",
        checks.exceptions,
    ),
    Setting(
        "mail.check",
        15,
        "a whole number of minutes from 5 to 240",
        "how often the mailbox is looked through for the exceptions",
        checks.number(5, 240, whole=True),
    ),
    Setting(
        "mail.most",
        1_000,
        "a whole number from 10 to 2,000",
        "how many unread letters of a mailbox are listed, the newest first",
        checks.number(10, 2_000, whole=True),
    ),
    Setting(
        "mail.reply",
        "mailto",
        "mailto or mid",
        "how a letter is answered: a new one with its references, or the letter itself by its message id",
        checks.one_of("mailto", "mid"),
    ),
    Setting(
        "mail.follow_up",
        2,
        "a whole number of working days from 0 to 60",
        "when a proposal that was sent is followed up by a call",
        checks.number(0, 60, whole=True),
    ),
    Setting(
        "calls.cadence",
        list(CADENCE),
        "one to twelve numbers of working days from 0 to 365, such as [1, 3, 7]",
        "after how many working days who wasn't reached is tried again; after the last they are parked",
        checks.cadence,
    ),
    Setting(
        "calls.cadence_refused",
        CADENCE_REFUSED,
        "a whole number of weeks from 0 to 520; 0: never by itself",
        "weeks before a contact who refused can be listed again",
        checks.number(0, 520, whole=True),
    ),
    Setting(
        "calls.dial",
        "tel",
        "off, tel, sip, callto, or a command of your own with {number} in it",
        "what a number is handed to when it is dialled",
        checks.dial,
    ),
    Setting(
        "calls.country",
        "",
        "a two-letter country code such as DE, or none",
        "the country that numbers without a country code are meant from; none: that of the calendar",
        checks.country,
    ),
    Setting(
        "calls.amber",
        AMBER,
        "a whole number of seconds from 10 to 36,000",
        "from when on the clock of a call is amber",
        checks.number(10, 36_000, whole=True),
    ),
    Setting(
        "calls.red",
        RED,
        "a whole number of seconds from 10 to 36,000",
        "from when on the clock of a call is red",
        checks.number(10, 36_000, whole=True),
    ),
    Setting("calls.prepare", True, "true or false", "whether a first call is prepared for ten seconds", checks.flag),
    Setting("calls.check", True, "true or false", "whether a talk is followed by its three questions", checks.flag),
    Setting(
        "care.follow_up",
        7,
        "a whole number of days from 1 to 365",
        "after how many days who has bought is asked whether they are content",
        checks.number(1, 365, whole=True),
    ),
    Setting(
        "care.renewal",
        30,
        "a whole number of days from 1 to 365",
        "how many days before a contract ends its renewal is called",
        checks.number(1, 365, whole=True),
    ),
    Setting(
        "care.first_sign",
        90,
        "a whole number of days from 1 to 730",
        "how many days before a contract ends a first sign is given",
        checks.number(1, 730, whole=True),
    ),
    Setting(
        "care.answer",
        1,
        "a whole number of working days from 0 to 60",
        "within how many working days a complaint is answered, where nothing else was said",
        checks.number(0, 60, whole=True),
    ),
    Setting(
        "touch.rhythms",
        ["A=30", "B=60", "C=120"],
        'a list of tiers or tags and days, such as ["A=14", "fair=30"]',
        "how many days may lie between two real contacts",
        checks.pairs(read_rhythms),
    ),
    Setting(
        "review.weights",
        [],
        'a list of parts and numbers, such as ["calls=40", "blocks=0"]',
        "what the parts of discipline weigh; calls 40, proposals, meetings and promises 15, mail and blocks 10, "
        "close 5 if not said",
        checks.pairs(read_weights),
    ),
    Setting(
        "learning.pace",
        "month",
        "month or week",
        "how long a book may take",
        checks.one_of("month", "week"),
    ),
    Setting("me.name", "", "a text", "your name, as scripts have it", checks.text),
    Setting("me.firm", "", "a text", "your company, as scripts have it", checks.text),
    Setting("me.offer", "", "a text", "what you sell, as scripts have it", checks.text),
    Setting(
        "me.language",
        "en",
        "en, ko or ru",
        "the language of scripts, playbook and lists; a contact's own goes first",
        checks.one_of("en", "ko", "ru"),
    ),
    Setting(
        "day.turns_at",
        "00:00",
        "a time from 00:00 to 11:59",
        "when a new day begins: until then it is still the day before",
        checks.turn_of_day,
    ),
    Setting(
        "day.morning", True, "true or false", "whether a day that isn't open yet begins with the morning", checks.flag
    ),
    Setting("remind.blocks", True, "true or false", "say when a block begins", checks.flag),
    Setting("remind.callbacks", True, "true or false", "say when a callback, a promise or a task is due", checks.flag),
    Setting("remind.mail", True, "true or false", "say when a mail window opens", checks.flag),
    Setting(
        "remind.before",
        5,
        "a whole number from 0 to 120",
        "how many minutes before the hour of a callback, a promise or a task",
        checks.number(0, 120, whole=True),
    ),
    Setting("remind.bell", True, "true or false", "ring the terminal's bell with a reminder", checks.flag),
    Setting(
        "remind.terminal",
        "auto",
        "auto, off, 9 or 777",
        "notifications by the terminal (OSC 9 or 777), auto: where it is known to show them",
        checks.one_of("auto", "off", "9", "777"),
    ),
    Setting(
        "remind.desktop",
        False,
        "true or false",
        "notifications by the desktop; needs planner's extra: pip install 'sales-planner[desktop]'",
        checks.flag,
    ),
    Setting("ui.theme", "planner-dark", "the name of a theme", "the colours of the screens", checks.text),
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
