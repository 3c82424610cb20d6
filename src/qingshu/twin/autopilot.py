"""Plays the dispatcher: acknowledges, sends the first-ranked truck, calls back, closes."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from qingshu.twin.clock import CityClock
from qingshu.twin.product import Refused, User

ROUND_WALL_S = 2.0
PATIENCE_S = 120.0  # A dispatcher looks before acting, seconds of the city.
CALLBACK_EVERY_S = 900.0
LEVEL_WITHIN_S = 3 * 3600.0  # A tank with a sensor has shown its fall by then.
LOWEST_GRADE = 3  # Blue waits for the yearly schedule.
PAPERWORK = {
    "coordinate": ("start", "agree_duty", "answer"),
    "regularise": ("start", "archive"),
}


async def run_autopilot(clock: CityClock, desk: User) -> None:
    """One round every few wall seconds until cancelled."""
    pilot = Autopilot(clock, desk)
    while True:
        await asyncio.sleep(ROUND_WALL_S)
        for part in (pilot.acknowledge, pilot.locate, pilot.incidents):
            with contextlib.suppress(Refused):
                await part()


class Autopilot:
    """Remembers when it last rang whom; everything else it asks the product."""

    def __init__(self, clock: CityClock, desk: User) -> None:
        self._clock = clock
        self._desk = desk
        self._seen: dict[int, float] = {}
        self._rang: dict[int, float] = {}

    async def acknowledge(self) -> None:
        """Acknowledge every alarm that waits for it."""
        alarms = (await self._desk.get("/alarms", state="standing"))["items"]
        for alarm in alarms:
            if alarm["process"].endswith("_unacknowledged"):
                await self._desk.post(f"/alarms/{alarm['id']}/acknowledge", {"note": "已知悉"})

    async def locate(self) -> None:
        """Put a report that names no tank to the best place the product proposes."""
        for report in (await self._desk.get("/reports", open="true"))["items"]:
            if report["tank_id"] is not None or report["incident_id"] is not None:
                continue
            words = report["text"][:60]
            found = (await self._desk.get("/places", q=words))["candidates"]
            tank = next((c["tank_id"] for c in found if c.get("tank_id")), None)
            if tank is not None:
                await self._desk.post(f"/reports/{report['id']}/locate", {"tank_id": tank})

    async def incidents(self) -> None:
        """Dispatch what is open and close what is proved."""
        now_s = self._clock.now_s()
        for incident in (await self._desk.get("/incidents", open="true"))["items"]:
            key = int(incident["id"])
            if now_s - self._seen.setdefault(key, now_s) < PATIENCE_S:
                continue
            with contextlib.suppress(Refused):
                if incident["handle"] == "open":
                    await self._dispatch(incident)
                elif incident["handle"] == "cleared":
                    await self._close(key, now_s)

    async def _dispatch(self, incident: dict[str, Any]) -> None:
        if incident["tank_id"] is None or not 1 <= incident["grade"] <= LOWEST_GRADE:
            return
        ranked = (await self._desk.get(f"/incidents/{incident['id']}/trucks"))["ranked"]
        if ranked:
            body = {"truck_id": ranked[0]["truck_id"]}
            await self._desk.post(f"/incidents/{incident['id']}/dispatch", body)

    async def _close(self, key: int, now_s: float) -> None:
        for track, commands in PAPERWORK.items():
            for command in commands:
                with contextlib.suppress(Refused):
                    await self._desk.post(
                        f"/incidents/{key}/tracks/{track}", {"command": command, "note": "已办"}
                    )
        proof = await self._desk.get(f"/incidents/{key}/proof")
        missing = {item["name"] for item in proof["items"] if not item["ok"]}
        if "callback" in missing and now_s - self._rang.get(key, 0.0) > CALLBACK_EVERY_S:
            self._rang[key] = now_s
            with contextlib.suppress(Refused):
                await self._desk.post(
                    f"/incidents/{key}/callbacks",
                    {"outcome": "reached", "solved": True, "satisfaction": 5, "note": "居民满意"},
                )
        if "level" in missing:
            if now_s - self._seen[key] > LEVEL_WITHIN_S:
                await self._desk.post(
                    f"/incidents/{key}/level-unmeasurable", {"reason": "池内未装液位计"}
                )
        elif proof["can_close"]:
            await self._desk.post(f"/incidents/{key}/close", {"reason": "已清疏，已回访"})
