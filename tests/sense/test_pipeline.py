"""The way of one reading, and what may not disturb it."""

from __future__ import annotations

import itertools
import time
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert

from qingshu.kernel.errors import Unavailable
from qingshu.registry.tables import sensor
from qingshu.runtime import deadletters
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database, Tx
from qingshu.sense import service
from qingshu.sense.model import Batch, Quality
from qingshu.sense.pipeline import Pipeline
from qingshu.sense.seal import seal
from qingshu.sense.store import log as reading_log
from qingshu.wire.frame import encode_frame
from tests.sense.world import message, now_ms, send, stored, town

MINUTE = 60_000
# Every example of the property test gets its own tenth of a second.
STRETCHES = itertools.count(1)


class Tally:
    """An observer that counts what it is shown and when it may have been shown it."""

    def __init__(self) -> None:
        self.replayed = 0
        self.observed: list[float] = []
        self.fail = False

    def restore(self, conn: Connection) -> int:
        self.replayed = 0
        return 0

    def replay(self, batch: Batch) -> None:
        self.replayed += len(batch)

    def observe(self, tx: Tx, batch: Batch) -> None:
        if self.fail:
            raise Unavailable("planted")
        self.observed += batch.value.tolist()

    def checkpoint(self, tx: Tx, log_id: int) -> None: ...

    def registry_changed(self, conn: Connection) -> None: ...


def _codes(db: Database) -> list[str]:
    with db.read() as conn:
        return sorted(letter.code for letter in deadletters.recent(conn))


def test_commit_when_all_good_then_rows_state_and_tokens(db: Database) -> None:
    """Level, distance and battery land in log and state; every token comes back."""
    town(db)
    at = now_ms(db)
    pipeline = Pipeline(db)
    tokens = send(
        pipeline,
        ("L1", message(at, level_m=1.25, battery_pct=80)),
        ("L2", b'{"measured_at":"2026-11-24T14:32:00+08:00","distance_m":1.0}'),
    )
    assert tokens == [1, 2]
    assert sorted(stored(db)) == [(1, 1, at, 1.25, 0), (1, 7, at, 80.0, 0), (2, 1, at, 2.0, 0)]
    with db.read() as conn:
        rows = service.state_rows(conn)
    assert [row[:3] for row in rows] == [[1, 1.25, 1.55], [2, 2.0, 0.8]]


def test_commit_when_some_are_bad_then_only_those_are_buried(db: Database) -> None:
    """Every kind of bad input is kept with its code and acked; the good ones are stored."""
    town(db)
    at = now_ms(db)
    tokens = send(
        Pipeline(db),
        ("L1", message(at, level_m=1.0)),
        ("NOBODY", message(at, level_m=1.0)),
        ("SPARE", message(at, level_m=1.0)),
        ("L3", b"{not json"),
        ("L3", b'\xff\xfe{"a":1}'),
        ("L3", message(at, level_m="high")),
        ("L3", message(at)),
        ("L3", message(at, level_m=-0.2)),
        ("L3", message(at, level_m=11.0)),
        ("L3", message(at - 3 * 365 * 86_400_000, level_m=1.0)),
        ("L3", message(at + 3_600_000, level_m=1.0)),
        ("L3", message(at, distance_m=1.0)),
        ("L3", message(at, o2_pct=70)),
        ("L3", b'{"x":"' + b"a" * 5000 + b'"}'),
        ("L4", message(at, level_m=2.0)),
    )
    assert tokens == list(range(1, 16))
    assert [row[0] for row in stored(db)] == [1, 4]
    assert _codes(db) == [
        "bad_field", "bad_field", "bad_json", "bad_json", "clock_off", "clock_off",
        "device_not_mounted", "level_above_range", "level_below_floor", "too_large",
        "unknown_device", "value_out_of_range", "wrong_quantity",
    ]  # fmt: skip


def test_commit_when_repeated_and_late_then_once_and_flagged(db: Database) -> None:
    """A repeat counts once, in the same batch, in a later one and after a restart."""
    town(db)
    at = now_ms(db)
    first = Pipeline(db)
    send(first, ("L1", message(at, level_m=1.0)), ("L1", message(at, level_m=1.0)))
    send(first, ("L1", message(at, level_m=1.0)), ("L1", message(at - MINUTE, level_m=0.9)))
    send(first, ("L1", message(at - MINUTE, level_m=0.9)))
    first.close()
    second = Pipeline(db)
    send(second, ("L1", message(at - MINUTE, level_m=0.9)), ("L1", message(at, level_m=1.0)))
    assert stored(db) == [(1, 1, at, 1.0, 0), (1, 1, at - MINUTE, 0.9, Quality.LATE)]
    second.close()
    with db.read() as conn:
        assert service.counts(conn) == {"late": 1, "duplicates": 5, "inbox": 0}
        assert service.tank_states(conn)[0].level_m == 1.0


