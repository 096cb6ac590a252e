"""Mail three times a day: its windows, the emails that wait and those to write (S8).

It runs on the live connection like the calling session, so a key waits for nothing but the disk.
"""

from __future__ import annotations

from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from planner.services.mail.drafts import Drafts
from planner.services.mail.letters import Letters
from planner.services.mail.windows import MailWindows


class MailSession:
    """The mail services behind the mail screen and `planner mail`. Use it from one thread only."""

    def __init__(self, ctx: AppContext, live: TodayStore) -> None:
        self.ctx, self.live = ctx, live
        self.windows = MailWindows(ctx, live)
        self.letters = Letters(ctx, live)
        self.drafts = Drafts(ctx, live)
