"""Reads and saves the lists of `data/` that a rep may customise, such as affirmations, scripts and the playbook."""

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
SHOWN_AS = {"letters": "messages"}


@dataclass(frozen=True, slots=True)
class WordList:
    """A named list: its title, its current lines, and whether the rep has customised it."""

    name: str
    title: str
    about: str
    lines: tuple[str, ...]
    own: bool = False


def shown_name(name: str) -> str:
    """Return what a list is called in commands, which also take its stored name."""
    return SHOWN_AS.get(name, name)


def names() -> list[str]:
    """Return the names of all lists."""
    return list(content.word_lists())


def default_lines(ctx: AppContext, name: str) -> tuple[str, ...]:
    """Return a list's default lines in the rep's language."""
    return tuple(content.word_lists(ctx.language)[name]["lines"])


def get(ctx: AppContext, name: str) -> WordList:
    """Return one list. Raises InputError for an unknown name."""
    wanted = name.strip().lower()
    wanted = next((stored for stored, word in SHOWN_AS.items() if word == wanted), wanted)
    known = content.word_lists(ctx.language)
    if wanted not in known:
        raise InputError(f"There's no list {name!r}. The lists are {', '.join(map(shown_name, known))}.")
    row = known[wanted]
    own = None
    if ctx.database.exists():
        with ctx.database.read() as reads:
            own = store.get(reads, wanted)
    lines = default_lines(ctx, wanted) if own is None else own
    return WordList(wanted, row["title"], row["about"], lines, own=own is not None)


def put(ctx: AppContext, name: str, lines: Sequence[str] | None, *, seen: Sequence[str] | None = None) -> WordList:
    """Save a list as the rep's own, or reset it to the default if `lines` is None. Blank lines are dropped. Scripts and
    objections have their answers indented, and lines that can't be parsed are refused. Raises StateError if the list no
    longer matches `seen`, so that a change made elsewhere isn't overwritten.
    """
    known = get(ctx, name)
    if seen is not None and tuple(seen) != tuple(known.lines):
        raise StateError(
            f"{known.title} has been changed elsewhere. It now starts with "
            f"{str(next(iter(known.lines), 'nothing'))[:80]!r}. Save again to replace it with your version."
        )
    kept = None if lines is None else [text for line in lines if (text := _clean(known.name, line))]
    if kept is not None:
        most = MOST_WITH_ANSWERS if _has_answers(known.name) else MOST
        if len(kept) > most:
            raise InputError(f"A list can have up to {most:,} lines. This one has {len(kept):,}.")
        _check(known, kept)
        longest = max((len(line) for line in kept), default=0)
        if longest > LONGEST:
            raise InputError(f"A line can have up to {LONGEST} characters. One of these has {longest:,}.")
        if tuple(kept) == default_lines(ctx, known.name):
            kept = None
    verb = "reset" if kept is None else "edited"
    with ctx.database.write(f"{verb} list: {known.title}") as change:
        store.put(change, known.name, kept)
    return get(ctx, name)


def _has_answers(name: str) -> bool:
    return name == "objections" or name.startswith("script-")


def _clean(name: str, line: str) -> str:
    """Return a line without terminal control characters, keeping the indentation where answers are indented."""
    text = clean(line)
    return f"  {text}" if text and _has_answers(name) and line[:1] in (" ", "\t") else text


def _check(known: WordList, lines: Sequence[str]) -> None:
    """Refuse lines that can't be parsed as a script or as objections."""
    from planner.domain.calls import playbook, scripts

    if known.name == "objections":
        playbook.parse(lines)
    elif known.name.startswith("script-"):
        scripts.parse(known.name, known.title, lines)
