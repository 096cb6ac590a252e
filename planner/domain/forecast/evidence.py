"""Describes the evidence behind a rate in words: observations, prior and trials."""

from __future__ import annotations

from planner.domain.forecast.advice import percent
from planner.domain.forecast.rates import Rate
from planner.domain.money import format_number

MONTHS_SHOWN = 24
DAYS_SHOWN = 10
DEALS_SHOWN = 30


def rate_words(rate: Rate) -> list[str]:
    """Explain a rate: what was observed, what was believed before, and how waiting trials count."""
    n, s = rate.weighed
    lines = [
        f"{rate.successes:,} of {rate.trials:,} in the log; by age (half after 60 working days) {s:,.1f} of {n:,.1f}.",
        f"Believed before: {percent(rate.prior.mean, 1)}, worth {format_number(rate.prior.strength, 1)} trials. "
        f"Together ({rate.prior.a:,.1f} + {s:,.1f}) ÷ ({rate.prior.strength:,.1f} + {n:,.1f}) = "
        f"{percent(rate.posterior.mean, 1)}.",
    ]
    if rate.lag:
        lines.append(
            f"Half of the outcomes come within {format_number(rate.lag, 1)} working days. What still waits counts as "
            f"failed only as far as its outcome would have come by now; {rate.waiting:,} may still come."
        )
    return lines


def trials(rate: Rate) -> tuple[str, ...]:
    """List the log behind a rate: its trials by month and on the latest days, and the deals that are trials."""
    behind = rate.behind
    if not behind:
        return ("Nothing in the log counts yet.",)
    months: dict[str, list[int]] = {}
    days: dict[str, list[int]] = {}
    for trial in behind:
        for table, key in ((months, trial.day[:7]), (days, trial.day)):
            row = table.setdefault(key, [0, 0])
            row[0] += trial.count
            row[1] += trial.won
    lines = []
    for table, title, shown in ((months, "by month", MONTHS_SHOWN), (days, "the latest days", DAYS_SHOWN)):
        lines.append(f"{title}:")
        for key, (count, won) in sorted(table.items(), reverse=True)[:shown]:
            lines.append(f"  {key:<10}  {won:>6,} of {count:>7,}  {percent(won / count, 1):>8}")
    lines.append("each row of a day: planner log list --date DAY")
    named = sorted((trial for trial in behind if trial.deal is not None), key=lambda trial: trial.day, reverse=True)
    if named:
        lines.append("the latest deals that were closed:")
        lines += [f"  {t.day}  {'won ' if t.won else 'lost'}  {t.deal}" for t in named[:DEALS_SHOWN]]
        if len(named) > DEALS_SHOWN:
            lines.append(f"  … and {len(named) - DEALS_SHOWN:,} more: planner deal list --all")
    return tuple(lines)
