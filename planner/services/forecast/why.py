"""The explanation of a figure as a value, and the sentences that several explanations share."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from planner.domain import formats
from planner.domain.forecast.advice import deals_text
from planner.domain.forecast.days_left import OTHER_COMES
from planner.domain.forecast.outlook import Aimed, Outlook

SMALL = 100  # smaller amounts show hundredths


@dataclass(frozen=True, slots=True)
class Why:
    """The explanation of a figure: its name, its value, and one sentence per line. `stage` has trials that can be
    opened.
    """

    key: str
    name: str
    value: str
    lines: tuple[str, ...]
    stage: str = ""


def holds_words(known: Outlook) -> str:
    """Return where the daily capacity comes from."""
    facts = known.facts
    if known.supposed.calls_per_day is not None:
        return "what you're assuming"
    if facts.calls_from == "set":
        return "your setting"
    if facts.calls_from == "blocks":
        each = "your" if facts.minutes_per_dial is not None else "a typical"
        return f"your call blocks at {each} {formats.number(facts.minutes_per_dial or 1.5, 1)} minutes a call"
    return "the default"


def deals_missing(known: Outlook, aimed: Aimed) -> list[str]:
    """Return what is missing of a target, as money and as deals."""
    facts = known.facts
    what = "exactly on target"
    if aimed.missing:
        what = f"{money(aimed.missing)} short" if aimed.missing > 0 else f"{money(-aimed.missing)} over"
    lines = [f"You've closed {money(facts.booked)} of {money(aimed.target)}, which is {what}."]
    if facts.expected_left and known.left:
        lines[0] += (
            f" You expect {money(facts.expected_left)} of that from renewals and repeat orders, counted as "
            f"{formats.percent(OTHER_COMES)} likely."
        )
    if facts.other_came:
        lines[0] += f" So far, {money(facts.other_came)} of your expected renewals and repeat orders has come in."
    if known.average is not None and aimed.deals and known.left:
        rest = "the rest is" if facts.expected_left else "that's"
        lines.append(
            f"At an average deal of {money(known.average)}, {rest} about {deals_text(aimed.deals)}. The odds also "
            "account for how much your deals vary in size."
        )
    return lines


def count_noun(count: int, words: str) -> str:
    """Return a count with its noun, ``1 meeting held``, ``2 open deals``. The noun is the word ending in s."""
    if count == 1:
        words = " ".join(word.removesuffix("s") for word in words.split())
    return f"{count:,} {words}"


def money(value: float | Fraction | object) -> str:
    """Return an amount, a small one with its hundredths."""
    amount = float(value)  # type: ignore[arg-type]
    return formats.amount(round(amount, 2 if abs(amount) < SMALL else None))


def working_days(value: Fraction | float) -> str:
    """Return ``1.5 working days``."""
    text = formats.number(float(value), 2)
    return f"{text} working {'day' if text == '1' else 'days'}"
