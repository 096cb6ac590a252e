"""`planner import`, with small files in the real formats of other programs."""

from __future__ import annotations

import csv
import sqlite3
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from planner.domain.errors import PlannerError
from planner.domain.workdays import parse_month
from planner.exchange.transfer.records import Wanted
from planner.services import history
from planner.services.calls import activity_log, log_corrections
from planner.services.clients import deals, people
from planner.services.context import AppContext
from planner.services.plan import plan
from planner.services.transfer import imports
from planner.services.transfer.import_preview import Preview
from planner.store.recorder import LOGGED
from tests.conftest import Run
from tests.scenes import NOW

CALLS = """\
,ID,call_at,caller_name,company,phone_number_called,call_disposition,call_duration_in_minutes,contact_called,notes_general
0,4,2024-01-18 09:27:14,ann@x.example,Sims-Ortega,822.890.2320x05159,Connected - Interested,12.0,Kyle Daniels,"two
lines, and a comma"
1,5,2024-01-18 10:00:00,ann@x.example,Ray and Sons,(668)854-5497x1147,Voicemail,,,
2,7,2024-01-19 11:59:52,bob@x.example,Sims-Ortega,822.890.2320x05159,Connected - Not Interested,,Kyle Daniels,
3,8,2024-01-19 12:10:00,ann@x.example,Ray and Sons,(668)854-5497x1147,Sent Email/LinkedIn Message,,,
4,9,2027-01-19 12:10:00,ann@x.example,Ray and Sons,,Voicemail,,,
"""
DEALS = """\
opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
1C1I7A6R,Moses Frase,GTX Plus Basic,Cancity,Won,10/20/2016,3/1/2017,1054
Z063OYW0,Anna Snelling,GTXPro,Isdom,Won,10/25/2016,3/11/2017,4514
EC4QE1BX,Anna Snelling,MG Special,Cancity,Lost,10/25/2016,3/7/2017,0
HAXMC4IX,Anna Snelling,MG Advanced,,Engaging,11/3/2016,,
UP409DSB,Anna Snelling,MG Advanced,Ganjaflex,Prospecting,,,
"""
CONTACTS = """\
Contact ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Job Title,Company,City,Lead Source,Birthday,Tags
1,Kim,Minsu,kim@hanbit.example,02-555-1234,+82 10 5555 1234,buyer,Hanbit Trading,서울,Seminar,1975-12-12,hot;korea
2,Анна,Каренина,anna@st.example,,,директор,ООО Северные Технологии,Москва,,,
3,,,,416-810-9897,,,Brandt & Söhne,,,,
4,,,,,,,,,,,
"""


@pytest.fixture
def file(tmp_path: Path) -> Any:
    """Write a file: `file(text)` or `file(text, "name.csv", encoding)`."""

    def write(text: str | bytes, name: str = "theirs.csv", encoding: str = "utf-8") -> str:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return str(path)

    return write


def content(ctx: AppContext) -> dict[str, list[tuple[Any, ...]]]:
    """Every logged table and the counts."""
    handle = sqlite3.connect(ctx.path)
    try:
        names = [name for name in LOGGED if name != "meta"] + ["day_count"]
        found = {name: handle.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in names}
        found["day_count"] = [row for row in found["day_count"] if any(row[1:])]
        return found
    finally:
        handle.close()


def counts(ctx: AppContext, day: str) -> dict[str, int]:
    """The non-zero counts of a day."""
    handle = sqlite3.connect(ctx.path)
    try:
        cursor = handle.execute("SELECT * FROM day_count WHERE day = ?", (day,))
        row = cursor.fetchone() or ()
        return {column[0]: value for column, value in zip(cursor.description[1:], row[1:], strict=False) if value}
    finally:
        handle.close()


def take(ctx: AppContext, kind: str, path: str, **more: Any) -> Preview:
    asked = {each.name: more.pop(each.name) for each in fields(Wanted) if each.name in more}
    return imports.run(ctx, kind, path, Wanted(**asked), **more)


def test_calls_are_counted_on_their_days(ctx: AppContext, file: Any) -> None:
    found = take(ctx, "calls", file(CALLS))
    assert (found.made, found.skipped) == (4, {"in the future": [7]})
    assert counts(ctx, "2024-01-18") == {"dials": 2, "conversations": 1}
    assert counts(ctx, "2024-01-19") == {"dials": 2, "conversations": 1, "refusals": 1}
    first, second = activity_log.on_day(ctx, datetime(2024, 1, 18).date())
    assert (first.contact, first.outcome, first.minutes, first.note) == (
        "Kyle Daniels", "conversation", 12, "two lines, and a comma",
    )  # fmt: skip
    assert (second.contact, second.outcome) == ("Ray and Sons", "voicemail")
    assert {row.contact.name: row.contact.company for row in people.list_contacts(ctx)} == {
        "Kyle Daniels": "Sims-Ortega", "Ray and Sons": "Ray and Sons",
    }  # fmt: skip
    words = found.reading.words["outcome"].met
    assert words["Sent Email/LinkedIn Message", None] == 1


def test_where_and_value_mappings(ctx: AppContext, file: Any) -> None:
    found = take(
        ctx, "calls", file(CALLS), where=[("Caller_Name", "ann@x.example")],
        values={"outcome": {"Sent Email/LinkedIn Message": "email", "voicemail": "gatekeeper"}},
    )  # fmt: skip
    assert (found.made, found.matching, found.reading.rows) == (3, 4, 5)
    assert counts(ctx, "2024-01-19") == {"emails": 1}
    assert [row.outcome for row in activity_log.on_day(ctx, datetime(2024, 1, 18).date())] == [
        "conversation",
        "gatekeeper",
    ]


def test_incoming_calls_are_not_dials(ctx: AppContext, file: Any) -> None:
    rows = (
        "CallID,Time,Duration,Direction,Status\n"
        "1,2025-07-02 09:01,180,Inbound,Completed\n"
        "3,2025-07-02 09:22,0,Inbound,Missed\n"
        "4,2025-07-02 10:05,300,Outbound,Completed\n"
        "5,2025-07-02 10:20,0,Outbound,No Answer\n"
        "5,2025-07-02 10:20,0,Outbound,No Answer\n"
    )
    found = take(ctx, "calls", file(rows))
    assert (found.reading.duration, found.made) == ("seconds", 3)
    assert found.skipped == {"missed incoming call": [3], "same ID as line 5": [6]}
    assert counts(ctx, "2025-07-02") == {"dials": 2, "conversations": 2}
    assert [row.minutes for row in activity_log.on_day(ctx, datetime(2025, 7, 2).date())] == [3, 5, None]


