"""`planner goal`: the goal tree."""

from __future__ import annotations

import argparse
from fractions import Fraction
from typing import Any

from planner.cli.shared.common import Group, emit, json_number, money, print_lines, read_when, warn, whole_number
from planner.domain import formats
from planner.domain.day.activity import WORDS
from planner.domain.errors import InputError
from planner.domain.money import parse_amount
from planner.domain.plan.goals import Goal, GoalState, Metric, parse_horizon, parse_metric
from planner.services.context import AppContext
from planner.services.plan import goals as service

STATES = {GoalState.OPEN: "reopened", GoalState.DONE: "done", GoalState.DROPPED: "dropped"}
METRICS = "|".join(metric.typed for metric in Metric)


HORIZONS = "by when: calendar years counting this one (1y ends this 31 December), this month or this week"


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("goal")
    parser = group.add("add", add, "add a goal")
    parser.add_argument("title", nargs="+", metavar="TITLE")
    parser.add_argument("--horizon", required=True, metavar="5y|3y|1y|month|week", help=HORIZONS)
    _fields(parser)
    parser = group.add("list", list_, "list your goals as a tree", reads=True)
    parser.add_argument("--all", action="store_true", help="include done and dropped goals")
    parser.add_argument("--horizon", metavar="5y|3y|1y|month|week", help=HORIZONS)
    about = "show a goal with the goals above and below it, down to today's targets"
    parser = group.add("show", show, about, reads=True)
    parser.add_argument("id", type=whole_number)
    parser = group.add("edit", edit, "edit a goal")
    parser.add_argument("id", type=whole_number)
    parser.add_argument("--title")
    parser.add_argument("--horizon", metavar="5y|3y|1y|month|week", help=HORIZONS)
    parser.add_argument("--reached", metavar="N", help="for the metric count: your progress so far")
    _fields(parser)
    for name, state, about in (
        ("done", GoalState.DONE, "mark goals done"),
        ("drop", GoalState.DROPPED, "drop goals"),
        ("reopen", GoalState.OPEN, "reopen done or dropped goals"),
    ):
        parser = group.add(name, set_state, about)
        parser.add_argument("id", type=whole_number, nargs="+")
        parser.set_defaults(state=state)


