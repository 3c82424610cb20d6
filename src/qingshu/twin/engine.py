"""Runs the simulated city beside the product until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import tomllib
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.instants import parse_instant, to_ms
from qingshu.twin import readings
from qingshu.twin.autopilot import run_autopilot
from qingshu.twin.city import City, make_city
from qingshu.twin.clock import CityClock
from qingshu.twin.desk import Users, drive_trucks, report_rain, run_crews, take_calls
from qingshu.twin.mqtt import Publisher
from qingshu.twin.params import WorldParams
from qingshu.twin.probes import Sample
from qingshu.twin.product import Product
from qingshu.twin.residents import Residents
from qingshu.twin.terminal import Terminal
from qingshu.twin.world import build

WORLD_FILE = "world.toml"
HISTORY_S = 26 * 3600.0
TROUBLE_AFTER_S = 600.0
STALE_S = 36 * 3600.0
SAVE_WALL_S = 20.0
SYNC_WALL_S = 15.0
BACKLOG = 4000
FRAME_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the product listens, and how much the twin plays by itself."""

    base: str
    mqtt: str
    jt808: str
    crews: int
    autopilot: bool


def load_world(folder: Path) -> tuple[WorldParams, Users]:
    """Read ``world.toml``: the numbers the city is made from, and the twin's accounts."""
    path = folder / WORLD_FILE
    if not path.is_file():
        msg = f"Expected {path}, found none. `qingshu demo` writes it."
        raise InvalidInput(msg, world=str(folder))
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return WorldParams(**raw["world"]), Users(**raw["users"])


async def run(folder: Path, doors: Doors, seed: int | None = None) -> None:
    """Build the city of ``folder``, wait for the product, then live beside it."""
    params, users = load_world(folder)
    if seed is not None:
        params = WorldParams(seed, params.tanks, params.sensors, params.trucks)
    world = build(params)
    product = Product(doors.base)
    clock = CityClock(1.0, 0.0, 0.0)
    await _sync(product, clock)
    city = make_city(world, clock.now_s() - HISTORY_S)
    if not city.load(folder) or clock.now_s() - city.now_s > STALE_S:
        city = make_city(world, clock.now_s() - HISTORY_S)
        city.open_with_trouble(clock.now_s() + TROUBLE_AFTER_S)
    publisher = Publisher(doors.mqtt)
    residents = Residents(np.random.default_rng([params.seed, 400]))
    desk = product.as_user(users.desk, users.password)
    host, _, port = doors.jt808.rpartition(":")
    work: list[Coroutine[Any, Any, None]] = [
        _keep_time(product, clock),
        publisher.run(),
        _live(city, clock, publisher, residents),
        _keep(city, folder),
        take_calls(city, clock, residents, product, desk),
        run_crews(city, clock, product, users, doors.crews),
        drive_trucks(city, clock),
        report_rain(city, clock, product.as_user(users.gauge, users.password)),
        *(
            Terminal(vehicle, clock, n, params.seed).run(host or "127.0.0.1", int(port))
            for n, vehicle in enumerate(city.vehicles)
        ),
    ]
    if doors.autopilot:
        work.append(run_autopilot(clock, desk))
    try:
        await _until_signal(work)
    finally:
        city.save(folder)
        await product.close()


async def _until_signal(work: list[Coroutine[Any, Any, None]]) -> None:
    """Run all until SIGTERM or SIGINT; an error in one ends all, the supervisor restarts."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    tasks = [asyncio.create_task(one) for one in work]
    stopping = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
    for task in [*tasks, stopping]:
        task.cancel()
    await asyncio.gather(*tasks, stopping, return_exceptions=True)
    for task in done - {stopping}:
        task.result()


async def _live(city: City, clock: CityClock, publisher: Publisher, residents: Residents) -> None:
    """Publish the past as a gateway's stored frames, then step along with the present."""
    await _history(city, clock.now_s(), publisher)
    while True:
        await clock.until(city.now_s + city.flow.step_s)
        for sample in city.step():
            publisher.send(readings.topic(city, sample), readings.payload(city, sample))
        residents.watch(city)
        await asyncio.sleep(0)
        while publisher.backlog > BACKLOG:
            await asyncio.sleep(0.02)


async def _history(city: City, until_s: float, publisher: Publisher) -> None:
    held: list[Sample] = []
    while city.now_s + city.flow.step_s < until_s:
        held += city.step()
        if len(held) >= FRAME_ROWS:
            publisher.send(readings.GATEWAY_TOPIC, readings.frame(city, held))
            held = []
        await asyncio.sleep(0)
    if held:
        publisher.send(readings.GATEWAY_TOPIC, readings.frame(city, held))


async def _sync(product: Product, clock: CityClock) -> None:
    meta = await product.meta()
    clock.set(to_ms(parse_instant(meta["now"])) / 1000, float(meta["clock_speed"]))


async def _keep_time(product: Product, clock: CityClock) -> None:
    while True:
        await asyncio.sleep(SYNC_WALL_S)
        await _sync(product, clock)


async def _keep(city: City, folder: Path) -> None:
    while True:
        await asyncio.sleep(SAVE_WALL_S)
        with contextlib.suppress(OSError):  # A full disk must not stop the city.
            city.save(folder)
