"""Counts per day, read once and shared by everything computed from them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import accumulate

from planner.domain.day.records import FEWEST, Best
from planner.domain.workdays import Period


class DayCounts:
    """Counts per day and metric, with revenue in hundredths. Days without counts may be missing.

    `rows` are (ISO day, one count per metric) in order of day. `metrics` names the counts.
    """

    def __init__(self, metrics: Sequence[str], rows: Sequence[Sequence[str | int]]) -> None:
        self._days = [str(row[0]) for row in rows]
        self._columns = {name: [int(row[at]) for row in rows] for at, name in enumerate(metrics, start=1)}
        self._sums: dict[str, list[int]] = {}

    def counts_on(self, day: date) -> dict[str, int]:
        """Return the counts of a day, empty if there are none."""
        at = bisect_left(self._days, day.isoformat())
        if at == len(self._days) or self._days[at] != day.isoformat():
            return {}
        return {name: column[at] for name, column in self._columns.items()}

    def total(self, metric: str, period: Period | None) -> int:
        """Return the sum of a metric over a period, 0 for None."""
        if period is None:
            return 0
        sums = self._sums.get(metric)
        if sums is None:
            sums = self._sums[metric] = list(accumulate(self._columns[metric], initial=0))
        first = bisect_left(self._days, period.first.isoformat())
        last = bisect_right(self._days, period.last.isoformat())
        return sums[last] - sums[first] if last > first else 0

    def days(self, metric: str) -> Iterator[tuple[str, int]]:
        """Yield each day with a non-zero count of a metric, and that count, in order."""
        return ((day, count) for day, count in zip(self._days, self._columns[metric], strict=True) if count)

    def bests(self, before: date) -> list[Best]:
        """Return the highest count of each metric before a day, with the earliest day that reached it."""
        found = []
        end = bisect_left(self._days, before.isoformat())
        for name in FEWEST:
            column = self._columns[name][:end]
            most = max(column, default=0)
            if most > 0:
                day = date.fromisoformat(self._days[column.index(most)])
                found.append(Best(name, most, day, sum(count > 0 for count in column)))
        return found
