"""A truck whose crew is a person at the product's screen: the twin only moves and pumps."""

from __future__ import annotations

import asyncio
from typing import Any

from qingshu.twin.crew import Crew

LOOK_WALL_S = 1.0
LOST = frozenset({"handed_over", "cancelled"})
DONE = frozenset({"finished", "checked"})


class Ride(Crew):
    """Follows what the person says was done; drives, lowers the tank, weighs at the plant."""

    async def work(self, job_id: int) -> None:
        """Follow one job until its load is at a plant or the job is given up."""
        self._vehicle.busy = True
        pumped = False
        try:
            while True:
                job = await self._user.get(f"/jobs/{job_id}")
                if job["state"] in LOST:
                    return
                if job["state"] == "en_route":
                    self._go(job)
                if not pumped and job.get("volume_m3"):
                    pumped = True
                    self._pumped(job)
                if job["state"] in DONE:
                    await self._unload(job_id)
                    return
                await asyncio.sleep(LOOK_WALL_S)
        finally:
            self._vehicle.busy = False

    def _go(self, job: dict[str, Any]) -> None:
        spot = self._beside(job)
        under_way = self._vehicle.moving and self._vehicle.points[-1] == spot
        if not under_way and self._away(spot) > 5.0:
            self._drive(*spot, haste=1.15)

    def _pumped(self, job: dict[str, Any]) -> None:
        volume = float(job["volume_m3"])
        tank = self._tank_of.get(str(job["tank"]["code"]))
        if tank is not None:
            self._city.pump(tank, volume)
        self._vehicle.load_m3 = min(self._vehicle.truck.capacity_m3, volume)

    async def _unload(self, job_id: int) -> None:
        if self._vehicle.load_m3 == 0.0:
            return
        await self._haul()
        job = await self._user.get(f"/jobs/{job_id}")
        if not job["receipts"]:  # A person at the weighbridge may have been quicker.
            await self._weigh(job_id)
        self._vehicle.load_m3 = 0.0
