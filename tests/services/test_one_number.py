"""One number, one source: whatever a rep does over some days, every figure that two views share is the same in both."""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.domain.activity import SPOKEN
from planner.domain.errors import InputError, PlannerError
from planner.domain.goals import Horizon, Metric
from planner.domain.review import asked_once
from planner.exchange.reviewhtml import page
from planner.services import calling, calls, day, deals, goals, people, plan, review
from planner.services.desk import Desk
from planner.services.live import Live
from planner.services.mail import MailDesk
from planner.services.review import Span
from planner.tui import view
from tests import commands
from tests.drills import often
from tests.scenes import MONTH, desk_at, move_clock

Views = dict[str, dict[str, object]]  # figure -> view -> value


@pytest.fixture
def rep(tmp_path: Path) -> Desk:
    """A rep with a plan, goals of calls and money, and some clients, on a Monday morning."""
    return new_rep(tmp_path)


def new_rep(folder: Path) -> Desk:
    found = desk_at(folder, datetime(2026, 11, 16, 7, 30))
    plan.set_plan(found, MONTH, Decimal(700_000), "2x", average_deal=Decimal(350_000), currency="EUR")
    year = goals.add(found, "A flat", Horizon.YEAR)
    for title, metric, target in (("Calls", Metric.DIALS, 1_200), ("Money", Metric.REVENUE, 1_400_000)):
        goals.add(found, title, Horizon.MONTH, metric=metric, target=Decimal(target), parent_id=year.id)
    for number in range(12):
        people.add(found, f"Client {number}", {"phones": [f"02-555-{1000 + number}"]})
    return found


