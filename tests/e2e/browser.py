"""A dispatcher at the desk and a crew with a phone, in a real browser."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as TooSlow

from qingshu.twin.snapshot import picture

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--use-gl=angle", "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist",
    "--disable-background-networking", "--disable-component-update", "--no-first-run",
]  # fmt: skip
PASSWORD = "qingshu-demo"
DESK, PHONE = (1600, 900), (390, 844)
LATIN = {"槐": "huai", "市": "shi"}


def chromium() -> str | None:
    """Path of Debian's Chromium."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            yield opened
        finally:
            opened.close()


class Screen:
    """One person's page; notes what it asked from outside and what broke in it."""

    def __init__(self, opened: Browser, base: str, size: tuple[int, int], folder: Path) -> None:
        context = opened.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            permissions=["geolocation"],
            geolocation={"latitude": 36.65, "longitude": 116.97},
        )
        self.page: Page = context.new_page()
        self.page.set_default_timeout(30_000)
        self.outside: list[str] = []
        self.broken: list[str] = []
        self._base = base
        self._folder = Path(os.environ.get("QINGSHU_SCREENSHOTS") or folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        self.page.on("pageerror", lambda error: self.broken.append(str(error)))
        self.page.on("request", self._note)

    def _note(self, request: object) -> None:
        url: str = request.url  # type: ignore[attr-defined]
        if not url.startswith((self._base, "blob:", "data:")):
            self.outside.append(url)

    def sign_in(self, username: str, password: str = PASSWORD) -> None:
        """Fill in the sign-in screen."""
        self.page.goto(self._base)
        self.page.fill("#u", username)
        self.page.fill("#p", password)
        self.page.click("button[type=submit]")

    def shot(self, name: str) -> None:
        """Keep a picture of what the person sees."""
        self.page.screenshot(path=self._folder / f"{name}.png")


class Phone(Screen):
    """A crew that does what its phone asks, one main button after the other."""

    def walk_job(self, *, first_h2s: str, seconds: float = 300.0) -> list[str]:
        """Do the job to its end; the first gas test reads ``first_h2s``. Buttons pressed."""
        page, pressed, h2s = self.page, [], first_h2s
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            page.wait_for_timeout(250)
            main = page.locator(".pfoot .btn.main")
            if page.locator(".empty").count() or not main.count():
                return pressed
            word = main.inner_text()
            if "拍" in word:
                self._photograph(f"{len(pressed)} {word}")
            elif page.locator("input[name=o2_pct]").count():
                self._test_gas(h2s)
                self.shot(f"crew-gas-h2s-{h2s}")
                h2s = "3"
            elif word == "到了" and pressed[-1:] != ["到了"] and not self._waited():
                continue
            elif page.locator("input[name=volume]").count() and not main.is_enabled():
                page.fill("input[name=volume]", "4.8")
                continue
            elif main.is_enabled():
                self.shot(f"crew-{len(pressed):02}-{word}")
                # The button may turn into the next one under the finger: look again.
                with suppress(TooSlow):
                    main.click(timeout=1500)
            pressed.append(word)
        self.shot("crew-stuck")
        return pressed

    def _waited(self) -> bool:
        """Let the position tell the arrival; say it by hand only when it does not."""
        with_word = self.page.locator(".pfoot .btn.main", has_text="到了")
        try:
            with_word.wait_for(state="detached", timeout=30_000)
        except TooSlow:
            return True
        return False

    def _photograph(self, stamp: str) -> None:
        files = self.page.locator(".add input")
        name = f"{abs(hash(stamp)) % 10**6}.png"
        tint = time.monotonic_ns() % 200
        body = picture(f"{stamp} {time.monotonic_ns()}", tint)
        files.first.set_input_files({"name": name, "mimeType": "image/png", "buffer": body})
        self.page.wait_for_timeout(700)

    def _test_gas(self, h2s: str) -> None:
        readings = {
            "o2_pct": "20.4", "h2s_mgm3": h2s, "ch4_lel": "6", "co_mgm3": "4",
            "meter": "GX-0318", "who": "刘海燕", "attendant": "张伟", "vent": "15",
        }  # fmt: skip
        for name, value in readings.items():
            self.page.fill(f"input[name={name}]", value)
        self.page.check("input[name=rescue]")
        self.page.click("text=记下读数")
        self.page.wait_for_timeout(1200)
