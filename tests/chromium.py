"""A real Chromium, driven by the DevTools protocol over a pipe: pages, touches, pictures, a lost connection."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MISSING = "Chromium isn't installed"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--disable-extensions", "--remote-debugging-pipe",
)  # fmt: skip
PATIENCE = 60.0
# Chromium expects the pipe at 3 and 4
ARRANGE = """
import os, sys
ends = [os.dup(int(text)) for text in sys.argv[1:3]]
for place, end in enumerate(ends, start=3):
    os.dup2(end, place)
    os.set_inheritable(place, True)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Browser:
    """The browser, and the pipe to it."""

    def __init__(self, process: subprocess.Popen[bytes], write: int, read: int) -> None:
        self.process = process
        self._write, self._read = write, read
        self._number, self._left = 0, b""
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        """Run a command and return its result."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._write, data) :]
        while True:
            found = self._receive()
            if found.get("id") == self._number:
                assert "error" not in found, f"{method}: {found['error']}"
                return dict(found["result"])
            self.events.append(found)

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._left:
            part = os.read(self._read, 1 << 20)
            assert part, "Chromium has ended"
            self._left += part
        data, _, self._left = self._left.partition(b"\0")
        return dict(json.loads(data))

    def phone(self, width: int = 390, height: int = 844, *, dark: bool = False) -> Tab:
        """Open a tab with a phone's screen, with storage of its own."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        tab = Tab(self, self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"], target)
        for domain in ("Page", "Runtime", "Network", "Log"):
            tab.call(f"{domain}.enable")
        tab.resize(width, height)
        tab.look(dark=dark)
        return tab


class Tab:
    """A page in a browser."""

    def __init__(self, browser: Browser, session: str, target: str) -> None:
        self._browser, self._session, self._target = browser, session, target

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self._browser.call(method, self._session, **parameters)

    def resize(self, width: int, height: int) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2, mobile=True)

    def look(self, *, dark: bool) -> None:
        """Choose what the system prefers."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, url: str) -> None:
        self.call("Page.navigate", url=url)
        self.until("document.readyState === 'complete'")

    def js(self, code: str) -> Any:
        """Evaluate an expression, waiting for a promise."""
        found = self.call("Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def until(self, code: str) -> Any:
        """Wait until an expression is true, and return it."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                found = self.js(code)
            except AssertionError as problem:  # between two pages
                found = None
                last = str(problem)
            else:
                last = ""
            if found:
                return found
            time.sleep(0.02)
        raise AssertionError(f"not in time: {code} {last}\n{self.js('document.body.innerText')}")

    def tap(self, words: str, within: str = "body") -> None:
        """Touch what has these words, or that name for a screen reader, as soon as it is there."""
        place = self.until(
            f"""(() => {{
              const place = document.querySelector('dialog[open]') || document.querySelector({json.dumps(within)});
              const found = [...place.querySelectorAll('button, a, summary')]
                .find(each => [each.textContent.trim(), each.getAttribute('aria-label')].includes({json.dumps(words)})
                  && each.offsetParent !== null);
              if (!found) return null;
              found.scrollIntoView({{block: 'center'}});
              const box = found.getBoundingClientRect();
              return [box.x + box.width / 2, box.y + box.height / 2];
            }})()"""
        )
        point = [{"x": place[0], "y": place[1]}]
        self.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=point)
        self.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def type(self, selector: str, text: str) -> None:
        """Type into a field."""
        self.until(f"document.querySelector({json.dumps(selector)}) !== null")
        self.js(f"document.querySelector({json.dumps(selector)}).focus()")
        self.call("Input.insertText", text=text)

    def offline(self, on: bool) -> None:
        """Take the connection away, or give it back. Also from the service worker, which is a target of its own."""
        self.call("Network.emulateNetworkConditions", offline=on, latency=0, downloadThroughput=-1, uploadThroughput=-1)

    def picture(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))


@contextmanager
def running(folder: Path, *flags: str) -> Iterator[Browser]:
    """Start a Chromium that ends with the block."""
    assert PROGRAM is not None, MISSING
    ours_in, theirs_out = os.pipe()
    theirs_in, ours_out = os.pipe()

    process = subprocess.Popen(
        [sys.executable, "-c", ARRANGE, str(theirs_in), str(theirs_out), PROGRAM, *FLAGS, *flags,
         f"--user-data-dir={folder}", "about:blank"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        pass_fds=(theirs_in, theirs_out), env={**os.environ, "HOME": str(folder)},
    )  # fmt: skip
    os.close(theirs_in)
    os.close(theirs_out)
    try:
        yield Browser(process, ours_out, ours_in)
    finally:
        process.terminate()
        process.wait(PATIENCE)
        os.close(ours_in)
        os.close(ours_out)
