"""CSV files: encodings, delimiters, headers, and errors with their line."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.errors import PlannerError
from planner.exchange.text_file import decode
from planner.exchange.transfer import csv_file

Rows = list[tuple[str, ...]]

KOREAN: Rows = [
    ("이름", "회사", "전화"),
    ("김민수", "한빛무역", "02-555-1234"),
    ("박지연", "새벽식품 똠방", "031-11-22"),
]
RUSSIAN: Rows = [("Имя", "Компания", "Телефон"), ("Анна Каренина", "ООО Северные Технологии", "1"), ("Ёлка", "Ю", "2")]
JAPANESE: Rows = [
    ("氏名", "会社", "電話"),
    ("田中 太郎", "東京商事株式会社", "03-1"),
    ("佐藤 健", "サトウ精機", "6"),
]
GERMAN: Rows = [("Name", "Firma", "Telefon"), ("Zoë Müller", "Brandt & Söhne", "1"), ("Jörg Weiß", "Café Größe", "2")]
TURKISH: Rows = [
    ("Ad", "Şirket", "Telefon"),
    ("Emre Yıldız", "Yıldız Cam", "1"),
    ("Ayşe Şahin", "Güneş Işık", "2"),
]


def read(tmp_path: Path, raw: bytes, encoding: str | None = None) -> csv_file.CsvFile:
    path = tmp_path / "people.csv"
    path.write_bytes(raw)
    return csv_file.read(str(path), encoding)


def written(rows: Rows, delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize(
    ("rows", "encoding"),
    [
        (KOREAN, "utf-8"),
        (KOREAN, "utf-8-sig"),
        (KOREAN, "cp949"),
        (KOREAN[:2], "euc-kr"),
        (KOREAN, "utf-16"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN[:2], "cp1251"),
        (RUSSIAN, "utf-16-le"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "cp932"),
        (GERMAN, "cp1252"),
        (GERMAN, "utf-16"),
        (TURKISH, "cp1254"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encoding_and_delimiter_are_detected(tmp_path: Path, rows: Rows, encoding: str, delimiter: str) -> None:
    found = read(tmp_path, written(rows, delimiter).encode(encoding))
    assert found.header == rows[0]
    assert [row.cells for row in found.rows()] == rows[1:]
    assert found.delimiter == delimiter


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_bom(tmp_path: Path, codec: str) -> None:
    assert read(tmp_path, written(GERMAN).encode(codec)).header == GERMAN[0]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["name,phone", "이름,전화\n김민수,010 1234\n옊옊,02 1\n", "имя,телефон\r\nИван,8 800"])
def test_utf_16_without_bom_of_any_script(text: str, codec: str) -> None:
    assert decode(text.encode(codec), "clients.csv", None) == (text, codec)


@pytest.mark.parametrize("stray", ["\0a\0", "a\0b\0", "\0\0\0\0", "\0000\0"])
@pytest.mark.parametrize("before", ["", " "])
def test_stray_zeros_dont_make_utf_16(before: str, stray: str) -> None:
    text = f"name,phone\n{before}{stray},1\nAnna,2\n"
    assert decode(text.encode(), "clients.csv", None) == (text, "utf-8")


def test_given_encoding_is_used(tmp_path: Path) -> None:
    raw = written(RUSSIAN).encode("koi8-r")
    assert read(tmp_path, raw, "koi8-r").header == RUSSIAN[0]
    for name in ("klingon", "base64", "rot13", "undefined"):
        with pytest.raises(PlannerError, match=r"isn't a (known|text) encoding"):
            read(tmp_path, raw, name)
    with pytest.raises(PlannerError, match="line 1: a character can't be read as utf-8"):
        read(tmp_path, raw, "utf-8")


@given(
    rows=st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=12),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=6,
    )
)
def test_written_csv_reads_back(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    whole: list[tuple[str, ...]] = [("alpha", "beta", "gamma"), *(tuple(row) for row in rows)]
    found = read(tmp_path_factory.mktemp("csv"), written(whole).encode())
    assert found.delimiter == ","
    blank = [row for row in whole[1:] if any(cell.strip() for cell in row)]
    assert [row.cells for row in found.rows()] == blank


def test_notes_above_the_header_are_skipped(tmp_path: Path) -> None:
    found = read(tmp_path, b'Notes:\n"Some, of them,\nare private."\n\n\nFirst,Last,Company\nAda,Lovelace,X\n\nA,B,C\n')
    assert found.header == ("First", "Last", "Company")
    assert [(row.line, row.cells[0]) for row in found.rows()] == [(7, "Ada"), (9, "A")]


def test_empty_and_duplicate_headers_get_unique_names(tmp_path: Path) -> None:
    assert read(tmp_path, b",Phone, Phone ,Name\n1,2,3,4\n").header == ("column 1", "Phone", "Phone (2)", "Name")


def test_sep_line_of_excel_sets_the_delimiter(tmp_path: Path) -> None:
    found = read(tmp_path, b"sep=;\r\nName;Note\r\nKim;a,b,c\r\n")
    assert (found.delimiter, found.header) == (";", ("Name", "Note"))
    assert [row.cells for row in found.rows()] == [("Kim", "a,b,c")]


def test_trailing_delimiters_are_ignored(tmp_path: Path) -> None:
    assert [row.cells for row in read(tmp_path, b"a,b\n1,2,,\n3,4\n").rows()] == [("1", "2"), ("3", "4")]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is empty"),
        (b"\n\n  \n", "is empty"),
        (b",,,\n,,,\n", "has no header line"),
        (b"[" + b"1, " * 400_000 + b"]", "characters in one line"),
        (b"PK\x03\x04 and so on", "zip archive, not CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel workbook"),
        (b"%PDF-1.7", "is a PDF"),
        (b"SQLite format 3\x00", "is a database"),
        (b"a,b\n1,2\n1,\x00\x012\n", "line 3: binary data"),
        (b'a,b\n1,2\n"3,4\n5,6\n', "line 3: a quote opened here is never closed"),
        (b'a,b\n1,2\n"3"x,4\n', "line 3: a quote is closed in the middle"),
        (b"a,b,c\n1,2,3\n4,5", "line 3: 2 cells, but the header has 3"),
        (b'a,b,c\n1,"2\n2",3\n4,5,6,7\n', "line 4: 4 cells, but the header has 3"),
        ("имя,б\nАнна,2\nПё".encode()[:-1], "line 3: the file is cut off in the middle of a character"),
        ("имя,б\nАнна,Пётр\nЖенщина,".encode() + b"\xff\n", "line 3: a character can't be read as utf-8"),
        (b"a,b\n1," + b"x" * 1_100_000 + b"\n", "line 2: 1,100,003 characters in one line"),
    ],
)
def test_unreadable_file_is_refused_with_its_line(tmp_path: Path, raw: bytes, said: str) -> None:
    with pytest.raises(PlannerError, match=said):
        list(read(tmp_path, raw).rows())


def test_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PlannerError, match="No such file"):
        csv_file.read(str(tmp_path / "nowhere.csv"))
    with pytest.raises(PlannerError, match="is a folder"):
        csv_file.read(str(tmp_path))
