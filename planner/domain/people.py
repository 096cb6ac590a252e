"""People, plainly: an id that is never used twice, and a UUID for merging."""

from __future__ import annotations

from dataclasses import dataclass

from planner.domain.errors import InputError

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Contact:
    """One person."""

    id: int
    uid: str
    name: str

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InputError("A contact needs a name.")
        if len(self.name) > LONGEST_NAME:
            raise InputError(f"A name can have {LONGEST_NAME} characters; this one has {len(self.name):,}.")
