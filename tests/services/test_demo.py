"""The demo is believable, deterministic, and never touches the rep's own data."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from planner.domain.day.day_progress import block_states
from planner.domain.errors import InputError
from planner.services import demo
from planner.services.clients import deals, people
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from planner.services.mail.mail import MailSession
from planner.services.safety import maintenance
from tests.conftest import Run
from tests.drills import LONG
from tests.drills.terminal import Terminal
from tests.scenes import NOW, context_at


def rows(ctx: AppContext, query: str) -> list[tuple[object, ...]]:
    handle = sqlite3.connect(ctx.path)
    try:
        return handle.execute(query).fetchall()
    finally:
        handle.close()


@pytest.mark.parametrize(
    "now",
    [datetime(2027, 2, 28, 19, 30), datetime(2026, 11, 21, 12), *([NOW, datetime(2026, 1, 1, 6)] if LONG else [])],
)
def test_demo_shows_a_full_day_at_any_moment(tmp_path: Path, now: datetime) -> None:
    ctx = context_at(tmp_path, now)
    assert demo.build(ctx) > 2_000
    live = TodayStore(ctx)
    today = live.read()
    live.close()
    assert today.quota == 70_000_000
    assert today.personal_plan == 140_000_000
    assert today.wish
    assert len(today.tasks) >= 5
    assert today.due and today.due[0].overdue(now)
    assert {due.kind for due in today.due} == {"promise", "callback"}
    assert today.top and today.next_call
    assert {deal.stage.value for deal in deals.list_deals(ctx)} == {"talk", "meeting", "proposal", "closing"}
    assert all(row.contact.company and row.contact.phones for row in people.list_contacts(ctx))
    assert all(finding.ok for finding in maintenance.examine(ctx))
    last = rows(ctx, "SELECT max(day || ' ' || local_time) FROM activity")[0][0]
    assert str(last) <= f"{now:%Y-%m-%d %H:%M:%S}"


# the hour decides what can be missed, the months only what lies behind it
@pytest.mark.parametrize(
    ("months", "hour"),
    [(months, hour) for months in (1, 3) for hour in (9, 15, 19, 23) if LONG or (months == 1 and hour != 15)],
)
def test_demo_greets_without_a_miss(tmp_path: Path, months: int, hour: int) -> None:
    ctx = context_at(tmp_path, NOW.replace(hour=hour))
    demo.build(ctx, months)
    with closing(TodayStore(ctx)) as live:
        assert "missed" not in block_states(live.read(), ctx.now())


def test_demo_mostly_keeps_its_email_windows(tmp_path: Path) -> None:
    ctx = context_at(tmp_path, NOW)
    demo.build(ctx)
    with closing(TodayStore(ctx)) as live:
        mail = MailSession(ctx, live)
        week = mail.windows.week(NOW.date() - timedelta(days=7))
        assert week.adherence is not None and week.adherence > 0.5
        assert [thread.newest.known is not None for thread in mail.letters.threads()] == [True, True, False, False]
        assert len(mail.drafts.list_drafts()) == 2
        assert mail.windows.gate(live.read()).windows[0].state == "done"


def test_demo_figures_are_realistic(ctx: AppContext) -> None:
    demo.build(ctx, 6)
    months = rows(
        ctx,
        "SELECT sum(dials), sum(meetings_held), sum(deals), sum(revenue) / 100 FROM day_count"
        " WHERE day BETWEEN '2026-07-01' AND '2026-10-31' GROUP BY substr(day, 1, 7)",
    )
    assert len(months) == 4
    for calls, held, won, revenue in months:
        assert 1_500 < int(str(calls)) < 2_500
        assert 4 <= int(str(held)) <= 24
        assert 0 <= int(str(won)) <= 9
        assert int(str(revenue)) < 3_000_000


def test_demo_is_deterministic(tmp_path: Path) -> None:
    made = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        ctx = context_at(tmp_path / name)
        demo.build(ctx, 2)
        made.append(rows(ctx, "SELECT day, local_time, kind, outcome, contact_id, amount FROM activity"))
    assert made[0] == made[1]


@pytest.mark.parametrize("months", [0, -1, 121])
def test_invalid_number_of_months_is_refused(ctx: AppContext, months: int) -> None:
    with pytest.raises(InputError, match="months"):
        demo.build(ctx, months)


def test_demo_needs_a_terminal(run: Run) -> None:
    assert "needs a terminal" in run("demo", code=2).err


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
def test_demo_opens_and_leaves_nothing_behind(ctx: AppContext, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    env = {**os.environ, "PLANNER_DB": ctx.path, "TMPDIR": str(tmp_path / "tmp"), "PLANNER_NOW": "2026-11-16T11:00"}
    with Terminal([sys.executable, "-m", "planner", "demo"], {**env, "TERM": "xterm-256color"}) as terminal:
        terminal.wait(b"nothing is saved")
        terminal.press("d")
        terminal.wait(b"Call counted")
        terminal.press("\x11")
        while True:
            try:
                terminal.read(5)
            except EOFError:
                break
    assert not Path(ctx.path).exists()
    assert list((tmp_path / "tmp").iterdir()) == []
