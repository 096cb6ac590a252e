"""The form for a win: the amount, the client and the deal."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from planner.domain import formats
from planner.domain.errors import InputError
from planner.domain.money import parse_amount
from planner.tui.shared.form import Field, FormModal


@dataclass(frozen=True)
class WinWanted:
    """The form's result, as typed and as parsed."""

    typed: dict[str, str]
    amount: Decimal
    contact: str
    title: str


class AmountModal(FormModal[WinWanted]):
    """Form that asks for an amount, and optionally for the client and the deal."""

    HEADING = "A deal won"

    def __init__(self, currency: str, typed: dict[str, str] | None = None, problem: str = "") -> None:
        self.currency = currency
        value = typed or {}
        label = f"amount ({currency})" if currency else "amount"
        super().__init__(
            [
                Field("amount", label, value.get("amount", ""), "350000, 350k, 12.50"),
                Field("contact", "client", value.get("contact", ""), "a name; may be left empty"),
                Field("title", "deal", value.get("title", ""), "empty: their open deal, or a new one"),
            ],
            problem,
        )

    def read(self, values: dict[str, str]) -> WinWanted:
        if not values["amount"]:
            raise InputError("Write what the deal brings, or leave with esc.")
        amount = parse_amount(values["amount"])
        if not amount:
            raise InputError("Enter an amount above 0.")
        return WinWanted(values, amount, values["contact"], values["title"])

    def preview(self, values: dict[str, str]) -> str:
        if not values["amount"]:
            return ""
        return f"books {formats.amount(parse_amount(values['amount']))} {self.currency}".rstrip() + " today"
