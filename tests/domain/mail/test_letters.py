"""Emails: threads, order and exceptions."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.errors import InputError
from planner.domain.mail.letters import Letter, bare_subject, in_order, mailto, matching_rule, reply_subject, threads
from planner.domain.mail.mailbox import Account, check_password


def letter(name: str, *, of: str = "", refs: tuple[str, ...] = (), at: int = 0, bulk: bool = False) -> Letter:
    """An email named by its message id."""
    thread = refs[0] if refs else f"<{name}@x>"
    return Letter(name, "work", f"<{name}@x>", thread, refs, of or name, f"{of or name}@firm.kr", "About", at, bulk)


def folded(*letters: Letter) -> list[set[str]]:
    """The refs of each thread."""
    return [{each.ref for each in thread.items} for thread in threads(letters, lambda each: each)]


def test_related_emails_share_a_thread_in_any_order() -> None:
    first, answer = letter("a", at=1), letter("b", refs=("<a@x>",), at=2)
    other = letter("c", at=3)
    third = letter("d", refs=("<gone@x>", "<b@x>"), at=4)
    for letters in ((first, answer, other, third), (third, other, answer, first)):
        assert sorted(map(sorted, folded(*letters))) == [["a", "b", "d"], ["c"]]
    assert next(t for t in threads([first, answer, third], lambda each: each)).newest is third


def test_same_subject_from_two_senders_is_two_threads() -> None:
    assert len(folded(letter("a", of="kim"), letter("b", of="lee"))) == 2


def test_bulk_mail_of_one_sender_is_one_thread() -> None:
    assert folded(
        letter("a", of="news", bulk=True), letter("b", of="news", bulk=True), letter("c", of="fairs", bulk=True)
    ) == [{"a", "b"}, {"c"}]


def test_known_contacts_come_first_by_open_value() -> None:
    worth = {"kim": 500, "lee": 0}
    letters = [letter("n", of="news", at=9, bulk=True), letter("s", of="stranger", at=8), letter("l", of="lee", at=7),
               letter("k", of="kim", at=1), letter("t", of="other", at=2)]  # fmt: skip
    found = in_order(threads(letters, lambda each: each), lambda each: each, lambda each: worth.get(each.sender))
    assert [thread.newest.ref for thread in found] == ["k", "l", "s", "t", "n"]


@pytest.mark.parametrize(
    ("subject", "bare"),
    [("Re: offer", "offer"), ("RE: Fwd: AW: offer", "offer"), ("Re[2]: offer", "offer"), ("Отв: счёт", "счёт"),
     ("회신: 견적", "견적"), ("offer", "offer"), ("Regards", "Regards"), ("", ""), ("Re:", "")],
)  # fmt: skip
def test_bare_subject_drops_reply_prefixes(subject: str, bare: str) -> None:
    assert bare_subject(subject) == bare
    assert bare_subject(reply_subject(subject)) == bare


def test_exception_is_an_address_a_domain_or_a_word() -> None:
    one = Letter("r", "work", "", "", (), "Kim", "Kim@Mail.Hanbit.kr", "Your Contract of today", 0)
    assert matching_rule(one, ["kim@mail.hanbit.kr"]) == "kim@mail.hanbit.kr"
    assert matching_rule(one, ["@hanbit.kr"]) == "@hanbit.kr"
    assert matching_rule(one, ["contract"]) == "contract"
    assert matching_rule(one, ["@anbit.kr", "im@mail.hanbit.kr", "kim", "", "  "]) is None


@given(st.lists(st.tuples(st.integers(0, 6), st.lists(st.integers(0, 6), max_size=3)), max_size=12))
def test_threading_neither_loses_nor_duplicates_emails(shape: list[tuple[int, list[int]]]) -> None:
    letters = [
        Letter(f"r{n}", "w", f"<{own}>", f"<{own}>", tuple(f"<{ref}>" for ref in refs), "", "", "", n)
        for n, (own, refs) in enumerate(shape)
    ]
    found = [each.ref for thread in threads(letters, lambda each: each) for each in thread.items]
    assert sorted(found) == sorted(each.ref for each in letters)


@pytest.mark.parametrize("source", ["hunter2", "", "env:", "env:1X", "command:", "command:'", "env:A B", "file:/x"])
def test_password_source_must_not_be_the_password(source: str) -> None:
    with pytest.raises(InputError):
        check_password(source)


@pytest.mark.parametrize(
    "wrong", [{"host": "a b"}, {"host": "-x"}, {"user": ""}, {"security": "none"}, {"port": 99_999}, {"name": "a/b"}]
)
def test_invalid_mailbox_is_refused(wrong: dict[str, str | int]) -> None:
    fields: dict[str, str | int] = {"name": "work", "host": "imap.example.com", "user": "rep"}
    with pytest.raises(InputError):
        Account(**(fields | wrong))  # type: ignore[arg-type]


@given(st.text(min_size=1, max_size=40), st.text(max_size=60), st.text(max_size=30))
def test_email_content_cannot_inject_into_the_reply_link(address: str, subject: str, reference: str) -> None:
    address, subject, reference = (part.encode("utf-8", "replace").decode() for part in (address, subject, reference))
    target = mailto(address, subject, "<1@x>", (reference,))
    assert target.startswith("mailto:")
    assert target.isascii()
    assert not set(target) & set(" \n\r\t<>\"'`$;|\\")
    assert set(parse_qs(urlsplit(target).query, keep_blank_values=True)) == {"subject", "In-Reply-To", "References"}
