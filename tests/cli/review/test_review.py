"""`planner review`, by running the program."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Run


def test_week_json_matches_the_contract(run: Run) -> None:
    run("plan", "set", "--quota", "700000", "--personal", "2x", "--currency", "RUB")
    run("log", "dial", "--count", "40")
    run("log", "dial", "--outcome", "refused", "--reason", "too expensive")
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
    assert found["lost"] == [{"reason": "too expensive", "count": 1}]
    assert found["lessons"] == [
        {
            "date": "2026-11-16", "went_well": "[b]nine[/b] talks", "went_wrong": None, "what_else": None,
            "will_try": "shorter talks",
        }
    ]  # fmt: skip
    assert found["next_week"]["from"] == "2026-11-23"
    assert found["next_week"]["targets"]["revenue"] > 0


def test_review_text(run: Run) -> None:
    run("log", "dial", "--count", "40")
    run("day", "open")
    run("day", "close", "--without-list", "--wrong", "long lunch")
    text = run("review", "week").out
    assert text.startswith("Week 2026-W47, Mon 16 Nov to Sun 22 Nov 2026  (in progress)\n")
    assert "  calls            40\n" in text
    assert " (low confidence: few days so far)\n" in text
    assert "  Mon 16 Nov       miss: long lunch\n" in text
    assert run("review").out == text
    assert run("review", "--json").json["week"] == "2026-W47"
    assert run("review", "month").out.startswith("November 2026  (in progress)\n")
    assert run("review", "day", "--date", "2026-11-13").out.startswith("Fri 13 Nov 2026\n")


def test_review_as_markdown(run: Run, tmp_path: Path) -> None:
    run("log", "dial", "--count", "40")
    run("day", "open")
    run("day", "close", "--without-list", "--wrong", "# [x](http://e.example) <b>\x1b[2J | 1. *")
    printed = run("review", "week", "--md", "-").out
    path = tmp_path / "week.md"
    run("review", "week", "--md", str(path))
    assert path.read_text(encoding="utf-8") == printed
    assert printed.startswith("# Week 2026-W47, Mon 16 Nov to Sun 22 Nov 2026\n")
    assert "| Calls |   40 |" in printed
    assert "- Miss: \\# \\[x\\](http\\://e.example) \\<b\\>\\[2J \\| 1. \\*" in printed
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert "Use --force to overwrite it." in run("review", "week", "--md", str(path), code=1).err
    run("review", "week", "--md", str(path), "--force")
    run("review", "week", "--md", str(tmp_path))
    assert (tmp_path / "review-2026-W47.md").exists()
    assert "end in .md" in run("review", "week", "--md", str(tmp_path / "x.pdf"), code=2).err
    assert [row["what"] for row in run("export", "log", "--json").json] == ["review"] * 3


def test_review_as_html(run: Run, tmp_path: Path) -> None:
    run("log", "dial", "--count", "40")
    path = tmp_path / "week.html"
    run("review", "week", "--html", str(path))
    assert path.read_bytes().startswith(b"<!doctype html>\n<html")
    run("export", "review", str(tmp_path / "month.html"), "--span", "month", "--date", "2026-11")
    assert b"November 2026</h1>" in (tmp_path / "month.html").read_bytes()
    run("export", "review", str(tmp_path))
    assert (tmp_path / "review-2026-W47.md").exists()
    assert "not allowed with" in run("review", "week", "--html", "x.html", "--md", "-", code=2).err


def test_review_periods_and_refusals(run: Run) -> None:
    assert "Nothing to review yet" in run("review", "week", code=1).err
    run("log", "dial")
    assert "hasn't started yet" in run("review", "week", "--date", "2027-03-01", code=2).err
    assert run("review", "week", "--date", "last week").out.startswith("Week 2026-W46")
    assert run("review", "week", "--date", "2026-W40").out.startswith("Week 2026-W40")
    assert run("review", "2026-W40").out.startswith("Week 2026-W40")
    assert run("review", "last", "week", "--json").json["week"] == "2026-W46"
    assert run("review", "2026-10").out.startswith("October 2026\n")
    assert run("review", "last", "month").out.startswith("October 2026\n")
    assert "is a month, not a week" in run("review", "week", "--date", "last month", code=2).err
    assert "Choose one." in run("review", "week", "--json", "--md", "x.md", code=2).err
    assert "There's no week" in run("review", "week", "--date", "2026-W60", code=2).err


def test_self_review_commands(run: Run) -> None:
    run("log", "dial", "--count", "40")
    said = run("review", "say", "wrong", "late list", "--cause", "mail", "--fix", "make it before six", "--task")
    assert "miss: late list · cause: mail · fix: make it before six" in said.out
    assert said.out.splitlines()[1] == "Task 1: make it before six  due Mon 23 Nov"
    run("review", "say", "win", "nine", "talks")
    run("review", "say", "aim", "six meetings")
    assert "3 aims" not in run("review", "say", "aim", "seven").out
    found = run("review", "week", "--json").json
    assert [line["kind"] for line in found["self_review"]["lines"]] == ["wrong", "well", "aim", "aim"]
    assert found["self_review"]["lines"][0]["became"] == "task"
    assert found["self_review"]["state"] == "begun"
    assert found["learning"] == {"pace": None, "nudges": []}
    assert run("review", "finish", "--why", "nearer").out == "Finished the review of 2026-W47.\n"
    assert run("review", "list").out == "2026-W47  finished      40 calls  0 meetings  0 deals  nearer\n"
    row = run("review", "list", "--json").json[0]
    assert (row["week"], row["state"], row["figures"]["dials"]) == ("2026-W47", "finished", 40)
    assert "line 2  win: nine talks" in run("review", "week").out
    assert "Mon 16 Nov 2026  review    late list; mail; make it before six" in run("review", "find", "late").out
    assert run("review", "find", "elephant").out == "No matches for 'elephant'.\n"
    assert "finished review of 2026-W47" in run("undo").out
    later = {"now": "2026-11-23T08:00"}
    assert "From your review: make it before six" in run("day", "open", **later).out
    assert "This week's aim: six meetings" in run("undo", **later).out + run("day", "open", **later).out
    assert (
        run("review", "tried", "1", "not", "--date", "2026-W48", **later).out
        == "Marked not done in 2026-W48: make it before six\n"
    )
    run("review", "tried", "9", "done", "--date", "2026-W48", code=1, **later)
    assert "experiment 1  ✗ make it before six" in run("review", "week", "--date", "2026-W48", **later).out


def test_invalid_self_review_input_is_refused(run: Run) -> None:
    assert "Nothing to review yet" in run("review", "say", "well", "x", code=1).err
    run("log", "dial")
    assert "--fix" in run("review", "say", "wrong", "x", "--task", code=2).err
    assert "hasn't started yet" in run("review", "say", "well", "x", "--date", "2026-W50", code=2).err
    assert "No review has a line 7" in run("review", "drop", "7", code=1).err
    assert "is a month" in run("review", "finish", "--date", "2026-10", code=2).err
    assert "Only a miss can have a cause" in run("review", "say", "well", "x", "--cause", "y", code=2).err
    assert run("review", "list").out.startswith("No reviews yet.")


def test_books_and_trainings(run: Run) -> None:
    assert run("book", "list").out == "No books yet. Add one with `planner book add TITLE`.\n"
    assert run("book", "add", "SPIN", "Selling", "--author", "Rackham", "--from", "2026-10-01").out == (
        "Book 1: SPIN Selling, Rackham  started Thu 1 Oct\n"
    )
    assert "already learning from spin selling" in run("book", "add", "spin selling", code=1).err
    done = run("book", "done", "1", "--date", "2026-10-20")
    assert done.out == "Book 1: SPIN Selling, Rackham  ✓ Tue 20 Oct\n"
    assert "What did you take from it?" in done.err
    listed = run("book", "list")
    assert "✓ 1 book since Thu 1 Oct 2026. At one a month, you'd be at 1 by now." in listed.out
    assert "You finished SPIN Selling 27 days ago and haven't used it yet." in listed.err
    run("book", "done", "1", "--taken", "ask first")
    assert "No contact matches 'Kim'" in run("book", "used", "1", "x", "--contact", "Kim", code=1).err
    run("contact", "add", "Kim")
    assert run("book", "used", "1", "asked", "first", "--contact", "Kim").out == (
        "Logged use: SPIN Selling  Mon 16 Nov  asked first  Kim\n"
    )
    row = run("book", "list", "--json").json[0]
    assert (row["title"], row["taken"], row["unused"], len(row["uses"])) == ("SPIN Selling", "ask first", False, 1)
    asked = run("training", "add", "How does the rebate work?", "--kind", "question", "--contact", "Kim")
    assert asked.out.splitlines()[1] == "Task 1: Find out: How does the rebate work?  due tomorrow"
    run("task", "done", "1")
    assert run("training", "list").out == "   2  question  How does the rebate work?  ✓ Mon 16 Nov\n"
    run("training", "add", "Prices", "--done", "--taken", "what a discount takes")
    assert run("training", "list", "--json").json[0]["kind"] in ("training", "question")
    assert "Use one of: book, course" in run("training", "add", "x", "--kind", "film", code=2).err
    assert "planner book add" in run("training", "add", "x", "--kind", "book", code=2).err
    assert "no book 9" in run("book", "done", "9", code=1).err
    assert "no book 2" in run("book", "drop", "2", code=1).err
    assert "no training 1" in run("training", "done", "1", code=1).err
    assert "Add --done" in run("training", "add", "x", "--kind", "question", "--taken", "y", code=2).err
    assert run("book", "drop", "1").out == "Deleted book 1: SPIN Selling\n"
    assert "deleted book: SPIN Selling" in run("undo").out
    assert len(run("book", "list", "--json").json) == 1


def test_today_shows_the_mid_week_check(run: Run) -> None:
    run("goal", "add", "Calls", "--horizon", "week", "--metric", "dials", "--target", "500")
    run("day", "open")
    run("log", "dial", "--count", "80")
    wednesday = {"now": "2026-11-18T08:30"}
    assert "  Mid-week check as of this morning, 3 days left: calls 80 of 200 ▼" in run("today", **wednesday).out
    assert (
        run("today", "--json", **wednesday)
        .json["midway"][0]
        .startswith("Mid-week check as of this morning, 3 days left")
    )
    assert not any("Mid-week" in text for text in run("today", "--json").json["midway"])
