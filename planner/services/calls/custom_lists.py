"""Lists of `data/` that a rep may make their own: affirmations, scripts, the playbook, others; edited, reset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner import content
from planner.domain.errors import InputError, StateError
from planner.domain.text import clean
from planner.services.context import AppContext
from planner.store.calls import custom_lists as store

LONGEST = 300
MOST = 100
MOST_WITH_ANSWERS = 2_000


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
    return list(content.word_lists())


def shipped(name: str) -> tuple[str, ...]:
    """The lines of a list as planner comes with it."""
    return tuple(content.word_lists()[name]["lines"])


def get(ctx: AppContext, name: str) -> WordList:
    """One list. Raises InputError for a name there isn't."""
    wanted = name.strip().lower()
    known = content.word_lists()
    if wanted not in known:
        raise InputError(f"{name!r} is not a list of words; there are {', '.join(known)}.")
    row = known[wanted]
    own = None
    if ctx.database.exists():
        with ctx.database.read() as reads:
            own = store.get(reads, wanted)
    lines = shipped(wanted) if own is None else own
    return WordList(wanted, row["title"], row["about"], lines, own=own is not None)


def put(ctx: AppContext, name: str, lines: Sequence[str] | None, *, seen: Sequence[str] | None = None) -> WordList:
    """Make a list the rep's own; None: as shipped again. Blank lines are left out. A script and the objections have
    answers indented under their lines; what can't be read as such is refused. With the lines as they were `seen`, those
    that were written elsewhere meanwhile aren't overwritten: StateError.
    """
    known = get(ctx, name)
    if seen is not None and tuple(seen) != tuple(known.lines):
        raise StateError(
            f"{known.title}: changed meanwhile (it begins with {str(next(iter(known.lines), 'nothing'))[:80]!r} now); "
            "yours is still here. Keep it again to put it in the place of that."
        )
    kept = None if lines is None else [text for line in lines if (text := _cleaned(known.name, line))]
    if kept is not None:
        most = MOST_WITH_ANSWERS if _has_answers(known.name) else MOST
        if len(kept) > most:
            raise InputError(f"A list can have {most} lines; this one has {len(kept)}.")
        _check(known, kept)
        longest = max((len(line) for line in kept), default=0)
        if longest > LONGEST:
            raise InputError(f"A line can have {LONGEST} characters; one of these has {longest:,}.")
        if tuple(kept) == shipped(known.name):
            kept = None
    verb = "as shipped" if kept is None else "edited"
    with ctx.database.write(f"{known.title.lower()} {verb}") as change:
        store.put(change, known.name, kept)
    return get(ctx, name)


def _has_answers(name: str) -> bool:
    return name == "objections" or name.startswith("script-")


def _cleaned(name: str, line: str) -> str:
    """A line without what a terminal would obey; where answers are indented, the indentation stays."""
    text = clean(line)
    return f"  {text}" if text and _has_answers(name) and line[:1] in (" ", "\t") else text


def _check(known: WordList, lines: Sequence[str]) -> None:
    """Refuse lines that a script, or the objections, can't be read from."""
    from planner.domain.calls import playbook, scripts

    if known.name == "objections":
        playbook.parse(lines)
    elif known.name.startswith("script-"):
        scripts.parse(known.name, known.title, lines)
