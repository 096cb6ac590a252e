"""The form for a new or an existing goal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from planner.domain import formats
from planner.domain.errors import InputError
from planner.domain.money import parse_amount
from planner.domain.plan.goals import Goal, Horizon, Metric, counts_from, parse_horizon, parse_metric, period_of
from planner.domain.typed.when import parse_when
from planner.services.context import AppContext
from planner.tui.shared import read_back
from planner.tui.shared.form import Field, FormModal

HINTS = {
    "title": "what you want to achieve",
    "horizon": "",
    "metric": "",
    "target": "the number to reach",
    "start_figure": "for 3y and 5y goals: last year's result",
    "starts": "a date (default: today)",
    "due": "a date (default: the end of the period)",
    "why": "why it matters to you",
    "for_whom": "the people you're doing it for",
    "picture": "what it looks like when you get there",
}
CHOICES = {"horizon": tuple(Horizon), "metric": ("", *(metric.typed for metric in Metric))}
LABELS = {"start_figure": "start figure", "starts": "starts on", "for_whom": "who it's for", "picture": "vision"}


@dataclass(frozen=True)
class GoalWanted:
    """The form's result: the validated fields, and the function that saves them."""

    carry_out: Callable[[AppContext], str]
    typed: dict[str, str]


class GoalModal(FormModal[GoalWanted]):
    """Form for a goal. For an existing one, only changed fields are saved."""

    REQUIRED = ("title", "horizon")
    CSS = "GoalModal #form { width: 92; }"

    def __init__(
        self,
        now: datetime,
        goal: Goal | None = None,
        under: Goal | None = None,
        typed: Mapping[str, str] | None = None,
        problem: str = "",
        *,
        today: date,
    ) -> None:
        self.now, self.today, self.goal, self.under = now, today, goal, under
        self.HEADING = goal.title if goal else f'New goal under "{under.title}"' if under else "New top-level goal"
        values = _values(goal) if goal else {"horizon": _horizon_below(under)}
        self.given = {name: values.get(name, "") for name in HINTS}
        shown = {**self.given, **(typed or {})}
        hints = HINTS if goal is None else HINTS | {"starts": "a date (default: the start of the period)"}
        super().__init__(
            [
                Field(
                    name,
                    LABELS.get(name, name).capitalize(),
                    shown[name],
                    hints[name],
                    choices=CHOICES.get(name, ()),
                    own=True,
                    read_back=self._read_back(name),
                )
                for name in hints
            ],
            problem,
        )

    def _read_back(self, name: str) -> read_back.ReadBack | None:
        if name in ("target", "start_figure"):
            return read_back.amount(LABELS.get(name, name).capitalize())
        if name in ("starts", "due"):
            return read_back.day(self.now, "near" if name == "starts" else "future")
        return None

    def _fields(self, values: dict[str, str]) -> dict[str, Any]:
        """Return the changed fields, named as in `Goal` and in the service."""
        found: dict[str, Any] = {}
        for name, text in values.items():
            if text == self.given[name].strip() and (self.goal is not None or name in ("title", "horizon")):
                continue
            if not text and self.goal is None:
                continue
            try:
                found[name] = self._read(name, text)
            except InputError as problem:
                problem.at(name)
                raise
        return found

    def _read(self, name: str, text: str) -> Any:
        if name in ("why", "for_whom", "picture", "title"):
            return text
        if not text:
            if name in ("horizon", "due"):
                raise InputError(f"The {LABELS.get(name, name).capitalize()} can't be empty.")
            return None
        if name == "horizon":
            return parse_horizon(text)
        if name == "metric":
            return parse_metric(text)
        if name in ("target", "start_figure"):
            return parse_amount(text, what=LABELS.get(name, name).capitalize())
        return parse_when(text, self.now, towards="near" if name == "starts" else "future").day

    def read(self, values: dict[str, str]) -> GoalWanted:
        if not values["title"]:
            raise InputError("Enter a title, or press esc to cancel.").at("title")
        if not values["horizon"]:
            raise InputError("Enter a horizon: 5y, 3y, 1y, month or week.").at("horizon")
        fields = self._fields(values)
        if values["target"] and not values["metric"]:
            raise InputError(f"A target needs a metric: {', '.join(metric.typed for metric in Metric)}.").at("metric")
        goal = self.goal

        def carry_out(ctx: AppContext) -> str:
            from planner.services.plan import goals

            if goal is not None:
                return f"Saved: {goals.edit(ctx, goal.id, fields, seen=goal).title}"
            named = {name: value for name, value in fields.items() if name not in ("title", "horizon")}
            parent = None if self.under is None else self.under.id
            made = goals.add(ctx, values["title"], parse_horizon(values["horizon"]), parent_id=parent, **named)
            starts = made.starts
            counts = f", starts {formats.when_text(starts, self.today)}" if starts and made.target else ""
            return f"New goal: {made.title}, due {formats.when_text(made.period.last, self.today)}{counts}"

        if goal is not None and not fields:
            return GoalWanted(lambda ctx: f"No changes: {goal.title}", values)
        # If asked again, only what the rep typed overrides the goal's current state.
        return GoalWanted(carry_out, {name: text for name, text in values.items() if name in fields or goal is None})

    def preview(self, values: dict[str, str]) -> str:
        if not values["horizon"]:
            return ""
        horizon = parse_horizon(values["horizon"])
        parts = [f"{horizon.kind} goal"]
        if values["metric"] and values["target"]:
            target = formats.amount(parse_amount(values["target"], what="target"))
            metric = parse_metric(values["metric"])
            parts.append(f"target {target}" if metric is Metric.COUNT else f"{target} {metric.words}")
        due = parse_when(values["due"], self.now).day if values["due"] else None
        if due is not None:
            parts.append(f"due {formats.when_text(due, self.today)}")
        starts = self._starts(values, horizon, due)
        if starts is not None and values["target"]:
            parts.append(f"starts {formats.when_text(starts, self.today)}")
        return ", ".join(parts)

    def _starts(self, values: dict[str, str], horizon: Horizon, due: date | None) -> date | None:
        """Return the first day that counts, None for the goal's first day."""
        if values["starts"]:
            return parse_when(values["starts"], self.now, towards="near").day
        return None if self.goal else counts_from(period_of(horizon, self.today, due), self.today)


def _values(goal: Goal) -> dict[str, str]:
    """Return a goal's form values. Multi-line texts appear as one line, and keep their line breaks unless edited."""
    figures = {name: getattr(goal, name) for name in ("target", "start_figure")}
    return {
        "title": goal.title,
        "horizon": goal.horizon.value,
        "metric": goal.metric.typed if goal.metric else "",
        **{name: "" if value is None else formats.amount(value) for name, value in figures.items()},
        "starts": formats.dated_text(goal.starts) if goal.starts else "",
        "due": formats.dated_text(goal.period.last),
        **{name: getattr(goal, name).replace("\n", " ") for name in ("why", "for_whom", "picture")},
    }


def _horizon_below(under: Goal | None) -> str:
    """Return the likely horizon of a new goal under another: the next shorter one."""
    if under is None:
        return Horizon.FIVE_YEARS.value
    levels = list(Horizon)
    return levels[min(under.horizon.level + 1, len(levels) - 1)].value
