"""`planner config`: settings."""

from __future__ import annotations

import argparse

from planner import config
from planner.cli.common import Group, emit, say, warn
from planner.domain.errors import InputError
from planner.services.calendar import check_country
from planner.services.desk import Desk


def register(commands: Group) -> None:
    """Add the group."""
    group = commands.group("config", "settings, in commented TOML")
    group.add("show", show, "the settings in force", reads=True)
    parser = group.add("set", set_, "change one setting (not undoable)")
    parser.add_argument("key")
    parser.add_argument("value")
    group.add("path", path, "where the settings file lies", reads=True)


def show(args: argparse.Namespace, desk: Desk) -> int:
    settings = desk.config
    if args.json:
        return emit(dict(settings.values))
    for setting in config.SETTINGS:
        mark = " " if setting.key in settings.given else "·"
        say(f"{mark} {setting.key:<22} {_shown(settings[setting.key])!s:<22} {setting.about}")
    return say("· is a default.")


def _shown(value: object) -> object:
    if isinstance(value, list):
        return ", ".join(f"{part:g}" if isinstance(part, float) else str(part) for part in value) or "–"
    return "none" if value == "" else value


def set_(args: argparse.Namespace, desk: Desk) -> int:
    args.key = config.full_key(args.key)
    value = config.parse_value(args.key, args.value)
    if args.key == "calendar.country":
        check_country(value, "")
        _let_region_go(value, desk)
    if args.key == "calendar.region":
        check_country(desk.config["calendar.country"], value)
        if value and not desk.config["calendar.country"]:
            warn("a region counts only with a calendar.country.")
    config.store_value(desk.settings_path, args.key, value)
    shown = value if value != "" else "none"
    return say(f"{args.key} = {shown} (in {desk.settings_path}; `planner undo` doesn't take settings back)")


def _let_region_go(country: str, desk: Desk) -> None:
    """A region of another country would mean no holidays at all: it is cleared, and that is said."""
    region = desk.config["calendar.region"]
    try:
        check_country(country, region)
    except InputError:
        config.store_value(desk.settings_path, "calendar.region", "")
        warn(f"calendar.region was {region}, which is no region of {country}; it is none now.")


def path(args: argparse.Namespace, desk: Desk) -> int:
    return emit({"path": desk.settings_path}) if args.json else say(desk.settings_path)
