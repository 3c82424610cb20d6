"""The way of one reading: gathered, decoded, judged, stored with its effects, then acked.

One commit is one transaction: history rows, latest states, what the observers write and
the refused messages. Only when it is durable does :meth:`Pipeline.commit` hand back the
tokens that may be acknowledged. A commit that fails leaves everything pending.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import structlog

from qingshu.kernel.errors import Unavailable
from qingshu.kernel.instants import to_ms
from qingshu.registry import store as registry
from qingshu.registry.model import Sensor
from qingshu.runtime import deadletters, eventlog
from qingshu.runtime.db import Database, Tx
from qingshu.sense.decode import Decoded, decode_messages, join_rows
from qingshu.sense.devices import devices_of
from qingshu.sense.gather import Backlog, Pending, Totals
from qingshu.sense.judge import judge
from qingshu.sense.memory import Memory
from qingshu.sense.model import Batch, Quality, Refusal
from qingshu.sense.observer import BatchObserver
from qingshu.sense.params import SenseParams
from qingshu.sense.repeats import Key, repeats
from qingshu.sense.store import history, latest
from qingshu.sense.store import log as reading_log

ACTOR = "system:ingest"
# How often the registry and the inbox are looked at, wall seconds.
REGISTRY_EVERY_S = 1.0
INBOX_EVERY_S = 0.2
STEP_BACK_MS = 86_400_000
# Rows of one transaction: a commit then stays within a few tenths of a second.
INBOX_ROWS = 4000

log = structlog.get_logger()


class Pipeline:
    """One per workspace; the process that runs it owns the observers' state.

    :meth:`submit` may be called from another thread than :meth:`commit`.
    """

    def __init__(self, db: Database, observers: Sequence[BatchObserver] = ()) -> None:
        # What is durable; a commit in progress counts in _counting.
        self.totals = Totals()
        self._counting = Totals()
        self._db = db
        self._observers = tuple(observers)
        self._params = db.settings.room_params("sense", SenseParams)
        self._backlog = Backlog()
        self._last_ms = 0
        self._memory = Memory()
        self._devices = devices_of([])
        self._ready = False
        self._log_id = 0
        self._head = 0
        self._uncounted: dict[str, int] = {}
        self._rows_since = 0
        self._checkpoint_at = self._inbox_at = self._registry_at = 0.0

    @property
    def waiting(self) -> int:
        """Messages that wait for a commit."""
        return len(self._backlog)

    @property
    def _is_unsaved(self) -> bool:
        """Whether a checkpoint would save anything: rows, or counts of repeats alone."""
        return self._rows_since > 0 or bool(self._uncounted)

    def submit(
        self,
        topics: Sequence[bytes],
        payloads: Sequence[bytes],
        tokens: Sequence[int],
        too_long: Mapping[int, int] | None = None,
    ) -> None:
        """Take messages in; ``too_long`` gives true sizes of payloads that were cut."""
        self._last_ms = self._present_ms()
        more = Pending(
            list(topics), list(payloads), list(tokens), [self._last_ms] * len(topics),
            dict(too_long or {}),
        )  # fmt: skip
        self._backlog.put(more)

    def _present_ms(self) -> int:
        """Now, or what we last called so while the clock is set back by less than a day.

        A clock that steps back must not make fresh readings look like the future; one that
        was years ahead must not make them look like the past for ever.
        """
        now = to_ms(self._db.clock.now())
        return self._last_ms if 0 < self._last_ms - now < STEP_BACK_MS else now

    def commit(self) -> list[int]:
        """Store what is pending in one transaction; return the tokens to acknowledge.

        Raises
        ------
        Unavailable
            The database cannot take it now; everything stays pending, call again.
        """
        self._prepare()
        pending = self._backlog.take()
        try:
            return self._commit(pending)
        except BaseException:
            self._backlog.give_back(pending)
            raise

    def isolate(self) -> list[int]:
        """Commit in ever smaller parts after a fault of ours; bury what it clings to.

        Without this one message that trips a fault would stop all others for good.
        """
        tokens: list[int] = []
        parts = [self._backlog.take()]
        while parts:
            part = parts.pop()
            try:
                self._prepare()
                tokens += self._commit(part)
            except Unavailable:
                for rest in (*parts, part):
                    self._backlog.give_back(rest)
                return tokens
            except Exception as error:  # noqa: BLE001 - any fault of ours, whatever it is
                if len(part) > 1:
                    parts += reversed(part.halves())
                else:
                    tokens += self._bury_fault(part, error)
        return tokens

    def _bury_fault(self, part: Pending, error: Exception) -> list[int]:
        if part:
            log.error("message_trips_fault", topic=part.topics[0].decode(errors="replace"))
            self._counting = replace(self.totals)
            with self._db.write(ACTOR) as tx:
                reason = f"Expected to take this message, our own fault: {error!r}."
                self._bury(tx, part, [Refusal(0, "ingest_failed", reason)])
            self.totals = self._counting
        return part.tokens

    def housekeep(self) -> list[int]:
        """Do what is due without messages: inbox, registry, checkpoint."""
        now = time.monotonic()
        due = now >= self._checkpoint_at and self._is_unsaved
        if self._backlog or due or self._inbox_waits(now):
            return self.commit()
        self._prepare()
        return []

    def close(self) -> list[int]:
        """Commit what is pending and write a checkpoint; return the tokens as always."""
        self._prepare()
        self._checkpoint_at = 0.0
        self._rows_since += 1
        return self.commit()

    def _commit(self, pending: Pending) -> list[int]:
        uncounted = dict(self._uncounted)
        self._counting = replace(self.totals)
        try:
            with self._db.write(ACTOR) as tx:
                tokens = self._store(tx, pending)
        except BaseException:
            # The observers may be ahead of the log now: they start from it again.
            self._ready = False
            self._uncounted = uncounted
            raise
        self.totals = self._counting
        return tokens

    def _prepare(self) -> None:
        if not self._ready:
            self._restore()
        now = time.monotonic()
        if now >= self._registry_at:
            self._registry_at = now + REGISTRY_EVERY_S
            self._follow_registry()

    def _restore(self) -> None:
        """Bring memory and observers to the end of the log."""
        with self._db.read() as conn:
            self._load_registry(registry.sensors(conn))
            self._head = eventlog.head(conn)
            self._memory, covered = latest.load_memory(conn)
            self._memory.make_room(self._devices.top)
            self._log_id = max(reading_log.last_id(conn), covered)
            self._last_ms = max(self._last_ms, reading_log.last_received_ms(conn))
            for first_id, batch in reading_log.batches_after(conn, covered, self._log_id):
                self._memory.follow(batch, first_id, self._params)
                self._rows_since += len(batch)
            for observer in self._observers:
                after = observer.restore(conn)
                for _, batch in reading_log.batches_after(conn, after, self._log_id):
                    observer.replay(batch)
        self._ready = True

    def _load_registry(self, sensors: Sequence[Sensor]) -> None:
        self._devices = devices_of(sensors)
        self._memory.make_room(self._devices.top)

    def _follow_registry(self) -> bool:
        """Read the registry again when its events say so; whether it was read."""
        with self._db.read() as conn:
            head = eventlog.head(conn)
            changed = False
            while self._head < head:
                entries = eventlog.tail(conn, self._head)
                if not entries:
                    break
                self._head = entries[-1].seq
                changed |= any(entry.kind.startswith("registry.") for entry in entries)
            if changed:
                self._load_registry(registry.sensors(conn))
                for observer in self._observers:
                    observer.registry_changed(conn)
        return changed

    def _inbox_waits(self, now: float) -> bool:
        if now < self._inbox_at:
            return False
        self._inbox_at = now + INBOX_EVERY_S
        with self._db.read() as conn:
            return bool(latest.inbox_rows(conn, 1))

    def _store(self, tx: Tx, pending: Pending) -> list[int]:
        work = self._with_inbox(tx, pending)
        decoded = self._decode(work)
        received = np.array(work.received_ms, np.int64)
        batch = Batch.empty()
        if decoded.parts:
            rows = join_rows(decoded.parts)
            verdict = judge(rows, received, self._devices, tx.settings.ingest, self._params)
            decoded.refused += verdict.refused
            batch = self._sift(tx, verdict.batch)
            self._memory.heard(self._devices.sensor[rows.device], received[rows.position])
        self._bury(tx, work, decoded.refused)
        if len(batch):
            self._append(tx, batch)
        self._counting.messages += len(work)
        self._checkpoint_if_due(tx)
        return pending.tokens

    def _with_inbox(self, tx: Tx, pending: Pending) -> Pending:
        """The pending messages and, behind them, what came over HTTP."""
        if time.monotonic() < self._inbox_at and pending:
            return pending
        rows = latest.inbox_rows(tx.conn, INBOX_ROWS)
        if not rows:
            return pending
        latest.clear_inbox(tx, rows[-1].id)
        work = Pending()
        work.extend(pending)
        work.extend(
            Pending(
                [row.topic.encode() for row in rows], [row.body for row in rows],
                [0] * len(rows), [row.received_ms for row in rows],
            )
        )  # fmt: skip
        return work

    def _decode(self, work: Pending) -> Decoded:
        decoded = decode_messages(work.topics, work.payloads, self._devices, self._params)
        # A device may have been registered a moment before its first message.
        if decoded.unknown and self._follow_registry():
            decoded = decode_messages(work.topics, work.payloads, self._devices, self._params)
        return decoded

    def _sift(self, tx: Tx, batch: Batch) -> Batch:
        """Drop repeats exactly; flag late, sudden and stuck values."""
        if not len(batch):
            return batch
        fresh = self._memory.newer(batch)
        quality = batch.quality.copy()
        keep = np.ones(len(batch), np.bool_)
        if not fresh.all():
            repeated = repeats(batch, fresh, self._known(tx, batch.pick(~fresh)))
            keep[repeated] = False
            quality[~fresh] |= np.uint8(Quality.LATE)
            self._count("duplicates", len(repeated))
            self._count("late", int((keep & ~fresh).sum()))
        quality[fresh] |= self._memory.doubts(batch.pick(fresh), self._params)
        flagged = Batch(
            batch.tank, batch.sensor, batch.quantity, batch.measured_ms, batch.received_ms,
            batch.value, quality,
        )  # fmt: skip
        return flagged if keep.all() else flagged.pick(keep)

    def _known(self, tx: Tx, doubtful: Batch) -> set[Key]:
        found = reading_log.known(tx.conn, doubtful)
        return found | history.sealed_keys(tx.conn, tx.settings.directory, doubtful)

    def _append(self, tx: Tx, batch: Batch) -> None:
        self._log_id = reading_log.append(tx.conn, batch)
        latest.upsert_tanks(tx.conn, batch)
        for observer in self._observers:
            observer.observe(tx, batch)
        first_id = self._log_id - len(batch) + 1
        self._memory.follow(batch, first_id, self._params)
        self._rows_since += len(batch)
        self._counting.stored += len(batch)

    def _bury(self, tx: Tx, work: Pending, refused: Sequence[Refusal]) -> None:
        for refusal in refused:
            at = refusal.position
            code, message, body = refusal.code, refusal.message, work.payloads[at]
            if at in work.too_long:
                code = "too_large"
                message = f"Expected a message up to 1 MB, got {work.too_long[at]} bytes."
            deadletters.bury(
                tx, door="mqtt" if work.tokens[at] else "http",
                source=work.topics[at].decode(errors="replace"), code=code, message=message,
                body=body,
            )  # fmt: skip
        self._counting.refused += len(refused)

    def _count(self, name: str, count: int) -> None:
        if count:
            self._uncounted[name] = self._uncounted.get(name, 0) + count
            setattr(self._counting, name, getattr(self._counting, name) + count)

    def _checkpoint_if_due(self, tx: Tx) -> None:
        now = time.monotonic()
        many = self._rows_since >= self._params.checkpoint_rows
        if not many and (now < self._checkpoint_at or not self._is_unsaved):
            return
        latest.save_memory(tx, self._memory, self._log_id, self._uncounted)
        for observer in self._observers:
            observer.checkpoint(tx, self._log_id)
        self._memory.dirty[:] = False
        self._memory.open_zone = None
        self._uncounted = {}
        self._rows_since = 0
        self._checkpoint_at = now + self._params.checkpoint_s
