"""The form for a win: the amount, the contact and the deal."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from planner.domain import formats
from planner.domain.errors import InputError
from planner.domain.fields import by_id
from planner.domain.money import parse_amount
from planner.tui.shared import read_back
from planner.tui.shared.form import Field, FormModal


@dataclass(frozen=True)
class WinWanted:
    """The form's result, as typed and as parsed."""

    typed: dict[str, str]
    amount: Decimal
    contact: str
    title: str


class AmountModal(FormModal[WinWanted]):
    """Form that asks for an amount, and optionally for the contact and the deal."""

    HEADING = "Log a win"

    def __init__(self, currency: str, typed: dict[str, str] | None = None, problem: str = "") -> None:
        self.currency = currency
        value = typed or {}
        label = f"Amount ({currency})" if currency else "Amount"
        super().__init__(
            [
                Field(
                    "amount", label, value.get("amount", ""), "e.g. 350000, 350k, 12.50", read_back=read_back.amount()
                ),
                Field("contact", "Contact", value.get("contact", ""), "name or id, optional", completes="contact"),
                Field("title", "Deal", value.get("title", ""), "leave empty for their open deal or a new one"),
            ],
            problem,
        )

    def read(self, values: dict[str, str]) -> WinWanted:
        if not values["amount"]:
            raise InputError("Enter the amount, or press esc to cancel.").at("amount")
        amount = parse_amount(values["amount"])
        if not amount:
            raise InputError("Enter an amount above 0.").at("amount")
        return WinWanted(values, amount, by_id(values["contact"]), values["title"])

    def preview(self, values: dict[str, str]) -> str:
        if not values["amount"]:
            return ""
        return " ".join(filter(None, (formats.amount(parse_amount(values["amount"])), self.currency, "closed today")))
