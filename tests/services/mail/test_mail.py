"""Email as the screen and the commands use it: windows, triage, emails to write, the week."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from planner.config.reading import load
from planner.config.writing import store_account, store_value
from planner.domain.day.day import CloseWords
from planner.domain.day.tasks import Due
from planner.domain.errors import InputError, NeedNotFound, StateError
from planner.domain.mail.letters import Letter, Thread
from planner.domain.mail.mailbox import Account
from planner.domain.workdays import Period
from planner.exchange.mail import imap
from planner.services.calls import activity_log, calling_list, custom_lists
from planner.services.calls.session import CallSession
from planner.services.clients import deals, people, promises
from planner.services.context import AppContext
from planner.services.day import day, tasks
from planner.services.day.today_store import Today, TodayStore
from planner.services.mail import mailbox
from planner.services.mail.letters import Stored
from planner.services.mail.mail import MailSession
from planner.services.mail.windows import automatic_reply
from planner.services.plan import calendar
from planner.store.mail import drafts as draft_store
from planner.store.mail import windows as window_store
from tests.drills import ROOM
from tests.scenes import context_at, move_clock

MONDAY = date(2026, 11, 16)
NOW = datetime(2026, 11, 16, 8)


def at(ctx: AppContext, clock: str, on: date = MONDAY) -> None:
    """Set the clock."""
    move_clock(ctx, datetime.combine(on, datetime.strptime(clock, "%H:%M").time()))


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[MailSession]:
    ctx = context_at(tmp_path, datetime(2026, 11, 16, 8, 0))
    with closing(TodayStore(ctx)) as live:
        live.read()
        yield MailSession(ctx, live)


def today(mail: MailSession) -> Today:
    """The day as it is read."""
    return mail.live.read()


def window(mail: MailSession, opens: str, closes: str, on: date = MONDAY) -> None:
    """Open and close a window."""
    at(mail.ctx, opens, on)
    mail.windows.open(today(mail))
    at(mail.ctx, closes, on)
    mail.windows.close(today(mail))


def letter(number: int, sender: str = "Kim", address: str = "kim@hanbit.kr", **more: object) -> Letter:
    """A waiting email."""
    fields = {"message_id": f"<{number}@x>", "thread": f"<{number}@x>", "references": (), "subject": f"About {number}",
              "sent_at": 1_795_000_000 + number, "preview": "First lines"}  # fmt: skip
    return Letter(f"work:{number}", "work", sender=sender, address=address, **(fields | more))  # type: ignore[arg-type]


def open_with(mail: MailSession, *letters: Letter) -> list[Thread[Stored]]:
    """Open the eight o'clock window with these emails."""
    mail.windows.open(today(mail))
    mail.letters.take("work", letters)
    return mail.letters.threads()


def rows(mail: MailSession, query: str) -> list[tuple[object, ...]]:
    """Rows of the database."""
    with mail.live.reading() as handle:
        return [] if handle is None else handle.execute(query).fetchall()


# Windows


def test_windows_and_looks_of_a_day(mail: MailSession) -> None:
    window(mail, "08:00", "08:30")
    window(mail, "13:00", "13:28")
    at(mail.ctx, "15:00")
    mail.windows.log_look(today(mail), "waiting for the contract")
    at(mail.ctx, "19:00")
    gate = mail.windows.gate(today(mail))
    assert [(each.state, each.minutes) for each in gate.windows] == [("done", 30), ("done", 28), ("missed", None)]
    assert [(f"{each.at:%H:%M}", each.reason) for each in gate.looks] == [("15:00", "waiting for the contract")]
    assert round(gate.adherence or 0, 4) == 0.4667
    assert (gate.state, gate.next_open, gate.wait) == ("closed", "08:00", 13 * 60)


def test_email_outside_a_window_is_refused_with_the_next_opening(mail: MailSession) -> None:
    at(mail.ctx, "09:42")
    with pytest.raises(StateError, match=r"The next window opens at 13:00 \(in 3 h 18 min\)"):
        mail.windows.open(today(mail))
    with pytest.raises(StateError, match="No email window is open"):
        mail.windows.close(today(mail))


def test_open_window_cannot_be_opened_again_or_looked_past(mail: MailSession) -> None:
    mail.windows.open(today(mail))
    with pytest.raises(StateError, match="already open"):
        mail.windows.open(today(mail))
    with pytest.raises(StateError, match="don't need to peek"):
        mail.windows.log_look(today(mail), "why not")


