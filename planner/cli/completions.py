"""`planner completions` and `planner tour`: shell completion and the first steps."""

from __future__ import annotations

import argparse
import textwrap

from planner import content
from planner.cli.shared.common import Group, emit, print_lines
from planner.services.context import AppContext

SHELLS = {
    "bash": "planner completions bash > ~/.local/share/bash-completion/completions/planner",
    "zsh": "planner completions zsh > ~/.zfunc/_planner   (with fpath+=~/.zfunc before compinit in .zshrc)",
    "fish": "planner completions fish > ~/.config/fish/completions/planner.fish",
}
WIDTH = 78


def register(commands: Group) -> None:
    """Register the commands."""
    parser = commands.add("completions", completions)
    parser.add_argument("shell", choices=tuple(SHELLS), metavar="|".join(SHELLS))
    parser.epilog = "\n".join(["run once:", *(f"  {line}" for line in SHELLS.values())])
    commands.add("tour", tour, reads=True)


def completions(args: argparse.Namespace, ctx: AppContext) -> int:
    import shtab

    from planner.cli.main import parser

    root = parser()
    _complete_files(root)
    print(shtab.complete(root, args.shell))
    return 0


def _complete_files(parser: argparse.ArgumentParser) -> None:
    """Mark file arguments, so that shells complete them as files."""
    import shtab

    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                _complete_files(each)
        elif str(action.metavar or "").startswith("FILE"):
            # the attribute that shtab looks for
            action.complete = shtab.FILE  # type: ignore[attr-defined]


def tour(args: argparse.Namespace, ctx: AppContext) -> int:
    steps = content.load("tour")["step"]
    if args.json:
        return emit(steps)
    for step in steps:
        print_lines(step["title"])
        print_lines(textwrap.indent(textwrap.fill(step["text"], WIDTH), "  "))
    return 0
