"""Limits the time that a hostile file could otherwise prolong for ever."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class TooSlow(Exception):
    """Raised when the time is up."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Limit a block to some seconds, in any thread. Raises TooSlow in it when they are over.

    A recurrence rule that never matches is searched within one dateutil call, where no code of ours could check a
    clock. CPython raises an exception in another thread between two of its instructions (`PyThreadState_SetAsyncExc`),
    while a signal would work on POSIX and in the main thread only.
    """
    target = threading.get_ident()
    lock = threading.Lock()
    over = False

    def stop() -> None:
        with lock:
            if not over:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(target), ctypes.py_object(TooSlow))

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with lock:
            over = True
        timer.cancel()
