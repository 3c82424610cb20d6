"""``python -m qingshu.schedule.worker DIR PLAN_ID``: one year plan, in its own process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from qingshu.kernel.errors import QingshuError
from qingshu.runtime.db import Database
from qingshu.runtime.logs import configure_logs
from qingshu.runtime.settings import load_settings


def start(directory: Path, plan_id: int) -> None:
    """Start the process and go on; it outlives neither a failure nor its plan."""
    subprocess.Popen(
        [sys.executable, "-m", "qingshu.schedule.worker", str(directory), str(plan_id)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def run(directory: Path, plan_id: int) -> int:
    """Make the plan; a failure is kept with the plan. The exit code."""
    from qingshu.schedule import service

    configure_logs("yearplan", directory)
    db = Database(load_settings(directory))
    try:
        service.make_plan(db, plan_id)
    except QingshuError as error:
        with db.write("system:yearplan") as tx:
            service.fail_plan(tx, plan_id, error.message)
        return 1
    finally:
        db.close()
    return 0


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), int(sys.argv[2])))
