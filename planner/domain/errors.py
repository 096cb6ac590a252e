"""Exceptions that planner raises, grouped by who can fix the cause.

Exit codes follow `commands.md`: 2 for bad input, 1 for state, files and data. This module is on the quick path, so it
imports nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self


class PlannerError(Exception):
    """Base of planner's errors, with a message for the rep: what happened, what is safe and what to do."""

    exit_code = 1
    field = ""
    """The name of the form's field that the message is about, if it is about one."""

    def at(self, field: str) -> Self:
        """Return the error itself, about a field. A field named before stays."""
        self.field = self.field or field
        return self


class InputError(PlannerError):
    """Raised for input that can't be read or isn't allowed (a flag, a kind, a date, a number, a missing consent)."""

    exit_code = 2


class ProtectedTime(InputError):
    """Raised when something would be planned into family time or sleep, which needs explicit consent."""


class WouldDrop(InputError):
    """Raised when a block would have no room left in the day, so that dropping it needs explicit consent."""


class StateError(PlannerError):
    """Raised when the input is fine, but the current state doesn't allow it (no such goal, a closed day)."""


class NeedNotFound(StateError):
    """Raised when a proposal goes to a contact whose need isn't known yet, which needs explicit consent."""


class WhichContact(StateError):
    """Raised when a name fits several contacts, or none. `candidates` are the possible ones as (id, label). With
    `may_be_new`, the prefix ``new:`` creates a contact with that name.
    """

    def __init__(
        self, sentence: str, wanted: str, candidates: tuple[tuple[int, str], ...] = (), *, may_be_new: bool = False
    ) -> None:
        super().__init__(sentence)
        self.wanted, self.candidates, self.may_be_new = wanted, candidates, may_be_new


class KnownAlready(StateError):
    """Raised when another contact already has that number or address, so that adding it needs explicit consent."""


class DoNotCall(StateError):
    """Raised when the contact asked not to be called, so that calling them needs explicit consent."""


class DatabaseProblem(PlannerError):
    """Raised when the database file can't be used: missing, empty, foreign, newer, locked, read-only, full or
    damaged.
    """


class DatabaseGone(DatabaseProblem):
    """Raised when the open database file was moved, deleted or replaced."""


class Locked(DatabaseProblem):
    """Raised when the file is encrypted and its passphrase hasn't been entered yet."""


class NeedsMigration(DatabaseProblem):
    """Raised when the database is older than this program. The rich path migrates it."""


# Fields that a form calls otherwise.
CALLED = {
    "for_whom": "“Who it's for”", "picture": "vision", "agreed": "agreement", "escalated": "escalation",
    "need": "customer's need",
}  # fmt: skip


def changed_message(name: str, now: object, *more: tuple[str, object]) -> str:
    """Return the message for fields that changed while a form was open. It names every one of them, because saving
    again overwrites them all.
    """
    said = []
    for each, value in ((name, now), *more):
        called = CALLED.get(each, each.replace("_", " "))
        as_is = "." in each or called.startswith("“")  # a setting keeps its name
        named = called if as_is else f"The {called}"
        verb = "were" if called.endswith("s") and not as_is else "was"
        done = f"changed to {str(value)[:200]!r}" if value else "cleared"
        said.append(f"{named} {verb} {done} in the meantime.")
    return f"{' '.join(said)} Your version is still in the form. Save again to replace {'them' if more else 'it'}."


def refuse_overwriting(changed: list[tuple[str, object]], field: str = "") -> None:
    """Raise StateError, worded by `changed_message`, if any field has changed. `field` is the form's name of the
    first, if that differs from what the message calls it.
    """
    if changed:
        raise StateError(changed_message(*changed[0], *changed[1:])).at(field or changed[0][0])
