"""The review as an HTML page: user text stays text, no network requests, two sheets at most, in a real Chromium."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest

from planner.domain.day.day import CloseWords
from planner.domain.review.report import A_YEAR_AGO
from planner.domain.review.review import AFTER_CALL, Honesty, Lesson, Objection, Record, Review
from planner.domain.review.self_review import Flow, Kind, ReviewLine, Tried
from planner.domain.review.spans import Span
from planner.exchange.review.html import page
from planner.exchange.review.markdown import escape, markdown
from planner.services.calls import activity_log
from planner.services.context import AppContext
from planner.services.day import day
from planner.services.review import charts, learning, review, self_review
from tests.drills import often
from tests.scenes import FRIDAY, WEEK, context_at, demo_at, move_clock, once

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--no-pdf-header-footer",
)  # fmt: skip
HOSTILE = (
    "<script>document.title='owned'</script>", "<img src=x onerror=\"document.title='owned'\">",
    "</style><h1>owned</h1>", "<img src=http://beacon.example/x.png>",
    "&lt;b&gt; & \"quotes\" 'single'", "]]><svg onload=alert(1)>", "javascript:alert(1)", "{{7*7}} ${7*7}",
    "\x1b]52;c;AAAA\x07", "\u202eabc", "a" * 490, "김민수 한빛무역", "שלום", "http://example.com/x.png",
)  # fmt: skip
ELEMENTS = {
    "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "table", "tr", "th", "td", "svg", "rect",
    "line", "polyline", "div", "section", "ul", "li", "b", "span", "small",
    "header", "text", "dl", "dt", "dd",
}  # fmt: skip


class Reader(HTMLParser):
    """The elements, attributes and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def typical(tmp_path_factory: pytest.TempPathFactory) -> AppContext:
    """The demo's week."""
    return demo_at(tmp_path_factory.mktemp("typical"), FRIDAY)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> AppContext:
    """A week full of hostile text."""
    return hostile_week(tmp_path_factory.mktemp("hostile"))


@once
def hostile_week(folder: Path) -> AppContext:
    ctx = context_at(folder, datetime(2026, 11, 16, 8))
    for number in range(7):
        move_clock(ctx, datetime(2026, 11, 16 + number, 8))
        day.open_day(ctx)
        words = [HOSTILE[(number * 2 + place) % len(HOSTILE)] for place in range(4)]
        for text in HOSTILE:
            activity_log.log(ctx, "dial", outcome="refused", reason=text[:100])
        day.close_day(ctx, without_list=True, said=CloseWords(*words))
    for word in HOSTILE:
        self_review.save_line(ctx, WEEK, Kind.WELL, word)
        self_review.save_line(ctx, WEEK, Kind.WRONG, word, cause=word, correction=word)
        learning.add(ctx, f"{word[:290]}.", author=word[:290], taken=word)
    for word in HOSTILE[:3]:
        self_review.save_line(ctx, WEEK, Kind.AIM, word)
    self_review.finish(ctx, WEEK, HOSTILE[0])
    return ctx


LONG = (
    "a very long text that goes on and on, " * 13, "한빛무역의 김민수 부장님이 견적을 다시 달라고 하셨습니다. " * 14,
    "Анна Соколова, Северный Склад: слишком дорого для нас в этом году, " * 7, "W" * 490, "short",
)  # fmt: skip


def fullest(found: Review, *, at: int = 0) -> Review:
    """A review with as much as there can be of everything, in long texts."""
    texts = [LONG[(at + number) % len(LONG)][:500] for number in range(5)]
    day_ = found.period.first
    return replace(
        found,
        over_both=day_,
        records=tuple(Record(metric, day_, 123_456, 12_345) for metric in list(found.figures)[:4]),
        stops=(1_234, 1),
        promises={"kept": 20, "late": 10, "broken": 10, "open": 10},
        after_calls=dict.fromkeys(AFTER_CALL, (10, 20)),
        whys=tuple(texts),
        objections=tuple(Objection(text, 10, 10, 1) for text in texts),
        reasons=tuple((text, 10) for text in texts),
        repeated={f"{text[:400]}{number}": 9 for number, text in enumerate(texts * 4)},
        lessons=tuple(Lesson(day_ + timedelta(days=number), CloseWords(*texts[:4])) for number in range(7)),
        honesty=Honesty(400, 120, 20),
        year_ago={name: Decimal("123456789.50") for name in A_YEAR_AGO},
        next_plan=Decimal(123_456_789),
    )


