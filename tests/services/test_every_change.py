"""Undo and redo of every kind of change, by command and by screen, each step in a fresh program."""

from __future__ import annotations

import ast
import os
import shlex
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from planner import services
from planner.cli import main, quick
from planner.clock import FixedClock
from planner.domain.calls.activity_log import Activity
from planner.domain.clients.people import Need
from planner.domain.day.blocks import Block
from planner.domain.day.day import CloseWords
from planner.domain.day.tasks import Due
from planner.domain.errors import PlannerError
from planner.domain.forecast.supposition import Supposition
from planner.domain.plan.goals import Horizon
from planner.domain.plan.plan import MonthPlan
from planner.domain.workdays import parse_month
from planner.services import history
from planner.services.calls import elsewhere, playbook
from planner.services.calls.follow_up_time import When
from planner.services.calls.session import CallSession
from planner.services.clients import care, duplicates, people
from planner.services.context import AppContext
from planner.services.day import day, tasks, week
from planner.services.day.today_store import TodayStore
from planner.services.mail.mail import MailSession
from planner.services.plan import goal_tree, goals
from planner.services.plan import plan as plans
from planner.services.review import self_review
from planner.services.safety import maintenance
from planner.store import numbering
from planner.store.database import Database
from planner.store.recorder import LOGGED, Recorder
from planner.store.sync import tables as sync_tables
from tests import recording
from tests.drills import LONG, often
from tests.scenes import NOW
from tests.store.test_history import content

CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//other//EN\r\nBEGIN:VEVENT\r\nUID:one@other\r\nDTSTAMP:20261101T000000Z\r\n"
    "DTSTART:20261117T100000Z\r\nDTEND:20261117T110000Z\r\nSUMMARY:Fair\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


