"""Collects information about this installation and its file locations."""

from __future__ import annotations

import os
import platform
import sqlite3
from dataclasses import dataclass

from planner import __version__, paths
from planner import platform as system
from planner.services.context import AppContext
from planner.services.safety import sync_warning
from planner.services.transfer import exports
from planner.store import activity_log, connection
from planner.store.safety import backup


@dataclass(frozen=True, slots=True)
class Info:
    """What a bug report needs to know about an installation. Sizes in bytes, `last_backup` in local time, None for
    anything missing.
    """

    version: str
    python: str
    sqlite: str
    database: str
    exists: bool
    size: int | None
    encrypted: bool
    disk_encrypted: bool | None
    schema: int | None
    activities: int
    first_day: str | None
    last_day: str | None
    backups: str
    last_backup: str | None
    settings: str
    log: str
    exports: int
    last_export: str | None
    warning: str | None


def gather(ctx: AppContext) -> Info:
    """Collect the information."""
    there = connection.exists(ctx.path)
    rows: tuple[int, str | None, str | None] = (0, None, None)
    if there:
        with ctx.database.read() as reads:
            rows = activity_log.totals(reads)
    newest = backup.latest(ctx.path)
    out = exports.log(ctx)
    return Info(
        version=__version__,
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        database=ctx.path,
        exists=there,
        size=os.path.getsize(ctx.path) if there else None,
        encrypted=connection.is_encrypted(ctx.path),
        disk_encrypted=system.disk_encrypted(os.path.dirname(ctx.path)),
        schema=connection.SCHEMA_VERSION if there else None,
        activities=rows[0],
        first_day=rows[1],
        last_day=rows[2],
        backups=backup.folder_of(ctx.path),
        last_backup=None if newest is None else f"{newest[0]:%Y-%m-%dT%H:%M}",
        settings=ctx.settings_path,
        log=os.path.join(paths.log_dir(), "planner.log"),
        exports=len(out),
        last_export=f"{exports.moment(out[0]):%Y-%m-%dT%H:%M} {out[0].what}, {out[0].rows} rows" if out else None,
        warning=sync_warning.warning(ctx.path) or None,
    )
