"""What planner exported comes back: nothing new in the database it left, and all of it in another."""

from __future__ import annotations

import shlex
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from planner.services import history
from planner.services.calls import activity_log
from planner.services.clients import deals, people
from planner.services.context import AppContext
from planner.services.transfer import exports, imports
from planner.services.transfer.import_preview import Preview
from planner.services.transfer.imports import Wanted
from tests.conftest import Run
from tests.scenes import context_at

KINDS = [(kind, ending) for kind in ("contacts", "deals", "activities", "tasks") for ending in exports.ENDINGS[kind]]


@pytest.fixture
def rep(ctx: AppContext, run: Run) -> AppContext:
    """A rep with a little of everything that is exported."""
    for words in (
        'contact add "Ann Lee" --company Acme --phone "+49 30 5550101" --phone "+49 171 222333" --email ann@x.example'
        ' --decides yes --tier A --consent yes --mailing monthly --tag fair --date "3 Nov name day" --zone Boston'
        ' --date "20 Jun 1999 anniversary" --birthday "12 Dec 1975" --do-not-call yes --supplier Dongah --rhythm 30',
        "contact add Kim --referrer 1",
        "contact add 김민수 --company 한빛",
        "deal add Press --contact Kim --value 100.50 --opened 2026-11-02 --until 2027-11-01 --term 12",
        "deal won 1 --on 2026-11-10",
        "deal add Paper --contact 1 --value 5000 --expected-close 2026-11-30",
        'task add "Send =offer, now" --due "27 Nov 15:00" --priority A --contact 1 --tag fair --minutes 30',
        "task add Report --every 'FREQ=WEEKLY;INTERVAL=1;BYDAY=FR'",
        'task add "Check stock" --every "2 weeks after done"',
        "task done 1",
        "log dial --outcome refused --contact Kim",
        "log email --count 3",
        "log proposal --amount 700 --contact 1",
        "log stop --outcome resisted --reason chat",
    ):
        run(*shlex.split(words))
    return ctx


def take(ctx: AppContext, kind: str, path: Path) -> Preview:
    return imports.run(ctx, kind, str(path), Wanted())


def exported(ctx: AppContext, kind: str, path: Path) -> Path:
    exports.write(ctx, exports.prepare(ctx, kind, str(path)))
    return path


@pytest.mark.parametrize(("kind", "ending"), KINDS)
def test_an_export_changes_nothing_where_it_came_from(rep: AppContext, tmp_path: Path, kind: str, ending: str) -> None:
    path = exported(rep, kind, tmp_path / f"ours{ending}")
    before = history.changes(rep)
    found = take(rep, kind, path)
    assert (found.made, found.changed) == (0, 0) and found.same
    assert found.reading.notices == []
    assert history.changes(rep) == before


@pytest.mark.parametrize("ending", exports.ENDINGS["contacts"])
def test_contacts_come_whole_into_another_database(rep: AppContext, tmp_path: Path, ending: str) -> None:
    path = exported(rep, "contacts", tmp_path / f"ours{ending}")
    other = context_at(tmp_path / "other")
    assert take(other, "contacts", path).made == 3
    ours, theirs = (people.show(ctx, "Ann Lee").contact for ctx in (rep, other))
    names = ["name", "company", "tags", "birthday", "do_not_call", "dates"]
    if ending != ".vcf":  # vCards have no place for these
        names += ["decides", "tier", "consent", "mailing", "zone", "supplier", "rhythm"]
        assert people.show(other, "Kim").contact.referrer == "Ann Lee"
    assert {name: getattr(theirs, name) for name in names} == {name: getattr(ours, name) for name in names}
    assert [way.value for way in (*theirs.phones, *theirs.emails)] == [
        "+49 30 5550101", "+49 171 222333", "ann@x.example",
    ]  # fmt: skip


@pytest.mark.parametrize("ending", exports.ENDINGS["deals"])
def test_deals_and_the_log_come_into_another_database(rep: AppContext, tmp_path: Path, ending: str) -> None:
    paths = {kind: exported(rep, kind, tmp_path / f"{kind}{ending}") for kind in ("contacts", "deals", "activities")}
    other = context_at(tmp_path / "other")
    for kind, path in paths.items():
        take(other, kind, path)
    for ctx in (rep, other):
        won = next(row for row in deals.list_deals(ctx, closed=True) if row.title == "Press")
        assert (won.value, won.booked, won.closed, won.term_months) == (
            Decimal("100.5"), Decimal("100.5"), date(2026, 11, 10), 12,
        )  # fmt: skip
        logged = {(entry.kind, entry.outcome, entry.count, entry.contact, entry.amount, entry.reason)
                  for entry in activity_log.on_day(ctx, date(2026, 11, 16))}  # fmt: skip
        assert logged >= {
            ("dial", "refused", 1, "Kim", None, None),
            ("email", None, 3, None, None, None),
            ("proposal", None, 1, "Ann Lee", Decimal(700), None),
            ("stop", "refused", 1, None, None, "chat"),
        }


def test_calls_of_an_exported_log_are_its_calls(rep: AppContext, tmp_path: Path) -> None:
    path = exported(rep, "activities", tmp_path / "log.csv")
    other = context_at(tmp_path / "other")
    imports.run(other, "calls", str(path), Wanted(), dry_run=True)  # without a database yet
    found = take(other, "calls", path)
    assert (found.made, found.counts) == (1, {"refused": 1})
    assert len(found.skipped["not a call"]) == 5


def test_an_edited_export_of_deals_changes_what_was_edited(rep: AppContext, tmp_path: Path) -> None:
    path = exported(rep, "deals", tmp_path / "deals.csv")
    path.write_text(path.read_text(encoding="utf-8-sig").replace("5000", "5500"), encoding="utf-8")
    found: Any = take(rep, "deals", path)
    assert (found.made, found.changed, found.same) == (0, 1, 1)
    assert [row.value for row in deals.list_deals(rep)] == [5500]


def test_an_older_export_of_deals_without_uids_changes_nothing(rep: AppContext, tmp_path: Path) -> None:
    path = exported(rep, "deals", tmp_path / "deals.csv")
    rows = [line.rsplit(",", 1)[0] for line in path.read_text(encoding="utf-8-sig").splitlines()]
    path.write_text("\n".join([*rows, ""]), encoding="utf-8")
    found = take(rep, "deals", path)
    assert (found.made, found.changed, found.same) == (0, 0, 2)
    path.write_text("\n".join([*rows, ""]).replace("Press", "Another"), encoding="utf-8")
    assert take(rep, "deals", path).made == 1  # of another database, with an id that is ours by chance