def test_housekeep_when_only_repeats_came_then_they_are_counted(db: Database) -> None:
    """A device that sends nothing new still shows up in the counts."""
    db.settings.params["sense"] = {"checkpoint_s": 0.001}
    town(db)
    at = now_ms(db)
    pipeline = Pipeline(db)
    for _ in range(3):
        send(pipeline, ("L1", message(at, level_m=1.0)))
    time.sleep(0.01)
    pipeline.housekeep()
    with db.read() as conn:
        assert service.counts(conn)["duplicates"] == 2


def test_commit_when_sealed_then_repeats_are_still_known(db: Database, clock: FakeClock) -> None:
    """Sealing moves rows to Parquet; reads see both, and a repeat still counts once."""
    town(db)
    start = now_ms(db)
    pipeline = Pipeline(db)
    for n in range(5):
        send(pipeline, ("L1", message(start + n * MINUTE, level_m=1.0 + n / 10)))
    pipeline.close()
    clock.advance(timedelta(hours=30))
    assert seal(db, rows_per_file=2) == 5
    assert seal(db) == 0
    send(pipeline, ("L1", message(now_ms(db), level_m=2.0)))
    send(pipeline, ("L1", message(start, level_m=1.0)), ("L1", message(start + 1, level_m=1.0)))
    assert len(stored(db)) == 2
    with db.read() as conn:
        now = db.clock.now()
        found = service.readings_of_tank(conn, db.settings, 1, now - timedelta(days=3), now)
    assert [round(value, 2) for _, value, _ in found] == [1.0, 1.0, 1.1, 1.2, 1.3, 1.4, 2.0]


