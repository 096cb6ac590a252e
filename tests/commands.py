"""Run the program as a command inside this process, with its own environment, streams, arguments and exit code.

`PLANNER_COLD=1 pytest` starts a new process for every command instead. What a process loads is tested in
`test_imports.py` and what remains of a killed one in `drills`. Both always start a process.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, TextIO

from planner.__main__ import main
from planner.domain import formats

COLD = bool(os.environ.get("PLANNER_COLD"))
TIMEOUT = 120.0  # seconds for a process


def answer(words: list[str], env: Mapping[str, str]) -> tuple[int, str, str]:
    """Run a command. Returns its exit code, stdout and stderr."""
    return _process(words, env) if COLD else _here(words, env)


def _process(words: list[str], env: Mapping[str, str]) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "planner", *words],
        env=dict(env),
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=TIMEOUT,
    )
    return done.returncode, done.stdout, done.stderr


def _here(words: list[str], env: Mapping[str, str]) -> tuple[int, str, str]:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        with _environment(env), _streams(out, err):
            before, sys.argv = sys.argv, ["planner", *words]
            try:
                code = main()
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 1
            finally:
                sys.argv = before
                formats.use_iso(False)
                if not sys.stderr.closed:
                    sys.stderr.flush()
        return code, _read(out), _read(err)


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


@contextmanager
def _environment(env: Mapping[str, str]) -> Iterator[None]:
    """Give the command its own environment, and the time zone it names."""
    before = dict(os.environ)
    zone = before.get("TZ") != env.get("TZ")
    os.environ.clear()
    os.environ.update(env)
    try:
        if zone:
            time.tzset()
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        if zone:
            time.tzset()


@contextmanager
def _streams(out: IO[bytes], err: IO[bytes]) -> Iterator[None]:
    """Give the command its own streams: empty input, captured output."""
    encoding, _, errors = os.environ.get("PYTHONIOENCODING", "utf-8").partition(":")
    before = sys.stdin, sys.stdout, sys.stderr
    with open(os.devnull, encoding=encoding) as nothing:
        sys.stdin = standard_input(nothing)
        sys.stdout = standard_output(out, encoding, errors or "strict")
        sys.stderr = standard_output(err, encoding, errors or "backslashreplace")
        try:
            yield
        finally:
            sys.stdin, sys.stdout, sys.stderr = before


def standard_input(nothing: TextIO) -> TextIO:
    """The standard input of a command, for tests to override."""
    return nothing


def standard_output(file: IO[bytes], encoding: str, errors: str) -> TextIO:
    """The standard output of a command, for tests to override."""
    return io.TextIOWrapper(io.FileIO(file.fileno(), "w", closefd=False), encoding, errors)
