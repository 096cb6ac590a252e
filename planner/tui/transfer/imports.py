"""The screen that imports another program's files, with everything found shown before anything is written."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from planner.domain.errors import PlannerError
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.services.transfer import imports as service
from planner.services.transfer.import_preview import Preview, as_read, how_written
from planner.tui.messages import ServiceFailed
from planner.tui.progress import Work
from planner.tui.shared.list_screen import ListScreen
from planner.tui.shared.screen import Places
from planner.tui.shared.widgets.frame import FooterItem, FooterKey
from planner.tui.transfer.widgets.imports import Column, ColumnLines, ImportView, PreviewLines

if TYPE_CHECKING:
    from planner.tui.shared.modals.pick import Pick

EMPTY = ("open", "leave")
SHOWN = ("write", "map", "encoding", "kind", "join", FooterKey("another file", "open"), "leave", "undo")
REFUSED = ("map", "encoding", "kind", FooterKey("another file", "open"), "leave")
UNREAD = (FooterKey("another file", "open"), "encoding", "leave")
BUSY = (FooterKey("stop", "leave"),)
ENCODINGS = (
    "utf-8", "utf-16", "cp1251", "koi8-r", "cp949", "euc-kr", "shift_jis", "euc-jp", "gb18030", "big5", "cp1252",
    "cp1250", "cp1254", "cp1253", "iso-8859-2", "iso-8859-15", "mac-roman",
)  # fmt: skip
SAMPLES = 3
SAMPLED = 200


@dataclass(frozen=True)
class Refused:
    """The reason why a file can't be imported, and the file itself if at least its columns are readable."""

    why: str
    file: service.Table | None


