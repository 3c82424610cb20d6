"""Vehicle terminals: which truck they belong to and the code they were given."""

from __future__ import annotations

from sqlalchemy import Connection

from qingshu.fleet import rules, store
from qingshu.fleet.errors import UnknownTerminal
from qingshu.fleet.model import Terminal
from qingshu.kernel.instants import to_ms
from qingshu.registry import store as registry
from qingshu.runtime.db import Tx


def register_terminal(
    tx: Tx, number: str, *, auth_code: str, maker: str = "", model: str = ""
) -> Terminal:
    """Register a terminal to its truck; a second time gives the same code again.

    Raises
    ------
    UnknownTerminal
        No active truck has this terminal number.
    """
    key = rules.terminal_key(number)
    truck_id = terminal_trucks(tx.conn).get(key)
    if truck_id is None:
        msg = f"Expected the terminal number of an active truck, got {number}."
        raise UnknownTerminal(msg, terminal=number)
    known = store.terminal_of(tx.conn, key)
    code = auth_code if known is None else known.auth_code
    row = {
        "number": key, "truck_id": truck_id, "auth_code": code,
        "maker": maker[:64], "model": model[:64], "registered_ms": to_ms(tx.now),
    }  # fmt: skip
    store.save_terminal(tx, row)
    return Terminal(0, key, truck_id, code, maker, model, tx.now, None)


def authenticate(tx: Tx, number: str, auth_code: str) -> bool:
    """Whether this is the code that the terminal was given."""
    known = store.terminal_of(tx.conn, rules.terminal_key(number))
    if known is None or known.auth_code != auth_code:
        return False
    store.mark_authenticated(tx, known.number)
    return True


def terminal_trucks(conn: Connection) -> dict[str, int]:
    """Terminal number without leading zeros to truck id, for active trucks."""
    pairs = ((rules.terminal_key(t.terminal), t.id) for t in registry.trucks(conn))
    return {key: truck_id for key, truck_id in pairs if key}
