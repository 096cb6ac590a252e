"""Imports contacts, calls, deals, tasks and events from other programs, all or nothing and undone as one change."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from planner import content
from planner.domain.calls.activity_log import Activity
from planner.domain.clients.deals import Deal, Stage
from planner.domain.clients.people import Contact
from planner.domain.errors import InputError, StateError
from planner.domain.text import plural
from planner.exchange.transfer import csv_file, links, table_file
from planner.exchange.transfer.csv_file import Table as Table
from planner.exchange.transfer.csv_file import TableFile as TableFile
from planner.exchange.transfer.dates import ORDER_WORDS as ORDER_WORDS
from planner.exchange.transfer.readers import READERS, check_wanted, looks_like
from planner.exchange.transfer.records import FIELDS as FIELDS
from planner.exchange.transfer.records import OURS as OURS
from planner.exchange.transfer.records import Reading, Record
from planner.exchange.transfer.records import Wanted as Wanted
from planner.exchange.transfer.records import word_shown as word_shown
from planner.exchange.transfer.records import word_typed as word_typed
from planner.exchange.transfer.row_reader import RowReader
from planner.exchange.transfer.values import DOLLAR_SIGN, DOLLARS, currency_name
from planner.services.calls.activity_log import numbering
from planner.services.context import AppContext
from planner.services.plan.calendar import OwnCalendar
from planner.services.progress import Progress, ignore
from planner.services.safety import encryption
from planner.services.transfer import calendar_tasks
from planner.services.transfer.event_imports import EventBook
from planner.services.transfer.import_preview import Preview
from planner.services.transfer.task_imports import TaskBook
from planner.store import search
from planner.store.transfer.imports import CONTACT_FIELDS, Batch
from planner.store.transfer.references import Known, as_text

KINDS = ("contacts", "calls", "deals", "tasks", "events")
ALL_KINDS = (*KINDS, "activities")
_SINGULAR = {
    "contacts": "contact", "calls": "call", "deals": "deal", "activities": "activity", "tasks": "task",
    "events": "event",
}  # fmt: skip
_TABLES = {**_SINGULAR, "calls": "activity"}
if TYPE_CHECKING:
    from planner.store.database import WriteTransaction


def run(
    ctx: AppContext,
    kind: str,
    path: str,
    wanted: Wanted,
    *,
    encoding: str | None = None,
    sheet: str | None = None,
    dedupe: bool = False,
    dry_run: bool = False,
    show: Callable[[Preview], None] | None = None,
    progress: Progress | None = None,
) -> Preview:
    """Import the rows of a file as one change. `dry_run` only previews.

    `show` gets the preview before anything is written. Raises FileRefused with the line for unreadable data, and
    InputError for an unknown field or word. Nothing is changed then.
    """
    encryption.refuse_sealed(path, f"import {kind}")
    check_wanted(kind, wanted)
    with _without_gc():
        shipped = content.load("imports")
        told: list[str] = []
        file: Table
        if kind == "tasks" and calendar_tasks.is_calendar(path):
            file, whole = calendar_tasks.read(path, encoding, ctx.today(), told)
        else:
            whole = ""
            fits = lambda header: READERS[kind].fits(header, shipped, wanted)  # noqa: E731 - of this kind
            file = table_file.read(path, kind, encoding, sheet, fits)
        for column, other in wanted.links.items():
            file, notices = links.link(file, column, other, shipped)
            told += notices
        return _run(ctx, kind, file, shipped, wanted, dedupe, dry_run, show, progress, told, whole=whole)


@contextmanager
def _without_gc() -> Iterator[None]:
    """Pause garbage collection. Fifty thousand rows make a million objects that all live until the end."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _run(
    ctx: AppContext,
    kind: str,
    file: Table,
    shipped: Mapping[str, Any],
    wanted: Wanted,
    dedupe: bool,
    dry_run: bool,
    show: Callable[[Preview], None] | None,
    progress: Progress | None,
    told: Sequence[str],
    *,
    whole: str = "",
) -> Preview:
    tell = progress or ignore
    reader = READERS[kind](file, shipped, wanted, ctx.now(), lambda done: tell("reading", done, 0))
    preview = Preview(kind, reader.scan(), looks_like(file, shipped, kind) if kind in KINDS else "", whole=whole)
    if preview.reading.rows and not preview.matching:
        raise StateError(_no_match(preview.reading, wanted))
    _check_currency(ctx, preview)
    rows = Rows(reader, told, dedupe, tell)
    if dry_run and not ctx.database.exists():
        _resolve_in_memory(ctx, preview, rows)
    elif dry_run:
        with closing(ctx.database.raw()) as handle:
            handle.execute("BEGIN")
            _resolve(ctx, Batch(handle, 0, home=numbering(ctx)), preview, rows)
            handle.execute("ROLLBACK")
    else:
        _take_in(ctx, preview, rows, show)
        return preview
    if show is not None:
        show(preview)
    return preview


