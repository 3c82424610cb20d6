"""One vehicle terminal's connection: frames in, work and answers out."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from qingshu.fleet import rules, service
from qingshu.fleet.commits import Letter, Work
from qingshu.fleet.errors import UnknownTerminal
from qingshu.fleet.model import Report
from qingshu.fleet.params import FleetParams
from qingshu.kernel.errors import WireError
from qingshu.runtime.db import Tx
from qingshu.wire import jt808
from qingshu.wire.jt808.codec import Body
from qingshu.wire.jt808.messages import platform_ack, register_ack
from qingshu.wire.jt808.messages.attributes import Attributes
from qingshu.wire.jt808.messages.authenticate import Authenticate
from qingshu.wire.jt808.messages.batch import Batch
from qingshu.wire.jt808.messages.heartbeat import Heartbeat
from qingshu.wire.jt808.messages.location import FIXED, Location
from qingshu.wire.jt808.messages.location_answer import LocationAnswer
from qingshu.wire.jt808.messages.logout import Logout
from qingshu.wire.jt808.messages.parameters import ParametersAnswer
from qingshu.wire.jt808.messages.platform_ack import PlatformAck
from qingshu.wire.jt808.messages.register import Register
from qingshu.wire.jt808.messages.register_ack import RegisterAck
from qingshu.wire.jt808.messages.terminal_ack import TerminalAck


class Desk(Protocol):
    """What a session needs from the door."""

    params: FleetParams

    def now(self) -> datetime:
        """The product's present."""

    async def truck_of(self, terminal: str) -> int | None:
        """The active truck with this terminal number."""

    async def save(self, work: Work) -> Any:
        """Wait for the commit of ``work``; the result of its ``ask``."""


class TooManyRefused(WireError):
    """A connection sent nothing but bad frames for too long."""

    code = "too_many_refused"


