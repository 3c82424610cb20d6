"""What is wrong with a workspace, and how to mend it, in plain words."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from qingshu.kernel.errors import QingshuError, Unavailable, WireError
from qingshu.runtime import deadletters, eventlog, heartbeats, schema, troubles
from qingshu.runtime.blobs import BlobStore
from qingshu.runtime.broker import broker_address
from qingshu.runtime.broker_probe import probe_broker
from qingshu.runtime.clock import SystemClock
from qingshu.runtime.db import Database
from qingshu.sense import service as sense
from qingshu.web import frontend
from qingshu.web.standing import PROCESSES, standing

MENDS = {
    troubles.DATABASE_AWAY: (
        "确认数据库在运行、database.url 写对；恢复后自动继续。",
        "See that the database runs and database.url is right; work goes on by itself.",
    ),
    troubles.DATABASE_FULL: (
        "清出磁盘空间；有了空间自动继续，等着的数据会补上。",
        "Free disk space; work then goes on by itself and what waited is stored.",
    ),
    troubles.DATABASE_READ_ONLY: (
        "把数据库文件和目录的写权限给运行清疏的用户，或重新挂载为可写；随后自动继续。",
        "Give the user that runs Qingshu write access, or mount it writable; work then goes on.",
    ),
    troubles.DATABASE_LOCKED: (
        "找出占着数据库的程序（备份、手工打开的终端），让它结束；随后自动继续。",
        "Find and end the program that holds it (a backup, an open shell); work then goes on.",
    ),
}  # fmt: skip
LOW_DISK_BYTES = 2_000_000_000
BROKER_ANSWERS_WITHIN_S = 3.0
CLOCK_SLACK = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: what is so, and what to do when it is not well."""

    name: str
    ok: bool
    zh: str
    en: str
    mend_zh: str = ""
    mend_en: str = ""


def examine(db: Database) -> list[Check]:
    """Every check of a workspace, in the order a person should mend things."""
    checks: tuple[Callable[[Database], Check], ...] = (
        _folder, _disk, _database, _writable, _photos, _schema, _clock, _chain,
        _broker, _processes, _roads, _readings, _dead_letters, _front_end,
    )  # fmt: skip
    return [_guarded(check, db) for check in checks]


def _guarded(check: Callable[[Database], Check], db: Database) -> Check:
    try:
        return check(db)
    except (QingshuError, OSError) as error:
        name = check.__name__.lstrip("_")
        return Check(
            name, False, f"检查没做成：{error}", f"Could not check: {error}",
            "先解决上面一项，再查一次。", "Mend the item above, then check again.",
        )  # fmt: skip


def _folder(db: Database) -> Check:
    folder = db.settings.directory
    ok = os.access(folder, os.R_OK | os.W_OK | os.X_OK)
    return Check(
        "folder", ok,
        f"工作目录 {folder} " + ("可读写" if ok else "不可写"),
        f"Workspace {folder} is " + ("readable and writable" if ok else "not writable"),
        "把目录的写权限给运行清疏的用户。", "Give the user that runs Qingshu write access to it.",
    )  # fmt: skip


def _disk(db: Database) -> Check:
    free = shutil.disk_usage(db.settings.directory).free
    gb = free / 1e9
    return Check(
        "disk", free >= LOW_DISK_BYTES,
        f"磁盘剩 {gb:.1f} GB", f"{gb:.1f} GB free on disk",
        "清出空间或换大盘；满了以后读数留在网关和消息队列里，不会丢，但不会处理。",
        "Free space. When full, readings wait in the broker: kept, but not handled.",
    )  # fmt: skip


def _database(db: Database) -> Check:
    try:
        with db.read() as conn:
            name = conn.dialect.name
            entries = eventlog.head(conn)
    except Unavailable as error:
        return _in_trouble("database", error)
    return Check(
        "database", True, f"{name} 在应答，事件 {entries} 条", f"{name} answers, {entries} events"
    )


def _writable(db: Database) -> Check:
    try:
        with db.write("system:doctor") as tx:
            heartbeats.beat(tx, "doctor")
    except Unavailable as error:
        return _in_trouble("writable", error)
    return Check("writable", True, "数据库可写", "The database takes writes")


def _in_trouble(name: str, error: Unavailable) -> Check:
    code = troubles.code_of(error)
    zh, en = troubles.words(code)
    cause = error.fields.get("database", error.message)
    return Check(name, False, f"{zh}（{cause}）", f"{en} ({cause})", *MENDS[code])


def _photos(db: Database) -> Check:
    try:
        BlobStore(db.settings.directory / "blobs").probe()
    except Unavailable as error:
        return Check(
            "photos", False, f"照片存不进：{error.message}", f"Photos: {error.message}",
            "清出 blobs 目录所在磁盘的空间，检查写权限；手机会自动重发。",
            "Free space where blobs/ lies, check its permissions; phones send again.",
        )  # fmt: skip
    return Check("photos", True, "照片可存", "Photos can be stored")


