"""How texts are cut and filled to a width."""

from __future__ import annotations

import pytest

from planner.tui.shared.spans import fit_apart, fit_middle, padded
from planner.tui.shared.widgets.lines import measure


@pytest.mark.parametrize(
    "text", ["An exceedingly long name 12", "Kim Minsu 김민수, 한빛무역 구매팀장 12", "x" * 5_000 + "12"]
)
@pytest.mark.parametrize("width", [1, 2, 6, 7, 20])
def test_text_cut_in_its_middle_fits_and_keeps_its_end(text: str, width: int) -> None:
    short = fit_middle(text, width, measure)
    assert measure(short) <= width and "…" in short
    assert width < 6 or short.endswith("12")


def test_only_texts_that_would_look_alike_are_cut_in_their_middle() -> None:
    names = ("Northern Technologies 1", "Northern Technologies 2", "Southern Technologies", "Short")
    assert fit_apart([(name, 12) for name in names]) == ["Northe…ies 1", "Northe…ies 2", "Southern Te…", "Short"]
    same = [("Northern Technologies 1", 12)] * 2
    assert fit_apart(same) == ["Northern Te…"] * 2


def test_text_is_filled_by_cells() -> None:
    assert padded("김민수", 8, measure) == "김민수  "
    assert padded("Northern", 5) == "Nort…"
