"""Finding a person's name in text, to redact it when they are forgotten."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.clients.mentions import MARK, Mentions

GOES = [
    ("김민수", "김민수에게 전화|김민수는|김민수씨와|김 민수 씨가|김민수님께서는|김민수 이사님과"),
    ("Иванов", "звонил Иванову|с Ивановым|Иванова нет|у Ивановых"),
    ("Анна Петрова", "Анне Петровой|Анну Петрову|с Анной Петровой|Петрова, Анна|АННА ПЕТРОВА"),
    ("Павел", "Павлу|с Павлом|Павла"),
    ("Андрей", "Андрею|Андрея|с Андреем"),
    ("Kim", "Kim's offer|Kims Angebot|call KIM.|Kim’s|ＫＩＭ"),
    ("José Müller", "Jose Muller|JOSÉ MÜLLERS|José  Müller|Müller, José|JoséMüller|Jose\u0301 Mu\u0308ller"),
    ("Straße Groß", "STRASSE GROSS"),
    ("İsmail Şahin", "ismail şahin|İsmail Şahin'in"),
    ("田中太郎", "田中太郎さんに電話|田中太郎様"),
    ("Anna-Maria O'Neil", "Anna Maria O'Neil|anna-maria oneil's|O'Neil, Anna-Maria"),
]
STAYS = [
    ("Kim", "kimono|Kimmel|Skim"),
    ("Иван", "Иванов|диван"),
    ("An", "Annual plan|an offer to Anna"[:11]),
    ("김민수", "김민수가나다|박김민수"),
]


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in GOES for text in texts.split("|")])
def test_name_is_redacted_in_every_form(name: str, text: str) -> None:
    said = Mentions([name]).taken_out(f"ask {text} today")
    assert MARK in said
    assert not Mentions([name]).named_in(said)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in STAYS for text in texts.split("|")])
def test_similar_words_are_not_redacted(name: str, text: str) -> None:
    assert Mentions([name]).taken_out(text) == text


def test_longer_name_of_another_contact_is_not_redacted() -> None:
    kim = Mentions(["Kim"], others=["Kim Lee", "Kim", "Lee"])
    assert kim.taken_out("Kim Lee said that Kim called") == f"Kim Lee said that {MARK} called"


@pytest.mark.parametrize(
    "text",
    [
        "+49 170 1234567",
        "0170/123 45 67",
        "00491701234567",
        "(0170) 1234-567",
        "0170 12 34 567",
        "٠١٧٠١٢٣٤٥٦٧",
        "０１７０１２３４５６７",
    ],
)
def test_number_is_redacted_in_every_format(text: str) -> None:
    assert Mentions([], ["+491701234567"]).taken_out(f"tel {text}, ask") == f"tel {MARK}, ask"


@pytest.mark.parametrize("text", ["1701234567890", "170123456", "order 2017012345678", "2026-11-30 10:00"])
def test_other_numbers_are_not_redacted(text: str) -> None:
    assert Mentions([], ["+491701234567"]).taken_out(text) == text


def test_email_address_is_redacted_but_not_similar_ones() -> None:
    kim = Mentions([], [], ["kim@acme.com"])
    assert kim.taken_out("mail KIM@Acme.com, not x.kim@acme.com or kim@acme.company") == (
        f"mail {MARK}, not x.kim@acme.com or kim@acme.company"
    )


@given(
    st.text(st.characters(categories=["L"]), min_size=2, max_size=12).filter(
        lambda name: unicodedata.is_normalized("NFC", name)
    ),
    st.text(max_size=40),
    st.text(max_size=40),
)
def test_redacted_text_never_contains_the_name(name: str, before: str, after: str) -> None:
    mentions = Mentions([name])
    said = mentions.taken_out(f"{before} {name} {after}")
    assert not mentions.named_in(said.replace(MARK, "\n"))


@given(st.text(max_size=200))
def test_empty_mentions_redact_nothing(text: str) -> None:
    assert Mentions([], [], []).taken_out(text) == text
