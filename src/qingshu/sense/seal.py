"""Moves old readings from SQL into Parquet: file first, then one transaction."""

from __future__ import annotations

from datetime import timedelta

from qingshu.kernel.instants import to_ms
from qingshu.runtime.db import Database
from qingshu.sense.store import history, latest

# Rows of one file and one transaction; 250,000 rows are about 1 MB and 0.2 s of writing.
SEAL_ROWS = 250_000


def seal(db: Database, rows_per_file: int = SEAL_ROWS) -> int:
    """Seal what is older than ``ingest.seal_after_hours``; return how many rows moved.

    Only rows that every checkpoint covers are moved, so a restart never misses one. A
    kill between the file and the transaction leaves a file that nobody registered.
    """
    age = timedelta(hours=db.settings.ingest.seal_after_hours)
    before_ms = to_ms(db.clock.now() - age)
    moved = 0
    while True:
        with db.read() as conn:
            upto = latest.checkpoint_id(conn)
            rows = history.oldest_rows(conn, before_ms, upto, rows_per_file)
        if not rows:
            return moved
        file = history.write_file(db.settings.directory, rows)
        with db.write("system:clerk") as tx:
            moved += history.register(tx, file, before_ms, rows[-1].id)
