"""Holds a book against what is stored: which truck, which plant, taken before or not."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from itertools import combinations
from typing import Any

from sqlalchemy import Connection

from qingshu.fieldwork import store
from qingshu.fieldwork.books.model import Book, BookPlan, BookRow, Load, LookAlike
from qingshu.fieldwork.params import FieldworkParams
from qingshu.fieldwork.rules.plates import look_alike, plate_key
from qingshu.kernel.instants import iso, to_ms
from qingshu.registry import rules as registry_rules
from qingshu.registry import store as registry
from qingshu.registry.imports.cells import Wrong, read_cell
from qingshu.registry.imports.columns import COLUMNS
from qingshu.registry.model import Kind, Plant, Problem, Truck
from qingshu.registry.params import RegistryParams

_CODE = next(field for field in COLUMNS[Kind.TRUCKS] if field.name == "code")


class _Judge:
    """Judges row after row of one book; keeps what earlier rows claimed."""

    def __init__(
        self,
        conn: Connection,
        now: datetime,
        params: FieldworkParams,
        registry_params: RegistryParams,
        register_m3: float | None,
    ) -> None:
        self.plan = BookPlan()
        self._now = now
        self._params = params
        self._registry_params = registry_params
        self._register_m3 = register_m3
        self._blank = registry.blank(Kind.TRUCKS)
        trucks = registry.trucks(conn, active_only=False)
        self._trucks = {t.id: t for t in trucks}
        self._exact = {name: t for t in trucks for name in (t.plate, t.code) if name}
        self._by_key: defaultdict[str, set[int]] = defaultdict(set)
        for truck in trucks:
            for name in (truck.code, truck.plate):
                if name:
                    self._by_key[plate_key(name)].add(truck.id)
        self._plants: defaultdict[str, set[int]] = defaultdict(set)
        for plant in registry.plants(conn):
            self._add_plant(plant)
        self._claimed: dict[tuple[int | str, int, int], tuple[int, float | None]] = {}

    def _add_plant(self, plant: Plant) -> None:
        self._plants[plate_key(plant.code)].add(plant.id)
        self._plants[plate_key(plant.name)].add(plant.id)

    def add(self, row: BookRow, stored: set[tuple[int, int, int]]) -> None:
        """Judge one row; it becomes a load, a repeat, or problems."""
        try:
            truck = self._truck(row.truck)
            plant_id = self._plant(row.plant)
            self._check(row)
        except _Refused as refused:
            self.plan.problems.append(
                Problem(row.row, refused.field, refused.code, refused.message)
            )
            return
        at_ms = to_ms(row.at)
        key = (truck, plant_id, at_ms)
        if key in self._claimed:
            self._again(row, *self._claimed[key])
            return
        self._claimed[key] = (row.row, row.volume_m3)
        if key in stored:
            self.plan.known += 1
            return
        assumed = row.volume_m3 is None
        volume = self._capacity(truck) if row.volume_m3 is None else row.volume_m3
        self.plan.loads.append(
            Load(row.row, truck, plant_id, at_ms, volume, assumed, row.lat, row.lon)
        )

    def _again(self, row: BookRow, first: int, volume_m3: float | None) -> None:
        if row.volume_m3 == volume_m3:
            self.plan.repeated += 1
            return
        msg = f"Expected {volume_m3} m3 as in row {first}, the same load, got {row.volume_m3}."
        self.plan.problems.append(Problem(row.row, "volume_m3", "conflicting_volume", msg))

    def _truck(self, text: str) -> int | str:
        if text in self._exact:
            return self._exact[text].id
        key = plate_key(text)
        found = self._by_key.get(key, set())
        if len(found) == 1:
            return next(iter(found))
        if found:
            msg = f"Expected one truck, {text!r} names {len(found)}. Give the code."
            raise _Refused("truck", "ambiguous_reference", msg)
        if self._register_m3 is None:
            self.plan.unknown_trucks.setdefault(key, text)
            msg = (
                f"Expected the code or plate of a truck, got {text!r}. "
                "Import the trucks first, or add --register CAPACITY."
            )
            raise _Refused("truck", "unknown_truck", msg)
        if key not in self.plan.new_trucks:
            self.plan.new_trucks[key] = self._record(text, self._register_m3)
        return key

    def _record(self, text: str, capacity_m3: float) -> dict[str, Any]:
        try:
            code = str(read_cell("".join(text.split()).upper(), _CODE))
        except Wrong as wrong:
            raise _Refused("truck", wrong.code, wrong.message) from wrong
        # A truck of the past is not offered for work until a person says it is there.
        record = {
            **self._blank, "code": code, "plate": text[:32], "capacity_m3": capacity_m3,
            "width_m": self._params.book_truck_width_m, "active": False,
        }  # fmt: skip
        for name, why, message in registry_rules.check(Kind.TRUCKS, record, self._registry_params):
            raise _Refused(name, why, message)
        return record

    def _plant(self, text: str) -> int:
        found = self._plants.get(plate_key(text), set())
        if len(found) == 1:
            return next(iter(found))
        if found:
            msg = f"Expected one plant, {text!r} names {len(found)}. Give the code."
            raise _Refused("plant", "ambiguous_reference", msg)
        self.plan.unknown_plants.add(text)
        msg = f"Expected the code or name of a plant, got {text!r}. Import the plants first."
        raise _Refused("plant", "unknown_plant", msg)

    def _check(self, row: BookRow) -> None:
        if row.at > self._now:
            msg = f"Expected a load up to now, {iso(self._now)}, got {iso(row.at)}."
            raise _Refused("time", "in_the_future", msg)
        largest = self._params.volume_max_m3
        if row.volume_m3 is not None and not 0 < row.volume_m3 <= largest:
            msg = f"Expected volume_m3 in (0, {largest:g}], got {row.volume_m3:g}."
            raise _Refused("volume_m3", "out_of_range", msg)

    def _capacity(self, truck: int | str) -> float:
        if isinstance(truck, str):
            return float(self.plan.new_trucks[truck]["capacity_m3"])
        return self._trucks[truck].capacity_m3

    def warn(self, rows: list[BookRow]) -> None:
        """Find plates one slip apart: in the book, or a new one near a registered one."""
        instants: defaultdict[str, set[int]] = defaultdict(set)
        loads: defaultdict[str, int] = defaultdict(int)
        typed: dict[str, str] = {}
        for row in rows:
            key = plate_key(row.truck)
            typed.setdefault(key, row.truck)
            loads[key] += 1
            instants[key].add(to_ms(row.at))
        unregistered = [key for key in typed if key not in self._by_key]
        pairs = list(combinations(sorted(typed), 2))
        pairs += [(key, old) for key in unregistered for old in self._by_key if old not in typed]
        for one, other in pairs:
            same = len(instants[one] & instants[other])
            both_registered = one in self._by_key and other in self._by_key
            if look_alike(one, other) and (same or not both_registered):
                names = typed[one], typed.get(other) or self._plate(other)
                self.plan.look_alike.append(LookAlike(*names, loads[one], loads[other], same))

    def _plate(self, key: str) -> str:
        truck: Truck = self._trucks[min(self._by_key[key])]
        return truck.plate or truck.code


class _Refused(Exception):
    """Why a row cannot be taken."""

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(message)
        self.field, self.code, self.message = field, code, message


def make_plan(
    conn: Connection,
    book: Book,
    *,
    now: datetime,
    params: FieldworkParams,
    registry_params: RegistryParams,
    register_m3: float | None,
) -> BookPlan:
    """Judge every readable row of a book against what is stored."""
    judge = _Judge(conn, now, params, registry_params, register_m3)
    instants = [to_ms(row.at) for row in book.rows]
    stored = store.receipt_keys(conn, min(instants), max(instants)) if instants else set()
    for row in book.rows:
        judge.add(row, stored)
    judge.warn(book.rows)
    judge.plan.problems.extend(book.problems)
    judge.plan.problems.sort(key=lambda problem: problem.row)
    used = {load.truck for load in judge.plan.loads}
    judge.plan.new_trucks = {k: r for k, r in judge.plan.new_trucks.items() if k in used}
    judge.plan.loads.sort(key=lambda load: (load.at_ms, load.row))
    return judge.plan
