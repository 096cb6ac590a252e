"""The command `planner`: the quick dispatcher first, then the full command line or the screens."""

from __future__ import annotations

import os
import sys

from planner.domain.errors import PlannerError


def _flushed(code: int) -> int:
    """The exit code once all of the answer is out. A full disk behind the answer undoes nothing."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        print(f"planner: the answer can't be written: {error.strerror}. What was asked for is done.", file=sys.stderr)
        os._exit(1)  # the interpreter would try to write it once more
    return code


def main() -> int:
    """Run the command line of this process; returns the exit code."""
    argv = sys.argv[1:]
    try:
        # a terminal that can't show a character shows a mark instead of failing
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.reconfigure(errors="replace")  # type: ignore[union-attr]
        from planner.cli import quick

        code = quick.run(argv)
        if code is None:
            from planner.cli.main import run

            code = run(argv)
        if sys.stdout is not None:
            code = _flushed(code)
    except PlannerError as problem:
        from planner.domain.text import shown

        print(f"planner: {shown(str(problem))}", file=sys.stderr)
        return problem.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # the reader has gone (`| head`): nothing to say, and nowhere to say it
        sys.stderr.close()
        return 1
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback ever reaches the rep
        from planner.failure import report

        return report(error)
    return code


if __name__ == "__main__":
    sys.exit(main())
