"""The widgets of an import's preview: the columns with their fields, and the effect of the rows. Data in, lines out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from planner.tui.shared import spans
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.lines import EntryLines, Lines, measure

LINES_SHOWN = 6
UNSEEN = "You'll see a preview before anything is saved."


@dataclass(frozen=True)
class Column:
    """A column of the file, as shown: its header, its field ("" for none), and sample cells."""

    header: str
    field: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class ImportView:
    """The data that the preview shows, from a parsed file. `facts` describe its format, `counts` the effect with a
    style each, `left_out` why rows are skipped, with their line numbers, and `rows` the first rows as parsed.
    """

    name: str
    kind: str
    facts: str
    columns: tuple[Column, ...] = ()
    counts: tuple[tuple[str, int, str], ...] = ()
    doubtful: tuple[str, ...] = ()
    left_out: Mapping[str, Sequence[int]] = field(default_factory=dict)
    words: tuple[tuple[str, str, str, int], ...] = ()
    rows: tuple[tuple[int, str], ...] = ()
    refused: str = ""


class ColumnLines(EntryLines):
    """List of the file's columns, each with its field."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.shown: ImportView | None = None

    def count(self) -> int:
        return 0 if self.shown is None else len(self.shown.columns)

    @property
    def chosen(self) -> Column | None:
        """The column under the cursor."""
        return self.shown.columns[self.cursor] if self.shown is not None and self.cursor < self.count() else None

    def show(self, shown: ImportView | None) -> None:
        """Show a parsed file."""
        self.shown = shown
        self.move_to(self.cursor)

    def build(self, width: int, height: int) -> list[Line]:
        shown = self.shown
        if shown is None:
            return [
                [(" Import", "bold")],
                [],
                [("   ", ""), ("o", "accent"), (" open a CSV, Excel or vCard file from any program", "")],
                *([(f"   {text}", "dim")] for text in spans.wrap(UNSEEN, max(10, width - 4), measure)),
            ]
        lines = [spans.cut([(f" {shown.name}", "bold"), (f"   {shown.facts}", "dim")], width, measure)]
        headers = min(max((measure(each.header) for each in shown.columns), default=0), max(8, width // 3))
        return [*lines, *(self._row(index, shown, headers, width) for index in self.in_sight(height))]

    def _row(self, index: int, shown: ImportView, headers: int, width: int) -> Line:
        column = shown.columns[index]
        chosen = index == self.cursor
        name = spans.fit(column.header, headers, measure)
        style = "cursor" if chosen else "" if column.field else "dim"
        line: Line = [
            spans.pointer(chosen),
            (name, style),
            (" " * (headers - measure(name)), ""),
            (" → " if column.field else "   ", "dim"),
            (f"{column.field or '–':<15}", "bold" if column.field else "dim"),
        ]
        room = width - spans.width_of(line, measure) - 1
        samples = " · ".join(" ".join(sample.split()) for sample in column.samples)
        return [*line, (spans.fit(samples, room, measure), "dim")]


class PreviewLines(Lines):
    """View of the effect of the rows: new, changed, unchanged, doubtful, or skipped with the reason."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.shown: ImportView | None = None

    def show(self, shown: ImportView | None) -> None:
        """Show a parsed file."""
        self.shown = shown
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        shown = self.shown
        if shown is None:
            return []
        parts = _refusal(shown, width) if shown.refused else [*_counts(shown, width), *_rows(shown, width)]
        return parts[:height]


def _refusal(shown: ImportView, width: int) -> list[Line]:
    """Why a file can't be imported."""
    parts = spans.wrap(shown.refused, max(10, width - 4), measure)
    lines: list[Line] = [[(" Can't import this file", "bad")], *([(f"   {text}", "")] for text in parts)]
    return [*lines, [], [("   Nothing was changed.  ", "dim"), ("o", "accent"), (" open another file", "dim")]]


def _counts(shown: ImportView, width: int) -> list[Line]:
    """What would become of the rows, and which are skipped and why."""
    lines: list[Line] = [[(" Will import", "bold")]]
    sizes = max((len(f"{count:,}") for _, count, _ in shown.counts), default=1)
    for word, count, style in shown.counts:
        lines.append([(f"   {count:>{sizes},} ", "bold" if count else "dim"), (word, style if count else "dim")])
    for text in shown.doubtful:
        parts = spans.wrap(text, max(10, width - 6), measure)
        lines += [[(" ? " if not number else "   ", "warn"), (part, "")] for number, part in enumerate(parts)]
    if shown.left_out:
        lines += [[], [(" Skipped", "bold")]]
    for why, numbers in shown.left_out.items():
        some = ", ".join(f"{line:,}" for line in numbers[:LINES_SHOWN]) + (" …" if len(numbers) > LINES_SHOWN else "")
        text = f"{len(numbers):,}  {why} ({'line' if len(numbers) == 1 else 'lines'} {some})"
        lines += [[(f"   {part}", "")] for part in spans.wrap(text, max(10, width - 4), measure)]
    return lines


def _rows(shown: ImportView, width: int) -> list[Line]:
    """Values of the file and what they become, and its first rows as they are read."""
    lines: list[Line] = [[], [(" Values", "bold")]] if shown.words else []
    for name, theirs, ours, count in shown.words:
        becomes = (f"→ {ours or 'not recognized'}", "bold" if ours else "warn")
        lines.append(spans.cut([(f"   {count:>6,} ", "dim"), (f"{name}: {theirs} ", ""), becomes], width, measure))
    if shown.rows:
        lines += [[], [(" First rows", "bold")]]
    for number, text in shown.rows:
        lines.append([(f"   {number:>6} ", "dim"), (spans.fit(text, max(4, width - 11), measure), "")])
    return lines
