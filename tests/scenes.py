"""Example databases: empty, typical and overfull. Used by the snapshots, the pictures and the tests.

Every scene is Monday 16 November 2026, 09:42, with the 26th off and the 27th a half day (`maths.md`, example P).
"""

from __future__ import annotations

import os
import pickle
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache, wraps
from pathlib import Path

from planner.clock import FixedClock
from planner.config import writing
from planner.domain.calls.activity_log import Activity
from planner.domain.clients.deals import OPEN_STAGES, Stage
from planner.domain.clients.people import Need
from planner.domain.day.day import CloseWords
from planner.domain.day.tasks import Due, Priority
from planner.domain.mail.letters import Letter
from planner.domain.plan.goals import Horizon, Metric
from planner.domain.review.learning import Kind as LearningKind
from planner.domain.review.self_review import Kind as ReviewKind
from planner.domain.typed.task_line import parse_line
from planner.domain.typed.when import parse_when
from planner.domain.workdays import Period, parse_month
from planner.services import demo
from planner.services.calls import activity_log, calling_list
from planner.services.calls.session import CallSession
from planner.services.clients import complaints, deals, people, promises
from planner.services.context import AppContext
from planner.services.day import blocks, day, events, tasks
from planner.services.day.today_store import TodayStore
from planner.services.mail.mail import MailSession
from planner.services.plan import calendar, goals, plan
from planner.services.review import learning, self_review
from planner.store.mail import windows as window_store

NOW = datetime(2026, 11, 16, 9, 42)
MONTH = parse_month("2026-11")
FIRST = MONTH.first  # the scenes' goals count from here, whenever they were made


def context_at(folder: Path, now: datetime = NOW) -> AppContext:
    """A context with a new database in a folder and a stopped clock."""
    return AppContext(str(folder / "planner.db"), FixedClock(now), str(folder / "config.toml"))


def move_clock(ctx: AppContext, now: datetime) -> None:
    """Set a scene's clock."""
    assert isinstance(ctx.clock, FixedClock)
    ctx.clock.moment = now


Files = dict[str, tuple[bytes, int]]
_building: list[str] = []


def once(make: Callable[[Path], AppContext]) -> Callable[[Path], AppContext]:
    """Build a scene once per run. Each caller gets a copy of its files, including the day's snapshot.

    A scene that others build on has no snapshot yet, because building one assigns ids to the task lines that goals
    generate.
    """

    @cache
    def built(laid: bool) -> tuple[Files, datetime]:
        return _kept(f"{make.__name__}{'-laid' if laid else ''}", _lay if laid else make)

    def _lay(folder: Path) -> AppContext:
        ctx = _put(folder, *built(False))
        with closing(TodayStore(ctx)) as live:
            live.read()
        return ctx

    @wraps(make)
    def copied(folder: Path) -> AppContext:
        return _put(folder, *built(not _building))

    return copied


def _kept(name: str, make: Callable[[Path], AppContext]) -> tuple[Files, datetime]:
    """The files and moment of a scene, from another process of this run or built now."""
    shared = os.environ.get("PLANNER_SCENES")  # shared by all processes of a test run
    if not shared:
        return _made(name, make)
    kept = Path(shared, name)
    with locked(f"{kept}.lock"):
        if not kept.exists():
            kept.write_bytes(pickle.dumps(_made(name, make)))
        return pickle.loads(kept.read_bytes())  # type: ignore[no-any-return]


@contextmanager
def locked(path: str) -> Iterator[None]:
    """Let one process build while the others wait. Without file locks, each builds its own."""
    with open(path, "w", encoding="ascii") as file:
        with suppress(ImportError):
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _made(name: str, make: Callable[[Path], AppContext]) -> tuple[Files, datetime]:
    """Build a scene now."""
    with tempfile.TemporaryDirectory() as folder:
        _building.append(name)
        try:
            ctx = make(Path(folder))
        finally:
            _building.pop()
        made = [file for file in Path(folder).iterdir() if file.is_file()]
        return {file.name: (file.read_bytes(), file.stat().st_mode) for file in made}, ctx.now()


