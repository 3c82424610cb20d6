"""Processes are started, restarted and stopped; ports and folders are checked first."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qingshu.runtime.supervise import PortTaken, check_port

SCRIPT = """
import sys
from pathlib import Path
from qingshu.runtime import supervise
folder = Path(sys.argv[1])
write = "import os,sys,time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\\\n'); time.sleep(60)"
supervise.PROBE_EVERY_S = 0.2
probes = {"one": lambda: (folder / "works").exists()} if "probe" in sys.argv else {}
command = ("one", [sys.executable, "-c", write, str(folder / "pids")])
supervise.Supervisor(folder, [command], probes).run()
"""


def _wait_for_lines(path: Path, count: int) -> list[int]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        pids = path.read_text().split() if path.exists() else []
        if len(pids) >= count:
            return [int(pid) for pid in pids]
        time.sleep(0.05)
    pytest.fail(f"expected {count} starts within 20 s")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_supervisor_when_child_killed_then_restarted_and_stopped_at_the_end(tmp_path: Path) -> None:
    """SIGKILL of a child brings a new one; SIGTERM of the supervisor leaves none."""
    supervisor = subprocess.Popen([sys.executable, "-c", SCRIPT, str(tmp_path)])
    first = _wait_for_lines(tmp_path / "pids", 1)[0]
    os.kill(first, signal.SIGKILL)
    second = _wait_for_lines(tmp_path / "pids", 2)[1]
    supervisor.send_signal(signal.SIGTERM)
    assert supervisor.wait(15) == 0
    assert not _alive(second)


def test_supervisor_when_child_is_stuck_then_started_again(tmp_path: Path) -> None:
    """A process that lives but does not work is replaced until it does."""
    supervisor = subprocess.Popen([sys.executable, "-c", SCRIPT, str(tmp_path), "probe"])
    _wait_for_lines(tmp_path / "pids", 2)
    (tmp_path / "works").touch()
    time.sleep(1.5)
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    time.sleep(1.5)
    assert [int(pid) for pid in (tmp_path / "pids").read_text().split()] == pids
    assert _alive(pids[-1])
    supervisor.send_signal(signal.SIGTERM)
    assert supervisor.wait(15) == 0


def test_supervisor_when_folder_is_served_then_second_is_refused(tmp_path: Path) -> None:
    """Two supervisors never share a workspace."""
    first = subprocess.Popen([sys.executable, "-c", SCRIPT, str(tmp_path)])
    try:
        _wait_for_lines(tmp_path / "pids", 1)
        second = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(tmp_path)],
            capture_output=True, text=True, timeout=20, check=False,
        )  # fmt: skip
        assert "another `qingshu serve`" in second.stderr
    finally:
        first.terminate()
        first.wait(15)


def test_check_port_when_taken_then_names_the_setting() -> None:
    """The error says which setting to change."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=r"web\.port"):
            check_port("127.0.0.1", port, "web.port")
