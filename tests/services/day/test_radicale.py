"""Subscribing to a calendar of a real server, Radicale: what is done there comes up on Day."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from http.client import HTTPConnection
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
import radicale.config
from radicale.app import Application

from planner.clock import FixedClock
from planner.services.context import AppContext
from planner.services.day import calendars
from planner.services.day.today_store import TodayStore
from tests.services.day.test_calendars import calendar, event

AUTHORIZATION = "Basic " + base64.b64encode(b"rep:secret").decode()


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


class Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Radicale:
    """A server with one user and one calendar."""

    def __init__(self, folder: Path) -> None:
        users = folder / "users"
        users.write_text("rep:secret\n", encoding="utf-8")
        found = radicale.config.load()
        found.update(
            {
                "auth": {
                    "type": "htpasswd",
                    "htpasswd_filename": str(users),
                    "htpasswd_encryption": "plain",
                    "delay": "0",
                },
                "storage": {"filesystem_folder": str(folder / "storage")},
                "logging": {"level": "critical"},
            },
            "test",
        )
        self._server = make_server("127.0.0.1", 0, Application(found), server_class=Threaded, handler_class=Quiet)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://rep:secret@127.0.0.1:{self._server.server_port}/rep/work/"
        assert self.ask("MKCALENDAR", "/rep/work/") == 201

    def ask(self, method: str, path: str, body: bytes = b"") -> int:
        """Send a request as the rep's phone would. Returns the status."""
        with closing(HTTPConnection("127.0.0.1", self._server.server_port, timeout=60)) as connection:
            headers = {"Authorization": AUTHORIZATION, "Content-Type": "text/calendar"}
            connection.request(method, path, body, headers)
            return connection.getresponse().status

    def put(self, uid: str, *parts: str) -> None:
        """Add an event, or change it."""
        assert self.ask("PUT", f"/rep/work/{uid}.ics", calendar(*parts)) in (201, 204)

    def delete(self, uid: str) -> None:
        assert self.ask("DELETE", f"/rep/work/{uid}.ics") == 200

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Radicale]:
    found = Radicale(tmp_path)
    yield found
    found.close()


def test_what_is_done_on_the_server_comes_up_on_day(tmp_path: Path, server: Radicale) -> None:
    ctx = AppContext(
        str(tmp_path / "planner.db"), FixedClock(datetime(2026, 12, 2, 8, 10)), str(tmp_path / "config.toml")
    )

    def on_day(day: int) -> list[tuple[str, str]]:
        with closing(TodayStore(ctx)) as live:
            blocks = live.read(date(2026, 12, day)).blocks
        return [(block.start, block.title) for block in blocks if block.calendar == "Work"]

    def refresh() -> calendars.Refreshed:
        found = calendars.refresh(ctx, calendars.find(ctx, "Work"))
        assert found.problem == ""
        return found

    server.put("a", event("a"))
    server.put("s", event("s", "20261202T130000", "Standup", "RRULE:FREQ=DAILY;COUNT=5"))
    calendars.subscribe(ctx, "Work", server.url, local=True)
    assert [on_day(day) for day in (2, 3)] == [[("10:00", "Team sync"), ("13:00", "Standup")], [("13:00", "Standup")]]
    assert refresh().unchanged

    server.put("b", event("b", "20261203T160000", "Ким 김민수"))  # added
    server.put("a", event("a", "20261202T110000"))  # moved
    server.put(
        "s",  # one day moved, one left out
        event("s", "20261202T130000", "Standup", "RRULE:FREQ=DAILY;COUNT=5", "EXDATE:20261204T130000"),
        event("s", "20261203T150000", "Standup", "RECURRENCE-ID:20261203T130000"),
    )
    counts = refresh().counts
    assert (counts.made, counts.changed, counts.gone) == (1, 2, 0)
    assert [on_day(day) for day in (2, 3, 4, 5)] == [
        [("11:00", "Team sync"), ("13:00", "Standup")],
        [("15:00", "Standup"), ("16:00", "Ким 김민수")],
        [],
        [("13:00", "Standup")],
    ]

    server.delete("a")
    server.delete("s")
    assert refresh().counts.gone == 2
    assert [on_day(day) for day in (2, 3, 5)] == [[], [("16:00", "Ким 김민수")], []]

    server.delete("b")
    assert "empty" in refresh().notices[0]
    assert refresh().counts.gone == 1
    assert on_day(3) == []

    assert server.ask("DELETE", "/rep/work/") == 200
    assert "no calendar at this address" in calendars.refresh(ctx, calendars.find(ctx, "Work")).problem