READ_AHEAD = 20_000


@dataclass
class Rows:
    """The rows of a file that are to be compared with the database, and how."""

    reader: RowReader[Any]
    told: Sequence[str]
    dedupe: bool
    tell: Progress

    def __post_init__(self) -> None:
        self.records = self.reader.records()

    def read_ahead(self) -> None:
        """Read what fits into memory, so that a file of usual size is read before the database is locked."""
        ahead = deque(islice(self.records, READ_AHEAD))
        self.records = chain(_drained(ahead), self.records)


def _drained(records: deque[Record[Any]]) -> Iterator[Record[Any]]:
    """Yield records, which are then forgotten."""
    while records:
        yield records.popleft()


def _take_in(ctx: AppContext, preview: Preview, rows: Rows, show: Callable[[Preview], None] | None) -> None:
    rows.read_ahead()
    with ctx.database.write("import") as change:
        # fifty thousand rows exceed SQLite's default page cache, which would be written and reread repeatedly
        change.execute("PRAGMA cache_size=-131072")
        batch = Batch(change.connection, int(ctx.clock.timestamp()), change, numbering(ctx))
        book = _resolve(ctx, batch, preview, rows)
        if show is not None:
            show(preview)
        batch.write(lambda done: rows.tell("writing", done, 0))
        if book is not None:
            book.write(change, batch.now, OwnCalendar(ctx, change))
        _chances(ctx, change, batch.contracts())
        if not search.waits(change.connection, search.MUCH):
            search.bring_up(change.connection)  # more is indexed beside the screen or at the next search
        done = preview.made + preview.changed
        word = _SINGULAR[preview.kind] if done == 1 else preview.kind
        change.label = f"imported {done:,} {word} from {preview.file.name}"


MOST_CHANCES = 200
# the fields of a contact in our own exports
EXPORTED = (*CONTACT_FIELDS, "name", "company")


def _chances(ctx: AppContext, change: WriteTransaction, contact_ids: list[int]) -> None:
    """Add the tasks for competitors' contracts that end, or beyond `MOST_CHANCES` a notice about the filter."""
    if not contact_ids:
        return
    if len(contact_ids) > MOST_CHANCES:
        ctx.notice(
            f"{len(contact_ids):,} contacts have a contract end date, too many to add a task for each. See the "
            "next ones with `planner contact list --filter contract:90`."
        )
        return
    from planner.services.clients import care
    from planner.store.clients import people

    for contact in people.load(change, contact_ids):
        care.chance(ctx, change, contact)


def _resolve_in_memory(ctx: AppContext, preview: Preview, rows: Rows) -> None:
    """Resolve a dry run without a database against an empty one."""
    import sqlite3

    from planner.store.connection import schema_script

    with closing(sqlite3.connect(":memory:")) as handle:
        handle.executescript(schema_script())
        _resolve(ctx, Batch(handle, 0), preview, rows)


def _no_match(reading: Reading[Any], wanted: Wanted) -> str:
    """Return the message for a `--where` that matches no row."""
    from planner.exchange.transfer.columns import column

    asked = " and ".join(f"{name}={value}" for name, value in wanted.where)
    name = wanted.where[0][0]
    index = column(reading.file.header, name)
    values = sorted({row.cells[index].strip() for row in reading.file.rows()} - {""})
    there = ", ".join(values[:8]) + (f" and {len(values) - 8:,} more" if len(values) > 8 else "")
    return f"No row of {reading.file.name} has {asked}. Values of {name}: {there}. Nothing was changed."


def _check_currency(ctx: AppContext, preview: Preview) -> None:
    """Refuse amounts in a currency other than the database's. A dollar sign may mean any dollar."""
    theirs = preview.reading.currency
    if not theirs or not ctx.database.exists():
        return
    from planner.store.plan import plan

    with ctx.database.read() as reads:
        ours = plan.currency(reads)
    if ours is None or ours == theirs or (theirs == DOLLAR_SIGN and ours in DOLLARS):
        return
    raise StateError(
        f"The amounts in {preview.file.name} are in {currency_name(theirs)}, and your database is in {ours}. "
        "Nothing was changed. A database has one currency."
    )


