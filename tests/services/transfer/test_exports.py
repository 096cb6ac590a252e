"""Exports: no cell is a formula, everything can be imported again, and every export is logged."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import files
from planner.domain.clients.deals import Stage
from planner.domain.clients.people import TEXTS, Contact, ContactMethod, Need
from planner.domain.errors import DatabaseProblem, InputError, StateError
from planner.exchange.transfer.csv_file import neutralize, strip_apostrophe
from planner.services import info
from planner.services.calls import activity_log
from planner.services.clients import deals, people
from planner.services.context import AppContext
from planner.services.safety import sync_warning
from planner.services.transfer import exports, imports
from planner.services.transfer.imports import Wanted
from tests.scenes import clients_overfull, clients_typical, context_at

HOSTILE = (
    '=HYPERLINK("http://x","y")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1+1)", "'=1", "''=1", "'quoted'", "=",
    "[@click=app.quit]x[/]", ":smile:", 'a "b", c', "a;b", "x\\;y", "Ünï 김민수 日本語 שלום",
)  # fmt: skip


def write(ctx: AppContext, what: str, path: Path, **more: Any) -> Path:
    """Export something into a file."""
    return Path(exports.write(ctx, exports.prepare(ctx, what, str(path), **more)).path)


def all_contacts(ctx: AppContext) -> list[dict[str, Any]]:
    """All contacts, without fields that only make sense in this database."""
    objects = exports.contact_table([row.contact for row in people.list_contacts(ctx)])[2]
    return [{name: value for name, value in row.items() if name not in ("id", "uid", "referrer")} for row in objects]


@given(st.text(max_size=30))
def test_neutralized_cell_is_no_formula_and_reads_back(text: str) -> None:
    cell = neutralize(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert strip_apostrophe(cell) == text


@pytest.fixture
def hostile(tmp_path: Path) -> AppContext:
    ctx = context_at(tmp_path)
    for number, text in enumerate(HOSTILE):
        people.add(
            ctx,
            text,
            dict.fromkeys(TEXTS, text)
            | {
                "company": f"{text} {number}", "notes": f"{text}\n{text}", "tags": [f"t{text}"],
                "phones": ["+49 30 123456", f"0{number}-555-1234"], "supplier_until": date(2027, 1, 31),
                "birthday": "--12-12", "tier": "A", "decides": True, "need": Need.FOUND, "kind": "gloomy",
                "consent": True, "mailing": "monthly", "rhythm": 12,
            },
            force=True,
        )  # fmt: skip
    people.add(ctx, "No", {"consent": False})
    return ctx


@pytest.mark.parametrize("ending", ["csv", "xlsx", "vcf", "json"])
def test_export_reports_progress(hostile: AppContext, tmp_path: Path, ending: str) -> None:
    said: list[tuple[str, int, int]] = []
    exports.prepare(
        hostile, "contacts", str(tmp_path / f"x.{ending}"), tell=lambda what, done, of: said.append((what, done, of))
    )
    count = len(HOSTILE) + 1
    assert said == [("reading", 0, count), ("writing", 0, count)]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_exported_contacts_import_unchanged(hostile: AppContext, tmp_path: Path, ending: str) -> None:
    path = write(hostile, "contacts", tmp_path / f"people.{ending}")
    other = context_at(tmp_path / "other")
    preview = imports.run(other, "contacts", str(path), Wanted())
    assert preview.made == len(HOSTILE) + 1
    assert not preview.skipped
    ours, theirs = all_contacts(hostile), all_contacts(other)
    if ending == "csv":  # typed tags are split at commas
        assert any(row["tags"] == ["tx\\;y"] for row in ours)
    assert theirs == ours


def test_contacts_with_the_headers_of_earlier_exports_import_unchanged(hostile: AppContext, tmp_path: Path) -> None:
    path = write(hostile, "contacts", tmp_path / "people.csv")
    header, rest = path.read_bytes().split(b"\r\n", 1)
    for now, before in (
        (b"Other dates", b"Other days"),
        (b"Contact every (days)", b"Touch every days"),
        (b"Email consent", b"Mailing consent"),
        (b"Email updates", b"Mailing rhythm"),
    ):
        assert header.count(now) == 1
        header = header.replace(now, before)
    path.write_bytes(header + b"\r\n" + rest)
    other = context_at(tmp_path / "other")
    assert not imports.run(other, "contacts", str(path), Wanted()).skipped
    assert all_contacts(other) == all_contacts(hostile)


def test_no_csv_cell_is_a_formula_but_phones_keep_their_plus(hostile: AppContext, tmp_path: Path) -> None:
    path = write(hostile, "contacts", tmp_path / "people.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    phone = header.index("Phone 1 - Value")
    assert {row[phone] for row in rows} == {"+49 30 123456", ""}
    for row in rows:
        for index, cell in enumerate(row):
            assert index == phone or not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_every_workbook_cell_is_text(hostile: AppContext, tmp_path: Path) -> None:
    path = write(hostile, "contacts", tmp_path / "people.xlsx")
    sheet = openpyxl.load_workbook(path).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}


def test_exported_vcards_import_the_fields_of_a_vcard(hostile: AppContext, tmp_path: Path) -> None:
    path = write(hostile, "contacts", tmp_path / "people.vcf")
    other = context_at(tmp_path / "other")
    assert imports.run(other, "contacts", str(path), Wanted()).made == len(HOSTILE) + 1
    said = ("name", "company", "role", "city", "phones", "emails", "birthday", "tags", "notes")
    assert [[row[name] for name in said] for row in all_contacts(other)] == [
        [row[name] for name in said] for row in all_contacts(hostile)
    ]
    assert all(len(line.encode()) <= 75 for line in path.read_bytes().decode().split("\r\n"))


@given(
    st.builds(
        Contact,
        st.just(0),
        st.just("1b4e28ba-2fa1-11d2-883f-0016d3cca427"),
        st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=40),
        notes=st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=200),
    )
)
def test_vcard_keeps_name_and_notes(contact: Contact) -> None:
    import tempfile

    from planner.exchange.transfer import vcard, vcard_out

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one.vcf"
        path.write_bytes(vcard_out.write([contact]))
        file = vcard.read(str(path))
        (row,) = file.rows()
        cells = dict(zip(file.header, row.cells, strict=True))
    assert cells["Name"] == contact.name.strip()
    assert cells["Notes"] == contact.notes.strip()


def test_single_contacts_file_is_named_after_them(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    people.add(ctx, "Kim / Minsu .. 김민수", {"company": "Hanbit"})
    path = write(ctx, "contact", tmp_path, wanted="1")
    assert path.name == "kim-minsu-김민수.vcf"
    assert "ORG:Hanbit" in path.read_text(encoding="utf-8")
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


@given(st.text(max_size=120))
def test_slug_is_a_safe_file_name(text: str) -> None:
    name = files.slug(text)
    assert name
    assert not set(name) & set('/\\:*?"<>|\0 .')
    assert len(name) <= 61


@pytest.mark.parametrize("name", ["CON", "nul", "Lpt1"])
def test_slug_avoids_device_names(name: str) -> None:
    assert files.slug(name) == f"{name.lower()}-"


def test_filtered_export_keeps_its_order(tmp_path: Path) -> None:
    ctx = clients_typical(tmp_path)
    ids = [row.contact.id for row in people.list_contacts(ctx)][:3][::-1]
    path = write(ctx, "contacts", tmp_path / "some.json", ids=ids)
    assert [row["id"] for row in json.loads(path.read_bytes())] == ids


def test_log_and_deals_export_exact_amounts(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    activity_log.log(
        ctx, "dial", outcome="conversation", contact="new: Kim", note="=1+1", moment=datetime(2026, 11, 16, 9)
    )
    deals.add(ctx, "@Paper", contact="Kim", value=Decimal("1234567.89"), stage=Stage.CLOSING)
    deals.won(ctx, 1)
    log = json.loads(write(ctx, "activities", tmp_path / "log.json").read_bytes())
    assert [(row["kind"], row["outcome"], row["note"], row["amount"]) for row in log] == [
        ("dial", "conversation", "=1+1", None),
        ("deal", None, None, 1234567.89),
    ]
    text = write(ctx, "activities", tmp_path / "log.csv").read_text(encoding="utf-8-sig")
    assert "'=1+1" in text
    assert "1234567.89" in text
    rows = list(csv.DictReader(write(ctx, "deals", tmp_path / "deals.csv").open(encoding="utf-8-sig")))
    assert rows[0]["title"] == "'@Paper"
    assert rows[0]["stage"] == "won"


# Full export


@pytest.mark.parametrize("scene", [clients_typical, clients_overfull])
def test_full_export_restores_to_an_equal_database(tmp_path: Path, scene: Any) -> None:
    ctx = scene(tmp_path)
    path = write(ctx, "all", tmp_path / "all.json")
    other = context_at(tmp_path / "other")
    os.makedirs(tmp_path / "other")
    exports.restore_whole(other, str(path))
    again = write(other, "all", tmp_path / "again.json")
    assert again.read_bytes() == path.read_bytes()
    tables = [
        "SELECT * FROM day_count ORDER BY day",
        "SELECT rowid, name, ways, rest FROM search_contact ORDER BY rowid",
        "SELECT name, seq FROM sqlite_sequence WHERE name = 'contact'",
    ]
    for statement in tables:
        with closing(ctx.database.raw()) as one, closing(other.database.raw()) as two:
            from planner.store import search

            search.brought_up(one)
            assert one.execute(statement).fetchall() == two.execute(statement).fetchall()
    with pytest.raises(StateError, match="an empty one"):
        exports.restore_whole(other, str(path))
    assert write(other, "all", tmp_path / "third.json").read_bytes() == path.read_bytes()


def test_damaged_full_export_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    ctx = clients_typical(tmp_path)
    path = write(ctx, "all", tmp_path / "all.json")
    whole = json.loads(path.read_bytes())
    contact = whole["tables"]["contact"]
    bad: list[tuple[object, str]] = [
        (path.read_bytes()[:-100], "incomplete or damaged"),
        (b"{}", "isn't a full (planner export|export from planner)"),
        (b"", "isn't a full (planner export|export from planner)"),
        (whole | {"schema": 99}, "schema 99"),
        (whole | {"schema": "7"}, "schema '7'"),
        (whole | {"planner": 2}, "isn't a full (planner export|export from planner)"),
        (whole | {"tables": {"sqlite_master": contact}}, "isn't planner's"),
        (whole | {"tables": {"contact": {"columns": ["id", "name; --"], "rows": []}}}, "isn't in planner's format"),
        (whole | {"tables": {"contact": contact | {"rows": [[1]]}}}, "isn't in planner's format"),
        (whole | {"tables": {"contact": contact | {"rows": [[None] * len(contact["columns"])]}}}, "is inconsistent"),
        (whole | {"tables": {"contact": contact | {"columns": [["id"]]}}}, "isn't in planner's format"),
        (_with(whole, "contact", created_at=2**70), "contact.created_at is .* which isn.t valid"),
        (_with(whole, "contact", tags="not json"), "invalid data|which isn't valid"),
        (_with(whole, "contact", supplier_until="garbage"), "invalid data|which isn't valid"),
        (_with(whole, "contact", name="a\ud800b"), "invalid data|which isn't valid"),
        (_with(whole, "contact", name="\x1b]52;c;AAAA\x07"), "contact.name is .* which isn.t valid"),
        (_with(whole, "deal", stage="weird"), "invalid data|which isn't valid"),
        (whole | {"sequences": [1]}, "is inconsistent"),
        (whole | {"sequences": {"contact": 2**70}}, "is inconsistent"),
        (
            whole | {"tables": {name: rows for name, rows in whole["tables"].items() if name != "contact"}},
            "refer to missing ones",
        ),
    ]
    for number, (content, said) in enumerate(bad):
        broken = tmp_path / f"bad{number}.json"
        broken.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        other = context_at(tmp_path / f"other{number}")
        os.makedirs(tmp_path / f"other{number}")
        with pytest.raises((StateError, DatabaseProblem), match=said):
            exports.restore_whole(other, str(broken))
        assert not os.path.exists(other.path)
    with pytest.raises(StateError, match="can't be read"):
        exports.restore_whole(ctx, str(tmp_path / "nowhere.json"))


def _with(whole: dict[str, Any], table: str, **values: object) -> dict[str, Any]:
    """An export with some values of a table's first row changed."""
    old = whole["tables"][table]
    row = [values.get(name, value) for name, value in zip(old["columns"], old["rows"][0], strict=True)]
    return whole | {"tables": whole["tables"] | {table: old | {"rows": [row, *old["rows"][1:]]}}}


