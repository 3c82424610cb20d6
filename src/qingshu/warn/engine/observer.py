"""Runs an engine beside the reading log: restore, replay, observe, checkpoint."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import structlog
from sqlalchemy import Connection

from qingshu.kernel import instants
from qingshu.registry import store as registry
from qingshu.runtime.db import Tx
from qingshu.runtime.settings import Settings
from qingshu.sense import service as sense
from qingshu.sense.model import Batch
from qingshu.warn import rules, service, store
from qingshu.warn.engine.choice import engine_of
from qingshu.warn.engine.contract import Engine, Shape, ShardState, Surroundings, split
from qingshu.warn.errors import StateUnreadable
from qingshu.warn.model import Channel, Transition
from qingshu.warn.params import WarnParams

# Rain of an interval, (end of hour in ms, mm), read from the sense room.
RainSource = Callable[[Connection, int, int], list[tuple[int, float]]]

RAIN_EVERY_MS = 60_000
RAIN_BACK_HOURS = 30
log = structlog.get_logger()


def measured(conn: Connection, from_ms: int, to_ms: int) -> list[tuple[int, float]]:
    """Rain that the station's gauge or feed reported."""
    hours = sense.rain_between(conn, instants.from_ms(from_ms), instants.from_ms(to_ms))
    return [(instants.to_ms(hour.at), hour.mm) for hour in hours]


class WarnEngine:
    """The warn room's :class:`qingshu.sense.model.BatchObserver`.

    Parameters
    ----------
    settings:
        The workspace; ``[params.warn]`` is used.
    engine:
        Any :class:`Engine`; the one that ``[params.warn] engine`` names when None.
    rain:
        Where measured rain comes from; the sense room's rain table by default.
    shards:
        How many pieces the tanks are kept in. One process is quickest with one: each
        piece costs a fixed 0.2 ms a commit. More are for engines spread over workers.
    """

    def __init__(
        self,
        settings: Settings,
        engine: Engine | None = None,
        rain: RainSource = measured,
        *,
        shards: int = 1,
    ) -> None:
        self._params = settings.room_params("warn", WarnParams)
        self._engine: Engine = engine or engine_of(self._params)
        self._shards = shards
        self._rain_source = rain
        self._forget()

    def _forget(self) -> None:
        self._states: list[ShardState] = [self._engine.new_state() for _ in range(self._shards)]
        self._limits = [self._engine.limits([], self._shards) for _ in range(self._shards)]
        self._seen = np.zeros(0, np.int64)
        self._dirty: set[int] = set()
        self._retold: dict[tuple[int, Channel], Transition] = {}
        self._rain = Surroundings()
        self._rain_at_ms = 0

    def restore(self, conn: Connection) -> int:
        """Load the last checkpoint; 0 when there is none this engine can read."""
        self._forget()
        self.registry_changed(conn)
        rows = store.shards(conn)
        if not rows:
            return 0
        try:
            for row in rows:
                if row.engine != self._engine.name or row.shards != self._shards:
                    msg = f"Expected state of {self._engine.name}, got {row.engine}."
                    raise StateUnreadable(msg)
                if row.shard == store.SEEN_SHARD:
                    self._seen = np.frombuffer(row.body, "<i8").copy()
                else:
                    self._states[row.shard] = self._engine.load_state(bytes(row.body))
        except StateUnreadable as error:
            log.warning("warn_state_unreadable", because=error.message)
            self._forget()
            self.registry_changed(conn)
            return 0
        return min(int(row.log_id) for row in rows)

    def replay(self, batch: Batch) -> None:
        """Follow stored rows again; what they cause is compared at the next observe."""
        if len(batch) == 0:
            return
        now_ms = int(batch.received_ms.max())
        for transition in self._advance(batch, now_ms):
            self._retold[transition.tank_id, transition.channel] = transition

    def observe(self, tx: Tx, batch: Batch) -> None:
        """Follow new rows and write alarm transitions in the caller's transaction."""
        now_ms = instants.to_ms(tx.now)
        if now_ms - self._rain_at_ms >= RAIN_EVERY_MS or now_ms < self._rain_at_ms:
            self._look_at_rain(tx.conn, now_ms)
        found = self._advance(batch, now_ms)
        if self._retold:
            found = [*self._retold.values(), *found]
            self._retold = {}
        service.apply(tx, found)

    def checkpoint(self, tx: Tx, log_id: int) -> None:
        """Write the shards that changed and let all of them cover ``log_id``."""
        bodies = {n: self._states[n].to_bytes() for n in sorted(self._dirty)}
        bodies[store.SEEN_SHARD] = self._seen.astype("<i8").tobytes()
        for number, body in bodies.items():
            store.save_shard(
                tx, number, body, log_id=log_id, engine=self._engine.name, shards=self._shards
            )
        store.cover_shards(tx, log_id)
        self._dirty.clear()

    def registry_changed(self, conn: Connection) -> None:
        """Take covers and outlets from the registry again."""
        shapes: list[list[Shape]] = [[] for _ in range(self._shards)]
        models = {sensor.tank_id: sensor.model for sensor in registry.sensors(conn)}
        for tank in registry.tanks(conn):
            if tank.active:
                shape = Shape(tank.id, tank.outlet_m, tank.cover_m, models.get(tank.id, ""))
                shapes[tank.id % self._shards].append(shape)
        self._limits = [self._engine.limits(part, self._shards) for part in shapes]

    def _advance(self, batch: Batch, now_ms: int) -> list[Transition]:
        if len(batch) == 0:
            return []
        self._hear(batch)
        found: list[Transition] = []
        parts = split(
            batch.tank, batch.quantity, batch.measured_ms, batch.value, batch.quality,
            self._shards,
        )  # fmt: skip
        for number, rows in parts:
            found += self._engine.advance(
                self._states[number], rows, self._limits[number], self._rain, now_ms
            )
            self._dirty.add(number)
        return found

    def _hear(self, batch: Batch) -> None:
        highest = int(batch.sensor.max())
        if highest >= len(self._seen):
            grown = np.zeros(highest + 256, np.int64)
            grown[: len(self._seen)] = self._seen
            self._seen = grown
        # Rows come in arrival order, so the last one of a sensor wins.
        self._seen[batch.sensor] = batch.received_ms

    def _look_at_rain(self, conn: Connection, now_ms: int) -> None:
        hours = self._rain_source(conn, now_ms - RAIN_BACK_HOURS * 3_600_000, now_ms)
        self._rain = Surroundings(rules.smoothed_rain(hours, now_ms, self._params))
        self._rain_at_ms = now_ms
