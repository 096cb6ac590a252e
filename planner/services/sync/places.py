"""Where what syncs lies: the file beside the database, the code, and the folder or mailbox that carries messages."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from planner import platform
from planner.domain.errors import InputError, StateError
from planner.exchange import secret
from planner.exchange.sync.folder import Folder
from planner.services.context import AppContext
from planner.store import numbering
from planner.store.connection import is_encrypted
from planner.store.day.events import database_uid
from planner.store.sync import exchange, tables
from planner.store.sync.tables import state_path

if TYPE_CHECKING:
    from planner.exchange.sync.folder import Carrier

FOLDER, EVERY = "sync.folder", "sync.every"
MAILBOX = "imap:"  # begins the name of a mailbox where a folder could stand
SEALED = "sealed:"  # the code lies in the file beside the database, which is encrypted like it


@contextmanager
def attached(ctx: AppContext) -> Iterator[sqlite3.Connection]:
    """Open the database of a device that syncs, with what was exchanged attached, in one transaction."""
    with ctx.database.open_connection() as handle:
        own_number(handle)
        with exchange.attached(handle, state_path(ctx.path)):
            yield handle


def own_number(handle: Any) -> int:
    """Return this device's number. Raises StateError if it doesn't sync."""
    found = numbering.device_of(handle)
    if found is None:
        raise StateError("This device doesn't sync. Begin with planner sync start FOLDER, or planner sync join FOLDER.")
    return found


# what carries messages


def carrier_name(ctx: AppContext) -> str:
    """Return the folder or the mailbox in the settings. Raises StateError if there is none."""
    found = str(ctx.current_config()[FOLDER])
    if not found:
        raise StateError("No folder to sync through is set. Set sync.folder, or leave with planner sync stop.")
    return found


@contextmanager
def open_carrier(ctx: AppContext, name: str) -> Iterator[Carrier]:
    """Open a folder, or the mailbox of ``imap:NAME``. Raises PlannerError with what is in the way."""
    if not name.startswith(MAILBOX):
        folder = Folder(name)
        folder.check()
        yield folder
        return
    from planner.exchange.sync.mail_folder import open_mailbox  # only here: a folder needs no mail library
    from planner.services.mail import mailbox

    account = mailbox.find(ctx, name.removeprefix(MAILBOX))[0]
    try:
        password = mailbox.Passwords().get(account)
    except mailbox.PasswordNeeded as error:
        raise StateError(
            f"Syncing can't ask for the password of {account.name}, as it runs while nobody is there. Let it come from "
            f"the keyring (planner mail account password {account.name}), env:NAME or command:pass show mail."
        ) from error
    with closing(open_mailbox(account, password)) as found:
        yield found


def check_new(ctx: AppContext, carrier: Carrier) -> None:
    """Raise InputError for a folder that can't carry this database, StateError if it already syncs."""
    if isinstance(carrier, Folder):
        home = os.path.join(os.path.dirname(os.path.realpath(ctx.path)), "")
        if home.startswith(os.path.join(os.path.realpath(carrier.path), "")):
            raise InputError("The database itself lies in that folder. Choose another one for what is exchanged.")
    if ctx.database.exists():
        with ctx.database.read() as reads:
            if numbering.device_of(reads) is not None:
                raise StateError("This device already syncs. To leave: planner sync stop")


# the code


def keep_code(ctx: AppContext, handle: sqlite3.Connection, code: str) -> None:
    """Keep the code: in the keyring, otherwise in a file that only the rep can read, encrypted if the database is."""
    if is_encrypted(ctx.path):
        source = secret.KEYRING if platform.keep_key(_key(handle), code) else f"{SEALED}{code}"
    else:
        source = secret.keep_secret(_key(handle), code, secret.path_of(ctx.settings_path))
    tables.put_fact(handle, "code", source)


def find_code(ctx: AppContext, handle: sqlite3.Connection) -> str:
    """Return the code. Raises StateError if this machine doesn't have it any more."""
    source = tables.fact(handle, "code") or secret.PRIVATE
    if source.startswith(SEALED):
        return source.removeprefix(SEALED)
    place = secret.path_of(ctx.settings_path)
    code = secret.find_secret(source, _key(handle), place, "sync code", threading.Event())
    if source == secret.PRIVATE and is_encrypted(
        ctx.path
    ):  # encrypted since: the code shall not lie beside it in plain
        keep_code(ctx, handle, code)
        secret.forget_secret(source, _key(handle), place)
    return code


def forget(ctx: AppContext, handle: sqlite3.Connection) -> None:
    """Delete the code and the file beside the database."""
    source = secret.PRIVATE
    with suppress(StateError), exchange.attached(handle, state_path(ctx.path)):  # it may be what is damaged
        source = tables.fact(handle, "code") or source
    secret.forget_secret(source, _key(handle), secret.path_of(ctx.settings_path))
    with suppress(FileNotFoundError):
        os.unlink(state_path(ctx.path))


def _key(handle: Any) -> str:
    return f"sync:{database_uid(handle)}"
