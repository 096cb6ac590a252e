"""What today's figures come to: how far the month is from its pace, and a count from where it should be by now.

For the screens, the first paint and the phone, which lay the same words out differently.
"""

from __future__ import annotations

from planner.domain import formats
from planner.domain.day.day_progress import day_minute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from planner.store.today_queries import Today


def expected_by_now(today: Today, now: datetime, target: int) -> int:
    """Return how much of a day's target should be done by now, spread over the call blocks, or 08 to 20 without any."""
    blocks = [(b.first, b.last) for b in today.blocks if b.kind == "calls" and not b.dropped] or [(8 * 60, 20 * 60)]
    minute = day_minute(today, now)
    # On the first day of use, spread the whole target over the rest of the day.
    blocks = [(max(start, today.began), end) for start, end in blocks if end > today.began]
    whole = sum(end - start for start, end in blocks)
    over = sum(max(0, min(minute, end) - start) for start, end in blocks)
    return target * over // whole if whole else 0


def on_pace(today: Today, figure: int) -> float:
    """Return today's pace for a figure, which starts from what was won before the plan's first day."""
    start = min(today.brought_in, figure)
    return start + ((figure - start) * today.days_elapsed / today.days_total if today.days_total else 0)


def pace_words(today: Today, currency: str = "") -> tuple[str, str, str]:
    """Return how far ahead of or behind the plan's pace the rep is, in money and days: a sign, its style and words."""
    plan, booked = today.personal_plan or 0, today.booked
    delta = booked - on_pace(today, plan)
    base = (plan - min(today.brought_in, plan)) / (today.days_total / 100) if today.days_total else 0
    days = abs(delta) / base if base else 0
    if booked >= plan:
        return "✓", "good", f"{formats.hundredths(booked)}{currency} closed. Plan met."
    if not delta:
        return "▬", "good", "On pace"
    sign, style, word = ("▲", "good", "ahead of") if delta > 0 else ("▼", "bad" if days > 1 else "warn", "behind")
    away = formats.number(days + 1e-9)
    return sign, style, f"{formats.hundredths(abs(delta))} {word} pace ({away} {'day' if away == '1' else 'days'})"


def needed_words(today: Today, currency: str = "") -> str:
    """Return what is closed, and what is needed per working day for the plan."""
    plan, quota = today.personal_plan or 0, today.quota or 0
    short, left = plan - today.booked, today.days_left / 100
    text = f"{formats.hundredths(today.booked)}{currency} closed"
    if short > 0 and left > 0:
        text += f" · {formats.hundredths(short / left)} needed per working day"
    elif short > 0:
        text += f" · plan missed by {formats.hundredths(short)}"
    if quota and today.booked >= quota and short > 0:
        text += " · quota met ✓"
    return text


def odds_sign(odds: int) -> tuple[str, str]:
    """Return the sign of odds in ten-thousandths, and its style: ▲ from 80 percent, ▬ from 50, ▼ below."""
    return ("▲", "good") if odds >= 8_000 else ("▬", "warn") if odds >= 5_000 else ("▼", "bad")