def full_flow(flow: Flow, found: Review, *, at: int = 0) -> Flow:
    """A self-review with as many long lines as there can be."""
    texts = [LONG[(at + number) % len(LONG)][:500] for number in range(5)] * 4
    kinds = (Kind.WELL, Kind.WRONG, Kind.AIM)
    lines = tuple(
        ReviewLine(0, kind, text, *((text, text) if kind is Kind.WRONG else ())) for kind in kinds for text in texts
    )
    tried = tuple(Tried(f"line {number}", text) for number, text in enumerate(texts))
    lines += (ReviewLine(0, Kind.WISH, texts[0]),)
    return replace(flow, report=found, review=replace(flow.review, lines=lines), tried=tried)


def of_week(ctx: AppContext) -> Review:
    return review.read(ctx, Span.WEEK)


def full_page(ctx: AppContext) -> bytes:
    """The page of a week with all its parts, including self-review and charts."""
    found = of_week(ctx)
    return page(found, self_review.from_report(ctx, found), charts.read(ctx, found.period))


def test_page_escapes_text_and_requests_nothing(hostile: AppContext, typical: AppContext) -> None:
    for ctx in (hostile, typical):
        text = full_page(ctx).decode()
        found = Reader(text)
        assert found.elements <= ELEMENTS
        assert not found.attributes & {"src", "href", "onload", "onerror", "srcset", "action"}
        assert "default-src 'none'" in text
        assert not any(char != "\n" and not char.isprintable() for char in found.text)
    said = Reader(full_page(hostile).decode()).text
    assert "<script>document.title='owned'</script>" in said
    assert "김민수 한빛무역" in said


def test_markdown_is_escaped(hostile: AppContext) -> None:
    found = of_week(hostile)
    lines = markdown(found, self_review.from_report(hostile, found)).splitlines()
    assert [line for line in lines if line.startswith("#")] == [
        "# Week 2026-W47, Mon 16 Nov to Sun 22 Nov 2026", "## Figures", "## Discipline", "## Customer voice",
        "## Experiments", "## Wins", "## Misses", "## Aims for next week", "## Your why", "## Learning",
        "## Evening notes", "## Data quality", "## Next week, from Mon 23 Nov",
    ]  # fmt: skip
    assert not any(re.search(r"(?<!\\)[<>&@]|(?<!\\)://", line) for line in lines)
    assert [escape(text) for text in ("1. first", "2) next", "- no", "a-b", "www.x.example")] == [
        "1\\. first", "2\\) next", "\\- no", "a-b", "www\\.x.example",
    ]  # fmt: skip


@pytest.mark.parametrize("span", Span)
def test_page_of_every_span(typical: AppContext, span: Span) -> None:
    found = review.read(typical, span)
    said = Reader(page(found).decode()).text
    assert "Discipline" in said
    assert f"Next {span}" in said


def test_targets_and_the_quota_are_dashed_lines(typical: AppContext) -> None:
    styles = re.findall(r'<polyline points="[\d., ]+" style="([^"]+)">', full_page(typical).decode())
    assert {style.partition("stroke: ")[2] for style in styles} == {
        "var(--ink); stroke-width: 1; stroke-dasharray: 3 3", "var(--dim); stroke-width: 1; stroke-dasharray: 3 3",
        "var(--ink); stroke-width: 1",
    }  # fmt: skip