class Looks:
    """What every view says, by figure."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.found: Views = defaultdict(dict)

    def say(self, figure: str, view_: str, value: object) -> None:
        self.found[figure][view_] = float(value) if isinstance(value, (int, Decimal)) else value

    def json(self, *words: str) -> Any:
        environment = {**os.environ, "PLANNER_DB": self.desk.path, "PLANNER_CONFIG": self.desk.settings_path or "",
                       "PLANNER_NOW": f"{self.desk.now():%Y-%m-%dT%H:%M:%S}"}  # fmt: skip
        code, out, err = commands.answer([*words, "--json"], environment)
        assert code == 0, f"{words}: {err}"
        return json.loads(out)

    def differing(self) -> Views:
        return {figure: views for figure, views in self.found.items() if len(set(map(str, views.values()))) > 1}


def looked_at(desk: Desk) -> Looks:
    """Ask every view for its figures."""
    looks = Looks(desk)
    say = looks.say
    # as Today is shown: what was counted, the odds brought up as they are when the rep is idle
    with closing(Live(desk)) as live:
        screen = live.read()
        live.bring_odds_up(screen)
        windows = [window.state for window in MailDesk(desk, live).gate(screen).windows]
    say("booked", "Today", screen.booked / 100)
    say("p plan", "Today", None if screen.p_plan is None else screen.p_plan / 10_000)
    say("p quota", "Today", None if screen.p_quota is None else screen.p_quota / 10_000)
    say("forecast", "Today", None if screen.forecast is None else round(screen.forecast / 100))
    drawn = "".join(text for line in view.month_lines(screen, 100) for text, _ in line)
    assert f"{screen.booked // 100:,}" in drawn
    told = looks.json("today")
    status = looks.json("status", "--format=json")
    for name, counter in told["counters"].items():
        say(f"{name} done", "today", counter["done"])
        say(f"{name} target", "today", counter["target"])
        say(f"{name} done", "Today", screen.counts[name])
        say(f"{name} target", "Today", screen.target(name))
        say(f"{name} done", "status", status["counters"][name]["done"])
        say(f"{name} target", "status", status["counters"][name]["target"])
    say("p plan", "today", told["odds"]["p_plan"])
    say("p quota", "today", told["odds"]["p_quota"])
    say("booked", "status", status["plan"]["booked"])
    shown = looks.json("plan", "show")
    say("booked", "plan show", shown["booked"])
    say("p plan", "plan show", shown["forecast"]["p_plan"])
    say("p quota", "plan show", shown["forecast"]["p_quota"])
    say("forecast", "plan show", round(shown["forecast"]["by_pace"]["mean"]))
    the_day = looks.json("day", "show")
    say("blocks", "today", [(each["start"], each["state"]) for each in told["blocks"]])
    say("blocks", "day show", [(each["start"], each["state"]) for each in the_day["blocks"]])
    say("listed", "today", told["list"]["count"])
    say("listed", "day show", the_day["list"]["count"])
    list_day = told["list"]["for"]
    say("listed", "list show", len(looks.json("list", "show", "--for", list_day)))
    close = day.evening(desk)
    say("listed", "day close", close.listed)
    say("list target", "day close", close.wanted)
    say("list target", "list show", calling.show(desk, date.fromisoformat(list_day)).target)
    for name, done, target in close.counters:
        if name in told["counters"]:
            say(f"{name} done", "day close", done)
            say(f"{name} target", "day close", target)
    say("mail windows", "mail status", [each["state"] for each in looks.json("mail", "status")["windows"]])
    say("mail windows", "today", [each["state"] for each in told["mail"]["windows"]])
    say("mail windows", "Mail", windows)
    _review(looks, told)
    _money(looks, shown)
    return looks


def _review(looks: Looks, told: Any) -> None:
    say = looks.say
    of_day = looks.json("review", "day")
    week, month = looks.json("review", "week"), looks.json("review", "month")
    for name in ("dials", "conversations", "meetings_booked", "proposals"):
        say(f"{name} done", "review day", of_day["figures"][name]["done"])
        say(f"{name} target", "review day", of_day["figures"][name]["target"])
    rows = looks.json("goal", "list")
    money = next(row for row in rows if row["metric"] == "revenue")
    dials = next(row for row in rows if row["metric"] == "dials")
    say("booked", "review month", month["figures"]["revenue"]["done"])
    say("booked", "goal list", money["done"])
    say("calls of the month", "review month", month["figures"]["dials"]["done"])
    say("calls of the month", "goal list", dials["done"])
    say("mail of the week", "review week", week["mail"]["adherence"])
    with closing(Live(looks.desk)) as live:
        adherence = MailDesk(looks.desk, live).week(looks.desk.today()).adherence
    say("mail of the week", "Mail", None if adherence is None else round(adherence, 4))
    say("stops of the day", "review day", of_day["stops"])
    say("stops of the day", "day show", {
        "refused": sum(each["outcome"] == "refused" for each in looks.json("day", "show")["stops"]),
        "given_in": sum(each["outcome"] == "given-in" for each in looks.json("day", "show")["stops"]),
    })  # fmt: skip
    lost = {row["reason"] for row in week["reasons"]} if "reasons" in week else set()
    assert "messenger" not in lost  # a temptation refused is no sale lost
    found = review.read(looks.desk, Span.WEEK)
    page_ = re.sub(r"<[^>]+>", " ", page(found, None, None).decode())
    say("calls of the week", "review week", week["figures"]["dials"]["done"])
    digits = re.search(r"(?i)calls\s+([\d,]+)", page_)
    assert digits is not None
    say("calls of the week", "the page", int(digits[1].replace(",", "")))


def _money(looks: Looks, shown: Any) -> None:
    closed = [each for each in looks.json("deal", "list") if each["stage"] == "won"]
    won = sum(each["booked"] for each in closed if each["closed"].startswith("2026-11"))
    looks.say("booked", "deal list", won)
    looks.say("deals won", "deal list", sum(each["closed"].startswith("2026-11") for each in closed))
    looks.say("deals won", "review month", looks.json("review", "month")["figures"]["deals"]["done"])


Act = Callable[[Desk, int], object]


def _won(desk: Desk, number: int) -> None:
    deals.win(desk, Decimal(10_000 + 500 * number), contact=f"Client {number % 12}" if number % 3 else None)


def _window(desk: Desk, number: int) -> None:
    with closing(Live(desk)) as live:
        mail = MailDesk(desk, live)
        mail.open(live.read())
        move_clock(desk, desk.now() + timedelta(minutes=5 + number))
        mail.close(live.read())


def _undo(desk: Desk, number: int) -> None:
    with closing(Live(desk)) as live:
        live.undo()


def _next_day(desk: Desk, number: int) -> None:
    move_clock(desk, datetime.combine(desk.today() + timedelta(days=1), time(7, 30 + number)))


ACTS: dict[str, Act] = {
    "calls": lambda desk, n: calls.log(desk, "dial", count=1 + 5 * n),
    "spoken": lambda desk, n: calls.log(desk, "dial", outcome=SPOKEN[n % 4], contact=f"Client {n % 12}"),
    "refused": lambda desk, n: calls.log(desk, "dial", outcome="refused", reason="price"),
    "booked": lambda desk, n: calls.log(desk, "meeting-booked"),
    "held": lambda desk, n: calls.log(desk, "meeting-held", contact=f"Client {n % 12}"),
    "proposal": lambda desk, n: calls.log(desk, "proposal"),
    "won": _won,
    "stop": lambda desk, n: calls.log(desk, "stop", outcome=("refused", "given-in")[n % 2], reason="messenger"),
    "open": lambda desk, n: day.open_day(desk),
    "close": lambda desk, n: day.close_day(desk, without_list=True),
    "list": lambda desk, n: calling.build(desk, calling.day_for(desk), calling.Filters(), count=n + 1),
    "window": _window,
    "an hour": lambda desk, n: move_clock(desk, desk.now() + timedelta(minutes=30 + 5 * n)),
    "next day": _next_day,
    "undo": _undo,
}


@settings(
    max_examples=often(6, 60),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 11)), min_size=4, max_size=14))
def test_every_figure_that_two_views_share_is_the_same_in_both(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, int]]
) -> None:
    desk = new_rep(tmp_path_factory.mktemp("rep"))
    for number, (name, how) in enumerate(acts):
        try:
            ACTS[name](desk, how)
        except PlannerError:
            continue  # what can't be done just now is refused
        if number % 4 == 3:
            assert not looked_at(desk).differing(), acts[: number + 1]
    assert not looked_at(desk).differing(), acts


def test_money_won_is_a_deal_that_stands_in_the_pipeline(rep: Desk) -> None:
    (won,) = deals.win(rep, Decimal(350_000))
    assert [(each.id, each.stage.value, each.booked) for each in deals.listed(rep, closed=True)] == [
        (won.id, "won", Decimal(350_000))
    ]
    assert not looked_at(rep).differing()


def test_the_open_deal_of_a_client_is_the_one_that_is_won(rep: Desk) -> None:
    pressed = deals.add(rep, "Press", contact="Client 1", value=Decimal(300_000))
    (won,) = deals.win(rep, Decimal(350_000), contact="Client 1")
    assert (won.id, won.value) == (pressed.id, Decimal(350_000))
    assert len(deals.listed(rep, closed=True)) == 1


def test_of_several_open_deals_it_is_asked_which_was_won(rep: Desk) -> None:
    for title in ("Press", "Line"):
        deals.add(rep, title, contact="Client 1")
    with pytest.raises(InputError, match="2 open deals"):
        deals.win(rep, Decimal(350_000), contact="Client 1")
    assert deals.win(rep, Decimal(350_000), contact="Client 1", title="line")[0].title == "Line"
    (new,) = deals.win(rep, Decimal(1_000), contact="Client 1", title="Spare parts")
    assert new.title == "Spare parts" and len(deals.listed(rep, closed=True)) == 3


def test_several_deals_at_once_share_the_amount_to_the_last_cent(rep: Desk) -> None:
    found = deals.win(rep, Decimal(1_000), count=3)
    assert len(found) == 3 and sum(each.booked for each in found) == Decimal(1_000)
    assert not looked_at(rep).differing()


DAY = Fraction(1)


@pytest.mark.parametrize(
    ("days", "asked"),
    [
        ([(100, 100, DAY)] * 5, 500),
        ([(100, 50, DAY), (105, 105, DAY), (105, 105, DAY), (105, 105, DAY), (105, 105, DAY)], 500),
        ([(100, 0, DAY), (200, 200, DAY)], 200),  # all caught up the day after
        ([(100, 200, DAY), (89, 89, DAY)], 200),  # done ahead, and taken off
        ([(100, 100, DAY), (200, 200, DAY)], 300),  # another plan
        ([(100, 50, DAY), (0, 0, Fraction(0)), (60, 60, Fraction(1, 2))], 150),
        ([(None, 10, DAY), (100, 100, DAY)], 100),
        ([], 0),
    ],
)
def test_what_was_missed_is_asked_once(days: list[tuple[int | None, int, Fraction]], asked: int) -> None:
    assert asked_once(days) == asked


def test_a_week_asks_what_it_asked_on_monday_however_it_went(rep: Desk) -> None:
    before = review.read(rep, Span.WEEK).figures["dials"].target
    assert before is not None
    for done in (10, 60, 0):
        day.open_day(rep)
        if done:
            calls.log(rep, "dial", count=done)
        day.close_day(rep, without_list=True)
        _next_day(rep, 0)
    after = review.read(rep, Span.WEEK).figures["dials"].target
    assert after is not None and abs(after - before) <= 3  # days are rounded up


def test_a_better_rate_never_raises_the_conversations_of_a_day(rep: Desk) -> None:
    day.open_day(rep)
    with closing(Live(rep)) as live:
        before = live.read().target("conversations")
    for _ in range(20):
        calls.log(rep, "dial", outcome="conversation")
    with closing(Live(rep)) as live:
        live.bring_odds_up(live.read())
        assert live.read().target("conversations") == before
    assert not looked_at(rep).differing()


def test_a_list_is_as_long_before_the_day_close_as_after_it(rep: Desk) -> None:
    day.open_day(rep)
    calls.log(rep, "dial", count=20)
    move_clock(rep, datetime(2026, 11, 16, 18, 30))
    before = day.evening(rep).wanted
    day.close_day(rep, without_list=True)
    assert before == day.evening(rep).wanted == calling.show(rep, date(2026, 11, 17)).target
    _next_day(rep, 0)
    assert calling.show(rep, date(2026, 11, 17)).target == before
