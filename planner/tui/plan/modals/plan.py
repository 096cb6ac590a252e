"""The form for the month's quota and plan, and the daily activities behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from planner import content
from planner.domain import formats
from planner.domain.money import parse_amount
from planner.domain.plan.plan import BelowDouble, MonthPlan, confirm_double, month_text, personal_from
from planner.domain.text import plural
from planner.domain.typed.dates import read_month
from planner.domain.typed.when import parse_when
from planner.domain.workdays import Period, month_of
from planner.services.context import AppContext
from planner.tui.shared import read_back
from planner.tui.shared.form import Field, FormModal

if TYPE_CHECKING:
    from planner.services.plan.plan import FormFacts


CALLS = read_back.count("calls a day", 10_000)
MEETINGS = read_back.count("meetings a month", 10_000)


@dataclass(frozen=True)
class PlanWanted:
    """The form's result: the validated fields, and the function that saves them."""

    carry_out: Callable[[AppContext], str]
    typed: dict[str, str]


class PlanModal(FormModal[PlanWanted]):
    """Form for quota, plan and the first daily targets, prefilled with the method's norms until they are changed. A new
    month is prefilled with the rep's last figures, and a running one also has a field for revenue already won.
    """

    HEADING = "Monthly quota and personal plan"

    def __init__(
        self,
        month: Period,
        facts: FormFacts,
        typed: Mapping[str, str] | None = None,
        problem: str = "",
        *,
        now: datetime,
        today: date,
    ) -> None:
        self._consented: dict[str, str] | None = None
        self._asked, self._facts, self._now, self._today = month, facts, now, today
        norms, offer = content.load("norms"), facts.offer
        # The norms only prefill the first form. They never replace what the rep has set.
        plan, first = facts.plan or (offer.plan if offer is not None else None), facts.plan is None and offer is None
        average = plan.average_deal if plan is not None else norms["average_deal"] if first else None
        meetings = str(norms["meetings_a_month"]) if first and not facts.has_meetings else ""
        needed = f"2x or an amount. Your goals need {formats.amount(facts.share)}" if facts.share else ""
        fields = [
            Field("month", "Month", month_text(month), "e.g. nov, or 2026-11", read_back=self._read_back_month),
            Field(
                "quota",
                "Quota",
                formats.amount(plan.quota if plan else norms["quota"]),
                "your official number",
                read_back=read_back.amount("quota"),
            ),
            Field(
                "personal",
                "Personal plan",
                formats.amount(plan.personal_plan) if plan else self._propose(facts.share, norms),
                needed or "an amount, or 2x the quota",
            ),
            Field(
                "average",
                "Average deal",
                formats.amount(average) if average else "",
                "revenue per deal",
                read_back=read_back.amount("average deal"),
            ),
            Field("currency", "Currency", facts.currency or "", "currency code, such as EUR"),
            Field("calls", "Calls a day", self._calls(norms, first=first), "set by your goals", read_back=CALLS),
            Field("meetings", "Meetings a month", meetings, "set by your goals", read_back=MEETINGS),
        ]
        if month.first < today <= month.last and offer is None:
            fields += self._running_month()
        self._given = {field.name: field.value for field in fields}
        super().__init__(
            [replace(field, value=(typed or {}).get(field.name, field.value)) for field in fields], problem
        )

    def _running_month(self) -> list[Field]:
        """Return the fields of a month that has begun: what was won before, and from when it counts."""
        plan = self._facts.plan
        starts = self._today if self._facts.fresh else self._asked.first
        won = Decimal(0)
        if plan is not None:
            starts, won = plan.counting.first, plan.brought_in
        before = "revenue this month before the start date"
        return [
            Field(
                "brought_in",
                "Already won",
                formats.amount(won) if won else "",
                before,
                read_back=read_back.amount("already won"),
            ),
            Field(
                "starts",
                "Starts on",
                formats.dated_text(starts),
                "the first day that counts",
                read_back=read_back.day(self._now, "near", self._today),
            ),
        ]

    def _calls(self, norms: dict[str, Any], *, first: bool) -> str:
        """Return the prefilled calls per day: those of the last plan, or the norm for a first one."""
        offer = self._facts.offer
        if offer is not None:
            return str(offer.plan.calls_per_day or "")
        return str(norms["calls_a_day"]) if first and not self._facts.has_calls else ""

    @staticmethod
    def _propose(share: Decimal | None, norms: dict[str, Any]) -> str:
        """Return the larger of the default multiple of the quota and what the goals require."""
        multiple = str(norms["multiple"])
        larger = share is not None and share > personal_from(multiple, Decimal(norms["quota"]))
        return formats.amount(share) if larger and share is not None else multiple

    def _read_back_month(self, text: str) -> str:
        return formats.month_text(read_month(text, self._today).first)

    def _plan(self, values: dict[str, str]) -> tuple[Period, MonthPlan]:
        month = read_month(values["month"], self._today)
        quota = parse_amount(values["quota"], what="quota")
        average = parse_amount(values["average"], what="average deal") if values["average"] else None
        plan = MonthPlan(month, quota, personal_from(values["personal"], quota), average)
        if self._is_new_month(month):
            plan = replace(plan, calls_per_day=self._count(values["calls"], CALLS) or None)
        return month, self._with_brought_in(plan, values)

    def _with_brought_in(self, plan: MonthPlan, values: dict[str, str]) -> MonthPlan:
        """Add what was already won in the month, and the day it counts from. Unchanged values stay."""
        known = self._facts.plan
        if "starts" not in values or plan.month != self._asked:
            return plan
        text = values["starts"] or month_text(plan.month) + "-01"
        starts = parse_when(text, self._now, towards="near", today=self._today).day
        won = parse_amount(values["brought_in"], what="already won") if values["brought_in"] else Decimal(0)
        if known is not None and (starts, won) == (known.counting.first, known.brought_in):
            return replace(plan, starts=known.starts, whole=known.whole, brought_in=won)
        return replace(plan, starts=starts, whole=True, brought_in=won)

    def _is_new_month(self, month: Period) -> bool:
        """Return whether this is a new month based on the last one's figures."""
        return self._facts.offer is not None and month == self._asked

    @staticmethod
    def _count(text: str, read: read_back.ReadBack) -> int | None:
        return int(read(text)) if text else None

    def read(self, values: dict[str, str]) -> PlanWanted:
        month, plan = self._plan(values)
        calls, meetings = self._count(values["calls"], CALLS), self._count(values["meetings"], MEETINGS)
        consent = self._consented == values
        try:
            confirm_double(plan, consent, "Press ⏎ again to keep it.")
        except BelowDouble as problem:
            self._consented = values
            problem.at("personal")
            raise

        offer, begins = self._facts.offer, self._is_new_month(month)

        def carry_out(ctx: AppContext) -> str:
            from planner.services.plan import plan as service

            result = service.set_plan_and_acts(
                ctx,
                month,
                plan,
                below_double=consent,
                currency=values["currency"] or None,
                calls_a_day=None if begins else calls,
                meetings_a_month=meetings,
                seen=self._facts if month == self._asked else None,
                goals_going_on=offer.with_plan(plan).goals if begins and offer is not None else (),
            )
            noticed = f"  ! {result.notices[0]}" if result.notices else ""
            figures = (
                f"plan {formats.amount(result.plan.personal_plan)}, quota {formats.amount(result.plan.quota)}{noticed}"
            )
            return f"Saved: {figures}"

        return PlanWanted(carry_out, {name: text for name, text in values.items() if text != self._given[name]})

    def preview(self, values: dict[str, str]) -> str:
        if not all(values[name] for name in ("month", "quota", "personal")):
            return ""
        month, plan = self._plan(values)
        if plan.month != month_of(month.first):
            return ""
        multiple = f" ({formats.number(plan.multiple, 2)}×)" if plan.multiple else ""
        starts = plan.counting.first
        counts = f", starts {formats.when_text(starts, self._today)}" if starts > month.first else ""
        won = f", {formats.amount(plan.brought_in)} already won" if plan.brought_in else ""
        offer = self._facts.offer
        going = plural(len(offer.goals), "goal", "goals") if offer is not None and self._is_new_month(month) else ""
        return (
            f"{formats.month_text(month.first)}: plan {formats.amount(plan.personal_plan)}, quota "
            f"{formats.amount(plan.quota)}{multiple}{counts}{won}{f', {going} carried over' if going else ''}"
        )
