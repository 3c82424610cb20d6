"""The import use case: read, judge, then save everything or nothing."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.instants import local
from qingshu.registry import store
from qingshu.registry.events import RegistryImported
from qingshu.registry.imports import history
from qingshu.registry.imports.columns import HISTORY, IMPORT_KINDS
from qingshu.registry.imports.parse import Choice, Progress, Table, read_table
from qingshu.registry.imports.plan import Plan, make_plan
from qingshu.registry.model import ImportResult, Kind, Problem
from qingshu.registry.params import RegistryParams
from qingshu.runtime.db import Database, Tx
from qingshu.runtime.vault import Vault, vault_of

# What history keeps of a sealed field.
HIDDEN = "***"


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
    table = read_table(
        kind, name, body, choice=choice or Choice(), params=params, progress=progress
    )
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


def _import_things(
    tx: Tx, table: Table, params: RegistryParams, *, skip_bad: bool
) -> ImportResult:
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
    store.add(tx, kind, [sealed(vault, record) for record in plan.new])
    ids = store.codes_of(tx.conn, kind)
    made = [(ids[r["code"]], "*", None, _as_json(r)) for r in plan.new]
    store.remember(tx, kind, seq, made)
    for update in plan.updates:
        values = {name: new for name, (_old, new) in update.fields.items()}
        store.change(tx, kind, update.id, sealed(vault, values))
    changed = [
        (update.id, name, *shown(kind, name, old, new))
        for update in plan.updates
        for name, (old, new) in update.fields.items()
    ]
    store.remember(tx, kind, seq, changed)


def sealed(vault: Vault, record: dict[str, Any]) -> dict[str, Any]:
    """A record as its table holds it: a person's name and phone sealed."""
    if "phone" not in record and not ("name" in record and "duty" in record):
        return _seal_name_only(vault, record)
    row = _seal_name_only(vault, record)
    phone = row.pop("phone", None) or ""
    row["phone_sealed"], row["phone_print"] = vault.seal(phone), vault.fingerprint(phone)
    return row


def _seal_name_only(vault: Vault, record: dict[str, Any]) -> dict[str, Any]:
    return dict(record)


def shown(kind: Kind, name: str, old: Any, new: Any) -> tuple[str | None, str | None]:
    """Old and new as history keeps them; people's names and phones stay hidden."""
    if kind is Kind.PEOPLE and name in ("name", "phone"):
        return HIDDEN, HIDDEN
    return _text(old), _text(new)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _as_json(record: dict[str, Any]) -> str:
    kept = {
        name: HIDDEN if "duty" in record and name in ("name", "phone", "name_sealed") else value
        for name, value in record.items()
        if value is not None and value != ""
    }
    return json.dumps(kept, ensure_ascii=False, default=str)


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
                changed.append((tank.id, "last_desludged_on", _text(old), str(day)))
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


def error_report(result: ImportResult) -> str:
    """The bad rows as csv that a spreadsheet opens without running anything in it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["行号 row", "字段 field", "代码 code", "说明 message"])
    for problem in result.errors:
        cells = (problem.field, problem.code, problem.message)
        writer.writerow([problem.row, *("'" + c if c[:1] in "=+-@" else c for c in cells)])
    return "\ufeff" + out.getvalue()


def today_of(tx: Tx) -> date:
    """The station's present day."""
    return local(tx.now, tx.settings.station.zone).date()