def test_date_and_time_in_separate_columns(ctx: AppContext, file: Any) -> None:
    rows = (
        "phone,date,time,incoming_call,missed_call,duration\n"
        "5551234560,2020/06/22,10:32:30,true,true,0\n"
        "5551234510,2020/06/10,13:05:00,true,false,60\n"
        "5551234520,2020/11/11,20:00:00,false,true,0\n"
        "5551234510,2020/12/12,23:23:23,false,false,120\n"
    )
    take(ctx, "calls", file(rows))
    assert counts(ctx, "2020-06-10") == {"conversations": 1}
    assert counts(ctx, "2020-11-11") == {"dials": 1}
    (row,) = activity_log.on_day(ctx, datetime(2020, 12, 12).date())
    assert (row.moment, row.minutes) == (datetime(2020, 12, 12, 23, 23, 23), 2)
    assert [row.contact.name for row in people.list_contacts(ctx)] == ["5551234510", "5551234520"]


def test_call_without_a_time_is_at_noon_and_today_is_imported(ctx: AppContext, file: Any) -> None:
    path = file("date,contact\n2026-11-13,Kim\n2026-11-16,Kim\n2026-11-17,Kim\n")
    assert take(ctx, "calls", path).made == 2
    assert activity_log.on_day(ctx, datetime(2026, 11, 13).date())[0].moment.hour == 12
    assert activity_log.on_day(ctx, NOW.date())[0].moment == NOW
    ctx.clock.moment = datetime(2026, 11, 17, 15)  # type: ignore[attr-defined]
    again = take(ctx, "calls", path)
    assert (again.made, again.same) == (1, 2)


def test_won_deals_add_revenue_on_their_dates(ctx: AppContext, file: Any) -> None:
    found = take(ctx, "deals", file(DEALS), where=[("sales_agent", "Anna Snelling")])
    assert (found.made, found.new_companies) == (4, 3)
    assert found.booked == 4514
    assert counts(ctx, "2017-03-11") == {"deals": 1, "revenue": 451_400}
    listed = {deal.title: deal for deal in deals.list_deals(ctx, closed=True)}
    assert {title: deal.stage.value for title, deal in listed.items()} == {
        "GTXPro": "won", "MG Special": "lost", "MG Advanced": "talk",
    }  # fmt: skip
    assert listed["GTXPro"].contact == "Isdom"
    assert listed["GTXPro"].booked == 4514
    assert [deal.opened for deal in deals.list_deals(ctx)].count(None) == 1


def test_same_deals_in_another_date_format_are_recognized(ctx: AppContext, file: Any) -> None:
    rows = list(csv.reader(DEALS.splitlines()))
    for row in rows[1:]:
        for index in (5, 6):
            if row[index]:
                row[index] = f"{datetime.strptime(row[index], '%m/%d/%Y'):%d-%m-%y}"
    twin = "\n".join(";".join([*row, "Q1 2017"]) for row in rows) + "\n"
    assert take(ctx, "deals", file(DEALS)).made == 5
    before = content(ctx)
    again = take(ctx, "deals", file(twin, "twin.csv"))
    assert (again.made, again.changed, again.same) == (0, 0, 5)
    assert content(ctx) == before


@pytest.mark.parametrize(("kind", "text"), [("calls", CALLS), ("deals", DEALS), ("contacts", CONTACTS)])
def test_reimport_adds_nothing_and_one_undo_reverts_it(ctx: AppContext, file: Any, kind: str, text: str) -> None:
    activity_log.log(ctx, "dial", contact="new: Somebody")
    before = content(ctx)
    path = file(text)
    assert take(ctx, kind, path).made > 0
    full = content(ctx)
    again = take(ctx, kind, path)
    assert (again.made, again.changed) == (0, 0)
    assert content(ctx) == full
    for _ in range(2):
        assert "theirs.csv" in str(history.undo(ctx))
        assert content(ctx) == before
        assert "theirs.csv" in str(history.redo(ctx))
        assert content(ctx) == full
    history.undo(ctx)
    assert take(ctx, kind, path).made > 0


def test_rows_without_ids_are_matched_by_content_and_count(ctx: AppContext, file: Any) -> None:
    row = "2026-11-13 10:00,Kim,no answer\n"
    path = file("call at,contact,outcome\n" + row + row)
    assert take(ctx, "calls", path).made == 2
    assert take(ctx, "calls", path).made == 0
    more = take(ctx, "calls", file("call at,contact,outcome\n" + row * 3))
    assert (more.made, more.same) == (1, 2)


def test_changed_rows_update_their_records_and_are_undone_separately(ctx: AppContext, file: Any) -> None:
    take(ctx, "deals", file(DEALS))
    before = content(ctx)
    changed = DEALS.replace("MG Advanced,,Engaging,11/3/2016,,", "MG Advanced,Bluth,Won,11/3/2016,4/1/2017,300")
    changed = changed.replace("3/1/2017,1054", "3/2/2017,1100").replace("Won,10/25/2016,3/11", "Lost,10/25/2016,3/11")
    found = take(ctx, "deals", file(changed))
    assert (found.made, found.changed, found.same) == (0, 3, 2)
    assert counts(ctx, "2017-04-01") == {"deals": 1, "revenue": 30_000}
    assert counts(ctx, "2017-03-02") == {"deals": 1, "revenue": 110_000}
    assert counts(ctx, "2017-03-01") == counts(ctx, "2017-03-11") == {}
    history.undo(ctx)
    assert content(ctx) == before
    history.redo(ctx)
    assert counts(ctx, "2017-04-01") == {"deals": 1, "revenue": 30_000}


def test_payments_entered_by_hand_are_kept(ctx: AppContext, file: Any) -> None:
    take(ctx, "deals", file(DEALS))
    won = next(deal for deal in deals.list_deals(ctx, closed=True) if deal.title == "GTX Plus Basic")
    deals.pay(ctx, won.id, -won.booked / 2)
    take(ctx, "deals", file(DEALS.replace("3/1/2017,1054", "3/1/2017,1100")))
    (found,) = [deal for deal in deals.list_deals(ctx, closed=True) if deal.id == won.id]
    assert found.value == 1100
    assert found.booked == 527


