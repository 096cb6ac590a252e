"""Checks for written settings: each returns the value to use or raises an error if it isn't allowed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time
from typing import Any

from planner import platform
from planner.domain.calls.calling_list import check_cadence
from planner.domain.forecast.stages import Prior

MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
          "december")  # fmt: skip


def number(low: float, high: float, *, whole: bool = False) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError
        if whole and value != int(value):
            raise ValueError
        return int(value) if whole else value

    return check


def one_of(*words: str) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if value not in words:
            raise ValueError
        return value

    return check


def country(value: Any) -> Any:
    if not isinstance(value, str) or not (value in ("", "none") or re.fullmatch(r"[A-Za-z]{2}", value)):
        raise ValueError
    return "" if value == "none" else value.upper()


def region(value: Any) -> Any:
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError
    return "" if value == "none" else value


def windows(value: Any) -> Any:
    if not isinstance(value, list) or not 1 <= len(value) <= 8:
        raise ValueError
    times = [time.fromisoformat(text) for text in value if isinstance(text, str)]
    if len(times) != len(value) or any(at.tzinfo for at in times) or times != sorted(set(times)):
        raise ValueError
    return [f"{at:%H:%M}" for at in times]


def exceptions(value: Any) -> Any:
    """Check that there are few, and none so short that it lets everything through."""
    if not isinstance(value, list) or len(value) > 10 or any(not isinstance(text, str) for text in value):
        raise ValueError
    found = [text.strip() for text in value if text.strip()]
    if any(not 3 <= len(text) <= 200 for text in found):
        raise ValueError
    return found


def weekday_windows(value: Any) -> Any:
    """Return the windows of one weekday: none of its own, its own, or ``["none"]`` for no mail."""
    return value if value in ([], ["none"]) else [] if value == [""] else windows(value)


def turn_of_day(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError
    at = time.fromisoformat(value if len(value) > 2 else f"{int(value):02}:00")
    if at.tzinfo or at.hour >= 12 or at.second:
        raise ValueError
    return f"{at:%H:%M}"


def month(value: Any) -> Any:
    """Return a month given by number, English name or abbreviation."""
    if isinstance(value, str) and not value.isdigit():
        written = value.strip().lower()
        found = [number for number, name in enumerate(MONTHS, start=1) if name.startswith(written)]
        if len(written) < 3 or not found:
            raise ValueError
        return found[0]
    return number(1, 12, whole=True)(int(value) if isinstance(value, str) else value)


def flag(value: Any) -> Any:
    if isinstance(value, str) and value.lower() in ("true", "on", "yes", "false", "off", "no"):
        return value.lower() in ("true", "on", "yes")
    if not isinstance(value, bool):
        raise ValueError
    return value


def pairs(read: Callable[[list[str]], object]) -> Callable[[Any], Any]:
    """Return a check for lines of names and numbers, as parsed by `read`. ``[]`` means none."""

    def check(value: Any) -> Any:
        if not isinstance(value, list) or len(value) > 50 or any(not isinstance(text, str) for text in value):
            raise ValueError
        found = [text for text in value if text.strip()]
        read(found)
        return found

    return check


def port(value: Any) -> Any:
    return number(1_024, 65_535, whole=True)(value)


def page_address(value: Any) -> Any:
    """Return the address of a page, which is checked further when it is used."""
    if not isinstance(value, str) or (value and not value.startswith(("https://", "http://"))) or len(value) > 200:
        raise ValueError
    return value.strip()


def minutes_or_never(value: Any) -> Any:
    found = number(0, 1_440, whole=True)(value)
    if 0 < found < 5:
        raise ValueError
    return found


def folder(value: Any) -> Any:
    if not isinstance(value, str) or len(value) > 1_000:
        raise ValueError
    return value


def calendar_file(value: Any) -> Any:
    if not isinstance(value, str) or len(value) > 1_000 or (value and not value.lower().endswith(".ics")):
        raise ValueError
    return value


def text(value: Any) -> Any:
    if not isinstance(value, str) or len(value) > 200:
        raise ValueError
    return value


def _parse_real(part: Any) -> float:
    if isinstance(part, bool):
        raise ValueError
    return float(part)


def prior(value: Any) -> Any:
    """Return a rate and how many trials it is worth, from typed text or TOML."""
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError
    mean, strength = (_parse_real(part) for part in value)
    Prior(mean, strength)
    return [mean, strength]


def dial(value: Any) -> Any:
    """Return a scheme, or a command in which {number} stands for the number, as one word."""
    if not isinstance(value, str) or len(value) > 500:
        raise ValueError
    if value in ("off", "tel", "sip", "callto"):
        return value
    words = platform.split_command(value)
    if len(words) < 2 or sum("{number}" in word for word in words) != 1 or "{number}" in words[0]:
        raise ValueError
    return value


def cadence(value: Any) -> Any:
    """Return working days from typed text or TOML."""
    if not isinstance(value, list) or any(isinstance(part, bool | float) for part in value):
        raise ValueError
    return list(check_cadence([int(part) for part in value]))


def seasons(value: Any) -> Any:
    if not isinstance(value, list) or len(value) != 12:
        raise ValueError
    found = [_parse_real(part) for part in value]
    if not all(0 <= season <= 100 for season in found) or not any(found):
        raise ValueError
    return found
