"""Headers of other programs in other languages are mapped to our fields."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.exchange.transfer.columns import join_cell, split_cell
from planner.exchange.transfer.csv_file import FileRefused
from planner.services.calls import activity_log
from planner.services.clients import people
from planner.services.context import AppContext
from planner.services.transfer import imports
from planner.services.transfer.imports import Wanted
from tests.scenes import context_at

EXPORTS = {
    "google-new": ("First Name,Last Name,Organization Name,Organization Title,E-mail 1 - Label,E-mail 1 - Value,"
                   "Phone 1 - Label,Phone 1 - Value", "Anna,Berg,Acme,Buyer,Work,a@acme.example,Mobile,030 123456"),
    "pipedrive": ("Person - Name,Person - Organization,Person - Phone - Work,Person - Phone - Mobile,"
                  "Person - Email - Work", "Anna Berg,Acme,030 123456,,a@acme.example"),
    "outlook-de": ("Vorname,Nachname,Firma,Position,Ort geschäftlich,Telefon geschäftlich,Mobiltelefon,E-Mail-Adresse",
                   "Anna,Berg,Acme,Buyer,Berlin,030 123456,,a@acme.example"),
    "outlook-fr": ("Prénom,Nom,Société,Titre,Ville (bureau),Téléphone (bureau),Tél. mobile,Adresse de messagerie",
                   "Anna,Berg,Acme,Buyer,Paris,030 123456,,a@acme.example"),
    "outlook-ko": ("이름,회사,직함,휴대폰,전자 메일 주소", "Anna Berg,Acme,Buyer,030 123456,a@acme.example"),
    "outlook-ja": ("氏名,会社名,役職,携帯電話,電子メール アドレス", "Anna Berg,Acme,Buyer,030 123456,a@acme.example"),
    "outlook-ru": ("Имя,Фамилия,Организация,Должность,Рабочий телефон,Адрес эл. почты",
                   "Anna,Berg,Acme,Buyer,030 123456,a@acme.example"),
    "outlook-tw": ("姓名,公司,職務,手機,電子郵件", "Anna Berg,Acme,Buyer,030 123456,a@acme.example"),
    "salesforce-fr": ("Nom complet,Nom du compte,Titre,Portable,Ville postale,E-mail",
                      "Anna Berg,Acme,Buyer,030 123456,Paris,a@acme.example"),
    "hubspot-de": ("Datensatz-ID,Vorname,Nachname,E-Mail,Mobiltelefonnummer,Unternehmensname,Jobtitel,Stadt/Ort",
                   "7,Anna,Berg,a@acme.example,030 123456,Acme,Buyer,Berlin"),
    "chinese": ("姓名,公司名称,职务,城市,手机,邮箱", "Anna Berg,Acme,Buyer,北京,030 123456,a@acme.example"),
    "turkish": ("Ad,Soyad,Şirket,Unvan,Şehir,Cep Telefonu,E-posta",
                "Anna,Berg,Acme,Buyer,İzmir,030 123456,a@acme.example"),
}  # fmt: skip


@pytest.mark.parametrize("program", EXPORTS)
def test_columns_of_other_programs_are_recognized(ctx: AppContext, tmp_path: Path, program: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text("\n".join(EXPORTS[program]) + "\n", encoding="utf-8")
    imports.run(ctx, "contacts", str(path), Wanted())
    contact = people.show(ctx, "1").contact
    assert contact.name == "Anna Berg"
    (phone,), (email,) = contact.phones, contact.emails
    assert (contact.company, phone.value, email.value) == ("Acme", "030 123456", "a@acme.example")
    if program != "pipedrive":
        assert contact.role == "Buyer"
    if program == "google-new":
        assert (phone.label, email.label) == ("mobile", "work")


@given(st.lists(st.text(st.characters(exclude_characters=":"), min_size=1, max_size=12), min_size=1, max_size=6))
def test_joined_cell_splits_back(parts: list[str]) -> None:
    assert split_cell(join_cell(parts)) == parts


def test_foreign_backslashes_are_kept() -> None:
    assert split_cell("a\\b;c|d, e:::f") == ["a\\b", "c", "d", " e", "f"]


def test_numbers_mangled_by_a_spreadsheet_are_repaired(ctx: AppContext, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text('Name,Phone\nAnna,"=""+4930123456"""\nBela,491701234567.0\n', encoding="utf-8")
    imports.run(ctx, "contacts", str(path), Wanted())
    assert [row.contact.phones[0].value for row in people.list_contacts(ctx)] == ["+4930123456", "491701234567"]


@pytest.mark.parametrize(
    ("text", "born"), [("1975-12-12", "1975-12-12"), ("12.12.75", "1975-12-12"), ("19751212", "1975-12-12"),
                       ("2050-01-01", None), ("1975-02-30", None), ("soon", None)]
)  # fmt: skip
def test_impossible_birthday_is_left_out_with_a_notice(
    ctx: AppContext, tmp_path: Path, text: str, born: str | None
) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f"Name,Birthday\nAnna,{text}\nBela,13.12.1970\n", encoding="utf-8")
    preview = imports.run(ctx, "contacts", str(path), Wanted())
    assert people.show(ctx, "Anna").contact.birthday == born
    assert any("can't be read" in notice for notice in preview.reading.notices) is (born is None)


def test_stray_cell_far_below_is_refused(ctx: AppContext, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["Name"], ["Anna"]):
        book.active.append(row)
    book.active.cell(900_000, 1, "Bob")
    path = tmp_path / "far.xlsx"
    book.save(path)
    with pytest.raises(FileRefused, match="stray cell"):
        imports.run(ctx, "contacts", str(path), Wanted())
    book.active.cell(900_000, 1).value = None
    book.save(path)  # a row that is only formatted
    assert imports.run(ctx, "contacts", str(path), Wanted()).made == 1


def test_documented_call_columns_are_recognized(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    path = tmp_path / "calls.csv"
    path.write_text(
        "at,contact,company,phone,outcome,duration,caller,notes,id\n"
        "2026-11-13 10:05,Kim Minsu,Hanbit,02-555-1234,no-answer,12,me,busy,77\n"
    )
    imports.run(ctx, "calls", str(path), Wanted())
    (row,) = activity_log.on_day(ctx, date(2026, 11, 13))
    assert (row.moment, row.contact, row.outcome, row.note) == (
        datetime(2026, 11, 13, 10, 5), "Kim Minsu", "no-answer", "busy",
    )  # fmt: skip
