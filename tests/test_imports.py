"""What may be imported where: the layers, and the paths that must start instantly."""

from __future__ import annotations

import ast
import dataclasses
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import planner
from planner.cli.lazy import Pending, deferred
from planner.services.day.today_store import TodayStore
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
code = main(lazily=True)
there = [name for name, module in sys.modules.items() if type(module).__name__ != "_LazyModule"]
print("loaded:" + ",".join(sorted(set(there) - before)), file=sys.stderr)
sys.exit(code)
"""


def environment(folder: Path) -> dict[str, str]:
    """The environment of a process that uses a folder's database, on the day of its snapshot."""
    mine = {"PLANNER_DB": str(folder / "planner.db"), "PLANNER_CONFIG": str(folder / "config.toml")}
    return {**os.environ, **mine, "PLANNER_NOW": "2026-11-16T09:42"}


def loaded(folder: Path, *words: str) -> set[str]:
    """The modules that a command loads, on a typical database with a snapshot."""
    done = subprocess.run(
        # not -I, which would hide the checkout, and not -S, which leaves out the modules that site loads
        [sys.executable, "-c", PROBE.format(words=list(words))],
        env=environment(folder),
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.split("loaded:", 1)[1].strip().split(","))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("typical")
    ctx = typical(folder)
    live = TodayStore(ctx)
    live.read()
    live.close()
    return folder


@pytest.mark.parametrize(
    "words",
    [["log", "dial"], ["log", "dial", "--outcome", "refused", "--contact", "Hanbit Trading"], ["status"], ["today"],
     ["today", "--json"], ["status", "--format", "waybar"], ["--version"]],
    ids=" ".join,
)  # fmt: skip
def test_quick_commands_load_few_modules(folder: Path, words: list[str]) -> None:
    if words[0] == "today":
        loaded(folder, "today")  # updates the odds if something was counted since
    found = loaded(folder, *words)
    assert not found & HEAVY
    assert len(own_modules(found)) <= 14, own_modules(found)


READING = (
    "task list", "deal list", "contact list", "contact show 1", "contact find Kim", "goal list", "goal show 1",
    "plan show", "plan what-if --calls-per-day 120", "calendar show", "promise list", "complaint list", "list show",
    "review week", "review month", "log list", "mail status", "week show", "day show", "history", "find Kim",
    "company Hanbit", "playbook due", "info", "meeting list", "book list", "words list", "calls hours",
)  # fmt: skip
RICH = {"sqlmodel", "sqlalchemy", "pydantic", "textual", "rich"}
PHONE = {"starlette", "uvicorn", "segno", "planner.services.phone", "planner.exchange.web"}


@pytest.mark.parametrize("words", READING)
def test_reading_commands_do_not_load_sqlmodel(folder: Path, words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(words=words.split())],
        env=environment(folder),
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, 1), done.stderr  # 1 means it found nothing
    assert not set(done.stderr.split("loaded:", 1)[1].strip().split(",")) & (RICH | PHONE)


@pytest.mark.parametrize(
    ("words", "most"), [("task list", 42), ("deal list", 36), ("contact list", 42), ("goal list", 44), ("--help", 14)]
)
def test_lists_load_few_modules(folder: Path, words: str, most: int) -> None:
    found = loaded(folder, *words.split())
    assert not found & {"inspect", "dateutil.rrule", "holidays"}
    assert len(own_modules(found)) <= most, own_modules(found)


def own_modules(found: set[str]) -> set[str]:
    """Those of the program, without the packages."""
    ours = {name for name in found if name.startswith("planner.")}
    return {name for name in ours if not any(each.startswith(f"{name}.") for each in ours)}


def test_commands_complete_dataclasses_when_they_are_used() -> None:
    dataclass = deferred(dataclasses.dataclass)

    @dataclass(frozen=True, slots=True)
    class Base:
        __module__ = "planner.domain"
        name: str
        tags: tuple[str, ...] = ()
        notes: list[str] = dataclasses.field(default_factory=list, compare=False)

        def __post_init__(self) -> None:
            if not self.name:
                raise ValueError

    @dataclass(frozen=True, slots=True)
    class Child(Base):
        __module__ = "planner.domain"
        age: int = dataclasses.field(default=0, kw_only=True)

    assert "__eq__" not in Base.__dict__
    assert Child("Kim", age=3) == Child("Kim", (), ["!"], age=3) != Child("Lee", age=3)
    assert [each.name for each in dataclasses.fields(Base)] == ["name", "tags", "notes"]
    assert repr(Child("Kim")) == f"{Child.__qualname__}(name='Kim', tags=(), notes=[], age=0)"
    assert {Base("Kim"): 1}[dataclasses.replace(Base("Lee"), name="Kim")] == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        Base("Kim").name = "Lee"
    with pytest.raises(ValueError):
        Base("")
    with pytest.raises(TypeError):
        Child()  # type: ignore[call-arg]
    assert not isinstance(deferred(dataclasses.dataclass)(PlainOf).__dict__["__dataclass_fields__"], Pending)


