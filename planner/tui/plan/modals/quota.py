"""The form for the quota of a quarter or a year, and the rep's own plan for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.errors import InputError
from planner.domain.money import parse_amount
from planner.domain.plan.plan import BelowDouble, confirm_double, personal_from
from planner.domain.plan.quotas import Figures
from planner.services.context import AppContext
from planner.tui.shared import read_back
from planner.tui.shared.form import Field, FormModal

if TYPE_CHECKING:
    from planner.services.plan.quotas import QuotaView


@dataclass(frozen=True)
class QuotaWanted:
    """The form's result: the validated fields, and the function that saves them."""

    carry_out: Callable[[AppContext], str]
    typed: dict[str, str]


class QuotaModal(FormModal[QuotaWanted]):
    """Form for both figures of a quarter or year, to be spread over the months that have no plan of their own."""

    REQUIRED = ("quota",)

    def __init__(self, view: QuotaView, typed: Mapping[str, str] | None = None, problem: str = "") -> None:
        self.stretch, self._consented = view.stretch, dict[str, str]()
        self.HEADING = f"Quota for {view.stretch.title} ({view.stretch.span_text()})"
        own = formats.amount(view.personal_plan) if view.personal_own and view.personal_plan is not None else ""
        fields = [
            Field(
                "quota",
                "Quota",
                "" if view.quota is None else formats.amount(view.quota),
                "your official number",
                read_back=read_back.amount("quota"),
            ),
            Field("personal", "Personal plan", own, "an amount or 2x (default: your usual multiple)"),
        ]
        super().__init__(
            [replace(field, value=(typed or {}).get(field.name, field.value)) for field in fields], problem
        )

    def _figures(self, values: dict[str, str]) -> Figures | None:
        """Return the two figures, None unless both are given."""
        quota = parse_amount(values["quota"], what="quota")
        return Figures(quota, personal_from(values["personal"], quota)) if values["personal"] else None

    def read(self, values: dict[str, str]) -> QuotaWanted:
        if not values["quota"]:
            raise InputError("Enter the quota, or press esc to cancel.").at("quota")
        quota, consent = parse_amount(values["quota"], what="quota"), self._consented == values
        figures = self._figures(values)
        if figures is not None:
            try:
                confirm_double(figures, consent, "Press ⏎ again to keep it.")
            except BelowDouble as problem:
                self._consented = values
                problem.at("personal")
                raise

        def carry_out(ctx: AppContext) -> str:
            from planner.services.plan import quotas

            quotas.set_quota(ctx, self.stretch, quota, values["personal"], below_double=consent)
            return f"Saved: quota {formats.amount(quota)} for {self.stretch.title}"

        return QuotaWanted(carry_out, values)

    def preview(self, values: dict[str, str]) -> str:
        if not values["quota"]:
            return ""
        figures = self._figures(values)
        own = "" if figures is None else f", personal plan {formats.amount(figures.personal_plan)}"
        return f"{self.stretch.span_text()}: quota {formats.amount(parse_amount(values['quota'], what='quota'))}{own}"
