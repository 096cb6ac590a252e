"""`planner contact`: the people the rep calls."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from planner.cli.clients import complaint, deal, promise
from planner.cli.shared import rows as shared_rows
from planner.cli.shared.common import Group, add_fields, emit, given_fields, print_lines, warn, whole_number
from planner.domain import fields, formats
from planner.domain.clients import client_filter as client_rules
from planner.domain.clients import promises as promise_rules
from planner.domain.clients.contact_cadence import Zone
from planner.domain.clients.people import FIELDS, TEXTS, Contact, ContactLine
from planner.domain.clients.special_days import day_text
from planner.domain.errors import InputError, KnownAlready
from planner.domain.text import plural
from planner.domain.typed import zones
from planner.services.clients import client_list
from planner.services.clients import duplicates as doubles
from planner.services.clients import people as service
from planner.services.day import today_store

if TYPE_CHECKING:
    from planner.services.clients.client_list import Clients
    from planner.services.clients.dossier import Dossier, Event, NextStep
    from planner.services.context import AppContext

NO_CONTACTS = "No contacts yet. Add one: planner contact add NAME"
FILTER_EXAMPLE = "tag:expo city:Berlin step:none"
DUE = {Zone.GREEN: "", Zone.YELLOW: ", due", Zone.RED: ", overdue"}


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("contact")
    parser = group.add("add", add, "add a contact")
    parser.add_argument("name", nargs="+", metavar="NAME")
    _fields(parser)
    parser = group.add("list", list_, "list contacts by name", reads=True)
    parser.add_argument("--tag", default="", metavar="TAG")
    parser.add_argument("--filter", metavar="WORDS|NAME", help=f"such as {FILTER_EXAMPLE!r}, or a filter's name")
    parser.add_argument("--limit", type=whole_number, metavar="N")
    parser = group.add("filter", filter_, "list saved filters; with WORDS, save a filter", reads=True)
    parser.add_argument("name", nargs="?", metavar="NAME")
    parser.add_argument("words", nargs="*", metavar="WORDS", help=f"such as {FILTER_EXAMPLE}")
    parser.add_argument("--drop", action="store_true", help="delete the filter")
    parser = group.add("find", find, "find contacts by name, company, phone, email or notes", reads=True)
    parser.add_argument("text", nargs="+", metavar="TEXT")
    parser.add_argument("--limit", type=whole_number, metavar="N")
    parser = group.add("show", show, "show a contact with deals, promises and history", reads=True)
    parser.add_argument("contact", metavar="WHO")
    parser = group.add("edit", edit, "edit a contact; `none` clears a field")
    parser.add_argument("contact", metavar="WHO")
    parser.add_argument("--name", metavar="TEXT")
    _fields(parser)
    parser = group.add("drop", drop, "delete contacts; their log stays, without a name")
    parser.add_argument("contact", nargs="+", metavar="WHO")
    parser = group.add("duplicates", duplicates, "list contacts that may be duplicates, most certain first", reads=True)
    parser.add_argument("--sure", action="store_true", help="only certain duplicates")
    parser.add_argument("--limit", type=whole_number, default=50, metavar="N")
    parser = group.add("merge", merge, "merge the second contact into the first")
    parser.add_argument("keep", nargs="?", metavar="WHO")
    parser.add_argument("other", nargs="?", metavar="WHO")
    parser.add_argument("--all-sure", action="store_true", help="merge all certain duplicates, as one change")
    parser.add_argument("--dry-run", action="store_true", help="with --all-sure, only show what would be merged")
    parser.add_argument(
        "--take", action="append", default=[], metavar="FIELD", help="use the second contact's value for FIELD"
    )
    parser = group.add("forget", forget, "erase a contact for good, including from the history")
    parser.add_argument("contact", metavar="WHO")
    parser.add_argument("--yes", action="store_true", help="confirm that this can't be undone")


def duplicates(args: argparse.Namespace, ctx: AppContext) -> int:
    found = doubles.find(ctx, sure=args.sure)
    shown = found[: max(0, args.limit)]
    if args.json:
        return emit(
            [
                {
                    "first": each.first.id,
                    "second": each.second.id,
                    "names": [each.first.name, each.second.name],
                    "same": each.pair.same,
                    "bits": round(each.pair.bits, 1),
                    "reasons": list(each.pair.reasons),
                }
                for each in shown
            ]
        )
    if not found:
        return print_lines("No duplicates found.")
    for each in shown:
        word = "certain " if each.pair.same else "possible"
        print_lines(
            f"{word}  {_format_name(each.first)}  =  {_format_name(each.second)}   ({', '.join(each.pair.reasons)})"
        )
    if len(found) > len(shown):
        print_lines(f"and {len(found) - len(shown):,} more. Use --limit to see them.")
    return print_lines("To merge two: planner contact merge ID ID. To undo: planner undo")


def _format_name(contact: Contact) -> str:
    return f"{contact.id}: {contact.name}" + (f", {contact.company}" if contact.company else "")


def merge(args: argparse.Namespace, ctx: AppContext) -> int:
    if args.all_sure:
        if args.keep or args.take:
            raise InputError("Use --all-sure without contacts or --take: it merges all certain duplicates.")
        if args.dry_run:
            for each in (certain := doubles.find(ctx, sure=True)):
                why = ", ".join(each.pair.reasons)
                print_lines(
                    f"Would merge contact {_format_name(each.second)} into contact {_format_name(each.first)}  ({why})"
                )
            return 0 if certain else print_lines("No certain duplicates found.")
        done = doubles.merge_sure(ctx)
        for gone, into in done:
            print_lines(f"Merged contact {_format_name(gone)} into {_format_name(into)}")
        return 0 if done else print_lines("No certain duplicates found.")
    if args.dry_run:
        raise InputError("Use --dry-run with --all-sure.")
    if args.keep is None or args.other is None:
        raise InputError("Name two contacts, the one to keep first. Or use --all-sure to merge all certain duplicates.")
    found = doubles.merge(ctx, args.keep, args.other, take=args.take)
    return print_lines(f"Merged into contact {found.id}: {found.name}")


def _fields(parser: argparse.ArgumentParser) -> None:
    add_fields(parser, FIELDS)
    parser.add_argument(
        "--anyway", action="store_true", help="add it even if another contact has that number or address"
    )


def _given_fields(args: argparse.Namespace, ctx: AppContext) -> dict[str, Any]:
    found = given_fields(args, FIELDS, ctx)
    if "consent" in found and not found["consent"]:
        found.setdefault("mailing", "")  # no consent, no email updates
    return found


def add(args: argparse.Namespace, ctx: AppContext) -> int:
    with _known_said():
        contact = service.add(ctx, " ".join(args.name), _given_fields(args, ctx), force=args.anyway)
    return print_lines(f"Contact {contact.id}: {sentence(contact)}")


@contextmanager
def _known_said() -> Iterator[None]:
    """Add a hint about `--anyway` when another contact already has the number or address."""
    try:
        yield
    except KnownAlready as problem:
        raise KnownAlready(f"{problem} To save it anyway, add --anyway.") from problem


def edit(args: argparse.Namespace, ctx: AppContext) -> int:
    changes = _given_fields(args, ctx)
    if args.name is not None:
        changes["name"] = args.name
    if not changes:
        raise InputError("Nothing to change. See `planner contact edit --help`.")
    with _known_said():
        contact = service.edit(ctx, args.contact, changes, force=args.anyway)
    return print_lines(f"Contact {contact.id}: {sentence(contact)}")


def list_(args: argparse.Namespace, ctx: AppContext) -> int:
    if args.filter is not None:
        with _clients(ctx) as clients:
            known = {former: client_rules.SHIPPED[name] for name, former in client_rules.FORMERLY.items()}
            known |= {each.name.casefold(): each.words for each in clients.filters()}
            words = known.get(args.filter.strip().casefold(), args.filter)
            ids = clients.find(client_rules.parse_filter(words + (f' tag:"{args.tag}"' if args.tag else "")))
        return _print(service.by_ids(ctx, ids[: args.limit]), args, ctx, f"No contacts match {words!r}.")
    if args.tag or args.json:
        found = service.list_contacts(ctx, tag=args.tag, limit=args.limit)
        nothing = f"No contacts with the tag {args.tag!r}."
        return _print(found, args, ctx, nothing if args.tag else NO_CONTACTS)
    return _print_lines(service.list_lines(ctx, args.limit), ctx, NO_CONTACTS)


@contextmanager
def _clients(ctx: AppContext) -> Iterator[Clients]:
    """The client list on a live connection, closed afterwards."""
    with closing(today_store.TodayStore(ctx)) as shown:
        yield client_list.Clients(ctx, shown)


def filter_(args: argparse.Namespace, ctx: AppContext) -> int:
    with _clients(ctx) as clients:
        if args.drop:
            if args.name is None or args.words:
                raise InputError("Name the filter to delete: planner contact filter NAME --drop")
            return print_lines(f"Deleted filter {clients.drop(args.name).name}")
        if args.words:
            kept = clients.save(args.name, " ".join(args.words))
            return print_lines(f"Filter {kept.name}: {kept.words}")
        found = clients.filters() if args.name is None else [clients.get_filter(args.name)]
    if args.json:
        names = client_rules.FORMERLY
        return emit(
            [
                {
                    "name": names.get(each.name, each.name) if not each.own else each.name,
                    "words": each.words,
                    "own": each.own,
                }
                for each in found
            ]
        )
    for each in found:
        print_lines(f"{each.name:<28}  {each.words or '(all contacts)'}")
    return 0


def find(args: argparse.Namespace, ctx: AppContext) -> int:
    text = " ".join(args.text)
    with _clients(ctx) as clients:
        ids = clients.find(client_rules.ClientFilter(text=text))
    # the slower fallback also finds text in the middle of a word
    rows = service.by_ids(ctx, ids[: args.limit]) or service.list_contacts(ctx, text=text, limit=args.limit)
    return _print(rows, args, ctx, f"No contacts match {text!r}.")


def _print(rows: list[service.Listed], args: argparse.Namespace, ctx: AppContext, nothing: str) -> int:
    if args.json:
        return emit([as_object(row.contact, row.next_step) for row in rows])
    return _print_lines([(row.contact.line, row.next_step) for row in rows], ctx, nothing)


def _print_lines(rows: Sequence[tuple[ContactLine, NextStep | None]], ctx: AppContext, nothing: str) -> int:
    """Print contacts, one a line."""
    found = []
    for line, step in rows:
        following = ""
        if step is not None:
            following = f"  → {step.text}" + (f" ({formats.when_text(step.due, ctx.today())})" if step.due else "")
        found.append(f"{line.id:>5}  {_sentence(line, line.company)}{following}")
    return print_lines("\n".join(found) if found else nothing)


def show(args: argparse.Namespace, ctx: AppContext) -> int:
    found = service.show(ctx, args.contact)
    contact = found.contact
    if args.json:
        return emit(_dossier_object(found, ctx))
    print_lines(f"{contact.id:>5}  {sentence(contact)}")
    for name, text in [*_details(contact), *_context_rows(found, ctx)]:
        print_lines(f"       {name}: {text}")
    for row in found.promises:
        print_lines(f"       promise {row.id}: {shared_rows.promise_sentence(row, ctx.now(), named=False)}")
    for task in found.tasks:
        print_lines(
            f"       task {task.id}: {task.title}"
            + (f"  {formats.when_text(task.due, ctx.today())}" if task.due else "")
        )
    for one in found.deals:
        print_lines(f"       deal {one.id}: {deal.sentence(one, ctx.today(), named=False)}")
    for each in found.complaints:
        print_lines(f"       complaint {each.id}: {complaint.sentence(each, ctx.now(), named=False)}")
    for meeting in found.meetings:
        print_lines(f"       meeting {meeting.id}: {meeting.span}  {meeting.state(ctx.now())}")
    for event in found.history:
        print_lines("       " + "  ".join(part for part in (*happened(event, ctx), event.line(ctx.today())) if part))
    return 0


def happened(event: Event, ctx: AppContext) -> tuple[str, str]:
    """Format when an event was and what it was."""
    kind = {"dial": "call", "opened": "new deal", "lost": "deal lost", "email in": "email received"}
    when = formats.when_text(event.at, ctx.today())
    return f"{when:<16}", kind.get(event.kind, event.kind.replace("-", " "))


def _dossier_object(found: Dossier, ctx: AppContext) -> dict[str, object]:
    """A contact of `contact show --json`."""
    contact, touch = found.contact, found.touch
    there = zones.to_zone(ctx.now(), contact.zone) if contact.zone else None
    return as_object(contact, found.next_step) | {
        "promises": [promise.as_object(row) for row in found.promises],
        "tasks": [
            {"id": task.id, "title": task.title, "due": None if task.due is None else str(task.due)}
            for task in found.tasks
        ],
        "deals": [deal.as_object(row) for row in found.deals],
        "complaints": [complaint.as_object(row) for row in found.complaints],
        "local_time": None if there is None else f"{there:%Y-%m-%dT%H:%M}",
        "touch": None
        if touch is None
        else {
            "zone": touch.zone.value,
            "last": None if touch.last is None else touch.last.isoformat(),
            "rhythm": touch.rhythm,
            "due": touch.due.isoformat(),
        },
        "referred": [{"id": row.id, "name": row.name} for row in found.referred],
        "history": [{"at": event.at, "kind": event.kind, "text": event.line()} for event in found.history],
        "meetings": [
            {"id": one.id, "start": f"{one.start:%Y-%m-%dT%H:%M}", "state": one.state(ctx.now())}
            for one in found.meetings
        ],
        "log": [shared_rows.activity_object(row) for row in found.log],
    }


# `contact show` gives these first, under names of its own; every other text follows under its label
_DETAILS = {
    "do_not_call": "do not call", "phones": "phone", "emails": "email", "kind": "kind", "need": "need",
    "decides": "decision-maker", "source": "source", "supplier": "supplier", "supplier_until": "contract ends",
    "supplier_weak": "weak points", "city": "city", "birthday": "birthday", "dates": "dates",
    "languages": "languages", "preferences": "preferences", "tier": "tier", "tags": "tags",
    "referrer": "referred by", "mailing": "email updates",
}  # fmt: skip


def _details(contact: Contact) -> list[tuple[str, str]]:
    phones = [
        way.value + (f" ({way.label})" if way.label else "") + (" (wrong)" if way.wrong else "")
        for way in contact.phones
    ]
    special = {
        "phones": ", ".join(phones),
        "emails": ", ".join(way.value for way in contact.emails),
        "dates": ", ".join(f"{day_text(day)} {what}" for day, what in contact.dates),
        "birthday": day_text(contact.birthday) if contact.birthday else "",
        "supplier_until": formats.dated_text(contact.supplier_until) if contact.supplier_until else "",
        "referrer": contact.referrer or "",
        "mailing": contact.mailings,
    }
    known = {field.name: field for field in FIELDS}
    names = _DETAILS | {name: known[name].label.lower() for name in TEXTS if name not in (*_DETAILS, "role")}
    rows = [(label, special.get(name) or known[name].full_text(contact)) for name, label in names.items()]
    return [(label, text) for label, text in rows if text]


def _context_rows(found: Dossier, ctx: AppContext) -> list[tuple[str, str]]:
    """A contact's context: local time, touch, colleagues, referrals, how well promises were kept."""
    rows = [("time zone", _zone(found.contact, ctx))]
    if found.touch is not None:
        days = found.touch.days(ctx.today())
        last = "none yet" if days is None else "today" if not days else f"{plural(days, 'day', 'days')} ago"
        rows.append(
            ("last contact", f"{last}, every {plural(found.touch.rhythm, 'day', 'days')}{DUE[found.touch.zone]}")
        )
    rows.append(("colleagues", ", ".join(f"{row.name} ({row.id})" for row in found.colleagues)))
    rows.append(("referred", ", ".join(f"{row.name} ({row.id})" for row in found.referred)))
    rate = promise_rules.kept_rate(found.promises)
    if rate is not None:
        rows.append(("promises", rate.words()))
    return [(name, text) for name, text in rows if text]


