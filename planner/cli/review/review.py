"""`planner review`: the review of a day, a week or a month."""

from __future__ import annotations

import argparse

from planner.cli.review import self_review
from planner.cli.shared.common import Group, emit, json_number, money, print_lines, read_when
from planner.cli.shared.odds_text import record_object
from planner.domain.errors import InputError
from planner.domain.review.discipline import Strength
from planner.domain.review.report import NOTHING_DUE, Report, Row
from planner.domain.review.review import DayReview, Figure, Lesson, Review
from planner.domain.review.self_review import Flow
from planner.domain.review.spans import Span, parse_span
from planner.files import FileThere
from planner.services.context import AppContext
from planner.services.review import charts
from planner.services.review import review as service
from planner.services.review import self_review as own
from planner.services.review.review import ENDINGS as ENDINGS


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("review")
    for span in Span:
        default = "today" if span is Span.DAY else f"this {span}"
        parser = group.add(span.value, review, f"review a {span} (default: {default})", reads=True)
        parser.set_defaults(span=span)
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--md", metavar="FILE", help="write Markdown to a file or folder (- prints it)")
        how.add_argument("--html", metavar="FILE", help="write an HTML page with charts, for screen or print")
        parser.add_argument("--force", action="store_true", help="overwrite an existing file")
        parser.add_argument("--date", metavar="DATE", help="any day in it, or 2026-W46, 2026-10, last week")
    self_review.register(group)


def review(args: argparse.Namespace, ctx: AppContext) -> int:
    if args.json and (args.md or args.html):
        raise InputError("--json can't be combined with --md or --html. Choose one.")
    found = read(args, ctx)
    flow = own_words(ctx, found)
    if args.json:
        return emit(as_object(found) | ({} if flow is None else self_review.as_object(flow)))
    if args.md is None and args.html is None:
        _print_report(Report(found))
        return 0 if flow is None else self_review.say_flow(flow)
    if args.md == "-":
        return print_lines(service.markdown(found, flow).rstrip("\n"))
    file, ending = (args.html, ".html") if args.md is None else (args.md, ".md")
    return write(ctx, found, file, (ending,), flow=flow, force=args.force)


def own_words(ctx: AppContext, found: Review) -> Flow | None:
    """The self-review of the week under review, or None for a day or month."""
    return own.from_report(ctx, found) if found.span is Span.WEEK else None


def write(
    ctx: AppContext,
    found: Review,
    file: str,
    endings: tuple[str, ...],
    *,
    flow: Flow | None = None,
    force: bool = False,
) -> int:
    """Write a review to a file and report it."""
    try:
        path = service.write(ctx, found, file, endings, flow=flow, charts=charts.read(ctx, found.period), force=force)
    except FileThere as problem:
        raise FileThere(f"{problem} Use --force to overwrite it.") from problem
    return print_lines(f"{path}: {found.span.title_of(found.period)}")


def read(args: argparse.Namespace, ctx: AppContext) -> Review:
    """Read the review that the arguments name."""
    span, day = Span(args.span), None
    if args.date is not None:
        whole = parse_span(args.date, ctx.today())
        if whole is not None and list(Span).index(whole[0]) > list(Span).index(span):
            raise InputError(f"{args.date} is a {whole[0]}, not a {span}. Use planner review {whole[0]}.")
        day = read_when(args.date, ctx, "past").day if whole is None else whole[1]
    return service.read(ctx, span, day)


def as_object(found: Review) -> dict[str, object]:
    """A review as in `review week --json`."""
    kept = found.promises
    return {
        found.span.value: found.name,
        "from": found.period.first.isoformat(),
        "to": found.period.last.isoformat(),
        "currency": found.currency,
        "figures": {name: _figure(figure) for name, figure in found.figures.items()},
        "quota": money(found.quota),
        "discipline": {
            **_strength_json(found.strength),
            "before": json_number(found.strength_before.value),
            "parts": {name: json_number(part) for name, part in found.parts.items()},
            "blocks": {kind: {"kept": kept, "of": there} for kind, (kept, there) in found.own.items()},
            "streak": {"now": json_number(found.streak.now), "longest": json_number(found.streak.most)},
            "days": [_day_object(each, worth) for each, worth in zip(found.days, found.worths, strict=True)],
        },
        "mail": {"adherence": json_number(found.mail)},
        "promises": {name: kept[name] for name in ("kept", "late", "broken", "open")},
        "stops": {"refused": found.stops[0], "given_in": found.stops[1]},
        "objections": [
            {"text": each.text, "heard": each.heard, "told": each.told, "worked": each.worked}
            for each in found.objections
        ],
        "after_calls": {name: {"yes": yes, "asked": asked} for name, (yes, asked) in found.after_calls.items()},
        "whys": list(found.whys),
        "lost": [{"reason": reason, "count": count} for reason, count in found.reasons],
        "complaints": [{"kind": kind, "count": count} for kind, count in found.repeated.items()],
        "lessons": [_lesson_object(each) for each in found.lessons],
        "records": [
            {"metric": each.metric, "date": each.day.isoformat(), "count": each.count, "before": each.before}
            for each in found.records
        ],
        "over_both_lines": None if found.over_both is None else found.over_both.isoformat(),
        "year_ago": None
        if found.year_ago is None
        else {name: json_number(value, 2) for name, value in found.year_ago.items()},
        "honesty": {
            "rows": found.honesty.rows,
            "from_memory": found.honesty.from_memory,
            "same_in_a_row": found.honesty.same,
        },
        "record": None if found.said is None else record_object(found.said),
        f"next_{found.span}": {
            "from": found.next_period.first.isoformat(),
            "to": found.next_period.last.isoformat(),
            "targets": {**found.next_targets, "revenue": money(found.next_plan)},
        },
    }


def _day_object(day: DayReview, worth: float | None) -> dict[str, object]:
    return {
        "date": day.day.isoformat(),
        "working_weight": json_number(day.weight),
        "opened": day.opened,
        "closed": day.closed,
        "asked": dict(day.asked),
        "parts": {name: json_number(share.kept) for name, share in day.parts().items() if share.kept is not None},
        "worth": json_number(worth),
    }


def _lesson_object(lesson: Lesson) -> dict[str, object]:
    names = ("went_well", "went_wrong", "what_else", "will_try")
    return {"date": lesson.day.isoformat()} | {name: getattr(lesson.said, name) or None for name in names}


def _figure(figure: Figure) -> dict[str, object]:
    return {
        "done": json_number(figure.done, 2),
        "target": json_number(figure.target, 2),
        "before": [json_number(each, 2) for each in figure.before],
    }


def _strength_json(found: Strength) -> dict[str, object]:
    return {"strength": json_number(found.value), "low_confidence": found.low_confidence}


def _print_report(report: Report) -> int:
    print_lines(report.title + ("  (in progress)" if report.as_of else ""))
    for figure in report.figures:
        of = f" of {figure.target}" if figure.target else ""
        mean = f"   ({report.columns[-1]}: {figure.mean})" if figure.mean else ""
        print_lines(f"  {figure.label:<15}  {figure.done}{of}{mean}")
    discipline = (report.strength, *report.parts) if report.strength else (Row("", (NOTHING_DUE,)),)
    for row in (*report.notes, *discipline, *report.habits, *report.people, *report.sureness):
        print_lines(f"  {row.name:<15}  {row.text}" if row.label else f"  {row.text}")
    for evening in report.evenings:
        print_lines(f"  {evening.title:<15}  " + "  ".join(f"{row.label}: {row.text}" for row in evening.rows))
    return print_lines(f"{report.next_title}: {report.next_asks}")
