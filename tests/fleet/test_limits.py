"""Slow, silent and hostile connections are closed and cost the others nothing."""

from __future__ import annotations

import asyncio

from qingshu.runtime import deadletters
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database
from qingshu.runtime.settings import Settings
from tests.fleet.test_door import Terminal, _at, _letters, _run
from tests.fleet.yard import add_trucks


def _tuned(settings: Settings, clock: FakeClock, **params: object) -> Database:
    return Database(settings.model_copy(update={"params": {"fleet": params}}), clock)


def test_door_when_connection_is_silent_then_closed(settings: Settings, clock: FakeClock) -> None:
    """A connection without a byte for the idle time is cut."""
    db = _tuned(settings, clock, idle_s=0.1)

    async def play(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()

    _run(db, play)
    db.close()


def test_door_when_only_rubbish_comes_then_closed_and_kept(
    settings: Settings, clock: FakeClock
) -> None:
    """After so many bad frames in a row the connection ends; the frames are kept."""
    db = _tuned(settings, clock, most_refused=3)

    async def play(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"~aa~bb~cc~")
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()

    _run(db, play)
    assert _letters(db) == {"jt808:truncated": 3}
    with db.read() as conn:
        assert deadletters.recent(conn)[0].body == b"~cc~"
    db.close()


def test_door_when_terminal_is_lenient_then_its_wrong_check_bytes_pass(
    settings: Settings, clock: FakeClock
) -> None:
    """Leniency is per terminal: the other one's wrong check byte is refused."""
    db = _tuned(settings, clock, lenient_terminals="013800138001")
    add_trucks(db)

    async def play(port: int) -> None:
        for phone in ("013800138001", "013800138002"):
            async with Terminal(port, phone) as terminal:
                await terminal.sign_in()
                bad = bytearray(terminal.frame(_at(0)))
                bad[-2] ^= 1
                terminal.writer.write(bytes(bad))
                assert await terminal.result(_at(1)) == 0 if phone.endswith("2") else True
                if phone.endswith("1"):
                    await terminal.answer()

    _run(db, play)
    assert _letters(db) == {"jt808:bad_checksum": 1}
    db.close()