@pytest.mark.parametrize("reason", ["", "   ", "\x1b\x07", "x" * 301])
def test_look_needs_a_valid_reason(mail: MailSession, reason: str) -> None:
    at(mail.ctx, "09:00")
    with pytest.raises(InputError):
        mail.windows.log_look(today(mail), reason)
    assert rows(mail, "SELECT * FROM mail_look") == []


def test_windows_are_set_by_weekday(mail: MailSession) -> None:
    ctx = mail.ctx
    store_value(ctx.settings_path, "mail.on_monday", ["09:30"])
    store_value(ctx.settings_path, "mail.on_tuesday", ["none"])
    store_value(ctx.settings_path, "mail.minutes", 20)
    assert [(w.opens, w.closes) for w in mail.windows.gate(mail.live.rebuild()).windows] == [("09:30", "09:50")]
    at(ctx, "10:00")
    gate = mail.windows.gate(mail.live.rebuild())
    assert (gate.next_open, gate.wait) == ("08:00", 46 * 60)  # none on Tuesday, on Wednesday at eight


def test_opening_and_closing_are_undoable(mail: MailSession) -> None:
    mail.windows.open(today(mail))
    at(mail.ctx, "08:10")
    mail.windows.close(today(mail), 7)
    assert mail.live.undo() == "email window closed"
    assert mail.windows.gate(today(mail)).state == "open"
    assert mail.live.undo() == "email window opened: 08:00"
    assert mail.windows.gate(today(mail)).windows[0].minutes is None
    mail.live.redo()
    mail.live.redo()
    first = mail.windows.gate(today(mail)).windows[0]
    assert (first.state, first.letters) == ("done", 7)


def test_closing_the_day_closes_the_window_and_undo_reopens_it(mail: MailSession) -> None:
    at(mail.ctx, "18:00")
    mail.windows.open(today(mail))
    at(mail.ctx, "18:25")
    day.close_day(mail.ctx, without_list=True, said=CloseWords())
    assert mail.windows.gate(today(mail)).windows[2].minutes == 25
    mail.live.undo()
    assert mail.windows.gate(today(mail)).state == "open"


def test_forgotten_window_counts_as_double_length(mail: MailSession) -> None:
    at(mail.ctx, "18:00")
    mail.windows.open(today(mail))
    at(mail.ctx, "09:00", MONDAY + timedelta(days=1))
    assert mail.windows.gate(today(mail)).running is None
    week = mail.windows.week(MONDAY)
    assert week.days[0].windows[2].minutes == 60
    assert week.days[0].adherence == 0


def test_email_block_is_kept_by_opening_its_window(mail: MailSession) -> None:
    from planner.domain.day.day_progress import block_states

    window(mail, "08:00", "08:20")
    at(mail.ctx, "19:00")
    seen = today(mail)
    found = {block.start: state for block, state in zip(seen.blocks, block_states(seen, mail.ctx.now()), strict=True)}
    assert (found["08:00"], found["13:00"], found["18:00"]) == ("kept", "missed", "missed")


def test_week_with_the_weeks_before_it(mail: MailSession) -> None:
    for weeks, windows in ((3, 3), (2, 2), (1, 1)):
        for ahead in range(5):
            on = MONDAY - timedelta(days=7 * weeks - ahead)
            for opens, closes in (("08:00", "08:30"), ("13:00", "13:30"), ("18:00", "18:30"))[:windows]:
                window(mail, opens, closes, on)
    at(mail.ctx, "07:00")
    week = mail.windows.week(MONDAY)
    assert [round(each or 0, 3) for each in week.before] == [1, 0.667, 0.333]
    assert week.falls
    assert week.adherence is None
    assert not mail.windows.week(MONDAY - timedelta(days=7)).falls  # that week isn't over for its own review
    assert [each.due for each in week.days] == [True] * 5 + [False] * 2


def test_days_before_the_first_window_are_not_due(mail: MailSession) -> None:
    window(mail, "08:00", "08:30", MONDAY + timedelta(days=2))
    at(mail.ctx, "07:00", MONDAY + timedelta(days=3))
    week = mail.windows.week(MONDAY)
    assert [each.due for each in week.days] == [False, False, True, True, True, False, False]
    assert week.adherence == pytest.approx(1 / 3)


