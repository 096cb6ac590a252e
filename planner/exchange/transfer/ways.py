"""Reads phone numbers and email addresses from a cell as people and programs write them: several in one, with labels,
names and links around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from planner.domain.text import clean
from planner.exchange.transfer.columns import normal
from planner.exchange.transfer.values import given_text

_MAY_BE_SEVERAL = re.compile(r"[;:\n,/|]|\bor\b|\band\b")
_SEVERAL = re.compile(r"\s*(?:;|:::|\n|\||,\s*(?=(?:[^\W\d_]+[.:]*\s*)?[+(]?\d)|\s/\s|\s(?:or|and)\s(?=\W*\d))\s*")
# Words for a kind of number, and our labels for them. An empty one says nothing.
_LABELS = {
    **dict.fromkeys(("mobile", "mobil", "cell", "mob", "handy", "m", "моб", "мобильный", "휴대폰", "携帯"), "mobile"),
    **dict.fromkeys(("work", "business", "office", "w", "büro", "раб", "рабочий", "회사", "직장", "会社"), "work"),
    **dict.fromkeys(("home", "private", "privat", "h", "дом", "домашний", "집", "자택", "自宅"), "home"),
    **dict.fromkeys(("direct", "d", "ddi"), "direct"),
    **dict.fromkeys(("tel", "phone", "telephone", "fon", "t", "p", "тел", "телефон", "전화", "電話"), ""),
    **dict.fromkeys(("email", "e-mail", "mail", "e"), ""),
}  # fmt: skip
_FAX = ("fax", "f", "факс", "팩스", "pager")
_BEFORE = re.compile(r"([^\W\d_](?:[^\W\d_]|-)*)\.?\s*:?\s*(?=\+?[(\d])")
_BEHIND = re.compile(r"\s*[(\[]([^\W\d_]+)[)\]]$")
_LINK = re.compile(r"^(?:tel|callto|sip):(?=[+\d])", re.IGNORECASE)
_AMOUNT = re.compile(r"\d{6,}\.0")
_WORDS = re.compile(r"[^\W\d_]|\.0$")  # a letter, or what an amount ends with
_ADDRESS = re.compile(r"(?:([^\W\d_][\w-]*)\s*:\s*)?([^\s,;<>()\[\]\"|:]+@[^\s,;<>()\[\]\"|?]+)")


def in_cell(cell: str, kind: str) -> Iterator[tuple[str, str]]:
    """Yield the numbers (`kind` phone) or addresses (email) of a cell, each with its label or "". No fax numbers."""
    if kind == "email" and "@" in cell:
        for word, address in _ADDRESS.findall(cell):
            yield address.strip("'."), _LABELS.get(word.casefold(), "")
        return
    for part in _SEVERAL.split(cell) if _MAY_BE_SEVERAL.search(cell) else (cell,):
        text, label = _bare(clean(part))
        if given_text(text) and label not in _FAX:
            yield text, label


def _bare(text: str) -> tuple[str, str]:
    """Return a number without the label or link around it, and our word for the label."""
    if not text or (text[0] in "+0123456789" and not _WORDS.search(text)):
        return text, ""
    text = _LINK.sub("", text)
    if _AMOUNT.fullmatch(text):
        text = text[:-2]  # a spreadsheet took it for an amount
    for pattern in (_BEFORE, _BEHIND):
        found = pattern.match(text) if pattern is _BEFORE else pattern.search(text)
        word = found[1].casefold() if found else ""
        if found and (word in _LABELS or word in _FAX):
            return (text[: found.start()] + text[found.end() :]).strip(), _LABELS.get(word, word)
    return text, ""


def label_of_column(header: Sequence[str], index: int) -> tuple[str, bool]:
    """Return a column's label, and whether it comes from the column before (Google's "Phone 1 - Type")."""
    name = normal(header[index])
    before = normal(header[index - 1]) if index else ""
    typed = "value" in name and before in (name.replace("value", "type"), name.replace("value", "label"))
    words = name.split()
    for label in ("mobile", "cell", "work", "business", "home", "direct", "office"):
        if any(word.startswith(label) for word in words):
            return {"cell": "mobile", "business": "work", "office": "work"}.get(label, label), typed
    return "", typed