def test_import_does_not_reopen_a_deal_won_by_hand(ctx: AppContext, file: Any) -> None:
    rows = "id,title,account,stage,amount,close date,notes\n1,A,Acme,Proposal,1000,2026-12-01,{}\n"
    take(ctx, "deals", file(rows.format("first")))
    deals.won(ctx, 1)
    deals.edit(ctx, 1, {"title": "mine"})
    found = take(ctx, "deals", file(rows.format("second").replace("1000", "1100")))
    (deal,) = deals.list_deals(ctx, closed=True)
    assert (deal.stage.value, deal.title, deal.notes) == ("won", "mine", "second")
    assert deal.value == 1100
    assert deal.booked == 1000
    assert list(found.skipped) == ["paid here, so its revenue stays the same"]
    found = take(ctx, "deals", file(rows.format("second").replace("1000", "1100").replace("Proposal", "Negotiation")))
    assert deals.list_deals(ctx, closed=True)[0].stage.value == "won"
    assert "stage and dates stay the same" in next(iter(found.skipped))


def test_changed_rows_keep_the_reps_own_edits(ctx: AppContext, file: Any) -> None:
    take(ctx, "calls", file(CALLS))
    log_corrections.edit(ctx, 2, note="my own note")
    take(ctx, "calls", file(CALLS.replace("(668)854-5497x1147,Voicemail", "(668)854-5497x1147,No Answer")))
    row = activity_log.on_day(ctx, datetime(2024, 1, 18).date())[1]
    assert (row.outcome, row.note) == ("no-answer", "my own note")
    take(ctx, "contacts", file(CONTACTS))
    people.edit(ctx, "Kim Minsu", {"role": "boss"})
    take(ctx, "contacts", file(CONTACTS.replace("서울", "부산")))
    kim = people.show(ctx, "Kim Minsu").contact
    assert (kim.role, kim.city) == ("boss", "부산")


def test_all_duplicate_rows_merge_into_an_existing_contact(ctx: AppContext, file: Any) -> None:
    people.add(ctx, "Kim", {"emails": ["k@x.example"]})
    rows = "name,email,phone,role,city\nKim,k@x.example,111111,buyer,\nKim,k@x.example,111111,,Busan\n"
    assert take(ctx, "contacts", file(rows), dedupe=True).changed == 2
    (kim,) = [row.contact for row in people.list_contacts(ctx)]
    assert (kim.role, kim.city, [way.value for way in kim.phones]) == ("buyer", "Busan", ["111111"])
    many = "name,email,phone\n" + "".join(f"Kim,k@x.example,{number}00000\n" for number in range(30))
    with pytest.raises(PlannerError, match="line 21: A contact can have up to 20 phone numbers"):
        take(ctx, "contacts", file(many), dedupe=True)
    assert people.list_contacts(ctx)[0].contact == kim


def test_people_sharing_an_address_are_not_merged(ctx: AppContext, file: Any) -> None:
    rows = "name,email\nAnna One,info@firm.example\nBob Two,info@firm.example\n"
    assert take(ctx, "contacts", file(rows), dedupe=True).made == 2


def test_deal_status_column_overrides_its_stage(ctx: AppContext, file: Any) -> None:
    rows = (
        "Deal - Title,Deal - Value,Deal - Stage,Deal - Status,Deal - Won time,Deal - Expected close date,"
        "Deal - Organization,Person - Name\n"
        "A,1000,Negotiation,won,2026-11-03,2026-11-10,Acme,Kim\n"
        "B,500,Proposal,open,,2026-12-24,Acme,Kim\n"
        "C,500,Proposal,lost,,2026-11-10,Acme,Kim\n"
    )
    found = take(ctx, "deals", file(rows))
    assert counts(ctx, "2026-11-03") == {"deals": 1, "revenue": 100_000}
    (deal,) = deals.list_deals(ctx)
    assert (deal.title, str(deal.expected_close), deal.company) == ("B", "2026-12-24", "Acme")
    assert found.skipped == {"lost without the day it was closed": [4]}


def test_incoming_call_belongs_to_the_caller(ctx: AppContext, file: Any) -> None:
    rows = (
        "Direction,From,To,Date,Time,Result,Duration\n"
        "Inbound,415-555-0101,650-555-9999,2026-11-03,10:00,Answered,0:01:00\n"
        "Входящий пропущенный,415-555-0102,650-555-9999,2026-11-03,10:05,,0:00:00\n"
        "Outbound,650-555-9999,415-555-0103,2026-11-03,10:10,No Answer,0:00:10\n"
    )
    found = take(ctx, "calls", file(rows))
    assert [row.contact.name for row in people.list_contacts(ctx)] == ["415-555-0101", "415-555-0103"]
    assert found.skipped == {"missed incoming call": [3]}
    assert counts(ctx, "2026-11-03") == {"dials": 1, "conversations": 1}


def test_report_footers_are_skipped_but_broken_rows_are_errors(ctx: AppContext, file: Any) -> None:
    rows = "Name,Phone,City\nKim,1,Seoul\n\nGrand Totals (1 records)\n\nCopyright (c) 2026\n"
    assert take(ctx, "contacts", file(rows)).made == 1
    with pytest.raises(PlannerError, match="line 3: 1 cell, but the header has 3"):
        take(ctx, "contacts", file("Name,Phone,City\nKim,1,Seoul\nLe"))
    with pytest.raises(PlannerError, match="line 4: this row has only 1 cell"):
        take(ctx, "contacts", file("Name,Phone,City\nKim,1,Seoul\n\nLee\nPark,2,Busan\n"))


def test_names_like_na_null_and_unknown_are_kept(ctx: AppContext, file: Any) -> None:
    take(ctx, "contacts", file("first name,last name,company\nYoung,Na,None\nJane,Null,n/a\nBob,Unknown,\n"))
    found = {row.contact.name: row.contact.company for row in people.list_contacts(ctx)}
    assert found == {"Young Na": "None", "Jane Null": None, "Bob Unknown": None}


def test_other_currencies_are_refused(ctx: AppContext, file: Any) -> None:
    plan.set_plan(ctx, parse_month("2026-11"), Decimal(100), "2x", currency="RUB")
    rows = "title,account,stage,amount,close date{}\nA,X,Won,{},2026-11-03{}\n"
    with pytest.raises(PlannerError, match="are in dollars, and your database is in RUB"):
        take(ctx, "deals", file(rows.format("", '"$1,000"', "")))
    with pytest.raises(PlannerError, match="are in EUR"):
        take(ctx, "deals", file(rows.format(",Currency", "1000", ",eur")))
    assert take(ctx, "deals", file(rows.format("", "1000 руб.", ""))).booked == 1000


