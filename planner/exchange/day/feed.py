"""Fetches a calendar's address over HTTPS, within limits of time and size.

On the standard library's `http.client`, because a client library would connect by itself: here the connected peer is
looked at before a request is sent, so that no address, redirect or name server can point planner at this machine or
its network. The address is a secret, so no sentence says more of it than its server.
"""

from __future__ import annotations

import base64
import http.client
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import planner
from planner.domain.errors import InputError, PlannerError

LARGEST = 100 * 2**20
PATIENCE = 60.0  # seconds for the whole answer
STEP = 15.0  # seconds for one step of it: connecting, a piece of the answer
PIECE = 64 * 1024
MOST_REDIRECTS = 5
SAFE = "/%?=&;:@!$'()*+,~[]"  # of a path, what is sent as it is: the rest is quoted
SCHEMES = {"webcal": "https", "webcals": "https", "https": "https", "http": "http"}
REDIRECTS = (301, 302, 303, 307, 308)
SENTENCES = {
    401: "{host} wants a user name and a password. Write them into the address: https://USER:PASSWORD@{host}/…",
    403: "{host} refuses to show it. Copy its secret address once more.",
    404: "{host} has no calendar at this address. It may have been deleted, or its address changed.",
    410: "{host} says it is gone for good.",
    429: "{host} was asked too often.",
}


class FetchFailed(PlannerError):
    """Raised with a sentence when a calendar can't be fetched. Nothing was changed."""


class Stopped(Exception):
    """Raised when the program ends during a fetch."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sent. `body` is None if nothing has changed since the answer with the same `etag` or `modified`."""

    body: bytes | None
    etag: str = ""
    modified: str = ""


def parse_address(text: str, *, local: bool = False) -> SplitResult:
    """Return a calendar's address as an https one. Plain http only for a `local` one. Raises InputError."""
    typed = text.strip().strip("<>")
    try:
        parts = urlsplit(typed)
        port, host = parts.port, parts.hostname or ""
    except ValueError as error:
        raise InputError("That isn't an address. A calendar's starts with https:// or webcal://.") from error
    scheme = SCHEMES.get(parts.scheme.lower())
    if scheme is None or not host or any(char.isspace() or ord(char) < 32 for char in typed):
        raise InputError("That isn't an address. A calendar's starts with https:// or webcal://.")
    if scheme == "http" and not local:
        raise InputError(
            f"http:// would send the address and the calendar of {host} unencrypted. Use https://, or add --local for "
            "a server in your own network."
        )
    try:
        name = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError as error:
        raise InputError("That isn't an address. A calendar's starts with https:// or webcal://.") from error
    shown = f"[{name}]" if ":" in name else name
    user, at, _ = parts.netloc.rpartition("@")
    return parts._replace(scheme=scheme, netloc=f"{user}{at}{shown}{'' if port is None else f':{port}'}", fragment="")


def fetch(address: str, *, etag: str, modified: str, local: bool, stop: threading.Event) -> Answer:
    """Return a calendar as its server sends it now. `etag` and `modified` are those of the last answer, empty for none.

    Raises FetchFailed with a sentence, and Stopped when `stop` is set. It asks in a thread of its own, since a server
    that sends a byte now and then can't be hurried from this one.
    """
    url = parse_address(address, local=local)
    asking = _Asking(url, {"If-None-Match": etag, "If-Modified-Since": modified}, local=local)
    thread = threading.Thread(target=asking.run, daemon=True, name="planner-calendar")
    thread.start()
    deadline = time.monotonic() + PATIENCE
    while thread.is_alive():
        thread.join(0.05)
        if thread.is_alive() and (stop.is_set() or time.monotonic() >= deadline):
            asking.abandon()
            if stop.is_set():
                raise Stopped
            raise FetchFailed(f"{url.hostname} didn't answer in time.")
    if asking.problem is not None:
        raise asking.problem
    assert asking.answer is not None, "it ended without a problem"
    return asking.answer


