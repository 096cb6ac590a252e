"""Computes the charts of a review: hours, trends, the funnel, the pace, mail, the year (S4, S5)."""

from __future__ import annotations

from contextlib import closing

from planner.domain.calls.best_hours import build_map
from planner.domain.mail import windows as mail_rules
from planner.domain.review import review as rules
from planner.domain.review.charts import Charts, YearDay
from planner.domain.review.discipline import read_weights
from planner.domain.review.review import FIGURES
from planner.domain.review.spans import week_name, week_of
from planner.domain.workdays import DAY, Period, month_of
from planner.services.calls.activity_log import require_database
from planner.services.context import AppContext
from planner.services.day.reading import reading
from planner.services.day.today_store import TodayStore
from planner.services.review.review import Days
from planner.store.calls import session as sessions
from planner.store.review import review as store

WEEKS = 12
YEAR = 53  # weeks in the calendar chart


def read(ctx: AppContext, period: Period) -> Charts:
    """Return the charts for a review of a period, up to its end or today."""
    require_database(ctx, "No charts yet. They appear after the first day you log.")
    last = min(period.last, ctx.today())
    monday = week_of(last).first
    # a week that crosses two months counts for the one with most of its days
    month = month_of(min(last, period.first + DAY * 3) if (period.last - period.first).days < 7 else last)
    first = monday - DAY * 7 * (YEAR - 1)
    with closing(TodayStore(ctx)) as live:
        with live.reading() as handle:
            hours = build_map([] if handle is None else sessions.by_hour(handle, monday - DAY * 7 * (WEEKS - 1), last))
        with reading(ctx) as facts:
            known = Days(facts, Period(min(first, period.first), week_of(last).last))
            weights = read_weights(ctx.config["review.weights"])
            year = tuple(
                YearDay(each.day, each.weight, each.worth(weights) if each.over else None)
                for each in known.days_in(Period(first, last))
            )
            mondays = [monday - DAY * 7 * back for back in range(WEEKS - 1, -1, -1)]
            weeks = [Period(each, each + DAY * 6) for each in mondays]
            begun = store.first_count(known.reads) or last
            weeks = [week for week in weeks if week.last >= begun]
            return Charts(
                hours=hours,
                weeks=tuple(week_name(week.first) for week in weeks),
                trends={name: tuple(rules.combine(known.days_in(week), name)[0] for week in weeks) for name in FIGURES},
                mail=tuple(mail_rules.mean(each.mail for each in known.days_in(week)) for week in weeks),
                pace=known.pace(month, min(last, month.last)),
                year=year,
            )
