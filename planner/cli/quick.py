"""The commands that must start instantly: `log`, `status`, `today`, `--version`, and the screens themselves.

A two-word dispatcher that runs before any parser, because argparse alone doubles the time. For anything unusual (a
phrase for a date, a new contact, a day without a snapshot, a mistake) it returns None, and the full command line takes
over and reports errors. `tests/test_imports.py` has the list of what may be imported here.
"""

from __future__ import annotations

import sys

from planner.domain.errors import InputError, Locked, NeedsMigration, PlannerError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from sqlite3 import Connection

# Counts whose noun isn't their name.
NOUNS = {
    "dials": ("call", "calls"),
    "meetings_booked": ("meeting booked", "meetings booked"),
    "meetings_held": ("meeting held", "meetings held"),
    "no_shows": ("no-show", "no-shows"),
    "stops_refused": ("distraction resisted", "distractions resisted"),
    "stops_given_in": ("distraction you gave in to", "distractions you gave in to"),
}
LOG_OPTIONS = ("--outcome", "--count", "--contact", "--amount", "--duration", "--reason", "--note")


class Options:
    """A command line split into its words and the options common to all commands."""

    def __init__(self, argv: list[str]) -> None:
        self.words: list[str] = []
        self.db: str | None = None
        self.config: str | None = None
        rest = iter(argv)
        for word in rest:
            if word == "--":
                self.words += [word, *rest]
                return
            name, equals, value = word.partition("=")
            if word == "--iso":
                from planner.domain import formats

                formats.use_iso(True)
                continue
            if name not in ("--db", "--config"):
                self.words.append(word)
                if word in ("--note", "--reason"):  # the next word is text, whatever it looks like
                    self.words += [text for text in (next(rest, None),) if text is not None]
                continue
            given = value if equals else next(rest, None)
            if not given:
                raise InputError(f"{name} needs a value.")
            if name == "--db":
                self.db = given
            else:
                self.config = given


def run(argv: list[str]) -> int | None:
    """Run a quick command. Returns its exit code, or None if the full command line must take over."""
    options = Options(argv)
    words = options.words
    if words == ["--version"]:
        from planner import __version__

        print(f"planner {__version__}")
        return 0
    try:
        if not words:
            return _screens(options)
        if words[0] == "log" and len(words) > 1:
            return _log(words[1:], options)
        if words[0] in ("status", "today"):
            return _read(words, options)
    except (NeedsMigration, Locked):
        return None
    return None


def _screens(options: Options) -> int:
    from planner.platform import at_terminal

    # all three, because Textual draws on stderr
    if not at_terminal("stdin", "stdout", "stderr"):
        raise InputError("The screens need a terminal. In scripts, use the commands: planner --help.")
    from planner import paths
    from planner.cli import gate
    from planner.tui import start

    path = paths.database(options.db)
    gate.pass_through(path)
    return start.run(options.db, options.config)


def _read(words: list[str], options: Options) -> int | None:
    form = "text"
    if words[0] == "today":
        if words[1:] not in ([], ["--json"]):
            return None
    else:
        rest = words[1:]
        if len(rest) == 1 and rest[0].startswith("--format="):
            form = rest[0].removeprefix("--format=")
        elif rest == ["--json"]:
            form = "json"
        elif len(rest) == 2 and rest[0] == "--format":
            form = rest[1]
        elif rest:
            return None
        if form not in ("text", "tmux", "waybar", "json"):
            return None

    from planner import paths
    from planner.store import connection

    path = paths.database(options.db)
    if not connection.exists(path):
        return None

    import sqlite3

    from planner.clock import Clock
    from planner.store import today_queries

    settings = paths.settings(options.config)
    clock = Clock.from_environment(paths.turns_at(settings))
    now = clock.now()
    handle = connection.connect(path)
    try:
        today = today_queries.read_today(handle, clock.today(), paths.laid_key(settings))
    except sqlite3.Error as error:
        raise connection.sentence(error, path) from error
    finally:
        handle.close()
    if today is None:
        return None
    if words[0] == "today" and today.personal_plan is not None and today.odds_are_old():
        return None  # something was counted since, so the odds must be recomputed

    from planner.cli.day import day_text

    if words[0] == "status":
        _print(day_text.status_text(today, now, form))
    elif len(words) == 2:
        from planner.cli.plain_json import dumps

        print(dumps(day_text.today_object(today, now)))
    else:
        for line in day_text.today_lines(today, now):
            _print(line)
    return 0


