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
  planner                                            open the screens
  planner plan set --quota 700000 --personal 2x      this month's two figures
  planner goal add "Cold calls" --horizon month --metric dials --target 1950
  planner log dial --outcome refused --contact Kim   count a call
  planner today                                      what's next, and am I on pace?
  planner undo                                       take the last change back

everywhere: --db PATH|URL (or PLANNER_DB), --config FILE (or PLANNER_CONFIG), --iso (dates as 2026-11-17),
            --help, --version
"""


# Each command: its module, which is the only one loaded for it, and what it does.
COMMANDS = {
    "plan": ("plan.plan", "the month's quota, and your own plan above it"),
    "goal": ("plan.goal", "the ladder of goals: wishes, results, daily acts"),
    "task": ("day.task", "the ranked list, most important first"),
    "add": ("day.task", "a task in one line: planner add Proposal for Acme tomorrow 16:00 A 45m"),
    "today": ("day.today", "the day: ranked tasks, counters, blocks, mail windows"),
    "status": ("day.today", "one line for a status bar"),
    "log": ("calls.log", "what was done: one row a kind, and the corrections"),
    "day": ("day.day", "open and close the day, and what it was"),
    "info": ("day.day", "versions, and where everything lies"),
    "block": ("day.block", "the blocks of a day: kept or missed, moved, lengthened, dropped for the day only"),
    "week": ("day.week", "what the days of a week hold; several weeks with a name, one of them in force"),
    "list": ("calls.calling_list", "the calling list: tomorrow's in the afternoon, else today's"),
    "words": ("calls.custom_lists", "affirmations, scripts, the playbook and other lists: shown, made your own, reset"),
    "export": ("transfer.export", "what you have, for other programs"),
    "undo": ("history", "take the last change back"),
    "redo": ("history", "bring back what was undone last"),
    "history": ("history", "the last changes"),
    "calendar": ("plan.calendar", "working days: the week, public holidays, your own exceptions"),
    "config": ("settings.config", "settings, in commented TOML"),
    "keys": ("settings.keys", "every key: where it works, what it does, its id for the settings"),
    "backup": ("safety.maintenance", "make a verified copy now, or list those there are"),
    "restore": ("safety.maintenance", "put a backup in the database's place; the current one is saved first"),
    "encrypt": ("safety.maintenance", "put the base and its backups under a passphrase"),
    "decrypt": ("safety.maintenance", "take the passphrase off again"),
    "doctor": ("safety.maintenance", "look the database over, and recount what is derived"),
    "demo": ("demo", "the screens on a filled throw-away database; your own is never touched"),
    "completions": ("completions", "print what lets a shell complete planner's commands by tab"),
    "tour": ("completions", "what there is, read in under a minute; F2 shows it on the screens"),
    "contact": ("clients.contact", "companies and people: whom you call, and what you know of them"),
    "deal": ("clients.deal", "the pipeline; a won deal books its revenue on its date"),
    "promise": ("clients.promise", "what you promised to customers, and until when"),
    "complaint": ("clients.complaint", "complaints: of what kind, until when they are answered, what came of them"),
    "find": ("find", "search contacts, deals, promises, tasks, complaints and notes"),
    "company": ("clients.company", "a company: its people, what is open with them, what happened"),
    "review": ("review.review", "look back: figures, discipline, promises, what was said, what comes next"),
    "book": ("review.learning", "books: a pace, what was taken from them, where it was used"),
    "training": ("review.learning", "trainings, languages, products, questions that couldn't be answered"),
    "import": (
        "transfer.imports",
        "contacts, calls and deals out of other programs' CSV files, meetings out of calendars",
    ),
    "dial": ("calls.dial", "hand a number, or a contact's, to the dialler (calls.dial)"),
    "script": ("calls.dial", "the script of a kind of call"),
    "calls": ("calls.dial", "calling sessions, and when people are reached"),
    "playbook": ("calls.playbook", "objections and their answers, what works first"),
    "meeting": ("day.meeting", "meetings of your own; those of your calendar come by import"),
    "mail": ("mail.mail", "mail three times a day: windows, letters, letters to be written"),
}


REVIEW_WORDS = (
    "day", "week", "month", "say", "tried", "task", "drop", "finish", "list", "find", "-h", "--help",
)  # fmt: skip
PROMISE_WORDS = ("add", "list", "edit", "kept", "broken", "reopen", "drop")


# What the rep may insist on, and how it is said.
INSISTING: dict[type[PlannerError], str] = {
    WouldDrop: "Choose other hours; --drop drops it knowingly.",
    ProtectedTime: "Choose another hour; --anyway plans it knowingly.",
    NeedNotFound: "--anyway adds it knowingly.",
}


def parser(command: str | None = None) -> Parser:
    """Build the parser for one command, for all (None), or with only their names if the command is unknown."""
    root = Parser(
        prog="planner",
        description="A personal sales-discipline planner: a quota, a plan above it, and today's numbers out of both.",
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


def _full(words: list[str]) -> list[str]:
    """A command line with the words that may be left out. Raises InputError for a kind that can't be logged."""
    group, rest = words[0], words[1:]
    named = rest[0] if rest and not rest[0].startswith("-") else ""
    if group == "log" and named and named not in (*KINDS, "list", "edit", "drop"):
        raise InputError(f"{named!r} is not a kind I can log; the kinds are {', '.join(KINDS)}.")
    if group == "review":
        return _review(words)
    if group == "promise" and named and len(rest) > 1 and named not in PROMISE_WORDS:
        return ["promise", "add", *rest]  # planner promise Kim price list tomorrow 10
    return words


def run(argv: list[str]) -> int:
    """Run a command line and return its exit code. Raises PlannerError with a sentence for the rep."""
    options = Options(argv)
    words = _full(options.words)
    try:
        args = parser(words[0]).parse_args(words)
    except SystemExit as done:  # --help and --version have already printed
        return int(done.code or 0)
    ctx = context.AppContext.open(options.db, options.config)
    if words[0] not in gate.WITHOUT_BASE:
        gate.pass_through(ctx.path)
    if ctx.has_settings and args.command != "config":  # most reps have no settings and needn't load the reader
        for problem in ctx.config.problems:
            warn(f"settings: {problem}")
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