def test_commit_when_a_file_was_left_behind_then_it_is_ignored(
    db: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill between file and transaction leaves an orphan that counts nothing."""
    town(db)
    pipeline = Pipeline(db)
    send(pipeline, ("L1", message(now_ms(db), level_m=1.0)))
    pipeline.close()
    clock.advance(timedelta(hours=30))

    def killed(*_: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("qingshu.sense.store.history.register", killed)
        with pytest.raises(KeyboardInterrupt):
            seal(db)
    assert len(stored(db)) == 1
    assert seal(db) == 1
    with db.read() as conn:
        now = db.clock.now()
        rows = service.readings_of_tank(conn, db.settings, 1, now - timedelta(days=3), now)
    assert len(rows) == 1


def test_commit_when_observer_fails_then_nothing_is_acked_or_lost(db: Database) -> None:
    """A failed transaction keeps the messages; the observer starts again from the log."""
    town(db)
    at = now_ms(db)
    tally = Tally()
    pipeline = Pipeline(db, [tally])
    send(pipeline, ("L1", message(at, level_m=1.0)))
    tally.fail = True
    with pytest.raises(Unavailable):
        send(pipeline, ("L1", message(at + 1, level_m=1.1)))
    assert pipeline.waiting == 1
    tally.fail = False
    assert pipeline.commit() == [1]
    assert tally.observed == [1.0, 1.1]
    assert tally.replayed == 1


def test_commit_when_clock_steps_back_then_readings_are_taken(
    db: Database, clock: FakeClock
) -> None:
    """Our clock an hour wrong after a step back does not refuse honest devices."""
    town(db)
    pipeline = Pipeline(db)
    at = now_ms(db)
    send(pipeline, ("L1", message(at, level_m=1.0)))
    clock.advance(timedelta(hours=-1))
    send(pipeline, ("L1", message(at + MINUTE, level_m=1.1)))
    assert [row[4] for row in stored(db)] == [0, 0]


def test_commit_when_device_just_registered_then_known(db: Database) -> None:
    """A registry event is followed before a device is called unknown."""
    from qingshu.registry.events import RegistryChanged

    town(db)
    pipeline = Pipeline(db)
    send(pipeline, ("L1", message(now_ms(db), level_m=1.0)))
    with db.write("system:test") as tx:
        tx.conn.execute(insert(sensor).values(code="NEW", tank_id=3))
        tx.emit(RegistryChanged(subject_id=6, thing_kind="sensors", code="NEW", fields=[]))
    send(pipeline, ("NEW", message(now_ms(db), level_m=1.0)))
    assert len(stored(db)) == 2


def test_commit_when_value_jumps_or_sticks_then_flagged(db: Database, clock: FakeClock) -> None:
    """A jump faster than sewage is SPIKE once; a value unmoved for days is STUCK."""
    town(db)
    pipeline = Pipeline(db)
    start = now_ms(db)
    for n, level in enumerate((1.0, 2.5, 2.5)):
        send(pipeline, ("L1", message(start + n * MINUTE, level_m=level)))
    assert [row[4] for row in stored(db)] == [0, Quality.SPIKE, 0]
    clock.advance(timedelta(hours=60))
    steps = [("L3", message(start + n * 1_800_000, level_m=1.5)) for n in range(120)]
    send(pipeline, *steps)
    flags = [row[4] for row in stored(db) if row[0] == 3]
    # 48 h of half hours: the reading 96 steps after the first is the first to be doubted.
    assert flags[95] == 0
    assert flags[96:] == [Quality.STUCK] * 24


def test_frames_when_mixed_with_singles_then_same_rows(db: Database) -> None:
    """A frame's readings are judged like single ones; unknown devices cost only themselves."""
    town(db)
    at = now_ms(db)
    frame = encode_frame(
        ["L1", "L2", "GHOST"], [0, 1, 2, 0], [at, at, at, at + 1], [1, 9, 1, 1], [1.5, 1, 1, -1]
    )
    pipeline = Pipeline(db)
    topics = [b"qs/v1/GW/frame", b"qs/v1/L3/reading", b"qs/v1/GW/frame", b"other"]
    pipeline.submit(topics, [frame, message(at, level_m=1.0), frame[:-1], b""], [5, 6, 7, 8])
    assert pipeline.commit() == [5, 6, 7, 8]
    assert stored(db) == [(1, 1, at, 1.5, 0), (2, 1, at, 2.0, 0), (3, 1, at, 1.0, 0)]
    assert _codes(db) == ["bad_frame", "bad_topic", "level_below_floor", "unknown_device"]


def test_accept_when_over_http_then_durable_and_once(db: Database) -> None:
    """HTTP readings wait in the inbox, reach the log once, and repeats are named."""
    town(db)
    at = now_ms(db)
    pipeline = Pipeline(db)
    send(pipeline, ("L1", message(at, level_m=1.0)))
    readings = [
        {"device": "L1", "measured_at": at, "level_m": 1.0},
        {"device": "L1", "measured_at": at + 1, "level_m": 1.1},
        {"device": "L9", "measured_at": at, "level_m": 1.1},
    ]
    with db.write("device:gw") as tx:
        receipt = service.accept(tx, readings)
    assert (receipt.accepted, receipt.duplicates) == (1, 1)
    assert [(r.position, r.code) for r in receipt.refused] == [(2, "unknown_device")]
    with db.write("device:gw") as tx:
        service.accept(tx, readings[1:2])
    pipeline.housekeep()
    assert [row[2] for row in stored(db)] == [at, at + 1]
    with db.read() as conn:
        assert service.counts(conn)["inbox"] == 0


def test_levels_after_when_rows_come_then_the_stream_sees_each_once(db: Database) -> None:
    """The live stream reads on from the id it has seen."""
    town(db)
    pipeline = Pipeline(db)
    send(pipeline, ("L1", message(now_ms(db), level_m=1.0, battery_pct=3)))
    with db.read() as conn:
        end, rows = service.levels_after(conn, 0)
        assert [row[:3] for row in rows] == [[1, 1.0, 1.8]]
        assert end == reading_log.last_id(conn)
        assert service.levels_after(conn, end) == (end, [])


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 12), st.integers(1, 4)), min_size=1, max_size=8),
        min_size=1, max_size=6,
    ),
    st.sets(st.integers(0, 5)),
)  # fmt: skip
def test_dedupe_when_any_order_and_restarts_then_each_once(
    db: Database, batches: list[list[tuple[int, int]]], restarts: set[int]
) -> None:
    """Whatever the order, the repeats and the restarts: each (sensor, instant) once."""
    with db.read() as conn:
        empty = reading_log.last_id(conn) == 0
    if empty:
        town(db)
    base = now_ms(db) - 100 * next(STRETCHES)
    pipeline = Pipeline(db)
    expected = set()
    for n, batch in enumerate(batches):
        if n in restarts:
            if n % 2:
                pipeline.close()
            pipeline = Pipeline(db)
        field = {1: "level_m", 2: "distance_m", 3: "level_m", 4: "level_m"}
        send(pipeline, *((f"L{s}", message(base + t, **{field[s]: 1.0})) for t, s in batch))
        expected |= {(s, base + t) for t, s in batch}
    found = [(row[0], row[2]) for row in stored(db) if base <= row[2] < base + 100]
    assert sorted(found) == sorted(expected)


def test_isolate_when_one_message_trips_a_fault_then_only_it_is_buried(db: Database) -> None:
    """A bug that one reading sets off costs that reading, not its neighbours."""

    class Allergic(Tally):
        def observe(self, tx: Tx, batch: Batch) -> None:
            if 1.5 in batch.value:
                raise ZeroDivisionError
            super().observe(tx, batch)

    town(db)
    at = now_ms(db)
    pipeline = Pipeline(db, [Allergic()])
    messages = [("L1", message(at + n, level_m=1.0 + n / 10)) for n in range(8)]
    with pytest.raises(ZeroDivisionError):
        send(pipeline, *messages)
    assert sorted(pipeline.isolate()) == list(range(1, 9))
    assert [row[3] for row in stored(db)] == [1.0, 1.1, 1.2, 1.3, 1.4, 1.6, 1.7]
    assert _codes(db) == ["ingest_failed"]
    assert pipeline.waiting == 0
