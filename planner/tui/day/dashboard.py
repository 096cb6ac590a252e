"""Renders Today where there is room for panels: tiles, the month, the day, and on a large screen what comes next.

Data in, lines of styled spans out. Also used for the first paint, so it imports neither Textual nor Rich.
"""

from __future__ import annotations

from planner.domain import formats
from planner.domain.day.day_progress import due_name
from planner.domain.day.figures import expected_by_now
from planner.domain.text import plural
from planner.tui.day import counters_view, day_view, today_view
from planner.tui.day.timeline import day_timeline
from planner.tui.shared import odds_view, spans
from planner.tui.shared.big import ROWS, big
from planner.tui.shared.panels import GAP, beside, panel
from planner.tui.shared.spans import Line, cells, fit, justify, tinted, width_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from planner.services.overview import Overview
    from planner.store.today_queries import Today

    Measure = Callable[[str], int]

TILE_ROWS = ROWS + 3
OTHER_ROWS = TILE_ROWS + 6
"""Rows of the screen that aren't those of the month, the tasks and the day."""
CHART_FROM, LEAST_TASKS = 14, 6
"""Rows of the month from which on it has a chart, and of the tasks that it leaves room for."""
AIRY_CHART = 18
"""Rows of the month from which on there is an empty one below its chart."""
TWO_COLUMNS = 60
"""Cells from which on the day has another column beside it."""
MOST_TILES = 5
WIDE_TILE = 28  # cells from which on it has a margin of two
MOST_DUE = 4
AIRY = 34  # rows of a column from which on there are empty ones between its lines
NOES = "no's"
WEEK_NAMES = {
    "dials": "calls",
    "conversations": "conversations",
    "meetings_booked": "meetings booked",
    "proposals": "proposals",
    "deals": "deals",
}


def page_lines(today: Today, now: datetime, width: int, height: int) -> list[Line]:
    """The whole screen below the header for the first paint, in the layout of today.tcss. The chart comes later."""
    inner, rows = width - 2, height - OTHER_ROWS
    right = inner * 42 // 100
    left = inner - right
    month = month_lines(today, None, left - 4, month_rows(today, width, height))
    month = panel_of([*month, *[[]] * (month_rows(today, width, height) - len(month))], left)
    room = rows - 1 - len(month)
    tasks = today_view.task_lines(today, now, left - 2, room, 0)
    tasks = spans.spaced(tasks, room) if spans.is_large(width, height) else tasks
    tasks += [(-1, [])] * (room - len(tasks))
    below = [*month, [], *([(" ", ""), *line] for _, line in tasks)]
    lines = [*tile_lines(today, now, inner), []]
    lines += beside(below, column_lines(today, now, None, right - 2, rows), left, cells)
    return [[(" ", ""), *line] for line in lines]


def panel_of(lines: Sequence[Line], width: int) -> list[Line]:
    """Put lines on a panel as they are."""
    return [tinted([("  ", ""), *line], "panel", width) for line in lines]


# the counters


def shown_counters(today: Today) -> list[tuple[str, str, str]]:
    """Return key, metric and name of the counters, as many as there is room for."""
    return counters_view.shown_counters(today)[:MOST_TILES]


def tile_at(today: Today, x: int, width: int) -> tuple[str, int, int]:
    """Return the metric of the tile at a column, its first cell and its width. The metric is empty between tiles."""
    shown = shown_counters(today)
    size = (width + GAP) // len(shown)
    number = x // size
    hit = 0 <= number < len(shown) and x % size < size - GAP
    return shown[number][1] if hit else "", number * size, size - GAP


def tile_lines(
    today: Today, now: datetime, width: int, fresh: frozenset[str] = frozenset(), measure: Measure = cells
) -> list[Line]:
    """The counters as tiles in a row below an empty line: what was done in large figures, of how many, and a bar with
    the pace.
    """
    shown = shown_counters(today)
    size = (width + GAP) // len(shown) - GAP
    tiles = [_tile(today, now, each, size, fresh, measure) for each in shown]
    return [
        [],
        *(
            [span for index, tile in enumerate(tiles) for span in ([(" " * GAP, "")] * bool(index) + tile[row])]
            for row in range(TILE_ROWS)
        ),
    ]


