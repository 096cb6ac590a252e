"""`planner playbook`: objections, their answers and how well they work, and the answers due for a drill."""

from __future__ import annotations

import argparse

from planner.cli.shared.common import FOUND, Group, emit, json_number, print_lines, whole_number
from planner.domain.calls.playbook import SORTS, WAYS, Answer
from planner.domain.errors import InputError
from planner.services.calls import playbook as service
from planner.services.calls.activity_log import known_contact
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("playbook")
    parser = group.add("find", find, "find objections by words, or list them all", reads=True)
    parser.add_argument("words", nargs="*", metavar="WORD")
    parser = group.add("heard", heard, "log an objection you heard, and how you answered")
    parser.add_argument("words", nargs="+", metavar="OBJECTION")
    parser.add_argument("--answer", type=whole_number, metavar="N", help="the answer you gave, as numbered by `find`")
    parser.add_argument("--sort", type=_sort, default="real", metavar="|".join(word for word, _ in SORTS.values()))
    parser.add_argument("--contact", metavar="WHO", help=FOUND)
    parser.add_argument(
        "--worked", choices=("yes", "no"), help="whether it worked (default: the call's outcome decides)"
    )
    parser = group.add("add", add, "add an objection to the playbook, or an answer to one")
    parser.add_argument("words", nargs="+", metavar="OBJECTION")
    parser.add_argument("--way", choices=tuple(WAYS), help="the approach of the answer, with --answer")
    parser.add_argument("--answer", metavar="TEXT")
    group.add("due", due, "list what to practice today", reads=True)


def _sort(typed: str) -> str:
    """Return the stored word for a type of objection, which is typed as shown or as stored."""
    return next((sort for sort, (word, _) in SORTS.items() if word == typed), typed)


def find(args: argparse.Namespace, ctx: AppContext) -> int:
    live = TodayStore(ctx)
    found = service.read(live).find(" ".join(args.words))
    live.close()
    if args.json:
        return emit(
            [
                {
                    "objection": one.objection.text,
                    "heard": one.heard,
                    "answers": [
                        {
                            "way": each.answer.way,
                            "text": each.answer.text,
                            "tried": each.tried,
                            "worked": each.worked,
                            "rate": json_number(each.rate),
                            "low": json_number(each.low),
                            "high": json_number(each.high),
                        }
                        for each in one.rated
                    ],
                }
                for one in found
            ]
        )
    if not found:
        return print_lines("No match in the playbook. Add it with `planner playbook add`.")
    for one in found:
        print_lines(one.objection.text + (f"  (heard {one.heard}×)" if one.heard else ""))
        if args.words:
            for index, each in enumerate(one.rated, start=1):
                print_lines(
                    f"  {index}  {each.answer.way}: {each.answer.text}" + (f"  [{each.words}]" if each.words else "")
                )
    return 0


def heard(args: argparse.Namespace, ctx: AppContext) -> int:
    contact_id = None
    if args.contact is not None:
        contact_id = known_contact(ctx, args.contact)[0]
    live = TodayStore(ctx)
    words = " ".join(args.words)
    found = service.read(live).find(words)
    text, answer = (found[0].objection.text, None) if found else (words, None)
    if args.answer is not None:
        if not found or not 1 <= args.answer <= len(found[0].rated):
            raise InputError(
                f"There's no answer {args.answer} to that. See the numbers with `planner playbook find {words}`."
            )
        answer = found[0].rated[args.answer - 1].answer
    worked = None if args.worked is None else args.worked == "yes"
    service.log_objection(ctx, live, text, answer, sort=args.sort, contact_id=contact_id, worked=worked)
    live.close()
    if not found:
        service.add(ctx, text)
    return print_lines(
        f"Logged: {text}" + (f" – {answer.text}" if answer else "") + ("" if found else "  (added to the playbook)")
    )


def add(args: argparse.Namespace, ctx: AppContext) -> int:
    if (args.way is None) != (args.answer is None):
        raise InputError("Give an answer with its approach: --way question --answer TEXT.")
    text = " ".join(args.words)
    service.add(ctx, text, None if args.answer is None else Answer(args.way, args.answer))
    return print_lines(f"Added to the playbook: {text}")


def due(args: argparse.Namespace, ctx: AppContext) -> int:
    live = TodayStore(ctx)
    items = service.due_drills(ctx, live)
    live.close()
    if args.json:
        return emit([{"objection": one.objection.text, "times": one.times, "fluent": one.fluent} for one in items])
    if not items:
        return print_lines("Nothing to practice today.")
    for one in items:
        drilled = f"got it {one.fluent} of {one.times} times" if one.times else "not drilled yet"
        print_lines(f"{one.objection.text}  ({drilled})")
    return 0
