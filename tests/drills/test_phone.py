"""A rep's day on a phone: a real Chromium on the real server, behind TLS of a CA of its own; two phones at once."""

from __future__ import annotations

import asyncio
import base64
import http.client
import json
import random
import signal
import socket
import sqlite3
import ssl
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from planner.domain.day.tasks import Due
from planner.services.calls import calling_list
from planner.services.clients import promises
from planner.services.context import AppContext
from planner.services.day import tasks
from planner.services.day.today_store import TodayStore
from tests import chromium
from tests.chromium import Browser, Tab
from tests.drills import ROOM, often
from tests.drills.test_drills import PLANNER, dials, environment
from tests.scenes import NOW, context_at
from tests.tui.helpers import PATIENCE, running, wait_for

pytest.importorskip("uvicorn", reason="the extra `phone` isn't installed")
HOST = "pc.test"
NAMES = ["김민수", "Анна Соколова", "<b>Lee</b>", "O'Neill & Sons", "שרה כהן", *(f"Name {n}" for n in range(6, 26))]
# as another program could store it
HOSTILE = "\u202e\u2028</script><img src=x onerror=\"document.title='owned'\">{name}"


class Served:
    """The server, as its own process."""

    def __init__(self, ctx: AppContext, url: str = "", port: int = 0) -> None:
        self.ctx, self.url = ctx, url
        self.port = port or free_port()
        self.start()

    def start(self) -> None:
        words = ["phone", "--json", "--port", str(self.port), *(["--url", self.url] if self.url else [])]
        self.process = subprocess.Popen(
            [*PLANNER, *words], env=environment(self.ctx), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.link = str(json.loads(self.process.stdout.readline())["link"])

    def new_link(self) -> str:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return str(json.loads(self.process.stdout.readline())["link"])

    def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.process.wait(PATIENCE) == 0


class Client:
    """A phone without a browser."""

    def __init__(self, served: Served, link: str) -> None:
        self._served = served
        self.token = ""
        self.token = self.ask("pair", {"code": link.partition("=")[2], "name": "test"})[1]["token"]
        self.state: dict[str, Any] = self.ask("state")[1]

    def ask(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        headers = {"Origin": f"http://127.0.0.1:{self._served.port}", "Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        with closing(http.client.HTTPConnection("127.0.0.1", self._served.port, timeout=PATIENCE)) as connection:
            until = time.monotonic() + PATIENCE
            while True:
                try:
                    connection.connect()
                    break
                except ConnectionRefusedError:  # the port is taken before the server accepts
                    assert time.monotonic() < until
            connection.request("POST" if body else "GET", f"/api/{path}", json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def refusal(self) -> dict[str, Any]:
        """An act: a call that was refused."""
        return {"uid": uuid.uuid4().hex, "base": self.state["base"], "age": 0, "kind": "call", "outcome": "refused"}


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture
def ctx(tmp_path: Path) -> AppContext:
    """Twenty-five people on today's list, a promise and a task, with the day prepared."""
    ctx = context_at(tmp_path)
    lines = [f"{name}, Firm {n}, 02-555-10{n:02}" for n, name in enumerate(NAMES)]
    calling_list.paste(ctx, ctx.today(), "\n".join(lines))
    with closing(sqlite3.connect(ctx.path)) as handle, handle:
        handle.execute("UPDATE contact SET notes = ?, role = ?, source = ? WHERE id = 1", (HOSTILE,) * 3)
        handle.execute("UPDATE contact SET name = ? WHERE id = 12", (HOSTILE,))
    promises.add(ctx, "send the <i>price list</i>", Due(ctx.today()), contact="1")
    tasks.add(ctx, "Tidy the desk")
    with closing(TodayStore(ctx)) as live:
        live.read()
    return ctx


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """A CA and a certificate of the host: the CA's file, the certificate with its key, and the hash of that."""
    pytest.importorskip("cryptography", reason="certificates are made by cryptography")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    folder = tmp_path_factory.mktemp("ca")
    own, host = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    made = {}
    for title, key, alternative in (("ca", own, None), ("host", host, x509.DNSName(HOST))):
        builder = (
            x509.CertificateBuilder().subject_name(name(title)).issuer_name(name("ca")).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=2))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=alternative is None, path_length=None), critical=True)
        )  # fmt: skip
        if alternative is not None:
            builder = builder.add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        made[title] = builder.sign(own, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    (folder / "ca.pem").write_bytes(made["ca"])
    plain, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    secret = host.private_bytes(serialization.Encoding.PEM, plain, none)
    (folder / "host.pem").write_bytes(made["host"] + secret)
    digest = hashes.Hash(hashes.SHA256())
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    digest.update(host.public_key().public_bytes(serialization.Encoding.DER, spki))
    return folder / "ca.pem", folder / "host.pem", base64.b64encode(digest.finalize()).decode()


class Proxy:
    """What `tailscale serve` or Caddy are to the page: TLS in front of the server, passing on what comes."""

    def __init__(self, certificate: Path, to: int) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._to = to
        started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)), daemon=True)
        self._thread.start()
        assert started.wait(PATIENCE)

    async def _serve(self, started: threading.Event) -> None:
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0, ssl=self._context)
        self.port = int(server.sockets[0].getsockname()[1])
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        started.set()
        await self._ended.wait()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            try:
                while data := await source.read(1 << 16):
                    target.write(data)
                    await target.drain()
            except OSError:
                pass  # either side has gone
            finally:
                target.close()

        try:
            there = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.close()
            return
        await asyncio.gather(copy(reader, there[1]), copy(there[0], writer))

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(PATIENCE)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory, authority: tuple[Path, Path, str]) -> Iterator[Browser]:
    if chromium.PROGRAM is None:
        pytest.skip(chromium.MISSING)
    flags = (f"--host-resolver-rules=MAP {HOST} 127.0.0.1", f"--ignore-certificate-errors-spki-list={authority[2]}")
    with chromium.running(tmp_path_factory.mktemp("chromium"), *flags) as found:
        yield found


