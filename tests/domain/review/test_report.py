"""A review in words: each fact once, the same in every view."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from planner.domain.review.report import Report
from planner.domain.review.review import Figure, Honesty, Record, Review
from planner.domain.review.self_review import Step
from planner.domain.review.spans import Span
from planner.exchange.review.html import page
from planner.exchange.review.markdown import markdown
from planner.services.review import review
from planner.tui.review.widgets.self_review import Shown, page_rows
from tests.conftest import Run
from tests.scenes import FRIDAY, demo_at


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Review:
    """The demo's week, with a fact of every kind."""
    found = review.read(demo_at(tmp_path_factory.mktemp("week"), FRIDAY), Span.WEEK)
    return replace(
        found,
        over_both=date(2026, 11, 18),
        records=(Record("dials", date(2026, 11, 17), 120, 110),),
        stops=(2, 1),
        promises={"kept": 2, "late": 0, "broken": 1, "open": 0},
        after_calls={"met": (3, 4), "effective": (2, 4)},
        whys=("the second hour",),
        repeated={"delivery": 3},
        honesty=Honesty(400, 12, 2),
        year_ago={"dials": Decimal(466), "meetings_held": Decimal(2), "deals": Decimal(0), "revenue": Decimal("12.50")},
    )


def test_every_fact_is_said_in_the_same_words_by_every_view(week: Review) -> None:
    report = Report(week)
    rows = (*report.notes, *report.parts, *report.habits, *report.people, *report.sureness)
    assert {row.name for row in rows} >= {
        "a year ago (Week 2025-W47)", "calls", "personal time", "streak", "record", "distractions", "promises",
        "after calls", "why", "entered from memory", "same outcome five times within ten seconds",
    }  # fmt: skip
    markdown_, page_ = markdown(week), html.unescape(re.sub(r"<[^>]+>", " ", page(week).decode()))
    shown = Shown(week, week.today)
    pages = (Step.FIGURES, Step.DISCIPLINE, Step.HEARD, Step.HONESTY)
    screen = "\n".join("".join(text for text, _ in row.line) for name in pages for row in page_rows(name, shown, 150))
    for row in rows:
        for value in row.values:
            assert value[1:] in markdown_
            assert value[1:] in page_
            assert value in screen
        assert row.aside in markdown_
        assert row.aside in page_
        assert row.aside in screen
    for figure in report.figures:
        line = rf"{figure.label.capitalize()}\W+{figure.done}\W+{figure.target}\W+{figure.mean}"
        assert re.search(line, markdown_)
        assert re.search(line, page_)
        assert re.search(rf"{figure.label}\W+{figure.done}\W+{figure.target}\W+{figure.mean}", screen)


def test_a_text_says_what_the_page_does(run: Run, tmp_path: Path) -> None:
    run("log", "dial", "--count", "40")
    run("day", "open")
    run("day", "close", "--without-list", "--wrong", "long lunch")
    lines = run("review", "week").out.splitlines()
    page_ = run("review", "week", "--md", "-").out
    for line in lines[2:]:
        assert re.split(r"\s{2,}|: ", line.strip())[-1] in page_


def test_a_share_of_exactly_four_fifths_is_close_to_its_target(week: Review) -> None:
    figures = {**week.figures, "deals": Figure(Decimal(4), Decimal(5))}
    row = next(row for row in Report(replace(week, figures=figures)).figures if row.metric == "deals")
    assert (row.tone, row.mean) == ("warn", "")


def test_a_sentence_has_its_label_count_and_addition(week: Review) -> None:
    said = [row.sentence for row in Report(week).people]
    assert said[:4] == [
        "Promises: 2 kept, 1 broken", "After calls: need met 3 of 4, productive 2 of 4",
        "Why: the second hour", "Lost or refused 9×: too expensive",
    ]  # fmt: skip
    assert said[-1] == "3 complaints about delivery in 90 days (try a different approach)"
