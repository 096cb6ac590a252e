"""Reads today, counts and undoes on a connection that stays open, using only the quick path until the snapshot must be
built again.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from planner.domain.calls.activity_log import Activity
from planner.domain.calls.log_anomalies import SAME_IN_A_ROW, is_suspicious
from planner.domain.day import activity
from planner.domain.errors import DatabaseGone, DatabaseProblem, NeedsMigration, StateError
from planner.domain.money import to_hundredths
from planner.services.context import AppContext
from planner.store import connection, quick_log, today_queries
from planner.store.today_queries import TaskLine as TaskLine
from planner.store.today_queries import Today as Today

if TYPE_CHECKING:
    from planner.store.history import Change

MOST_AT_ONCE = 1_000  # rows that the search indexes in the UI thread; any more are indexed in a worker


@dataclass(frozen=True, slots=True)
class Logged:
    """An acknowledged entry: the row's id, its label in the history, and the metrics it added to.

    `waits` says why it isn't on disk yet: the database is gone, and the entry is written once it is back.
    """

    id: int
    label: str
    adds: tuple[str, ...]
    waits: str = ""


class TodayStore:
    """The live connection behind the Today screen. Use it from one thread only."""

    def __init__(self, ctx: AppContext) -> None:
        self.ctx = ctx
        self._handle: sqlite3.Connection | None = None
        self._inode: int | None = None
        self._backed_up: date | None = None
        # the error of a damaged file, with its stamp at that time
        self._damaged: tuple[str, tuple[int, ...]] | None = None
        self._version: int | None = None
        self.closed = False
        self._asked_at = 0
        self.waiting: list[Activity] = []
        """Entries logged while the database was gone, in order."""

    def close(self) -> None:
        """Close the database for good."""
        self.closed = True
        there = self._handle is not None and self._is_in_place()
        if there and self._handle is not None:
            with suppress(sqlite3.Error):  # damaged: leave it as it is
                connection.leave_no_journal(self._handle)
        self._let_go()
        if there:
            from planner.services.safety.daily_backup import back_up  # not needed before the end

            back_up(self.ctx)

    def _let_go(self) -> None:
        if self._handle is not None:
            self._handle.close()
            self._handle = None

    def _open(self) -> sqlite3.Connection | None:
        """Return the connection, migrating an older database first, or None if there is no file yet.

        A file that was moved or replaced (by a restored backup) is closed, because writes to it would be lost. Raises
        DatabaseGone if it is gone or another database is in its place.
        """
        place = self.ctx.place
        if self._handle is not None and not self._is_in_place():
            self._let_go()
        if self._handle is None and place.exists():
            try:
                self._handle = place.connect()
            except NeedsMigration:
                self.ctx.database.raw().close()
                self._handle = place.connect()
            connection.keep_journal(self._handle)
            self._inode = os.stat(self.ctx.path).st_ino
            self._backed_up = None
        return self._handle

    def _is_in_place(self) -> bool:
        """Return whether the open file is still in its place."""
        try:
            return os.stat(self.ctx.path).st_ino == self._inode
        except FileNotFoundError:
            return False

    def _writable(self) -> sqlite3.Connection:
        handle = self._open()
        if handle is None:
            self.ctx.place.create(int(self.ctx.clock.timestamp()))
            handle = self._open()
        assert handle is not None
        try:
            self.ctx.place.check(handle)  # another database may have been written into the same file
        except DatabaseGone:
            self._let_go()  # stale cached pages must not meet a file restored in place
            raise
        today = self.ctx.today()
        if self._backed_up != today:  # once a day, not per key
            self.ctx.backup_wanted = quick_log.backup_due(handle, self.ctx.now().date())
            self._backed_up = today
        return handle

    def peek(self, day: date | None = None) -> Today | None:
        """Return Today from the quick path, or None if it must be planned first."""
        wanted = day or self.ctx.today()
        with self.reading() as handle:
            if handle is None:
                return None
            self._version = self._read_version(
                handle
            )  # before the read, so that a write in between is noticed next time
            return today_queries.read_today(handle, wanted, self.ctx.key())

    def glance(self) -> Today | None:
        """Return Today from the quick path without resetting `has_changed`, which still reports earlier changes."""
        with self.reading() as handle:
            return None if handle is None else today_queries.read_today(handle, self.ctx.today(), self.ctx.key())

    def _read_version(self, handle: sqlite3.Connection) -> int | None:
        """Return the number of the last foreign commit, or None while a commit is in progress."""
        try:
            return connection.data_version_at_once(handle)
        except sqlite3.OperationalError:
            return None

    def read(self, day: date | None = None) -> Today:
        """Return the current Today, planned first if needed."""
        return self.peek(day) or self.rebuild(day)

    def rebuild(self, day: date | None = None) -> Today:
        """Plan a day again on connections of its own, so that a thread may do it."""
        from planner.services.day import snapshot  # slow path: once a day and when an input changes

        self.ctx.reread_config()
        return snapshot.build(self.ctx, day or self.ctx.today())

    def fresh_odds(self) -> dict[str, object] | None:
        """Return today's recalculated odds as attributes of Today. Uses its own connections, for a worker."""
        from planner.domain.day.day import odds_columns
        from planner.services.day import snapshot  # loaded when the rep is idle

        found = snapshot.refresh_odds(self.ctx)
        return None if found is None else odds_columns(found)

    def bring_odds_up(self, today: Today) -> None:
        """Update the odds of a day. If that fails, the old ones stay, with a notice."""
        try:
            for name, value in (self.fresh_odds() or {}).items():
                setattr(today, name, value)
        except DatabaseProblem as problem:
            self.ctx.notice(f"The odds couldn't be updated: {problem}")

    def refresh_counts(self, today: Today) -> None:
        """Update the counts of a day."""
        with self.reading() as handle:
            if handle is not None:
                today_queries.read_counts(handle, today)

    def refresh_facts(self, today: Today) -> None:
        """Update the facts that tell whether blocks were kept."""
        with self.reading() as handle:
            if handle is not None:
                today_queries.read_facts(handle, today)

    def words(self, name: str, language: str = "") -> tuple[str, ...]:
        """Return the lines of a word list, on the live connection so that no key press waits. Unless the rep has made
        it their own, it is in the `language`, by default the rep's.
        """
        from planner import content
        from planner.store.calls import custom_lists

        with self.reading() as handle:
            own = None if handle is None else custom_lists.get(handle, name)
        return tuple(content.word_lists(language or self.ctx.language)[name]["lines"]) if own is None else own

    def calendar_states(self) -> list[tuple[str, int | None, str]]:
        """Return the subscribed calendars: name, when each was last read well (seconds since 1970 UTC), and the problem
        with its last try.
        """
        with self.reading() as handle:
            if handle is None:
                return []
            return handle.execute("SELECT name, fetched_at, problem FROM calendar ORDER BY name").fetchall()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """Yield the live connection, None without a database. Database errors become messages for the rep."""
        with self._translate_errors():
            yield self._open()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Yield the live connection for a write, creating the database if needed. Errors become messages."""
        with self._translate_errors():
            yield self._writable()

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        """Turn database errors into messages for the rep."""
        try:
            yield
        except sqlite3.Error as error:
            raise self._problem(error) from error

    def _problem(self, error: sqlite3.Error) -> DatabaseProblem:
        """Return a database error as a message. A damaged file counts as gone, so that entries wait for its repair."""
        problem = connection.sentence(error, self.ctx.path)
        if not connection.is_damage(error):
            return problem
        self._damaged = (str(problem), self._stamp())
        return DatabaseGone(f"Nothing can be saved: {problem}")

    def _stamp(self) -> tuple[int, ...]:
        try:
            stat = os.stat(self.ctx.path)
        except OSError:
            return ()
        return stat.st_ino, stat.st_size, stat.st_mtime_ns

    def has_changed(self) -> bool:
        """Return whether another program has written since the last look."""
        try:
            handle = self._open()
            version = None if handle is None else self._read_version(handle)
        except (sqlite3.Error, DatabaseProblem):
            # being moved or damaged: if that lasts, the next look or key reports it
            return False
        if version is None:
            return False
        changed, self._version = version != self._version, version
        return changed

    def log(self, entry: Activity) -> Logged:
        """Log an activity that has just happened. It is on disk on return unless `waits` is set."""
        adds = activity.counts_of(entry.kind, entry.outcome)
        try:
            self.write_waiting()
            return Logged(self._append(self._writable(), entry, self.ctx.now()), entry.label, adds)
        except DatabaseGone as problem:
            self.waiting.append(entry)
            return Logged(-len(self.waiting), entry.label, adds, str(problem))

    def _append(self, handle: sqlite3.Connection, entry: Activity, now: datetime) -> int:
        with self._translate_errors():
            return append(handle, entry, now, self.ctx)[0]

    def write_waiting(self) -> int:
        """Write the entries logged while the database was gone, with their own times. Returns the number of rows.

        Raises DatabaseProblem if that isn't possible yet. The remaining entries keep waiting.
        """
        if not self.waiting:
            return 0
        handle, count = self._writable(), 0
        while self.waiting:
            self._append(handle, self.waiting[0], self.waiting[0].moment)
            del self.waiting[0]
            count += 1
        return count

    def missing_reason(self) -> str:
        """Return what is wrong if the open database is gone, else ""."""
        if self._damaged is not None:
            if self._damaged[1] == self._stamp():
                return f"Nothing can be saved: {self._damaged[0]}"
            self._damaged = None  # written since, probably by a restore
            self._let_go()
        try:
            handle = self._open()
            if handle is not None and self._read_version(handle) != self._version:
                self.ctx.place.check(handle)
        except DatabaseGone as problem:
            return str(problem)
        except sqlite3.Error as error:
            return str(self._problem(error)) if connection.is_damage(error) else ""
        except DatabaseProblem:
            return ""  # locked or being moved: the next look will tell
        return ""

    def take_back_waiting(self) -> Activity | None:
        """Remove and return the last entry that waits for the database, or None."""
        return self.waiting.pop() if self.waiting else None

    def set_outcome(self, row_id: int, outcome: str) -> None:
        """Set the outcome of the last call. A call that waits for the database has a negative id."""
        activity.check("dial", outcome)
        if row_id < 0:
            if not -len(self.waiting) <= row_id:
                raise StateError("That call has been saved in the meantime. Press o to log its outcome.")
            self.waiting[-row_id - 1] = replace(self.waiting[-row_id - 1], outcome=outcome)
            return
        with self.writing() as handle:
            if quick_log.set_outcome(handle, row_id, outcome, self.ctx.now(), self.ctx.today()) is None:
                raise StateError("That call is no longer in the log, so it can't have an outcome.")

    def last_call_id(self) -> int | None:
        """Return the row id of the last call today, or None."""
        for index, entry in reversed(list(enumerate(self.waiting))):
            if entry.kind == "dial":
                return -index - 1
        with self.reading() as handle:
            return None if handle is None else quick_log.last_call(handle, self.ctx.today())

    def is_suspicious(self) -> bool:
        """Return whether the last five outcomes are the same within ten seconds, once per run."""
        with self.reading() as handle:
            last = [] if handle is None else quick_log.latest_outcomes(handle, self.ctx.today(), SAME_IN_A_ROW)
        if not is_suspicious(last) or last[-1][1] <= self._asked_at:
            return False
        self._asked_at = last[0][1]
        return True

    def undo(self) -> str | None:
        """Undo the last change and return its label, or None if there is none."""
        return self.undo_or_redo(redo=False)

    def redo(self) -> str | None:
        """Redo the last undone change and return its label, or None."""
        return self.undo_or_redo(redo=True)

    def search_waits(self, most: int) -> bool:
        """Return whether the search index lags by more than `most` rows."""
        from planner.store import search

        with self.reading() as handle:
            return handle is not None and search.waits(handle, most)

    def bring_search_up(self, stop: Callable[[], bool] = lambda: False) -> None:
        """Update the search index in small steps while keys are typed, until `stop` returns True."""
        from planner.store import search

        with self.reading() as handle:
            if handle is not None:
                search.brought_up(handle, held=search.BESIDE, stop=stop)

    def is_large_change(self, *, redo: bool) -> bool:
        """Return whether the next change to undo or redo has thousands of rows."""
        from planner.store import history  # loads json

        with self.reading() as handle:
            return handle is not None and history.much_to_turn(handle, redo=redo)

    def changes(self, limit: int) -> list[Change]:
        """Return the latest changes, newest first."""
        from planner.store import history

        with self.reading() as handle:
            return [] if handle is None else history.changes(handle, limit)

    def undo_or_redo(self, *, redo: bool) -> str | None:
        """Undo or redo one change and return its label, or None if there is none."""
        if self._open() is None:
            return None
        from planner.store import history  # loads json

        self.write_waiting()  # newer than anything in the log
        handle, step = self._writable(), history.redo if redo else history.undo
        try:
            change = step(handle, self.ctx.today())
        except sqlite3.Error as error:
            raise connection.sentence(error, self.ctx.path) from error
        return None if change is None else change.label


def append(
    handle: sqlite3.Connection, entry: Activity, now: datetime, ctx: AppContext | None = None
) -> tuple[int, int]:
    """Append a checked row to the log under the rep's day. Returns the ids of the row and of the change."""
    day_of = datetime.date if ctx is None else ctx.clock.day_of
    return quick_log.append(
        handle,
        moment=entry.moment,
        now=now,
        kind=entry.kind,
        outcome=entry.outcome,
        count=entry.count,
        contact=None if entry.contact_id is None else (entry.contact_id, entry.contact or ""),
        amount=None if entry.amount is None else to_hundredths(Decimal(entry.amount)),
        minutes=entry.minutes,
        reason=entry.reason,
        note=entry.note,
        day=entry.day or day_of(entry.moment),
        today=day_of(now),
    )