def counted(tab: Tab) -> int:
    """The calls that the page shows."""
    return int(tab.js("document.querySelector('.strip b').textContent"))


def sent(tab: Tab) -> None:
    """Wait until the phone has sent everything."""
    tab.until("Object.keys(localStorage).every(key => !key.startsWith('act:')) && !sending && !flushing")


def well_laid_out(tab: Tab) -> None:
    """Nothing is cut off at the side, and everything can be touched by a thumb."""
    assert tab.js("document.documentElement.scrollWidth <= innerWidth")
    small = tab.js(
        "[...document.querySelectorAll('button, a, input, textarea, summary')].filter(each => each.offsetParent)"
        ".map(each => [each.textContent || each.placeholder, each.getBoundingClientRect()])"
        ".filter(([, box]) => box.height < 44 || box.width < 44).map(([text]) => text)"
    )
    assert small == []


def title_over_tls(port: int, authority: Path) -> str:
    """The title of the page, for somebody who trusts the CA and checks the name."""
    trusting = ssl.create_default_context(cafile=str(authority))
    with closing(
        trusting.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname=HOST)
    ) as connection:
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n".encode())
        found = b""
        while part := connection.recv(1 << 16):
            found += part
    return found.partition(b"<title>")[2].partition(b"</title>")[0].decode()


