"""Call scripts: steps in order, each with the answers to expect and where they lead.

They are lines that a rep can edit as text: one step per line, and indented under it what may be heard, as
``heard: what to say -> where it leads``. A step that something leads to is named ``name = text``, and ``end`` is the
farewell. A leading ``(optional)`` marks what may be skipped. ``{name}``, ``{first}``, ``{company}``, ``{me}``,
``{my_company}``, ``{offer}`` and ``{supplier}`` are filled in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from planner.domain.errors import InputError

KINDS = ("cold", "gatekeeper", "callback", "warm", "incoming", "renewal", "follow-up")
FIELDS = ("name", "first", "company", "me", "my_company", "offer", "supplier")
ALIASES = {"firm": "my_company"}  # former names, in scripts that reps have edited
MOST_STEPS = 60
END = "end"
OPTIONAL = "(optional)"


@dataclass(frozen=True, slots=True)
class Branch:
    """A possible response to a step: what may be heard, what to say to it, and the step it leads to ("" for the
    next).
    """

    heard: str
    say: str
    to: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a script: what to say or find out. `name` is what branches call it."""

    text: str
    name: str = ""
    optional: bool = False
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True)
class Script:
    """The script for a kind of call."""

    kind: str
    title: str
    steps: tuple[Step, ...] = field(default=())

    def index_of(self, name: str, after: int) -> int:
        """Return the index of the step a branch leads to: a name, ``end`` for the last one, "" for the next."""
        if not name:
            return min(after + 1, len(self.steps) - 1)
        for index, step in enumerate(self.steps):
            if step.name == name:
                return index
        return len(self.steps) - 1


_NAMED = re.compile(r"([a-z][\w-]{0,30}) = (.+)")
_FIELD = re.compile(r"\{(" + "|".join((*FIELDS, *ALIASES)) + r")\}")


def parse(kind: str, title: str, lines: Sequence[str]) -> Script:
    """Parse a script's lines. Raises InputError for an unreadable line or a branch that leads nowhere."""
    steps: list[Step] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if line[0] in " \t":
            if not steps:
                raise InputError(f"Line {number}: an answer (indented) comes before the first step.")
            step = steps[-1]
            steps[-1] = Step(step.text, step.name, step.optional, (*step.branches, _parse_branch(line.strip(), number)))
            continue
        text = line.strip()
        named = _NAMED.fullmatch(text)
        name, text = (named[1], named[2]) if named else ("", text)
        optional = text.startswith(OPTIONAL)
        steps.append(Step(text.removeprefix(OPTIONAL).strip(), name, optional))
        if not steps[-1].text:
            raise InputError(f"Line {number}: the step has no text.")
    if not steps:
        raise InputError("A script needs at least one step.")
    if len(steps) > MOST_STEPS:
        raise InputError(f"A script can have up to {MOST_STEPS} steps. This one has {len(steps)}.")
    names = {step.name for step in steps if step.name}
    for step in steps:
        for branch in step.branches:
            if branch.to and branch.to != END and branch.to not in names:
                raise InputError(f"“{branch.heard}” leads to {branch.to!r}, but there's no step with that name.")
    return Script(kind, title, tuple(steps))


def _parse_branch(text: str, number: int) -> Branch:
    heard, colon, rest = text.partition(":")
    if not colon or not heard.strip():
        raise InputError(f"Line {number}: write an answer as “heard: what you say -> step”.")
    say, arrow, to = rest.rpartition("->")
    return Branch(heard.strip(), say.strip(), to.strip()) if arrow else Branch(heard.strip(), rest.strip())


def fill(text: str, values: Mapping[str, str]) -> str:
    """Fill in the fields of a text. Unknown ones become dots, so that nobody reads a wrong name aloud."""
    return _FIELD.sub(lambda found: values.get(ALIASES.get(found[1], found[1]), "").strip() or "…", text)


def kind_for(
    *, callback: bool, spoken_before: bool, customer: bool, sold_days_ago: int | None = None, care: str = ""
) -> str:
    """Return the script for a call: a requested callback, a due customer care step (`domain.care`), a follow-up after a
    sale, a contact spoken to before, or a first call.
    """
    if callback:
        return "callback"
    if care in ("renewal", "first-sign", "follow-up"):
        return "follow-up" if care == "follow-up" else "renewal"
    if customer and sold_days_ago is not None and sold_days_ago <= 60:
        return "follow-up"
    return "warm" if spoken_before or customer else "cold"
