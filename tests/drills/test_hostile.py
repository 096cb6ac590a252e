"""Hostile text on a real terminal: only the program's own sequences and printable text reach it, whatever is stored.

The words are put into every text of the database, bypassing all checks but the length, as another program could. Then
every screen is opened in the real program, and every byte it writes is checked.
"""

from __future__ import annotations

import re
import sqlite3
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from planner.domain.clients.people import TEXTS as CONTACT_TEXTS
from planner.domain.day.tasks import Due
from planner.domain.workdays import Period
from planner.services import demo
from planner.services.clients import complaints, people
from planner.services.context import AppContext
from planner.services.day import meetings
from planner.services.day.today_store import TodayStore
from planner.services.plan import calendar
from tests.drills import often
from tests.drills.terminal import Terminal
from tests.drills.test_drills import PLANNER, environment
from tests.scenes import NOW, context_at
from tests.tui.clients.test_clients import HOSTILE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")

# every text that people can write, by table (the rest are the program's own words and dates)
TEXTS = {
    "contact": " ".join(("name", *CONTACT_TEXTS)),
    "company": "name city notes",
    "goal": "title why for_whom picture",
    "task": "title reason",
    "deal": "title reason owner notes",
    "promise": "text note",
    "activity": "reason note",
    "complaint": "text agreed compensation escalated kind",
    "event": "title place",
    "draft": "name subject",
    "letter": "sender address subject preview",
    "review_line": "text cause correction",
    "learning": "title author taken",
    "learning_use": "note",
    "day": "went_well went_wrong what_else will_try",
    "day_block": "title",
    "mail_look": "reason",
    "calendar_exception": "note",
    "saved_filter": "name",
    "heard": "objection answer",
    "week_block": "title",
    "week_template": "name",
}
SCREENS = ("1", "2", "3", "4", "5", "6", "7", "8", "t", "l", "W", "comma")
# what Textual and the first paint send: CSI sequences, and a few DCS and OSC modes at start and end
SEQUENCES = re.compile(
    rb"\x1b\[[0-9;:?<>=]*[ -/]?[@-~]"  # CSI
    rb"|\x1b[()][A-Z0-9]|\x1b[=>78]"
    rb"|\x1bP[^\x1b]*\x1b\\"  # DCS: queries the terminal's capabilities
    rb"|\x1b\]1[01];\?\x1b\\"  # OSC 10 and 11: query its colours
    rb"|\x1b\]22;[a-z]+\x07"  # OSC 22: the pointer's shape
)
ERASES = re.compile(rb"\x1b\[[23]J")


def poison(ctx: AppContext) -> int:
    """Put hostile words into every text written by the rep or others. Returns how many."""
    count = 0
    with closing(sqlite3.connect(ctx.path)) as handle:
        for table, columns in TEXTS.items():
            for column in columns.split():
                for (row_id,) in handle.execute(f"SELECT id FROM {table} ORDER BY id DESC LIMIT 400").fetchall():
                    word = HOSTILE[count % len(HOSTILE)][:150].encode("utf-8", "replace").decode()
                    handle.execute(f"UPDATE {table} SET {column} = ? WHERE id = ?", (f"{word}{row_id}", row_id))
                    count += 1
        handle.execute("DELETE FROM laid_day")
        handle.commit()
    return count


@pytest.mark.parametrize("size", [(120, 36), (60, 20)][: often(1, 2)])
def test_only_printable_text_reaches_the_terminal(tmp_path: Path, size: tuple[int, int]) -> None:
    ctx = context_at(tmp_path)
    demo.build(ctx, 1)
    people.add(ctx, "Kim", {})
    complaints.add(ctx, "late", contact="Kim", kind="delivery")
    meetings.add(ctx, "Hanbit", Due(NOW.date(), NOW.time().replace(hour=15)), place="office")
    calendar.set_days(ctx, [Period(NOW.date() + timedelta(days=3), NOW.date() + timedelta(days=3))], None, "trip")
    assert poison(ctx) > 1_000
    with closing(TodayStore(ctx)) as live:
        live.read()
    env = {**environment(ctx), "PLANNER_NOW": f"{NOW:%Y-%m-%dT%H:%M}"}
    with Terminal(PLANNER, env, size=size) as terminal:
        terminal.wait(b"help")
        terminal.settle(0.5)
        for key in SCREENS:
            terminal.press("," if key == "comma" else key)
            until = time.perf_counter() + 3
            while time.perf_counter() < until and terminal.read(0.4):
                pass
            for move in ("\x1b[B", "\x1b[B", "\t", "\x1b[B", "\x1b", "1"):
                terminal.press(move)
                terminal.settle(0.1)
        began = len(terminal.output)
        terminal.press("\x11")
        for _ in range(50):
            try:
                terminal.read(0.2)
            except EOFError:
                break
        assert began > 20_000, "the screens were never painted"
        assert b"omething went wrong" not in terminal.output, terminal.text()[-2000:]
        said = terminal.output
    left = SEQUENCES.sub(b"", said)
    text = left.decode("utf-8")  # strict, so no stray byte either
    # a zero-width joiner is allowed, because it joins family emoji
    assert {hex(ord(letter)) for letter in text if not letter.isprintable() and letter not in "\r\n\u200d"} == set()
    for sequence in (b"\x1b]52", b"\x1b]8;", b"\xc2\x9b", b"\xe2\x80\xae"):
        assert sequence not in said
    assert len(ERASES.findall(said)) <= 3, "a screen was erased by what stands in it"
