"""The keys in the help."""

from __future__ import annotations

from planner.tui.shared.modals.help import KEYS, KeyLines


def test_what_a_key_does_is_wrapped_beside_it() -> None:
    lines = KeyLines()
    lines.groups = [("Log", [("d", "Count a call, then press a digit for its outcome"), ("c", "Count")])]
    assert ["".join(text for text, _ in line) for line in lines.build(40, 10)] == [
        "Log",
        f"  {'d':<{KEYS - 2}}Count a call, then press a",
        f"{'':{KEYS}}digit for its outcome",
        f"  {'c':<{KEYS - 2}}Count",
    ]


def test_help_says_if_no_key_matches() -> None:
    assert KeyLines().build(40, 10) == [[("No key matches.", "dim")]]
