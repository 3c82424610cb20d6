"""kill -9 at the door: what was answered is there once, what was not is sent again."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import timedelta
from pathlib import Path

from qingshu.fleet import service
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database
from qingshu.runtime.settings import Settings
from qingshu.wire.jt808.messages.authenticate import Authenticate
from qingshu.wire.jt808.messages.platform_ack import PlatformAck
from tests.conftest import START
from tests.fleet.test_door import Terminal, _at
from tests.fleet.yard import add_trucks

DOOR = """
import asyncio, sys
from pathlib import Path
from qingshu.fleet.door import serve_jt808
from qingshu.runtime.db import Database
from qingshu.runtime.settings import Database as Url, Settings

async def main():
    db = Database(Settings(directory=Path(sys.argv[1]), database=Url(url=sys.argv[2])))
    ready = asyncio.get_running_loop().create_future()
    ready.add_done_callback(lambda port: print("PORT", port.result(), flush=True))
    await serve_jt808(db, "127.0.0.1", 0, asyncio.Event(), ready)

asyncio.run(main())
"""
COUNT = 400


async def _open(settings: Settings) -> tuple[asyncio.subprocess.Process, int]:
    door = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DOOR, str(settings.directory), settings.database.url,
        stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert door.stdout is not None
    while True:
        line = await asyncio.wait_for(door.stdout.readline(), 20)
        assert line, "the door ended"
        if line.startswith(b"PORT"):
            return door, int(line.split()[1])


async def _until_killed(
    door: asyncio.subprocess.Process, terminal: Terminal, answered: set[int], kill_at: int
) -> None:
    first = terminal.serial + 1
    terminal.writer.write(b"".join(terminal.frame(_at(n)) for n in range(COUNT)))
    try:
        while True:
            answer = await terminal.answer()
            assert isinstance(answer, PlatformAck)
            answered.add(answer.answers_serial - first)
            if len(answered) >= kill_at and door.returncode is None:
                door.send_signal(signal.SIGKILL)
    except (AssertionError, ConnectionError):
        await door.wait()


def test_door_when_killed_then_answered_positions_are_there_once(
    settings: Settings, clock: FakeClock
) -> None:
    """After the restart the terminal sends all of it again, and each is kept once."""
    db = Database(settings, clock)
    add_trucks(db)
    answered: set[int] = set()

    async def play() -> None:
        door, port = await _open(settings)
        async with Terminal(port) as terminal:
            code = await terminal.sign_in()
            await _until_killed(door, terminal, answered, kill_at=1)
        assert door.returncode == -signal.SIGKILL
        with db.read() as conn:
            kept = {p.at for p in service.positions_after(conn, 0)}
        assert {START + timedelta(seconds=n) for n in answered} <= kept
        door, port = await _open(settings)
        async with Terminal(port) as terminal:
            assert await terminal.result(Authenticate(code)) == 0
            terminal.writer.write(b"".join(terminal.frame(_at(n)) for n in range(COUNT)))
            for _ in range(COUNT):
                assert isinstance(await terminal.answer(), PlatformAck)
        door.kill()
        await door.wait()

    asyncio.run(asyncio.wait_for(play(), 60))
    with db.read() as conn:
        found = [p.at for p in service.positions_after(conn, 0)]
    assert sorted(found) == [START + timedelta(seconds=n) for n in range(COUNT)]
    db.close()
