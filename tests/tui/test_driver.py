"""Odd terminal input: keys are still read, half-typed text stays, and nothing is counted that wasn't pressed."""

from __future__ import annotations

import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.services.context import AppContext
from planner.tui.driver import Bytes
from tests.drills.terminal import Terminal
from tests.drills.test_drills import PLANNER, acknowledged, ctx, dials, done_since, environment, pytestmark  # noqa: F401 - fixtures
from tests.tui.helpers import PATIENCE

NOISE = {
    "alt as an eighth bit": b"\xe1\xea\xe4",
    "a mouse of X10": b"\x1b[M \xa8\xb0\x1b[M#dd",
    "EUC-KR": "김민수".encode("euc-kr"),
    "a paste in EUC-KR": b"\x1b[200~" + "김민수".encode("euc-kr") + b"\x1b[201~",
    "a paste without an end": b"\x1b[200~",
    "a key that there isn't": b"\x1b[1114112u\x1b[99999999999u\x1b[97;;1114112u",
    "a terminal of a million rows": b"\x1b[48;1000000;1000000;1;1t",
    "UTF-8 that is none": b"\xed\xa0\x80\xf5\xff\xc0\xaf",
}


@pytest.mark.parametrize("name", NOISE)
def test_noise_neither_ends_the_program_nor_counts_anything(ctx: AppContext, name: str) -> None:  # noqa: F811
    with Terminal(PLANNER, environment(ctx)) as terminal:
        terminal.wait(b"quit")
        terminal.send(NOISE[name])
        listen(terminal, 2.0 if "without an end" in name else 0.2)
        terminal.press("\x1b")  # close whatever a paste has opened
        listen(terminal, 0.5)
        terminal.press("dd")
        terminal.wait("Calls           3 ╱".encode())
    assert dials(ctx) == 3


def listen(terminal: Terminal, seconds: float) -> None:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        terminal.read(0.05)


def test_half_typed_text_survives_noise(ctx: AppContext) -> None:  # noqa: F811
    with Terminal(PLANNER, environment(ctx)) as terminal:
        terminal.wait(b"quit")
        terminal.press("a")
        listen(terminal, 0.5)
        terminal.press("Half typed")
        terminal.send(b"\xe1\xff")
        listen(terminal, 0.2)
        terminal.press("\x7f" * 2 + " title\r")
        until = time.perf_counter() + PATIENCE
        while not done_since(ctx) and time.perf_counter() < until:
            terminal.read(0.05)
    (said,) = done_since(ctx)
    assert said.startswith("new task: Half typed") and said.endswith("title")


@given(st.lists(st.binary(max_size=20), max_size=10))
def test_any_bytes_in_any_pieces_decode(pieces: list[bytes]) -> None:
    incoming = Bytes()
    text = "".join(incoming.text(piece) for piece in pieces) + incoming.text(b"", final=True)
    text.encode()  # no surrogates, which no field or file accepts


@given(st.text(st.characters(exclude_characters="\x1b", exclude_categories=["Cs"])), st.integers(1, 5))
def test_text_survives_any_splitting(text: str, size: int) -> None:
    data, incoming = text.encode(), Bytes()
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    assert "".join(incoming.text(piece) for piece in pieces) + incoming.text(b"", final=True) == text


@given(st.binary(min_size=3, max_size=3).filter(lambda each: min(each) >= 0x20), st.integers(1, 6))
def test_x10_mouse_report_is_not_a_key(report: bytes, size: int) -> None:
    data, incoming = b"a\x1b[M" + report + b"b", Bytes()
    assert incoming.text(data) == "ab"
    whole = Bytes()
    assert whole.text(data[: 3 + size]) + whole.text(data[3 + size :]) == "ab"


@pytest.mark.parametrize("moment", ["while it starts", "while it is shown"])
def test_closed_terminal_ends_the_program(ctx: AppContext, moment: str) -> None:  # noqa: F811
    with Terminal(PLANNER, environment(ctx)) as terminal:
        terminal.wait(b"Calls" if moment == "while it starts" else b"quit")
        os.close(terminal.handle)
        terminal.handle = os.open(os.devnull, os.O_RDWR)
        assert terminal.exit_code() == 1
