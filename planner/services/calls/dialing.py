"""Hands a number to the system's dialler, a softphone or the rep's own command (S17).

Only what `exchange.phone` has rebuilt from digits is passed on, as one argument and without a shell.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass

from planner import platform
from planner.domain.errors import DoNotCall, InputError, StateError
from planner.exchange import phone
from planner.exchange.phone import Number as Number
from planner.services.calls.activity_log import do_not_call_error, require_database
from planner.services.clients.people import NO_CONTACTS, wanted_contact, with_number
from planner.services.context import AppContext

SCHEMES = ("tel", "sip", "callto")


@dataclass(frozen=True, slots=True)
class Call:
    """A number and the command that dials it (empty for none)."""

    number: Number
    command: tuple[str, ...]
    target: str

    @property
    def said(self) -> str:
        """Return ``Dialing +49…``, with any caution about the number."""
        return f"Dialing {self.number}" + (f" ({self.number.caution})" if self.number.caution else "")


def region(ctx: AppContext) -> str:
    """Return the country used to read numbers without a country code."""
    config = ctx.config
    return str(config["calls.country"] or config["calendar.country"])


def parse_number(ctx: AppContext, text: str) -> Number:
    """Parse a number for dialling. Raises InputError with the reason if it can't be dialled."""
    return phone.read(text, region(ctx))


def plan(ctx: AppContext, text: str) -> Call:
    """Return what dialling would do. Raises InputError for a number that can't be dialled."""
    number = parse_number(ctx, text)
    way = str(ctx.config["calls.dial"])
    if way == "off":
        return Call(number, (), str(number))
    if way not in SCHEMES:
        words = [word.replace("{number}", number.uri_part) for word in platform.split_command(way)]
        return Call(number, tuple(words), number.uri_part)
    target = number.uri(way)
    return Call(number, (*opener(), target), target)


def opener() -> tuple[str, ...]:
    """Return the system command that opens an address, empty on Windows, where it is an API call."""
    return tuple(filter(None, (platform.opener(),)))


def dial(ctx: AppContext, text: str) -> Call:
    """Dial a number and return what was done. Raises StateError if the command isn't available."""
    call = plan(ctx, text)
    if ctx.config["calls.dial"] == "off":
        return call
    if call.command and shutil.which(call.command[0]) is None:
        raise StateError(
            f"{call.command[0]} isn't installed, so {call.number} wasn't dialed. Copy the number with y, or set "
            "calls.dial to your own command, such as 'linphonecsh dial {number}'."
        )
    hand_on(call.command, call.target)
    return call


def hand_on(command: tuple[str, ...], target: str) -> None:
    """Start a command without a shell and without waiting for it. If it is empty, let the system open `target`."""
    if not command:
        os.startfile(target)  # type: ignore[attr-defined]
        return
    try:
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise StateError(f"{command[0]} couldn't be started: {error.strerror}.") from error


def open_address(target: str) -> None:
    """Open an address (``mailto:``, ``mid:``) with the system's handler."""
    command = (*opener(), target) if opener() else ()
    if command and shutil.which(command[0]) is None:
        raise StateError(f"{command[0]} isn't installed, so the email couldn't be opened.")
    hand_on(command, target)


def number_of(ctx: AppContext, wanted: str, *, force: bool = False) -> tuple[str, str]:
    """Return the number and owner for a typed number (owner empty) or contact.

    Raises DoNotCall if it belongs to someone who asked not to be called, unless `force`.
    """
    digits = sum(char.isdigit() for char in wanted)
    if digits >= 5 or wanted.lstrip().startswith("+"):
        found = [] if force else [each for each in with_number(ctx, wanted) if each.do_not_call]
        if found:
            raise DoNotCall(f"{wanted} belongs to {found[0].name}, who asked not to be called.")
        return wanted, ""
    require_database(ctx, NO_CONTACTS)
    with ctx.database.read() as reads:
        who = wanted_contact(ctx, reads, wanted)
    if not who.number:
        raise InputError(f"{who.name} has no number you can dial.")
    if who.do_not_call and not force:
        raise do_not_call_error(who.name)
    return who.number, who.name
