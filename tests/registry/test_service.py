"""One change at a time: history, sealed people, rules."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from qingshu.kernel.errors import InvalidInput, NotFound
from qingshu.registry import service, store
from qingshu.registry.errors import ThingNotValid
from qingshu.registry.imports.run import run_import
from qingshu.registry.model import Kind
from qingshu.runtime import eventlog
from qingshu.runtime.db import Database
from tests.worlds.town_small import build_town_small


def test_update_then_event_names_fields_and_history_keeps_values(db: Database) -> None:
    """What changed is in history; the event says only which fields."""
    tank = build_town_small(db).tanks[0]
    with db.write("account:ada") as tx:
        changed = service.update(tx, Kind.TANKS, tank, {"households": 30, "depth_m": 2.0})
    assert changed == ["households"]
    with db.read() as conn:
        (change,) = store.changes(conn, Kind.TANKS, tank)
        (entry,) = eventlog.tail(conn, 0)
    assert (change.field, change.old, change.new) == ("households", "24", "30")
    assert entry.kind == "registry.changed"
    assert entry.payload == {"kind": "tanks", "code": "槐11-0001", "fields": ["households"]}
    assert change.seq == entry.seq


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"cover_m": 1.0}, ThingNotValid),
        ({"lat": 136.0}, ThingNotValid),
        ({"code": "X"}, InvalidInput),
        ({"colour": "grey"}, InvalidInput),
    ],
)
def test_update_when_it_breaks_a_rule_then_refused_and_unchanged(
    db: Database, values: dict[str, object], error: type[Exception]
) -> None:
    """A refused change leaves neither row nor event."""
    tank = build_town_small(db).tanks[0]
    with db.read() as conn:
        before = asdict(service.tank_of(conn, tank))
    with pytest.raises(error), db.write("account:ada") as tx:
        service.update(tx, Kind.TANKS, tank, values)
    with db.read() as conn:
        assert asdict(service.tank_of(conn, tank)) == before
        assert eventlog.head(conn) == 0


def test_reveal_then_logged_with_reason_and_without_the_number(db: Database) -> None:
    """Opening a number leaves who and why, not what."""
    run_import(
        db, "people", "p.csv", "工号,姓名,电话\n0217,李建国,13800000217\n".encode(), actor="x"
    )
    with db.write("account:ada") as tx:
        contact = service.reveal(tx, 1, "通知到场")
    assert (contact.name, contact.phone) == ("李建国", "13800000217")
    with db.read() as conn:
        entry = eventlog.tail(conn, 1)[0]
    assert (entry.kind, entry.actor) == ("person.revealed", "account:ada")
    assert entry.payload == {"code": "0217", "reason": "通知到场"}
    with pytest.raises(InvalidInput), db.write("account:ada") as tx:
        service.reveal(tx, 1, "  ")
    with pytest.raises(NotFound), db.write("account:ada") as tx:
        service.reveal(tx, 99, "why")


def test_tank_columns_then_sensor_is_marked(db: Database) -> None:
    """The map's rows say which tanks are watched."""
    build_town_small(db)
    with db.read() as conn:
        rows = store.tank_columns(conn)
    assert len(rows) == 4
    assert all(row[-1] is True for row in rows)
