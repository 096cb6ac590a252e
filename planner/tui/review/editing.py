"""Opens the forms of the review: the line on your why, wins and misses, aims, learning items and their uses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.day.activity import label
from planner.domain.review.self_review import Kind, ReviewLine
from planner.domain.workdays import DAY
from planner.tui.review import changes
from planner.tui.review.modals.review import LearningModal, LessonModal
from planner.tui.shared.modals.line import LineModal
from planner.tui.shared.modals.pick import Pick, PickModal

if TYPE_CHECKING:
    from planner.domain.review.learning import Learning
    from planner.tui.review.review import ReviewScreen
    from planner.tui.shared.entity_form import Edited
    from planner.tui.shared.spans import Line

MOST_HITS = 60


def ask_wish(
    screen: ReviewScreen, week: date, wish: str, seen: str, problem: str = "", text: str | None = None
) -> None:
    """Ask for the week's line on the rep's why, which was `seen` before."""
    heading = f"Your why: {wish}" if wish else "Your why"

    def finish(line: str | None) -> None:
        if line is not None:
            screen.run_change(
                partial(changes.finish, screen.ctx, week, line, seen),
                lambda trouble: screen.ask_again(
                    read, seen, lambda now: ask_wish(screen, week, wish, now or "", trouble, line)
                ),
            )

    def read() -> str:
        from planner.services.review import self_review

        return self_review.week_review(screen.ctx, week).wish

    said = seen if text is None else text
    modal = LineModal(heading, "This week", said, "what it did for your why", optional=True, problem=problem)
    screen.app.push_screen(modal, finish)


def ask_line(
    screen: ReviewScreen, week: date, kind: Kind, line: ReviewLine | None = None, text: str = "", problem: str = ""
) -> None:
    """Ask for a win or an aim, or edit the `line`."""
    heading, label = ("An aim for next week", "Aim") if kind is Kind.AIM else ("What went well?", "Win")

    def keep(said: str | None) -> None:
        if said is not None:
            screen.run_change(
                partial(changes.save_line, screen.ctx, week, kind, said, line),
                lambda trouble: screen.ask_again(
                    partial(_by_now, screen, week, line),
                    line,
                    lambda now: ask_line(screen, week, kind, now, said, trouble),
                ),
            )

    before = line.text if line is not None else ""
    screen.app.push_screen(LineModal(heading, label, text or before, "one thing at a time", problem=problem), keep)


def ask_wrong(
    screen: ReviewScreen, week: date, line: ReviewLine | None, typed: Mapping[str, str] | None = None, problem: str = ""
) -> None:
    """Ask for what went wrong, its cause and the correction, or edit the `line`."""

    def keep(wanted: Edited | None) -> None:
        if wanted is not None:
            screen.run_change(
                partial(changes.save_lesson, screen.ctx, week, wanted.typed, line),
                lambda trouble: screen.ask_again(
                    partial(_by_now, screen, week, line),
                    line,
                    lambda now: ask_wrong(screen, week, now, wanted.changed if now else wanted.typed, trouble),
                ),
            )

    screen.app.push_screen(LessonModal(screen.ctx.now(), line, typed, problem), keep)


def _by_now(screen: ReviewScreen, week: date, line: ReviewLine | None) -> ReviewLine | None:
    """Return the current state of a line, None for a new line if it is gone."""
    from planner.services.review import self_review

    lines = self_review.week_review(screen.ctx, week).lines
    return None if line is None else next((each for each in lines if each.id == line.id), None)


def ask_learning(
    screen: ReviewScreen,
    row: Learning | None,
    *,
    done: bool = False,
    typed: dict[str, str] | None = None,
    problem: str = "",
) -> None:
    """Ask for a book, course or question, or edit the `row`. `done` asks for the takeaways."""

    def keep(wanted: Edited | None) -> None:
        if wanted is None:
            return
        screen.run_change(
            partial(changes.put_learning, screen.ctx, row, wanted),
            lambda trouble: screen.ask_again(
                by_now,
                row,
                lambda now: ask_learning(
                    screen, now, done=done, typed=wanted.changed if now else wanted.typed, problem=trouble
                ),
            ),
        )

    def by_now() -> Learning | None:
        from planner.services.review import learning

        rows = learning.read(screen.ctx).rows
        return None if row is None else next((each for each in rows if each.id == row.id), None)

    screen.app.push_screen(LearningModal(screen.ctx.now(), row, done=done, typed=typed, problem=problem), keep)


def ask_use(screen: ReviewScreen, row: Learning) -> None:
    """Ask where it was used: in a deal, in a recent call, or as a note."""

    def read() -> list[Pick]:
        from planner.services.calls import activity_log
        from planner.services.clients import deals

        found = [
            Pick([("deal  ", "dim"), (deal.title, ""), (f"  {deal.contact or ''}", "dim")], "", {"deal_id": deal.id})
            for deal in deals.list_deals(screen.ctx)
        ]
        today = screen.ctx.today()
        for back in range(8):
            for call in reversed(activity_log.on_day(screen.ctx, today - DAY * back)):
                if call.contact:
                    what: Line = [
                        ("call  ", "dim"),
                        (call.contact, ""),
                        (f"  {label(call.kind, call.outcome, call.count)}", "dim"),
                    ]
                    found.append(Pick(what, formats.near_text(call.moment, today), {"activity_id": call.id}))
        return found

    def show(picks: list[Pick]) -> None:
        def offer(text: str) -> tuple[list[Pick], str]:
            asked = text.casefold().strip()
            named = [each for each in picks if asked in "".join(part for part, _ in each.left).casefold()]
            said = [Pick([("note  ", "dim"), (text.strip(), "")], "", {"note": text.strip()})] if asked else []
            return named[: MOST_HITS - 1] + said, "Type where you used it, or choose a deal or a call."

        def keep(chosen: dict[str, object] | None) -> None:
            if chosen is not None:
                from planner.services.review import learning

                screen.record(learning.record_use, row.id, what=row.kind.value, **chosen)

        heading = f"Where did you use {row.title}?"
        screen.app.push_screen(PickModal(heading, "a deal, a call or a note", offer, most=MOST_HITS), keep)

    screen.ask_first(read, show)