def test_import_of_a_forgotten_contact_can_be_undone_and_redone(ctx: AppContext, file: Any) -> None:
    take(ctx, "contacts", file("name,phone\nAnn Lee,12345\n"))
    people.forget(ctx, "Ann Lee", consent=True)
    assert history.undo(ctx) == history.redo(ctx) == "imported 1 contact from theirs.csv"
    assert people.list_contacts(ctx) == []
    assert take(ctx, "contacts", file("name,phone\nAnn Lee,12345\n")).made == 0


def test_contacts_dropped_or_edited_since_stay_so(ctx: AppContext, file: Any) -> None:
    take(ctx, "contacts", file(CONTACTS))
    people.drop(ctx, "Kim Minsu")
    people.edit(ctx, "Анна Каренина", {"role": "owner"})
    found = take(ctx, "contacts", file(CONTACTS))
    assert (found.made, found.changed, found.same) == (0, 0, 2)
    assert found.skipped["imported before and deleted here since"] == [2]
    assert people.show(ctx, "Анна Каренина").contact.role == "owner"


def test_contact_fields_are_imported(ctx: AppContext, file: Any) -> None:
    found = take(ctx, "contacts", file(CONTACTS))
    assert (found.made, list(found.skipped.values())) == (3, [[5]])
    kim = people.show(ctx, "Kim Minsu").contact
    assert (kim.company, kim.role, kim.city, kim.source, kim.birthday, kim.tags) == (
        "Hanbit Trading", "buyer", "서울", "Seminar", "1975-12-12", ("hot", "korea"),
    )  # fmt: skip
    assert [(way.value, way.label) for way in kim.phones] == [("+82 10 5555 1234", "mobile"), ("02-555-1234", "")]
    assert [row.contact.name for row in people.list_contacts(ctx)] == ["Brandt & Söhne", "Kim Minsu", "Анна Каренина"]


def test_dedupe_merges_known_people_only_on_request(ctx: AppContext, file: Any) -> None:
    people.add(ctx, "Kim Minsu", {"company": "Hanbit Trading", "notes": "mine", "emails": ["old@x.example"]})
    found = take(ctx, "contacts", file(CONTACTS), dry_run=True)
    assert (found.made, found.lookalikes) == (3, 1)
    found = take(ctx, "contacts", file(CONTACTS), dedupe=True)
    assert (found.made, found.changed) == (2, 1)
    kim = people.show(ctx, "Kim Minsu").contact
    assert (kim.notes, kim.city, [way.value for way in kim.emails]) == (
        "mine", "서울", ["old@x.example", "kim@hanbit.example"],
    )  # fmt: skip
    history.undo(ctx)
    kim = people.show(ctx, "Kim Minsu").contact
    assert (kim.city, [way.value for way in kim.emails], kim.phones) == ("", ["old@x.example"], ())


def test_dedupe_keeps_the_data_of_both_rows(ctx: AppContext, file: Any) -> None:
    rows = "name,email,phone,city\nKim,k@x.example,111111,\nKim,k@x.example,222222,Busan\n"
    found = take(ctx, "contacts", file(rows), dedupe=True)
    assert (found.made, found.changed) == (1, 1)
    (kim,) = [row.contact for row in people.list_contacts(ctx)]
    assert ([way.value for way in kim.phones], kim.city) == (["111111", "222222"], "Busan")


def test_calls_match_existing_contacts(ctx: AppContext, file: Any) -> None:
    take(ctx, "contacts", file(CONTACTS))
    rows = (
        "call at,contact,company,phone,email\n"
        "2026-11-13 10:00,Kim Minsu,,,\n"
        "2026-11-13 10:01,,Hanbit Trading,,\n"
        "2026-11-13 10:02,,,0082 10 5555 1234,\n"
        "2026-11-13 10:03,A. K.,,,ANNA@st.example\n"
        "2026-11-13 10:04,Kim Minsu,Another Kim,,\n"
    )
    found = take(ctx, "calls", file(rows, "calls.csv"))
    assert found.new_contacts == 1
    named = [row.contact for row in activity_log.on_day(ctx, datetime(2026, 11, 13).date())]
    assert named == ["Kim Minsu", "Kim Minsu", "Kim Minsu", "Анна Каренина", "Kim Minsu"]


def test_dry_run_writes_nothing(ctx: AppContext, file: Any) -> None:
    for kind, text in (("contacts", CONTACTS), ("calls", CALLS), ("deals", DEALS)):
        assert take(ctx, kind, file(text), dry_run=True).made > 0
    assert not ctx.database.exists()
    activity_log.log(ctx, "dial")
    before = Path(ctx.path).read_bytes()
    take(ctx, "deals", file(DEALS), dry_run=True)
    assert Path(ctx.path).read_bytes() == before


@pytest.mark.parametrize(
    ("kind", "text", "more", "said"),
    [
        ("calls", CALLS.replace("2024-01-19 11:59:52", "soon"), {}, "line 5: 'soon' isn't a date .column call_at."),
        ("calls", CALLS.replace("12.0", "twelve"), {}, "line 2: 'twelve' isn't a duration"),
        ("calls", CALLS[:-70], {}, "line 6: "),
        ("calls", CALLS, {"columns": {"at": "called"}}, "no column 'called'.*Its columns are column 1, ID, call_at"),
        ("calls", CALLS, {"columns": {"at": "call_it"}}, "Did you mean 'call_at'"),
        ("calls", CALLS, {"columns": {"when": "call_at"}}, "'when' isn't a field of calls"),
        ("calls", CALLS, {"columns": {"at": "company"}}, "line 2: 'Sims-Ortega' isn't a date"),
        ("calls", CALLS, {"values": {"outcome": {"Voicemail": "vm"}}}, "'vm' isn't a value of outcome"),
        ("calls", CALLS, {"values": {"company": {"a": "b"}}}, "--value can't map 'company'"),
        ("calls", CALLS, {"where": [("caller_name", "me")]}, "No row .* Values of caller_name: ann@x.example, bob@"),
        ("calls", "a,b\n1,2\n", {}, "no column has the time of the calls. Choose it with --map at=COLUMN"),
        ("deals", DEALS.replace("4514", "a lot"), {}, "line 3: 'a lot' isn't an amount .column close_value."),
        ("deals", DEALS.replace("3/11/2017", "31/31/2017"), {}, "line 3: '31/31/2017' isn't a valid date"),
        ("deals", DEALS.replace("4514", "$5").replace("1054", "€7"), {}, "in several currencies .EUR, dollars."),
        (
            "deals",
            "title,stage,closed,value\nA,won,03/04/2025,5\n",
            {},
            "can be read two ways. Choose one with --dates dmy",
        ),
        ("deals", "title,value\nA,5\n", {}, "no column has the stage"),
        ("contacts", "a,b\n1,2\n", {}, "no column has a name"),
        ("contacts", b"PK\x03\x04\x14\x00", {}, "zip archive"),
    ],
)
def test_import_errors_name_the_line_and_change_nothing(
    ctx: AppContext, file: Any, kind: str, text: str | bytes, more: dict[str, Any], said: str
) -> None:
    activity_log.log(ctx, "dial")
    before = content(ctx)
    with pytest.raises(PlannerError, match=said):
        take(ctx, kind, file(text), **more)
    assert content(ctx) == before
    assert len(history.changes(ctx)) == 1


