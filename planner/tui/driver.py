"""Reads keyboard input from a Unix terminal, whatever bytes it sends.

Textual decodes strictly, so a single byte that isn't UTF-8 (Alt as the eighth bit, a paste in EUC-KR, X10 mouse
reports) ended the app and lost half-typed input. Here such bytes become replacement characters that no key uses, X10
mouse reports are dropped whole, and read errors are reported while the app keeps running.
"""

from __future__ import annotations

import codecs
import os
import re
import selectors
import time
from contextlib import suppress
from typing import Any, TextIO, cast

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from planner import failure

CHUNK = 4096
FAULTS = 20  # consecutive read errors before giving up on the terminal
_OLD_MOUSE = re.compile(rb"\x1b\[M[\x20-\xff]{3}", re.DOTALL)
_BEGUN = re.compile(rb"\x1b\[M[\x20-\xff]{0,2}\Z", re.DOTALL)
_RESIZED = re.compile(rb"\x1b\[48;(\d{1,20});(\d{1,20})(?:;\d{1,20}){2}t")
LARGEST_SIDE = 2_000  # rows or columns, since a larger reported size would be drawn cell by cell
PASTE, PASTED = "\x1b[200~", "\x1b[201~"
PATIENCE = 1.0  # seconds to wait for the rest of a paste


class Bytes:
    """Decoder of terminal input: UTF-8 with replacement characters, without X10 mouse reports."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = b""

    def text(self, data: bytes, final: bool = False) -> str:
        """Decode a chunk, keeping back an incomplete end for the next one."""
        data = _RESIZED.sub(_sanitize, _OLD_MOUSE.sub(b"", self._rest + data))
        begun = None if final else _BEGUN.search(data)
        self._rest = b"" if begun is None else data[begun.start() :]
        return self._decode(data if begun is None else data[: begun.start()], final)


def _sanitize(found: re.Match[bytes]) -> bytes:
    return found[0] if all(1 <= int(side) <= LARGEST_SIDE for side in found.groups()) else b""


class Output:
    """The terminal to write to. Once it is gone, what is written is dropped: Textual's writer thread would end with an
    error, and the app wait for ever for room in its queue.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()

    def fileno(self) -> int:
        return self._file.fileno()


class KeyDriver(LinuxDriver):
    """Textual's driver, with an input loop that no input can end, and that ends with its terminal."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        if self._file is not None:
            self._file = cast("Any", Output(self._file))

    def run_input_thread(self) -> None:
        """Read input and dispatch it until the app exits or the terminal is gone."""
        selector = selectors.SelectSelector()
        selector.register(self.fileno, selectors.EVENT_READ)
        incoming, parser, faults = Bytes(), XTermParser(self._debug), 0
        pasting, since = False, 0.0
        try:
            while not self.exit_event.is_set():
                ready = bool(selector.select(0.1))
                try:
                    data = os.read(self.fileno, CHUNK) if ready else b""
                    if ready and not data:
                        return  # the terminal is gone: its end of file would be read for ever
                    text = incoming.text(data)
                    if text:
                        pasting = text.rfind(PASTE) > text.rfind(PASTED) or (pasting and PASTED not in text)
                        since = time.monotonic()
                    elif pasting and time.monotonic() - since > PATIENCE:
                        text, pasting = PASTED, False  # no end marker: every later key would count as pasted
                    self._hand_on(parser, text)
                    faults = 0
                except Exception as error:
                    faults += 1
                    if faults > FAULTS or isinstance(error, OSError):
                        raise
                    parser = XTermParser(self._debug)  # a generator is finished once it has raised
                    self._app.call_later(self._tell, failure.write(error))
        finally:
            selector.close()

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except BaseException as error:  # noqa: BLE001 - told by the app, in planner's words
            if not self.exit_event.is_set():
                self._app.call_later(self._app._handle_exception, error)

    def _hand_on(self, parser: XTermParser, text: str) -> None:
        if text:
            for event in parser.feed(text):
                self.process_message(event)
        for event in parser.tick():
            self.process_message(event)

    def _tell(self, log: str | None) -> None:
        where = f" Details: {log}" if log else ""
        self._app.notify(
            f"A key couldn't be read. What you've typed is still here.{where}", severity="error", markup=False
        )
