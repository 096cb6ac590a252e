"""Review: the week step by step, days and months at a glance, charts, learning, past reviews."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from planner.domain.errors import PlannerError
from planner.domain.review.review import Span
from planner.domain.review.self_review import STEPS, Kind, ReviewLine, SelfReview, Step
from planner.domain.workdays import DAY
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.tui.messages import EntryClicked
from planner.tui.review import changes
from planner.tui.review.widgets import charts as drawings
from planner.tui.review.widgets.review import OF_SPAN, PAGES, ContentsLines, PageLines, rows_of, title
from planner.tui.review.widgets.self_review import Shown, page_rows
from planner.tui.shared import spans
from planner.tui.shared.screen import BaseScreen
from planner.tui.shared.spans import Line
from planner.tui.shared.widgets.frame import FooterKey, FooterLine, HeaderLine, MessageLine
from planner.tui.shared.widgets.lines import Lines, measure

if TYPE_CHECKING:
    from planner.domain.review.charts import Charts
    from planner.domain.review.learning import Learning, Shelf
    from planner.domain.review.review import Review
    from planner.domain.review.self_review import Flow
    from planner.tui.shared.form import Edited

MOST_HITS = 60
GO_ON = FooterKey("⏎", "seen, go on", "go_on")
# The first keys in the footer, by page.
KEYS: dict[str, tuple[FooterKey, ...]] = {
    Step.TRIED: (FooterKey("y", "done", "mark(True)"), FooterKey("n", "not", "mark(False)"), GO_ON),
    Step.LESSONS: (
        FooterKey("+", "well", "add"),
        FooterKey("-", "wrong", "wrong"),
        FooterKey("t", "task", "task"),
        FooterKey("w", "week", "week"),
        FooterKey("e", "edit", "edit"),
        FooterKey("del", "drop", "drop"),
        GO_ON,
    ),
    Step.NEXT: (
        FooterKey("+", "aim", "add"),
        FooterKey("e", "edit", "edit"),
        FooterKey("del", "drop", "drop"),
        FooterKey("W", "week template", "template"),
        GO_ON,
    ),
    Step.WISH: (FooterKey("⏎", "write it, and finish", "go_on"),),
    "finished": (FooterKey("⏎", "change the line", "go_on"),),
    "learning": (
        FooterKey("+", "new", "add"),
        FooterKey("x", "done", "done"),
        FooterKey("y", "used it", "mark(True)"),
        FooterKey("e", "edit", "edit"),
        FooterKey("del", "drop", "drop"),
    ),
    "past": (FooterKey("⏎", "open", "go_on"),),
}
AROUND = (
    FooterKey("⇥", "next page", "page(1)"),
    FooterKey("[ ]", "before, after", "span(-1)"),
    FooterKey("s", "day, week, month", "turn"),
    FooterKey("Y", "a year ago", "year"),
    FooterKey("u", "undo", "undo"),
    FooterKey("/", "find", "search"),
    FooterKey("?", "help", "app.help", last=True),
    FooterKey("^q", "quit", "app.quit", last=True),
)


class TitleLine(Lines):
    """The span under review, and the progress of its review."""

    FIXED_HEIGHT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.make: Callable[[int], Line] = lambda width: [("  reading …", "dim")]

    def show(self, make: Callable[[int], Line]) -> None:
        """Show the line that `make` builds for a width."""
        self.make = make
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        return [self.make(width)]


class ReviewScreen(BaseScreen):
    """The review of a span, to decide what to change."""

    CSS_PATH = "review.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "seen, go on", id="review-go-on", tooltip="The step is done; on to the next"),
        Binding("tab,right,l", "page(1)", "next page", id="review-next", tooltip="Look at the next page"),
        Binding("shift+tab,left,h", "page(-1)", "page before", id="review-before", tooltip="Look at the page before"),
        Binding("left_square_bracket", "span(-1)", "before", id="review-span-before", tooltip="The week before"),
        Binding("right_square_bracket", "span(1)", "after", id="review-span-after", tooltip="The week after"),
        Binding("s", "turn", "day, week, month", id="review-turn", tooltip="Look at the month, the day, the week"),
        Binding("Y", "year", "a year ago", id="review-year", tooltip="The same week a year ago, and back"),
        Binding("y", "mark(True)", "done", id="review-done", tooltip="What was to be tried was done; it was used"),
        Binding("n", "mark(False)", "not done", id="review-not-done", tooltip="What was to be tried wasn't done"),
        Binding("plus", "add", "add", id="review-add", tooltip="What went well; an aim; a book, a question"),
        Binding("minus", "wrong", "went wrong", id="review-wrong", tooltip="What went wrong: cause and correction"),
        Binding("t", "task", "task", id="review-task", tooltip="Make the correction a task of the next week"),
        Binding("w", "week", "into the week", id="review-week", tooltip="Make the correction a change of the week"),
        Binding("W", "template", "week template", id="review-template", tooltip="The week's blocks"),
        Binding("e", "edit", "edit", id="review-edit", tooltip="Say the chosen line otherwise"),
        Binding("delete,backspace", "drop", "drop", id="review-drop", tooltip="Delete the chosen line"),
        Binding("x", "done", "finished", id="review-learnt", tooltip="A book is read: what was taken from it"),
        Binding("slash", "search", "find", id="review-find", tooltip="Search in past reviews and evenings"),
        Binding("escape", "leave", "back", id="review-leave", tooltip="Back to Today"),
        Binding("up,k", "cursor(-1)", "up", id="review-up", show=False),
        Binding("down,j", "cursor(1)", "down", id="review-down", show=False),
        Binding("pageup", "cursor(-10)", "page up", id="review-page-up", show=False),
        Binding("pagedown", "cursor(10)", "page down", id="review-page-down", show=False),
        Binding("home", "cursor(-100000)", "first", id="review-first", show=False),
        Binding("end", "cursor(100000)", "last", id="review-last", show=False),
    ]

    def __init__(
        self, ctx: AppContext, live: TodayStore, today: Today, wanted: tuple[tuple[str, object], ...] = ()
    ) -> None:
        super().__init__(ctx, live)
        self.today = today
        places = dict(wanted)
        week, page = places.get("week"), places.get("page")
        self._span = Span.WEEK
        self._day = week if isinstance(week, date) else None
        self._page = str(page) if page in PAGES else ""
        self._report: Review | None = None
        self._flow: Flow | None = None
        self._charts: Charts | None = None
        self._shelf: Shelf | None = None
        self._past: list[SelfReview] | None = None
        self._came_from: date | None = None
        self._left_week: date | None = None

    def compose(self) -> ComposeResult:
        yield HeaderLine(self.today, self.ctx.now(), id="header")
        yield TitleLine(id="title")
        with Container(id="body"):
            yield ContentsLines(id="contents")
            yield PageLines(id="page")
        yield MessageLine(id="message")
        yield FooterLine(list(AROUND), id="footer")

    def on_mount(self) -> None:
        self.set_interval(1.0, self.poll)
        self._reload()

    # reading

    def _reload(self) -> None:
        span, day = self._span, self._day

        def read() -> tuple[Review, Flow | None, Shelf, list[SelfReview]]:
            from planner.services.review import learning, review, self_review

            past, shelf = self_review.every(self.ctx), learning.read(self.ctx)
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
            self.query_one(PageLines).choose(new.pop())
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
            self._say([(" ▸ ", "accent"), (f"taken up again where you left it: {PAGES[self._page][1].lower()}", "")])

    def _nothing(self, problem: str) -> None:
        """Show that there is nothing to review (yet)."""
        if self._report is not None:
            self.show_error(problem)
            return
        self.query_one(TitleLine).show(lambda width: [(" Review", "bold")])
        rows = [
            [(problem, "")],
            [("1", "accent"), (" goes back to Today, where the day is opened; ", "dim")],
            [("planner book add TITLE", ""), (" begins to learn", "dim")],
        ]
        self.query_one("#footer", FooterLine).show([key for key in AROUND if key.last])
        self.query_one(PageLines).show([], rows_of(rows), anew=True)

    # display

    def _show(self, *, anew: bool = False) -> None:
        report = self._report
        if report is None:
            return
        if self._page == "charts" and self._charts is None:
            self._read_charts(report)
        pages = OF_SPAN[self._span]
        review = None if self._flow is None else self._flow.review
        steps = 0 if review is None else len(STEPS) if review.finished else review.step
        self.query_one(TitleLine).show(partial(self._title, report, review))
        self.query_one(ContentsLines).show(pages, self._page, steps)
        lines = self.query_one(PageLines)
        width = max(20, (lines.size.width or self.size.width) - 3)
        charts = () if self._charts is None else tuple(drawings.rows(self._charts, width))
        if self._page == "charts" and self._charts is None:
            charts = tuple(rows_of([[("reading …", "dim")]]))
        shown = Shown(report, self.ctx.today(), self._flow, self._shelf, self._past, charts)
        lines.show([(f" {PAGES[self._page][1]}", "bold")], page_rows(self._page, shown, width), anew=anew)
        page = "finished" if self._page == Step.WISH and review is not None and review.finished else self._page
        first = KEYS.get(page, (GO_ON,) if self._flow is not None and self._page in STEPS else ())
        self.query_one("#footer", FooterLine).show([*first, *AROUND])
        self.refresh_bindings()

    def _title(self, report: Review, review: SelfReview | None, width: int) -> Line:
        state: Line = []
        if review is not None and review.finished:
            state = [("✓ finished ", "good")]
        elif review is not None and review.started_at is not None:
            state = [(f"begun, {review.step} of {len(STEPS)} steps ", "warn")]
        elif review is not None:
            state = [("⏎", "accent"), (" begins the review ", "dim")]
        return spans.justified(title(report, width), state, width, measure)

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    def _read_charts(self, report: Review) -> None:
        def read() -> Charts:
            from planner.services.review import charts

            return charts.read(self.ctx, report.period)

        def take(found: Charts) -> None:
            if self._report is report:
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

    def action_cursor(self, step: int) -> None:
        """Move the cursor or scroll."""
        self.query_one(PageLines).step(step)

    def on_entry_clicked(self, message: EntryClicked) -> None:
        self.query_one(PageLines).move_to(message.index)

    def action_page(self, step: int) -> None:
        """Show another page."""
        pages = OF_SPAN[self._span]
        self._say([])
        if self._report is not None and self._page in pages:
            self._page = pages[(pages.index(self._page) + step) % len(pages)]
            self._show(anew=True)

    def action_span(self, step: int) -> None:
        """Show the span before or after."""
        if self._report is None:
            return
        self._say([])
        period = self._span.step(self._report.period, step)
        if period.first > self.ctx.today():
            self.show_error("That is still to come.")
            return
        self._day, self._came_from, self._left_week = period.first, None, None
        self._reload()

    def action_turn(self) -> None:
        """Switch from week to month to day, and back to the week."""
        if self._report is None:
            return
        self._say([])
        order, period, today = (Span.WEEK, Span.MONTH, Span.DAY), self._report.period, self.ctx.today()
        if self._span is Span.WEEK:  # of two months, choose the one with most of the week
            self._left_week, self._day = period.first, min(period.first + DAY * 3, today)
        else:
            self._day = min(period.last, today)
        self._span = order[(order.index(self._span) + 1) % len(order)]
        if self._span is Span.WEEK and self._left_week is not None:
            self._day = self._left_week
        self._reload()

    def action_year(self) -> None:
        """Show the same span a year ago, or return from there."""
        if self._report is None:
            return
        self._say([])
        if self._came_from is not None:
            self._day, self._came_from = self._came_from, None
        else:
            self._came_from = self._report.period.first
            self._day = self._span.year_before(self._report.period).first
        self._reload()

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
        chosen = self.query_one(PageLines).chosen
        if self._page == "past" and isinstance(chosen, tuple):
            self._span, self._day, self._page = Span.WEEK, chosen[1], Step.FIGURES
            self._reload()
        elif self._page == "learning":
            self.action_edit()
        elif self._flow is None or self._page not in STEPS:
            self.action_page(1)
        elif self._page == Step.WISH:
            self._ask_wish(self._week, self._flow.wish, self._flow.review.wish)
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
            self.live.changed()
            self._reload()

        self.load_async(keep, then, "step")

    def _ask_wish(self, week: date, wish: str, seen: str, problem: str = "", text: str | None = None) -> None:
        """Ask for the week's line on the wish, which was `seen` before."""
        from planner.tui.shared.line import LineModal

        heading = f"To the wish: {wish}" if wish else "One line to the wish"

        def finish(line: str | None) -> None:
            if line is not None:
                self.run_change(
                    partial(changes.finish, self.ctx, week, line, seen),
                    lambda trouble: self._ask_again(
                        read, seen, lambda now: self._ask_wish(week, wish, now or "", trouble, line)
                    ),
                )

        def read() -> str:
            from planner.services.review import self_review

            return self_review.week_review(self.ctx, week).wish

        said = seen if text is None else text
        modal = LineModal(heading, "the line", said, "what this week did for it", optional=True, problem=problem)
        self.app.push_screen(modal, finish)

    def action_mark(self, done: bool) -> None:
        """Mark whether something planned was done. On Learning, enter where something was used."""
        if self._page == "learning":
            self._ask_use()
            return
        chosen = self.query_one(PageLines).chosen
        found = next((each for each in self._flow.tried if each.origin == chosen), None) if self._flow else None
        if found is None:
            self.show_error("Nothing is chosen.")
            return
        from planner.services.review import self_review

        self.record(self_review.mark, self._week, found, done)

    # lines

    def _line(self) -> ReviewLine | None:
        chosen = self.query_one(PageLines).chosen
        found = None
        if self._flow is not None:
            found = next((line for line in self._flow.review.lines if line.id == chosen), None)
        if found is None:
            self.show_error("No line is chosen.")
        return found

    def action_add(self) -> None:
        """Add a success, an aim, or a learning item."""
        if self._page == "learning":
            self._ask_learning(None)
        else:
            self._ask_line_of(self._week, Kind.AIM if self._page == Step.NEXT else Kind.WELL)

    def _ask_line_of(
        self, week: date, kind: Kind, line: ReviewLine | None = None, text: str = "", problem: str = ""
    ) -> None:
        from planner.tui.shared.line import LineModal

        heading, label = (
            ("An aim for the next week", "the aim") if kind is Kind.AIM else ("What went well?", "went well")
        )

        def keep(said: str | None) -> None:
            if said is not None:
                self.run_change(
                    partial(changes.say, self.ctx, week, kind, said, line),
                    lambda trouble: self._ask_again(
                        partial(self._by_now, week, line),
                        line,
                        lambda now: self._ask_line_of(week, kind, now, said, trouble),
                    ),
                )

        before = line.text if line is not None else ""
        self.app.push_screen(LineModal(heading, label, text or before, "one thing a line", problem=problem), keep)

    def action_wrong(self) -> None:
        """Add what went wrong."""
        self._ask_wrong(self._week, None)

    def _ask_wrong(
        self, week: date, line: ReviewLine | None, typed: Mapping[str, str] | None = None, problem: str = ""
    ) -> None:
        from planner.tui.review.modals.review import LessonModal

        def keep(wanted: Edited | None) -> None:
            if wanted is not None:
                self.run_change(
                    partial(changes.wrong, self.ctx, week, wanted.typed, line),
                    lambda trouble: self._ask_again(
                        partial(self._by_now, week, line),
                        line,
                        lambda now: self._ask_wrong(week, now, wanted.changed if now else wanted.typed, trouble),
                    ),
                )

        self.app.push_screen(LessonModal(self.ctx.now(), line, typed, problem), keep)

    def _by_now(self, week: date, line: ReviewLine | None) -> ReviewLine | None:
        """Return the current state of a line, None for a new line if it is gone."""
        from planner.services.review import self_review

        lines = self_review.week_review(self.ctx, week).lines
        return None if line is None else next((each for each in lines if each.id == line.id), None)

    def action_edit(self) -> None:
        """Edit the selected line."""
        if self._page == "learning":
            row = self._learning()
            if row is not None:
                self._ask_learning(row)
            return
        line = self._line()
        if line is None:
            return
        if line.kind is Kind.WRONG:
            self._ask_wrong(self._week, line)
        else:
            self._ask_line_of(self._week, line.kind, line)

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
            self.show_error("There is no correction in that line yet: e says what is to be done otherwise.")
            return
        if line.task_id is not None and line.done is not False:
            self.show_error("It is a task already.")
            return
        self.run_change(partial(changes.as_week, self.ctx, self._week, line.id))
        self.planner.show("week")

    # learning

    def _learning(self) -> Learning | None:
        chosen = self.query_one(PageLines).chosen
        rows = () if self._shelf is None else self._shelf.rows
        found = next((row for row in rows if chosen == ("learning", row.id)), None)
        if found is None:
            self.show_error("Nothing is chosen.")
        return found

    def action_done(self) -> None:
        """Mark a book as read and ask for the takeaway."""
        row = self._learning()
        if row is not None:
            self._ask_learning(row, done=True)

    def _ask_learning(
        self, row: Learning | None, *, done: bool = False, typed: dict[str, str] | None = None, problem: str = ""
    ) -> None:
        from planner.tui.review.modals.review import LearningModal

        def keep(wanted: Edited | None) -> None:
            if wanted is None:
                return
            self.run_change(
                partial(changes.put_learning, self.ctx, row, wanted),
                lambda trouble: self._ask_again(
                    by_now,
                    row,
                    lambda now: self._ask_learning(
                        now, done=done, typed=wanted.changed if now else wanted.typed, problem=trouble
                    ),
                ),
            )

        def by_now() -> Learning | None:
            from planner.services.review import learning

            rows = learning.read(self.ctx).rows
            return None if row is None else next((each for each in rows if each.id == row.id), None)

        self.app.push_screen(LearningModal(self.ctx.now(), row, done=done, typed=typed, problem=problem), keep)

    def _ask_use(self) -> None:
        """Ask where it was used: in a deal, in a recent call, or in words."""
        from planner.tui.shared.pick import Pick, PickModal

        row = self._learning()
        if row is None:
            return

        def read() -> list[Pick]:
            from planner.services.calls import activity_log
            from planner.services.clients import deals

            found = [
                Pick(
                    [("deal  ", "dim"), (deal.title, ""), (f"  {deal.contact or ''}", "dim")], "", {"deal_id": deal.id}
                )
                for deal in deals.listed(self.ctx)
            ]
            today = self.ctx.today()
            for back in range(8):
                for call in reversed(activity_log.listed(self.ctx, today - DAY * back)):
                    if call.contact:
                        what: Line = [("call  ", "dim"), (call.contact, ""), (f"  {call.outcome or call.kind}", "dim")]
                        found.append(Pick(what, f"{call.moment:%a %H:%M}", {"activity_id": call.id}))
            return found

        def show(picks: list[Pick]) -> None:
            def offer(text: str) -> tuple[list[Pick], str]:
                asked = text.casefold().strip()
                named = [each for each in picks if asked in "".join(part for part, _ in each.left).casefold()]
                said = [Pick([("words ", "dim"), (text.strip(), "")], "", {"note": text.strip()})] if asked else []
                return named[: MOST_HITS - 1] + said, "Type where it was used, or choose a deal or a call."

            def keep(chosen: dict[str, object] | None) -> None:
                if chosen is not None:
                    from planner.services.review import learning

                    self.record(learning.used, row.id, what=row.kind.value, **chosen)

            heading = f"Where was {row.title} used?"
            self.app.push_screen(PickModal(heading, "a deal, a call, or words", offer, most=MOST_HITS), keep)

        self._ask_first(read, show)

    # past reviews

    def action_search(self) -> None:
        """Search past reviews and evening notes."""
        from planner.domain.typed.search import excerpt
        from planner.services.clients.client_list import REVIEW_KINDS, Clients, Hit
        from planner.tui.shared.pick import Pick, PickModal

        def offer(text: str) -> tuple[list[Pick], str]:
            if not text.strip():
                return [], "What went well or wrong, causes, corrections, aims, what was said in the evenings."
            try:
                with closing(TodayStore(self.ctx)) as live:
                    hits = Clients(self.ctx, live).hits(text, MOST_HITS, REVIEW_KINDS)
            except PlannerError as problem:
                return [], str(problem)
            found = []
            for hit in hits:
                where = "review" if hit.kind == "review_line" else "evening"
                left: Line = [(f"{where:<9}", "dim"), (excerpt(hit.text, text, 90), "")]
                found.append(Pick(left, hit.day, hit))
            return found, "No review has that in it."

        def go(hit: Hit | None) -> None:
            if hit is not None:
                self._span, self._day = Span.WEEK, date.fromisoformat(hit.day)
                self._page = Step.LESSONS if hit.kind == "review_line" else Step.HEARD
                self._reload()

        self.app.push_screen(PickModal("Find in reviews", "a word of what was said", offer, most=MOST_HITS), go)
