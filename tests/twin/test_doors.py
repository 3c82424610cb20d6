"""The twin's side of the doors: it heals connections, speaks whole frames, follows the job."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import json
import time
from pathlib import Path
from typing import Any

import httpx2 as httpx
import numpy as np
import pytest

import qingshu.twin
from qingshu.twin import readings
from qingshu.twin.city import City, make_city
from qingshu.twin.clock import CityClock
from qingshu.twin.crew import Crew
from qingshu.twin.ground import to_degrees
from qingshu.twin.mqtt import Publisher
from qingshu.twin.probes import Sample
from qingshu.twin.product import Product
from qingshu.twin.residents import Residents
from qingshu.twin.ride import Ride
from qingshu.twin.snapshot import picture
from qingshu.twin.terminal import Terminal
from qingshu.twin.world import World
from qingshu.wire import jt808, mqtt
from qingshu.wire.jt808.messages.location import Location
from qingshu.wire.jt808.messages.platform_ack import PlatformAck
from qingshu.wire.jt808.messages.register import Register
from qingshu.wire.jt808.messages.register_ack import RegisterAck

START_S = 1_795_500_000.0


def test_twin_when_its_imports_are_read_then_only_kernel_and_wire_are_used() -> None:
    """The twin knows the product by its doors, not by its rooms."""
    for path in Path(qingshu.twin.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                if name.startswith("qingshu."):
                    assert name.split(".")[1] in ("kernel", "wire", "twin"), (path, name)


@pytest.fixture
def city(small: World) -> City:
    """The small city at rest."""
    return make_city(small, START_S)


def test_payload_when_a_sensor_measures_distance_then_offset_minus_distance_is_the_level(
    city: City,
) -> None:
    """What the registry's offset turns back into the level that was believed."""
    sensors = city.world.sensors
    sensor = int(np.flatnonzero(sensors.distance)[0])
    body = json.loads(readings.payload(city, Sample(sensor, START_S, 1.234)))
    assert body["measured_at"].endswith("Z")
    assert sensors.offset_m[sensor] - body["distance_m"] == pytest.approx(1.234, abs=0.0011)


async def _drop_once_broker(got: list[bytes], drops: list[int]) -> asyncio.Server:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        receiver = mqtt.Receiver()
        seen = 0
        while data := await reader.read(4096):
            found = receiver.feed(data)
            if any(kind == 1 for kind, _ in found.control):
                writer.write(b"\x20\x02\x00\x00")
            seen += len(found.payloads)
            if drops and seen >= drops[0]:
                drops.pop()
                break  # Taken off the wire, never acknowledged.
            got.extend(found.payloads)
            writer.write(mqtt.pubacks(found.packet_ids))
        writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", 0)


def test_publisher_when_the_broker_drops_it_then_every_message_arrives() -> None:
    """QoS 1 over a lost connection: nothing is lost, doubles are allowed."""

    async def scenario() -> list[bytes]:
        got: list[bytes] = []
        server = await _drop_once_broker(got, [40])
        port = server.sockets[0].getsockname()[1]
        publisher = Publisher(f"mqtt://127.0.0.1:{port}")
        for n in range(100):
            publisher.send("qs/v1/L00001/reading", b"%d" % n)
        task = asyncio.create_task(publisher.run())
        for _ in range(400):
            if publisher.backlog == 0:
                break
            await asyncio.sleep(0.02)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        server.close()
        return got

    assert {int(p) for p in asyncio.run(scenario())} == set(range(100))


