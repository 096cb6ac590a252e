"""The folder in which another program carries sealed messages between the devices.

Each device writes only into its own subfolder, because no carrier can compare and swap: a file that two write loses one
of the writes. A file is complete once it has its name, and is never changed.
"""

from __future__ import annotations

import os
import re
from typing import Protocol

from planner import platform
from planner.domain.errors import StateError

MESSAGE, ALL = "age", "all.age"
LARGEST = 500 * 2**20
_DEVICE = re.compile(r"\d{1,2}")
_FILE = re.compile(r"(\d{8})\.(age|all\.age)")


class Carrier(Protocol):
    """What carries files between the devices: a folder, or a mailbox (`MailFolder`). Each file is written once, by the
    device it is named after. All methods raise StateError, or another PlannerError, with a sentence.
    """

    path: str

    def check(self) -> None: ...
    def devices(self) -> list[int]: ...
    def claim(self, device: int) -> None: ...
    def numbers(self, device: int, kind: str = MESSAGE) -> list[int]: ...
    def read(self, device: int, number: int, kind: str = MESSAGE) -> bytes: ...
    def write(self, device: int, number: int, data: bytes, kind: str = MESSAGE) -> None: ...
    def remove(self, device: int, number: int, kind: str = MESSAGE) -> None: ...
    def close(self) -> None: ...


class Folder:
    """A folder of messages. Its methods raise StateError with a sentence when it can't be read or written."""

    def __init__(self, path: str) -> None:
        self.path = os.path.abspath(os.path.expanduser(path))

    def close(self) -> None:
        """Nothing is kept open."""

    def check(self) -> None:
        """Raise StateError for a folder that isn't there."""
        if not os.path.isdir(self.path):
            raise StateError(f"{self.path} isn't there. Nothing is lost: syncing goes on when it is back.")

    def devices(self) -> list[int]:
        """Return the numbers of the devices that have a subfolder."""
        self.check()
        return sorted(int(name) for name in self._listed(self.path) if _DEVICE.fullmatch(name))

    def claim(self, device: int) -> None:
        """Create a device's subfolder. Raises StateError if there is one."""
        try:
            os.mkdir(self._of(device))
        except FileExistsError as error:
            raise StateError(f"{self._of(device)} already exists.") from error
        except OSError as error:
            raise StateError(f"Can't write {self._of(device)}: {error.strerror}.") from error

    def numbers(self, device: int, kind: str = MESSAGE) -> list[int]:
        """Return the numbers of a device's messages that are there, or of its snapshots (`ALL`)."""
        found = (_FILE.fullmatch(name) for name in self._listed(self._of(device)))
        return sorted(int(match[1]) for match in found if match is not None and match[2] == kind)

    def read(self, device: int, number: int, kind: str = MESSAGE) -> bytes:
        """Return a file's bytes."""
        path = self._file(device, number, kind)
        try:
            if os.path.getsize(path) > LARGEST:
                raise StateError(f"{path} is too large to be a message.")
            with open(path, "rb") as file:
                return file.read()
        except OSError as error:
            raise StateError(f"Can't read {path}: {error.strerror}.") from error

    def write(self, device: int, number: int, data: bytes, kind: str = MESSAGE) -> None:
        """Write a file whole or not at all."""
        path = self._file(device, number, kind)
        partial = f"{path}.{os.getpid()}.part"
        try:
            os.makedirs(self._of(device), exist_ok=True)
            with open(partial, "wb") as file:
                file.write(data)
                file.flush()
                platform.sync_file(file.fileno())
            platform.replace(partial, path)
        except OSError as error:
            raise StateError(f"Can't write to {self.path}: {error.strerror}. It is sent next time.") from error

    def remove(self, device: int, number: int, kind: str = MESSAGE) -> None:
        """Delete a file that every device has taken in."""
        try:
            os.unlink(self._file(device, number, kind))
        except FileNotFoundError:
            return
        except OSError as error:
            raise StateError(f"Can't delete {self._file(device, number, kind)}: {error.strerror}.") from error

    def _of(self, device: int) -> str:
        return os.path.join(self.path, str(device))

    def _file(self, device: int, number: int, kind: str) -> str:
        return os.path.join(self._of(device), f"{number:08}.{kind}")

    def _listed(self, path: str) -> list[str]:
        try:
            return os.listdir(path)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StateError(f"Can't read {path}: {error.strerror}.") from error
