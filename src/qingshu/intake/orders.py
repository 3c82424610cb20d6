"""Takes in a table of messages as hotlines and mailboxes export them."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from qingshu.intake import service
from qingshu.intake.model import Channel, Said
from qingshu.kernel.errors import InvalidInput, QingshuError
from qingshu.registry.errors import MissingColumn
from qingshu.registry.imports.cells import Cell
from qingshu.registry.imports.files import Row, read_sheet
from qingshu.registry.imports.heads import plain
from qingshu.registry.params import RegistryParams
from qingshu.runtime.db import Database, Tx

HEADS = {
    "number": ("工单编号", "留言编号", "编号", "channelnumber", "number", "id", "受理编号"),
    "title": ("留言主题", "标题", "主题", "title", "subject"),
    "text": ("留言详情", "诉求内容", "内容", "详情", "来电内容", "text", "description"),
    "time": ("留言时间", "受理时间", "来电时间", "时间", "receivedat", "time", "createdat"),
    "place": ("地址", "事发地址", "地点", "place", "address"),
    "name": ("来电人", "姓名", "联系人", "name"),
    "phone": ("来电号码", "联系电话", "电话", "手机", "phone"),
}
_ROWS_A_COMMIT = 100
_TIMES = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M",
          "%Y/%m/%d", "%Y-%m-%d")  # fmt: skip
_MOST_ERRORS = 50


def import_orders(
    db: Database,
    name: str,
    body: bytes,
    *,
    actor: str,
    channel: str = "hotline",
    only: bytes | None = None,
    dry_run: bool = False,
) -> dict[str, Any]:
    """Receive every row as a report; return how many, of what kind, where, and why not.

    Rows known by channel and number are counted as ``known`` and not taken twice.
    ``only`` is a csv whose second column (or ``留言编号``) lists the numbers to take.

    Raises
    ------
    UnreadableFile, FileTooLarge, MissingColumn
        The file as a whole cannot be taken.
    """
    params = db.settings.room_params("registry", RegistryParams)
    sheet = read_sheet(name, body, lambda heads: len(_columns(heads)), params)
    columns = _columns(sheet.heads)
    if "text" not in columns and "title" not in columns:
        msg = f"Expected a column such as 留言详情 or text, got {', '.join(sheet.heads)[:300]}."
        raise MissingColumn(msg, text="missing")
    wanted = None if only is None else _numbers(only, name)
    rows = [
        row for row in sheet.rows
        if wanted is None or _cell(row, columns.get("number")) in wanted
    ]  # fmt: skip
    counts: Counter[str] = Counter()
    errors: list[dict[str, Any]] = []
    for start in range(0, len(rows), _ROWS_A_COMMIT):
        part = rows[start : start + _ROWS_A_COMMIT]
        _take(db, part, columns, Channel(channel), counts, errors, actor=actor, dry_run=dry_run)
    return _figures(len(sheet.rows), len(rows), counts, errors, dry_run=dry_run)


class _Undo(Exception):
    """Leaves a dry run's transaction without keeping it."""


def _take(
    db: Database,
    rows: Sequence[Row],
    columns: dict[str, int],
    channel: Channel,
    counts: Counter[str],
    errors: list[dict[str, Any]],
    *,
    actor: str,
    dry_run: bool,
) -> None:
    try:
        with db.write(actor) as tx:
            for row in rows:
                try:
                    _take_row(tx, row, columns, channel, counts)
                except QingshuError as error:
                    counts["refused"] += 1
                    errors.append({"row": row.number, "code": error.code, "message": str(error)})
            if dry_run:
                raise _Undo
    except _Undo:
        pass


def _take_row(
    tx: Tx, row: Row, columns: dict[str, int], channel: Channel, counts: Counter[str]
) -> None:
    number = _cell(row, columns.get("number"))
    if service.known(tx.conn, channel, number):
        counts["known"] += 1
        return
    title, text = _cell(row, columns.get("title")), _cell(row, columns.get("text"))
    said = Said(
        channel, "\n".join(part for part in (title, text) if part), channel_number=number,
        place=_cell(row, columns.get("place")), reporter_name=_cell(row, columns.get("name")),
        reporter_phone=_cell(row, columns.get("phone")),
    )  # fmt: skip
    at = _time(_raw(row, columns.get("time")), tx.settings.station.zone)
    report = service.receive(tx, said, at=at)
    counts["received"] += 1
    counts[f"category {report.category}"] += 1
    counts[f"urgency {report.urgency}"] += 1
    if report.tank_id is not None:
        counts["at a tank"] += 1
    elif report.community_id is not None:
        counts["at a community"] += 1


def _columns(heads: Sequence[str]) -> dict[str, int]:
    known = {plain(head): field for field, all_heads in HEADS.items() for head in all_heads}
    found: dict[str, int] = {}
    for index, head in enumerate(heads):
        field = known.get(plain(head))
        if field is not None:
            found.setdefault(field, index)
    return found


def _raw(row: Row, index: int | None) -> Cell:
    return None if index is None or index >= len(row.cells) else row.cells[index]


def _cell(row: Row, index: int | None) -> str:
    cell = _raw(row, index)
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else re.sub(r"[ \t\r\n\u3000]+", " ", str(cell)).strip()


def _time(cell: Cell, zone: str) -> datetime | None:
    """The local time in a cell as an instant; None when the column is absent or empty."""
    if cell is None or not str(cell).strip():
        return None
    at = cell if isinstance(cell, datetime) else _parse(str(cell).strip())
    return at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _parse(text: str) -> datetime:
    for form in _TIMES:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the caller gives the zone
        except ValueError:
            continue
    msg = f"Expected a time such as 2026/3/5 14:20:00, got {text!r}."
    raise InvalidInput(msg, time=text)


def _numbers(listed: bytes, name: str) -> set[str]:
    """The numbers of a list that are of this file, or of any when it names no file."""
    rows = list(csv.DictReader(io.StringIO(listed.decode("utf-8-sig"))))
    if not rows:
        return set()
    key = next((k for k in rows[0] if plain(k) in HEADS["number"]), next(iter(rows[0])))
    return {row[key].strip() for row in rows if row.get("file") in (None, "", name)}


def _figures(
    total: int, chosen: int, counts: Counter[str], errors: list[dict[str, Any]], *, dry_run: bool
) -> dict[str, Any]:
    def of(prefix: str) -> dict[str, int]:
        return {
            key.removeprefix(prefix): n for key, n in counts.most_common() if key.startswith(prefix)
        }

    return {
        "rows": total, "chosen": chosen, "received": counts["received"],
        "known": counts["known"], "refused": counts["refused"],
        "at_a_tank": counts["at a tank"], "at_a_community": counts["at a community"],
        "categories": of("category "), "urgencies": of("urgency "),
        "errors": errors[:_MOST_ERRORS], "dry_run": dry_run,
    }  # fmt: skip
