"""The charts of a review's page: SVG elements in the colours of the page."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from planner.domain.forecast.stages import arrow
from planner.domain.money import format_number
from planner.domain.review.charts import Charts, PaceDay, Stage, YearDay, level
from planner.domain.text import clean
from planner.domain.workdays import WEEKDAYS

SHADES = (0.18, 0.4, 0.65, 1.0)  # of a day's worth, and of an hour's calls
WIDE, HIGH = 240, 90  # of the pace, in its own units
CELL = 10
FULL = 0.999  # of the adherence to mail


def text(parent: Element, tag: str, said: str, kind: str = "") -> Element:
    """Add a text element, with a class if given."""
    found = SubElement(parent, tag, {"class": kind} if kind else {})
    found.text = said if tag == "style" else clean(said)
    return found


def svg(width: float, height: float, name: str) -> Element:
    """Return a drawing with its accessible name."""
    found = Element("svg", viewBox=f"0 0 {width:g} {height:g}", role="img")
    text(found, "title", name)
    return found


def rect(
    parent: Element, left: float, top: float, width: float, height: float, fill: str, opacity: float = 1.0
) -> Element:
    """Add a rectangle in one of the page's colours."""
    size = {"width": f"{max(0.0, width):.1f}", "height": f"{max(0.0, height):.1f}"}
    style = f"fill: var(--{fill})" + (f"; opacity: {opacity:g}" if opacity < 1 else "")
    return SubElement(parent, "rect", size, x=f"{left:.1f}", y=f"{top:.1f}", rx="1.5", style=style)


def bar(share: float) -> Element:
    """Return a bar for a share of the target, up to one and a quarter, with a mark at the full target."""
    found = svg(125, 10, f"{share * 100:.0f} % of what was asked")
    rect(found, 0, 2, 125, 6, "line")
    rect(found, 0, 2, 100 * max(0.0, min(1.25, share)), 6, "accent" if share >= 1 else "soft")
    rect(found, 99.5, 0, 1, 10, "ink")
    return found


def draw(body: Element, charts: Charts) -> None:
    """Draw all charts that have data."""
    grid = SubElement(body, "div", {"class": "two"})
    if charts.pace:
        _pace(_section(grid, "The month against both lines"), charts.pace)
    if any(stage.of or stage.done for stage in charts.funnel):
        _funnel(_section(grid, "From a call to a deal"), charts.funnel)
    if charts.hours.whole is not None:
        _hours(_section(grid, "Calls by hour and weekday", "twelve weeks; a stronger colour: more are reached"), charts)
    if any(each is not None for each in charts.mail):
        _mail(_section(grid, "Mail in its windows", "week by week"), charts)
    if any(day.worth is not None for day in charts.year):
        _year(_section(body, "Discipline over the year", "a column a week, Monday on top"), charts.year)


def _section(parent: Element, heading: str, about: str = "") -> Element:
    found = SubElement(parent, "section", {"class": "trend"})
    head = text(found, "h2", heading)
    if about:
        text(head, "small", about, "dim")
    return found


def _pace(section: Element, days: Sequence[PaceDay]) -> None:
    top: float = max(1.0, float(days[-1].plan), max((float(day.booked or 0) for day in days), default=0.0))
    known = [day for day in days if day.booked is not None]
    last = known[-1] if known else None
    booked = 0.0 if last is None else float(last.booked or 0)
    name = f"booked {format_number(round(booked))} of a plan of {format_number(round(float(days[-1].plan)))}"
    chart = svg(WIDE, HIGH, name)
    each = WIDE / len(days)
    for number, day in enumerate(days):
        if day.booked is not None:
            height = max(float(day.booked), 0.0) / top * (HIGH - 6)
            rect(chart, number * each + 0.5, HIGH - height, each - 1, height, "accent" if day is last else "soft")
    for kind, colour in (("plan", "ink"), ("quota", "dim")):
        points = " ".join(
            f"{(number + 1) * each:.1f},{HIGH - float(getattr(day, kind)) / top * (HIGH - 6):.1f}"
            for number, day in enumerate(days)
        )
        style = f"fill: none; stroke: var(--{colour}); stroke-width: 1" + (
            "; stroke-dasharray: 3 3" if kind == "quota" else ""
        )
        SubElement(chart, "polyline", points=points, style=style)
    section.append(chart)
    text(section, "p", f"{name[0].upper()}{name[1:]}; the line is the plan's, the dashed one the quota's", "dim")


