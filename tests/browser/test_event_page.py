import re

import pytest
from playwright.sync_api import expect

FEW_LEFT = "/e/five-past-blue"


@pytest.fixture
def page(phone):
    page = phone().new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    return page


def numbers(page):
    return page.locator("[name^=quantity-]")


def put_into_the_cart(page, quantity):
    numbers(page).first.select_option(str(quantity))
    page.get_by_role("button", name="Put into the cart").click()


def test_what_is_left_is_renewed_and_a_chosen_number_is_left_alone(page, phone):
    page.goto(FEW_LEFT)
    left = int(re.match(r"\d+", page.locator(".availability").first.inner_text())[0])
    numbers(page).first.select_option("2")
    numbers(page).first.focus()

    other = phone(javascript=False).new_page()
    other.goto(FEW_LEFT)
    put_into_the_cart(other, 3)
    expect(other).to_have_url(re.compile("/cart$"))

    sentence = re.compile(rf"{left - 3} left\. 3 more are in other carts and may come back by \d\d:\d\d\.")
    expect(page.locator(".availability").first).to_have_text(sentence, timeout=12_000)
    expect(numbers(page).first).to_have_value("2")
    expect(numbers(page).first).to_be_focused()
    assert page.complaints == []

    other.get_by_role("button", name="Remove").first.click()


def test_forgetting_to_choose_is_said_where_one_looks_and_loses_nothing(page):
    page.goto(FEW_LEFT)
    page.get_by_role("button", name="Put into the cart").scroll_into_view_if_needed()
    page.get_by_role("button", name="Put into the cart").click()

    expect(page.locator("#notice")).to_contain_text("Please choose at least one ticket.")
    expect(page.locator("#notice")).to_be_in_viewport()
    expect(page).to_have_url(re.compile(FEW_LEFT))


@pytest.mark.parametrize("path", ["/", "/e/undertow", "/e/undertow/availability", "/?q=zzz", "/e/nothing-here"])
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_scrolls_sideways(phone, path, width):
    page = phone(javascript=False, viewport={"width": width, "height": 740}).new_page()
    page.goto(path)

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_event_page_needs_no_other_host_and_few_requests(page):
    asked = []
    page.on("request", lambda request: asked.append((request.resource_type, request.url)))
    page.goto("/e/undertow", wait_until="networkidle")

    assert all(url.startswith(page.url.partition("/e/")[0]) for _kind, url in asked)
    assert len([url for kind, url in asked if kind != "image"]) <= 5
    assert page.complaints == []
