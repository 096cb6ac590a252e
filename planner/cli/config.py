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
    parser = group.add("init", init, "write a settings file with all of them, commented out; - prints it")
    parser.add_argument("file", nargs="?", choices=("-",), metavar="-")
    group.add("path", path, "where the settings file lies", reads=True)


def show(args: argparse.Namespace, desk: Desk) -> int:
    settings = desk.config
    if args.json:
        return emit({**settings.values, **{f"keys.{name}": keys for name, keys in settings.keys.items()}})
    for setting in config.SETTINGS:
        mark = " " if setting.key in settings.given else "·"
        say(f"{mark} {setting.key:<22} {_shown(settings[setting.key])!s:<22} {setting.about}")
    for name, keys in settings.keys.items():
        say(f"  {f'keys.{name}':<22} {keys:<22} a key of your own; planner keys lists all")
    return say("· is a default.")


def _shown(value: object) -> object:
    if isinstance(value, list):
        return ", ".join(f"{part:g}" if isinstance(part, float) else str(part) for part in value) or "–"
    return "none" if value == "" else value


def set_(args: argparse.Namespace, desk: Desk) -> int:
    args.key = config.full_key(args.key)
    if args.key.startswith("keys."):
        _check_key(args.key.removeprefix("keys."), args.value, desk)
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


def init(args: argparse.Namespace, desk: Desk) -> int:
    if args.file == "-":
        return say(config.template().rstrip("\n"))
    config.write_template(desk.settings_path)
    return say(f"{desk.settings_path}: all settings, commented out")


def _check_key(name: str, keys: str, desk: Desk) -> None:
    """Refuse a key that nothing has, that is none, or that is taken."""
    from planner.tui.keys import check  # Textual behind it

    before = check(desk.config.keys)[1]
    problems = [each for each in check({**desk.config.keys, name: keys})[1] if each not in before]
    if problems:
        raise InputError(problems[0])


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
