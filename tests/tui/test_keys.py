"""Keys of one's own, and letters of other keyboard layouts."""

from __future__ import annotations

import importlib
import pkgutil
import re
import threading
from pathlib import Path

import pytest
from textual import events
from textual.dom import DOMNode
from textual.widgets import Input

from planner.config import known, reading
from planner.services.calls import activity_log
from planner.services.clients import people
from planner.services.context import AppContext
from planner.services.day import tasks
from planner.tui.app import SCREENS, PlannerApp
from planner.tui.day.day import DayScreen
from planner.tui.day.modals.block import BlockModal
from planner.tui.keys import _bindings, _nodes, check, commands
from planner.tui.layouts import CYRILLIC, HANGUL, LATIN, latin
from planner.tui.messages import ServiceEnded
from planner.tui.palette import PLACES
from planner.tui.plan.plan import PlanScreen
from planner.tui.shared.form import FormModal
from planner.tui.shared.modals.tour import steps
from planner.tui.shared.screen import BaseScreen
from planner.tui.shared.widgets.frame import FooterKey
from tests.conftest import Run
from tests.scenes import NOW, SCENES, typical
from tests.tui.helpers import PATIENCE, held_back, press, running, says, settled, shown, text, today_screen, wait_for


def set_keys(folder: Path, **keys: str) -> None:
    lines = "".join(f'{name.replace("_", "-")} = "{key}"\n' for name, key in keys.items())
    (folder / "config.toml").write_text(f"[keys]\n{lines}", encoding="utf-8")


def test_every_key_has_an_id_and_a_description() -> None:
    found = commands()
    assert len(found) > 150
    assert not [each for each in found if not each.about or not each.keys]
    assert {"log-dial", "review-task", "history-undo"} <= {each.id for each in found}


def test_default_keys_are_unique_on_each_screen() -> None:
    by_mode = {"plan-open", "plan-keep"}  # ⏎ opens a month; in the what-if, which lies over it, it keeps
    taken: dict[tuple[str, str], str] = {}
    for each in commands():
        for key in each.keys:
            other = taken.setdefault((each.where, key), each.id)
            assert other == each.id or {other, each.id} == by_mode, each


def test_invalid_keys_are_reported() -> None:
    usable, problems = check(
        {"log-dail": "x", "log-dial": "nokey", "log-talk": "", "plan-why": "d", "task-done": "ctrl+g,f6"}
    )
    assert usable == {"task-done": "ctrl+g,f6"}
    assert problems[0] == "keys.log-dail: there's no such command. Did you mean log-dial?"
    assert "keys.log-dial = 'nokey' isn't a key" in problems[1]
    clash = next(each for each in problems if "plan-why" in each)
    assert "log-dial" in clash or "no such command" in clash


def test_taken_key_is_refused_unless_swapped() -> None:
    usable, problems = check({"log-dial": "c"})
    assert usable == {}
    assert "c is used by log-talk" in problems[0] or "c is used by log-conversation" in problems[0]
    swapped = {each.id: each.keys for each in commands() if each.where == "today"}
    taken = next(name for name, keys in swapped.items() if keys == ("c",))
    assert check({"log-dial": "c", taken: "d"}) == ({"log-dial": "c", taken: "d"}, [])


async def test_custom_key_works_and_shows_in_the_footer(tmp_path: Path) -> None:
    set_keys(tmp_path, log_dial="f6", log_typo="x")
    ctx = SCENES["empty"](tmp_path)
    async with running(ctx) as pilot:
        await wait_for(pilot, says(pilot, "Settings: keys.log-typo: there's no such command"))
        assert " f6 call" in shown(pilot)
        await press(pilot, "d")
        assert activity_log.on_day(ctx, NOW.date()) == []
        await press(pilot, "f6")
        assert [row.kind for row in activity_log.on_day(ctx, NOW.date())] == ["dial"]


@pytest.mark.parametrize(("keys", "dial"), [("Cyrillic", "в"), ("Korean", "ㅇ")])
async def test_letters_of_other_layouts_act_by_position(ctx: AppContext, keys: str, dial: str) -> None:
    async with running(ctx) as pilot:
        await press(pilot, dial)
        assert [row.kind for row in activity_log.on_day(ctx, NOW.date())] == ["dial"]
        await press(pilot, "г" if keys == "Cyrillic" else "ㅕ")  # u
        assert activity_log.on_day(ctx, NOW.date()) == []
        await press(pilot, "ф" if keys == "Cyrillic" else "ㅁ")  # a: a task in one line
        await pilot.press(*"вызов", "enter") if keys == "Cyrillic" else await pilot.press(*"전화", "enter")
        await wait_for(pilot, lambda: bool(tasks.list_tasks(ctx)))
        assert tasks.list_tasks(ctx)[0].title == ("вызов" if keys == "Cyrillic" else "전화")
        await press(pilot, "3")
        assert isinstance(pilot.app.screen, PlanScreen)


