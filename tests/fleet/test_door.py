"""The TCP door as a terminal sees it: registration, answers after the commit, bad input."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import event

from qingshu.fleet import service
from qingshu.fleet.door import serve_jt808
from qingshu.runtime import deadletters
from qingshu.runtime.db import Database
from qingshu.runtime.supervise import PortTaken
from qingshu.wire import jt808
from qingshu.wire.jt808.codec import Body
from qingshu.wire.jt808.messages.authenticate import Authenticate
from qingshu.wire.jt808.messages.batch import Batch
from qingshu.wire.jt808.messages.heartbeat import Heartbeat
from qingshu.wire.jt808.messages.location import Location
from qingshu.wire.jt808.messages.platform_ack import PlatformAck
from qingshu.wire.jt808.messages.register import Edition, Register
from qingshu.wire.jt808.messages.register_ack import RegisterAck
from qingshu.wire.jt808.registry import BY_TYPE
from tests.conftest import START
from tests.fleet.yard import add_trucks


class Terminal:
    """A vehicle terminal on a socket."""

    def __init__(self, port: int, phone: str = "013800138001") -> None:
        self._port = port
        self.phone = phone
        self.serial = 0
        self._splitter = jt808.Splitter()
        self._got: list[jt808.Message] = []

    async def __aenter__(self) -> Terminal:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        self.writer.close()

    def frame(self, body: Body, msg_id: int | None = None) -> bytes:
        """One frame with the next serial."""
        self.serial += 1
        is_2019 = len(self.phone) == 20
        header = jt808.Header(
            msg_id or BY_TYPE[type(body)].msg_id, self.phone, self.serial,
            jt808.Layout.V2019 if is_2019 else jt808.Layout.V2013, int(is_2019),
        )  # fmt: skip
        return jt808.encode(jt808.Message(header, body))

    async def answer(self) -> Body:
        """The next answer's body."""
        while not self._got:
            data = await asyncio.wait_for(self.reader.read(65536), 5)
            assert data, "the door closed the connection"
            pieces = self._splitter.feed(data)
            self._got += [jt808.decode(p) for p in pieces if isinstance(p, bytes)]
        return self._got.pop(0).body

    async def ask(self, body: Body, msg_id: int | None = None) -> Body:
        """Send one message and wait for its answer."""
        self.writer.write(self.frame(body, msg_id))
        return await self.answer()

    async def sign_in(self) -> str:
        """Register and authenticate; the code that was given."""
        edition = Edition.E2019 if len(self.phone) == 20 else Edition.E2013
        registered = await self.ask(Register(37, 101, "QS", "M1", "ID1", 2, "鲁A00001", edition))
        assert isinstance(registered, RegisterAck)
        assert registered.result == 0
        assert await self.result(Authenticate(registered.auth_code)) == 0
        return registered.auth_code

    async def result(self, body: Body, msg_id: int | None = None) -> int:
        """The result of a general answer."""
        answer = await self.ask(body, msg_id)
        assert isinstance(answer, PlatformAck)
        assert answer.answers_serial == self.serial
        return answer.result


def _at(seconds: int, lat: float = 36.65) -> Location:
    return Location(lat, 117.0, START + timedelta(seconds=seconds), 30.0, 90)


def _run(db: Database, play: Callable[[int], Awaitable[None]]) -> None:
    async def main() -> None:
        stop = asyncio.Event()
        ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        serving = asyncio.create_task(serve_jt808(db, "127.0.0.1", 0, stop, ready))
        try:
            await play(await ready)
        finally:
            stop.set()
            await serving

    asyncio.run(asyncio.wait_for(main(), 30))


def _letters(db: Database) -> dict[str, int]:
    with db.read() as conn:
        return deadletters.counts(conn)


@pytest.mark.parametrize("phone", ["013800138001", "00000000013800138001"])
def test_door_when_terminal_reports_then_positions_are_kept(db: Database, phone: str) -> None:
    """Register, authenticate, heartbeat, location, batch, in the 2013 and 2019 editions."""
    add_trucks(db)

    async def play(port: int) -> None:
        async with Terminal(port, phone) as terminal:
            await terminal.sign_in()
            assert await terminal.result(Heartbeat()) == 0
            assert await terminal.result(_at(0)) == 0
            assert await terminal.result(Batch(1, (_at(-20), _at(-10)))) == 0

    _run(db, play)
    with db.read() as conn:
        assert len(service.track(conn, 1, START - timedelta(1), START + timedelta(1))) == 3
        assert service.present(conn, 1).lat == 36.65
    assert _letters(db) == {}


def test_door_when_answered_then_already_committed(db: Database) -> None:
    """The answer to a position never leaves before its transaction is durable."""
    add_trucks(db)
    commits: list[str] = []

    @event.listens_for(db.engine, "commit")
    def _committed(conn: object) -> None:
        commits.append("commit")

    async def play(port: int) -> None:
        async with Terminal(port) as terminal:
            await terminal.sign_in()
            for n in range(3):
                before = len(commits)
                assert await terminal.result(_at(n)) == 0
                assert len(commits) > before
                with db.read() as conn:
                    assert service.last_position_id(conn) == n + 1

    _run(db, play)


