"""Files under a passphrase, in the format of age (version 1): `age -d FILE` opens them without planner.

A file is worked on as a whole: age's passphrase recipients have no stream in pyrage.
"""

from __future__ import annotations

from planner.domain.errors import StateError

MARK, ARMORED = b"age-encryption.org/", b"-----BEGIN AGE ENCRYPTED FILE-----"
ENDING = ".age"
SHORTEST = 8  # characters of a new passphrase


def is_sealed(head: bytes) -> bool:
    """Whether a file that begins so is one of age's."""
    return head.startswith((MARK, ARMORED))


def seal(data: bytes, passphrase: str) -> bytes:
    """Bytes under a passphrase."""
    import pyrage

    return bytes(pyrage.passphrase.encrypt(data, passphrase))


def open_sealed(data: bytes, passphrase: str, name: str) -> bytes:
    """What is under a passphrase; `name` is the file's. Raises StateError for what can't be opened."""
    import pyrage

    try:
        return bytes(pyrage.passphrase.decrypt(data, passphrase))
    except pyrage.DecryptError as error:
        raise StateError(f"{name} can't be opened: the passphrase is another, or the file is damaged.") from error