class ImportScreen(ListScreen[ColumnLines]):
    """Screen that previews and imports a file."""

    TAB = "Import"
    CSS_PATH = "imports.tcss"
    LIST = ColumnLines
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open", "open a file", id="import-open", tooltip="Open a CSV, Excel or vCard file"),
        Binding("w", "write", "import", id="import-write", tooltip="Import the whole file as one change you can undo"),
        Binding("enter", "map", "map column", id="import-map", tooltip="Choose the field for this column"),
        Binding("E", "encoding", "encoding", id="import-encoding", tooltip="Change the encoding if text looks wrong"),
        Binding("t", "kind", "kind of data", id="import-kind", tooltip="Contacts, calls, deals, tasks or events"),
        Binding("J", "join", "merge rows", id="import-join", tooltip="Merge rows into the contacts they match"),
        Binding("escape", "leave", "back", id="import-leave", tooltip="Stop, or go back to Clients"),
    ]

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today, places: Places = ()) -> None:
        super().__init__(ctx, live, today, places)
        self.path = ""
        self.kind = "contacts"
        self.wanted = service.Wanted()
        self.encoding: str | None = None
        self.join = False
        self._work: Work | None = None
        self._footer: Sequence[FooterItem] = EMPTY
        # The options last read and last shown, so that nothing waits for a repeated read.
        self._read_for: tuple[object, ...] | None = None
        self._shown_for: tuple[object, ...] | None = None
        self._in_progress = False  # whether the message line shows progress
        self._writing = False
        self._last: str = ""  # last message, shown again after a reload

    def body(self) -> ComposeResult:
        with Container(id="import-area"):
            yield ColumnLines(id="columns")
            yield PreviewLines(id="preview")

    def start(self) -> None:
        self.action_open()

    # reading

    def action_open(self) -> None:
        """Ask for a file."""
        from planner.tui.shared.modals.path import PathModal

        def take(path: str | None) -> None:
            if path is not None:
                self.path = os.path.expanduser(path.strip().strip("'\""))
                self.wanted, self.encoding, self.join = service.Wanted(), None, False
                self.reload()

        self.app.push_screen(PathModal("Import a file", "File", self.path, "~/Downloads/contacts.csv"), take)

    def reload(self) -> None:
        """Read the file again and preview the import. Skipped during a write, which it would stop."""
        if self.path and not self._writing:
            self._start(dry_run=True)

    def _start(self, *, dry_run: bool) -> None:
        if self._work is not None:
            self._work.stop()
        work = self._work = Work(partial(self.from_thread, self._tell_progress), "Import stopped. Nothing was changed.")
        self._set_footer(BUSY)
        arguments = (self.kind, self.path, self.wanted, self.encoding, self.join)
        self._read_for = arguments

        def run() -> Preview:
            kind, path, wanted, encoding, join = arguments
            return service.run(
                self.ctx, kind, path, wanted, encoding=encoding, dedupe=join, dry_run=dry_run, progress=work
            )

        if dry_run:
            self.load_async(lambda: self._look(run), partial(self._take, work))
        else:
            self._writing = True
            self.run_change(lambda: _describe_done(run()))

    def _look(self, run: Callable[[], Preview]) -> Preview | Refused:
        kind, path, encoding = self.kind, self.path, self.encoding
        try:
            return run()
        except PlannerError as problem:
            return Refused(str(problem), service.peek_columns(kind, path, encoding))

    def _tell_progress(self, work: Work, text: str) -> None:
        if not work.stopped:
            self._in_progress = True
            self.say([("   ", ""), (text, "dim"), ("   esc stop", "dim")], keep=True)

    def _take(self, work: Work, found: Preview | Refused) -> None:
        """Show the preview, unless reading was stopped."""
        if work.stopped:
            return
        self._work, self._shown_for = None, self._read_for
        if self._in_progress:
            self._in_progress = False
            self.say([])
            if self._last:
                self.show_info(self._last)
        self._last = ""
        if isinstance(found, Preview):
            self._show(_view(found, self.join))
            return
        columns = () if found.file is None else _columns(found.file, self.wanted.columns)
        self._show(ImportView(os.path.basename(self.path), self.kind, "", columns, refused=on_screen(found.why)))

    def _show(self, shown: ImportView) -> None:
        self.lines.show(shown)
        self.query_one(PreviewLines).show(shown)
        self.set_class(bool(shown.refused), "-refused")
        self._set_footer(UNREAD if shown.refused and not shown.columns else REFUSED if shown.refused else SHOWN)

    def footer_keys(self) -> Sequence[FooterItem]:
        return self._footer

    def _set_footer(self, keys: Sequence[FooterItem]) -> None:
        self._footer = keys
        self.show_keys()

    def service_done(self, text: str) -> None:
        self._work, self._writing, self._in_progress = None, False, False
        self._last = text
        super().service_done(text)
        self.planner.read_for_search()

    def on_service_failed(self, message: ServiceFailed) -> None:
        self._work, self._writing, self._in_progress = None, False, False
        self._set_footer(SHOWN)
        super().on_service_failed(message)

    # selection

    def open_entry(self) -> None:
        self.action_map()

    def action_leave(self) -> None:
        """Stop reading and go back to the clients."""
        if self._writing and self._work is not None:
            self._work.stop()  # whoever finishes the work reports whether the stop came in time
            self.say([(" · ", "dim"), ("Stopping …", "")], keep=True)
            return
        if self._work is not None:
            self._work.stop()
            self._work = None
            self._set_footer(EMPTY)
            self.say([(" · ", "dim"), ("Stopped. Nothing was changed.", "")])
            return
        self.planner.show("clients")

    def action_kind(self) -> None:
        """Read the file as the next kind: contacts, calls, deals, tasks or events."""
        kinds = service.KINDS
        self.kind = kinds[(kinds.index(self.kind) + 1) % len(kinds)]
        self.wanted = service.Wanted()
        self.reload()

    def action_join(self) -> None:
        """Toggle whether rows are merged with similar contacts or added as new ones."""
        self.join = not self.join
        self.reload()

    def action_encoding(self) -> None:
        """Choose the file's encoding."""
        from planner.tui.shared.modals.pick import Pick, PickModal

        def offer(text: str) -> tuple[list[Pick], str]:
            known = [name for name in ENCODINGS if text.strip().lower() in name]
            if text.strip() and text.strip().lower() not in known:
                known.append(text.strip())
            picks = [Pick([(name, "")], "", name) for name in known]
            return [Pick([("detect automatically", "")], "", ""), *picks] if not text.strip() else picks, ""

        def take(name: str | None) -> None:
            if name is not None:
                self.encoding = name or None
                self.reload()

        self.app.push_screen(PickModal("Encoding", "cp1251, euc-kr, shift_jis …", offer), take)

    def action_map(self) -> None:
        """Choose the field for the selected column."""
        from planner.tui.shared.modals.pick import Pick, PickModal

        column = self.lines.chosen
        shown = self.lines.shown
        if column is None or shown is None:
            return

        def offer(text: str) -> tuple[list[Pick], str]:
            names = [name for name in service.FIELDS[self.kind] if text.strip().lower() in name]
            picks = [Pick([(name, "")], "current" if name == column.field else "", name) for name in names]
            if not text.strip():
                picks.append(Pick([("don't import", "dim")], "" if column.field else "current", ""))
            return picks, "No such field."

        def take(name: str | None) -> None:
            if name is not None and name != column.field:
                self.wanted = replace(self.wanted, columns=_reassign(shown, self.wanted.columns, column, name))
                self.reload()

        self.app.push_screen(PickModal(f"Import {column.header} as", "name, phone, city …", offer), take)

    def action_write(self) -> None:
        """Import the whole file, or nothing if it fails."""
        shown = self.lines.shown
        reading = self._work is not None and (self._writing or self._read_for != self._shown_for)
        if shown is None or shown.refused or reading:
            self.show_error("The file is still loading." if reading else "There's nothing to import.")
            return
        self._start(dry_run=False)


