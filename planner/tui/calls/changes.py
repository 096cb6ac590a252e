"""Changes to calling lists made through services, each returning the message for the rep. Run in workers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.text import plural
from planner.services.context import AppContext
from planner.tui.messages import Unchanged

if TYPE_CHECKING:
    from planner.domain.calls.calling_list import Filters
    from planner.services.calls.calling_list import Built


def build_list(ctx: AppContext, day: date, filters: Filters, count: int | None) -> str:
    """Fill the list up from contacts."""
    from planner.services.calls import calling_list

    return _describe_built(calling_list.build(ctx, day, filters, count=count))


def paste_list(ctx: AppContext, day: date, text: str) -> str:
    """Add pasted names and phone numbers to a list."""
    from planner.services.calls import calling_list

    return _describe_built(calling_list.paste(ctx, day, text))


def _describe_built(built: Built) -> str:
    made = f" ({built.made} new)" if built.made else ""
    added = f"Added {plural(built.added, 'contact', 'contacts')} to the list" if built.added else "No contacts to add"
    skipped = ", ".join(
        f"{len(found)} {why}"
        for found, why in (
            (built.without, "without a number"),
            (built.twice, "with a number already on the list"),
            (built.barred, "marked do not call"),
        )
        if found
    )
    return f"{added}{made}" + (f". Skipped: {skipped}" if skipped else "")


def drop_from_list(ctx: AppContext, day: date, contact_id: int) -> str:
    """Remove a contact from a list."""
    from planner.services.calls import calling_list

    calling_list.drop(ctx, day, [contact_id])
    return "Removed from the list"


def ask_for_referral(ctx: AppContext, contact_id: int) -> str:
    """Add a task to ask a satisfied contact for a referral."""
    from planner.services.clients import care

    task, new = care.ask_for_referral(ctx, contact_id)
    said = f"{task.title.partition(':')[0]}, {formats.near_text(str(task.due), ctx.today())}"
    return f"Added: {said}" if new else Unchanged(f"Already on your task list: {said}")
