"""Reads what Today shows on a large screen only: the month's chart, the next contact, twelve weeks of counts."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta

from planner.domain.workdays import week_of
from planner.services.context import AppContext
from planner.services.day.reading import reading
from planner.services.day.today_store import TodayStore
from planner.services.plan import months
from planner.services.plan.months import Ahead, Sheet, Span
from planner.store import today_queries
from planner.store.calls import card as cards
from planner.store.calls.card import Card as Card

WEEKS = 12
COUNTED = ("dials", "conversations", "meetings_booked", "proposals", "deals")


@dataclass(frozen=True, slots=True)
class Overview:
    """The month with its outlook (None without a plan), the next contact of the day's list, and the counts of the last
    twelve weeks by metric, oldest first, the current week last.
    """

    sheet: Sheet | None
    ahead: Ahead | None
    card: Card | None
    weeks: Mapping[str, tuple[int, ...]]


def read(ctx: AppContext) -> Overview:
    """Read it. Takes up to half a second with ten years of data, so call it from a worker."""
    if not ctx.database.exists():
        return Overview(None, None, None, {})
    today = ctx.today()
    sheet = months.read(ctx, Span.MONTH, today)
    ahead = None if sheet.plan is None else months.look_ahead(ctx, sheet)
    with closing(TodayStore(ctx)) as live, live.reading() as handle:
        chosen = None if handle is None else today_queries.next_on_list(handle, today)
        card = None if handle is None or chosen is None else cards.card(handle, chosen)
    return Overview(sheet, ahead, card, weeks(ctx, today))


def weeks(ctx: AppContext, today: date) -> dict[str, tuple[int, ...]]:
    """Return the counts of the last twelve weeks by metric, oldest first, the current week last."""
    first = week_of(today).first - timedelta(weeks=WEEKS - 1)
    found = {metric: [0] * WEEKS for metric in COUNTED}
    with reading(ctx) as facts:
        for metric, weeks in found.items():
            for day, count in facts.counts.days(metric):
                index = (date.fromisoformat(day) - first).days // 7
                if 0 <= index < WEEKS:
                    weeks[index] += count
    return {metric: tuple(weeks) for metric, weeks in found.items()}