def _put(folder: Path, files: Files, now: datetime) -> AppContext:
    """A context on a copy of these files."""
    for name, (data, mode) in files.items():
        (folder / name).write_bytes(data)
        (folder / name).chmod(mode)
    ctx = context_at(folder, now)
    if ctx.has_settings:  # a snapshot's key identifies the settings file
        with closing(sqlite3.connect(ctx.path)) as handle, handle:
            handle.execute("UPDATE laid_day SET key = ?", (ctx.key(),))
    return ctx


def empty(folder: Path) -> AppContext:
    """A rep who has just installed the program."""
    return context_at(folder)


@once
def typical(folder: Path) -> AppContext:
    """A rep in the middle of a month: the figures of row S6 and example P."""
    ctx = context_at(folder)
    calendar.set_days(ctx, [Period(date(2026, 11, 26), date(2026, 11, 26))], Fraction(0), "day off")
    calendar.set_days(ctx, [Period(date(2026, 11, 27), date(2026, 11, 27))], Fraction(1, 2))
    plan.set_plan(ctx, MONTH, Decimal(700_000), "2x", currency="RUB", average_deal=Decimal(350_000), calls_per_day=100)
    wish = goals.add(
        ctx,
        "a family home",
        Horizon.FIVE_YEARS,
        for_whom="Anna and the kids",
        picture="Keys in hand, boxes in the hall",
    )
    year = goals.add(ctx, "Top rep in the company", Horizon.YEAR, parent_id=wish.id, why="promotion")
    node = goals.add(
        ctx, "Deals", Horizon.MONTH, parent_id=year.id, metric=Metric.DEALS, target=Decimal(4), starts=FIRST
    )
    goals.add(
        ctx, "Cold calls", Horizon.MONTH, parent_id=node.id, metric=Metric.DIALS, target=Decimal(1950), starts=FIRST
    )
    goals.add(
        ctx,
        "Conversations",
        Horizon.MONTH,
        parent_id=node.id,
        metric=Metric.CONVERSATIONS,
        target=Decimal(170),
        starts=FIRST,
    )
    goals.add(
        ctx,
        "Meetings",
        Horizon.MONTH,
        parent_id=node.id,
        metric=Metric.MEETINGS_BOOKED,
        target=Decimal(12),
        starts=FIRST,
    )
    goals.add(
        ctx, "Proposals", Horizon.MONTH, parent_id=node.id, metric=Metric.PROPOSALS, target=Decimal(8), starts=FIRST
    )
    friday = datetime(2026, 11, 13, 17)
    activity_log.log(ctx, "dial", count=850, moment=friday)
    activity_log.log(ctx, "conversation", count=84, moment=friday)
    activity_log.log(ctx, "meeting-booked", count=6, moment=friday)
    activity_log.log(ctx, "proposal", count=3, moment=friday)
    activity_log.log(ctx, "deal", amount=Decimal(612_000), contact="new: Hanbit Trading", moment=friday)
    move_clock(ctx, datetime(2026, 11, 14, 12))
    tasks.add(ctx, "Book a meeting", contact="Hanbit Trading", priority=Priority.B)
    move_clock(ctx, datetime(2026, 11, 16, 8, 5))
    _task(ctx, "Proposal for Acme", "today 16:00", Priority.A, 45)
    _task(ctx, "Price list, as promised", "today 11:30", Priority.B, contact="new: Kim Minsu 김민수")
    _task(ctx, "Read: SPIN, chapter 3", None, Priority.C, 20)
    tasks.add(ctx, "Month report", every="FREQ=MONTHLY;BYMONTHDAY=-1", priority=Priority.B)
    promises.add(
        ctx, "send two options", Due(date(2026, 11, 16), time(15)), contact="new: Анна Соколова, Северный Склад"
    )
    deals.add(ctx, "Annual license", contact="Kim Minsu 김민수", value=Decimal(350_000), stage=Stage.PROPOSAL)
    day.open_day(ctx)
    _window(ctx, date(2026, 11, 16), "08:00", "08:24", 11)
    for minute in range(37):
        move_clock(ctx, datetime(2026, 11, 16, 8, 30 + minute // 2, minute))
        outcome = "conversation" if minute % 8 == 0 else "meeting" if minute == 21 else "no-answer"
        activity_log.log(ctx, "dial", outcome=outcome)
    move_clock(ctx, NOW)
    return ctx


def _task(
    ctx: AppContext,
    title: str,
    due: str | None,
    priority: Priority,
    minutes: int | None = None,
    contact: str | None = None,
) -> None:
    when = None
    if due is not None:
        found = parse_when(due, ctx.now())
        when = Due(found.day, found.at)
    tasks.add(ctx, title, due=when, priority=priority, minutes=minutes, contact=contact)


def _window(ctx: AppContext, on: date, opens: str, closes: str, letters: int) -> None:
    """Add an email window that was opened and closed, without building the day's snapshot."""
    first, last = (int(datetime.combine(on, time.fromisoformat(clock)).timestamp()) for clock in (opens, closes))
    with closing(ctx.database.raw()) as handle:
        window_store.fill(handle, [(on, opens, 30, first, last, letters)], [])


NAMES = (
    "[Acme] GmbH & Co. KG",
    "Kim Minsu 김민수, 한빛무역 구매팀장",
    "Анна Каренина, ООО «Северные Технологии»",
    "東京商事株式会社 営業部 田中様",
    "[@click=app.quit]quit[/]",
    "[/] :smile: $primary",
    "Łódź Przędzalnia Żółć",
    "שלום בע״מ",
    "An exceedingly long company name that goes on and on and never seems to come to any end at all, Inc.",
)


@once
def overfull(folder: Path) -> AppContext:
    """Too much of everything: nine-digit sums, sixty tasks, names of every kind, an overbooked day."""
    ctx = typical(folder)
    plan.set_plan(ctx, MONTH, Decimal(450000000), "1234567890.50", currency="RUB", below_double=True)
    activity_log.log(ctx, "deal", amount=Decimal("987654321.99"))
    activity_log.log(ctx, "dial", count=12_345, moment=datetime(2026, 11, 16, 9))
    wish = goals.add(
        ctx,
        "A house by the sea with room for three generations, 바닷가의 집, дом у моря",
        Horizon.FIVE_YEARS,
        for_whom="Anna, the kids, both pairs of grandparents and the dog",
    )
    for metric, target in ((Metric.DIALS, 99_999), (Metric.MEETINGS, 160), (Metric.PROPOSALS, 400)):
        goals.add(
            ctx,
            f"Much {metric}",
            Horizon.MONTH,
            parent_id=wish.id,
            metric=metric,
            target=Decimal(target),
            starts=FIRST,
        )
    for number in range(54):
        name = NAMES[number % len(NAMES)]
        move_clock(ctx, datetime(2026, 11, 1 + number % 15, 9))
        tasks.add(
            ctx,
            f"{name} · {number + 1}",
            due=Due(date(2026, 11, 16), datetime(2026, 11, 16, 7 + number % 12, 15).time()) if number % 3 else None,
            priority=(Priority.A, Priority.B, Priority.C, None)[number % 4],
            minutes=15 + number,
        )
    move_clock(ctx, NOW)
    day.open_day(ctx, anew=True)
    return ctx


CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:hanbit
SUMMARY:한빛무역 김민수 팀장
DTSTART:20261116T140000
DTEND:20261116T150000
END:VEVENT
BEGIN:VEVENT
UID:sever
SUMMARY:Северный Склад, Анна Соколова
DTSTART:20261116T203000
DTEND:20261116T213000
END:VEVENT
BEGIN:VEVENT
UID:fair
SUMMARY:Trade show [/] week
DTSTART;VALUE=DATE:20261116
DTEND;VALUE=DATE:20261118
END:VEVENT
END:VCALENDAR
"""


@once
def day_typical(folder: Path) -> AppContext:
    """The afternoon of a typical day: blocks kept and missed, calendar meetings, a list begun."""
    ctx = typical(folder)
    file = folder / "calendar.ics"
    file.write_text(CALENDAR, encoding="utf-8")
    events.import_calendar(ctx, str(file))
    activity_log.log(ctx, "email", moment=datetime(2026, 11, 16, 8, 12))
    move_clock(ctx, datetime(2026, 11, 16, 13, 20))
    activity_log.log(ctx, "dial", count=70, moment=datetime(2026, 11, 16, 11, 30))
    activity_log.log(ctx, "stop", outcome="refused", moment=datetime(2026, 11, 16, 10, 5), reason="messengers")
    blocks.mark(ctx, NOW.date(), blocks.find(blocks.read(ctx, NOW.date()).blocks, "rest"), "missed")
    tasks.quick(ctx, parse_line("callback Kim Minsu 김민수 today 15:30 20m", ctx.now()))
    lines = ("Kim Minsu, Hanbit, 02-555-1234", "Анна Соколова, Северный Склад, +7 495 123-45-67")
    calling_list.paste(ctx, date(2026, 11, 17), "\n".join(lines))
    return ctx


@once
def day_overfull(folder: Path) -> AppContext:
    """An overbooked day: too many meetings, names of every kind, a long list, much overdue."""
    ctx = overfull(folder)
    parts = ["BEGIN:VCALENDAR"]
    for number, name in enumerate(NAMES):
        begin = f"20261116T{9 + number:02}{(number * 20) % 60:02}00"
        parts += [
            "BEGIN:VEVENT",
            f"UID:{number}",
            f"SUMMARY:{name}",
            f"DTSTART:{begin}",
            "DURATION:PT40M",
            "END:VEVENT",
        ]
    file = folder / "calendar.ics"
    file.write_text("\n".join([*parts, "END:VCALENDAR", ""]), encoding="utf-8")
    events.import_calendar(ctx, str(file))
    lines = [f"{NAMES[n % len(NAMES)].replace(',', ' ')} {n}, Firma {n}, +49 30 {1000000 + n}" for n in range(130)]
    calling_list.paste(ctx, date(2026, 11, 17), "\n".join(lines))
    for number in range(30):
        move_clock(ctx, datetime(2026, 11, 2, 9))
        tasks.add(ctx, f"{NAMES[number % len(NAMES)]}, overdue {number}", due=Due(date(2026, 11, 2 + number % 10)))
    move_clock(ctx, NOW)
    return ctx


@once
def morning(folder: Path) -> AppContext:
    """The next morning: things to try, things overdue, the day not open yet."""
    ctx = day_typical(folder)
    move_clock(ctx, datetime(2026, 11, 16, 20))
    day.close_day(ctx, said=CloseWords("the list", "a late start", "walk", "call before the first mail"))
    move_clock(ctx, datetime(2026, 11, 17, 7, 55))
    return ctx


@once
def calls_typical(folder: Path) -> AppContext:
    """A morning session, 72 seconds into its ninth call, to a buyer who was called before."""
    ctx = day_typical(folder)
    writing.store_value(ctx.settings_path, "me.name", "Anna")
    writing.store_value(ctx.settings_path, "me.firm", "Northwind")
    ctx.reread_config()
    buyer = "Kim Jiwon 김지원"
    facts = {
        "role": "buyer", "decides": True, "kind": "gloomy", "supplier": "Dongah", "supplier_weak": "late deliveries",
        "city": "서울", "source": "seminar", "notes": "Wants a quarterly delivery; two options on one page.",
        "phones": ["02-555-1234", "010-9876-5432"], "company": "한빛무역",
    }  # fmt: skip
    people.add(ctx, buyer, facts, force=True)
    activity_log.log(ctx, "dial", outcome="callback", contact=buyer, moment=datetime(2026, 10, 28, 10, 20))
    activity_log.log(ctx, "dial", outcome="no-answer", contact=buyer, moment=datetime(2026, 11, 3, 16, 5))
    lines = [f"Prospect {n}, Firma {n}, +49 30 {1234500 + n}" for n in range(1, 41)]
    calling_list.paste(ctx, ctx.today(), "\n".join(lines[:8]))
    calling_list.add(ctx, ctx.today(), buyer)
    calling_list.paste(ctx, ctx.today(), "\n".join(lines[8:]))
    _session(ctx, 8)
    return ctx


def _session(ctx: AppContext, count: int) -> None:
    """Make some calls and leave one under way for 72 seconds."""
    session = CallSession(ctx, TodayStore(ctx))
    move_clock(ctx, datetime(2026, 11, 16, 9, 28))
    session.open()
    for number in range(count):
        session.press()
        move_clock(ctx, ctx.now() + timedelta(seconds=30 + 17 * (number % 5)))
        session.outcome(("no-answer", "voicemail", "refused", "no-answer", "conversation")[number % 5])
        move_clock(ctx, ctx.now() + timedelta(seconds=6 + number % 5))
    session.press()
    session.note("needs quarterly delivery")
    move_clock(ctx, ctx.now() + timedelta(seconds=72))
    session.live.close()


@once
def calls_overfull(folder: Path) -> AppContext:
    """A session with a prospect about whom too much is known, under the longest names."""
    ctx = typical(folder)
    name = NAMES[-1]
    facts = {
        "company": "[Acme] GmbH & Co. KG, Abteilung für Beschaffung und Einkauf, Niederlassung Süd", "decides": True,
        "role": "Leiterin der Beschaffung, zuständig für alles, was nicht niet- und nagelfest", "kind": "know-it-all",
        "supplier": "Анна Каренина, ООО «Северные Технологии»", "supplier_weak": "slow, " * 30, "notes": "words " * 300,
        "phones": ["001-376-694-9481x10051", "--new-instance 12345", "(376)694-9481"], "tags": ["a", "b", "[/]"],
    }  # fmt: skip
    people.add(ctx, name, facts)
    for number in range(9):
        activity_log.log(
            ctx, "dial", outcome="no-answer", contact=name, moment=datetime(2026, 11, 1 + number, 10), note="x " * 80
        )
    promises.add(ctx, "a price list " * 9, Due(date(2026, 11, 16), time(10)), contact=name)
    calling_list.add(ctx, ctx.today(), name)
    _session(ctx, 0)
    return ctx


CALLS = {"empty": empty, "typical": calls_typical, "overfull": calls_overfull}
DAYS = {"empty": empty, "typical": day_typical, "overfull": day_overfull}
SCENES = {"empty": empty, "typical": typical, "overfull": overfull}


def count(ctx: AppContext, kind: str, number: int = 1) -> None:
    """Log activities through the live store."""
    live = TodayStore(ctx)
    try:
        for _ in range(number):
            live.log(Activity(0, ctx.now(), kind))
    finally:
        live.close()


LETTERS = (
    ("Kim Minsu", "kim@hanbit.example", "Re: the offer you asked for", "Thank you for the offer. We have two questions"
     " on delivery before the board meets on Thursday: can the first lot be here by the tenth, and does the price hold"
     " for six months?", False),
    ("Анна Соколова", "anna@sever.example", "Договор: правки юриста", "Добрый день! Юрист внёс две правки в договор,"
     " посмотрите, пожалуйста, пункты 3.2 и 7.", False),
    ("박서연", "seoyeon@example.kr", "견적서 문의드립니다", "안녕하세요. 지난주에 말씀하신 견적서를 받을 수"
     " 있을까요?", False),
    ("[bold red]Mallory[/]", "m@example.net", "[@click=app.quit]free[/] $primary", "markup [b]x[/b]", False),
    ("Trade Weekly", "news@trade.example", "This week in trade: tariffs, fairs, and who moved where", "News", True),
    ("Trade Weekly", "news@trade.example", "Last week in trade", "News", True),
    ("", "someone@example.org", "", "", False),
)  # fmt: skip


@once
def mail_typical(folder: Path) -> AppContext:
    """A rep who mostly keeps to the email windows: two weeks of them, one look outside, two emails to write."""
    ctx = typical(folder)
    people.edit(ctx, "Kim Minsu 김민수", {"emails": ["kim@hanbit.example"], "phones": ["02-555-1234"]})
    for on in (date(2026, 11, 9) + timedelta(days=ahead) for ahead in range(5)):
        _window(ctx, on, "08:00", "08:24", 11)
        _window(ctx, on, "13:00", "13:41" if on.day == 10 else "13:28", 7)
        if on.day % 2:
            _window(ctx, on, "18:00", "18:30", 9)
    move_clock(ctx, datetime(2026, 11, 16, 9, 30))
    with closing(TodayStore(ctx)) as live:
        mail = MailSession(ctx, live)
        mail.windows.log_look(live.read(), "waiting for the contract")
        mail.drafts.write("Kim Minsu 김민수", "The offer you asked for", proposal=True)
        mail.drafts.write("Lee Jiwoo", "What we said on Tuesday")
        mail.letters.take("work", waiting_letters())
    move_clock(ctx, NOW)
    return ctx


def waiting_letters(times: int = 1) -> list[Letter]:
    """Waiting emails, the first of which answers an older one."""
    found = []
    for turn in range(times):
        for index, (sender, address, subject, preview, bulk) in enumerate(LETTERS):
            number = turn * len(LETTERS) + index
            of = ("<1@thread>",) if sender.startswith("Kim") else ()
            at = int(datetime(2026, 11, 16, 7, 50).timestamp()) - 4_000 * number
            found.append(Letter(f"work:{number}", "work", f"<{number}@x>", of[0] if of else f"<{number}@x>", of,
                                sender, address, subject, at, bulk, preview))  # fmt: skip
    return found


@once
def mail_overfull(folder: Path) -> AppContext:
    """Seven hundred emails, long names, sixty emails to write, looks all day long."""
    ctx = mail_typical(folder)
    with closing(TodayStore(ctx)) as live:
        mail = MailSession(ctx, live)
        mail.letters.take("work", waiting_letters(100))
        for number in range(60):
            mail.drafts.write(NAMES[number % len(NAMES)], f"A subject that tells what is in it, number {number} " * 3)
        for minute in range(8):
            move_clock(ctx, datetime(2026, 11, 16, 9, 31 + minute))
            mail.windows.log_look(live.read(), f"{NAMES[minute]} " * 4)
    move_clock(ctx, NOW)
    return ctx


def _in_window(ctx: AppContext, minute: int, letters: int = 0) -> AppContext:
    """Open the 13:00 window, some minutes in, with the first emails triaged."""
    with closing(TodayStore(ctx)) as live:
        mail = MailSession(ctx, live)
        move_clock(ctx, datetime(2026, 11, 16, 13))
        mail.windows.open(live.read())
        for thread in mail.letters.threads()[-letters:] if letters else ():
            mail.letters.decide(live.read(), thread, "nothing")
    move_clock(ctx, datetime(2026, 11, 16, 13, minute))
    return ctx


@once
def mail_open(folder: Path) -> AppContext:
    """Four minutes into the window."""
    return _in_window(mail_typical(folder), 4)


@once
def mail_overrun(folder: Path) -> AppContext:
    """A window whose half hour is over."""
    return _in_window(mail_typical(folder), 38, 3)


@once
def mail_overfull_open(folder: Path) -> AppContext:
    """Seven hundred emails in an open window."""
    return _in_window(mail_overfull(folder), 12)


MAILS: dict[str, Callable[[Path], AppContext]] = {
    "empty": empty,
    "gate": mail_typical,
    "open": mail_open,
    "overrun": mail_overrun,
    "overfull-gate": mail_overfull,
    "overfull": mail_overfull_open,
}


@once
def clients_typical(folder: Path) -> AppContext:
    """A busy client database: deals at every stage, promises, a complaint, contracts about to end."""
    ctx = typical(folder)
    kim = people.edit(
        ctx,
        "Kim Minsu 김민수",
        {
            "company": "Hanbit Trading", "role": "buyer", "phones": ["02-555-1234"], "emails": ["kim@hanbit.example"],
            "city": "Seoul", "languages": "Korean, English", "decides": True, "tier": "A", "kind": "gloomy",
            "need": Need.FOUND, "source": "fair", "tags": ["fair", "paper"], "supplier": "Dongah",
            "supplier_until": date(2027, 1, 31), "supplier_weak": "late deliveries, no one answers on Fridays",
            "preferences": "calls before ten; green tea", "birthday": "1975-12-12",
            "dates": ["--11-23 name day"], "consent": True, "mailing": "monthly",
            "notes": "needs quarterly delivery; the boss is Mr Park",
        },
    )  # fmt: skip
    people.edit(ctx, "Hanbit Trading", {"company": "Hanbit Trading", "city": "Seoul"})
    people.edit(ctx, "Анна Соколова, Северный Склад", {"tier": "B", "city": "Псков", "tags": ["склад"]})
    people.add(ctx, "Petra Novák", {"company": "Novák a syn", "referrer": str(kim.id), "phones": ["+420 601 234 567"]})
    people.add(ctx, "Lee Jihye 이지혜", {"company": "Seoul Print", "tier": "A", "emails": ["lee@print.example"]})
    people.add(ctx, "Hans Müller", {"company": "Müller Druck GmbH", "city": "Berlin", "tags": ["fair"]})
    for moment, contact, outcome, note in (
        (datetime(2026, 10, 28, 10, 5), "Kim Minsu 김민수", "callback", "in a meeting"),
        (datetime(2026, 11, 3, 9, 40), "Kim Minsu 김민수", "no-answer", None),
        (datetime(2026, 11, 12, 11, 20), "Kim Minsu 김민수", "conversation", "wants two options and a sample"),
        (datetime(2026, 9, 1, 15), "Анна Соколова, Северный Склад", "conversation", None),
        (datetime(2026, 10, 2, 15), "Lee Jihye 이지혜", "conversation", "asked for the price of small runs"),
    ):
        activity_log.log(ctx, "dial", outcome=outcome, contact=contact, moment=moment, note=note)
    for title, contact, value, stage, opened in (
        ("Labels, small runs", "Lee Jihye 이지혜", 80_000, Stage.TALK, date(2026, 10, 2)),
        ("Cardboard", "Hans Müller", 120_000, Stage.MEETING, date(2026, 11, 9)),
        ("Stretch film", "Анна Соколова, Северный Склад", 240_000, Stage.CLOSING, date(2026, 9, 1)),
        ("Paper 2026", "Hanbit Trading", 560_000, Stage.CLOSING, date(2026, 8, 3)),
        ("Envelopes", "Hans Müller", 45_000, Stage.TALK, date(2026, 11, 2)),
    ):
        deals.add(ctx, title, contact=contact, value=Decimal(value), stage=stage, opened=opened)
    won = next(deal for deal in deals.list_deals(ctx) if deal.title == "Paper 2026")
    deals.won(ctx, won.id, moment=datetime(2026, 11, 6, 15), contract_end=date(2027, 1, 31), term_months=12)
    lost = next(deal for deal in deals.list_deals(ctx) if deal.title == "Envelopes")
    deals.lose(ctx, lost.id, reason="price")
    promises.add(ctx, "price list of small runs", Due(date(2026, 11, 17), time(10)), contact="Lee Jihye 이지혜")
    move_clock(ctx, datetime(2026, 11, 13, 9))
    kept = promises.add(ctx, "samples by post", Due(date(2026, 11, 13), time(17)), contact="Kim Minsu 김민수")
    promises.add(ctx, "a call about the sizes", Due(date(2026, 11, 13), time(18)), contact="Hans Müller")
    complaints.add(ctx, "two pallets came wet", contact="Анна Соколова, Северный Склад", kind="delivery")
    move_clock(ctx, datetime(2026, 11, 13, 16, 30))
    promises.settle(ctx, kept.id, kept=True)
    move_clock(ctx, NOW)
    return ctx


@once
def clients_overfull(folder: Path) -> AppContext:
    """Many of everything, under names of every kind."""
    ctx = clients_typical(folder)
    long = "a very long text that goes on and on, " * 20
    for number in range(60):
        name = f"{NAMES[number % len(NAMES)]} {number}"
        people.add(
            ctx,
            name,
            {
                "company": NAMES[(number + 3) % len(NAMES)], "role": NAMES[(number + 1) % len(NAMES)],
                "notes": long, "preferences": long, "supplier": name, "supplier_weak": long, "tags": ["[/]", name[:50]],
                "supplier_until": date(2027, 2, 1), "city": NAMES[(number + 2) % len(NAMES)], "tier": "C",
                "emails": ["[@click=app.quit]@x.example"], "phones": ["+49 30 1234567 ext. 99"] * 1,
            },
            force=True,
        )  # fmt: skip
        deals.add(ctx, f"{name} deal", contact=name, value=Decimal("123456789.99"), stage=OPEN_STAGES[number % 4])
    for number in range(30):
        name = f"{NAMES[number % len(NAMES)]} {number}"
        promises.add(ctx, f"{name} {long[:200]}", Due(date(2026, 11, 16), time(12)), contact=name)
        complaints.add(ctx, long[:500], contact=name, kind=name[:40])
    return ctx


CLIENTS: dict[str, Callable[[Path], AppContext]] = {
    "empty": empty,
    "typical": clients_typical,
    "overfull": clients_overfull,
}


# reviews


@cache
def _demo(now: datetime, months: int) -> tuple[Files, datetime]:
    def make(folder: Path) -> AppContext:
        ctx = context_at(folder, now)
        demo.build(ctx, months)
        return ctx

    return _kept(f"demo-{now:%Y%m%d%H%M}-{months}", make)


def demo_at(folder: Path, now: datetime, months: int = 3) -> AppContext:
    """The demo at a given moment, in its own database."""
    return _put(folder, *_demo(now, months))


FRIDAY = datetime(2026, 11, 20, 17, 30)
WEEK = date(2026, 11, 16)


@once
def review_typical(folder: Path) -> AppContext:
    """Friday evening, with a review left half-written."""
    ctx = demo_at(folder, FRIDAY)
    self_review.begin(ctx, WEEK)
    self_review.save_line(ctx, WEEK, ReviewKind.WELL, "three meetings booked before noon")
    line = self_review.save_line(
        ctx,
        WEEK,
        ReviewKind.WRONG,
        "an hour of Tuesday went to email",
        cause="the inbox stayed open after the window",
        correction="close the inbox when the timer goes off",
    )
    self_review.as_task(ctx, WEEK, line.id)
    self_review.save_line(ctx, WEEK, ReviewKind.WRONG, "no list on Wednesday", correction="make it before six")
    self_review.mark(ctx, WEEK, self_review.read(ctx, WEEK).tried[0], done=True)
    self_review.save_line(ctx, WEEK, ReviewKind.AIM, "six meetings booked")
    self_review.go_to(ctx, WEEK, 3)
    learning.ask(ctx, "How does the rebate work from the third year on?", contact="Kim Minsu 김민수")
    return ctx


@once
def review_overfull(folder: Path) -> AppContext:
    """Too much of everything, in names of every kind."""
    ctx = demo_at(folder, FRIDAY)
    for number in range(24):
        name = NAMES[number % len(NAMES)]
        self_review.save_line(ctx, WEEK, ReviewKind.WELL, f"{name} said yes, {number + 1}")
        self_review.save_line(
            ctx, WEEK, ReviewKind.WRONG, f"{name} waited {number + 1} days " * 3, cause=name * 2, correction=name
        )
        learning.add(ctx, f"{name} {number}", LearningKind.BOOK, author=name)
    for name in NAMES[:3]:
        self_review.save_line(ctx, WEEK, ReviewKind.AIM, f"{name} and a dozen more")
    self_review.finish(ctx, WEEK, "바닷가의 집, дом у моря, [/] a house by the sea " * 4)
    return ctx


REVIEWS: dict[str, Callable[[Path], AppContext]] = {
    "empty": empty,
    "typical": review_typical,
    "overfull": review_overfull,
}
