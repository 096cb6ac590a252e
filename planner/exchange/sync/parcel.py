"""Seals what travels between devices: age (X25519) for who may read, an HMAC for who wrote.

Both come from one identity, which only the rep's devices have. A carrier sees sizes, times and device numbers.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from planner.domain.errors import InputError

MAC = 32  # bytes
CODE = re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]{58}")


def new_code() -> str:
    """Return a new identity as text. It is also the code by which a device joins."""
    import pyrage

    return str(pyrage.x25519.Identity.generate())


def read_code(text: str) -> str:
    """Return a code as it was copied or typed. Raises InputError."""
    found = "".join(text.split()).upper()
    if not CODE.fullmatch(found):
        raise InputError("That isn't a join code. It begins with AGE-SECRET-KEY-1 and has 74 characters.")
    return found


def seal(code: str, data: bytes) -> bytes:
    """Return bytes that only devices with the code can read."""
    import pyrage

    identity = pyrage.x25519.Identity.from_str(code)
    return bytes(pyrage.encrypt(_mac(code, data) + data, [identity.to_public()]))


def unseal(code: str, sealed: bytes) -> bytes:
    """Return the bytes of a device with the same code. Raises ValueError for anything else, whole or not."""
    import pyrage

    try:
        found = bytes(pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(code)]))
    except (pyrage.DecryptError, pyrage.IdentityError) as error:
        raise ValueError("not sealed with this code") from error
    mac, data = found[:MAC], found[MAC:]
    if not hmac.compare_digest(mac, _mac(code, data)):
        raise ValueError("not written by a device with this code")
    return data


def _mac(code: str, data: bytes) -> bytes:
    return hmac.digest(hashlib.sha256(b"planner sync " + code.encode()).digest(), data, "sha256")
