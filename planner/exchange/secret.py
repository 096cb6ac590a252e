"""Gets secrets from outside: a mailbox password from a keyring, and any secret from the environment or a command.

Passwords are never stored in a file of planner's. Where there is no keyring, the address of a calendar and the code of
the rep's devices are: nobody can be asked for them every hour.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time

from planner import files, platform
from planner.domain.errors import StateError
from planner.domain.mail.mailbox import Account

SERVICE = "planner"
KEYRING, PRIVATE = "keyring:", "private:"  # where a secret of planner's own is stored
PATIENCE = 60  # seconds, for a command that asks for its own passphrase
NO_KEYRING = (
    "no keyring is installed. Run pip install 'sales-planner[keyring]', or set the password to env:NAME or "
    "command:pass show mail"
)


def find(account: Account, stop: threading.Event) -> str | None:
    """Return the password, or None if the rep must be asked. Raises StateError with the obstacle.

    The source may wait for the rep (a passphrase, a locked keyring), so it runs in its own thread and `stop` ends the
    wait at once.
    """
    found: list[str | None] = []
    problems: list[BaseException] = []

    def ask() -> None:
        try:
            found.append(_read_password(account, stop))
        except BaseException as problem:  # noqa: BLE001 - handed to the thread that asked
            problems.append(problem)

    thread = threading.Thread(target=ask, daemon=True, name="planner-secret")
    thread.start()
    until = time.monotonic() + PATIENCE
    while thread.is_alive():
        thread.join(0.05)
        if thread.is_alive() and (stop.is_set() or time.monotonic() >= until):
            raise StateError(f"No password for {account.name} arrived in time.")
    if problems:
        raise problems[0]
    return found[0]


def _read_password(account: Account, stop: threading.Event) -> str | None:
    kind = account.password.partition(":")[0]
    if kind in ("env", "command"):
        return read_secret(account.password, f"password for {account.name}", stop)
    if kind == "keyring":
        return _keyring_password(account)
    return None


def read_secret(source: str, what: str, stop: threading.Event) -> str:
    """Return a secret from the environment (``env:NAME``) or a command (``command:WORDS``). Raises StateError."""
    kind, _, rest = source.partition(":")
    if kind == "command":
        return _told_by(rest, what, stop)
    found = os.environ.get(rest)
    if not found:
        raise StateError(f"The {what} comes from {rest}, which isn't set.")
    return found


def _told_by(command: str, what: str, stop: threading.Event) -> str:
    try:
        words = platform.split_command(command)
    except ValueError as error:
        raise StateError(f"The command for the {what} can't be read: {error}.") from error
    if not words:
        raise StateError(f"The command for the {what} is empty.")
    try:
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
    except FileNotFoundError as error:
        raise StateError(f"{words[0]}, the command for the {what}, isn't installed.") from error
    except OSError as error:
        raise StateError(f"{words[0]} didn't return the {what}: {error.strerror}.") from error
    until = time.monotonic() + PATIENCE
    while True:
        try:
            told, _ = process.communicate(timeout=0.05)
            break
        except subprocess.TimeoutExpired:
            if stop.is_set() or time.monotonic() >= until:
                process.kill()
                raise StateError(f"{words[0]} didn't return the {what} in time.") from None
    lines = told.decode("utf-8", "replace").splitlines()
    if process.returncode or not lines or not lines[0]:
        raise StateError(f"{words[0]} didn't return the {what} (exit code {process.returncode}).")
    return lines[0]


def _keyring_password(account: Account) -> str | None:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError as error:
        raise StateError(f"Can't get the password for {account.name}: {NO_KEYRING}.") from error
    try:
        return keyring.get_password(SERVICE, f"{account.user}@{account.host}")
    except KeyringError as error:
        raise StateError(
            f"The keyring didn't return the password for {account.name} ({type(error).__name__}). Unlock it, or get "
            "the password from somewhere else."
        ) from error


def keep(account: Account, password: str) -> None:
    """Store a password in the keyring."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError as error:
        raise StateError(f"Can't save the password: {NO_KEYRING}.") from error
    try:
        keyring.set_password(SERVICE, f"{account.user}@{account.host}", password)
    except KeyringError as error:
        raise StateError(f"The keyring couldn't save the password ({type(error).__name__}).") from error


# what is asked for while nobody is there: addresses of calendars, the code of the rep's devices


def path_of(settings_path: str) -> str:
    """Return the file for secrets where there is no keyring."""
    return os.path.join(os.path.dirname(settings_path), "secrets.json")


def keep_secret(key: str, value: str, path: str | None) -> str:
    """Store a secret under a key of its own: in the keyring, otherwise in a file that only the rep can read, `path`.
    Returns its source. Raises StateError if there is nowhere to store it.
    """
    if platform.keep_key(key, value):
        return KEYRING
    platform.drop_key(key)
    if path is None:
        raise StateError(f"Can't save it: {NO_KEYRING.replace('password', 'address')}.")
    _write_stored(path, {**_stored(path), key: value})
    return PRIVATE


def find_secret(source: str, key: str, path: str, what: str, stop: threading.Event) -> str:
    """Return a secret, which is `what`. Raises StateError with the obstacle."""
    if source not in (KEYRING, PRIVATE):
        return read_secret(source, what, stop)
    found = platform.kept_key(key) if source == KEYRING else _stored(path).get(key)
    if not found:
        raise StateError(f"This machine doesn't have the {what} any more.")
    return found


def forget_secret(source: str, key: str, path: str) -> None:
    """Delete a stored secret, if it is there."""
    if source == KEYRING:
        platform.drop_key(key)
    elif source == PRIVATE:
        stored = _stored(path)
        if stored.pop(key, None) is not None:
            _write_stored(path, stored)


def _stored(path: str) -> dict[str, str]:
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise StateError(f"{path}, with the addresses of your calendars, can't be read.") from error
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _write_stored(path: str, stored: dict[str, str]) -> None:
    try:
        if stored:
            files.put(path, files.writer_of(json.dumps(stored, ensure_ascii=False, indent=2).encode()))
        else:
            os.unlink(path)
    except OSError as error:
        raise StateError(f"Can't write {path}: {error.strerror}.") from error
