"""Finds where a text mentions a person: by name, in the inflected forms of many languages, by number or by address.

Used to erase somebody's data, so one word too many is better than a trace. Letters are compared without case, accents
and width, so José matches JOSE and ＫＩＭ matches Kim.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

MARK = "(forgotten)"
SHORTEST_NUMBER, TELLING = 5, 9  # digits: of the shortest number searched for, and of the end that identifies it
_ROOM = 60  # length to which a shorter text may grow by the mark, as fields that hold longer ones may be full

_HANGUL, _CYRILLIC = "가-힣", "а-яёіїєґў"
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
# What follows a Korean name without a space: a title, then particles.
_KOREAN = (
    r"(?:\s?(?:선생님|대표님|사장님|부장님|차장님|과장님|대리님|팀장님|이사님|씨|님|군|양))?"
    r"(?:이랑|이나|이라고|라고|에게서|에게|한테서|한테|께서|께|하고|으로|로|부터|까지|처럼|보다|마다|밖에|"
    r"이|가|은|는|을|를|의|에|와|과|도|만|야|아|랑)*"
)
_JAPANESE = "(?:さん|さま|様|氏|君|くん|ちゃん|先生)?"
# Endings of names and adjectives in Slavic languages written in Cyrillic, folded (й becomes и). Not ов and ев, which
# make another name: Иван, Иванов.
_CASES = (
    "(?:ыми|ими|ого|его|ому|ему|ами|ями|ах|ях|ам|ям|ои|ою|еи|ею|ом|ем|ым|им|ых|их|ую|юю|ые|ие|ыи|ии|ая|яя|"
    "а|я|у|ю|е|и|ы|о|ь)?"
)
_POSSESSIVE = r"(?:['’]\w{0,4}|s)?"  # Kim's, Kims, İsmail'in
_BETWEEN = r"[\W_]{0,3}"


def fold(text: str) -> tuple[str, list[int]]:
    """Fold text for comparison, and return the index of each folded letter in the original."""
    found, places = [], []
    for place, char in enumerate(text):
        for part in _fold_char(char):
            found.append(part)
            places.append(place)
    return "".join(found), places


def _fold_char(char: str) -> str:
    if char.isascii():
        return char.lower()
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if "가" <= char <= "힣":  # decomposed, a syllable would become its jamo
        return char
    parts = unicodedata.normalize("NFKD", char).casefold()
    return "".join(part for part in parts if not unicodedata.combining(part))


class Mentions:
    """Finds mentions of a person by their names, phone numbers and addresses. `others` are names of other people,
    within which a shorter name of this person isn't a mention (Kim in Kim Lee).
    """

    def __init__(
        self, names: Iterable[str], phones: Iterable[str] = (), emails: Iterable[str] = (), others: Collection[str] = ()
    ) -> None:
        named = [pattern for name in dict.fromkeys(names) if (pattern := _name_pattern(name))]
        parts = [
            *named,
            *filter(None, map(_number_pattern, phones)),
            *(_address(email) for email in emails if email.strip()),
        ]
        self._never = not parts
        self._mine = re.compile("|".join(sorted(parts, key=len, reverse=True)) or r"(?!)")
        self._names = re.compile("|".join(named) or r"(?!)")
        masks = sorted({folded for other in others if (folded := self._containing_name(other))}, key=len, reverse=True)
        mask = "|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in masks)
        self._all = re.compile(f"(?P<other>{mask})|{self._mine.pattern}") if mask else self._mine

    def _containing_name(self, other: str) -> str:
        """Return another person's name, folded, if this person's name is a proper part of it."""
        folded = fold(unicodedata.normalize("NFC", other))[0].strip()
        found = self._names.search(folded)
        return folded if found and found.span() != (0, len(folded)) else ""

    def named_in(self, text: str) -> bool:
        """Whether a text mentions the person."""
        return not self._never and any(True for _ in self._spans(fold(unicodedata.normalize("NFC", text))[0]))

    def taken_out(self, text: str) -> str:
        """Return a text with every mention replaced by a mark, unchanged if there is none."""
        if self._never:
            return text
        composed = unicodedata.normalize("NFC", text)
        folded, places = fold(composed)
        out, done = [], 0
        for start, end in self._spans(folded):
            first = places[start]
            last = places[end] if end < len(places) else len(composed)
            out += [composed[done:first], MARK]
            done = max(last, first + 1)
        if not out:
            return text
        return ("".join(out) + composed[done:])[: max(_ROOM, len(text))]

    def _spans(self, folded: str) -> Iterable[tuple[int, int]]:
        for found in self._all.finditer(folded):
            if "other" not in found.re.groupindex or found["other"] is None:
                yield found.span()


def _name_pattern(name: str) -> str:
    """Return the pattern of a name in folded text, empty if it has no letter."""
    parts = [re.findall(r"\w+", part) for part in fold(unicodedata.normalize("NFC", name))[0].split()]
    words = [word for part in parts for word in part]
    if not any(char.isalpha() for word in words for char in word):
        return ""
    straight = _BETWEEN.join(map(_word, words))
    surname, rest = parts[-1], [word for part in parts[:-1] for word in part]
    turned = _BETWEEN.join(map(_word, [*surname, *rest])) if surname and rest else ""
    either = f"(?:{straight}|{turned})" if turned else straight
    first, last = words[0][0], words[-1][-1]
    # scripts without spaces have no word boundaries
    before = "" if _HAN.match(first) else r"(?<![^\W_])"
    after = "" if _HAN.match(last) else r"(?![^\W_])"
    return f"{before}{either}{after}"


def _word(word: str) -> str:
    if re.fullmatch(f"[{_HANGUL}]+", word):
        # 김민수 is also written 김 민수
        spaced = word if len(word) < 3 else f"{word[0]}\\s?{word[1:]}"
        return spaced + _KOREAN
    if re.fullmatch(f"[{_CYRILLIC}]+", word) and len(word) > 2:
        return _declension_pattern(word)
    if _HAN.match(word[-1]):
        return re.escape(word) + _JAPANESE
    return re.escape(word) + _POSSESSIVE


def _declension_pattern(word: str) -> str:
    """Return a pattern for a Cyrillic word with any ending: its stem, also with a vowel dropped (Павел, Павлу)."""
    stem = re.sub("(?:ыи|ии|ои|ая|яя|[аяоеиьыую])$", "", word) if len(word) > 3 else word.rstrip("аяиь")
    forms = [re.escape(stem)]
    if re.search("[ео][кцлнр]$", stem) and len(stem) > 3:
        forms.append(re.escape(stem[:-2] + stem[-1]))
    return f"(?:{'|'.join(forms)}){_CASES}"


def _number_pattern(phone: str) -> str | None:
    """Return the pattern of a number in any grouping, with or without what precedes its identifying end."""
    digits = re.sub(r"\D", "", fold(phone)[0])
    if len(digits) < SHORTEST_NUMBER:
        return None
    end = digits[-TELLING:]
    apart = r"[\s().\-/·\u2010-\u2015]{0,3}"
    before = r"(?:[+(]{0,2}\d(?:\d|[\s().\-/]){0,8})?" if len(digits) > 6 else ""
    return rf"(?<!\d){before}{apart.join(end)}(?!\d)"


def _address(email: str) -> str:
    return rf"(?<![\w.+-]){re.escape(fold(email.strip())[0])}(?![\w-])"
