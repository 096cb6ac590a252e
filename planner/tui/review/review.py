"""The Review screen: the week step by step, days and months at a glance, charts, learning, past reviews."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from planner.domain import formats
from planner.domain.errors import PlannerError
from planner.domain.review.self_review import STEPS, Kind, ReviewLine, SelfReview, Step
from planner.domain.review.spans import Span
from planner.domain.workdays import DAY
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.tui.review import changes, editing
from planner.tui.review.widgets.beside import sections
from planner.tui.review.widgets.page import OF_SPAN, PAGES, ContentsLines, PageLines, hint_rows, page_name
from planner.tui.review.widgets.review import title
from planner.tui.review.widgets.self_review import Shown, page_rows
from planner.tui.shared import spans
from planner.tui.shared.list_screen import ListScreen
from planner.tui.shared.screen import Places
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.frame import HELP_AND_QUIT, FooterItem, FooterKey
from planner.tui.shared.widgets.lines import Lines, measure

if TYPE_CHECKING:
    from planner.domain.review.charts import Charts
    from planner.domain.review.learning import Learning, Shelf
    from planner.domain.review.review import Review
    from planner.domain.review.self_review import Flow
    from planner.domain.workdays import Period

MOST_HITS = 60
GO_ON = "go_on"
CHARTED = (Step.FIGURES, Step.DISCIPLINE, "charts")
# The first keys in the footer, by page.
KEYS: dict[str, tuple[FooterItem, ...]] = {
    Step.TRIED: ("mark(True)", FooterKey("not done", "mark(False)"), GO_ON),
    Step.LESSONS: (FooterKey("win", "add"), "wrong", "task", "week", "edit", "drop", GO_ON),
    Step.NEXT: (FooterKey("aim", "add"), "edit", "drop", "template", GO_ON),
    Step.WISH: (FooterKey("write and finish", "go_on"),),
    "finished": (FooterKey("edit", "go_on"),),
    "learning": ("add", "done", FooterKey("log where you used it", "mark(True)"), "edit", "drop"),
    "past": (FooterKey("open", "go_on"),),
}


class TitleLine(Lines):
    """Line with the span under review, and the progress of its review."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.make: Callable[[int], Line] = lambda width: [("  Loading …", "dim")]

    def show(self, make: Callable[[int], Line]) -> None:
        """Show the line that `make` builds for a width."""
        self.make = make
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        return [self.make(width)]


