"""Manages deals: their way through the pipeline, and the bookings of a win."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from planner.domain import formats
from planner.domain.calls import activity_log as log
from planner.domain.clients import care as steps
from planner.domain.clients.deals import FIELDS, Deal, Stage
from planner.domain.day.activity import PAYMENT
from planner.domain.errors import InputError, StateError
from planner.domain.fields import clean_fields, refuse_conflicts
from planner.domain.money import from_hundredths, to_hundredths
from planner.domain.text import clean
from planner.services.calls import activity_log as naming
from planner.services.clients import care
from planner.store import activity_log
from planner.store.clients import deals as store
from planner.store.clients import people

if TYPE_CHECKING:
    from planner.domain.calls.activity_log import Activity
    from planner.domain.day.tasks import Task
    from planner.services.context import AppContext
    from planner.store.database import WriteTransaction
    from planner.store.recorder import Reads, Writer

MOST_AT_ONCE = 100
NO_DEALS = "No deals yet. Add one with `planner deal add TITLE`, or import a file: planner import deals FILE"


def add(
    ctx: AppContext,
    title: str,
    *,
    stage: Stage = Stage.TALK,
    contact: str | None = None,
    company: str | None = None,
    opened: date | None = None,
    **fields: Any,
) -> Deal:
    """Add an open deal. `fields` are fields of `Deal`. `contact` is an id, a name or ``new: NAME``. An unknown company
    is created.
    """
    if not stage.open:
        raise InputError(f"New deals start open. Add it first, then use `planner deal {stage} ID`.")
    day = opened or ctx.today()
    if day > ctx.today():
        raise InputError(f"{formats.when_text(day, ctx.today())} is in the future. Enter the day the deal was opened.")
    deal = Deal(0, clean(title), stage, day, stage_since=day, **clean_fields(fields, FIELDS))
    with ctx.database.write(f"new deal: {deal.title}") as change:
        deal = _with_contact(ctx, change, deal, contact, company)
        return store.get(change, store.add(change, deal, int(ctx.clock.timestamp())))


def _with_contact(
    ctx: AppContext, change: WriteTransaction, deal: Deal, contact: str | None, company: str | None
) -> Deal:
    """Return the deal with its contact and company, which defaults to the contact's. An empty string clears either."""
    if contact is not None:
        contact_id = naming.contact_or_new(ctx, change, contact)[0] if contact else None
        deal = replace(deal, contact_id=contact_id)
        if company is None and contact_id is not None:
            deal = replace(deal, company_id=people.get(change, contact_id).company_id)
    if company is not None:
        name = clean(company)
        now = int(ctx.clock.timestamp())
        deal = replace(deal, company_id=people.company_or_new(change, name, now) if name else None)
    return deal


def show(ctx: AppContext, deal_id: int) -> tuple[Deal, list[Activity]]:
    """Return a deal and its bookings."""
    naming.require_database(ctx, NO_DEALS)
    with ctx.database.read() as reads:
        return store.get(reads, deal_id), activity_log.of_deal(reads, deal_id)


def list_deals(ctx: AppContext, *, stage: Stage | None = None, closed: bool = False) -> list[Deal]:
    """Return open deals, those of one stage, or all with `closed`."""
    if not ctx.database.exists():
        return []
    with ctx.database.read() as reads:
        return store.query(reads, stage=stage, closed=closed)


def edit(
    ctx: AppContext,
    deal_id: int,
    changes: dict[str, Any],
    *,
    contact: str | None = None,
    company: str | None = None,
    seen: Deal | None = None,
) -> Deal:
    """Change fields of a deal, named as in `Deal`. Its bookings are changed by `pay` (also for refunds) and `reopen`.

    Raises StateError if a field no longer matches `seen`, so that a change made elsewhere isn't overwritten.
    """
    naming.require_database(ctx, NO_DEALS)
    with ctx.database.write("edit") as change:
        deal = store.get(change, deal_id)
        _check_seen(deal, seen, changes)
        changed = _with_contact(ctx, change, replace(deal, **clean_fields(changes, FIELDS)), contact, company)
        day = changed.closed or ctx.today()
        if "opened" in changes and changed.opened is not None and changed.opened > day:
            raise InputError(
                f"A deal can't be opened on {formats.dated_text(changed.opened)}, after {formats.dated_text(day)}."
            )
        change.label = f"edited deal: {changed.title}"
        store.put(change, changed)
        found = store.get(change, deal_id)
        if found.stage is Stage.WON and {"contract_end", "title"} & set(changes):
            care.renewal(ctx, change, found)
        if found.stage is Stage.WON and deal.value is None and found.value is not None and not found.booked:
            # it came from another program without a value, so this is the first time it is said
            booking = activity_log.of_deal(change, deal_id)[0]
            activity_log.put(change, replace(booking, amount=found.value))
            found = store.get(change, deal_id)
    if "value" in changes and found.stage is Stage.WON and found.value != found.booked:
        booked = formats.amount(found.booked)
        ctx.notice(
            f"Deal {deal_id} still has {booked} closed. Use `planner deal pay` or `planner deal refund` to change that."
        )
    return found


