"""What can go wrong, by who can mend it.

Exit codes follow `commands.md`: 2 for what was typed, 1 for state, files and data.
This module is on the quick path: it imports nothing.
"""

from __future__ import annotations


class PlannerError(Exception):
    """A sentence for the rep: what happened, what is safe, what to do."""

    exit_code = 1


class InputError(PlannerError):
    """Something typed can't be read or isn't allowed (a flag, a kind, a date, a number, a missing consent)."""

    exit_code = 2


class ProtectedTime(InputError):
    """Something would be planned into family or sleep; it may be, but only knowingly."""


class WouldDrop(InputError):
    """A block of the day would have no room left; it may be dropped, but only knowingly."""


class StateError(PlannerError):
    """What was typed is fine, but the state of things doesn't allow it (no such goal, a closed day)."""


class NeedNotFound(StateError):
    """A proposal to somebody whose need isn't found; it may be made, but only knowingly."""


class WhichContact(StateError):
    """A name that fits several contacts, or none. `candidates` are who may be meant, as (id, what they are called);
    with `may_be_new` a new contact can be made of the name, by the word ``new:``.
    """

    def __init__(
        self, sentence: str, wanted: str, candidates: tuple[tuple[int, str], ...] = (), *, may_be_new: bool = False
    ) -> None:
        super().__init__(sentence)
        self.wanted, self.candidates, self.may_be_new = wanted, candidates, may_be_new


class KnownAlready(StateError):
    """Somebody else has that number or address; it may be added, but only knowingly."""


class DoNotCall(StateError):
    """Somebody asked not to be called; they may be, but only knowingly."""


class DatabaseProblem(PlannerError):
    """The file can't be used: missing, empty, foreign, newer, locked, read-only, full or damaged."""


class DatabaseGone(DatabaseProblem):
    """The file that was open is no longer in its place: it was moved, deleted, or another one put there."""


class Locked(DatabaseProblem):
    """The file is under a passphrase that nobody has told yet."""


class NeedsMigration(DatabaseProblem):
    """The file is ours but older than this program; the rich path brings it forward."""


def meanwhile(name: str, now: object, *more: tuple[str, object]) -> str:
    """What to say of fields that were changed since a form was opened: of every one, because a second save puts what
    is in the form in the place of all of them.
    """
    said = []
    for each, value in ((name, now), *more):
        called = each if "." in each else each.replace("_", " ")  # a setting is called as it is written
        said.append(f"he {called} was changed meanwhile, to {str(value or 'nothing')[:200]!r}")
    what = "it in the place of that" if not more else "them in the place of these"
    return f"T{', t'.join(said)}; yours {'are' if more else 'is'} still in the form. Save again to put {what}."


def refuse_overwriting(changed: list[tuple[str, object]]) -> None:
    """Raise StateError where fields were changed meanwhile, as `meanwhile` says it."""
    if changed:
        raise StateError(meanwhile(*changed[0], *changed[1:]))
