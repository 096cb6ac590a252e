"""Settings by keys: viewing, changing, refusals with allowed values, resetting, and keeping the file's comments."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from planner.config.known import SETTINGS
from planner.services.calls import activity_log
from planner.services.context import AppContext
from tests.conftest import Run
from tests.scenes import NOW, SCENES
from tests.tui.helpers import press, running, shown


async def test_setting_is_changed_refused_and_reset(ctx: AppContext) -> None:
    file = Path(ctx.settings_path)
    file.write_text("# mine\n[mail]\nminutes = 20  # short\n", encoding="utf-8")
    async with running(ctx) as pilot:
        await press(pilot, "comma", "f")
        pilot.app.screen.query_one(Input).value = "mail.minutes"
        await press(pilot, "enter")
        assert "Settings   1   1 changed   matching “mail.minutes”" in shown(pilot)
        assert "current  20" in shown(pilot) and "default  30" in shown(pilot)
        await press(pilot, "enter")
        pilot.app.screen.query_one(Input).value = "soon"
        await press(pilot, "enter")
        assert "isn't allowed. It must be" in shown(pilot)
        pilot.app.screen.query_one(Input).value = "25"
        await press(pilot, "enter")
        assert "Saved: mail.minutes = 25   r reset" in shown(pilot)
        assert file.read_text(encoding="utf-8") == "# mine\n[mail]\nminutes = 25  # short\n"
        assert ctx.config["mail.minutes"] == 25
        await press(pilot, "r")
        assert "Reset to the default: mail.minutes = 30" in shown(pilot)
        assert "# mine" in file.read_text(encoding="utf-8") and "minutes" not in file.read_text(encoding="utf-8")
        await press(pilot, "r")
        assert "already at its default" in shown(pilot)
        await press(pilot, "escape", "escape")
        assert "Welcome to planner" in shown(pilot)


async def test_country_points_out_its_regions(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "comma", "enter")
        pilot.app.screen.query_one(Input).value = "GB"
        await press(pilot, "enter")
        assert "Public holidays in GB differ by region. Set calendar.region to yours: ENG, NIR" in shown(pilot)
        await press(pilot, "down", "enter")
        assert pilot.app.screen.query_one(Input).placeholder == "one of ENG, NIR, SCT, WLS, or none"
        pilot.app.screen.query_one(Input).value = "SCT"
        await press(pilot, "enter")
        assert "Saved: calendar.region = SCT   r reset" in shown(pilot)


async def test_viewing_lists_every_setting_and_writes_nothing(ctx: AppContext) -> None:
    async with running(ctx, (200, 120)) as pilot:
        await press(pilot, "comma")
        assert f"Settings   {len(SETTINGS)}   all defaults" in shown(pilot)
        assert all(f" {each.key} " in shown(pilot) for each in SETTINGS)
        await press(pilot, "end", "home", "pagedown", "escape")
    assert not Path(ctx.settings_path).exists()


async def test_settings_stand_under_plain_titles_with_what_is_allowed(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "comma")
        assert "   Working week" in shown(pilot) and "a number from 0 (off) to 1 (a full day)" in shown(pilot)
        assert f" of {len(SETTINGS)} ▾" in shown(pilot)
        for each in SETTINGS:
            assert f"▌  · {each.key} " in shown(pilot), "the cursor stays in sight"
            await press(pilot, "down")
        await press(pilot, "home")
        assert shown(pilot).splitlines()[3].lstrip(" ▎") == "Working week and calendars"
        await pilot.click("#settings", offset=(10, 1))  # a title can't be chosen
        assert "▌  · calendar.country" in shown(pilot)
        await pilot.click("#settings", offset=(10, 3))
        assert "▌  · calendar.region" in shown(pilot)
        await press(pilot, "tab")
        assert "   Everywhere" in shown(pilot) and "   Every list" in shown(pilot)


async def test_switches_toggle_and_the_theme_stays(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "comma", "f")
        pilot.app.screen.query_one(Input).value = "remind.bell"
        await press(pilot, "enter", "enter")
        assert "remind.bell = false" in shown(pilot) and ctx.config["remind.bell"] is False
        before = pilot.app.theme
        Path(ctx.settings_path).write_text('[ui]\ntheme = "planner-light"\n', encoding="utf-8")
        await press(pilot, "r")  # the file was rewritten by another program, without the bell
        assert "already at its default" in shown(pilot)
        assert pilot.app.theme == before


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 50)])
async def test_broken_file_is_reported_and_left_alone(ctx: AppContext, size: tuple[int, int]) -> None:
    file = Path(ctx.settings_path)
    file.write_text('[mail]\nminutes = "x"\n[plam]\n', encoding="utf-8")
    async with running(ctx, size) as pilot:
        await press(pilot, "comma")
        assert f" ! {ctx.config.problems[0][:40]}" in shown(pilot)
        assert "quit" in shown(pilot)
    assert file.read_text(encoding="utf-8") == '[mail]\nminutes = "x"\n[plam]\n'


@pytest.mark.parametrize(
    "text",
    [
        "[mail]\nminutes = 20\n[plan]\ncap = 2\n[mail.accounts.w]\nhost = 'h'\nuser = 'u'\n",
        "mail.minutes = 20\nmail.pause = 5\n",
        "mail = {minutes = 20, pause = 5}\n",
        "[mail]\nminutes = 3000\n",  # invalid, so the user wants it removed
    ],
)
def test_unset_works_in_any_file_layout(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    run("config", "unset", "mail.minutes")
    assert "minutes" not in (tmp_path / "config.toml").read_text(encoding="utf-8")
    assert run("config", "show", "--json").json["mail.minutes"] == 30


def test_unset_removes_unknown_settings(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[mail]\nminuts = 20\n", encoding="utf-8")
    assert "minuts" in run("goal", "list").err
    run("config", "unset", "mail.minuts")
    assert (tmp_path / "config.toml").read_text(encoding="utf-8") == "[mail]\n"


async def test_empty_input_changes_nothing(ctx: AppContext) -> None:
    file = Path(ctx.settings_path)
    file.write_text('[mail]\non_saturday = ["none"]\n', encoding="utf-8")
    async with running(ctx) as pilot:
        await press(pilot, "comma", "f")
        pilot.app.screen.query_one(Input).value = "on_saturday"
        await press(pilot, "enter", "enter", "enter")
        assert ctx.config["mail.on_saturday"] == ["none"]
        await press(pilot, "escape", "f")
        pilot.app.screen.query_one(Input).value = "ui.theme"
        await press(pilot, "enter", "enter")
        pilot.app.screen.query_one(Input).value = "no such"
        await press(pilot, "enter")
        assert "isn't a theme. Choose one of planner-contrast-dark" in shown(pilot)
        pilot.app.screen.query_one(Input).value = "planner-light"
        await press(pilot, "enter")
        assert pilot.app.theme == "planner-light" and 'theme = "planner-light"' in file.read_text(encoding="utf-8")


def test_config_unset_by_command(run: Run, tmp_path: Path) -> None:
    run("config", "set", "mail.minutes", "25")
    assert "Reset to the default: mail.minutes = 30" in run("config", "unset", "minutes").out
    assert run("config", "unset", "mail.minutes", code=2).err.endswith("is already at its default.\n")
    assert "Did you mean mail.minutes" in run("config", "unset", "mail.minuts", code=2).err
    run("config", "set", "keys.log-dial", "f6")
    run("config", "unset", "keys.log-dial")
    assert "f6" not in run("config", "show").out
    run("config", "set", "mail.on_monday", "09:00")
    run("config", "set", "mail.on_monday", "")
    assert run("config", "show", "--json").json["mail.on_monday"] == []


async def test_key_is_refused_changed_and_reset(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "comma", "tab")
        assert " Keys " in shown(pilot) and "all defaults" in shown(pilot)
        await press(pilot, "f")
        pilot.app.screen.query_one(Input).value = "log-dial"
        await press(pilot, "enter", "enter")
        pilot.app.screen.query_one(Input).value = "c"
        await press(pilot, "enter")
        assert "c is used by log-conversation (today)" in shown(pilot)
        assert not Path(ctx.settings_path).exists()
        pilot.app.screen.query_one(Input).value = "f6"
        await press(pilot, "enter")
        assert "Saved: keys.log-dial = f6   r reset" in shown(pilot) and "1 changed" in shown(pilot)
        await press(pilot, "escape", "escape", "d")
        assert activity_log.on_day(ctx, NOW.date()) == []
        assert " f6 call" in shown(pilot)
        await press(pilot, "f6")
        assert [row.kind for row in activity_log.on_day(ctx, NOW.date())] == ["dial"]
        await press(pilot, "comma", "tab", "f")
        pilot.app.screen.query_one(Input).value = "log-dial"
        await press(pilot, "enter", "r")
        assert "Reset to the default: keys.log-dial = d" in shown(pilot)
        await press(pilot, "tab")
        assert " Settings " in shown(pilot)
        await press(pilot, "escape", "d")
        assert len(activity_log.on_day(ctx, NOW.date())) == 2


async def test_undo_on_settings_changes_no_data(ctx: AppContext) -> None:
    activity_log.log(ctx, "dial")
    async with running(ctx) as pilot:
        await press(pilot, "comma", "f")
        pilot.app.screen.query_one(Input).value = "remind.bell"
        await press(pilot, "enter", "enter", "u")
        assert "Undo doesn't cover settings" in shown(pilot)
        await press(pilot, "question_mark")
        assert "Reset the setting to its default" in shown(pilot)
    assert len(activity_log.on_day(ctx, NOW.date())) == 1


async def test_broken_file_is_the_first_message(tmp_path: Path) -> None:
    ctx = SCENES["typical"](tmp_path)
    Path(ctx.settings_path).write_text("[calls\n", encoding="utf-8")
    ctx.reread_config()
    async with running(ctx, (200, 50)) as pilot:
        assert "isn't valid TOML" in shown(pilot)


async def test_key_names_ignore_case_and_the_footer_follows(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "comma", "tab", "f")
        pilot.app.screen.query_one(Input).value = "screen-today"
        await press(pilot, "enter", "enter")
        pilot.app.screen.query_one(Input).value = "F6"
        await press(pilot, "enter")
        assert "f6 today" in shown(pilot)
        await press(pilot, "r")
        assert " 1 today" in shown(pilot)


async def test_invalid_key_in_the_file_shows_on_the_keys_page(ctx: AppContext) -> None:
    Path(ctx.settings_path).write_text('[keys]\nlog-dail = "x"\n', encoding="utf-8")
    async with running(ctx) as pilot:
        await press(pilot, "comma", "tab")
        assert "keys.log-dail: there's no such command. Did you mean log-dial" in shown(pilot)
