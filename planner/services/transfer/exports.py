"""Exports data at the rep's request: CSV, Excel, JSON, vCard. Each is logged (S27)."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

from planner import files
from planner.domain.calls.activity_log import Activity
from planner.domain.clients.deals import FIELDS as DEAL_FIELDS
from planner.domain.clients.deals import Deal
from planner.domain.clients.people import FIELDS as CONTACT_FIELDS
from planner.domain.clients.people import Contact, ContactMethod
from planner.domain.errors import InputError, PlannerError, StateError
from planner.domain.fields import Field, as_object
from planner.domain.text import strip_controls
from planner.exchange.transfer import columns, table_out, vcard_out
from planner.exchange.transfer.table_out import Cell
from planner.services.clients.people import wanted_contact
from planner.services.context import AppContext
from planner.services.progress import Progress, ignore, with_progress
from planner.services.safety import encryption
from planner.services.safety.encryption import ENDING, PassphraseNeeded
from planner.store import activity_log, connection, metadata
from planner.store.clients import complaints, deals, people, promises
from planner.store.database import Database
from planner.store.day import tasks
from planner.store.plan import goals
from planner.store.recorder import Transaction
from planner.store.safety import dump
from planner.store.transfer import exports
from planner.store.transfer.exports import Export as Export

if TYPE_CHECKING:
    from planner.store.recorder import Reads

ENDINGS: dict[str, tuple[str, ...]] = {
    "all": (".json",),
    "contacts": (".csv", ".xlsx", ".json", ".vcf"),
    "contact": (".vcf",),
    "activities": (".csv", ".xlsx", ".json"),
    "deals": (".csv", ".xlsx", ".json"),
    "tasks": (".csv", ".xlsx", ".json"),
}
NOTHING = "There's nothing to export yet."
LARGEST_WHOLE = 2 * 1024**3
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Ready:
    """An export that is prepared but not written yet: its kind, number of rows, and target file."""

    what: str
    rows: int
    path: str
    fill: Callable[[IO[bytes]], None]

    @property
    def sealed(self) -> bool:
        """Return whether the file name asks for a passphrase."""
        return self.path.lower().endswith(ENDING)


def prepare(
    ctx: AppContext,
    what: str,
    path: str,
    *,
    wanted: str = "",
    ids: Sequence[int] | None = None,
    tell: Progress = ignore,
) -> Ready:
    """Prepare an export. `wanted` names a single contact, `ids` are those of a filtered list."""
    if not ctx.database.exists():
        raise StateError(NOTHING)
    day = ctx.today().isoformat()
    if what == "contact":
        with ctx.database.read() as reads:
            contact = wanted_contact(ctx, reads, wanted)
        name = f"{files.slug(contact.name, f'contact-{contact.id}')}.vcf"
        data = vcard_out.write([contact])
        return _prepare(what, 1, files.target(path, name, ENDINGS[what], ENDING), data)
    found = files.target(path, f"{what}-{day}{ENDINGS[what][0]}", ENDINGS[what], ENDING)
    ending = os.path.splitext(found.lower().removesuffix(ENDING))[1]
    if what == "all":
        return _whole(ctx, found)
    with ctx.database.read() as reads:
        if what == "contacts":
            contacts = _contacts(reads, ids, tell)
            if ending == ".vcf":
                cards = vcard_out.write(with_progress(contacts, "writing", len(contacts), tell))
                return _prepare(what, len(contacts), found, cards)
            table = contact_table(contacts)
        elif what == "activities":
            table = activity_table(activity_log.load_all(reads), metadata.get(reads, "uid") or "")
        elif what == "tasks":
            table = _task_table(reads)
        else:
            table = deal_table(deals.query(reads, closed=True), deals.uids(reads))
    header, rows, objects = table
    count = len(rows)
    if ending == ".json":
        return _prepare(what, count, found, table_out.as_json(with_progress(objects, "writing", count, tell)))
    lines = with_progress(rows, "writing", count, tell)
    if ending == ".xlsx":
        return _prepare(what, count, found, table_out.as_workbook(what, header, lines))
    return _prepare(what, count, found, table_out.as_csv(header, lines))


def _contacts(reads: Reads, ids: Sequence[int] | None, tell: Progress) -> list[Contact]:
    """Return the contacts with some ids in their order, or all by name. Reads in batches to report progress."""
    wanted = people.by_name(reads) if ids is None else ids
    found: list[Contact] = []
    for start in range(0, len(wanted), AT_ONCE):
        tell("reading", start, len(wanted))
        part = wanted[start : start + AT_ONCE]
        known = {contact.id: contact for contact in people.load(reads, part)}
        found += [known[key] for key in part if key in known]
    return found


def _prepare(what: str, rows: int, path: str, data: bytes) -> Ready:
    return Ready(what, rows, path, files.writer_of(data))


def _whole(ctx: AppContext, path: str) -> Ready:
    with closing(ctx.database.raw()) as handle:
        count = dump.count(handle)

    def fill(out: IO[bytes]) -> None:
        with closing(ctx.database.raw()) as handle:
            handle.execute("BEGIN")
            dump.write(handle, out, f"{ctx.now():%Y-%m-%dT%H:%M}")
            handle.execute("ROLLBACK")

    return Ready("all", count, path, fill)


def write(ctx: AppContext, ready: Ready, *, force: bool = False, passphrase: str | None = None) -> Ready:
    """Write an export and log it. The file is encrypted with a passphrase if its name says so."""
    if os.path.abspath(ready.path) == os.path.abspath(ctx.path):
        raise InputError("That's the database itself. Choose another file.")
    fill = ready.fill
    if ready.sealed:
        if passphrase is None:
            raise PassphraseNeeded(f"{os.path.basename(ready.path)} will be encrypted, so it needs a passphrase.")
        encryption.check(passphrase)
        # before the database is locked, because stretching the key takes a second
        sealed = BytesIO()
        encryption.encrypted_writer(fill, passphrase)(sealed)
        fill = files.writer_of(sealed.getvalue())
    elif passphrase is not None:
        name = os.path.basename(ready.path)
        raise InputError(f"{name} wouldn't be encrypted. End the name of an encrypted file with {ENDING}.")
    there = os.path.exists(ready.path)
    try:
        with closing(ctx.database.raw()) as handle, Transaction(handle):
            exports.note(handle, _entry(ctx, ready.what, ready.rows, ready.path))
            files.write(ready.path, fill, near=os.path.dirname(ctx.path), force=force)
    except sqlite3.Error as error:
        if not there and os.path.exists(ready.path):
            os.unlink(ready.path)  # an export that can't be logged must not exist
        raise connection.sentence(error, ctx.path) from error
    return ready


def _entry(ctx: AppContext, what: str, rows: int, path: str) -> Export:
    # a name that isn't UTF-8 is logged with its bytes escaped
    named = os.fsencode(os.path.abspath(path)).decode("utf-8", "backslashreplace")
    return Export(int(ctx.clock.timestamp()), what, rows, named)


def note(ctx: AppContext, what: str, rows: int, path: str) -> None:
    """Log an export. Does nothing without a database."""
    if not ctx.database.exists():
        return
    with closing(ctx.database.raw()) as handle:
        try:
            with Transaction(handle):
                exports.note(handle, _entry(ctx, what, rows, path))
        except sqlite3.Error as error:
            raise connection.sentence(error, ctx.path) from error


def log(ctx: AppContext) -> list[Export]:
    """Return the logged exports, newest first."""
    if not ctx.database.exists():
        return []
    with closing(ctx.database.raw()) as handle:
        return exports.list_exports(handle)


def moment(export: Export) -> datetime:
    """Return the local time of an export."""
    return datetime.fromtimestamp(export.at)


# tables: header, rows, and the same data as objects

Table = tuple[list[str], list[list[Cell]], list[dict[str, Any]]]


# fixed column order for readers that go by position; new columns are appended
PLACES = (
    "name", "company", "role", "city", "source", "tags", "kind", "birthday", "languages", "preferences", "supplier",
    "supplier_weak", "supplier_until", "tier", "decides", "need", "consent", "mailing", "rhythm", "dates", "zone",
    "notes", "do_not_call", "referrer",
)  # fmt: skip


def _place(field: Field) -> int:
    return PLACES.index(field.name) if field.name in PLACES else len(PLACES)


def contact_table(contacts: Sequence[Contact]) -> Table:
    """Return contacts under the headers that our own import recognises."""
    phones = max((len(contact.phones) for contact in contacts), default=0)
    emails = max((len(contact.emails) for contact in contacts), default=0)
    shown = sorted((field for field in CONTACT_FIELDS if field.column), key=_place)
    header = [field.column for field in shown]
    for name, count in (("Phone", phones), ("E-mail", emails)):
        for number in range(1, max(1, count) + 1):
            header += [f"{name} {number} - Type", f"{name} {number} - Value"]
    header.append("UID")
    rows = []
    for contact in contacts:
        row: list[Cell] = [
            columns.join_cell(field.kind.show([each]) for each in getattr(contact, field.name))
            if field.kind.separator
            else getattr(contact, field.name) or ""  # by name, since an id means nothing elsewhere
            if field.reference
            else field.plain_text(contact)
            for field in shown
        ]
        for ways, count in ((contact.phones, phones), (contact.emails, emails)):
            for way in [*ways, *[None] * (max(1, count) - len(ways))]:
                row += ["", ""] if way is None else [way.label, way.value]
        rows.append([*row, contact.uid])
    return header, rows, [_contact_object(contact) for contact in contacts]


def _contact_object(contact: Contact) -> dict[str, Any]:
    def ways(found: Sequence[ContactMethod]) -> list[dict[str, Any]]:
        return [{"value": way.value, "label": way.label or None, "wrong": way.wrong} for way in found]

    return as_object(contact, CONTACT_FIELDS) | {
        "uid": contact.uid,
        "phones": ways(contact.phones),
        "emails": ways(contact.emails),
    }


def activity_table(entries: Sequence[Activity], base: str) -> Table:
    """Return the log as a table. `base` is the uid of the database, by which our own import recognizes its rows."""
    header = ["id", "at", "kind", "outcome", "count", "contact", "amount", "minutes", "reason", "note", "uid"]
    objects: list[dict[str, Any]] = [
        {
            "id": entry.id,
            "at": f"{entry.moment:%Y-%m-%dT%H:%M:%S}",
            "kind": entry.kind,
            "outcome": entry.outcome,
            "count": entry.count,
            "contact": entry.contact,
            "amount": None if entry.amount is None else float(entry.amount),
            "minutes": entry.minutes,
            "reason": entry.reason,
            "note": entry.note,
            "uid": f"{base}:{entry.id}",
        }
        for entry in entries
    ]
    return header, [["" if row[name] is None else row[name] for name in header] for row in objects], objects


def deal_table(found: Sequence[Deal], uids: Mapping[int, str]) -> Table:
    """Return all deals as a table, including won and lost ones."""
    objects: list[dict[str, Any]] = [
        {"id": deal.id}
        | {field.column: field.kind.as_json(getattr(deal, field.name)) for field in DEAL_FIELDS}
        | {"uid": uids[deal.id]}
        for deal in found
    ]
    header = list(objects[0]) if objects else ["id", "title"]
    return header, [["" if row[name] is None else row[name] for name in header] for row in objects], objects


def _task_table(reads: Reads) -> Table:
    """Return all tasks as a table, done and dropped ones too. What they are about is named, since an id means nothing
    elsewhere.
    """
    base = metadata.get(reads, "uid") or ""
    names = {
        table: dict(reads.execute(f"SELECT id, {column} FROM {table}").fetchall())
        for table, column in (("goal", "title"), ("contact", "name"), ("deal", "title"))
    }
    objects: list[dict[str, Any]] = [
        {
            "id": task.id,
            "title": task.title,
            "due": None if task.due is None else str(task.due),
            "priority": None if task.priority is None else task.priority.value,
            "state": task.state.value,
            "done_on": None if task.done_on is None else task.done_on.isoformat(),
            "every": task.every,
            "from_done": task.from_done,
            "minutes": task.minutes,
            "tags": list(task.tags),
            "goal": names["goal"].get(task.goal_id),
            "contact": names["contact"].get(task.contact_id),
            "deal": names["deal"].get(task.deal_id),
            "since": task.since.isoformat(),
            "kind": task.kind,
            "uid": f"{base}:{task.id}",
        }
        for task in tasks.query(reads, state=None)
    ]
    header = list(objects[0]) if objects else ["id", "title"]
    rows = [[_task_cell(row[name]) for name in header] for row in objects]
    return header, rows, objects


def _task_cell(value: Any) -> Cell:
    if isinstance(value, list):
        return columns.join_cell(value)
    return ("yes" if value else "") if isinstance(value, bool) else "" if value is None else value


# restoring a full export


def restore_whole(ctx: AppContext, path: str, tick: Callable[[int], None] = lambda done: None) -> int:
    """Fill an empty database from a full export and return the number of rows. Raises StateError if it is invalid."""
    import json

    encryption.refuse_sealed(path, "import all")
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            raise StateError(f"{path} isn't a file.")  # reading a pipe would block
        if os.path.getsize(path) > LARGEST_WHOLE:
            raise StateError(f"{path} is too large for a full export.")
        with open(path, "rb") as file:
            if not dump.looks_like(file.read(400)):
                raise StateError(
                    f"{path} isn't a full export from planner. Make one with planner export all FILE.json."
                )
            file.seek(0)
            found = json.load(file)
    except OSError as error:
        raise StateError(f"{path} can't be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise StateError(f"{path} is incomplete or damaged. Nothing was changed.") from error
    now = int(ctx.clock.timestamp())
    if ctx.database.exists():
        with closing(ctx.database.raw()) as handle:
            dump.check_empty(handle)
    # first into a trial database where everything is read back, then into the rep's own, in one transaction that
    # checks again that it is empty and locks out everybody else
    with files.workplace(os.path.dirname(ctx.path)) as place:
        trial = os.path.join(place, "base.db")
        connection.create(trial, now, like=ctx.path)
        with closing(connection.connect(trial)) as handle:
            dump.read(handle, found, tick)
        _look_through(Database(trial, ctx.clock))
    with closing(ctx.database.raw()) as handle:
        count = dump.read(handle, found, tick)
    ctx.place.uid = None  # the database has the exported uid from now on
    return count


def _look_through(database: Database) -> None:
    """Read everything once through the domain types. Raises StateError for invalid data."""
    try:
        with database.read() as reads:
            contacts = people.query(reads)
            rows = [contacts, deals.query(reads, closed=True), activity_log.load_all(reads)]
            rows += [promises.query(reads, settled=True), complaints.query(reads, checked=True)]
            rows += [tasks.query(reads, state=None), list(goals.load_all(reads).values())]
    except (ValueError, TypeError, KeyError, PlannerError) as error:
        raise StateError(
            f"That export has invalid data ({str(error)[:200].rstrip('.')}). Nothing was changed."
        ) from error
    texts = (each.name + each.notes for each in contacts)
    if any(strip_controls(text, lines=True) != text for text in texts):
        raise StateError("That export has control characters, which planner never writes. Nothing was changed.")
