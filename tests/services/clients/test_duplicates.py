"""Duplicates: finding them in real data, giving reasons, merging and undoing."""

from __future__ import annotations

import csv
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import JaroWinkler

from planner.domain.clients.duplicates import Finder
from planner.domain.clients.people import Contact, ContactMethod
from planner.domain.day.activity import DIAL_OUTCOMES
from planner.domain.day.tasks import Due
from planner.domain.errors import InputError, StateError
from planner.exchange.transfer.records import Wanted
from planner.services.calls import activity_log, calling_list
from planner.services.clients import deals, duplicates, people, promises
from planner.services.context import AppContext
from planner.services.day import tasks
from planner.services.day.today_store import TodayStore
from planner.services.transfer import imports
from tests.conftest import Run

FEBRL = Path(__file__).parents[4] / "shared" / "data" / "dedupe" / "febrl1.csv"


def contact(key: int, name: str, **more: object) -> Contact:
    """A contact with an id."""
    return Contact(key, "", name, **more)  # type: ignore[arg-type]


def crowd(count: int = 400) -> list[Contact]:
    """People with nothing in common, so that what two share is rare."""
    return [contact(1_000 + n, f"{_word(n, 7)} {_word(n, 11)}", city=_word(n % 20, 3)) for n in range(count)]


def _word(number: int, seed: int) -> str:
    return "".join(chr(97 + (number * seed * (place + 3) + place * seed) % 26) for place in range(7)) + str(number)


def judgment(first: Contact, second: Contact) -> tuple[bool | None, tuple[str, ...]]:
    """Whether two contacts in a crowd are offered as the same (False: asked about, None: not at all), and why."""
    pairs = Finder([first, second, *crowd()], JaroWinkler.normalized_similarity).pairs()
    found = next((pair for pair in pairs if (pair.first, pair.second) == (first.id, second.id)), None)
    return (None, ()) if found is None else (found.same, found.reasons)


@pytest.mark.skipif(not FEBRL.exists(), reason="the shared files lie beside the checkout")
def test_finds_the_true_pairs_of_the_febrl_data(tmp_path: Path, ctx: AppContext) -> None:
    rows = list(csv.DictReader(FEBRL.open(encoding="utf-8"), skipinitialspace=True))
    lines = ["id,given name,surname,city,birthday"]
    for row in rows:
        day = row["date_of_birth"].strip()
        born = f"{day[:4]}-{day[4:6]}-{day[6:]}" if len(day) == 8 and day[4:6] <= "12" and day[6:] <= "28" else ""
        lines.append(
            ",".join([row["rec_id"], row["given_name"].strip(), row["surname"].strip(), row["suburb"].strip(), born])
        )
    path = tmp_path / "people.csv"
    path.write_text("\n".join(lines) + "\n")
    imports.run(ctx, "contacts", str(path), Wanted())
    true_name = {each.contact.id: each for each in people.list_contacts(ctx)}
    found = duplicates.find(ctx, sure=True)
    numbers = {
        row[0]: row[1]
        for row in zip(sorted(true_name), [r["rec_id"].split("-")[1] for r in rows if _has_name(r)], strict=True)
    }
    right = sum(numbers[each.first.id] == numbers[each.second.id] for each in found)
    assert right / len(found) >= 0.99
    assert right / 500 >= 0.90
    assert all(each.pair.reasons for each in found)
    assert len(people.list_contacts(ctx)) == len(true_name)  # nothing merges by itself


def _has_name(row: dict[str, str]) -> bool:
    return bool(row["given_name"].strip() or row["surname"].strip())


def test_judgments_and_their_reasons() -> None:
    kim = contact(1, "Kim Minsu", city="Seoul", birthday="1975-12-12", emails=(ContactMethod("kim@hanbit.kr"),))
    assert judgment(kim, contact(2, "Minsu Kim", emails=(ContactMethod("KIM@hanbit.kr"),))) == (
        True,
        ("the same email address", "the same name"),
    )
    assert judgment(kim, contact(2, "Kim Minsoo", birthday="1975-12-12"))[1] == (
        "nearly the same name",
        "the same birthday",
    )
    assert judgment(kim, contact(2, "Kim Minsu", birthday="1975-12-21"))[0] is True  # digits swapped
    assert judgment(kim, contact(2, "Anna Petrova", city="Seoul"))[0] is None
    # a couple: same surname and number, two people
    number = (ContactMethod("02-555-1234"),)
    wife, husband = contact(3, "Anna Brandtmeier", phones=number), contact(4, "Jonas Brandtmeier", phones=number)
    assert judgment(wife, husband)[0] is not True


@given(
    st.lists(
        st.tuples(st.text(min_size=1, max_size=12), st.text(max_size=8), st.sampled_from(["", "1980-01-01"])),
        max_size=12,
    )
)
def test_pairs_are_distinct(shape: list[tuple[str, str, str]]) -> None:
    contacts = [
        contact(n, name if name.strip() else "x", city=city, birthday=day or None)
        for n, (name, city, day) in enumerate(shape, start=1)
    ]
    pairs = [(pair.first, pair.second) for pair in Finder(contacts, JaroWinkler.normalized_similarity).pairs()]
    assert len(pairs) == len(set(pairs))
    assert all(first < second for first, second in pairs)