def test_layouts_are_complete() -> None:
    assert len(LATIN) == len(CYRILLIC)
    assert {latin(char) for char in "йцукенгшщзфывапролдячсмить"} == set("qwertyuiopasdfghjklzxcvbnm")
    assert set("qwertyuiopasdfghjklzxcvbnm") <= set(HANGUL.values())
    assert [latin(char) for char in ("q", "1", ".", None)] == [None] * 4


def test_keys_by_command(run: Run, tmp_path: Path) -> None:
    text = run("keys", "count a call").out
    assert "log-dial" in text
    assert run("config", "set", "keys.log-dial", "f6").out.startswith(
        f"Saved in {tmp_path / 'config.toml'}: keys.log-dial = f6"
    )
    row = next(each for each in run("keys", "--json").json if each["id"] == "log-dial" and each["own"])
    assert row["keys"] == ["f6"]
    assert "Did you mean log-dial" in run("config", "set", "keys.log-dail", "f7", code=2).err
    assert "isn't a key" in run("config", "set", "keys.log-dial", "nokey", code=2).err
    assert "is used by log-conversation (today)" in run("config", "set", "keys.log-dial", "c", code=2).err
    assert reading.load(str(tmp_path / "config.toml")).keys == {"log-dial": "f6"}
    (tmp_path / "config.toml").write_text("[keys]\nlog-dial = 3\n", encoding="utf-8")
    assert "line 2: keys.log-dial must be a key" in run("status", code=0).err + run("task", "list").err


def test_generated_settings_file_equals_the_defaults(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    assert run("config", "init").out == f"Wrote {path} with every setting commented out\n"
    assert reading.load(str(path)) == reading.Config(str(path), reading.defaults().values)
    assert "already exists" in run("config", "init", code=1).err
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(re.sub(r"^# (\w+ = )", r"\1", line) for line in lines), encoding="utf-8")
    found = reading.load(str(path))
    assert found.problems == ()
    assert dict(found.values) == dict(reading.defaults().values)
    assert len(found.given) == len(known.SETTINGS)
    assert path.stat().st_mode & 0o777 == 0o600


