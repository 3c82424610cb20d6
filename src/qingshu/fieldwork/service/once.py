"""One phone, one key, one answer: an outbox may send the same request again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qingshu.fieldwork import store
from qingshu.fieldwork.errors import KeyReused
from qingshu.runtime.db import Tx


def once(tx: Tx, key: str | None, request: str, work: Callable[[], Any]) -> Any:
    """The answer of ``work``, or the stored one when ``key`` was answered before.

    A refusal rolls back and is not stored, so a mended request may use its key again.

    Raises
    ------
    KeyReused
        The key belongs to another request of this actor.
    """
    if not key:
        return work()
    name = f"{tx.actor}:{key}"[:200]
    known = store.answer(tx.conn, name)
    if known is not None:
        if known[0] != request:
            msg = f"Expected a new Idempotency-Key for {request}, this one was for {known[0]}."
            raise KeyReused(msg)
        return known[1]
    body = work()
    store.put_answer(tx, name, request, body)
    return body
