"""The full command line: maps each command to the module that implements it."""

from __future__ import annotations

import importlib
import sys

from planner import __version__
from planner.cli import gate
from planner.cli.quick import Options
from planner.cli.shared.common import Group, Parser, warn
from planner.domain.day.activity import KINDS
from planner.domain.errors import InputError, NeedNotFound, PlannerError, ProtectedTime, WouldDrop
from planner.services import context

EXAMPLES = """\
examples:
  planner                                            open planner
  planner plan set --quota 700000 --personal 2x      set this month's quota and plan
  planner goal add "Calls" --horizon month --metric dials --target 1950
  planner log dial --outcome refused --contact Kim   log a call
  planner today                                      what's next, and am I on pace?
  planner undo                                       undo the last change

everywhere: --db PATH|URL (or PLANNER_DB), --config FILE (or PLANNER_CONFIG), --iso (dates as 2026-11-17),
            --help, --version
"""


# Each command: its module, which is the only one loaded for it, and what it does.
COMMANDS = {
    "plan": ("plan.plan", "set the month's quota and your personal plan"),
    "goal": ("plan.goal", "manage your goals, from five-year goals to daily actions"),
    "task": ("day.task", "manage the day's task list, most important first"),
    "add": ("day.task", "add a task in one line: planner add Proposal for Acme tomorrow 16:00 A 45m"),
    "today": ("day.today", "show today: tasks, counters, blocks and email windows"),
    "status": ("day.today", "print one line for a status bar"),
    "log": ("calls.log", "log calls, conversations, meetings, proposals and deals, or correct the log"),
    "day": ("day.day", "start the day, end it, or look back at it"),
    "info": ("day.day", "show versions and where planner saves its files"),
    "block": ("day.block", "mark, move, resize or drop one day's blocks"),
    "week": ("day.week", "edit the week templates your days are built from"),
    "list": ("calls.calling_list", "show and edit the calling list (tomorrow's in the afternoon, otherwise today's)"),
    "words": ("calls.custom_lists", "show, customize or reset affirmations, scripts, the playbook and other lists"),
    "export": ("transfer.export", "export your data for other programs"),
    "undo": ("history", "undo the last change"),
    "redo": ("history", "redo the last change you undid"),
    "history": ("history", "show the latest changes"),
    "calendar": ("plan.calendar", "set working days, and subscribe to calendars"),
    "config": ("settings.config", "show and change settings"),
    "keys": ("settings.keys", "list every key: where it works, what it does and its id for the settings"),
    "backup": ("safety.maintenance", "make a verified backup now, or list the backups"),
    "restore": ("safety.maintenance", "restore a backup (the current database is saved first)"),
    "encrypt": ("safety.maintenance", "encrypt the database and its backups with a passphrase"),
    "decrypt": ("safety.maintenance", "remove the encryption"),
    "doctor": ("safety.maintenance", "check the database and repair what can be repaired"),
    "demo": ("demo", "try planner with sample data, without touching your own"),
    "completions": ("completions", "print a script for tab completion in your shell"),
    "tour": ("completions", "read the tour in under a minute (F2 in planner)"),
    "contact": ("clients.contact", "manage contacts: people, companies and what you know about them"),
    "deal": ("clients.deal", "manage your pipeline (a won deal adds its revenue on its date)"),
    "promise": ("clients.promise", "track what you promised customers, and by when"),
    "complaint": ("clients.complaint", "track complaints, when to answer them and how they ended"),
    "find": ("find", "search contacts, deals, promises, tasks, complaints and notes"),
    "company": ("clients.company", "show a company: its people, what's open and its history"),
    "review": ("review.review", "review a day, week or month: figures, discipline, promises and next steps"),
    "book": ("review.learning", "track books, what you learned from them and where you used it"),
    "training": ("review.learning", "track courses, languages, products and open questions"),
    "import": (
        "transfer.imports",
        "import contacts, calls and deals from other programs, and meetings from calendars",
    ),
    "dial": ("calls.dial", "dial a number or a contact with your dialer (calls.dial)"),
    "script": ("calls.dial", "show the script for a kind of call"),
    "calls": ("calls.dial", "show calling sessions, and when people pick up"),
    "playbook": ("calls.playbook", "show objections and their answers, best first"),
    "sync": ("sync.sync", "sync your devices through a folder that another program carries, encrypted"),
    "phone": ("phone.phone", "use planner on your phone: figures, calls, promises and tasks, from this computer"),
    "meeting": ("day.meeting", "manage your meetings (calendar meetings come in by import)"),
    "mail": ("mail.mail", "handle email in its windows: the inbox, and emails to write"),
}


