"""The peer: paho, counting only, or in front of our pipeline with manual acknowledgement."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import paho.mqtt.client as paho

from qingshu.sense.pipeline import Pipeline

SETTLE_S = 0.5


def _client(port: int, name: str, *, manual: bool) -> paho.Client:
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=name, manual_ack=manual)
    client.max_inflight_messages_set(20_000)
    client.connect("127.0.0.1", port)
    return client


@contextmanager
def counting(port: int) -> Iterator[Callable[[], int]]:
    """A bare client that only counts; gives the way to ask for the count."""
    seen = [0]

    def counted(*_: Any) -> None:
        seen[0] += 1

    client = _client(port, "bench-paho", manual=False)
    client.on_message = counted
    client.subscribe([("qs/v1/+/reading", 1)])
    client.loop_start()
    time.sleep(SETTLE_S)
    yield lambda: seen[0]
    client.disconnect()
    client.loop_stop()


@contextmanager
def acking(port: int, pipeline: Pipeline) -> Iterator[None]:
    """Our pipeline fed by paho; each message is acknowledged after its commit."""
    done = threading.Event()
    client = _client(port, "bench-paho-acking", manual=True)

    def received(_client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        pipeline.submit([message.topic.encode()], [message.payload], [message.mid])

    def commit() -> None:
        while not done.wait(0.02):
            if pipeline.waiting:
                for token in pipeline.commit():
                    client.ack(token, 1)

    client.on_message = received
    client.subscribe([("qs/v1/+/reading", 1)])
    client.loop_start()
    committer = threading.Thread(target=commit)
    committer.start()
    time.sleep(SETTLE_S)
    yield
    done.set()
    committer.join()
    client.disconnect()
    client.loop_stop()
