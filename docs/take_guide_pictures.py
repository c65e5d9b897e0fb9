"""Drives a running demo as an organiser, from a new event to the door, and takes the pictures of docs/sell.md.

    python -m docs.take_guide_pictures http://127.0.0.1:8000

The address is the one that `python3 -m carneau demo` prints. Begin with a fresh demo: each run adds an event to it.
"""

import io
import re
import shutil
import sys
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

FOLDER = Path(__file__).parent / "pictures"
DESK, PHONE = {"width": 1120, "height": 720}, {"width": 360, "height": 640}
BUSY_EVENT = "the-owl-who-counted"


def take(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        picture.convert("RGB").save(FOLDER / f"{name}.webp", quality=72, method=6)


def open_window(browser: Browser, site: str, size: dict[str, int]) -> BrowserContext:
    window = browser.new_context(viewport=size, base_url=site, color_scheme="light", reduced_motion="reduce")
    window.set_default_timeout(20_000)
    return window


def draw_poster() -> bytes:
    lamps = [(90 + 165 * number, 330 + 70 * (number % 3)) for number in range(7)]
    night = Image.new("RGB", (1280, 800), (24, 22, 44))
    glow = Image.new("RGB", night.size)
    for x, y in lamps:
        ImageDraw.Draw(glow).ellipse((x - 70, y - 70, x + 210, y + 210), fill=(235, 150, 40))
    night = Image.blend(night, glow.filter(ImageFilter.GaussianBlur(70)), 0.45)
    for x, y in lamps:
        ImageDraw.Draw(night).line((x + 70, 0, x + 70, y + 40), fill=(12, 11, 24), width=6)
        ImageDraw.Draw(night).ellipse((x + 34, y + 34, x + 106, y + 106), fill=(255, 232, 170))
    file = io.BytesIO()
    night.save(file, "PNG")
    return file.getvalue()


def log_in(page: Page) -> None:
    page.goto("/login?next=/manage")
    page.get_by_label("Your e-mail address").fill("owner@demo.example")
    page.get_by_label("Your password").fill("carneau-demo")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/manage")


def make_event(page: Page) -> str:
    """Its slug."""
    page.locator("main a[href^='/manage/organisations/']:not([href$='/new'])").first.click()
    page.locator("main a[href$='/events/new']").first.click()
    evening = (datetime.now().astimezone() + timedelta(days=24)).strftime("%Y-%m-%dT")
    page.locator("[name=title]").fill("Seven Lamps")
    page.locator("[name=summary]").fill("One piano, seven lamps, and no other light.")
    page.locator("[name=description]").fill("An hour of **night music** by the light of seven lamps, until the last.")
    page.locator("[name=time_zone]").select_option("Europe/Berlin")
    page.locator("[name=starts_at]").fill(f"{evening}20:00")
    page.locator("[name=ends_at]").fill(f"{evening}22:00")
    page.locator("[name=venue_name]").fill("Old Gasworks")
    page.locator("[name=city]").fill("Lindach")
    page.locator("[name=country]").select_option("DE")
    page.locator("[name=currency]").select_option("EUR")
    take(page, "sell-1-event")
    page.get_by_role("button", name="Keep as a draft and go on").click()
    page.wait_for_url("**/ticket-types/new")
    return re.search(r"/events/([^/]+)/", page.url)[1]


def add_types(page: Page, slug: str) -> None:
    for name, price, places in (("Seat", "24", "120"), ("Reduced", "16", "40")):
        page.goto(f"/manage/events/{slug}/ticket-types/new")
        page.locator("[name=name]").fill(name)
        page.locator("[name=price]").fill(price)
        page.locator("[name=total_quantity]").fill(places)
        page.get_by_role("button", name="Add it").click()
        page.wait_for_url("**/ticket-types")
    take(page, "sell-2-types")


def publish(page: Page, slug: str) -> None:
    page.goto(f"/manage/events/{slug}/images")
    page.locator("[name=picture]").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": draw_poster()})
    page.locator("[name=alternative_text]").fill("Seven lamps hang in the dark")
    page.get_by_role("button", name="Send the picture").click()
    page.wait_for_timeout(5000)
    page.goto(f"/manage/events/{slug}/publication")
    take(page, "sell-3-publication")
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("Published. Everyone can see it now.").wait_for()


def make_door_link(page: Page, slug: str) -> str:
    """Its address."""
    page.goto(f"/manage/events/{slug}/door/links/new")
    page.locator("[name=label]").fill("Main entrance")
    page.get_by_role("button", name="Make the link").click()
    address = page.locator(".door-address a")
    address.wait_for()
    take(page, "sell-6-door-link")
    return address.get_attribute("href") or ""


def organise(window: BrowserContext) -> tuple[str, str]:
    page = window.new_page()
    log_in(page)
    slug = make_event(page)
    add_types(page, slug)
    publish(page, slug)
    page.goto(f"/manage/events/{BUSY_EVENT}")
    page.set_viewport_size(DESK | {"height": 1040})
    take(page, "sell-5-sales")
    return slug, make_door_link(page, slug)


def look_as_buyer(window: BrowserContext, slug: str) -> str:
    """The reference of the ticket that was bought."""
    page = window.new_page()
    page.goto(f"/e/{slug}")
    take(page, "sell-4-page")
    page.get_by_label("Seat").select_option("2")
    page.get_by_role("button", name="Put into the cart").click()
    page.get_by_role("link", name="Go to your cart").click()
    page.get_by_role("link", name="Check out").click()
    page.get_by_label("Your name").fill("Ada Bergström")
    page.get_by_label("Your e-mail address").fill("ada@example.org")
    page.get_by_role("button", name="Pay").click()
    for label, text in (("Card number", "4242424242424242"), ("Expiry", "12/34"), ("Security code", "123")):
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Pay").click()
    page.get_by_role("heading", name="Your tickets are here").wait_for()
    return page.locator("main a[href*='/tickets/']:not([href*='.'])").first.get_attribute("href") or ""


def scan(window: BrowserContext, link: str, ticket: str) -> None:
    page = window.new_page()
    page.goto(link)
    page.locator("main input[type=text]").first.fill("Blue phone")
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile(r"/door/(?!links)"))
    code = re.search(r"/tickets/([A-Z0-9]+)", ticket)[1]
    page.locator("[name=code]").first.fill(code)
    page.locator("[name=code]").first.press("Enter")
    page.get_by_text("Come in").first.wait_for()
    take(page, "sell-7-come-in")


def main(site: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        slug, link = organise(open_window(browser, site, DESK))
        ticket = look_as_buyer(open_window(browser, site, PHONE), slug)
        scan(open_window(browser, site, PHONE), link, ticket)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
