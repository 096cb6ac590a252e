"""`planner goal`: the words for a goal's fields."""

from __future__ import annotations

from tests.conftest import Run


def test_fields_and_metrics_also_go_by_their_former_names(run: Run) -> None:
    base = ("goal", "add", "Calls", "--horizon", "month", "--target", "100")
    run(*base, "--metric", "calls", "--who", "Anna", "--vision", "keys in hand")
    run(*base, "--metric", "dials", "--for-whom", "Anna", "--picture", "keys in hand")
    for goal in run("goal", "list", "--json").json:
        assert (goal["metric"], goal["for_whom"], goal["picture"]) == ("dials", "Anna", "keys in hand")
    shown = run("goal", "show", "1").out
    assert "100 calls" in shown and "who it's for: Anna" in shown and "vision: keys in hand" in shown
    usage = run("goal", "add", "--help").out
    assert "--who " in usage and "--vision " in usage
    assert "--for-whom" not in usage and "--picture" not in usage
