"""What makes a row of the log look made up: entered late, or one of many alike. On the way to the first live screen."""

from __future__ import annotations

from collections.abc import Iterable

SAME_IN_A_ROW, WITHIN = 5, 10  # so many equal outcomes within so many seconds are asked about
LATE = 15 * 60  # seconds after which an entry was made from memory


def suspicious(outcomes: Iterable[tuple[str, int]]) -> bool:
    """Whether the last five outcomes, each with its instant, newest first, are the same within ten seconds."""
    last = list(outcomes)[:SAME_IN_A_ROW]
    return (
        len(last) == SAME_IN_A_ROW and len({outcome for outcome, _ in last}) == 1 and last[0][1] - last[-1][1] <= WITHIN
    )


def backdated(logged_at: int, at: int, seconds: int = 0) -> bool:
    """Whether a row was logged long after the fact. Instants in seconds since 1970 UTC."""
    return logged_at - (at + seconds) > LATE
