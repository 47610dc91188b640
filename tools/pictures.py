"""Take the pictures of the page that the docs show, from the demo, into docs/pictures. Needs Chromium and Playwright.

    python tools/pictures.py

The demo is paused when both tankers are in distress, so that the pictures are of the same minute whenever they are taken.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from playwright.sync_api import Browser, Page, sync_playwright

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
DESKTOP, PHONE = (1280, 800), (390, 844)
PATIENCE_S = 90
QUALITY = 82
SEEN_S = 1560394800
"""03:00 UTC of that day: both have called, and helpers are known."""
ANCHORAGE = [[25.22, 56.42], [25.22, 56.62], [25.05, 56.62], [25.05, 56.42]]


@contextlib.contextmanager
def demo() -> Iterator[str]:
    """The demo on a free port, paused at that minute; its address."""
    command = [sys.executable, "-m", "tankerwatch", "demo", "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ)
    try:
        assert process.stdout is not None
        address = next(found.group() for line in process.stdout if (found := re.search(r"http://127\.0\.0\.1:\d+/", line)))
        told(address, "api/replay", {"seek_s": SEEN_S})
        told(address, "api/replay", {"paused": True})
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def told(address: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Ask the desk, or tell it something; a desk that is not there yet is asked again."""
    data = None if body is None else json.dumps(body).encode()
    request = Request(address + path, data=data, headers={"Content-Type": "application/json"})
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            with urlopen(request, timeout=PATIENCE_S) as answer:
                return json.load(answer)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)


def opened(browser: Browser, address: str, palette: str, size: tuple[int, int], where: str) -> Page:
    """The page in a palette, at rest."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    context.add_init_script(f"localStorage.setItem('tankerwatch.palette', '{palette}')")
    page = context.new_page()
    page.goto(address + where)
    page.locator("[data-alert-id]").first.wait_for(state="attached")
    page.wait_for_timeout(1500)
    return page


def take(page: Page, name: str) -> None:
    """Write what is on the screen."""
    page.mouse.move(2, 2)
    page.wait_for_timeout(800)
    session = page.context.new_cdp_session(page)
    shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    data = base64.b64decode(shot["data"])
    (PICTURES / f"{name}.webp").write_bytes(data)
    print(f"{name}.webp: {len(data) / 1000:.0f} kB")
    page.context.close()


def main() -> None:
    """Take them all."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        incident = max(told(address, "api/incidents")["incidents"], key=lambda each: len(each["alerts"]))
        ship = incident["ships"][0]
        where = told(address, f"api/ships/{ship}")
        wide = f"#map=9/{incident['lat_deg'] or where['lat_deg']:.2f}/{incident['lon_deg'] or where['lon_deg']:.2f}"
        near = f"#map=11/{where['lat_deg']:.3f}/{where['lon_deg']:.3f}"
        take(opened(browser, address, "dusk", DESKTOP, f"{wide}&incident={incident['id']}"), "incident")
        take(opened(browser, address, "day", DESKTOP, f"{wide}&alert={incident['alerts'][0]}"), "alert-by-day")
        page = opened(browser, address, "dusk", DESKTOP, f"{near}&ship={ship}")
        page.locator("#panel .timeline canvas").wait_for()
        take(page, "ship")
        page = opened(browser, address, "dusk", DESKTOP, f"{wide}&page=ship/{ship}")
        page.locator("#panel.wide .timeline canvas").wait_for()
        take(page, "ship-page")
        page = opened(browser, address, "day", DESKTOP, f"{wide}&page=incident/{incident['id']}")
        page.locator("#panel.sheet .extract.screen").first.wait_for()
        take(page, "incident-page")
        take(opened(browser, address, "dusk", DESKTOP, f"{wide}&page=handover"), "handover")
        told(address, "api/zones", {"name": "Anchorage, north part", "corners": ANCHORAGE, "rule": ["enter"], "by": "ANNA"})
        page = opened(browser, address, "dusk", DESKTOP, f"#map=10/{ANCHORAGE[0][0]}/{ANCHORAGE[0][1]}")
        page.keyboard.press("y")
        page.locator("#tools .zone").first.scroll_into_view_if_needed()
        take(page, "zones")
        take(opened(browser, address, "night", DESKTOP, wide), "night")
        page = opened(browser, address, "dusk", DESKTOP, wide)
        page.keyboard.press("?")
        take(page, "help")
        page = opened(browser, address, "night", PHONE, wide)
        page.click(".drawer-handle")
        take(page, "phone")
        browser.close()


if __name__ == "__main__":
    main()
