"""``qingshu decode``: every form of input, one JSON object a line, exit 1 on a bad frame."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from qingshu.cli.decode import command
from qingshu.wire import jt808
from qingshu.wire.jt808.messages.heartbeat import Heartbeat

# Serial 0x7d7e puts both escapes on the wire.
FRAME = jt808.encode(jt808.Message(jt808.Header(0x0002, "013800138000", 0x7D7E), Heartbeat()))
UNESCAPED = b"~" + FRAME[1:-1].replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d") + b"~"


def _run(tmp_path: Path, data: bytes, *options: str, protocol: str = "jt808") -> Result:
    path = tmp_path / "input"
    path.write_bytes(data)
    return CliRunner().invoke(command, [protocol, str(path), *options])


def _lines(result: Result) -> list[dict[str, object]]:
    return [msgspec.json.decode(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize(
    "data",
    [
        FRAME,
        FRAME.hex().encode() + b"\n",
        msgspec.json.encode({"id": "a", "hex_or_text": FRAME.hex()}),
    ],
)
def test_decode_when_any_form_then_same_message(tmp_path: Path, data: bytes) -> None:
    """Raw bytes, hex lines and JSON vectors give the same object."""
    result = _run(tmp_path, data)
    assert result.exit_code == 0
    (found,) = _lines(result)
    assert (found["message"], found["serial"], found["form"]) == ("heartbeat", 0x7D7E, "wire")


@pytest.mark.parametrize("options", [(), ("--already-unescaped",)])
def test_decode_when_already_unescaped_then_found_out(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    """Frames written down without their escapes are read too, and `form` says so."""
    result = _run(tmp_path, UNESCAPED.hex().encode(), *options)
    assert result.exit_code == 0
    assert _lines(result)[0]["form"] == "unescaped"


def test_decode_when_one_frame_is_bad_then_others_come_and_exit_is_1(tmp_path: Path) -> None:
    """A bad frame is one line with a code; the frames around it are decoded."""
    bad = bytearray(FRAME)
    bad[-2] ^= 1
    result = _run(tmp_path, FRAME + bytes(bad) + b"$$" + FRAME)
    assert result.exit_code == 1
    assert [line.get("error") for line in _lines(result)] == [
        None, "bad_checksum", "truncated", None,
    ]  # fmt: skip


def test_decode_when_not_hex_then_coded(tmp_path: Path) -> None:
    """A line of words is refused by code."""
    result = _run(tmp_path, b"hello\n")
    assert result.exit_code == 1
    assert _lines(result)[0]["error"] == "bad_hex"


def test_decode_osmand_when_mixed_lines_then_each_is_read(tmp_path: Path) -> None:
    """Query strings and JSON bodies may stand in one file."""
    body = {"device_id": "7", "location": {"coords": {"latitude": 1, "longitude": 2}}}
    data = b"/?id=7&lat=1&lon=2\n" + msgspec.json.encode(body) + b"\n/?lat=1&lon=2\n"
    result = _run(tmp_path, data, protocol="osmand")
    assert result.exit_code == 1
    assert [line.get("form") or line["error"] for line in _lines(result)] == [
        "query", "json", "no_device",
    ]  # fmt: skip