# Triage


def test_known_contacts_come_first_with_their_deal_value(mail: MailSession) -> None:
    people.add(mail.ctx, "Kim Minsu", {"emails": ["KIM@hanbit.kr"], "phones": ["02-555-1234"], "company": "Hanbit"})
    deals.add(mail.ctx, "Line", contact="Kim Minsu", value=Decimal(12_000))
    found = open_with(mail, letter(1, "Lee", "lee@x.kr"), letter(2), letter(3, "News", "news@x.kr", bulk=True))
    assert [thread.newest.letter.ref for thread in found] == ["work:2", "work:1", "work:3"]
    known = found[0].newest.known
    assert known is not None
    assert (known.name, known.company, known.value, known.phone) == ("Kim Minsu", "Hanbit", 1_200_000, "02-555-1234")


def test_call_instead_puts_the_sender_on_todays_list(mail: MailSession) -> None:
    people.add(mail.ctx, "Kim Minsu", {"emails": ["kim@hanbit.kr"], "phones": ["02-555-1234"]})
    said = mail.letters.decide(today(mail), open_with(mail, letter(1))[0], "call")
    assert (
        said.text
        == f"Kim Minsu is at the top of today's calling list: {rows(mail, 'SELECT reason FROM list_entry')[0][0]}"
    )
    assert rows(mail, "SELECT day, contact_id FROM list_entry") == [("2026-11-16", 1)]
    mail.letters.take("work", [letter(2, subject="the samples")])
    mail.letters.decide(today(mail), mail.letters.threads()[0], "call")
    assert len(rows(mail, "SELECT * FROM list_entry")) == 1  # both requests in one entry
    assert str(rows(mail, "SELECT reason FROM list_entry")[0][0]).endswith("; the samples")


def _triage_to_call(mail: MailSession, subject: str = "Re: price list") -> None:
    """Kim wrote and is to be called, with two others already on the list."""
    people.add(mail.ctx, "Kim Minsu", {"emails": ["kim@hanbit.kr"], "phones": ["02-555-1234"]})
    for name, phone in (("Lee", "02-555-2222"), ("Orion", "02-555-3333")):
        people.add(mail.ctx, name, {"phones": [phone]})
        calling_list.add(mail.ctx, mail.ctx.today(), name)
    mail.letters.decide(today(mail), open_with(mail, letter(1, subject=subject))[0], "call")


def test_sender_is_called_first_with_the_subject_as_reason(mail: MailSession) -> None:
    _triage_to_call(mail)
    first, *_ = calling_list.show(mail.ctx, mail.ctx.today()).entries
    assert (first.contact.name, first.reason()) == ("Kim Minsu", "email: price list")
    session = CallSession(mail.ctx, mail.live)
    session.open()
    assert session.card is not None
    assert (session.card.name, session.card.asked) == ("Kim Minsu", "price list")


def test_email_after_a_call_puts_the_sender_back_on_the_list(mail: MailSession) -> None:
    people.add(mail.ctx, "Kim Minsu", {"emails": ["kim@hanbit.kr"], "phones": ["02-555-1234"]})
    activity_log.log(mail.ctx, "dial", outcome="conversation", contact="Kim Minsu", moment=NOW - timedelta(hours=1))
    mail.letters.decide(today(mail), open_with(mail, letter(1, subject="price list"))[0], "call")
    (entry,) = calling_list.show(mail.ctx, mail.ctx.today()).entries
    assert not entry.called
    session = CallSession(mail.ctx, mail.live)
    session.open()
    assert session.card is not None and session.card.name == "Kim Minsu"


def test_unreached_sender_is_on_top_of_the_next_list(mail: MailSession) -> None:
    _triage_to_call(mail)
    activity_log.log(mail.ctx, "dial", outcome="no-answer", contact="Kim Minsu")
    move_clock(mail.ctx, NOW + timedelta(days=1))
    calling_list.add(mail.ctx, mail.ctx.today(), "Lee")
    mail.live.read()
    first = calling_list.show(mail.ctx, mail.ctx.today()).entries[0]
    assert (first.contact.name, first.reason()) == ("Kim Minsu", "email: price list")
    activity_log.log(mail.ctx, "dial", outcome="conversation", contact="Kim Minsu")
    move_clock(mail.ctx, NOW + timedelta(days=2))
    mail.live.read()
    assert calling_list.show(mail.ctx, mail.ctx.today()).entries == ()