def test_page_of_an_empty_day(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    activity_log.log(ctx, "stop")
    said = Reader(page(review.read(ctx, Span.DAY)).decode()).text
    assert "Nothing was logged in this period." in said
    assert "No finished days to measure yet" in said


# In a browser


class Chromium:
    """Headless Chromium with a profile of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, path: Path, *flags: str) -> str:
        assert CHROMIUM is not None
        done = subprocess.run(
            [CHROMIUM, *FLAGS, f"--user-data-dir={self.folder / 'profile'}", *flags, f"file://{quote(str(path))}"],
            capture_output=True, timeout=120, check=True,
        )  # fmt: skip
        return done.stdout.decode()


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Chromium:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed here")
    return Chromium(tmp_path_factory.mktemp("chromium"))


def requested_urls(log: Path) -> set[str]:
    """The URLs that a browser requested, its own errands included."""
    return set(re.findall(r'"url":"(https?:[^"]+)"', log.read_text(encoding="utf-8", errors="replace")))


def test_hostile_text_does_nothing_in_a_browser(chromium: Chromium, hostile: AppContext, tmp_path: Path) -> None:
    path, log = tmp_path / "week.html", tmp_path / "net.json"
    path.write_bytes(full_page(hostile))
    shown = chromium(path, "--dump-dom", f"--log-net-log={log}")
    assert "<title>Week 2026-W47" in shown
    assert Reader(shown).elements - {"tbody"} <= ELEMENTS
    assert not any("example" in url for url in requested_urls(log))
    bait = tmp_path / "bait.html"
    bait.write_text("<!doctype html><title>bait</title><img src=http://beacon.example/x.png>", encoding="utf-8")
    chromium(bait, "--dump-dom", f"--log-net-log={log}")
    assert any("beacon.example" in url for url in requested_urls(log))  # proves that a request would be noticed


@pytest.mark.parametrize("span", [Span.WEEK, Span.MONTH])
def test_printed_review_fits_on_two_sheets(
    chromium: Chromium, typical: AppContext, hostile: AppContext, tmp_path: Path, span: Span
) -> None:
    for name, ctx in (("typical", typical), ("hostile", hostile))[often(1, 0) :]:  # a drill prints both
        path, pdf = tmp_path / f"{name}.html", tmp_path / f"{name}.pdf"
        found = review.read(ctx, span)
        flow = self_review.from_report(ctx, found) if span is Span.WEEK else None
        path.write_bytes(page(found, flow, charts.read(ctx, found.period)))
        chromium(path, f"--print-to-pdf={pdf}")
        sheets = len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))
        assert 1 <= sheets <= 2, name


@pytest.mark.parametrize(
    ("span", "at"), [(Span.WEEK, 0), (Span.MONTH, 1), (Span.WEEK, 1), (Span.MONTH, 0)][: often(2, 4)]
)
def test_fullest_review_fits_on_two_sheets(
    chromium: Chromium, typical: AppContext, tmp_path: Path, span: Span, at: int
) -> None:
    path, pdf = tmp_path / "full.html", tmp_path / "full.pdf"
    base = review.read(typical, span)
    found = fullest(base, at=at)
    flow = full_flow(self_review.from_report(typical, base), found, at=at) if span is Span.WEEK else None
    path.write_bytes(page(found, flow, charts.read(typical, found.period)))
    chromium(path, f"--print-to-pdf={pdf}")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes())) == 2


def test_narrow_page_has_no_broken_words_and_no_horizontal_scroll(
    chromium: Chromium, typical: AppContext, tmp_path: Path
) -> None:
    found = fullest(of_week(typical))
    text = page(found, full_flow(self_review.from_report(typical, found), found), charts.read(typical, found.period))
    path = tmp_path / "narrow.html"
    measured = "<script>document.title = document.documentElement.scrollWidth + ' ' + [...document.querySelectorAll("
    measured += "'td, th, h2, .big')].filter(each => each.scrollWidth > each.clientWidth + 1).length</script></body>"
    path.write_text(re.sub("<meta http-equiv.*?>", "", text.decode()).replace("</body>", measured), encoding="utf-8")
    shown = chromium(path, "--window-size=500,900", "--hide-scrollbars", "--dump-dom")
    assert "<title>500 0</title>" in shown


def test_counts_agree_with_their_nouns(typical: AppContext) -> None:
    found = replace(of_week(typical), objections=(Objection("busy", 1, 1, 0), Objection("dear", 2, 2, 1)))
    text = Reader(page(found).decode()).text
    assert "0 of 1 answer worked" in text and "1 of 2 answers worked" in text


def test_light_and_dark(chromium: Chromium, typical: AppContext, tmp_path: Path) -> None:
    path = tmp_path / "week.html"
    path.write_bytes(full_page(typical))
    pictures = []
    for name, flags in (("light", ()), ("dark", ("--force-dark-mode", "--blink-settings=preferredColorScheme=0"))):
        picture = tmp_path / f"{name}.png"
        chromium(path, "--window-size=900,1400", f"--screenshot={picture}", *flags)
        pictures.append(picture.read_bytes())
    assert all(len(each) > 20_000 for each in pictures)
    assert pictures[0] != pictures[1]


def test_content_security_policy_precedes_the_style(typical: AppContext) -> None:
    text = page(of_week(typical)).decode()
    assert text.index("Content-Security-Policy") < text.index("<style>")
    assert json.dumps(text)  # no lone surrogates
