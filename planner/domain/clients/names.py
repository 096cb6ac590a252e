"""The parts of people's names, in the languages whose names are told apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

# The family names of most Koreans in Latin letters. They come first.
_KOREAN = frozenset([
    "kim", "lee", "yi", "park", "bak", "choi", "choe", "jung", "jeong", "chung", "kang", "cho", "jo", "yoon", "yun",
    "jang", "lim", "im", "han", "oh", "seo", "shin", "sin", "kwon", "hwang", "ahn", "an", "song", "ryu", "yoo", "hong",
    "baek", "nam", "moon", "bae", "ko", "go",
])  # fmt: skip


# Words that belong to the family name behind them.
PARTICLES = frozenset([
    "al", "bin", "da", "de", "del", "della", "den", "der", "di", "dos", "du", "el", "het", "ibn", "la", "le", "los",
    "op", "t", "te", "ten", "ter", "van", "von", "zu", "zum", "zur",
])  # fmt: skip
_TITLES = re.compile(r"(?:dr|prof|mr|mrs|ms|herr|frau|ing|dipl)\.?|dipl\.-ing\.?", re.IGNORECASE)
_SUFFIXES = re.compile(r"jr\.?|sr\.?|ii|iii|iv|ph\.?d\.?|mba|md", re.IGNORECASE)
_PATRONYMIC = re.compile(r".{2,}(?:вич|вна|чна|ьич|улы|кызы)", re.IGNORECASE)
_DOUBLE_FAMILIES = ("남궁", "황보", "제갈", "선우", "독고", "사공", "서문", "동방")  # the others have one syllable


@dataclass(frozen=True, slots=True)
class NameParts:
    """The parts of a name, as address books keep them (RFC 2426). Each may be empty."""

    family: str = ""
    given: str = ""
    additional: str = ""
    prefix: str = ""
    suffix: str = ""


def name_parts(name: str) -> NameParts:
    """Split a name: ``Willow van der Klaauw`` has the family name ``van der Klaauw``, ``김민수`` has ``김``."""
    if re.fullmatch("[가-힣]{2,5}", name):
        size = 2 if name.startswith(_DOUBLE_FAMILIES) and len(name) > 2 else 1
        return NameParts(name[:size], name[size:])
    family, comma, rest = name.partition(",")
    if comma and rest.strip() and not _SUFFIXES.fullmatch(rest.strip()):
        return NameParts(family.strip(), rest.strip())
    words = name.replace(",", " ").split()
    before: list[str] = []
    behind: list[str] = []
    while len(words) > 1 and _TITLES.fullmatch(words[0]):
        before.append(words.pop(0))
    while len(words) > 1 and _SUFFIXES.fullmatch(words[-1]):
        behind.insert(0, words.pop())
    prefix, suffix = " ".join(before), " ".join(behind)
    if len(words) < 2:
        # after a title comes the family name
        return NameParts("".join(words), prefix=prefix, suffix=suffix) if prefix else NameParts(given=name)
    if words[0].lower() in _KOREAN and any("가" <= char <= "힣" for char in name):
        return NameParts(words[0], " ".join(words[1:]), prefix=prefix, suffix=suffix)
    if _PATRONYMIC.fullmatch(words[-1]) and len(words) == 3:  # Каренина Анна Аркадьевна
        return NameParts(words[0], words[1], words[2], prefix, suffix)
    start = len(words) - 1
    while start > 1 and words[start - 1].lower().strip(".'’") in PARTICLES:
        start -= 1
    return NameParts(" ".join(words[start:]), words[0], " ".join(words[1:start]), prefix, suffix)


def given_name(name: str) -> str:
    """Return the name to greet somebody by: ``Minsu`` of ``Kim Minsu 김민수``, ``Cole`` of ``Dr. Cole``."""
    words = [word for word in name.split() if not word.endswith(".")] or name.split()
    if any("가" <= char <= "힣" for char in name):
        latin = [word for word in words if word.isascii()]
        if len(latin) > 1 and latin[0].lower() in _KOREAN:
            return " ".join(latin[1:])
        words = latin or [name]
    return words[0] if words else ""