def test_sender_goes_on_tomorrows_list_once_the_day_is_closed(mail: MailSession) -> None:
    people.add(mail.ctx, "Kim Minsu", {"emails": ["kim@hanbit.kr"], "phones": ["02-555-1234"]})
    day.open_day(mail.ctx)
    day.close_day(mail.ctx, without_list=True)
    said = mail.letters.decide(today(mail), open_with(mail, letter(1, subject="price list"))[0], "call")
    assert said.text == "Kim Minsu is at the top of the calling list for Tue 17 Nov: price list"
    assert rows(mail, "SELECT day FROM list_entry") == [("2026-11-17",)]


def test_dossier_shows_triaged_emails(mail: MailSession) -> None:
    _triage_to_call(mail)
    told = [(event.kind, event.text) for event in people.show(mail.ctx, "Kim Minsu").history]
    assert ("email in", "Re: price list, from Kim: call planned") in told


def test_call_instead_for_a_stranger_creates_contact_and_task(mail: MailSession) -> None:
    said = mail.letters.decide(today(mail), open_with(mail, letter(1, subject="Re: price list"))[0], "call")
    assert said.text == "Added task: Call Kim: price list (no phone number)"
    made = people.show(mail.ctx, "Kim").contact
    assert [way.value for way in made.emails] == ["kim@hanbit.kr"]
    assert [task.title for task in tasks.list_tasks(mail.ctx)] == ["Call Kim: price list"]
    mail.live.undo()  # all of it is one change
    assert tasks.list_tasks(mail.ctx) == []
    assert rows(mail, "SELECT * FROM contact") == []
    assert len(mail.letters.threads()) == 1


def test_triage_into_task_proposal_promise_or_nothing(mail: MailSession) -> None:
    people.add(mail.ctx, "Kim Minsu", {"emails": ["kim@hanbit.kr"], "company": "Hanbit"})
    found = open_with(mail, *(letter(number) for number in range(1, 5)))
    decide = {thread.newest.letter.ref: thread for thread in found}
    mail.letters.decide(today(mail), decide["work:1"], "task")
    with pytest.raises(NeedNotFound):
        mail.letters.decide(today(mail), decide["work:2"], "proposal")
    mail.letters.decide(today(mail), decide["work:2"], "proposal", force=True)
    with pytest.raises(InputError, match="By when"):
        mail.letters.decide(today(mail), decide["work:3"], "promise")
    tomorrow = Due(MONDAY + timedelta(days=1))
    mail.letters.decide(today(mail), decide["work:3"], "promise", text="price list", due=tomorrow)
    mail.letters.decide(today(mail), decide["work:4"], "nothing")
    assert {(task.title, str(task.priority or "")) for task in tasks.list_tasks(mail.ctx)} == {
        ("Reply to Kim Minsu: About 1", ""), ("Proposal for Hanbit", "A"),
    }  # fmt: skip
    assert [(each.text, each.contact) for each in promises.list_promises(mail.ctx)] == [("price list", "Kim Minsu")]
    assert mail.letters.threads() == []
    assert mail.windows.gate(today(mail)).windows[0].letters == 4
    assert rows(mail, "SELECT DISTINCT preview FROM letter") == [("",)]


def test_thread_is_triaged_as_one_and_once(mail: MailSession) -> None:
    found = open_with(mail, letter(1), letter(2, references=("<1@x>",), thread="<1@x>"))
    assert [len(thread.items) for thread in found] == [2]
    mail.letters.decide(today(mail), found[0], "nothing")
    with pytest.raises(StateError, match="already"):
        mail.letters.decide(today(mail), found[0], "task")
    assert tasks.list_tasks(mail.ctx) == []


def test_triaged_emails_do_not_return_and_removed_ones_disappear(mail: MailSession) -> None:
    found = open_with(mail, letter(1), letter(2), letter(3))
    mail.letters.decide(today(mail), found[0], "nothing")
    assert mail.letters.take("work", [letter(1), letter(2), letter(3)]) == 0
    mail.letters.forget_but("work", ["work:2", "work:3"])
    assert [each.newest.letter.ref for each in mail.letters.threads()] == ["work:2"]
    assert mail.windows.gate(today(mail)).windows[0].letters == 1


