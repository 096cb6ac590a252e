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
        "calendar.country",
        "",
        "a country code such as DE, or none",
        "Country whose public holidays you get off",
        checks.country,
    ),
    Setting(
        "calendar.region",
        "",
        "a region of that country, such as BY",
        "Region whose holidays you get off",
        checks.region,
    ),
    *(
        Setting(
            f"calendar.{name}",
            1.0 if index < 5 else 0.0,
            "a number from 0 (off) to 1 (a full day)",
            f"Share of {name.capitalize()} you work",
            checks.number(0, 1),
        )
        for index, name in enumerate(WEEKDAYS)
    ),
    Setting(
        "calendar.refresh",
        60,
        "a whole number of minutes from 5 to 1,440, or 0 (only by hand)",
        "Minutes until a calendar you're subscribed to is read again",
        checks.minutes_or_never,
    ),
    Setting(
        "calendar.publish",
        "",
        "the path of an .ics file, or none",
        "File that shows your own blocks and meetings to other calendars",
        checks.calendar_file,
    ),
    Setting(
        "sync.folder",
        "",
        "the path of a folder, or none",
        "Folder through which your devices sync (set by sync start and sync join)",
        checks.folder,
    ),
    Setting(
        "sync.every",
        10,
        "a whole number of minutes from 5 to 1,440, or 0 (only by hand)",
        "Minutes between syncs while planner is open",
        checks.minutes_or_never,
    ),
    Setting("phone.port", 8765, "a port from 1024 to 65535", "Port of the page for your phone", checks.port),
    Setting(
        "phone.url",
        "",
        "an address such as https://pc.example.ts.net, or none",
        "Address at which a proxy offers the page for your phone",
        checks.page_address,
    ),
    Setting(
        "plan.multiple",
        2.0,
        "a number from 1.01 to 100",
        "Your personal plan, as a multiple of the quota",
        checks.number(1.01, 100),
    ),
    Setting("plan.year_starts", 1, "a month, such as 4 or april", "First month of your fiscal year", checks.month),
    Setting(
        "plan.cap",
        1.3,
        "a number from 1 to 10",
        "Daily cap, as a multiple of an even daily share of the plan",
        checks.number(1, 10),
    ),
    Setting(
        "plan.catch_up_days",
        0,
        "a whole number from 0 (all days left) to 366",
        "When behind, the number of working days to catch up over (0: all that are left)",
        checks.number(0, 366, whole=True),
    ),
    Setting(
        "plan.ahead",
        "bank",
        "bank or base",
        "When ahead of pace: lower later targets (bank) or keep the rate (base)",
        checks.one_of("bank", "base"),
    ),
    Setting(
        "plan.calls_per_day",
        0,
        "a whole number from 1 to 5,000, or 0 for as many as fit your call blocks",
        "Daily call capacity, unless the month's plan sets it",
        checks.number(0, 5_000, whole=True),
    ),
    Setting(
        "plan.probability",
        0.8,
        "a number from 0.5 to 0.99",
        "The odds of hitting plan to aim for",
        checks.number(0.5, 0.99),
    ),
    Setting(
        "plan.seasons",
        [1.0] * 12,
        "twelve numbers from 0 to 100, starting with January (1 is a normal month)",
        "How busy each month is, compared with a normal one",
        checks.seasons,
    ),
    *(
        Setting(
            f"prior.{stage.replace('-', '_')}",
            [prior.mean, float(prior.strength)],
            "a rate from 0 to 1, then how many of your own tries it counts as, such as [0.07, 60]",
            f"Starting estimate: {words}",
            checks.prior,
        )
        for (stage, prior), words in zip(
            PRIORS.items(),
            (
                "call → conversation",
                "conversation → meeting booked",
                "meeting booked → held",
                "meeting held → proposal",
                "proposal → deal",
            ),
            strict=True,
        )
    ),
    Setting(
        "mail.windows",
        ["08:00", "13:00", "18:00"],
        'a list of ascending times such as ["08:00", "13:00"]',
        "When your email windows open",
        checks.windows,
    ),
    *(
        Setting(
            f"mail.on_{name}",
            [],
            'a list of ascending times such as ["09:00"], ["none"], or [] for the times in mail.windows',
            f"When your email windows open on a {name.capitalize()}",
            checks.weekday_windows,
        )
        for name in WEEKDAYS
    ),
    Setting(
        "mail.minutes",
        30,
        "a whole number of minutes from 5 to 240",
        "Minutes an email window stays open",
        checks.number(5, 240, whole=True),
    ),
    Setting(
        "mail.pause",
        10,
        "a whole number of seconds from 0 to 600",
        "Seconds to think twice before peeking outside a window",
        checks.number(0, 600, whole=True),
    ),
    Setting(
        "mail.exceptions",
        [],
        'up to ten addresses, domains or words, such as ["kim@hanbit.kr", "@bank.com", "contract"]',
        "Emails you're told about outside a window",
        checks.exceptions,
    ),
    Setting(
        "mail.check",
        15,
        "a whole number of minutes from 5 to 240",
        "Minutes between checks of the inbox for those exceptions",
        checks.number(5, 240, whole=True),
    ),
    Setting(
        "mail.most",
        1_000,
        "a whole number from 10 to 2,000",
        "Maximum unread emails to list per inbox, newest first",
        checks.number(10, 2_000, whole=True),
    ),
    Setting(
        "mail.reply",
        "mailto",
        "mailto or mid",
        "Open a reply as a new email (mailto) or from the original message (mid)",
        checks.one_of("mailto", "mid"),
    ),
    Setting(
        "mail.follow_up",
        2,
        "a whole number of working days from 0 to 60",
        "Working days until you follow up on a proposal by phone",
        checks.number(0, 60, whole=True),
    ),
    Setting(
        "calls.cadence",
        list(CADENCE),
        "one to twelve numbers of working days from 0 to 365, such as [1, 3, 7]",
        "Working days before each retry; after the last one, the contact is no longer listed",
        checks.cadence,
    ),
    Setting(
        "calls.cadence_refused",
        CADENCE_REFUSED,
        "a whole number of weeks from 0 to 520 (0 for never)",
        "Weeks before a contact who refused can be listed again",
        checks.number(0, 520, whole=True),
    ),
    Setting(
        "calls.dial",
        "tel",
        "off, tel, sip, callto, or your own command containing {number}",
        "How numbers are dialed",
        checks.dial,
    ),
    Setting(
        "calls.country",
        "",
        "a country code such as DE, or none for the calendar's",
        "Country of phone numbers without a country code",
        checks.country,
    ),
    Setting(
        "calls.amber",
        AMBER,
        "a whole number of seconds from 10 to 36,000",
        "Seconds until a call's clock turns amber",
        checks.number(10, 36_000, whole=True),
    ),
    Setting(
        "calls.red",
        RED,
        "a whole number of seconds from 10 to 36,000",
        "Seconds until a call's clock turns red",
        checks.number(10, 36_000, whole=True),
    ),
    Setting("calls.prepare", True, "true or false", "Take ten seconds to prepare before a first call", checks.flag),
    Setting("calls.check", True, "true or false", "Do the after-call check after a conversation", checks.flag),
    Setting(
        "care.follow_up",
        7,
        "a whole number of days from 1 to 365",
        "Days after a sale to check that the client is satisfied",
        checks.number(1, 365, whole=True),
    ),
    Setting(
        "care.renewal",
        30,
        "a whole number of days from 1 to 365",
        "Days before a contract ends to call about renewal",
        checks.number(1, 365, whole=True),
    ),
    Setting(
        "care.first_sign",
        90,
        "a whole number of days from 1 to 730",
        "Days before a contract ends to get a first heads-up",
        checks.number(1, 730, whole=True),
    ),
    Setting(
        "care.answer",
        1,
        "a whole number of working days from 0 to 60",
        "Working days to answer a complaint, unless you set a date",
        checks.number(0, 60, whole=True),
    ),
    Setting(
        "touch.rhythms",
        ["A=30", "B=60", "C=120"],
        'a list of tiers or tags and days, such as ["A=14", "expo=30"]',
        "Maximum days to go without talking to a contact, by tier or tag",
        checks.pairs(read_rhythms),
    ),
    Setting(
        "review.weights",
        [],
        'a list such as ["calls=40", "blocks=0"] (default: calls 40, proposals, meetings and promises 15 each, '
        "mail and blocks 10 each, close 5)",
        "Weights of the parts of your discipline score",
        checks.pairs(read_weights),
    ),
    Setting(
        "learning.pace",
        "month",
        "month or week",
        "How long you give yourself for a book",
        checks.one_of("month", "week"),
    ),
    Setting("me.name", "", "text", "Your name in scripts", checks.text),
    Setting("me.firm", "", "text", "Your company in scripts", checks.text),
    Setting("me.offer", "", "text", "What you sell, in scripts", checks.text),
    Setting(
        "me.language",
        "en",
        "en, ko or ru",
        "Language of scripts and lists (a contact's own comes first)",
        checks.one_of("en", "ko", "ru"),
    ),
    Setting(
        "day.turns_at",
        "00:00",
        "a time from 00:00 to 11:59",
        "When a new day starts, if you work past midnight",
        checks.turn_of_day,
    ),
    Setting("day.morning", True, "true or false", "Begin each day with the morning screen", checks.flag),
    Setting("remind.blocks", True, "true or false", "Remind you when a block starts", checks.flag),
    Setting(
        "remind.callbacks", True, "true or false", "Remind you when a callback, promise or task is due", checks.flag
    ),
    Setting("remind.mail", True, "true or false", "Remind you when an email window opens", checks.flag),
    Setting(
        "remind.before",
        5,
        "a whole number of minutes from 0 to 120",
        "Minutes before a callback, promise or task to remind you",
        checks.number(0, 120, whole=True),
    ),
    Setting("remind.bell", True, "true or false", "Ring the terminal bell with each reminder", checks.flag),
    Setting(
        "remind.terminal",
        "auto",
        "auto, off, 9 or 777",
        "Terminal notifications via OSC 9 or 777 (auto: if supported)",
        checks.one_of("auto", "off", "9", "777"),
    ),
    Setting(
        "remind.desktop",
        False,
        "true or false",
        "Desktop notifications (to install: pip install 'sales-planner[desktop]')",
        checks.flag,
    ),
    Setting("ui.theme", "planner-dark", "the name of a theme", "Color theme", checks.text),
)
BY_KEY: Mapping[str, Setting] = {setting.key: setting for setting in SETTINGS}


def suggest(key: str) -> str:
    """Return a question that suggests the likely intended key, or "" if none is close."""
    import difflib

    near = difflib.get_close_matches(key, BY_KEY, n=1, cutoff=0.5)
    return f" Did you mean {near[0]}?" if near else ""


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
        raise InputError(f"{key!r} isn't a setting.{suggest(key) or ' `planner config show` lists them all.'}")
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
        raise InputError(f"{key} = {text[:80]!r} isn't allowed. It must be {setting.allowed}.") from error
