"""The widgets of the odds: the funnel of conversion rates, and the what-if. Data in, messages out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Region

from planner.domain import formats
from planner.domain.forecast.advice import by_text
from planner.domain.forecast.outlook import Outlook
from planner.domain.forecast.stages import LEAST_RATE, STAGES, arrow
from planner.domain.forecast.supposition import MOST_AMOUNT, NOTHING, Supposition
from planner.domain.plan.plan import MOST_CALLS
from planner.domain.workdays import WEEKDAYS
from planner.tui.messages import Supposed
from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import Lines, measure

if TYPE_CHECKING:
    from planner.services.plan.months import Ahead


LEAST_BAR = 12  # cells


class Funnel(Lines):
    """View of the rates from call to deal with their intervals and observations, and the best weekdays."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.ahead: Ahead | None = None

    def show_ahead(self, ahead: Ahead | None) -> None:
        """Show the outlook."""
        self.ahead = ahead
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        if self.ahead is None:
            return []
        known = self.ahead.outlook
        told = {rate.stage: f"{_count(rate.successes)} of {_count(rate.trials)}" for rate in known.rates.values()}
        seen = max(len(text) for text in told.values())
        title: Line = [(" Funnel", "bold")]
        if known.low_confidence:
            nothing = not any(rate.trials for rate in known.rates.values())
            word = "typical rates, no data yet " if nothing else "low confidence "
            title = spans.justify(title, [(word, "dim")], width, measure)
        lines = [title]
        for rate in known.rates.values():
            low, high = rate.posterior.interval()
            line: Line = [
                (f"  {arrow(rate.stage):<21}", ""),
                (f"{100 * rate.posterior.mean:>5.1f}%", "bold"),
                (f"  {_format_interval(low, high):>8}", "dim"),
                (f"  {told[rate.stage]:>{seen}}", "dim"),
                (" ?" if rate.low_confidence else "  ", "warn"),
            ]
            room = width - spans.width_of(line, measure) - 3
            if room >= LEAST_BAR:
                line += [("  ", ""), *spans.thin_bar(rate.posterior.mean, room)]
            lines.append(line)
        lines += self._weekdays()
        return [spans.cut(line, width, measure) for line in lines][:height]

    def _weekdays(self) -> list[Line]:
        assert self.ahead is not None
        best = self.ahead.weekdays[:2]
        if not best:
            return []
        told = ", ".join(f"{WEEKDAYS[each.weekday][:3].capitalize()} {formats.percent(each.rate, 1)}" for each in best)
        return [[("  best days to call    ", ""), (told, "dim")]]


def _count(number: int) -> str:
    """Format a count in about four cells: ``887``, ``9,120``, ``13.2 k``."""
    return f"{number:,}" if number < 10_000 else formats.short_amount(number)


def _format_interval(low: float, high: float) -> str:
    """Format an interval in percent, small values to one decimal."""
    digits = 1 if high < 0.15 else 0
    return f"{100 * low:.{digits}f}–{100 * high:.{digits}f}"


@dataclass(frozen=True, slots=True)
class Slider:
    """A parameter of the what-if: the rate of a stage, or the capacity and number of the days left."""

    key: str
    name: str
    step: float
    """For rates and the average deal a fraction of the value, otherwise absolute."""
    far: float


SLIDERS = (
    *(Slider(stage, arrow(stage), 0.05, 0.25) for stage in STAGES),
    Slider("calls", "calls a day", 5, 25),
    Slider("average", "average deal", 0.05, 0.25),
    Slider("days_off", "days off", 0.5, 2),
)
RESULTS = 5


