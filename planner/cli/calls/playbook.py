"""`planner playbook`: objections, their answers and how well they work, and the answers due for a drill."""

from __future__ import annotations

import argparse

from planner.cli.shared.common import FOUND, Group, emit, number, say, whole_number
from planner.domain.calls.playbook import SORTS, WAYS, Answer
from planner.domain.errors import InputError
from planner.services.calls import playbook as service
from planner.services.calls.activity_log import known_contact
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore


def register(commands: Group) -> None:
    """Register the command group."""
    group = commands.group("playbook")
    parser = group.add("find", find, "the objections that some words mean; all without words", reads=True)
    parser.add_argument("words", nargs="*", metavar="WORD")
    parser = group.add("heard", heard, "log what was heard, and how it was answered")
    parser.add_argument("words", nargs="+", metavar="OBJECTION")
    parser.add_argument("--answer", type=whole_number, metavar="N", help="the answer given, as `find` numbers them")
    parser.add_argument("--sort", choices=tuple(SORTS), default="real")
    parser.add_argument("--contact", metavar="WHO", help=FOUND)
    parser.add_argument("--worked", choices=("yes", "no"), help="whether it led on; else the next outcome says")
    parser = group.add("add", add, "put an objection into the playbook, or an answer to one")
    parser.add_argument("words", nargs="+", metavar="OBJECTION")
    parser.add_argument("--way", choices=tuple(WAYS), help="how it is answered; with --answer")
    parser.add_argument("--answer", metavar="TEXT")
    group.add("due", due, "what is to be drilled today", reads=True)


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
                            "rate": number(each.rate),
                            "low": number(each.low),
                            "high": number(each.high),
                        }
                        for each in one.rated
                    ],
                }
                for one in found
            ]
        )
    if not found:
        return say("Nothing like that is in the playbook; `planner playbook add` puts it there.")
    for one in found:
        say(one.objection.text + (f"  (heard {one.heard}×)" if one.heard else ""))
        if args.words:
            for index, each in enumerate(one.rated, start=1):
                say(f"  {index}  {each.answer.way}: {each.answer.text}" + (f"  [{each.words}]" if each.words else ""))
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
            raise InputError(f"There is no answer {args.answer} to that; `planner playbook find {words}` numbers them.")
        answer = found[0].rated[args.answer - 1].answer
    worked = None if args.worked is None else args.worked == "yes"
    service.hear(ctx, live, text, answer, sort=args.sort, contact_id=contact_id, worked=worked)
    live.close()
    if not found:
        service.add(ctx, text)
    return say(
        f"heard: {text}" + (f" – {answer.text}" if answer else "") + ("" if found else "  (new in the playbook)")
    )


def add(args: argparse.Namespace, ctx: AppContext) -> int:
    if (args.way is None) != (args.answer is None):
        raise InputError("An answer has a way and a text: --way question --answer TEXT.")
    text = " ".join(args.words)
    service.add(ctx, text, None if args.answer is None else Answer(args.way, args.answer))
    return say(f"in the playbook: {text}")


def due(args: argparse.Namespace, ctx: AppContext) -> int:
    live = TodayStore(ctx)
    items = service.due_drills(ctx, live)
    live.close()
    if args.json:
        return emit([{"objection": one.objection.text, "times": one.times, "fluent": one.fluent} for one in items])
    if not items:
        return say("Nothing is due to be drilled today.")
    for one in items:
        say(f"{one.objection.text}  ({one.fluent} of {one.times} times fluent)")
    return 0
