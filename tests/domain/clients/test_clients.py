"""Contacts, deals and promises as values."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.clients.deals import Deal, Stage
from planner.domain.clients.names import NameParts, given_name, name_parts
from planner.domain.clients.people import (
    Contact,
    ContactMethod,
    Numbering,
    email_key,
    name_key,
    phone_key,
)
from planner.domain.clients.promises import Promise, PromiseState
from planner.domain.clients.special_days import check_birthday, day_text, read_named_day, read_yearly, special_days
from planner.domain.day.tasks import Due
from planner.domain.errors import InputError


@pytest.mark.parametrize(
    "numbers",
    [
        ("+82-2-555-1234", "02-555-1234", "0082 2 555 1234"),
        ("+7 (495) 555-01-02", "8 495 555 01 02", "84955550102"),
        ("416-810-9897x752", "(416) 810-9897 ext. 752", "+1 416 810 9897 доб. 752"),
        ("001-672-799-2170x5610", "6727992170 #5610"),
    ],
)
def test_phone_number_formats_have_the_same_key(numbers: tuple[str, ...]) -> None:
    assert len({phone_key(number) for number in numbers}) == 1


GERMANY = Numbering("49", "0", tuple(range(4, 16)))
AMERICA = Numbering("1", "1", (10,))
RUSSIA = Numbering("7", "8", (10, 14))
KOREA = Numbering("82", "0", (5, 6, 8, 9, 10, 11))
ITALY = Numbering("39", "", tuple(range(6, 13)))


@pytest.mark.parametrize(
    ("home", "numbers"),
    [
        (GERMANY, ("+49 30 123456", "030/123456", "0049 (0)30 123456", "+49 (0)30 123456", "(030) 12 34 56")),
        (GERMANY, ("+49 30 123456", "+49 030 123456", "０３０ １２３４５６", "4930123456", "(0)30 123456")),
        (GERMANY, ("030 12345", "+49 30 12345", "0049 30 12345")),  # fewer digits than are compared without a country
        (GERMANY, ("030 1234560 ext. 7", "+49 30 1234560x7", "030/1234560 Durchwahl 7", "030 1234560;ext=7")),
        (AMERICA, ("(212) 555-1234", "+1 212 555 1234", "1-212-555-1234", "011 1 212 555 1234", "212.555.1234")),
        (RUSSIA, ("8 495 123-45-67", "+7 (495) 1234567", "74951234567", "495 1234567")),
        (KOREA, ("02-555-1234", "+82 2 555 1234", "0082-2-555-1234", "02) 555 1234", "8225551234")),
        (ITALY, ("06 1234567", "+39 06 1234567", "0039 06 1234567")),  # in Italy the zero is part of the number
    ],
)
def test_national_phone_number_formats_have_the_same_key(home: Numbering, numbers: tuple[str, ...]) -> None:
    assert len({phone_key(number, home) for number in numbers}) == 1


@pytest.mark.parametrize(
    ("home", "one", "other"),
    [
        (AMERICA, "212 555 1234", "312 555 1234"),  # the last eight digits are the same
        (GERMANY, "030 123456", "+43 30 123456"),
        (GERMANY, "030 123456", "030 123456 ext. 7"),
        (None, "030 123456", "030 123457"),
    ],
)
def test_different_numbers_have_different_keys(home: Numbering | None, one: str, other: str) -> None:
    assert phone_key(one, home) != phone_key(other, home)


@pytest.mark.parametrize(
    "name",
    ["Jörg  Mu\u0308ller", "jörg\u00a0müller", " JÖRG MÜLLER ", "Jörg Mül\u00adler", "Ｊörg\u3000Müller"],
)
def test_spellings_of_a_name_have_the_same_key(name: str) -> None:
    assert name_key(name) == name_key("Jörg Müller")


def test_extensions_distinguish_numbers() -> None:
    assert phone_key("416-810-9897x752") != phone_key("416-810-9897x753") != phone_key("416-810-9897")


@given(st.text(max_size=40))
def test_keys_are_deterministic_and_short(text: str) -> None:
    assert phone_key(text) == phone_key(text)
    assert len(phone_key(text).partition("x")[0]) <= 8
    assert name_key(f"  {text} ") == name_key(text)
    assert email_key(email_key(text)) == email_key(text)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "x" * 201},
        {"company": ""},
        {"kind": "nice"},
        {"birthday": "--02-30"},
        {"birthday": "tomorrow"},
        {"tags": ("",)},
        {"tags": tuple(str(number) for number in range(51))},
        {"phones": (ContactMethod("1"),) * 21},
        {"notes": "x" * 10_001},
    ],
)
def test_invalid_contacts_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Contact(**({"id": 0, "uid": "", "name": "Kim"} | wrong))  # type: ignore[arg-type]


def test_birthday_on_a_leap_day() -> None:
    assert Contact(0, "", "Kim", birthday="--02-29").birthday == "--02-29"


@pytest.mark.parametrize(
    ("stage", "closed", "right"),
    [
        (Stage.TALK, None, True),
        (Stage.WON, date(2026, 1, 1), True),
        (Stage.WON, None, False),
        (Stage.TALK, date(2026, 1, 1), False),
    ],
)
def test_only_won_and_lost_deals_have_a_closing_date(stage: Stage, closed: date | None, right: bool) -> None:
    try:
        Deal(0, "D", stage, None, closed=closed)
    except InputError:
        assert not right
    else:
        assert right


@pytest.mark.parametrize("value", [Decimal(-1), Decimal("0.001"), Decimal("1e15")])
def test_deal_value_out_of_range_is_refused(value: Decimal) -> None:
    with pytest.raises(InputError):
        Deal(0, "D", Stage.TALK, None, value=value)


@pytest.mark.parametrize(
    ("due", "settled", "state"),
    [
        (Due(date(2026, 11, 16), time(10)), datetime(2026, 11, 16, 10, 0, 59), PromiseState.KEPT),
        (Due(date(2026, 11, 16), time(10)), datetime(2026, 11, 16, 10, 1), PromiseState.LATE),
        (Due(date(2026, 11, 16)), datetime(2026, 11, 16, 23, 59, 59), PromiseState.KEPT),
        (Due(date(2026, 11, 16)), datetime(2026, 11, 17), PromiseState.LATE),
    ],
)
def test_promise_is_late_a_minute_after_its_due_time(due: Due, settled: datetime, state: PromiseState) -> None:
    promise = Promise(1, "x", due, kept=True, settled=settled)
    assert promise.state is state
    assert Promise(1, "x", due).overdue(settled) is (state is PromiseState.LATE)
    assert Promise(1, "x", due, kept=False, settled=settled).state is PromiseState.BROKEN


def test_read_back_names_day_and_time() -> None:
    promise = Promise(1, "price list", Due(date(2026, 11, 27), time(9, 5)), contact="Kim")
    assert promise.read_back() == (
        "Just to confirm what I promised, Kim: price list by Friday, 27 November at 09:05. Does that work for you?"
    )


@pytest.mark.parametrize(
    ("day", "what", "on", "said"),
    [
        ("1975-11-16", "birthday", date(2026, 11, 16), "birthday, turns 51"),
        ("--11-16", "birthday", date(2026, 11, 16), "birthday"),
        ("2026-11-16", "birthday", date(2026, 11, 16), "birthday"),
        ("2019-11-16", "married", date(2026, 11, 16), "married, 7 years"),
        ("2025-11-16", "joined Hanbit", date(2026, 11, 16), "joined Hanbit, 1 year"),
        ("--11-16", "name day", date(2026, 11, 16), "name day"),
        ("2000-02-29", "birthday", date(2028, 2, 29), "birthday, turns 28"),
        ("2000-02-29", "birthday", date(2027, 2, 28), "birthday, turns 27"),
        ("--02-29", "birthday", date(2027, 2, 28), "birthday"),
        ("--02-29", "birthday", date(2028, 2, 28), None),
        ("--02-28", "birthday", date(2028, 2, 28), "birthday"),
        ("2027-11-16", "contract signed", date(2026, 11, 16), None),
        ("1975-11-17", "birthday", date(2026, 11, 16), None),
    ],
)
def test_birthdays_and_anniversaries_recur_yearly(day: str, what: str, on: date, said: str | None) -> None:
    found = special_days(7, "Kim", [(day, what)], [on])
    assert [(each.contact_id, each.name, each.day, each.said) for each in found] == (
        [] if said is None else [(7, "Kim", on, said)]
    )
    assert all(each.kind == ("birthday" if what == "birthday" else "date") for each in found)


@pytest.mark.parametrize("text", ["19751212", "1975-W50-5", "--2-29", "12-12", "--02-30", "1975-12-12T10:00", ""])
def test_invalid_birthday_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="12 Dec 1975"):
        check_birthday(text)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("Kim Minsu 김민수", "Minsu"), ("김민수", "김민수"), ("Minsu Kim 김민수", "Minsu"), ("Dr. Cole", "Cole"),
        ("Anna Schmidt", "Anna"), ("Kim Novak", "Kim"), ("Анна Соколова", "Анна"), ("", ""), ("J.", "J."),
        ("Lee Ji Eun 이지은", "Ji Eun"),
    ],
)  # fmt: skip
def test_contacts_are_greeted_by_their_given_name(name: str, given: str) -> None:
    assert given_name(name) == given


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("12 Dec", "--12-12"),
        ("December 12", "--12-12"),
        ("dec 12th, 1975", "1975-12-12"),
        ("12 Dec 1975", "1975-12-12"),
        ("12.12.1975", "1975-12-12"),
        ("3.11.", "--11-03"),
        ("1st of May 2019", "2019-05-01"),
        ("29 feb", "--02-29"),
        ("--12-12", "--12-12"),
        ("1975-12-12", "1975-12-12"),
        ("", None),
    ],
)
def test_a_birthday_is_typed_as_any_date_with_or_without_its_year(typed: str, stored: str | None) -> None:
    assert read_yearly(typed) == stored
    if stored is not None:
        assert read_yearly(day_text(stored)) == stored


@pytest.mark.parametrize("typed", ["12", "soon", "31 Feb", "29 Feb 1975", "12 Dec 75", "12/12/1975", "12 Dec at noon"])
def test_no_birthday(typed: str) -> None:
    with pytest.raises(InputError, match=r"Write it like 12 Dec 1975"):
        read_yearly(typed)


def test_a_named_day_has_a_date_and_a_description() -> None:
    assert read_named_day("3 Nov name day") == ("--11-03", "name day")
    assert read_named_day("--11-03 name day") == ("--11-03", "name day")
    assert read_named_day("1 May 2019 married in Rome") == ("2019-05-01", "married in Rome")
    assert read_named_day("12.12. founded 1990") == ("--12-12", "founded 1990")
    for typed in ("3 Nov", "name day", "3 Novice"):
        with pytest.raises(InputError, match="needs a date and a description"):
            read_named_day(typed)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ali Brien", NameParts("Brien", "Ali")),
        ("Willow van der Klaauw", NameParts("van der Klaauw", "Willow")),
        ("Anna Maria de la Cruz", NameParts("de la Cruz", "Anna", "Maria")),
        ("Dr. Thomas Cole Jr.", NameParts("Cole", "Thomas", "", "Dr.", "Jr.")),
        ("Dr. Cole", NameParts("Cole", prefix="Dr.")),
        ("Brien, Ali", NameParts("Brien", "Ali")),
        ("김민수", NameParts("김", "민수")),
        ("남궁민수", NameParts("남궁", "민수")),
        ("Kim Minsu 김민수", NameParts("Kim", "Minsu 김민수")),
        ("Каренина Анна Аркадьевна", NameParts("Каренина", "Анна", "Аркадьевна")),
        ("Анна Аркадьевна Каренина", NameParts("Каренина", "Анна", "Аркадьевна")),
        ("Cher", NameParts(given="Cher")),
        ("田中太郎", NameParts(given="田中太郎")),
    ],
)
def test_names_are_split_for_address_books(name: str, parts: NameParts) -> None:
    assert name_parts(name) == parts