# Replaces hints about command-line options with the keys used here.
ON_SCREEN = (
    (r"Choose it with --map \w+=COLUMN\.", "Press ⏎ on a column to map it."),
    (r"To leave it out: --map \w+=-", "To leave it out, press ⏎ on its column."),
    (r"choose one with --sheet\.", "choose one with planner import … --sheet."),
    (r"If that's wrong, set it with --encoding\.", "If that's wrong, press E."),
    (r"Set the encoding with --encoding[^.]*\.", "Press E to choose the encoding."),
    (r"Import only yours with --where", "To import only yours, run planner import … --where"),
    (r"Use planner import contacts .*", "Press t to switch to contacts."),
)


def on_screen(text: str) -> str:
    """Reword a message for the screen."""
    for said, instead in ON_SCREEN:
        text = re.sub(said, instead, text)
    return text


def _reassign(shown: ImportView, before: Any, column: Column, name: str) -> dict[str, str]:
    """Return the mapping after assigning a column to another field. The old field keeps its other columns."""
    found = dict(before)
    if column.field:
        rest = [each.header for each in shown.columns if each.field == column.field and each.header != column.header]
        found[column.field] = "+".join(rest)
    if name:
        known = [each.header for each in shown.columns if each.field == name and each.header != column.header]
        many = name in ("phone", "email", "tags")
        found[name] = "+".join([*known, column.header]) if many else column.header
    return found


def _view(preview: Preview, join: bool) -> ImportView:
    """Turn a preview into what is displayed."""
    reading, file = preview.reading, preview.file
    columns = _columns(file, {name: "+".join(headers) for name, headers in reading.columns.items()})
    return ImportView(
        file.name,
        preview.kind,
        ", ".join(how_written(preview)),
        columns,
        _counts(preview, join),
        _doubts(preview, join),
        preview.skipped,
        _words(preview),
        tuple((record.line, as_read(record)) for record in reading.sample),
    )


def _columns(file: service.Table, mapped: Mapping[str, str]) -> tuple[Column, ...]:
    """Return a file's columns with sample cells. `mapped` gives the columns of each field."""
    fields = {header: name for name, headers in mapped.items() for header in (headers, *headers.split("+"))}
    samples: dict[int, list[str]] = {}
    try:
        for row in islice(file.rows(), SAMPLED):
            for index, cell in enumerate(row.cells):
                known = samples.setdefault(index, [])
                if cell.strip() and len(known) < SAMPLES and cell not in known:
                    known.append(cell[:60])
    except PlannerError:  # the file was refused for a broken row, but the rows before it can be shown
        pass
    return tuple(
        Column(header, fields.get(header, ""), tuple(samples.get(index, ())))
        for index, header in enumerate(file.header)
    )


def _counts(preview: Preview, join: bool) -> tuple[tuple[str, int, str], ...]:
    def noun(count: int, word: str, style: str = "") -> tuple[str, int, str]:
        one = "new company" if word == "new companies" else word.removesuffix("s")
        return one if count == 1 else word, count, style

    found = [
        noun(preview.made, f"new {preview.kind}", "good"),
        ("changed", preview.changed, "warn"),
        ("already in planner", preview.same, ""),
    ]
    if preview.kind != "contacts":
        found.append(noun(preview.new_contacts, "new contacts"))
    if preview.new_companies:
        found.append(noun(preview.new_companies, "new companies"))
    if preview.lookalikes and not join:
        found.append(noun(preview.lookalikes, "possible duplicates", "warn"))
    if preview.twins and not join:
        found.append(noun(preview.twins, "duplicates in the file", "warn"))
    left = sum(len(lines) for lines in preview.skipped.values())
    return (*found, ("skipped", left, "warn"))


def _doubts(preview: Preview, join: bool) -> tuple[str, ...]:
    found = [on_screen(text) for text in preview.reading.notices]
    if preview.lookalikes and not join:
        found.append(
            "Some rows match contacts you already have (same email address, name or number). Press J to merge them."
        )
    if preview.twins and not join:
        found.append("Some rows match others in this file (same email address, name or number). Press J to merge them.")
    if preview.looks_like and preview.looks_like != preview.kind:
        found.append(f"This file looks like {preview.looks_like}. Press t to switch.")
    return tuple(found)


def _words(preview: Preview) -> tuple[tuple[str, str, str, int], ...]:
    return tuple(
        (name, theirs, service.word_shown(name, ours or ""), count)
        for name, words in preview.reading.words.items()
        for (theirs, ours), count in sorted(words.met.items(), key=lambda pair: -pair[1])[:8]
    )


def _describe_done(preview: Preview) -> str:
    parts = [f"{preview.made:,} new"] if preview.made else []
    if preview.changed:
        parts.append(f"{preview.changed:,} changed")
    return f"Imported {preview.file.name}: {', '.join(parts)}" if parts else f"Nothing new in {preview.file.name}"