class Rep:
    """A rep whose every act is a fresh program on the same file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: dict[int, dict[str, list[tuple[Any, ...]]]] = {}
        self.start_anew()
        (folder / "people.csv").write_text("name,phone\nChoi,+82 2 555 0101\nBaek,+82 2 555 0102\n", encoding="utf-8")
        (folder / "deals.csv").write_text("title,value,stage\nPress,900,meeting\n", encoding="utf-8")
        (folder / "tasks.csv").write_text(
            "Task,Due,Every,Status\nOffer,2026-11-20,,open\nFigures,2026-11-06,weekly,open\nOld,,,done\n",
            encoding="utf-8",
        )
        (folder / "events.csv").write_text("Title,Start,End\nFair,2026-11-18 10:00,2026-11-18 12:00\n")
        (folder / "todos.ics").write_text(
            "BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:1\nSUMMARY:Call Choi\nDUE:20261118\nEND:VTODO\nEND:VCALENDAR\n"
        )
        (folder / "calls.csv").write_text("date,contact,outcome\n2026-11-12 10:00,Choi,refused\n", encoding="utf-8")
        (folder / "fair.ics").write_text(CALENDAR, encoding="utf-8")

    @property
    def path(self) -> Path:
        return self.folder / "planner.db"

    def start_anew(self) -> None:
        """Start with an empty database."""
        self.path.unlink(missing_ok=True)
        self.known = {}
        self.ctx().database.raw().close()
        self.remember()

    def level(self) -> int:
        """The number of changes in effect."""
        with closing(sqlite3.connect(self.path)) as handle:
            return int(handle.execute("SELECT count(*) FROM change WHERE undone = 0").fetchone()[0])

    def remember(self) -> None:
        """Remember the content at this number of changes."""
        now = self.level()
        self.known = {level: known for level, known in self.known.items() if level < now} | {now: content(self.ctx())}

    def turn(self, way: Callable[[AppContext], str | None]) -> str | None:
        """Undo or redo, and check that everything is as it was then."""
        said = way(self.ctx())
        self.compare()
        return said

    def compare(self) -> None:
        """Check the content against that at the same number of changes (an act can make several)."""
        level = self.level()
        if level in self.known:
            now, then = content(self.ctx()), self.known[level]
            differ = {name: (set(now[name]) ^ set(then[name])) for name in now if now[name] != then[name]}
            assert not differ, f"after {level} changes"

    def attempt(self, act: str | Callable[[AppContext, TodayStore], object]) -> None:
        """Try to do something. If it is refused, it must leave nothing behind."""
        before = self.level()
        with suppress(PlannerError, IndexError):
            self.do(act)
        if self.level() > before:  # an act can make several changes, so what was known of the levels between is stale
            self.known = {level: known for level, known in self.known.items() if level <= before}
            self.remember()
        else:
            self.compare()

    def ctx(self) -> AppContext:
        return AppContext(str(self.folder / "planner.db"), FixedClock(NOW), str(self.folder / "config.toml"))

    def do(self, act: str | Callable[[AppContext, TodayStore], object]) -> None:
        """Do something, by command or as a screen does it, in a fresh program."""
        if isinstance(act, str):
            self.command(act)
            return
        ctx = self.ctx()
        with closing(TodayStore(ctx)) as live:
            act(ctx, live)

    def command(self, line: str) -> None:
        """Run a shell line in this process, with a context of its own."""
        os.environ["PLANNER_NOW"] = f"{NOW:%Y-%m-%dT%H:%M}"
        if line[:1].isdigit():
            at, line = line.split(" ", 1)
            os.environ["PLANNER_NOW"] = f"{NOW:%Y-%m-%d}T{at}"
        argv = [str(self.folder / word[1:]) if word.startswith("@") else word for word in shlex.split(line)]
        code = quick.run(argv)
        if code is None:
            code = main.run(argv)
        assert code == 0, line


def session(ctx: AppContext, live: TodayStore, *keys: str) -> None:
    """Work through prospects of the calling list with the session's keys."""
    calling = CallSession(ctx, live)
    calling.open()
    for key in keys:
        match key.split():
            case ["outcome", outcome]:
                calling.press()
                calling.outcome(outcome)
            case ["bar"]:
                calling.do_not_call()
            case ["callback"]:
                calling.press()
                calling.outcome("callback", when=When(Due(NOW.date(), NOW.time())))
            case ["meeting"]:
                calling.press()
                calling.outcome("meeting", when=When(Due(date(2026, 11, 19), time(14))))
            case ["skip"]:
                calling.skip()
            case ["need", need]:
                calling.need(Need(need))
            case ["kind", kind]:
                calling.kind(kind)
            case ["note", text]:
                calling.note(text)
    calling.leave()


def first_letter(ctx: AppContext, live: TodayStore, decision: str) -> None:
    letters = MailSession(ctx, live).letters
    today = live.read()
    letters.decide(today, letters.threads()[0], decision)


def reviewed(ctx: AppContext, act: Callable[[date], object]) -> None:
    act(self_review.due_week(ctx))


def _put_days(ctx: AppContext) -> None:
    week.put_days(ctx, week.find(ctx, None), {6: [Block(time(10), time(11), "sport", "walk")]}, "Sunday")


def _drill(ctx: AppContext, live: TodayStore) -> None:
    playbook.drill(ctx, live, playbook.due_drills(ctx, live)[0], fluent=True)


def _check(ctx: AppContext, live: TodayStore) -> None:
    calling = CallSession(ctx, live)
    calling.open()
    calling.press()
    calling.check(calling.outcome("conversation"), "met", yes=True)
    calling.leave()


def _referral(ctx: AppContext) -> None:
    care.ask_for_referral(ctx, people.show(ctx, "Kim").contact.id)


def _tried(ctx: AppContext) -> None:
    self_review.mark(ctx, self_review.due_week(ctx), self_review.read(ctx).tried[0], True)


def _skip(ctx: AppContext) -> None:
    there = [task.id for task in tasks.list_tasks(ctx) if task.every]
    tasks.skip(ctx, there[0])


