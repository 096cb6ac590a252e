"""What every service works on: the rep's database, the clock and the settings."""

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
    """One open program. The rich database is loaded when something first needs it."""

    path: str
    clock: Clock
    settings_path: str
    notices: list[str] = field(default_factory=list)
    # what was worked out, with the key of what it rests on
    kept: dict[Any, tuple[Any, Any]] = field(default_factory=dict, repr=False)
    # something was written, and the day has no backup yet
    backup_wanted: bool = False
    lock: RLock = field(default_factory=RLock, repr=False)
    _config: Config | None = None
    _config_key: str = ""
    _database: Database | None = field(default=None, repr=False)
    _place: Place | None = field(default=None, repr=False)

    @classmethod
    def open(cls, db: str | None = None, settings: str | None = None, clock: Clock | None = None) -> AppContext:
        """The context that the options, the environment or the defaults name."""
        path = paths.settings(settings)
        return cls(paths.database(db), clock or Clock.from_environment(paths.turns_at(path)), path)

    @property
    def config(self) -> Config:
        """The settings, read once."""
        return self._config or self.reread_config()

    def current_config(self) -> Config:
        """The settings as the file has them now: read again where it has changed since."""
        return self.reread_config() if self._config is None or self._config_key != self.key() else self._config

    @property
    def has_settings(self) -> bool:
        """Whether there is a settings file; most reps have none, and the start needn't load what reads it."""
        try:
            os.lstat(self.settings_path)
        except FileNotFoundError:
            return False
        except (OSError, ValueError):
            return True  # it is named, and can't be read: that is to be said
        return True

    def reread_config(self) -> Config:
        """The settings, read again."""
        from planner.config.reading import load, minutes

        self._config_key = self.key()
        self._config = found = load(self.settings_path)
        self.clock.turns_at = minutes(found["day.turns_at"])
        return found

    @property
    def place(self) -> Place:
        """Where the database lies, and which one it is."""
        if self._place is None:
            from planner.store.connection import Place

            self._place = Place(self.path)
        return self._place

    @property
    def database(self) -> Database:
        """The rich way into the store."""
        if self._database is None:
            from planner.store.database import Database  # the quick reads and the first screen do without

            self._database = Database(self.path, self.clock, self.notice, self.place)
        return self._database

    def notice(self, text: str) -> None:
        """Something the rep should hear, once."""
        if text not in self.notices:
            self.notices.append(text)

    def now(self) -> datetime:
        """Local time."""
        return self.clock.now()

    def today(self) -> date:
        """The rep's local date."""
        return self.clock.today()

    def key(self) -> str:
        """What a laid day depends on beside the database: the program and the settings file."""
        return paths.laid_key(self.settings_path)
