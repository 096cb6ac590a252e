"""Our themes: text is readable (contrast by WCAG 2)."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from planner.services.context import AppContext
from planner.tui.shared.spans import LIT, UNDER_MOUSE
from planner.tui.shared.widgets.lines import BLOCK_TINTS, STYLES, theme_styles
from planner.tui.theme import DARK, HIGH_CONTRAST_DARK, HIGH_CONTRAST_LIGHT, LIGHT, THEMES
from tests.tui.helpers import press, running, says, shown, wait_for


def luminance(colour: Color) -> float:
    parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: Color, other: Color) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def colours(theme: Theme) -> dict[str, str]:
    return theme.to_color_system().generate() | theme.variables


# What text stands on. Rails, bands and areas have it only in their marks and curves.
GROUNDS = [
    "",
    "panel",
    "bar",
    "tab",
    "hover",
    "row",
    "block",
    "card",
    "wide",
    "heat1",
    "heat2",
    "heat3",
    "heat4",
    *BLOCK_TINTS,
]
GROUNDS += [tint for name, tint in UNDER_MOUSE.items() if tint.endswith(LIT) and name != "rail"]
HEATS = ("heat1", "heat2", "heat3", "heat4")
GRAPHIC = {"track": 1.0, "fill": 3.0, "violet": 3.0, "pointer": 3.0}  # marks and parts of bars, which are no text


@pytest.mark.parametrize(
    ("theme", "least"), [(DARK, 4.5), (LIGHT, 4.5), (HIGH_CONTRAST_DARK, 7), (HIGH_CONTRAST_LIGHT, 7)]
)
@pytest.mark.parametrize("ground", GROUNDS)
def test_text_has_enough_contrast(theme: Theme, least: float, ground: str) -> None:
    variables = colours(theme)
    background = Color.parse(variables["background"])
    styles = theme_styles(theme, variables, background, Style(bgcolor=background.rich_color))
    for name in ("", "bold") if ground.startswith("heat") else ("", *STYLES):
        style = styles[f"{name} on {ground}" if ground else name]
        assert style.bgcolor is not None
        if style.color is None:
            continue  # the terminal's text colour on its own background
        found = contrast(Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor))
        assert found >= GRAPHIC.get(name, least), f"{name} on {ground}: {found:.2f}"


@pytest.mark.parametrize("theme", [DARK, LIGHT, HIGH_CONTRAST_DARK, HIGH_CONTRAST_LIGHT])
def test_ground_as_ink_is_the_background(theme: Theme) -> None:
    """The lower edge of a band in a chart, and the mark in a bar, are drawn in the background's colour."""
    variables = colours(theme)
    background = Color.parse(variables["surface"])
    styles = theme_styles(theme, variables, background, Style(bgcolor=background.rich_color))
    for tint in ("band", "wide", "fill"):
        assert styles[f"ground on {tint}"].color == background.rich_color


AREAS = ("wide", "band", "filled")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["background", "surface"])
@given(st.sampled_from(AREAS), st.sampled_from(["", "panel", "rail", *AREAS]))
def test_an_area_has_the_same_tint_in_full_and_in_partly_filled_cells(
    theme: Theme, ground: str, area: str, beside: str
) -> None:
    """Whatever the other part of the cell is: else a band has a second staircase, which is in no legend."""
    variables = colours(theme)
    background = Color.parse(variables[ground])
    styles = theme_styles(theme, variables, background, Style(bgcolor=background.rich_color))
    partly = f"{area} on {beside}" if beside else area
    assert styles[partly].color == styles[f" on {area}"].bgcolor
    assert styles["fill on rail"].color == styles[" on fill"].bgcolor  # the end of a bar


@pytest.mark.parametrize("theme", THEMES)
def test_heat_is_seen_on_a_panel(theme: Theme) -> None:
    variables = colours(theme)
    background = Color.parse(variables["background"])
    styles = theme_styles(theme, variables, background, Style(bgcolor=background.rich_color))
    tones = [luminance(Color.from_rich_color(styles[f" on {name}"].bgcolor)) for name in ("panel", *HEATS)]
    assert tones == sorted(tones, reverse=not theme.dark)
    assert abs(tones[1] - tones[0]) > abs(tones[0] - luminance(background)) / 4


@pytest.mark.parametrize("theme", THEMES)
def test_current_and_selected_blocks_stand_out_from_the_others(theme: Theme) -> None:
    variables = colours(theme)
    background = Color.parse(variables["background"])
    styles = theme_styles(theme, variables, background, Style(bgcolor=background.rich_color))

    def distance(name: str) -> float:
        return abs(luminance(Color.from_rich_color(styles[f" on {name}"].bgcolor)) - luminance(background))

    others = [distance(name) for name in BLOCK_TINTS if name not in ("now", "picked")]
    assert max(others) < min(distance("now"), distance("picked"))
    assert len(set(others)) == len(others), "each kind has a tone of its own"