def test_email_entered_by_hand_is_triaged_like_others(mail: MailSession) -> None:
    mail.windows.open(today(mail))
    mail.letters.enter("lee@firm.kr", "the same")
    mail.letters.enter("lee@firm.kr", "the same")
    assert [each.newest.letter.address for each in mail.letters.threads()] == ["lee@firm.kr"] * 2
    mail.letters.decide(today(mail), mail.letters.threads()[0], "task")
    assert mail.windows.gate(today(mail)).windows[0].letters == 1


def test_reply_opens_the_reps_mail_program(mail: MailSession) -> None:
    found = open_with(mail, letter(1, subject="Re: 견적 & more", references=("<0@x>",)))
    target = mail.letters.decide(today(mail), found[0], "reply").target
    parts = urlsplit(target)
    assert (parts.scheme, parts.path) == ("mailto", "kim@hanbit.kr")
    asked = parse_qs(parts.query)
    assert asked["subject"] == ["Re: 견적 & more"]
    assert asked["In-Reply-To"] == ["<1@x>"]
    assert asked["References"] == ["<0@x> <1@x>"]
    store_value(mail.ctx.settings_path, "mail.reply", "mid")
    mail.ctx.reread_config()
    assert mail.letters.reply_target(letter(2)) == "mid:2@x"


def test_reply_goes_to_the_reply_to_address(mail: MailSession) -> None:
    found = open_with(mail, letter(1, "Form", "noreply@forms.example", reply_to="kim@hanbit.kr"))
    assert mail.letters.decide(today(mail), found[0], "reply").target.startswith("mailto:kim@hanbit.kr?")


def test_email_entered_by_hand_matches_a_contact_by_name(mail: MailSession) -> None:
    people.add(mail.ctx, "Kim Minsu", {"phones": ["02-555-1234"]})
    mail.windows.open(today(mail))
    said = mail.letters.decide(today(mail), mail.letters.by_hand("kim minsu", "prices"), "call")
    assert said.text == "Kim Minsu is at the top of today's calling list: prices"
    mail.letters.enter("Kim Minsu", "the fair")
    known = mail.letters.threads()[0].newest.known
    assert known is not None
    assert known.name == "Kim Minsu"
    # in a mailbox anybody can use that name
    mail.letters.take("work", [letter(1, "Kim Minsu", "stranger@x.y")])
    assert mail.letters.threads()[-1].newest.known is None
    assert len(people.list_contacts(mail.ctx)) == 1


def test_promise_from_an_email_has_a_recipient(mail: MailSession) -> None:
    mail.windows.open(today(mail))
    tomorrow = Due(MONDAY + timedelta(days=1))
    mail.letters.decide(today(mail), mail.letters.by_hand("new: Lee", "fair"), "promise", due=tomorrow)
    assert [(each.text, each.contact) for each in promises.list_promises(mail.ctx)] == [("fair", "Lee")]


def test_refused_triage_by_hand_saves_nothing(mail: MailSession) -> None:
    mail.windows.open(today(mail))
    for decision in ("promise", "foo", "reply"):
        with pytest.raises((InputError, StateError)):
            mail.letters.decide(today(mail), mail.letters.by_hand("Kim", "offer"), decision)
    assert rows(mail, "SELECT * FROM letter") == []
    done = mail.letters.decide(today(mail), mail.letters.by_hand("Kim", "offer"), "task")
    assert done.text == "Added task: Reply to Kim: offer"
    assert mail.live.undo() == "email from Kim: task"
    assert rows(mail, "SELECT * FROM letter") == []


def test_redo_works_after_the_email_was_fetched_again(mail: MailSession) -> None:
    found = open_with(mail, letter(1))
    mail.letters.decide(today(mail), found[0], "task")
    mail.live.undo()
    mail.letters.forget_but("work", [])
    mail.letters.take("work", [letter(1)])
    assert mail.live.redo() == "email from Kim: task"
    assert mail.letters.threads() == []
    assert rows(mail, "SELECT decision FROM letter") == [("task",)]


