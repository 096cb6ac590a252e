"""What is said to customers, in every language: built like the English, line by line."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from typing import Any

import pytest

from planner import content
from planner.domain.calls import playbook, scripts
from planner.domain.clients.people import KINDS

LANGUAGES = sorted(folder.name for folder in content.folder().iterdir() if folder.is_dir())
LINE_LENGTH = 300


def tables(language: str) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the files of a language with their tables, with none of those that are filled in from English."""
    folder = content.folder() / language
    return {file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.toml"))}


def lists(language: str) -> dict[str, dict[str, Any]]:
    return {name: row for file in tables(language).values() for name, row in file.items()}


def placeholders(row: dict[str, Any]) -> set[str]:
    return set(re.findall(r"\{(.*?)\}", "\n".join(row["lines"])))


ENGLISH = lists("en")

each_language = pytest.mark.parametrize("language", LANGUAGES)


def test_english_has_every_file() -> None:
    assert set(tables("en")) == set(content.LISTS)


@each_language
def test_files_and_tables_are_those_of_english_in_order(language: str) -> None:
    there = tables(language)
    assert {file: list(rows) for file, rows in there.items()} == {
        file: list(rows) for file, rows in tables("en").items()
    }
    for rows in there.values():
        for row in rows.values():
            assert list(row) == ["title", "about", "lines"]
            assert row["title"].strip() and row["about"].strip()


@each_language
@pytest.mark.parametrize("name", ENGLISH)
def test_lines_are_as_many_as_in_english_and_can_be_read_aloud(language: str, name: str) -> None:
    lines = lists(language)[name]["lines"]
    assert len(lines) == len(ENGLISH[name]["lines"])
    if name != "objections":
        assert len(set(lines)) == len(lines)
    for line in lines:
        assert 0 < len(line) <= LINE_LENGTH
        assert line == line.rstrip()
        assert not line.startswith(" ") or name == "objections" or name.startswith("script-")


@each_language
@pytest.mark.parametrize("name", ENGLISH)
def test_placeholders_are_those_of_english(language: str, name: str) -> None:
    used = placeholders(lists(language)[name])
    known = placeholders(ENGLISH[name])
    assert used <= ({"hours"} if name == "auto-reply" else set(scripts.FIELDS))
    assert used <= known | ({"name"} if "first" in known else set())


@each_language
@pytest.mark.parametrize("kind", scripts.KINDS)
def test_script_has_the_steps_and_answers_of_english(language: str, kind: str) -> None:
    name = f"script-{kind}"
    script, english = (
        scripts.parse(kind, row["title"], row["lines"]) for row in (lists(language)[name], ENGLISH[name])
    )
    assert [(step.name, step.optional) for step in script.steps] == [
        (step.name, step.optional) for step in english.steps
    ]
    assert script.steps[-1].name == scripts.END
    leads, wanted = (Counter(branch.to for step in one.steps for branch in step.branches) for one in (script, english))
    assert leads == wanted
    for step in script.steps:
        assert all(branch.say for branch in step.branches)
        assert len({branch.heard for branch in step.branches}) == len(step.branches)


@each_language
def test_every_objection_has_the_seven_ways_in_order(language: str) -> None:
    lines = lists(language)["objections"]["lines"]
    found = playbook.parse(lines)
    assert playbook.as_lines(found) == lines
    for one in found:
        assert [answer.way for answer in one.answers] == list(playbook.WAYS)
    texts = [playbook.key(answer.text) for one in found for answer in one.answers]
    assert len(set(texts)) == len(texts)  # an answer's successes are counted by its text


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])  # English has “need” in two of them
def test_every_objection_is_found_by_letters_that_no_other_begins_with(language: str) -> None:
    found = playbook.parse(lists(language)["objections"]["lines"])
    begin = [{word[:3] for word in re.findall(r"\w+", playbook.key(one.text))} for one in found]
    counts = Counter(letters for words in begin for letters in words)
    for index, words in enumerate(begin):
        assert any(counts[letters] == 1 and playbook.find(found, letters)[0] == index for letters in words)


@each_language
def test_customer_types_have_the_keys_of_contacts_and_three_parts(language: str) -> None:
    rows = [line.partition(": ") for line in lists(language)["customers"]["lines"]]
    assert tuple(kind for kind, _, _ in rows) == KINDS
    for _, _, text in rows:
        parts = [part.strip() for part in text.split("|")]
        assert len(parts) == 3 and all(parts)


@each_language
def test_closings_say_when(language: str) -> None:
    for line in lists(language)["closings"]["lines"]:
        assert re.fullmatch(r"[^():]+ \([^():]+\): .+", line)


@pytest.mark.skipif("ko" not in LANGUAGES, reason="no Korean content")
def test_korean_placeholders_are_followed_by_what_fits_any_final_sound() -> None:
    particle = re.compile(r"\}(은|는|이|가|을|를|와|과|랑|로|으로|라|예요|에요|였|아|야)")
    for row in lists("ko").values():
        assert "{first}" not in "".join(row["lines"])  # nobody is called by a first name
        for line in row["lines"]:
            assert not particle.search(line)


@pytest.mark.skipif("ko" not in LANGUAGES, reason="no Korean content")
def test_korean_cold_call_does_not_sell() -> None:
    text = " ".join(lists("ko")["script-cold"]["lines"])
    assert not any(word in text for word in ("구매", "구입", "가격", "주문", "계약", "비용", "견적", "할인"))
