"""Reads what a rep should know about a contact, for the screens that show it beside something else."""

from __future__ import annotations

from contextlib import closing

from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from planner.store.calls import card as store
from planner.store.calls.card import Card as Card


def read(ctx: AppContext, contact_id: int) -> Card | None:
    """Return the card of a contact, None if they are gone. Opens the database anew, for a worker."""
    with closing(TodayStore(ctx)) as live, live.reading() as handle:
        return None if handle is None else store.card(handle, contact_id)