def _zone(contact: Contact, ctx: AppContext) -> str:
    clock = zones.clock(ctx.now(), contact.zone)
    return f"{contact.zone}, now {clock}" if clock else contact.zone


def drop(args: argparse.Namespace, ctx: AppContext) -> int:
    for contact in service.drop(ctx, *args.contact):
        print_lines(f"Deleted contact {contact.id}: {sentence(contact)}")
    return 0


def forget(args: argparse.Namespace, ctx: AppContext) -> int:
    done = service.forget(ctx, args.contact, consent=args.yes)
    changes = f". {plural(done.changes, 'change', 'changes')} can no longer be undone." if done.changes else ""
    print_lines(f"Erased contact {done.id}{changes}")
    if done.backups:
        older = plural(len(done.backups), "older backup", "older backups")
        warn(f"{older} may still contain this contact until replaced:")
        for path in done.backups:
            warn(f"  {path}")
    for path in done.exports:
        warn(f"An earlier export is still there: {path}")
    return 0


def as_object(contact: Contact, step: NextStep | None) -> dict[str, object]:
    """A contact as in `contact list --json`."""
    due = None if step is None or step.due is None else str(step.due)
    following = None if step is None else {"kind": step.kind, "text": step.text, "at": due}
    return fields.as_object(contact, FIELDS) | {"uid": contact.uid, "next_step": following}


def sentence(contact: Contact, *, company: bool = True) -> str:
    """Format a contact as a line, with or without the company."""
    return _sentence(contact.line, (contact.company or "") if company else "")


def _sentence(line: ContactLine, company: str) -> str:
    at = company if company != line.name else ""
    work = f"{line.role}, {at}" if line.role and at else line.role or at
    parts = (line.name, work, line.phone, line.email, "do not call" if line.do_not_call else "")
    return "  ".join([part for part in parts if part])
