"""The broker door, replay and the database going away, with real servers."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from bench.rig import brokers, publisher
from click.testing import CliRunner

from qingshu.cli.replay import command as replay
from qingshu.kernel.errors import Unavailable
from qingshu.kernel.instants import to_ms
from qingshu.registry import store as registry
from qingshu.runtime import deadletters, schema
from qingshu.runtime.db import Database
from qingshu.runtime.settings import load_settings
from qingshu.sense import service
from qingshu.sense.pipeline import Pipeline
from qingshu.sense.subscriber import run_ingest
from qingshu.wire import mqtt
from tests.conftest import need
from tests.sense.world import message, stored, town


@contextmanager
def _ingesting(db: Database) -> Iterator[Pipeline]:
    pipeline = Pipeline(db)
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(
        target=loop.run_until_complete, args=(run_ingest(db.settings, pipeline, stop),)
    )
    thread.start()
    time.sleep(0.3)
    try:
        yield pipeline
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


def _until(true: Callable[[], Any], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.02)


@contextmanager
def _workspace(folder: Path) -> Iterator[tuple[Database, int]]:
    port = brokers.free_port()
    command = brokers.mosquitto_command(folder / "broker", port)
    need(command is not None, "Mosquitto")
    assert command is not None
    (folder / "qingshu.toml").write_text(
        f'[broker]\nembedded = false\nurl = "mqtt://127.0.0.1:{port}"\n'
        "[database]\nbusy_timeout_s = 0.2\n",
        encoding="utf-8",
    )
    db = Database(load_settings(folder))
    schema.upgrade(db)
    town(db)
    with brokers.running(command, port), closing(db):
        yield db, port


def test_replay_when_recorded_csv_then_through_the_broker_into_the_log(tmp_path: Path) -> None:
    """A csv goes through the real MQTT door, gaps skipped, doubled samples stored once."""
    with _workspace(tmp_path) as (db, _), _ingesting(db):
        file = tmp_path / "overflow.csv"
        file.write_text("t,h\n1752537658000.0,0.0\n1752537778000.0,0.1\n1752537778000.0,0.1\n,\n")
        answer = CliRunner().invoke(
            replay,
            [str(file), "--to", str(tmp_path), "--device", "L1", "--time", "t", "--value", "h",
             "--plus", "2.8", "--until", "now", "--json"],
        )  # fmt: skip
        assert answer.exit_code == 0, answer.output
        tally = json.loads(answer.output)
        assert (tally["read"], tally["skipped"], tally["acknowledged"]) == (4, 1, 3)
        _until(lambda: len(stored(db)) == 2)
    assert [row[3] for row in stored(db)] == [2.8, 2.9]


def test_replay_when_lists_then_every_sample_is_sent(tmp_path: Path) -> None:
    """FloodNet keeps a whole event in two list columns; --where picks the sensor."""
    with _workspace(tmp_path) as (db, _), _ingesting(db):
        file = tmp_path / "floods.csv"
        file.write_text(
            'id,at,depth,secs\nA,2026-11-01T00:00:00,"[0.0, 10.0]","[0, 60]"\nB,x,"[1]","[0]"\n'
        )
        answer = CliRunner().invoke(
            replay,
            [str(file), "--to", str(tmp_path), "--device", "L3", "--time", "at", "--value",
             "depth", "--offsets", "secs", "--where", "id=A", "--scale", "0.0254"],
        )  # fmt: skip
        assert answer.exit_code == 0, answer.output
        _until(lambda: len(stored(db)) == 2)
    assert stored(db)[1][3] == 0.254


def test_ingest_when_ten_megabytes_arrive_then_buried_and_the_next_is_stored(
    tmp_path: Path,
) -> None:
    """A 10 MB body is refused with its size, acked, and disturbs nothing."""
    with _workspace(tmp_path) as (db, port), _ingesting(db):
        at = to_ms(db.clock.now())
        with publisher.connect(port, "big") as sock:
            sock.sendall(mqtt.publish(b"qs/v1/L1/reading", b"x" * 10_000_000, 1))
            sock.sendall(mqtt.publish(b"qs/v1/L1/reading", message(at, level_m=1.0), 2))
            _until(lambda: len(stored(db)) == 1)
        with db.read() as conn:
            letters = deadletters.recent(conn)
    assert [letter.code for letter in letters] == ["too_large"]
    assert "10000000" in letters[0].message


def test_ingest_when_database_is_locked_then_waits_and_goes_on(tmp_path: Path) -> None:
    """A writer that holds the file stops nothing for good: what came is stored after."""
    with _workspace(tmp_path) as (db, port), _ingesting(db) as pipeline:
        other = sqlite3.connect(tmp_path / "qingshu.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with publisher.connect(port, "gw") as sock:
            body = message(to_ms(db.clock.now()), level_m=1.0)
            sock.sendall(mqtt.publish(b"qs/v1/L1/reading", body, 1))
            time.sleep(0.8)
            assert pipeline.waiting == 1
            other.execute("ROLLBACK")
            _until(lambda: len(stored(db)) == 1)
        other.close()


@pytest.mark.parametrize("pragma", ["query_only = ON", "max_page_count = 1"])
def test_commit_when_database_full_or_read_only_then_unavailable_and_kept(
    tmp_path: Path, pragma: str
) -> None:
    """Full and read-only both keep the messages pending until it is mended."""
    (tmp_path / "qingshu.toml").write_text("[database]\npool_size = 1\n", encoding="utf-8")
    db = Database(load_settings(tmp_path))
    schema.upgrade(db)
    town(db)
    pipeline = Pipeline(db)
    at = to_ms(db.clock.now())
    # Enough rows that a full file cannot hide them in a half-empty page.
    count = 3000
    topics = [b"qs/v1/L1/reading"] * count
    bodies = [message(at - 86_400_000 + n, level_m=1.0) for n in range(count)]
    pipeline.submit(topics, bodies, list(range(1, count + 1)))
    with db.engine.connect() as conn:
        conn.exec_driver_sql(f"PRAGMA {pragma}")
    with pytest.raises(Unavailable):
        pipeline.commit()
    assert pipeline.waiting == count
    with db.engine.connect() as conn:
        conn.exec_driver_sql("PRAGMA query_only = OFF")
        conn.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert len(pipeline.commit()) == count
    with db.read() as conn:
        assert service.tank_states(conn)[0].tank_id == registry.sensors(conn)[0].tank_id
    db.close()
