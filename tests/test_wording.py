"""What users read is worded as a native speaker would, and each thing has one name on every screen."""

from __future__ import annotations

import ast
import html
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# A term that must not be shown, and what is said instead.
INSTEAD = {
    r"\bdear\b": "too expensive",
    r"\bfirms?\b": "company",
    r"\btalks\b|\ba talk\b|talk →|→ talk\b": "conversation, conversations",
    r"\bletters?\b": "email, message",
    r"\bmailing\b": "email",
    r"\bcontent\?": "satisfied?",
    r"\b(?:plan|quota|goal|month|week|day|today|tomorrow|pace|it|left) asks?\b|\bwhat (?:is|was) asked|asked of\b":
        "target, needed, would take",
    r"as shipped|\bshipped\b": "default",
    r"\bwhom\b": "who",
    r"so many|such a one|of one's own|one's own": "a number, your own",
    r"knowingly": "on purpose, or the plain verb",
    r"stands under": "is under",
    r"taken up again": "resumed",
    r"called through": "finished",
    r"not after all": "don't",
    r"\banew\b|\bafresh\b": "again",
    r"\bput off\b|\bputs off\b": "snooze, postpone",
    r"\bby keys\b": "with the keyboard",
    r"the plan's line|both lines|(?:on|behind|ahead of|under|over) the line\b": "pace",
    r"\bis kept\b|\bare kept\b": "is saved",
    r"the base\b|\ba base\b|the base's": "database",
    r"cold calls to go": "calls left",
    r"\bto be (?:said|tried|written|made|done)\b": "an active verb",
    r"\d %": "62%",
    r"\bthere is nobody\b|\bthere are none\b": "no one, none",
    r"\bin the end\b": "eventually",
}  # fmt: skip
# A word that is right where it stands: the file (or its beginning) and the text it is part of.
RIGHT = (
    ("data/demo.toml", "talk"),
    ("", "capital letter"), ("", "letters and digits"), ("", "first letter"), ("", "drive letter"), ("", "one-letter"),
    ("", "rest a letter."),
    ("", "etter keys"),   ("", "non-ASCII letters"), ("", "three letters"),
    ("", "promises are kept"), ("", "backslashes are kept"),
)  # fmt: skip
SQL = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|CREATE|WHERE|FROM|ORDER BY|PRAGMA|VALUES|JOIN)\b")
MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
ONE_FORMAT = re.compile(rf"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{{1,2}} {MONTH}\b")
ANY_DATE = re.compile(
    rf"\b\d{{4}}-\d\d-\d\d\b|\b\d{{1,2}} {MONTH}\b|\b{MONTH} \d{{1,2}}\b(?!:)|\b\d{{1,2}}/\d{{1,2}}/\d{{2,4}}\b"
)


def sentences(path: Path) -> Iterator[tuple[int, str]]:
    """The strings of a module that may be shown: of several words, and neither docstrings nor SQL."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            text = node.value
            if " " in text.strip() and not SQL.search(text):
                yield node.lineno, text


def texts(value: object) -> Iterator[str]:
    """The strings within a TOML value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


def shown() -> Iterator[tuple[str, str]]:
    """What users may read, each text with its place."""
    for path in sorted((ROOT / "planner").rglob("*.py")):
        for line, text in sentences(path):
            yield f"{path.relative_to(ROOT).as_posix()}:{line}", text
    for path in [*sorted((ROOT / "data").glob("*.toml")), *sorted((ROOT / "data/en").glob("*.toml"))]:
        if path.name != "imports.toml":  # other programs' names of columns
            for text in texts(tomllib.loads(path.read_text(encoding="utf-8"))):
                yield path.relative_to(ROOT).as_posix(), text
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield f"{path.relative_to(ROOT).as_posix()}:{number}", text


def test_no_shown_text_has_a_forbidden_term() -> None:
    found = []
    for place, text in shown():
        for start, right in RIGHT:
            if place.startswith(start):
                text = text.replace(right, "")
        for term, better in INSTEAD.items():
            if re.search(term, text, re.IGNORECASE):
                found.append(f"{place}: {text.strip()[:90]!r} ({better})")
    assert not found, f"{len(found)}\n" + "\n".join(found)


PICTURES = sorted((ROOT / "tests/tui/__snapshots__/test_pictures").glob("*.svg"))


CELL = 12.2  # width of a cell in the pictures
# Dates that come every year have no weekday, and what a window covers is cut anywhere.
YEARLY = re.compile(
    rf"\b(?:birthday|other dates|name day|anniversary|founded)\s+\d{{1,2}} {MONTH}(?: \d{{4}})?",
    re.IGNORECASE,
)
COVERED = re.compile(rf"(?:^|[│╭╮╰╯])\s*(?:[a-z]+ )?\d{{1,2}} {MONTH}")


def words_of(picture: Path) -> list[str]:
    """The lines of text in a picture of a screen."""
    rows: dict[float, str] = {}
    found = re.findall(
        r'<text class="[^"]*" x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>', picture.read_text("utf-8"), re.DOTALL
    )
    for x, y, text in sorted(((float(x), float(y), text) for x, y, text in found), key=lambda each: (each[1], each[0])):
        rows[y] = rows.get(y, "").ljust(round(x / CELL)) + html.unescape(text).replace("\xa0", " ")
    return [rows[y] for y in sorted(rows)]


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.stem)
def test_no_screen_shows_two_date_formats(picture: Path) -> None:
    for line in words_of(picture):
        rest = COVERED.sub("", YEARLY.sub("", ONE_FORMAT.sub("", line)))
        assert not ANY_DATE.search(rest), line
