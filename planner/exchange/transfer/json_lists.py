"""Finds the list of objects in the JSON of programs that wrap it: Google Tasks, Microsoft Graph, Taskwarrior."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

WRAPPERS = ("items", "value", "tasks", "data", "results")
DEEPEST = 4


def unwrapped(found: object) -> list[dict[str, Any]] | None:
    """Return the objects of a wrapped list, each with the title of the list it is on, or None for anything else."""
    if isinstance(found, dict) and any(_is_list(found.get(name)) for name in WRAPPERS):
        return list(_objects(found, "", DEEPEST))
    return None


def _is_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _objects(found: Mapping[str, Any], title: str, depth: int) -> Iterator[dict[str, Any]]:
    """Yield the innermost objects, with the title of what they are in as their list."""
    inner = next((found[name] for name in WRAPPERS if _is_list(found.get(name))), None)
    if inner is None or not depth:
        yield plain({**found, "list": title} if title and "list" not in found else found)
        return
    for each in inner:
        yield from _objects(each, str(found.get("title") or found.get("displayName") or ""), depth - 1)


def plain(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object with what a table can't show put plainly: Google's current day, Taskwarrior's annotations."""
    found = dict(entry)
    times = found.pop("scheduled_time", None) if _is_list(found.get("scheduled_time")) else None
    if times and not found.get("due"):
        found["due"] = next((each.get("start") for each in times if each.get("current")), times[-1].get("start"))
    notes = found.get("annotations")
    if isinstance(notes, list) and _is_list(notes):
        found["annotations"] = " – ".join(str(each.get("description", "")) for each in notes)
    return found