def _tile(
    today: Today, now: datetime, counter: tuple[str, str, str], size: int, fresh: frozenset[str], measure: Measure
) -> list[Line]:
    key, metric, name = counter
    pad = 2 if size >= WIDE_TILE else 1
    done, target, inner = today.counts[metric], today.target(metric), size - 2 * pad
    sign = [(text.strip(), style) for text, style in counters_view.counter_sign(today, now, metric)]
    name = name if len(name) <= inner - 2 else counters_view.SHORT_NAMES.get(metric, name)
    rows: list[Line] = [[(f"{key} " if key else "", "accent"), (name, "dim")]]
    style = "accent" if metric in fresh else "bold"
    told = f"of {target:,}" if target else ""
    figure, beside = _figure(done, told, inner - width_of(rows[0], measure), inner)
    if figure and not beside:
        rows[0] = justify(rows[0], [(told, "dim")], inner, measure)
    rows += [[(row, style)] for row in figure] or [[], [(f"{done:,}", style), (f" {told}", "dim")], []]
    rows[ROWS] += [(f"  {told}", "dim")] if beside else []
    rows[1] = justify(rows[1], sign, inner, measure)
    if target:
        pace = expected_by_now(today, now, target) if metric == "dials" else None
        rows.append(spans.bar(done, target, inner, pace))
    else:
        rows.append([(today.due_next(metric), "dim")])
    rows.append(_below(today, metric, inner))
    return [tinted([(" " * pad, ""), *spans.cut(row, inner, measure)], "panel", size, measure) for row in rows]


def _figure(done: int, told: str, above: int, width: int) -> tuple[tuple[str, ...], bool]:
    """A count in large figures, shortened if need be, and whether the target has room beside it. If not, it goes above
    it. Without room there, too, the count isn't drawn large.
    """
    short = formats.short_amount(done)
    whole, _, rest = short.partition(".")
    figures = [big(text) for text in (f"{done:,}", short, whole + rest[-1:])]
    for figure in figures[:2]:
        if len(figure[0]) + 2 + len(told) <= width:
            return figure, True
    fitting = (figure for figure in figures[1:] if len(figure[0]) + 2 <= width)
    return next(fitting, ()) if len(told) + 2 <= above else (), False


def _below(today: Today, metric: str, width: int) -> Line:
    """What is said below a counter: a target over the daily capacity, or how many no's to expect before a meeting."""
    if metric == "dials" and today.holds is not None and (today.target(metric) or 0) > today.holds:
        over = (f"over your capacity of {today.holds:,}", f"capacity {today.holds:,} a day")
        return [("! ", "warn"), (next((text for text in over if len(text) <= width - 2), "over capacity"), "")]
    if metric == "meetings_booked" and today.noes is not None and today.noes_low is not None and today.personal_plan:
        noes = f"{plural(today.noes, 'no', NOES)} to go"
        texts = (f"about {noes} ({today.noes_low:,}–{today.noes_high:,})", f"about {noes}")
        return [(next((text for text in texts if len(text) <= width), noes), "dim")]
    return []


# the month


def month_rows(today: Today, width: int, height: int) -> int:
    """Return how many rows of a screen the month has with its chart, or 0 if the tasks leave no room for that."""
    rows = height - OTHER_ROWS - 1
    if spans.is_large(width, height):
        return rows // 2
    room = rows - 1 - max(len(today.tasks), LEAST_TASKS)
    return room if room >= CHART_FROM and today.personal_plan is not None else 0


def month_lines(
    today: Today, overview: Overview | None, width: int, height: int, measure: Measure = cells
) -> list[Line]:
    """The month's chart with the pace and the odds below it, or bars without room for that. Until the chart is read,
    its place stays empty.
    """
    lines = today_view.month_lines(today, width + 1, measure)
    head, *lines = [_outdent(line, 1) for line in lines]
    if not height:
        return [head, *lines, *(_outdent(line, 1) for line in odds_view.odds_lines(today, width + 2, True, measure))]
    air = height >= AIRY_CHART
    if today.personal_plan is not None:  # the chart shows what the bars do
        lines = lines[2:] if air else [_outdent(today_view.pace_line(today, width, measure), 1)]
    below = [_outdent(line, 2) for line in lines]
    below += [_outdent(line, 3) for line in odds_view.odds_lines(today, width + 4, True, measure)]
    chart: list[Line] = []
    room = height - len(below) - 1 - air
    if overview is not None and overview.sheet is not None and today.personal_plan is not None:
        from planner.tui.shared.month_chart import month_chart  # not needed for the first paint

        chart = month_chart(overview.sheet, overview.ahead, width, room)
    chart += [[]] * (room - len(chart))
    return [
        head,
        *([] if today.personal_plan is None else chart),
        *([[]] if today.personal_plan and air else []),
        *below,
    ]


def _outdent(line: Line, cells_less: int) -> Line:
    """Take spaces from the beginning of a line."""
    (first, style), *rest = line
    cut = min(cells_less, len(first) - len(first.lstrip(" ")))
    return [(first[cut:], style), *rest]


# the columns at the right