def _say_whose(reading: Reading[Any], wanted: Wanted) -> None:
    """Explain how to import only the rep's rows if the file has those of several people and no filter was given."""
    names = reading.columns.get("caller") or reading.columns.get("owner")
    if not names or len(reading.whose) < 2 or any(name.casefold() == names[0].casefold() for name, _ in wanted.where):
        return
    most = max(reading.whose, key=lambda name: reading.whose[name])
    reading.notices.append(
        f'The rows belong to {len(reading.whose)} people. Import only yours with --where "{names[0]}={most}".'
    )


Take = Callable[[Batch, Preview, Record[Any], Known | None, bool], int | None]
Book = TaskBook | EventBook


def _resolve(ctx: AppContext, batch: Batch, preview: Preview, rows: Rows) -> Book | None:
    """Compare every record with the database, and add new or changed ones to the batch, or to the book that is returned
    for what isn't written in bulk.
    """
    reading = preview.reading
    book: Book | None = None
    if preview.kind == "tasks":
        book = TaskBook(batch.handle, batch, ctx.today(), reading)
    elif preview.kind == "events":
        book = EventBook(batch.handle, batch, reading)
    for number, record in enumerate(rows.records):
        if number % 1000 == 0:
            rows.tell("matching", number, preview.matching)
        try:
            _resolve_one(batch, preview, record, rows.dedupe, book)
        except InputError as problem:
            sentence = f"{preview.file.name}, line {record.line}: {str(problem).rstrip('.')}. Nothing was changed."
            raise csv_file.FileRefused(sentence) from problem
    if book is not None:
        book.finish(preview)
    preview.skipped = _joined(reading.skipped, preview.skipped)
    reading.notices += rows.told
    _say_whose(reading, rows.reader.wanted)
    if unknown := batch.name_referrers():
        who = plural(unknown, "contact names", "contacts name")
        reading.notices.append(f"{who} a referrer who isn't in planner, or isn't the only one of that name.")
    preview.new_contacts, preview.new_companies = batch.count("contact"), batch.new_companies()
    _say_unsettled(batch, preview)
    return book


def take_tasks(ctx: AppContext, file: TableFile, change: WriteTransaction | None = None, *, whole: str = "") -> Preview:
    """Take in the tasks of a calendar as part of a change, or only preview them without one."""
    reader = READERS["tasks"](file, content.load("imports"), Wanted(), ctx.now(), lambda done: None)
    preview = Preview("tasks", reader.scan(), whole=whole)
    rows = Rows(reader, (), False, ignore)
    if change is not None:
        batch = Batch(change.connection, int(ctx.clock.timestamp()), change, numbering(ctx))
        book = _resolve(ctx, batch, preview, rows)
        batch.write()
        assert book is not None, "of tasks"
        book.write(change, batch.now, OwnCalendar(ctx, change))
    elif not ctx.database.exists():
        _resolve_in_memory(ctx, preview, rows)
    else:
        with closing(ctx.database.raw()) as handle:
            handle.execute("BEGIN")
            _resolve(ctx, Batch(handle, 0, home=numbering(ctx)), preview, rows)
            handle.execute("ROLLBACK")
    return preview


def _joined(*skipped: Mapping[str, Sequence[int]]) -> dict[str, list[int]]:
    """Return skipped rows by reason, those that couldn't be used first."""
    found: dict[str, list[int]] = {}
    for each in skipped:
        for why, lines in each.items():
            found.setdefault(why, []).extend(lines)
    return found


def _resolve_one(batch: Batch, preview: Preview, record: Record[Any], dedupe: bool, book: Book | None) -> None:
    """Compare a record with the database."""
    kind = "call" if preview.kind == "activities" else _SINGULAR[preview.kind]
    line = batch.first_line(record.ref, record.line)
    if line is not None:
        preview.skip(f"same ID as line {line}", record.line)
        return
    before = batch.known(kind, _TABLES[preview.kind], record.ref)
    if before is not None and not before.stands:
        preview.skip("imported before and deleted here since", record.line)
    elif before is not None and before.read == as_text(record.read):
        preview.same += 1
        if isinstance(book, TaskBook):
            book.note_same(record.ref)
    elif book is not None:
        book.take(batch, preview, record, before, dedupe)
    else:
        row_id = _TAKE[kind](batch, preview, record, before, dedupe)
        if row_id is not None:
            batch.remember(kind, record.ref, record.read, row_id, before)


