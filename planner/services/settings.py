"""Changes settings by command or on screen. They aren't part of the history, so undo leaves them alone."""

from __future__ import annotations

from typing import Any

from planner.config import known, writing
from planner.config.known import SETTINGS as SETTINGS
from planner.config.known import Setting as Setting
from planner.config.reading import Config
from planner.domain.errors import InputError, StateError, changed_message
from planner.services.context import AppContext
from planner.services.plan.calendar import check_country, region_wanted, regions

KEYS = "keys."


def format_value(value: Any) -> str:
    """Return a value as it is shown and can be typed."""
    if isinstance(value, list):
        return ", ".join(f"{part:g}" if isinstance(part, float) else str(part) for part in value) or "–"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    return "none" if value == "" else str(value)


def value_of(found: Config, key: str) -> Any:
    """Return the current value of a setting, or the rep's binding of a command key (``keys.…``)."""
    return found.keys.get(key.removeprefix(KEYS), "") if key.startswith(KEYS) else found[key]


def put(ctx: AppContext, key: str, text: str, seen: Any = None) -> tuple[str, Any, list[str]]:
    """Write a setting. Returns its full key, its new value and notices for the rep. Raises InputError stating what is
    allowed. The caller checks command keys (``keys.…``). Raises StateError if the value no longer matches `seen`, so
    that a change made elsewhere isn't overwritten.
    """
    key = known.full_key(key)
    value = known.parse_value(key, text)
    if seen is not None:
        now = value_of(ctx.reread_config(), key)
        if now not in (seen, value):
            raise StateError(changed_message(key, format_value(now)))
    said: list[str] = []
    if key == "calendar.country":
        check_country(value, "")
        said += _let_region_go(value, ctx)
        wanted = region_wanted(value, ctx.config["calendar.region"], ctx.today().year)
        said += [wanted] if wanted else []
    if key == "calendar.region":
        check_country(ctx.config["calendar.country"], value)
        if value and not ctx.config["calendar.country"]:
            said.append("A region only counts with a country. Set calendar.country too.")
    mended = writing.store_value(ctx.settings_path, key, value)
    said += [mended] if mended else []
    ctx.reread_config()
    return key, value, said


def reset(ctx: AppContext, key: str) -> tuple[str, Any]:
    """Reset a setting to its default by removing it from the file. Returns its full key and the default."""
    key = known.full_key(key)
    # also removes invalid values and unknown names
    if not writing.drop_value(ctx.settings_path, key):
        if key not in known.BY_KEY and not key.startswith("keys."):
            known.parse_value(key, "")  # raises InputError with similar names
        raise InputError(f"{key} is already at its default.")
    found = ctx.reread_config()
    return key, found[key] if key in known.BY_KEY else ""


def describe_allowed(found: Config, setting: Setting) -> str:
    """Return what a setting may be. For the region, these are the country's regions."""
    known = regions(found["calendar.country"]) if setting.key == "calendar.region" else ()
    return f"one of {', '.join(known)}, or none" if known else setting.allowed


def _let_region_go(country: str, ctx: AppContext) -> list[str]:
    """Clear a region of another country, which would mean no holidays at all, and return a notice."""
    region = ctx.config["calendar.region"]
    try:
        check_country(country, region)
    except InputError:
        writing.store_value(ctx.settings_path, "calendar.region", "")
        ctx.reread_config()
        return [f"calendar.region was {region}, which isn't a region of {country}. It was cleared."]
    return []
