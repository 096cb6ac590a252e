"""The server behind the phone's page: what it answers, to whom, and what it refuses.

It knows neither the database nor the rep: those are behind `Desk`. A request must name a host that this server is known
by (a page of another site could otherwise point its own name here), come from the page itself, and carry the token of a
paired phone. Nothing of a request is logged, and addresses carry no data.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from planner import failure
from planner.domain.errors import DatabaseProblem, NeedNotFound, PlannerError, ProtectedTime, WhichContact
from planner.exchange.web.files import Page

MOST_BODY = 64 * 1024
WRONG_TOKENS, WRONG_SECONDS = 10, 60.0
IDLE = 3.0  # seconds without an act after which the odds are computed again
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
NOT_PAIRED = "This phone isn't paired, or was revoked. Pair it again with the code that `planner phone` shows."
FOREIGN = "This request doesn't come from planner's own page."


class Desk(Protocol):
    """The rep's side. All but `refresh` are called from one thread."""

    def pair(self, code: str, name: str) -> str | None:
        """Pair a phone and return its token, None for a wrong code."""

    def phone_of(self, token: str) -> int | None:
        """Return the number of the phone with a token, None for nobody's."""

    def leave(self, number: int) -> None:
        """Let a phone go."""

    def state(self, *, whole: bool) -> dict[str, Any]:
        """Return what a phone shows. Without `whole`, only what an act may change."""

    def carry_out(self, body: Mapping[str, Any]) -> tuple[str, list[str]]:
        """Carry out an act, and return a sentence on it and remarks."""

    def undo(self, body: Mapping[str, Any]) -> str:
        """Undo an act, and return its name."""

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return how a typed line is understood."""

    def after(self) -> None:
        """Do what has time until an act is answered."""

    def refresh(self) -> None:
        """Compute what takes long, in a thread of its own."""


class Refused(Exception):
    """A request that isn't answered, with the status and the sentence that it gets instead."""

    def __init__(self, status: int, sentence: str, **more: object) -> None:
        super().__init__(status)
        self.status, self.sentence, self.more = status, sentence, more