def say(ctx: AppContext) -> None:
    day.save_notes(ctx, date(2026, 11, 6), CloseWords("calls", "mail", "", "timer"))


# at least one of each kind, in an order in which all are possible. `@` is a file in the rep's folder
ACTS: dict[str, str | Callable[[AppContext, TodayStore], object]] = {
    "contact": "contact add '김민수 [x]' --company Hanbit --phone '+82 2 555 1234' --email kim@hanbit.example "
    "--need found --tier A --consent yes --mailing monthly --birthday 1980-11-20",
    "second contact": "contact add Lee --phone '+82 2 555 1235' --need found",
    "twin": "contact add 'Lee Two' --phone '+82 2 555 1235' --anyway",
    "contact changed": "contact edit Lee --company Daehan --supplier Dongah --supplier-until 2026-12-20",
    "contact renamed": "contact edit '김민수 [x]' --name Kim",
    "call": "log dial --outcome refused --reason 'too expensive' --contact Lee",
    "call by key": lambda ctx, live: live.log(Activity(0, ctx.now(), "dial")),
    "outcome by key": lambda ctx, live: live.set_outcome(live.last_call_id() or 0, "no-answer"),
    "call with a new contact": "log dial --contact 'new: Newman' --outcome callback",
    "call on the phone": lambda ctx, live: elsewhere.log_call(
        ctx, live, people.show(ctx, "Lee").contact.id, "callback", when=When(Due(date(2026, 11, 19), time(10)))
    ),
    "temptation": "log stop --outcome refused --reason news",
    "calls of yesterday": "log dial --count 50 --at '2026-11-13 12:00'",
    "deal logged": "log deal --amount 12.50 --contact Kim",
    "row corrected": "log edit 1 --note 'so it was' --count 2",
    "row dropped": "log drop 2",
    "plan": "plan set --quota 700000 --personal 2x --calls-per-day 100",
    "plan by service": lambda ctx, live: plans.set_plan(ctx, parse_month("2026-12"), Decimal(700), "2x"),
    "plan with its acts": lambda ctx, live: plans.set_plan_and_acts(
        ctx,
        parse_month("2026-11"),
        MonthPlan(parse_month("2026-11"), Decimal(1), Decimal(5), Decimal(2)),
        calls_a_day=100,
    ),
    "quarter's quota": "plan set --quarter 2026-Q4 --quota 3m --personal 2x",
    "month begun": "plan set --month 2027-01 --like-last",
    "what-if kept": lambda ctx, live: plans.keep(ctx, parse_month("2026-11"), Supposition(calls_per_day=90)),
    "wish": "goal add 'A flat' --horizon 5y --for-whom Anna",
    "year's goal": "goal add 'Save' --horizon 1y",
    "goal of the month": "goal add 'Cold calls' --horizon month --metric calls --target 1950",
    "goal edited": "goal edit 2 --why room --picture 'light and trees'",
    "goal put under": lambda ctx, live: goal_tree.put_under(ctx, 3, 2),
    "goal ranked": lambda ctx, live: (goals.add(ctx, "Boat", Horizon.FIVE_YEARS), goal_tree.rank(ctx, 5, "up")),
    "goal reached": "goal done 3",
    "goal again": "goal reopen 3",
    "goal dropped": "goal drop 5",
    "task": "task add 'Write to Lee' --due 2026-11-16 --priority A --contact Lee",
    "task that comes again": "add Report every day",
    "task edited": "task edit 2 --text 'Report to Baek' --minutes 20",
    "task moved": "task move 2 up",
    "tasks ranked": "task rank",
    "task put off": "task snooze 1 tomorrow",
    "task backdated": lambda ctx, live: tasks.backdate(ctx, 1, date(2026, 11, 9)),
    "task done": "task done 2",
    "task again": "task reopen 2",
    "task skipped": lambda ctx, live: _skip(ctx),
    "task dropped": "task drop 1 --reason 'not needed'",
    "task of working days": "task add Report --every weekday --due 2026-11-20",
    "days off": "calendar off 2026-11-20",  # moves that task
    "half a day": "calendar half 2026-11-23 --note dentist",
    "day as usual": "calendar clear 2026-11-23",
    "block kept": "block keep 08:30",
    "block moved": "block move 12:00 12:30",
    "block longer": "block until 08:00 08:20",
    "block added": "block add 06:35 06:55 learning",
    "block dropped": "block drop 06:35",
    "block taken back": "block restore 06:35",
    "blocks as the week has them": "block restore",
    "week new": "week new trip",
    "week renamed": "week rename trip fair",
    "week's block": "week set --week fair mon 09:00 12:00 calls",
    "week's block gone": "week clear --week fair mon 09:00 12:00",
    "week in force": "week use fair",
    "the other week in force": "week use 'Nine to six'",
    "week dropped": "week drop fair",
    "week's days": lambda ctx, live: _put_days(ctx),
    "contacts imported": "import contacts @people.csv",
    "deals imported": "import deals @deals.csv",
    "calls imported": "import calls @calls.csv",
    "calendar imported": "import calendar @fair.ics",
    "tasks imported": "import tasks @tasks.csv",
    "tasks of a calendar imported": "import calendar @todos.ics",
    "calling list": "list build --count 1",
    "list out of a file": "list build @people.csv",
    "on the list": "list add Kim Lee 'Lee Two' --anyway",
    "off the list": "list drop 1",
    "checked": _check,
    "session": lambda ctx, live: session(
        ctx, live, "kind gloomy", "note wants-figures", "need found", "meeting", "callback", "skip"
    ),
    "third contact": "contact add Oh --phone '030 7777'",
    "one more on the list": "list add Oh",
    "not to be called, said in a session": lambda ctx, live: session(ctx, live, "bar"),
    "list cleared": "list clear",
    "own script": "words set affirmations 'I call first'",
    "script as shipped": "words reset affirmations",
    "heard": "playbook heard expensive --answer 1 --contact Kim --worked yes",
    "objection added": "playbook add 'We buy from my brother' --answer 'Then let us compare' --way question",
    "drilled": _drill,
    "deal": "deal add Press --contact Kim --value 5000 --stage meeting",
    "deal edited": "deal edit 2 --value 6000",
    "deal moved": "deal move 2 closing",
    "deal won": "deal won 2 --until 2026-12-31 --term 12",
    "deal renewed": "deal renew 2",
    "part paid": "deal pay 2 500",
    "deal again": "deal reopen 2",
    "deal lost": "deal lost 2 --reason price",
    "deal dropped": "deal drop 2",
    "promise": "promise Kim price list tomorrow 10",
    "promise edited": "promise edit 1 --text 'price list, printed'",
    "promise kept": "promise kept 1",
    "promise open": "promise reopen 1",
    "promise dropped": "promise drop 1",
    "complaint": "complaint add 'came late' --contact Kim --kind delivery",
    "complaint answered": "complaint answer 1 'a day sooner' --state agreed --agreed 'a day sooner'",
    "complaint dropped": "complaint drop 1",
    "filter kept": "contact filter best tier:A",
    "filter dropped": "contact filter --drop best",
    "told apart": lambda ctx, live: duplicates.tell_apart(ctx, 1, 2),
    "merged": "contact merge Lee 'Lee Two'",
    "not to be called": lambda ctx, live: people.edit(ctx, "Kim", {"do_not_call": True}),
    "sure duplicates merged": lambda ctx, live: (
        [people.add(ctx, "Twin", {"emails": ["twin@x.example"], "phones": ["030 999"]}, force=True) for _ in "12"],
        duplicates.merge_sure(ctx),
        people.edit(ctx, "Kim", {"do_not_call": False}),
    ),
    "referral asked for": lambda ctx, live: _referral(ctx),
    "contact dropped": "contact drop Newman",
    "meeting": "meeting add Hanbit --at '2026-11-18 14:00' --contact Kim --place office",
    "meeting moved": "meeting move 2 --at '2026-11-18 15:00'",
    "meeting dropped": "meeting drop 2",
    "meeting this morning": "meeting add Hanbit --at '2026-11-16 08:30' --contact Kim",
    "meeting edited": "meeting edit 4 --title 'Hanbit, the press' --minutes 45",
    "meeting held": "meeting held 4 --satisfied yes --why 'well prepared' --next 'meeting thu 11 at their office'",
    "meeting of no one's": "meeting add Orion --at '2026-11-16 09:00'",
    "meeting not held": "meeting no-show 6 --next 'call tomorrow 10'",
    "meeting before": "meeting add Hanbit --at '2026-11-16 08:00' --contact Kim",
    "meeting logged": "log meeting-held --contact Kim",
    "mail opened": "13:05 mail open",
    "mail closed": "13:25 mail close --letters 4",
    "mail looked at": "mail look --reason 'waiting for a contract'",
    "letter by hand": lambda ctx, live: MailSession(ctx, live).letters.enter("kim@hanbit.example", "Prices"),
    "letter by hand of somebody new": lambda ctx, live: MailSession(ctx, live).letters.enter("new: Nora", "Samples"),
    "letter is a task": lambda ctx, live: first_letter(ctx, live, "task"),
    "letter triaged": "mail triage task --from 'Lee' --subject 'Offer' --text 'read the offer'",
    "letter queued": "mail write Kim 'About the press'",
    "proposal queued": "mail write --proposal Kim 'Our offer'",
    "letter unqueued": "mail unwrite 1",
    "proposal sent": "mail sent 2",
    "book": "book add SPIN --author Rackham",
    "book edited": "book edit 1 --title 'SPIN Selling'",
    "book read": "book done 1 --taken 'ask about the cost of it'",
    "book used": "book used 1 asked --contact Kim",
    "question": "training add 'Does it fit the old frame?' --kind question",
    "training dropped": "training drop 2",
    "review begun": lambda ctx, live: reviewed(ctx, lambda week: self_review.begin(ctx, week)),
    "review said": "review say wrong 'letters took an hour' --cause 'mail stayed open' --correction 'close by timer'",
    "correction of the week": lambda ctx, live: reviewed(ctx, lambda week: self_review.as_week(ctx, week, 1)),
    "correction": "review task 1",
    "said of a day": lambda ctx, live: say(ctx),
    "tried": lambda ctx, live: _tried(ctx),
    "aim": "review say aim 'six meetings'",
    "line dropped": "review drop 1",
    "review finished": "review finish --wish 'nearer to the keys'",
    "day opened": "day open",
    "day closed": "day close --without-list --well calls",
    "events imported": "import events @events.csv",
}


