"""Reading a mailbox over IMAP from a real Dovecot: complete, without changing it, and failing within 5 s in a
sentence."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from planner.domain.mail.letters import Letter
from planner.domain.mail.mailbox import Account
from planner.exchange.mail import imap
from planner.exchange.mail.imap import MailCancelled, MailRefused
from tests import dovecot
from tests.drills import LONG, ROOM

SHARED = Path(__file__).parents[4] / "shared" / "data" / "mail"
needs_dovecot = pytest.mark.skipif(dovecot.PROGRAM is None, reason=dovecot.MISSING)
LETTER = b"From: Kim <kim@hanbit.kr>\r\nSubject: Letter %d\r\nMessage-ID: <%d@x>\r\n\r\nText %d\r\n"


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be patient with a server on a busy machine."""
    monkeypatch.setattr(imap, "STEP", imap.STEP if LONG else 60.0)


@pytest.fixture
def impatient(_patient: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Don't wait long for a server that is known to stay silent."""
    monkeypatch.setattr(imap, "STEP", imap.STEP if LONG else 1.0)


def letters(count: int) -> list[bytes]:
    """Plain emails."""
    return [LETTER % (n, n, n) for n in range(count)]


@pytest.fixture(scope="module")
def server() -> Iterator[dovecot.Server]:
    with dovecot.running() as found:
        found.deliver(letters(250))
        yield found


def account(server: dovecot.Server, **more: object) -> Account:
    """An account on the server."""
    fields: dict[str, object] = {"port": server.tls, "ca": server.ca, "password": "ask"}
    return Account("work", "localhost", dovecot.USER, **(fields | more))  # type: ignore[arg-type]


def all_emails(account: Account, password: str = dovecot.PASSWORD, most: int = 1_000) -> list[Letter]:
    """Every email of a mailbox."""
    return [letter for page in imap.pages(account, password, threading.Event(), most) for letter in page.letters]


def refusal_of(act: Callable[[], object]) -> str:
    """The message of the refusal, which must come within five seconds."""
    begun = time.monotonic()
    with pytest.raises(MailRefused) as problem:
        act()
    assert time.monotonic() - begun < 5 * ROOM
    return str(problem.value)


@needs_dovecot
def test_unread_emails_come_newest_first_and_stay_unread(server: dovecot.Server) -> None:
    found = all_emails(account(server))
    assert [letter.subject for letter in found] == [f"Letter {n}" for n in reversed(range(250))]
    assert (found[0].who, found[0].preview) == ("Kim", "Text 249")
    assert server.flags() == []
    assert [letter.ref for letter in all_emails(account(server))] == [letter.ref for letter in found]


@needs_dovecot
def test_pages_stop_at_the_wanted_count(server: dovecot.Server) -> None:
    found = list(imap.pages(account(server), dovecot.PASSWORD, threading.Event(), 120))
    assert [(len(page.letters), page.done, page.wanted, page.unread) for page in found] == [
        (20, 20, 120, 250), (100, 120, 120, 250),
    ]  # fmt: skip


@needs_dovecot
def test_starttls(server: dovecot.Server) -> None:
    assert len(all_emails(account(server, security="starttls", port=server.plain))) == 250


@needs_dovecot
@pytest.mark.skipif(not SHARED.exists(), reason="the shared letters lie beside the checkout")
def test_real_emails_are_all_listed_and_unchanged() -> None:
    files = [path for path in sorted(SHARED.rglob("*")) if path.is_file() and not path.name.startswith("README")]
    with dovecot.running() as server:
        count = server.deliver(path.read_bytes() for path in files)
        found = all_emails(account(server))
        assert len({letter.ref for letter in found}) == len(found) == count
        assert server.flags() == []
    subjects = {letter.subject for letter in found}
    assert {"日本語メールテスト (testing Japanese emails)", "Eelanalüüsi päring", "NOTE: 한국말로 하는 것"} <= subjects


@needs_dovecot
def test_identical_emails_are_listed_separately() -> None:
    with dovecot.running() as server:
        server.deliver([letters(1)[0], letters(1)[0], letters(1)[0]])
        assert len({letter.ref for letter in all_emails(account(server))}) == 3


@needs_dovecot
def test_wrong_password_is_reported(server: dovecot.Server) -> None:
    said = refusal_of(lambda: all_emails(account(server), "wrong"))
    assert said.startswith("localhost rejected the login of rep:")
    assert "wrong" not in said.removeprefix("localhost rejected the login of rep:").replace("wrong password", "")


@needs_dovecot
def test_missing_folder_is_reported(server: dovecot.Server) -> None:
    assert "reported an error while opening the folder" in refusal_of(
        lambda: all_emails(account(server, folder="Nowhere"))
    )


@needs_dovecot
def test_newest_fetches_a_few_headers_for_the_exceptions(server: dovecot.Server) -> None:
    found = imap.fetch_newest(account(server), dovecot.PASSWORD, threading.Event(), 7)
    assert [(letter.subject, letter.preview) for letter in found[:1]] == [("Letter 249", "")]  # headers only
    assert len(found) == 7
    # under the same refs as in a window, so that nothing is reported twice
    assert {letter.ref for letter in found} <= {letter.ref for letter in all_emails(account(server))}


@needs_dovecot
def test_untrusted_certificate_is_refused_before_the_password() -> None:
    with dovecot.running() as server, recording(server.tls) as (port, sent):
        said = refusal_of(lambda: all_emails(account(server, port=port, ca="")))
    assert "certificate" in said
    assert "nothing was sent" in said
    assert dovecot.PASSWORD.encode() not in bytes(sent)


@needs_dovecot
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_certificate_of_another_host_is_refused_before_the_password(security: str) -> None:
    with dovecot.running(name="elsewhere.example", plain_login=True) as server:
        port = server.tls if security == "tls" else server.plain
        with recording(port) as (through, sent):
            said = refusal_of(lambda: all_emails(account(server, port=through, security=security)))
    assert "certificate" in said
    assert dovecot.PASSWORD.encode() not in bytes(sent)
    assert b"LOGIN " not in bytes(sent)
    assert b"AUTHENTICATE" not in bytes(sent)


def test_unreadable_certificate_authority_is_reported(tmp_path: Path) -> None:
    wrong = tmp_path / "ca.pem"
    wrong.write_text("no certificate")
    for path in (wrong, tmp_path / "missing.pem"):
        box = Account("work", "localhost", "rep", ca=str(path))
        assert "certificate authority" in refusal_of(lambda box=box: all_emails(box))  # type: ignore[misc]


def test_unreachable_server_is_reported() -> None:
    box = Account("work", "localhost", "rep", port=dovecot.free_port())
    assert "can't be reached" in refusal_of(lambda: all_emails(box))


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_silent_server_is_given_up_within_five_seconds(security: str) -> None:
    with listening(silent) as port:
        box = Account("work", "localhost", "rep", security, port)
        assert "didn't respond" in refusal_of(lambda: all_emails(box))


@pytest.mark.parametrize(
    "said", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00\xff" * 50 + b"\r\n", b"* BYE busy\r\n", b""]
)
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_other_kinds_of_server_are_reported(said: bytes, security: str) -> None:
    with listening(lambda client: client.sendall(said)) as port:
        box = Account("work", "localhost", "rep", security, port)
        assert refusal_of(lambda: all_emails(box))


def test_no_password_is_sent_without_encryption() -> None:
    heard = bytearray()

    def talk(client: socket.socket) -> None:
        client.sendall(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n")
        while data := client.recv(1000):
            heard.extend(data)
            tag = data.split()[0]
            client.sendall(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n" + tag + b" OK done\r\n")

    with listening(talk) as port:
        said = refusal_of(lambda: all_emails(Account("work", "localhost", "rep", "starttls", port), "secret word"))
    assert "doesn't offer encryption" in said
    assert b"secret" not in heard
    assert b"AUTHENTICATE" not in heard


def scripted(*answers: bytes, drip: float = 0.0) -> Callable[[socket.socket], None]:
    """A server that lets anybody in without TLS and gives these answers to SEARCH, then to FETCH."""

    def talk(client: socket.socket) -> None:
        left = list(answers)
        client.sendall(b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n")
        for line in client.makefile("rb"):
            tag, _, command = line.upper().partition(b" ")
            if b"SEARCH" in command or b"FETCH" in command:
                for byte in left.pop(0):
                    client.sendall(bytes([byte]))
                    threading.Event().wait(drip)
            client.sendall((b"* CAPABILITY IMAP4rev1\r\n" if b"CAPABILITY" in command else b"") + tag + b" OK done\r\n")

    return talk


@contextmanager
def without_encryption(monkeypatch: pytest.MonkeyPatch, talk: Callable[[socket.socket], object]) -> Iterator[Account]:
    """A mailbox on a scripted server, with encryption left out."""
    monkeypatch.setattr(imap.Mailbox, "_starttls", lambda self, context: None)
    with listening(talk) as port:
        yield Account("work", "localhost", "rep", "starttls", port)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "answer",
    [b"* 1 FETCH (UID 1 BODY[TEXT] " + b"(" * 5_000, b'* 1 FETCH (UID 1 INTERNALDATE "31-Dec-9999 23:59:59 -1200")\r\n',
     b"* 1 FETCH (UID 1 BODY[TEXT] 5)\r\n", b"* 1 FETCH (UID 1 BODY[TEXT] {99999999}\r\nx", b"* 1 FETCH (UID)\r\n",
     b'* 1 FETCH (UID 1 INTERNALDATE "tomorrow")\r\n', b"\r\n", b"* 1 FETCH ((((UID 1\r\n"],
    ids=range(8),
)  # fmt: skip
def test_any_server_answer_gives_an_error_or_an_email(monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    with without_encryption(monkeypatch, scripted(b"* SEARCH 1\r\n", answer)) as box:
        begun = time.monotonic()
        try:
            assert len(all_emails(box)) <= 1
        except MailRefused as problem:
            assert "localhost" in str(problem)
        assert time.monotonic() - begun < 6 * ROOM


@pytest.mark.usefixtures("impatient")
def test_dripping_server_is_given_up_and_can_be_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    with without_encryption(monkeypatch, scripted(b"* SEARCH " + b"1 " * 40, b"", drip=0.5)) as box:
        assert "didn't respond while listing emails" in refusal_of(lambda: all_emails(box))
    with without_encryption(monkeypatch, scripted(b"* SEARCH " + b"1 " * 40, b"", drip=0.5)) as box:
        stop = threading.Event()
        threading.Timer(0.5, stop.set).start()
        begun = time.monotonic()
        with pytest.raises(MailCancelled):
            list(imap.pages(box, "x", stop, 10))
        assert time.monotonic() - begun < 2 * ROOM


def test_non_ascii_password_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    with without_encryption(monkeypatch, scripted()) as box:
        assert "plain ASCII" in refusal_of(lambda: all_emails(box, "пароль"))


@needs_dovecot
def test_slow_connection_gets_smaller_pages(server: dovecot.Server) -> None:
    with cutting(server.tls, after=[], pause=0.02) as port:  # 4 KiB each
        found = list(imap.pages(account(server, port=port), dovecot.PASSWORD, threading.Event(), 60))
    assert sum(len(page.letters) for page in found) == 60


@needs_dovecot
def test_reading_resumes_after_a_cut_connection(server: dovecot.Server) -> None:
    with cutting(server.tls, after=[45_000]) as port:
        found = all_emails(account(server, port=port))
    assert sorted(letter.ref for letter in found) == sorted(letter.ref for letter in all_emails(account(server)))


@needs_dovecot
def test_second_cut_is_reported_and_keeps_what_was_read(server: dovecot.Server) -> None:
    with cutting(server.tls, after=[45_000, 20_000]) as port:
        pages = imap.pages(account(server, port=port), dovecot.PASSWORD, threading.Event(), 1_000)
        found = [next(pages)]
        said = refusal_of(lambda: found.extend(pages))
    assert "was lost" in said
    assert found[0].done == 20


@needs_dovecot
def test_mailbox_with_a_new_uidvalidity_is_reread() -> None:
    with dovecot.running() as server:
        server.deliver(letters(250))
        validities = []

        def renumber() -> None:
            validities.append((server.maildir / "dovecot-uidlist").read_text().split()[1])
            while time.time() < int(validities[0][1:]) + 1:  # Dovecot's UIDVALIDITY is the time in seconds
                threading.Event().wait(0.05)
            for name in ("dovecot-uidlist", "dovecot.index", "dovecot.index.log", "dovecot.index.cache"):
                (server.maildir / name).unlink(missing_ok=True)

        with cutting(server.tls, after=[45_000], then=renumber) as port:
            found = all_emails(account(server, port=port))
        validities.append((server.maildir / "dovecot-uidlist").read_text().split()[1])
        assert validities[0] != validities[1]
        assert len({letter.ref for letter in found}) == 250


@needs_dovecot
def test_cancelling_ends_at_once(server: dovecot.Server) -> None:
    stop = threading.Event()
    pages = imap.pages(account(server), dovecot.PASSWORD, stop, 1_000)
    next(pages)
    stop.set()
    begun = time.monotonic()
    with pytest.raises(MailCancelled):
        list(pages)
    assert time.monotonic() - begun < ROOM
    with listening(silent) as port:
        threading.Timer(0.3, stop.set).start()
        stop.clear()
        with pytest.raises(MailCancelled):
            list(imap.pages(replace(account(server), port=port), "x", stop, 10))
        assert time.monotonic() - begun < 4 * ROOM


@needs_dovecot
def test_20000_unread_emails_are_read_in_pages_with_little_memory() -> None:
    def resident() -> int:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))

    with dovecot.running() as server:
        server.deliver(letters(20_000))
        before = resident()
        stop = threading.Event()
        pages = imap.pages(account(server), dovecot.PASSWORD, stop, 20_000)
        first = next(pages)
        assert (first.done, first.wanted, first.unread) == (20, 20_000, 20_000)
        for page in pages:
            if page.done >= 5_000:
                break
        assert resident() - before < 40_000  # KiB, including what the library loads
        stop.set()
        with pytest.raises(MailCancelled):
            next(pages)
        assert server.flags() == []


# Fake servers


@contextmanager
def listening(talk: Callable[[socket.socket], object]) -> Iterator[int]:
    """A server on loopback that runs `talk` for each client."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=_serve_client, args=(client, talk), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def silent(client: socket.socket) -> None:
    """A server that reads everything and says nothing."""
    while client.recv(1_000):
        pass


def _serve_client(client: socket.socket, talk: Callable[[socket.socket], object]) -> None:
    with closing(client):
        try:
            talk(client)
        except OSError:
            return  # the client has hung up, as it should


@contextmanager
def recording(port: int) -> Iterator[tuple[int, bytearray]]:
    """A proxy that records what the client sends: noise if it is encrypted, else a password."""
    sent = bytearray()
    with _proxy(port, lambda: lambda data, back: None if back else sent.extend(data)) as through:
        yield through, sent


@contextmanager
def cutting(
    port: int, after: list[int], then: Callable[[], object] = lambda: None, pause: float = 0.0
) -> Iterator[int]:
    """A proxy that cuts each connection after a number of bytes from the server. Connections beyond the list stay
    up. `pause` makes it slow."""
    left = list(after)

    def begin() -> Callable[[bytes, bool], object]:
        room = left.pop(0) if left else 1 << 40

        def passing(data: bytes, back: bool) -> None:
            nonlocal room
            threading.Event().wait(pause if back else 0)
            room -= len(data) if back else 0
            if room < 0:
                then()
                raise OSError("cut")

        return passing

    with _proxy(port, begin) as through:
        yield through
    assert not left, "not all connections were cut"


@contextmanager
def _proxy(port: int, begin: Callable[[], Callable[[bytes, bool], object]]) -> Iterator[int]:
    def through(client: socket.socket) -> None:
        passing = begin()
        with closing(socket.create_connection(("127.0.0.1", port))) as server:

            def up() -> None:
                try:
                    while data := client.recv(65_536):
                        passing(data, False)
                        server.sendall(data)
                except OSError:
                    return

            threading.Thread(target=up, daemon=True).start()
            try:
                while data := server.recv(4_096):
                    passing(data, True)
                    client.sendall(data)
            finally:
                client.shutdown(socket.SHUT_RDWR)

    with listening(through) as found:
        yield found


def test_tls_context_requires_certificate_and_hostname() -> None:
    context = imap._context(Account("work", "localhost", "rep"))
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
