"""Bundled content: the TOML files of `data/`, from the wheel (`planner/data`) or the checkout (`data/`). What is said
to customers is in a subfolder per language.
"""

from __future__ import annotations

import re
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
    raise FileNotFoundError("planner's data files are missing. Reinstall planner.")


@cache
def load(name: str, language: str = "") -> dict[str, Any]:
    """Return a bundled file by name without extension, such as ``week``. Customer content has a language, and comes in
    English where that language has no such file.
    """
    file = folder() / language / f"{name}.toml"
    if language and not file.is_file():
        file = folder() / ENGLISH / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


ENGLISH = "en"
# What customers are spoken to in, with the names that a contact's languages may have.
LANGUAGES = {
    "en": ("english", "английский", "영어"),
    "ko": ("korean", "корейский", "한국어", "한국말"),
    "ru": ("russian", "русский", "러시아어"),
}
LISTS = ("words", "scripts", "playbook", "lists")


@cache
def word_lists(language: str = ENGLISH) -> dict[str, dict[str, Any]]:
    """Return every list that a rep may customize, by name: title, about, lines. Lists not yet in the language are in
    English.
    """
    return {name: row for file in LISTS for name, row in {**load(file, ENGLISH), **load(file, language)}.items()}


def language_of(languages: str, default: str) -> str:
    """Return the first language in a contact's ``Korean, English`` that there is content for, else the default."""
    for word in re.split(r"[^\w]+", languages.casefold()):
        for code, names in LANGUAGES.items():
            if word == code or word in names:
                return code
    return default