@pytest.mark.parametrize("number", [0, 2])
def test_terminal_when_connected_then_it_registers_shows_its_code_and_reports(
    city: City, number: int
) -> None:
    """Both editions: the frames decode, the phone is the registry's terminal."""
    vehicle = city.vehicles[number]

    async def scenario() -> list[jt808.Message]:
        got: list[jt808.Message] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            splitter = jt808.Splitter()
            while data := await reader.read(4096):
                for piece in splitter.feed(data):
                    assert isinstance(piece, bytes)
                    message = jt808.decode(piece)
                    got.append(message)
                    serial, msg_id = message.header.serial, message.header.msg_id
                    answer: Any = PlatformAck(serial, msg_id, 0)
                    if isinstance(message.body, Register):
                        answer = RegisterAck(serial, 0, "secret")
                    out = 0x8100 if isinstance(answer, RegisterAck) else 0x8001
                    header = jt808.Header(
                        out, message.header.phone, 1, message.header.layout,
                        message.header.protocol_version,
                    )  # fmt: skip
                    writer.write(jt808.encode(jt808.Message(header, answer)))

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        terminal = Terminal(vehicle, CityClock(60.0, START_S, time.time()), number, seed=1)
        task = asyncio.create_task(terminal.run("127.0.0.1", port))
        for _ in range(300):
            if any(isinstance(m.body, Location) for m in got):
                break
            await asyncio.sleep(0.02)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        server.close()
        return got

    got = asyncio.run(scenario())
    assert [m.header.msg_id for m in got][:2] == [0x0100, 0x0102]
    assert {m.header.terminal for m in got} == {vehicle.truck.terminal}
    location = next(m.body for m in got if isinstance(m.body, Location))
    lat, lon = to_degrees(vehicle.x, vehicle.y)
    assert (location.lat_deg, location.lon_deg) == pytest.approx((lat, lon), abs=5e-4)


class _Desk:
    """A product that knows one job and moves it as commands come, refusing bad air."""

    MOVES = (
        ("accept", "accepted"), ("depart", "en_route"), ("arrive", "arrived"),
        ("start-pumping", "pumping"), ("finish-pumping", "pumped"), ("finish", "finished"),
    )  # fmt: skip

    def __init__(self, city: City, tank: int) -> None:
        lat, lon = to_degrees(float(city.world.tanks.x[tank]), float(city.world.tanks.y[tank]))
        steps = [
            {"id": "identity", "photo_kind": None, "done_at": None},
            {"id": "before", "photo_kind": "before", "done_at": None},
            {"id": "after", "photo_kind": "after", "done_at": None},
        ]
        self.job: dict[str, Any] = {
            "id": 1, "state": "offered", "crew_name": "班", "volume_m3": None,
            "tank": {"code": city.world.tanks.codes[tank], "lat": lat, "lon": lon},
            "sop": {"steps": steps}, "gas": {"tests": []}, "photos": [],
        }  # fmt: skip
        self.asked: list[str] = []
        self.receipts: list[dict[str, Any]] = []

    def handle(self, request: httpx.Request) -> httpx.Response:
        """One request."""
        path = request.url.path.removeprefix("/api/v1")
        if path == "/session":
            return httpx.Response(200, json={"token": "t"})
        if request.method == "GET":
            return httpx.Response(200, json=self.job)
        word = path.removeprefix("/jobs/1/")
        self.asked.append(word)
        if word == "photos":
            assert b"\x89PNG" in request.content
            self.job["photos"].append({"kind": "any"})
        elif word.startswith("steps/"):
            step = next(s for s in self.job["sop"]["steps"] if s["id"] == word[6:])
            step["done_at"] = "2026-11-24T06:32:00Z"
        elif word == "gas":
            body = json.loads(request.content)
            self.job["gas"]["tests"].append(body)
            if body["readings"]["h2s_mgm3"] <= 10:
                self.job["state"] = "gas_cleared"
        elif path == "/receipts":
            self.receipts.append(json.loads(request.content))
        else:
            self.job["state"] = dict(self.MOVES)[word]
            if word == "finish-pumping":
                self.job["volume_m3"] = json.loads(request.content)["volume_m3"]
        return httpx.Response(200, json={})