def test_control_characters_are_removed_and_markup_kept_as_text(ctx: AppContext, file: Any) -> None:
    rows = 'name,notes,phone\n"[@click=app.quit]x[/]","\x1b]52;c;aGk=\x07 =cmd()",12345\n"\u202eevil :smile:",,\n'
    take(ctx, "contacts", file(rows))
    found = [row.contact for row in people.list_contacts(ctx)]
    assert [(one.name, one.notes) for one in found] == [
        ("[@click=app.quit]x[/]", "]52;c;aGk= =cmd()"), ("evil :smile:", ""),
    ]  # fmt: skip


def test_columns_can_be_mapped_and_joined(ctx: AppContext, file: Any) -> None:
    path = file("a,b,c\nKim,Minsu,x\ny\n".replace("x\ny", '"x\ny"'))
    take(ctx, "contacts", path, columns={"name": "A+b", "notes": "c"})
    (kim,) = [row.contact for row in people.list_contacts(ctx)]
    assert (kim.name, kim.notes) == ("Kim Minsu", "x\ny")


def test_import_command_previews_and_then_writes(run: Run, file: Any) -> None:
    path = file(CALLS, "log.csv", "utf-16")
    out = run("import", "calls", path, "--dry-run", "--value", "outcome:Voicemail=no-answer").out
    assert "log.csv: 5 rows, utf-16, comma, dates year-month-day, durations in minutes" in out
    assert "at ← call_at" in out
    assert "1  Voicemail → no-answer" in out
    assert "Connected - Interested → conversation" in out
    assert "4 new calls" in out
    assert "in the future (line 7)" in out
    assert "Nothing was changed" in out
    found = run("import", "deals", file(DEALS), "--where", "sales_agent=Anna Snelling", "--json").json
    assert (found["made"], found["booked"], found["dates"]) == (4, 4514, {"opened": "mdy", "closed": "mdy"})
    assert run("import", "deals", file(DEALS), "--where", "sales_agent=Anna Snelling").out.endswith(
        "Nothing new in this file. Nothing was changed.\n"
    )
    assert "imported 4 deals from theirs.csv" in run("undo").out
    assert run("deal", "list", "--json").json == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--map", "at"), 2),
        (("--map", "when=call_at"), 2),
        (("--value", "outcome=x"), 2),
        (("--where", "caller_name"), 2),
        (("--dates", "never"), 2),
        (("--where", "nobody=me"), 2),
        (("--where", "caller_name=me"), 1),
        (("--encoding", "klingon"), 2),
        (("--map", "at=call_at", "--map", "at=ID"), 2),
    ],
)
def test_invalid_import_options_give_one_line(run: Run, file: Any, words: tuple[str, ...], code: int) -> None:
    answer = run("import", "calls", file(CALLS), *words, code=code)
    assert answer.out == ""
    assert len(answer.err.strip().splitlines()) == 1


def test_singular_words_for_one_row(run: Run, file: Any) -> None:
    out = run("import", "contacts", file("name,company\nKim,Hanbit\n"), "--dry-run").out
    assert "theirs.csv: 1 row, utf-8" in out
    assert "1 new contact, 1 new company\n" in out


def test_file_of_another_kind_is_recognized(run: Run, file: Any) -> None:
    assert "looks like deals" in run("import", "contacts", file(DEALS), "--dry-run").err
    assert "belong to 2 people" in run("import", "deals", file(DEALS), "--dry-run").err


def test_first_name_matches_a_contact_only_if_unambiguous(ctx: AppContext, file: Any) -> None:
    people.add(ctx, "Mindy Mckee", {"company": "Acme"})
    people.add(ctx, "Kim Minsu", {})
    people.add(ctx, "Kim Sora", {})
    text = "date,contact,company,outcome\n"
    text += "2026-11-12 10:00,mindy,,refused\n2026-11-12 10:10,Kim,,refused\n2026-11-12 10:20,Kim,,voicemail\n"
    text += "2026-11-12 10:30,Mindy,Other Corp,refused\n"
    looked = imports.run(ctx, "calls", file(text), Wanted(), dry_run=True)
    assert any(
        "1 name matches several contacts" in each and "Kim (ids 2, 3)" in each for each in looked.reading.notices
    )
    take(ctx, "calls", file(text))
    found = [(row.contact_id, row.contact) for row in activity_log.on_day(ctx, datetime(2026, 11, 12).date())]
    assert [name for _, name in found] == ["Mindy Mckee", "Kim", "Kim", "Mindy"]
    assert found[1] == found[2]  # one new contact for both rows
    assert len(people.list_contacts(ctx)) == 5


def test_contacts_of_the_same_name_are_never_chosen_at_random(ctx: AppContext, file: Any) -> None:
    people.add(ctx, "Kim Minsu", {"phones": ["02-555-1234"]})
    people.add(ctx, "Kim Minsu", {})
    by_number = "date,contact,phone,outcome\n2026-11-12 10:00,Kim Minsu,+82 2 555 1234,refused\n"
    assert take(ctx, "calls", file(by_number)).new_contacts == 0
    by_name = "title,contact,stage,value\nPaper,Kim Minsu,proposal,100\n"
    preview = take(ctx, "deals", file(by_name, "deals.csv"))
    assert preview.new_contacts == 1
    assert any("Kim Minsu (ids 1, 2)" in each for each in preview.reading.notices)