NAMED = 5  # names of ambiguous contacts listed in a preview


def _say_unsettled(batch: Batch, preview: Preview) -> None:
    """Add a notice about names that fit several contacts, so none of them was matched."""
    found = batch.people.unsettled
    if not found:
        return
    names = [f"{name} (ids {', '.join(str(key) for key in ids[:NAMED])})" for name, ids in list(found.items())[:NAMED]]
    more = f" and {len(found) - NAMED:,} more" if len(found) > NAMED else ""
    said = (
        f"{plural(len(found), 'name matches', 'names match')} several contacts, so each is imported as a new one: "
        f"{', '.join(names)}{more}. Merge them afterwards with `planner contact duplicates`."
    )
    if said not in preview.reading.notices:
        preview.reading.notices.append(said)


def _contact(batch: Batch, preview: Preview, record: Record[Contact], before: Known | None, dedupe: bool) -> int | None:
    contact = record.value
    own = batch.people.by_uid(record.uid) if before is None else None
    if own is not None:  # from our own export: the file's values win, where it has a column for them
        changed = batch.merge(own, contact, {"name", *preview.reading.columns} & {*EXPORTED})
        preview.changed += changed
        preview.same += not changed
        return own if changed else None
    if before is not None:
        changed = batch.merge(before.row_id, contact, before.changed_names(record.read))
        preview.changed += changed
        preview.same += not changed
        return before.row_id
    same = batch.people.find_same(contact, company_only=record.company_only)
    join = dedupe
    if same is not None and not _has_name(contact):
        branch = batch.branch(contact)
        if any(each is not None and batch.knows(each, contact) for each in (same, branch)):
            preview.skip("no name, and matches a contact you already have", record.line)
            return None
        same, join = branch, dedupe or (branch is not None and batch.is_new(branch))
    if same is not None and join:
        if batch.merge(same, contact):
            preview.changed += 1
        else:
            preview.same += 1
        return same
    if same is not None and batch.is_new(same):
        preview.twins += 1
    elif same is not None:
        preview.lookalikes += 1
    preview.made += 1
    return batch.contact(contact)


def _has_name(contact: Contact) -> bool:
    """Return whether a contact has a name besides its company, address or number."""
    others = {contact.company, *(way.value for way in (*contact.emails, *contact.phones))}
    return contact.name not in others


def _call(batch: Batch, preview: Preview, record: Record[Activity], before: Known | None, dedupe: bool) -> int | None:
    def who() -> int | None:
        return batch.find_or_create(record.who, company_only=record.company_only)

    entry = record.value
    if before is None and batch.has_activity(record.uid):  # from our own export
        preview.same += 1
        return None
    preview.count(entry.kind if entry.outcome is None else entry.outcome)
    preview.span(entry.moment.date())
    if before is not None:
        preview.changed += 1
        batch.edit_activity(before.row_id, entry, before.changed_names(record.read), who)
        return before.row_id
    preview.made += 1
    return batch.activity(entry, who())


def _deal(batch: Batch, preview: Preview, record: Record[Deal], before: Known | None, dedupe: bool) -> int | None:
    def who() -> tuple[int | None, int | None]:
        company = None if record.who is None else record.who.company
        contact_id = batch.find_or_create(record.who, company_only=record.company_only)
        return contact_id, None if company is None else batch.company(company)

    deal = record.value
    here = batch.own_deal(record.uid, deal)  # in a file that we exported
    if before is not None:
        here = before.row_id, before.changed_names(record.read)
    if here is not None and not here[1]:
        preview.same += 1
        return None
    preview.count(deal.stage.value)
    if deal.stage is Stage.WON and deal.closed is not None:
        preview.booked += deal.value or 0
        preview.span(deal.closed)
    if here is not None:
        preview.changed += 1
        row_id, news = here
        left = batch.edit_deal(row_id, deal, news, who)
        if left:
            preview.skip(left, record.line)
        return row_id
    preview.made += 1
    return batch.deal(deal, *who())


_TAKE: Mapping[str, Callable[[Batch, Preview, Record[Any], Known | None, bool], int | None]] = {
    "contact": _contact,
    "call": _call,
    "deal": _deal,
}


def peek_columns(kind: str, path: str, encoding: str | None = None) -> Table | None:
    """Return a refused file with its columns, so that the rep can name them, or None if it isn't a table."""
    try:
        return table_file.read(path, kind, encoding)
    except csv_file.FileRefused:
        return None
