"""Queries behind the review, each over a range of days."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from planner.domain.day.activity import COUNTED
from planner.domain.day.day import CloseWords
from planner.domain.review.review import AFTER_CALL
from planner.domain.workdays import Period

if TYPE_CHECKING:
    from planner.store.recorder import Reads

_COUNTED = (*COUNTED, "revenue")


def _ends(period: Period) -> tuple[str, str]:
    return period.first.isoformat(), period.last.isoformat()


def rituals(reads: Reads, period: Period) -> dict[date, tuple[bool, bool, CloseWords]]:
    """Return whether each recorded day was opened and closed, and its closing notes."""
    rows = reads.execute(
        "SELECT day, opened_at IS NOT NULL, closed_at IS NOT NULL, went_well, went_wrong, what_else, will_try"
        " FROM day WHERE day BETWEEN ? AND ?",
        _ends(period),
    )
    return {
        date.fromisoformat(day): (bool(opened), bool(closed), CloseWords(*said)) for day, opened, closed, *said in rows
    }


def first_count(reads: Reads) -> date | None:
    """Return the first day on which anything was counted."""
    something = " OR ".join(f"{name} <> 0" for name in _COUNTED)  # an undone log leaves zeros
    found = reads.execute(f"SELECT min(day) FROM day_count WHERE {something}").fetchone()[0]
    return None if found is None else date.fromisoformat(found)


def targets(reads: Reads, period: Period) -> dict[date, dict[str, int]]:
    """Return the frozen targets by day, without days opened with none."""
    found: dict[date, dict[str, int]] = {}
    for day, metric, target in reads.execute(
        "SELECT day, metric, target FROM day_target WHERE day BETWEEN ? AND ?", _ends(period)
    ):
        found.setdefault(date.fromisoformat(day), {})[metric] = target
    return found


def own_blocks(reads: Reads, period: Period) -> dict[date, list[tuple[int, str, str | None]]]:
    """Return the blocks of days that have their own: start minute, kind and mark, without dropped ones."""
    found: dict[date, list[tuple[int, str, str | None]]] = {}
    for day, first, kind, mark, dropped in reads.execute(
        "SELECT day, substr(start, 1, 2) * 60 + substr(start, 4, 2), kind, mark, dropped FROM day_block"
        " WHERE day BETWEEN ? AND ?",
        _ends(period),
    ):
        kept = found.setdefault(date.fromisoformat(day), [])
        if not dropped:
            kept.append((first, kind, mark))
    return found


def most_heard(reads: Reads, period: Period, limit: int) -> list[tuple[str, int, int, int]]:
    """Return the most-heard objections: text, times heard, times the answer's result was reported, times it led on."""
    return reads.execute(
        "SELECT objection, count(*), count(worked), coalesce(sum(worked), 0) FROM heard WHERE day BETWEEN ? AND ?"
        " GROUP BY objection ORDER BY 2 DESC, 1 LIMIT ?",
        (*_ends(period), limit),
    ).fetchall()


def after_calls(reads: Reads, period: Period) -> dict[str, tuple[int, int]]:
    """Return yes and asked counts for the questions after a call, without questions never asked."""
    parts = ", ".join(f"coalesce(sum({name}), 0), count({name})" for name in AFTER_CALL)
    row = reads.execute(f"SELECT {parts} FROM call_check WHERE day BETWEEN ? AND ?", _ends(period)).fetchone()
    found = {name: (row[2 * at], row[2 * at + 1]) for at, name in enumerate(AFTER_CALL)}
    return {name: pair for name, pair in found.items() if pair[1]}


def reasons_given(reads: Reads, period: Period) -> list[str]:
    """Return the reasons given for how calls went, newest first."""
    rows = reads.execute(
        "SELECT why FROM call_check WHERE day BETWEEN ? AND ? AND why <> '' ORDER BY id DESC", _ends(period)
    )
    return list(dict.fromkeys(why for (why,) in rows))


def reasons(reads: Reads, period: Period) -> list[tuple[str, int]]:
    """Return why deals were lost and calls refused, most frequent first."""
    return reads.execute(
        "SELECT reason, sum(times) FROM (SELECT reason, 1 AS times FROM deal WHERE stage = 'lost'"
        " AND closed BETWEEN ?1 AND ?2 UNION ALL SELECT reason, count FROM activity"
        " WHERE kind = 'dial' AND outcome = 'refused'"
        " AND day BETWEEN ?1 AND ?2) WHERE reason <> '' GROUP BY reason ORDER BY 2 DESC, 1",
        _ends(period),
    ).fetchall()