class ReviewScreen(ListScreen[PageLines]):
    """Screen that reviews a span, to decide what to change."""

    TAB = "review"
    CSS_PATH = "review.tcss"
    LIST = PageLines
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "next", id="review-go-on", tooltip="Complete this step and go to the next one"),
        Binding("tab,right,l", "page(1)", "next page", id="review-next", tooltip="Show the next page"),
        Binding("shift+tab,left,h", "page(-1)", "previous page", id="review-before", tooltip="Show the previous page"),
        Binding("left_square_bracket", "span(-1)", "earlier", id="review-span-before", tooltip="Show the week before"),
        Binding("right_square_bracket", "span(1)", "later", id="review-span-after", tooltip="Show the week after"),
        Binding("s", "turn", "day, week, month", id="review-turn", tooltip="Switch between week, month and day"),
        Binding("Y", "year", "a year ago", id="review-year", tooltip="Show the same week a year ago, or go back"),
        Binding(
            "y", "mark(True)", "done", id="review-done", tooltip="Mark the experiment done, or log where you used it"
        ),
        Binding("n", "mark(False)", "not done", id="review-not-done", tooltip="Mark the experiment not done"),
        Binding("plus", "add", "add", id="review-add", tooltip="Add a win, an aim or something to learn"),
        Binding("minus", "wrong", "miss", id="review-wrong", tooltip="Add a miss, with its cause and fix"),
        Binding("t", "task", "task", id="review-task", tooltip="Make the fix a task for next week"),
        Binding("w", "week", "add to your week", id="review-week", tooltip="Make the fix a change to your week"),
        Binding("W", "template", "week template", id="review-template", tooltip="Open the week template"),
        Binding("e", "edit", "edit", id="review-edit", tooltip="Edit the selected line"),
        Binding("delete,backspace", "drop", "delete", id="review-drop", tooltip="Delete the selected line"),
        Binding("x", "done", "done", id="review-learnt", tooltip="Mark it finished and note your takeaways"),
        Binding("slash", "search", "find", id="review-find", tooltip="Search past reviews and evening notes"),
        Binding("escape", "leave", "back", id="review-leave", tooltip="Go back to Today"),
    ]
    FOOTER = ("page(1)", FooterKey("earlier, later", "span(-1)", "span(1)"), "turn", "year", "undo", "search")
    BESIDE = ("leave", *HELP_AND_QUIT)

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today, places: Places = ()) -> None:
        super().__init__(ctx, live, today, places)
        week, page = self.place("week"), self.place("page")
        self._span = Span.WEEK
        self._day: date | None = week
        self._page = str(page) if page in PAGES else ""
        self._report: Review | None = None
        self._flow: Flow | None = None
        self._charts: Charts | None = None
        self._charts_of: Period | None = None  # the span whose charts were last asked for
        self._shelf: Shelf | None = None
        self._past: list[SelfReview] = []
        self._came_from: date | None = None
        self._left_week: date | None = None

    def body(self) -> ComposeResult:
        yield TitleLine(id="title")
        with Container(id="body"):
            yield ContentsLines(id="contents")
            yield PageLines(id="page")

    # reading

    def reload(self) -> None:
        span, day = self._span, self._day

        def read() -> tuple[Review, Flow | None, Shelf, list[SelfReview]]:
            from planner.services.review import learning, review, self_review

            past, shelf = self_review.list_begun(self.ctx), learning.read(self.ctx)
            if span is Span.WEEK:
                flow = self_review.read(self.ctx, day)
                return flow.report, flow, shelf, past
            return review.read(self.ctx, span, day), None, shelf, past

        self.load_async(read, self._take, failed=self._nothing)

    def _take(self, found: tuple[Review, Flow | None, Shelf, list[SelfReview]]) -> None:
        first = self._report is None
        before = self._keys()
        another = self._report is None or self._report.period != found[0].period
        self._report, self._flow, self._shelf, self._past = found
        self._day = self._report.period.first if self._span is not Span.DAY else self._day or self._report.period.first
        if another:
            self._charts = None
        if first and not self._page:
            self._take_up()
        if self._page not in OF_SPAN[self._span]:
            self._page = Step.FIGURES
        self._show(anew=another)
        new = self._keys() - before
        if len(new) == 1 and not another:  # the next key is about what was just written
            self.lines.choose(new.pop())
        self._tell_notices()

    def _keys(self) -> set[object]:
        """Return the keys of all review lines and learning items."""
        lines = () if self._flow is None else self._flow.review.lines
        rows = () if self._shelf is None else self._shelf.rows
        return {*(line.id for line in lines), *(("learning", row.id) for row in rows)}

    def _take_up(self) -> None:
        """Resume the review where it was left."""
        review = None if self._flow is None else self._flow.review
        self._page = Step.FIGURES
        if review is not None and review.started_at is not None and not review.finished and review.step:
            self._page = STEPS[review.step]
            self.say([(" ▸ ", "accent"), (f"Resumed where you left off: {page_name(self._page, self._span)}", "")])

    def _nothing(self, problem: str) -> None:
        """Show that there is nothing to review (yet)."""
        if self._report is not None:
            self.show_error(problem)
            return
        self.query_one(TitleLine).show(lambda width: [(" Review", "bold")])
        self.add_class("-nothing")
        rows: list[Line] = [
            [(problem, "")],
            [],
            [("1", "accent"), (" start your day on Today", "dim")],
            [("2", "accent"), (" make your first call", "dim")],
        ]
        self.lines.show([], hint_rows(rows), anew=True)

    # display

    def _show(self, *, anew: bool = False) -> None:
        report = self._report
        if report is None:
            return
        if self._charts_of != report.period and self._has_charts():
            self._charts_of = report.period
            self.call_after_refresh(self._read_charts, report.period)
        pages = OF_SPAN[self._span]
        review = None if self._flow is None else self._flow.review
        steps = 0 if review is None else len(STEPS) if review.finished else review.step
        self.query_one(TitleLine).show(partial(self._title, report, review))
        self.query_one(ContentsLines).show({page: page_name(page, self._span) for page in pages}, self._page, steps)
        lines = self.lines
        roomy, large = spans.is_roomy(*self.app.size), spans.is_large(*self.app.size)
        found = (self._flow, self._shelf, self._past, self._charts)
        shown = Shown(report, self.ctx.today(), *found, lines.size.height, roomy, large)
        rows = page_rows(self._page, shown, lines.room(self.size.width))
        heading: Line = [(f" {page_name(self._page, self._span)}", "bold")]
        more = large or self._page not in CHARTED  # these have their charts on the page itself
        lines.show(heading, rows, anew=anew, beside=partial(sections, self._page, shown) if more else None)
        self.show_keys()
        self.refresh_bindings()

    def footer_keys(self) -> Sequence[FooterItem]:
        if self._report is None:
            return ()
        flow, page = self._flow, self._page
        if page == Step.WISH and flow is not None and flow.review.finished:
            page = "finished"
        return (*KEYS.get(page, (GO_ON,) if flow is not None and page in STEPS else ()), *self.FOOTER)

    def _title(self, report: Review, review: SelfReview | None, width: int) -> Line:
        state: Line = []
        if review is not None and review.finished:
            state = [("✓ review finished ", "good")]
        elif review is not None and review.started_at is not None:
            state = [(f"{review.step} of {len(STEPS)} steps done ", "warn")]
        elif review is not None:
            state = [("⏎", "accent"), (" start the review ", "dim")]
        return spans.justify(title(report, width), state, width, measure)

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    def _has_charts(self) -> bool:
        """Return whether the page has charts, the steps only where there is room."""
        if spans.is_large(*self.app.size):
            return self._page in (*STEPS, "charts")
        return self._page == "charts" or (spans.is_roomy(*self.app.size) and self._page in CHARTED)

    def _read_charts(self, period: Period) -> None:
        def read() -> Charts:
            from planner.services.review import charts

            return charts.read(self.ctx, period)

        def take(found: Charts) -> None:
            if self._report is not None and self._report.period == period:
                self._charts = found
                self._show()

        self.load_async(read, take, "charts")

    # navigation

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        page = self._page
        allowed = {
            "mark": page == Step.TRIED or (page == "learning" and parameters == (True,)),
            "add": page in (Step.LESSONS, Step.NEXT, "learning") and (page != Step.NEXT or self._flow is not None),
            "wrong": page == Step.LESSONS,
            "task": page == Step.LESSONS,
            "week": page == Step.LESSONS,
            "edit": page in (Step.LESSONS, Step.NEXT, "learning"),
            "drop": page in (Step.LESSONS, Step.NEXT, "learning"),
            "done": page == "learning",
        }
        return allowed.get(action, True)

    def action_page(self, step: int) -> None:
        """Show another page."""
        pages = OF_SPAN[self._span]
        self.say([])
        if self._report is not None and self._page in pages:
            self._page = pages[(pages.index(self._page) + step) % len(pages)]
            self._show(anew=True)

    def action_span(self, step: int) -> None:
        """Show the span before or after."""
        if self._report is None:
            return
        self.say([])
        period = self._span.step(self._report.period, step)
        if period.first > self.ctx.today():
            self.show_error(f"That {self._span} hasn't started yet.")
            return
        self._day, self._came_from, self._left_week = period.first, None, None
        self.reload()

    def action_turn(self) -> None:
        """Switch from week to month to day, and back to the week."""
        if self._report is None:
            return
        self.say([])
        order, period, today = (Span.WEEK, Span.MONTH, Span.DAY), self._report.period, self.ctx.today()
        if self._span is Span.WEEK:  # of two months, choose the one with most of the week
            self._left_week, self._day = period.first, min(period.first + DAY * 3, today)
        else:
            self._day = min(period.last, today)
        self._span = order[(order.index(self._span) + 1) % len(order)]
        if self._span is Span.WEEK and self._left_week is not None:
            self._day = self._left_week
        self.reload()

    def action_year(self) -> None:
        """Show the same span a year ago, or return from there."""
        if self._report is None:
            return
        self.say([])
        if self._came_from is not None:
            self._day, self._came_from = self._came_from, None
        else:
            self._came_from = self._report.period.first
            self._day = self._span.year_before(self._report.period).first
        self.reload()

    def action_leave(self) -> None:
        """Go back to Today. What was written is saved."""
        self.planner.show("today")

    def action_template(self) -> None:
        """Open the week template."""
        self.planner.show("week")

    # the flow

    @property
    def _week(self) -> date:
        assert self._flow is not None
        return self._flow.review.week

    def action_go_on(self) -> None:
        """Complete the step and go on to the next. The last one finishes the review."""
        chosen = self.lines.chosen
        if self._page == "past" and isinstance(chosen, tuple):
            self._span, self._day, self._page = Span.WEEK, chosen[1], Step.FIGURES
            self.reload()
        elif self._page == "learning":
            self.action_edit()
        elif self._flow is None or self._page not in STEPS:
            self.action_page(1)
        elif self._page == Step.WISH:
            editing.ask_wish(self, self._week, self._flow.wish, self._flow.review.wish)
        else:
            self._step_on(self._flow.review, STEPS.index(Step(self._page)) + 1)

    def _step_on(self, review: SelfReview, step: int) -> None:
        self._page = STEPS[step]
        if review.started_at is None:
            self.run_change(partial(changes.begin, self.ctx, review.week, step))
        elif not review.finished and step > review.step:
            self.planner.when_idle(partial(self._keep_step, review.week, step))
        self._show(anew=True)

    def _keep_step(self, week: date, step: int) -> None:
        def keep() -> None:
            from planner.services.review import self_review

            self_review.go_to(self.ctx, week, step)

        def then(_: None) -> None:
            self.live.has_changed()
            self.reload()

        self.load_async(keep, then, "step")

    def action_mark(self, done: bool) -> None:
        """Mark whether something planned was done. On Learning, enter where something was used."""
        if self._page == "learning":
            row = self._learning()
            if row is not None:
                editing.ask_use(self, row)
            return
        chosen = self.lines.chosen
        found = next((each for each in self._flow.tried if each.origin == chosen), None) if self._flow else None
        if found is None:
            self.show_error("Nothing is selected.")
            return
        from planner.services.review import self_review

        self.record(self_review.mark, self._week, found, done)

    # lines

    def _line(self) -> ReviewLine | None:
        chosen = self.lines.chosen
        found = None
        if self._flow is not None:
            found = next((line for line in self._flow.review.lines if line.id == chosen), None)
        if found is None:
            self.show_error("No line is selected.")
        return found

    def action_add(self) -> None:
        """Add a success, an aim, or a learning item."""
        if self._page == "learning":
            editing.ask_learning(self, None)
        else:
            editing.ask_line(self, self._week, Kind.AIM if self._page == Step.NEXT else Kind.WELL)

    def action_wrong(self) -> None:
        """Add what went wrong."""
        editing.ask_wrong(self, self._week, None)

    def action_edit(self) -> None:
        """Edit the selected line."""
        if self._page == "learning":
            row = self._learning()
            if row is not None:
                editing.ask_learning(self, row)
            return
        line = self._line()
        if line is None:
            return
        if line.kind is Kind.WRONG:
            editing.ask_wrong(self, self._week, line)
        else:
            editing.ask_line(self, self._week, line.kind, line)

    def action_drop(self) -> None:
        """Delete the selected line. `u` brings it back."""
        from planner.services.review import learning, self_review

        if self._page == "learning":
            row = self._learning()
            if row is not None:
                self.record(learning.drop, row.id, what=row.kind.value)
            return
        line = self._line()
        if line is not None:
            self.record(self_review.drop, self._week, line.id)

    def action_task(self) -> None:
        """Turn the selected correction into a task."""
        line = self._line()
        if line is not None:
            self.run_change(partial(changes.as_task, self.ctx, self._week, line.id))

    def action_week(self) -> None:
        """Turn the selected correction into a change of the week template, and go there."""
        line = self._line()
        if line is None:
            return
        if not line.correction:
            self.show_error("This line has no fix yet. Press e to add what you'll do differently.")
            return
        if line.task_id is not None and line.done is not False:
            self.show_error("That fix is already a task.")
            return
        self.run_change(partial(changes.as_week, self.ctx, self._week, line.id))
        self.planner.show("week")

    # learning

    def _learning(self) -> Learning | None:
        chosen = self.lines.chosen
        rows = () if self._shelf is None else self._shelf.rows
        found = next((row for row in rows if chosen == ("learning", row.id)), None)
        if found is None:
            self.show_error("Nothing is selected.")
        return found

    def action_done(self) -> None:
        """Mark a book as read and ask for the takeaways."""
        row = self._learning()
        if row is not None:
            editing.ask_learning(self, row, done=True)

    # past reviews

    def action_search(self) -> None:
        """Search past reviews and evening notes."""
        from planner.domain.typed.search import excerpt
        from planner.services.clients.client_list import REVIEW_KINDS, Clients, Hit
        from planner.tui.shared.modals.pick import Pick, PickModal

        def offer(text: str) -> tuple[list[Pick], str]:
            if not text.strip():
                return [], "Search wins, misses, causes, fixes, aims and evening notes."
            try:
                with closing(TodayStore(self.ctx)) as live:
                    hits = Clients(self.ctx, live).hits(text, MOST_HITS, REVIEW_KINDS)
            except PlannerError as problem:
                return [], str(problem)
            found = []
            for hit in hits:
                where = "review" if hit.kind == "review_line" else "evening"
                left: Line = [(f"{where:<9}", "dim"), (excerpt(hit.text, text, 90), "")]
                found.append(Pick(left, formats.when_text(hit.day, self.ctx.today()), hit))
            return found, "No matches in your reviews."

        def go(hit: Hit | None) -> None:
            if hit is not None:
                self._span, self._day = Span.WEEK, date.fromisoformat(hit.day)
                self._page = Step.LESSONS if hit.kind == "review_line" else Step.HEARD
                self.reload()

        self.app.push_screen(PickModal("Search reviews", "a word or a phrase", offer, most=MOST_HITS), go)
