"""`planner import`: read files from other programs, with a preview of the findings before anything is written."""

from __future__ import annotations

import argparse
import sys

from planner.cli.shared import passphrase
from planner.cli.shared.common import Group, emit, money, print_lines, warn
from planner.cli.shared.progress import Terminal
from planner.cli.transfer import import_calendar
from planner.cli.transfer.preview_lines import made_text, print_line, print_sample, print_skipped, task_states_text
from planner.domain import formats
from planner.domain.errors import InputError
from planner.domain.text import plural
from planner.services.context import AppContext
from planner.services.transfer import exports
from planner.services.transfer import imports as service
from planner.services.transfer.calendar_tasks import CALENDAR_TASKS
from planner.services.transfer.import_preview import Preview, how_written
from planner.services.transfer.imports import FIELDS, ORDER_WORDS, OURS, TableFile, Wanted, word_shown, word_typed

EXAMPLES = """\
examples:
  planner import contacts people.csv --dry-run
  planner import calls log.csv --where "caller_name=me@example.com" --value "outcome:Reached=conversation"
  planner import deals pipeline.csv --where "sales_agent=Anna Snelling" --map "closed=Close Date"
  planner import tasks todoist.csv --default priority=B
"""


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("import")
    parser = group.add("all", import_all, "import an `export all` file into an empty database")
    parser.add_argument("file", metavar="FILE.json")
    parser.add_argument("--passphrase", metavar="FROM", help=passphrase.HELP)
    for kind in service.ALL_KINDS:
        parser = group.add(kind, import_, f"import {kind} (importing a file twice adds nothing)", reads=True)
        parser.epilog = f"fields: {', '.join(FIELDS[kind])}\n\n{EXAMPLES}"
        parser.set_defaults(kind=kind)
        parser.add_argument("file", metavar="FILE")
        parser.add_argument(
            "--dry-run", action="store_true", help="only show what would be imported, changed and skipped"
        )
        parser.add_argument("--passphrase", metavar="FROM", help=passphrase.HELP)
        parser.add_argument(
            "--map", action="append", default=[], metavar="FIELD=COLUMN",
            help="the column for a field that wasn't detected; join several as A+B, or leave a field out with -",
        )  # fmt: skip
        parser.add_argument(
            "--value", action="append", default=[], metavar="FIELD:THEIRS=OURS",
            help="what a value in the file means in planner; for "
            + "; ".join(_format_allowed(name, words) for name, words in OURS[kind].items()),
        )  # fmt: skip
        parser.add_argument(
            "--default", action="append", default=[], metavar="FIELD=VALUE",
            help="the value of a field where the file has none, such as source=Fair or stage=proposal",
        )  # fmt: skip
        parser.add_argument(
            "--where",
            action="append",
            default=[],
            metavar="COLUMN=VALUE",
            help="only rows with this value (if repeated, all must match)",
        )
        parser.add_argument("--encoding", metavar="E", help="if it isn't detected: cp1251, cp949, shift_jis, utf-16")
        parser.add_argument(
            "--link", action="append", default=[], metavar="COLUMN=FILE",
            help="the file with the names that a column of ids stands for, such as AccountId=accounts.csv",
        )  # fmt: skip
        parser.add_argument("--sheet", metavar="NAME", help="the sheet of a workbook (default: the first that fits)")
        parser.add_argument("--dates", choices=tuple(ORDER_WORDS), help="the order of dates, if it's ambiguous")
        if kind in ("calls", "activities"):
            parser.add_argument(
                "--duration", choices=("minutes", "seconds"), help="unit of durations given as plain numbers"
            )
        if kind == "contacts":
            parser.add_argument(
                "--dedupe",
                action="store_true",
                help="merge rows with contacts that have the same email address, name or number",
            )
        parser.set_defaults(**{"duration": None} if kind not in ("calls", "activities") else {})
        parser.set_defaults(**{"dedupe": False} if kind != "contacts" else {})
    import_calendar.register(group)


def _format_allowed(name: str, words: tuple[str, ...]) -> str:
    return f"{name} {'|'.join(word_shown(name, word) for word in words if word)}"


def import_all(args: argparse.Namespace, ctx: AppContext) -> int:
    progress = Terminal()
    with passphrase.decrypted_path(args, ctx) as path:
        count = exports.restore_whole(ctx, path, lambda done: progress("writing", done, 0))
    progress.clear()
    return print_lines(
        f"Imported {count:,} rows from {args.file} into {ctx.path}. The change history isn't part of an export."
    )


def _read_options(args: argparse.Namespace) -> Wanted:
    columns: dict[str, str] = {}
    for text in args.map:
        name, equals, column = text.partition("=")
        if not equals or not name.strip():
            raise InputError(f"Write --map as FIELD=COLUMN, or FIELD=- to leave a field out, not {text!r}.")
        if name.strip().lower() in columns:
            raise InputError(f"--map names {name.strip()} twice. Join several columns as A+B.")
        columns[name.strip().lower()] = "" if column.strip() == "-" else column.strip()
    values: dict[str, dict[str, str]] = {}
    for text in args.value:
        name, colon, pair = text.partition(":")
        theirs, equals, ours = pair.rpartition("=")
        if not colon or not equals or not theirs.strip():
            raise InputError(f"Write --value as FIELD:THEIRS=OURS, not {text!r}.")
        name = name.strip().lower()
        values.setdefault(name, {})[theirs.strip()] = word_typed(name, ours.strip().lower())
    defaults: dict[str, str] = {}
    for text in args.default:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise InputError(f"Write --default as FIELD=VALUE, not {text!r}.")
        defaults[name.strip().lower()] = value.strip()
    links: dict[str, str] = {}
    for text in args.link:
        name, equals, file = text.partition("=")
        if not equals or not name.strip() or not file.strip():
            raise InputError(f"Write --link as COLUMN=FILE, not {text!r}.")
        links[name.strip()] = file.strip()
    where = []
    for text in args.where:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise InputError(f"Write --where as COLUMN=VALUE, not {text!r}.")
        where.append((name.strip(), value))
    return Wanted(columns, values, defaults, where, links, args.dates, args.duration)


