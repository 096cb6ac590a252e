"""What an import holds in memory and what it moves to temporary tables comes to the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.services import history
from planner.services.context import AppContext
from planner.services.transfer import imports
from planner.services.transfer.imports import Wanted
from planner.store.transfer import imports as store_imports
from planner.store.transfer import matching, staging

CONTACTS = """Name,Company,Email,Phone,City,Referrer,Notes
Kim Minsu,Hanbit,kim@hanbit.example,+82 2 555 1234,Seoul,Eva Novak,
Lee Jun,Hanbit,lee@hanbit.example,+82 2 555 1235,Seoul,Kim Minsu,
,Hanbit,,+82 2 555 9999,Busan,,a branch
Eva Novak,Novak,eva@novak.example,+420 2 1234567,Praha,,
Kim Minsu,Hanbit,,+82 10 2222 3333,,,the same again
Ann,,ann@x.example,,,Nobody Known,
Bob,,bob@x.example,,,Kim Minsu,
Bob,,,+1 555 0001,,,
,Novak,office@novak.example,,Brno,,
Kim Minsu,Hanbit,kim@hanbit.example,+82 2 555 1234,Seoul,Eva Novak,
"""
CALLS = "call at,contact,company,outcome,notes\n" + "".join(
    f"2026-11-{2 + number % 9:02} 09:{number:02},{('Kim Minsu', 'Eva', 'New One', 'Bob')[number % 4]},"
    f"{('Hanbit', '', 'Newco', '')[number % 4]},no answer,call {number // 2}\n"
    for number in range(24)
)
DEALS = "title,company,contact,stage,value,closed\n" + "".join(
    f"Deal {number},{('Hanbit', 'Other')[number % 2]},,{('Won', 'Lost', 'Proposal')[number % 3]},{100 + number},"
    "2026-11-03\n"
    for number in range(12)
)
QUERIES = (
    "SELECT contact.id, contact.name, company.name, contact.city, contact.notes, referrer_id FROM contact"
    " LEFT JOIN company ON company.id = company_id ORDER BY contact.id",
    "SELECT contact_id, kind, value, position FROM contact_way ORDER BY contact_id, position",
    "SELECT name FROM company ORDER BY name",
    "SELECT at, kind, outcome, contact_id, deal_id IS NULL, amount, note FROM activity ORDER BY id",
    "SELECT title, stage, value, contact_id FROM deal ORDER BY id",
    "SELECT kind, ref, read, row_id FROM import_ref ORDER BY id",
)


def everything(ctx: AppContext) -> list[list[tuple[object, ...]]]:
    with ctx.database.read() as reads:
        return [reads.execute(query).fetchall() for query in QUERIES]


def take_in(ctx: AppContext, folder: Path) -> list[tuple[object, ...]]:
    """Import files of every kind, twice, and return what the previews said."""
    said: list[tuple[object, ...]] = []
    for kind, text in (("contacts", CONTACTS), ("calls", CALLS), ("deals", DEALS)):
        path = folder / f"{kind}.csv"
        path.write_text(text, encoding="utf-8")
        for dry_run in (True, False, False):
            found = imports.run(ctx, kind, str(path), Wanted(), dedupe=kind == "contacts", dry_run=dry_run)
            numbers = (found.made, found.changed, found.same, found.new_contacts, found.new_companies, found.twins)
            said.append((kind, *numbers, found.skipped, found.counts, found.reading.notices))
    return said


def test_what_does_not_fit_into_memory_comes_to_the_same(
    tmp_path: Path, ctx: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = take_in(ctx, tmp_path), everything(ctx)
    other = AppContext(str(tmp_path / "other.db"), ctx.clock, str(tmp_path / "other.toml"))
    for module, name, held in (
        (staging, "HELD", 2),
        (staging, "AT_ONCE", 1),
        (store_imports, "AT_ONCE", 2),
        (matching, "HELD", 3),
    ):
        monkeypatch.setattr(module, name, held)
    monkeypatch.setattr(imports, "READ_AHEAD", 1)
    assert (take_in(other, tmp_path), everything(other)) == expected


def test_an_undone_import_leaves_nothing(tmp_path: Path, ctx: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "HELD", 2)
    path = tmp_path / "contacts.csv"
    path.write_text(CONTACTS, encoding="utf-8")
    imports.run(ctx, "contacts", str(path), Wanted())
    history.undo(ctx)
    assert not any(everything(ctx))
