"""The Plan screen: will I make it, and what would it take? A month, quarter or year with its calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import partial
from typing import ClassVar

from dateutil.relativedelta import relativedelta
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from planner.domain import formats
from planner.domain.forecast.outlook import precompute
from planner.domain.workdays import Period, month_of
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.services.forecast import odds
from planner.services.plan import calendar, months, plan, quotas
from planner.services.plan.months import Span
from planner.tui.messages import DayClicked, MonthClicked, ServiceFailed, Supposed
from planner.tui.plan.modals.quota import QuotaModal, QuotaWanted
from planner.tui.plan.widgets.chart import Chart, is_unplanned
from planner.tui.plan.widgets.figures import Figures
from planner.tui.plan.widgets.month_calendar import MonthCalendar
from planner.tui.plan.widgets.odds import Funnel, WhatIf, is_savable
from planner.tui.plan.widgets.sheet import SheetPart
from planner.tui.plan.widgets.targets import Targets
from planner.tui.shared import month
from planner.tui.shared.screen import BaseScreen, Places
from planner.tui.shared.welcome import FIRST_CLASS, is_first
from planner.tui.shared.widgets.frame import FooterItem, FooterKey, HeaderLine

SPANS = tuple(Span)
WEIGHTS = {"off": Fraction(0), "half": Fraction(1, 2), "work": Fraction(1), "usual": None}
WORDS = {"off": "off", "half": "half day", "work": "full working day", "usual": "default day"}
ARROWS = (("left", -1, "left"), ("right", 1, "right"), ("up,k", -7, "up"), ("down,j", 7, "down"))
SHIFTED = (
    ("shift+left", -1, "left"),
    ("shift+right", 1, "right"),
    ("shift+up", -7, "up"),
    ("shift+down", 7, "down"),
)


SUPPOSING = (
    FooterKey("choose", "slide('down')", keys="↑↓"),
    FooterKey("adjust", "slide('right')", keys="←→"),
    FooterKey("save calls a day and average deal", "keep"),
    "leave",
    "why",
)
BEGINNING = (
    FooterKey("set plan", "plan"),
    "app.tour",
    "app.show('today')",
    FooterKey("month", "step(-1)", "step(1)"),
    FooterKey("quarter, year", "span"),
    "app.show('goals')",
)


class PlanScreen(BaseScreen):
    """Screen of both figures, the span day by day, its calendar and its targets."""

    TAB = "plan"
    CSS_PATH = "plan.tcss"
    AUTO_FOCUS = ""  # the what-if only takes keys while it is open
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "plan", "set quota and plan", id="plan-set", tooltip="Set your quota and personal plan"),
        Binding(
            "N",
            "new_month",
            "start the month",
            id="month-begin",
            tooltip="Start the month from your last plan and goals",
        ),
        Binding("s", "span", "month, quarter, year", id="plan-span", tooltip="Switch between month, quarter and year"),
        Binding(
            "left_square_bracket,pageup",
            "step(-1)",
            "previous",
            id="plan-before",
            tooltip="Previous month, quarter or year",
        ),
        Binding(
            "right_square_bracket,pagedown", "step(1)", "next", id="plan-next", tooltip="Next month, quarter or year"
        ),
        Binding("t", "now", "go to today", id="plan-now", tooltip="Back to today"),
        Binding("enter", "open", "open the month", id="plan-open", tooltip="Open the selected month"),
        Binding(
            "tab", "what_if", "what if", id="plan-what-if", tooltip="Try other rates, calls, deal sizes or days off"
        ),
        Binding("y", "why", "why", id="plan-why", tooltip="See where every number comes from"),
        Binding("enter", "keep", "save", id="plan-keep", tooltip="Save the calls a day and average deal to your plan"),
        Binding("o", "weight('off')", "off", id="calendar-off", tooltip="Take the selected days off"),
        Binding("h", "weight('half')", "half day", id="calendar-half", tooltip="Make the selected days half days"),
        Binding(
            "w", "weight('work')", "full day", id="calendar-work", tooltip="Make the selected days full working days"
        ),
        Binding(
            "r",
            "weight('usual')",
            "default day",
            id="calendar-usual",
            tooltip="Reset the selected days to your usual week and holidays",
        ),
        Binding("escape", "leave", "back", id="plan-leave", tooltip="Back to Today"),
        *(Binding(key, f"cursor({days})", word, id=f"date-{word}", show=False) for key, days, word in ARROWS),
        *(
            Binding(
                key,
                f"stretch({days})",
                f"select {word}",
                id=f"calendar-run-{word}",
                tooltip="Select several days",
            )
            for key, days, word in SHIFTED
        ),
    ]
    FOOTER = (
        FooterKey("set plan", "plan"),
        "what_if",
        "why",
        "weight('off')",
        FooterKey("half", "weight('half')"),
        FooterKey("full", "weight('work')"),
        "app.show('today')",
        FooterKey("month", "step(-1)", "step(1)"),
        "weight('usual')",
        FooterKey("quarter, year", "span"),
        "undo",
        "app.show('goals')",
    )

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today, places: Places = ()) -> None:
        super().__init__(ctx, live, today, places)
        self.span = Span.MONTH
        self.day = ctx.today()
        self.other_end: date | None = None
        self._keeping = self._month_offered = False

    def body(self) -> ComposeResult:
        yield Figures(id="figures")
        with Container(id="middle"):
            yield Chart(id="chart")
            yield MonthCalendar(id="calendar")
            yield WhatIf(id="what-if")
        with Container(id="lower"):
            yield Targets(id="asks")
            yield Funnel(id="funnel")

    # display

    def footer_keys(self) -> Sequence[FooterItem]:
        if self.has_class("-supposing"):
            return SUPPOSING
        return BEGINNING if self.has_class(FIRST_CLASS) else self.FOOTER

    def reload(self) -> None:
        span, day = self.span, self.day

        self.load_async(lambda: months.read(self.ctx, span, day), self._show)

    def _show(self, sheet: months.Sheet) -> None:
        """Show what was read, then calculate the outlook, which takes longer."""
        self.load_async(lambda: months.look_ahead(self.ctx, sheet), partial(self._show_ahead, sheet), "ahead")
        unplanned = is_unplanned(sheet)
        chart = self.query_one(Chart)
        chart.first = unplanned and is_first(self.query_one("#header", HeaderLine).today)
        for part in self.query(SheetPart):
            part.show(sheet)
        was_first = self.has_class(FIRST_CLASS)
        self.update_classes({"-long": self.span is not Span.MONTH, "-unplanned": unplanned, FIRST_CLASS: chart.first})
        if chart.first != was_first:
            self.show_keys()
        self._show_cursor()
        self._tell_notices()
        if not self._month_offered:
            self._month_offered = month.announce(self, self.query_one("#header", HeaderLine).today)

    def _show_ahead(self, sheet: months.Sheet, ahead: months.Ahead) -> None:
        if (sheet.span, self.day in sheet.period) != (self.span, True):
            return  # another page was opened in the meantime
        for part in (*self.query(SheetPart), self.query_one(Funnel), self.query_one(WhatIf)):
            part.show_ahead(ahead)

    # what if

    def action_what_if(self) -> None:
        """Open the what-if, or return to the calendar."""
        if self.span is not Span.MONTH:
            self.show_error("What-if works on one month. Press ⏎ to open it.")
            return
        self.toggle_class("-supposing")
        panel, supposing = self.query_one(WhatIf), self.has_class("-supposing")
        self.show_keys()
        if supposing:
            panel.focus()
        else:
            panel.values.clear()
            self.set_focus(None)

    def action_slide(self, key: str) -> None:
        """Apply a key to the sliders, for mouse clicks."""
        self.query_one(WhatIf).press(key)

    def on_supposed(self, message: Supposed) -> None:
        known, supposition = self.query_one(WhatIf).known, message.supposition
        if known is None:
            return

        self.load_async(
            lambda: precompute(odds.suppose(known, supposition), *WhatIf.SHOWN),
            self.query_one(WhatIf).result,
            "what-if",
        )

    def action_keep(self) -> None:
        """Save the supposed calls per day and average deal in the month's plan."""
        supposition = self.query_one(WhatIf).supposition()
        if not is_savable(supposition):
            self.show_error("Only calls a day and the average deal can be saved. Rates come from your log.")
            return
        month = month_of(self.day)
        self._keeping = True
        self.run_change(partial(plan.keep, self.ctx, month, supposition))

    def service_done(self, text: str) -> None:
        """Report the change. Values just saved are no longer suppositions."""
        if self._keeping:
            self.query_one(WhatIf).values.clear()
        self._keeping = False
        super().service_done(text)

    def on_service_failed(self, message: ServiceFailed) -> None:
        self._keeping = False
        super().on_service_failed(message)

    def action_why(self) -> None:
        """Explain every figure of the month by tracing it back to the log."""
        month.explain(self, month_of(self.day), "plan")

    # the cursor

    def _show_cursor(self) -> None:
        dates = self.query_one(MonthCalendar)
        dates.cursor, dates.other_end = self.day, self.other_end
        dates.redraw()
        chart = self.query_one(Chart)
        first = self._period().first
        chart.cursor = 12 * (self.day.year - first.year) + self.day.month - first.month
        chart.redraw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "open":
            return self.span is not Span.MONTH
        if action == "keep":
            return self.has_class("-supposing")
        return True

    # navigation

    @property
    def _year_starts(self) -> int:
        return int(self.ctx.config["plan.year_starts"])

    def _period(self) -> Period:
        """The span on display."""
        return self.span.period(self.day, self._year_starts)

    def _go(self, day: date) -> None:
        """Put the cursor on a date, and load its span if that is another one."""
        if not 1970 <= day.year <= 2200:
            return
        another = day not in self._period()
        self.day = day
        if another:
            self.reload()
        else:
            self._show_cursor()

    def action_cursor(self, days: int) -> None:
        """Move the cursor by days, or by months in a longer span."""
        self.other_end = None
        if self.span is Span.MONTH:
            self._go(self.day + timedelta(days=days))
        else:
            self._go(self.day.replace(day=1) + relativedelta(months=1 if days > 0 else -1))

    def action_stretch(self, days: int) -> None:
        """Move the cursor and extend the selection."""
        if self.span is not Span.MONTH:
            return
        moved = self.day + timedelta(days=days)
        if moved in month_of(self.day):
            self.other_end = self.other_end or self.day
            self._go(moved)

    def action_step(self, count: int) -> None:
        """Go to the next or previous span."""
        self.other_end = None
        self._go(self.span.step(self.day, count, self._year_starts))

    def action_now(self) -> None:
        """Go back to today."""
        self.other_end = None
        self._go(self.ctx.today())

    def action_span(self) -> None:
        """Cycle through month, quarter and year, leaving the what-if first, since it applies to a month."""
        if self.has_class("-supposing"):
            self.action_what_if()
        self._look_at(SPANS[(SPANS.index(self.span) + 1) % len(SPANS)])

    def action_open(self) -> None:
        """Open the selected month of a longer span."""
        self._look_at(Span.MONTH)

    def _look_at(self, span: Span) -> None:
        self.span, self.other_end = span, None
        self.reload()

    def on_day_clicked(self, message: DayClicked) -> None:
        self.other_end = None
        self._go(message.day)

    def on_month_clicked(self, message: MonthClicked) -> None:
        self._go(self._period().first + relativedelta(months=message.index))

    # changes

    def action_weight(self, word: str) -> None:
        """Set the weight of the selected days."""
        if self.span is not Span.MONTH:
            self.show_error("Press ⏎ to open a month, then change its days.")
            return
        first, last = sorted((self.day, self.other_end or self.day))

        def work() -> str:
            calendar.set_days(self.ctx, [Period(first, last)], WEIGHTS[word])
            return f"{formats.days_text(first, last, self.ctx.today())}: {WORDS[word]}"

        self.other_end = None
        self.run_change(work)

    def action_plan(self) -> None:
        """Edit the figures of the month, quarter or year in one form."""
        if self.span is Span.MONTH:
            month.set_plan(self, self.day)
        else:
            self._set_quota(self.span, self.day)

    def _set_quota(self, span: Span, day: date, typed: Mapping[str, str] | None = None, problem: str = "") -> None:
        """Ask for the quota of a quarter or year and set it. If it is refused, ask again with what was typed."""
        stretch = span.stretch(day, self._year_starts)
        assert stretch is not None

        def put(wanted: QuotaWanted | None) -> None:
            if wanted is not None:
                self.run_change(
                    lambda: wanted.carry_out(self.ctx),
                    lambda trouble: self._set_quota(span, day, wanted.typed, trouble),
                )

        def show(view: quotas.QuotaView) -> None:
            self.app.push_screen(QuotaModal(view, typed, problem), put)

        self.ask_first(lambda: quotas.show(self.ctx, stretch), show)

    def action_new_month(self) -> None:
        """Start the displayed month on the basis of the last one, or else the month about to begin."""
        sheet = self.query_one(Figures).sheet
        looked_at = sheet is not None and sheet.before is not None
        month.begin(self, month_of(self.day) if looked_at else None)

    def action_leave(self) -> None:
        """Leave the what-if, or else go back to Today."""
        if self.has_class("-supposing"):
            self.action_what_if()
            return
        self.planner.show("today")
