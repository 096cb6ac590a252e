"""Parses time zones as people name them: ``EST``, ``UTC+2``, ``Berlin time``, ``America/New_York``.

An abbreviation means a place's clock in winter and summer alike: ``EST`` in July means New York. One shared by several
places (``IST``, ``CST``) is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from planner.domain.errors import InputError
from planner.domain.formats import WEEKDAYS

ABBREVIATIONS = {
    **dict.fromkeys(("est", "edt", "et"), "America/New_York"),
    "cdt": "America/Chicago",
    **dict.fromkeys(("mst", "mdt"), "America/Denver"),
    **dict.fromkeys(("pst", "pdt", "pt"), "America/Los_Angeles"),
    **dict.fromkeys(("akst", "akdt"), "America/Anchorage"),
    "hst": "Pacific/Honolulu",
    "brt": "America/Sao_Paulo",
    "wet": "Europe/Lisbon",
    **dict.fromkeys(("cet", "cest"), "Europe/Berlin"),
    **dict.fromkeys(("eet", "eest"), "Europe/Helsinki"),
    "msk": "Europe/Moscow",
    "sast": "Africa/Johannesburg",
    "hkt": "Asia/Hong_Kong",
    "sgt": "Asia/Singapore",
    "kst": "Asia/Seoul",
    "jst": "Asia/Tokyo",
    **dict.fromkeys(("aest", "aedt"), "Australia/Sydney"),
    "awst": "Australia/Perth",
    **dict.fromkeys(("nzst", "nzdt"), "Pacific/Auckland"),
}
SEVERAL = {
    "ist": "India (Asia/Kolkata), Israel (Asia/Jerusalem) or Ireland (Europe/Dublin)",
    "cst": "Chicago (America/Chicago), China (Asia/Shanghai) or Cuba (America/Havana)",
    "bst": "British Summer Time (Europe/London) or Bangladesh (Asia/Dhaka)",
    "ast": "Halifax (America/Halifax) or Arabia (Asia/Riyadh)",
    "gst": "the Gulf (Asia/Dubai) or South Georgia (Atlantic/South_Georgia)",
}
# Cities that people name but the zone database doesn't.
_CITIES = {
    **dict.fromkeys(("boston", "washington", "atlanta", "miami", "philadelphia", "eastern"), "America/New_York"),
    **dict.fromkeys(("dallas", "houston", "austin", "central"), "America/Chicago"),
    "mountain": "America/Denver",
    **dict.fromkeys(("san francisco", "seattle", "san diego", "pacific"), "America/Los_Angeles"),
    **dict.fromkeys(("munich", "hamburg", "frankfurt", "cologne"), "Europe/Berlin"),
    **dict.fromkeys(("manchester", "edinburgh", "uk"), "Europe/London"),
    **dict.fromkeys(("geneva", "basel"), "Europe/Zurich"),
    "milan": "Europe/Rome",
    "barcelona": "Europe/Madrid",
    "kyiv": "Europe/Kiev",
    "st petersburg": "Europe/Moscow",
    **dict.fromkeys(("mumbai", "delhi", "bangalore", "india"), "Asia/Kolkata"),
    **dict.fromkeys(("beijing", "shenzhen", "china"), "Asia/Shanghai"),
    "abu dhabi": "Asia/Dubai",
    **dict.fromkeys(("busan", "korea"), "Asia/Seoul"),
    **dict.fromkeys(("osaka", "japan"), "Asia/Tokyo"),
}
_NAMES = "|".join(sorted((*ABBREVIATIONS, *SEVERAL), key=len, reverse=True))
# Lower-case patterns allowed after an hour.
WRITTEN = (
    rf"(?:utc|gmt)(?: ?[+-] ?\d{{1,2}}(?::?\d{{2}})?)?|z|(?:{_NAMES})|[a-z]+(?:/[a-z_+-]+)+|(?:[a-z]+ ){{1,3}}time"
)


@dataclass(frozen=True, slots=True)
class Named:
    """A time zone and its name for a sentence."""

    zone: tzinfo
    name: str


def read(text: str) -> Named | None:
    """Return the zone named by a text in any case, or None. Raises InputError for an ambiguous abbreviation."""
    word = " ".join(text.lower().split())
    offset = re.fullmatch(r"(?:utc|gmt|z)(?: ?([+-]) ?(\d{1,2})(?::?(\d{2}))?)?", word)
    if offset:
        hours, minutes = int(offset[2] or 0), int(offset[3] or 0)
        if hours > 14 or minutes > 59:
            return None
        shift = timedelta(hours=hours, minutes=minutes) * (-1 if offset[1] == "-" else 1)
        return Named(timezone(shift), "UTC" if not shift else word.upper().replace(" ", ""))
    if word in SEVERAL:
        raise InputError(f"{word.upper()} could be {SEVERAL[word]}. Use the name in parentheses.")
    name = _zone_name(word)
    return None if name is None else Named(_zone(name), place(name))


def parse_zone(text: str) -> str:
    """Return the IANA name of a contact's zone (``Europe/Berlin``, ``Boston``, ``CET``), or "". Raises InputError."""
    if not text.strip():
        return ""
    found = read(text)
    name = str(getattr(found and found.zone, "key", ""))
    if not name:
        raise InputError(f"{text!r} isn't a known time zone. Write it like Europe/Berlin, America/New_York or Boston.")
    return name


def _zone_name(word: str) -> str | None:
    word = word.removesuffix(" time")
    known = _CITIES.get(word) or ABBREVIATIONS.get(word)
    return known or _by_name().get(word.replace(" ", "_"))


def _zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo  # 3 ms, and most dates have no zone

    return ZoneInfo(name)


@lru_cache(1)
def _by_name() -> dict[str, str]:
    """Return every zone by full name and by city, in lower case."""
    from zoneinfo import available_timezones

    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    return {name.rpartition("/")[2].lower(): name for name in names} | {name.lower(): name for name in names}


def place(name: str) -> str:
    """Return the city of a zone: ``New York`` for ``America/New_York``."""
    return name.rpartition("/")[2].replace("_", " ")


def to_local(moment: datetime, zone: tzinfo) -> datetime:
    """Convert a moment on a zone's clock to local time."""
    return moment.replace(tzinfo=zone).astimezone().replace(tzinfo=None)


def clock(now: datetime, name: str) -> str:
    """Format the time there as ``03:15 in New York``, with the weekday if it is another day. Empty without a zone."""
    moment = to_zone(now, name) if name else None
    if moment is None:
        return ""
    day = "" if moment.date() == now.date() else f"{WEEKDAYS[moment.weekday()]} "
    return f"{day}{moment:%H:%M} in {place(name)}"


def to_zone(now: datetime, name: str) -> datetime | None:
    """Convert local time `now` to an IANA zone's clock, or return None if this computer doesn't know the zone."""
    try:
        return now.astimezone(_zone(name)).replace(tzinfo=None)
    except (KeyError, ValueError, OSError):
        return None
