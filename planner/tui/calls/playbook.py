"""The playbook screen: objections, what works against them, and the drill that makes the answers fluent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Input

from planner import content
from planner.domain.errors import PlannerError
from planner.domain.text import plural
from planner.services.calls import playbook as service
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.tui.calls import call_panels
from planner.tui.calls.widgets.practice import PlaybookSheet, Record
from planner.tui.calls.widgets.sheet import ObjectionLines, Row, Sheet
from planner.tui.shared import asking, spans
from planner.tui.shared.list_screen import ListScreen
from planner.tui.shared.screen import Places
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.frame import FooterItem, FooterKey
from planner.tui.shared.widgets.safe_input import LineInput

STOP = FooterKey("stop", "leave")
ASKED = ("reveal", STOP, "fluent(True)", "fluent(False)", "undo")
REVEALED = ("fluent(True)", "fluent(False)", STOP, "undo")
PAGES = (
    "closings", "signals", "mind", "trust", "limits", "listening", "listening-rules", "customers", "rude",
    "preparation", "stages", "endings", "questions", "manners", "manners-more", "mistakes", "standards",
    "objection-habit", "letters",
)  # fmt: skip


class PlaybookScreen(ListScreen[ObjectionLines]):
    """The playbook for reading and practice between calls. During a call `/` searches it."""

    TAB = "playbook"
    CSS_PATH = "playbook.tcss"
    AUTO_FOCUS = ""
    LIST = ObjectionLines
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash",
            "find",
            "find",
            id="playbook-find",
            tooltip="Find an objection by typing what you hear",
            priority=True,
        ),
        Binding("D", "drill", "drill", id="playbook-drill", tooltip="Practice today's objections out loud"),
        Binding("e", "edit", "edit", id="playbook-edit", tooltip="Edit it, or reset it to the default"),
        Binding(
            "tab", "page(1)", "next page", id="playbook-page", tooltip="Closings, listening, customer types, manners …"
        ),
        Binding("shift+tab", "page(-1)", "previous page", id="playbook-page-before", show=False),
        Binding("space", "reveal", "show answers", id="playbook-reveal", tooltip="In the drill: show the answers"),
        Binding("y", "fluent(True)", "got it", id="playbook-fluent", tooltip="In the drill: you answered fluently"),
        Binding("n", "fluent(False)", "not yet", id="playbook-not-yet", tooltip="In the drill: try again tomorrow"),
        Binding("escape", "leave", "back", id="playbook-leave", tooltip="Back to Today"),
    ]
    FOOTER = (
        "find",
        "drill",
        "edit",
        "page(1)",
        "leave",
        "undo",
        "app.show('today')",
        "app.show('calls')",
    )

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today, places: Places = ()) -> None:
        super().__init__(ctx, live, today, places)
        self._book = service.Playbook([])
        self._page = ""
        self._items: list[service.DrillItem] | None = None
        self._revealed = False
        self._drilled = 0
        self._practice: service.Practice | None = None

    def body(self) -> ComposeResult:
        with Container(id="pages"):
            yield ObjectionLines(id="objections")
            yield PlaybookSheet(id="answers")
        yield LineInput(id="typed", compact=True, placeholder="What did they say? expensive, think, busy …")

    def start(self) -> None:
        self.query_one("#typed", Input).display = False
        super().start()

    # display

    def reload(self) -> None:
        try:
            self._book = service.read(self.live)
            if self._items is not None:
                self._items = service.due_drills(self.ctx, self.live)
        except PlannerError as problem:
            self.show_error(str(problem))
        self._find()
        if spans.is_large(*self.app.size):
            self.call_after_refresh(self._read_practice)

    def _read_practice(self) -> None:
        """Read what only a large screen shows, once the answers are there."""

        def show(found: service.Practice) -> None:
            self._practice = found
            self._show()

        self.load_async(lambda: service.practice(self.ctx), show, "practice")

    def _record(self) -> Record:
        chosen = self.lines.chosen
        items = self._items or ()
        objection = items[0].objection if items else chosen.objection if chosen and not self._page else None
        titles = {page: content.word_lists(self.ctx.language)[page]["title"] for page in PAGES}
        opened = titles.get(self._page, "")
        return Record(
            self.ctx.today(), self._book.objections, objection, self._practice, tuple(titles.values()), opened
        )

    def _find(self) -> None:
        lines = self.lines
        lines.show(self._book.find(self.query_one("#typed", Input).value))
        self._show()

    def _show(self) -> None:
        self.lines.display = self._items is None
        sheet = self.query_one("#answers", PlaybookSheet)
        sheet.record = self._record()
        sheet.show(self._sheet())
        self.show_keys()

    def footer_keys(self) -> Sequence[FooterItem]:
        if self._items is None:
            return self.FOOTER
        return (STOP, "undo") if not self._items else REVEALED if self._revealed else ASKED

    def _sheet(self) -> Sheet:
        if self._items is not None:
            return self._drill_sheet(self._items)
        if self._page:
            row = content.word_lists(self.ctx.language)[self._page]
            return call_panels.lines_sheet(row["title"], self.live.words(self._page), row["about"])
        chosen = self.lines.chosen
        if chosen is None:
            return Sheet("No match in the playbook")
        heard = f"heard {plural(chosen.heard, 'time', 'times')}" if chosen.heard else "not heard yet"
        return Sheet(chosen.objection.text, heard, tuple(call_panels.answer_rows(chosen, numbered=False)))

    def _drill_sheet(self, items: list[service.DrillItem]) -> Sheet:
        if not items:
            done = f"You've practiced {self._drilled}. " if self._drilled else ""
            return Sheet("Drill", "", (Row(f"{done}Nothing {'more ' if done else ''}is due today.", "", ""),))
        item = items[0]
        before = f"got it {item.fluent} of {item.times} times" if item.times else "first time"
        rows: list[Row] = [Row("", marker=""), Row(f"“{item.objection.text}”", "bold", ""), Row("", marker="")]
        if self._revealed:
            rows += [Row(answer.text, "", "· ", "dim") for answer in item.objection.answers]
        else:
            rows.append(Row("Answer out loud, then press space to see the answers.", "dim", ""))
        return Sheet("Drill", f"{len(items)} due · {before}", tuple(rows))

    def action_cursor(self, rows: int, columns: int = 0) -> None:
        """Move the cursor."""
        if self._items is None:
            super().action_cursor(rows, columns)

    def entry_chosen(self) -> None:
        self._page = ""
        self._show()

    # search

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if self.is_mounted and self.query_one("#typed", Input).has_focus:
            return action in ("leave", "cursor") or action.startswith("app.")
        if action in ("reveal", "fluent"):
            return self._items is not None
        if action in ("find", "page"):
            return self._items is None
        return True

    def action_find(self) -> None:
        """Open the search for an objection."""
        typed = self.query_one("#typed", Input)
        typed.display = True
        self.set_focus(typed)

    def on_input_changed(self) -> None:
        self._page = ""
        self.lines.cursor = 0
        self._find()

    def on_input_submitted(self) -> None:
        self.set_focus(None)

    def action_leave(self) -> None:
        """Leave the drill or the search, or else go back to Today."""
        typed = self.query_one("#typed", Input)
        if self._items is not None:
            self._items = None
            self._show()
        elif typed.display:
            typed.value = ""
            typed.display = False
            self.set_focus(None)
        else:
            self.planner.show("today")

    def action_page(self, step: int) -> None:
        """Show another list."""
        pages = ("", *PAGES)
        self._page = pages[(pages.index(self._page) + step) % len(pages)]
        self._show()

    def action_edit(self) -> None:
        """Edit the current list."""
        asking.edit_words(self, self._page or "objections")

    # the drill

    def action_drill(self) -> None:
        """Start the drill: answer what is due aloud."""
        try:
            self._items = service.due_drills(self.ctx, self.live)
        except PlannerError as problem:
            self.show_error(str(problem))
            return
        self._revealed, self._drilled = False, 0
        self._show()

    def action_reveal(self) -> None:
        """Reveal the answers."""
        self._revealed = True
        self._show()

    def action_fluent(self, fluent: bool) -> None:
        """Save how it went and go on to the next one."""
        if not self._items:
            return
        item = self._items[0]
        try:
            days = service.drill(self.ctx, self.live, item, fluent=fluent)
        except PlannerError as problem:
            self.show_error(str(problem))
            return
        self._items, self._revealed = self._items[1:], False
        self._drilled += 1
        back: Line = [
            (" ✓ ", "good"),
            (f"Comes back {'tomorrow' if days == 1 else f'in {days} days'}", ""),
            ("   u undo", "dim"),
        ]
        self.say(back)
        self._show()
        if self._practice is not None:
            self._read_practice()
