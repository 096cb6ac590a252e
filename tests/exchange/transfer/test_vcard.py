"""vCards of three versions as other programs write them: folding, escapes, encodings, and errors with their line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import content
from planner.domain.clients.people import Contact
from planner.exchange.text_file import FileRefused
from planner.exchange.transfer import table_file, vcard
from planner.exchange.transfer.readers import READERS
from planner.exchange.transfer.records import Wanted
from planner.services.clients import people
from planner.services.context import AppContext
from planner.services.transfer import imports

SHARED = Path(__file__).parents[4] / "shared" / "data"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared files lie beside the checkout")
Cards = Callable[..., list[Contact]]


def contacts_of(path: Path) -> list[Contact]:
    """The contacts of a file of any kind."""
    file = table_file.read(str(path), "contacts")
    reader = READERS["contacts"](file, content.load("imports"), Wanted(), datetime(2026, 11, 26), lambda done: None)
    reader.scan()
    return [record.value for record in reader.records()]


@pytest.fixture
def cards(tmp_path: Path) -> Cards:
    """The contacts of a card made of these lines."""

    def read(*lines: str | bytes, version: str = "3.0", whole: bool = False) -> list[Contact]:
        path = tmp_path / "some.vcf"
        raw = b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
        path.write_bytes(
            raw if whole else b"BEGIN:VCARD\r\nVERSION:%s\r\n" % version.encode() + raw + b"\r\nEND:VCARD\r\n"
        )
        return contacts_of(path)

    return read


def test_card_fields(cards: Cards) -> None:
    (found,) = cards(
        "FN:Kim Minsu 김민수", "N:Kim;Minsu;;;", "ORG:Hanbit Trading;Sales", "TITLE:buyer", "BDAY:1975-12-12",
        "TEL;TYPE=WORK,VOICE:02-555-1234", "TEL;TYPE=CELL;TYPE=pref:+82 10 5555 1234", "TEL;TYPE=FAX:02-555-9999",
        "EMAIL;TYPE=work:kim@hanbit.example", "ADR;TYPE=home:;;1 Home St;Busan;;;KR",
        "ADR;TYPE=work:;;2 Work St;서울;;;KR", r"NOTE:asks for\, and gets\;\nquarterly delivery",
        "CATEGORIES:hot,korea", "UID:abc",
    )  # fmt: skip
    assert (found.name, found.company, found.role, found.birthday, found.city) == (
        "Kim Minsu 김민수", "Hanbit Trading", "buyer", "1975-12-12", "서울",
    )  # fmt: skip
    assert [(way.value, way.label) for way in found.phones] == [("+82 10 5555 1234", "mobile"), ("02-555-1234", "work")]
    assert [way.value for way in found.emails] == ["kim@hanbit.example"]
    assert found.notes == "asks for, and gets;\nquarterly delivery"
    assert found.tags == ("hot", "korea")


def test_folded_lines_and_soft_breaks(cards: Cards) -> None:
    (found,) = cards(
        "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=EA=B9=80=EB=AF=BC=", "=EC=88=98", "NOTE:a long", "  note",
        "TEL;WORK:1", " 23", version="2.1",
    )  # fmt: skip
    assert (found.name, found.notes, found.number) == ("김민수", "a long note", "123")


@pytest.mark.parametrize(
    ("charset", "name"),
    [("windows-1251", "Анна Соколова"), ("EUC-KR", "김민수"), ("SHIFT_JIS", "田中"), ("utf-8", "Łódź")],
)
def test_charsets_of_single_values(cards: Cards, charset: str, name: str) -> None:
    quoted = "".join(f"={byte:02X}" for byte in name.encode(charset))
    (found,) = cards(f"FN;CHARSET={charset};ENCODING=QUOTED-PRINTABLE:{quoted}", "TEL:1", version="2.1")
    assert found.name == name


def test_undeclared_charset_is_detected_from_all_values(cards: Cards) -> None:
    words = ("Договор поставки", "Анна Соколова", "Северный Склад")
    quoted = ["".join(f"={byte:02X}" for byte in word.encode("cp1251")) for word in words]
    (found,) = cards(
        f"NOTE;ENCODING=QUOTED-PRINTABLE:{quoted[0]}", f"FN;ENCODING=QUOTED-PRINTABLE:{quoted[1]}",
        f"ORG;ENCODING=QUOTED-PRINTABLE:{quoted[2]}", version="2.1",
    )  # fmt: skip
    assert (found.notes, found.name, found.company) == words


@pytest.mark.parametrize(
    ("written", "read"),
    [("19800521", "1980-05-21"), ("1980-05-21T00:00:00Z", "1980-05-21"), ("--0521", "--05-21"), ("--05-21", "--05-21"),
     ("1604-05-21", "--05-21"), ("1980", None), ("circa 1800", None), ("", None)],
)  # fmt: skip
def test_birthdays(cards: Cards, written: str, read: str | None) -> None:
    (found,) = cards("FN:Kim", f"BDAY;VALUE=date:{written}")
    assert found.birthday == read


def test_numbers_and_addresses_as_uris(cards: Cards) -> None:
    (found,) = cards(
        "FN:Simon", "TEL;VALUE=uri;PREF=2:tel:+1-418-262-6501",
        'TEL;VALUE=uri;TYPE="work,voice";PREF=1:tel:+1-418-656-9254;ext=102', "EMAIL:mailto:simon@viagenie.ca",
        version="4.0",
    )  # fmt: skip
    assert [(way.value, way.label) for way in found.phones] == [
        ("+1-418-656-9254 x102", "work"),
        ("+1-418-262-6501", ""),
    ]
    assert found.emails[0].value == "simon@viagenie.ca"


def test_company_cards_groups_and_nested_cards(cards: Cards) -> None:
    found = cards(
        "BEGIN:VCARD", "VERSION:3.0", "FN:Apple AG", "N:;;;;", "ORG:Apple AG;", "X-ABShowAs:COMPANY", "END:VCARD",
        "BEGIN:VCARD", "VERSION:4.0", "KIND:group", "FN:Friends", "MEMBER:urn:uuid:1", "END:VCARD",
        "BEGIN:VCARD", "VERSION:2.1", "FN:Boss", "TEL:1", "AGENT:BEGIN:VCARD", "VERSION:2.1", "FN:Secretary", "TEL:2",
        "END:VCARD", "EMAIL:boss@x.y", "END:VCARD",
        whole=True,
    )  # fmt: skip
    assert [(each.name, each.company, each.number) for each in found] == [
        ("Apple AG", "Apple AG", ""),
        ("Boss", None, "1"),
    ]
    assert found[1].emails[0].value == "boss@x.y"


def test_apple_groups_and_labels(cards: Cards) -> None:
    (found,) = cards(
        "FN:K", "item1.TEL:1", "item1.X-ABLabel:_$!<Mobile>!$_", "item2.TEL:2", "item2.X-ABLabel:_$!<WorkFAX>!$_"
    )
    assert [(way.value, way.label) for way in found.phones] == [("1", "mobile")]


def test_large_photo_is_skipped(cards: Cards) -> None:
    photo = ["PHOTO;ENCODING=b;TYPE=JPEG:" + "A" * 70, *[" " + "A" * 74] * 20_000]
    (found,) = cards("FN:Kim", *photo, "TEL:1")
    assert found.number == "1"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["BEGIN:VCARD", "VERSION:3.0", "FN:Kim"], "line 1: this vCard has no end"),
        (["BEGIN:VCARD", "FN:A", "END:VCARD", "FN:B"], "line 4: this isn't part of a vCard"),
        (["BEGIN:VCARD", "NOTE:" + "x" * 1_100_000, "END:VCARD"], "1,100,005 characters in one value"),
    ],
)
def test_broken_files_are_refused_with_their_line(cards: Cards, lines: list[str], said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        cards(*lines, whole=True)


def test_vcards_import_only_as_contacts(tmp_path: Path, ctx: AppContext) -> None:
    path = tmp_path / "people.vcf"
    path.write_text("BEGIN:VCARD\nVERSION:3.0\nFN:Kim\nUID:1\nTEL:1\nEND:VCARD\n")
    with pytest.raises(FileRefused, match="which are contacts"):
        imports.run(ctx, "calls", str(path), Wanted())
    assert imports.run(ctx, "contacts", str(path), Wanted()).made == 1
    assert imports.run(ctx, "contacts", str(path), Wanted()).same == 1
    path.write_text("BEGIN:VCARD\nVERSION:3.0\nFN:Kim\nUID:1\nTEL:1\nTITLE:buyer\nEND:VCARD\n")
    assert imports.run(ctx, "contacts", str(path), Wanted()).changed == 1
    assert people.show(ctx, "Kim").contact.role == "buyer"


@needs_shared
@pytest.mark.parametrize("path", sorted((SHARED / "vcard").rglob("*.vcf")), ids=lambda path: path.name)
def test_real_cards_are_read(path: Path) -> None:
    found = contacts_of(path)
    assert found
    assert all(contact.name and "\ufffd" not in contact.name for contact in found)


@needs_shared
@pytest.mark.parametrize("path", sorted((SHARED / "contacts").glob("roundcube_*.csv")), ids=lambda path: path.name)
def test_csv_and_vcards_of_the_same_contacts_agree(path: Path) -> None:
    ours, theirs = contacts_of(path), contacts_of(path.with_name(f"{path.stem}.expected.vcf"))
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        for name in ("name", "company", "role", "birthday", "city", "tags", "notes"):
            assert getattr(one, name) == getattr(other, name)
        for name in ("phones", "emails"):
            assert {way.value for way in getattr(one, name)} == {way.value for way in getattr(other, name)}


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.mktemp("cards") / "any.vcf"
    path.write_bytes(b"BEGIN:VCARD\r\n" + raw + b"\r\nEND:VCARD\r\n")
    try:
        vcard.read(str(path))
    except FileRefused as problem:
        assert "any.vcf" in str(problem)


@pytest.mark.parametrize(
    ("lines", "dates"),
    [
        ("ANNIVERSARY:20100501", (("2010-05-01", "anniversary"),)),
        ("X-ANNIVERSARY;VALUE=date:2010-05-01", (("2010-05-01", "anniversary"),)),
        ("item1.X-ABDATE;type=pref:2010-05-01\nitem1.X-ABLabel:_$!<Anniversary>!$_", (("2010-05-01", "anniversary"),)),
        ("item1.X-ABDATE:1604-11-03\nitem1.X-ABLabel:Name day", (("--11-03", "name day"),)),
        ("ANNIVERSARY:2010", ()),
    ],
)
def test_anniversaries_are_dates_to_remember(
    tmp_path: Path, ctx: AppContext, lines: str, dates: tuple[tuple[str, str], ...]
) -> None:
    path = tmp_path / "people.vcf"
    path.write_text(f"BEGIN:VCARD\nVERSION:3.0\nFN:Kim\n{lines}\nEND:VCARD\n", encoding="utf-8")
    imports.run(ctx, "contacts", str(path), Wanted())
    assert people.show(ctx, "Kim").contact.dates == dates
