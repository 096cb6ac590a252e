"""Tolerant reading of the settings file.

A bad value never stops the program: it is reported with its line, the allowed values and the nearest known name, and
the default applies.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import Any

from planner.config.known import BY_KEY, SETTINGS, suggest
from planner.domain.errors import InputError
from planner.domain.forecast.stages import PRIORS, Prior
from planner.domain.mail.mailbox import Account
from planner.domain.workdays import WEEKDAYS

LARGEST_FILE = 1_000_000
MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Config:
    """The settings in effect. `problems` are sentences about unusable values, `accounts` the mailboxes, `keys` the
    configured keys by command id (only the screens know whether the commands exist).
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
        """Seven weights, Monday first, exactly as written."""
        return tuple(Fraction(str(self.values[f"calendar.{name}"])) for name in WEEKDAYS)

    def mail_windows(self, weekday: int) -> list[str]:
        """Return when mail opens on a weekday, Monday 0."""
        own: list[str] = self.values[f"mail.on_{WEEKDAYS[weekday]}"]
        return [] if own == ["none"] else own or list(self.values["mail.windows"])

    @property
    def cap(self) -> Fraction:
        """c of `maths.md` 3."""
        return Fraction(str(self.values["plan.cap"]))

    @property
    def priors(self) -> dict[str, Prior]:
        """The assumed rate of each stage before the log says more."""
        return {stage: Prior(*self.values[f"prior.{stage.replace('-', '_')}"]) for stage in PRIORS}

    @property
    def catch_up_days(self) -> int | None:
        """K of `maths.md` 3, or None for all days left."""
        return self.values["plan.catch_up_days"] or None


def parse_minutes(text: str) -> int:
    """Return the minutes after midnight of ``03:00``."""
    return int(text[:2]) * 60 + int(text[3:])


def defaults(path: str = "") -> Config:
    """Return the default settings."""
    return Config(path, {setting.key: setting.default for setting in SETTINGS})


def read_text(path: str) -> str:
    """Return a settings file's text, empty if missing. Raises InputError with a sentence for a file that can't be one:
    reading a pipe or a device would block or never end.
    """
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            raise InputError(f"{path} isn't a file")
        if found.st_size > LARGEST_FILE:
            raise InputError(f"{path} is too large to be a settings file")
        with open(path, "rb") as file:
            return file.read(LARGEST_FILE + 1).decode("utf-8-sig")
    except FileNotFoundError:
        if os.path.islink(path):
            raise InputError(f"{path} is a link to a file that doesn't exist") from None
        return ""
    except UnicodeDecodeError as error:
        raise InputError(f"{path} isn't UTF-8 text") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise InputError(f"{path} can't be read ({getattr(error, 'strerror', None) or error})") from error


def tree_of(path: str, text: str) -> dict[str, Any]:
    """Parse the tables of a settings file. Raises InputError with a sentence for invalid TOML."""
    import tomllib  # most reps have no settings file, and the screens wait for this module

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path} isn't valid TOML ({brief(str(error), quoted=False)})") from error
    except RecursionError as error:
        raise InputError(f"{path} is nested too deeply") from error
    except ValueError as error:
        raise InputError(f"{path} contains a number that is too long") from error


def brief(value: Any, *, quoted: bool = True) -> str:
    """Return a value shortened for a message to the rep."""
    try:
        text = repr(value) if quoted else str(value)
    except (ValueError, RecursionError):  # a number of thousands of digits, deeply nested lists
        return "that value"
    return text if len(text) <= 80 else f"{text[:76]} …"


def load(path: str) -> Config:
    """Read the settings file. A missing one means defaults, an unusable one defaults and a problem."""
    base = dict(defaults().values)
    try:
        text = read_text(path)
        tree = tree_of(path, text) if text else {}
    except InputError as problem:
        return Config(path, base, (f"{problem}. The defaults apply.",))
    problems: list[str] = []
    given: set[str] = set()
    lines = Lines(text)
    accounts = _accounts(tree, lines, problems)
    keys = _keys(tree, lines, problems)
    for key, value in _flatten(tree):
        if len(problems) > MOST_PROBLEMS:
            break
        setting = BY_KEY.get(key)
        if setting is None:
            problems.append(
                f"line {lines.line_of(key)}: {brief(key, quoted=False)} isn't a setting.{suggest(key[:100])}"
            )
            continue
        try:
            base[key] = setting.use(value)
            given.add(key)
        except ValueError:
            problems.append(
                f"line {lines.line_of(key)}: {key} = {brief(value)} isn't allowed. It must be {setting.allowed}."
            )
    if len(problems) > MOST_PROBLEMS:
        problems[MOST_PROBLEMS:] = ["There are more problems in the file."]
    return Config(path, base, tuple(problems), frozenset(given), tuple(accounts), keys)


