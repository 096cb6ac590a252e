"""Parsing emails: broken headers and charsets as well as possible, hostile ones made harmless."""

from __future__ import annotations

import unicodedata
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.mail.letters import LONGEST_PREVIEW, LONGEST_SUBJECT, Letter
from planner.exchange.mail.letters import read

RECEIVED = 1_790_000_000


def parsed(headers: str | bytes, text: bytes = b"") -> Letter:
    """An email with these headers."""
    raw = headers if isinstance(headers, bytes) else headers.encode("utf-8")
    return read("work", raw.replace(b"\n", b"\r\n"), text, RECEIVED)


def word(text: str, charset: str) -> str:
    """An encoded word."""
    return f"=?{charset}?B?{b64encode(text.encode(charset)).decode()}?="


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (word("견적서", "euc-kr"), "견적서"),
        ("=?ks_c_5601-1987?B?vsiz58fPvLy/5A==?=", "안녕하세요"),
        (word("Договор", "koi8-r"), "Договор"),
        (word("見積", "iso-2022-jp"), "見積"),
        ("=?utf-8?Q?Caf=C3=A9_menu?=", "Café menu"),
        ("=?utf-8?Q?Caf=C3=A9?= =?utf-8?Q?_menu?=", "Café menu"),
        ("=?x-nonsense?B?SGVsbG8=?=", "Hello"),
        ("=?utf-8?B?SGVsbG8", "=?utf-8?B?SGVsbG8"),  # never closed
        ("plain\n folded", "plain folded"),
        ("", ""),
    ],
)
def test_subjects(raw: str, subject: str) -> None:
    assert parsed(f"From: a@b.c\nSubject: {raw}\n").subject == subject


@pytest.mark.parametrize("charset", ["utf-8", "cp1251"])
def test_raw_8bit_headers_are_decoded(charset: str) -> None:
    assert parsed(b"Subject: " + "Договор поставки и счёт на оплату".encode(charset)).subject.startswith("Договор")


@pytest.mark.parametrize(
    ("raw", "who", "address"),
    [
        ("Kim Minsu <kim@hanbit.kr>", "Kim Minsu", "kim@hanbit.kr"),
        ("kim@hanbit.kr", "kim@hanbit.kr", "kim@hanbit.kr"),
        (f"{word('김민수', 'utf-8')} <kim@hanbit.kr>", "김민수", "kim@hanbit.kr"),
        # a name that decodes to an address is no address
        (f"{word('boss@bank.com <boss@bank.com>', 'utf-8')} <evil@x.y>", "boss@bank.com <boss@bank.com>", "evil@x.y"),
        ('"a, b" <a@b.c>, second@b.c', "a, b", "a@b.c"),
        ("nobody at all", "nobody at all", ""),
        ("", "unknown sender", ""),
    ],
)
def test_senders(raw: str, who: str, address: str) -> None:
    found = parsed(f"From: {raw}\nSubject: x\n")
    assert (found.who, found.address) == (who, address)


def test_reply_to_is_kept_if_it_differs() -> None:
    found = parsed("From: noreply@forms.example\nReply-To: Kim <kim@hanbit.kr>\n")
    assert (found.address, found.reply_to) == ("noreply@forms.example", "kim@hanbit.kr")
    assert parsed("From: Kim@hanbit.kr\nReply-To: kim@hanbit.kr\n").reply_to == ""
    assert parsed("From: a@b.c\nReply-To: nobody\n").reply_to == ""


def test_unreadable_date_falls_back_to_the_servers() -> None:
    assert parsed("Date: Fri, 21 Nov 1997 09:55:06 -0600\n").sent_at == int(
        datetime(1997, 11, 21, 15, 55, 6, tzinfo=UTC).timestamp()
    )
    for wrong in ("yesterday", "Fri, 99 Nov 1997 99:99:99", "Mon, 1 Jan 9999 00:00:00 +9999", ""):
        assert parsed(f"Date: {wrong}\n").sent_at == RECEIVED


def test_references_name_the_thread() -> None:
    found = parsed("Message-ID: <c@x>\nReferences: <a@x>\n <b@x>\nIn-Reply-To: <b@x> (Kim)\n")
    assert (found.message_id, found.thread, found.references) == ("<c@x>", "<a@x>", ("<a@x>", "<b@x>"))


def test_bulk_mail_is_recognized() -> None:
    for name in ("List-Id: <news>", "List-Unsubscribe: <x>", "Precedence: bulk", "Auto-Submitted: auto-replied"):
        assert parsed(f"From: a@b.c\n{name}\n").bulk
    assert not parsed("From: a@b.c\nAuto-Submitted: no\n").bulk


