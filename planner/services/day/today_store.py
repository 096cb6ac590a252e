"""The live day: read, count, undo. Only the hot path behind it, until a day must be laid anew."""

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
from planner.domain.calls.log_anomalies import SAME_IN_A_ROW, suspicious
from planner.domain.day import activity
from planner.domain.errors import DatabaseGone, DatabaseProblem, NeedsMigration, PlannerError, StateError
from planner.domain.money import to_hundredths
from planner.services.context import AppContext
from planner.store import connection, today_queries
from planner.store.today_queries import TaskLine as TaskLine
from planner.store.today_queries import Today as Today

if TYPE_CHECKING:
    from planner.store.history import Change


@dataclass(frozen=True, slots=True)
class Logged:
    """What was acknowledged: the row's id, its name in the history, and the counts it added to.

    `waits` says why it isn't on disk yet: the database is gone, and it is written once that is back.
    """

    id: int
    label: str
    adds: tuple[str, ...]
    waits: str = ""


class TodayStore:
    """One live connection for the screen. All calls come from one thread."""

    def __init__(self, ctx: AppContext) -> None:
        self.ctx = ctx
        self._handle: sqlite3.Connection | None = None
        self._inode: int | None = None
        self._backed_up: date | None = None
        # what is wrong with a file that is no longer what it was, and its size and times by then
        self._damaged: tuple[str, tuple[int, ...]] | None = None
        self._version: int | None = None
        self.closed = False
        self._asked_at = 0
        self.waiting: list[Activity] = []
        """What was counted while the database was gone, in the order in which it was."""

    def close(self) -> None:
        """Let the database go, for good."""
        self.closed = True
        there = self._handle is not None and self._there()
        if there and self._handle is not None:
            with suppress(sqlite3.Error):  # damaged meanwhile: it stays as it is
                connection.leave_no_journal(self._handle)
        self._let_go()
        if there:
            back_up(self.ctx)

    def _let_go(self) -> None:
        if self._handle is not None:
            self._handle.close()
            self._handle = None

    def _open(self) -> sqlite3.Connection | None:
        """The connection, once there is a file; an older one is brought forward first.

        A file that was moved away or replaced (a backup put back) is let go: counting on would count into nothing.
        Raises DatabaseGone where there is none any more, or another one.
        """
        place = self.ctx.place
        if self._handle is not None and not self._there():
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

    def _there(self) -> bool:
        """Whether the file that is open still stands in its place."""
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
            self.ctx.place.check(handle)  # another one may have been written over it, into the same file
        except DatabaseGone:
            self._let_go()  # what is put back into the same file would be held against pages that are remembered
            raise
        today = self.ctx.today()
        if self._backed_up != today:  # asked once a day, not once a key
            self.ctx.backup_wanted = today_queries.backup_due(handle, self.ctx.now().date())
            self._backed_up = today
        return handle

    def peek(self, day: date | None = None) -> Today | None:
        """Today by the quick path; None when it must be laid first."""
        wanted = day or self.ctx.today()
        try:
            handle = self._open()
            if handle is None:
                return None
            self._version = self._look(handle)  # before the read: what comes between is seen at the next look
            return today_queries.read_today(handle, wanted, self.ctx.key())
        except sqlite3.Error as error:
            raise self._problem(error) from error

    def glance(self) -> Today | None:
        """Today by the quick path, without having looked: the next `changed` still tells of what was changed since."""
        handle = self._open()
        with self._said():
            return None if handle is None else today_queries.read_today(handle, self.ctx.today(), self.ctx.key())

    def _look(self, handle: sqlite3.Connection) -> int | None:
        """The number of the last foreign commit; None while somebody is committing: the next look tells."""
        try:
            return today_queries.data_version(handle)
        except sqlite3.OperationalError:
            return None

    def read(self, day: date | None = None) -> Today:
        """Today as it stands; laid first where that is needed."""
        return self.peek(day) or self.lay(day)

    def lay(self, day: date | None = None) -> Today:
        """Lay a day anew, on connections of its own, so that a thread may do it."""
        from planner.services.day import snapshot  # once a day, and after a change of what it rests on

        self.ctx.reread_config()
        return snapshot.build(self.ctx, day or self.ctx.today())

    def fresh_odds(self) -> dict[str, object] | None:
        """Today's odds worked out anew, as attributes of a read day; on connections of its own, for a worker."""
        from planner.domain.day.day import odds_columns
        from planner.services.day import snapshot  # when the rep is idle

        found = snapshot.refresh_odds(self.ctx)
        return None if found is None else odds_columns(found)

    def bring_odds_up(self, today: Today) -> None:
        """Work the odds of a read day out anew where that can be done; else they stay as they were laid."""
        try:
            for name, value in (self.fresh_odds() or {}).items():
                setattr(today, name, value)
        except DatabaseProblem as problem:
            self.ctx.notice(f"The odds are those of before: {problem}")

    def refresh_counts(self, today: Today) -> None:
        """Bring the counts of a read day up to date."""
        handle = self._open()
        if handle is not None:
            with self._said():
                today_queries.read_counts(handle, today)

    def refresh_facts(self, today: Today) -> None:
        """Bring what tells whether blocks were kept up to date."""
        handle = self._open()
        if handle is not None:
            with self._said():
                today_queries.read_facts(handle, today)

    def words(self, name: str) -> tuple[str, ...]:
        """The lines of a list of words, on the live connection: the next key is typed already."""
        import json

        from planner import content

        handle = self._open()
        with self._said():
            own = None if handle is None else today_queries.own_words(handle, name)
        return tuple(content.word_lists()[name]["lines"] if own is None else json.loads(own))

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """The live connection, None without a database; its errors as sentences."""
        with self._said():
            yield self._open()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The live connection for a write, the database made where there is none; its errors as sentences."""
        with self._said():
            yield self._writable()

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Database errors as sentences."""
        try:
            yield
        except sqlite3.Error as error:
            raise self._problem(error) from error

    def _problem(self, error: sqlite3.Error) -> DatabaseProblem:
        """A database error as a sentence. A file that is no longer what it was when it was opened is as good as gone:
        what is counted waits for it.
        """
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

    def changed(self) -> bool:
        """Whether another program has written since the last look."""
        try:
            handle = self._open()
            version = None if handle is None else self._look(handle)
        except (sqlite3.Error, DatabaseProblem):
            # a file that is being moved, or is damaged: the next look, or the next key, says so if it stays
            return False
        if version is None:
            return False
        changed, self._version = version != self._version, version
        return changed

    def log(self, entry: Activity) -> Logged:
        """Log what has just happened; committed to disk when this returns, unless it says that it waits."""
        adds = activity.adds(entry.kind, entry.outcome)
        try:
            self.write_waiting()
            return Logged(self._append(self._writable(), entry, self.ctx.now()), entry.label, adds)
        except DatabaseGone as problem:
            self.waiting.append(entry)
            return Logged(-len(self.waiting), entry.label, adds, str(problem))

    def _append(self, handle: sqlite3.Connection, entry: Activity, now: datetime) -> int:
        try:
            return append(handle, entry, now, self.ctx)[0]
        except sqlite3.Error as error:
            raise self._problem(error) from error

    def write_waiting(self) -> int:
        """Write what was counted while the database was gone, at the times at which it was. Returns how many rows.

        Raises DatabaseProblem where that can't be yet; what isn't written goes on waiting.
        """
        if not self.waiting:
            return 0
        handle, count = self._writable(), 0
        while self.waiting:
            self._append(handle, self.waiting[0], self.waiting[0].moment)
            del self.waiting[0]
            count += 1
        return count

    def missing(self) -> str:
        """What is wrong where the database that was open is gone; empty while it is there."""
        if self._damaged is not None:
            if self._damaged[1] == self._stamp():
                return f"Nothing can be saved: {self._damaged[0]}"
            self._damaged = None  # written since: by a restore, it is to be hoped
            self._let_go()
        try:
            handle = self._open()
            if handle is not None and self._look(handle) != self._version:
                self.ctx.place.check(handle)
        except DatabaseGone as problem:
            return str(problem)
        except sqlite3.Error as error:
            return str(self._problem(error)) if connection.is_damage(error) else ""
        except DatabaseProblem:
            return ""  # locked, or being moved: the next look tells
        return ""

    def take_back_waiting(self) -> Activity | None:
        """Take back what was counted last while the database was gone; None where nothing waits."""
        return self.waiting.pop() if self.waiting else None

    def set_outcome(self, row_id: int, outcome: str) -> None:
        """Give the call just logged its outcome; one that waits for its database has a number below 0."""
        activity.check("dial", outcome)
        if row_id < 0:
            if not -len(self.waiting) <= row_id:
                raise StateError("That call was written meanwhile; o asks for its outcome.")
            self.waiting[-row_id - 1] = replace(self.waiting[-row_id - 1], outcome=outcome)
            return
        handle = self._writable()
        try:
            if today_queries.set_outcome(handle, row_id, outcome, self.ctx.now(), self.ctx.today()) is None:
                raise StateError("That call is no longer in the log, so it has no outcome.")
        except sqlite3.Error as error:
            raise self._problem(error) from error

    def last_call(self) -> int | None:
        """The row of the call logged last today, or None."""
        for index, entry in reversed(list(enumerate(self.waiting))):
            if entry.kind == "dial":
                return -index - 1
        handle = self._open()
        if handle is None:
            return None
        with self._said():
            return today_queries.last_call(handle, self.ctx.today())

    def suspicious(self) -> bool:
        """Whether the last five outcomes are the same within ten seconds; said once of each such run."""
        with self.reading() as handle:
            last = [] if handle is None else today_queries.latest_outcomes(handle, self.ctx.today(), SAME_IN_A_ROW)
        if not suspicious(last) or last[-1][1] <= self._asked_at:
            return False
        self._asked_at = last[0][1]
        return True

    def undo(self) -> str | None:
        """Take the last change back; its name, or None when there is nothing to take back."""
        return self.undo_or_redo(redo=False)

    def redo(self) -> str | None:
        """Bring back what was undone last; its name, or None."""
        return self.undo_or_redo(redo=True)

    def search_waits(self, most: int) -> bool:
        """Whether the search has more than so many rows to read before it is up to date."""
        from planner.store import search

        with self.reading() as handle:
            return handle is not None and search.waits(handle, most)

    def bring_search_up(self, stop: Callable[[], bool] = lambda: False) -> None:
        """Let the search read what was written since, beside a screen on which keys are typed, until `stop` says so."""
        from planner.store import search

        with self.reading() as handle:
            if handle is not None:
                search.brought_up(handle, held=search.BESIDE, stop=stop)

    def much(self, *, redo: bool) -> bool:
        """Whether the change that would be turned next is one of thousands of rows."""
        with self.reading() as handle:
            return handle is not None and today_queries.much_to_turn(handle, redo=redo)

    def changes(self, limit: int) -> list[Change]:
        """The newest changes, newest first."""
        from planner.store import history

        handle = self._open()
        if handle is None:
            return []
        with self._said():
            return history.changes(handle, limit)

    def undo_or_redo(self, *, redo: bool) -> str | None:
        if self._open() is None:
            return None
        self.write_waiting()  # newer than what is in the log
        return turn(self._writable(), self.ctx, redo=redo)


def append(
    handle: sqlite3.Connection, entry: Activity, now: datetime, ctx: AppContext | None = None
) -> tuple[int, int]:
    """Append a checked row to the log, on the rep's days. Returns the ids of the row and of the change."""
    day_of = datetime.date if ctx is None else ctx.clock.day_of
    return today_queries.append(
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


def turn(handle: sqlite3.Connection, ctx: AppContext, *, redo: bool) -> str | None:
    """Undo or redo one change; its name, or None when there is none."""
    from planner.store import history  # json, only when something is taken back

    step = history.redo if redo else history.undo
    try:
        change = step(handle, ctx.today())
    except sqlite3.Error as error:
        raise connection.sentence(error, ctx.path) from error
    return None if change is None else change.label


def back_up(ctx: AppContext) -> None:
    """Make the day's backup, where something was written that wants one; a failing one is said, and is tried again
    with the next write. On a connection of its own: a thread may do it beside an open screen.
    """
    if not ctx.backup_wanted:
        return
    ctx.backup_wanted = False
    from planner.store.safety import backup  # hashlib, once a day

    try:
        backup.daily(ctx.path, ctx.now())
    except PlannerError as problem:
        ctx.notice(f"Today's backup was not made: {problem}")
