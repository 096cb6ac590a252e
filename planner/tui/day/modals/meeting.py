"""The modals of a meeting: how it went, what follows, and when it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.widgets import Label, Static

from planner.domain import formats
from planner.domain.clients.people import Need
from planner.domain.day.tasks import Due
from planner.domain.errors import InputError
from planner.domain.fields import YES_OR_UNKNOWN
from planner.domain.text import make_visible
from planner.domain.typed.when import parse_when
from planner.tui.shared import read_back
from planner.tui.shared.form import Field, FormModal
from planner.tui.shared.modal import Modal
from planner.tui.shared.modals.confirm import ConfirmModal

if TYPE_CHECKING:
    from planner.domain.day.events import Meeting
    from planner.services.context import AppContext
    from planner.services.day.meetings import After, NextStep

ANSWERS = {"yes": True, "y": True, "no": False, "n": False, "": None}
QUESTIONS = {
    "met": "Did you meet their need?",
    "effective": "Was it productive?",
    "satisfied": "Are they satisfied?",
}


class MeetingModal(Modal[str]):
    """Modal that shows a meeting and its actions. Returns ``held``, ``no-show``, ``edit``, ``drop`` or ``client``."""

    CSS_PATH = ConfirmModal.CSS_PATH
    CSS = """
    MeetingModal { align: center middle; background: $background 60%; }
    MeetingModal #confirm { width: 72; max-width: 96%; height: auto; padding: 1 2; background: $surface;
                            border: round $foreground 20%; }
    MeetingModal #confirm-question { text-style: bold; width: 1fr; }
    MeetingModal #confirm-about { color: $text-muted; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "choose('held')", "held", id="meeting-held", tooltip="Mark the meeting held"),
        Binding("m", "choose('no-show')", "no-show", id="meeting-no-show", tooltip="Mark the meeting a no-show"),
        Binding("e", "choose('edit')", "move or edit", id="meeting-edit", tooltip="Change its time, place or contact"),
        Binding("delete,backspace", "choose('drop')", "drop", id="meeting-drop", tooltip="Drop the meeting"),
        Binding("enter", "choose('client')", "open contact", id="meeting-client", tooltip="Open the contact"),
        Binding("escape", "choose('')", "later", id="meeting-later", tooltip="Ask again when you end the day"),
    ]

    def __init__(self, meeting: Meeting, now: datetime) -> None:
        super().__init__()
        self.meeting, self.now = meeting, now

    def compose(self) -> ComposeResult:
        meeting = self.meeting
        begun = meeting.start <= self.now
        question = f"{meeting.who}: how did it go?" if begun else f"Next meeting: {meeting.who}"
        where = f"  {meeting.place}" if meeting.place else ""
        keys = [("x", "held"), ("m", "no-show")] if begun and not meeting.outcome else []
        keys += [("e", "move or edit"), ("del", "drop")] if meeting.own and not meeting.outcome else []
        keys += [("⏎", "open contact")] if meeting.contact_id is not None else []
        keys.append(("esc", "later"))
        parts = [Content(make_visible(f"{meeting.span}{where}")), Content("\n")]
        if meeting.outcome:
            parts += [Content("held" if meeting.outcome == "held" else "no-show"), Content("\n")]
        parts.append(Content("\n"))
        for key, word in keys:
            parts += [Content.styled(key, "$text-accent"), Content(f" {word}   ")]
        with Container(id="confirm"):
            yield Label(Content(make_visible(question)), id="confirm-question", markup=False)
            yield Static(Content("").join(parts), id="confirm-about", markup=False)

    def action_choose(self, what: str) -> None:
        """Close with the chosen action."""
        self.leave(what)


@dataclass(frozen=True)
class EndWanted:
    """The form's result after a meeting, as typed and as parsed. `force` confirms despite a warning."""

    typed: dict[str, str]
    after: After
    step: NextStep | None
    note: str
    force: bool