def test_door_when_position_comes_again_then_answered_and_kept_once(db: Database) -> None:
    """A terminal whose answer was lost reconnects, sends again, and is answered."""
    add_trucks(db)

    async def play(port: int) -> None:
        async with Terminal(port) as terminal:
            code = await terminal.sign_in()
            assert await terminal.result(_at(0)) == 0
        async with Terminal(port) as terminal:
            assert await terminal.result(Authenticate(code)) == 0
            assert await terminal.result(_at(0)) == 0

    _run(db, play)
    with db.read() as conn:
        assert len(service.positions_after(conn, 0)) == 1


def test_door_when_input_is_bad_then_buried_with_code_and_connection_kept(db: Database) -> None:
    """Junk, a wrong check byte, a cut frame and an unknown id disturb nothing else."""
    add_trucks(db)

    async def play(port: int) -> None:
        async with Terminal(port) as terminal:
            terminal.writer.write(b"(740190311185,1,001)")
            await terminal.sign_in()
            bad = bytearray(terminal.frame(_at(0)))
            bad[-2] ^= 1
            terminal.writer.write(bytes(bad) + b"~short~")
            assert await terminal.result(jt808.UnknownMessage(b"\x01"), 0x0F01) == 3
            assert await terminal.result(_at(0)) == 0

    _run(db, play)
    assert _letters(db) == {
        "jt808:no_frame": 1, "jt808:bad_checksum": 1, "jt808:truncated": 1,
        "jt808:unsupported_message": 1,
    }  # fmt: skip


def test_door_when_terminal_is_unknown_then_refused_by_code(db: Database) -> None:
    """Result 4 to a registration, failure to anything else; the frames are kept."""
    add_trucks(db)

    async def play(port: int) -> None:
        async with Terminal(port, "019999999999") as terminal:
            answer = await terminal.ask(Register(37, 101, "QS", "M1", "ID1", 2, "鲁A00001"))
            assert isinstance(answer, RegisterAck)
            assert (answer.result, answer.auth_code) == (4, "")
            assert await terminal.result(Authenticate("guess")) == 1
            assert await terminal.result(_at(0)) == 1
            assert await terminal.result(_at(1)) == 1

    _run(db, play)
    assert _letters(db) == {
        "jt808:unknown_terminal": 1, "jt808:bad_auth_code": 1, "jt808:not_authenticated": 1,
    }  # fmt: skip
    with db.read() as conn:
        assert service.last_position_id(conn) == 0


def test_door_when_a_batch_is_split_then_reassembled(db: Database) -> None:
    """Every part is answered; the whole is kept with its last part."""
    add_trucks(db)

    async def play(port: int) -> None:
        async with Terminal(port) as terminal:
            await terminal.sign_in()
            batch = Batch(1, tuple(_at(n) for n in range(100)))
            header = jt808.Header(0x0704, "013800138001", 500)
            frames = jt808.encode_split(jt808.Message(header, batch))
            assert len(frames) > 1
            for n, frame in enumerate(frames):
                terminal.writer.write(frame)
                answer = await terminal.answer()
                assert answer == PlatformAck(500 + n, 0x0704, 0)

    _run(db, play)
    with db.read() as conn:
        assert service.last_position_id(conn) >= 1
        assert len(service.positions_after(conn, 0)) == 100


def test_door_when_frames_are_pipelined_then_few_commits(db: Database) -> None:
    """Two hundred positions of two trucks at once share transactions."""
    add_trucks(db)
    commits: list[int] = []

    async def play(port: int) -> None:
        async with Terminal(port) as one, Terminal(port, "013800138002") as two:
            for terminal in (one, two):
                await terminal.sign_in()

            @event.listens_for(db.engine, "commit")
            def _committed(conn: object) -> None:
                commits.append(1)

            for terminal in (one, two):
                terminal.writer.write(b"".join(terminal.frame(_at(n)) for n in range(100)))
            for terminal in (one, two):
                for _ in range(100):
                    assert isinstance(await terminal.answer(), PlatformAck)

    _run(db, play)
    with db.read() as conn:
        assert len(service.positions_after(conn, 0)) == 200
    assert len(commits) <= 20


def test_door_when_port_is_taken_then_error_names_the_setting(db: Database) -> None:
    """The person at the terminal learns which setting to change."""

    async def main() -> None:
        blocker = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
        port = blocker.sockets[0].getsockname()[1]
        async with blocker:
            with pytest.raises(PortTaken) as caught:
                await serve_jt808(db, "127.0.0.1", port, asyncio.Event())
        assert caught.value.code == "port_taken"
        assert "doors.jt808_port" in caught.value.message

    asyncio.run(main())
