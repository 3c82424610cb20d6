"""The import use case: read, judge, then save everything or nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.instants import local
from qingshu.registry import store
from qingshu.registry.errors import FileTooLarge, UnreadableFile
from qingshu.registry.events import RegistryImported
from qingshu.registry.imports import history
from qingshu.registry.imports.columns import HISTORY, IMPORT_KINDS
from qingshu.registry.imports.parse import Choice, Progress, Table, read_table
from qingshu.registry.imports.plan import Plan, make_plan
from qingshu.registry.model import ImportResult, Kind, Problem
from qingshu.registry.params import RegistryParams
from qingshu.registry.sealing import made, sealed, shown
from qingshu.runtime import deadletters
from qingshu.runtime.db import Database, Tx
from qingshu.runtime.vault import Vault, vault_of


def run_import(
    db: Database,
    kind: str,
    name: str,
    body: bytes,
    *,
    actor: str,
    choice: Choice | None = None,
    dry_run: bool = False,
    skip_bad: bool = False,
    progress: Progress | None = None,
) -> ImportResult:
    """Import a file of ``kind``; with any bad row nothing is saved unless ``skip_bad``.

    Raises
    ------
    UnreadableFile, FileTooLarge, MissingColumn, InvalidInput
        The file as a whole cannot be taken.
    """
    if kind not in IMPORT_KINDS:
        msg = f"Expected a kind among {', '.join(IMPORT_KINDS)}, got {kind!r}."
        raise InvalidInput(msg, kind=kind)
    params = db.settings.room_params("registry", RegistryParams)
    try:
        table = read_table(
            kind, name, body, choice=choice or Choice(), params=params, progress=progress
        )
    except (UnreadableFile, FileTooLarge) as error:
        if not dry_run:
            keep_refused(db, actor, name, body, error)
        raise
    if dry_run:
        with db.read() as conn:
            today = local(db.clock.now(), db.settings.station.zone).date()
            if kind == HISTORY:
                return _history_result(table, *history.judge(conn, table, today))
            vault = vault_of(db.settings.directory)
            return _result(table, make_plan(conn, table, vault, params), dry_run=True)
    with db.write(actor) as tx:
        if kind == HISTORY:
            return _import_history(tx, table, skip_bad=skip_bad)
        return _import_things(tx, table, params, skip_bad=skip_bad)


def keep_refused(
    db: Database, actor: str, name: str, body: bytes, error: UnreadableFile | FileTooLarge
) -> None:
    """Bury a file that could not be read, for somebody to look at."""
    with db.write(actor) as tx:
        deadletters.bury(
            tx, door="import", source=name, code=error.code, message=error.message, body=body
        )


def _import_things(tx: Tx, table: Table, params: RegistryParams, *, skip_bad: bool) -> ImportResult:
    vault = vault_of(tx.settings.directory)
    plan = make_plan(tx.conn, table, vault, params)
    saved = skip_bad or not plan.problems
    if saved and (plan.new or plan.updates):
        save(tx, plan, vault)
    return _result(table, plan, saved=saved)


def save(tx: Tx, plan: Plan, vault: Vault) -> None:
    """Write a plan: rows, one event, and a history row per thing made or field changed."""
    kind = plan.kind
    seq = tx.emit(
        RegistryImported(
            subject_id=0, thing_kind=kind.value, rows=len(plan.new) + len(plan.updates),
            created=len(plan.new), updated=len(plan.updates),
        )
    )  # fmt: skip
    store.add(tx, kind, [sealed(kind, vault, record) for record in plan.new])
    ids = store.codes_of(tx.conn, kind)
    new = [(ids[record["code"]], "*", None, made(kind, record)) for record in plan.new]
    store.remember(tx, kind, seq, new)
    for update in plan.updates:
        values = {name: new for name, (_old, new) in update.fields.items()}
        store.change(tx, kind, update.id, sealed(kind, vault, values))
    changed = [
        (update.id, name, *shown(kind, name, old, new))
        for update in plan.updates
        for name, (old, new) in update.fields.items()
    ]
    store.remember(tx, kind, seq, changed)


def _import_history(tx: Tx, table: Table, *, skip_bad: bool) -> ImportResult:
    today = local(tx.now, tx.settings.station.zone).date()
    good, problems = history.judge(tx.conn, table, today)
    saved = bool(good) and (skip_bad or not problems)
    if saved:
        seq = tx.emit(
            RegistryImported(
                subject_id=0, thing_kind=HISTORY, rows=len(good), created=len(good), updated=0
            )
        )
        store.add_desludgings(tx, good)
        newest = history.latest(good)
        changed = []
        for tank in store.tanks(tx.conn, newest):
            day, old = newest[tank.id], tank.last_desludged_on
            if old is None or day > old:
                store.change(tx, Kind.TANKS, tank.id, {"last_desludged_on": day})
                before = None if old is None else str(old)
                changed.append((tank.id, "last_desludged_on", before, str(day)))
        store.remember(tx, Kind.TANKS, seq, changed)
    return _history_result(table, good, problems, saved=saved)


def _history_result(
    table: Table, good: list[Any], problems: list[Problem], *, saved: bool | None = None
) -> ImportResult:
    return ImportResult(
        kind=table.kind, read_as=table.read_as, rows=table.count, created=len(good), updated=0,
        unchanged=0, imported=len(good) if saved else 0, dry_run=saved is None,
        errors=tuple(problems), ignored_columns=table.ignored,
    )  # fmt: skip


def _result(
    table: Table, plan: Plan, *, saved: bool = False, dry_run: bool = False
) -> ImportResult:
    created, updated = len(plan.new), len(plan.updates)
    return ImportResult(
        kind=table.kind, read_as=table.read_as, rows=table.count, created=created,
        updated=updated, unchanged=plan.unchanged,
        imported=created + updated + plan.unchanged if saved else 0, dry_run=dry_run,
        errors=tuple(plan.problems), ignored_columns=table.ignored,
    )  # fmt: skip


def error_report(errors: Iterable[Problem]) -> str:
    """Bad rows as csv that a spreadsheet opens without running anything in it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["行号 row", "字段 field", "代码 code", "说明 message"])
    for problem in errors:
        cells = (problem.field, problem.code, problem.message)
        writer.writerow([problem.row, *("'" + c if c[:1] in "=+-@" else c for c in cells)])
    return "\ufeff" + out.getvalue()
