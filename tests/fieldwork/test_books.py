"""A plant's book of past loads becomes receipts and track, and nothing of the present."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from qingshu.fieldwork import store
from qingshu.fieldwork.books import import_receipts
from qingshu.fieldwork.books.model import BookResult
from qingshu.fieldwork.rules.plates import look_alike
from qingshu.fleet import service as fleet
from qingshu.fleet.model import TruckState
from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.instants import to_ms
from qingshu.registry import store as registry
from qingshu.registry.errors import MissingColumn, UnreadableFile
from qingshu.registry.imports.parse import Choice
from qingshu.runtime import deadletters, eventlog
from qingshu.runtime.db import Database
from tests.worlds.town_small import Town

HEAD = "truck,plant,date,time,volume_m3,lat,lon\n"


def take(db: Database, text: str, **how: Any) -> BookResult:
    """Import a csv."""
    return import_receipts(db, "book.csv", text.encode(), actor="account:desk", **how)


def codes(result: BookResult) -> list[tuple[int, str, str]]:
    """Row, field and code of each problem."""
    return [(p.row, p.field, p.code) for p in result.errors]


def test_import_when_truck_typed_four_ways_then_one_truck(db: Database, town: Town) -> None:
    """Code, plate, case, blanks, full-width forms: the same truck; plant by code or name."""
    result = take(
        db,
        HEAD
        + "槐2,P1,2026-11-01,08:00,4.5,,\n"
        + "鲁A12345,西区处理厂,2026-11-01,09:00:30,,,\n"
        + " 鲁a 123 45 ,p1,2026/11/1,10:00,5 m3,,\n"
        + "鲁Ａ１２３４５,P1,2026年11月1日,11:00,,,\n",
    )
    assert (result.created, result.trucks, result.assumed_volumes) == (4, 1, 2)
    with db.read() as conn:
        kept = store.receipts(conn, truck_id=town.truck)
    assert [(r.volume_m3, r.volume_assumed) for r in kept] == [
        (6.0, True), (5.0, False), (6.0, True), (4.5, False),
    ]  # fmt: skip
    assert kept[-1].at_ms == to_ms(datetime(2026, 11, 1, 0, 0, tzinfo=UTC))
    assert [r.number for r in reversed(kept)] == [f"G20261101-00{n}" for n in (1, 2, 3, 4)]


def test_import_when_repeated_then_each_load_once(db: Database, town: Town) -> None:
    """The same row twice in a file, and the same file twice, is one receipt."""
    text = HEAD + "槐2,P1,2026-11-01,08:00,4,36.6,117.0\n" * 2
    first, second = take(db, text), take(db, text)
    assert (first.created, first.repeated) == (1, 1)
    assert (second.created, second.known, second.imported) == (0, 1, 0)
    with db.read() as conn:
        assert len(store.receipts(conn)) == 1
        start, end = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
        assert len(fleet.track(conn, town.truck, start, end)) == 1
        kinds = [e.kind for e in eventlog.tail(conn, 0) if e.kind.startswith("receipt.")]
    assert kinds == ["receipt.imported"]


def test_import_when_loads_are_old_then_present_is_untouched(db: Database, town: Town) -> None:
    """A load of 2015 is track, but neither moves nor empties nor wakes a truck."""
    with db.write("system:test") as tx:
        fleet.set_state(tx, town.truck, TruckState.HAULING, load_m3=5.0)
    before = _present(db, town)
    result = take(db, HEAD + "槐2,P1,2015-03-30,10:53:03,,36.65,116.97\n", zone="UTC")
    assert (result.positions, result.positions_doubted) == (1, 0)
    assert _present(db, town) == before
    with db.read() as conn:
        at = datetime(2015, 3, 30, 10, 53, 3, tzinfo=UTC)
        found = fleet.track(conn, town.truck, at, datetime(2015, 3, 31, tzinfo=UTC))
    assert [(p.at, p.lat, p.moves_truck) for p in found] == [(at, 36.65, False)]


def _present(db: Database, town: Town) -> Any:
    with db.read() as conn:
        return fleet.present(conn, town.truck)


def test_import_when_rows_are_bad_then_nothing_saved(db: Database, town: Town) -> None:
    """Every bad row is told with its number and code; nothing is half imported."""
    text = (
        HEAD
        + "槐2,P1,2026-11-01,08:00,4,,\n"
        + "槐9,P1,2026-11-01,08:00,4,,\n"
        + "槐2,P7,2026-11-01,08:00,4,,\n"
        + "槐2,P1,2026-13-01,08:00,4,,\n"
        + "槐2,P1,2026-11-01,25:00,4,,\n"
        + "槐2,P1,2026-11-25,08:00,4,,\n"
        + "槐2,P1,2026-11-01,09:00,90,,\n"
        + "槐2,P1,2026-11-01,10:00,4,117.0,36.6\n"
        + "槐2,P1,2026-11-01,11:00,4,36.6,\n"
        + ",P1,2026-11-01,12:00,4,,\n"
        + "槐2,P1,2026-11-01,08:00,5,,\n"
    )
    result = take(db, text)
    assert codes(result) == [
        (3, "truck", "unknown_truck"), (4, "plant", "unknown_plant"), (5, "time", "not_a_date"),
        (6, "time", "not_a_time"), (7, "time", "in_the_future"), (8, "volume_m3", "out_of_range"),
        (9, "lat", "coordinates_swapped"), (10, "lat", "missing_value"),
        (11, "truck", "missing_value"), (12, "volume_m3", "conflicting_volume"),
    ]  # fmt: skip
    assert (result.unknown_trucks, result.unknown_plants) == (("槐9",), ("P7",))
    assert result.imported == 0
    with db.read() as conn:
        assert store.receipts(conn) == []
    assert take(db, text, skip_bad=True).imported == 1


def test_import_when_dry_run_then_tells_and_saves_nothing(db: Database, town: Town) -> None:
    """A dry run counts as the import would."""
    result = take(db, HEAD + "A 1,P1,2026-11-01,08:00,,,\n", dry_run=True, register_m3=4.0)
    assert (result.created, result.imported, result.trucks_added) == (1, 0, ("A 1",))
    with db.read() as conn:
        assert store.receipts(conn) == []
        assert len(registry.trucks(conn, active_only=False)) == 1


def test_import_when_registering_then_unknown_trucks_are_added_out_of_use(
    db: Database, town: Town
) -> None:
    """One truck however it is typed; the capacity said stands in for the volume."""
    result = take(
        db,
        HEAD + "UAT 598T,P1,2026-11-01,08:00,,,\nuat598t,P1,2026-11-01,09:00,,,\n",
        register_m3=3.6,
    )
    assert (result.created, result.trucks_added) == (2, ("UAT 598T",))
    with db.read() as conn:
        added = registry.truck_by_code(conn, "UAT598T")
        assert added is not None
        assert (added.plate, added.capacity_m3, added.active) == ("UAT 598T", 3.6, False)
        assert {r.volume_m3 for r in store.receipts(conn, truck_id=added.id)} == {3.6}


def test_import_when_plates_look_alike_then_warned_and_kept_apart(db: Database, town: Town) -> None:
    """A slip is never merged: two trucks, one warning, with what speaks for each."""
    result = take(
        db,
        HEAD
        + "AUS 088V,P1,2026-11-01,08:00,,,\n"
        + "UAS 088V,P1,2026-11-01,08:00,,,\n"
        + "UAS 088V,P1,2026-11-02,08:00,,,\n"
        + "鲁A12346,P1,2026-11-02,08:00,,,\n",
        register_m3=4.0,
    )
    assert result.created == 4
    assert len(result.trucks_added) == 3
    assert [
        (p.first, p.second, p.loads_first, p.loads_second, p.same_instant)
        for p in result.look_alike
    ] == [("AUS 088V", "UAS 088V", 1, 2, 1), ("鲁A12346", "鲁A12345", 1, 0, 0)]


def test_import_when_book_has_no_plant_column_then_a_constant_serves(
    db: Database, town: Town
) -> None:
    """A plant's own book rarely names the plant; one column may hold date and time."""
    choice = Choice(constants={"plant": "P1"})
    result = take(db, "车牌,过磅时间,方量\n鲁A12345,2026-11-01 08:00:05,4\n", choice=choice)
    assert (result.created, result.first_at) == (1, "2026-11-01T00:00:05Z")


def test_import_when_file_is_no_book_then_refused_whole(db: Database, town: Town) -> None:
    """A missing column names its heads; an unreadable file is kept as a dead letter."""
    with pytest.raises(MissingColumn, match="plant"):
        take(db, "truck,time\nA,2026-11-01 08:00\n")
    with pytest.raises(InvalidInput, match="time zone"):
        take(db, HEAD, zone="Mars/Base")
    with pytest.raises(UnreadableFile):
        import_receipts(db, "book.xlsx", b"PK\x03\x04 broken", actor="account:desk")
    with db.read() as conn:
        assert deadletters.counts(conn) == {"import:unreadable_file": 1}


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("AB12", "AB12", False), ("AB12", "AB1", True), ("AB12", "XAB12", True),
        ("AB12", "AB13", True), ("AB12", "BA12", True), ("AB12", "A12B", False),
        ("AB12", "BA13", False), ("AB12", "AB1234", False),
    ],
)  # fmt: skip
def test_look_alike_when_one_slip_apart_then_true(one: str, other: str, alike: bool) -> None:
    """One wrong, missing, extra or swapped character; the order does not matter."""
    assert look_alike(one, other) is alike
    assert look_alike(other, one) is alike
