"""Bad input to the served product: a clear error, kept for inspection, nothing disturbed."""

from __future__ import annotations

import io
import json
import math
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from bench.rig.served import free_ports
from openpyxl import Workbook

from qingshu.kernel.instants import iso
from qingshu.runtime import eventlog
from qingshu.wire.frame import encode_frame
from qingshu.wire.jt808.messages.heartbeat import Heartbeat
from qingshu.wire.jt808.messages.location import Location
from qingshu.wire.jt808.messages.platform_ack import PlatformAck
from qingshu.wire.jt808.messages.register import Edition, Register
from tests.e2e.bad_senders import Terminal, Town, error_of, eventually, now_ms, present, served_town

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One served workspace for all cases, so that each meets what the others left."""
    folder = tmp_path_factory.mktemp("bad") / "city"
    with served_town(folder, free_ports()) as up:
        yield up


@pytest.fixture
def terminal(town: Town) -> Iterator[Terminal]:
    """A terminal that is signed in."""
    one = Terminal(town)
    one.sign_in()
    yield one
    one.sock.close()


YEARS_MS = 5 * 365 * 86_400_000
FRAME = encode_frame(["D00002"], [0], [1_795_501_920_000], [1], [1.5])

SENT: dict[str, tuple[str, bytes, str]] = {
    "unknown device": ("qs/v1/NOBODY/reading", b'{"measured_at":1,"level_m":1}', "unknown_device"),
    "cut json": ("qs/v1/D00001/reading", b'{"measured_at": 17955', "bad_json"),
    "no json": ("qs/v1/D00001/reading", b"\x00\xff\xfe hello", "bad_json"),
    "empty": ("qs/v1/D00001/reading", b"", "bad_json"),
    "text for a number": (
        "qs/v1/D00001/reading", b'{"measured_at":"2026-11-24T06:00:00Z","level_m":"deep"}',
        "bad_field",
    ),
    "no such day": (
        "qs/v1/D00001/reading", b'{"measured_at":"2026-02-31T06:00:00Z","level_m":1}', "bad_field"
    ),
    "no value": ("qs/v1/D00001/reading", b'{"measured_at":1795501920}', "bad_field"),
    "not a number": (
        "qs/v1/D00001/reading", b'{"measured_at":1795501920,"level_m":NaN}', "bad_json"
    ),
    "past every float": (
        "qs/v1/D00001/reading", b'{"measured_at":1795501920,"level_m":1e999}', "bad_field"
    ),
    "long json": ("qs/v1/D00001/reading", b'{"note":"' + b"x" * 8000 + b'"}', "too_large"),
    "cut frame": ("qs/v1/GW/frame", FRAME[:-3], "bad_frame"),
    "garbage frame": ("qs/v1/GW/frame", bytes(range(200)), "bad_frame"),
    "frame of too many rows": (
        "qs/v1/GW/frame", FRAME[:6] + b"\xff\xff\xff\xff" + FRAME[10:], "bad_frame"
    ),
    "frame of an unknown device": (
        "qs/v1/GW/frame", encode_frame(["GHOST"], [0], [1_795_501_920_000], [1], [1.0]),
        "unknown_device",
    ),
    "nan in a frame": (
        "qs/v1/GW/frame",
        encode_frame(["D00003"], [0], [1_795_501_920_000], [1], [math.nan]), "bad_value",
    ),
    "unknown quantity in a frame": (
        "qs/v1/GW/frame",
        encode_frame(["D00003"], [0], [1_795_501_920_000], [77], [1.0]), "unknown_quantity",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SENT)
def test_mqtt_when_message_cannot_be_read_then_kept_with_a_code(town: Town, name: str) -> None:
    """The broker takes it, ingest sets it aside with its bytes, the next is stored."""
    topic, payload, code = SENT[name]
    before = town.letters().get(f"mqtt:{code}", 0)
    assert town.publish(topic, payload)
    town.goes_on()
    eventually(lambda: town.letters().get(f"mqtt:{code}", 0) == before + 1)
    letter = town.newest(code)
    assert letter is not None
    assert letter["source"] == topic
    assert letter["size"] == len(payload)
    assert letter["message"].startswith("Expected")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"measured_at": now_ms() + YEARS_MS, "level_m": 1.0}, "clock_off"),
        ({"measured_at": now_ms() - YEARS_MS, "level_m": 1.0}, "clock_off"),
        ({"measured_at": -(10**15), "level_m": 1.0}, "clock_off"),
        ({"measured_at": 1e300, "level_m": 1.0}, "clock_off"),
        ({"level_m": -0.5}, "level_below_floor"),
        ({"level_m": 1e12}, "level_above_range"),
        ({"level_m": 1e308}, "level_above_range"),
        ({"o2_pct": 250}, "value_out_of_range"),
    ],
    ids=[
        "years ahead",
        "years ago",
        "before any calendar",
        "no instant",
        "below the floor",
        "above the range",
        "huge",
        "no such gas",
    ],
)
def test_mqtt_when_value_is_impossible_then_refused_with_a_code(
    town: Town, fields: dict[str, float], code: str
) -> None:
    """Clock years off, below the floor, beyond every sensor: kept, not believed."""
    before = town.letters().get(f"mqtt:{code}", 0)
    assert town.reading("D00004", **fields)
    town.goes_on()
    eventually(lambda: town.letters().get(f"mqtt:{code}", 0) == before + 1)


def test_mqtt_when_payload_is_huge_then_kept_cut_and_next_is_stored(town: Town) -> None:
    """6 MB pass the broker and are set aside; 10 MB the broker itself cuts off."""
    before = town.letters().get("mqtt:too_large", 0)
    assert town.publish("qs/v1/D00001/reading", b"x" * 6_000_000)
    town.goes_on()
    eventually(lambda: town.letters().get("mqtt:too_large", 0) == before + 1)
    letter = town.newest("too_large")
    assert letter is not None
    assert "6000000" in letter["message"]
    town.publish("qs/v1/D00001/reading", b"x" * 10_000_000)
    town.goes_on()


def test_http_readings_when_mixed_then_each_refusal_is_named(town: Town) -> None:
    """The good one of a mixed bag is stored; every other has index, code and words."""
    at = iso(present())
    readings = [
        {"device": "NOBODY", "measured_at": at, "level_m": 1.0},
        {"device": "D00005", "measured_at": at, "level_m": -4.0},
        {"device": "D00005", "measured_at": "2031-01-01T00:00:00Z", "level_m": 1.0},
        {"device": "D00005", "measured_at": at, "level_m": "NaN"},
        {"device": "D00005"},
        {"device": {"a": 1}, "measured_at": at, "level_m": 1.0},
        {"device": "D00005", "measured_at": at, "level_m": 0.7},
    ]
    answer = town.device.post("/api/v1/readings", json={"readings": readings})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["accepted"] == 1
    assert {r["index"] for r in body["refused"]} == {0, 1, 2, 3, 4, 5}
    assert all(r["code"] and r["message"] for r in body["refused"])
    assert town.letters()["http:unknown_device"] >= 1
    town.goes_on()


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"readings": NaN}', b"\xff\xfe", b"[" * 100_000])
def test_http_when_body_is_no_json_then_the_one_error_body(town: Town, body: bytes) -> None:
    """Even nesting that no parser survives."""
    answer = town.device.post(
        "/api/v1/readings", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code in (400, 422)
    assert error_of(answer)
    town.goes_on()


def test_http_when_body_is_10_mb_then_413_and_counted(town: Town) -> None:
    """Announced or streamed, as JSON or as a file."""
    big = b"x" * 10_000_000
    kind = {"content-type": "application/json"}
    announced = town.device.post("/api/v1/readings", content=big, headers=kind)
    streamed = town.device.post(
        "/api/v1/readings", content=(big[:1_000_000] for _ in range(10)), headers=kind
    )
    upload = town.lead.post("/api/v1/imports/tanks", files={"file": ("t.xlsx", big)})
    for answer in (announced, streamed, upload):
        assert answer.status_code == 413
        assert error_of(answer) == "too_large"
    eventually(lambda: town.letters().get("http:too_large", 0) >= 1)
    town.goes_on()


def _workbook(rows: list[list[object]]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(out)
    return out.getvalue()


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "not a table")
    return out.getvalue()


BROKEN = {
    "cut xlsx": _workbook([["编码", "名称"], ["X1", "x"]])[:1500],
    "zip": _zip(),
    "old xls": b"\xd0\xcf\x11\xe0" + b"\0" * 600,
    "empty": b"",
    "binary": bytes(range(256)) * 20,
}


@pytest.mark.parametrize("name", BROKEN)
def test_import_when_file_is_broken_then_error_and_kept(town: Town, name: str) -> None:
    """By HTTP and by command: a code, a sentence, the file among the dead letters."""
    body = BROKEN[name]
    answer = town.lead.post("/api/v1/imports/tanks", files={"file": ("t.xlsx", body)})
    assert answer.status_code == 422, answer.text
    code = error_of(answer)
    path = town.served.directory / "broken.xlsx"
    path.write_bytes(body)
    by_command = _import(town, path)
    assert by_command.returncode != 0
    assert code in by_command.stderr
    assert "Traceback" not in by_command.stderr
    assert town.letters()[f"import:{code}"] >= 2
    town.goes_on()


def test_import_when_tank_code_twice_then_nothing_is_saved(town: Town) -> None:
    """Row and code are named; not even the good row is half-imported."""
    rows = "code,name,lat,lon,area_m2,depth_m,outlet_m,cover_m,volume_m3\n" + "".join(
        f"{code},池,36.65,116.97,4,2,1.4,2,6\n" for code in ("NEW1", "DUP1", "DUP1")
    )
    answer = town.lead.post("/api/v1/imports/tanks", files={"file": ("t.csv", rows.encode())})
    assert answer.status_code == 200, answer.text
    result = answer.json()
    assert result["imported"] == 0
    assert [(e["row"], "code" in e["field"], e["code"]) for e in result["errors"]] == [
        (4, True, "duplicate_code")
    ]
    path = town.served.directory / "dup.csv"
    path.write_text(rows, encoding="utf-8")
    by_command = _import(town, path)
    assert by_command.returncode == 1
    assert "duplicate" in by_command.stdout
    codes = [row[1] for row in town.desk.get("/api/v1/tanks").json()["rows"]]
    assert "NEW1" not in codes
    assert "DUP1" not in codes
    town.goes_on()


def _import(town: Town, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "qingshu.cli.main", "import", "tanks", str(path), "--to",
         str(town.served.directory)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def _wrong_checksum(frame: bytes) -> bytes:
    return frame[:-2] + bytes([frame[-2] ^ 0x01]) + frame[-1:]


BAD_FRAMES: dict[str, Callable[[bytes], bytes]] = {
    "wrong checksum": _wrong_checksum,
    "truncated": lambda f: f[: len(f) // 2] + b"\x7e",
    "bad escape": lambda f: f[:3] + b"\x7d\x09" + f[3:],
    "garbage": lambda _: bytes(n for n in range(256) if n != 0x7E),
    "empty frames": lambda _: b"\x7e\x7e\x7e\x7e",
}


@pytest.mark.parametrize("name", BAD_FRAMES)
def test_jt808_when_frame_is_bad_then_kept_and_connection_lives(
    town: Town, terminal: Terminal, name: str
) -> None:
    """The bad frame is set aside; the next good one on the same socket is answered."""
    before = sum(n for key, n in town.letters().items() if key.startswith("jt808:"))
    good = Location(36.65, 116.97, present().replace(microsecond=0))
    terminal.sock.sendall(BAD_FRAMES[name](terminal.frame(good)))
    answer = terminal.ask(Heartbeat())
    assert isinstance(answer, PlatformAck)
    assert answer.result == 0
    assert answer.answers_serial == terminal.serial
    if name != "empty frames":
        after = sum(n for key, n in town.letters().items() if key.startswith("jt808:"))
        assert after == before + 1
    town.goes_on()


def test_jt808_when_terminal_is_unknown_then_told_and_kept(town: Town) -> None:
    """Registration is refused with the standard's result, the letter names the terminal."""
    stranger = Terminal(town, "019999999999")
    answer = stranger.ask(Register(37, 101, "QS", "M1", "ID1", 2, "鲁A99999", Edition.E2013))
    assert answer.result != 0
    assert stranger.ask(Location(36.65, 116.97, present())).result != 0
    letter = town.newest("unknown_terminal")
    assert letter is not None
    assert "19999999999" in letter["source"]
    stranger.sock.close()


