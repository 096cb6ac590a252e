"""Text from outside, as it is stored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.text import clean


@given(st.text())
def test_cleaned_text_has_no_control_characters(text: str) -> None:
    cleaned = clean(text)
    assert all(ord(char) >= 32 and not 0x7F <= ord(char) < 0xA0 for char in cleaned)
    assert not any(0x202A <= ord(char) <= 0x202E or 0x2066 <= ord(char) <= 0x2069 for char in cleaned)
    assert clean(cleaned) == cleaned


def test_cleaning_keeps_names() -> None:
    for name in ("[Acme] GmbH", "김민수", "Анна Каренина", "東京商事", ":smile:", "Łódź", "👩‍💼"):
        assert clean(name) == name
    assert clean("a\x1b[2Jb\x00\u202ec\x9b") == "a[2Jbc"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Mu\u0308ller", "Müller"),
        ("Kim  Minsu", "Kim Minsu"),
        ("Kim\u00a0Minsu", "Kim Minsu"),
        ("\u2009Kim\u202fMinsu\u3000", "Kim Minsu"),
        ("\u1112\u1161\u11ab\u1107\u1175\u11be", "한빛"),
        ("a\tb\nc", "a b c"),
    ],
)
def test_cleaning_normalizes_a_line(typed: str, stored: str) -> None:
    assert clean(typed) == stored
    assert clean(stored) == stored


def test_cleaning_keeps_indentation_in_multiline_text() -> None:
    assert clean("first\n  indented, Mu\u0308ller\n", lines=True) == "first\n  indented, Müller"
