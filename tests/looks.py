"""Collect every figure from every view. Two views of one figure must agree."""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from contextlib import closing
from datetime import date
from decimal import Decimal
from typing import Any

from planner.exchange.review.html import page
from planner.services.calls import calling_list
from planner.services.context import AppContext
from planner.services.day import evening
from planner.services.day.today_store import TodayStore
from planner.services.mail.mail import MailSession
from planner.services.review import review
from planner.services.review.review import Span
from planner.tui.day import today_view
from tests import commands

Views = dict[str, dict[str, object]]  # figure -> view -> value


class Figures:
    """The figures found, by view."""

    def __init__(self, ctx: AppContext) -> None:
        self.ctx = ctx
        self.found: Views = defaultdict(dict)

    def say(self, figure: str, view_: str, value: object) -> None:
        if figure.endswith(" target"):
            value = value or 0  # not due and no target mean the same
        self.found[figure][view_] = float(value) if isinstance(value, (int, Decimal)) else value

    def json(self, *words: str) -> Any:
        environment = {**os.environ, "PLANNER_DB": self.ctx.path, "PLANNER_CONFIG": self.ctx.settings_path or "",
                       "PLANNER_NOW": f"{self.ctx.now():%Y-%m-%dT%H:%M:%S}"}  # fmt: skip
        code, out, err = commands.answer([*words, "--json"], environment)
        assert code == 0, f"{words}: {err}"
        return json.loads(out)

    def differing(self) -> Views:
        return {figure: views for figure, views in self.found.items() if len(set(map(str, views.values()))) > 1}


def collect_figures(ctx: AppContext) -> Figures:
    """Collect the figures of every view."""
    looks = Figures(ctx)
    say = looks.say
    # as Today shows it once the rep is idle: counts taken, odds up to date
    with closing(TodayStore(ctx)) as live:
        screen = live.read()
        live.bring_odds_up(screen)
        windows = [window.state for window in MailSession(ctx, live).windows.gate(screen).windows]
    say("booked", "Today", screen.booked / 100)
    say("p plan", "Today", None if screen.p_plan is None else screen.p_plan / 10_000)
    say("p quota", "Today", None if screen.p_quota is None else screen.p_quota / 10_000)
    say("forecast", "Today", None if screen.forecast is None else round(screen.forecast / 100))
    drawn = "".join(text for line in today_view.month_lines(screen, 100) for text, _ in line)
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
    say("forecast", "plan show", round(shown["forecast"]["median"]))
    the_day = looks.json("day", "show")
    say("blocks", "today", [(each["start"], each["state"]) for each in told["blocks"]])
    say("blocks", "day show", [(each["start"], each["state"]) for each in the_day["blocks"]])
    say("listed", "today", told["list"]["count"])
    say("listed", "day show", the_day["list"]["count"])
    list_day = told["list"]["for"]
    say("listed", "list show", len(looks.json("list", "show", "--for", list_day)))
    close = evening.read(ctx)
    say("listed", "day close", close.listed)
    say("list target", "day close", close.wanted)
    say("list target", "list show", calling_list.show(ctx, date.fromisoformat(list_day)).target)
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


def _review(looks: Figures, told: Any) -> None:
    say = looks.say
    of_day = looks.json("review", "day")
    week, month = looks.json("review", "week"), looks.json("review", "month")
    for name in ("dials", "conversations", "meetings_booked", "proposals"):
        say(f"{name} done", "review day", of_day["figures"][name]["done"])
        say(f"{name} target", "review day", of_day["figures"][name]["target"])
    rows = looks.json("goal", "list")
    say("booked", "review month", month["figures"]["revenue"]["done"])
    say("calls of the month", "review month", month["figures"]["dials"]["done"])
    for row in rows:
        # a goal counts from its first day; this month's starts on the 1st if nothing was done before it
        if row["horizon"] == "month" and row["due"].startswith(f"{looks.ctx.today():%Y-%m}"):
            figure = {"revenue": "booked", "dials": "calls of the month"}.get(row["metric"])
            if figure is not None:
                say(figure, "goal list", row["done"])
    say("mail of the week", "review week", week["mail"]["adherence"])
    with closing(TodayStore(looks.ctx)) as live:
        adherence = MailSession(looks.ctx, live).windows.week(looks.ctx.today()).adherence
    say("mail of the week", "Mail", None if adherence is None else round(adherence, 4))
    say("stops of the day", "review day", of_day["stops"])
    say("stops of the day", "day show", {
        "refused": sum(each["outcome"] == "refused" for each in looks.json("day", "show")["stops"]),
        "given_in": sum(each["outcome"] == "given-in" for each in looks.json("day", "show")["stops"]),
    })  # fmt: skip
    lost = {row["reason"] for row in week["reasons"]} if "reasons" in week else set()
    assert "messenger" not in lost  # resisting a temptation is no lost sale
    found = review.read(looks.ctx, Span.WEEK)
    page_ = re.sub(r"<[^>]+>", " ", page(found, None, None).decode())
    say("calls of the week", "review week", week["figures"]["dials"]["done"])
    digits = re.search(r"(?i)calls\s+([\d,]+)", page_)
    assert digits is not None
    say("calls of the week", "the page", int(digits[1].replace(",", "")))


def _money(looks: Figures, shown: Any) -> None:
    closed = [each for each in looks.json("deal", "list") if each["stage"] == "won"]
    month = f"{looks.ctx.today():%Y-%m}"
    won = sum(each["booked"] for each in closed if each["closed"].startswith(month))
    looks.say("booked", "deal list", won)
    looks.say("deals won", "deal list", sum(each["closed"].startswith(month) for each in closed))
    looks.say("deals won", "review month", looks.json("review", "month")["figures"]["deals"]["done"])
