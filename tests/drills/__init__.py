"""Promises tested on the real program: killed, cut from power, on full disks, beside other instances.

A few of each run by default. `make drills` (`PLANNER_DRILLS=1`) runs the numbers stated in docs/promises.md.
"""

import os

LONG = bool(os.environ.get("PLANNER_DRILLS"))
ROOM = 1 if LONG else 4
"""How many times the promised seconds something may take: the suite has the machine to share, a drill hasn't."""


def often(few: int, many: int) -> int:
    """How often to repeat something: `few` times by default, `many` in a drill."""
    return many if LONG else few
