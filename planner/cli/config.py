"""`planner config`: settings."""

from __future__ import annotations

import argparse

from planner import config
from planner.cli.common import Group, emit, say, warn
from planner.services.calendar import check_country
from planner.services.desk import Desk


def register(commands: Group) -> None:
    """Add the group."""
    group = commands.group("config", "settings, in commented TOML")
    group.add("show", show, "the settings in force", reads=True)
    parser = group.add("set", set_, "change one setting (not undoable)")
    parser.add_argument("key")
    parser.add_argument("value")
    group.add("path", path, "where the settings file lies")


def show(args: argparse.Namespace, desk: Desk) -> int:
    settings = desk.config
    if args.json:
        return emit(dict(settings.values))
    for setting in config.SETTINGS:
        value = settings[setting.key]
        shown = "none" if value == "" else ", ".join(value) if isinstance(value, list) else value
        mark = " " if setting.key in settings.given else "·"
        say(f"{mark} {setting.key:<22} {shown!s:<22} {setting.about}")
    return say("· is a default.")


def set_(args: argparse.Namespace, desk: Desk) -> int:
    value = config.parse_value(args.key, args.value)
    if args.key == "calendar.country":
        check_country(value, "")
    if args.key == "calendar.region":
        check_country(desk.config["calendar.country"], value)
        if value and not desk.config["calendar.country"]:
            warn("a region counts only with a calendar.country.")
    config.store_value(desk.settings_path, args.key, value)
    shown = value if value != "" else "none"
    return say(f"{args.key} = {shown} (in {desk.settings_path}; `planner undo` doesn't take settings back)")


def path(args: argparse.Namespace, desk: Desk) -> int:
    return say(desk.settings_path)
