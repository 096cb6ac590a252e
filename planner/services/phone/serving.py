"""Serves the rep's phones: the desk behind the server, where it listens, and the link that pairs a phone.

Starlette, uvicorn and segno are an extra, which only this module and the server load.
"""

from __future__ import annotations

import importlib.util
import ipaddress
import socket
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from planner import platform
from planner.domain.errors import DatabaseProblem, InputError, StateError
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from planner.services.phone.acts import Acts
from planner.services.phone.devices import PairingCodes, Phones
from planner.services.phone.view import Overview
from planner.services.safety.daily_backup import back_up

if TYPE_CHECKING:
    import uvicorn

LOOPBACK = "127.0.0.1"
EXTRA = "The phone needs packages that aren't installed. Install them: pip install 'sales-planner[phone]'"
PACKAGES = ("starlette", "uvicorn", "segno")
AT_ONCE = 64  # connections
GRACE = 3  # seconds for what is under way when the server stops


class PhoneDesk:
    """What the server may ask for (`planner.exchange.web.server.Desk`), on a live connection of its own."""

    def __init__(self, ctx: AppContext, codes: PairingCodes) -> None:
        self._ctx = ctx
        self._codes = codes
        self._phones = Phones(ctx)
        self._live = TodayStore(ctx)
        self._acts, self._overview = Acts(ctx, self._live), Overview(ctx, self._live)

    def pair(self, code: str, name: str) -> str | None:
        if not self._codes.use(code):
            return None
        return self._phones.add(name)[1]

    def phone_of(self, token: str) -> int | None:
        return self._phones.number_of(token)

    def leave(self, number: int) -> None:
        self._phones.revoke(number)

    def state(self, *, whole: bool) -> dict[str, Any]:
        return self._overview.read(whole=whole)

    def carry_out(self, body: Mapping[str, Any]) -> tuple[str, list[str]]:
        said = self._acts.carry_out(body)
        notices, self._ctx.notices[:] = [*self._ctx.notices], []
        return said, notices

    def undo(self, body: Mapping[str, Any]) -> str:
        return self._acts.undo(body)

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._acts.read(body)

    def after(self) -> None:
        if self._ctx.backup_wanted:
            back_up(self._ctx)

    def refresh(self) -> None:
        with suppress(DatabaseProblem):  # the old odds stay, and the next act tells what is wrong with the file
            self._live.fresh_odds()

    def close(self) -> None:
        self._live.close()


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens, and the address at which phones open the page: that of a proxy, or its own. `anywhere`
    means that it listens on all addresses of this computer.
    """

    host: str
    port: int
    page: str
    anywhere: bool = False

    @property
    def origins(self) -> list[str]:
        """Return the addresses that the page may be opened at."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        found = [self.page, f"http://localhost:{self.port}", f"http://{LOOPBACK}:{self.port}"]
        return list(dict.fromkeys([*found, f"http://{shown}:{self.port}"]))

    @property
    def is_local(self) -> bool:
        """Whether the page can only be opened on this computer."""
        return _is_loopback(urlsplit(self.page).hostname or "")

    @property
    def is_secure(self) -> bool:
        """Whether nobody on the way can read along."""
        return self.page.startswith("https://") or self.is_local

    def link(self, code: str) -> str:
        """Return the link that pairs a phone. The code is behind a #, so that it is in no request and no log."""
        return f"{self.page}/#pair={code}"


def address(ctx: AppContext, listen: str | None, port: int | None, url: str | None) -> Address:
    """Return where to listen. Beyond this computer only if the rep said so with `listen`. Raises InputError."""
    chosen = int(ctx.config["phone.port"]) if port is None else port
    if not 1 <= chosen <= 65_535:
        raise InputError(f"{chosen} isn't a port. Choose one from 1024 to 65535.")
    host = LOOPBACK if listen is None else listen.strip("[]")
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        raise InputError(f"{listen!r} isn't an address of this computer, such as 192.168.1.20.") from None
    page = str(ctx.config["phone.url"]) if url is None else url
    if page:
        return Address(host, chosen, checked_url(page), anywhere=found.is_unspecified)
    shown = _own_address(found) if found.is_unspecified else host
    shown = f"[{shown}]" if ":" in shown else shown
    return Address(host, chosen, f"http://{shown}:{chosen}", anywhere=found.is_unspecified)


