"""Door staff of the demo: their phones, with or without a camera, and the tickets that are held before them."""

import io
import json
import re
from collections.abc import Callable, Iterator
from itertools import chain, repeat
from secrets import token_hex
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, BrowserType, Locator, Page, expect

from tests.browser.filming import CONDITIONS, HEIGHT, WIDTH, film, video
from tests.browser.test_organisers import log_in

EVENT = "why-bridges-hum"
PHONE = {"width": 360, "height": 640}
WITH_CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
EASY = tuple(shot for shot in CONDITIONS if "night" not in shot.name and "and" not in shot.name)[:8]

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def tickets(browser: Browser, demo: Any) -> list[tuple[str, Image.Image]]:
    """(code, picture as it is mailed) of eight tickets of a free lecture, bought by a stranger."""
    context = browser.new_context(base_url=demo.url)
    page = context.new_page()
    found = []
    for name in ("Ada", "Grace"):
        page.goto(f"/e/{EVENT}")
        page.locator("[name^=quantity-]").first.select_option("4")
        page.get_by_role("button", name="Put into the cart").click()
        page.locator("#notice").get_by_role("link", name="Go to your cart").click()
        page.get_by_role("link", name="Check out").click()
        page.get_by_label("Your name").fill(f"{name} Door")
        page.get_by_label("Your e-mail address").fill(f"{name.lower()}-{token_hex(3)}@door.example")
        page.get_by_role("button", name=re.compile("Get|Book|Confirm|Order")).click()
        links = page.locator("main a[href*='/tickets/']:not([href*='.'])")
        expect(links).to_have_count(4, timeout=30_000)
        for link in links.all():
            path = (link.get_attribute("href") or "").partition("?")[0]
            picture = Image.open(io.BytesIO(context.request.get(f"{path}.png").body()))
            found.append((path.rpartition("/")[2], picture))
    context.close()
    return found


@pytest.fixture(scope="module")
def staff(browser: Browser, demo: Any) -> Any:
    """The cookies of a phone that somebody of the door opened the scan page on."""
    context = browser.new_context(base_url=demo.url, viewport=PHONE)
    page = context.new_page()
    log_in(page, "door@demo.example", f"/door/{EVENT}")
    page.get_by_label("A name for this phone").fill("Dario, main door")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("button", name="Check")).to_be_visible()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="module")
def cinema(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tickets: Any, tmp_path_factory: Any
) -> Iterator[Browser]:
    """A browser whose camera sees eight tickets, each held for two thirds of a second, between moments of nothing."""
    nothing = Image.new("L", (WIDTH, HEIGHT), 40)
    frames = [film(picture, shot) for (_code, picture), shot in zip(tickets, EASY, strict=True)]
    scenes = (chain(repeat(nothing, 10), repeat(frame, 20)) for frame in frames)
    path = video(chain(*scenes), tmp_path_factory.mktemp("video") / "door.mjpeg")
    args = [*browser_type_launch_args["args"], *WITH_CAMERA, f"--use-file-for-fake-video-capture={path}"]
    browser = browser_type.launch(**browser_type_launch_args | {"args": args})
    yield browser
    browser.close()


@pytest.fixture
def scan_page(browser: Browser, demo: Any, staff: Any) -> Iterator[Open]:
    """`scan_page()`: the scan page on a phone of the staff without a camera, or `scan_page(cinema)` with one."""
    contexts: list[BrowserContext] = []

    def open_page(machine: Browser = browser, *, script: str = "", path: str = "", **options: Any) -> Page:
        options = {"viewport": PHONE} | options
        contexts.append(machine.new_context(base_url=demo.url, storage_state=staff, **options))
        page = contexts[-1].new_page()
        if script:
            page.add_init_script(script)
        page.goto(f"/door/{EVENT}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()


def key_in(page: Page, text: str) -> None:
    """As a scanner that types: without looking where the focus is."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def word(page: Page) -> Locator:
    return page.locator("[data-verdict-screen] .verdict-word > :visible")


def times_of(page: Page) -> list[int]:
    return json.loads(page.evaluate("localStorage.getItem('carneau-pace') ?? '[]'"))