def _place(town: Town) -> tuple[float, float, str]:
    item = town.desk.get("/api/v1/fleet").json()["items"][0]
    return item["lat"], item["lon"], item["positioned_at"]


def test_jt808_when_place_or_clock_is_absurd_then_truck_does_not_move(
    town: Town, terminal: Terminal
) -> None:
    """Doubted positions are answered and kept with their flags; the truck stays."""
    now = present().replace(microsecond=0)
    assert terminal.ask(Location(36.6500, 116.9700, now)).result == 0
    here = _place(town)
    absurd = [
        Location(200.0, 500.0, now + timedelta(seconds=1)),
        Location(0.0, 0.0, now + timedelta(seconds=2)),
        Location(-36.65, 116.97, now + timedelta(seconds=3)),
        Location(36.6501, 116.9701, now + timedelta(days=365 * 8)),
        Location(36.6501, 116.9701, now - timedelta(days=365 * 8)),
        Location(38.9, 116.97, now + timedelta(seconds=4)),
    ]
    for one in absurd:
        assert terminal.ask(one).result == 0
    assert _place(town) == here
    assert terminal.ask(Location(36.6502, 116.9702, now + timedelta(seconds=5))).result == 0
    assert _place(town)[:2] == (36.6502, 116.9702)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("id=13800138001&lat=999&lon=116.97&timestamp={now}", None),
        ("id=13800138001&lat=nan&lon=116.97&timestamp={now}", None),
        ("id=13800138001&lat=abc&lon=116.97&timestamp={now}", None),
        ("id=13800138001&lat=36.65&lon=116.97&timestamp=1e400", None),
        ("id=19999999999&lat=36.65&lon=116.97&timestamp={now}", "unknown_terminal"),
        ("lat=36.65&lon=116.97", None),
        ("", None),
    ],
)
def test_osmand_when_report_is_absurd_then_refused_and_kept(
    town: Town, query: str, code: str | None
) -> None:
    """4xx with the one error body, and a dead letter of the same code."""
    before = _place(town)
    asked = query.format(now=int(time.time()))
    answer = town.desk.get(f"/osmand?{asked}")
    assert 400 <= answer.status_code < 500, answer.text
    found = error_of(answer)
    assert code in (None, found)
    letter = town.newest(found)
    assert letter is not None
    assert letter["door"] == "osmand"
    assert _place(town) == before


