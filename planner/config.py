"""The rep's settings: commented TOML, read tolerantly, written only on request.

A bad value never stops the program: it is reported with its line, what is allowed and the nearest known name, and the
default stands in.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import time
from fractions import Fraction
from pathlib import Path
from typing import Any

from planner.domain.calling import CADENCE, check_cadence
from planner.domain.discipline import read_weights
from planner.domain.errors import InputError, StateError
from planner.domain.mailbox import Account
from planner.domain.session import AMBER, RED
from planner.domain.stages import PRIORS, Prior
from planner.domain.touch import read_rhythms
from planner.domain.workdays import WEEKDAYS

LARGEST_FILE = 1_000_000


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its dotted key, default, what is allowed (a phrase), and the check that returns the value used."""

    key: str
    default: Any
    allowed: str
    about: str
    check: Callable[[Any], Any]


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
    """Few, and none so short that it lets everything through."""
    if not isinstance(value, list) or len(value) > 10 or any(not isinstance(text, str) for text in value):
        raise ValueError
    found = [text.strip() for text in value if text.strip()]
    if any(not 3 <= len(text) <= 200 for text in found):
        raise ValueError
    return found


def _weekday_windows(value: Any) -> Any:
    """The windows of one weekday: none of its own, its own, or ``["none"]``: mail rests."""
    return value if value in ([], ["none"]) else [] if value == [""] else _windows(value)