def _schema(db: Database) -> Check:
    current, newest = schema.versions(db)
    ok = current == newest
    return Check(
        "schema", ok,
        f"表结构版本 {current}" + ("" if ok else f"，应为 {newest}"),
        f"Schema {current}" + ("" if ok else f", expected {newest}"),
        "停下服务，先备份，再重新启动；启动时会升级。",
        "Stop, back up, start again; starting upgrades the schema.",
    )  # fmt: skip


def _clock(db: Database) -> Check:
    with db.read() as conn:
        last = eventlog.tail(conn, eventlog.head(conn) - 1)
    behind = last[-1].at - db.clock.now() if last else timedelta()
    ok = behind <= CLOCK_SLACK
    seconds = behind.total_seconds()
    return Check(
        "clock", ok,
        "时钟正常" if ok else f"时钟倒退：比最后一条记录早 {seconds:.0f} 秒",
        "The clock runs forward" if ok else f"The clock is {seconds:.0f} s behind the last event",
        "校准服务器时间（chrony/NTP）；期间记录的先后以序号为准，不受影响。",
        "Set the server's time (chrony, NTP); order is kept by sequence and is not affected.",
    )  # fmt: skip


def _chain(db: Database) -> Check:
    with db.read() as conn:
        broken = eventlog.verify(conn)
    if broken is None:
        return Check("chain", True, "事件链完整", "The event chain is whole")
    return Check(
        "chain", False,
        f"事件链在第 {broken.seq} 条断开", f"The chain breaks at #{broken.seq}: {broken.because}",
        "有人改过数据库。保留现场，从备份对照第一处断点。",
        "Somebody changed the database. Keep it, compare with a backup from before that entry.",
    )  # fmt: skip


def _broker(db: Database) -> Check:
    host, port = broker_address(db.settings)
    try:
        probe_broker(db.settings, BROKER_ANSWERS_WITHIN_S)
    except (OSError, WireError) as error:
        return Check(
            "broker", False,
            f"消息队列 {host}:{port} 不收消息：{error}", f"Broker {host}:{port}: {error}",
            "确认 qingshu serve 在运行，或 broker.url 写对；恢复后读数自动补上。",
            "See that `qingshu serve` runs, or mend broker.url; readings follow by themselves.",
        )  # fmt: skip
    return Check("broker", True, f"消息队列 {host}:{port} 在", f"Broker {host}:{port} answers")


def _processes(db: Database) -> Check:
    now = SystemClock().now()
    with db.read() as conn:
        known = {b.process for b in heartbeats.heartbeats(conn)}
        found = standing(conn, now)
    silent = [n for n in PROCESSES if n not in known]
    silent += [each.process for each in found if each.code == troubles.SILENT]
    told = [each for each in found if each.code != troubles.SILENT]
    ok = not silent and not told
    zh = [f"没有动静：{'、'.join(silent)}"] if silent else []
    en = [f"silent: {', '.join(silent)}"] if silent else []
    zh += [f"{each.process}：{each.zh}" for each in told]
    en += [f"{each.process}: {each.en}" for each in told]
    return Check(
        "processes", ok,
        "；".join(zh) or "四个进程都在",
        "; ".join(en) or "All four processes run",
        "运行 qingshu serve；仍没有动静就看 logs 目录里同名的文件。",
        "Run `qingshu serve`; if one stays silent read its file in logs/.",
    )  # fmt: skip


def _roads(db: Database) -> Check:
    ok = (db.settings.directory / "roads").is_dir()
    return Check(
        "roads", ok,
        "路网已导入" if ok else "没有路网，派车按直线估算",
        "Roads are imported" if ok else "No roads: trucks are ranked by straight lines",
        "qingshu roads import 文件 --to 目录", "qingshu roads import FILE --to DIR",
    )  # fmt: skip


def _readings(db: Database) -> Check:
    with db.read() as conn:
        n = sense.counts(conn)
    return Check(
        "readings", True,
        f"读数：重复 {n['duplicates']} 条未存，迟到 {n['late']} 条只存档，待处理 {n['inbox']} 条",
        f"Readings: {n['duplicates']} repeated and dropped, {n['late']} late and kept as history, "
        f"{n['inbox']} waiting",
    )  # fmt: skip


def _dead_letters(db: Database) -> Check:
    with db.read() as conn:
        counts = deadletters.counts(conn)
        newest = deadletters.recent(conn, 1)
    total = sum(counts.values())
    fresh = bool(newest) and db.clock.now() - newest[0].at < timedelta(days=1)
    listed = "，".join(f"{name} {n}" for name, n in sorted(counts.items()))
    return Check(
        "dead_letters", not fresh,
        f"退信 {total} 件" + (f"（{listed}）" if listed else ""),
        f"{total} dead letters" + (f" ({listed})" if listed else ""),
        "逐件看原因：设备没登记就登记，报文坏了就找厂家。原文都留着。",
        "Look at each: register the device, or show the frame to its maker. All are kept.",
    )  # fmt: skip


def _front_end(_db: Database) -> Check:
    ok = (frontend.STATIC / "index.html").is_file()
    return Check(
        "front_end", ok,
        "界面已构建" if ok else "界面没有构建", "Front end is " + ("built" if ok else "not built"),
        "make ui", "make ui",
    )  # fmt: skip
