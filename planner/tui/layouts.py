"""Maps letters of other keyboard layouts to the Latin letter on the same key (ЙЦУКЕН, 두벌식).

Applies only to command keys. Text typed into a field stays as it is.
"""

from __future__ import annotations

LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,./QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?"
CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбю.ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,"
# On a Korean keyboard, the letters that change with shift have signs of their own.
HANGUL = dict(zip("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ", "qwertyuiopasdfghjklzxcvbnm", strict=True))
HANGUL |= dict(zip("ㅃㅉㄸㄲㅆㅒㅖ", "QWERTOP", strict=True))
# Punctuation that a Latin keyboard has too is left as it is.
TURNED = {char: latin for char, latin in zip(CYRILLIC, LATIN, strict=True) if not char.isascii()} | HANGUL


# Textual's names for the punctuation keys among them.
NAMES = {
    "[": "left_square_bracket", "]": "right_square_bracket", ";": "semicolon", "'": "apostrophe", ",": "comma",
    ".": "full_stop", "{": "left_curly_bracket", "}": "right_curly_bracket", ":": "colon", '"': "quotation_mark",
    "<": "less_than_sign", ">": "greater_than_sign",
}  # fmt: skip


def latin(character: str | None) -> str | None:
    """Return the character of the same key on a Latin keyboard, None if it isn't from another layout."""
    return TURNED.get(character or "")
