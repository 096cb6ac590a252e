"""The app's own themes: dark, light, and each in high contrast (at least 7:1, WCAG 2 level AAA, tested).

The accent means *act here*, and the primary colour is that of figures: bars, charts and heat maps. The secondary one
tells blocks of the day apart. Green, amber and red are used only for their meaning, and as text they keep their hue:
Textual's own are so close to the foreground that they are hardly told from it.
"""

from __future__ import annotations

from textual.theme import Theme


def edge(theme: Theme) -> str:
    """Return the colour of dialogs' frames in a theme that doesn't set it."""
    return "ansi_bright_black" if theme.ansi or theme.foreground is None else f"{theme.foreground} 20%"


def hint(theme: Theme) -> str:
    """Return the colour of what an empty field says in a theme that doesn't set it. It's fainter than a label, so that
    the field doesn't look filled.
    """
    return "ansi_default" if theme.ansi or theme.foreground is None else f"{theme.foreground} 82%"


def _with_scrollbars(theme: Theme) -> Theme:
    """Give a theme scrollbars in its own ink, and the accent under the mouse."""
    assert theme.foreground is not None and theme.accent is not None and theme.surface is not None
    for name in ("scrollbar-background", "scrollbar-background-hover", "scrollbar-background-active"):
        theme.variables[name] = theme.surface
    theme.variables |= {
        "scrollbar": f"{theme.foreground} 45%",
        "scrollbar-hover": theme.accent,
        "scrollbar-active": theme.accent,
        "scrollbar-corner-color": theme.surface,
    }
    return theme


DARK = Theme(
    name="planner-dark",
    primary="#7aa2f7",
    secondary="#bb9af7",
    accent="#7dcfff",
    warning="#e0af68",
    error="#f7768e",
    success="#9ece6a",
    foreground="#d5d9e5",
    background="#12141a",
    surface="#1e222c",
    panel="#2b313f",
    dark=True,
    variables={"text-error": "#f8879c", "text-warning": "#e0af68", "text-success": "#9ece6a", "hint": "#d5d9e5 68%"},
)
LIGHT = Theme(
    name="planner-light",
    primary="#2a5db0",
    secondary="#7a4fb5",
    accent="#0b6fa4",
    warning="#a05a00",
    error="#b3261e",
    success="#2e7d32",
    foreground="#22252d",
    background="#fafafa",
    surface="#eef0f3",
    panel="#e3e6eb",
    dark=False,
    variables={"text-error": "#a8241c", "text-warning": "#834a00", "text-success": "#256428", "hint": "#22252d 68%"},
)
HIGH_CONTRAST_DARK = Theme(
    name="planner-contrast-dark",
    primary="#a8c7ff",
    secondary="#d9b8ff",
    accent="#ffff00",
    warning="#ffc04d",
    error="#ffb8b8",
    success="#7dff7d",
    foreground="#ffffff",
    background="#000000",
    surface="#1e1e1e",
    panel="#363636",
    dark=True,
    variables={
        "text-muted": "#cccccc",
        "text-disabled": "#c8c8c8",
        "text-error": "#ffc9c9",
        "text-warning": "#ffcf77",
        "text-success": "#7dff7d",
        "edge": "#ffffff",
        "hint": "#ffffff 79%",
    },
)
HIGH_CONTRAST_LIGHT = Theme(
    name="planner-contrast-light",
    primary="#00308f",
    secondary="#4b0082",
    accent="#0000b3",
    warning="#6b3a00",
    error="#8b0000",
    success="#004d00",
    foreground="#000000",
    background="#ffffff",
    surface="#e2e2e2",
    panel="#d0d0d0",
    dark=False,
    variables={
        "text-muted": "#3a3a3a",
        "text-disabled": "#3a3a3a",
        "text-error": "#630000",
        "text-warning": "#452500",
        "text-success": "#003600",
        "edge": "#000000",
        "hint": "#000000 75%",
    },
)
# Minimum share of the foreground for dimmed styles to stay legible. In high contrast, nothing is faint.
_NOT_FAINT = {"dim": 0.79, "fill": 0.85, "track": 0.6, "rail": 0.32, "block": 0.19}
LEAST_STRENGTH = {
    DARK.name: {"dim": 0.63},
    LIGHT.name: {"dim": 0.7},
    HIGH_CONTRAST_DARK.name: _NOT_FAINT | {"chosen": 0.24},  # brighter than what it stands among
    HIGH_CONTRAST_LIGHT.name: _NOT_FAINT,
}
THEMES = tuple(map(_with_scrollbars, (DARK, LIGHT, HIGH_CONTRAST_DARK, HIGH_CONTRAST_LIGHT)))
