"""Our own themes, one dark, one light. The accent means *act here*; green, amber and red carry their meaning only."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="planner-dark",
    primary="#7aa2f7",
    secondary="#565f89",
    accent="#7dcfff",
    warning="#e0af68",
    error="#f7768e",
    success="#9ece6a",
    foreground="#d5d9e5",
    background="#16181f",
    surface="#1c1f28",
    panel="#242833",
    dark=True,
)
LIGHT = Theme(
    name="planner-light",
    primary="#2a5db0",
    secondary="#8a8f9c",
    accent="#0b6fa4",
    warning="#a05a00",
    error="#b3261e",
    success="#2e7d32",
    foreground="#22252d",
    background="#fafafa",
    surface="#f1f2f4",
    panel="#e6e8ec",
    dark=False,
)
THEMES = (DARK, LIGHT)
