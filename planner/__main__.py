"""The command `planner`: the quick dispatcher first, then the full command line or the screens."""

from __future__ import annotations

import sys

from planner.domain.errors import PlannerError


def main() -> int:
    """Run the command line of this process; returns the exit code."""
    argv = sys.argv[1:]
    try:
        # a terminal that can't show a character shows a mark instead of failing
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
        from planner.cli import quick

        code = quick.run(argv)
        if code is None:
            from planner.cli.main import run

            code = run(argv)
        sys.stdout.flush()
    except PlannerError as problem:
        print(f"planner: {problem}", file=sys.stderr)
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
