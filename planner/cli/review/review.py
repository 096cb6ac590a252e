"""`planner review`: a look back at a day, a week or a month."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from decimal import Decimal

from planner.cli.review import self_review
from planner.cli.shared.common import Group, emit, money, number, read_when, say
from planner.cli.shared.odds_text import record_object
from planner.domain.errors import InputError
from planner.domain.money import format_amount, format_number
from planner.domain.review.discipline import Strength
from planner.domain.review.review import AFTER_CALL, NAMES, DayReview, Figure, Lesson, Review, Span, named
from planner.domain.review.self_review import Flow
from planner.files import FileThere
from planner.services.context import AppContext
from planner.services.review import charts
from planner.services.review import review as service
from planner.services.review import self_review as own
from planner.services.review.review import ENDINGS as ENDINGS
from planner.services.review.review import habit_lines, year_ago_line


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("review")
    for span in Span:
        parser = group.add(span.value, review, f"the {span} that a date is in (default: this one)", reads=True)
        parser.set_defaults(span=span)
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--md", metavar="FILE", help="write it as Markdown into a file or a folder; - prints it")
        how.add_argument("--html", metavar="FILE", help="write it as a page with charts, to look at and to print")
        parser.add_argument("--force", action="store_true", help="replace a file that is there")
        parser.add_argument("--date", metavar="DATE", help="a day of it, or 2026-W46, 2026-10, last week")
    self_review.register(group)


def review(args: argparse.Namespace, ctx: AppContext) -> int:
    if args.json and (args.md or args.html):
        raise InputError("--json prints; --md and --html write a file. Ask for one of them.")
    found = read(args, ctx)
    flow = own_words(ctx, found)
    if args.json:
        return emit(as_object(found) | ({} if flow is None else self_review.as_object(flow)))
    if args.md is None and args.html is None:
        _say(found)
        return 0 if flow is None else self_review.say_flow(flow)
    if args.md == "-":
        return say(service.markdown(found, flow).rstrip("\n"))
    file, ending = (args.html, ".html") if args.md is None else (args.md, ".md")
    return write(ctx, found, file, (ending,), flow=flow, force=args.force)


def own_words(ctx: AppContext, found: Review) -> Flow | None:
    """The self-review of the week under review, or None for a day or month."""
    return own.of(ctx, found) if found.span is Span.WEEK else None


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
        raise FileThere(f"{problem} --force replaces it.") from problem
    return say(f"{path}: {found.name}")


def read(args: argparse.Namespace, ctx: AppContext) -> Review:
    """Read the review that the arguments name."""
    span, day = Span(args.span), None
    if args.date is not None:
        whole = named(args.date, ctx.today())
        if whole is not None and list(Span).index(whole[0]) > list(Span).index(span):
            raise InputError(f"{args.date} is a {whole[0]}, not a {span}: planner review {whole[0]} looks back at it.")
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
            **_strength(found.strength),
            "before": number(found.strength_before.value),
            "parts": {name: number(part) for name, part in found.parts.items()},
            "blocks": {kind: {"kept": kept, "of": there} for kind, (kept, there) in found.own.items()},
            "streak": {"now": number(found.streak.now), "longest": number(found.streak.most)},
            "days": [_day_object(each, worth) for each, worth in zip(found.days, found.worths, strict=True)],
        },
        "mail": {"adherence": number(found.mail)},
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
        else {name: number(value, 2) for name, value in found.year_ago.items()},
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
        "working_weight": number(day.weight),
        "opened": day.opened,
        "closed": day.closed,
        "asked": dict(day.asked),
        "parts": {name: number(share.kept) for name, share in day.parts().items() if share.kept is not None},
        "worth": number(worth),
    }


def _lesson_object(lesson: Lesson) -> dict[str, object]:
    names = ("went_well", "went_wrong", "what_else", "will_try")
    return {"date": lesson.day.isoformat()} | {name: getattr(lesson.said, name) or None for name in names}


def _figure(figure: Figure) -> dict[str, object]:
    return {
        "done": number(figure.done, 2),
        "target": number(figure.target, 2),
        "before": [number(each, 2) for each in figure.before],
    }


def _strength(found: Strength) -> dict[str, object]:
    return {"strength": number(found.value), "low_confidence": found.low_confidence}


def _say(found: Review) -> int:
    first, last = found.period.first, found.period.last
    span = f"{first:%a} {first.day} {first:%b %Y}"
    if last != first:
        span = f"{first:%a} {first.day} {first:%b} to {last:%a} {last.day} {last:%b %Y}"
    say(f"{found.name}  {span}" + ("  (not over yet)" if found.to_come else ""))
    for line in (*_figure_lines(found), *_customer_lines(found), *_log_lines(found)):
        say(line)
    asks = [f"{format_number(target)} {NAMES[name]}" for name, target in found.next_targets.items()]
    if found.next_plan:
        asks.append(f"{format_amount(found.next_plan)} revenue")
    if asks:
        say(f"next {found.span}  " + ", ".join(asks))
    return 0


def _figure_lines(found: Review) -> Iterator[str]:
    """What was done, and how disciplined it was."""
    for name, figure in found.figures.items():
        if figure.done or figure.target:
            yield f"  {NAMES[name]:<16} {_amounts(name, figure)}"
    if found.quota is not None:
        yield f"  {'of the quota':<16} {format_amount(found.quota)}"
    ago = year_ago_line(found)
    if ago:
        yield f"  {ago}"
    yield _discipline(found)
    yield from (f"  {name:<16} {_percent(part)}" for name, part in found.parts.items())
    yield from (f"  {line}" for line in habit_lines(found))


def _customer_lines(found: Review) -> Iterator[str]:
    """What was promised, resisted, heard and lost."""
    settled = [f"{found.promises[name]} {name}" for name in ("kept", "late", "broken", "open") if found.promises[name]]
    if settled:
        yield "promises  " + ", ".join(settled)
    if any(found.stops):
        yield f"STOP  {found.stops[0]} refused, {found.stops[1]} given in to"
    if found.after_calls:
        told_of = [f"{AFTER_CALL[name]} {yes} of {asked}" for name, (yes, asked) in found.after_calls.items()]
        yield "after calls  " + ", ".join(told_of)
    yield from (f"why it went so  {why}" for why in found.whys)
    for each in found.objections:
        led = f", {each.worked} of {each.told} answers led on" if each.told else ""
        yield f"heard {each.heard}×  {each.text}{led}"
    yield from (f"lost {count}×  {reason}" for reason, count in found.reasons)
    yield from (f"complaint {count}×  {kind}" for kind, count in found.repeated.items())


def _log_lines(found: Review) -> Iterator[str]:
    """What was said in the evenings, how honest the log looks, and the record of the forecasts."""
    for lesson in found.lessons:
        said = lesson.said
        words = (("well", said.went_well), ("wrong", said.went_wrong), ("else", said.what_else), ("try", said.will_try))
        told = "  ".join(f"{name}: {text}" for name, text in words if text)
        yield f"{lesson.day:%a} {lesson.day.day}  {told}"
    honesty = found.honesty
    if honesty.from_memory:
        yield f"entered from memory  {honesty.from_memory:,} of {honesty.rows:,} rows of the log"
    if honesty.same:
        yield f"five times the same within ten seconds  {honesty.same}×"
    if found.said is not None and found.said.months:
        yield from (f"my record  {line}" for line in found.said.sentences())


def _amounts(name: str, figure: Figure) -> str:
    shown = format_amount if name == "revenue" else format_number
    of = "" if figure.target is None else f" of {shown(figure.target)}"
    before = [each for each in figure.before if each]
    mean = f"   (mean of {len(figure.before)} before: {shown(_mean(figure.before))})" if before else ""
    return f"{shown(figure.done)}{of}{mean}"


def _mean(values: tuple[Decimal, ...]) -> Decimal:
    return sum(values, Decimal(0)) / len(values)


def _discipline(found: Review) -> str:
    value = found.strength.value
    if value is None:
        return "discipline  nothing was due yet"
    before = found.strength_before.value
    moved = "" if before is None else f", from {_percent(before)}"
    return f"discipline  {_percent(value)}{moved}" + (
        "  (low confidence: few days were seen)" if found.strength.low_confidence else ""
    )


def _percent(part: float) -> str:
    return f"{part * 100:.0f}%"
