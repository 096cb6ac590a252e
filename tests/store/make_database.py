"""Create the committed database of the current schema, once a version: `python -m tests.store.make_database`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from planner.domain.review.self_review import Kind
from planner.services.context import AppContext
from planner.services.review import learning, self_review
from planner.store import connection
from tests.scenes import WEEK, typical


def build(folder: Path) -> AppContext:
    """The typical rep, with rows in tables that the scene leaves empty."""
    ctx = typical(folder)
    line = self_review.save_line(ctx, WEEK, Kind.WRONG, "late list", cause="mail", correction="make it before six")
    self_review.as_task(ctx, WEEK, line.id)
    self_review.finish(ctx, WEEK, "nearer to the flat")
    learning.ask(ctx, "How does the rebate work?", contact="Kim Minsu 김민수")
    book = learning.add(ctx, "SPIN Selling", author="Rackham")
    learning.record_use(ctx, book.id, note="asked first", deal_id=1)
    return ctx


if __name__ == "__main__":
    target = Path(__file__).parent / "databases" / f"v{connection.SCHEMA_VERSION}.db"
    if target.exists():
        raise SystemExit(f"{target.name} stands already: an old version's database is never made anew.")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(build(Path(folder)).path, target)
