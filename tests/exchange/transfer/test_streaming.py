"""Tables are read as a stream: their memory doesn't grow with their rows, and what is found is the same as before."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from planner import content
from planner.exchange.text_file import BLOCK, FileRefused, TextFile
from planner.exchange.transfer import csv_file, json_file, row_reader, spool, table_file
from planner.exchange.transfer.csv_file import Row
from planner.exchange.transfer.dates import OrderFinder
from planner.exchange.transfer.readers import READERS
from planner.exchange.transfer.records import Reading, Wanted
from planner.exchange.transfer.spool import Spool
from planner.exchange.transfer.values import TwoWays

NOW = datetime(2026, 11, 16, 9, 42)
ROWS = 8_000


def calls(path: Path, rows: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.write("call at,contact,notes\n")
        for number in range(rows):
            file.write(f"2026-10-01 09:{number % 60:02},Given{number} Family,asked for number {number}\n")
    return path


def read(path: Path, kind: str) -> Reading[object]:
    reader = READERS[kind](table_file.read(str(path), kind), content.load("imports"), Wanted(), NOW, lambda done: None)
    reader.scan()
    for _ in reader.records():
        pass
    return reader.reading


def most_memory(path: Path) -> int:
    tracemalloc.start()
    try:
        read(path, "calls")
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    short, long = calls(tmp_path / "short.csv", ROWS // 10), calls(tmp_path / "long.csv", ROWS)
    read(short, "calls")  # what is cached once
    # a block of text and its bytes, while the records alone would take 12 MB
    assert most_memory(long) - most_memory(short) < 8 * BLOCK


def test_rows_come_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []
    lines = TextFile.lines

    def counted(self: TextFile, longest: int) -> Iterator[str]:
        for number, line in enumerate(lines(self, longest)):
            taken.append(number)
            yield line

    file = csv_file.read(str(calls(tmp_path / "calls.csv", 5_000)))
    monkeypatch.setattr(TextFile, "lines", counted)
    rows = file.rows()
    next(rows)
    assert len(taken) < 10
    assert len(list(rows)) == 4_999
    assert len(list(file.rows())) == 5_000  # from the first each time


def test_a_file_that_changes_between_two_passes_is_refused(tmp_path: Path) -> None:
    path = calls(tmp_path / "calls.csv", 10)
    file = csv_file.read(str(path))
    with path.open("a", encoding="utf-8") as more:
        more.write("2026-10-01 10:00,Kim,\n")
    with pytest.raises(FileRefused, match="was changed while it was read"):
        next(file.rows())


def test_rows_that_repeat_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("call at,contact\n" + "2026-10-01 09:00,Kim\n2026-10-01 09:01,Lee\n" * 3, encoding="utf-8")

    def refs() -> list[str]:
        file = csv_file.read(str(path))
        reader = READERS["calls"](file, content.load("imports"), Wanted(), NOW, lambda done: None)
        reader.scan()
        return [record.ref for record in reader.records()]

    found = refs()
    assert len(set(found)) == 6
    monkeypatch.setattr(row_reader, "_repeated", set)  # as if every row might repeat
    assert refs() == found


@pytest.mark.parametrize("block", [1, 7, 1_000])
def test_json_is_read_in_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr(json_file, "BLOCK", block)
    entries = [{"name": "Kim, [Minsu]", "n": number, "deep": {"a": [1, "}"]}} for number in range(20)]
    path = tmp_path / "people.json"
    path.write_text(json.dumps([*entries, {"name": "Lee", "late": "x"}], indent=1), encoding="utf-8")
    file = table_file.read(str(path), "contacts")
    assert file.header == ("name", "n", "deep a", "late")
    rows = list(file.rows())
    assert (len(rows), rows[3].cells) == (21, ("Kim, [Minsu]", "3", "1;}", ""))
    assert rows[-1].cells == ("Lee", "", "", "x")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[{"name": "Kim"},\n {"name": "Lee"', "line 2: this isn't valid JSON"),
        ('[{"name": "Kim"}\n{"name": "Lee"}]', "line 2: this isn't valid JSON"),
        ('[{"name": "Kim"}]\n]', "line 2: this isn't valid JSON"),
        ('[{"name": "Kim"},]', "line 1: this isn't valid JSON"),
        ('[{"name": "Kim"}, 5]', "isn't a list of objects"),
        ('{"name": "Kim"}', "isn't a list of objects"),
        ("[ ]", "is empty"),
    ],
)
def test_what_is_not_a_list_of_objects_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, told: str
) -> None:
    monkeypatch.setattr(json_file, "BLOCK", 5)
    path = tmp_path / "people.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileRefused, match=told):
        table_file.read(str(path), "contacts")


def test_spooled_rows_are_read_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "HELD", 100)
    monkeypatch.setattr(spool, "AT_ONCE", 3)
    rows = Spool((number, ["x"] * (1 + number % 3)) for number in range(10))
    pairs = list(zip(rows, rows, strict=True))
    assert all(one == other for one, other in pairs)
    assert (len(pairs), pairs[0][0]) == (10, Row(0, ("x", "", "")))


def test_a_repeated_date_counts_once() -> None:
    finder = OrderFinder(NOW)
    for cell in (*["25/12/2025"] * 5, "12/31/2025", "12/30/2025"):
        finder.add(cell)
    assert finder.order() == "mdy"  # two texts against one


def test_a_date_of_the_past_may_come_again_as_one_that_lies_ahead() -> None:
    finder = OrderFinder(NOW)
    finder.add("05/12/2026", past=False)
    with pytest.raises(TwoWays):
        finder.order()
    finder.add("05/12/2026", past=True)  # May, since December is still to come
    assert finder.order() == "mdy"
