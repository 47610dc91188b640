"""The page in a real browser, against a made-up desk that speaks docs/reference/wire.md."""

from __future__ import annotations

import json
import re
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

sys.path.insert(0, str(Path(__file__).parent))

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe_module = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
pytest.importorskip("pmtiles", reason="pmtiles is not installed")
uvicorn = pytest.importorskip("uvicorn", reason="uvicorn is not installed")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("no chromium on this machine", allow_module_level=True)

from fake_desk import DIST, HOSTILE_NAME, FakeDesk, make_app  # noqa: E402 only where there is a browser

if not (DIST / "index.html").is_file():
    pytest.skip("the page is not built", allow_module_level=True)

FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESKTOP, PHONE = (1280, 800), (390, 844)
FRAMES = json.loads((Path(__file__).parent / "frames.json").read_text())
PATIENCE_S = 60


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Desk(FakeDesk):
    """The made-up desk and the server that shows it."""

    def serve(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}/"
        config = uvicorn.Config(make_app(self), log_level="error", timeout_graceful_shutdown=1)
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, args=([self.socket],), daemon=True)
        self.thread.start()
        until(lambda: self.server.started, "the made-up desk did not start")

    def stop(self) -> None:
        self.drop_sockets = True
        self.server.should_exit = True
        self.thread.join(timeout=15)
        self.socket.close()


def until(true: Callable[[], object], otherwise: str, patience_s: float = PATIENCE_S) -> None:
    end = time.monotonic() + patience_s
    while not true():
        if time.monotonic() > end:
            raise AssertionError(otherwise)
        time.sleep(0.05)


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk(ships=400)
    desk.serve()
    yield desk
    desk.stop()


@pytest.fixture
def open_page(browser: sync_api.Browser, desk: Desk) -> Iterator[Callable[..., sync_api.Page]]:
    """Opens the page; afterwards no page may have complained or asked another host for anything."""
    contexts: list[sync_api.BrowserContext] = []
    complaints: list[str] = []
    strangers: list[str] = []

    def note(message: sync_api.ConsoleMessage) -> None:
        # A desk that goes away on purpose is reported by the browser itself.
        if message.type == "error" and not (desk.drop_sockets and "WebSocket" in message.text):
            complaints.append(message.text)

    def look(url: str) -> None:
        if urlsplit(url).hostname != "127.0.0.1":
            strangers.append(url)

    def open_it(size: tuple[int, int] = DESKTOP, palette: str | None = None, fragment: str = "", **options) -> sync_api.Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        contexts.append(context)
        if palette:
            context.add_init_script(f"localStorage.setItem('tankerwatch.palette', '{palette}')")
        page = context.new_page()
        page.set_default_timeout(PATIENCE_S * 1000)
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: look(request.url))
        page.on("websocket", lambda opened: look(opened.url))
        page.goto(desk.address + fragment)
        wait(page, "Boolean(window.tankerwatch && window.tankerwatch.ready)")
        page.locator("[data-alert-id]").first.wait_for(state="attached")
        page.locator("button.health", has_text="feeds").wait_for(state="attached")  # the last of what a new page is told
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert complaints == []
    assert strangers == []


def wait(page: sync_api.Page, expression: str) -> None:
    # Not wait_for_function: that needs eval in the page, which the page's own policy forbids.
    end = time.monotonic() + PATIENCE_S
    while not page.evaluate(expression):
        if time.monotonic() > end:
            raise AssertionError(f"never true: {expression}")
        page.wait_for_timeout(50)


def order(page: sync_api.Page) -> list[str]:
    return page.eval_on_selector_all("#list .group [data-alert-id]", "items => items.map(item => item.dataset.alertId)")


def violations(page: sync_api.Page) -> list[str]:
    # Things that fade or blink have no one colour to be measured: stand still first.
    page.emulate_media(reduced_motion="reduce")
    found = axe_module.Axe().run(page).response["violations"]
    return [f"{item['id']}: {[node['html'][:160] for node in item['nodes'][:3]]}" for item in found]


