"""The contents of the package, and the README's claims about it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

from planner.content import LISTS
from tests.conftest import Run

ROOT = Path(__file__).parent.parent


def test_wheel_runs_outside_the_checkout(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    wheel = next(tmp_path.glob("sales_planner-*.whl"))
    inside = tmp_path / "inside"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(inside)
    assert {"planner/data/week.toml", "planner/data/norms.toml", "planner/store/schema.sql"} <= set(names)
    assert {f"planner/data/en/{name}.toml" for name in LISTS} <= set(names)
    assert {"planner/tui/day/today.tcss", "planner/exchange/review/page.html"} <= set(names)
    outside = {name for name in names if not name.startswith("planner/") and ".dist-info/" not in name}
    assert [name.partition(".data/")[2] for name in outside] == ["data/share/man/man1/planner.1"]
    env = {**os.environ, "PYTHONPATH": str(inside), "PLANNER_DB": str(tmp_path / "p.db")}
    code = "import planner.content as c; print(c.folder()); print(len(c.load('week')['template']))"
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == [str(inside / "planner" / "data"), "2"]
    version = subprocess.run(
        [sys.executable, "-m", "planner", "--version"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.fullmatch(r"planner \d+\.\d+\.\d+\n", version.stdout)


def test_readme_has_two_commands_and_a_picture() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^    (python3 -m venv .*)$", readme, re.MULTILINE)
    assert len(commands) == 2
    assert commands[0].endswith(".venv/bin/planner")
    assert commands[1].endswith("pytest")
    assert (ROOT / "docs" / "pictures" / "today.svg").is_file()
    assert "docs/pictures/today.svg" in readme


def test_readme_example_prints_what_it_shows(run: Run) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    example = readme.split("```console\n", 1)[1].split("```", 1)[0]
    steps = re.findall(r"^\$ planner (.*)\n((?:(?!\$ ).+\n)*)", example, re.MULTILINE)
    assert len(steps) >= 5
    for words, printed in steps:
        assert run(*shlex.split(words)).out == printed, words


def test_no_machine_paths_or_addresses_are_committed() -> None:
    for name in ("constraints.txt", "pyproject.toml", "README.md", "Makefile", ".ci/run"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text.replace("sqlite:///", ""), name
        assert "/work/" not in text, name
