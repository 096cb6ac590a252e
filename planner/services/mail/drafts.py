"""Manages the emails to write in the next window, sent or dropped (S8)."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from planner.domain import formats
from planner.domain.errors import InputError, StateError
from planner.domain.mail.letters import LONGEST_SUBJECT, mailto
from planner.domain.text import clean
from planner.domain.workdays import worked_ahead
from planner.services.calls.activity_log import find_contact, new_name
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from planner.services.plan.calendar import work_calendar
from planner.store import follow_ups
from planner.store.mail import drafts as store
from planner.store.mail.drafts import Draft as Draft
from planner.store.recorder import Recorder


@dataclass(slots=True)
class Drafts:
    """The queue of emails to write. Use it from one thread only."""

    ctx: AppContext
    live: TodayStore

    def list_drafts(self) -> list[Draft]:
        """Return the emails to write."""
        with self.live.reading() as handle:
            return [] if handle is None else store.drafts(handle)

    def write(self, name: str, subject: str, *, proposal: bool = False) -> Draft:
        """Queue an email for the next window. It needs a recipient's name and a subject."""
        who, about = clean(name)[:200], clean(subject)[:LONGEST_SUBJECT]
        if not who:
            raise InputError("Enter who it's for.")
        if not about:
            raise InputError("Enter a subject that says what it's about.")
        fresh = new_name(who)
        found = None if fresh is not None else find_contact(self.ctx, who)
        who = fresh or who if found is None else found[1]
        with self.live.writing() as handle:
            with Recorder(handle, self._now(), f"email to write: {who}") as change:
                contact_id = None if found is None else found[0]
                if fresh is not None:
                    contact_id = follow_ups.contact(change, fresh, fresh if "@" in fresh else "", self._now(), "mail")
                draft_id = store.add_draft(change, who, contact_id, about, proposal, self._now())
            draft = store.draft_by(handle, draft_id)
        assert draft is not None
        return draft

    def _draft(self, handle: sqlite3.Connection | None, draft_id: int) -> Draft:
        found = None if handle is None else store.draft_by(handle, draft_id)
        if found is None:
            raise StateError(f"There's no email {draft_id} to write. See them with `planner mail queue`.")
        return found

    def target(self, draft: Draft) -> str:
        """Return the address that opens an email to write in the rep's mail program."""
        return mailto(draft.address, draft.subject)

    def mark_sent(self, draft_id: int) -> str:
        """Mark a queued email as sent and count it. A proposal gets a follow-up call. Returns a description of it."""
        now = self.ctx.now()
        with self.live.writing() as handle:
            draft = self._draft(handle, draft_id)
            is_working_day = work_calendar(self.ctx, handle).is_working_day
            call_on = worked_ahead(self.ctx.today(), is_working_day, self.ctx.config["mail.follow_up"])
            store.send_draft(
                handle,
                draft,
                day=self.ctx.today(),
                local_time=f"{now:%H:%M:%S}",
                now=self._now(),
                call_on=call_on.isoformat() if draft.proposal else None,
            )
        followed = f". Follow-up call: {formats.when_text(call_on, self.ctx.today())}" if draft.proposal else ""
        return f"Sent to {draft.name}: {draft.subject}{followed}"

    def drop(self, draft_id: int) -> str:
        """Remove a queued email without sending it."""
        with self.live.writing() as handle:
            draft = self._draft(handle, draft_id)
            store.drop_draft(handle, draft, self._now())
        return f"Removed from the queue: {draft.name}, {draft.subject}"

    def _now(self) -> int:
        return int(self.ctx.clock.timestamp())
