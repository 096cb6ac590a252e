"""Encrypts files with a passphrase in age's format (version 1), which `age -d FILE` opens without planner.

A file is processed as a whole, since pyrage can't stream with passphrase recipients.
"""

from __future__ import annotations

import base64
import contextlib
import re

from planner.domain.errors import StateError

MARK, ARMORED = b"age-encryption.org/", b"-----BEGIN AGE ENCRYPTED FILE-----"
ENDING = ".age"
MOST_WORK = 20  # of age's scrypt, as a power of two: three seconds. age itself writes 18
SHORTEST = 8  # characters of a new passphrase


def is_sealed(head: bytes) -> bool:
    """Whether a file with this head is an age file."""
    return head.startswith((MARK, ARMORED))


def seal(data: bytes, passphrase: str) -> bytes:
    """Encrypt bytes with a passphrase."""
    import pyrage

    return bytes(pyrage.passphrase.encrypt(data, passphrase))


def open_sealed(data: bytes, passphrase: str, name: str) -> bytes:
    """Decrypt bytes with a passphrase. `name` is the file's. Raises StateError for anything that can't be opened."""
    import pyrage

    work = _work(data)
    if work > MOST_WORK:
        raise StateError(f"{name} takes 2^{work} rounds of work to open. planner allows up to 2^{MOST_WORK}.")
    try:
        return bytes(pyrage.passphrase.decrypt(data, passphrase))
    except pyrage.DecryptError as error:
        raise StateError(f"Can't open {name}: the passphrase is wrong, or the file is damaged.") from error


def _work(data: bytes) -> int:
    """Return the work factor a file asks for (age's ``-> scrypt SALT N``), or 0."""
    head = data[:4096]
    if head.startswith(ARMORED):
        lines = head.split(b"\n")[1:40]
        text = b"".join(line.strip() for line in lines if not line.startswith(b"-----"))[:2048]
        with contextlib.suppress(ValueError):
            head = base64.b64decode(text[: len(text) // 4 * 4])
    found = re.search(rb"^-> scrypt \S+ (\d{1,9})$", head[:2048], re.MULTILINE)
    return int(found[1]) if found else 0
