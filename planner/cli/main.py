"""The full command line."""

from __future__ import annotations

import importlib

from planner import __version__
from planner.cli.common import Group, Parser, warn
from planner.cli.quick import Options
from planner.domain.activity import KINDS
from planner.domain.errors import InputError, NeedNotFound, ProtectedTime
from planner.services.desk import Desk

EXAMPLES = """\
examples:
  planner                                            open the screens
  planner plan set --quota 700000 --personal 2x      this month's two figures
  planner goal add "Cold calls" --horizon month --metric dials --target 1950
  planner log dial --outcome refused --contact Kim   count a call
  planner today                                      what now, and am I on the line?
  planner undo                                       take the last change back

everywhere: --db PATH|URL (or PLANNER_DB), --config FILE (or PLANNER_CONFIG), --help, --version
"""


# Where each command stands; only the module that is asked for is loaded, `--help` loads them all.
MODULES = {
    "plan": "plan",
    "goal": "goal",
    "task": "task",
    "add": "task",
    "today": "today",
    "status": "today",
    "log": "log",
    "day": "day",
    "block": "block",
    "week": "week",
    "list": "calling",
    "words": "words",
    "export": "export",
    "undo": "history",
    "redo": "history",
    "history": "history",
    "info": "day",
    "calendar": "calendar",
    "config": "config",
    "keys": "keys",
    "backup": "safety",
    "restore": "safety",
    "doctor": "safety",
    "demo": "demo",
    "completions": "shell",
    "tour": "shell",
    "contact": "contact",
    "deal": "deal",
    "promise": "promise",
    "complaint": "complaint",
    "find": "find",
    "company": "company",
    "review": "review",
    "book": "learning",
    "training": "learning",
    "import": "imports",
    "dial": "dial",
    "script": "dial",
    "calls": "dial",
    "playbook": "playbook",
    "meeting": "meeting",
    "mail": "mail",
}


REVIEW_WORDS = (
    "day", "week", "month", "say", "tried", "task", "drop", "finish", "list", "find", "-h", "--help",
)  # fmt: skip
PROMISE_WORDS = ("add", "list", "edit", "kept", "broken", "reopen", "drop")


def parser(command: str | None = None) -> Parser:
    """The grammar: of one command, or of all for one that isn't known."""
    root = Parser(
        prog="planner",
        description="A personal sales-discipline planner: a quota, a plan above it, and today's numbers out of both.",
        epilog=EXAMPLES,
    )
    root.add_argument("--version", action="version", version=f"planner {__version__}")
    commands = Group(root.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser))
    wanted = [MODULES[command]] if command in MODULES else list(dict.fromkeys(MODULES.values()))
    for name in wanted:
        importlib.import_module(f"planner.cli.{name}").register(commands)
    return root


def _review(words: list[str]) -> list[str]:
    """``review`` is that of the week; ``review 2026-10`` and ``review last month`` name their span by themselves."""
    if len(words) > 1 and words[1] in REVIEW_WORDS:
        return words
    options = next((place for place, word in enumerate(words) if word.startswith("-")), len(words))
    when = " ".join(words[1:options])
    if not when:
        return ["review", "week", *words[1:]]
    span = "month" if when.lower().endswith("month") or (len(when) == 7 and when[5:].isdigit()) else "week"
    return ["review", span, "--date", when, *words[options:]]


def run(argv: list[str]) -> int:
    """Run a command line; returns the exit code. Raises PlannerError with a sentence for the rep."""
    options = Options(argv)
    words = options.words
    if words[0] == "log" and len(words) > 1 and not words[1].startswith("-"):
        known = (*KINDS, "list", "edit", "drop")
        if words[1] not in known:
            raise InputError(f"{words[1]!r} is not a kind I can log; the kinds are {', '.join(KINDS)}.")
    if words[0] == "review":
        words = _review(words)
    if words[0] == "promise" and len(words) > 2 and words[1] not in PROMISE_WORDS and not words[1].startswith("-"):
        words = ["promise", "add", *words[1:]]  # planner promise Kim price list tomorrow 10
    try:
        args = parser(words[0]).parse_args(words)
    except SystemExit as done:  # --help and --version have printed what was asked for
        return int(done.code or 0)
    desk = Desk.open(options.db, options.config)
    if desk.config.problems and args.command != "config":
        for problem in desk.config.problems:
            warn(f"settings: {problem}")
    try:
        code: int = args.run(args, desk)
    except ProtectedTime as problem:
        raise ProtectedTime(f"{problem} Choose another hour; --anyway plans it knowingly.") from problem
    except NeedNotFound as problem:
        raise NeedNotFound(f"{problem} --anyway adds it knowingly.") from problem
    for notice in desk.notices:
        warn(notice)
    return code
