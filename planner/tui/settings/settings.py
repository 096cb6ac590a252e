"""Settings: each with its value and allowed values, edited in place. Only a change writes to the file."""

from __future__ import annotations

import os
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from planner.domain.errors import InputError, PlannerError
from planner.domain.text import shown
from planner.services import settings as service
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.tui.messages import EntryClicked, Unchanged
from planner.tui.settings.widgets.settings import SettingLine, SettingLines, SettingWords
from planner.tui.shared.line import LineModal
from planner.tui.shared.screen import BaseScreen
from planner.tui.shared.widgets.frame import FooterKey, FooterLine, HeaderLine, MessageLine

FOOTER = (
    FooterKey("⏎", "change", "change"),
    FooterKey("f", "filter", "filter"),
    FooterKey("r", "as shipped", "reset"),
    FooterKey("⇥", "keys", "page"),
    FooterKey("esc", "back", "leave"),
    FooterKey("1", "today", "app.show('today')"),
    FooterKey("?", "help", "app.help", last=True),
    FooterKey("^q", "quit", "app.quit", last=True),
)
KEY_ALLOWED = "g, G, ctrl+g, f5, slash, or several with a comma"
SWITCHED = {"true": "false", "false": "true"}


class SettingsScreen(BaseScreen):
    """The settings, on one page, and the key bindings on another."""

    CSS_PATH = "settings.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "change", "change", id="setting-change", tooltip="Another value; yes and no are switched"),
        Binding("r", "reset", "as shipped", id="setting-reset", tooltip="Take it out of the file: the default stands"),
        Binding("f", "filter", "filter", id="setting-filter", tooltip="Only those that have a text in them"),
        Binding(
            "tab,shift+tab", "page", "keys", id="setting-page", tooltip="The keys of all commands; the settings again"
        ),
        Binding("escape", "leave", "back", id="setting-leave", tooltip="All of them again; back to Today"),
        Binding("up,k", "cursor(-1)", "up", id="setting-up", show=False),
        Binding("down,j", "cursor(1)", "down", id="setting-down", show=False),
        Binding("pageup", "cursor(-10)", "page up", id="setting-page-up", show=False),
        Binding("pagedown", "cursor(10)", "page down", id="setting-page-down", show=False),
        Binding("home,g", "cursor(-1000)", "first", id="setting-first", show=False),
        Binding("end,G", "cursor(1000)", "last", id="setting-last", show=False),
    ]

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today) -> None:
        super().__init__(ctx, live)
        self.today = today
        self._wanted = ""
        self._keys = False
        self._refused: list[str] = []
        """Problems with the keys in the file, found when the keys' page was read."""

    def compose(self) -> ComposeResult:
        yield HeaderLine(self.today, self.ctx.now(), id="header")
        yield SettingLines(id="settings")
        yield SettingWords(id="words")
        yield MessageLine(id="message")
        yield FooterLine(list(FOOTER), id="footer")

    def on_mount(self) -> None:
        self.set_interval(1.0, self.poll)
        self._reload()
        problems = self.ctx.config.problems
        if problems:
            self.show_error(problems[0])
        else:
            there = os.path.exists(self.ctx.settings_path)
            where = self.ctx.settings_path if there else f"{self.ctx.settings_path}, made with the first change"
            self._say([("   ", ""), (shown(where), "dim")], keep=True)

    def _reload(self) -> None:
        every = self._of_keys() if self._keys else self._of_settings()
        asked = self._wanted.casefold()
        found = [each for each in every if asked in f"{each.key} {each.about} {each.allowed} {each.value}".casefold()]
        self._lines.show(found, self._wanted, "Keys" if self._keys else "Settings")
        self.query_one(SettingWords).show(self._lines.chosen)

    def action_undo(self) -> None:
        """Refuse to undo, since that would undo something other than a setting."""
        self.show_error(
            "Settings are no part of the history: r puts one back as shipped. u undoes on the other screens."
        )

    action_redo = action_undo

    def _of_settings(self) -> list[SettingLine]:
        config = self.ctx.current_config()
        return [
            SettingLine(
                each.key,
                service.shown(config[each.key]),
                each.key in config.given,
                each.about,
                service.allowed(config, each),
                service.shown(each.default),
                config[each.key],
            )
            for each in service.SETTINGS
        ]

    def _of_keys(self) -> list[SettingLine]:
        """Return the key settings, one per command wherever it is used."""
        from planner.tui import keys  # imports all screens, which takes a tenth of a second

        usable, self._refused = keys.check(self.ctx.current_config().keys)
        found: dict[str, SettingLine] = {}
        for each in keys.commands():
            shipped = "  ".join(keys.written(key) for key in each.keys)
            pressed = "  ".join(keys.pressed(each, usable))
            about = f"{each.about} · {each.where}" if each.about else each.where
            key = service.KEYS + each.id
            raw = service.value_of(self.ctx.config, key)
            found.setdefault(each.id, SettingLine(key, pressed, each.id in usable, about, KEY_ALLOWED, shipped, raw))
        return list(found.values())

    def action_page(self) -> None:
        """Switch between settings and key bindings."""
        self._keys, self._wanted = not self._keys, ""
        keys = [FooterKey("⇥", "settings", "page") if self._keys and key.key == "⇥" else key for key in FOOTER]
        self.query_one(FooterLine).show(keys)
        self._lines.move_to(0)
        self._reload()
        if self._keys and self._refused:
            self.show_error(self._refused[0])

    @property
    def _lines(self) -> SettingLines:
        return self.query_one(SettingLines)

    def action_cursor(self, step: int) -> None:
        """Move the cursor."""
        self._lines.move_to(self._lines.cursor + step)
        self.query_one(SettingWords).show(self._lines.chosen)

    def on_entry_clicked(self, message: EntryClicked) -> None:
        again = self._lines.cursor == message.index
        self._lines.move_to(message.index)
        self.query_one(SettingWords).show(self._lines.chosen)
        if again:
            self.action_change()

    def action_change(self) -> None:
        """Ask for a new value, or toggle if the setting is yes or no."""
        each = self._lines.chosen
        if each is None:
            self.show_error("No setting is chosen.")
        elif each.value in SWITCHED and each.default in SWITCHED:
            self._put(each, SWITCHED[each.value])
        else:
            own = str(each.raw) if each.key.startswith(service.KEYS) else each.value
            self._ask(each, "" if each.raw in ("", []) else own)

    def _ask(self, each: SettingLine, text: str, problem: str = "") -> None:
        def put(typed: str | None) -> None:
            if typed is not None:
                self._put(each, typed)

        self.app.push_screen(LineModal(each.about, each.key, text, each.allowed, optional=True, problem=problem), put)

    def _put(self, each: SettingLine, text: str) -> None:
        try:
            if each.key == "ui.theme" and text not in self.app.available_themes:
                themes = ", ".join(sorted(self.app.available_themes, key=lambda name: (name[:7] != "planner", name)))
                raise InputError(f"{text!r} is no theme; there are {themes}.")
            if each.key.startswith(service.KEYS):
                from planner.tui.keys import refused

                sentence = refused(self.ctx.config.keys, each.name, text)
                if sentence:
                    raise InputError(sentence)
            key, value, said = service.put(self.ctx, each.key, text, each.raw)
        except PlannerError as problem:
            self._reload()  # another program may have changed it, so ask again about the current value
            now = next((line for line in self._lines.settings if line.key == each.key), each)
            self._ask(now, text, str(problem))
            return
        self._changed(f"{key} = {service.shown(value)}")
        if said:
            self.show_error(" ".join(said))

    def action_reset(self) -> None:
        """Remove the selected setting from the file."""
        each = self._lines.chosen
        if each is not None:
            try:
                key, value = service.reset(self.ctx, each.key)
            except PlannerError as problem:
                self.show_error(str(problem))
                return
            now = each.default if key.startswith(service.KEYS) else service.shown(value)
            self._changed(f"{key} = {now}, as shipped")

    def _changed(self, said: str) -> None:
        self.planner.settings_changed()
        self._reload()
        self.show_info(Unchanged(f"{said}   written; r as shipped"))

    def action_filter(self) -> None:
        """Ask for a text to filter the settings by."""

        def put(typed: str | None) -> None:
            if typed is not None:
                self._wanted = typed
                self._reload()

        self.app.push_screen(LineModal("Settings with", "text", self._wanted, "mail, a country, …", optional=True), put)

    def action_leave(self) -> None:
        """Clear the filter, or else go back to Today."""
        if self._wanted:
            self._wanted = ""
            self._reload()
        else:
            self.planner.show("today")