def test_concurrent_changes_are_not_applied_twice(mail: MailSession) -> None:
    draft = mail.drafts.write("Kim", "The offer", proposal=True)
    first = mail.windows.open(today(mail))
    with closing(TodayStore(mail.ctx)) as other_live:
        other = MailSession(mail.ctx, other_live)
        with pytest.raises(StateError, match="already open"):
            other.windows.open(other_live.read())
        with other_live.writing() as handle:
            draft_store.send_draft(handle, draft, day=MONDAY, local_time="08:00:00", now=1, call_on=None)
            with pytest.raises(StateError, match="already open"):
                window_store.open_window(handle, MONDAY, first.opens, 30, 2)
    with mail.live.writing() as handle, pytest.raises(StateError, match="already sent or removed"):
        draft_store.send_draft(handle, draft, day=MONDAY, local_time="08:00:00", now=1, call_on=None)
    assert [each.kind for each in activity_log.on_day(mail.ctx, MONDAY)].count("proposal") == 1


# Emails to write


def test_sent_proposal_is_logged_and_followed_by_a_call(mail: MailSession) -> None:
    people.add(mail.ctx, "Kim Minsu", {"emails": ["kim@hanbit.kr"]})
    draft = mail.drafts.write("Kim Minsu", "The offer", proposal=True)
    assert mail.drafts.target(draft) == "mailto:kim@hanbit.kr?subject=The%20offer"
    assert mail.windows.gate(today(mail)).to_write == 1
    assert mail.drafts.mark_sent(draft.id) == "Sent to Kim Minsu: The offer. Follow-up call: Wed 18 Nov"
    logged = [(each.kind, each.contact) for each in activity_log.on_day(mail.ctx, MONDAY)]
    assert sorted(logged, key=str) == [("email", "Kim Minsu"), ("proposal", "Kim Minsu")]
    assert [(task.title, str(task.due)) for task in tasks.list_tasks(mail.ctx)] == [
        ("Call back Kim Minsu: the proposal", "2026-11-18")
    ]
    assert mail.drafts.list_drafts() == []
    mail.live.undo()
    assert [each.id for each in mail.drafts.list_drafts()] == [draft.id]
    assert activity_log.on_day(mail.ctx, MONDAY) == []


@pytest.mark.parametrize(
    ("country", "sent", "off", "call"),
    [
        ("DE", datetime(2026, 12, 23, 9), [], "Mon 28 Dec"),  # the 25th is a holiday
        ("HU", datetime(2026, 8, 6, 9), [], "Sat 8 Aug"),  # worked in exchange
        ("none", datetime(2026, 12, 23, 9), [date(2026, 12, 24)], "Mon 28 Dec"),
        ("none", datetime(2026, 11, 21, 9), [], "Tue 24 Nov"),
    ],
)
def test_call_after_a_proposal_is_on_a_working_day(
    mail: MailSession, country: str, sent: datetime, off: list[date], call: str
) -> None:
    move_clock(mail.ctx, sent)
    store_value(mail.ctx.settings_path, "calendar.country", "" if country == "none" else country)
    if off:
        calendar.set_days(mail.ctx, [Period(day, day) for day in off], Fraction(0))
    draft = mail.drafts.write("Kim", "The offer", proposal=True)
    assert mail.drafts.mark_sent(draft.id).endswith(f"Follow-up call: {call}")


def test_email_to_write_can_be_dropped(mail: MailSession) -> None:
    draft = mail.drafts.write("Somebody new", "Thanks")
    mail.drafts.drop(draft.id)
    assert mail.drafts.list_drafts() == []
    with pytest.raises(StateError, match="no email"):
        mail.drafts.mark_sent(draft.id)


@pytest.mark.parametrize(("name", "subject"), [("", "x"), ("Kim", ""), ("  ", "  ")])
def test_email_to_write_needs_recipient_and_subject(mail: MailSession, name: str, subject: str) -> None:
    with pytest.raises(InputError):
        mail.drafts.write(name, subject)


def test_automatic_reply_names_the_windows(mail: MailSession) -> None:
    assert "at 08:00, 13:00 and 18:00" in automatic_reply(mail.ctx)
    store_value(mail.ctx.settings_path, "mail.windows", ["09:00"])
    mail.ctx.reread_config()
    text = automatic_reply(mail.ctx)
    assert "at 09:00 and reply" in text and text.endswith("\n\nBest regards")  # without a name to follow


