"""The documents match the program: commands with their output, the manual page, the pictures."""

from __future__ import annotations

import argparse
import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from planner import content
from planner.cli.main import parser
from tests.conftest import Run

DOCS = Path(__file__).parent.parent / "docs"


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"docs_{name}", DOCS / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def leaves(parser: argparse.ArgumentParser, words: tuple[str, ...] = ()) -> set[str]:
    """Every command that does something, as typed."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups:
        return {" ".join(words)}
    return {leaf for each in groups for name, sub in each.choices.items() for leaf in leaves(sub, (*words, name))}


def test_commands_md_shows_current_output() -> None:
    made = subprocess.run(
        [sys.executable, "-c", "import manual; print(manual.commands(), end='')"],
        cwd=DOCS, capture_output=True, text=True, encoding="utf-8", env={"PATH": "", "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert made.stdout == (DOCS / "commands.md").read_text(encoding="utf-8"), "run `python docs/manual.py`"


def test_commands_md_covers_every_command() -> None:
    manual = script("manual")
    said = [re.sub(r"^\d\d:\d\d ", "", line) for _, _, lines in manual.SECTIONS for line in lines]
    missing = {
        leaf
        for leaf in leaves(parser())
        if leaf not in manual.LEFT_OUT
        and not any(f"{line} ".replace("--db other.db ", "").startswith(f"{leaf} ") for line in said)
    }
    assert missing == set()
    assert set(manual.LEFT_OUT) <= leaves(parser())


def test_manual_page_is_current() -> None:
    page = (DOCS / "planner.1").read_text(encoding="utf-8")
    first, _, text = page.partition("\n")
    if first.endswith(f" {sys.version_info.major}.{sys.version_info.minor}"):
        assert page == script("manual").page(), "run `python docs/manual.py`"
    plain = text.replace("\\-", "-").replace("\\", "")
    for leaf in leaves(parser()):
        assert re.search(rf"\bplanner {re.escape(leaf)}\b", plain), leaf


# Textual numbers elements by content, so the same picture gives the same file
def test_readme_pictures_are_current(tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, DOCS / "pictures.py", "--readme", tmp_path], capture_output=True, text=True, timeout=300
    )
    assert made.returncode == 0, made.stderr
    for kept in (DOCS / "pictures").glob("*.svg"):
        assert (tmp_path / kept.name).read_bytes() == kept.read_bytes(), f"{kept.name}: run `make pictures`"


def test_tour_takes_under_a_minute(run: Run) -> None:
    steps = content.load("tour")["step"]
    words = " ".join(f"{step['title']} {step['text']}" for step in steps).split()
    assert len(words) <= 200  # one minute of a slow reader
    assert {step["screen"] for step in steps} <= {"today", "calls", "plan", "goals", "mail", "clients", "review"}
    said = run("tour").out
    assert all(step["title"] in said for step in steps)
    assert run("tour", "--json").json == steps


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completions(run: Run, shell: str) -> None:
    said = run("completions", shell).out
    for word in ("status", "what-if", "meeting", "dry-run"):
        assert word in said
    assert "completions bash" in run("completions", "--help").out


def test_files_named_in_promises_md_exist() -> None:
    found = set(re.findall(r"tests/[\w/]+(?:\.py)?", (DOCS / "promises.md").read_text(encoding="utf-8")))
    assert len(found) > 15
    assert [name for name in sorted(found) if not (DOCS.parent / name).exists()] == []
