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


class StateError(PlannerError):
    """What was typed is fine, but the state of things doesn't allow it (no such goal, a closed day)."""


class NeedNotFound(StateError):
    """A proposal to somebody whose need isn't found; it may be made, but only knowingly."""


class DatabaseProblem(PlannerError):
    """The file can't be used: missing, empty, foreign, newer, locked, read-only, full or damaged."""


class NeedsMigration(DatabaseProblem):
    """The file is ours but older than this program; the rich path brings it forward."""


def meanwhile(name: str, now: object) -> str:
    """What to say of a field that was changed since a form was opened."""
    said = name if "." in name else name.replace("_", " ")  # a setting is called as it is written
    return (
        f"The {said} was changed meanwhile, to {str(now or 'nothing')[:200]!r}; yours is still in "
        "the form. Save again to put it in the place of that."
    )
