"""Calendars that are subscribed to: what a server's answer does to the day, and what no answer can do."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from planner import platform
from planner.clock import FixedClock
from planner.domain.day.events import Subscription
from planner.domain.day.tasks import Due
from planner.domain.errors import InputError, PlannerError, StateError
from planner.exchange.day import feed
from planner.services import history
from planner.services.context import AppContext
from planner.services.day import calendars, events, meetings
from planner.services.day.today_store import TodayStore

NOW = datetime(2026, 12, 2, 8, 10)


def event(uid: str, start: str = "20261202T100000", title: str = "Team sync", *more: str) -> str:
    hour = f"{int(start[9:11]) + 1:02}"
    lines = [f"UID:{uid}", f"DTSTART:{start}", f"DTEND:{start[:9]}{hour}{start[11:]}", f"SUMMARY:{title}", *more]
    return "".join(f"{line}\r\n" for line in ["BEGIN:VEVENT", "DTSTAMP:20261101T000000Z", *lines, "END:VEVENT"])


def calendar(*parts: str, name: str = "") -> bytes:
    head = f"X-WR-CALNAME:{name}\r\n" if name else ""
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{head}{''.join(parts)}END:VCALENDAR\r\n".encode()


class Server:
    """A web server whose answers a test sets: `say(body, status, headers)`, or a function that writes one itself."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.path, dict(self.headers)))
                (outer.answers.get(self.path) or outer.answers[""])(self)

            def log_message(self, format: str, *args: object) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def say(self, body: bytes, status: int = 200, path: str = "", **headers: str) -> None:
        """Answer so from now on."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            told = {name.replace("_", "-"): value for name, value in headers.items()}
            for name, value in {"Content-Type": "text/calendar", "Content-Length": str(len(body)), **told}.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(body)

        self.answers[path] = answer

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    yield found
    found.close()


@pytest.fixture
def ctx(tmp_path: Path) -> AppContext:
    return AppContext(str(tmp_path / "planner.db"), FixedClock(NOW), str(tmp_path / "config.toml"))


def subscribe(ctx: AppContext, server: Server, name: str = "Work", path: str = "/cal") -> calendars.Refreshed:
    return calendars.subscribe(ctx, name, server.url + path, local=True)


def refresh(ctx: AppContext, name: str = "Work") -> calendars.Refreshed:
    return calendars.refresh(ctx, calendars.find(ctx, name))


def on_day(ctx: AppContext, day: int = 2) -> list[tuple[str, str, str]]:
    """The meetings of a day as Day shows them: start, title, calendar."""
    with closing(TodayStore(ctx)) as live:
        today = live.read(datetime(2026, 12, day).date())
    return [(block.start, block.title, block.calendar) for block in today.blocks if block.position is None]


def test_what_is_moved_or_gone_there_is_moved_or_gone_here(ctx: AppContext, server: Server) -> None:
    server.say(calendar(event("a"), event("b", "20261202T140000", "Kim 김민수 [x]")))
    assert subscribe(ctx, server).counts.made == 2
    assert on_day(ctx) == [("10:00", "Team sync", "Work"), ("14:00", "Kim 김민수 [x]", "Work")]
    before = {each.title: each.id for each in meetings.list_meetings(ctx)}
    server.say(calendar(event("a", "20261202T110000"), event("c", "20261202T160000", "New")))
    counts = refresh(ctx).counts
    assert (counts.made, counts.changed, counts.gone) == (1, 1, 1)
    assert on_day(ctx) == [("11:00", "Team sync", "Work"), ("16:00", "New", "Work")]
    assert {each.title: each.id for each in meetings.list_meetings(ctx)}["Team sync"] == before["Team sync"]
    assert history.changes(ctx) == []  # derived: there is nothing to undo


def test_exceptions_of_a_series_follow(ctx: AppContext, server: Server) -> None:
    server.say(calendar(event("s", "20261202T130000", "Standup", "RRULE:FREQ=DAILY")))
    subscribe(ctx, server)
    assert on_day(ctx, 3) == [("13:00", "Standup", "Work")]
    moved = event("s", "20261203T150000", "Standup late", "RECURRENCE-ID:20261203T130000")
    server.say(calendar(event("s", "20261202T130000", "Standup", "RRULE:FREQ=DAILY", "EXDATE:20261204T130000"), moved))
    refresh(ctx)
    assert [on_day(ctx, day) for day in (3, 4, 5)] == [
        [("15:00", "Standup late", "Work")],
        [],
        [("13:00", "Standup", "Work")],
    ]


def test_declined_take_no_time_and_tentative_are_marked(ctx: AppContext, server: Server) -> None:
    Path(ctx.settings_path).write_text(
        '[mail.accounts.work]\nhost = "imap.example.org"\nuser = "Rep@example.org"\n', encoding="utf-8"
    )
    no = event("n", "20261202T100000", "No", "ATTENDEE;PARTSTAT=DECLINED:mailto:rep@example.org")
    perhaps = event("p", "20261202T120000", "Perhaps", "ATTENDEE;PARTSTAT=TENTATIVE:mailto:rep@example.org")
    server.say(calendar(no, perhaps))
    subscribe(ctx, server)
    assert on_day(ctx) == [("12:00", "Perhaps (tentative)", "Work")]


WRONG: dict[str, tuple[bytes, int, dict[str, str], str]] = {
    "404": (b"", 404, {}, "no calendar at this address"),
    "410": (b"", 410, {}, "gone for good"),
    "401": (b"", 401, {}, "user name and a password"),
    "403": (b"", 403, {}, "secret address"),
    "500": (b"oops", 500, {}, r"an error \(500\)"),
    "a sign-in page": (b"<!DOCTYPE html><html><body>Sign in</body></html>", 200, {}, "a web page"),
    "nothing": (b"", 200, {}, "it is empty"),
    "blank": (b"\r\n \r\n", 200, {}, "it is empty"),
    "JSON": (b'{"error": 1}', 200, {}, "something else"),
    "cut off": (calendar(event("a"))[:-30], 200, {}, "ends in the middle"),
    "cut in an event": (calendar(event("a"))[:90], 200, {}, "ends in the middle"),
    "short of its length": (calendar(event("b")), 200, {"Content_Length": "9999"}, "stopped in the middle"),
    "a broken gzip": (b"\x1f\x8b nonsense", 200, {"Content_Encoding": "gzip"}, "can't be read"),
    "a cut gzip": (gzip.compress(calendar(event("b")))[:-12], 200, {"Content_Encoding": "gzip"}, "can't be read"),
    "END before BEGIN": (b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", 200, {}, "can't be used"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_bad_answer_removes_nothing_and_is_said(ctx: AppContext, server: Server, kind: str) -> None:
    server.say(calendar(event("a")))
    subscribe(ctx, server)
    body, status, headers, said = WRONG[kind]
    server.say(body, status, **headers)
    found = refresh(ctx)
    with pytest.raises(PlannerError, match=said):
        raise PlannerError(found.problem)
    assert "/cal" not in found.problem
    assert on_day(ctx) == [("10:00", "Team sync", "Work")]
    [line] = calendars.list_calendars(ctx)
    assert line.calendar.problem == found.problem and line.fetched == NOW
    server.say(calendar(event("a"), event("b", "20261202T150000")))
    assert refresh(ctx).counts.made == 1
    assert calendars.list_calendars(ctx)[0].calendar.problem == ""


def test_a_calendar_that_cannot_be_read_is_not_subscribed_to(ctx: AppContext, server: Server) -> None:
    server.say(b"<html>Sign in</html>")
    with pytest.raises(PlannerError, match="a web page"):
        subscribe(ctx, server)
    assert calendars.list_calendars(ctx) == []
    assert not os.path.exists(ctx.path)


def test_one_broken_event_keeps_itself_but_not_the_others(ctx: AppContext, server: Server) -> None:
    server.say(calendar(event("a"), event("b", "20261202T140000", "Other")))
    subscribe(ctx, server)
    server.say(calendar(event("a").replace("DTSTART:20261202T100000", "DTSTART:nonsense")))
    assert refresh(ctx).counts.gone == 1
    assert on_day(ctx) == [("10:00", "Team sync", "Work")]


def test_an_empty_calendar_is_believed_the_second_time(ctx: AppContext, server: Server) -> None:
    server.say(calendar(event("a")), ETag='"1"')
    subscribe(ctx, server)
    server.say(calendar(), ETag='"2"')
    first = refresh(ctx)
    assert "empty" in first.notices[0] and on_day(ctx) != []
    assert refresh(ctx).counts.gone == 1
    assert on_day(ctx) == []
    assert refresh(ctx).unchanged


def test_an_empty_answer_between_two_whole_ones_changes_nothing(ctx: AppContext, server: Server) -> None:
    server.say(calendar(event("a")), ETag='"1"')
    subscribe(ctx, server)
    server.say(calendar())
    refresh(ctx)
    server.say(calendar(event("a")), ETag='"1"')
    assert refresh(ctx).counts.same == 1
    server.say(calendar())
    assert "empty" in refresh(ctx).notices[0]
    assert on_day(ctx) == [("10:00", "Team sync", "Work")]


def test_nothing_is_read_again_that_has_not_changed(ctx: AppContext, server: Server) -> None:
    server.say(calendar(event("a")), ETag='"1"', Last_Modified="Tue, 01 Dec 2026 00:00:00 GMT")
    subscribe(ctx, server)
    server.say(b"", 304)
    assert refresh(ctx).unchanged
    assert refresh(ctx).unchanged
    for _, headers in server.asked[1:]:
        assert headers["If-None-Match"] == '"1"'
        assert headers["If-Modified-Since"] == "Tue, 01 Dec 2026 00:00:00 GMT"
    # a server that sends everything again, with the stamps of now (Google), or with another tag (Radicale)
    server.say(calendar(event("a")).replace(b"20261101T000000Z", b"20261202T081000Z"), ETag='"2"')
    assert refresh(ctx).unchanged
    assert server.asked[-1][1]["If-None-Match"] == '"1"'


def test_what_was_marked_here_and_what_is_over_stays(ctx: AppContext, server: Server) -> None:
    old = event("old", "20261130T100000", "Monday")
    server.say(calendar(old, event("a", "20261202T070000", "Early"), event("b", "20261202T090000", "Nine")))
    subscribe(ctx, server)
    early = next(each for each in meetings.list_meetings(ctx) if each.title == "Early")
    meetings.end(ctx, early.id, meetings.HELD)
    server.say(calendar(event("z", "20261209T100000", "Later")))
    assert refresh(ctx).counts.gone == 1
    assert on_day(ctx) == [("07:00", "Early", "Work")]
    with closing(TodayStore(ctx)) as live:
        assert live.read().counts["meetings_held"] == 1
    assert refresh(ctx).unchanged
    history.undo(ctx)
    with closing(TodayStore(ctx)) as live:
        assert live.read().counts["meetings_held"] == 0


def test_an_event_on_two_calendars_is_there_once_and_stays_with_the_other(ctx: AppContext, server: Server) -> None:
    both = event("a")
    server.say(calendar(both), path="/one")
    server.say(calendar(both, event("b", "20261202T150000", "Mine")), path="/two")
    subscribe(ctx, server, "One", "/one")
    found = subscribe(ctx, server, "Two", "/two")
    assert "already on another calendar" in found.notices[-1]
    assert on_day(ctx) == [("10:00", "Team sync", "One"), ("15:00", "Mine", "Two")]
    server.say(calendar(event("x", "20261210T100000")), path="/one")
    refresh(ctx, "One")
    refresh(ctx, "Two")
    assert on_day(ctx) == [("10:00", "Team sync", "Two"), ("15:00", "Mine", "Two")]


def test_what_was_imported_from_a_file_becomes_the_calendars(ctx: AppContext, server: Server, tmp_path: Path) -> None:
    file = tmp_path / "work.ics"
    file.write_bytes(calendar(event("a"), event("b", "20261202T150000", "Gone there")))
    events.import_calendar(ctx, str(file))
    server.say(calendar(event("a")))
    subscribe(ctx, server)
    assert on_day(ctx) == [("10:00", "Team sync", "Work"), ("15:00", "Gone there", "")]
    history.undo(ctx)
    assert on_day(ctx) == [("10:00", "Team sync", "Work")]


def test_its_meetings_cannot_be_moved_or_dropped_here(ctx: AppContext, server: Server) -> None:
    server.say(calendar(event("a")))
    subscribe(ctx, server)
    [found] = meetings.list_meetings(ctx)
    with pytest.raises(StateError, match="on your calendar Work"):
        meetings.drop(ctx, found.id)
    with pytest.raises(StateError, match="on your calendar Work"):
        meetings.edit(ctx, found.id, title="Mine")


def test_unsubscribing_takes_what_is_to_come(ctx: AppContext, server: Server) -> None:
    server.say(calendar(event("old", "20261130T100000"), event("a"), event("b", "20261209T100000")))
    subscribe(ctx, server)
    _, gone = calendars.unsubscribe(ctx, "work")
    assert gone == 2
    assert (on_day(ctx), calendars.list_calendars(ctx)) == ([], [])
    server.say(calendar(event("a")))
    subscribe(ctx, server)
    assert on_day(ctx) == [("10:00", "Team sync", "Work")]


# the address


def test_the_address_is_only_in_the_keyring(ctx: AppContext, server: Server, keys: dict[str, str]) -> None:
    server.say(calendar(event("a")))
    subscribe(ctx, server, path="/secret-3141")
    assert list(keys.values()) == [server.url + "/secret-3141"]
    for folder, _, names in os.walk(os.path.dirname(ctx.path)):
        for name in names:
            assert b"secret-3141" not in Path(folder, name).read_bytes(), name
    calendars.unsubscribe(ctx, "Work")
    assert keys == {}


def test_without_a_keyring_it_is_in_a_file_of_the_reps_alone(
    ctx: AppContext, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "keep_key", lambda name, key: False)
    server.say(calendar(event("a")))
    found = subscribe(ctx, server)
    file = Path(ctx.settings_path).parent / "secrets.json"
    assert str(file) in found.notices[0]
    assert list(json.loads(file.read_text(encoding="utf-8")).values()) == [server.url + "/cal"]
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert refresh(ctx).unchanged
    file.write_text("{", encoding="utf-8")
    assert "can't be read" in refresh(ctx).problem
    file.unlink()
    assert "doesn't have the calendar's address" in refresh(ctx).problem
    calendars.unsubscribe(ctx, "Work")


def test_the_address_may_come_from_elsewhere(
    ctx: AppContext, server: Server, monkeypatch: pytest.MonkeyPatch, keys: dict[str, str]
) -> None:
    server.say(calendar(event("a")))
    monkeypatch.setenv("WORK_CALENDAR", server.url + "/cal")
    calendars.subscribe(ctx, "Work", "env:WORK_CALENDAR", local=True)
    assert keys == {}
    assert refresh(ctx).unchanged
    monkeypatch.delenv("WORK_CALENDAR")
    assert "isn't set" in refresh(ctx).problem


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Give the address"),
        ("ftp://example.org/a.ics", "isn't an address"),
        ("https://", "isn't an address"),
        ("https://exa mple.org/", "isn't an address"),
        ("https://example.org:port/", "isn't an address"),
        ("file:///etc/passwd", "isn't an address"),
        ("example.org/a.ics", "isn't an address"),
        ("http://example.org/a.ics", "unencrypted"),
        ("vdir:/no/such/folder", "doesn't exist"),
    ],
)
def test_what_is_no_address_is_refused(ctx: AppContext, typed: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        calendars.subscribe(ctx, "Work", typed)


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, "WORK"])
def test_a_name_is_short_and_the_only_one(ctx: AppContext, server: Server, name: str) -> None:
    server.say(calendar(event("a")))
    subscribe(ctx, server)
    with pytest.raises(PlannerError):
        subscribe(ctx, server, name)


@pytest.mark.parametrize(
    "text",
    [
        "webcal://example.org/a.ics",
        "WEBCAL://example.org/a.ics",
        "<https://example.org/a.ics>",
        "https://example.org/a.ics#x",
    ],
)
def test_addresses_are_read_as_they_are_copied(text: str) -> None:
    assert feed.parse_address(text).geturl() == "https://example.org/a.ics"


# the network


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.8", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "0.0.0.0"),
        *("::1", "fd00::1", "::ffff:127.0.0.1", "fe80::1%eth0"),
    ],
)
def test_addresses_of_the_machine_and_its_network_are_told(address: str) -> None:
    assert not feed._is_public(address)


def test_public_addresses_are_told() -> None:
    assert feed._is_public("93.184.215.14") and feed._is_public("2606:2800:21f:cb07:6820:80da:af6b:8b2c")


def fetch(server: Server, path: str = "/cal", *, local: bool = True) -> feed.Answer:
    return feed.fetch(server.url + path, etag="", modified="", local=local, stop=threading.Event())


def test_this_machine_is_only_asked_when_allowed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.say(calendar(event("a")))
    monkeypatch.setattr(feed, "parse_address", lambda text, local=False: urlsplit(text))
    with pytest.raises(feed.FetchFailed, match="--local"):
        fetch(server, local=False)
    assert server.asked == []  # not even the path was told


def test_redirects_are_followed_a_few_times(server: Server) -> None:
    server.say(b"", 301, path="/cal", Location="/new?a=1")
    server.say(calendar(event("a")), path="/new?a=1")
    assert fetch(server).body == calendar(event("a"))
    server.say(b"", 302, path="/cal", Location="/cal")
    with pytest.raises(feed.FetchFailed, match="keeps sending"):
        fetch(server)


@pytest.mark.parametrize("to", ["ftp://example.org/a", "file:///etc/passwd", "javascript:x"])
def test_redirects_elsewhere_are_not_followed(server: Server, to: str) -> None:
    server.say(b"", 302, Location=to)
    with pytest.raises(feed.FetchFailed, match="isn't safe"):
        fetch(server)


def test_a_redirect_from_https_stays_there() -> None:
    with pytest.raises(feed.FetchFailed, match="isn't safe"):
        feed._redirected(urlsplit("https://example.org/a"), "http://example.org/a", local=True)


def test_a_password_is_sent_to_its_own_server_only(server: Server) -> None:
    server.say(calendar(event("a")))
    url = server.url.replace("http://", "http://rep:p%40ss@")
    feed.fetch(f"{url}/cal", etag="", modified="", local=True, stop=threading.Event())
    assert server.asked[-1][1]["Authorization"] == "Basic cmVwOnBAc3M="
    here = urlsplit("https://rep:p@example.org/a")
    assert feed._redirected(here, "/b", local=False).netloc == "rep:p@example.org"
    assert feed._redirected(here, "https://other.org/b", local=False).netloc == "other.org"


def test_packed_answers_are_unpacked(server: Server) -> None:
    server.say(gzip.compress(calendar(event("a"))), Content_Encoding="gzip")
    assert fetch(server).body == calendar(event("a"))


def test_no_answer_is_larger_than_a_calendar(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "LARGEST", 100_000)
    for body, encoding in (
        (b"BEGIN:VCALENDAR" + b" " * 200_000, "identity"),
        (gzip.compress(b"BEGIN:VCALENDAR" + b" " * 50_000_000), "gzip"),
    ):
        server.say(body, Content_Encoding=encoding)
        with pytest.raises(feed.FetchFailed, match="sent more than"):
            fetch(server)


def test_a_server_that_never_ends_is_left(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while not done.wait(0.02):
                handler.wfile.write(b"B")
        except OSError:
            done.set()

    server.answers[""] = drip
    monkeypatch.setattr(feed, "PATIENCE", 0.3)
    with pytest.raises(feed.FetchFailed, match="in time"):
        fetch(server)
    assert done.wait(60)  # it hung up
    done.clear()
    stop = threading.Event()
    stop.set()
    with pytest.raises(feed.Stopped):
        feed.fetch(server.url + "/cal", etag="", modified="", local=True, stop=stop)


def test_nobody_there() -> None:
    with pytest.raises(feed.FetchFailed, match="can't be reached"):
        feed.fetch("http://127.0.0.1:9/cal", etag="", modified="", local=True, stop=threading.Event())


# when


def test_it_is_read_hourly_and_sooner_after_a_failure(ctx: AppContext, server: Server) -> None:
    server.say(calendar(event("a")))
    subscribe(ctx, server)
    clock = ctx.clock
    assert isinstance(clock, FixedClock)

    def due(minutes: int) -> int:
        clock.moment = NOW + timedelta(minutes=minutes)
        return len(list(calendars.refresh_due(ctx, threading.Event())))

    assert [due(30), due(59), due(60), due(61)] == [0, 0, 1, 0]
    server.say(b"", 500)
    assert [due(121), due(130), due(136), due(140)] == [1, 0, 1, 0]
    assert due(-500) == 1  # the clock was set back
    Path(ctx.settings_path).write_text("[calendar]\nrefresh = 0\n", encoding="utf-8")
    assert due(900) == 0


def test_due_of_one_never_tried() -> None:
    assert Subscription(1, "Work", "keyring:", "example.org", False).due(0, 3600)


# folders


def test_a_folder_is_followed(ctx: AppContext, tmp_path: Path) -> None:
    folder = tmp_path / "vdir"
    folder.mkdir()
    for uid, hour in (("a", "10"), ("b", "14")):
        (folder / f"{uid}.ics").write_bytes(calendar(event(uid, f"20261202T{hour}0000", uid)))
    calendars.subscribe(ctx, "Home", f"vdir:{folder}")
    assert [title for _, title, _ in on_day(ctx)] == ["a", "b"]
    assert refresh(ctx, "Home").unchanged
    (folder / "a.ics").unlink()
    assert refresh(ctx, "Home").counts.gone == 1
    (folder / "b.ics").write_bytes(b"BEGIN:VCALENDAR\r\nBEGIN:VEV")
    assert "can't be read" in refresh(ctx, "Home").problem
    assert [title for _, title, _ in on_day(ctx)] == ["b"]
    (folder / "b.ics").unlink()
    folder.rmdir()
    assert "can't be read" in refresh(ctx, "Home").problem
    assert [title for _, title, _ in on_day(ctx)] == ["b"]


# outwards


def test_the_days_are_published_and_kept_up_to_date(ctx: AppContext, server: Server, tmp_path: Path) -> None:
    server.say(calendar(event("a", title="Theirs")))
    subscribe(ctx, server)
    file = tmp_path / "sync" / "planner.ics"
    file.parent.mkdir()
    meeting = meetings.add(ctx, "Mine", Due(NOW.date(), datetime(2026, 12, 2, 15).time()))
    assert calendars.start_publishing(ctx, str(file)) == str(file)
    text = file.read_text(encoding="utf-8")
    assert "SUMMARY:Mine" in text and "SUMMARY:Calls" in text and "Theirs" not in text
    assert calendars.publish(ctx) is None  # unchanged, so no sync client has anything to do
    meetings.drop(ctx, meeting.id)
    assert calendars.publish(ctx) == str(file)
    assert "SUMMARY:Mine" not in file.read_text(encoding="utf-8")
    calendars.stop_publishing(ctx)
    assert calendars.publish(ctx) is None
    with pytest.raises(StateError, match="Nothing is published"):
        calendars.stop_publishing(ctx)


def test_nothing_else_is_overwritten(ctx: AppContext, tmp_path: Path) -> None:
    file = tmp_path / "theirs.ics"
    file.write_bytes(calendar(event("a")))
    with pytest.raises(StateError, match="wasn't written by planner"):
        calendars.start_publishing(ctx, str(file))
    assert calendars.publish_path(ctx) == ""
    assert file.read_bytes() == calendar(event("a"))


def test_a_published_calendar_that_comes_back_is_left_out(ctx: AppContext, tmp_path: Path) -> None:
    meetings.add(ctx, "Mine", Due(NOW.date(), datetime(2026, 12, 2, 15).time()))
    file = tmp_path / "planner.ics"
    calendars.start_publishing(ctx, str(file))
    calendars.subscribe(ctx, "Own", str(file))
    assert on_day(ctx) == [("15:00", "Mine", "")]


def test_the_table_says_nothing_of_the_address(ctx: AppContext, server: Server) -> None:
    server.say(calendar(event("a")))
    subscribe(ctx, server, path="/hidden")
    with closing(sqlite3.connect(ctx.path)) as handle:
        assert "/hidden" not in repr(handle.execute("SELECT * FROM calendar").fetchall())