def checked_url(text: str) -> str:
    """Return the address of a page, without the slash at its end. Raises InputError for one that isn't just a host."""
    try:
        parts = urlsplit(text.strip())
        wanted = parts.scheme in ("https", "http") and parts.hostname and parts.path in ("", "/")
        if not wanted or parts.query or parts.fragment or parts.username or not text.isascii():
            raise ValueError
        port = "" if parts.port in (None, {"https": 443, "http": 80}[parts.scheme]) else f":{parts.port}"
    except ValueError:
        raise InputError(f"{text!r} isn't the address of a page, such as https://pc.example.ts.net.") from None
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else parts.hostname
    return f"{parts.scheme}://{host}{port}"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _own_address(any_address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """Return the address by which this computer reaches others. Nothing is sent to find out."""
    family, there = (socket.AF_INET, "192.0.2.1") if any_address.version == 4 else (socket.AF_INET6, "2001:db8::1")
    with closing(socket.socket(family, socket.SOCK_DGRAM)) as probe, suppress(OSError):
        probe.connect((there, 9))
        return str(probe.getsockname()[0])
    return LOOPBACK if any_address.version == 4 else "::1"


def require_extra() -> None:
    """Raise StateError if the packages aren't installed."""
    if any(importlib.util.find_spec(name) is None for name in PACKAGES):
        raise StateError(EXTRA)


def has_qr() -> bool:
    """Whether QR codes can be drawn."""
    return importlib.util.find_spec("segno") is not None


def qr_lines(link: str) -> list[str]:
    """Return a link as a QR code in half blocks: dark modules are blank, for terminals with a dark background, and a
    frame of light ones lets it be read on a light one too.
    """
    import segno

    rows = [[bool(module) for module in row] for row in segno.make(link, error="l", micro=False).matrix_iter(border=2)]
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    blocks = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
    return ["".join(blocks[pair] for pair in zip(*two, strict=True)) for two in zip(rows[::2], rows[1::2], strict=True)]


class PhoneServer:
    """A server that is ready to run: its port is taken, and the day is prepared."""

    def __init__(self, ctx: AppContext, where: Address) -> None:
        from planner.exchange.web.server import Server

        self.codes = PairingCodes(ctx)
        self.where = where
        self._socket = _bind(where)
        self._desk = PhoneDesk(ctx, self.codes)
        try:
            self._desk.state(whole=False)  # so that a locked or damaged database is told now, and the day is prepared
        except BaseException:
            self._socket.close()
            raise
        self._server = Server(self._desk, where.origins, anywhere=where.anywhere)
        self._uvicorn: uvicorn.Server | None = None

    def new_link(self) -> str:
        """Return a link that pairs one phone, within ten minutes."""
        return self.where.link(self.codes.new())

    def run(self, ready: Callable[[], object]) -> None:
        """Serve until `stop` or ctrl+c."""
        import uvicorn

        config = uvicorn.Config(
            self._server.app(), log_config=None, access_log=False, lifespan="off", ws="none", proxy_headers=False,
            server_header=False, log_level="critical", limit_concurrency=AT_ONCE, timeout_graceful_shutdown=GRACE,
        )  # fmt: skip
        self._uvicorn = uvicorn.Server(config)
        try:
            ready()
            with suppress(KeyboardInterrupt):  # uvicorn has stopped by then
                self._uvicorn.run(sockets=[self._socket])
        finally:
            self._server.close()
            self._desk.close()
            self._socket.close()

    def stop(self) -> None:
        """Stop from another thread."""
        if self._uvicorn is not None:
            self._uvicorn.should_exit = True


def _bind(where: Address) -> socket.socket:
    """Take the port. Raises StateError if that isn't possible."""
    family = socket.AF_INET6 if ":" in where.host else socket.AF_INET
    # with its protocol named, or asyncio wouldn't know that it is TCP and each answer would wait 40 ms for an ACK
    taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if not platform.windows():  # where this would let another program take the port as well
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((where.host, where.port))
        taken.listen(AT_ONCE)
        return taken
    except OSError as error:
        taken.close()
        raise StateError(
            f"planner can't listen on {where.host}, port {where.port}: {error.strerror}. If another planner serves the "
            "phone already, use that one; otherwise choose another port with --port."
        ) from error