async def test_a_day_on_a_phone(ctx: AppContext, browser: Browser, authority: tuple[Path, Path, str]) -> None:
    port = free_port()
    proxy = Proxy(authority[1], port)
    served = Served(ctx, f"https://{HOST}:{proxy.port}", port)
    tab = browser.phone()
    async with running(ctx) as pilot:
        today = pilot.app.screen

        def shown() -> int:
            return int(today.today.counts["dials"])  # type: ignore[attr-defined]

        assert title_over_tls(proxy.port, authority[0]) == "planner"
        tab.open(served.link)
        tab.tap("Pair")
        tab.until("document.querySelector('h1').textContent === '김민수'")
        assert tab.js("isSecureContext && location.hash === '' && history.length") < 4
        for width, height in ((320, 568), (430, 932), (390, 844)):
            tab.resize(width, height)
            for page in ("To do", "Add", "Today", "Call"):
                tab.tap(page, "nav")
                well_laid_out(tab)

        # ten calls
        for number, outcome in enumerate(("No answer", "Voicemail", "Gatekeeper", "Wrong number", "Conversation")):
            tab.until(f"document.querySelector('h1').textContent === {json.dumps(NAMES[number])}")
            tab.tap(outcome, "main")
        tab.tap("Refused", "main")
        tab.tap("budget")
        tab.tap("Callback", "main")
        tab.type("#when", "thu 10")
        tab.until("document.querySelector('.echo').textContent.includes('Thu 19 Nov 10:00')")
        well_laid_out(tab)
        tab.tap("Log callback")
        tab.tap("Meeting", "main")
        tab.type("#when", "wed")
        tab.tap("Log meeting")
        tab.until("document.querySelector('dialog[open] .echo').textContent.includes('At what time')")
        tab.js("document.querySelector('#when').value = ''")
        tab.type("#when", "wed 14 at their office")
        tab.tap("Log meeting")
        for _ in range(2):
            tab.tap("No answer", "main")
        sent(tab)
        began = time.monotonic()
        await wait_for(pilot, lambda: shown() == 10)
        assert time.monotonic() - began <= 2 * ROOM
        # a wrong tap
        tab.tap("Refused", "main")
        tab.tap("No reason")
        sent(tab)
        tab.tap("Undo", "#toast")
        tab.until("document.querySelector('.strip b').textContent === '10'")
        # a promise, a task
        tab.tap("To do", "nav")
        tab.until("document.body.innerText.includes('Thu 19 Nov 10:00')")
        tab.js("document.querySelector('button.what').click()")
        tab.tap("Log a call")
        well_laid_out(tab)
        tab.tap("Conversation")
        sent(tab)
        tab.tap("Undo", "#toast")
        tab.until("seen().figures[0].done === 10")
        tab.tap("Promise: 김민수", "main")
        tab.tap("Add", "nav")
        tab.type("#line", "Proposal for Acme tomorrow 16:00 A")
        tab.until("document.querySelector('.echo').textContent.includes('Tue 17 Nov 2026 16:00')")
        tab.js("document.querySelector('form').requestSubmit()")
        sent(tab)
        titles = {each.title for each in tasks.list_tasks(ctx)}
        assert titles == {"Proposal for Acme", "Tidy the desk", f"Call back {NAMES[6]}"}
        assert promises.list_promises(ctx) == []

        # without a connection: three more, and the page opened anew
        tab.until("navigator.serviceWorker.controller !== null")
        served.stop()
        tab.tap("Call", "nav")
        for _ in range(3):
            tab.tap("No answer", "main")
        tab.until("document.querySelector('#status').textContent === '3 waiting'")
        tab.call("Page.reload")
        tab.until("document.querySelector('#status') && document.querySelector('#status').textContent === '3 waiting'")
        assert counted(tab) == 13
        assert dials(ctx, alone=False) == 10
        served.start()
        tab.js("dispatchEvent(new Event('online'))")
        sent(tab)
        await wait_for(pilot, lambda: shown() == 13)
        assert counted(tab) == 13 == dials(ctx, alone=False)

        # an answer that was overtaken brings nobody back
        tab.js("window.before = structuredClone(state)")
        tab.tap("No answer", "main")
        sent(tab)
        assert tab.js("take({...before, cards: Object.values(before.cards)}), show(), seen().figures[0].done") == 14

        # nothing became markup, nothing was asked of anybody else, nothing was complained about
        assert tab.js("document.title === 'planner' && document.querySelectorAll('main img, main b b').length === 0")
        requests = [each["params"] for each in browser.events if each["method"] == "Network.requestWillBeSent"]
        urls = [each["request"]["url"] for each in requests]
        assert urls and all(url.startswith(f"https://{HOST}:{proxy.port}/") for url in urls)
        assert not any("김민수" in url or "Name" in url or "pair=" in url for url in urls)
        # what the network answered was looked at above; the rest is a script that failed or a policy that was broken
        wrong = ("Runtime.exceptionThrown", "Log.entryAdded")
        bad = [each["params"] for each in browser.events if each["method"] in wrong]
        assert [each for each in bad if each.get("entry", {}).get("source") != "network"] == []
    served.stop()
    proxy.close()