class Session:
    """The state of one connection. ``send`` takes bytes only after they may be sent."""

    def __init__(self, desk: Desk, peer: str, send: Callable[[bytes], None]) -> None:
        self._desk = desk
        self._peer = peer
        self._send = send
        self._authenticated: set[str] = set()
        self._reassembly = jt808.Reassembly()
        self._serial = 0
        self._refused_in_a_row = 0
        self._told: set[tuple[str, str, int]] = set()
        self._lenient = {
            rules.terminal_key(t) for t in desk.params.lenient_terminals.split(",") if t.strip()
        }
        self._work = Work()
        self._answers: list[bytes] = []

    async def take(self, pieces: Sequence[bytes | jt808.Junk]) -> None:
        """Work through what came in together; answer once all of it is committed.

        Raises
        ------
        TooManyRefused
            After its dead letter was kept; the connection should be closed.
        """
        for piece in pieces:
            message = self._decoded(piece)
            if message is not None:
                await self._handle(message, piece)
        await self._flush()
        if self._refused_in_a_row >= self._desk.params.most_refused:
            msg = f"Expected a frame, got {self._refused_in_a_row} bad ones in a row."
            raise TooManyRefused(msg)

    async def _flush(self) -> None:
        work, self._work = self._work, Work()
        answers, self._answers = self._answers, []
        if work:
            await self._desk.save(work)
        if answers:
            self._send(b"".join(answers))

    def _decoded(self, piece: bytes | jt808.Junk) -> jt808.Message | None:
        if isinstance(piece, jt808.Junk):
            message = f"Expected frames between 7E flags, got {len(piece.data)} bytes of none."
            self._refuse(self._peer, piece.code, message, piece.data)
            return None
        try:
            found = self._read(piece)
            whole = self._reassembly.add(found, self._desk.now())
        except WireError as error:
            self._refuse(self._peer, error.code, error.message, b"\x7e" + piece + b"\x7e")
            return None
        self._refused_in_a_row = 0
        if whole is None:
            # A terminal sends the next part only after the last one was answered.
            self._acknowledge(found.header, platform_ack.DONE)
            return None
        if found.header.part is None:
            return found
        header = msgspec.structs.replace(whole.header, serial=found.header.serial)
        return msgspec.structs.replace(whole, header=header)

    def _read(self, piece: bytes) -> jt808.Message:
        try:
            return jt808.decode(piece)
        except WireError:
            if not self._lenient:
                raise
            found = jt808.decode(piece, lenient=True)
            if found.header.terminal not in self._lenient:
                raise
            return found

    async def _handle(self, message: jt808.Message, piece: bytes | jt808.Junk) -> None:
        header, body = message.header, message.body
        raw = piece if isinstance(piece, bytes) else piece.data
        if isinstance(body, Register):
            await self._register(header, body, raw)
        elif isinstance(body, Authenticate):
            await self._authenticate(header, body, raw)
        elif not isinstance(body, TerminalAck):
            await self._routine(header, body, raw)

    async def _register(self, header: jt808.Header, body: Register, raw: bytes) -> None:
        await self._flush()
        fresh = secrets.token_hex(8)

        def ask(tx: Tx) -> str | UnknownTerminal:
            try:
                return service.register_terminal(
                    tx, header.terminal, auth_code=fresh, maker=body.maker, model=body.model
                ).auth_code
            except UnknownTerminal as error:
                return error

        code = await self._desk.save(Work(ask=ask))
        if isinstance(code, UnknownTerminal):
            self._bury(header.terminal, code.code, code.message, raw)
            answer = RegisterAck(header.serial, register_ack.TERMINAL_UNKNOWN)
        else:
            answer = RegisterAck(header.serial, register_ack.REGISTERED, code)
        self._answer(header, register_ack.CODEC.msg_id, answer)

    async def _authenticate(self, header: jt808.Header, body: Authenticate, raw: bytes) -> None:
        await self._flush()

        def ask(tx: Tx) -> bool:
            return service.authenticate(tx, header.terminal, body.auth_code)

        if await self._desk.save(Work(ask=ask)):
            self._authenticated.add(header.terminal)
            self._acknowledge(header, platform_ack.DONE)
            return
        self._authenticated.discard(header.terminal)
        msg = "Expected the code of the registration, got another; register again."
        self._bury(header.terminal, "bad_auth_code", msg, raw)
        self._acknowledge(header, platform_ack.FAILED)

    async def _routine(self, header: jt808.Header, body: Body, raw: bytes) -> None:
        truck_id = await self._truck(header, raw)
        if truck_id is None:
            self._acknowledge(header, platform_ack.FAILED)
            return
        locations = _locations(body)
        if locations is not None:
            now = self._desk.now()
            self._work.reports += [_report(truck_id, one, now) for one in locations]
        elif isinstance(body, (Heartbeat, Attributes, ParametersAnswer)):
            self._work.heard.append(truck_id)
        elif isinstance(body, Logout):
            self._authenticated.discard(header.terminal)
        else:
            msg = f"Expected a message that is served here, got 0x{header.msg_id:04x}."
            self._bury_once(header, "unsupported_message", msg, raw)
            self._acknowledge(header, platform_ack.NOT_SUPPORTED)
            return
        self._acknowledge(header, platform_ack.DONE)

    async def _truck(self, header: jt808.Header, raw: bytes) -> int | None:
        if self._desk.params.require_auth and header.terminal not in self._authenticated:
            msg = f"Expected terminal {header.terminal} to authenticate first."
            self._bury_once(header, "not_authenticated", msg, raw)
            return None
        truck_id = await self._desk.truck_of(header.terminal)
        if truck_id is None:
            msg = f"Expected the terminal number of an active truck, got {header.terminal}."
            self._bury_once(header, UnknownTerminal.code, msg, raw)
        return truck_id

    def _refuse(self, source: str, code: str, message: str, raw: bytes) -> None:
        self._refused_in_a_row += 1
        self._bury(source, code, message, raw)

    def _bury_once(self, header: jt808.Header, code: str, message: str, raw: bytes) -> None:
        # A terminal repeats itself every few seconds; the first of a kind says it all.
        key = (header.terminal, code, header.msg_id)
        if key not in self._told and len(self._told) < 256:
            self._told.add(key)
            self._bury(header.terminal, code, message, raw)

    def _bury(self, source: str, code: str, message: str, raw: bytes) -> None:
        self._work.letters.append(Letter(source or self._peer, code, message, raw))

    def _acknowledge(self, header: jt808.Header, result: int) -> None:
        answer = PlatformAck(header.serial, header.msg_id, result)
        self._answer(header, platform_ack.CODEC.msg_id, answer)

    def _answer(self, header: jt808.Header, msg_id: int, body: Body) -> None:
        layout = jt808.Layout.V2019 if header.is_2019 else jt808.Layout.V2013
        ours = jt808.Header(
            msg_id, header.phone, self._serial, layout, protocol_version=header.protocol_version
        )
        self._serial = (self._serial + 1) & 0xFFFF
        self._answers.append(jt808.encode(jt808.Message(ours, body)))


def _locations(body: Body) -> tuple[Location, ...] | None:
    if isinstance(body, Location):
        return (body,)
    if isinstance(body, Batch):
        return body.locations
    if isinstance(body, LocationAnswer):
        return (body.location,)
    return None


def _report(truck_id: int, location: Location, received_at: datetime) -> Report:
    return Report(
        truck_id=truck_id,
        at=location.at,
        received_at=received_at,
        lat=location.lat_deg,
        lon=location.lon_deg,
        speed_kmh=location.speed_kmh,
        heading_deg=float(location.heading_deg),
        has_fix=bool(location.status_bits & FIXED),
    )