def import_(args: argparse.Namespace, ctx: AppContext) -> int:
    with passphrase.decrypted_path(args, ctx) as path:
        return _import(args, ctx, path)


def _import(args: argparse.Namespace, ctx: AppContext, path: str) -> int:
    wanted = _read_options(args)
    progress = Terminal()
    try:
        preview = service.run(
            ctx, args.kind, path, wanted, encoding=args.encoding, sheet=args.sheet, dedupe=args.dedupe,
            dry_run=args.dry_run,            show=None if args.json else progress.wrap(_show), progress=progress,
        )  # fmt: skip
    except KeyboardInterrupt:
        progress.clear()
        warn("Import stopped. Nothing was changed.")
        return 130
    progress.clear()
    for notice in preview.reading.notices:
        warn(notice)
    if preview.lookalikes:
        rows = plural(preview.lookalikes, "row matches a contact", "rows match contacts")
        warn(f"{rows} you already have (same email address, name or number). Merge with --dedupe.")
    if preview.twins:
        rows = plural(preview.twins, "row matches another", "rows match others")
        warn(f"{rows} in this file (same email address, name or number). Merge with --dedupe.")
    if preview.looks_like and preview.looks_like != preview.kind:
        warn(f"This file looks like {preview.looks_like}. Use planner import {preview.looks_like} FILE.")
    if args.json:
        return emit(as_object(preview, dry_run=args.dry_run))
    if args.dry_run:
        return print_lines("This was a dry run. Nothing was changed.")
    if not preview.made and not preview.changed:
        return print_lines("Nothing new in this file. Nothing was changed.")
    return print_lines("Imported. Undo it with `planner undo`.")


def _show(preview: Preview) -> None:
    reading, file = preview.reading, preview.file
    print_lines(f"{file.name}: {', '.join(how_written(preview))}")
    columns = ", ".join(
        f"{name} ← {(' + ' if name in reading.joined else ' or ').join(names)}"
        for name, names in reading.columns.items()
    )
    if not isinstance(file, TableFile) or file.kind != CALENDAR_TASKS:
        print_line("columns", columns)
    if reading.ignored:
        more = f" and {len(reading.ignored) - 12} more" if len(reading.ignored) > 12 else ""
        print_line("not used", ", ".join(reading.ignored[:12]) + more)
    if preview.matching != reading.rows:
        print_line("rows matched", f"{preview.matching:,}")
    for name, words in reading.words.items():
        for (theirs, ours), count in sorted(words.met.items(), key=lambda pair: -pair[1]):
            print_line(name, f"{count:>6,}  {theirs} → {word_shown(name, ours) if ours else _describe_unknown(name)}")
    print_sample(preview)
    print_line("imports", made_text(preview))
    if preview.kind == "tasks" and preview.counts:
        print_line("tasks", task_states_text(preview))
    if preview.days is not None:
        first, last = preview.days
        span = (
            formats.dated_text(first) if first == last else f"{formats.dated_text(first)} to {formats.dated_text(last)}"
        )
        if preview.kind == "deals":
            won = plural(preview.counts.get("won", 0), "won deal", "won deals")
            print_line("revenue", f"{formats.amount(preview.booked)} from {won}")
        print_line("dates", span)
    print_skipped(preview.skipped)
    sys.stdout.flush()


def _describe_unknown(name: str) -> str:
    """Say what happens to a value with no meaning here."""
    return {
        "outcome": "call without an outcome  (change it with --value)",
        "stage": "conversation  (not recognized, change it with --value)",
        "kind": "no kind  (not recognized)",
        "direction": "outgoing  (not recognized, change it with --value)",
        "status": "open  (not recognized, change it with --value)",
        "priority": "no priority  (not recognized, change it with --value)",
    }[name]


def as_object(preview: Preview, *, dry_run: bool) -> dict[str, object]:
    """The preview of `import --json`."""
    reading, file = preview.reading, preview.file
    return {
        "file": file.name,
        "kind": preview.kind,
        "dry_run": dry_run,
        "encoding": file.encoding,
        "delimiter": file.delimiter or None,
        "holds": file.kind if isinstance(file, TableFile) else "CSV",
        "dates": dict(reading.dates),
        "duration": reading.duration,
        "columns": {name: list(names) for name, names in reading.columns.items()},
        "not_used": list(reading.ignored),
        "values": {
            name: [{"theirs": theirs, "ours": ours, "rows": count} for (theirs, ours), count in words.met.items()]
            for name, words in reading.words.items()
            if words.met
        },
        "rows": reading.rows,
        "matching": preview.matching,
        "made": preview.made,
        "changed": preview.changed,
        "same": preview.same,
        "skipped": [{"why": why, "rows": len(lines), "lines": lines} for why, lines in preview.skipped.items()],
        "new_contacts": preview.new_contacts,
        "new_companies": preview.new_companies,
        "counts": preview.counts,
        "booked": money(preview.booked),
        "from": None if preview.days is None else preview.days[0].isoformat(),
        "to": None if preview.days is None else preview.days[1].isoformat(),
        "notices": reading.notices,
    }
