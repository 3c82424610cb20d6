"""The patroller's phone, the plant keeper's tablet and the wall, on the simulated city."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bench.rig.served import Served, free_ports, running

from qingshu.twin.snapshot import picture
from qingshu.web.frontend import STATIC
from tests.conftest import need
from tests.e2e.browser import PASSWORD, PHONE, Screen, browser, chromium

WALL, TABLET = (1920, 1080), (1180, 820)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A small demo city whose crews are left to people."""
    need(chromium() is not None, "Chromium")
    need((STATIC / "index.html").is_file(), "the built front end (make ui)")
    folder, ports = tmp_path_factory.mktemp("field") / "city", free_ports()
    command = [
        "demo", str(folder), "--no-browser", "--crews", "none", "--tanks", "300",
        "--port", str(ports.web), "--jt808-port", str(ports.jt808),
        "--mqtt-port", str(ports.mqtt), "--nats-port", str(ports.nats),
    ]  # fmt: skip
    with running(command, folder, ports) as served:
        yield served


@pytest.mark.timeout(300)
def test_patrol_when_a_finding_is_made_without_signal_then_sent_once(
    city: Served, tmp_path: Path
) -> None:
    """Plan, start, find off line, come back: one finding with its photo, an incident of it."""
    with browser() as opened:
        phone = Screen(opened, city.base, PHONE, tmp_path)
        page = phone.page
        loaded: list[str] = []
        page.on("response", lambda answer: loaded.append(answer.url))
        phone.sign_in("patroller")
        page.wait_for_url("**/patrol")
        page.wait_for_selector(".stops [aria-pressed=true]")
        page.click(".pfoot .btn.main")
        page.get_by_role("button", name="开始巡查").click()
        page.wait_for_selector(".whats")
        page.context.set_offline(True)
        page.click("text=外溢")
        page.set_input_files(".extra input[type=file]", _picture(tmp_path))
        page.click(".s-severe")
        page.wait_for_selector(".offl >> text=没有信号")
        phone.shot("patrol-offline")
        page.reload()
        page.wait_for_selector("text=没有信号")
        assert page.locator(".had, .stops em").count() > 0
        page.context.set_offline(False)
        client = city.sign_in("dispatcher", PASSWORD)
        found = _until(lambda: client.get("/api/v1/findings").json()["items"], 40)
        assert [(one["what"], one["severity"]) for one in found] == [("overflow", "severe")]
        _until(lambda: client.get("/api/v1/findings").json()["items"][0]["photo_sha256"], 30)
        phone.shot("patrol-sent")
        assert not [url for url in loaded if "maplibre" in url]
        assert (phone.outside, phone.broken) == ([], [])


@pytest.mark.timeout(120)
def test_plant_when_a_load_is_refused_then_the_receipt_says_why(
    city: Served, tmp_path: Path
) -> None:
    """The keeper names truck, volume and reason; the totals count it as refused."""
    with browser() as opened:
        tablet = Screen(opened, city.base, TABLET, tmp_path)
        page = tablet.page
        tablet.sign_in("plant")
        page.wait_for_url("**/plant")
        page.click("text=别的车来了")
        page.select_option("dialog select", index=1)
        page.fill("dialog input[name=volume]", "3.4")
        page.click("dialog .choice >> text=拒收")
        assert page.locator("dialog .btn.main").is_disabled()
        page.click("text=有油")
        page.click("dialog .btn.main")
        page.wait_for_selector("table >> text=有油")
        tablet.shot("plant-refused")
        client = city.sign_in("dispatcher", PASSWORD)
        receipts = _until(lambda: client.get("/api/v1/receipts").json()["items"], 30)
        said = (receipts[0]["accepted"], receipts[0]["volume_m3"], receipts[0]["reason"])
        assert said == (False, 3.4, "有油")
        assert (tablet.outside, tablet.broken) == ([], [])


@pytest.mark.timeout(120)
def test_wall_when_opened_then_everything_stands_without_a_click(
    city: Served, tmp_path: Path
) -> None:
    """Counts, map, trucks and the next 24 hours fit the screen and nothing comes from outside."""
    with browser() as opened:
        wall = Screen(opened, city.base, WALL, tmp_path)
        wall.sign_in("dispatcher")
        wall.page.wait_for_selector(".desk")
        wall.page.goto(f"{city.base}/wall")
        wall.page.wait_for_selector(".canvas[data-ready=true]", timeout=60_000)
        assert wall.page.locator(".gr b").count() == 4
        assert "24 小时" in wall.page.inner_text(".hor")
        size = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        assert wall.page.evaluate(size) == list(WALL)
        wall.shot("wall")
        assert (wall.outside, wall.broken) == ([], [])


def _picture(folder: Path) -> Path:
    path = folder / "finding.png"
    path.write_bytes(picture("外溢 overflow", 40))
    return path


def _until(read: Callable[[], Any], seconds: float) -> Any:
    """What ``read`` answers once it is something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = read()
        if found:
            return found
        time.sleep(0.5)
    pytest.fail(f"expected an answer within {seconds:.0f} s")