@pytest.mark.parametrize(
    ("headers", "text", "preview"),
    [
        ("Content-Type: text/plain; charset=cp949", "안녕하세요".encode("cp949"), "안녕하세요"),
        (
            "Content-Type: text/plain\nContent-Transfer-Encoding: base64",
            b64encode(b"Hello there") + b"\n",
            "Hello there",
        ),
        ("Content-Type: text/plain\nContent-Transfer-Encoding: base64", b"SGVsbG8gdGhlc", "Hello the"),  # cut off
        ("Content-Type: text/plain", b"> quoted\nmine\n", "mine"),
        ("Content-Type: text/html", b"<style>p{}</style><p>Hi <b>Kim</b><script>x()</script>", "Hi Kim"),
        (
            "Content-Type: multipart/mixed; boundary=B",
            b"--B\r\nContent-Type: text/html\r\n\r\n<p>no\r\n--B\r\nContent-Type: text/plain\r\n\r\nyes\r\n",
            "yes",
        ),
        ("Content-Type: multipart/mixed", b"no boundary at all", "no boundary at all"),
    ],
)
def test_preview(headers: str, text: bytes, preview: str) -> None:
    assert parsed(f"MIME-Version: 1.0\n{headers}\n", text).preview == preview


def assert_harmless(letter: Letter) -> None:
    """Check that no terminal obeys any of it and nothing is overlong."""
    for text in (letter.sender, letter.address, letter.subject, letter.preview, letter.message_id, *letter.references):
        assert all(unicodedata.category(char) not in ("Cc", "Cs") for char in text), text
        assert not set(text) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069")
    assert len(letter.subject) <= LONGEST_SUBJECT
    assert len(letter.preview) <= LONGEST_PREVIEW
    assert len(letter.address) <= 254
    assert len(letter.sender) <= 200


def test_control_characters_are_removed() -> None:
    evil = "\u202egnp.exe\x1b]0;owned\x07\x1b[31m\x9b"
    for raw in (evil, f"=?utf-8?B?{b64encode(evil.encode()).decode()}?=", "=?utf-8?Q?=1B[2J=0A=00?="):
        found = parsed(f"From: {raw} <a@b.c>\nSubject: {raw}\nMessage-ID: <{evil}@x>\n", evil.encode())
        assert_harmless(found)
    assert_harmless(parsed("Subject: " + "a" * 100_000 + "\nFrom: " + "b" * 100_000 + "@x.y\n", b"c" * 100_000))


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_any_bytes_parse(headers: bytes, text: bytes) -> None:
    assert_harmless(read("work", headers, text, RECEIVED))


headed = st.lists(
    st.tuples(
        st.sampled_from(["From", "Subject", "Date", "References", "Content-Type", "Content-Transfer-Encoding", "To"]),
        st.text(max_size=60)
        | st.sampled_from(["=?utf-8?B?//8=?=", "multipart/mixed; boundary=", 'text/plain; charset="', "base64",
                           "uuencode", "=?a?q?b?= =?", "<a@b> <", "text/html; charset*=x'y'%zz"]),
    ),
    max_size=6,
)  # fmt: skip


@given(headed, st.text(max_size=200))
def test_any_headers_parse(fields: list[tuple[str, str]], text: str) -> None:
    raw = "".join(f"{name}: {value}\r\n" for name, value in fields).encode("utf-8", "surrogatepass")
    assert_harmless(read("work", raw, text.encode("utf-8", "surrogatepass"), RECEIVED))


@pytest.mark.parametrize(
    "text", ["Grüße", "Grüße aus Köln", "Angebot für Müller", "Déjà vu", "Señor Peña", "Smörgåsbord"]
)
def test_raw_western_subject_is_decoded(text: str) -> None:
    assert parsed(b"From: a@b.de\nSubject: " + text.encode("cp1252") + b"\n").subject == text


@pytest.mark.parametrize(
    ("text", "charset"),
    [("Привет", "koi8-r"), ("Žádost o nabídku", "iso-8859-2"), ("안녕하세요", "euc-kr"), ("Grüße", "iso-8859-1")],
)
def test_raw_subject_uses_the_charset_of_the_text(text: str, charset: str) -> None:
    head = f"From: a@b.de\nContent-Type: text/plain; charset={charset}\nSubject: ".encode()
    assert parsed(head + text.encode(charset) + b"\n").subject == text
