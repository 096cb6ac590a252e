"""`planner phone`: where it listens, what it shows, and the list of phones."""

from __future__ import annotations

import importlib.util
import re
import signal
import socket
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from planner.domain.errors import InputError, StateError
from planner.services import settings
from planner.services.context import AppContext
from planner.services.phone import serving
from planner.services.phone.devices import Phones
from tests.conftest import Run
from tests.drills.test_drills import PLANNER, environment


def test_phones_are_listed_and_revoked(run: Run, tmp_path: Path) -> None:
    assert run("phone", "devices").out == "No phone is paired. Pair one: planner phone\n"
    assert run("phone", "devices", "--json").json == []
    phones = Phones(AppContext.open(str(tmp_path / "planner.db")))
    _, token = phones.add("Anna's iPhone")
    found = run("phone", "devices", "--json").json
    assert [(each["number"], each["name"]) for each in found] == [(1, "Anna's iPhone")]
    assert re.fullmatch(r"1: Anna's iPhone, paired .+, last used .+\n", run("phone", "devices").out)
    assert run("phone", "revoke", "1").out == "Phone 1 can't read or change anything any more.\n"
    assert phones.number_of(token) is None
    assert "There's no phone 1" in run("phone", "revoke", "1", code=1).err
    assert run("phone", "revoke", code=2).err


def test_without_the_extra_a_sentence_says_what_to_install(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    for words in (("phone",), ("phone", "start", "--json")):
        said = run(*words, code=1)
        assert said.err == f"planner: {serving.EXTRA}\n" and said.out == ""


def test_it_listens_beyond_this_computer_only_when_told_to(ctx: AppContext) -> None:
    found = serving.address(ctx, None, None, None)
    assert (found.host, found.port, found.page) == ("127.0.0.1", 8765, "http://127.0.0.1:8765")
    assert found.is_local and found.link("abc") == "http://127.0.0.1:8765/#pair=abc"
    home = serving.address(ctx, "192.168.1.20", 9000, None)
    assert home.page == "http://192.168.1.20:9000" and not home.is_local and not home.is_secure
    every = serving.address(ctx, "0.0.0.0", None, None)
    assert every.anywhere and every.page != "http://0.0.0.0:8765"
    assert serving.address(ctx, "[fd00::1]", None, None).page == "http://[fd00::1]:8765"
    proxy = serving.address(ctx, None, None, "https://PC.example.ts.net/")
    assert proxy.host == "127.0.0.1" and proxy.page == "https://pc.example.ts.net" and proxy.is_secure
    assert "https://pc.example.ts.net" in proxy.origins and not proxy.is_local
    settings.put(ctx, "phone.url", "https://pc.example.ts.net:8443")
    settings.put(ctx, "phone.port", "9001")
    assert serving.address(ctx, None, None, None).origins[0] == "https://pc.example.ts.net:8443"
    assert serving.address(ctx, None, None, None).port == 9001
    for wrong in ("everywhere", "", "pc.local", "192.168.1.20:80"):
        with pytest.raises(InputError):
            serving.address(ctx, wrong, None, None)
    for wrong in (
        "ftp://x",
        "https://",
        "https://x/path",
        "https://x?y",
        "https://u@x",
        "https://ü",
        "javascript:alert(1)",
    ):
        with pytest.raises(InputError):
            serving.address(ctx, None, None, wrong)
    with pytest.raises(InputError):
        serving.address(ctx, None, 70_000, None)
    with pytest.raises(InputError):
        settings.put(ctx, "phone.url", "evil")


def test_a_taken_port_is_told(ctx: AppContext) -> None:
    pytest.importorskip("uvicorn", reason="the extra `phone` isn't installed")
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        where = serving.address(ctx, None, taken.getsockname()[1], None)
        with pytest.raises(StateError, match="choose another port with --port"):
            serving.PhoneServer(ctx, where)


def test_the_code_is_the_link_in_half_blocks() -> None:
    segno = pytest.importorskip("segno", reason="the extra `phone` isn't installed")
    link = "https://pc.example.ts.net/#pair=abcdefghijklmnopqrstuvwxyz1"
    lines = serving.qr_lines(link)
    light = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}
    rows = [[light[char][half] for char in line] for line in lines for half in (0, 1)]
    wanted = [[not module for module in row] for row in segno.make(link, error="l", micro=False).matrix_iter(border=2)]
    assert rows[: len(wanted)] == wanted
    assert len(lines) <= 20 and max(map(len, lines)) <= 40  # fits on a screen of 80 by 24


def test_it_runs_until_ctrl_c_and_warns_of_a_network_without_https(ctx: AppContext) -> None:
    pytest.importorskip("uvicorn", reason="the extra `phone` isn't installed")
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [*PLANNER, "phone", "--listen", "0.0.0.0", "--port", str(port)], env=environment(ctx),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    said = ""
    while "Ctrl+C stops." not in said:
        line = process.stdout.readline()
        assert line, process.communicate()
        said += line
    with closing(socket.create_connection(("127.0.0.1", port))) as connection:  # it has taken the port by now
        connection.sendall(b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 403")
    with closing(socket.create_connection(("127.0.0.1", port))) as connection:
        connection.sendall(b"nonsense\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 400")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert process.returncode == 0 and out.startswith("Stopped.")
    assert f":{port}/#pair=" in said and "█" in said
    # a stranger's nonsense writes nothing: nobody may be reading what the server says
    assert err.count("\n") == 1 and "whoever is in the same network can read along" in err and "#pair" not in err