def _funnel(section: Element, stages: Sequence[Stage]) -> None:
    table = SubElement(section, "table")
    for stage in stages:
        row = SubElement(table, "tr")
        text(row, "td", arrow(stage.stage))
        text(row, "td", f"{stage.done:,} of {stage.of:,}")
        rate = "" if stage.rate is None else f"{100 * stage.rate:.0f} %"
        between = "" if stage.low is None or stage.high is None else f" ({100 * stage.low:.0f}–{100 * stage.high:.0f})"
        text(row, "td", rate + between)


def _hours(section: Element, charts: Charts) -> None:
    found = charts.hours
    hours, weekdays = sorted(found.hours), range(7)
    table = SubElement(section, "table", {"class": "hours"})
    head = SubElement(table, "tr")
    text(head, "th", "")
    for hour in hours:
        text(head, "th", str(hour))
    best = max((cell.rate for cell in found.cells.values()), default=0.0) or 1.0
    for weekday in weekdays:
        if not any((weekday, hour) in found.cells for hour in hours):
            continue
        row = SubElement(table, "tr")
        text(row, "td", WEEKDAYS[weekday][:3].capitalize())
        for hour in hours:
            cell = found.cells.get((weekday, hour))
            box = text(row, "td", "" if cell is None else f"{cell.dials}")
            if cell is not None:
                share = round(100 * cell.rate / best * 0.6)
                box.set("style", f"background: color-mix(in srgb, var(--accent) {share}%, transparent)")
                box.set("title", f"{cell.spoken} of {cell.dials} reached")


def _mail(section: Element, charts: Charts) -> None:
    shown = list(zip(charts.weeks, charts.mail, strict=True))
    chart = svg(WIDE, 48, ", ".join(f"{week} {'–' if kept is None else f'{kept:.0%}'}" for week, kept in shown))
    each = WIDE / max(1, len(shown))
    for number, (week, kept) in enumerate(shown):
        if kept is None:
            continue
        one = rect(chart, number * each + 1, 48 - kept * 46, each - 2, kept * 46, "accent" if kept >= FULL else "soft")
        text(one, "title", f"{week}: {kept:.0%}")
    section.append(chart)
    last = next((kept for _, kept in reversed(shown) if kept is not None), None)
    if last is not None:
        text(section, "p", f"{last:.0%} in the last of them", "dim")


def _year(section: Element, days: Sequence[YearDay]) -> None:
    weeks = (len(days) + 6) // 7
    seen = [day for day in days if day.worth is not None]
    mean = sum(float(day.worth or 0) for day in seen) / len(seen)
    chart = svg(weeks * CELL, 7 * CELL, f"{len(seen)} days, worth {mean:.0%} in the mean")
    for number, day in enumerate(days):
        shade = level(day.worth)
        left, top = number // 7 * CELL, number % 7 * CELL
        if shade is None:
            one = rect(chart, left, top, CELL - 2, CELL - 2, "line", 0.5 if day.weight else 0.2)
        else:
            one = rect(chart, left, top, CELL - 2, CELL - 2, "accent", SHADES[shade])
        text(one, "title", f"{day.day}: {'–' if day.worth is None else f'{day.worth:.0%}'}")
    section.append(chart)
    text(section, "p", f"{len(seen)} days, worth {mean:.0%} in the mean; a stronger colour is better", "dim")
