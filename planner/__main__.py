"""The command `planner`: the quick dispatcher first, then the full command line or the screens."""

from __future__ import annotations

import os
import sys
from itertools import pairwise

from planner.domain.errors import PlannerError

# The options that ask for JSON. Where a program reads it, it is UTF-8 whatever the locale says (RFC 8259).
JSON = {"--json", "--format=json", "--format=waybar"}


def _answer_is_lost() -> bool:
    """Whether standard output takes nothing: it is tried once more, and what waits in it is let go."""
    if sys.stdout is None or sys.stdout.closed:
        return False
    try:
        print(flush=True)  # what failed may have let go of what it held: only a new try tells
    except OSError:
        # else the interpreter would try again at the end, and fail aloud
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        return True
    return False


def _options(argv: list[str]) -> set[str]:
    """The words of a command line, and each with the one before it as ``--option=value``."""
    return {*argv, *[f"{before}={word}" for before, word in pairwise(argv)]}


def main(*, lazily: bool = False) -> int:
    """Run the command line of this process; returns the exit code. With `lazily`, of a process of its own."""
    argv = sys.argv[1:]
    before = _changes()
    try:
        # a terminal that can't show a character shows a mark instead of failing
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.reconfigure(errors="replace")  # type: ignore[union-attr]
        if sys.stdout is not None and not sys.stdout.isatty() and not JSON.isdisjoint(_options(argv)):
            sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        from planner.cli import quick

        code = quick.run(argv)
        if code is None:
            if lazily:
                from planner.cli import lazy

                lazy.install(argv)
            from planner.cli.main import run

            code = run(argv)
        if sys.stdout is not None:
            sys.stdout.flush()
    except PlannerError as problem:
        from planner.domain.text import shown

        print(f"planner: {shown(_true(str(problem), before))}", file=sys.stderr)
        return problem.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # the reader has gone (`| head`): nothing to say, and nowhere to say it
        sys.stderr.close()
        return 1
    except OSError as error:
        if error.filename is None and _answer_is_lost():
            # a full disk behind the answer undoes nothing
            print(
                f"planner: the answer can't be written: {error.strerror}. If anything was to be changed, it is.",
                file=sys.stderr,
            )
            return 1
        from planner.failure import report

        return report(error)
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback ever reaches the rep
        said = _of_the_database(error, argv)
        if said:
            print(f"planner: {_true(said, before)}", file=sys.stderr)
            return 1
        from planner.failure import report

        return report(error)
    return code


def _changes() -> int:
    """How many changes this process has made to a base."""
    recorder = sys.modules.get("planner.store.recorder")
    return 0 if recorder is None else int(recorder.how_many_kept())


def _true(said: str, before: int) -> str:
    """A sentence about what failed; where something had been changed by then, it doesn't say that nothing was."""
    return said if _changes() == before else said.replace("nothing was changed", "what was changed before that is kept")


def _of_the_database(error: Exception, argv: list[str]) -> str:
    """What SQLite's error means, where nothing nearer has said so; empty for any other."""
    sqlite3 = sys.modules.get("sqlite3")
    if sqlite3 is None or not isinstance(error, (sqlite3.OperationalError, sqlite3.DatabaseError)):
        return ""
    if isinstance(error, (sqlite3.IntegrityError, sqlite3.ProgrammingError)):
        return ""  # a fault of ours
    from planner import paths
    from planner.cli.quick import Options
    from planner.domain.text import shown
    from planner.store.connection import sentence

    found = str(sentence(error, paths.database(Options(argv).db)))
    return "" if "the database answered" in found else shown(found)


def start() -> None:
    """The command as it is installed: what a quick command answered leaves at once.

    The interpreter's tidying-up takes a tenth of such a command's time, and there is nothing to tidy: no thread, no
    file but the database, which is closed. The full command line and the screens end as any program does.
    """
    code = main(lazily=True)
    if "planner.cli.main" in sys.modules or "planner.tui" in sys.modules or sys.stdout is None:
        sys.exit(code)
    if sys.stderr is not None and not sys.stderr.closed:
        sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    start()
