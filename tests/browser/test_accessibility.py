"""axe-core on every page of a purchase, at two widths and in both themes, and no page wider than its window."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

AXE = (Path(__file__).parent / "vendored/axe-core-4.14.1.min.js").read_text()
WIDTHS = (320, 1280)
THEMES = ("light", "dark")
OF_COLOURS = ["color-contrast", "link-in-text-block"]
IS_STILL = "() => document.readyState === 'complete' && !document.querySelector('.htmx-request')"
VIOLATIONS = """(rules) => axe.run(document, {resultTypes: ['violations'], ...(rules && {runOnly: rules})})
    .then(({violations}) => violations.map(({id, nodes}) => `${id}: ${nodes.map(({target}) => target).join(', ')}`))"""
TOO_WIDE = """() => document.documentElement.scrollWidth > innerWidth ?
    [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => `wider than the window: ${e.tagName} ${e.className}`).slice(0, 3) : []"""
STILL_PAGES = (
    "/",
    "/?q=xylophone+in+space",
    "/e/parallel-fields",
    "/e/parallel-fields/availability",
    "/e/tamsin-orrevall",
    "/e/ballast",
    "/cart",
    "/checkout/success",
    "/no-such-page",
    "/login",
    "/login/mail",
    "/register",
    "/password",
    "/links/no-such-link",
    "/logout",
)

OWN_PAGES = (
    "/my/tickets",
    "/my/tickets/past",
    "/my/tickets/passed",
    "/account",
    "/account/name",
    "/account/address",
    "/account/password",
    "/account/second-factor",
    "/account/data",
    "/account/deletion",
    "/logout",
)

GREY_ON_BLACK = """<!doctype html><html lang="en"><title>A page</title>
    <style>@media (prefers-color-scheme: dark) { body { background: #111; color: #444 } }
           @media (width > 1000px) { p { width: 2000px } }</style>
    <main><h1>A page</h1><p>Some words</p></main>"""

Phone = Callable[..., BrowserContext]


def faults(page: Page, themes: tuple[str, ...] = THEMES) -> list[str]:
    """Every rule in the first theme. The other changes nothing but colours: there the rules about these are enough."""
    found = []
    page.wait_for_function(IS_STILL)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 740})
        found += [f"{width} px: {fault}" for fault in page.evaluate(TOO_WIDE)]
        for theme in themes:
            page.emulate_media(color_scheme=theme)
            broken = page.evaluate(VIOLATIONS, None if theme == themes[0] else OF_COLOURS)
            found += [f"{width} px, {theme}: {fault}" for fault in broken]
    return found


def test_what_is_wrong_in_one_theme_or_at_one_width_is_found(phone: Phone) -> None:
    page = phone(reduced_motion="reduce").new_page()
    page.set_content(GREY_ON_BLACK)
    assert [fault.rpartition(": ")[0] for fault in faults(page)] == [
        "320 px, dark: color-contrast",
        "1280 px: wider than the window",
        "1280 px, dark: color-contrast",
    ]


@pytest.mark.parametrize("path", STILL_PAGES)
def test_a_page_that_anyone_may_open_has_no_fault(phone: Phone, path: str) -> None:
    page = phone(reduced_motion="reduce").new_page()
    page.goto(path)
    assert faults(page) == []


def test_no_page_of_a_purchase_has_a_fault(phone: Phone) -> None:
    page = phone(reduced_motion="reduce").new_page()
    found = {}
    page.goto("/e/parallel-fields")
    page.locator(".type select").first.select_option("2")
    page.get_by_role("button", name="Put into the cart").click()
    page.get_by_role("link", name="Go to your cart").wait_for()
    found["chosen"] = faults(page)
    page.get_by_role("link", name="Go to your cart").click()
    found["cart"] = faults(page)
    page.get_by_role("link", name="Check out").click()
    found["checkout"] = faults(page)
    page.get_by_role("button", name="Pay").click()
    page.get_by_role("alert").wait_for()
    found["checkout with errors"] = faults(page)
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Your e-mail address").fill("ada@example.org")
    page.get_by_role("button", name="Pay").click()
    page.get_by_role("link", name="Back to").click()
    page.get_by_role("heading", name="Nothing has been paid yet").wait_for()
    found["cancelled"] = faults(page)
    page.get_by_role("button", name="Try again").click()
    for label, text in (("Card number", "4242424242424242"), ("Expiry", "12/34"), ("Security code", "123")):
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Pay").click()
    page.get_by_role("heading", name="Your tickets are here").wait_for()
    found["success"] = faults(page)
    page.get_by_role("link", name="Keep this link").click()
    found["purchase"] = faults(page)
    page.get_by_role("link", name=re.compile("Weekend")).first.click()
    found["ticket"] = faults(page)
    assert {name: at for name, at in found.items() if at} == {}


def test_no_page_of_an_account_has_a_fault(phone: Phone) -> None:
    page = phone(reduced_motion="reduce").new_page()
    found = {}
    page.goto("/login")
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_role("alert").wait_for()
    found["log-in with errors"] = faults(page)
    page.get_by_label("Your e-mail address").fill("buyer@demo.example")
    page.get_by_label("Your password").fill("carneau-demo")
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_role("heading", name="Coming").wait_for()
    for path in OWN_PAGES:
        page.goto(path)
        found[path] = faults(page)
    page.goto("/my/tickets")
    page.get_by_text("Show the code").first.click()
    found["with a code"] = faults(page)
    page.get_by_role("link", name="Pass it on").first.click()
    found["passing on"] = faults(page)
    assert {name: at for name, at in found.items() if at} == {}


def test_no_page_of_sales_has_a_fault_with_its_errors_neither(phone: Phone) -> None:
    page = phone(reduced_motion="reduce").new_page()
    found, event = {}, "/manage/events/undertow"
    page.goto("/login")
    page.get_by_label("Your e-mail address").fill("owner@demo.example")
    page.get_by_label("Your password").fill("carneau-demo")
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/my/tickets")
    for path in ("", "/stock", "/purchases", "/purchases?state=failed", "/attendees", "/exports"):
        page.goto(event + path)
        found[path] = faults(page)
    page.goto("/manage/organisations/les-rives/flags")
    found["flags"] = faults(page)
    page.goto(f"{event}/messages")
    page.get_by_role("button", name="Show how it will look").click()
    page.get_by_role("alert").wait_for()
    found["message with errors"] = faults(page)
    page.get_by_label("Subject").fill("Doors at eight")
    page.get_by_label("Message").fill("They open an hour later than we said.")
    page.get_by_role("button", name="Show how it will look").click()
    page.get_by_role("heading", name="As it will arrive").wait_for()
    found["message preview"] = faults(page)
    page.goto(f"{event}/box-office")
    page.get_by_role("button", name="Sell").click()
    page.get_by_role("alert").wait_for()
    found["box office with errors"] = faults(page)
    page.goto(f"{event}/purchases")
    page.locator("tbody a.ref").first.click()
    found["purchase"] = faults(page)
    page.get_by_role("link", name="Refund", exact=True).click()
    page.get_by_role("button", name="Refund now").click()
    page.get_by_role("alert").wait_for()
    found["refund with errors"] = faults(page)
    assert {name: at for name, at in found.items() if at} == {}