@pytest.fixture
def rep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rep:
    monkeypatch.setenv("PLANNER_DB", str(tmp_path / "planner.db"))
    monkeypatch.setenv("PLANNER_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("PLANNER_NOW", f"{NOW:%Y-%m-%dT%H:%M}")
    return Rep(tmp_path)


def writers() -> set[str]:
    """The functions of services and store that make a named change."""
    found = set()
    for folder in ("services", "store"):
        for path in (Path(services.__file__).parent.parent / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef):
                    found |= {
                        f"{path.stem}.{node.name}"
                        for part in ast.walk(node)
                        if isinstance(part, ast.With)
                        for item in part.items
                        if isinstance(item.context_expr, ast.Call) and changes(item.context_expr)
                    }
    return found


def changes(call: ast.Call) -> bool:
    name = ast.unparse(call.func)
    return name.endswith("database.write") or name == "Recorder"


def watched(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The functions that make a change from now on, as `module.function`."""
    seen: set[str] = set()

    def note() -> None:
        frame = sys._getframe(2)
        for _ in range(5):
            seen.add(f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_name}")
            if frame.f_back is None:
                break
            frame = frame.f_back

    write, init = Database.write, Recorder.__init__

    def noted_write(self: Database, label: str) -> Any:
        note()
        return write(self, label)

    def noted_change(self: Recorder, *words: Any) -> None:
        note()
        init(self, *words)

    monkeypatch.setattr(Database, "write", noted_write)
    monkeypatch.setattr(Recorder, "__init__", noted_change)
    return seen


@pytest.fixture(autouse=True)
def _check_recording() -> Iterator[None]:
    with recording.checked():
        yield


# functions that only fill the demo's database before it is shown
DEMO = {"demo.build", "demo._mail", "demo._people", "demo._pipeline"}
# undone in tests/services/sync, where there are two devices
OF_TWO = {"devices.take_back"}


def test_every_change_is_undone_and_redone(
    rep: Rep, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = watched(monkeypatch)
    for name, act in ACTS.items():
        before = rep.level()
        try:
            rep.do(act)
        except (PlannerError, IndexError) as problem:
            pytest.fail(f"{name}: {problem}")
        assert rep.level() > before, f"{name} made no change"
        rep.remember()
    with closing(sqlite3.connect(rep.path)) as handle:
        assert {row[0] for row in handle.execute("SELECT DISTINCT tbl FROM change_row")} == set(LOGGED)
    assert writers() - seen == DEMO | OF_TWO  # for a new kind of change, add an act
    top = rep.level()
    while rep.level():
        assert rep.turn(history.undo) is not None
    assert rep.turn(history.undo) is None
    while rep.level() < top:
        assert rep.turn(history.redo) is not None
    assert rep.turn(history.redo) is None
    assert [finding for finding in maintenance.examine(rep.ctx()) if not finding.ok] == []


@pytest.mark.skipif(not LONG, reason="a drill: every act twice")
def test_acts_on_a_device_that_syncs_number_its_rows(rep: Rep, capsys: pytest.CaptureFixture[str]) -> None:
    for act in ACTS.values():
        rep.attempt(act)
    with closing(sqlite3.connect(rep.path, isolation_level=None)) as handle:
        tables = [name for name in sync_tables.names(handle) if name != "meta"]
        before = {name: {row[0] for row in handle.execute(f"SELECT id FROM {name}")} for name in tables}
        handle.execute("INSERT INTO meta (key, value) VALUES (?, '3')", (numbering.DEVICE,))
    rep.remember()
    floor = rep.level()
    for act in ACTS.values():
        rep.attempt(act)
    numbered: set[str] = set()
    with closing(sqlite3.connect(rep.path)) as handle:
        for name, old in before.items():
            found = {row[0] for row in handle.execute(f"SELECT id FROM {name}")} - old
            assert all(row < 0 or row % numbering.DEVICES == 3 for row in found), (name, found)
            numbered |= {name} if found else set()
    assert len(numbered) > 20, numbered
    while rep.level() > floor:
        assert rep.turn(history.undo) is not None
    assert [finding for finding in maintenance.examine(rep.ctx()) if not finding.ok] == []


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=int(os.environ.get("EXAMPLES", often(8, 150))),
)
@given(turns=st.lists(st.one_of(st.sampled_from(sorted(ACTS)), st.sampled_from(("undo", "redo"))), max_size=30))
@example(turns=["aim", "undo", "sure duplicates merged"])
def test_any_order_of_acts_undos_and_redos_is_consistent(
    rep: Rep, tmp_path: Path, turns: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    rep.start_anew()
    for turn in turns:
        match turn:
            case "undo":
                rep.turn(history.undo)
            case "redo":
                rep.turn(history.redo)
            case _:
                rep.attempt(ACTS[turn])
    while rep.turn(history.undo) is not None:
        pass
    assert rep.level() == 0
