"""The portal as `make run` starts it, on data of its own, and a browser in front of it.

Screenshots go to var/screenshots, for people to look at.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "var" / "screenshots"
PASSWORD = "Thu-nghiem-2024"
DESKTOP = {"width": 1366, "height": 900}
PHONE = {"width": 390, "height": 844}
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Portal:
    url: str
    var: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """Web, worker and timer of `make run`, stopped by the Ctrl-C that ends it."""
    var = tmp_path_factory.mktemp("portal")
    port = free_port()
    log = (var / "run.log").open("w+", encoding="utf-8")
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    } | {"DJANGO_ENV": "development", "VAR_DIR": str(var), "PORT": str(port), "DEMO_PASSWORD": PASSWORD}
    process = subprocess.Popen(
        [str(ROOT / "scripts" / "run")],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until_it_answers(f"http://127.0.0.1:{port}/livez", process, Path(log.name))
        yield Portal(url=f"http://127.0.0.1:{port}", var=var)
    finally:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=10)
        log.close()


def wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.3)
    raise AssertionError(f"The portal did not start:\n{log.read_text(encoding='utf-8')[-4000:]}")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    executable = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    started = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
    yield started
    started.close()


class Person:
    """Somebody at a screen: one browser context, signed in by the login page."""

    def __init__(self, browser: Browser, portal: Portal, username: str, *, phone: bool = False, scripts: bool = True):
        self.portal = portal
        self.username = username
        self.context = browser.new_context(
            viewport=PHONE if phone else DESKTOP,
            locale="vi-VN",
            accept_downloads=True,
            java_script_enabled=scripts,
        )
        self.page: Page = self.context.new_page()
        # A policy violation or a script error on any page fails the test that opened it.
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda message: (
                self.complaints.append(f"{self.page.url}: {message.text}")
                if message.type == "error" and "Content Security Policy" in message.text
                else None
            ),
        )

    def open(self, path: str) -> Page:
        self.page.goto(self.portal.url + path)
        return self.page

    def sign_in(self) -> Person:
        self.open("/accounts/login/")
        self.page.fill("input[name=login]", self.username)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(self.portal.url + "/")
        return self

    def shoot(self, name: str) -> None:
        """A screenshot at both widths, named after the person and what is seen: for people to look at, so none is taken
        where nobody does (`CI`). That nothing runs off the page is checked anywhere."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        now = self.page.viewport_size
        for size in (DESKTOP, PHONE):
            self.page.set_viewport_size(size)
            if "CI" not in os.environ:
                self.page.screenshot(path=SCREENSHOTS / f"{self.username}-{name}-{size['width']}.png", full_page=True)
            overflow = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert overflow <= 0, f"{name} is {overflow} px too wide at {size['width']} px"
        if now:
            self.page.set_viewport_size(now)


@pytest.fixture
def person(browser: Browser, portal: Portal) -> Iterator:
    """Make people: `person("officer")`. Each page they open must be free of script errors and policy violations."""
    made: list[Person] = []

    def make(username: str, **options: bool) -> Person:
        somebody = Person(browser, portal, username, **options)
        made.append(somebody)
        return somebody.sign_in()

    yield make
    for somebody in made:
        somebody.context.close()
        assert somebody.complaints == []
