"""What is promised, shown on the real program: killed, in the dark, on full disks, beside others of its kind.

Some of each by default; `make drills` (`PLANNER_DRILLS=1`) makes it the numbers that docs/promises.md names.
"""

import os

LONG = bool(os.environ.get("PLANNER_DRILLS"))
ROOM = 1 if LONG else 4
"""How many times the promised seconds something may take: the suite has the machine to share, a drill hasn't."""


def often(few: int, many: int) -> int:
    """How often something is tried: a few times by default, many times in a drill."""
    return many if LONG else few