def test_merge_moves_related_rows_and_is_undone_in_one_step(ctx: AppContext) -> None:
    people.add(ctx, "Kim Minsu", {"company": "Hanbit", "phones": ["02-555-1234"], "tags": ["hot"], "notes": "first"})
    people.add(
        ctx,
        "Minsu Kim",
        {"role": "buyer", "phones": ["02 555 1234", "010-1"], "tags": ["korea"], "notes": "second"},
        force=True,
    )
    activity_log.log(ctx, "dial", outcome=DIAL_OUTCOMES[0], contact="2")
    tasks.add(ctx, "offer", contact="2")
    promises.add(ctx, "prices", Due(datetime(2026, 11, 20).date()), contact="2")
    deals.add(ctx, "Line", contact="2", value=Decimal(10))
    for who in ("1", "2"):
        calling_list.add(ctx, ctx.today(), who, force=True)
    merged = duplicates.merge(ctx, "1", "2")
    assert (merged.name, merged.company, merged.role, merged.notes) == (
        "Kim Minsu",
        "Hanbit",
        "buyer",
        "first\n\nsecond",
    )
    assert [way.value for way in merged.phones] == ["02-555-1234", "010-1"]
    assert merged.tags == ("hot", "korea")
    assert [each.contact.id for each in people.list_contacts(ctx)] == [1]
    assert promises.list_promises(ctx)[0].contact_id == 1
    assert deals.list_deals(ctx)[0].contact_id == 1
    assert activity_log.on_day(ctx, ctx.today())[0].contact_id == 1
    assert len(calling_list.show(ctx, ctx.today()).entries) == 1
    live = TodayStore(ctx)
    assert live.undo() == "merged Minsu Kim into Kim Minsu"
    assert [each.contact.id for each in people.list_contacts(ctx)] == [1, 2]
    assert promises.list_promises(ctx)[0].contact_id == 2
    assert len(calling_list.show(ctx, ctx.today()).entries) == 2
    assert people.show(ctx, "2").contact.role == "buyer"
    assert live.redo() == "merged Minsu Kim into Kim Minsu"
    assert deals.list_deals(ctx)[0].contact_id == 1
    live.close()


def test_merge_takes_chosen_fields_from_the_other(ctx: AppContext) -> None:
    people.add(ctx, "Kim Minsu", {"city": "Seoul"})
    people.add(ctx, "김민수", {"city": "Busan"})
    with pytest.raises(InputError, match="can't choose 'uid'"):
        duplicates.merge(ctx, "1", "2", take=["uid"])
    merged = duplicates.merge(ctx, "1", "2", take=["name"])
    assert (merged.name, merged.city) == ("김민수", "Seoul")
    with pytest.raises(StateError, match="Both are the same contact"):
        duplicates.merge(ctx, "1", "1")


def test_reimport_recognizes_merged_contacts(ctx: AppContext, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id,name,phone\n1,Kim Minsu,1\n2,Minsu Kim,2\n")
    imports.run(ctx, "contacts", str(path), Wanted())
    duplicates.merge(ctx, "1", "2")
    assert imports.run(ctx, "contacts", str(path), Wanted()).same == 2
    assert len(people.list_contacts(ctx)) == 1


def test_duplicates_by_command(run: Run) -> None:
    for name in ("Kim Minsu", "Minsu Kim"):
        run("contact", "add", name, "--email", "kim@hanbit.kr", "--phone", "02-555-1234", "--anyway")
    (found,) = run("contact", "duplicates", "--json").json
    assert (found["first"], found["second"], found["names"]) == (1, 2, ["Kim Minsu", "Minsu Kim"])
    assert "the same email address" in found["reasons"]
    assert run("contact", "merge", "1", "2").out.strip() == "Merged into contact 1: Kim Minsu"
    assert run("contact", "duplicates").out.strip() == "No duplicates found."
    assert run("undo").out.strip() == "Undid: merged Minsu Kim into Kim Minsu"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("Willow van der Klaauw", "Klaauw Bakery"), ("Tess van der Klaauw", "Noord Travel")),
        (("Luis García Márquez", "Sol"), ("Ana García Márquez", "Luna")),
        (("Hans von und zu Guttenberg", "Alpha"), ("Ida von und zu Guttenberg", "Beta")),
        (("Firm 4529", "Firm 4529"), ("Firm 439", "Firm 439")),
        (("Store 12 North", "Store 12 North"), ("Store 21 North", "Store 21 North")),
        (("Northern Light GmbH", "Northern Light GmbH"), ("Northern Right GmbH", "Northern Right GmbH")),
    ],
)
def test_relatives_and_branches_are_not_duplicates(first: tuple[str, str], second: tuple[str, str]) -> None:
    one, other = (
        contact(key, name, company=company, city="Gouda") for key, (name, company) in ((1, first), (2, second))
    )
    assert judgment(one, other)[0] is None


def test_a_company_in_another_legal_form_is_nearly_the_same() -> None:
    one, other = (
        contact(key, "Kim Minsu", company=name) for key, name in ((1, "Hanbit Trading"), (2, "Hanbit Trading Ltd."))
    )
    assert "nearly the same company" in judgment(one, other)[1]


def test_merging_all_certain_duplicates_shows_them_first(ctx: AppContext, run: Run) -> None:
    for _ in range(2):
        run("contact", "add", "Kim Minsu", "--email", "kim@hanbit.example", "--phone", "02-555-1234", "--anyway")
    assert (
        "Would merge contact 2: Kim Minsu into contact 1: Kim Minsu"
        in run("contact", "merge", "--all-sure", "--dry-run").out
    )
    assert len(people.list_contacts(ctx)) == 2
    run("contact", "merge", "--all-sure")
    assert len(people.list_contacts(ctx)) == 1
    run("undo")
    assert len(people.list_contacts(ctx)) == 2