def _print(line: str) -> None:
    """Print a line with control characters made visible."""
    if not line.isprintable():
        from planner.domain.text import make_visible

        line = make_visible(line)
    print(line)


def _values(words: list[str]) -> dict[str, str] | None:
    """The options of `log KIND`, or None for anything unusual."""
    values: dict[str, str] = {}
    index = 0
    while index < len(words):
        name, equals, value = words[index].partition("=")
        if name not in LOG_OPTIONS or name in values:
            return None
        if not equals:
            index += 1
            if index == len(words):
                return None
            value = words[index]
        if not value or not value.isprintable() or len(value) > 500:
            return None
        values[name] = value
        index += 1
    return values


def _numbers(kind: str, values: dict[str, str]) -> dict[str, int] | None:
    """The numbers of a command that can be answered at once; None leaves it to the full command line."""
    if kind == "deal" or "--amount" in values:
        return None  # what is won is a deal of the pipeline
    if kind == "meeting-held" and "--contact" in values:
        return None  # it marks the meeting that was planned with them
    texts = {name: values[name] for name in ("--count", "--duration") if name in values}
    if not all(text.isascii() and text.isdigit() and len(text) < 12 for text in texts.values()):
        return None
    numbers = {"--count": 1} | {name: int(text) for name, text in texts.items()}
    return None if numbers.get("--duration", 0) > 24 * 60 else numbers


def _log(words: list[str], options: Options) -> int | None:
    from planner.domain.day import activity

    kind, values = words[0], _values(words[1:])
    if kind not in activity.KINDS or values is None:
        return None
    numbers = _numbers(kind, values)
    if numbers is None:
        return None
    count, minutes = numbers["--count"], numbers.get("--duration")
    outcome = activity.read_outcome(kind, values.get("--outcome"))
    activity.check(kind, outcome, count)

    import sqlite3

    from planner import paths
    from planner.clock import Clock
    from planner.store import connection, quick_log

    clock = Clock.from_environment(paths.turns_at(paths.settings(options.config)))
    now, today = clock.now(), clock.today()
    path = paths.database(options.db)
    if not connection.exists(path) and paths.backups_of(path):
        return None  # the full command line asks first
    handle = connection.open_or_create(path, int(clock.timestamp()))
    try:
        contact = None
        if "--contact" in values:
            found = quick_log.contact_by(handle, values["--contact"].strip())
            if len(found) != 1:
                return None
            contact = found[0]
        quick_log.append(
            handle,
            moment=now,
            now=now,
            kind=kind,
            outcome=outcome,
            count=count,
            contact=contact,
            amount=None,
            minutes=minutes,
            reason=values.get("--reason"),
            note=values.get("--note"),
            day=today,
            today=today,
        )
        told = [values[name] for name in ("--reason", "--note") if name in values]
        line = _acknowledge(handle, kind, outcome, count, contact, told, today.isoformat())
        backup_due = quick_log.backup_due(handle, now.date())
    except sqlite3.Error as error:
        raise connection.sentence(error, path) from error
    finally:
        handle.close()
    _print(line)
    if backup_due:
        sys.stdout.flush()  # show the count before the backup, which nobody should wait for
        _backup(path, now)
    return 0


def _backup(path: str, now: datetime) -> None:
    from planner.store.safety import backup

    try:
        backup.daily(path, now)
    except PlannerError as problem:
        print(f"planner: Today's backup failed: {problem}", file=sys.stderr)


def _acknowledge(
    handle: Connection,
    kind: str,
    outcome: str | None,
    count: int,
    contact: tuple[int, str] | None,
    told: list[str],
    day: str,
) -> str:
    """Say what was logged, with its reason and note, and today's counts."""
    import sqlite3

    from planner.domain.day import activity
    from planner.domain.text import plural

    counted = activity.counts_of(kind, outcome)
    named = activity.label(kind, outcome, count, None if contact is None else contact[1])
    if told:
        named += f" ({', '.join(told)})"
    try:
        row = handle.execute(f"SELECT {', '.join(counted)} FROM day_count WHERE day = ?", (day,)).fetchone()
    except sqlite3.Error:
        return f"Logged: {named}"  # it was logged, only the counts can't be read right now
    standing = ", ".join(
        plural(done, *NOUNS.get(name, (name[:-1], name))) for name, done in zip(counted, row, strict=True)
    )
    return f"Logged: {named}. Today: {standing}"
