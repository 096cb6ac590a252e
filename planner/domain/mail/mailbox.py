"""The rep's mailboxes: where each is and where its password comes from, but never the password itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from planner import platform
from planner.domain.errors import InputError

SECURITY = {"tls": 993, "starttls": 143}
PASSWORDS = "keyring, ask, env:NAME or command:pass show mail"
_NAME = re.compile(r"[\w-]{1,40}")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]{2,45}\]?")


@dataclass(frozen=True, slots=True)
class Account:
    """A mailbox read over IMAP. `ca` is the file of a private certificate authority, empty for the system's.

    `password` is the source of the password: ``keyring``, ``ask``, ``env:NAME`` or ``command:…`` (its first line).
    """

    name: str
    host: str
    user: str
    security: str = "tls"
    port: int = 0
    password: str = "keyring"
    folder: str = "INBOX"
    ca: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise InputError(f"{self.name!r} isn't a valid mailbox name. Use up to 40 letters and digits, - or _.")
        if not _HOST.fullmatch(self.host):
            raise InputError(f"{self.host!r} isn't a valid mail server name.")
        if not self.user or len(self.user) > 320 or not self.user.isprintable():
            raise InputError("Enter the username for the mailbox.")
        if self.security not in SECURITY:
            raise InputError(f"{self.security!r} isn't a security setting. Use tls or starttls.")
        if not 0 <= self.port <= 65_535:
            raise InputError("A port is a number up to 65,535.")
        if not self.folder or len(self.folder) > 500:
            raise InputError("Enter a folder, such as INBOX.")
        check_password(self.password)

    @property
    def at(self) -> int:
        """The port."""
        return self.port or SECURITY[self.security]


def check_password(source: str) -> None:
    """Raise InputError for anything but a source, because a password written there would be saved in a file."""
    kind, _, rest = source.partition(":")
    if source in ("keyring", "ask"):
        return
    if kind == "env" and re.fullmatch(r"[A-Za-z_]\w{0,200}", rest):
        return
    if kind == "command" and len(rest) <= 500:
        try:
            if platform.split_command(rest):
                return
        except ValueError as error:
            raise InputError(f"The password command can't be read: {error}.") from error
    raise InputError(f"The password isn't saved in the settings. Enter where it comes from: {PASSWORDS}.")
