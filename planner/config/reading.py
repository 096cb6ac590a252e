"""Reading the settings file, tolerantly.

A bad value never stops the program: it is reported with its line, what is allowed and the nearest known name, and the
default stands in.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from pathlib import Path
from typing import Any

from planner.config.known import BY_KEY, SETTINGS, nearest
from planner.domain.errors import InputError
from planner.domain.mailbox import Account
from planner.domain.stages import PRIORS, Prior
from planner.domain.workdays import WEEKDAYS

LARGEST_FILE = 1_000_000


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
            problems.append(f"line {line}: {key} is not a setting{nearest(key)}.")
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
