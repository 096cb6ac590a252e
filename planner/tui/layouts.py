"""Letter keys under other keyboard layouts: the Latin letter on the same key (ЙЦУКЕН, 두벌식).

Only what a command is pressed with is turned; what is written into a field stays as it is.
"""

from __future__ import annotations

LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,./QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?"
CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбю.ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,"
# of a Korean keyboard the letters that shift changes have signs of their own; the others are the same
HANGUL = dict(zip("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ", "qwertyuiopasdfghjklzxcvbnm", strict=True))
HANGUL |= dict(zip("ㅃㅉㄸㄲㅆㅒㅖ", "QWERTOP", strict=True))
# marks of a Cyrillic keyboard that a Latin one has as well mean themselves
TURNED = {char: latin for char, latin in zip(CYRILLIC, LATIN, strict=True) if not char.isascii()} | HANGUL


# What Textual calls the keys of the signs among them.
NAMES = {
    "[": "left_square_bracket", "]": "right_square_bracket", ";": "semicolon", "'": "apostrophe", ",": "comma",
    ".": "full_stop", "{": "left_curly_bracket", "}": "right_curly_bracket", ":": "colon", '"': "quotation_mark",
    "<": "less_than_sign", ">": "greater_than_sign",
}  # fmt: skip


def latin(character: str | None) -> str | None:
    """The character of the same key on a Latin keyboard; None for what isn't of another layout."""
    return TURNED.get(character or "")
