"""An organiser puts an event on sale, on a phone, with and without JavaScript; and axe-core on the pages it takes."""

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from carneau.standalone.season.people import PASSWORD
from tests.browser.test_accessibility import faults

Phone = Callable[..., BrowserContext]
EVENT = "/manage/events/undertow"
PAGES = (
    "/manage/organisations/les-rives/events/new",
    f"{EVENT}/edit",
    f"{EVENT}/ticket-types",
    f"{EVENT}/ticket-types/new",
    f"{EVENT}/images",
    f"{EVENT}/publication",
    f"{EVENT}/preview",
    f"{EVENT}/copies",
    f"{EVENT}/cancellation",
    f"{EVENT}/deletion",
)


def log_in(page: Page, path: str) -> None:
    page.goto(f"/login?next={path}")
    page.get_by_label("Your e-mail address").fill("manager@demo.example")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").first.click()
    page.wait_for_url(f"**{path}")


def poster() -> dict[str, str | bytes]:
    file = BytesIO()
    Image.linear_gradient("L").resize((900, 1200)).convert("RGB").save(file, "PNG")
    return {"name": "poster.png", "mimeType": "image/png", "buffer": file.getvalue()}


def describe(page: Page, title: str) -> None:
    """The demo's last event gives place, zone and currency."""
    page.get_by_label("Title").fill(title)
    page.get_by_label("In one sentence").fill("Nine players, one staircase.")
    page.get_by_label("Begins").fill("2031-05-09T20:00")
    page.get_by_label("Ends").fill("2031-05-09T22:00")
    page.get_by_role("button", name="Keep as a draft").click()


def offer(page: Page, price: str) -> None:
    page.get_by_label("Price", exact=True).fill(price)
    page.get_by_label("Number of places").fill("80")
    page.get_by_role("button", name="Add it").click()


@pytest.mark.parametrize("javascript", [False, True], ids=["without javascript", "with javascript"])
def test_an_event_is_on_sale_after_four_pages(phone: Phone, javascript: bool) -> None:
    page = phone(javascript=javascript).new_page()
    title = f"Brass at {'noon' if javascript else 'night'}"
    log_in(page, "/manage/organisations/les-rives")
    page.get_by_role("link", name="New event").click()
    describe(page, title)
    expect(page.get_by_role("status")).to_contain_text("Nobody sees it until you publish it")

    page.get_by_label("Name").fill("Standing")
    offer(page, "24.505")
    expect(page.locator("#price_error")).to_contain_text("2 decimals at most")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Standing")
    offer(page, "24.50")

    page.get_by_role("link", name="Next: a picture").click()
    page.get_by_label("Picture", exact=True).set_input_files(poster())
    page.get_by_label("What the picture shows").fill("Light that fades")
    page.get_by_role("button", name="Send the picture").click()
    expect(page.get_by_text("Light that fades")).to_be_visible()
    if not javascript:
        page.wait_for_timeout(2000)
        page.reload()
    expect(page.get_by_role("img", name="Light that fades")).to_be_visible(timeout=15_000)

    page.get_by_role("link", name="Next: publication").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status")).to_contain_text("Everyone can see it now")

    stranger = phone(javascript=javascript).new_page()
    stranger.goto(f"/?q={title.replace(' ', '+')}")
    stranger.get_by_role("link", name=title).click()
    stranger.get_by_label("Standing").select_option("2")
    with stranger.expect_response("**/cart/lines"):
        stranger.get_by_role("button", name="Put into the cart").click()
    stranger.goto("/cart")
    expect(stranger.get_by_role("main")).to_contain_text(title)


def test_no_page_of_an_event_has_a_fault(phone: Phone) -> None:
    page = phone(reduced_motion="reduce").new_page()
    log_in(page, "/manage/organisations/les-rives")
    found = {}
    for path in PAGES:
        page.goto(path)
        found[path] = faults(page)
    page.goto(PAGES[0])
    page.get_by_label("Title").fill("")
    page.get_by_role("button", name="Keep as a draft").click()
    page.get_by_role("alert").wait_for()
    found["new with errors"] = faults(page)
    page.goto(f"{EVENT}/ticket-types")
    page.get_by_role("link", name="Change").first.click()
    found["ticket type"] = faults(page)
    page.goto(f"{EVENT}/images")
    page.get_by_role("link", name="Cut and words").first.click()
    found["picture"] = faults(page)
    assert {name: at for name, at in found.items() if at} == {}
