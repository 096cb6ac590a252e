"""The program, started warm: a process that has loaded all of it forks for each command, so that hundreds of them don't
each load SQLModel. A command still is a process of its own, with its own environment, folder, streams and exit code.

`PLANNER_COLD=1 pytest` starts every command from nothing instead; what a process loads is the concern of
`test_imports.py`, which always does.
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

POSSIBLE = hasattr(os, "fork") and not os.environ.get("PLANNER_COLD")


class Warm:
    """Runs commands in forks of one process."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(self, words: list[str], env: Mapping[str, str], timeout: float) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of a command."""
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.warm"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=Path(__file__).parent.parent,
            )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        with tempfile.TemporaryDirectory() as folder:
            out, err = f"{folder}/out", f"{folder}/err"
            asked = {"words": words, "env": dict(env), "cwd": os.getcwd(), "out": out, "err": err, "timeout": timeout}
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()
            code = int(process.stdout.readline())
            told = (Path(path).read_bytes().decode("utf-8") for path in (out, err))
            return code, *told  # type: ignore[return-value]

    def end(self) -> None:
        """Let the process go."""
        if self._process is not None:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.close()
            self._process.wait(10)
            self._process.stdout.close()


def _command(asked: dict[str, object]) -> int:
    """Be the command, in a fork."""
    os.environ.clear()
    os.environ.update(asked["env"])  # type: ignore[call-overload]
    time.tzset()
    os.chdir(str(asked["cwd"]))
    for number, path in ((0, os.devnull), (1, str(asked["out"])), (2, str(asked["err"]))):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT
        handle = os.open(path, flags, 0o600)
        os.dup2(handle, number)
        os.close(handle)
    encoding, _, errors = os.environ.get("PYTHONIOENCODING", "utf-8").partition(":")
    sys.stdin = io.TextIOWrapper(io.FileIO(0, "r", closefd=False), encoding)
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), encoding, errors or "strict", write_through=True)
    sys.stderr = io.TextIOWrapper(
        io.FileIO(2, "w", closefd=False), encoding, errors or "backslashreplace", write_through=True
    )
    sys.argv = ["planner", *asked["words"]]  # type: ignore[misc]
    from planner.__main__ import main

    code = main()
    sys.stdout.flush()
    return code


def serve() -> None:
    """Load all that commands may need, then fork for each that is asked for."""
    import planner

    for module in pkgutil.walk_packages(planner.__path__, "planner."):
        if not module.name.startswith(("planner.tui", "planner.__main__")):
            importlib.import_module(module.name)
    gc.freeze()
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            code = 70
            try:
                code = _command(asked)
            finally:
                os._exit(code)
        until = time.monotonic() + asked["timeout"]
        ended, status = os.waitpid(child, os.WNOHANG)
        while not ended:
            if time.monotonic() > until:
                os.kill(child, 9)
            time.sleep(0.002)
            ended, status = os.waitpid(child, os.WNOHANG)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    serve()
