"""The client list and the dossier: search, filters, saved filters, and edits that never overwrite unseen changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest

from planner.domain.clients.client_filter import parse_filter
from planner.domain.clients.contact_cadence import Zone
from planner.domain.clients.deals import Stage
from planner.domain.day.tasks import Due
from planner.domain.errors import InputError, StateError
from planner.domain.typed.task_line import parse_line
from planner.services import history
from planner.services.calls import activity_log, calling_list
from planner.services.clients import companies, complaints, deals, people, promises
from planner.services.clients.client_list import Clients
from planner.services.context import AppContext
from planner.services.day import tasks
from planner.services.day.today_store import TodayStore
from planner.services.safety import maintenance
from planner.store import search
from tests.scenes import move_clock

TODAY = date(2026, 11, 16)


@pytest.fixture
def clients(ctx: AppContext) -> Iterator[Clients]:
    people.add(ctx, "Kim Minsu 김민수", {"company": "Hanbit Trading", "phones": ["02-555-1234"], "tags": ["fair"]})
    people.add(ctx, "Petra Novák", {"emails": ["petra@novak.example"], "city": "Praha", "tier": "A"})
    people.add(ctx, "Hans Müller", {"company": "Müller Druck", "notes": "wants quarterly delivery"})
    with closing(TodayStore(ctx)) as live:
        yield Clients(ctx, live)


def names(clients: Clients, words: str) -> list[str]:
    """The names that a filter lets through, in order."""
    return [row.name for row in clients.page(clients.find(parse_filter(words)))]


def found(clients: Clients, line: str) -> list[tuple[str, str]]:
    """What a search line finds, as kinds and names."""
    return [(hit.kind, hit.name) for hit in clients.hits(line)]


# Search


def test_search_covers_everything_with_contacts_first(clients: Clients) -> None:
    ctx = clients.ctx
    deals.add(ctx, "Paper, quarterly", contact="2")
    promises.add(ctx, "quarterly figures", Due(date(2026, 11, 20)), contact="1")
    tasks.add(ctx, "Quarterly report")
    complaints.add(ctx, "the quarterly one came late", contact="1", kind="delivery")
    activity_log.log(ctx, "dial", outcome="conversation", contact="2", note="asks for a quarterly price")
    hits = found(clients, "quarter")
    assert hits[0] == ("contact", "Hans Müller")
    assert {kind for kind, _ in hits} == {"contact", "deal", "promise", "task", "complaint", "activity"}
    assert found(clients, "1234") == [("contact", "Kim Minsu 김민수")]
    assert found(clients, "novak.ex")[0] == ("contact", "Petra Novák")
    assert found(clients, "nothing of the kind") == []


def test_name_matches_come_before_mentions(clients: Clients) -> None:
    people.add(clients.ctx, "New contact", {"notes": "a friend of Petra"})
    assert [name for _, name in found(clients, "petra")] == ["Petra Novák", "New contact"]


def test_search_follows_changes_undo_and_redo(clients: Clients) -> None:
    ctx = clients.ctx
    assert found(clients, "zebra") == []
    people.edit(ctx, "2", {"notes": "has a zebra"})
    assert found(clients, "zebra") == [("contact", "Petra Novák")]
    history.undo(ctx)
    assert found(clients, "zebra") == []
    history.redo(ctx)
    assert found(clients, "zebra") == [("contact", "Petra Novák")]
    people.edit(ctx, "3", {"company": "Zebra Druck"})
    assert len(found(clients, "zebra")) == 2
    people.drop(ctx, "2")
    assert found(clients, "zebra") == [("contact", "Hans Müller")]


def test_search_finds_what_another_connection_wrote(clients: Clients) -> None:
    activity_log.log(clients.ctx, "dial", note="left a message about giraffes")  # on a connection of its own
    assert [hit.text for hit in clients.hits("giraff")] == ["left a message about giraffes"]


def test_forgetting_a_contact_clears_the_index(clients: Clients) -> None:
    ctx = clients.ctx
    assert found(clients, "novak")
    clients.live.close()
    people.forget(ctx, "2", consent=True)
    assert b"novak" not in Path(ctx.path).read_bytes().lower()


def test_forgetting_clears_saved_filters_and_keeps_the_referral_count(clients: Clients) -> None:
    ctx = clients.ctx
    people.add(ctx, "Zorgelbix", {"referrer": "2"})
    clients.save("zz", "company:Zorgelbix")
    found(clients, "zorg")
    clients.live.close()
    people.forget(ctx, "Zorgelbix", consent=True)
    assert b"zorgelbix" not in Path(ctx.path).read_bytes().lower()
    assert clients.live.read().counts["referrals"] == 1


def test_doctor_repairs_a_damaged_index(clients: Clients) -> None:
    ctx = clients.ctx
    assert found(clients, "petra")
    with closing(ctx.database.raw()) as handle:
        handle.execute("DELETE FROM search_contact")
    assert found(clients, "petra") == []
    finding = next(each for each in maintenance.examine(ctx) if each.what == "search")
    assert finding.mended
    assert found(clients, "petra") == [("contact", "Petra Novák")]
    assert not next(each for each in maintenance.examine(ctx) if each.what == "search").mended


def add_unindexed(ctx: AppContext) -> None:
    """Give the search 300 unindexed contacts."""
    with closing(ctx.database.raw()) as handle:
        handle.execute("BEGIN IMMEDIATE")
        for number in range(300):
            handle.execute(
                "INSERT INTO contact (uid, name, created_at) VALUES (?, ?, '2026-11-16 08:00:00')",
                (f"anew-{number}", f"Person {number:03}"),
            )
        handle.execute("COMMIT")


def test_indexing_lets_other_writers_in(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    ctx = clients.ctx
    add_unindexed(ctx)
    turns: list[float] = []

    def pause(seconds: float) -> None:
        with closing(ctx.database.raw()) as other:
            other.execute("PRAGMA busy_timeout = 0")
            other.execute("UPDATE contact SET notes = ? WHERE id = 1", (f"turn{len(turns)}x",))
        turns.append(seconds)

    monkeypatch.setattr("planner.store.search.time.sleep", pause)
    with closing(ctx.database.raw()) as handle:
        assert search.brought_up(handle, held=0)
    assert len(turns) >= 3
    assert len(clients.hits("person", 500)) == 300
    assert found(clients, f"turn{len(turns) - 1}x") == [("contact", "Kim Minsu 김민수")]


def test_indexing_can_be_stopped_and_drops_unknown_kinds(clients: Clients) -> None:
    add_unindexed(clients.ctx)
    with closing(clients.ctx.database.raw()) as handle:
        asked = iter((False, True))
        assert not search.brought_up(handle, held=0, stop=lambda: next(asked))
        assert 0 < handle.execute("SELECT count(*) FROM search_stale").fetchone()[0] < 303
        handle.execute("INSERT INTO search_stale (kind, row_id) VALUES ('nothing', 1)")
        assert search.brought_up(handle)
        assert not search.stale(handle)


def test_interrupted_indexing_resumes(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    add_unindexed(clients.ctx)

    def broken(seconds: float) -> None:
        raise KeyboardInterrupt

    with closing(clients.ctx.database.raw()) as handle:
        monkeypatch.setattr("planner.store.search.time.sleep", broken)
        with pytest.raises(KeyboardInterrupt):
            search.brought_up(handle, held=0)
        assert not handle.in_transaction
        assert 0 < handle.execute("SELECT count(*) FROM search_stale").fetchone()[0] < 303
        monkeypatch.undo()
        assert search.brought_up(handle)
        assert not search.stale(handle)
        indices = "SELECT rowid, name, ways, rest FROM search_contact ORDER BY rowid"
        read = handle.execute(indices).fetchall()
        search.rebuild(handle)
        assert handle.execute(indices).fetchall() == read


def test_rebuilt_index_equals_the_updated_one(clients: Clients) -> None:
    def index() -> list[object]:
        with closing(clients.ctx.database.raw()) as handle:
            search.brought_up(handle)
            return [
                *handle.execute("SELECT rowid, name, ways, rest FROM search_contact ORDER BY rowid"),
                *handle.execute("SELECT rowid, body FROM search_text ORDER BY rowid"),
            ]

    tasks.add(clients.ctx, "Call Petra", contact="2")
    activity_log.log(clients.ctx, "dial", note="again", contact="1")
    people.edit(clients.ctx, "3", {"phones": ["030 123456"], "tags": ["x"]})
    followed = index()
    with closing(clients.ctx.database.raw()) as handle:
        search.rebuild(handle)
    assert index() == followed
    assert len(followed) == 5


# Filters


def test_each_filter_condition(clients: Clients) -> None:
    ctx = clients.ctx
    kim, petra, hans = "Kim Minsu 김민수", "Petra Novák", "Hans Müller"
    assert names(clients, "") == [hans, kim, petra]
    assert names(clients, "tag:FAIR") == [kim]
    assert names(clients, "-tag:fair") == [hans, petra]
    assert names(clients, "city:prah") == [petra]
    assert names(clients, "company:müller") == [hans]
    assert names(clients, "tier:a") == [petra]
    assert names(clients, "quarterly") == [hans]
    assert names(clients, "tag:fair quarterly") == []
    assert names(clients, "step:none") == [hans, kim, petra]
    tasks.add(ctx, "call", contact="1", due=Due(date(2026, 11, 20)))
    promises.add(ctx, "a list", Due(date(2026, 11, 16), time(10)), contact="3")
    assert names(clients, "step:none") == [petra]
    assert names(clients, "step:late") == []
    assert names(clients, "promise:open") == [hans]
    move_clock(ctx, datetime(2026, 11, 16, 10, 1))
    assert names(clients, "step:late") == names(clients, "promise:late") == [hans]
    complaints.add(ctx, "late", contact="2", kind="delivery")
    assert names(clients, "complaint:open") == [petra]


def test_clients_have_bought_or_been_spoken_with(clients: Clients) -> None:
    ctx = clients.ctx
    assert names(clients, "is:client") == []
    assert len(names(clients, "is:prospect")) == 3
    activity_log.log(ctx, "dial", outcome="no-answer", contact="1")
    activity_log.log(ctx, "dial", outcome="conversation", contact="2")
    deals.add(ctx, "Paper", contact="3")
    assert names(clients, "is:client") == ["Hans Müller", "Petra Novák"]
    assert names(clients, "is:client step:none") == ["Hans Müller", "Petra Novák"]
    assert names(clients, "is:customer") == []
    assert names(clients, "deal:open") == ["Hans Müller"]
    deals.lose(ctx, 1)
    assert names(clients, "deal:lost") == ["Hans Müller"]
    assert names(clients, "is:client") == ["Petra Novák"]


def test_contract_filter_finds_our_contracts_and_competitors(clients: Clients) -> None:
    ctx = clients.ctx
    people.edit(ctx, "1", {"supplier": "Dongah", "supplier_until": date(2027, 1, 31)})
    deals.add(ctx, "Paper", contact="2", value=Decimal(100), stage=Stage.CLOSING)
    deals.won(ctx, 1, contract_end=date(2026, 12, 31))
    assert names(clients, "contract:90") == ["Kim Minsu 김민수", "Petra Novák"]
    assert names(clients, "contract:60") == ["Petra Novák"]
    assert names(clients, "contract:10") == []
    assert names(clients, "-contract:90") == ["Hans Müller"]


def test_contract_filter_follows_renewing_terms(clients: Clients) -> None:
    ctx = clients.ctx
    for contact, until, term in (("1", date(2026, 5, 31), 6), ("2", date(2026, 5, 31), None), ("3", TODAY, 12)):
        made = deals.add(ctx, "Paper", contact=contact, value=Decimal(1), opened=date(2026, 1, 2))
        deals.won(ctx, made.id, moment=datetime(2026, 1, 5, 9), contract_end=until, term_months=term)
    assert names(clients, "contract:15") == ["Hans Müller", "Kim Minsu 김민수"]  # 30 November is in 14 days
    assert names(clients, "contract:13") == ["Hans Müller"]  # ends today


def test_due_contacts_follow_their_rhythm_and_fill_the_calling_list(clients: Clients) -> None:
    ctx = clients.ctx
    people.edit(ctx, "2", {"phones": ["030 111111"]})
    people.edit(ctx, "1", {"rhythm": 20})
    activity_log.log(ctx, "dial", outcome="conversation", contact="2", moment=datetime(2026, 10, 1, 9))
    activity_log.log(ctx, "dial", outcome="conversation", contact="1", moment=datetime(2026, 10, 25, 9))
    activity_log.log(
        ctx, "dial", outcome="no-answer", contact="2", moment=datetime(2026, 11, 2, 9)
    )  # not a conversation
    activity_log.log(ctx, "email", contact="2", moment=datetime(2026, 11, 13, 9))  # an email isn't one either
    assert names(clients, "touch:red") == ["Petra Novák"]
    assert names(clients, "touch:yellow") == ["Kim Minsu 김민수"]
    assert names(clients, "touch:due") == ["Kim Minsu 김민수", "Petra Novák"]
    assert {key: touch.zone for key, touch in clients.touches().items()} == {1: Zone.YELLOW, 2: Zone.RED}
    activity_log.log(ctx, "meeting-held", contact="2", moment=datetime(2026, 11, 12, 9))
    assert names(clients, "touch:red") == []
    built = calling_list.build(ctx, date(2026, 11, 16), calling_list.Filters())
    assert built.calling.entries[0].contact.name == "Kim Minsu 김민수"


def test_filters_are_saved_renamed_dropped_and_undone(clients: Clients) -> None:
    assert clients.save("fair people", "tag:fair").own
    assert names(clients, clients.get_filter("FAIR PEOPLE").words) == ["Kim Minsu 김민수"]
    clients.save("Fair people", "tag:fair city:Seoul")
    assert [(each.name, each.words) for each in clients.filters() if each.own] == [
        ("Fair people", "tag:fair city:Seoul")
    ]
    clients.drop("fair people")
    assert not [each for each in clients.filters() if each.own]
    history.undo(clients.ctx)
    assert clients.get_filter("fair people").words == "tag:fair city:Seoul"
    for name, words, said in (("", "tag:x", "needs a name"), ("everybody", "tag:x", "built-in"), ("x", "y:z", "y:")):
        with pytest.raises(InputError, match=said):
            clients.save(name, words)
    with pytest.raises(InputError, match="can't be deleted"):
        clients.drop("everybody")
    with pytest.raises(InputError, match="There's no filter"):
        clients.get_filter("other")


def test_list_row_shows_the_next_step(clients: Clients) -> None:
    ctx = clients.ctx
    tasks.add(ctx, "later", contact="1", due=Due(date(2026, 11, 30)))
    promises.add(ctx, "a list", Due(date(2026, 11, 17), time(10)), contact="1")
    (row,) = clients.page([1])
    assert (row.step, row.step_due, row.zone) == ("a list", "2026-11-17T10:00", None)
    assert clients.page([99]) == []


# Dossier


def test_dossier_shows_the_history_newest_first(clients: Clients) -> None:
    ctx = clients.ctx
    activity_log.log(
        ctx, "dial", outcome="conversation", contact="1", moment=datetime(2026, 11, 2, 10), note="wants paper"
    )
    deals.add(ctx, "Paper", contact="1", value=Decimal(5000), stage=Stage.CLOSING, opened=date(2026, 11, 3))
    promise = promises.add(ctx, "a list", Due(date(2026, 11, 17)), contact="1")
    promises.settle(ctx, promise.id, kept=True)
    complaints.add(ctx, "late", contact="1", kind="delivery", received=datetime(2026, 11, 5, 9))
    deals.won(ctx, 1, moment=datetime(2026, 11, 6, 15))
    found = people.show(ctx, "1")
    assert [event.kind for event in found.history] == ["promise", "promised", "deal", "complaint", "opened", "dial"]
    assert found.history[-1].text == "conversation, wants paper"
    assert found.complaints[0].kind == "delivery"
    assert found.next_step is not None


def test_referrals_show_on_both_contacts_and_are_counted(clients: Clients) -> None:
    ctx = clients.ctx
    lee = people.add(ctx, "Lee", {"referrer": "Petra Novák"})
    assert (lee.referrer, lee.referrer_id) == ("Petra Novák", 2)
    assert [row.name for row in people.show(ctx, "2").referred] == ["Lee"]
    assert clients.live.read().counts["referrals"] == 1
    assert names(clients, "is:supporter") == ["Petra Novák"]
    history.undo(ctx)
    assert clients.live.read().counts["referrals"] == 0
    with pytest.raises(StateError, match="No contact matches"):
        people.add(ctx, "Lee", {"referrer": "Nobody"})
    people.edit(ctx, "1", {"referrer": "2"})
    with pytest.raises(InputError, match="can't refer themselves"):
        people.edit(ctx, "1", {"referrer": "1"})
    people.edit(ctx, "1", {"referrer": ""})
    assert people.show(ctx, "2").referred == ()


def test_company_combines_its_people(clients: Clients) -> None:
    ctx = clients.ctx
    people.add(ctx, "Park Jisoo", {"company": "HANBIT TRADING", "decides": True})
    made = deals.add(ctx, "Paper", contact="Park Jisoo", value=Decimal(90_000))
    deals.won(ctx, made.id, moment=datetime(2026, 11, 16, 9))
    deals.add(ctx, "Ink", company="Hanbit Trading")
    promises.add(ctx, "price list", Due(date(2026, 11, 16)), contact="1")
    tasks.add(ctx, "later", contact="Park Jisoo", due=Due(date(2026, 12, 1)))
    activity_log.log(ctx, "dial", outcome="conversation", contact="1", note="wants two options")
    for wanted in ("hanbit trading", "1", "Park Jisoo"):
        found = companies.show(ctx, wanted)
        assert [each.contact.name for each in found.people] == [
            "Park Jisoo",
            "Kim Minsu 김민수",
        ]  # decision makers first
        assert (found.others, found.booked) == (0, Decimal(90_000))
        assert {deal.title for deal in found.deals} == {"Paper", "Ink"}
        assert found.next_step is not None
        assert (found.next_step[0], found.next_step[1].text) == ("Kim Minsu 김민수", "price list")
        assert {(who, event.kind) for who, event in found.history} >= {
            ("Kim Minsu 김민수", "dial"), ("Park Jisoo", "opened"), ("", "opened"),
        }  # fmt: skip
        assert [event.at for _, event in found.history] == sorted((e.at for _, e in found.history), reverse=True)
    with pytest.raises(StateError, match="Petra Novák has no company yet"):
        companies.show(ctx, "Petra Novák")
    with pytest.raises(StateError):
        companies.show(ctx, "Nobody Ltd")
    people.add(ctx, "Zed", {"company": "1"})  # a company name that looks like an id
    assert companies.of_contact(ctx, 1).name == "Hanbit Trading"


def test_large_company_shows_how_many_more_people(ctx: AppContext) -> None:
    for number in range(companies.MOST + 3):
        people.add(ctx, f"Person {number:02}", {"company": "Больница № 1"})
    found = companies.show(ctx, "больница № 1")
    assert (len(found.people), found.others) == (companies.MOST, 3)


def test_colleagues_work_at_the_same_company(clients: Clients) -> None:
    people.add(clients.ctx, "Park", {"company": "hanbit trading"})
    assert [row.name for row in people.show(clients.ctx, "1").colleagues] == ["Park"]


def test_form_refuses_to_overwrite_newer_changes(clients: Clients) -> None:
    ctx = clients.ctx
    seen = people.show(ctx, "1").contact
    people.edit(ctx, "1", {"notes": "from elsewhere"})
    with pytest.raises(StateError, match="notes were changed to 'from elsewhere' in the meantime"):
        people.edit(ctx, "1", {"notes": "from the form"}, seen=seen)
    assert people.show(ctx, "1").contact.notes == "from elsewhere"
    people.edit(ctx, "1", {"city": "Seoul"}, seen=seen)  # another field is no conflict
    people.edit(ctx, "1", {"notes": "both"}, seen=people.show(ctx, "1").contact)
    assert people.show(ctx, "1").contact.notes == "both"


def test_mailings_need_consent(clients: Clients) -> None:
    ctx = clients.ctx
    with pytest.raises(InputError, match="consent"):
        people.edit(ctx, "1", {"mailing": "monthly"})
    people.edit(ctx, "1", {"consent": True, "mailing": "monthly"})
    assert names(clients, "consent:yes") == ["Kim Minsu 김민수"]
    assert len(names(clients, "consent:unknown")) == 2


# Promises in one line


def promised(ctx: AppContext, line: str) -> tuple[str | None, str, str]:
    """Recipient, text and due date of a promise typed in one line."""
    promise = promises.quick(ctx, parse_line(line, ctx.now(), today=ctx.today()))
    return promise.contact, promise.text, str(promise.due)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("promise Kim price list tomorrow 10", ("Kim Minsu 김민수", "price list", "2026-11-17T10:00")),
        ("promise kim minsu 김민수 price list fri", ("Kim Minsu 김민수", "price list", "2026-11-20")),
        ("Promised to Petra: samples by post 27 Nov 14:30", ("Petra Novák", "samples by post", "2026-11-27T14:30")),
        ("promise @3 a call in 2 days", ("Hans Müller", "a call", "2026-11-18")),
        ("promise @new:Neumann a call tomorrow", ("Neumann", "a call", "2026-11-17")),
    ],
)
def test_promise_in_one_line(clients: Clients, line: str, said: tuple[str, str, str]) -> None:
    assert promised(clients.ctx, line) == said


def test_promise_to_an_unknown_name_gives_a_notice(clients: Clients) -> None:
    assert promised(clients.ctx, "promise Zoe a list tomorrow") == (None, "Zoe a list", "2026-11-17")
    assert "No contact is called 'Zoe'" in clients.ctx.notices[-1]


def test_promise_to_an_ambiguous_name_is_refused(clients: Clients) -> None:
    people.add(clients.ctx, "Kim Jihye", {})
    with pytest.raises(StateError, match=r"Kim Minsu 김민수, .*\(id 1\); Kim Jihye \(id 4\)"):
        promised(clients.ctx, "promise Kim a list tomorrow")
    assert promised(clients.ctx, "promise Kim Jihye a list tomorrow")[0] == "Kim Jihye"


def test_promise_without_a_time_becomes_a_task(clients: Clients) -> None:
    line = parse_line("promise Kim a list", clients.ctx.now())
    assert line.kind == "own"
    assert "needs a date" in line.said[0]
