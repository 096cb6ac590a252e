"""Figures three rows high, drawn in half blocks, to be read at arm's length. Data in, text out."""

from __future__ import annotations

# Five rows of dots each, or six, two to a cell.
_GLYPHS = {
    "0": "### #.# #.# #.# ###",
    "1": "##. .#. .#. .#. ###",
    "2": "### ..# ### #.. ###",
    "3": "### ..# ### ..# ###",
    "4": "#.# #.# ### ..# ..#",
    "5": "### #.. ### ..# ###",
    "6": "### #.. ### #.# ###",
    "7": "### ..# ..# ..# ..#",
    "8": "### #.# ### #.# ###",
    "9": "### #.# ### ..# ###",
    ":": ". # . # .",
    ",": ". . . . # #",
    ".": ". . . . #",
    "–": "... ... ### ... ...",
    "-": ".. .. ## .. ..",
    "+": "... .#. ### .#. ...",
    "/": "..# ..# .#. #.. #..",
    "(": ".# #. #. #. .#",
    ")": "#. .# .# .# #.",
    " ": ".. .. .. .. ..",
    "k": "#.# #.# ##. #.# #.#",
    "M": "#.# ### ### #.# #.#",
    "B": "##. #.# ##. #.# ##.",
}
_CELLS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
ROWS = 3


def big(text: str) -> tuple[str, ...]:
    """Draw a number, a time or a phone number as three rows of equal width. Other characters are left out."""
    rows = [""] * ROWS
    for char in text:
        if char not in _GLYPHS:
            continue
        dots = _GLYPHS[char].split()
        dots += ["." * len(dots[0])] * (2 * ROWS - len(dots))
        for row in range(ROWS):
            cells = zip(dots[2 * row], dots[2 * row + 1], strict=True)
            rows[row] += "".join(_CELLS[upper == "#", lower == "#"] for upper, lower in cells) + " "
    return tuple(row[:-1] for row in rows)
