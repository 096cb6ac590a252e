"""Opens the search over everything the rep has written, from any screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.typed.search import excerpt
from planner.services.clients.client_list import Clients, Hit
from planner.services.day.today_store import MOST_AT_ONCE
from planner.tui.shared.modals.pick import Pick, PickModal
from planner.tui.shared.spans import Line

if TYPE_CHECKING:
    from planner.tui.shared.screen import BaseScreen

MOST_HITS = 60
NAMES = {"activity": "note", "review_line": "review", "day": "evening"}


def find(screen: BaseScreen) -> None:
    """Search everything while the rep types, and go to the chosen result."""
    clients = Clients(screen.ctx, screen.live, MOST_AT_ONCE)
    screen.planner.read_for_search()

    def offer(text: str) -> tuple[list[Pick], str]:
        if not text.strip():
            return [], "Search contacts, numbers, emails, notes, deals, promises, complaints and tasks."
        found = []
        for hit in clients.hits(text, MOST_HITS):
            kind = NAMES.get(hit.kind, hit.kind)
            who = f"  {hit.company}" if hit.company and hit.company != hit.name else ""
            left: Line = [(f"{kind:<10}", "dim"), (hit.name or excerpt(hit.text, text, 60), ""), (who, "dim")]
            day = formats.when_text(hit.day, screen.ctx.today()) if hit.day else ""
            right = f"{excerpt(hit.text, text, 48)}  {day}" if hit.name else day
            found.append(Pick(left, right.strip(), hit))
        return found, "No matches."

    def go(hit: Hit | None) -> None:
        if hit is None:
            return
        if hit.kind == "deal":
            screen.planner.show("deals", ("deal", hit.id))
        elif hit.contact_id is not None:
            screen.planner.show("clients", ("contact", hit.contact_id))
        elif hit.kind == "task":
            screen.planner.show("today", ("task", hit.id))
        else:
            screen.show_error("This one isn't linked to a contact.")

    screen.app.push_screen(PickModal("Find", "kim, 555 1234, @hanbit.kr, quarterly …", offer, most=MOST_HITS), go)
