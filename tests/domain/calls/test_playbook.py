"""Scripts and the playbook: the built-in content, parsing, and how answers are ranked."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import content
from planner.domain.calls import playbook, scripts
from planner.domain.calls.playbook import Answer, Objection
from planner.domain.errors import InputError

COUNTS = {
    "preparation": 7, "stages": 6, "sorts": 3, "objection-habit": 5, "signals": 6, "closings": 6, "mind": 7, "trust": 3,
    "limits": 5, "lost": 6, "listening": 4, "listening-rules": 10, "listening-signs": 4, "listening-costs": 3,
    "manners": 25, "manners-more": 5, "mistakes": 22, "standards": 12, "customers": 5, "rude": 4, "questions": 3,
    "endings": 6,
}  # fmt: skip


@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_built_in_lists_are_complete(name: str, count: int) -> None:
    lines = content.word_lists()[name]["lines"]
    assert len(lines) == len(set(lines)) == count


def test_content_missing_in_a_language_is_english() -> None:
    assert content.word_lists("xx") == content.word_lists()
    assert content.load("scripts", "xx") == content.load("scripts", "en")


def test_every_built_in_objection_has_all_kinds_of_answer() -> None:
    found = playbook.parse(content.word_lists()["objections"]["lines"])
    assert len(found) == 7
    for one in found:
        assert tuple(answer.way for answer in one.answers) == tuple(playbook.WAYS)
    assert playbook.parse(playbook.as_lines(found)) == found


@pytest.mark.parametrize("kind", scripts.KINDS)
def test_every_script_has_branches_and_an_end(kind: str) -> None:
    row = content.word_lists()[f"script-{kind}"]
    script = scripts.parse(kind, row["title"], row["lines"])
    assert script.steps[-1].name == scripts.END
    assert sum(len(step.branches) for step in script.steps) >= 2
    for index, step in enumerate(script.steps):
        for branch in step.branches:
            assert 0 <= script.index_of(branch.to, index) < len(script.steps)


def test_cold_call_script_does_not_sell() -> None:
    text = " ".join(content.word_lists()["script-cold"]["lines"]).lower()
    assert not any(word in text for word in ("buy", "price", "order", "contract", "cost"))
    row = content.word_lists()["script-cold"]
    moment = [step for step in scripts.parse("cold", "", row["lines"]).steps if "good time" in step.text]
    assert moment and moment[0].optional


def test_parsing_a_script() -> None:
    script = scripts.parse(
        "cold", "First", ["Hello {name}", "  who: I am {me} -> go", "(optional) Good moment?", "go = Bye"]
    )
    assert [step.optional for step in script.steps] == [False, True, False]
    assert script.steps[0].branches[0] == scripts.Branch("who", "I am {me}", "go")
    assert script.index_of("go", 0) == 2 and script.index_of("", 0) == 1 and script.index_of("", 2) == 2
    assert scripts.fill("Hello {name}, {me} {other}", {"name": "Kim"}) == "Hello Kim, … {other}"
    assert scripts.fill("{my_company} {firm} {company}", {"my_company": "Northwind"}) == "Northwind Northwind …"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "at least one step"),
        (["  who: me"], "before the first step"),
        (["Hello", "  who"], "heard: what you say"),
        (["Hello", "  who: me -> nowhere"], "no step with that name"),
        (["(optional)"], "no text"),
        (["x"] * 61, "60 steps"),
    ],
)
def test_invalid_script_is_refused_with_a_reason(lines: list[str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        scripts.parse("cold", "", lines)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["  question: x"], "before the first objection"),
        (["Too expensive", "  shout: x"], "with one of figures, case"),
        (["Too expensive", "  question:"], "approach: text"),
        (["Too expensive", "too  EXPENSIVE"], "twice"),
    ],
)
def test_invalid_playbook_is_refused_with_a_reason(lines: list[str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        playbook.parse(lines)


def test_choosing_the_script_of_a_call() -> None:
    kind = scripts.kind_for
    assert kind(callback=False, spoken_before=False, customer=False) == "cold"
    assert kind(callback=True, spoken_before=True, customer=False) == "callback"
    assert kind(callback=False, spoken_before=True, customer=False) == "warm"
    assert kind(callback=False, spoken_before=True, customer=True, sold_days_ago=9) == "follow-up"
    assert kind(callback=False, spoken_before=True, customer=True, sold_days_ago=400) == "warm"


def test_objection_is_found_with_three_letters() -> None:
    found = playbook.parse(content.word_lists()["objections"]["lines"])
    for text, typed in (
        ("We don't need it.", "nee"), ("It's too expensive.", "exp"), ("I need to think about it.", "thi"),
        ("We don't have the budget.", "bud"), ("Your price is too high.", "pri"), ("I'm busy. Call me later.", "bus"),
        ("It sounds complicated.", "com"),
    ):  # fmt: skip
        assert found[playbook.find(found, typed)[0]].text == text
    assert playbook.find(found, "zzz") == []
    assert playbook.find(found, "  ") == list(range(7))


def test_answers_are_ranked_by_success_with_little_evidence_discounted() -> None:
    answers = [Answer("figures", "a"), Answer("case", "b"), Answer("question", "c"), Answer("pass", "d")]
    assert [one.answer.text for one in playbook.rate(answers, {})] == ["a", "b", "c", "d"]
    told = {"a": (1, 10), "b": (1, 1), "c": (9, 10)}
    order = playbook.rate(answers, told)
    assert [one.answer.text for one in order] == ["c", "b", "d", "a"]
    assert order[0].words.startswith("9 of 10 worked (") and order[2].words == ""
    assert order[0].high - order[0].low < order[1].high - order[1].low


def test_answers_are_ranked_by_success_after_ten_tries_each() -> None:
    answers = [Answer(way, way) for way in playbook.WAYS]
    worked = {"figures": 1, "case": 2, "question": 9, "u-turn": 5, "deny": 0, "yes-but": 3, "pass": 7}
    told = {way: (hits, 10) for way, hits in worked.items()}
    order = [one.answer.way for one in playbook.rate(answers, told)]
    assert order == sorted(worked, key=lambda way: -worked[way])


@given(st.dictionaries(st.sampled_from("abcdefg"), st.tuples(st.integers(0, 40), st.integers(0, 40))))
def test_higher_success_never_ranks_lower(counts: dict[str, tuple[int, int]]) -> None:
    told = {text: (min(pair), max(pair)) for text, pair in counts.items()}
    answers = [Answer("case", text) for text in "abcdefg"]
    order = playbook.rate(answers, told)
    assert sorted(one.answer.text for one in order) == list("abcdefg")
    for first, second in itertools.pairwise(order):
        assert first.rate >= second.rate
        if first.tried == second.tried:
            assert first.worked >= second.worked


def test_new_answer_is_added_once() -> None:
    found = playbook.with_answer([Objection("Too expensive")], "too expensive ", Answer("case", "x"))
    assert found == [Objection("Too expensive", (Answer("case", "x"),))]
    assert playbook.with_answer(found, "Too expensive", Answer("case", "X")) == found
    assert playbook.with_answer(found, "No time")[1] == Objection("No time")


def test_fluent_drills_are_spaced_out() -> None:
    step, days = 0, []
    for _ in range(8):
        step, due = playbook.next_drill(step, fluent=True)
        days.append(due)
    assert days == [1, 3, 7, 14, 30, 60, 60, 60]
    assert playbook.next_drill(step, fluent=False) == (0, 1)


@pytest.mark.parametrize(
    ("languages", "found"),
    [
        ("", "en"),
        ("Korean, English", "ko"),
        ("английский", "en"),
        ("deutsch, русский", "ru"),
        ("한국어", "ko"),
        ("RU", "ru"),
        ("Italian", "en"),
        ("koreanisch", "en"),
    ],
)
def test_first_language_with_content_is_chosen(languages: str, found: str) -> None:
    assert content.language_of(languages, "en") == found
    assert content.language_of("Italian", "ru") == "ru"
