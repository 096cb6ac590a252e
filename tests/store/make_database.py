"""Makes the committed database of the schema in force: `python -m tests.store.make_database` (once a version)."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from planner.store import connection
from tests.scenes import typical

if __name__ == "__main__":
    target = Path(__file__).parent / "databases" / f"v{connection.SCHEMA_VERSION}.db"
    if target.exists():
        raise SystemExit(f"{target.name} stands already: an old version's database is never made anew.")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(typical(Path(folder)).path, target)
