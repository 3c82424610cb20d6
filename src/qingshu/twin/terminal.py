"""A truck's JT/T 808 terminal: registers, shows its code, says where it is."""

from __future__ import annotations

import asyncio
import contextlib
import time

import numpy as np

from qingshu.kernel.errors import WireError
from qingshu.kernel.instants import from_ms
from qingshu.twin.clock import CityClock
from qingshu.twin.ground import to_degrees
from qingshu.twin.vehicle import Vehicle
from qingshu.wire import jt808
from qingshu.wire.jt808.codec import Body
from qingshu.wire.jt808.items import Mileage
from qingshu.wire.jt808.messages.authenticate import Authenticate
from qingshu.wire.jt808.messages.batch import STORED, Batch
from qingshu.wire.jt808.messages.heartbeat import Heartbeat
from qingshu.wire.jt808.messages.location import ACC_ON, FIXED, Location
from qingshu.wire.jt808.messages.platform_ack import PlatformAck
from qingshu.wire.jt808.messages.register import Edition, Register
from qingshu.wire.jt808.messages.register_ack import RegisterAck

RETRY_S = 2.0
ANSWER_WITHIN_S = 15.0
HEARTBEAT_WALL_S = 20.0
# A moving truck speaks every 20 s of the city but at most once a wall second.
MOVING_CITY_S, MOVING_WALL_S = 20.0, 1.0
STANDING_CITY_S, STANDING_WALL_S = 60.0, 3.0
TUNNEL_SHARE = 0.01  # Chance a position starts a stretch without signal.
TUNNEL_POSITIONS = 5
GPS_SD_M = 3.0
SHANDONG, JINAN, YELLOW_PLATE = 37, 100, 2


class Terminal:
    """One connection of one truck; every third truck speaks the 2019 edition."""

    def __init__(self, vehicle: Vehicle, clock: CityClock, number: int, seed: int) -> None:
        self._vehicle = vehicle
        self._clock = clock
        self._rng = np.random.default_rng([seed, 200, number])
        self._new = number % 3 == 2
        self._serial = 0
        self._held: list[Location] = []
        self._tunnel = 0
        self.sent = 0

    async def run(self, host: str, port: int) -> None:
        """Stay connected until cancelled."""
        await asyncio.sleep(float(self._rng.uniform(0.0, 3.0)))
        while True:
            with contextlib.suppress(OSError, WireError, TimeoutError, EOFError):
                await self._session(host, port)
            await asyncio.sleep(RETRY_S + float(self._rng.uniform(0.0, 2.0)))

    async def _session(self, host: str, port: int) -> None:
        reader, writer = await asyncio.open_connection(host, port)
        splitter = jt808.Splitter()
        try:
            writer.write(self._frame(0x0100, self._registration()))
            async with asyncio.timeout(ANSWER_WITHIN_S):
                answer = await self._await(reader, splitter, RegisterAck)
            if not isinstance(answer, RegisterAck) or answer.result != 0:
                return
            code = Authenticate(answer.auth_code)
            writer.write(self._frame(0x0102, code))
            async with asyncio.timeout(ANSWER_WITHIN_S):
                answer = await self._await(reader, splitter, PlatformAck)
            if not isinstance(answer, PlatformAck) or answer.result != 0:
                return
            listener = asyncio.create_task(self._listen(reader))
            try:
                await self._speak(writer, listener)
            finally:
                listener.cancel()
        finally:
            writer.close()

    async def _speak(self, writer: asyncio.StreamWriter, listener: asyncio.Task[None]) -> None:
        alive = spoken = 0.0
        spoken_city = 0.0
        while not listener.done():
            wall, city = time.monotonic(), self._clock.now_s()
            moving = self._vehicle.moving
            gap_wall = MOVING_WALL_S if moving else STANDING_WALL_S
            gap_city = MOVING_CITY_S if moving else STANDING_CITY_S
            if wall - spoken >= gap_wall and city - spoken_city >= gap_city:
                spoken, spoken_city = wall, city
                self._report(writer, city)
            if wall - alive >= HEARTBEAT_WALL_S:
                alive = wall
                writer.write(self._frame(0x0002, Heartbeat()))
            await writer.drain()
            await asyncio.sleep(0.25)

    def _report(self, writer: asyncio.StreamWriter, city_s: float) -> None:
        here = self._location(city_s)
        if self._tunnel == 0 and self._vehicle.moving and self._rng.random() < TUNNEL_SHARE:
            self._tunnel = TUNNEL_POSITIONS
        if self._tunnel > 0:
            self._tunnel -= 1
            self._held.append(here)
            return
        if self._held:
            writer.write(self._frame(0x0704, Batch(STORED, tuple(self._held))))
            self._held = []
        writer.write(self._frame(0x0200, here))
        self.sent += 1

    def _location(self, city_s: float) -> Location:
        vehicle = self._vehicle
        noise = self._rng.normal(0.0, GPS_SD_M, 2)
        lat, lon = to_degrees(vehicle.x + float(noise[0]), vehicle.y + float(noise[1]))
        return Location(
            lat_deg=round(lat, 6),
            lon_deg=round(lon, 6),
            at=from_ms(int(city_s) * 1000),
            speed_kmh=round(vehicle.speed_kmh, 1),
            heading_deg=int(vehicle.heading_deg) % 360,
            altitude_m=45,
            status_bits=FIXED | (ACC_ON if vehicle.moving or vehicle.busy else 0),
            items=(Mileage(round(vehicle.mileage_m / 1000, 1)),),
        )

    def _registration(self) -> Register:
        return Register(
            province=SHANDONG,
            city=JINAN,
            maker="QSTWN",
            model="QS-TWIN-1",
            terminal_id=self._vehicle.truck.terminal[-7:],
            plate_colour=YELLOW_PLATE,
            plate=self._vehicle.truck.plate,
            edition=Edition.E2019 if self._new else Edition.E2013,
        )

    def _frame(self, msg_id: int, body: Body) -> bytes:
        self._serial = (self._serial + 1) & 0xFFFF
        header = jt808.Header(
            msg_id=msg_id,
            phone=self._vehicle.truck.terminal.zfill(20 if self._new else 12),
            serial=self._serial,
            layout=jt808.Layout.V2019 if self._new else jt808.Layout.V2013,
            protocol_version=1 if self._new else 0,
        )
        return jt808.encode(jt808.Message(header, body))

    @staticmethod
    async def _await(
        reader: asyncio.StreamReader, splitter: jt808.Splitter, wanted: type[Body]
    ) -> Body:
        while True:
            data = await reader.read(4096)
            if not data:
                raise EOFError
            for piece in splitter.feed(data):
                if isinstance(piece, bytes):
                    body = jt808.decode(piece).body
                    if isinstance(body, wanted):
                        return body

    @staticmethod
    async def _listen(reader: asyncio.StreamReader) -> None:
        while await reader.read(4096):
            pass
