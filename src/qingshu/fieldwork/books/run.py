"""The use case: a plant's book of past loads becomes receipts, all of them or none."""

from __future__ import annotations

from qingshu.fieldwork import store
from qingshu.fieldwork.books.judge import make_plan
from qingshu.fieldwork.books.model import Book, BookPlan, BookResult, Load
from qingshu.fieldwork.books.sheet import read_book
from qingshu.fieldwork.events import ReceiptsImported
from qingshu.fieldwork.params import FieldworkParams
from qingshu.fleet import service as fleet
from qingshu.fleet.model import Report
from qingshu.kernel.instants import from_ms, iso, local
from qingshu.registry import store as registry
from qingshu.registry.errors import FileTooLarge, UnreadableFile
from qingshu.registry.imports.parse import Choice
from qingshu.registry.imports.plan import Plan
from qingshu.registry.imports.run import keep_refused, save
from qingshu.registry.model import Kind
from qingshu.registry.params import RegistryParams
from qingshu.runtime.db import Database, Tx
from qingshu.runtime.numbers import next_number
from qingshu.runtime.vault import vault_of


def import_receipts(
    db: Database,
    name: str,
    body: bytes,
    *,
    actor: str,
    choice: Choice | None = None,
    zone: str = "",
    register_m3: float | None = None,
    dry_run: bool = False,
    skip_bad: bool = False,
) -> BookResult:
    """Take past loads; with any bad row nothing is saved unless ``skip_bad``.

    The same truck, plant and instant is one receipt, however often it comes. Nothing of
    the present changes: no truck is emptied or moved, no job goes on. ``zone`` is of
    times that state none, by default the station's. ``register_m3`` adds unknown trucks
    with this capacity, out of use.

    Raises
    ------
    UnreadableFile, FileTooLarge, MissingColumn, InvalidInput
        The file as a whole cannot be taken.
    """
    registry_params = db.settings.room_params("registry", RegistryParams)
    params = db.settings.room_params("fieldwork", FieldworkParams)
    zone = zone or db.settings.station.zone
    try:
        book = read_book(name, body, choice=choice or Choice(), zone=zone, params=registry_params)
    except (UnreadableFile, FileTooLarge) as error:
        if not dry_run:
            keep_refused(db, actor, name, body, error)
        raise
    if dry_run:
        with db.read() as conn:
            plan = make_plan(
                conn, book, now=db.clock.now(), params=params,
                registry_params=registry_params, register_m3=register_m3,
            )  # fmt: skip
        return _result(book, plan, dry_run=True)
    with db.write(actor) as tx:
        plan = make_plan(
            tx.conn, book, now=tx.now, params=params, registry_params=registry_params,
            register_m3=register_m3,
        )  # fmt: skip
        saved = skip_bad or not plan.problems
        doubted = _save(tx, name, plan) if saved and plan.loads else None
        return _result(book, plan, saved=saved, doubted=doubted)


def _save(tx: Tx, name: str, plan: BookPlan) -> int:
    """Write trucks, receipts, track and one event; how many positions are doubted."""
    if plan.new_trucks:
        trucks = Plan(Kind.TRUCKS, new=list(plan.new_trucks.values()))
        save(tx, trucks, vault_of(tx.settings.directory))
    codes = registry.codes_of(tx.conn, Kind.TRUCKS)
    ids = {key: codes[record["code"]] for key, record in plan.new_trucks.items()}
    zone = tx.settings.station.zone
    rows = [
        {
            "number": next_number(tx, "G", local(from_ms(load.at_ms), zone).date()),
            "at_ms": load.at_ms, "plant_id": load.plant_id, "truck_id": _id(load, ids),
            "job_id": None, "volume_m3": load.volume_m3, "volume_assumed": load.assumed,
            "accepted": True, "reason": "",
        }
        for load in plan.loads
    ]  # fmt: skip
    store.add_past_receipts(tx, rows)
    track = [
        Report(_id(load, ids), from_ms(load.at_ms), tx.now, load.lat, load.lon)
        for load in plan.loads
        if load.lat is not None and load.lon is not None
    ]
    recorded = fleet.record_past(tx, track)
    tx.emit(
        ReceiptsImported(
            subject_id=0, file=name, rows=len(rows),
            assumed_volumes=sum(load.assumed for load in plan.loads),
            first_at=iso(from_ms(plan.loads[0].at_ms)), last_at=iso(from_ms(plan.loads[-1].at_ms)),
        )
    )  # fmt: skip
    return recorded.doubted


def _id(load: Load, ids: dict[str, int]) -> int:
    return ids[load.truck] if isinstance(load.truck, str) else load.truck


def _result(
    book: Book,
    plan: BookPlan,
    *,
    saved: bool = False,
    dry_run: bool = False,
    doubted: int | None = None,
) -> BookResult:
    loads = plan.loads
    return BookResult(
        kind="receipts", read_as=book.read_as, rows=book.count, created=len(loads),
        known=plan.known, repeated=plan.repeated, imported=len(loads) if saved else 0,
        assumed_volumes=sum(load.assumed for load in loads),
        trucks=len({load.truck for load in loads}),
        trucks_added=tuple(record["plate"] for record in plan.new_trucks.values()),
        positions=sum(load.lat is not None for load in loads), positions_doubted=doubted,
        first_at=iso(from_ms(loads[0].at_ms)) if loads else None,
        last_at=iso(from_ms(loads[-1].at_ms)) if loads else None,
        unknown_trucks=tuple(sorted(plan.unknown_trucks.values())),
        unknown_plants=tuple(sorted(plan.unknown_plants)),
        look_alike=tuple(plan.look_alike), dry_run=dry_run, errors=tuple(plan.problems),
        ignored_columns=book.ignored,
    )  # fmt: skip
