"""Two real Syncthing daemons on loopback that carry a folder between them. Needs Debian's `syncthing`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.dovecot import free_port

PROGRAM = shutil.which("syncthing")
MISSING = "Debian's syncthing isn't installed here: the test with a real carrier needs it"
PATIENCE = 240.0  # seconds for what was written to arrive, on a busy machine


@contextmanager
def carried(home: Path, one: Path, other: Path) -> Iterator[None]:
    """Run two daemons, each with its own home, that hold two folders equal."""
    assert PROGRAM is not None
    homes = [home / "one", home / "other"]
    ports = [free_port(), free_port()]
    ids = []
    for each in homes:
        subprocess.run(
            [PROGRAM, "generate", f"--home={each}", "--no-default-folder", "--skip-port-probing"],
            check=True, capture_output=True, env=_environment(each),
        )  # fmt: skip
        found = subprocess.run(
            [PROGRAM, f"--home={each}", "--device-id"], check=True, capture_output=True, text=True,
            env=_environment(each),
        )  # fmt: skip
        ids.append(found.stdout.strip())
    for number, folder in enumerate((one, other)):
        _configure(homes[number], folder, ports, ids, number)
    daemons = [
        subprocess.Popen(
            [PROGRAM, "serve", f"--home={each}", "--no-browser", "--no-restart", "--no-upgrade"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment(each),
        )
        for each in homes
    ]  # fmt: skip
    try:
        yield
    finally:
        for daemon in daemons:
            daemon.terminate()
        for daemon in daemons:
            daemon.wait(60)


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "HOME": str(home), "STNOUPGRADE": "1"}


def _configure(home: Path, folder: Path, ports: list[int], ids: list[str], number: int) -> None:
    """Write a configuration that talks to the other daemon alone."""
    folder.mkdir(exist_ok=True)
    (folder / ".stfolder").mkdir(exist_ok=True)
    devices = "".join(
        f'<device id="{each}" name="{place}" compression="never"><address>tcp://127.0.0.1:{port}</address></device>'
        for place, (each, port) in enumerate(zip(ids, ports, strict=True))
    )
    members = "".join(f'<device id="{each}"></device>' for each in ids)
    key = re.search(r"<apikey>.*?</apikey>", (home / "config.xml").read_text(encoding="utf-8"))
    (home / "config.xml").write_text(
        f"""<configuration version="36">
<folder id="planner" label="planner" path="{folder}" type="sendreceive" rescanIntervalS="2" fsWatcherEnabled="true"
 fsWatcherDelayS="1">{members}</folder>{devices}
<gui enabled="true" tls="false"><address>127.0.0.1:{free_port()}</address>{key[0] if key else ""}</gui>
<options><listenAddress>tcp://127.0.0.1:{ports[number]}</listenAddress>
<globalAnnounceEnabled>false</globalAnnounceEnabled><localAnnounceEnabled>false</localAnnounceEnabled>
<relaysEnabled>false</relaysEnabled><natEnabled>false</natEnabled><urAccepted>-1</urAccepted>
<crashReportingEnabled>false</crashReportingEnabled><reconnectionIntervalS>1</reconnectionIntervalS>
<startBrowser>false</startBrowser></options></configuration>""",
        encoding="utf-8",
    )


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait until something has arrived."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"never arrived: {what}"
        time.sleep(0.2)
