"""What a rep should know about a contact, in a few lines. Data in, lines of styled spans out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.clients.people import NEED_NAMES
from planner.tui.shared.spans import Line, cells, fit, wrap

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from planner.services.calls.contact_card import Card

LABEL = 10


def card_lines(
    card: Card, today: date, width: int, measure: Callable[[str], int] = cells, *, last: bool = True
) -> list[Line]:
    """The company and role of a contact, the number to dial, what is open with them, and what happened `last`."""
    about = " · ".join(part for part in (card.company, card.role, card.city) if part)
    lines: list[Line] = []
    if about:
        lines.append([(fit(about, width - 2, measure), "dim"), (" ★" if card.decides else "", "accent")])
    lines.append([(card.phone.value, "accent")] if card.phone else [("no working number", "warn")])
    lines.append([])
    for name, text, style in _known(card, today, last):
        first, *rest = wrap(text, width - LABEL, measure) or [""]
        lines += [
            [(name.ljust(LABEL), "dim"), (first, style)],
            *([(" " * LABEL, ""), (part, style)] for part in rest[:1]),
        ]
    return lines


def history_lines(card: Card, today: date, width: int, measure: Callable[[str], int] = cells) -> list[Line]:
    """What happened with a contact, latest first."""
    days = [formats.near_text(past.day, today) for past in card.past]
    size = max(map(len, days), default=0) + 2
    lines: list[Line] = []
    for day, past in zip(days, card.past, strict=True):
        said = (past.outcome or past.kind).replace("-", " ") + (f": {past.note}" if past.note else "")
        lines.append([(day.ljust(size), "dim"), (fit(said, width - size, measure), "")])
    return lines


def _known(card: Card, today: date, last: bool) -> list[tuple[str, str, str]]:
    rows = [("promised", f"{text}, {formats.near_text(due, today)}", "warn") for due, text in card.promises[:2]]
    if card.callback is not None:
        rows.append(("callback", formats.near_text(card.callback[1], today), "warn"))
    if card.supplier:
        until = f" until {formats.when_text(card.supplier_until, today)}" if card.supplier_until else ""
        rows.append(("supplier", card.supplier + until, ""))
    if last and card.past:
        past = card.past[0]
        said = past.note or (past.outcome or past.kind).replace("-", " ")
        rows.append(("last", f"{formats.near_text(past.day, today)}: {said}", ""))
    if card.deal:
        rows.append(("deal", card.deal, ""))
    if card.need:
        rows.append(("need", NEED_NAMES.get(card.need, card.need), ""))
    return rows