def column_lines(
    today: Today, now: datetime, overview: Overview | None, width: int, height: int, measure: Measure = cells
) -> list[Line]:
    """The day in proportion, and what is promised for it. With room beside them are the next contact and the last
    twelve weeks.
    """
    if width < TWO_COLUMNS:
        return _one_column(today, now, width, height, measure)
    (_, _, inner, room), below = day_area(today, now, width, height, measure)
    left = inner + 4
    rows = day_timeline(today, now, inner, room, measure)
    wish = _wish(today, inner, height, measure)
    day = panel("The day", "", [*wish, *rows, [], *below], left, height, measure)
    right = width - GAP - left
    weeks = _weeks(overview, right - 4)
    air: list[Line] = [[]] * (height >= AIRY)
    low = (1 + len(air)) * len(weeks) + 3 - len(air)
    due, contact = _due(today, now, right - 4, measure), _next(overview, today, right - 4, measure)
    top = min(max(len(contact) + 3, 9), height - low - 8)
    side = [
        *panel("Next call", "2 start calling", contact, right, top, measure), [],
        *panel("Promised today", str(len(today.due) or ""), due, right, height - low - top - 2, measure), [],
        *panel("Twelve weeks", "", [line for each in weeks for line in (each, *air)][: low - 3], right, low, measure),
    ]  # fmt: skip
    return beside(day, side, left, measure)


def _one_column(today: Today, now: datetime, width: int, height: int, measure: Measure) -> list[Line]:
    lines = _promised(today, now, width, measure)
    (_, _, inner, room), below = day_area(today, now, width, height, measure)
    rows = day_timeline(today, now, inner, room, measure)
    rows = [*_wish(today, inner, height, measure), *rows, *below]
    return [*lines, *panel("The day", "", rows, width, height - len(lines), measure, air=False)]


def _wish(today: Today, width: int, height: int, measure: Measure) -> list[Line]:
    """What the day serves, in a line below its title, or with an empty one, and in two if need be, where there is
    room.
    """
    wish, airy = counters_view.serves(today), height >= AIRY
    if not wish:
        return []
    parts = counters_view.serves(today, "\n").split("\n") if airy and measure(wish) > width else [wish]
    return [*([(fit(part, width, measure), "dim")] for part in parts), *([[]] if airy else [])]


def _promised(today: Today, now: datetime, width: int, measure: Measure) -> list[Line]:
    """What is promised for the day above its blocks, with an empty line, or nothing."""
    if not (today.due or today.special):
        return []
    due = _due(today, now, width - 4, measure)
    most = 1 + min(len(due), MOST_DUE)
    return [*panel("Promised today", str(len(today.due) or ""), due, width, most, measure, air=False), []]


def day_area(
    today: Today, now: datetime, width: int, height: int, measure: Measure = cells
) -> tuple[tuple[int, int, int, int], list[Line]]:
    """Return where in the columns the day's blocks are drawn (left cell, top row, width, height), and the lines below
    them.
    """
    alone = width < TWO_COLUMNS
    inner = (width if alone else (width - GAP) // 2) - 4
    wide = 2 * width  # they are wrapped, not cut
    below = [*day_view.slack_line(today, now, wide, measure), *day_view.fit_line(today, now, wide, measure)]
    below = [line for each in below for line in spans.wrapped(_outdent(each, 2), inner, measure)]
    top = len(_promised(today, now, width, measure)) + 1 if alone else 2
    top += len(_wish(today, inner, height, measure))
    return (2, top, inner, height - top - len(below) - (1 if alone else 2)), below


def _next(overview: Overview | None, today: Today, width: int, measure: Measure) -> list[Line]:
    if overview is None:
        return []
    card = overview.card
    if card is None:
        return [
            [("No one is left on your list.", "")],
            [("l", "accent"), (" build a calling list", "dim")],
        ]
    from planner.tui.shared.contact_card import card_lines  # not needed for the first paint

    return [[(card.name, "bold")], *card_lines(card, today.day, width, measure)]


def _due(today: Today, now: datetime, width: int, measure: Measure) -> list[Line]:
    lines: list[Line] = []
    for due in today.due:
        late = due.overdue(now)
        when = f"{'! ' if late else ''}{due.when(now)}"
        lines.append(
            [(f"{when}  ", "bad" if late else "accent"), (fit(due_name(due), width - len(when) - 2, measure), "")]
        )
    lines += [[(f"◆ {each.when(now)}  ", "dim"), (f"{each.contact}: {each.text}", "")] for each in today.special]
    return lines or [[("Nothing promised for today.", "dim")]]


def _weeks(overview: Overview | None, width: int) -> list[Line]:
    """A sparkline a metric, the current week last, with its count so far."""
    lines: list[Line] = []
    for metric, name in WEEK_NAMES.items():
        values = () if overview is None else overview.weeks.get(metric, ())
        if not values:
            lines.append([(name, "dim")])
            continue
        from planner.tui.shared import charts  # not needed for the first paint

        now = f"{values[-1]:,}"
        wide = 2 if width - 18 - len(now) >= 2 * len(values) else 1
        *before, last = (bar * wide for bar in charts.spark(values[-max(1, width - 18 - len(now)) :]))
        room = width - 16 - wide * (len(before) + 1) - len(now)
        lines.append(
            [
                (f"{name:<16}", "dim"),
                ("".join(before), "area"),
                (last, "accent"),
                (" " * max(1, room), ""),
                (now, "bold"),
            ]
        )
    return lines