class Limit:
    """Counts wrong tokens and codes. They are too long to be guessed, but nobody need try for free."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: deque[float] = deque(maxlen=WRONG_TOKENS)

    def note(self) -> None:
        """Note a wrong one. Raises Refused if there were too many within a minute."""
        now = self._clock()
        if len(self._wrong) == WRONG_TOKENS and now - self._wrong[0] < WRONG_SECONDS:
            raise Refused(429, "Too many wrong codes. Try again in a minute.")
        self._wrong.append(now)


class Server:
    """The routes and their checks. `origins` are the addresses that the page is opened at, such as
    ``https://pc.example.ts.net``. With `anywhere`, it may be opened at any numeric address too.
    """

    def __init__(self, desk: Desk, origins: Collection[str], *, anywhere: bool = False) -> None:
        self._desk = desk
        self._origins = frozenset(origins)
        self._hosts = frozenset(origin.partition("://")[2] for origin in origins)
        self._anywhere = anywhere
        self._pool = ThreadPoolExecutor(1, "planner-phone")
        self._limit = Limit()
        self._page = Page()
        self._idle: asyncio.Task[None] | None = None

    def app(self) -> ASGIApp:
        """Return the ASGI application."""
        routes = [
            *(Route(path, self._file, methods=["GET"]) for path in self._page.files),
            Route("/api/state", self._answer(self._state, body=False), methods=["GET"]),
            *(
                Route(f"/api/{name}", self._answer(call), methods=["POST"])
                for name, call in (("act", self._act), ("undo", self._undo), ("read", self._read))
            ),
            Route("/api/leave", self._answer(self._leave), methods=["POST"]),
            Route("/api/pair", self._answer(self._pair, paired=False), methods=["POST"]),
        ]
        app = Starlette(routes=routes)

        async def checked(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                return  # neither web sockets nor anything else

            async def marked(message: Any) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = [*message["headers"], *_HEADERS]
                await send(message)

            refused = self._foreign(Request(scope))
            await (_refusal(refused) if refused is not None else app)(scope, receive, marked)

        return checked

    def close(self) -> None:
        """Wait for what is under way."""
        self._pool.shutdown()

    # who may ask

    def _foreign(self, request: Request) -> Refused | None:
        """Return why a request isn't from our page, None if it is."""
        if not self._known_host(request.headers.get("host", "")):
            return Refused(403, "planner doesn't know this address as its own. Open the link that it has shown.")
        origin = request.headers.get("origin")
        if origin is None and request.method not in ("GET", "HEAD"):
            return Refused(403, FOREIGN)
        if origin is not None and not self._own_origin(origin):
            return Refused(403, FOREIGN)
        site = request.headers.get("sec-fetch-site", "same-origin")
        navigation = request.headers.get("sec-fetch-mode") == "navigate" and request.url.path == "/"
        if site != "same-origin" and not navigation and not (site == "none" and request.method == "GET"):
            return Refused(403, FOREIGN)
        return None

    def _known_host(self, host: str) -> bool:
        return host.lower() in self._hosts or (self._anywhere and _is_numeric(host))

    def _own_origin(self, origin: str) -> bool:
        scheme, _, host = origin.partition("://")
        return origin in self._origins or (self._anywhere and scheme == "http" and _is_numeric(host))

    async def _phone(self, request: Request) -> int:
        """Return the number of the phone that asks. Raises Refused for anybody else."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        number: int | None = None
        if kind.lower() == "bearer" and token:
            number = await self._in_turn(lambda: self._desk.phone_of(token))
        if number is None:
            if token:
                self._limit.note()
            raise Refused(401, NOT_PAIRED)
        return number

    # answers

    def _answer(self, call: Callable[..., Any], *, body: bool = True, paired: bool = True) -> Callable[[Request], Any]:
        """Return a handler that checks who asks, reads the body, and turns every problem into an answer."""

        async def handler(request: Request) -> Response:
            try:
                number = await self._phone(request) if paired else 0
                given = await _body(request) if body else {}
                found = await call(given, number)
            except Refused as refused:
                return _refusal(refused)
            except PlannerError as problem:
                return _refusal(_as_refusal(problem))
            except Exception as error:  # noqa: BLE001 - the last line of defence: the phone keeps the act and says so
                failure.write(error)
                sentence = f"Something went wrong ({type(error).__name__}). This is a bug in planner."
                return _refusal(Refused(500, sentence))
            return JSONResponse(found, headers={"Cache-Control": "no-store"})

        return handler

    async def _in_turn(self, call: Callable[[], Any]) -> Any:
        """Run something in the one thread that uses the database."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, call)

    async def _file(self, request: Request) -> Response:
        content, kind, headers = self._page.files[request.url.path]
        return Response(content, media_type=kind, headers=headers)

    async def _pair(self, body: Mapping[str, Any], number: int) -> dict[str, Any]:
        code, name = body.get("code"), body.get("name")
        if not isinstance(code, str) or not isinstance(name, str):
            raise Refused(400, "A code and a name are needed to pair a phone.")
        token = await self._in_turn(lambda: self._desk.pair(code, name))
        if token is None:
            self._limit.note()
            raise Refused(403, "This code isn't good any more. Show a new one on your computer and scan that.")
        return {"token": token}

    async def _leave(self, body: Mapping[str, Any], number: int) -> dict[str, Any]:
        await self._in_turn(lambda: self._desk.leave(number))
        return {}

    async def _state(self, body: Mapping[str, Any], number: int) -> dict[str, Any]:
        state: dict[str, Any] = await self._in_turn(lambda: self._desk.state(whole=True))
        if state.get("odds_old"):
            self._refresh_when_idle()
        return state

    async def _act(self, body: Mapping[str, Any], number: int) -> dict[str, Any]:
        def carry_out() -> dict[str, Any]:
            said, notices = self._desk.carry_out(body)
            return {"said": said, "notices": notices, "state": self._desk.state(whole=False)}

        found: dict[str, Any] = await self._in_turn(carry_out)
        self._refresh_when_idle()
        return found

    async def _undo(self, body: Mapping[str, Any], number: int) -> dict[str, Any]:
        def undo() -> dict[str, Any]:
            return {"said": self._desk.undo(body), "state": self._desk.state(whole=True)}

        found: dict[str, Any] = await self._in_turn(undo)
        self._refresh_when_idle()
        return found

    async def _read(self, body: Mapping[str, Any], number: int) -> dict[str, Any]:
        found: dict[str, Any] = await self._in_turn(lambda: self._desk.read(body))
        return found

    def _refresh_when_idle(self) -> None:
        """Compute the odds again once nothing was done for a moment, beside the thread that carries out acts."""

        async def refresh() -> None:
            await asyncio.sleep(IDLE)
            await self._in_turn(self._desk.after)
            await asyncio.to_thread(self._desk.refresh)

        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().create_task(refresh())


_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


def _refusal(refused: Refused) -> JSONResponse:
    headers = {"Cache-Control": "no-store"}
    if refused.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if refused.status == 429:
        headers["Retry-After"] = str(int(WRONG_SECONDS))
    return JSONResponse({"error": refused.sentence, **refused.more}, refused.status, headers)


def _as_refusal(problem: PlannerError) -> Refused:
    """Return how a problem is told: 503 may work later, 409 won't by itself, 400 never."""
    if isinstance(problem, DatabaseProblem):
        return Refused(503, str(problem))
    more: dict[str, object] = {"insist": isinstance(problem, (ProtectedTime, NeedNotFound))}
    if isinstance(problem, WhichContact):
        more["candidates"] = [[key, name] for key, name in problem.candidates]
    return Refused(400 if getattr(problem, "garbage", False) else 409, str(problem), **more)


async def _body(request: Request) -> Mapping[str, Any]:
    """Return the JSON object of a request. Raises Refused if it is too large or something else."""
    too_large = Refused(413, f"This is too large: {MOST_BODY // 1024} kB fit.")
    length = request.headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit() or int(length[:12]) > MOST_BODY:
        raise too_large
    data = b""
    async for part in request.stream():
        data += part
        if len(data) > MOST_BODY:
            raise too_large
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refused(400, "The request isn't JSON.")
    try:
        found = json.loads(data)
        json.dumps(found, ensure_ascii=False).encode()  # lone surrogates can't be stored
    except (ValueError, RecursionError) as error:
        raise Refused(400, "The request isn't JSON.") from error
    if not isinstance(found, dict):
        raise Refused(400, "The request isn't a JSON object.")
    return found


def _is_numeric(host: str) -> bool:
    """Whether a host is an address rather than a name, which nobody can point elsewhere."""
    name = host.rpartition(":")[0] if host.count(":") == 1 or (host.startswith("[") and "]:" in host) else host
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
