"""What is shown of a contact beside other things."""

from __future__ import annotations

from pathlib import Path

from planner.services.calls.session import CallSession
from planner.services.day.today_store import TodayStore
from planner.tui.shared.contact_card import card_lines
from tests.scenes import calls_overfull


def test_a_promise_is_shown_with_its_due_time(tmp_path: Path) -> None:
    ctx = calls_overfull(tmp_path)
    live = TodayStore(ctx)
    try:
        calls = CallSession(ctx, live)
        calls.open()
        card = calls.card
    finally:
        live.close()
    assert card is not None and card.promises
    told = "\n".join("".join(text for text, _ in line) for line in card_lines(card, ctx.today(), 60))
    assert "promised  a price list" in told
