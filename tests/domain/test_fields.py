"""Field definitions: each names an attribute of its entity, parses what it shows, and reports errors."""

from __future__ import annotations

from dataclasses import fields as attributes
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.clients import deals, people
from planner.domain.clients.deals import Deal, Stage
from planner.domain.clients.people import Contact, ContactMethod, Need
from planner.domain.errors import InputError, StateError
from planner.domain.fields import Field, as_object, as_texts, changed_fields, refuse_conflicts
from planner.domain.review import learning
from planner.domain.review.learning import Learning
from planner.domain.typed.moment import Towards
from planner.domain.typed.when import parse_when

NOW = datetime(2026, 11, 16, 9)
KIM = Contact(
    7, "u", "Kim", company="Hanbit", phones=(ContactMethod("010 1"), ContactMethod("010 2")), need=Need.FOUND,
    decides=True, tags=("fair", "vip"), notes="two\nlines", supplier_until=date(2027, 1, 31),
    dates=(("--11-03", "name day"),), tier="A", rhythm=30, consent=True, referrer="Lee", referrer_id=3,
)  # fmt: skip
PAPER = Deal(1, "Paper", Stage.CLOSING, date(2026, 11, 2), value=Decimal("350000.50"), term_months=12, notes="a\nb")


def read_day(text: str, towards: Towards) -> date:
    return parse_when(text, NOW, towards=towards).day


TABLES: tuple[tuple[type[Any], tuple[Field, ...]], ...] = (
    (Contact, people.FIELDS), (Deal, deals.FIELDS), (Learning, learning.FIELDS),
)  # fmt: skip
ALL = [(entity, each) for entity, table in TABLES for each in table]


@pytest.mark.parametrize(("entity", "field"), ALL, ids=[f"{entity.__name__}.{each.name}" for entity, each in ALL])
def test_field_is_an_attribute_with_valid_flags(entity: type[Any], field: Field) -> None:
    assert field.name in {each.name for each in attributes(entity)}
    assert all(flag.startswith("--") for flag in field.flags)
    assert not field.hint or field.label  # hints are shown in the form


@pytest.mark.parametrize("table", [people.FIELDS, deals.FIELDS], ids=["contacts", "deals"])
def test_options_and_columns_are_unique(table: tuple[Field, ...]) -> None:
    flags = [flag for each in table for flag in each.flags]
    columns = [each.column for each in table if each.column]
    assert len(flags) == len(set(flags))
    assert len(columns) == len(set(columns))


@pytest.mark.parametrize("entity", [KIM, PAPER], ids=["contact", "deal"])
def test_unchanged_form_changes_nothing(entity: Any) -> None:
    table = people.FIELDS if isinstance(entity, Contact) else deals.FIELDS
    before = as_texts(entity, table)
    assert changed_fields(table, before, before, read_day) == {}


@pytest.mark.parametrize("entity", [KIM, PAPER], ids=["contact", "deal"])
def test_shown_fields_parse_back(entity: Any) -> None:
    for field in people.FIELDS if isinstance(entity, Contact) else deals.FIELDS:
        if field.label and not field.reference and not field.kind.separator:
            assert field.parse(field.show(entity), read_day) == (
                getattr(entity, field.name) or field.parse("", read_day)
            )


@given(st.decimals(0, 10**9, places=2))
def test_amounts_parse_back(value: Decimal) -> None:
    deal = replace(PAPER, value=value)
    assert deals.VALUE.parse(deals.VALUE.show(deal), read_day) == value


def test_json_names_every_field() -> None:
    found = as_object(KIM, people.FIELDS)
    assert found["phones"] == ["010 1", "010 2"]
    assert found["dates"] == [{"date": "--11-03", "what": "name day"}]
    assert (found["need"], found["supplier_until"], found["city"]) == ("found", "2027-01-31", None)
    assert as_object(PAPER, deals.FIELDS)["value"] == 350000.5


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("rhythm", "soon", "isn't a whole number of days"),
        ("need", "perhaps", "The need must be one of"),
        ("decides", "maybe", "Enter yes or no"),
    ],
)
def test_invalid_field_text_is_refused(name: str, text: str, said: str) -> None:
    field = next(each for each in people.FIELDS if each.name == name)
    with pytest.raises(InputError, match=said):
        field.parse(text, read_day)


def test_chosen_reference_is_resolved_by_id() -> None:
    field = next(each for each in people.FIELDS if each.name == "referrer")
    assert field.show(KIM) == "3: Lee"
    assert field.parse("3: Lee", read_day) == "3"
    assert field.parse("Lee: the second", read_day) == "Lee: the second"


def test_only_conflicting_changes_are_refused() -> None:
    now = replace(KIM, city="Busan", role="buyer")
    refuse_conflicts(now, KIM, {"tier": "B"}, people.FIELDS)
    refuse_conflicts(now, KIM, {"city": "Busan"}, people.FIELDS)  # the same change, made twice
    with pytest.raises(StateError, match="The city was changed to 'Busan' in the meantime"):
        refuse_conflicts(now, KIM, {"city": "Seoul"}, people.FIELDS)


def test_text_over_its_limit_is_refused() -> None:
    with pytest.raises(InputError, match="The role of a contact can have up to 200 characters"):
        replace(KIM, role="x" * 201)
