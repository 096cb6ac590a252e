"""How a wish over years falls on its years and months (`maths.md` 8)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

from planner.domain.errors import InputError

CENT = Decimal("0.01")


def growth(start: Decimal, end: Decimal, years: int = 5) -> Decimal | None:
    """Growth a year from `start` to `end`, as a ratio (.32 is 32 %); None when it can't be one (start 0: linear)."""
    if years < 1:
        raise InputError("A growth path needs at least one year.")
    if start <= 0:
        return None
    with localcontext() as context:
        context.prec = 28
        return (end / start) ** (Decimal(1) / Decimal(years)) - 1


def yearly_figures(start: Decimal, end: Decimal, years: int = 5) -> list[Decimal]:
    """The figure of each year from the one after `start` to `end`, to the hundredth; linear when `start` is 0."""
    rate = growth(start, end, years)
    if rate is None:
        figures = [end * step / years for step in range(1, years + 1)]
    else:
        figures = [start * (1 + rate) ** step for step in range(1, years + 1)]
    return [*(figure.quantize(CENT) for figure in figures[:-1]), end]


def month_shares(
    year_total: Fraction, working_days: Sequence[Fraction], seasons: Sequence[Fraction] | None = None
) -> list[Fraction]:
    """Lay a year on its months by season × working days: month = year·s_m·W_m / Σ s·W.

    `working_days` and `seasons` run over the same months (seasons default to 1). All zero gives zeros.
    """
    weights = list(working_days) if seasons is None else [s * w for s, w in zip(seasons, working_days, strict=True)]
    total = sum(weights, Fraction(0))
    return [year_total * weight / total if total else Fraction(0) for weight in weights]


def rolled_shares(
    year_total: Fraction,
    weights: Sequence[Fraction],
    done: Sequence[Fraction],
    current: int,
) -> list[Fraction]:
    """What a year asks of its months once some are over: what they missed is laid on the rest, season by season.

    `weights` are season × working days of each month, `done` what each has brought, `current` the index of the month
    under way. Months that are over keep what they brought; the others share what is left, never less than 0.
    """
    over = [Fraction(amount) for amount in done[:current]]
    left = max(Fraction(0), year_total - sum(over, Fraction(0)))
    return [*over, *month_shares(left, list(weights[current:]))]