def test_edited_own_export_updates_its_contacts(tmp_path: Path) -> None:
    ctx = clients_typical(tmp_path)
    path = write(ctx, "contacts", tmp_path / "people.csv")
    preview = imports.run(ctx, "contacts", str(path), Wanted())
    assert (preview.made, preview.changed, preview.same) == (0, 0, 6)
    text = path.read_text(encoding="utf-8-sig")
    path.write_text(text.replace("Müller Druck GmbH,", "Müller Druck AG,"), encoding="utf-8")
    preview = imports.run(ctx, "contacts", str(path), Wanted())
    assert (preview.made, preview.changed) == (0, 1)
    assert people.show(ctx, "Hans Müller").contact.company == "Müller Druck AG"
    other = context_at(tmp_path / "other")
    imports.run(other, "contacts", str(path), Wanted())
    assert {row.contact.uid for row in people.list_contacts(other)} == {
        row.contact.uid for row in people.list_contacts(ctx)
    }


def test_exported_deals_import_with_revenue_and_lost_reason(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    people.add(ctx, "Kim", {})
    for title, value in (("Paper", "1000"), ("Card", "7")):
        deals.add(ctx, title, contact="Kim", value=Decimal(value))
    deals.won(ctx, 1, part=Decimal(200), contract_end=date(2027, 6, 30), term_months=12)
    deals.lose(ctx, 2, reason="too expensive")
    path = write(ctx, "deals", tmp_path / "deals.csv")
    other = context_at(tmp_path / "other")
    imports.run(other, "deals", str(path), Wanted())
    found = {deal.title: deal for deal in deals.list_deals(other, closed=True)}
    assert (found["Paper"].booked, found["Paper"].value) == (Decimal(200), Decimal(1000))
    assert (found["Paper"].contract_end, found["Paper"].term_months) == (date(2027, 6, 30), 12)
    assert found["Card"].reason == "too expensive"


def test_export_that_cannot_be_logged_is_not_written(tmp_path: Path) -> None:
    ctx = clients_typical(tmp_path)
    ready = exports.prepare(ctx, "contacts", str(tmp_path / "leak.csv"))
    with closing(ctx.database.raw()) as other:
        other.execute("BEGIN IMMEDIATE")
        with closing(sqlite3.connect(ctx.path, timeout=0.01)), pytest.raises(DatabaseProblem, match="another program"):
            exports.write(ctx, ready)
        other.execute("ROLLBACK")
    assert not (tmp_path / "leak.csv").exists()
    assert exports.log(ctx) == []


# Safeguards


def test_exports_are_logged_and_not_undone(tmp_path: Path) -> None:
    ctx = clients_typical(tmp_path)
    path = write(ctx, "contacts", tmp_path / "people.csv")
    (entry,) = exports.log(ctx)
    assert (entry.what, entry.rows, entry.file) == ("contacts", 6, str(path))
    from planner.services import history

    history.undo(ctx)
    assert len(exports.log(ctx)) == 1
    found = info.gather(ctx)
    assert found.exports == 1
    assert found.last_export is not None
    assert "contacts, 6 rows" in found.last_export


def test_existing_file_is_not_overwritten_without_force(tmp_path: Path) -> None:
    ctx = clients_typical(tmp_path)
    path = tmp_path / "people.csv"
    path.write_text("mine")
    with pytest.raises(StateError, match="already exists"):
        write(ctx, "contacts", path)
    assert path.read_text() == "mine"
    assert exports.log(ctx) == []
    exports.write(ctx, exports.prepare(ctx, "contacts", str(path)), force=True)
    assert path.read_text() != "mine"
    with pytest.raises(InputError, match="database itself"):
        exports.write(ctx, exports.Ready("x", 0, ctx.path, files.writer_of(b"")), force=True)


def test_file_name_determines_the_format(tmp_path: Path) -> None:
    ctx = clients_typical(tmp_path)
    with pytest.raises(InputError, match=r"end in \.csv or \.xlsx or \.json or \.vcf"):
        exports.prepare(ctx, "contacts", str(tmp_path / "people.doc"))
    with pytest.raises(StateError, match="Can't write"):
        write(ctx, "contacts", tmp_path / "no" / "where.csv")
    with pytest.raises(StateError, match="nothing to export"):
        exports.prepare(context_at(tmp_path / "new"), "contacts", "x.csv")


@pytest.mark.parametrize(
    ("folder", "whose"),
    [
        ("Dropbox/work", "Dropbox"),
        ("Dropbox (Personal)", "Dropbox"),
        ("OneDrive - Firm/x", "OneDrive"),
        ("Library/Mobile Documents/com~apple~CloudDocs", "iCloud"),
        ("Yandex.Disk", "Yandex Disk"),
        ("Documents", None),
        ("boxes", None),
        ("box-office", None),
        ("Box/x", "Box"),
        ("GoogleDrive-me@firm.example/My Drive", "Google Drive"),
    ],
)
def test_synced_folder_is_recognized_by_its_name(tmp_path: Path, folder: str, whose: str | None) -> None:
    os.makedirs(tmp_path / folder)
    assert sync_warning.synced_by(str(tmp_path / folder / "planner.db")) == whose
    assert bool(sync_warning.warning(str(tmp_path / folder / "planner.db"))) is (whose is not None)


def test_synced_folder_is_recognized_by_its_markers(tmp_path: Path) -> None:
    os.makedirs(tmp_path / "notes" / ".stfolder")
    os.makedirs(tmp_path / "notes" / "base")
    assert sync_warning.synced_by(str(tmp_path / "notes" / "base" / "planner.db")) == "Syncthing"
    os.symlink(tmp_path / "notes", tmp_path / "link")
    assert sync_warning.synced_by(str(tmp_path / "link" / "planner.db")) == "Syncthing"


def test_contact_methods_keep_their_labels(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    people.add(ctx, "Kim", {"phones": ["02-555-1234"]})
    contact = people.show(ctx, "Kim").contact
    labelled = replace(contact, phones=(ContactMethod("1", "mobile"),))
    header, rows, _ = exports.contact_table([labelled])
    assert rows[0][header.index("Phone 1 - Type")] == "mobile"