class MeetingEndModal(FormModal[EndWanted]):
    """Form for the questions after a meeting and the next step. All fields are optional."""

    CSS = "MeetingEndModal #form { width: 84; }"

    def __init__(
        self,
        ctx: AppContext,
        meeting: Meeting,
        outcome: str,
        need: str,
        typed: dict[str, str] | None = None,
        problem: str = "",
    ) -> None:
        held = outcome == "held"
        self.ctx, self.warned = ctx, typed if problem else None
        self.HEADING = f"{meeting.who}, {meeting.span}: {'held' if held else 'no-show'}"
        self.need_before = need
        value = {"need": need, **(typed or {})}
        fields = []
        if held:
            fields += [
                Field(name, question, value.get(name, ""), choices=YES_OR_UNKNOWN.choices)
                for name, question in QUESTIONS.items()
            ]
        fields.append(Field("why", "Why did it go that way?", value.get("why", ""), continued=True))
        if held and meeting.contact_id is not None:
            fields.append(Field("need", "Their need", value["need"], choices=("", *Need)))
        from planner.services.day.meetings import STEP_HINT

        fields += [
            Field("step", "Next step", value.get("step", ""), STEP_HINT, continued=True),
            Field("note", "Note", value.get("note", ""), continued=True),
        ]
        super().__init__(fields, problem)

    def read(self, values: dict[str, str]) -> EndWanted:
        from planner.services.clients.people import read_need
        from planner.services.day.meetings import After, read_step

        answers = {name: self._answer(name, values.get(name, "")) for name in QUESTIONS}
        need = values.get("need", self.need_before)
        after = After(**answers, why=values["why"], need=read_need(need) if need != self.need_before else None)
        return EndWanted(
            values, after, read_step(self.ctx, values["step"]), values["note"], force=values == self.warned
        )

    def _answer(self, name: str, text: str) -> bool | None:
        if text.lower() not in ANSWERS:
            raise InputError(f"{text!r} isn't yes or no. Enter one of them, or leave it empty.").at(name)
        return ANSWERS[text.lower()]

    def preview(self, values: dict[str, str]) -> str:
        from planner.services.day.meetings import read_step

        step = read_step(self.ctx, values["step"])
        if step is None:
            return ""
        if step.when is None:
            return f"Next: {step.kind}"
        more = f", {step.when.rest}" if step.when.rest else ""
        return f"Next: {step.kind} {formats.when_text(step.when.due)}{more}"


@dataclass(frozen=True)
class MeetingWanted:
    """A meeting, as typed and as parsed."""

    typed: dict[str, str]
    title: str
    due: Due
    minutes: int
    place: str
    contact: str
    force: bool


class MeetingEditModal(FormModal[MeetingWanted]):
    """Form for the title, time, place and contact of a meeting of the rep's own."""

    HEADING = "Move or edit the meeting"

    def __init__(self, now: datetime, meeting: Meeting, typed: dict[str, str] | None = None, problem: str = "") -> None:
        self.now, self.warned = now, typed if problem else None
        self.minutes = str(meeting.minutes)
        value = {
            "title": meeting.title,
            "at": formats.dated_text(meeting.start),
            "minutes": str(meeting.minutes),
            "place": meeting.place,
            "contact": "" if meeting.contact_id is None else f"{meeting.contact_id}: {meeting.contact}",
            **(typed or {}),
        }
        super().__init__(
            [
                Field(
                    "at",
                    "When",
                    value["at"],
                    "e.g. thu 11, tomorrow 14:30, fri 10 to 11:30",
                    read_back=read_back.hours(now),
                ),
                Field("minutes", "Minutes", value["minutes"], "e.g. 60"),
                Field("place", "Place", value["place"], "e.g. their office", continued=True),
                Field("title", "Title", value["title"], continued=True),
                Field("contact", "With", value["contact"], "name or id, or leave empty", completes="contact"),
            ],
            problem,
        )

    def read(self, values: dict[str, str]) -> MeetingWanted:
        from planner.domain.fields import by_id

        found = parse_when(values["at"], self.now, spans=True)
        if found.at is None:
            raise InputError("Add a time, like thu 11 or tomorrow 14:30.").at("at")
        if found.minutes is not None and values["minutes"] in ("", self.minutes):
            values = {**values, "minutes": str(found.minutes)}
        if found.minutes is not None and values["minutes"] != str(found.minutes):
            raise InputError(
                f"{values['at']!r} is {found.minutes} minutes long, but Minutes says {values['minutes']}."
            ).at("minutes")
        if not (values["minutes"].isascii() and values["minutes"].isdigit()):
            raise InputError(f"{values['minutes']!r} isn't a number of minutes.").at("minutes")
        return MeetingWanted(
            values,
            values["title"],
            Due(found.day, found.at),
            int(values["minutes"][:6]),
            values["place"],
            by_id(values["contact"]),
            force=values == self.warned,
        )

    def preview(self, values: dict[str, str]) -> str:
        found = parse_when(values["at"], self.now, spans=True)
        return f"{found.echo()}" + (f": {found.said}" if found.said else "")
