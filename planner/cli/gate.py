"""Asks what must be settled before a database is opened: its passphrase, and whether to recreate a missing one.

Every command passes through here, so nothing is loaded until there is something to ask.
"""

from __future__ import annotations

import os

from planner import paths
from planner.domain.errors import DatabaseProblem

# Commands that open no database, or ask for themselves.
WITHOUT_BASE = (
    "demo", "completions", "tour", "keys", "config", "encrypt", "decrypt", "restore", "backup", "info",
)  # fmt: skip


def pass_through(path: str) -> None:
    """Unlock the database, or ask about a missing one, before a command opens it. Raises DatabaseProblem if a decision
    is needed and nobody can be asked, InputError for a wrong passphrase.
    """
    if paths.looks_foreign(path):
        from planner.cli.shared import passphrase

        passphrase.unlock(path)
    else:
        look_for_missing(path)


def look_for_missing(path: str) -> None:
    """Ask before starting anew when a database is missing but has backups, since that is hardly intended. Raises
    DatabaseProblem if nobody can be asked or the answer is no.
    """
    left = [] if os.path.lexists(path) else paths.backups_of(path)
    if not left:
        return
    from planner.cli.shared.common import print_lines
    from planner.cli.shared.passphrase import terminal
    from planner.domain.text import make_visible, plural
    from planner.platform import quote
    from planner.services.safety import maintenance

    newest = os.path.join(os.path.dirname(path), "backups", left[-1])
    gone = f"{path} is missing, but {plural(len(left), 'backup exists', 'backups exist')}. "
    back = f"To restore the newest, run planner restore {quote(newest)}"
    if not terminal():
        raise DatabaseProblem(f"{gone}{back}. To start with an empty database, run planner in a terminal.")
    print_lines(make_visible(f"{gone}\n{back}."))
    if input("Start with an empty database instead? [y/N] ").strip().lower() not in ("y", "yes"):
        raise DatabaseProblem("No database was created.")
    maintenance.begin(path)
