"""Workbooks of Excel: cells as a rep reads them; what is none, or too much, is refused."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest

from planner.exchange.text_file import FileRefused
from planner.exchange.transfer import table_file, workbook
from planner.exchange.transfer.records import Wanted
from planner.services.clients import people
from planner.services.context import AppContext
from planner.services.transfer import imports


def book(folder: Path, *rows: list[object], title: str = "Contacts", before: bool = False) -> Path:
    """A workbook of one sheet with these rows; `before`: an empty sheet comes first."""
    made = openpyxl.Workbook()
    sheet = made.active
    if before:
        sheet = made.create_sheet()
    sheet.title = title
    for row in rows:
        sheet.append(row)
    path = folder / "people.xlsx"
    made.save(path)
    return path


def test_contacts_are_imported(tmp_path: Path, ctx: AppContext) -> None:
    path = book(
        tmp_path, ["Our people, November"], [], ["Name", "Company", "Phone", "Birthday", "Notes"],
        ["김민수", "한빛무역", 821055551234, date(1975, 12, 12), "line\nbreak"],
        ["Анна", None, "+7 495 555-01-02", None, None],
        [None] * 5, before=True,
    )  # fmt: skip
    preview = imports.run(ctx, "contacts", str(path), Wanted())
    assert preview.made == 2
    kim = people.show(ctx, "김민수").contact
    assert (kim.company, kim.number, kim.birthday, kim.notes) == (
        "한빛무역",
        "821055551234",
        "1975-12-12",
        "line\nbreak",
    )
    assert imports.run(ctx, "contacts", str(path), Wanted()).same == 2


@pytest.mark.parametrize(
    ("rows", "header", "numbers"),
    [
        ([["Name"], ["Kim"], ["Lee"]], ("Name",), [2, 3]),
        ([["Our people"], ["Name", "City"], ["Kim"]], ("Name", "City"), [3]),
        ([["Our people"], ["Name"], ["Kim", "Seoul"]], None, []),
        ([[], ["Name"]], ("Name",), []),
    ],
    ids=["one column", "a title", "a title over one column", "a header alone"],
)
def test_a_single_cell_is_a_title_or_the_header_of_one_column(
    tmp_path: Path, rows: list[list[object]], header: tuple[str, ...] | None, numbers: list[int]
) -> None:
    path = str(book(tmp_path, *rows))
    if header is None:
        with pytest.raises(FileRefused, match="row 3: 2 cells, but the header has 1"):
            workbook.read(path)
        return
    found = workbook.read(path)
    assert (found.header, [row.line for row in found.rows()]) == (header, numbers)


def test_deals_are_imported(tmp_path: Path, ctx: AppContext) -> None:
    path = book(tmp_path, ["Deal", "Stage", "Value", "Close date"], ["Line", "Won", 1250.5, datetime(2026, 11, 3)])
    preview = imports.run(ctx, "deals", str(path), Wanted())
    assert (preview.made, str(preview.booked)) == (1, "1250.50")


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (3.0, "3"), (3.5, "3.5"), (True, "true"), (date(2026, 1, 2), "2026-01-02"), (time(9, 30), "09:30:00"),
     (datetime(2026, 1, 2), "2026-01-02"), (datetime(2026, 1, 2, 9, 5), "2026-01-02 09:05:00"), ("x", "x"),
     (1e20, "1e+20")],
)  # fmt: skip
def test_cells_as_text(value: object, text: str) -> None:
    assert workbook.text(value) == text


def test_invalid_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    for raw in (b"PK\x03\x04 broken", b"PK\x05\x06" + bytes(18)):
        path.write_bytes(raw)
        with pytest.raises(FileRefused, match=r"people\.xlsx"):
            table_file.read(str(path), "contacts")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(FileRefused, match="can't be read as a workbook"):
        table_file.read(str(path), "contacts")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("anything.txt", "x")
    with pytest.raises(FileRefused, match="zip archive"):
        table_file.read(str(path), "contacts")
    with pytest.raises(FileRefused, match="no sheet with a table"):
        table_file.read(str(book(tmp_path)), "contacts")


def test_zip_bomb_is_refused_before_unpacking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path, ["Name"], ["Kim"], ["Lee"])
    monkeypatch.setattr(workbook, "LARGEST_UNPACKED", 100)
    with pytest.raises(FileRefused, match="unpacks to"):
        table_file.read(str(path), "contacts")


def test_row_longer_than_the_header_is_refused_with_its_number(tmp_path: Path) -> None:
    path = book(tmp_path, ["Name", "Phone"], ["Kim", "1", "what is this"])
    with pytest.raises(FileRefused, match="row 2: 3 cells, but the header has 2"):
        table_file.read(str(path), "contacts")


def test_the_sheet_that_fits_is_read_or_the_one_named(tmp_path: Path, ctx: AppContext) -> None:
    made = openpyxl.Workbook()
    made.active.append(["by somebody", "on 2026-11-01"])
    made.active.append(["x", "y"])
    for title, name in (("People", "Kim"), ("More", "Lee")):
        sheet = made.create_sheet(title)
        sheet.append(["First Name", "Phone"])
        sheet.append([name, "12345"])
    path = tmp_path / "people.xlsx"
    made.save(path)
    assert imports.run(ctx, "contacts", str(path), Wanted()).file.kind == "sheet People"  # type: ignore[attr-defined]
    assert imports.run(ctx, "contacts", str(path), Wanted(), sheet="more").made == 1
    assert {row.contact.name for row in people.list_contacts(ctx)} == {"Kim", "Lee"}
    with pytest.raises(FileRefused, match=r"has no sheet 'Others'\. Its sheets are Sheet, People, More"):
        imports.run(ctx, "contacts", str(path), Wanted(), sheet="Others")
    with pytest.raises(FileRefused, match="has the sheets Sheet, People, More: choose one with --sheet"):
        imports.run(ctx, "calls", str(path), Wanted())
