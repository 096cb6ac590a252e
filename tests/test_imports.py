"""What may be imported where: the floors, and the paths that must start at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from planner.services.live import Live
from tests.scenes import typical

HEAVY = {
    "sqlmodel", "sqlalchemy", "pydantic", "textual", "rich", "argparse", "dataclasses", "json", "tomllib", "tomlkit",
    "dateutil", "platformdirs", "holidays", "pathlib", "decimal", "fractions", "enum", "typing", "inspect", "logging",
}  # fmt: skip
PROBE = """
import sys
before = set(sys.modules)
sys.argv = ["planner", *{words!r}]
from planner.__main__ import main
code = main()
print("loaded:" + ",".join(sorted(set(sys.modules) - before)), file=sys.stderr)
sys.exit(code)
"""


def loaded(folder: Path, *words: str) -> set[str]:
    """The modules that a command loads, on a typical database that is laid."""
    env = {**os.environ, "PLANNER_DB": str(folder / "planner.db"), "PLANNER_CONFIG": str(folder / "config.toml")}
    done = subprocess.run(
        # -I would hide the checkout; -S leaves out what site loads by itself
        [sys.executable, "-c", PROBE.format(words=list(words))],
        env={**env, "PLANNER_NOW": "2026-11-16T09:42"},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.split("loaded:", 1)[1].strip().split(","))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("typical")
    desk = typical(folder)
    live = Live(desk)
    live.read()
    live.close()
    return folder


@pytest.mark.parametrize(
    "words",
    [["log", "dial"], ["log", "dial", "--outcome", "refused", "--contact", "Hanbit Trading"], ["status"], ["today"],
     ["today", "--json"], ["status", "--format", "waybar"], ["--version"]],
    ids=" ".join,
)  # fmt: skip
def test_the_quick_commands_load_little(folder: Path, words: list[str]) -> None:
    found = loaded(folder, *words)
    assert not found & HEAVY
    ours = {name for name in found if name.startswith("planner.")}
    assert len(ours) <= 15, ours


def run_python(code: str, folder: Path) -> str:
    env = {**os.environ, "PLANNER_DB": str(folder / "planner.db"), "PLANNER_CONFIG": str(folder / "config.toml")}
    return subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_the_first_paint_knows_neither_textual_nor_sqlmodel(folder: Path) -> None:
    code = (
        "import sys\nfrom planner.tui import first_paint\n"
        "first_paint.figures(None, None)\n"
        "print([name for name in ('textual', 'rich', 'sqlmodel', 'dataclasses', 'json') if name in sys.modules])"
    )
    assert run_python(code, folder) == "[]"


def test_the_live_screen_needs_no_sqlmodel(folder: Path) -> None:
    code = (
        "import sys\nfrom planner.services.desk import Desk\nfrom planner.services.live import Live\n"
        "from planner.tui.app import PlannerApp\ndesk = Desk.open()\nLive(desk).peek()\n"
        "print([name for name in ('sqlmodel', 'sqlalchemy', 'holidays', 'dateutil') if name in sys.modules])"
    )
    assert run_python(code, folder) == "[]"


def test_an_empty_first_screen_needs_no_sqlmodel(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom planner.services.desk import Desk\nfrom planner.services.live import Live\n"
        "print(Live(Desk.open()).read().counts['dials'], 'sqlmodel' in sys.modules)"
    )
    assert run_python(code, tmp_path) == "0 False"


@pytest.mark.parametrize("floor", ["domain", "store", "services", "cli"])
def test_nothing_below_the_screens_loads_textual(floor: str, tmp_path: Path) -> None:
    code = (
        "import sys, pkgutil, importlib, planner." + floor + " as package\n"
        "for module in pkgutil.iter_modules(package.__path__):\n"
        f"    importlib.import_module('planner.{floor}.' + module.name)\n"
        "print([name for name in ('textual', 'rich') if name in sys.modules])"
    )
    assert run_python(code, tmp_path) == "[]"
