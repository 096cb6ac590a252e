"""`planner contact`: the people the rep calls."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from planner.cli.clients import complaint, deal, promise
from planner.cli.shared import rows as shared_rows
from planner.cli.shared.common import Group, add_fields, emit, given, say, warn, whole_number
from planner.domain import fields
from planner.domain.clients import client_filter as client_rules
from planner.domain.clients import promises as promise_rules
from planner.domain.clients.people import FIELDS, TEXTS, Contact
from planner.domain.errors import InputError, KnownAlready
from planner.domain.text import many
from planner.domain.typed import zones
from planner.services.clients import client_list
from planner.services.clients import duplicates as doubles
from planner.services.clients import people as service
from planner.services.day import today_store

if TYPE_CHECKING:
    from planner.services.clients.client_list import Clients
    from planner.services.clients.dossier import Dossier, NextStep
    from planner.services.context import AppContext

FILTER_EXAMPLE = "tag:fair city:Berlin step:none"


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("contact")
    parser = group.add("add", add, "add a contact")
    parser.add_argument("name", nargs="+", metavar="NAME")
    _fields(parser)
    parser = group.add("list", list_, "contacts by name", reads=True)
    parser.add_argument("--tag", default="", metavar="TAG")
    parser.add_argument("--filter", metavar="WORDS|NAME", help=f"such as {FILTER_EXAMPLE!r}, or the name of a filter")
    parser.add_argument("--limit", type=whole_number, metavar="N")
    parser = group.add("filter", filter_, "the filters there are; with words, keep them under a name", reads=True)
    parser.add_argument("name", nargs="?", metavar="NAME")
    parser.add_argument("words", nargs="*", metavar="WORDS", help=f"such as {FILTER_EXAMPLE}")
    parser.add_argument("--drop", action="store_true", help="delete the filter")
    parser = group.add("find", find, "contacts in which a text stands: name, company, phone, mail, notes", reads=True)
    parser.add_argument("text", nargs="+", metavar="TEXT")
    parser.add_argument("--limit", type=whole_number, metavar="N")
    parser = group.add("show", show, "one contact with all that hangs on it", reads=True)
    parser.add_argument("contact", metavar="WHO")
    parser = group.add("edit", edit, "change a contact; `none` clears a field")
    parser.add_argument("contact", metavar="WHO")
    parser.add_argument("--name", metavar="TEXT")
    _fields(parser)
    parser = group.add("drop", drop, "delete contacts; what was logged with them stays, without a name")
    parser.add_argument("contact", nargs="+", metavar="WHO")
    parser = group.add("duplicates", duplicates, "contacts that may be the same, the surest first", reads=True)
    parser.add_argument("--sure", action="store_true", help="only those that are offered as the same")
    parser.add_argument("--limit", type=whole_number, default=50, metavar="N")
    parser = group.add("merge", merge, "make one contact of two; what hangs on the second hangs on the first then")
    parser.add_argument("keep", nargs="?", metavar="WHO")
    parser.add_argument("other", nargs="?", metavar="WHO")
    parser.add_argument("--all-sure", action="store_true", help="all pairs that are offered as the same, as one change")
    parser.add_argument(
        "--take", action="append", default=[], metavar="FIELD", help="of the second, though both say it"
    )
    parser = group.add("forget", forget, "erase a contact for good, from the history of changes too")
    parser.add_argument("contact", metavar="WHO")
    parser.add_argument("--yes", action="store_true", help="yes, it can't be undone")


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
        return say("No two contacts look like one.")
    for each in shown:
        word = "the same" if each.pair.same else "perhaps "
        say(f"{word}  {_who(each.first)}  =  {_who(each.second)}   ({', '.join(each.pair.reasons)})")
    if len(found) > len(shown):
        say(f"and {len(found) - len(shown):,} more; --limit shows them")
    return say("`planner contact merge ID ID` makes one of two; `planner undo` takes it back.")


def _who(contact: Contact) -> str:
    return f"{contact.id}: {contact.name}" + (f", {contact.company}" if contact.company else "")


def merge(args: argparse.Namespace, ctx: AppContext) -> int:
    if args.all_sure:
        if args.keep or args.take:
            raise InputError("--all-sure takes no contacts and no fields: it merges what is offered as the same.")
        done = doubles.merge_sure(ctx)
        for gone, into in done:
            say(f"merged: {_who(gone)} into {_who(into)}")
        return 0 if done else say("No definite duplicates found.")
    if args.keep is None or args.other is None:
        raise InputError("Name two contacts, the one that stays first; --all-sure merges all that are surely one.")
    found = doubles.merge(ctx, args.keep, args.other, take=args.take)
    return say(f"merged: {found.id}: {found.name}")


def _fields(parser: argparse.ArgumentParser) -> None:
    add_fields(parser, FIELDS)
    parser.add_argument("--anyway", action="store_true", help="also a number or address that another contact has")


def _given(args: argparse.Namespace, ctx: AppContext) -> dict[str, Any]:
    found = given(args, FIELDS, ctx)
    if "consent" in found and not found["consent"]:
        found.setdefault("mailing", "")  # no consent, no mailings
    return found


def add(args: argparse.Namespace, ctx: AppContext) -> int:
    with _known_said():
        contact = service.add(ctx, " ".join(args.name), _given(args, ctx), force=args.anyway)
    return say(f"contact {contact.id}: {sentence(contact)}")


@contextmanager
def _known_said() -> Iterator[None]:
    """Add the hint about `--anyway` when another contact already has the number or address."""
    try:
        yield
    except KnownAlready as problem:
        raise KnownAlready(f"{problem} --anyway saves it all the same.") from problem


def edit(args: argparse.Namespace, ctx: AppContext) -> int:
    changes = _given(args, ctx)
    if args.name is not None:
        changes["name"] = args.name
    if not changes:
        raise InputError("Nothing to change was given; see `planner contact edit --help`.")
    with _known_said():
        contact = service.edit(ctx, args.contact, changes, force=args.anyway)
    return say(f"contact {contact.id}: {sentence(contact)}")


def list_(args: argparse.Namespace, ctx: AppContext) -> int:
    if args.filter is not None:
        with _clients(ctx) as clients:
            known = {each.name.casefold(): each.words for each in clients.filters()}
            words = known.get(args.filter.strip().casefold(), args.filter)
            ids = clients.find(client_rules.parse_filter(words + (f' tag:"{args.tag}"' if args.tag else "")))
        return _print(service.of(ctx, ids[: args.limit]), args, f"No contact is let through by {words!r}.")
    return _print(
        service.listed(ctx, tag=args.tag, limit=args.limit),
        args,
        f"No contacts with the tag {args.tag!r}." if args.tag else "No contacts yet: planner contact add NAME",
    )


@contextmanager
def _clients(ctx: AppContext) -> Iterator[Clients]:
    """The client list on a live connection, closed afterwards."""
    with closing(today_store.TodayStore(ctx)) as shown:
        yield client_list.Clients(ctx, shown)


def filter_(args: argparse.Namespace, ctx: AppContext) -> int:
    with _clients(ctx) as clients:
        if args.drop:
            if args.name is None or args.words:
                raise InputError("Name the filter to drop: planner contact filter NAME --drop.")
            return say(f"dropped filter {clients.drop(args.name).name}")
        if args.words:
            kept = clients.save(args.name, " ".join(args.words))
            return say(f"filter {kept.name}: {kept.words}")
        found = clients.filters() if args.name is None else [clients.named(args.name)]
    if args.json:
        return emit([{"name": each.name, "words": each.words, "own": each.own} for each in found])
    for each in found:
        say(f"{each.name:<28}  {each.words or '(no condition)'}")
    return 0


def find(args: argparse.Namespace, ctx: AppContext) -> int:
    text = " ".join(args.text)
    with _clients(ctx) as clients:
        ids = clients.find(client_rules.ClientFilter(text=text))
    # the slower fallback also finds text in the middle of a word
    rows = service.of(ctx, ids[: args.limit]) or service.listed(ctx, text=text, limit=args.limit)
    return _print(rows, args, f"No contact has {text!r} in it.")


def _print(rows: list[service.Listed], args: argparse.Namespace, nothing: str) -> int:
    if args.json:
        return emit([as_object(row.contact, row.next_step) for row in rows])
    if not rows:
        return say(nothing)
    for row in rows:
        step = row.next_step
        following = "" if step is None else f"  → {step.text}" + (f" ({step.due})" if step.due else "")
        say(f"{row.contact.id:>5}  {sentence(row.contact)}{following}")
    return 0


def show(args: argparse.Namespace, ctx: AppContext) -> int:
    found = service.show(ctx, args.contact)
    contact = found.contact
    if args.json:
        return emit(_dossier_object(found, ctx))
    say(f"{contact.id:>5}  {sentence(contact)}")
    for name, text in [*_details(contact), *_around(found, ctx)]:
        say(f"       {name}: {text}")
    for row in found.promises:
        say(f"       promise {row.id}: {shared_rows.promise_sentence(row, ctx.now(), named=False)}")
    for task in found.tasks:
        say(f"       task {task.id}: {task.title}" + (f"  {task.due}" if task.due else ""))
    for one in found.deals:
        say(f"       deal {one.id}: {deal.sentence(one, named=False)}")
    for each in found.complaints:
        say(f"       complaint {each.id}: {complaint.sentence(each, ctx.now(), named=False)}")
    for meeting in found.meetings:
        say(f"       meeting {meeting.id}: {meeting.span}  {meeting.state(ctx.now())}")
    for event in found.history:
        kind = "call" if event.kind == "dial" else event.kind.replace("-", " ")
        say(f"       {event.at.replace('T', ' '):<16}  {kind}" + (f"  {event.text}" if event.text else ""))
    return 0


def _dossier_object(found: Dossier, ctx: AppContext) -> dict[str, object]:
    """A contact of `contact show --json`."""
    contact, touch = found.contact, found.touch
    there = zones.there(ctx.now(), contact.zone) if contact.zone else None
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
        "history": [{"at": event.at, "kind": event.kind, "text": event.text} for event in found.history],
        "meetings": [
            {"id": one.id, "start": f"{one.start:%Y-%m-%dT%H:%M}", "state": one.state(ctx.now())}
            for one in found.meetings
        ],
        "log": [shared_rows.activity_object(row) for row in found.log],
    }


# `contact show` gives these first, under names of its own; every other text follows under its label
_DETAILS = {
    "do_not_call": "do not call", "phones": "phone", "emails": "mail", "kind": "kind", "need": "need",
    "decides": "decides", "source": "source", "supplier": "supplier", "supplier_until": "its contract ends",
    "supplier_weak": "its weak points", "city": "city", "birthday": "birthday", "dates": "dates",
    "languages": "languages", "preferences": "preferences", "tier": "tier", "tags": "tags",
    "referrer": "came through", "mailing": "mailings",
}  # fmt: skip


def _details(contact: Contact) -> list[tuple[str, str]]:
    phones = [
        way.value + (f" ({way.label})" if way.label else "") + (" (wrong)" if way.wrong else "")
        for way in contact.phones
    ]
    special = {
        "phones": ", ".join(phones),
        "emails": ", ".join(way.value for way in contact.emails),
        "dates": ", ".join(f"{day} {what}" for day, what in contact.dates),
        "referrer": contact.referrer or "",
        "mailing": contact.mailings,
    }
    known = {field.name: field for field in FIELDS}
    names = _DETAILS | {name: known[name].label for name in TEXTS if name not in (*_DETAILS, "role")}
    rows = [(label, special.get(name) or known[name].plain(contact)) for name, label in names.items()]
    return [(label, text) for label, text in rows if text]


def _around(found: Dossier, ctx: AppContext) -> list[tuple[str, str]]:
    """A contact's context: local time, touch, colleagues, referrals, how well promises were kept."""
    rows = [("time zone", _zone(found.contact, ctx))]
    if found.touch is not None:
        days = found.touch.days(ctx.today())
        last = "never spoken with" if days is None else f"{many(days, 'day', 'days')} ago"
        rows.append(("touch", f"{found.touch.zone}: {last}, every {found.touch.rhythm} days"))
    rows.append(("colleagues", ", ".join(f"{row.name} ({row.id})" for row in found.colleagues)))
    rows.append(("has referred", ", ".join(f"{row.name} ({row.id})" for row in found.referred)))
    rate = promise_rules.kept_rate(found.promises)
    if rate is not None:
        rows.append(("promises", rate.words()))
    return [(name, text) for name, text in rows if text]