@pytest.mark.parametrize(
    "header",
    ["Do Not Call", "DNC", "HasOptedOutOfCall", "DoNotCall", "hs_do_not_call", "Opt-out phone", "не звонить"],
)
@pytest.mark.parametrize(
    ("cell", "barred"), [("true", True), ("Yes", True), ("1", True), ("x", True), ("false", False), ("", False)]
)
def test_do_not_call_is_read_from_common_columns(
    ctx: AppContext, file: Any, header: str, cell: str, barred: bool
) -> None:
    take(ctx, "contacts", file(f"Name,Phone,{header}\nKim,02-555-1234,{cell}\n"))
    assert people.show(ctx, "Kim").contact.do_not_call is barred


def test_import_never_clears_do_not_call(ctx: AppContext, file: Any) -> None:
    people.add(ctx, "Kim", {"emails": ["kim@hanbit.kr"], "do_not_call": True})
    take(ctx, "contacts", file("Name,Email,Do Not Call,City\nKim,kim@hanbit.kr,no,Seoul\n"), dedupe=True)
    found = people.show(ctx, "Kim").contact
    assert (found.city, found.do_not_call) == ("Seoul", True)


def test_imported_do_not_call_removes_contacts_from_the_list(run: Run, file: Any) -> None:
    run("contact", "add", "Kim", "--email", "kim@hanbit.kr", "--phone", "02-555-1234")
    run("list", "add", "Kim")
    run("import", "contacts", file("Name,Email,DNC\nKim,kim@hanbit.kr,yes\n"), "--dedupe")
    assert run("list", "show", "--json").json == []


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json", "vcf"])
def test_exports_carry_do_not_call(run: Run, tmp_path: Path, ending: str) -> None:
    run("contact", "add", "Kim", "--phone", "02-555-1234", "--do-not-call", "yes")
    path = str(tmp_path / f"out.{ending}")
    run("export", "contacts", path)
    if ending == "json":
        assert '"do_not_call": true' in Path(path).read_text(encoding="utf-8")
        return
    other = str(tmp_path / "other.db")
    run("import", "contacts", path, "--db", other)
    assert run("contact", "list", "--json", "--db", other).json[0]["do_not_call"] is True


def test_rows_without_their_last_cells_are_filled(ctx: AppContext, file: Any) -> None:
    found = take(ctx, "contacts", file("Name,Phone,Company,Notes\nAna Ruiz,12345,Acme,x\nBo Lind,\nCy Dean,,Gamma\n"))
    assert found.made == 3 and "2 rows have fewer cells" in found.reading.notices[0]
    assert people.show(ctx, "Cy Dean").contact.company == "Gamma"


@pytest.mark.parametrize(
    ("kind", "rows", "name"),
    [
        ("contacts", "Name,Notes\nKim,{}\n", "notes"),
        ("contacts", "Name,Job Title\nKim,{}\n", "role"),
        ("contacts", "Name\n{}\n", "name"),
        ("contacts", "Name,Company\nKim,{}\n", "company"),
        ("calls", "Date,Outcome,Contact,Notes\n2026-11-02,busy,Kim,{}\n", "notes"),
        ("deals", "Title,Stage\n{},proposal\n", "title"),
    ],
)
def test_long_cells_are_cut_and_a_column_can_be_left_out(
    ctx: AppContext, file: Any, kind: str, rows: str, name: str
) -> None:
    path = file(rows.format("word " * 3_000))
    assert any(notice.startswith(f"Cut {name} to") for notice in take(ctx, kind, path, dry_run=True).reading.notices)
    if name == "notes":
        assert take(ctx, kind, path, columns={"notes": ""}, dry_run=True).reading.notices == []


def test_unanswered_incoming_calls_are_missed_and_counted_once(ctx: AppContext, file: Any) -> None:
    rows = "Call Start Time,Call Type,Contact Name,Call Duration (in seconds)\n"
    rows += "2026-11-02 10:00,Inbound,Ana,0\n2026-11-02 11:00,Inbound,Ana,12\n2026-11-02 12:00,Outbound,Ana,0\n"
    found = take(ctx, "calls", file(rows))
    assert (found.made, found.skipped) == (2, {"missed incoming call": [2]})
    assert found.reading.words["direction"].met == {("Inbound", "incoming"): 2, ("Outbound", "outgoing"): 1}


@pytest.mark.parametrize(
    ("kind", "header", "known"),
    [
        ("deals", "ID,NAME,STAGENAME,AMOUNT,CLOSEDATE,CREATEDDATE,CURRENCYISOCODE,ACCOUNT.NAME",
         "id title stage value closed opened currency company"),
        ("deals", "Deal - ID,Deal - Title,Deal - Value,Deal - Currency of Value,Deal - Stage,Deal - Won time,"
         "Deal - Lost time,Deal - Organization,Deal - Contact person",
         "id title value currency stage closed company contact"),
        ("deals", "hs_object_id,dealname,dealstage,amount,closedate,createdate,deal_currency_code,closed_lost_reason",
         "id title stage value closed opened currency reason"),
        ("deals", "Record_Id,Deal_Name,Stage,Amount,Closing_Date,Account_Name,Contact_Name,Created_Time",
         "id title stage value closed company contact opened"),
        ("deals", "id,lead_name,contact_name,value,value_currency,status_label,date_won,date_created,user_name",
         "id company contact value currency stage closed opened owner"),
        ("contacts", "ID,LASTNAME,FIRSTNAME,MAILINGCITY,PHONE,MOBILEPHONE,EMAIL,TITLE,LEADSOURCE,HASOPTEDOUTOFEMAIL",
         "id family given city phone email role source opt_out"),
        ("contacts", "hs_object_id,firstname,lastname,email,phone,mobilephone,jobtitle,company,city,hs_email_optout",
         "id given family email phone role company city opt_out"),
        ("contacts", "Contact: First Name,Contact: Last Name,Contact: Email,Contact: Phone",
         "given family email phone"),
        ("contacts", "Person - Name,Person - Organization,Person - Phone - Work,Person - Email - Work",
         "name company phone email"),
        ("contacts", "display_name,primary_contact_name,primary_contact_primary_phone,primary_contact_primary_email",
         "company name phone email"),
        ("contacts", "Phone__c,Last_Name__c", "phone family"),
        ("calls", "hs_timestamp,hs_call_duration,hs_call_direction,hs_call_disposition,hs_call_to_number,hs_call_body",
         "at duration direction outcome phone notes"),
        ("calls", "ACTIVITYDATE,CALLDURATIONINSECONDS,CALLTYPE,CALLDISPOSITION,WHO.NAME,DESCRIPTION",
         "at duration direction outcome contact notes"),
    ],
    ids=lambda value: value[:30],
)  # fmt: skip
def test_headers_of_other_programs_are_known(ctx: AppContext, file: Any, kind: str, header: str, known: str) -> None:
    found = take(ctx, kind, file(f"{header}\n"), dry_run=True)
    assert set(found.reading.columns) == set(known.split())
    assert found.reading.ignored == ()


