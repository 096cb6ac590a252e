"""`planner config`: settings."""

from __future__ import annotations

import argparse

from planner.cli.shared.common import Group, emit, print_lines, warn
from planner.config import known, writing
from planner.domain.errors import InputError
from planner.services import settings as service
from planner.services.context import AppContext


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("config")
    group.add("show", show, "show the current settings", reads=True)
    parser = group.add("set", set_, "change one setting (not undoable)")
    parser.add_argument("key")
    parser.add_argument("value")
    parser = group.add("unset", unset, "reset one setting to its default")
    parser.add_argument("key")
    parser = group.add("init", init, "write a settings file with every setting commented out (- to print it)")
    parser.add_argument("file", nargs="?", choices=("-",), metavar="-")
    group.add("path", path, "show where the settings file is", reads=True)


def show(args: argparse.Namespace, ctx: AppContext) -> int:
    settings = ctx.config
    for problem in settings.problems:
        warn(f"Settings: {problem}")
    if args.json:
        return emit({**settings.values, **{f"keys.{name}": keys for name, keys in settings.keys.items()}})
    for setting in known.SETTINGS:
        mark = " " if setting.key in settings.given else "·"
        print_lines(f"{mark} {setting.key:<22} {service.format_value(settings[setting.key]):<22} {setting.about}")
    for name, keys in settings.keys.items():
        print_lines(f"  {f'keys.{name}':<22} {keys:<22} your own key (planner keys lists them all)")
    return print_lines("· marks a default.")


def set_(args: argparse.Namespace, ctx: AppContext) -> int:
    key = known.full_key(args.key)
    if key.startswith("keys."):
        _check_key(key.removeprefix("keys."), args.value, ctx)
    key, value, said = service.put(ctx, key, args.value)
    for sentence in said:
        warn(sentence)
    return print_lines(
        f"Saved in {ctx.settings_path}: {key} = {service.format_value(value)} (`planner undo` doesn't cover settings)"
    )


def unset(args: argparse.Namespace, ctx: AppContext) -> int:
    key, value = service.reset(ctx, args.key)
    return print_lines(
        f"Reset to the default: {key}" + (f" = {service.format_value(value)}" if key in known.BY_KEY else "")
    )


def init(args: argparse.Namespace, ctx: AppContext) -> int:
    if args.file == "-":
        return print_lines(writing.template().rstrip("\n"))
    writing.write_template(ctx.settings_path)
    return print_lines(f"Wrote {ctx.settings_path} with every setting commented out")


def _check_key(name: str, keys: str, ctx: AppContext) -> None:
    """Reject a key for an unknown action, an invalid key, or one already taken."""
    from planner.tui.keys import conflict_of  # imports Textual

    problem = conflict_of(ctx.config.keys, name, keys)
    if problem:
        raise InputError(problem)


def path(args: argparse.Namespace, ctx: AppContext) -> int:
    return emit({"path": ctx.settings_path}) if args.json else print_lines(ctx.settings_path)