class WhatIf(Lines, can_focus=True):
    """Sliders for what could change, and the resulting odds. The screen saves them on ⏎."""

    FIXED_HEIGHT = True
    SHOWN = ("plan", "quota", "forecast")
    """The parts of an outlook shown here, so that the others needn't be calculated."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.known: Outlook | None = None
        self.supposed: Outlook | None = None
        self.values: dict[str, float] = {}
        self.cursor = 0
        self.typed = ""

    def show_ahead(self, ahead: Ahead | None) -> None:
        """Show the current odds. Suppositions stay."""
        self.known = None if ahead is None else ahead.outlook
        self.supposed = None
        self.redraw()
        if self.values and self.known is not None:
            self.post_message(Supposed(self.supposition()))

    def result(self, outlook: Outlook) -> None:
        """Show the odds under the current supposition."""
        if outlook.supposed == self.supposition():
            self.supposed = outlook
            self.redraw()

    def supposition(self) -> Supposition:
        """The supposition set by the sliders."""
        return Supposition(
            rates={stage: self.values[stage] for stage in STAGES if stage in self.values},
            calls_per_day=self.values.get("calls"),
            average_deal=self.values.get("average"),
            days_off=self.values.get("days_off", 0.0),
        )

    # the sliders

    def _as_it_is(self, slider: Slider) -> float | None:
        assert self.known is not None
        if slider.key in STAGES:
            return self.known.betas[slider.key].mean
        if slider.key == "calls":
            return self.known.per_day
        return self.known.average if slider.key == "average" else 0.0

    def _now(self, slider: Slider) -> float | None:
        return self.values.get(slider.key, self._as_it_is(slider))

    def _limits(self, slider: Slider) -> tuple[float, float]:
        """Return a slider's limits."""
        known = self._as_it_is(slider) or 0.0
        if slider.key in STAGES:
            return LEAST_RATE, 1 - LEAST_RATE
        if slider.key == "calls":
            return 0.0, min(float(MOST_CALLS), max(300.0, 3 * known))
        if slider.key == "average":
            return max(0.01, known / 10), min(MOST_AMOUNT, 10 * known)
        assert self.known is not None
        return 0.0, float(self.known.facts.left)

    def move(self, steps: int, far: bool) -> None:
        """Move the selected slider."""
        slider = SLIDERS[self.cursor]
        value = None if self.known is None else self._now(slider)
        known = None if self.known is None else self._as_it_is(slider)
        if value is None or known is None:
            return
        step = slider.far if far else slider.step
        self._set(slider, value + steps * (step * known if slider.step < 0.5 else step))

    def _set(self, slider: Slider, value: float) -> None:
        low, high = self._limits(slider)
        value = min(high, max(low, value))
        known = self._as_it_is(slider)
        near = 1e-9 * max(1.0, abs(known or 0.0))
        if known is not None and abs(value - known) < near:
            self.values.pop(slider.key, None)
        else:
            self.values[slider.key] = value
        self._changed()

    def _changed(self) -> None:
        self.supposed = None
        self.redraw()
        self.post_message(Supposed(self.supposition()))

    def clear(self) -> None:
        """Reset all sliders to the current values."""
        self.values.clear()
        self._changed()

    def press(self, key: str) -> bool:
        """Apply a key to the sliders. Returns whether it was used."""
        if key in ("up", "down"):
            self.typed = ""
            self.cursor = (self.cursor + (1 if key == "down" else -1)) % len(SLIDERS)
            self.redraw()
        elif key.removeprefix("shift+") in ("left", "right"):
            self.typed = ""
            self.move(1 if key.endswith("right") else -1, far=key.startswith("shift"))
        elif key == "backspace":
            if self.typed:
                self.typed = self.typed[:-1]
                self.redraw()
            elif self.values.pop(SLIDERS[self.cursor].key, None) is not None:
                self._changed()
        elif key == "enter" and self.typed:
            self._take_typed()
        elif key == "escape" and self.typed:
            self.typed = ""
            self.redraw()
        else:
            return False
        return True

    def on_key(self, event: events.Key) -> None:
        character = event.character or ""
        if character.isascii() and (character.isdigit() or (character and character in ".,%")):
            self.typed = (self.typed + character)[:12]
            self.redraw()
        elif not self.press(event.key):
            return
        event.stop()
        event.prevent_default()

    def _take_typed(self) -> None:
        slider = SLIDERS[self.cursor]
        text, self.typed = self.typed.replace(",", ""), ""
        try:
            value = float(text.rstrip("%"))
        except ValueError:
            self.redraw()
            return
        if slider.key in STAGES and (value > 1 or text.endswith("%")):
            value /= 100  # 12 and 12% mean the same rate
        if self.known is not None:
            self._set(slider, value)

    def area_at(self, x: int, y: int) -> Region | None:
        return self.row_area(y) if 1 <= y <= len(SLIDERS) else None

    def on_click(self, event: events.Click) -> None:
        _, y = event.get_content_offset_capture(self)
        if 1 <= y <= len(SLIDERS):
            self.cursor = y - 1
            self.redraw()

    # display

    def build(self, width: int, height: int) -> list[Line]:
        title: Line = [(" What if?", "bold"), ("   ← → adjust  0–9 type  ⌫ reset", "dim")]
        if self.known is None:
            return [title, [("   …", "dim")]]
        lines = [title]
        for index, slider in enumerate(SLIDERS):
            lines.append(self._slider(slider, index == self.cursor, width))
        if height >= len(SLIDERS) + RESULTS + 2:
            lines.append([])
        lines += self._results(width)
        return [spans.cut(line, width, measure) for line in lines][:height]

    def _slider(self, slider: Slider, chosen: bool, width: int) -> Line:
        value = self._now(slider)
        moved = slider.key in self.values
        text = self._text(slider, value)
        if chosen and self.typed:
            text = f"{self.typed}▏"
        line: Line = [
            spans.pointer(chosen),
            (f"{slider.name:<21}", "cursor" if chosen else ""),
            (f"{text:>9}", "accent" if moved else "bold"),
        ]
        room = min(24, width - 36)
        if room >= 8 and value is not None:
            line += [("  ", ""), *self._track(slider, value, room)]
        return line

    def _text(self, slider: Slider, value: float | None) -> str:
        if value is None:
            return "–"
        if slider.key in STAGES:
            return formats.percent(value, 1)
        if slider.key == "average":
            return formats.amount(round(value)) if value < 9_999_999 else formats.short_amount(value)
        return formats.number(value, 1)

    def _track(self, slider: Slider, value: float, room: int) -> Line:
        low, high = self._limits(slider)
        if slider.key in STAGES:
            known = self._as_it_is(slider) or 0.0
            low, high = 0.0, min(1.0, max(3 * known, value * 1.1, 0.1))
        elif slider.key == "average":
            high = max(3 * (self._as_it_is(slider) or 0.0), value)
            low = 0.0
        share = (value - low) / (high - low) if high > low else 0.0
        at = min(room - 1, max(0, round(share * (room - 1))))
        return [("─" * at, "track"), ("●", "accent" if slider.key in self.values else "fill"),
                ("─" * (room - 1 - at), "track")]  # fmt: skip

    def _results(self, width: int) -> list[Line]:
        assert self.known is not None
        known, supposed = self.known, self.supposed
        if not self.values:
            supposed = known
        rows = []
        for name, show in (
            (f"plan {by_text(known)}", lambda each: _format_odds(each.plan)),
            ("  with later closes", _in_the_end),
            (f"quota {by_text(known)}", lambda each: _format_odds(each.quota)),
            (f"calls for {formats.percent(known.facts.wanted)} odds", _calls),
            ("forecast", _forecast),
        ):
            before = show(known)
            after = "…" if supposed is None else show(supposed)
            line: Line = [(f"   {name:<21}", "dim"), (f"{before:>9}", "dim" if self.values else "bold")]
            if self.values:
                told: Line = [(" → ", "dim"), (after, "bold" if after != before else "dim")]
                fits = spans.width_of([*line, *told], measure) < width
                line += told if fits or after != before else [(", still", "dim")]
            rows.append(line)
        return rows


def _format_odds(aimed: object) -> str:
    probability = getattr(aimed, "probability", None)
    return "–" if probability is None else formats.percent(probability)


def _in_the_end(each: Outlook) -> str:
    return "–" if each.plan is None or each.plan.in_the_end is None else formats.percent(each.plan.in_the_end)


def _calls(each: Outlook) -> str:
    plan = each.plan
    if plan is None or plan.deals is None:
        return "–"
    if plan.met:
        return "✓"
    return "out of reach" if plan.dials is None else f"{plan.dials:,}"


def _forecast(each: Outlook) -> str:
    return "–" if each.forecast is None else formats.short_amount(each.forecast.median)


def is_savable(supposition: Supposition) -> bool:
    """Return whether a supposition contains anything that a plan can save."""
    return supposition != NOTHING and (supposition.calls_per_day is not None or supposition.average_deal is not None)