def test_durations_of_hubspots_api_are_milliseconds(ctx: AppContext, file: Any) -> None:
    rows = "hs_timestamp,hs_call_duration,hs_call_disposition\n"
    rows += "2026-11-02T10:00:00Z,120000,f240bbac-87c9-4f6e-bf70-924b57d47db7\n"
    found = take(ctx, "calls", file(rows), dry_run=True)
    (record,) = found.reading.sample
    assert (record.value.minutes, record.value.outcome) == (2, "conversation")


@pytest.mark.parametrize(
    ("stage", "ours"),
    [
        ("Closed Won (Sales Pipeline)", "won"),
        ("5. Closed Won", "won"),
        ("Closed Lost: price", "lost"),
        ("07 - Closed Lost - no budget", "lost"),
        ("Proposal [EMEA]", "proposal"),
        ("3) Negotiation", "closing"),
    ],
)
def test_stages_are_known_with_what_is_added_to_them(ctx: AppContext, file: Any, stage: str, ours: str) -> None:
    rows = f'Title,Stage,Amount,Close Date\nPress,"{stage}",5,2026-11-02\n'
    assert take(ctx, "deals", file(rows), dry_run=True).counts == {ours: 1}


def test_a_contact_who_changed_jobs_is_known_by_their_profile(ctx: AppContext, file: Any) -> None:
    header = "First Name,Last Name,URL,Company,Position\n"
    take(ctx, "contacts", file(f"{header}Ana,Ruiz,https://www.linkedin.com/in/anaruiz,Acme,Buyer\n"))
    found = take(ctx, "contacts", file(f"{header}Ana,Ruiz,http://linkedin.com/in/AnaRuiz/?x=1,Gamma,Head\n"))
    assert (found.made, found.changed, found.new_companies) == (0, 1, 1)
    assert people.show(ctx, "Ana Ruiz").contact.company == "Gamma"
    # the address of a company's site is nobody's profile
    found = take(ctx, "contacts", file("Name,URL\nBo,https://acme.example\nCy,https://acme.example\n"))
    assert found.made == 2


def test_all_parts_of_a_name_are_kept(ctx: AppContext, file: Any) -> None:
    rows = "firstname,lastname,surname,phone\nIvan,Ivanov,Petrovich,12345\nAna,Ruiz,Ruiz,23456\n"
    take(ctx, "contacts", file(rows))
    assert {row.contact.name for row in people.list_contacts(ctx)} == {"Ivan Ivanov Petrovich", "Ana Ruiz"}


def test_who_opted_out_of_email_has_refused_it(ctx: AppContext, file: Any) -> None:
    take(ctx, "contacts", file("Name,Email Opt Out\nKim,TRUE\nLee,FALSE\n"))
    assert [people.show(ctx, name).contact.consent for name in ("Kim", "Lee")] == [False, None]


def test_defaults_fill_what_a_file_does_not_have(ctx: AppContext, file: Any, run: Run) -> None:
    take(ctx, "contacts", file("Name,City\nKim,\nLee,Seoul\n"), defaults={"city": "Busan", "tags": "fair;new"})
    kim, lee = (people.show(ctx, name).contact for name in ("Kim", "Lee"))
    assert (kim.city, kim.tags, lee.city) == ("Busan", ("fair", "new"), "Seoul")
    path = file("Title,Contact\nPress,Kim\n", "deals.csv")
    run("import", "deals", path, "--default", "stage=proposal")
    assert [deal.stage.value for deal in deals.list_deals(ctx)] == ["proposal"]
    for default, said in (
        ("colour=red", "isn't a field"),
        ("stage=wonn", "isn't a value of stage"),
        ("id=1", "can't set id"),
        ("stage", "Write --default as FIELD=VALUE"),
    ):
        assert said in run("import", "deals", path, "--default", default, code=2).err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"name": "Kim", "phone": ', "valid JSON"),
        ('{"name": "Kim"}', "isn't a list of objects"),
        ('[{"colour": "red"}]', "no column has a name"),
        ("[]", "is empty"),
    ],
)
def test_json_that_is_no_table_is_refused(ctx: AppContext, file: Any, text: str, said: str) -> None:
    with pytest.raises(PlannerError, match=said) as problem:
        take(ctx, "contacts", file(text, "theirs.json"))
    assert "Kim" not in str(problem.value)


@pytest.mark.parametrize("dedupe", [False, True])
def test_branches_of_a_company_keep_their_numbers_and_cities(ctx: AppContext, file: Any, dedupe: bool) -> None:
    rows = "Company,City,Phone\nCentral Library,Ashford,+44 1233 555011\nCentral Library,Dover,+44 1304 555022\n"
    found = take(ctx, "contacts", file(rows), dedupe=dedupe)
    assert (found.made, found.new_companies, found.skipped) == (2, 1, {})
    assert {(each.contact.city, each.contact.number) for each in people.list_contacts(ctx)} == {
        ("Ashford", "+44 1233 555011"), ("Dover", "+44 1304 555022"),
    }  # fmt: skip
    assert take(ctx, "contacts", file(rows), dedupe=dedupe).same == 2


def test_numbers_of_one_office_come_together(ctx: AppContext, file: Any) -> None:
    rows = "Company,City,Phone,Email\nAcme,Köln,0221 1,\nAcme,Bonn,0228 55501,\nAcme,Bonn,0228 55502,\n"
    found = take(ctx, "contacts", file(f"{rows}Acme,Bonn,,info@acme.example\nAcme,Bonn,,\n"))
    assert (found.made, found.skipped) == (2, {"no name, and matches a contact you already have": [6]})
    _, acme = people.list_contacts(ctx)
    ways = (*acme.contact.phones, *acme.contact.emails)
    assert [way.value for way in ways] == ["0228 55501", "0228 55502", "info@acme.example"]


