"""The context of every service: the rep's database, the clock and the settings."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import RLock
from typing import TYPE_CHECKING, Any

from planner import paths
from planner.clock import Clock

if TYPE_CHECKING:
    from planner.config.reading import Config
    from planner.store.connection import Place
    from planner.store.database import Database


@dataclass
class AppContext:
    """The database, clock and settings that one running program passes to every service. The full database layer loads
    on first use.
    """

    path: str
    clock: Clock
    settings_path: str
    notices: list[str] = field(default_factory=list)
    # cached results, each with the key of its inputs
    kept: dict[Any, tuple[Any, Any]] = field(default_factory=dict, repr=False)
    # what those results share as long as it stays the same
    memory: dict[str, Any] = field(default_factory=dict, repr=False)
    # something was written, and today has no backup yet
    backup_wanted: bool = False
    lock: RLock = field(default_factory=RLock, repr=False)
    _config: Config | None = None
    _config_key: str = ""
    _database: Database | None = field(default=None, repr=False)
    _place: Place | None = field(default=None, repr=False)

    @classmethod
    def open(cls, db: str | None = None, settings: str | None = None, clock: Clock | None = None) -> AppContext:
        """Return the context given by the options, the environment or the defaults."""
        path = paths.settings(settings)
        return cls(paths.database(db), clock or Clock.from_environment(paths.turns_at(path)), path)

    @property
    def config(self) -> Config:
        """Return the settings, read once."""
        return self._config or self.reread_config()

    def current_config(self) -> Config:
        """Return the current settings, reread if the file has changed."""
        return self.reread_config() if self._config is None or self._config_key != self.key() else self._config

    @property
    def has_settings(self) -> bool:
        """Return whether a settings file exists. Most reps have none, and then startup skips the settings reader."""
        try:
            os.lstat(self.settings_path)
        except FileNotFoundError:
            return False
        except (OSError, ValueError):
            return True  # exists but is unreadable: the reader reports it
        return True

    def reread_config(self) -> Config:
        """Reread and return the settings."""
        from planner.config.reading import load, parse_minutes

        self._config_key = self.key()
        self._config = found = load(self.settings_path)
        self.clock.turns_at = parse_minutes(found["day.turns_at"])
        return found

    @property
    def place(self) -> Place:
        """Return the location and identity of the database."""
        if self._place is None:
            from planner.store.connection import Place

            self._place = Place(self.path)
        return self._place

    @property
    def database(self) -> Database:
        """Return the full database layer."""
        if self._database is None:
            from planner.store.database import Database  # not needed for the quick reads and the first screen

            self._database = Database(self.path, self.clock, self.notice, self.place)
        return self._database

    @property
    def language(self) -> str:
        """The language of scripts, playbook and lists: ``en``, ``ko`` or ``ru``."""
        return str(self.config["me.language"])

    @property
    def said(self) -> str:
        """The sentence on what the last change did. Undo calls the change by it."""
        return self.database.said

    def notice(self, text: str) -> None:
        """Queue a message for the rep, once."""
        if text not in self.notices:
            self.notices.append(text)

    def now(self) -> datetime:
        """Return the local time."""
        return self.clock.now()

    def today(self) -> date:
        """Return the rep's local date."""
        return self.clock.today()

    def key(self) -> str:
        """Return the cache key of a planned day besides the database: program version and settings file."""
        return paths.laid_key(self.settings_path)
