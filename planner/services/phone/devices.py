"""The phones that may use the rep's data: each has a token, of which only the hash is stored.

Each phone is one small file beside the database, named by its number. So revoking one is deleting its file, whatever
else is going on, and neither a backup nor a restore brings a revoked phone back.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from planner import files, platform
from planner.domain.errors import StateError
from planner.domain.text import clean
from planner.services.context import AppContext

LONGEST_NAME = 60
TOKEN_BYTES = 32
SEEN_AGAIN = 600  # seconds until it is noted again that a phone was used
CODE_SECONDS = 600  # how long a pairing code is good for


@dataclass(frozen=True, slots=True)
class Phone:
    """A paired phone: its number and name, and when it was paired and last used."""

    number: int
    name: str
    paired: datetime
    seen: datetime


class Phones:
    """The paired phones, on disk. Every answer is as of now, since another program may revoke one."""

    def __init__(self, ctx: AppContext) -> None:
        self.ctx = ctx
        self._folder = f"{os.path.splitext(ctx.path)[0]}.phones"

    def all(self) -> list[Phone]:
        """Return the phones by number."""
        found = []
        for number in self._numbers():
            try:
                stat = os.stat(self._path(number))
                with open(self._path(number), encoding="utf-8") as file:
                    read = json.load(file)
                paired = datetime.fromisoformat(read["paired"])
                found.append(Phone(number, str(read["name"]), paired, datetime.fromtimestamp(int(stat.st_mtime))))
            except FileNotFoundError:
                continue  # revoked since
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise StateError(
                    f"{self._path(number)} can't be read. Delete it, and pair that phone again."
                ) from error
        return found

    def add(self, name: str) -> tuple[int, str]:
        """Pair a phone. Returns its number and the token that is shown to nobody else."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now = self.ctx.now()
        read = {"name": clean(name)[:LONGEST_NAME] or "Phone", "hash": _hash(token), "paired": f"{now:%Y-%m-%dT%H:%M}"}
        data = json.dumps(read).encode()
        try:
            with files.workplace(os.path.dirname(self.ctx.path)) as place:
                made = os.path.join(place, "phone")
                with os.fdopen(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
                    out.write(data)
                    out.flush()
                    platform.sync_file(out.fileno())
                os.utime(made, (self.ctx.clock.timestamp(),) * 2)
                files.make_private_folder(self._folder)
                number = max(self._numbers(), default=0) + 1
                while not platform.put_new(made, self._path(number)):
                    number += 1
            platform.sync_folder(self._folder)
        except OSError as error:
            raise StateError(f"The phone couldn't be paired: {error.strerror}.") from error
        return number, token

    def number_of(self, token: str) -> int | None:
        """Return the number of the phone that has a token, None if there is none (any more)."""
        wanted = _hash(token)
        for number in self._numbers():
            try:
                with open(self._path(number), encoding="utf-8") as file:
                    known = str(json.load(file)["hash"])
            except (OSError, ValueError, KeyError, TypeError):
                continue  # revoked since, or unreadable, and then it lets nobody in
            if secrets.compare_digest(known.encode(), wanted.encode()):
                self._note_use(number)
                return number
        return None

    def revoke(self, number: int) -> None:
        """Lock a phone out, at once and for good. Raises StateError if there is none of that number."""
        try:
            os.remove(self._path(number))
        except FileNotFoundError:
            raise StateError(f"There's no phone {number}. See your phones with `planner phone devices`.") from None
        except OSError as error:
            raise StateError(f"Phone {number} couldn't be revoked: {error.strerror}.") from error

    def _note_use(self, number: int) -> None:
        now = self.ctx.clock.timestamp()
        try:
            if abs(now - os.stat(self._path(number)).st_mtime) > SEEN_AGAIN:
                os.utime(self._path(number), (now, now))
        except OSError:
            return  # only for the list of phones

    def _numbers(self) -> list[int]:
        try:
            names = os.listdir(self._folder)
        except OSError:
            return []
        return sorted(int(name[:-5]) for name in names if re.fullmatch(r"[1-9][0-9]{0,5}\.json", name))

    def _path(self, number: int) -> str:
        return os.path.join(self._folder, f"{number}.json")


def _hash(token: str) -> str:
    # a token of 256 random bits can't be guessed from its hash, so nothing slower is needed
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class PairingCodes:
    """The code that pairs one phone: random, good once and for ten minutes, and never on disk."""

    def __init__(self, ctx: AppContext) -> None:
        self.ctx = ctx
        self._code = ""
        self._until = 0.0

    def new(self) -> str:
        """Return a new code. The one before it is no longer good."""
        self._code = secrets.token_urlsafe(20)
        self._until = self.ctx.clock.timestamp() + CODE_SECONDS
        return self._code

    def use(self, code: str) -> bool:
        """Whether a code is good, which it isn't again."""
        good = bool(self._code) and self.ctx.clock.timestamp() < self._until
        good = secrets.compare_digest(code.encode("utf-8", "surrogatepass"), self._code.encode()) and good
        if good:
            self._code = ""
        return good