def test_a_company_row_with_a_new_number_does_not_go_to_a_person_there(ctx: AppContext, file: Any) -> None:
    take(ctx, "contacts", file("Name,Company,Phone\nBo Lind,Beta,030 12345\n"))
    found = take(ctx, "contacts", file("Company,Phone\nBeta,030 99999\n"))
    assert found.made == 1
    assert people.show(ctx, "Bo Lind").contact.number == "030 12345"


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("Currency of Value", "EUR"),
        ("Валюта сделки", "евро EUR"),
        ("Deal currency", "Euro"),
        ("ISO", "EUR"),
        ("Transaction Currency", "€"),
    ],
)
def test_a_column_of_currencies_stops_an_import_in_another(ctx: AppContext, file: Any, header: str, cell: str) -> None:
    plan.set_plan(ctx, parse_month("2026-11"), Decimal(100), "2x", currency="RUB")
    rows = f"title,account,stage,amount,close date,{header}\nA,X,Won,1000,2026-11-03,{cell}\n"
    if cell == "евро EUR":
        rows = rows.replace("евро EUR", "EUR")
    with pytest.raises(PlannerError, match="are in EUR, and your database is in RUB"):
        take(ctx, "deals", file(rows))
    assert deals.list_deals(ctx, closed=True) == []


def test_several_currencies_in_columns_and_amounts_stop_an_import(ctx: AppContext, file: Any) -> None:
    for rows in (
        "title,stage,amount,ccy\nA,proposal,5,USD\nB,proposal,5,GBP\n",
        "title,stage,amount,Currency\nA,proposal,€5,USD\n",
        "title,stage,amount\nA,proposal,5 CAD\nB,proposal,5 AUD\n",
    ):
        with pytest.raises(PlannerError, match="in several currencies"):
            take(ctx, "deals", file(rows))
    # a dollar sign is that of the dollar named beside it
    assert take(ctx, "deals", file("title,stage,amount,Currency\nA,proposal,$5,AUD\n")).reading.currency == "AUD"


def test_a_won_deal_without_a_value_counts_and_waits_for_it(ctx: AppContext, file: Any, run: Run) -> None:
    found = take(ctx, "deals", file("title,stage,amount,close date\nPress,won,,2026-11-03\nPaper,proposal,,\n"))
    assert found.made == 2 and "1 won deal has no value (line 2)" in found.reading.notices[0]
    assert counts(ctx, "2026-11-03") == {"deals": 1}
    listed = {line.strip() for line in run("deal", "list", "--no-value").out.splitlines()}
    assert listed == {"2  Paper  proposal", "1  Press  no value yet  won Tue 3 Nov"}
    run("deal", "edit", "1", "--value", "500")
    assert counts(ctx, "2026-11-03") == {"deals": 1, "revenue": 50_000}  # in hundredths
    run("undo")
    assert counts(ctx, "2026-11-03") == {"deals": 1}


def test_an_unknown_stage_that_may_be_over_is_asked_about(ctx: AppContext, file: Any) -> None:
    rows = "title,stage,close date\nA,Signed off,2026-10-01\nB,Signed off,2026-12-01\n"
    (notice,) = take(ctx, "deals", file(rows), dry_run=True).reading.notices
    assert notice.startswith("1 deal has a close date in the past and an unknown stage, 'Signed off' (line 2)")


def test_files_are_linked_by_id(ctx: AppContext, file: Any, run: Run) -> None:
    accounts = file("Id,Name,Phone\n001A,Acme Ltd,030 1111\n001B,Beta,030 2222\n", "accounts.csv")
    rows = (
        "Id,FirstName,LastName,AccountId,Email\n003A,Ann,Lee,001A,ann@x.example\n003B,Bo,Lind,001BXXX,\n003C,Cy,,9,\n"
    )
    contacts = file(rows.replace("001BXXX", "001B"), "contacts.csv")
    found = take(ctx, "contacts", contacts, links={"AccountId": accounts})
    assert found.reading.notices == ["1 row has an ID in AccountId that isn't in accounts.csv."]
    assert [people.show(ctx, name).contact.company for name in ("Ann Lee", "Bo Lind", "Cy")] == [
        "Acme Ltd", "Beta", None,
    ]  # fmt: skip
    calls = file("Date,Outcome,WhoId\n2026-11-02 10:00,busy,003A\n", "calls.csv")
    run("import", "calls", calls, "--link", f"WhoId={contacts}")
    assert [entry.contact for entry in activity_log.on_day(ctx, datetime(2026, 11, 2).date())] == ["Ann Lee"]
    deals_file = file("Name,Stage,Amount,AccountId\nPress,proposal,5,001B\n", "deals.csv")
    take(ctx, "deals", deals_file, links={"AccountId": accounts})
    assert [(deal.title, deal.company) for deal in deals.list_deals(ctx)] == [("Press", "Beta")]
    with pytest.raises(PlannerError, match="has no column 'Account'"):
        take(ctx, "contacts", contacts, links={"Account": accounts})
    with pytest.raises(PlannerError, match="has no column of ids"):
        take(ctx, "contacts", contacts, links={"AccountId": file("a,b\n1,2\n", "x.csv")})


def test_rows_that_match_each_other_are_not_said_to_be_known(ctx: AppContext, file: Any, run: Run) -> None:
    path = file("Name,Email\nKim,kim@x.example\nKim Minsu,kim@x.example\n")
    found = take(ctx, "contacts", path, dry_run=True)
    assert (found.twins, found.lookalikes) == (1, 0)
    assert "1 row matches another in this file" in run("import", "contacts", path, "--dry-run").err


@pytest.mark.parametrize(
    ("header", "row", "found"),
    [
        ("Birthday,Anniversary", "12/13/1975,6/20/1999", (("1999-06-20", "anniversary"),)),  # of Outlook
        ("Birthday,Anniversary", "0/0/00,0/0/00", ()),  # its empty dates
        ("Event 1 - Label,Event 1 - Value", "Anniversary,1999-06-20", (("1999-06-20", "anniversary"),)),  # of Google
        ("Event 1 - Type,Event 1 - Value", "Name day,--11-03", (("--11-03", "name day"),)),
        (
            "Wedding date,Other dates",
            "1999-06-20,--11-03 name day",
            (("--11-03", "name day"), ("1999-06-20", "anniversary")),
        ),
        ("Anniversary,Other dates", "1999-06-20,1999-06-20 anniversary", (("1999-06-20", "anniversary"),)),
        ("Anniversary", "some day", ()),
    ],
)
def test_anniversaries_come_in(ctx: AppContext, file: Any, header: str, row: str, found: tuple[Any, ...]) -> None:
    take(ctx, "contacts", file(f"Name,{header}\nKim,{row}\n"))
    assert people.show(ctx, "Kim").contact.dates == found
