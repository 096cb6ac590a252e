"""Finds signs that log rows are made up: entered late, or one of many alike. Loaded on the way to the first live
screen.
"""

from __future__ import annotations

from collections.abc import Iterable

SAME_IN_A_ROW, WITHIN = 5, 10  # number of equal outcomes, and the seconds they fall within, that raise a question
LATE = 15 * 60  # seconds after which an entry counts as made from memory


def is_suspicious(outcomes: Iterable[tuple[str, int]]) -> bool:
    """Whether the last five outcomes, as (outcome, instant) newest first, are the same within ten seconds."""
    last = list(outcomes)[:SAME_IN_A_ROW]
    return (
        len(last) == SAME_IN_A_ROW and len({outcome for outcome, _ in last}) == 1 and last[0][1] - last[-1][1] <= WITHIN
    )


def backdated(logged_at: int, at: int, seconds: int = 0) -> bool:
    """Whether a row was logged long after the fact. Instants in seconds since 1970 UTC."""
    return logged_at - (at + seconds) > LATE
