"""What a search line matches, and what a filter accepts."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.clients.client_filter import LONGEST_FILTER, SHIPPED, Wish, parse_filter
from planner.domain.errors import InputError
from planner.domain.typed.search import Fit, Sought, excerpt, fold, number_words, query


def found(written: str, line: str, *, number: str = "") -> bool:
    """Whether SQLite itself matches a line against a text and a number."""
    with sqlite3.connect(":memory:") as handle:
        handle.execute("CREATE VIRTUAL TABLE s USING fts5 (a, b, tokenize = 'unicode61 remove_diacritics 2')")
        handle.execute("INSERT INTO s VALUES (?, ?)", (fold(written), number_words(number)))
        asked = query(line)
        return bool(asked) and bool(handle.execute("SELECT 1 FROM s WHERE s MATCH ?", (asked,)).fetchall())


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("Kim Minsu", "kim"),
        ("Kim Minsu", "min ki"),
        ("Petra Novák", "novak"),
        ("Müller Druck", "MULLER"),
        ("Мария Соколова", "сокол"),
        ("Ёлкин", "елкин"),
        ("김민수 한빛무역", "민수"),
        ("김민수 한빛무역", "한빛"),
        ("東京商事株式会社 営業部", "商事"),
        ("日本語メールテスト", "メール"),
        ("kim@hanbit.example", "hanbit.ex"),
        ("kim@hanbit.example", "@hanbit"),
        ("AT&T", "at&t"),
        ("Ｆｕｌｌ ｗｉｄｔｈ", "full"),
        ("[Acme] GmbH", "[acme]"),
    ],
)
def test_line_matches_text(written: str, line: str) -> None:
    assert found(written, line)


@pytest.mark.parametrize(
    ("written", "line"), [("Kim Minsu", "insu"), ("Kim Minsu", "kim lee"), ("김민수", "민김"), ("Kim", "")]
)
def test_line_does_not_match_other_text(written: str, line: str) -> None:
    assert not found(written, line)


@pytest.mark.parametrize(
    "line", ["02-555-1234", "025551234", "5551234", "1234", "555 1234", "+82 2-555-1234", "+82-2-555-1234", "(02) 555"]
)
def test_number_is_found_by_its_end_in_any_format(line: str) -> None:
    assert found("Kim", line, number="02-555-1234")


def test_other_number_does_not_match() -> None:
    assert not found("Kim", "02-555-1235", number="02-555-1234")


@given(st.text(max_size=300))
def test_any_line_is_a_valid_query(line: str) -> None:
    found("Kim Minsu 김민수", line, number="02-555-1234")


@given(st.text(min_size=1, max_size=60))
def test_every_text_matches_itself(text: str) -> None:
    if query(text) and not any(char.isdigit() for char in text):
        assert found(text, text)


@given(st.text(max_size=400), st.text(max_size=20), st.integers(10, 80))
def test_excerpt_is_one_short_line(text: str, line: str, room: int) -> None:
    shown = excerpt(text, line, room)
    assert "\n" not in shown
    assert len(shown) <= 2 * room


def test_excerpt_shows_the_match() -> None:
    text = "a long note about many things, " * 9 + "and quarterly delivery " + "and more of that, " * 9
    assert "quarterly" in excerpt(text, "quarterly", 40)
    assert excerpt(text, "quarterly", 40).startswith("… ")


# Filters


def test_filter_has_keys_quotes_and_negation() -> None:
    wanted = parse_filter('tag:"big fair" -city:Berlin tier:a touch:DUE step:none contract:090 kim "two words"')
    assert wanted.wishes == (
        Wish("tag", "big fair"),
        Wish("city", "Berlin", without=True),
        Wish("tier", "A"),
        Wish("touch", "due"),
        Wish("step", "none"),
        Wish("contract", "90"),
    )
    assert wanted.text == "kim two words"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("colour:red", "Use tag:, city:"),
        ("tier:D", "A, B, C"),
        ("touch:blue", "due, yellow, red"),
        ("contract:soon", "number of days"),
        ("contract:99999", "number of days"),
        ("tag:", "needs a value"),
        ("x" * (LONGEST_FILTER + 1), "500"),
    ],
)
def test_invalid_filter_names_the_valid_choices(words: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse_filter(words)


@given(st.text(max_size=200))
def test_any_text_is_a_filter_or_refused(words: str) -> None:
    try:
        wanted = parse_filter(words)
    except InputError:
        return
    assert parse_filter(wanted.words) == wanted


@pytest.mark.parametrize("words", SHIPPED.values())
def test_built_in_filters_are_valid(words: str) -> None:
    parse_filter(words)


@pytest.mark.parametrize(
    ("typed", "name", "company", "fit"),
    [
        ("mindy mckee", "Mindy Mckee", "Acme", Fit.NAME),
        ("Mindy  Mckee", "Mindy\u00a0Mckee", "Acme", Fit.NAME),
        ("Novak", "Novák", None, Fit.PLAIN),
        ("obrien", "O’Brien", None, Fit.PLAIN),
        ("lukasz", "Łukasz", None, Fit.PLAIN),
        ("Mindy", "Mindy Mckee", "Acme", Fit.BEGINS),
        ("acme", "Mindy Mckee", "Acme", Fit.BEGINS),
        ("김", "김민수", None, Fit.BEGINS),
        ("Mckee", "Mindy Mckee", "Acme", Fit.WORDS),
        ("Kim, Hanbit", "Kim Minsu", "Hanbit Trading", Fit.WORDS),
        ("민수", "김민수", None, Fit.WORDS),
        ("weiss", "Anna Weiß", None, Fit.WORDS),
        ("mind acm", "Mindy Mckee", "Acme", Fit.PARTS),
        ("м", "Мария", None, None),  # one letter matches too many
        ("ckee", "Mindy Mckee", "Acme", None),
        ("수민", "김민수", None, None),
        ("Mindy Smith", "Mindy Mckee", "Acme", None),
        ("...", "Mindy Mckee", "Acme", None),
        ("", "Mindy Mckee", "Acme", None),
    ],
)
def test_how_well_a_typed_name_fits(typed: str, name: str, company: str | None, fit: Fit | None) -> None:
    assert Sought(typed).fit(name, company) == fit


@given(st.text(max_size=20), st.text(max_size=20))
def test_name_always_fits_itself(name: str, company: str) -> None:
    assert Sought(name).fit(name, company) is Fit.NAME
