"""What completes the text of a field: contacts, companies, tags, and files by their path."""

from __future__ import annotations

import os
from collections.abc import Sequence

from planner.services.clients.known_values import KnownValues
from planner.tui.shared.widgets.suggestions import MOST, Offer


def offers(known: KnownValues, what: str, text: str) -> Sequence[Offer]:
    """Return what completes a text, none for one that is complete.

    `what` it is: a `contact`, a `company`, one of several `tag`, a `path`, or a `line` of quick add with ``@contact``
    and ``#tag``.
    """
    if not text.strip():
        return ()
    if what == "path":
        found = paths(text)
    elif what == "line":
        found = _of_line(known, text)
    elif what == "tag":
        found = _tags(known, text)
    elif what == "company":
        found = [Offer(name, name) for name in known.companies(text.strip(), MOST)]
    else:
        found = _contacts(known, text.strip())
    return () if any(each.text == text and not each.goes_on for each in found) else found


def _contacts(known: KnownValues, text: str) -> list[Offer]:
    if text.partition(":")[0].isdigit():
        return []  # an id, alone or with its name
    return [Offer(name, f"{key}: {name}", company) for key, name, company in known.contacts(text, MOST)]


def _tags(known: KnownValues, text: str) -> list[Offer]:
    """Complete the last of several tags by one that isn't there yet."""
    before, comma, begun = text.rpartition(",")
    if not begun.strip():
        return []
    there = {each.strip().casefold() for each in before.split(",")}
    head = f"{before}{comma} " if comma else ""
    found = known.tags(begun.strip(), MOST + len(there))
    return [Offer(tag, f"{head}{tag}") for tag in found if tag.casefold() not in there]


def _of_line(known: KnownValues, text: str) -> list[Offer]:
    """Complete the last word of a line if it starts with ``@`` or ``#``."""
    before, space, word = text.rpartition(" ")
    head, sign, begun = before + space, word[:1], word[1:]
    if sign == "@" and begun and not begun.isdigit():
        return [Offer(name, f"{head}@{key} ", company) for key, name, company in known.contacts(begun, MOST)]
    if sign == "#" and begun:
        return [Offer(f"#{tag}", f"{head}#{tag} ") for tag in known.tags(begun, MOST) if " " not in tag]
    return []


def paths(text: str) -> list[Offer]:
    """Return the files and folders whose names start like the end of a path, folders first."""
    folder, begun = os.path.split(text)
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as entries:
            found = [(not entry.is_dir(), entry.name) for entry in entries if is_begun(entry.name, begun)]
    except (OSError, ValueError):
        return []
    return [
        Offer(name, os.path.join(folder, name))
        if is_file
        else Offer(name + os.sep, os.path.join(folder, name, ""), goes_on=True)
        for is_file, name in sorted(found, key=lambda each: (each[0], each[1].casefold()))
    ]


def is_begun(name: str, begun: str) -> bool:
    """Return whether a file name starts like a text. A hidden one is only meant if its dot is typed."""
    return name.casefold().startswith(begun.casefold()) and (not name.startswith(".") or begun.startswith("."))