class PlainOf:
    """Not one of the program's classes."""

    name: str


def test_help_loads_no_command(folder: Path) -> None:
    ours = {name for name in loaded(folder, "--help") if name.startswith("planner.")}
    assert not {name for name in ours if name.startswith(("planner.services.", "planner.store."))}


def test_screens_show_without_sqlmodel(folder: Path) -> None:
    code = (
        "import asyncio, sys\nfrom planner.services.context import AppContext\n"
        "from planner.services.day.today_store import TodayStore\n"
        "from planner.tui.app import PlannerApp\n"
        "async def look():\n"
        "    ctx = AppContext.open()\n    live = TodayStore(ctx)\n"
        "    app = PlannerApp(ctx, live, live.read(), ctx.now())\n"
        "    async with app.run_test(size=(120, 36)) as pilot:\n"
        "        for key in '12345678':\n"
        "            await pilot.press(key)\n            await app.workers.wait_for_complete()\n"
        "            await pilot.pause()\n"
        "asyncio.run(look())\n"
        f"print([name for name in {sorted(PHONE | {'sqlmodel', 'sqlalchemy'})} if name in sys.modules])"
    )
    assert run_python(code, folder) == "[]"


def test_services_and_store_have_no_import_cycles() -> None:
    """Includes imports inside functions: a cycle hidden there is still a cycle."""
    imports = {}
    for floor in ("services", "store"):
        for path in (Path(planner.__file__).parent / floor).rglob("*.py"):
            name = ".".join(path.relative_to(Path(planner.__file__).parent.parent).with_suffix("").parts)
            imports[name] = set(imported(ast.parse(path.read_text(encoding="utf-8"))))
    done: set[str] = set()
    while ready := {name for name in imports.keys() - done if not (imports[name] & imports.keys()) - done}:
        done |= ready
    assert imports.keys() - done == set()


def imported(tree: ast.AST) -> Iterator[str]:
    """The modules that a module imports at load time or later, except for type checking."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{each.name}" for each in node.names))
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        else:
            yield from imported(node)


def run_python(code: str, folder: Path) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], env=environment(folder), capture_output=True, text=True, check=True
    ).stdout.strip()


def test_first_paint_loads_neither_textual_nor_sqlmodel(folder: Path) -> None:
    code = (
        "import sys\nfrom planner.tui.day import first_paint\n"
        "first_paint.figures(None, None)\n"
        "print([name for name in ('textual', 'rich', 'sqlmodel', 'dataclasses', 'json') if name in sys.modules])"
    )
    assert run_python(code, folder) == "[]"


def test_live_screen_does_not_load_sqlmodel(folder: Path) -> None:
    code = (
        "import sys\nfrom planner.services.context import AppContext\n"
        "from planner.services.day.today_store import TodayStore\n"
        "from planner.tui.app import PlannerApp\nctx = AppContext.open()\nTodayStore(ctx).peek()\n"
        "print([name for name in ('sqlmodel', 'sqlalchemy', 'holidays', 'dateutil') if name in sys.modules])"
    )
    assert run_python(code, folder) == "[]"


def test_empty_first_screen_does_not_load_sqlmodel(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom planner.services.context import AppContext\n"
        "from planner.services.day.today_store import TodayStore\n"
        "print(TodayStore(AppContext.open()).read().counts['dials'], 'sqlmodel' in sys.modules)"
    )
    assert run_python(code, tmp_path) == "0 False"


@pytest.mark.parametrize("floor", ["domain", "store", "services", "cli"])
def test_lower_layers_do_not_load_textual(floor: str, tmp_path: Path) -> None:
    code = (
        "import sys, pkgutil, importlib, planner." + floor + " as package\n"
        "for module in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "    importlib.import_module(module.name)\n"
        "print([name for name in ('textual', 'rich') if name in sys.modules])"
    )
    assert run_python(code, tmp_path) == "[]"


def test_a_key_is_changed_by_a_command(tmp_path: Path) -> None:
    """Looking up keys loads every screen, which the commands' import hook must not leave half loaded."""
    done = subprocess.run(
        [sys.executable, "-m", "planner", "config", "set", "keys.log-dial", "f6"],
        capture_output=True, text=True, env=environment(tmp_path),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "f6" in (tmp_path / "config.toml").read_text()
