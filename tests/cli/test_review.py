"""`planner review`, by running the program."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Run


def test_the_week_has_the_keys_of_the_contract(run: Run) -> None:
    run("plan", "set", "--quota", "700000", "--personal", "2x", "--currency", "RUB")
    run("log", "dial", "--count", "40")
    run("log", "dial", "--outcome", "refused", "--reason", "too dear")
    run("log", "stop", "--outcome", "given-in")
    run("day", "open")
    run("day", "close", "--without-list", "--well", "[b]nine[/b] talks", "--try", "shorter talks")
    found = run("review", "week", "--json").json
    assert (found["week"], found["from"], found["to"]) == ("2026-W47", "2026-11-16", "2026-11-22")
    names = ("dials", "conversations", "meetings_booked", "meetings_held", "proposals", "deals", "revenue")
    assert list(found["figures"]) == list(names)
    assert found["figures"]["dials"]["done"] == 41
    assert found["figures"]["conversations"]["done"] == 1
    assert set(found["figures"]["revenue"]) >= {"done", "target"}
    assert set(found["discipline"]) >= {"strength", "parts", "low_confidence"}
    assert found["discipline"]["low_confidence"] is True
    assert found["discipline"]["parts"]["close"] == 1
    assert found["mail"] == {"adherence": None}
    assert found["promises"] == {"kept": 0, "late": 0, "broken": 0, "open": 0}
    assert found["stops"] == {"refused": 0, "given_in": 1}
    assert found["objections"] == []
    assert found["lost"] == [{"reason": "too dear", "count": 1}]
    assert found["lessons"] == [
        {
            "date": "2026-11-16", "went_well": "[b]nine[/b] talks", "went_wrong": None, "what_else": None,
            "will_try": "shorter talks",
        }
    ]  # fmt: skip
    assert found["next_week"]["from"] == "2026-11-23"
    assert found["next_week"]["targets"]["revenue"] > 0


def test_a_review_reads_well(run: Run) -> None:
    run("log", "dial", "--count", "40")
    run("day", "open")
    run("day", "close", "--without-list", "--wrong", "long lunch")
    text = run("review", "week").out
    assert text.startswith("2026-W47  Mon 16 Nov to Sun 22 Nov 2026  (not over yet)\n")
    assert "  calls            40\n" in text
    assert "(low confidence: few days were seen)" in text
    assert "Mon 16  wrong: long lunch" in text
    assert run("review").out == text
    assert run("review", "--json").json["week"] == "2026-W47"
    assert run("review", "month").out.startswith("2026-11  Sun 1 Nov to Mon 30 Nov 2026")
    assert run("review", "day", "--date", "2026-11-13").out.startswith("2026-11-13  Fri 13 Nov 2026\n")


def test_a_review_as_markdown(run: Run, tmp_path: Path) -> None:
    run("log", "dial", "--count", "40")
    run("day", "open")
    run("day", "close", "--without-list", "--wrong", "# [x](http://e.example) <b>\x1b[2J | 1. *")
    printed = run("review", "week", "--md", "-").out
    path = tmp_path / "week.md"
    run("review", "week", "--md", str(path))
    assert path.read_text(encoding="utf-8") == printed
    assert printed.startswith("# Week 2026-W47, 16 to 22 November 2026\n")
    assert "| Calls |   40 |" in printed
    assert "- went wrong: \\# \\[x\\](http\\://e.example) \\<b\\>\\[2J \\| 1. \\*" in printed
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert "--force replaces it" in run("review", "week", "--md", str(path), code=1).err
    run("review", "week", "--md", str(path), "--force")
    run("review", "week", "--md", str(tmp_path))
    assert (tmp_path / "review-2026-W47.md").exists()
    assert "ends in .md" in run("review", "week", "--md", str(tmp_path / "x.pdf"), code=2).err
    assert [row["what"] for row in run("export", "log", "--json").json] == ["review"] * 3


def test_a_review_as_a_page(run: Run, tmp_path: Path) -> None:
    run("log", "dial", "--count", "40")
    path = tmp_path / "week.html"
    run("review", "week", "--html", str(path))
    assert path.read_bytes().startswith(b"<!doctype html>\n<html")
    run("export", "review", str(tmp_path / "month.html"), "--span", "month", "--date", "2026-11")
    assert b"November 2026</h1>" in (tmp_path / "month.html").read_bytes()
    run("export", "review", str(tmp_path))
    assert (tmp_path / "review-2026-W47.md").exists()
    assert "not allowed with" in run("review", "week", "--html", "x.html", "--md", "-", code=2).err


def test_what_can_t_be_looked_back_at_is_said(run: Run) -> None:
    assert "nothing to look back at" in run("review", "week", code=1).err
    run("log", "dial")
    assert "is to come" in run("review", "week", "--date", "2027-03-01", code=2).err
    assert run("review", "week", "--date", "last week").out.startswith("2026-W46")
    assert run("review", "week", "--date", "2026-W40").out.startswith("2026-W40")
    assert run("review", "2026-W40").out.startswith("2026-W40")
    assert run("review", "last", "week", "--json").json["week"] == "2026-W46"
    assert run("review", "2026-10").out.startswith("2026-10")
    assert run("review", "last", "month").out.startswith("2026-10")
    assert "is a month, not a week" in run("review", "week", "--date", "last month", code=2).err
    assert "Ask for one of them" in run("review", "week", "--json", "--md", "x.md", code=2).err
    assert "There is no week" in run("review", "week", "--date", "2026-W60", code=2).err