def _keys(tree: dict[str, Any], lines: Lines, problems: list[str]) -> dict[str, str]:
    """Return the keys, ``[keys]``, by command id, removing them from the tree."""
    table = tree.pop("keys", {})
    if not isinstance(table, dict):
        problems.append(f"line {lines.line_of('keys')}: keys isn't a table. Write [keys].")
        return {}
    found = {}
    for name, value in table.items():
        if isinstance(value, str) and value.strip():
            found[name] = value
        else:
            line = lines.line_of(f"keys.{name}")
            name = brief(name, quoted=False)
            problems.append(f'line {line}: keys.{name} must be a key, such as {name} = "g", or several: "g,ctrl+g".')
    return found


def _accounts(tree: dict[str, Any], lines: Lines, problems: list[str]) -> list[Account]:
    """Return the mailboxes, ``[mail.accounts.NAME]``, removing them from the tree to leave plain settings."""
    mail = tree.get("mail")
    tables = mail.pop("accounts", {}) if isinstance(mail, dict) else {}
    if not isinstance(tables, dict):
        problems.append("mail.accounts isn't a table. Write [mail.accounts.NAME].")
        return []
    found = []
    for name, table in tables.items():
        line = lines.line_of(f"mail.accounts.{name}.host")
        known = {each.name: each.type for each in fields(Account)}
        if not isinstance(table, dict):
            name = brief(name, quoted=False)
            problems.append(f"line {line}: mail.accounts.{name} isn't a table. Write [mail.accounts.{name}].")
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
            # without the value, which may be a password under a misspelt name
            problems.append(
                f"line {line}: {brief(wrong, quoted=False)} isn't allowed in mailbox {brief(name, quoted=False)}."
                " A mailbox has host, user, security, port"
                " (a number), password, folder and ca."
            )
            continue
        missing = [key for key in ("host", "user") if key not in table]
        if missing:
            problems.append(f"line {line}: mailbox {name} has no {' and no '.join(missing)}.")
            continue
        try:
            found.append(Account(name, **table))
        except (InputError, ValueError) as problem:
            problems.append(f"line {line}: mailbox {brief(name, quoted=False)}: {brief(str(problem), quoted=False)}")
    return found


def _flatten(tree: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the values with their dotted keys, at any depth."""
    waiting = [("", tree)]
    while waiting:
        prefix, table = waiting.pop()
        inner = []
        for key, value in table.items():
            if isinstance(value, dict):
                inner.append((f"{prefix}{key}.", value))
            else:
                yield prefix + key, value
        waiting += reversed(inner)


class Lines:
    """Finds the line of each dotted key in a settings file, by the table headers above it, skipping multi-line
    texts.
    """

    _HEADER = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]")
    _NAME = re.compile(r"\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*=")

    def __init__(self, text: str) -> None:
        self._found: dict[str, int] = {}
        table, ending = "", ""
        for number, line in enumerate(text.splitlines(), start=1):
            if ending:
                ending = "" if ending in line else ending
                continue
            header = self._HEADER.match(line)
            if header:
                table = self._plain(header[1])
                self._found.setdefault(table, number)
                continue
            name = self._NAME.match(line)
            if name:
                key = self._plain(name[1])
                self._found.setdefault(f"{table}.{key}" if table else key, number)
                ending = next((mark for mark in ('"""', "'''") if line.count(mark) == 1), "")

    @staticmethod
    def _plain(name: str) -> str:
        return ".".join(part.strip().strip("\"'") for part in name.split("."))

    def line_of(self, key: str) -> int:
        """Return the line of a key, else of the nearest table around it, or 1 if unknown."""
        while key:
            if key in self._found:
                return self._found[key]
            key = key.rpartition(".")[0]
        return 1
