"""Handles a meeting for any screen: asks how it went, what follows, or when it is."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from planner.domain import formats
from planner.domain.errors import NeedNotFound, ProtectedTime
from planner.services.day import meetings as service
from planner.tui.day.modals.meeting import EndWanted, MeetingEditModal, MeetingEndModal, MeetingModal, MeetingWanted

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from textual.app import App

    from planner.domain.day.events import Meeting
    from planner.services.context import AppContext
    from planner.tui.shared.screen import BaseScreen
    from planner.tui.whom import Answer

    class Host(Protocol):
        """Protocol of the screen that asks. It runs changes and reports errors."""

        ctx: AppContext

        @property
        def app(self) -> App[Any]: ...
        def run_change(self, work: Callable[[], str], again: Callable[[str], None] | None = None) -> None: ...
        def run_asking(self, work: Callable[[Answer], str], again: Callable[[str], None]) -> None: ...
        def complain(self, text: str) -> None: ...
        def show_client(self, contact_id: int) -> None: ...


NONE_LEFT = "No meetings to log. Book one in Calls or with `planner meeting add`."


def ask_about_past(screen: BaseScreen, over: list[tuple[int, str, int, int, bool]]) -> None:
    """Ask on the message line how past meetings went (rows of `Today.unmarked`), and once only."""
    asked = [each[0] for each in over]
    screen.today.unmarked = [(*each[:4], each[4] or each[0] in asked) for each in screen.today.unmarked]
    more = f" and {len(over) - 1} more" if len(over) > 1 else ""
    meeting = f"{over[0][1]}, {datetime.fromtimestamp(over[0][2]):%H:%M}{more}"
    screen.say(
        [(" ? ", "accent"), (f"How did it go? {meeting}  ", ""), ("h", "accent"), (" log it", "dim")],
        keep=True,
    )
    screen.load_async(partial(service.mark_asked, screen.ctx, asked), lambda _: None, "asked")


def ask_which(screen: BaseScreen, contact_id: int | None) -> None:
    """Ask how the meeting with a contact went, or the first one not yet marked."""

    def read() -> Meeting | None:
        if contact_id is not None:
            return service.with_contact(screen.ctx, contact_id)
        return next(iter(service.list_unmarked(screen.ctx)), None)

    def show(found: Meeting | None) -> None:
        if found is None:
            screen.show_error("No meetings with this contact." if contact_id is not None else NONE_LEFT)
        else:
            ask(screen, found)

    screen.ask_first(read, show)


def ask(screen: Host, meeting: Meeting) -> None:
    """Show a meeting and carry out the chosen action."""

    def chosen(what: str | None) -> None:
        if what in (service.HELD, service.NO_SHOW):
            end(screen, meeting, what)
        elif what == "edit":
            edit(screen, meeting)
        elif what == "drop":
            screen.run_change(partial(drop, screen.ctx, meeting.id))
        elif what == "client" and meeting.contact_id is not None:
            screen.show_client(meeting.contact_id)

    screen.app.push_screen(MeetingModal(meeting, screen.ctx.now()), chosen)


def end(screen: Host, meeting: Meeting, outcome: str, typed: dict[str, str] | None = None, problem: str = "") -> None:
    """Ask the questions after a meeting and mark it. If that fails, ask again with what was typed."""
    if meeting.outcome:
        screen.complain(f"The meeting with {meeting.who} is already marked {meeting.outcome}.")
        return
    if meeting.start > screen.ctx.now():
        screen.complain(
            f"It starts {formats.near_text(meeting.start, screen.ctx.today())}. You can mark it once it has started."
        )
        return

    def put(wanted: EndWanted | None) -> None:
        if wanted is not None:
            screen.run_change(
                partial(_end, screen.ctx, meeting, outcome, wanted),
                lambda trouble: end(screen, meeting, outcome, wanted.typed, trouble),
            )

    need = _need(screen.ctx, meeting)
    screen.app.push_screen(MeetingEndModal(screen.ctx, meeting, outcome, need, typed, problem), put)


def edit(screen: Host, meeting: Meeting, typed: dict[str, str] | None = None, problem: str = "") -> None:
    """Ask when and where a meeting is. If saving fails, ask again with what was typed."""
    if not meeting.own:
        screen.complain(f"{meeting.title} comes from your calendar. Change it there and import again.")
        return

    def put(wanted: MeetingWanted | None) -> None:
        if wanted is not None:
            screen.run_asking(
                lambda answer: _edit(screen.ctx, meeting, wanted, answer.who),
                lambda trouble: edit(screen, meeting, wanted.typed, trouble),
            )

    screen.app.push_screen(MeetingEditModal(screen.ctx.now(), meeting, typed, problem), put)


def _need(ctx: AppContext, meeting: Meeting) -> str:
    from planner.services.clients import people

    if meeting.contact_id is None:
        return ""
    need = people.show(ctx, str(meeting.contact_id)).contact.need
    return need.value if need else ""


# run in workers, like other changes


def _end(ctx: AppContext, meeting: Meeting, outcome: str, wanted: EndWanted) -> str:
    try:
        service.end(ctx, meeting.id, outcome, wanted.after, wanted.step, note=wanted.note, force=wanted.force)
    except NeedNotFound as problem:
        raise NeedNotFound(f"{problem} Set Need to “found”, or press ⏎ again to save it anyway.") from problem
    said = f"{'Meeting held' if outcome == service.HELD else 'No-show'}: {meeting.who}"
    if wanted.step is None:
        return said
    due = "" if wanted.step.when is None else f" {formats.when_text(wanted.step.when.due)}"
    return f"{said}. Next: {wanted.step.kind}{due}"


def _edit(ctx: AppContext, meeting: Meeting, wanted: MeetingWanted, who: str | None) -> str:
    try:
        found = service.edit(
            ctx,
            meeting.id,
            title=wanted.title,
            due=wanted.due,
            minutes=wanted.minutes,
            place=wanted.place,
            contact=who or wanted.contact,
            force=wanted.force,
            seen=meeting,
        )
    except ProtectedTime as problem:
        raise ProtectedTime(f"{problem} Press ⏎ again to move it there anyway.") from problem
    return f"Saved: {found.who}, {found.span}"


def drop(ctx: AppContext, meeting_id: int) -> str:
    """Drop a meeting."""
    return f"Dropped meeting: {service.drop(ctx, meeting_id).who}"


def shift(ctx: AppContext, meeting_id: int, begin: int, end: int) -> str:
    """Move a meeting's begin and end by minutes."""
    from datetime import timedelta

    from planner.domain.day.tasks import Due

    found = service.get(ctx, meeting_id)
    start = found.start + timedelta(minutes=begin)
    moved = service.move(ctx, meeting_id, Due(start.date(), start.time()), minutes=found.minutes + end - begin)
    return f"Moved: {moved.who}, {moved.start:%H:%M}–{moved.end:%H:%M}"
