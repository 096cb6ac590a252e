"""The Goals screen: the tree from wishes down to today's tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from planner.domain.plan.goals import Goal, GoalState
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.services.plan import goal_tree, goals
from planner.services.plan.goal_tree import GoalLine, GoalTree
from planner.tui.plan.modals.goal import GoalModal, GoalWanted
from planner.tui.plan.widgets.goal_detail import GoalDetail
from planner.tui.plan.widgets.goals import GoalLines
from planner.tui.shared import asking, changes, spans
from planner.tui.shared.list_screen import ListScreen
from planner.tui.shared.screen import Places
from planner.tui.shared.widgets.frame import FooterItem, FooterKey

MOVING = (FooterKey("move under selected goal", "enter", keys="⏎"), "top", FooterKey("cancel", "leave"))
NOTHING = ("add", "task", "undo", "app.show('today')", "app.show('plan')")


class GoalsScreen(ListScreen[GoalLines]):
    """Screen of the goal tree, with the selected goal in full beside it."""

    TAB = "goals"
    CSS_PATH = "goals.tcss"
    LIST = GoalLines
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", "new goal", id="goal-add", tooltip="Add a goal under the selected one"),
        Binding("N", "add_wish", "new top-level goal", id="goal-wish", tooltip="Add a goal at the top level"),
        Binding(
            "e,enter", "enter", "edit", id="goal-edit", tooltip="Edit the selected goal, or open its task in Today"
        ),
        Binding("x,space", "done", "done", id="goal-done", tooltip="Mark the selected goal done, or reopen it"),
        Binding("delete,backspace", "drop", "drop", id="goal-drop", tooltip="Drop this goal, or reopen it"),
        Binding("m", "move", "move", id="goal-move", tooltip="Move the selected goal under another one"),
        Binding("t", "top", "move to top level", id="goal-top", tooltip="Move this goal to the top level"),
        Binding("K,shift+up", "rank('up')", "rank higher", id="goal-up", tooltip="Rank the selected goal higher"),
        Binding("J,shift+down", "rank('down')", "rank lower", id="goal-down", tooltip="Rank the selected goal lower"),
        Binding("a", "task", "new task", id="goal-task", tooltip="Add a task under the selected goal"),
        Binding("v", "all", "show all", id="goal-all", tooltip="Show or hide done and dropped goals"),
        Binding("escape", "leave", "back", id="goal-leave", tooltip="Back to Today"),
    ]
    FOOTER = (
        "add",
        "enter",
        "done",
        "move",
        "app.show('today')",
        "task",
        "undo",
        "add_wish",
        "drop",
        "all",
        "app.show('plan')",
    )

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today, places: Places = ()) -> None:
        super().__init__(ctx, live, today, places)
        self.all_states = False

    def body(self) -> ComposeResult:
        with Container(id="body"):
            yield GoalLines(id="tree")
            yield GoalDetail(id="detail")

    # display

    def reload(self) -> None:
        all_states = self.all_states
        self.load_async(lambda: goal_tree.read(self.ctx, all_states=all_states), self._show)

    def _show(self, found: GoalTree) -> None:
        self.lines.show(found)
        if self.places:
            self.lines.choose(*self.places)
            self.places = ()
        self.set_class(not found.lines, "-nothing")
        self.entry_chosen()
        self.show_keys()
        self._tell_notices()
        if found.lines and spans.is_large(*self.app.size):
            self.call_after_refresh(self._read_weeks)

    def _read_weeks(self) -> None:
        """Read what only a large screen shows, once the tree is there."""
        from planner.services import overview

        def show(found: Mapping[str, Sequence[int]]) -> None:
            detail = self.query_one(GoalDetail)
            detail.weeks = found
            detail.redraw()

        self.load_async(lambda: overview.weeks(self.ctx, self.ctx.today()), show, "weeks")

    def entry_chosen(self) -> None:
        tree = self.lines
        self.query_one(GoalDetail).show(tree.chosen, tree.rungs(), tree.goals.day if tree.goals else None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        moving = self.is_mounted and self.lines.moving is not None
        if action == "top":
            return moving
        if moving:  # other changes are disabled until the goal is put down
            return action not in ("add", "add_wish", "done", "drop", "rank", "task", "move", "all")
        return True

    # selection

    def open_entry(self) -> None:
        self.action_enter()

    def _chosen(self) -> GoalLine | None:
        """Return the goal under the cursor, or the parent goal of the task there. Reports an error if there is none."""
        tree = self.lines
        chosen = tree.chosen
        if chosen is not None and tree.goals is not None:
            for line in tree.goals.lines:
                if line.goal is not None and line.goal.goal.id == chosen.goal_id:
                    return line.goal
        self.show_error("No goals yet. Press n to add one.")
        return None

    # changes

    def _ask(self, make: Callable[[dict[str, str], str], GoalModal], typed: dict[str, str], problem: str = "") -> None:
        """Ask for a goal. If saving fails, ask again with what was typed."""

        def put(wanted: GoalWanted | None) -> None:
            if wanted is not None:
                self.run_change(
                    lambda: wanted.carry_out(self.ctx), lambda problem: self._ask(make, wanted.typed, problem)
                )

        self.app.push_screen(make(typed, problem), put)

    def action_add(self) -> None:
        """Add a goal under the selected one, or the first wish."""
        chosen = self.lines.chosen
        line = self._chosen() if chosen is not None else None
        under = None if line is None else line.goal
        self._ask(
            lambda typed, problem: GoalModal(self.ctx.now(), None, under, typed, problem, today=self.ctx.today()), {}
        )

    def action_add_wish(self) -> None:
        """Add a goal at the top level."""
        self._ask(
            lambda typed, problem: GoalModal(self.ctx.now(), None, None, typed, problem, today=self.ctx.today()), {}
        )

    def action_task(self) -> None:
        """Add a task under the selected goal."""
        if self.lines.chosen is None:
            asking.ask_line(self)  # no goal yet, so add a standalone task
            return
        line = self._chosen()
        if line is not None:
            asking.ask_line(self, goal_id=line.goal.id, under=line.goal.title)

    def action_enter(self) -> None:
        """Edit the selected goal, put down the one being moved, or show a task in Today."""
        tree = self.lines
        line = self._chosen()
        if tree.moving is not None:
            moving, self.lines.moving = tree.moving, None
            self._moved()
            if line is not None and line.goal.id != moving:
                self.run_change(partial(self._put_under, moving, line.goal))
        elif tree.chosen is not None and tree.chosen.goal is None:
            self.planner.show("today", tree.chosen.key)
        elif line is not None:
            goal = line.goal

            def make(typed: dict[str, str], problem: str) -> GoalModal:
                # After an error the goal may have changed, so show its current state under what was typed.
                now = goals.show(self.ctx, goal.id).goal if problem else goal
                return GoalModal(self.ctx.now(), now, None, typed, problem, today=self.ctx.today())

            self._ask(make, {})

    def _put_under(self, goal_id: int, parent: Goal) -> str:
        goal_tree.put_under(self.ctx, goal_id, parent.id)
        return f'Moved under "{parent.title}"'

    def action_done(self) -> None:
        """Mark the selected goal reached, or reopen it."""
        self._set_state(GoalState.DONE)

    def action_drop(self) -> None:
        """Drop the selected goal."""
        self._set_state(GoalState.DROPPED)

    def _set_state(self, state: GoalState) -> None:
        chosen = self.lines.chosen
        if chosen is not None and chosen.counter is not None:
            self.show_error("This count comes from your log. Press d, c, m or p in Today to log.")
            return
        if chosen is not None and chosen.task is not None:
            change = changes.tick if state is GoalState.DONE else changes.drop
            self.run_change(partial(change, self.ctx, chosen.task.id))
            return
        line = self._chosen()
        if line is None:
            return
        goal = line.goal
        wanted = state if goal.state is GoalState.OPEN else GoalState.OPEN
        word = {GoalState.DONE: "Done", GoalState.DROPPED: "Dropped", GoalState.OPEN: "Reopened"}[wanted]

        def work() -> str:
            goals.set_state(self.ctx, goal.id, state=wanted)
            return f"{word}: {goal.title}"

        self.run_change(work)

    def action_rank(self, where: str) -> None:
        """Rank the selected goal among its siblings."""
        line = self._chosen()
        if line is not None:
            goal = line.goal
            self.run_change(
                lambda: f"Moved {where}: {goal_tree.rank(self.ctx, goal.id, 'up' if where == 'up' else 'down').title}"
            )

    def action_move(self) -> None:
        """Pick up the selected goal to put it under another one."""
        line = self._chosen()
        if line is not None:
            self.lines.moving = line.goal.id
            self._moved()
            told = f'Moving "{line.goal.title}": select its new parent, then press ⏎'
            self.say([(" ⇅ ", "accent"), (told, "")], keep=True)

    def action_top(self) -> None:
        """Put the goal being moved at the top level."""
        moving, self.lines.moving = self.lines.moving, None
        if moving is not None:
            self._moved()
            self.run_change(lambda: f"Moved to the top level: {goal_tree.put_under(self.ctx, moving, None).title}")

    def footer_keys(self) -> Sequence[FooterItem]:
        if not self.is_mounted:
            return self.FOOTER
        tree = self.lines
        if tree.goals is not None and not tree.goals.lines:
            return (*NOTHING, "all") if tree.goals.hidden else NOTHING
        return MOVING if tree.moving is not None else self.FOOTER

    def _moved(self) -> None:
        self.lines.redraw()
        self.show_keys()
        if self.lines.moving is None:
            self.say([])

    def action_all(self) -> None:
        """Show or hide goals that are done or dropped."""
        self.all_states = not self.all_states
        self.reload()

    def action_leave(self) -> None:
        """Cancel the move, or else leave the screen."""
        if self.lines.moving is not None:
            self.lines.moving = None
            self._moved()
        else:
            self.planner.show("today")