REVIEW_WORDS = (
    "day", "week", "month", "say", "tried", "task", "drop", "finish", "list", "find", "-h", "--help",
)  # fmt: skip
PROMISE_WORDS = ("add", "list", "edit", "kept", "broken", "reopen", "drop")


# What the rep may insist on, and how it is said.
INSISTING: dict[type[PlannerError], str] = {
    WouldDrop: "Choose another time, or add --drop to drop it.",
    ProtectedTime: "Choose another time, or add --anyway to plan it anyway.",
    NeedNotFound: "Add --anyway to add it anyway.",
}


def parser(command: str | None = None) -> Parser:
    """Build the parser for one command, for all (None), or with only their names if the command is unknown."""
    root = Parser(
        prog="planner",
        description="A daily planner for a sales rep: a quota, a personal plan above it, and what both take today.",
        epilog=EXAMPLES,
    )
    root.add_argument("--version", action="version", version=f"planner {__version__}")
    abouts = {name: about for name, (_, about) in COMMANDS.items()}
    commands = Group(
        root.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser, prog=root.prog), abouts
    )
    if command is None or command in COMMANDS:
        wanted = COMMANDS if command is None else (command,)
        for module in dict.fromkeys(COMMANDS[name][0] for name in wanted):
            importlib.import_module(f"planner.cli.{module}").register(commands)
    else:
        for name in COMMANDS:
            commands.group(name)
    return root


def _review(words: list[str]) -> list[str]:
    """Expand ``review`` to this week, and ``review 2026-10`` or ``review last month`` to that span."""
    if len(words) > 1 and words[1] in REVIEW_WORDS:
        return words
    options = next((place for place, word in enumerate(words) if word.startswith("-")), len(words))
    when = " ".join(words[1:options])
    if not when:
        return ["review", "week", *words[1:]]
    span = "month" if when.lower().endswith("month") or (len(when) == 7 and when[5:].isdigit()) else "week"
    return ["review", span, "--date", when, *words[options:]]


def _expand(words: list[str]) -> list[str]:
    """A command line with the words that may be left out. Raises InputError for a kind that can't be logged."""
    group, rest = words[0], words[1:]
    named = rest[0] if rest and not rest[0].startswith("-") else ""
    if group == "log" and named == "call":
        return ["log", "dial", *rest[1:]]  # what a rep calls it
    if group == "log" and named and named not in (*KINDS, "list", "edit", "drop"):
        raise InputError(f"{named!r} can't be logged. The kinds are {', '.join(KINDS)}.")
    if group == "review":
        return _review(words)
    if group == "sync" and not named and rest in ([], ["--json"]):
        return ["sync", "now", *rest]
    if group == "phone" and not named and rest not in (["-h"], ["--help"]):
        return ["phone", "start", *rest]
    if group == "promise" and named and len(rest) > 1 and named not in PROMISE_WORDS:
        return ["promise", "add", *rest]  # planner promise Kim price list tomorrow 10
    return words


def run(argv: list[str]) -> int:
    """Run a command line and return its exit code. Raises PlannerError with a sentence for the rep."""
    options = Options(argv)
    words = _expand(options.words)
    try:
        args = parser(words[0]).parse_args(words)
    except SystemExit as done:  # --help and --version have already printed
        return int(done.code or 0)
    ctx = context.AppContext.open(options.db, options.config)
    if words[0] not in gate.WITHOUT_BASE:
        gate.pass_through(ctx.path)
    if ctx.has_settings and args.command != "config":  # most reps have no settings and needn't load the reader
        for problem in ctx.config.problems:
            warn(f"Settings: {problem}")
    try:
        code: int = args.run(args, ctx)
    except tuple(INSISTING) as problem:
        raise type(problem)(f"{problem} {INSISTING[type(problem)]}") from problem
    if ctx.backup_wanted:
        sys.stdout.flush()  # show the output before the backup, which nobody should wait for
        from planner.services.safety.daily_backup import back_up

        back_up(ctx)
    for notice in ctx.notices:
        warn(notice)
    return code
