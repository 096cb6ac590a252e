"""Opens the search over everything that is written, from any screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.domain.typed.search import excerpt
from planner.services.clients.client_list import Clients, Hit
from planner.services.day.today_store import MOST_AT_ONCE
from planner.tui.shared.modals.pick import Pick, PickModal
from planner.tui.shared.spans import Line

if TYPE_CHECKING:
    from planner.tui.shared.screen import BaseScreen

MOST_HITS = 60


def find(screen: BaseScreen) -> None:
    """Search everything while the rep types, and go to the chosen result."""
    clients = Clients(screen.ctx, screen.live, MOST_AT_ONCE)
    screen.planner.read_for_search()

    def offer(text: str) -> tuple[list[Pick], str]:
        if not text.strip():
            return [], "Names, companies, numbers, addresses, notes, deals, promises, complaints, tasks."
        found = []
        for hit in clients.hits(text, MOST_HITS):
            kind = "note" if hit.kind == "activity" else hit.kind
            who = f"  {hit.company}" if hit.company and hit.company != hit.name else ""
            left: Line = [(f"{kind:<10}", "dim"), (hit.name or excerpt(hit.text, text, 60), ""), (who, "dim")]
            right = f"{excerpt(hit.text, text, 48)}  {hit.day}" if hit.name else hit.day
            found.append(Pick(left, right.strip(), hit))
        return found, "Nothing that is written has that in it."

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
            screen.show_error("That is about nobody in particular.")

    screen.app.push_screen(PickModal("Find", "kim, 555 1234, @hanbit.kr, quarterly …", offer, most=MOST_HITS), go)
