"""The embedded broker's very first start: no reading is acknowledged before it is kept.

An MQTT broker acknowledges a message that nobody subscribes to and forgets it. A new
workspace's broker therefore runs once on a private port, where ingest's durable session
is made, before it opens the port that devices know.
"""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Sequence

from qingshu.kernel.errors import Unavailable, WireError
from qingshu.runtime.broker import broker_command
from qingshu.runtime.broker_probe import open_session
from qingshu.runtime.settings import Settings

MARK = "joined"
READY_WITHIN_S = 20.0
RETRY_S = 0.05


def join_first(settings: Settings, topics: Sequence[str]) -> None:
    """Make ingest's session in a broker store that has none yet.

    Raises
    ------
    Unavailable
        The broker does not start or does not answer.
    """
    mark = settings.directory / "broker" / MARK
    if mark.exists():
        return
    host = "127.0.0.1"
    broker = settings.broker.model_copy(
        update={"url": f"mqtt://{host}:{_free_port(host)}", "nats_port": _free_port(host)}
    )
    private = settings.model_copy(update={"broker": broker})
    process = subprocess.Popen(
        broker_command(private), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _join(private, topics, process)
    finally:
        process.terminate()
        process.wait()
    mark.touch()


def _join(settings: Settings, topics: Sequence[str], process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_WITHIN_S
    while True:
        try:
            open_session(settings, topics)
        except (OSError, WireError) as error:
            if process.poll() is not None or time.monotonic() > until:
                msg = f"Expected the embedded broker to start, got: {error}."
                raise Unavailable(msg, setting="broker.embedded") from error
            time.sleep(RETRY_S)
        else:
            return


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
