"""The server of the phone's page, asked as a stranger would: by tokens, hosts, origins, sizes, garbage and problems."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the extra `phone` isn't installed")

from starlette.types import ASGIApp

from planner import paths
from planner.domain.errors import DatabaseProblem, ProtectedTime, StateError, WhichContact
from planner.exchange.web import files, server
from planner.exchange.web.server import Limit, Refused, Server

PAGE = "https://pc.example.ts.net"
HEADERS = {"Origin": PAGE, "Authorization": "Bearer right", "Sec-Fetch-Site": "same-origin"}


class Desk:
    """A rep who knows one token, and may have a problem."""

    def __init__(self) -> None:
        self.problem: Exception | None = None
        self.done: list[Mapping[str, Any]] = []
        self.left: list[int] = []

    def pair(self, code: str, name: str) -> str | None:
        return "right" if code == "good" else None

    def phone_of(self, token: str) -> int | None:
        return 1 if token == "right" else None

    def leave(self, number: int) -> None:
        self.left.append(number)

    def state(self, *, whole: bool) -> dict[str, Any]:
        return {"name": "김민수 </script>\u2028", "whole": whole}

    def carry_out(self, body: Mapping[str, Any]) -> tuple[str, list[str]]:
        if self.problem is not None:
            raise self.problem
        self.done.append(body)
        return "done", []

    def undo(self, body: Mapping[str, Any]) -> str:
        return "undone"

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {"text": "read"}

    def after(self) -> None:
        pass

    def refresh(self) -> None:
        pass


@dataclass
class Answer:
    """What came back."""

    status_code: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


class Client:
    """Asks the server without a socket. The order and spelling of headers are as given."""

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app, self._host = app, host
        self.loop = asyncio.Runner()

    def request(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None, *,
        parts: Iterable[bytes] | None = None,
    ) -> Answer:  # fmt: skip
        """Send a request: a body as JSON, or parts as they are."""
        given = {"Host": self._host, **(headers or {})}
        if parts is None:
            parts = [] if body is None else [json.dumps(body).encode()]
            if body is not None:
                given.setdefault("Content-Type", "application/json")
        waiting = iter([*parts] if isinstance(parts, list) else parts)
        if isinstance(parts, list):
            given.setdefault("Content-Length", str(sum(len(part) for part in parts)))
        scope = {
            "type": "http", "http_version": "1.1", "method": method, "scheme": "http", "path": path,
            "raw_path": path.encode(), "root_path": "", "query_string": b"", "client": ("127.0.0.1", 5), "server": None,
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in given.items()],
        }  # fmt: skip
        found: list[Any] = []

        async def receive() -> Any:
            part = next(waiting, None)
            return {"type": "http.request", "body": part or b"", "more_body": part is not None}

        async def send(message: Any) -> None:
            found.append(message)

        self.loop.run(self._app(scope, receive, send))  # type: ignore[arg-type]
        headers_ = {name.decode(): value.decode() for name, value in found[0]["headers"]}
        return Answer(found[0]["status"], headers_, b"".join(each.get("body", b"") for each in found[1:]))

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.request("GET", path, headers=headers)

    def post(self, path: str, headers: Mapping[str, str], body: object = None, **more: Any) -> Answer:
        return self.request("POST", path, body, headers, **more)


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


@pytest.fixture(scope="module")
def running(desk: Desk) -> Iterator[tuple[Server, Client]]:
    found = Server(desk, [PAGE, "http://127.0.0.1:8765"])
    client = Client(found.app(), "pc.example.ts.net")
    yield found, client
    client.loop.close()
    found.close()


@pytest.fixture
def client(running: tuple[Server, Client], desk: Desk) -> Client:
    running[0]._limit = Limit()
    desk.problem, desk.done = None, []
    return running[1]


def test_only_a_paired_phone_gets_data_and_nothing_keeps_it(client: Client, desk: Desk) -> None:
    found = client.get("/api/state", headers=HEADERS)
    assert found.status_code == 200 and found.json()["whole"] is True
    assert found.headers["cache-control"] == "no-store" and found.headers["x-content-type-options"] == "nosniff"
    for token in ("", "Bearer", "Bearer wrong", "Basic right", "bearer right2", "Bearer right right"):
        for path in ("state", "act", "undo", "read", "leave"):
            ask: Any = client.get if path == "state" else client.post
            refused = ask(f"/api/{path}", {**HEADERS, "Authorization": token})
            assert refused.status_code in (401, 429) and "김민수" not in refused.text
    assert desk.done == [] and desk.left == []


def test_wrong_tokens_are_limited_and_the_right_one_still_gets_in(client: Client) -> None:
    wrong = {**HEADERS, "Authorization": "Bearer wrong"}
    found = [client.get("/api/state", headers=wrong).status_code for _ in range(12)]
    assert found == [401] * 10 + [429] * 2
    assert client.post("/api/pair", HEADERS, {"code": "bad", "name": "x"}).status_code == 429
    assert client.get("/api/state", headers=HEADERS).status_code == 200
    now = [0.0]
    limit = Limit(lambda: now[0])
    for _ in range(10):
        limit.note()
    with pytest.raises(Refused):
        limit.note()
    now[0] = 61.0
    limit.note()


def test_other_sites_and_other_names_get_nothing(client: Client, desk: Desk) -> None:
    def status(path: str = "/api/act", method: str = "POST", **more: str) -> int:
        headers = {**HEADERS, **{name.replace("_", "-"): value for name, value in more.items()}}
        headers = {name: value for name, value in headers.items() if value != "-"}
        return client.request(method, path, {} if method == "POST" else None, headers).status_code

    assert status() == 200
    # another origin, none at all, an opaque one, one that begins alike
    for origin in (
        "https://evil.example",
        "-",
        "null",
        f"{PAGE}.evil.example",
        PAGE.replace("https", "http"),
        "https://",
    ):
        assert status(Origin=origin) == 403, origin
    assert status("/api/state", "GET", Origin="https://evil.example") == 403
    assert status("/api/state", "GET", Origin="-") == 200  # a browser names no origin when it reads its own
    for site in ("cross-site", "same-site"):
        assert status(Sec_Fetch_Site=site) == 403 and status("/api/state", "GET", Sec_Fetch_Site=site) == 403
    assert status(Sec_Fetch_Site="none") == 403
    # a name pointed at this computer (DNS rebinding)
    for host in (
        "evil.example",
        "127.0.0.1:9999",
        "pc.example.ts.net.evil.example",
        "pc.example.ts.net:444",
        "10.0.0.1",
    ):
        assert status(Host=host) == 403, host
        assert status("/", "GET", Host=host) == 403, host
    assert status(Host="127.0.0.1:8765", Origin="http://127.0.0.1:8765") == 200
    assert status("/", "GET", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate", Origin="-") == 200  # a link
    assert status("/worker.js", "GET", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors", Origin="-") == 403
    assert len(desk.done) == 2
    # neither a form nor a preflight gets through
    form = {**HEADERS, "Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/api/act", form, parts=[b"uid=a"]).status_code == 400
    preflight = client.request("OPTIONS", "/api/act", headers={"Origin": "https://evil.example"})
    assert preflight.status_code == 403 and "access-control-allow-origin" not in preflight.headers


def test_a_server_on_all_addresses_takes_numbers_but_no_names() -> None:
    found = Server(Desk(), ["http://192.168.1.20:8765"], anywhere=True)
    client = Client(found.app(), "192.168.1.20:8765")
    for host, status in (
        ("192.168.1.20:8765", 200), ("10.1.2.3:8765", 200), ("[fd00::1]:8765", 200), ("evil.example:8765", 403),
        ("10.1.2.3.evil.example", 403), ("", 403),
    ):  # fmt: skip
        assert client.get("/", {"Host": host}).status_code == status, host
        origin = {"Host": host, "Origin": f"http://{host}", "Authorization": "Bearer right"}
        assert client.post("/api/act", origin, {}).status_code == status, host
    client.loop.close()
    found.close()


def test_sizes_and_garbage(client: Client, desk: Desk) -> None:
    def status(content: bytes, kind: str = "application/json") -> int:
        return client.post("/api/act", {**HEADERS, "Content-Type": kind}, parts=[content]).status_code

    assert status(b"{" + b" " * 10_000_000 + b"}") == 413
    assert status(b"x" * (server.MOST_BODY + 1)) == 413

    def endless() -> Iterator[bytes]:
        for _ in range(1_000):
            yield b" " * 1_000

    assert client.post("/api/act", HEADERS, parts=endless()).status_code == 413
    for garbage in (b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"[" * 60_000, b'{"a": "\\ud800"}', b"null", b"{}x"):
        assert status(garbage) == 400, garbage[:20]
    assert status(b"{}", "text/plain") == 400  # what a form of another site could send
    assert status(b"{}", "application/json; charset=utf-8") == 200
    assert client.get("/api/act", headers=HEADERS).status_code == 405
    assert client.get("/../planner.db", headers=HEADERS).status_code == 404
    assert client.post("/api/pair", HEADERS, {"code": 7}).status_code == 400
    assert client.post("/api/pair", HEADERS, {"code": "bad", "name": "x"}).status_code == 403
    assert client.post("/api/pair", HEADERS, {"code": "good", "name": "x"}).json() == {"token": "right"}


def test_problems_say_whether_to_try_again_and_leave_no_client_in_the_log(client: Client, desk: Desk) -> None:
    def told(problem: Exception) -> tuple[int, dict[str, Any]]:
        desk.problem = problem
        found = client.post("/api/act", HEADERS, {})
        assert found.headers["cache-control"] == "no-store"
        return found.status_code, found.json()

    assert told(DatabaseProblem("The disk is full.")) == (503, {"error": "The disk is full."})
    assert told(StateError("It is done.")) == (409, {"error": "It is done.", "insist": False})
    assert told(ProtectedTime("Family time."))[1]["insist"] is True
    which = told(WhichContact("Several.", "Kim", ((1, "Kim, Hanbit"), (2, "Kim, Daehan"))))
    assert which[1]["candidates"] == [[1, "Kim, Hanbit"], [2, "Kim, Daehan"]]
    code, body = told(RuntimeError("Kim Minsu, +82 2 555 0101"))
    assert code == 500 and body["error"] == "Something went wrong (RuntimeError). This is a bug in planner."
    log = Path(paths.log_dir(), "planner.log").read_text(encoding="utf-8")
    assert "RuntimeError" in log and "Kim" not in log


def test_the_page_may_run_its_own_script_and_nothing_else(client: Client) -> None:
    found = client.get("/", headers={"Sec-Fetch-Site": "none"})
    policy = found.headers["content-security-policy"]
    assert "'unsafe" not in policy and "http" not in policy and policy.startswith("default-src 'none'; ")
    assert len(re.findall("'sha256-", policy)) == 2
    text = found.text
    assert len(found.content) <= 60_000
    assert re.findall(r"(?:src|href)=\"([^\"]+)\"", text) == ["/manifest.webmanifest", "/icon.svg"]
    assert "https://" not in re.sub(r'placeholder: "https://[^"]*"', "", text) and "http://" not in text
    script = text.partition("<script>")[2]
    for unsafe in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "DOMParser"):
        assert unsafe not in script, unsafe
    assert " style=" not in text and " onclick" not in text
    assert "{build}" not in client.get("/worker.js").text
    assert json.loads(client.get("/manifest.webmanifest").text)["start_url"] == "/"
    assert files.policy(text) == policy
