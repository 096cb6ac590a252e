"""The amount of a deal won."""

from __future__ import annotations

from decimal import Decimal

from planner.domain.errors import InputError
from planner.domain.money import format_amount, parse_amount
from planner.tui.modals.form import Field, FormModal


class AmountModal(FormModal[tuple[Decimal, str]]):
    """Asks for an amount; returns it with the text it was typed as."""

    HEADING = "A deal won"

    def __init__(self, currency: str, text: str = "", problem: str = "") -> None:
        self.currency = currency
        label = f"amount ({currency})" if currency else "amount"
        super().__init__([Field("amount", label, text, "350000, 350k, 12.50")], problem)

    def read(self, values: dict[str, str]) -> tuple[Decimal, str]:
        if not values["amount"]:
            raise InputError("Write what the deal brings, or leave with esc.")
        amount = parse_amount(values["amount"])
        if not amount:
            raise InputError("A deal brings more than 0.")
        return amount, values["amount"]

    def preview(self, values: dict[str, str]) -> str:
        if not values["amount"]:
            return ""
        return f"books {format_amount(parse_amount(values['amount']))} {self.currency}".rstrip() + " today"
