"""The whole loop as people see it: desk and phone in a browser, on the simulated city."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench.rig.served import Served, free_ports, running

from qingshu.web.frontend import STATIC
from tests.conftest import need
from tests.e2e.browser import DESK, LATIN, PASSWORD, PHONE, Phone, Screen, browser, chromium

SPEED = "60"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo city of `make run`, a little smaller, its crews left to people."""
    need(chromium() is not None, "Chromium")
    need((STATIC / "index.html").is_file(), "the built front end (make ui)")
    folder, ports = tmp_path_factory.mktemp("browser") / "city", free_ports()
    command = [
        "demo", str(folder), "--no-browser", "--crews", "none", "--speed", SPEED,
        "--tanks", "600", "--port", str(ports.web), "--jt808-port", str(ports.jt808),
        "--mqtt-port", str(ports.mqtt), "--nats-port", str(ports.nats),
    ]  # fmt: skip
    with running(command, folder, ports) as served:
        yield served


def _wait_for(condition: object, seconds: float, what: str) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():  # type: ignore[operator]
            return
        time.sleep(0.5)
    pytest.fail(f"expected within {seconds:.0f} s: {what}")


@pytest.mark.timeout(700)
def test_loop_when_walked_by_people_then_closed_on_proof(city: Served, tmp_path: Path) -> None:
    """Alarm, call, dispatch, gas gate, pumping, proof, receipt, callback, closed."""
    with browser() as opened:
        desk = Screen(opened, city.base, DESK, tmp_path)
        desk.sign_in("dispatcher", "wrong-password")
        desk.page.wait_for_selector("[role=alert]")
        desk.shot("1-sign-in-refused")
        desk.sign_in("dispatcher")
        page = desk.page
        page.wait_for_selector(".canvas[data-ready=true]", timeout=60_000)
        assert page.get_by_text("仿真").count() > 0
        alarm = page.locator(".al", has_text="待确认").first
        alarm.wait_for(timeout=90_000)
        alarm.click()
        page.wait_for_selector(".trk .best", timeout=60_000)
        number = _incident_number(page)
        desk.shot("2-alarm-and-trucks")

        client = city.sign_in("dispatcher", PASSWORD)
        incident = _find(client, number)
        page.keyboard.press("a")
        _wait_for(lambda: _is_acknowledged(client, incident), 15, "the alarm is acknowledged")
        place = page.inner_text(".inc h1")
        page.keyboard.press("n")
        page.fill("textarea", f"{place}的化粪池冒水了，味道很大，快来看看")
        page.fill("input[inputmode=tel]", "13805310000")
        desk.shot("3-call-taken")
        page.click("button[type=submit]")
        _wait_for(lambda: "138****0000" in page.inner_text(".inc"), 20, "the call joins")

        truck = page.inner_text(".trk .best b")
        page.keyboard.press("d")
        page.wait_for_selector(".jobline", timeout=30_000)
        desk.shot("4-sent")

        phone = Phone(opened, city.base, PHONE, tmp_path)
        phone.sign_in(LATIN[truck[0]] + re.sub(r"\D", "", truck))
        phone.page.wait_for_selector(".job h2")
        phone.shot("crew-00-next-job")
        pressed = phone.walk_job(first_h2s="18")
        assert "完成" in pressed, pressed
        phone.shot("crew-99-done")
        desk.shot("5-job-done")

        _wait_for(lambda: _has_proof(client, incident, "receipt"), 90, "the plant's receipt")
        _wait_for(lambda: _has_proof(client, incident, "level"), 60, "the level fell")
        page.keyboard.press("c")
        page.click("text=解决了")
        page.click('.choice button:text-is("5")')
        desk.shot("6-callback")
        page.click("text=记下")
        close = page.get_by_role("button", name="办结", exact=True)
        _wait_for(lambda: close.count() > 0 and close.first.is_enabled(), 30, "can be closed")
        page.evaluate("document.querySelector('.inc .body')?.scrollTo(0, 99999)")
        desk.shot("7-proof-complete")
        close.first.click()
        _wait_for(
            lambda: client.get(f"/api/v1/incidents/{incident}").json()["status"] == "closed",
            30, "the incident is closed",
        )  # fmt: skip
        page.wait_for_timeout(1500)
        desk.shot("8-closed")
        assert desk.outside + phone.outside == []
        assert desk.broken + phone.broken == []


def _incident_number(page: object) -> str:
    found = re.search(r"S\d{8}-\d+", page.inner_text(".inc"))  # type: ignore[attr-defined]
    assert found is not None
    return found[0]


def _find(client: object, number: str) -> int:
    rows = client.get("/api/v1/incidents").json()["items"]  # type: ignore[attr-defined]
    return next(int(row["id"]) for row in rows if row["number"] == number)


def _has_proof(client: object, incident: int, name: str) -> bool:
    items = client.get(f"/api/v1/incidents/{incident}/proof").json()["items"]  # type: ignore[attr-defined]
    return any(item["name"] == name and item["ok"] for item in items)


def _is_acknowledged(client: object, incident: int) -> bool:
    row = client.get(f"/api/v1/incidents/{incident}").json()  # type: ignore[attr-defined]
    log = client.get(f"/api/v1/alarms/{row['alarm_ids'][0]}").json()  # type: ignore[attr-defined]
    return log["acknowledged_by"] == "account:dispatcher"