@pytest.mark.parametrize(
    ("language", "begins", "hours", "ends"),
    [
        ("en", "Hello,", "at 08:00, 13:00 and 18:00 ", "Best regards,\nAnna\nNorthwind"),
        ("ko", "안녕하세요.", "08:00, 13:00, 18:00에 ", "감사합니다.\nAnna\nNorthwind"),
        ("ru", "Здравствуйте!", "в 08:00, 13:00 и 18:00 ", "С уважением,\nAnna\nNorthwind"),
    ],
)
def test_automatic_reply_is_in_the_reps_language(
    mail: MailSession, language: str, begins: str, hours: str, ends: str
) -> None:
    for name, value in (("me.language", language), ("me.name", "Anna"), ("me.firm", "Northwind")):
        store_value(mail.ctx.settings_path, name, value)
    mail.ctx.reread_config()
    text = automatic_reply(mail.ctx)
    assert text.startswith(f"{begins}\n\n") and hours in text and text.endswith(f"\n\n{ends}")


def test_automatic_reply_can_be_the_reps_own(mail: MailSession) -> None:
    custom_lists.put(mail.ctx, "auto-reply", ["Hi!", "Email at {hours}."])
    assert automatic_reply(mail.ctx) == "Hi!\n\nEmail at 08:00, 13:00 and 18:00."


# Forgotten contacts


def test_forgetting_a_contact_erases_their_emails(mail: MailSession) -> None:
    people.add(mail.ctx, "Kim Minsu", {"emails": ["kim@hanbit.kr"]})
    found = open_with(
        mail, letter(1, "Kim Minsu"), letter(2, "Lee", "lee@x.kr", preview="as Kim Minsu said"), letter(3)
    )
    mail.letters.decide(today(mail), next(t for t in found if t.newest.letter.ref == "work:1"), "nothing")
    mail.drafts.write("Kim Minsu", "The offer")
    mail.windows.close(today(mail))
    at(mail.ctx, "09:00")
    mail.windows.log_look(today(mail), "Kim Minsu's contract")
    mail.windows.end_look()
    mail.live.close()
    people.forget(mail.ctx, "Kim Minsu", consent=True)
    raw = Path(mail.ctx.path).read_bytes()
    for word in (b"Kim Minsu", b"kim@hanbit.kr", b"About 1", b"First lines"):
        assert word not in raw


def test_forgetting_covers_emails_from_before_the_contact_existed(mail: MailSession) -> None:
    found = open_with(mail, letter(1, "김민수", subject="secret diagnosis", preview="my private words"))
    mail.letters.decide(today(mail), found[0], "nothing")
    people.add(mail.ctx, "Kim Minsu", {"emails": ["KIM@hanbit.kr"]})
    mail.live.close()
    people.forget(mail.ctx, "Kim Minsu", consent=True)
    raw = Path(mail.ctx.path).read_bytes()
    for word in ("김민수".encode(), b"hanbit.kr", b"secret diagnosis", b"my private words"):
        assert word not in raw


# Mailboxes


def test_mailboxes_are_saved_without_passwords(tmp_path: Path) -> None:
    path = str(tmp_path / "config.toml")
    box = Account("work", "imap.example.com", "rep", password="command:pass show mail", port=1993)
    store_value(path, "mail.minutes", 25)
    store_account(path, "work", box)
    store_account(path, "home", Account("home", "imap.home.org", "me"))
    assert load(path).accounts == (box, Account("home", "imap.home.org", "me"))
    assert load(path).problems == ()
    store_account(path, "home", None)
    assert load(path).accounts == (box,)
    assert load(path)["mail.minutes"] == 25


