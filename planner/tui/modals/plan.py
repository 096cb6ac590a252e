"""The month's quota and plan, and the daily acts under them, in one form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from planner import content
from planner.domain.errors import InputError
from planner.domain.money import format_amount, parse_amount
from planner.domain.plan import BelowDouble, MonthPlan, confirm_double, personal_from
from planner.domain.workdays import Period, month_of, parse_month
from planner.services.desk import Desk
from planner.services.live import Today
from planner.tui.modals.form import Field, FormModal


@dataclass(frozen=True)
class PlanWanted:
    """A checked form, and what carries it out on a desk."""

    carry_out: Callable[[Desk], str]


class PlanModal(FormModal[PlanWanted]):
    """Asks for the two figures and the first daily acts; the norms of the method stand in until they are changed."""

    HEADING = "The month's quota, and your own plan above it"

    def __init__(self, desk: Desk, today: Today) -> None:
        self._consented: dict[str, str] | None = None
        norms = content.load("norms")
        planned = today.personal_plan is not None and today.quota is not None
        quota = format_amount((today.quota or 0) / 100) if planned else f"{norms['quota']:,}"
        personal = format_amount((today.personal_plan or 0) / 100) if planned else norms["multiple"]
        counted = today.target("dials") is not None
        super().__init__(
            [
                Field("month", "month", desk.today().isoformat()[:7], "2026-11"),
                Field("quota", "quota", quota, "the official figure"),
                Field("personal", "personal plan", personal, "an amount, or 2x the quota"),
                Field("average", "average deal", "" if planned else f"{norms['average_deal']:,}", "what a deal brings"),
                Field("currency", "currency", today.currency or "", "three letters, such as EUR"),
                Field("calls", "cold calls a day", "" if counted else str(norms["calls_a_day"]), "as it is"),
                Field("meetings", "meetings a month", "" if counted else str(norms["meetings_a_month"]), "as it is"),
            ]
        )

    def _plan(self, values: dict[str, str]) -> tuple[Period, MonthPlan]:
        month = parse_month(values["month"])
        quota = parse_amount(values["quota"], what="quota")
        average = parse_amount(values["average"], what="average deal") if values["average"] else None
        return month, MonthPlan(month, quota, personal_from(values["personal"], quota), average)

    def _count(self, text: str, what: str) -> int | None:
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and int(text) <= 10_000):
            raise InputError(f"{what}: {text!r} is not a whole number from 0 to 10,000.")
        return int(text)

    def read(self, values: dict[str, str]) -> PlanWanted:
        month, plan = self._plan(values)
        calls = self._count(values["calls"], "cold calls a day")
        meetings = self._count(values["meetings"], "meetings a month")
        consent = self._consented == values
        try:
            confirm_double(plan, consent, "Enter once more")
        except BelowDouble:
            self._consented = values
            raise

        def carry_out(desk: Desk) -> str:
            from planner.services import plan as service

            result = service.set_plan_and_acts(
                desk,
                month,
                plan,
                below_double=consent,
                currency=values["currency"] or None,
                calls_a_day=calls,
                meetings_a_month=meetings,
            )
            noticed = f"  ! {result.notices[0]}" if result.notices else ""
            return f"plan {format_amount(result.plan.personal_plan)} over {format_amount(result.plan.quota)}{noticed}"

        return PlanWanted(carry_out)

    def preview(self, values: dict[str, str]) -> str:
        if not all(values[name] for name in ("month", "quota", "personal")):
            return ""
        month, plan = self._plan(values)
        if plan.month != month_of(month.first):
            return ""
        multiple = f", {plan.multiple:.2f}× the quota" if plan.multiple else ""
        return f"{month.first:%B %Y}: {format_amount(plan.personal_plan)} over {format_amount(plan.quota)}{multiple}"
