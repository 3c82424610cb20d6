"""A crew at work: it does what the product's job says is next, and takes its time over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from qingshu.kernel.instants import from_ms, iso, local
from qingshu.twin.city import City
from qingshu.twin.clock import CityClock
from qingshu.twin.ground import to_degrees, to_metres
from qingshu.twin.product import Refused, User
from qingshu.twin.snapshot import picture
from qingshu.twin.vehicle import Vehicle

OVER = frozenset({"finished", "checked", "blocked", "handed_over", "cancelled"})
PUMP_M3_MIN = 1.2  # A suction truck under load; adverts promise more.
PREPARE_S = 240.0
VENTILATE_MIN = 15
UNLOAD_S = 12 * 60.0
BAD_AIR_SHARE = 0.2  # How often the first gas test fails.
STAND_OFF_M = 9.0
# When a photograph of each kind makes sense; a crew does not photograph the end first.
PHOTO_STATES = {
    "before": {"arrived", "gas_cleared"},
    "bottom": {"pumping", "pumped"},
    "after": {"pumped", "disposed"},
}
PHOTO_TRIES = 3
LONGEST_JOB_STEPS = 200


class Crew:
    """One truck's crew. ``plant`` is the keeper who weighs what is brought in."""

    def __init__(
        self, city: City, clock: CityClock, vehicle: Vehicle, user: User, plant: User, seed: int
    ) -> None:
        self._city, self._clock, self._vehicle = city, clock, vehicle
        self._user, self._plant = user, plant
        self._rng = np.random.default_rng([seed, 300])
        self._tank_of = {code: i for i, code in enumerate(city.world.tanks.codes)}

    async def work(self, job_id: int) -> None:
        """Carry one job through until it is over."""
        self._vehicle.busy = True
        try:
            for _ in range(LONGEST_JOB_STEPS):
                job = await self._user.get(f"/jobs/{job_id}")
                if job["state"] in OVER:
                    return
                try:
                    await self._next(job)
                except Refused:
                    # The product wants something else first; look again, not at once.
                    await self._clock.pause(60.0)
        finally:
            self._vehicle.busy = False

    async def _next(self, job: dict[str, Any]) -> None:
        steps: dict[str, Callable[[dict[str, Any]], Any]] = {
            "planned": self._accept,
            "offered": self._accept,
            "accepted": self._depart,
            "en_route": self._arrive,
            "arrived": self._make_safe,
            "gas_cleared": self._start,
            "pumping": self._pump,
            "pumped": self._leave,
            "disposed": self._finish,
        }
        await steps[job["state"]](job)

    async def _do(self, job: dict[str, Any], command: str, **body: Any) -> dict[str, Any]:
        return await self._user.post(f"/jobs/{job['id']}/{command}", body)

    async def _accept(self, job: dict[str, Any]) -> None:
        await self._clock.pause(float(self._rng.uniform(5.0, 20.0)))
        await self._do(job, "accept")

    async def _depart(self, job: dict[str, Any]) -> None:
        await self._clock.pause(float(self._rng.uniform(30.0, 90.0)))
        await self._do(job, "depart")
        self._drive(*self._beside(job), haste=1.15)

    async def _arrive(self, job: dict[str, Any]) -> None:
        spot = self._beside(job)
        if not self._vehicle.moving and self._away(spot) > 5.0:
            self._drive(*spot, haste=1.15)
        while self._vehicle.moving:
            await self._clock.pause(20.0)
        await self._clock.pause(40.0)
        now = await self._user.get(f"/jobs/{job['id']}")
        if now["state"] == "en_route":
            await self._do(job, "arrive")

    async def _make_safe(self, job: dict[str, Any]) -> None:
        await self._clock.pause(PREPARE_S / 2)
        await self._steps(job)
        first = not job["gas"]["tests"]
        foul = first and self._rng.random() < BAD_AIR_SHARE
        if not first:
            await self._clock.pause(VENTILATE_MIN * 60.0)
        await self._do(
            job,
            "gas",
            readings=self._air(foul=foul),
            instrument="四合一 QT-4",
            tested_by=job.get("crew_name") or "班长",
            ventilation_min=VENTILATE_MIN if not first else 10,
            attendant="监护人 " + (job.get("crew_name") or "班组"),
            rescue_kit=True,
            where="井口下 1 m",
        )

    def _air(self, *, foul: bool) -> dict[str, float]:
        h2s = self._rng.uniform(14.0, 28.0) if foul else self._rng.gamma(1.5, 1.2)
        return {
            "ch4_lel": round(float(min(8.0, self._rng.gamma(1.5, 1.0))), 1),
            "h2s_mgm3": round(float(h2s if foul else min(8.0, h2s)), 1),
            "o2_pct": round(float(self._rng.normal(20.7, 0.1)), 1),
            "co_mgm3": round(float(min(12.0, self._rng.gamma(1.5, 1.0))), 1),
        }

    async def _start(self, job: dict[str, Any]) -> None:
        await self._steps(job)
        await self._clock.pause(PREPARE_S / 2)
        await self._do(job, "start-pumping")

    async def _pump(self, job: dict[str, Any]) -> None:
        truck = self._vehicle.truck
        room = max(0.5, truck.capacity_m3 - self._vehicle.load_m3)
        tank = self._tank_of.get(str(job["tank"]["code"]))
        area = 5.0 if tank is None else float(self._city.world.tanks.area_m2[tank])
        await self._clock.pause(60.0 * min(room, 2.0 * area) / PUMP_M3_MIN)
        await self._steps(job)
        taken = room if tank is None else self._city.pump(tank, room)
        taken = max(0.1, round(taken, 2))
        self._vehicle.load_m3 = min(truck.capacity_m3, self._vehicle.load_m3 + taken)
        await self._do(job, "finish-pumping", volume_m3=taken)

    async def _leave(self, job: dict[str, Any]) -> None:
        await self._steps(job)
        await self._haul()
        await self._weigh(int(job["id"]))
        self._vehicle.load_m3 = 0.0
        now = await self._user.get(f"/jobs/{job['id']}")
        if now["state"] not in OVER:
            await self._finish(now)

    async def _weigh(self, job_id: int) -> None:
        """The plant's weighbridge takes the load, a little off as scales are."""
        error = float(self._rng.normal(1.0, 0.02))
        await self._plant.post(
            "/receipts",
            {
                "plant_code": self._nearest_plant()[0],
                "truck_code": self._vehicle.truck.code,
                "job_id": job_id,
                "volume_m3": round(max(0.1, self._vehicle.load_m3) * error, 2),
                "accepted": True,
            },
        )

    async def _finish(self, job: dict[str, Any]) -> None:
        await self._steps(job)
        await self._do(job, "finish", note="已清疏，排水正常，现场已冲洗。")

    async def _steps(self, job: dict[str, Any]) -> None:
        """Take the photographs and tick the steps that can be ticked now, in their order."""
        for step in job["sop"]["steps"]:
            kind = step.get("photo_kind") or ""
            if step.get("done_at") or (kind and job["state"] not in PHOTO_STATES[kind]):
                continue
            await self._clock.pause(float(self._rng.uniform(15.0, 45.0)))
            for _ in range(PHOTO_TRIES if kind else 1):
                try:
                    if kind:
                        await self._photo(job, kind)
                    await self._do(job, f"steps/{step['id']}")
                    break
                except Refused:
                    continue

    async def _photo(self, job: dict[str, Any], kind: str) -> None:
        now = from_ms(round(self._clock.now_s() * 1000))
        tint = int(job["id"]) * 7 + int(self._rng.integers(5))
        body = picture(f"{local(now):%Y-%m-%d %H:%M}", tint=tint % 97)
        lat, lon = to_degrees(self._vehicle.x, self._vehicle.y)
        await self._user.post(
            f"/jobs/{job['id']}/photos",
            files={"file": (f"{kind}.png", body, "image/png")},
            data={
                "kind": kind,
                "taken_at": iso(now),
                "lat": f"{lat:.6f}",
                "lon": f"{lon:.6f}",
            },
        )

    async def _haul(self) -> None:
        """Drive to the plant and unload there."""
        _, x, y = self._nearest_plant()
        arrives = self._drive(x, y)
        await self._clock.until(arrives + UNLOAD_S)

    def _nearest_plant(self) -> tuple[str, float, float]:
        hour = f"{local(from_ms(round(self._clock.now_s() * 1000))):%H:%M}"
        here = self._vehicle
        open_now = [p for p in self._city.world.plants if p.open_from <= hour < p.open_to]
        best = min(open_now, key=lambda p: float(np.hypot(p.x - here.x, p.y - here.y)))
        return best.code, best.x, best.y

    def _beside(self, job: dict[str, Any]) -> tuple[float, float]:
        x, y = to_metres(float(job["tank"]["lat"]), float(job["tank"]["lon"]))
        return x + STAND_OFF_M, y

    def _away(self, spot: tuple[float, float]) -> float:
        return float(np.hypot(self._vehicle.x - spot[0], self._vehicle.y - spot[1]))

    def _drive(self, x: float, y: float, haste: float = 1.0) -> float:
        legs = self._city.router.way((self._vehicle.x, self._vehicle.y), (x, y))
        return self._vehicle.start(legs, self._clock.now_s(), haste)