def test_osmand_when_clock_is_years_off_then_kept_but_truck_stays(town: Town) -> None:
    """A phone whose clock fell back to 1970 or ran ahead."""
    before = _place(town)
    for at in (86_400, int(time.time()) + 10**8):
        town.desk.get(f"/osmand?id=13800138001&lat=36.7&lon=116.9&timestamp={at}")
    assert _place(town) == before


def test_report_when_words_are_impossible_then_refused_in_words(town: Town) -> None:
    """An empty call, a place off the earth, a tank nobody has, a field nobody reads."""
    for body, status in (
        ({"channel": "phone", "text": " "}, 422),
        ({"channel": "pigeon", "text": "满了"}, 422),
        ({"channel": "phone", "text": "满了", "lat": 999, "lon": 117}, 422),
        ({"channel": "phone", "text": "满了", "tank_code": "NONE"}, 404),
        ({"channel": "phone", "text": "满了", "colour": "blue"}, 422),
        ({"channel": "phone", "text": "x" * 1_000_000}, 422),
    ):
        answer = town.desk.post("/api/v1/reports", json=body)
        assert answer.status_code == status, answer.text
        assert error_of(answer)
    assert town.desk.get("/api/v1/reports").json()["items"] == []


def test_report_when_it_names_a_person_then_logs_and_letters_do_not(town: Town) -> None:
    """Name and number are nowhere but sealed: not in events, dead letters or log files."""
    name, phone = "欧阳测试人", "13912345678"
    body = {"channel": "hotline", "channel_number": "N-1", "text": "化粪池满了", "place": "tank 7",
            "reporter_name": name, "reporter_phone": phone}  # fmt: skip
    answer = town.desk.post("/api/v1/reports", json=body)
    assert answer.status_code == 201, answer.text
    assert town.desk.post("/api/v1/reports", json={**body, "lat": 999}).status_code in (201, 422)
    wrong = {**body, "channel": "pigeon"}
    assert town.desk.post("/api/v1/reports", json=wrong).status_code == 422
    time.sleep(1.0)
    said = [json.dumps(town.desk.get("/api/v1/dead-letters?limit=1000").json())]
    with town.db.read() as conn:
        said += [str(entry.payload) for entry in eventlog.tail(conn, 0, 100_000)]
    said += [
        path.read_text(encoding="utf-8", errors="replace")
        for path in (town.served.directory / "logs").iterdir()
    ]
    for text in said:
        assert name not in text
        assert phone not in text
        assert name.encode("unicode_escape").decode() not in text
    stored = (town.served.directory / "qingshu.db").read_bytes()
    stored += (town.served.directory / "qingshu.db-wal").read_bytes()
    assert name.encode() not in stored
    assert phone.encode() not in stored


def test_product_after_all_that_then_whole(town: Town) -> None:
    """The chain holds, every process lives, the doctor names the dead letters."""
    checks = town.doctor()
    assert checks["chain"]["ok"]
    assert checks["processes"]["ok"], checks["processes"]
    assert checks["writable"]["ok"]
    assert not checks["dead_letters"]["ok"]
    assert "unknown_device" in checks["dead_letters"]["en"]
    assert checks["dead_letters"]["mend_zh"]
