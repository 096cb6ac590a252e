"""Picks the row reader for a file, by the kind of data in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.domain.errors import InputError
from planner.exchange.transfer.call_reader import ActivityReader, CallReader
from planner.exchange.transfer.columns import map_columns
from planner.exchange.transfer.contact_reader import ContactReader
from planner.exchange.transfer.csv_file import Table
from planner.exchange.transfer.deal_reader import DealReader
from planner.exchange.transfer.event_reader import EventReader
from planner.exchange.transfer.records import FIELDS, OURS, Wanted, word_shown, word_typed
from planner.exchange.transfer.row_reader import RowReader
from planner.exchange.transfer.task_reader import TaskReader

READERS: dict[str, type[RowReader[Any]]] = {
    reader.kind: reader for reader in (ContactReader, CallReader, ActivityReader, DealReader, TaskReader, EventReader)
}


WITHOUT_DEFAULT = frozenset({"id", "phone", "email", "from_number", "profile", "dates", "do_not_call", "opt_out"})


def check_wanted(kind: str, wanted: Wanted) -> None:
    """Refuse unknown fields or words. Raises InputError."""
    for name in (*wanted.columns, *wanted.defaults):
        if name not in FIELDS[kind]:
            raise InputError(f"{name!r} isn't a field of {kind}. Fields: {', '.join(FIELDS[kind])}.")
    for name, text in wanted.defaults.items():
        if name in WITHOUT_DEFAULT:
            raise InputError(f"--default can't set {name}, which differs from row to row.")
        if name in OURS[kind] and word_typed(name, text) not in OURS[kind][name]:
            allowed = ", ".join(word_shown(name, word) for word in OURS[kind][name] if word)
            raise InputError(f"{text!r} isn't a value of {name}. Use one of: {allowed}.")
    for name, words in wanted.values.items():
        if name not in OURS[kind]:
            raise InputError(f"--value can't map {name!r}. For {kind}, it maps {', '.join(OURS[kind])}.")
        for ours in words.values():
            if ours not in OURS[kind][name]:
                allowed = ", ".join(word_shown(name, word) for word in OURS[kind][name] if word)
                raise InputError(f"{ours!r} isn't a value of {name}. Use one of: {allowed}.")


def looks_like(file: Table, shipped: Mapping[str, Any], kind: str) -> str:
    """Return the most likely kind of a file read as `kind`, by the number of columns recognized."""
    telling: dict[str, tuple[str, ...]]
    telling = {"calls": ("outcome", "duration", "direction"), "deals": ("stage", "value", "closed")}
    telling |= {"tasks": ("due", "priority", "done", "repeat"), "events": ("end", "start_time", "all_day", "place")}
    found = {each: len(map_columns(file.header, shipped[each], {}, names).columns) for each, names in telling.items()}
    best = max(found, key=lambda each: (found[each], each == kind))
    return best if found[best] > 1 else ""
