"""Every published frame through the TCP door, as its device would send it.

``pytest tests/fleet/test_published_frames.py -s`` prints the figures of
docs/real-input-jt808.md.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, select

from qingshu.fleet import service
from qingshu.fleet.model import Flag
from qingshu.fleet.rules import terminal_key
from qingshu.fleet.tables import position
from qingshu.kernel.errors import WireError
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database
from qingshu.runtime.settings import Settings
from qingshu.wire import jt808
from qingshu.wire.jt808 import frame as frame_codec
from qingshu.wire.jt808.codec import Body
from qingshu.wire.jt808.header import parse_header
from qingshu.wire.jt808.messages.heartbeat import Heartbeat
from qingshu.wire.jt808.messages.platform_ack import PlatformAck
from tests.conftest import need
from tests.fleet.test_door import Terminal, _letters, _run
from tests.fleet.yard import add_trucks

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("QINGSHU_SHARED", ROOT.parent / "shared"))
FOLDER = SHARED / "data" / "protocol_vectors"
# Frames at once; a real door has hundreds of connections.
AT_ONCE = 20


def _wire_frames(name: str) -> list[bytes]:
    path = FOLDER / f"jtt808_{name}.jsonl"
    need(path.exists(), "shared data")
    rows = [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
    frames = [bytes.fromhex(row["hex_or_text"]) for row in rows]
    if name != "traccar":
        return frames
    # traccar keeps its frames without escapes.
    return [b"~" + frame_codec.escape(frame[1:-1]) + b"~" for frame in frames]


def _phone(frame: bytes) -> str:
    """The phone a frame was sent from, read with all leniency."""
    inner, _ = frame_codec.verified(frame_codec.unescape(frame[1:-1]))
    try:
        return parse_header(inner, lenient=True)[0].phone
    except WireError:
        return "013800138999"


async def _send(port: int, frame: bytes, results: Counter[str]) -> None:
    """Sign in with the frame's own number, send it, then a heartbeat to see what came."""
    async with Terminal(port, _phone(frame)) as terminal:
        if terminal_key(terminal.phone):
            await terminal.sign_in()
        terminal.writer.write(frame)
        terminal.writer.write(terminal.frame(Heartbeat()))
        answers: list[Body] = []
        while not answers or not _is_end(answers[-1], terminal):
            answers.append(await terminal.answer())
        if len(answers) == 1:
            results["no answer"] += 1
        for answer in answers[:-1]:
            assert hasattr(answer, "result")
            results[f"{type(answer).__name__} {answer.result}"] += 1


def _is_end(answer: object, terminal: Terminal) -> bool:
    return (
        isinstance(answer, PlatformAck)
        and answer.answers_id == 0x0002
        and answer.answers_serial == terminal.serial
    )


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("traccar", {"jt808:bad_checksum": 3}),
        ("smallchi", {"jt808:bad_checksum": 15, "jt808:bad_length": 3, "jt808:truncated": 1}),
        ("yezhihao", {}),
    ],
)
def test_door_when_published_frames_then_refused_ones_are_buried_by_code(
    settings: Settings, clock: FakeClock, name: str, refused: dict[str, int]
) -> None:
    """Every frame is answered or kept as a dead letter; nothing breaks the door."""
    frames = _wire_frames(name)
    params = {"area_km": 5000.0, "past_days": 3650.0, "gather_ms": 2.0}
    tuned = settings.model_copy(update={"params": {"fleet": params}})
    db = Database(tuned, clock)
    keys = sorted({jt808.Header(0, _phone(f), 0).terminal for f in frames} - {""})
    add_trucks(db, tuple(keys))
    results: Counter[str] = Counter()

    async def play(port: int) -> None:
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(frame: bytes) -> None:
            async with gate:
                await _send(port, frame, results)

        await asyncio.gather(*(one(frame) for frame in frames))

    _run(db, play)
    letters = _letters(db)
    with db.read() as conn:
        kept = service.last_position_id(conn)
        flags = conn.execute(
            select(position.c.flags, func.count()).group_by(position.c.flags)
        ).all()
    named = {str(Flag(bits)): count for bits, count in flags}
    print(f"\n{name}: {len(frames)} frames, answers {dict(results)}, dead letters {letters}")
    print(f"  positions {sum(named.values())} kept, by flag {named}")
    assert {k: v for k, v in letters.items() if k in refused} == refused
    assert sum(results.values()) == len(frames)
    # A terminal's general answer is not answered in turn.
    answers_of_terminals = sum(frame[1:3] == b"\x00\x01" for frame in frames)
    assert results["no answer"] == sum(refused.values()) + answers_of_terminals
    assert kept > 0
    db.close()