async def test_late_callbacks_after_quitting_are_ignored(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        app = pilot.app
        assert isinstance(app, PlannerApp)
        app._keys.waiting.append(events.Key("d", "d"))
    assert app.is_left
    await app.key_done()
    app.remind()
    app._read_for_search()
    assert app.live.closed


@pytest.mark.parametrize("there", ["calls", "day", "list", "goals", "mail", "review"])
async def test_late_results_are_shown_on_the_current_screen(ctx: AppContext, there: str) -> None:
    go_on = threading.Event()

    def slow() -> str:
        go_on.wait(PATIENCE)
        return "slow work"

    async with running(ctx) as pilot:
        app = pilot.app
        assert isinstance(app, PlannerApp)
        await press(pilot, "d")
        app.show(there)
        await settled(pilot)
        left = app.screen
        assert isinstance(left, BaseScreen)
        with held_back():
            app.carry_out(slow)
            await pilot.press("u")  # waits for the work under way
            app.show("plan")
            await wait_for(pilot, lambda: not left.is_attached)
            go_on.set()
            await wait_for(pilot, says(pilot, "Undid: call"))
        assert isinstance(app.screen, PlanScreen)
        assert activity_log.on_day(ctx, NOW.date()) == []
        left.complain("It could not be read.")
        await wait_for(pilot, says(pilot, "It could not be read."))


async def test_result_during_a_screen_change_is_shown_on_the_new_screen(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        app = pilot.app
        assert isinstance(app, PlannerApp)
        app.show("day")
        app.on_service_ended(ServiceEnded("slow work"))  # before the screen has a line to say it on
        await wait_for(pilot, lambda: "✓ slow work" in shown(pilot) and isinstance(app.screen, DayScreen))


# what these keys do wherever they do anything, by the ends of the ids; p counts a proposal on Today, beside its counter
MEANINGS = {
    "a": {"task-add", "goal-task"},
    "d": {"log-dial", "call-dial", "client-dial", "task-series"},  # the last in a question that names its keys
    "e": {"edit", "agree", "affirmations", "enter"},
    "n": {"new", "new-block", "add", "note", "paste", "nothing", "not-done", "not-yet", "confirm-no"},
    "p": {"promise", "log-proposal"},
    "u": {"undo"},
    "U": {"history-redo"},
    "M": {"mail-write"},
    "slash": {"find", "call-objection"},
    "delete": {"drop", "unwrite"},
    "v": {"turn", "all", "day-picture"},
}


def test_key_means_the_same_on_every_screen() -> None:
    for each in commands():
        for key in each.keys:
            ends = MEANINGS.get(key)
            assert ends is None or any(each.id.endswith(end) for end in ends), f"{key} is {each.id} on {each.where}"


def test_footers_name_actions_that_the_screen_binds() -> None:
    app, *nodes = _nodes()
    screens = [node for node in nodes if issubclass(node, BaseScreen)]
    assert len(screens) > 15
    for screen in screens:
        bound = {*actions_of(screen), *(f"app.{action}" for action in actions_of(app))}
        tables = [screen.FOOTER, *vars(importlib.import_module(screen.__module__)).values()]
        for table in (each for each in tables if isinstance(each, tuple)):
            keys = [key for key in table if isinstance(key, FooterKey) and not key.keys]
            named = [action for key in keys for action in (key.action, key.other) if action]
            named += [key for key in table if isinstance(key, str) and table is screen.FOOTER]
            assert not {*named} - bound, screen


def test_every_screen_that_a_key_names_can_be_shown() -> None:
    for place in SCREENS.values():
        assert issubclass(pkgutil.resolve_name(place), BaseScreen)
    named = {
        each for node in _nodes() for action in actions_of(node) for each in re.findall(r"show\('(\w+)'\)", action)
    }
    named |= {place for *_, place in PLACES} | {step["screen"] for step in steps()}
    assert len(named) > 14
    assert not named - {"today", *SCREENS}


def actions_of(node: type[DOMNode]) -> set[str]:
    return {each.action for each in _bindings(node)}


def test_a_key_set_before_the_lists_shared_their_cursor_keys_still_works() -> None:
    assert check({"client-up": "ctrl+g", "goal-add": "ctrl+n"}) == ({"cursor-up": "ctrl+g", "goal-add": "ctrl+n"}, [])


async def test_every_form_is_saved_by_the_same_key(ctx: AppContext) -> None:
    forms = [kind for kind in _nodes() if issubclass(kind, FormModal) and kind is not FormModal]
    assert len(forms) > 15
    for form in forms:  # none has a way of its own to take ⏎
        assert form.on_input_submitted is FormModal.on_input_submitted, form
        assert not [each for each in form.__dict__.get("BINDINGS", ()) if "enter" in each.key.split(",")], form
    async with running(ctx) as pilot:
        await press(pilot, "6", "n", *text("Kim"), "tab", "tab", *text("buyer"), "enter")
        await wait_for(pilot, lambda: bool(people.list_contacts(ctx)))
    assert people.show(ctx, "Kim").contact.role == "buyer"


async def test_escape_cancels_a_form_that_is_still_loading(ctx: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def slow(_: AppContext) -> list[object]:
        go_on.wait(PATIENCE)
        return []

    monkeypatch.setattr(tasks, "overdue", slow)
    async with running(ctx) as pilot:
        with held_back():
            for key in ("T", "m", "escape", "d", "d", "escape", "d"):  # m was for the form
                pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
            await wait_for(pilot, lambda: today_screen(pilot).today.counts["dials"] == 3)
            go_on.set()
        await settled(pilot)
        assert "Nothing is overdue" not in shown(pilot)
    assert [row.kind for row in activity_log.on_day(ctx, NOW.date())] == ["dial"] * 3


@pytest.mark.parametrize("called_off", [False, True])
async def test_form_waiting_for_a_service_gets_the_keys_typed_ahead(tmp_path: Path, called_off: bool) -> None:
    ctx = typical(tmp_path)
    go_on = threading.Event()

    def slow() -> str:
        go_on.wait(PATIENCE)
        return "slow work"

    async with running(ctx) as pilot:
        app = pilot.app
        assert isinstance(app, PlannerApp)
        before = today_screen(pilot).today.counts["dials"]
        await press(pilot, "t")
        await wait_for(pilot, lambda: isinstance(app.screen, DayScreen))
        with held_back():
            app.carry_out(slow)
            for key in ("e", "7", "2", *(("escape", "escape", "d", "d") if called_off else ())):
                app.post_message(events.Key(key, key if len(key) == 1 else None))
            if called_off:
                await wait_for(pilot, lambda: today_screen(pilot).today.counts["dials"] == before + 2)
            else:
                await wait_for(pilot, lambda: len(app._keys.waiting) == 2)
            go_on.set()
            await wait_for(pilot, lambda: not app._busy)
        if called_off:
            assert not app._keys.is_asking
            assert app.screen is today_screen(pilot)
        else:  # neither the review nor the calls
            await wait_for(pilot, lambda: "72" in [each.value for each in app.screen.query(Input)])
            assert isinstance(app.screen, BlockModal)


async def test_waiting_undo_spares_keys_typed_later(ctx: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.tui.queued_app.LONGEST", PATIENCE)
    written, go_on = threading.Event(), threading.Event()

    def slow() -> str:
        tasks.add(ctx, "Call Kim")
        written.set()
        go_on.wait(PATIENCE)
        return "added: Call Kim"

    async with running(ctx) as pilot:
        app = pilot.app
        assert isinstance(app, PlannerApp)
        with held_back():
            app.carry_out(slow)
            await wait_for(pilot, written.is_set)
            for key in "ud":
                app.post_message(events.Key(key, key))
            await wait_for(pilot, lambda: bool(app._keys.waiting))
            go_on.set()
        await wait_for(pilot, lambda: today_screen(pilot).today.counts["dials"] == 1)
        await settled(pilot)
    assert [row.kind for row in activity_log.on_day(ctx, NOW.date())] == ["dial"]
    assert tasks.list_tasks(ctx) == []