def _zone(contact: Contact, ctx: AppContext) -> str:
    clock = zones.clock(ctx.now(), contact.zone)
    return f"{contact.zone}, now {clock}" if clock else contact.zone


def drop(args: argparse.Namespace, ctx: AppContext) -> int:
    for contact in service.drop(ctx, *args.contact):
        say(f"dropped contact {contact.id}: {sentence(contact)}")
    return 0


def forget(args: argparse.Namespace, ctx: AppContext) -> int:
    done = service.forget(ctx, args.contact, consent=args.yes)
    changes = (
        f"; {many(done.changes, 'change', 'changes')} that held it can't be undone any more" if done.changes else ""
    )
    say(f"forgot contact {done.id}{changes}")
    if done.backups:
        warn(f"{many(len(done.backups), 'backup', 'backups')} of before may still hold it, and go by and by:")
        for path in done.backups:
            warn(f"  {path}")
    for path in done.exports:
        warn(f"exported before, and still there: {path}")
    return 0


def as_object(contact: Contact, step: NextStep | None) -> dict[str, object]:
    """A contact as in `contact list --json`."""
    due = None if step is None or step.due is None else str(step.due)
    following = None if step is None else {"kind": step.kind, "text": step.text, "at": due}
    return fields.as_object(contact, FIELDS) | {"uid": contact.uid, "next_step": following}


def sentence(contact: Contact, *, company: bool = True) -> str:
    """Format a contact as a line, with or without the company."""
    at = contact.company if company and contact.company and contact.company != contact.name else ""
    parts = [contact.name, ", ".join(text for text in (contact.role, at) if text)]
    parts += [way.value for way in (*contact.phones[:1], *contact.emails[:1])]
    parts.append("do not call" if contact.do_not_call else "")
    return "  ".join(part for part in parts if part)
