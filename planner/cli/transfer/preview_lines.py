"""Lines of an import's preview, which files and calendars share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planner.cli.shared.common import print_lines
from planner.domain.text import make_visible
from planner.services.transfer.import_preview import Preview, as_read

LINES_SHOWN = 5


def print_line(name: str, text: str) -> None:
    """Print a named line."""
    print_lines(f"  {name:<15}{text}")


def count_text(count: int, words: str) -> str:
    """A count with its noun: ``1 row``, ``2,000 rows``."""
    if count == 1:
        words = f"{words.removesuffix('ies')}y" if words.endswith("ies") else words.removesuffix("s")
    return f"{count:,} {words}"


def print_skipped(skipped: Mapping[str, Sequence[int]]) -> None:
    """Print what was skipped, with the reason and the first lines."""
    for why, lines in skipped.items():
        some = ", ".join(str(line) for line in lines[:LINES_SHOWN]) + (" …" if len(lines) > LINES_SHOWN else "")
        print_line("skipped", f"{len(lines):>6,}  {why} ({'line' if len(lines) == 1 else 'lines'} {some})")


def print_sample(preview: Preview) -> None:
    """Print the first rows as they were understood."""
    for record in preview.reading.sample[:2]:
        print_line(f"line {record.line}", make_visible(as_read(record)))


def made_text(preview: Preview) -> str:
    """Say what is new, changed and known."""
    made = [count_text(preview.made, f"new {preview.kind}")] if preview.made or not preview.changed else []
    if preview.changed:
        made.append(f"{preview.changed:,} changed")
    if preview.same:
        made.append(f"{preview.same:,} already in planner")
    if preview.kind != "contacts" and preview.new_contacts:
        made.append(count_text(preview.new_contacts, "new contacts"))
    if preview.new_companies:
        made.append(count_text(preview.new_companies, "new companies"))
    return ", ".join(made)


def task_states_text(preview: Preview) -> str:
    """Say how many of the new and changed tasks are open, done, dropped and repeating: ``3 open, 1 done``."""
    return ", ".join(
        f"{preview.counts[word]:,} {word}"
        for word in ("open", "done", "dropped", "repeating")
        if word in preview.counts
    )
