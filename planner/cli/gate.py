"""What is asked before a base is opened: its passphrase, and whether a missing one is to be made anew.

On the way of every command, so it loads nothing until something is to be asked.
"""

from __future__ import annotations

import os

from planner import paths
from planner.domain.errors import DatabaseProblem

# What opens no base, or asks by itself.
WITHOUT_BASE = (
    "demo", "completions", "tour", "keys", "config", "encrypt", "decrypt", "restore", "backup", "info",
)  # fmt: skip


def pass_through(path: str) -> None:
    """Let a program through to its base. Raises DatabaseProblem where somebody has to decide and nobody can be asked,
    InputError for a passphrase that isn't that of the base.
    """
    if paths.looks_foreign(path):
        from planner.cli.shared import passphrase

        passphrase.unlock(path)
    else:
        look_for_missing(path)


def look_for_missing(path: str) -> None:
    """A base that is gone while its backups are there is hardly meant to be begun anew: ask. Raises DatabaseProblem
    where nobody can be asked, or the answer is no.
    """
    left = [] if os.path.lexists(path) else paths.backups_of(path)
    if not left:
        return
    from planner.cli.shared.common import say
    from planner.cli.shared.passphrase import terminal
    from planner.domain.text import many, shown
    from planner.platform import quoted
    from planner.services.safety import maintenance

    newest = os.path.join(os.path.dirname(path), "backups", left[-1])
    gone = f"{path} is not there, but {many(len(left), 'backup of it is', 'backups of it are')}. "
    back = f"planner restore {quoted(newest)} brings the newest back"
    if not terminal():
        raise DatabaseProblem(f"{gone}{back}; to start with an empty one, run planner in a terminal and say so.")
    say(shown(f"{gone}\n{back}."))
    if input("Start with an empty one instead? [y/N] ").strip().lower() not in ("y", "yes"):
        raise DatabaseProblem("Nothing was made.")
    maintenance.begin(path)
