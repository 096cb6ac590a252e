"""Works out when people can best be reached: by hour and weekday, with the uncertainty (S17)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from planner.domain.beta import Beta

STRENGTH = 20.0  # calls that the overall rate is worth as a prior for one hour
SHARE = 0.9  # probability covered by the interval
FEWEST = 10  # calls needed before an hour is judged


@dataclass(frozen=True, slots=True)
class Reach:
    """How often people were reached: calls and conversations of an hour, a weekday, or one hour of a weekday. `low` and
    `high` bound the rate (90%).
    """

    dials: int
    spoken: int
    rate: float
    low: float
    high: float
    sign: str

    @property
    def sure(self) -> bool:
        """Whether it differs from the rest beyond chance."""
        return self.sign in ("▲", "▼")


@dataclass(frozen=True, slots=True)
class HourMap:
    """How often people were reached, by hour of each weekday (Monday is 0), by hour, by weekday, and overall."""

    cells: dict[tuple[int, int], Reach]
    hours: dict[int, Reach]
    weekdays: dict[int, Reach]
    whole: Reach | None

    @property
    def best_hours(self) -> list[int]:
        """The hours that are better beyond chance, best first."""
        sure = [hour for hour, reach in self.hours.items() if reach.sign == "▲"]
        return sorted(sure, key=lambda hour: -self.hours[hour].rate)


def build_map(rows: Iterable[tuple[int, int, int, int]]) -> HourMap:
    """Build the map from counts: (weekday, hour, dials, spoken).

    Each rate is a Beta around the overall rate, which is worth twenty calls, because an hour with three calls says
    little. ▲ and ▼ mark rates above or below the rest with 95% each, · fewer than ten calls.
    """
    counts: dict[tuple[int, int], tuple[int, int]] = {}
    for weekday, hour, dials, spoken in rows:
        before = counts.get((weekday, hour), (0, 0))
        counts[(weekday, hour)] = (before[0] + dials, before[1] + min(spoken, dials))
    dials, spoken = (sum(one[index] for one in counts.values()) for index in (0, 1))
    if not dials:
        return HourMap({}, {}, {}, None)
    rate = (spoken + 1) / (dials + 2)
    whole = Beta(spoken + 1, dials - spoken + 1)
    low, high = whole.interval(SHARE)

    def of(part: Iterable[tuple[int, int]]) -> Reach:
        listed = list(part)
        tried, talked = sum(one[0] for one in listed), sum(one[1] for one in listed)
        belief = Beta(rate * STRENGTH + talked, (1 - rate) * STRENGTH + tried - talked)
        least, most = belief.interval(SHARE)
        sign = "·" if tried < FEWEST else "▲" if least > rate else "▼" if most < rate else ""
        return Reach(tried, talked, belief.mean, least, most, sign)

    return HourMap(
        {key: of([one]) for key, one in sorted(counts.items())},
        {
            hour: of(one for (_, at), one in counts.items() if at == hour)
            for hour in sorted({hour for _, hour in counts})
        },
        {day: of(one for (on, _), one in counts.items() if on == day) for day in sorted({day for day, _ in counts})},
        Reach(dials, spoken, spoken / dials, low, high, ""),
    )
