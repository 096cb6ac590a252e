"""Exports contacts to a file: asks where to and for the passphrase of an encrypted one, and shows the progress."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from planner.files import FileThere
from planner.tui.clients import changes
from planner.tui.progress import Work
from planner.tui.shared.modals.passphrase import PassphraseModal
from planner.tui.shared.modals.path import PathModal

if TYPE_CHECKING:
    from planner.tui.clients.clients import ClientsScreen


def ask_file(
    screen: ClientsScreen,
    heading: str,
    path: str,
    what: str,
    *,
    wanted: str = "",
    ids: Sequence[int] | None = None,
    problem: str = "",
    there: bool = False,
) -> None:
    """Ask where to write contacts, and write them. If that fails, ask again with what was typed.

    If a file of that name is `there`, submitting the same name again confirms replacing it.
    """

    def put(typed: str | None) -> None:
        if typed is not None and typed.lower().endswith(".age"):
            asked = PassphraseModal(os.path.basename(typed))
            screen.app.push_screen(asked, lambda secret: None if secret is None else write_it(typed, secret))
        elif typed is not None:
            write_it(typed)

    def write_it(typed: str, secret: str | None = None) -> None:
        force = typed == path and there
        found = []
        work = Work(partial(screen.from_thread, partial(_tell_progress, screen)), "Stopped. Nothing was written.")

        def write() -> str:
            screen.export_work = work
            try:
                return changes.export(
                    screen.ctx, what, typed, work, wanted=wanted, ids=ids, force=force, passphrase=secret
                )
            except FileThere as trouble:
                found.append(trouble)
                raise
            finally:
                screen.export_work = None

        def again(trouble: str) -> None:
            if work.stopped:
                screen.show_error(trouble)
                return
            said = f"{trouble} Press ⏎ again to replace it." if found else trouble
            ask_file(screen, heading, typed, what, wanted=wanted, ids=ids, problem=said, there=bool(found))

        screen.run_change(write, again)

    hint = ".vcf, or a folder" if what == "contact" else ".csv, .xlsx, .json, .vcf; add .age to encrypt"
    screen.app.push_screen(PathModal(heading, "File or folder", path, hint, folders=True, problem=problem), put)


def _tell_progress(screen: ClientsScreen, work: Work, text: str) -> None:
    if not work.stopped:
        screen.say([("   ", ""), (text, "dim"), ("   esc to stop", "dim")], keep=True)