def narrow_enough(page: sync_api.Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth && document.body.scrollWidth <= innerWidth")


def test_ships_and_alerts_come_up(open_page, desk):
    page = open_page()
    assert page.evaluate("tankerwatch.ships()") == desk.count
    wait(page, "tankerwatch.firstShipsMs > 0 && tankerwatch.frames() > 2")
    assert page.title() == "(5) Tankerwatch"
    assert order(page) == ["a1", "a2", "a3", "a4", "a5"]
    first = page.locator("[data-alert-id='a1']")
    assert first.get_attribute("data-detector") == "distress"
    assert first.get_attribute("data-severity") == "distress"
    withdrawn = page.locator("[data-alert-id='a6']")
    assert withdrawn.get_attribute("data-state") == "withdrawn"
    assert "RECONSTRUCTION from public reports, with simulated fill-in: not recorded AIS" in page.inner_text("#banners")
    assert page.inner_text("#badge").strip().startswith("RECONSTRUCTION")
    assert re.search(r"\d\d:\d\d:\d\dZ", page.inner_text("#badge"))


def test_live_looks_like_live_and_a_replay_does_not(open_page, desk):
    page = open_page()
    replayed = page.evaluate("getComputedStyle(document.body).borderTopColor")
    until(lambda: desk.periods_told, "the page did not ask for the period")  # a live desk would refuse it, and the browser complain
    desk.mode = "live"
    desk.tell(desk.hello())
    page.locator(".badge.live").wait_for()
    assert page.inner_text(".badge").strip() == "LIVE"
    assert page.locator("#replay").is_hidden()
    assert page.locator(".ribbon").count() == 0
    assert page.evaluate("getComputedStyle(document.body).borderTopWidth") == "0px"
    desk.mode = "replay"
    desk.tell(desk.hello())
    page.locator(".badge.replay").wait_for()
    assert page.locator("#replay").is_visible()
    assert page.locator(".ribbon:not(.replay)").count() == 0
    assert page.evaluate("getComputedStyle(document.body).borderTopColor") != replayed


def test_the_land_is_drawn(open_page):
    page = open_page(fragment="#map=6/24/53")
    page.wait_for_timeout(500)
    picture = "document.querySelector('#map canvas')"
    wait(
        page,
        f"(() => {{ const canvas = {picture}; if (!canvas || !canvas.width) return false;"
        " const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;"
        " const seen = new Set();"
        " for (let at = 0; at < data.length; at += 4 * 97) seen.add(data[at] << 16 | data[at + 1] << 8 | data[at + 2]);"
        " return seen.has(0x1b242b); })()",
    )


def test_hostile_names_stay_text(open_page, desk):
    page = open_page()
    page.click("[data-alert-id='a3'] button")
    page.locator("#panel h2", has_text="<script>").wait_for()
    page.click(f"#panel .chip >> text={HOSTILE_NAME[:20]}")
    page.locator("#panel .reading").first.wait_for()
    page.keyboard.press("/")
    page.keyboard.type("<script>")
    page.locator("#found li", has_text="<script>").wait_for()
    assert page.locator("#list script, #panel script, #found script, #list img, #panel img, #found img").count() == 0
    assert page.evaluate("window.hacked") is None


def test_keyboard_alone_is_enough(open_page, desk):
    page = open_page()
    page.keyboard.press("j")
    page.locator("#panel h2", has_text="KOKUKA COURAGEOUS").wait_for()
    page.keyboard.press("j")
    page.locator("#panel h2", has_text="FRONT ALTAIR").wait_for()
    page.keyboard.press("k")
    page.locator("#panel h2", has_text="KOKUKA COURAGEOUS").wait_for()
    wait(page, "location.hash.includes('alert=a1')")
    page.keyboard.press("a")
    page.locator("[data-alert-id='a1']", has_text="acknowledged").wait_for()
    assert desk.posts == [("acknowledge a1", {"words": ""})]
    assert page.locator(".loud").count() == 0
    page.keyboard.press("Escape")
    page.locator("#panel").wait_for(state="hidden")
    page.keyboard.press("?")
    page.locator("#help[open]").wait_for()
    page.keyboard.press("Escape")
    page.locator("#help").wait_for(state="hidden")
    page.keyboard.press("n")
    wait(page, "document.documentElement.dataset.palette === 'night'")
    page.keyboard.press("Space")
    until(lambda: ("replay", {"paused": True}) in desk.posts, "space did not pause")


def test_only_distress_blinks_and_only_until_acknowledged(open_page):
    page = open_page()
    blinking = (
        "[...document.querySelectorAll('[data-alert-id]')].filter(item => item.getAnimations({subtree: true}).length)"
        ".map(item => item.dataset.alertId)"
    )
    wait(page, f"JSON.stringify({blinking}) === '[\"a1\"]'")
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(blinking) == []
    page.emulate_media(reduced_motion="no-preference")
    page.keyboard.press("j")
    page.keyboard.press("a")
    wait(page, f"{blinking}.length === 0")


def test_the_order_holds_while_the_list_is_pointed_at(open_page, desk):
    page = open_page()
    before = order(page)
    page.hover("[data-alert-id='a4'] button")
    worse = dict(desk.alerts["a4"], severity="distress", raised_s=desk.clock_s)
    fresh = dict(desk.alerts["a5"], id="a7", severity="danger", title="HYUNDAI DUBAI: small craft closing", raised_s=desk.clock_s)
    desk.alerts.update(a4=worse, a7=fresh)
    desk.tell({"type": "alerts", "alerts": [worse, fresh], "all": False})
    page.locator("[data-alert-id='a4'][data-severity='distress']").wait_for()
    assert order(page) == before
    page.locator(".hold", has_text="1 more").wait_for()
    # What may not wait is said elsewhere: over the map, and to those who listen.
    page.locator("#banners", has_text="HYUNDAI DUBAI").wait_for()
    page.mouse.move(800, 500)
    wait(page, "document.querySelectorAll('#list .group [data-alert-id]').length === 6")
    assert order(page).index("a4") < order(page).index("a3")
    assert "HYUNDAI DUBAI" in page.inner_text("#said")


def test_dismissing_needs_words(open_page, desk):
    page = open_page()
    page.click("[data-alert-id='a5'] button")
    page.click("#panel button:has-text('Dismiss')")
    page.locator("#alert-problem", has_text="why it is dismissed").wait_for()
    assert desk.posts == []
    page.fill("#alert-words", "both are moored at the same berth")
    page.click("#panel button:has-text('Dismiss')")
    page.locator("details.over summary", has_text="2 closed or withdrawn").wait_for()
    assert desk.posts == [("dismiss a5", {"words": "both are moored at the same berth"})]
    assert page.title() == "(4) Tankerwatch"


def test_a_person_can_report(open_page, desk):
    page = open_page()
    page.keyboard.press("r")
    wait(page, "document.activeElement.id === 'report-words'")
    page.keyboard.type("Smoke on the port bow")
    page.click("#panel button:has-text('Pick on the map')")
    page.mouse.click(600, 500)
    wait(page, "/N 0\\d\\d°/.test(document.querySelector('#report-position').value)")
    page.fill("#report-ship", "kokuka")
    page.click("#panel .line:has-text('KOKUKA')")
    page.check("#report-verified")
    page.click("#panel button:has-text('Save the report')")
    until(lambda: desk.posts, "nothing was sent")
    kind, body = desk.posts[0]
    assert kind == "report"
    assert body["words"] == "Smoke on the port bow"
    assert body["kind"] == "sighting"
    assert body["ship"] == desk.ids[1]
    assert body["verified"] is True
    assert 24 < body["lat_deg"] < 27 and 55 < body["lon_deg"] < 60
    assert abs(body["time_s"] - desk.clock_s) < 3600
    page.locator("#panel").wait_for(state="hidden")


def test_a_report_that_cannot_be_read_is_explained(open_page, desk):
    page = open_page()
    page.keyboard.press("r")
    page.fill("#report-words", "Smoke")
    page.fill("#report-position", "somewhere off Jask")
    page.click("#panel button:has-text('Save the report')")
    page.locator("#panel .problem", has_text="Position as").wait_for()
    page.fill("#report-position", "25°26.0'N 057°21.5'E")
    page.fill("#report-time", "02:51Z")
    page.click("#panel button:has-text('Save the report')")
    until(lambda: desk.posts, "nothing was sent")
    body = desk.posts[0][1]
    assert body["lat_deg"] == pytest.approx(25 + 26 / 60)
    assert body["lon_deg"] == pytest.approx(57 + 21.5 / 60)
    assert body["time_s"] == 1560384000 + 2 * 3600 + 51 * 60


def test_ship_panel_guards_and_follows(open_page, desk):
    page = open_page()
    page.keyboard.press("/")
    page.keyboard.type("front alt")
    page.locator("#found li").first.wait_for()
    page.keyboard.press("Enter")
    page.locator("#panel h2", has_text="FRONT ALTAIR").wait_for()
    page.locator("#panel .timeline canvas").wait_for()
    page.click("#panel button:has-text('Guard')")
    page.locator("#panel button[aria-pressed='true']", has_text="Guarded").wait_for()
    assert desk.posts == [("guard", {"ship": desk.ids[0], "guard": True})]
    page.keyboard.press("f")
    page.locator("#panel button[aria-pressed='true']", has_text="Follow").wait_for()
    wait(page, f"location.hash.includes('ship={desk.ids[0]}')")


def test_a_ship_can_be_picked_on_the_map(open_page, desk):
    page = open_page(fragment="#map=12/25.28/57.48")
    desk.paused = True
    ship = desk.ids[2]
    wait(page, f"tankerwatch.pixelOf({ship}) !== null")
    page.wait_for_timeout(700)
    x, y = page.evaluate(f"tankerwatch.pixelOf({ship})")
    page.mouse.click(x, y)
    page.locator("#panel h2", has_text="HYUNDAI DUBAI").wait_for()


def test_incident_says_who_can_help(open_page):
    page = open_page()
    page.click("[data-incident-id='i1']")
    page.locator("#panel h2", has_text="Two tankers stopped").wait_for()
    cells = page.locator(".helpers tbody tr").first.inner_text()
    assert "HYUNDAI DUBAI" in cells and "4.2 NM" in cells and "164°" in cells and "17 min" in cells
    page.click("#panel .line:has-text('sudden stop')")
    page.locator("#panel h2", has_text="sudden stop").wait_for()
    page.keyboard.press("Escape")
    page.locator("#panel h2", has_text="Two tankers stopped").wait_for()


def test_measurement_gives_rates(open_page):
    """The rates themselves are for a quiet machine: here only that they are measured at all."""
    page = open_page()
    assert page.evaluate("tankerwatch.measure(300).then(found => found.fps)") > 0
    assert page.evaluate("tankerwatch.fps(300)") > 0
    assert page.evaluate("tankerwatch.blank(300)") > 0
    assert page.locator(".ship-layer").count() == 1


def test_a_link_opens_what_it_names(open_page):
    page = open_page(fragment="#map=8.00/25.0000/57.0000&alert=a4")
    page.locator("#panel h2", has_text="HYUNDAI DUBAI").wait_for()
    wait(page, "location.hash.startsWith('#map=8.00/25.0000/57.0000')")


def test_a_dead_feed_says_so_over_the_map(open_page, desk):
    page = open_page()
    desk.dead_feed = True
    page.locator("#banners", has_text="No ships are being received").wait_for()
    assert "connection refused" in page.inner_text("#banners")
    page.click("button.health")
    page.locator("#feeds .feed.dead").wait_for()
    page.keyboard.press("Escape")
    page.locator("#feeds").wait_for(state="hidden")


def test_a_lost_connection_says_so_and_comes_back(open_page, desk):
    page = open_page()
    desk.drop_sockets = True
    page.locator("#banners", has_text="Connection to the desk lost").wait_for()
    desk.drop_sockets = False
    page.locator("#banners", has_text="Connection to the desk lost").wait_for(state="detached")
    wait(page, "document.querySelector('#banners').innerText.includes('lost') === false")
    assert page.evaluate("tankerwatch.ships()") == desk.count


def test_an_empty_list_says_what_is_watched(open_page, desk):
    page = open_page()
    desk.tell({"type": "incidents", "incidents": [], "all": True})
    desk.tell({"type": "alerts", "alerts": [], "all": True})
    page.locator(".empty", has_text="Nothing calls for attention").wait_for()
    assert "16 rules over 1,500 ships" in page.inner_text(".empty")
    assert page.title() == "Tankerwatch"


def test_the_end_offers_what_to_do_next_and_again_begins_anew(open_page, desk):
    page = open_page()
    desk.clock_s = desk.hello()["end_s"] - 1
    until(lambda: desk.ended, "the replay did not end")
    desk.tell(desk.hello())
    page.locator("#ended code", has_text="tankerwatch watch").wait_for()
    page.click("#ended button:has-text('again')")
    until(lambda: ("replay", {"again": True}) in desk.posts, "again was not asked for")
    page.locator("#ended").wait_for(state="hidden")
    wait(page, f"tankerwatch.ships() === {desk.count}")


@pytest.mark.parametrize(
    ("palette", "size"),
    [("day", DESKTOP), ("day", PHONE), ("dusk", DESKTOP), ("night", DESKTOP), ("night", PHONE)],
    ids=["day-desktop", "day-phone", "dusk-desktop", "night-desktop", "night-phone"],
)
def test_accessible_in_every_palette_with_every_panel(open_page, desk, palette, size):
    page = open_page(size, palette)
    phone = size == PHONE
    assert narrow_enough(page)
    assert violations(page) == []
    if phone:
        page.click(".drawer-handle")
        page.locator("#list.open").wait_for()
        assert violations(page) == []
    page.click("[data-incident-id='i1']")
    page.locator(".helpers").wait_for()
    assert violations(page) == []
    page.click("#panel .line:has-text('sudden stop')")
    page.click("#panel summary:has-text('Evidence')")
    page.click("#panel summary:has-text('Rule')")
    assert violations(page) == []
    assert narrow_enough(page)
    page.click("#panel .chip")
    page.locator("#panel .timeline canvas").wait_for()
    page.locator("#panel h3", has_text="Identity").wait_for()
    assert violations(page) == []
    assert narrow_enough(page)
    page.keyboard.press("r")
    page.locator("#report-words").wait_for()
    assert violations(page) == []
    page.keyboard.press("Escape")
    desk.dead_feed = True
    page.locator("#banners", has_text="No ships are being received").wait_for()
    page.click("button.health")
    page.locator("#feeds .feed").first.wait_for()
    assert violations(page) == []
    assert narrow_enough(page)
    page.keyboard.press("Escape")
    desk.clock_s = desk.hello()["end_s"] - 1
    until(lambda: desk.ended, "the replay did not end")
    desk.tell(desk.hello())
    page.locator("#ended code").first.wait_for()
    assert violations(page) == []
    page.keyboard.press("?")
    page.locator("#help[open]").wait_for()
    assert violations(page) == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_what_is_pressed_is_large_enough_and_nothing_is_small(open_page, size):
    page = open_page(size)
    if size == PHONE:
        page.click(".drawer-handle")
    page.click("[data-incident-id='i1']")
    page.locator(".helpers").wait_for()
    small = page.evaluate(
        "[...document.querySelectorAll('button, select, input[type=text], summary')].filter(item => item.offsetParent)"
        ".filter(item => Math.min(item.getBoundingClientRect().height, item.getBoundingClientRect().width) < 32)"
        ".map(item => item.outerHTML.slice(0, 120))"
    )
    assert small == []
    tiny = page.evaluate(
        "[...document.querySelectorAll('body *')].filter(item => item.offsetParent && parseFloat(getComputedStyle(item).fontSize) < 12)"
        ".map(item => item.outerHTML.slice(0, 120))"
    )
    assert tiny == []


def test_the_map_stays_visible_on_a_phone(open_page):
    page = open_page(PHONE, has_touch=True, is_mobile=True)
    page.click(".drawer-handle")
    page.click("[data-alert-id='a2'] button")
    page.locator("#panel h2", has_text="FRONT ALTAIR").wait_for()
    top = page.evaluate(
        "document.querySelector('#panel').getBoundingClientRect().top - document.querySelector('#chart').getBoundingClientRect().top"
    )
    assert top > 150
    assert narrow_enough(page)


def test_frames_are_read_as_written(open_page):
    page = open_page()
    parse = """hex => {
        const bytes = new Uint8Array(hex.length / 2).map((_, at) => parseInt(hex.substr(2 * at, 2), 16));
        let frame;
        try { frame = tankerwatch.parseFrame(bytes.buffer); } catch (problem) { return { refused: problem.message }; }
        const { kind, epoch, seq, count, view, clock_s, ...columns } = frame;
        if (columns.kinds) { columns.kind = columns.kinds; delete columns.kinds; }
        for (const name of Object.keys(columns)) columns[name] = [...columns[name]];
        return { frame_kind: kind, epoch, seq, count, clock_s, columns };
    }"""
    for frame in FRAMES["frames"]:
        expected = {key: value for key, value in frame.items() if key not in ("name", "hex")}
        assert page.evaluate(parse, frame["hex"]) == expected, frame["name"]
    for frame in FRAMES["refused"]:
        assert page.evaluate(parse, frame["hex"]).get("refused"), frame["name"]


def test_the_page_names_no_other_host():
    """Nothing in the bundle is fetched from elsewhere: the only addresses in it are names (of XML languages), never asked."""
    text = (DIST / "app.js").read_text() + (DIST / "app.css").read_text() + (DIST / "index.html").read_text()
    hosts = set(re.findall(r"(?:https?|wss?)://([a-z0-9.-]+\.[a-z]{2,})", text, flags=re.IGNORECASE))
    assert hosts <= {"www.w3.org", "www.opengis.net", "openlayers.org", "lit.dev"}


def test_alerts_are_no_objects_of_a_past_epoch(open_page, desk):
    """After a new beginning nothing of the old one may stand about."""
    page = open_page()
    page.keyboard.press("j")
    del desk.alerts["a5"]
    desk.count = 300
    desk.epoch += 1
    wait(page, "tankerwatch.ships() === 300")
    wait(page, "document.querySelectorAll('#list .group [data-alert-id]').length === 4")
