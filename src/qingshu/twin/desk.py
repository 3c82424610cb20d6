"""The streets between product and people: who gets called, which crew sees its next job."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass

import numpy as np

from qingshu.kernel.instants import from_ms, iso, local
from qingshu.twin.city import City
from qingshu.twin.clock import CityClock
from qingshu.twin.crew import OVER, Crew
from qingshu.twin.product import Product, Refused, User
from qingshu.twin.residents import Call, Residents
from qingshu.twin.ride import Ride
from qingshu.twin.vehicle import Vehicle

log = logging.getLogger("qingshu.twin")

POLL_WALL_S = 0.8
CALLS_WALL_S = 2.0
RAIN_EVERY_S = 3600.0
ROAM_M = 1500.0


@dataclass(frozen=True, slots=True)
class Users:
    """Accounts the twin signs in with; all of them are accounts of the product."""

    desk: str
    plant: str
    gauge: str
    password: str
    crews: dict[str, str]  # Truck code to user name.


async def take_calls(
    city: City, clock: CityClock, residents: Residents, product: Product, desk: User
) -> None:
    """Send what residents say: the public form for web, the desk's own form for calls."""
    while True:
        call = residents.due(city, clock.now_s())
        if call is None:
            await asyncio.sleep(0.3)
            continue
        with contextlib.suppress(Refused):  # The product counts and keeps what it refuses.
            await _send(call, product, desk)
        await asyncio.sleep(CALLS_WALL_S)


async def _send(call: Call, product: Product, desk: User) -> None:
    body = {
        "channel": call.channel,
        "text": call.text,
        "place": call.place,
        "reporter_name": call.name,
        "reporter_phone": call.phone,
    }
    if call.channel == "web":
        fields = {"text": call.text, "place": call.place, "name": call.name, "phone": call.phone}
        if await product.post_form("/r", fields) < 400:
            return
    if call.number:
        body["channel_number"] = call.number
    await desk.post("/reports", body)


async def run_crews(
    city: City, clock: CityClock, product: Product, users: Users, simulated: int
) -> None:
    """Start a crew's work when a job of its truck is open; other trucks follow people."""
    desk = product.as_user(users.desk, users.password)
    plant = product.as_user(users.plant, users.password)
    by_code = {v.truck.code: (n, v) for n, v in enumerate(city.vehicles)}
    at_work: dict[str, asyncio.Task[None]] = {}
    while True:
        await asyncio.sleep(POLL_WALL_S)
        try:
            jobs = (await desk.get("/jobs", open="true"))["items"]
        except Refused:
            continue
        for job in jobs:
            code = str(job["truck_code"])
            busy = code in at_work and not at_work[code].done()
            if code not in by_code or busy or job["state"] in OVER:
                continue
            number, vehicle = by_code[code]
            # A person's phone says what is done there; the desk's eyes are enough to follow.
            kind, name = (Crew, users.crews[code]) if number < simulated else (Ride, users.desk)
            user = product.as_user(name, users.password)
            crew = kind(city, clock, vehicle, user, plant, seed=int(job["id"]))
            at_work[code] = asyncio.create_task(crew.work(int(job["id"])))
        for code, task in list(at_work.items()):
            if task.done():
                at_work.pop(code)
                if not task.cancelled() and (error := task.exception()) is not None:
                    log.warning("crew_stopped truck=%s error=%r", code, error)
                    by_code[code][1].halt()


async def drive_trucks(city: City, clock: CityClock) -> None:
    """Move all trucks; those without a job look around their grid or rest in the yard."""
    while True:
        now_s = clock.now_s()
        for vehicle in city.vehicles:
            vehicle.advance(now_s)
            if not vehicle.busy and not vehicle.moving and now_s >= vehicle.idle_until_s:
                _roam(city, vehicle, now_s)
        await asyncio.sleep(0.25)


def _roam(city: City, vehicle: Vehicle, now_s: float) -> None:
    """Stand for a while, then go somewhere else: a grid by day, the yard off shift."""
    rng = city.rng
    first = vehicle.idle_until_s == 0.0
    vehicle.idle_until_s = now_s + float(rng.uniform(5.0 if first else 15.0, 60.0)) * 60.0
    hour = f"{local(from_ms(round(now_s * 1000))):%H:%M}"
    if vehicle.truck.shift_start <= hour < vehicle.truck.shift_end:
        mine = [i for i, o in enumerate(city.world.offices) if o.grid == vehicle.truck.grid]
        near = np.flatnonzero(np.isin(city.world.tanks.office, mine))
        if not len(near):
            return
        tank = int(rng.choice(near))
        spot = (float(city.world.tanks.x[tank]), float(city.world.tanks.y[tank]))
    else:
        yard = city.world.yards[vehicle.truck.yard]
        spot = (yard[0] + float(rng.normal(0, 25)), yard[1] + float(rng.normal(0, 25)))
        if np.hypot(vehicle.x - yard[0], vehicle.y - yard[1]) < 200.0:
            return
    vehicle.start(city.router.way((vehicle.x, vehicle.y), spot), now_s)


async def report_rain(city: City, clock: CityClock, gauge: User) -> None:
    """Once an hour of the city, the rain gauge says what fell."""
    due_s = clock.now_s()
    while True:
        due_s += RAIN_EVERY_S
        await clock.until(due_s)
        body = {
            "time": iso(from_ms(round(due_s) * 1000)),
            "mm": round(city.weather.rain_mm_h, 1),
            "hours": 1.0,
        }
        try:
            await gauge.post("/rain", body)
        except Refused:
            continue