def _check_seen(deal: Deal, seen: Deal | None, wanted: Mapping[str, Any]) -> None:
    """Refuse to overwrite changes made since `seen`, except fields that already have the wanted value."""
    if seen is not None:
        # won or lost meanwhile, so the edit would mean something else
        turned = {"stage": seen.stage} if deal.stage.open != seen.stage.open else {}
        refuse_conflicts(deal, seen, turned | dict(wanted), FIELDS)


def move(ctx: AppContext, deal_id: int, stage: Stage) -> Deal:
    """Move an open deal to another open stage."""
    if not stage.open:
        raise InputError(f"To mark it {stage}, use `planner deal {stage} {deal_id}`.")
    naming.require_database(ctx, NO_DEALS)
    with ctx.database.write("move") as change:
        deal = _open(change, deal_id)
        change.label = f"moved to {stage.label}: {deal.title}"
        moved = replace(deal, stage=stage, stage_since=ctx.today())
        store.put(change, moved)
    return moved


def won(
    ctx: AppContext,
    deal_id: int,
    *,
    amount: Decimal | None = None,
    part: Decimal | None = None,
    moment: datetime | None = None,
    seen: Deal | None = None,
    **terms: Any,
) -> tuple[Deal, list[Task]]:
    """Win a deal and book its value: `amount` in total (default: its value), or only a `part` for now.

    Returns the deal and its new tasks: a follow-up, and the renewal if its `terms` (`TERMS` of the domain) give an end.
    Raises StateError if the deal no longer matches `seen`, so that a change made elsewhere isn't overwritten.
    """
    when = _check_past(ctx, moment)
    naming.require_database(ctx, NO_DEALS)
    with ctx.database.write("won") as change:
        deal = _open(change, deal_id)
        _check_seen(deal, seen, {"value": amount} | terms)
        value = amount if amount is not None else deal.value
        if value is None:
            raise InputError(f"Deal {deal_id} ({deal.title}) has no value yet. Add it with --amount.")
        booked = value if part is None else part
        if part is not None and not part:
            raise InputError("A partial payment must be above 0. If nothing is paid yet, leave the deal at closing.")
        if booked > value:
            raise InputError(
                f"A part of {formats.amount(booked)} is more than the deal's value of {formats.amount(value)}."
            )
        change.label = f"won deal: {deal.title}, {formats.amount(booked)}"
        closed = _win(ctx, change, deal, value, when, booked=booked, before=deal.stage, **terms)
        return closed, care.add_after_win(ctx, change, closed)


