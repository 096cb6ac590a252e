"""A limit of time on what a hostile file could make last for ever."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class TooSlow(Exception):
    """The time is over."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Run a block for some seconds at most, in whatever thread; raises TooSlow in it when they are over.

    A recurrence rule that never comes is sought for within one call of dateutil, so nothing of ours could look at a
    clock meanwhile. CPython raises an exception in another thread between two of its instructions
    (`PyThreadState_SetAsyncExc`), which a signal would do on POSIX and in the main thread only.
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
