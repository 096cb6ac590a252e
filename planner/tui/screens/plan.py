"""Plan (to come)."""

from __future__ import annotations

from planner.services.desk import Desk
from planner.services.live import Live, Today
from planner.tui.screens.base import DeskScreen


class PlanScreen(DeskScreen):
    def __init__(self, desk: Desk, live: Live, today: Today) -> None:
        super().__init__(desk, live)