def _fields(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--parent", metavar="ID", help="the goal this one is under (edit: none for the top level)")
    parser.add_argument("--metric", metavar=METRICS, help="what to count")
    parser.add_argument("--target", metavar="N", help="the number to reach")
    parser.add_argument(
        "--start-figure",
        metavar="N",
        help="for 3y and 5y: last year's figure; the target is then for the final year alone",
    )
    parser.add_argument("--from", dest="starts", metavar="DATE", help="the first day that counts (a new goal: today)")
    parser.add_argument(
        "--prorate", action="store_true", default=None, help="with --from: prorate the target to the working days left"
    )
    parser.add_argument("--whole", action="store_true", default=None, help="keep the full target, as a new goal does")
    parser.add_argument("--due", metavar="WHEN", help="the due date (a new goal: the end of the period)")
    parser.add_argument("--why", metavar="TEXT", help="why it matters to you")
    parser.add_argument("--who", dest="for_whom", metavar="TEXT", help="who it's for")
    parser.add_argument("--vision", dest="picture", metavar="TEXT", help="what it looks like when you get there")
    for former, name in (("--for-whom", "for_whom"), ("--picture", "picture")):
        parser.add_argument(former, dest=name, metavar="TEXT", help=argparse.SUPPRESS)


def _given_fields(args: argparse.Namespace, ctx: AppContext) -> dict[str, Any]:
    """The fields given on the command line, parsed, by their names in `Goal`."""
    found: dict[str, Any] = {}
    if args.whole and args.prorate:
        raise InputError("Use either --whole or --prorate, not both.")
    if args.prorate:
        found["whole"] = False
    for name in ("why", "for_whom", "picture", "whole"):
        if getattr(args, name) is not None:
            found[name] = getattr(args, name)
    if args.parent is not None:
        none = args.parent.lower() in ("none", "")
        found["parent_id"] = None if none else _id(args.parent)
    if args.metric is not None:
        found["metric"] = parse_metric(args.metric)
    if args.target is not None:
        found["target"] = parse_amount(args.target, what="target")
    if args.start_figure is not None:
        found["start_figure"] = parse_amount(args.start_figure, what="start figure")
    if args.starts is not None:
        found["starts"] = read_when(args.starts, ctx, "near").day
    if args.due is not None:
        found["due"] = read_when(args.due, ctx).day
    return found


def _id(text: str) -> int:
    try:
        return whole_number(text)
    except argparse.ArgumentTypeError as error:
        raise InputError(f"parent: {error}.") from error


def add(args: argparse.Namespace, ctx: AppContext) -> int:
    fields = _given_fields(args, ctx)
    goal = service.add(ctx, " ".join(args.title), parse_horizon(args.horizon), **fields)
    print_lines(f"Goal {goal.id}: {_sentence(goal)}")
    if args.starts is None and goal.starts is not None and goal.target is not None:
        first = goal.period.first
        warn(f"Work before today doesn't count. To include it: planner goal edit {goal.id} --from {first}")
    _say_prorated(ctx, goal)
    return 0


def _say_prorated(ctx: AppContext, goal: Goal) -> None:
    """Say so if the target is prorated, and to how much."""
    if not goal.prorated or goal.target is None or goal.counting == goal.period:
        return
    cut = service.held_now(ctx, goal)
    warn(
        f"The target is prorated to {formats.amount(cut)} of {formats.amount(goal.target)}, for the working days from "
        f"{formats.when_text(goal.starts or goal.period.first, ctx.today())}. Use --whole to keep all of it."
    )


def edit(args: argparse.Namespace, ctx: AppContext) -> int:
    changes = _given_fields(args, ctx)
    if args.title is not None:
        changes["title"] = args.title
    if args.horizon is not None:
        changes["horizon"] = parse_horizon(args.horizon)
    if args.reached is not None:
        changes["tally"] = parse_amount(args.reached, what="reached")
    if not changes:
        raise InputError("Nothing to change. See `planner goal edit --help`.")
    goal = service.edit(ctx, args.id, changes)
    print_lines(f"Goal {goal.id}: {_sentence(goal)}")
    if args.prorate or args.starts is not None:
        _say_prorated(ctx, goal)
    return 0


def set_state(args: argparse.Namespace, ctx: AppContext) -> int:
    for goal in service.set_state(ctx, *args.id, state=args.state):
        print_lines(f"Goal {goal.id} {STATES[goal.state]}: {goal.title}")
    return 0


def list_(args: argparse.Namespace, ctx: AppContext) -> int:
    nodes = service.list_goals(ctx, all_states=args.all, horizon=parse_horizon(args.horizon) if args.horizon else None)
    if args.json:
        return emit([as_object(node) for node in nodes])
    if not nodes:
        return print_lines("No goals yet. Add one: planner goal add TITLE --horizon 5y")
    depth: dict[int, int] = {}
    for node in nodes:
        goal = node.goal
        depth[goal.id] = depth.get(goal.parent_id, -1) + 1 if goal.parent_id is not None else 0
        print_lines(f"{'  ' * depth[goal.id]}{goal.id:>3}  {_sentence(goal, node)}")
    return 0


def show(args: argparse.Namespace, ctx: AppContext) -> int:
    view = service.show(ctx, args.id)
    if args.json:
        return emit(_view_object(view))
    goal = view.goal
    for depth, above in enumerate(reversed(view.up)):
        print_lines(f"{'  ' * depth}{above.id:>3}  {_sentence(above)}")
    indent = "  " * len(view.up)
    print_lines(f"{indent}{goal.id:>3}  {_sentence(goal, service.GoalNode(goal, view.done, view.held_to))}   ◂")
    for name, text in (("why", goal.why), ("who it's for", goal.for_whom), ("vision", goal.picture)):
        if text:
            print_lines(f"{indent}     {name}: {text}")
    if view.aim is not None and view.falls is not None:
        held, unit = view.aim.course.pace, _unit(goal)
        required = "–" if held.required is None else _format_number(held.required)
        today = "nothing today" if view.falls.today is None else f"{view.falls.today:,} today"
        done, pace = _format_number(held.done), _format_number(held.line)
        print_lines(f"{indent}     {held.status}: {done} done before today, pace {pace}")
        week, month = _format_number(view.falls.week), _format_number(view.falls.month)
        capped = ", limited by the daily cap" if view.aim.course.spread.shortfall else ""
        print_lines(f"{indent}     needed: {today}, {week} this week, {month} this month{unit}{capped}")
        print_lines(f"{indent}     needed per working day: {required}")
        if view.aim.course.spread.shortfall:
            print_lines(f"{indent}     {_format_number(view.aim.course.spread.shortfall)} won't fit in the days left")
    for line in _year_lines(view):
        print_lines(f"{indent}     {line}")
    for node in view.down:
        print_lines(f"{indent}  {node.goal.id:>3}  {_sentence(node.goal, node)}")
    for metric, target in view.counters:
        print_lines(f"{indent}  today: {target:,} {WORDS[metric][target != 1]}")
    for task in view.tasks:
        print_lines(
            f"{indent}  task {task.id}: {task.title}"
            + (f"  {formats.when_text(task.due, ctx.today())}" if task.due else "")
        )
    return 0


def as_object(node: service.GoalNode) -> dict[str, object]:
    """A goal as in `goal list --json`."""
    goal = node.goal
    figure = money if goal.metric is Metric.REVENUE else json_number
    return {
        "id": goal.id,
        "title": goal.title,
        "horizon": goal.horizon.value,
        "parent_id": goal.parent_id,
        "metric": None if goal.metric is None else goal.metric.value,
        "target": figure(goal.target),
        "held_to": figure(node.held_to if node.held_to is not None else goal.target),
        "done": figure(node.done),
        "due": goal.period.last.isoformat(),
        "from": goal.counting.first.isoformat(),
        "state": goal.state.value,
        "why": goal.why,
        "for_whom": goal.for_whom,
        "picture": goal.picture,
        "start_figure": figure(goal.start_figure),
    }


def _view_object(view: service.GoalView) -> dict[str, object]:
    whole = as_object(service.GoalNode(view.goal, view.done, view.held_to))
    figure = money if view.goal.metric is Metric.REVENUE else json_number
    whole["up"] = [as_object(service.GoalNode(goal, None)) | {"done": None} for goal in view.up]
    whole["down"] = [as_object(node) for node in view.down]
    whole["tasks"] = [
        {"id": task.id, "title": task.title, "due": None if task.due is None else str(task.due)} for task in view.tasks
    ]
    whole["today"] = [{"metric": metric, "target": target} for metric, target in view.counters]
    whole["pace"] = whole["falls"] = whole["year"] = None
    if view.aim is not None and view.falls is not None and view.safe is not None:
        pace, spread = view.aim.course.pace, view.aim.course.spread
        whole["pace"] = {
            "from": view.aim.stretch.first.isoformat(),
            "to": view.aim.stretch.last.isoformat(),
            "target": figure(view.aim.target),
            "done_before": figure(pace.done),
            "line": figure(pace.line),
            "delta": figure(pace.delta),
            "delta_days": json_number(pace.delta_days),
            "required_per_day": figure(pace.required),
            "run_rate": figure(pace.run_rate),
            "verdict": pace.verdict,
            "shortfall": figure(spread.shortfall),
            "safe_days": view.safe.days,
            "then_due": view.safe.due,
            "then_due_by": None if view.safe.by is None else view.safe.by.isoformat(),
        }
        whole["falls"] = {
            "months": [{"month": first.isoformat()[:7], "share": figure(share)} for first, share in view.falls.months],
            "month": figure(view.falls.month),
            "week": figure(view.falls.week),
            "today": view.falls.today,
            "days": [
                {"date": day.isoformat(), "target": whole_}
                for day, whole_ in list(zip(spread.days, spread.whole, strict=True))[:31]
            ],
        }
    if view.year is not None:
        whole["year"] = {
            "from": view.year.stretch.first.isoformat(),
            "to": view.year.stretch.last.isoformat(),
            "target": figure(view.year.target),
            "missed": figure(view.year.missed),
            "months": [
                {
                    "month": fall.month.first.isoformat()[:7],
                    "planned": figure(fall.planned),
                    "done": figure(fall.done),
                    "asked": None if index < view.year.current else figure(fall.asked),
                }
                for index, fall in enumerate(view.year.months)
            ],
        }
    return whole


def _year_lines(view: service.GoalView) -> list[str]:
    """The months of a revenue goal's year, before and after redistributing shortfalls."""
    year = view.year
    if year is None or len(year.months) < 2:
        return []
    missed = year.missed
    lines = [f"{'':<14}{'planned':>16}{'closed':>16}{'needed now':>16}"]
    for index, fall in enumerate(year.months):
        done = formats.amount(round(fall.done)) if index <= year.current else "–"
        asked = "–" if index < year.current else formats.amount(round(fall.asked))
        mark = "  ◂" if index == year.current else ""
        lines.append(
            f"{formats.month_text(fall.month.first):<14}{formats.amount(round(fall.planned)):>16}{done:>16}{asked:>16}{mark}"
        )
    if missed > 0:
        lines.append(f"{formats.amount(round(missed))} short so far, spread over the months left")
    elif missed < 0:
        lines.append(f"{formats.amount(round(-missed))} over so far, taken off the months left")
    return lines


def _sentence(goal: Goal, node: service.GoalNode | None = None) -> str:
    parts = [goal.title, f"[{goal.horizon.kind}, due {formats.dated_text(goal.period.last)}]"]
    if goal.target is not None:
        show_ = formats.amount if goal.metric is Metric.REVENUE else formats.number
        unit = "" if goal.metric in (None, Metric.COUNT) else goal.metric.words
        reached = f"{show_(node.done)} of " if node is not None and node.done is not None else ""
        if node is not None and node.held_to is not None:
            whole = f"to {show_(goal.target)}" if goal.start_figure is not None else f"of {show_(goal.target)} in total"
            when = " this year" if goal.start_figure is not None else ""
            parts.append(f"{reached}{show_(node.held_to)} {unit}{when}, {whole}")
        else:
            target = f"{reached}{show_(goal.target)} {unit}".rstrip()
            parts.append(target if unit or reached else f"target {target}")
    if goal.starts is not None and goal.starts > goal.period.first and goal.target is not None:
        parts.append(f"starts {formats.dated_text(goal.starts)}")
    if goal.metric is Metric.COUNT and goal.tally:
        parts.append(f"({formats.number(goal.tally)} entered by you)")
    if goal.parent_id is not None and node is None:
        parts.append(f"under goal {goal.parent_id}")
    if goal.state is not GoalState.OPEN:
        parts.append(f"({goal.state})")
    return "  ".join(parts)


def _unit(goal: Goal) -> str:
    return "" if goal.metric in (None, Metric.COUNT) else f" ({goal.metric.words})"


def _format_number(value: Fraction) -> str:
    return formats.number(round(float(value), 2), 2)