class _Asking:
    """One fetch, with its redirects."""

    def __init__(self, url: SplitResult, known: dict[str, str], *, local: bool) -> None:
        self.url, self.known, self.local = url, known, local
        self.answer: Answer | None = None
        self.problem: BaseException | None = None
        self._socket: socket.socket | None = None
        self._abandoned = False

    def run(self) -> None:
        """Find the answer, or the problem."""
        try:
            self.answer = self._follow()
        except BaseException as problem:  # noqa: BLE001 - handed to the thread that asked
            self.problem = problem

    def abandon(self) -> None:
        """Hang up, because nobody waits any more."""
        self._abandoned = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _follow(self) -> Answer:
        url = self.url
        for _ in range(MOST_REDIRECTS + 1):
            found = self._ask(url)
            if isinstance(found, Answer):
                return found
            url = _redirected(url, found, local=self.local)
        raise FetchFailed(f"{self.url.hostname} keeps sending it on to other addresses.")

    def _ask(self, url: SplitResult) -> Answer | str:
        """Return the answer of one address, or where it sends on to."""
        host = url.hostname or ""
        connection = None
        try:
            connection = _connected(url, local=self.local)
            self._socket = connection.sock  # the connection forgets it once the answer has begun
            if self._abandoned:
                raise TimeoutError
            known = {name: value for name, value in self.known.items() if value}
            connection.request("GET", _path(url), headers={**_headers(url), **known})
            response = connection.getresponse()
            if response.status == 304:
                return Answer(None, self.known["If-None-Match"], self.known["If-Modified-Since"])
            if response.status in REDIRECTS and response.getheader("Location"):
                return str(response.getheader("Location"))
            if response.status != 200:
                sentence = SENTENCES.get(response.status, "{host} answered with an error ({status}).")
                raise FetchFailed(sentence.format(host=host, status=response.status))
            body = _read(response, host)
            return Answer(body, response.getheader("ETag") or "", response.getheader("Last-Modified") or "")
        except TimeoutError as error:
            raise FetchFailed(f"{host} didn't answer in time.") from error
        except ssl.SSLCertVerificationError as error:
            raise FetchFailed(f"{host} couldn't prove that it is {host}: {error.verify_message}.") from error
        except socket.gaierror as error:
            raise FetchFailed(f"{host} wasn't found. Is this machine offline?") from error
        except (http.client.HTTPException, zlib.error, ValueError) as error:
            raise FetchFailed(f"{host} stopped in the middle of its answer, or sent one that can't be read.") from error
        except OSError as error:
            raise FetchFailed(f"{host} can't be reached: {error.strerror or type(error).__name__}.") from error
        finally:
            if connection is not None:
                connection.close()


def _redirected(url: SplitResult, location: str, *, local: bool) -> SplitResult:
    try:
        found = parse_address(urljoin(url.geturl(), location), local=local)
    except InputError as error:
        raise FetchFailed(
            f"{url.hostname} sends it on to an address that isn't safe, so it wasn't followed."
        ) from error
    if found.scheme == "http" and url.scheme == "https":
        raise FetchFailed(f"{url.hostname} sends it on to an address that isn't safe, so it wasn't followed.")
    # a password stays with the server it is for
    if (found.hostname, found.port) == (url.hostname, url.port) and "@" not in found.netloc and "@" in url.netloc:
        found = found._replace(netloc=f"{url.netloc.rpartition('@')[0]}@{found.netloc}")
    return found


def _connected(url: SplitResult, *, local: bool) -> http.client.HTTPConnection:
    """Return a connection to a server, through the system's proxy if it has one, that is where it may be."""
    host = url.hostname or ""
    proxy = "" if proxy_bypass(host) else getproxies().get(url.scheme, "")
    through = urlsplit(proxy if "//" in proxy else f"//{proxy}") if proxy else None
    at, port = (host, url.port) if through is None else (through.hostname or "", through.port)
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(at, port, timeout=STEP)
    if through is not None:
        if not local:
            _check_literal(host)
        connection.set_tunnel(host, url.port or (443 if url.scheme == "https" else 80), _basic(through, "Proxy-"))
    connection.connect()
    if through is None and not local:
        peer = connection.sock.getpeername()[0]
        if not _is_public(peer):
            connection.close()
            raise FetchFailed(_NOT_PUBLIC.format(host=host))
    return connection


_NOT_PUBLIC = (
    "{host} is on this machine or its network, where a calendar's address could be misused. If it is your own server, "
    "subscribe with --local."
)


def _check_literal(host: str) -> None:
    """Refuse a machine of the network that is named by its number, where a proxy would look up other names."""
    try:
        public = _is_public(host)
    except ValueError:
        public = not host.lower().rstrip(".").endswith(("localhost", ".local", ".internal"))
    if not public:
        raise FetchFailed(_NOT_PUBLIC.format(host=host))


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return found.is_global and not found.is_multicast


def _path(url: SplitResult) -> str:
    return quote((url.path or "/") + (f"?{url.query}" if url.query else ""), safe=SAFE)


def _headers(url: SplitResult) -> dict[str, str]:
    return {
        "User-Agent": f"planner/{planner.__version__}",
        "Accept": "text/calendar, */*;q=0.1",
        "Accept-Encoding": "gzip",
        "Connection": "close",
        **_basic(url),
    }


def _basic(url: SplitResult, prefix: str = "") -> dict[str, str]:
    if url.username is None:
        return {}
    pair = f"{unquote(url.username)}:{unquote(url.password or '')}"
    return {f"{prefix}Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _read(response: http.client.HTTPResponse, host: str) -> bytes:
    """Return an answer's body, unpacked."""
    packed = (response.getheader("Content-Encoding") or "").lower() in ("gzip", "x-gzip")
    unpacking = zlib.decompressobj(31) if packed else None
    pieces: list[bytes] = []
    left, size = response.length, 0  # counted here, because `read1` doesn't in every version of Python
    while left != 0 and (piece := response.read1(PIECE)):
        left = None if left is None else left - len(piece)
        if unpacking is not None:
            piece = unpacking.decompress(piece, LARGEST - size + 1)
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST:
            raise FetchFailed(f"{host} sent more than {LARGEST // 2**20} MB, which is no calendar.")
    if unpacking is not None and not unpacking.eof:
        raise zlib.error("cut off")
    if left:
        raise http.client.IncompleteRead(b"", left)
    return b"".join(pieces)
