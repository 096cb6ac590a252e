"""The `planner` command: the quick dispatcher first, then the full command line or the screens."""

from __future__ import annotations

import os
import sys
from itertools import pairwise

from planner.domain.errors import PlannerError

# Options that ask for JSON. It is UTF-8 for programs whatever the locale says (RFC 8259).
JSON = {"--json", "--format=json", "--format=waybar"}


def _answer_is_lost() -> bool:
    """Whether standard output accepts nothing: try once more, then discard what is buffered."""
    if sys.stdout is None or sys.stdout.closed:
        return False
    try:
        print(flush=True)  # the failure may have cleared the buffer, so only a new try tells
    except OSError:
        # otherwise the interpreter would retry at exit and report the failure
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        return True
    return False


def _options(argv: list[str]) -> set[str]:
    """Return the words of a command line, and each with its predecessor as ``--option=value``."""
    return {*argv, *[f"{before}={word}" for before, word in pairwise(argv)]}


def main(*, lazily: bool = False) -> int:
    """Run this process's command line and return the exit code. With `lazily`, modules load on first use."""
    argv = sys.argv[1:]
    before = _changes()
    try:
        # show a mark for unsupported characters instead of failing
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
        from planner.domain.text import make_visible

        print(f"planner: {make_visible(_true(str(problem), before))}", file=sys.stderr)
        return problem.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # the reader is gone (`| head`): nothing to say, and nowhere to say it
        sys.stderr.close()
        return 1
    except OSError as error:
        if error.filename is None and _answer_is_lost():
            # a full disk after the answer undoes nothing
            print(
                f"planner: Can't write the output: {error.strerror}. Any change you made was saved.",
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
    """Return how many changes this process has made to a database."""
    recorder = sys.modules.get("planner.store.recorder")
    return 0 if recorder is None else int(recorder.how_many_kept())


def _true(said: str, before: int) -> str:
    """Return a sentence about a failure, without "Nothing was changed" where something had been by then."""
    if _changes() == before:
        return said
    said = said.replace("Nothing was changed", "Earlier changes were saved")
    return said.replace("nothing was changed", "earlier changes were saved")


def _of_the_database(error: Exception, argv: list[str]) -> str:
    """Return the meaning of a SQLite error that nothing else has explained, or "" for any other."""
    sqlite3 = sys.modules.get("sqlite3")
    if sqlite3 is None or not isinstance(error, (sqlite3.OperationalError, sqlite3.DatabaseError)):
        return ""
    if isinstance(error, (sqlite3.IntegrityError, sqlite3.ProgrammingError)):
        return ""  # a bug of ours
    from planner import paths
    from planner.cli.quick import Options
    from planner.domain.text import make_visible
    from planner.store.connection import sentence

    found = str(sentence(error, paths.database(Options(argv).db)))
    return "" if "the database reported" in found else make_visible(found)


def start() -> None:
    """The installed command. After a quick command it exits without cleanup.

    Interpreter shutdown takes a tenth of such a command's time with nothing to clean up: no threads, no file but the
    database, which is closed. The full command line and the screens exit normally.
    """
    code = main(lazily=True)
    if "planner.cli.main" in sys.modules or "planner.tui" in sys.modules or sys.stdout is None:
        sys.exit(code)
    if sys.stderr is not None and not sys.stderr.closed:
        sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    start()