async def test_two_phones_and_an_open_screen_lose_and_double_nothing(ctx: AppContext) -> None:
    served, chance = Served(ctx), random.Random(7)
    phones = [Client(served, served.link), Client(served, served.new_link())]
    each = often(20, 250)
    seconds: list[float] = []

    def work(phone: Client) -> None:
        for _ in range(each):
            body = phone.refusal()
            for _ in range(chance.choice((1, 1, 2))):  # the answer got lost, so it is sent again
                began = time.perf_counter()
                assert phone.ask("act", body)[0] == 200
                seconds.append(time.perf_counter() - began)

    async with running(ctx) as pilot:
        threads = [threading.Thread(target=work, args=(phone,)) for phone in phones]
        for thread in threads:
            thread.start()
        keys = 0
        while any(thread.is_alive() for thread in threads):
            await pilot.press("d")
            keys += 1
        for thread in threads:
            thread.join()
        total = 2 * each + keys
        await wait_for(pilot, lambda: pilot.app.screen.today.counts["dials"] == total)  # type: ignore[attr-defined]
    assert dials(ctx, alone=False) == total
    assert phones[0].ask("state")[1]["figures"][0]["done"] == total
    served.stop()


def test_a_killed_server_has_done_what_it_answered_and_nothing_twice(ctx: AppContext) -> None:
    served, chance = Served(ctx), random.Random(11)
    phone = Client(served, served.link)
    for done in range(1, often(2, 50) + 1):
        body = phone.refusal()
        killer = threading.Timer(chance.uniform(0.0, 0.03), served.process.send_signal, [signal.SIGKILL])
        killer.start()
        with suppress(OSError, http.client.HTTPException):  # killed meanwhile: whether it was done isn't known
            phone.ask("act", body)
        killer.join()
        served.process.wait(PATIENCE)
        served.start()
        assert phone.ask("act", body)[0] == 200
        assert dials(ctx, alone=False) == done
    served.stop()


def test_a_locked_database_keeps_the_act_in_the_phone(ctx: AppContext, browser: Browser) -> None:
    served = Served(ctx)
    tab = browser.phone(320, 568)
    tab.open(served.link)
    tab.tap("Pair")
    tab.until("document.querySelector('h1').textContent === '김민수'")
    with closing(sqlite3.connect(ctx.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        tab.tap("No answer", "main")
        tab.until("document.querySelector('#status').textContent === '1 waiting'")
        tab.tap("1 waiting", "header")
        assert "is in use by another program" in tab.until("document.querySelector('dialog').innerText")
        other.execute("ROLLBACK")
    tab.tap("Try now")
    sent(tab)
    assert dials(ctx, alone=False) == 1
    # revoked: what names a client goes, what was done stays until the phone is paired again
    subprocess.run([*PLANNER, "phone", "revoke", "1"], env=environment(ctx), check=True, capture_output=True)
    tab.tap("No answer", "main")
    tab.until("document.body.innerText.includes('1 entry waits on this phone')")
    assert tab.js("JSON.stringify(Object.keys(localStorage).map(key => key.slice(0, 4)))") == '["act:"]'
    tab.open(served.new_link())
    tab.tap("Pair")
    sent(tab)
    assert dials(ctx, alone=False) == 2
    # somebody was deleted on the computer meanwhile: the act says so and is kept
    served.stop()
    tab.tap("No answer", "main")
    subprocess.run([*PLANNER, "contact", "drop", "3"], env=environment(ctx), check=True, capture_output=True)
    served.start()
    tab.js("dispatchEvent(new Event('online'))")
    tab.tap("1 not saved", "header")
    tab.until("sheet.open && sheet.innerText.includes('deleted in the meantime')")
    served.stop()
    assert NOW.date() == ctx.today()
