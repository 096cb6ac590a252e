"""`contact`, `deal` and `promise`, by running the program."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from planner.domain.clients.people import FIELDS
from tests.conftest import Run


@pytest.fixture
def kim(run: Run) -> Run:
    """One contact with everything."""
    words = (
        ("Kim Minsu 김민수",),
        ("--company", "Hanbit Trading", "--role", "buyer", "--phone", "02-555-1234", "--phone", "+82 10 5555 1234"),
        ("--email", "kim@hanbit.example", "--tag", "hot, korea", "--kind", "gloomy", "--need", "found"),
        ("--decides", "yes", "--source", "seminar", "--supplier", "Dongah", "--city", "서울"),
        ("--birthday", "1975-12-12", "--notes", "quarterly delivery"),
    )
    run("contact", "add", *(word for line in words for word in line))
    return run


def test_contact_json_has_all_promised_fields(kim: Run) -> None:
    (found,) = kim("contact", "list", "--json").json
    assert len(found.pop("uid")) == 36
    added = dict.fromkeys(each.name for each in FIELDS)  # a field that came later is there, and empty
    assert found == added | {
        "id": 1, "name": "Kim Minsu 김민수", "company": "Hanbit Trading", "role": "buyer",
        "phones": ["02-555-1234", "+82 10 5555 1234"], "emails": ["kim@hanbit.example"], "kind": "gloomy",
        "need": "found", "decides": True, "source": "seminar", "supplier": "Dongah", "supplier_weak": None,
        "city": "서울", "birthday": "1975-12-12", "tags": ["hot", "korea"], "notes": "quarterly delivery",
        "next_step": None, "languages": None, "preferences": None, "supplier_until": None, "dates": [], "tier": None,
        "rhythm": None, "consent": None, "mailing": None, "referrer": None, "do_not_call": False, "zone": None,
    }  # fmt: skip


def test_contact_time_zone_and_local_time(kim: Run) -> None:
    berlin = {"TZ": "Europe/Berlin", "now": "2026-11-16T09:00"}
    kim("contact", "edit", "1", "--zone", "seoul")
    assert "time zone: Asia/Seoul, now 17:00 in Seoul" in kim("contact", "show", "1", **berlin).out
    shown = kim("contact", "show", "1", "--json", **berlin).json
    assert (shown["zone"], shown["local_time"]) == ("Asia/Seoul", "2026-11-16T17:00")
    assert "now Tue 01:00 in Seoul" in kim("contact", "show", "1", TZ="Europe/Berlin", now="2026-11-16T17:00").out
    kim("contact", "edit", "1", "--zone", "EST")
    assert "America/New_York, now 03:00 in New York" in kim("contact", "show", "1", **berlin).out
    for zone, why in (
        ("Mars", "isn't a known time zone"),
        ("UTC+2", "isn't a known time zone"),
        ("IST", "could be India"),
    ):
        assert why in kim("contact", "edit", "1", "--zone", zone, code=2).err
    kim("contact", "edit", "1", "--zone", "none")
    assert "time zone" not in kim("contact", "show", "1").out
    assert kim("contact", "show", "1", "--json").json["local_time"] is None


def test_company_shows_its_people_deals_and_promises(kim: Run) -> None:
    kim("contact", "add", "Park Jisoo", "--company", "Hanbit Trading", "--role", "director")
    kim("deal", "add", "Paper", "--contact", "1", "--value", "90000")
    kim("promise", "add", "price list", "--contact", "Park Jisoo", "--due", "2026-11-18 10:00")
    text = kim("company", "hanbit", "trading").out
    assert "next step: Park Jisoo: price list  Wed 18 Nov 10:00" in text
    assert "Park Jisoo  director\n" in text
    assert "deal 1: Paper" in text
    found = kim("company", "1", "--json").json
    assert [each["name"] for each in found["people"]] == ["Kim Minsu 김민수", "Park Jisoo"]
    assert (found["name"], found["booked"], found["others"]) == ("Hanbit Trading", 0, 0)
    assert (
        "Alone has no company yet"
        in kim("company", kim("contact", "add", "Alone").out.split()[2].rstrip(":"), code=1).err
    )


def test_next_step_is_the_earliest_open_item(kim: Run) -> None:
    kim("task", "add", "call back", "--contact", "1", "--due", "2026-11-20")
    kim("promise", "add", "price list", "--contact", "1", "--due", "2026-11-18 10:00")
    kim("task", "add", "some day", "--contact", "1")
    (found,) = kim("contact", "list", "--json").json
    assert found["next_step"] == {"kind": "promise", "text": "price list", "at": "2026-11-18T10:00"}
    kim("promise", "kept", "1")
    assert kim("contact", "show", "1", "--json").json["next_step"]["text"] == "call back"


@pytest.mark.parametrize(
    "text", ["김민수", "hanbit", "555-1234", "025551234", "KIM@HANBIT", "quarterly", "서울", "hot"]
)
def test_contact_is_found_by_any_of_its_fields(kim: Run, text: str) -> None:
    kim("contact", "add", "Somebody else")
    assert [row["id"] for row in kim("contact", "find", text, "--json").json] == [1]


def test_percent_and_underscore_are_literal_in_searches(kim: Run) -> None:
    assert kim("contact", "find", "%", "--json").json == []
    assert kim("contact", "find", "_", "--json").json == []


def test_editing_and_clearing_contact_fields_is_undoable(kim: Run) -> None:
    kim(
        "contact",
        "edit",
        "1",
        "--company",
        "none",
        "--email",
        "none",
        "--phone",
        "02-1",
        "--kind",
        "none",
        "--name",
        "K",
    )
    found = kim("contact", "show", "K", "--json").json
    assert (found["company"], found["emails"], found["phones"], found["kind"]) == (None, [], ["02-1"], None)
    assert "edited contact: K" in kim("undo").out
    found = kim("contact", "show", "1", "--json").json
    assert (found["company"], found["emails"], len(found["phones"])) == ("Hanbit Trading", ["kim@hanbit.example"], 2)


@pytest.mark.parametrize(
    "words",
    [
        ("contact", "add", " "),
        ("contact", "add", "x" * 201),
        ("contact", "add", "A", "--kind", "nice"),
        ("contact", "add", "A", "--need", "maybe"),
        ("contact", "add", "A", "--email", "nowhere"),
        ("contact", "add", "A", "--phone", "no digits"),
        ("contact", "add", "A", "--birthday", "31.13.1975"),
        ("contact", "edit", "1"),
        ("contact", "forget", "1"),
        ("deal", "add", "D", "--stage", "won"),
        ("deal", "add", "D", "--stage", "signed"),
        ("deal", "add", "D", "--opened", "2026-11-17"),
        ("deal", "move", "1", "won"),
        ("promise", "add", "price list"),
        ("promise", "add", "price list", "--due", "2026-11-15"),
        ("promise", "add", "price list", "--due", "some day"),
    ],
)
def test_invalid_input_is_refused_and_changes_nothing(kim: Run, words: tuple[str, ...]) -> None:
    before = kim("history", "--json").json
    answer = kim(*words, code=2)
    assert answer.out == ""
    assert len(answer.err.strip().splitlines()) == 1
    assert kim("history", "--json").json == before


@pytest.mark.parametrize(
    "words", [("contact", "show", "9"), ("contact", "drop", "Nobody"), ("deal", "won", "9"), ("promise", "kept", "9")]
)
def test_unknown_rows_are_reported(kim: Run, words: tuple[str, ...]) -> None:
    said = kim(*words, code=1).err
    assert "There's no " in said or "No contact matches 'Nobody'" in said


def test_contacts_of_the_same_name_are_told_apart_by_id(kim: Run) -> None:
    assert "(id 1)" in kim("contact", "add", "Kim Minsu 김민수").err
    said = kim("contact", "show", "kim minsu 김민수", code=1).err
    assert "(id 1); Kim Minsu 김민수 (id 2)" in said
    assert kim("contact", "show", "2", "--json").json["company"] is None


def test_dropping_a_contact_keeps_its_counts_and_undo_restores_it(kim: Run) -> None:
    kim("log", "dial", "--contact", "1", "--outcome", "callback")
    kim("promise", "add", "price list", "--contact", "1", "--due", "fri")
    kim("contact", "drop", "1")
    assert kim("log", "list", "--json").json[0]["contact"] is None
    assert kim("promise", "list", "--json").json[0]["contact"] is None
    kim("undo")
    whole = kim("contact", "show", "1", "--json").json
    assert whole["emails"] == ["kim@hanbit.example"]
    assert [row["outcome"] for row in whole["log"]] == ["callback"]
    assert [row["text"] for row in whole["promises"]] == ["price list"]


def test_forgetting_a_contact_leaves_only_counts_in_the_file(kim: Run, tmp_path: Path) -> None:
    kim("log", "dial", "--contact", "1", "--outcome", "callback", "--note", "his daughter plays chess")
    kim("promise", "add", "bring Wimbledon tickets", "--contact", "1", "--due", "fri")
    kim("task", "add", "ring his secretary Oh", "--contact", "1")
    kim("deal", "add", "Kim Minsu 김민수 yearly", "--contact", "1", "--value", "100")
    kim("contact", "edit", "1", "--notes", "secretly looking for a job")
    kim("log", "dial", "--count", "3")
    kim("contact", "forget", "1", "--yes")
    file = (tmp_path / "planner.db").read_bytes()
    for text in ("김민수", "kim@hanbit", "chess", "Wimbledon", "secretary", "secretly", "quarterly"):
        assert text.encode() not in file, text
    assert kim("today", "--json").json["counters"]["dials"]["done"] == 4
    assert [row["title"] for row in kim("deal", "list", "--json").json] == ["(forgotten) yearly"]
    for _ in range(20):
        if kim("undo", code=None).code:
            break
    assert kim("contact", "list", "--json").json == []
    assert "✓ references" in kim("doctor").out


def revenue(run: Run, month: str = "2026-11") -> int:
    return int(run("plan", "show", "--month", month, "--json").json["booked"])


def test_revenue_follows_wins_payments_refunds_and_reopening(kim: Run) -> None:
    kim("deal", "add", "Yearly", "--contact", "1", "--value", "350k", "--opened", "2026-10-01", "--stage", "proposal")
    (deal,) = kim("deal", "list", "--json").json
    assert set(deal) >= {"id", "title", "contact", "value", "stage", "opened", "closed", "expected_close"}
    assert (deal["company"], deal["value"], deal["stage"]) == ("Hanbit Trading", 350_000, "proposal")
    kim("deal", "move", "1", "closing")
    kim("deal", "won", "1", "--part", "100000", "--on", "2026-10-30")
    assert (revenue(kim, "2026-10"), revenue(kim)) == (100_000, 0)
    kim("deal", "pay", "1", "250000")
    kim("deal", "refund", "1", "50000")
    assert (revenue(kim, "2026-10"), revenue(kim)) == (100_000, 200_000)
    assert "more than its value" in kim("deal", "pay", "1", "70000").err
    kim("undo")
    assert "at most 300,000" in kim("deal", "refund", "1", "300001", code=2).err
    assert kim("deal", "list", "--json", "--open").json == []
    assert "1 won or lost" in kim("deal", "list").err
    (won,) = kim("deal", "list", "--json").json
    assert (won["stage"], won["closed"], won["booked"]) == ("won", "2026-10-30", 300_000)
    kim("deal", "reopen", "1")
    assert (revenue(kim, "2026-10"), revenue(kim)) == (0, 0)
    (again,) = kim("deal", "list", "--json").json
    assert (again["stage"], again["closed"], again["booked"]) == ("closing", None, 0)
    kim("undo")
    assert (revenue(kim, "2026-10"), revenue(kim)) == (100_000, 200_000)


def test_won_deal_counts_once_regardless_of_payments(kim: Run) -> None:
    kim("goal", "add", "Deals", "--horizon", "month", "--metric", "deals", "--target", "4")
    kim("deal", "add", "D", "--value", "10")
    kim("deal", "won", "1", "--part", "5")
    kim("deal", "pay", "1", "5")
    assert kim("goal", "list", "--json").json[0]["done"] == 1
    assert [row["kind"] for row in kim("log", "list", "--json").json] == ["deal", "payment"]
    assert "'payment' can't be logged" in kim("log", "payment", "--amount", "5", code=2).err


def test_won_deal_must_be_reopened_before_it_changes_stage(kim: Run) -> None:
    kim("deal", "add", "D")
    assert "--amount" in kim("deal", "won", "1", code=2).err
    assert "in the future" in kim("deal", "won", "1", "--amount", "5", "--on", "2026-11-17", code=2).err
    kim("deal", "won", "1", "--amount", "5")
    for words in (("won", "1"), ("lost", "1"), ("move", "1", "talk")):
        assert "reopen 1" in kim("deal", *words, code=1).err
    kim("deal", "add", "E")
    assert "isn't won yet" in kim("deal", "pay", "2", "5", code=1).err
    kim("deal", "lost", "2", "--reason", "too expensive")
    assert kim("deal", "list", "--stage", "lost", "--json").json[0]["reason"] == "too expensive"


def test_deal_edits_must_agree_with_its_payments(kim: Run) -> None:
    kim("deal", "add", "D", "--value", "800", "--opened", "2026-11-02", "--notes", "two pages\nand more")
    assert "above 0" in kim("deal", "won", "1", "--part", "0", code=2).err
    kim("deal", "won", "1", "--on", "2026-11-05")
    assert "was won later, on Thu 5 Nov" in kim("deal", "refund", "1", "50", "--on", "2026-11-03", code=2).err
    assert (
        "can't be opened on Fri 6 Nov 2026, after Thu 5 Nov 2026"
        in kim("deal", "edit", "1", "--opened", "2026-11-06", code=2).err
    )
    assert "still has 800 closed" in kim("deal", "edit", "1", "--value", "50").err
    for words in (("drop", "1"), ("edit", "1", "--amount", "5")):
        assert "deal reopen 1" in kim("log", *words, code=1).err
    found = kim("deal", "show", "1", "--json").json
    assert ([row["amount"] for row in found["bookings"]], found["notes"]) == ([800], "two pages\nand more")


def test_promise_is_settled_once_and_not_before_it_was_made(kim: Run) -> None:
    kim("promise", "add", "p", "--due", "fri")
    assert "in the past" in kim("promise", "edit", "1", "--due", "2026-11-01", code=2).err
    assert "promise was made later" in kim("promise", "kept", "1", "--at", "2026-11-13", code=2).err
    kim("promise", "kept", "1")
    assert "reopen 1" in kim("promise", "broken", "1", code=1).err


def test_forgetting_redacts_whole_words_and_keeps_the_history(kim: Run) -> None:
    kim("contact", "add", "Vietnam Nam Trading")
    kim("contact", "add", "Nam", "--company", "Nam")
    kim("deal", "add", "Vietnam plan of Nam", "--contact", "3")
    kim("deal", "lost", "1", "--reason", "Nam said no")
    kim("contact", "add", "Namur")
    kim("contact", "forget", "Nam", "--yes")
    (deal,) = kim("deal", "list", "--all", "--json").json
    assert (deal["title"], deal["reason"]) == ("Vietnam plan of (forgotten)", None)
    labels = [row["label"] for row in kim("history", "--json").json]
    assert labels == ["new contact: Namur", "new contact: Vietnam Nam Trading", "new contact: Kim Minsu 김민수"]
    for _ in labels:
        kim("undo")
    for _ in labels:
        kim("redo")
    assert "✓ references" in kim("doctor").out


def test_dropping_a_deal_drops_its_revenue(kim: Run) -> None:
    kim("deal", "add", "D", "--value", "10")
    kim("deal", "won", "1")
    kim("deal", "drop", "1")
    assert revenue(kim) == 0
    kim("undo")
    assert revenue(kim) == 10


def test_promise_kept_after_its_due_time_is_late(kim: Run) -> None:
    answer = kim("promise", "add", "send", "the", "price", "list", "--contact", "1", "--due", "today 11:30")
    assert "Just to confirm what I promised, Minsu: send the price list by Monday, 16 November at 11:30." in answer.err
    kim("promise", "add", "call", "--contact", "1", "--due", "today 11:30")
    kim("promise", "add", "never", "--due", "today")
    kim("promise", "kept", "1", now="2026-11-16T11:30:40")
    kim("promise", "kept", "2", now="2026-11-16T11:31")
    kim("promise", "broken", "3", "--note", "forgot")
    assert kim("promise", "list", "--json", "--open").json == []
    assert "1 of 3 kept on time, 1 late, 1 broken. To see them all:" in kim("promise", "list").err
    found = kim("promise", "list", "--json").json
    assert {row["text"]: row["state"] for row in found} == {
        "send the price list": "kept", "call": "late", "never": "broken",
    }  # fmt: skip
    assert set(found[0]) >= {"id", "contact", "text", "due", "state"}
    assert "is already late" in kim("promise", "kept", "2", code=1).err
    kim("promise", "reopen", "2")
    assert [row["state"] for row in kim("promise", "list", "--json", "--open").json] == ["open"]


def test_today_lists_due_promises_and_flags_overdue_ones(kim: Run) -> None:
    kim("promise", "add", "price list", "--contact", "1", "--due", "today 11:30")
    kim("promise", "add", "much later", "--due", "2026-12-01")
    due = kim("today", "--json").json["due"]
    assert due == [
        {
            "kind": "promise",
            "contact": "Kim Minsu 김민수",
            "at": "2026-11-16T11:30",
            "text": "price list",
            "overdue": False,
            "do_not_call": False,
        }
    ]
    assert "   promised 11:30  Kim Minsu 김민수: price list" in kim("today").out
    assert kim("today", "--json", now="2026-11-16T11:30").json["due"][0]["overdue"] is False
    assert kim("today", "--json", now="2026-11-16T11:31").json["due"][0]["overdue"] is True
    assert " ! promised Mon 16 Nov 11:30  Kim" in kim("today", now="2026-11-17T08:00").out


def test_undo_and_redo_restore_every_row(kim: Run, tmp_path: Path) -> None:
    kim("deal", "add", "D", "--contact", "1", "--value", "10")
    kim("promise", "add", "p", "--due", "fri", "--contact", "new: Lee")
    kim("deal", "won", "1")
    kim("promise", "kept", "1")
    tables = ("company", "contact", "contact_way", "deal", "promise", "activity", "day_count")

    def rows() -> list[object]:
        handle = sqlite3.connect(tmp_path / "planner.db")
        try:
            return [handle.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in tables]
        finally:
            handle.close()

    full = rows()
    for _ in range(5):
        kim("undo")
    assert rows()[:-1] == [[]] * 6
    for _ in range(5):
        kim("redo")
    assert rows() == full


# people are found, not made


TAKES = (
    ("log", "dial", "--contact"),
    ("log", "conversation", "--note", "x", "--contact"),
    ("log", "edit", "1", "--contact"),
    ("deal", "add", "Paper", "--contact"),
    ("deal", "edit", "1", "--contact"),
    ("task", "add", "Write", "--contact"),
    ("task", "edit", "1", "--contact"),
    ("promise", "add", "a list", "--due", "fri", "--contact"),
    ("promise", "edit", "1", "--contact"),
    ("complaint", "add", "late", "--kind", "delivery", "--contact"),
    ("meeting", "add", "Talk", "--at", "thu 11", "--contact"),
    ("training", "add", "What does it cost?", "--kind", "question", "--contact"),
)


@pytest.fixture
def base(run: Run) -> Run:
    """Three people, and one row of each kind that takes a contact."""
    run(
        "contact",
        "add",
        "Mindy Mckee",
        "--company",
        "Acme",
        "--phone",
        "+49 30 123456",
        "--email",
        "mindy@acme.example",
    )
    run("contact", "add", "Kim Minsu", "--company", "Hanbit")
    run("contact", "add", "Kim Sora", "--company", "Daehan")
    run("log", "dial")
    run("deal", "add", "Line")
    run("task", "add", "Call")
    run("promise", "add", "an offer", "--due", "fri")
    return run


def names(run: Run) -> list[str]:
    return sorted(each["name"] for each in run("contact", "list", "--json").json)


@pytest.mark.parametrize("words", TAKES, ids=lambda words: " ".join(words[:2]))
def test_contact_option_matches_first_names_and_creates_no_contacts(base: Run, words: tuple[str, ...]) -> None:
    known = names(base)
    assert base(*words, "mindy").code == 0
    several = base(*words, "Kim", code=1)
    assert "Kim Minsu, Hanbit (id 2); Kim Sora, Daehan (id 3)" in several.err
    assert several.out == ""
    unknown = base(*words, "Kristine", code=1)
    assert "No contact matches 'Kristine'" in unknown.err
    assert '"new: Kristine"' in unknown.err
    assert names(base) == known
    assert base(*words, "new: Kristine").code == 0
    assert names(base) == sorted([*known, "Kristine"])


@pytest.mark.parametrize(
    "typed",
    [
        "1", "#1", "1: Mindy", "MINDY", "mckee", "Mckee Mindy", "Mindy  Mckee", "Mindy\u00a0Mckee", "acme", "ac",
        "mindy, acme", "030/123456", "0049 (0)30 123456", "０３０ １２３４５６", "Mindy@Acme.example",
    ],
)  # fmt: skip
def test_contact_argument_accepts_any_known_detail(base: Run, typed: str) -> None:
    base("config", "set", "calendar.country", "DE")
    base("log", "dial", "--contact", typed)
    assert base("log", "list", "--json").json[-1]["contact"] == "Mindy Mckee"


def test_misspelled_name_suggests_the_contact(base: Run) -> None:
    assert "Did you mean Mindy Mckee, Acme (id 1)?" in base("log", "dial", "--contact", "Mindy Mcke e", code=1).err


def test_unnormalized_names_and_numbers_of_old_databases_still_match(base: Run, tmp_path: Path) -> None:
    """Earlier versions stored decomposed letters, double spaces and full-width digits."""
    with sqlite3.connect(tmp_path / "planner.db") as handle:
        handle.execute("UPDATE contact SET name = 'Jo\u0308rg  Mu\u0308ller' WHERE id = 2")
        handle.execute(
            "INSERT INTO contact_way (contact_id, kind, value, key, label, position)"
            " VALUES (2, 'phone', '０３０ ５５５１２３４', '０５５５１２３４', '', 0)"
        )
    handle.close()
    for typed in ("Jörg Müller", "jorg", "MÜLLER", "030 5551234"):
        base("log", "dial", "--contact", typed)
    assert [row["contact"] for row in base("log", "list", "--json").json[1:]] == ["Jo\u0308rg  Mu\u0308ller"] * 4
    assert "(id 2)" in base("contact", "add", "Jörg Müller").err


def test_names_are_stored_normalized(run: Run) -> None:
    run("contact", "add", "Jo\u0308rg\u00a0 Mu\u0308ller", "--company", "Mu\u0308ller  Druck")
    found = run("contact", "list", "--json").json[0]
    assert (found["name"], found["company"]) == ("Jörg Müller", "Müller Druck")
    run("contact", "add", "Anna", "--company", "MÜLLER\u00a0DRUCK")
    assert len(run("company", "müller druck", "--json").json["people"]) == 2


def test_callback_finds_the_contact_it_names(base: Run) -> None:
    base("add", "callback Mindy about the price tomorrow 10")
    assert base("contact", "show", "Mindy", "--json").json["tasks"][0]["title"].startswith("callback Mindy")
    assert "Kim Minsu, Hanbit (id 2)" in base("add", "callback Kim tomorrow 10", code=1).err
    assert "There's no contact named 'Zoe'" in base("add", "callback Zoe tomorrow 10").err


def test_forgetting_requires_the_full_name(base: Run) -> None:
    assert "use the id" in base("contact", "forget", "mindy", "--yes", code=1).err
    assert base("contact", "forget", "mindy mckee", "--yes").code == 0
    assert "Mindy Mckee" not in names(base)


@pytest.mark.parametrize(
    "words",
    [
        ("contact", "add", "M. Mckee", "--phone", "030 123456"),
        ("contact", "add", "M. Mckee", "--email", "MINDY@acme.example"),
        ("contact", "edit", "2", "--phone", "0049 (0)30-123456"),
    ],
)
def test_taken_number_or_address_needs_confirmation(base: Run, words: tuple[str, ...]) -> None:
    base("config", "set", "calendar.country", "DE")
    before = base("contact", "list", "--json").json
    said = base(*words, code=1).err
    assert "already belongs to Mindy Mckee, Acme (id 1)" in said
    assert "--anyway" in said
    assert base("contact", "list", "--json").json == before
    assert base(*words, "--anyway").code == 0
    assert base("contact", "edit", "1", "--phone", "+49 30 123456").code == 0  # a contact may keep its own number


def test_merging_all_sure_duplicates_is_one_undoable_change(run: Run) -> None:
    for name in ("Kim Minsu", "Minsu Kim"):
        run("contact", "add", name, "--email", "kim@hanbit.kr", "--phone", "02-555-1234", "--anyway")
    run("contact", "add", "Lee", "--phone", "02-555-9999")
    assert run("contact", "merge", "--all-sure").out == "Merged contact 2: Minsu Kim into 1: Kim Minsu\n"
    assert names(run) == ["Kim Minsu", "Lee"]
    assert run("contact", "merge", "--all-sure").out == "No certain duplicates found.\n"
    run("undo")
    assert names(run) == ["Kim Minsu", "Lee", "Minsu Kim"]
    assert run("contact", "merge", "--all-sure", "1", "2", code=2).out == ""


def test_contacts_with_the_same_number_are_offered_as_duplicates(run: Run) -> None:
    run("config", "set", "calendar.country", "DE")
    run("contact", "add", "Anna Schmidt", "--phone", "030 12345")
    run("contact", "add", "Reception", "--phone", "+49 30 12345", "--anyway")
    (found,) = run("contact", "duplicates", "--json").json
    assert (found["names"], found["same"]) == (["Anna Schmidt", "Reception"], False)


# do not call


def test_do_not_call_contacts_are_neither_listed_nor_dialed(base: Run) -> None:
    base("config", "set", "calendar.country", "DE")
    base("task", "add", "callback Mindy", "--contact", "1", "--due", "today 11:00")
    base("list", "add", "Mindy")
    assert "do not call" in base("contact", "edit", "mindy", "--do-not-call", "yes").out
    assert base("contact", "show", "1", "--json").json["do_not_call"] is True
    assert "do not call: yes" in base("contact", "show", "1").out
    assert base("list", "show", "--json").json == []
    assert [each["id"] for each in base("contact", "list", "--filter", "call:no", "--json").json] == [1]
    for words in (("list", "add", "mindy"), ("dial", "mindy", "--dry-run"), ("dial", "030 123456", "--dry-run")):
        said = base(*words, code=1).err
        assert "asked not to be called" in said
        assert "--anyway" in said
    assert base("dial", "mindy", "--dry-run", "--anyway").code == 0
    assert base("list", "add", "mindy", "--anyway").code == 0
    assert base("list", "show", "--json").json[0]["do_not_call"] is True
    assert "do not call" in base("list", "show").out
    base("undo")
    base("undo")
    assert [each["name"] for each in base("list", "show", "--json").json] == ["Mindy Mckee"]


def test_do_not_call_contacts_are_marked_in_today(base: Run) -> None:
    base("promise", "add", "an offer", "--contact", "1", "--due", "today 11:00")
    base("contact", "edit", "1", "--do-not-call", "yes")
    due = base("today", "--json").json["due"]
    assert [(each["contact"], each["do_not_call"]) for each in due] == [("Mindy Mckee", True)]
    base("task", "add", "Renewal call", "--contact", "1", "--due", "today")
    said = base("today").out
    assert "Renewal call (do not call)" in said
    assert "Mindy Mckee: an offer (do not call)" in said


def test_merging_keeps_do_not_call(run: Run) -> None:
    run("contact", "add", "Kim")
    run("contact", "add", "Minsu", "--do-not-call", "yes")
    run("contact", "merge", "Kim", "Minsu")
    assert run("contact", "show", "Kim", "--json").json["do_not_call"] is True


def test_birthdays_and_anniversaries_show_on_their_day(run: Run) -> None:
    run("contact", "add", "Kim Minsu", "--birthday", "1975-11-16")
    run("contact", "add", "Anna", "--birthday=--11-21", "--date=2019-11-22 married")  # a Saturday and a Sunday
    run("contact", "add", "Nobody", "--birthday", "1980-05-01")

    def days(now: str) -> list[tuple[str, str, str, str]]:
        due = run("today", "--json", now=now).json["due"]
        return [(each["kind"], each["contact"], each["at"], each["text"]) for each in due]

    assert days("2026-11-16T08:00") == [("birthday", "Kim Minsu", "2026-11-16", "birthday, turns 51")]
    weekend = [("birthday", "Anna", "2026-11-21", "birthday"), ("date", "Anna", "2026-11-22", "married, 7 years")]
    assert days("2026-11-19T08:00") == []
    assert days("2026-11-20T08:00") == weekend
    assert days("2026-11-21T08:00") == weekend[:1]
    assert days("2026-11-22T08:00") == weekend[1:]
    assert days("2026-11-23T08:00") == []
    run("calendar", "off", "2026-11-20")
    assert days("2026-11-19T08:00") == weekend  # the last working day before it
    run("calendar", "work", "2026-11-20")
    # a week ahead, on the last working day that is at least one
    assert days("2026-11-09T08:00") == [("birthday", "Kim Minsu", "2026-11-16", "birthday, turns 51")]
    assert days("2026-11-12T08:00") == []
    assert days("2026-11-13T08:00") == weekend
    assert "   Sat 21 Nov  Anna: birthday\n" in run("today", now="2026-11-13T08:00").out
    out = run("today", now="2026-11-16T08:00").out
    assert "   today  Kim Minsu: birthday, turns 51\n" in out
    assert run("today", "--json", now="2026-11-16T08:00").json["all_day"] == []


def test_birthday_changes_show_in_today_immediately(run: Run) -> None:
    def days() -> list[str]:
        return [f"{each['contact']}: {each['text']}" for each in run("today", "--json").json["due"]]

    run("contact", "add", "Kim")
    assert days() == []
    run("contact", "edit", "1", "--birthday=--11-16")
    assert days() == ["Kim: birthday"]
    run("contact", "edit", "1", "--name", "Kim Minsu")
    assert days() == ["Kim Minsu: birthday"]
    run("undo")
    assert days() == ["Kim: birthday"]
    run("contact", "forget", "1", "--yes")
    assert days() == []


def test_imported_birthday_shows_on_the_day_of_the_import(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("Name,Birthday\nKim,1975-11-16\n", encoding="utf-8")
    run("today")
    run("import", "contacts", str(file))
    assert [each["contact"] for each in run("today", "--json").json["due"]] == ["Kim"]
    run("undo")
    assert run("today", "--json").json["due"] == []
