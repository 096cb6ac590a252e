"""Reads the bundled content: the TOML files of `data/`, from the wheel (`planner/data`) or the checkout (`data/`)."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


def folder() -> Path:
    """Return the folder of the bundled files. Raises FileNotFoundError for a broken installation."""
    package = Path(__file__).parent
    for candidate in (package / "data", package.parent / "data"):
        if (candidate / "week.toml").is_file():
            return candidate
    raise FileNotFoundError("planner's shipped data is missing; install it again.")


@cache
def load(name: str) -> dict[str, Any]:
    """Return a bundled file by name without extension, such as ``week``."""
    return tomllib.loads((folder() / f"{name}.toml").read_text(encoding="utf-8"))


LISTS = ("words", "scripts", "playbook", "lists")


@cache
def word_lists() -> dict[str, dict[str, Any]]:
    """Return every list that a rep may customize, by name: title, about, lines."""
    return {name: row for file in LISTS for name, row in load(file).items()}