def _turn(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError
    at = time.fromisoformat(value if len(value) > 2 else f"{int(value):02}:00")
    if at.tzinfo or at.hour >= 12 or at.second:
        raise ValueError
    return f"{at:%H:%M}"


def _flag(value: Any) -> Any:
    if isinstance(value, str) and value.lower() in ("true", "on", "yes", "false", "off", "no"):
        return value.lower() in ("true", "on", "yes")
    if not isinstance(value, bool):
        raise ValueError
    return value


def _pairs(read: Callable[[list[str]], object]) -> Callable[[Any], Any]:
    """Lines of names and numbers, as `read` knows them; ``[]`` has none."""

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


def _prior(value: Any) -> Any:
    """A rate and how many trials it is worth; as typed or as TOML has it."""
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError
    mean, strength = (float(part) for part in value)
    try:
        Prior(mean, strength)
    except InputError as error:
        raise ValueError from error
    return [mean, strength]


def _dial(value: Any) -> Any:
    """A scheme, or a command: the number goes where {number} stands, as one word of it."""
    if not isinstance(value, str) or len(value) > 500:
        raise ValueError
    if value in ("off", "tel", "sip", "callto"):
        return value
    words = shlex.split(value)
    if len(words) < 2 or sum("{number}" in word for word in words) != 1 or "{number}" in words[0]:
        raise ValueError
    return value


def _cadence(value: Any) -> Any:
    """Working days, as typed or as TOML has them."""
    if not isinstance(value, list) or any(isinstance(part, bool | float) for part in value):
        raise ValueError
    try:
        return list(check_cadence([int(part) for part in value]))
    except InputError as error:
        raise ValueError from error


def _seasons(value: Any) -> Any:
    if not isinstance(value, list) or len(value) != 12:
        raise ValueError
    found = [float(part) for part in value]
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
    Setting("me.firm", "", "a text", "your firm, as scripts have it", _text),
    Setting("me.offer", "", "a text", "what you sell, as scripts have it", _text),
    Setting(
        "day.turns_at",
        "00:00",
        "a time from 00:00 to 11:59",
        "when a new day begins: until then it is still the day before",
        _turn,
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


@dataclass(frozen=True, slots=True)
class Config:
    """The settings in force. `problems` are sentences about values that were not usable; `accounts` the mailboxes;
    `keys` the keys that were set, by the ids of their commands (whether there are such, the screens know).
    """

    path: str
    values: Mapping[str, Any]
    problems: tuple[str, ...] = ()
    given: frozenset[str] = field(default_factory=frozenset)
    accounts: tuple[Account, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    @property
    def week(self) -> tuple[Fraction, ...]:
        """Seven weights, Monday first, exact to what was written."""
        return tuple(Fraction(str(self.values[f"calendar.{name}"])) for name in WEEKDAYS)

    def mail_windows(self, weekday: int) -> list[str]:
        """When mail opens on a weekday, Monday 0."""
        own: list[str] = self.values[f"mail.on_{WEEKDAYS[weekday]}"]
        return [] if own == ["none"] else own or list(self.values["mail.windows"])

    @property
    def cap(self) -> Fraction:
        """c of `maths.md` 3."""
        return Fraction(str(self.values["plan.cap"]))

    @property
    def priors(self) -> dict[str, Prior]:
        """What is believed of each stage before the log says more."""
        return {stage: Prior(*self.values[f"prior.{stage.replace('-', '_')}"]) for stage in PRIORS}

    @property
    def catch_up_days(self) -> int | None:
        """K of `maths.md` 3; None for all days left."""
        return self.values["plan.catch_up_days"] or None


def minutes(text: str) -> int:
    """Minutes after midnight of ``03:00``."""
    return int(text[:2]) * 60 + int(text[3:])


def defaults(path: str = "") -> Config:
    """The settings of a rep who has none."""
    return Config(path, {setting.key: setting.default for setting in SETTINGS})


def load(path: str) -> Config:
    """Read the settings file; a missing one means defaults, an unusable one defaults and a problem."""
    base = dict(defaults().values)
    try:
        if os.path.getsize(path) > LARGEST_FILE:
            return Config(path, base, (f"{path} is too large to be a settings file; defaults are in force.",))
        text = Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Config(path, base)
    except UnicodeDecodeError:
        return Config(path, base, (f"{path} is not UTF-8 text; defaults are in force.",))
    except OSError as error:
        return Config(path, base, (f"{path} can't be read ({error.strerror}); defaults are in force.",))
    import tomllib  # most reps have no settings file, and the screens wait for this module

    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Config(path, base, (f"{path} is not valid TOML ({error}); defaults are in force.",))
    problems: list[str] = []
    given: set[str] = set()
    accounts = _accounts(tree, text, problems)
    keys = _keys(tree, text, problems)
    for key, value in _flatten(tree):
        line = _line_of(text, key)
        setting = BY_KEY.get(key)
        if setting is None:
            problems.append(f"line {line}: {key} is not a setting{_nearest(key)}.")
            continue
        try:
            base[key] = setting.check(value)
            given.add(key)
        except ValueError:
            problems.append(f"line {line}: {key} = {value!r} is not allowed; it can be {setting.allowed}.")
    return Config(path, base, tuple(problems), frozenset(given), tuple(accounts), keys)


def _keys(tree: dict[str, Any], text: str, problems: list[str]) -> dict[str, str]:
    """The keys, ``[keys]``: a command's id and what it is pressed with; taken out of the tree."""
    table = tree.pop("keys", {})
    if not isinstance(table, dict):
        problems.append(f"line {_line_of(text, 'keys')}: keys is no table; write [keys].")
        return {}
    found = {}
    for name, value in table.items():
        if isinstance(value, str) and value.strip():
            found[name] = value
        else:
            line = _line_of(text, f"keys.{name}")
            problems.append(f'line {line}: keys.{name} is no key; write {name} = "g", or several: "g,ctrl+g".')
    return found


def _accounts(tree: dict[str, Any], text: str, problems: list[str]) -> list[Account]:
    """The mailboxes, ``[mail.accounts.NAME]``; taken out of the tree, so that what is left are plain settings."""
    mail = tree.get("mail")
    tables = mail.pop("accounts", {}) if isinstance(mail, dict) else {}
    if not isinstance(tables, dict):
        problems.append("mail.accounts is no table; write [mail.accounts.NAME].")
        return []
    found = []
    for name, table in tables.items():
        line = _line_of(text, f"mail.accounts.{name}.host")
        known = {each.name: each.type for each in fields(Account)}
        if not isinstance(table, dict):
            problems.append(f"line {line}: mail.accounts.{name} is no table; write [mail.accounts.{name}].")
            continue
        wrong = next(
            (
                key
                for key, value in table.items()
                if key not in known or key == "name" or not isinstance(value, int if key == "port" else str)
            ),
            None,
        )
        if wrong is not None:
            # without what stands there: it may be a password under a name that is misspelt
            problems.append(
                f"line {line}: {wrong} of mailbox {name} is not allowed; a mailbox has host, user, security, port"
                " (a number), password, folder and ca."
            )
            continue
        missing = [key for key in ("host", "user") if key not in table]
        if missing:
            problems.append(f"line {line}: mailbox {name} has no {' and no '.join(missing)}.")
            continue
        try:
            found.append(Account(name, **table))
        except InputError as problem:
            problems.append(f"line {line}: mailbox {name}: {problem}")
    return found


def store_account(path: str, name: str, account: Account | None) -> None:
    """Write a mailbox into the settings, or take it out (None)."""
    import tomlkit

    def change(document: Any) -> None:
        mail = document.setdefault("mail", tomlkit.table())
        tables = mail.setdefault("accounts", tomlkit.table(is_super_table=True))
        if account is None:
            del tables[name]
            return
        table = tomlkit.table()
        for each in fields(Account):
            value = getattr(account, each.name)
            if each.name != "name" and (each.name in ("host", "user", "password") or value != each.default):
                table[each.name] = value
        tables[name] = table

    _rewrite(path, change)


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in tree.items():
        if isinstance(value, dict):
            found += _flatten(value, f"{prefix}{key}.")
        else:
            found.append((prefix + key, value))
    return found


def _line_of(text: str, key: str) -> int:
    """The line of a dotted key, by following the table headers; 1 when it can't be told."""
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[([^\[\]]+)\]", line)
        if header:
            table = header[1].strip() + "."
            continue
        name = re.match(r"\s*([\w.\-\"']+)\s*=", line)
        if name and table + name[1].strip("\"'") == key:
            return number
    return 1


def _nearest(key: str) -> str:
    import difflib

    near = difflib.get_close_matches(key, BY_KEY, n=1, cutoff=0.5)
    return f"; did you mean {near[0]}" if near else ""


def full_key(key: str) -> str:
    """The dotted key for what was typed: the last part alone will do where only one setting ends so."""
    ending = [known for known in BY_KEY if known.partition(".")[2] == key]
    return ending[0] if len(ending) == 1 else key


def parse_value(key: str, text: str) -> Any:
    """The value to store for what was typed. Raises InputError with what is allowed."""
    if key.startswith("keys."):
        return text.strip()
    setting = BY_KEY.get(full_key(key))
    if setting is None:
        raise InputError(f"{key!r} is not a setting{_nearest(key) or '; planner config show lists them'}.")
    if isinstance(setting.default, list):
        parts = [part.strip().strip("\"'") for part in text.strip("[] ").split(",")]
        candidate: Any = [] if parts == [""] else parts
    elif isinstance(setting.default, str | bool):
        candidate = text
    else:
        try:
            candidate = float(text) if "." in text else int(text)
        except ValueError:
            candidate = text
    try:
        return setting.check(candidate)
    except ValueError as error:
        raise InputError(f"{key} = {text!r} is not allowed; it can be {setting.allowed}.") from error


def template() -> str:
    """Every setting as TOML, commented out with its default, what it is and what it can be."""
    import tomlkit

    lines = ["# planner's settings: take the # away from what you want otherwise than it is.", ""]
    table = ""
    for setting in SETTINGS:
        head, _, name = setting.key.partition(".")
        if head != table:
            table = head
            lines += [f"[{table}]"]
        lines += [
            f"# {setting.about}: {setting.allowed}",
            f"# {name} = {tomlkit.item(setting.default).as_string()}",
            "",
        ]
    lines += [
        "[keys]",
        "# a key of your own for a command, by its id; planner keys lists them",
        '# log-dial = "f6"',
    ]
    return "\n".join(lines) + "\n"


def write_template(path: str) -> None:
    """Write all settings, commented out, where there is no file yet. Raises StateError where there is one."""
    if os.path.lexists(path):
        raise StateError(
            f"{path} is there already and stays as it is; `planner config init -` prints what could stand in it."
        )
    try:
        _write_private(path, template())
    except OSError as error:
        raise StateError(f"{path} can't be written: {error.strerror}.") from error


def store_value(path: str, key: str, value: Any) -> None:
    """Write one setting, keeping the rep's comments and order; the file and its folder are made if missing."""
    import tomlkit

    table_name, _, name = key.partition(".")

    def change(document: Any) -> None:
        table = document.setdefault(table_name, tomlkit.table())
        if not hasattr(table, "keys"):
            raise StateError(f"{path}: {table_name} is not a table; mend it by hand first.")
        item = tomlkit.item(value)
        setting = BY_KEY.get(key)
        if name not in table and setting is not None:
            item.comment(f"{setting.about}: {setting.allowed}")
        table[name] = item

    _rewrite(path, change)


def drop_value(path: str, key: str) -> bool:
    """Take one setting out of the file, so that its default stands; the rest of it stays as it is. Returns whether
    it stood there.
    """
    if not os.path.exists(path):
        return False
    table_name, _, name = key.partition(".")
    found = False

    def change(document: Any) -> None:
        nonlocal found
        table = document.get(table_name)
        found = table is not None and hasattr(table, "keys") and name in table
        if found:
            del table[name]  # not `remove`: a table in several parts has none

    _rewrite(path, change)
    return found


def _rewrite(path: str, change: Callable[[Any], None]) -> None:
    import tomlkit  # only when something is written: 20 ms that reading never needs
    from tomlkit.exceptions import TOMLKitError

    try:
        try:
            text = Path(path).read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            text = "# planner's settings. `planner config show` lists what can be set.\n"
        document = tomlkit.parse(text)
        change(document)
        _write_private(path, tomlkit.dumps(document))
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise StateError(f"{path} can't be changed, because it is not valid TOML ({error}); mend it first.") from error
    except OSError as error:
        raise StateError(f"{path} can't be written: {error.strerror}.") from error


def _write_private(path: str, text: str) -> None:
    import tempfile

    path = os.path.realpath(path)  # a linked file stays a link
    folder = os.path.dirname(path)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".config-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