def win(
    ctx: AppContext,
    amount: Decimal,
    *,
    contact: str | None = None,
    title: str = "",
    moment: datetime | None = None,
    count: int = 1,
    note: str = "",
    reason: str = "",
) -> list[Deal]:
    """Book won deals: the contact's open deal if it is unambiguous, else new deals.

    `amount` is the total of all `count` deals. Raises InputError if the contact has several open deals and `title`
    doesn't select one.
    """
    when = _check_past(ctx, moment)
    if not amount:
        raise InputError("Enter an amount above 0.")
    if not 1 <= count <= MOST_AT_ONCE:
        raise InputError(
            f"You can log from 1 to {MOST_AT_ONCE} deals at once, not {count:,}. For more, use `planner import deals`."
        )
    day = ctx.clock.day_of(when)
    if amount * 100 < count:
        raise InputError(f"{formats.amount(amount)} is too little to split over {count} deals.")
    name = clean(title) or f"{formats.month_text(day)} deal"
    new = Deal(0, name, Stage.CLOSING, day, value=amount, stage_since=day)
    with ctx.database.write("won") as change:
        new = _with_contact(ctx, change, new, contact or None, None)
        known = _find_open(change, new, clean(title)) if count == 1 else None
        if known is not None:
            won_ones = [_win(ctx, change, known, amount, when, before=known.stage, note=note, reason=reason)]
        else:
            shares = [from_hundredths(to_hundredths(amount) // count)] * count
            shares[0] += amount - sum(shares)
            now = int(ctx.clock.timestamp())
            won_ones = [
                _win(ctx, change, store.get(change, store.add(change, replace(new, value=share), now)), share, when,
                     note=note, reason=reason)
                for share in shares
            ]  # fmt: skip
        for each in won_ones:
            if each.contact_id is not None or each.company_id is not None:
                care.add_after_win(ctx, change, each)
        more = f" and {count - 1} more" if count > 1 else ""
        change.label = f"won deal: {won_ones[0].title}{more}, {formats.amount(amount)}"
    return won_ones


def _find_open(reads: Reads, new: Deal, title: str) -> Deal | None:
    """Return the open deal that is won: the contact's only one, or the one with that title. None means a new deal."""
    if new.contact_id is None and not title:
        return None
    there = store.query(reads, contact_id=new.contact_id)
    if title:
        there = [each for each in there if each.title.casefold() == title.casefold()]
        if len(there) > 1:
            whose = ", ".join(f"{each.id}: {each.contact or each.company or 'no contact'}" for each in there)
            raise InputError(
                f"Several open deals are called {title} ({whose}). Name the contact, or use `planner deal won ID`."
            )
        return next(iter(there), None)
    if len(there) > 1:
        titles = ", ".join(each.title for each in there)
        raise InputError(
            f"{there[0].contact} has {len(there)} open deals ({titles}). Enter the title of the one you won, or a new "
            "title for a new deal."
        )
    return next(iter(there), None)


def _win(
    ctx: AppContext,
    change: WriteTransaction,
    deal: Deal,
    value: Decimal,
    when: datetime,
    *,
    booked: Decimal | None = None,
    before: Stage | None = None,
    note: str = "",
    reason: str = "",
    **terms: Any,
) -> Deal:
    """Win a deal for a value, and book it or, if given, the part that is `booked`."""
    day, paid = ctx.clock.day_of(when), value if booked is None else booked
    won_ = replace(deal, stage=Stage.WON, stage_before=before, value=value, closed=day, stage_since=day)
    closed = won_.with_term(ctx.today(), **terms)
    store.put(change, closed)
    _book(ctx, change, closed, "deal", paid, when, note=note, reason=reason)
    return replace(closed, booked=paid)


def renew(ctx: AppContext, deal_id: int, **wanted: Any) -> Deal:
    """Open the renewal of a won deal. `wanted` overrides its value and terms. The renewal tasks are removed, because
    the new deal has its own next step within three days.
    """
    naming.require_database(ctx, NO_DEALS)
    with ctx.database.write("renew") as change:
        old = store.get(change, deal_id)
        if old.stage is not Stage.WON:
            raise StateError(f"Deal {deal_id} ({old.title}) isn't won. Only won deals can be renewed.")
        again = store.renewal_of(change, old)
        if again is not None:
            raise StateError(f"Deal {deal_id} ({old.title}) already has a renewal: deal {again}.")
        deal = old.renewal(ctx.today(), **wanted)
        care.cancel_tasks(change, deal_id, steps.OURS)
        new = store.get(change, store.add(change, deal, int(ctx.clock.timestamp())))
        care.next_touch(ctx, change, new)
        change.label = f"renewal: {old.title}"
    return new


def lose(ctx: AppContext, deal_id: int, *, reason: str = "", moment: datetime | None = None) -> Deal:
    """Mark a deal lost, with its reason."""
    when = _check_past(ctx, moment)
    naming.require_database(ctx, NO_DEALS)
    with ctx.database.write("lost") as change:
        deal = _open(change, deal_id)
        day = ctx.clock.day_of(when)
        closed = replace(
            deal, stage=Stage.LOST, stage_before=deal.stage, closed=day, reason=clean(reason), stage_since=day
        )
        change.label = f"lost deal: {deal.title}" + (f", {closed.reason}" if closed.reason else "")
        store.put(change, closed)
    return closed


def reopen(ctx: AppContext, deal_id: int) -> tuple[Deal, Decimal]:
    """Undo a win or a loss: restore the previous stage and remove the bookings from their dates.

    Returns the deal and the amount that was unbooked.
    """
    naming.require_database(ctx, NO_DEALS)
    with ctx.database.write("reopen") as change:
        deal = store.get(change, deal_id)
        if deal.stage.open:
            raise StateError(f"Deal {deal_id} ({deal.title}) is already open.")
        taken = store.unbook(change, deal_id)
        again = replace(
            deal, stage=deal.stage_before or Stage.TALK, stage_before=None, closed=None, reason="", booked=Decimal(0),
            stage_since=ctx.today(),
        )  # fmt: skip
        care.cancel_tasks(change, deal_id)
        change.label = f"reopened deal: {deal.title}"
        store.put(change, again)
    return again, taken


def pay(ctx: AppContext, deal_id: int, amount: Decimal, *, moment: datetime | None = None) -> Deal:
    """Book another partial payment of a won deal. A negative amount is a refund of at most what is booked."""
    when = _check_past(ctx, moment)
    if not amount:
        raise InputError("A payment or refund must be above 0.")
    naming.require_database(ctx, NO_DEALS)
    with ctx.database.write("payment") as change:
        deal = store.get(change, deal_id)
        if deal.stage is not Stage.WON:
            raise StateError(f"Deal {deal_id} ({deal.title}) isn't won yet. Use `planner deal won {deal_id}` first.")
        if deal.booked + amount < 0:
            raise InputError(f"You can refund at most {formats.amount(deal.booked)} of deal {deal_id}.")
        if deal.closed is not None and ctx.clock.day_of(when) < deal.closed:
            raise InputError(f"Deal {deal_id} was won later, on {formats.when_text(deal.closed, ctx.today())}.")
        change.label = f"{'payment' if amount > 0 else 'refund'} of {formats.amount(abs(amount))}: {deal.title}"
        _book(ctx, change, deal, PAYMENT, amount, when)
        paid = replace(deal, booked=deal.booked + amount)
    if deal.value is not None and paid.booked > deal.value:
        ctx.notice(
            f"Deal {deal_id} now has {formats.amount(paid.booked)} paid, more than its value of "
            f"{formats.amount(deal.value)}."
        )
    return paid


def drop(ctx: AppContext, *deal_ids: int) -> list[Deal]:
    """Delete mistyped deals and their bookings as one change, all or none."""
    naming.require_database(ctx, NO_DEALS)
    with ctx.database.write("drop") as change:
        found = [store.get(change, deal_id) for deal_id in dict.fromkeys(deal_ids)]
        for deal in found:
            care.cancel_tasks(change, deal.id)
            store.drop(change, deal.id)
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        change.label = f"deleted deal: {found[0].title}{more}"
    return found


def _open(reads: Reads, deal_id: int) -> Deal:
    deal = store.get(reads, deal_id)
    if not deal.stage.open:
        raise StateError(
            f"Deal {deal_id} ({deal.title}) is already {deal.stage}. Use `planner deal reopen {deal_id}` first."
        )
    return deal


def _check_past(ctx: AppContext, moment: datetime | None) -> datetime:
    when = moment or ctx.now()
    if when > ctx.now():
        raise InputError(f"{formats.when_text(when, ctx.today())} is in the future. Enter when it happened.")
    return when


def _book(
    ctx: AppContext,
    change: Writer,
    deal: Deal,
    kind: str,
    amount: Decimal,
    when: datetime,
    *,
    note: str = "",
    reason: str = "",
) -> None:
    if deal.opened is not None and ctx.clock.day_of(when) < deal.opened:
        raise InputError(f"Deal {deal.id} was opened later, on {formats.when_text(deal.opened, ctx.today())}.")
    entry = log.Activity(
        0, when.replace(microsecond=0), kind, contact=deal.contact, contact_id=deal.contact_id, amount=amount,
        reason=reason or None, note=note or (deal.title if deal.contact is None else None), deal_id=deal.id,
    )  # fmt: skip
    activity_log.add(change, entry, int(ctx.clock.timestamp()))
