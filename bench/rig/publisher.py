"""A raw-socket MQTT publisher with an acknowledgement window; run as a process.

``python publisher.py PORT WINDOW FILE``: FILE holds length-prefixed (topic, payload)
pairs. Says ``ready``, waits for a line on stdin, sends all, says how many were acked.
"""

from __future__ import annotations

import json
import select
import socket
import struct
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from qingshu.wire import mqtt


def write_messages(path: Path, messages: Iterable[tuple[bytes, bytes]]) -> None:
    """Put messages into a file for the publisher process."""
    with path.open("wb") as file:
        for topic, payload in messages:
            file.write(struct.pack("<II", len(topic), len(payload)) + topic + payload)


def read_packets(path: Path) -> list[bytes]:
    """The messages as PUBLISH packets, ids running from 1 to 65535."""
    data, at, packets = path.read_bytes(), 0, []
    while at < len(data):
        topic, payload = struct.unpack_from("<II", data, at)
        middle = at + 8 + topic
        packet_id = len(packets) % 65_535 + 1
        packets.append(
            mqtt.publish(data[at + 8 : middle], data[middle : middle + payload], packet_id)
        )
        at = middle + payload
    return packets


def connect(port: int, client_id: str, *, clean: bool = True) -> socket.socket:
    """A connected, greeted socket."""
    sock = socket.create_connection(("127.0.0.1", port), 10)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.sendall(mqtt.connect(client_id, keepalive_s=0, clean=clean))
    mqtt.check_connack(sock.recv(4)[2:])
    return sock


def forget_session(port: int, client_id: str) -> None:
    """End a durable session, so that the broker keeps nothing for it."""
    with connect(port, client_id) as sock:
        sock.sendall(mqtt.DISCONNECT)


def publish_all(sock: socket.socket, packets: list[bytes], window: int) -> int:
    """Send everything, at most ``window`` unacknowledged; return how many were acked."""
    sent = acked_bytes = 0
    step = max(1, window // 4)
    while acked_bytes // 4 < len(packets):
        room = window - (sent - acked_bytes // 4)
        if sent < len(packets) and room >= min(step, len(packets) - sent):
            part = packets[sent : sent + room]
            sock.sendall(b"".join(part))
            sent += len(part)
        else:
            select.select([sock], [], [], 10)
        while select.select([sock], [], [], 0)[0]:
            got = len(sock.recv(65_536))
            if not got:
                return acked_bytes // 4
            acked_bytes += got
    return acked_bytes // 4


def main() -> None:
    """Run as a process."""
    port, window, path = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    packets = read_packets(path)
    sock = connect(port, f"bench-publisher-{time.monotonic_ns()}")
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.perf_counter()
    acked = publish_all(sock, packets, window)
    print(json.dumps({"acked": acked, "seconds": time.perf_counter() - began}), flush=True)


if __name__ == "__main__":
    main()
