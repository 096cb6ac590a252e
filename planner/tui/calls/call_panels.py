"""Builds the panels beside a prospect: script, preparation, playbook, and numbered choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from planner.domain.calls.playbook import SORTS, WAYS
from planner.domain.calls.scripts import Script, fill
from planner.tui.calls.widgets.sheet import Row, Sheet

if TYPE_CHECKING:
    from planner.services.calls.playbook import Found

MOST_SHOWN = 9


def script_sheet(
    script: Script, step: int, branch: int, values: Mapping[str, str], closings: Sequence[str] = ()
) -> Sheet:
    """Build a script's sheet with the current step marked. `branch` is the index of the chosen answer, -1 for none."""
    rows: list[Row] = []
    present = 0
    for index, each in enumerate(script.steps):
        done = index < step
        text = fill(each.text, values) + ("  (optional)" if each.optional else "")
        if index == step:
            present = len(rows)
        marker = "✓ " if done else "▸ " if index == step else "  "
        rows.append(Row(text, "dim" if done else "bold" if index == step else "", marker, "good" if done else "accent"))
        if index == step:
            for number, answer in enumerate(each.branches):
                chosen = number == branch
                rows.append(
                    Row(
                        f"“{answer.heard}” – {fill(answer.say, values)}",
                        "" if chosen else "dim",
                        "▸ " if chosen else "· ",
                        "accent" if chosen else "dim",
                        indent=1,
                    )
                )
    below: list[Row] = []
    if closings:
        below = [Row("", marker=""), Row("Ready to close", "bold", "")]
        below += [Row(text, marker="· ", marker_style="dim") for text in closings]
    return Sheet(
        f"Script: {script.title.lower()}", "↑ ↓ steps  ← → answers  ⇥ next panel", tuple(rows), present, tuple(below)
    )


def preparation_sheet(lines: Sequence[str], seconds: int) -> Sheet:
    """Build the sheet of points to consider before a first call, with the remaining seconds."""
    rows = [Row(text, marker="· ", marker_style="dim") for text in lines]
    return Sheet("Before a first call", f"{seconds} s left  space start", tuple(rows))


def found_sheet(
    found: Sequence[Found], typed: str, cursor: int, others: Sequence[tuple[str, Sequence[str]]] = ()
) -> Sheet:
    """Build the sheet of objections found, the chosen one with its answers, most effective first. `others` are matches
    in further lists, by title.
    """
    rows: list[Row] = []
    present = 0
    for index, each in enumerate(found[:MOST_SHOWN]):
        chosen = index == cursor
        if chosen:
            present = len(rows)
        rows.append(Row(each.objection.text, "bold" if chosen else "dim", "▌ " if chosen else "  "))
        if chosen:
            rows += answer_rows(each, numbered=False)
    below: list[Row] = []
    for title, lines in others:
        below += [Row(title, "dim", ""), *(Row(text, marker="· ", marker_style="dim") for text in lines)]
    if not rows and not below:
        rows.append(Row(f"No match for “{typed}”. Press ⏎ to add it to the playbook.", "dim", ""))
    return Sheet("Playbook", "type what you hear  ⏎ choose  esc back", tuple(rows), present, tuple(below))


def answer_rows(found: Found, *, numbered: bool) -> list[Row]:
    """Build the rows of answers to an objection, most effective first, each with its approach and success count."""
    rows = []
    for number, each in enumerate(found.rated, start=1):
        marker = f"{number} " if numbered else "· "
        rows.append(Row(each.answer.text, "", marker, "accent" if numbered else "dim", indent=1))
        about = WAYS.get(each.answer.way, each.answer.way) + (f" · {each.words}" if each.words else "")
        rows.append(Row(about, "dim", "  ", indent=1))
    return rows


def answers_sheet(found: Found, sort: str) -> Sheet:
    """Build the numbered answers to an objection, one of which is logged by its digit."""
    rows = [Row(found.objection.text, "bold", "▸ "), *answer_rows(found, numbered=True)]
    sorts = "  ".join(f"{name[0]} {label}" for name, (label, _) in SORTS.items())
    rows += [Row("", marker=""), Row(SORTS[sort][1], "", ""), Row(sorts, "dim", "")]
    return Sheet("How did you answer?", "1–9 choose  ⏎ didn't answer it  esc back", tuple(rows))


def choices_sheet(title: str, about: str, choices: Sequence[str]) -> Sheet:
    """Build a sheet of numbered choices. `about` says what their digits and other keys do."""
    rows = [Row(text, "", f"{number} ") for number, text in enumerate(choices, start=1)]
    return Sheet(title, f"1–{min(9, len(rows))} {about}", tuple(rows))


def lines_sheet(title: str, lines: Sequence[str], about: str = "⇥ next panel") -> Sheet:
    """Build a read-only list."""
    return Sheet(title, about, tuple(Row(text, "", "· ", "dim") for text in lines))
