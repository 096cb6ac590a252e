"""Lists of `data/` that a rep may make their own: affirmations, distractions, and others; edited, and reset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner import content
from planner.domain.errors import InputError
from planner.domain.text import clean
from planner.services.desk import Desk

LONGEST = 300
MOST = 100


@dataclass(frozen=True, slots=True)
class WordList:
    """A list by its name: what it is, its lines in force, and whether they are the rep's own."""

    name: str
    title: str
    about: str
    lines: tuple[str, ...]
    own: bool = False


def names() -> list[str]:
    """The names of the lists there are."""
    return list(content.load("words"))


def shipped(name: str) -> tuple[str, ...]:
    """The lines of a list as planner comes with it."""
    return tuple(content.load("words")[name]["lines"])


def get(desk: Desk, name: str) -> WordList:
    """One list. Raises InputError for a name there isn't."""
    wanted = name.strip().lower()
    known = content.load("words")
    if wanted not in known:
        raise InputError(f"{name!r} is not a list of words; there are {', '.join(known)}.")
    row = known[wanted]
    own = None
    if desk.database.exists():
        from planner.store import words as store

        with desk.database.read() as session:
            own = store.get(session, wanted)
    lines = shipped(wanted) if own is None else own
    return WordList(wanted, row["title"], row["about"], lines, own=own is not None)


def put(desk: Desk, name: str, lines: Sequence[str] | None) -> WordList:
    """Make a list the rep's own; None: as shipped again. Blank lines are left out."""
    from planner.store import words as store

    known = get(desk, name)
    kept = None if lines is None else [text for line in lines if (text := clean(line))]
    if kept is not None:
        if len(kept) > MOST:
            raise InputError(f"A list can have {MOST} lines; this one has {len(kept)}.")
        longest = max((len(line) for line in kept), default=0)
        if longest > LONGEST:
            raise InputError(f"A line can have {LONGEST} characters; one of these has {longest:,}.")
        if tuple(kept) == shipped(known.name):
            kept = None
    verb = "as shipped" if kept is None else "edited"
    with desk.database.write(f"{known.title.lower()} {verb}") as unit:
        unit.keeps_laid = True
        store.put(unit.session, known.name, kept)
    return get(desk, name)