def test_dropping_a_mailbox_drops_its_waiting_emails(mail: MailSession) -> None:
    mailbox.add(mail.ctx, Account("work", "imap.example.com", "rep"))
    found = open_with(mail, letter(1), letter(2))
    mail.letters.decide(today(mail), found[0], "nothing")
    mailbox.drop(mail.ctx, "work")
    assert mail.letters.threads() == []
    assert mail.windows.gate(today(mail)).windows[0].letters == 1
    with pytest.raises(StateError, match="no mailbox work"):
        mailbox.drop(mail.ctx, "work")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('[mail.accounts.work]\nhost = "x.y"\nuser = "me"\npassword = "hunter2"\n', "isn't saved in the settings"),
        ('[mail.accounts.work]\nhost = "x.y"\n', "has no user"),
        ('[mail.accounts.work]\nhost = "x.y"\nuser = "me"\npasword = "hunter2"\n', "pasword"),
        ('[mail.accounts.work]\nhost = "x.y"\nuser = "me"\nport = "993"\n', "port"),
        ("[mail]\naccounts = 3\n", "isn't a table"),
        ("[mail.accounts]\nwork = 3\n", "isn't a table"),
    ],
)
def test_invalid_mailbox_in_the_settings_is_reported(tmp_path: Path, table: str, said: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(table)
    found = load(str(path))
    assert found.accounts == ()
    assert said in found.problems[0]
    assert found["mail.minutes"] == 30
    if "hunter2" in table:
        assert "hunter2" not in found.problems[0]


def test_sources_of_passwords(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = mailbox.Passwords()

    def box(source: str) -> Account:
        return Account("work", "imap.example.com", "rep", password=source)

    monkeypatch.setenv("MAIL_PASSWORD", "from env")
    assert known.get(box("env:MAIL_PASSWORD")) == "from env"
    assert known.get(box("command:printf 'first\\nsecond'")) == "first"
    with pytest.raises(mailbox.PasswordNeeded):
        known.get(box("ask"))
    known.type(box("ask"), "typed")
    assert known.get(box("ask")) == "typed"
    assert "typed" not in repr(known)
    known.forget(box("ask"))
    for wrong in ("env:NOT_SET_AT_ALL", "command:false", "command:no-such-program-here x"):
        with pytest.raises(StateError):
            known.get(box(wrong))


def test_slow_password_command_can_be_cancelled(tmp_path: Path) -> None:
    stop = threading.Event()
    box = Account("work", "imap.example.com", "rep", password="command:sleep 30")
    threading.Timer(0.3, stop.set).start()
    begun = time.monotonic()
    with pytest.raises(StateError, match=r"didn't return|in time"):
        mailbox.Passwords().get(box, stop)
    assert time.monotonic() - begun < 3 * ROOM


def test_exceptions_skip_known_emails_and_survive_a_failing_mailbox(
    mail: MailSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_value(mail.ctx.settings_path, "mail.exceptions", ["about"])
    for name in ("broken", "work"):
        mailbox.add(mail.ctx, Account(name, "imap.example.com", "rep", password="command:printf x"))

    def newest(account: Account, *_: object) -> list[Letter]:
        if account.name == "broken":
            raise imap.MailRefused("the server is gone.")
        return [letter(1), letter(2), letter(3)]

    monkeypatch.setattr(imap, "fetch_newest", newest)
    found = open_with(mail, letter(1), letter(2))
    mail.letters.decide(today(mail), found[0], "nothing")
    told, problems = mailbox.exceptions(mail.ctx, mailbox.Passwords(), set(), threading.Event())
    assert [each.ref for each, _ in told] == ["work:3"]
    assert problems == ["the server is gone."]


def test_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    from keyring.backend import KeyringBackend
    from keyring.errors import KeyringLocked

    class Memory(KeyringBackend):
        priority = 1.0
        kept: dict[tuple[str, str], str] = {}  # noqa: RUF012 - one for the test
        locked = False

        def get_password(self, service: str, username: str) -> str | None:
            if self.locked:
                raise KeyringLocked
            return self.kept.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            self.kept[service, username] = password

        def delete_password(self, service: str, username: str) -> None:
            del self.kept[service, username]

    monkeypatch.setattr(keyring.core, "_keyring_backend", Memory())  # type: ignore[no-untyped-call]
    box = Account("work", "imap.example.com", "rep")
    with pytest.raises(mailbox.PasswordNeeded):
        mailbox.Passwords().get(box)
    mailbox.keep_password(box, "kept")
    assert mailbox.Passwords().get(box) == "kept"
    Memory.locked = True
    with pytest.raises(StateError, match="Unlock it"):
        mailbox.Passwords().get(box)


def test_call_with_a_time_becomes_a_callback(mail: MailSession) -> None:
    people.add(mail.ctx, "Kim Minsu", {"emails": ["kim@hanbit.kr"], "phones": ["02-555-1234"]})
    due = Due(date(2026, 11, 19), datetime(2026, 1, 1, 15).time())
    said = mail.letters.decide(today(mail), open_with(mail, letter(1, subject="price list"))[0], "call", due=due)
    assert said.text == "Callback added: Kim Minsu, Thu 19 Nov 15:00: price list"
    assert [(task.kind, str(task.due)) for task in tasks.list_tasks(mail.ctx)] == [("callback", "2026-11-19T15:00")]
