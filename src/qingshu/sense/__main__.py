"""``python -m qingshu.sense DIR [OBSERVER]``: ingest alone, for tests and by hand.

OBSERVER is ``module:Class``, made with the settings.
"""

from __future__ import annotations

import asyncio
import importlib
import signal
import sys
from pathlib import Path

from qingshu.runtime.db import Database
from qingshu.runtime.settings import load_settings
from qingshu.sense.observer import BatchObserver
from qingshu.sense.pipeline import Pipeline
from qingshu.sense.subscriber import run_ingest


async def main(directory: Path, observer_names: list[str]) -> None:
    """Run until SIGTERM."""
    db = Database(load_settings(directory))
    observers: list[BatchObserver] = []
    for name in observer_names:
        module, _, attribute = name.partition(":")
        observers.append(getattr(importlib.import_module(module), attribute)(db.settings))
    stop = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    await run_ingest(db.settings, Pipeline(db, observers), stop)
    db.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
