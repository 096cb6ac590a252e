"""Splits a multi-year goal over its years and months (`maths.md` 8)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

from planner.domain.errors import InputError

CENT = Decimal("0.01")


def growth(start: Decimal, end: Decimal, years: int = 5) -> Decimal | None:
    """Return the yearly growth from `start` to `end` as a ratio (.32 is 32%), or None if `start` is 0 (linear)."""
    if years < 1:
        raise InputError("A growth path needs at least one year.")
    if start <= 0:
        return None
    with localcontext() as context:
        context.prec = 28
        return (end / start) ** (Decimal(1) / Decimal(years)) - 1


def yearly_figures(start: Decimal, end: Decimal, years: int = 5) -> list[Decimal]:
    """Return the figure of each year after `start` up to `end`, to the hundredth. Linear if `start` is 0."""
    rate = growth(start, end, years)
    if rate is None:
        figures = [end * step / years for step in range(1, years + 1)]
    else:
        figures = [start * (1 + rate) ** step for step in range(1, years + 1)]
    return [*(figure.quantize(CENT) for figure in figures[:-1]), end]


def month_shares(year_total: Fraction, weights: Sequence[Fraction]) -> list[Fraction]:
    """Split a year over its months by weight, which is season × working days. All zeros give zeros."""
    total = sum(weights, Fraction(0))
    return [year_total * weight / total if total else Fraction(0) for weight in weights]


def rolled_shares(
    year_total: Fraction,
    weights: Sequence[Fraction],
    done: Sequence[Fraction],
    current: int,
) -> list[Fraction]:
    """Return a year's monthly targets once some months are over, with their shortfall spread over the rest by season.

    `weights` are season × working days per month, `done` what each has brought, `current` the index of the current
    month. Past months keep what they brought. The others share the remainder, never less than 0.
    """
    over = [Fraction(amount) for amount in done[:current]]
    left = max(Fraction(0), year_total - sum(over, Fraction(0)))
    return [*over, *month_shares(left, list(weights[current:]))]
