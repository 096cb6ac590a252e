"""The Settings screen: each setting with its value and allowed values, edited in place. Only a change writes to the
file.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from planner.domain.errors import InputError, PlannerError
from planner.domain.text import make_visible
from planner.services import settings as service
from planner.services.context import AppContext
from planner.services.day.today_store import Today, TodayStore
from planner.tui.messages import Unchanged
from planner.tui.settings.widgets.settings import SettingLine, SettingLines, SettingWords
from planner.tui.shared.list_screen import ListScreen
from planner.tui.shared.modals.line import LineModal
from planner.tui.shared.screen import Places
from planner.tui.shared.widgets.frame import FooterItem, FooterKey

KEY_ALLOWED = "a key such as g, G, ctrl+g, f5 or slash, or several separated by commas"
GROUPS = {
    "calendar": "Working week and calendars",
    "sync": "Other devices",
    "phone": "Phone",
    "plan": "Plan and pace",
    "prior": "Starting estimates",
    "mail": "Email",
    "calls": "Calls",
    "care": "Client care",
    "touch": "Keeping in touch",
    "review": "Review",
    "learning": "Learning",
    "me": "About you",
    "day": "Your day",
    "remind": "Reminders",
    "ui": "Appearance",
}
SWITCHED = {"true": "false", "false": "true"}


class SettingsScreen(ListScreen[SettingLines]):
    """Screen of the settings, on one page, and the key bindings on another."""

    TAB = "Settings"
    CSS_PATH = "settings.tcss"
    LIST = SettingLines
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "change", "change", id="setting-change", tooltip="Change the value, or switch it on or off"),
        Binding("r", "reset", "reset", id="setting-reset", tooltip="Reset the setting to its default"),
        Binding("f", "filter", "filter", id="setting-filter", tooltip="Show only what matches your search"),
        Binding("tab,shift+tab", "page", "keys", id="setting-page", tooltip="Switch between settings and keys"),
        Binding("escape", "leave", "back", id="setting-leave", tooltip="Clear the filter, or go back to Today"),
        Binding("g", "cursor(-1000)", "first", id="setting-top", show=False),
        Binding("G", "cursor(1000)", "last", id="setting-bottom", show=False),
    ]
    FOOTER = ("change", "filter", "reset", "page", "leave", "app.show('today')")

    def __init__(self, ctx: AppContext, live: TodayStore, today: Today, places: Places = ()) -> None:
        super().__init__(ctx, live, today, places)
        self._wanted = ""
        self._keys = False
        self._refused: list[str] = []
        """Problems with the keys in the file, found when the keys' page was read."""

    def body(self) -> ComposeResult:
        yield SettingLines(id="settings")
        yield SettingWords(id="words")

    def start(self) -> None:
        super().start()
        problems = self.ctx.config.problems
        if problems:
            self.show_error(problems[0])
        else:
            there = os.path.exists(self.ctx.settings_path)
            where = self.ctx.settings_path if there else f"{self.ctx.settings_path}, created with your first change"
            self.say([("   ", ""), (make_visible(where), "dim")], keep=True)

    def reload(self) -> None:
        every = self._of_keys() if self._keys else self._of_settings()
        asked = self._wanted.casefold()
        found = [each for each in every if asked in each.words.casefold()]
        self.lines.show(found, self._wanted, "Keys" if self._keys else "Settings")
        self.entry_chosen()

    def action_undo(self) -> None:
        """Refuse to undo, since that would undo something other than a setting."""
        self.show_error("Undo doesn't cover settings. Press r to reset one to its default.")

    action_redo = action_undo

    def _of_settings(self) -> list[SettingLine]:
        config = self.ctx.current_config()
        return [
            SettingLine(
                each.key,
                service.format_value(config[each.key]),
                each.key in config.given,
                each.about,
                service.describe_allowed(config, each),
                service.format_value(each.default),
                config[each.key],
                GROUPS[each.key.partition(".")[0]],
            )
            for each in service.SETTINGS
        ]

    def _of_keys(self) -> list[SettingLine]:
        """Return the key settings, one per command wherever it is used."""
        from planner.tui import keys  # imports all screens, which takes a tenth of a second

        usable, self._refused = keys.check(self.ctx.current_config().keys)
        found: dict[str, SettingLine] = {}
        for each in sorted(keys.commands(), key=lambda command: command.where.startswith("form: ")):
            shipped = "  ".join(keys.readable(key) for key in each.keys)
            pressed = "  ".join(keys.pressed(each, usable))
            group = each.where.capitalize()
            key = service.KEYS + each.id
            raw = service.value_of(self.ctx.config, key)
            line = SettingLine(key, pressed, each.id in usable, each.about, KEY_ALLOWED, shipped, raw, group)
            found.setdefault(each.id, line)
        return list(found.values())

    def action_page(self) -> None:
        """Switch between settings and key bindings."""
        self._keys, self._wanted = not self._keys, ""
        self.show_keys()
        self.lines.move_to(0)
        self.reload()
        if self._keys and self._refused:
            self.show_error(self._refused[0])

    def footer_keys(self) -> Sequence[FooterItem]:
        other = FooterKey("settings", "page") if self._keys else "page"
        return [other if key == "page" else key for key in self.FOOTER]

    def entry_chosen(self) -> None:
        self.query_one(SettingWords).show(self.lines.chosen)

    def open_entry(self) -> None:
        self.action_change()

    def action_change(self) -> None:
        """Ask for a new value, or toggle if the setting is yes or no."""
        each = self.lines.chosen
        if each is None:
            self.show_error("No setting is selected.")
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
                raise InputError(f"{text!r} isn't a theme. Choose one of {themes}.")
            if each.key.startswith(service.KEYS):
                from planner.tui.keys import conflict_of

                sentence = conflict_of(self.ctx.config.keys, each.name, text)
                if sentence:
                    raise InputError(sentence)
            key, value, said = service.put(self.ctx, each.key, text, each.raw)
        except PlannerError as problem:
            self.reload()  # another program may have changed it, so ask again about the current value
            now = next((line for line in self.lines.settings if line.key == each.key), each)
            self._ask(now, text, str(problem))
            return
        self._changed(f"Saved: {key} = {service.format_value(value)}   r reset")
        if said:
            self.show_error(" ".join(said))

    def action_reset(self) -> None:
        """Remove the selected setting from the file."""
        each = self.lines.chosen
        if each is not None:
            try:
                key, value = service.reset(self.ctx, each.key)
            except PlannerError as problem:
                self.show_error(str(problem))
                return
            now = each.default if key.startswith(service.KEYS) else service.format_value(value)
            self._changed(f"Reset to the default: {key} = {now}")

    def _changed(self, said: str) -> None:
        self.planner.settings_changed()
        self.reload()
        self.show_info(Unchanged(said))

    def action_filter(self) -> None:
        """Ask for a text to filter the settings by."""

        def put(typed: str | None) -> None:
            if typed is not None:
                self._wanted = typed
                self.reload()

        self.app.push_screen(
            LineModal("Filter settings", "text", self._wanted, "email, country, …", optional=True), put
        )

    def action_leave(self) -> None:
        """Clear the filter, or else go back to Today."""
        if self._wanted:
            self._wanted = ""
            self.reload()
        else:
            self.planner.show("today")