@pytest.mark.parametrize("theme", THEMES)
def test_a_block_under_the_mouse_looks_neither_selected_nor_as_before(theme: Theme) -> None:
    variables = colours(theme)
    background = Color.parse(variables["background"])
    styles = theme_styles(theme, variables, background, Style(bgcolor=background.rich_color))
    for name in set(BLOCK_TINTS) - {"picked"}:
        under = styles[f" on {UNDER_MOUSE[name]}"].bgcolor
        assert under not in (styles[" on picked"].bgcolor, styles[f" on {name}"].bgcolor), name


@pytest.mark.parametrize("theme", THEMES)
def test_status_colours_keep_their_hue_as_text(theme: Theme) -> None:
    variables = colours(theme)
    for name in ("error", "warning", "success"):
        colour = Color.parse(variables[f"text-{name}"])
        parts = (colour.r, colour.g, colour.b)
        assert max(parts) - min(parts) >= 54, f"{name}: {colour.hex}"


PICTURES = sorted((Path(__file__).parent / "__snapshots__/test_pictures").glob("*.svg"))
CELL = 12.2  # width of a cell in the pictures
_RECT = re.compile(
    r'<rect fill="(#[0-9a-f]{6})" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" shape-rendering'
)
_TEXT = re.compile(r'<text class="(terminal-r\d+)" x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>')


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.stem)
def test_text_in_every_picture_has_enough_contrast(picture: Path) -> None:
    drawn = picture.read_text("utf-8")
    rects = [(colour, *map(float, numbers)) for colour, *numbers in _RECT.findall(drawn)]
    if Color.parse(rects[0][0]) not in [Color.parse(theme.panel or "") for theme in THEMES]:
        return  # a modal lies over it, and what is behind that is dimmed
    colours = dict(re.findall(r"\.(terminal-r\d+) \{ fill: (#[0-9a-f]{6})", drawn))
    faint = []
    for name, x, y, text in _TEXT.findall(drawn):
        text = html.unescape(text).replace("\xa0", " ")
        if not any(char.isalnum() for char in text):
            continue
        at, row = float(x) + CELL * (len(text) - len(text.lstrip())) + 3, float(y) - 6
        behind = [fill for fill, left, top, wide, high in rects if left <= at < left + wide and top <= row < top + high]
        if behind and contrast(Color.parse(colours[name]), Color.parse(behind[-1])) < 4.5:
            faint.append(f"{text.strip()!r}: {colours[name]} on {behind[-1]}")
    assert not faint, "\n".join(faint)


async def test_theme_is_set_in_the_settings(ctx: AppContext) -> None:
    with open(ctx.settings_path, "w", encoding="utf-8") as file:
        file.write('[ui]\ntheme = "planner-contrast-light"\n')
    async with running(ctx) as pilot:
        assert pilot.app.theme == "planner-contrast-light"
        await press(pilot, "d")
        assert "Call counted" in shown(pilot)


async def test_no_color_shows_the_same_text(ctx: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "3")
        coloured = shown(pilot)
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(ctx) as pilot:
        await press(pilot, "3")
        assert shown(pilot) == coloured
        for line in pilot.app.screen._compositor.render_strips():
            for segment in line:
                colour = None if segment.style is None else segment.style.color
                assert colour is None or colour.triplet is None or len(set(colour.triplet)) == 1, segment


def test_the_selected_row_is_reversed_in_the_terminals_own_colours() -> None:
    """Its grey may be too light for its text, or too dark."""
    theme = BUILTIN_THEMES["ansi-dark"]
    styles = theme_styles(theme, {}, Color(0, 0, 0), Style())
    assert all(styles[f"{name} on row"].reverse for name in ("", "dim", "accent"))
    assert styles["bad"].color != styles["good"].color != styles[""].color


@pytest.mark.parametrize("theme", [HIGH_CONTRAST_DARK, HIGH_CONTRAST_LIGHT])
def test_dimmed_text_is_told_from_other_text_in_high_contrast(theme: Theme) -> None:
    variables = colours(theme)
    background = Color.parse(variables["background"])
    styles = theme_styles(theme, variables, background, Style(bgcolor=background.rich_color))
    for ground in ("", " on panel"):
        texts = [Color.from_rich_color(styles[f"{name}{ground}"].color) for name in ("bold", "dim")]
        assert contrast(*texts) >= 1.5


@pytest.mark.parametrize("name", ["ansi-dark", "nord", *(theme.name for theme in THEMES)])
async def test_dialogs_open_in_every_theme(ctx: AppContext, name: str) -> None:
    async with running(ctx) as pilot:
        pilot.app.theme = name
        await press(pilot, "question_mark")
        await wait_for(pilot, says(pilot, "Keys · Today"))
