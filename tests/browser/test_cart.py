import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

EVENT = "/e/undertow"


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without"])
def cart(phone, request):
    """A stranger's cart with one ticket in it, at 360 px."""
    page = phone(javascript=request.param).new_page()
    page.goto(EVENT)
    page.locator("[name^=quantity-]").first.select_option("1")
    page.get_by_role("button", name="Put into the cart").click()
    if request.param:
        page.locator("#notice").get_by_role("link", name="Go to your cart").click()
    expect(page).to_have_url(re.compile("/cart$"))
    page.has_javascript = request.param
    yield page
    page.goto("/cart")
    if page.get_by_role("button", name="Empty the cart").count():
        page.get_by_role("button", name="Empty the cart").click()
        expect(page.locator("#cart")).to_contain_text("nothing in your cart")


def choose(page, number):
    page.get_by_label("Number").first.select_option(str(number))
    if not page.has_javascript:
        page.get_by_role("button", name="Change").first.click()


def total(page):
    return float(re.sub(r"[^\d.]", "", page.locator("#cart_totals .total dd").inner_text()))


def test_a_number_is_changed_and_a_line_removed(cart):
    one = total(cart)
    choose(cart, 3)
    expect(cart.locator(".line .type-name")).to_contain_text("3 ×")
    assert total(cart) == pytest.approx(3 * one)
    cart.get_by_role("button", name=re.compile("^Remove")).click()
    expect(cart.locator("#cart")).to_contain_text("nothing in your cart")


def test_more_time_is_given_once(cart):
    cart.get_by_role("button", name="I need more time").click()
    expect(cart.get_by_role("button", name="I need more time")).to_have_count(0)
    expect(cart.locator(".countdown")).to_contain_text(re.compile(r"until \d\d?:\d\d \w+"))


@pytest.mark.parametrize("cart", [True], indirect=True)
def test_nothing_but_the_line_and_the_total_moves_and_focus_stays(cart):
    cart.evaluate("for (const e of document.querySelectorAll('h1, #cart, .site-head')) e.same = true")
    cart.get_by_label("Number").focus()
    choose(cart, 2)
    expect(cart.locator("#cart_count")).to_contain_text("2")
    expect(cart.get_by_label("Number")).to_be_focused()
    assert cart.evaluate("[...document.querySelectorAll('h1, #cart, .site-head')].every((e) => e.same)")
    assert cart.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("cart", [True], indirect=True)
def test_the_countdown_says_when_time_gets_short_and_asks_anew_at_the_end(cart):
    cart.clock.install()
    cart.reload()
    said = cart.locator("[data-countdown-say]")
    expect(said).to_be_empty()
    cart.clock.fast_forward(timedelta(minutes=10, seconds=30).seconds * 1000)
    expect(said).to_have_text("Your places are yours for another five minutes.")
    cart.clock.fast_forward(timedelta(minutes=3, seconds=45).seconds * 1000)
    expect(said).to_have_text("Your places are yours for one more minute.")
    with cart.expect_response(re.compile("/cart$")) as answer:
        cart.clock.fast_forward(timedelta(minutes=2).seconds * 1000)
    assert answer.value.request.headers["hx-request-type"] == "partial"


def test_a_double_click_of_a_stranger_takes_places_once(phone):
    def left(page):
        page.goto("/e/five-past-blue/availability")
        return int(re.match(r"\d+", page.locator(".availability").first.inner_text())[0])

    observer, page = phone(javascript=False).new_page(), phone().new_page()
    before = left(observer)
    page.goto("/e/five-past-blue")
    page.locator("[name^=quantity-]").first.select_option("1")
    page.get_by_role("button", name="Put into the cart").dblclick()
    expect(page.locator("#notice")).to_contain_text("yours until")
    assert page.evaluate(
        """() => { const box = document.querySelector("#notice").getBoundingClientRect();
                   return !!document.elementFromPoint(box.x + 20, box.y + 20)?.closest("#notice"); }"""
    )
    observer.wait_for_timeout(1500)
    assert left(observer) == before - 1
    page.goto("/cart")
    page.get_by_role("button", name="Empty the cart").click()
