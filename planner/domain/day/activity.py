"""The kinds of activity a rep logs, their outcomes, and what each adds to the day's counts (`commands.md`, `log`).

On the quick path: built-in types only, and no imports but the errors.
"""

from __future__ import annotations

from planner.domain.errors import InputError

KINDS = (
    "dial",
    "conversation",
    "meeting-booked",
    "meeting-held",
    "proposal",
    "deal",
    "email",
    "referral",
    "stop",
)
# Written by `deal pay` and `deal refund`, never logged by hand: money on a deal that has already been counted.
PAYMENT = "payment"
DIAL_OUTCOMES = (
    "no-answer",
    "voicemail",
    "gatekeeper",
    "refused",
    "callback",
    "conversation",
    "meeting",
    "wrong-number",
)
OUTCOMES: dict[str, tuple[str, ...]] = {
    "dial": DIAL_OUTCOMES,
    "meeting-held": ("held", "no-show"),
    "stop": ("refused", "given-in"),
}
# What a rep types for an outcome whose name isn't theirs.
TYPED_OUTCOMES: dict[str, dict[str, str]] = {"stop": {"resisted": "refused", "gave-in": "given-in"}}
# What an outcome is of, in messages.
_OF = {"dial": "call", "meeting-held": "meeting", "stop": "distraction"}
# Dial outcomes in which the rep spoke to the contact.
SPOKEN = ("conversation", "callback", "refused", "meeting")

# One column of the day's counts each, with the log rows it counts, as SQL over a row of `activity`. `{row}` is NEW or
# OLD in a trigger and empty in a recount. All but revenue add the row's count.
COUNTED: dict[str, str] = {
    "dials": "{row}kind = 'dial'",
    "conversations": "{row}kind = 'conversation' OR ({row}kind = 'dial' AND {row}outcome IN "
    "('conversation', 'callback', 'refused', 'meeting'))",
    "meetings_booked": "{row}kind = 'meeting-booked' OR ({row}kind = 'dial' AND {row}outcome = 'meeting')",
    "meetings_held": "{row}kind = 'meeting-held' AND coalesce({row}outcome, '') <> 'no-show'",
    "no_shows": "{row}kind = 'meeting-held' AND {row}outcome = 'no-show'",
    "proposals": "{row}kind = 'proposal'",
    "deals": "{row}kind = 'deal'",
    "emails": "{row}kind = 'email'",
    "referrals": "{row}kind = 'referral'",
    "refusals": "{row}kind = 'dial' AND {row}outcome = 'refused'",
    "stops_refused": "{row}kind = 'stop' AND coalesce({row}outcome, 'refused') = 'refused'",
    "stops_given_in": "{row}kind = 'stop' AND {row}outcome = 'given-in'",
}
COUNTS = tuple(COUNTED)
# Revenue booked by a row: the amount of a deal, a part payment or a refund (below 0).
REVENUE = "coalesce({row}amount, 0) * ({row}kind IN ('deal', 'payment'))"

# SQL for a row with a real conversation, which counts as keeping in touch. An index is built on it.
REAL = (
    "(kind = 'conversation' OR (kind = 'dial' AND outcome IN ('conversation', 'callback', 'refused', 'meeting'))"
    " OR (kind = 'meeting-held' AND coalesce(outcome, '') <> 'no-show'))"
)

# Display words: singular, plural.
WORDS: dict[str, tuple[str, str]] = {
    "dials": ("call", "calls"),
    "conversations": ("conversation", "conversations"),
    "meetings_booked": ("meeting booked", "meetings booked"),
    "meetings_held": ("meeting held", "meetings held"),
    "proposals": ("proposal", "proposals"),
    "deals": ("deal", "deals"),
    "revenue": ("revenue", "revenue"),
}
LARGEST_COUNT = 100_000


def outcome_words(kind: str) -> tuple[str, ...]:
    """Return the outcomes of a kind as a rep types them."""
    typed = {name: word for word, name in TYPED_OUTCOMES.get(kind, {}).items()}
    return tuple(typed.get(name, name) for name in OUTCOMES.get(kind, ()))


def read_outcome(kind: str, typed: str | None) -> str | None:
    """Return the outcome a typed word stands for, the word itself if it isn't another name for one."""
    return None if typed is None else TYPED_OUTCOMES.get(kind, {}).get(typed, typed)


def check(kind: str, outcome: str | None, count: int = 1) -> None:
    """Raise InputError for an unknown kind, an outcome the kind doesn't have, or a count below 1."""
    if kind not in KINDS and kind != PAYMENT:
        raise InputError(f"{kind!r} can't be logged. Use one of: {', '.join(KINDS)}.")
    allowed = OUTCOMES.get(kind, ())
    if outcome is not None and outcome not in allowed:
        if not allowed:
            raise InputError(f"{kind} has no outcome.")
        raise InputError(f"{outcome!r} isn't a {_OF[kind]} outcome. Use one of: {', '.join(outcome_words(kind))}.")
    if not 1 <= count <= LARGEST_COUNT:
        raise InputError(f"The count must be from 1 to {LARGEST_COUNT:,}, not {count:,}.")


def counts_of(kind: str, outcome: str | None) -> tuple[str, ...]:
    """Return the counts that one such row adds to, in the order of `COUNTS`."""
    found: list[str] = []
    if kind == "dial":
        found.append("dials")
        if outcome in SPOKEN:
            found.append("conversations")
        if outcome == "meeting":
            found.append("meetings_booked")
        if outcome == "refused":
            found.append("refusals")
    elif kind == "meeting-held":
        found.append("no_shows" if outcome == "no-show" else "meetings_held")
    elif kind == "stop":
        found.append("stops_given_in" if outcome == "given-in" else "stops_refused")
    elif kind != PAYMENT:
        found.append(_PLAIN[kind])
    return tuple(found)


_PLAIN = {
    "conversation": "conversations",
    "meeting-booked": "meetings_booked",
    "proposal": "proposals",
    "deal": "deals",
    "email": "emails",
    "referral": "referrals",
}


def label(kind: str, outcome: str | None, count: int, contact: str | None = None) -> str:
    """Return the name of a logged row for the history: ``call to Kim (refused)``, ``50 calls``."""
    if kind == "stop":
        verb = "gave in to" if outcome == "given-in" else "resisted"
        return f"{verb} {f'{count:,} distractions' if count != 1 else 'a distraction'}"
    singular, plural = _LABELS.get(outcome if outcome == "no-show" else kind, (kind, f"{kind}s"))
    word = singular if count == 1 else f"{count:,} {plural}"
    named = f"{word}{' to' if kind == 'dial' else ':'} {contact}" if contact else word
    return f"{named} ({outcome.replace('-', ' ')})" if outcome and kind == "dial" else named


_LABELS = {
    "dial": ("call", "calls"),
    "meeting-booked": ("meeting booked", "meetings booked"),
    "meeting-held": ("meeting held", "meetings held"),
    "no-show": ("no-show", "no-shows"),
}