def test_crew_when_a_job_is_offered_then_it_drives_tests_pumps_weighs_and_finishes(
    city: City,
) -> None:
    """The tank's level falls by what the receipt says within the scale's error."""
    tank = 11
    before = float(city.levels.level_m[tank])
    desk = _Desk(city, tank)

    async def scenario() -> None:
        clock = CityClock(50_000.0, START_S, time.time())
        product = Product("http://test", httpx.MockTransport(desk.handle))
        vehicle = city.vehicles[0]
        crew = Crew(
            city, clock, vehicle, product.as_user("a", "b"), product.as_user("p", "b"), seed=1
        )
        work = asyncio.create_task(crew.work(1))
        while not work.done():
            vehicle.advance(clock.now_s())
            await asyncio.sleep(0.005)
        await work
        await product.close()

    asyncio.run(asyncio.wait_for(scenario(), 20.0))
    assert desk.job["state"] == "finished"
    assert desk.asked.index("gas") < desk.asked.index("start-pumping")
    fallen_m3 = (before - float(city.levels.level_m[tank])) * city.world.tanks.area_m2[tank]
    assert desk.job["volume_m3"] == pytest.approx(fallen_m3, abs=0.02)
    assert desk.receipts[0]["volume_m3"] == pytest.approx(fallen_m3, rel=0.1)


def test_residents_when_a_tank_overflows_then_they_call_in_their_own_words(city: City) -> None:
    """Somebody calls after minutes, not at once, and names the place or the community."""
    residents = Residents(np.random.default_rng(3))
    city.levels.overflowing[4] = True
    city.levels.level_m[4] = city.levels.cover_m[4]
    residents.watch(city)
    assert residents.due(city, city.now_s) is None
    call = residents.due(city, city.now_s + 86400)
    assert call is not None
    community = city.world.communities[int(city.world.tanks.community[4])].name
    assert community.removesuffix("社区") in call.text


def test_router_when_a_way_is_driven_then_it_ends_there_and_takes_plausible_time(
    city: City,
) -> None:
    """From yard to a tank at 10 to 45 km/h of straight distance."""
    yard = city.world.yards[0]
    goal = (float(city.world.tanks.x[7]), float(city.world.tanks.y[7]))
    legs = city.router.way(yard, goal)
    assert (legs[-1].x, legs[-1].y) == goal
    straight_km = float(np.hypot(goal[0] - yard[0], goal[1] - yard[1])) / 1000
    assert 10 < straight_km / (sum(leg.seconds for leg in legs) / 3600) < 45


def test_picture_when_two_jobs_take_one_then_they_differ() -> None:
    """Evidence is told apart by its hash."""
    assert picture("2026-11-24 14:32", 1) != picture("2026-11-24 14:32", 2)


def test_ride_when_a_person_plays_the_crew_then_the_truck_drives_and_the_level_falls(
    city: City,
) -> None:
    """Departed, it drives to the tank; pumped and finished, it is weighed at a plant."""
    tank = 11
    before = float(city.levels.level_m[tank])
    desk = _Desk(city, tank)
    desk.job |= {"state": "en_route", "receipts": []}
    vehicle = city.vehicles[0]

    async def scenario() -> None:
        clock = CityClock(50_000.0, START_S, time.time())
        product = Product("http://test", httpx.MockTransport(desk.handle))
        user = product.as_user("desk", "b")
        ride = Ride(city, clock, vehicle, user, user, seed=1)
        work = asyncio.create_task(ride.work(1))
        spot = (float(city.world.tanks.x[tank]), float(city.world.tanks.y[tank]))
        while not work.done():
            vehicle.advance(clock.now_s())
            near = np.hypot(vehicle.x - spot[0], vehicle.y - spot[1]) < 15.0
            if near and desk.job["state"] == "en_route":
                desk.job |= {"state": "finished", "volume_m3": 1.0}
            await asyncio.sleep(0.005)
        await work
        await product.close()

    asyncio.run(asyncio.wait_for(scenario(), 20.0))
    fallen_m3 = (before - float(city.levels.level_m[tank])) * city.world.tanks.area_m2[tank]
    assert fallen_m3 == pytest.approx(1.0, abs=0.01)
    assert desk.receipts[0]["volume_m3"] == pytest.approx(1.0, rel=0.1)
    assert vehicle.load_m3 == 0.0
