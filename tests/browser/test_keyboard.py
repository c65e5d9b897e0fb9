"""With nothing but a keyboard: whatever can be clicked is reached with Tab and shows that one is there; and people buy,
put an event on sale and give money back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from carneau.standalone.season.people import PASSWORD

Phone = Callable[..., BrowserContext]
WIDE = {"width": 1280, "height": 900}
MOST_STOPS = 400
EVENT, HOUSE = "/manage/events/undertow", "/manage/organisations/les-rives"
OPEN_PAGES = ("/", "/e/parallel-fields", "/login", "/register", "/door")
OWN_PAGES = (
    "/my/tickets", "/account", "/account/second-factor", "/manage", HOUSE, f"{HOUSE}/events/new", f"{HOUSE}/team",
    f"{HOUSE}/flags", f"{HOUSE}/audit", EVENT,
    *(f"{EVENT}/{part}" for part in (
        "edit", "ticket-types", "ticket-types/new", "images", "publication", "copies", "cancellation", "stock",
        "purchases", "attendees", "exports", "messages", "box-office", "door", "door/gates",
    )),
)  # fmt: skip
TO_REACH = """() => {
    const kinds = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]';
    const open = e => e.checkVisibility({visibilityProperty: true}) && !e.disabled && e.tabIndex >= 0;
    const key = e => e.type === 'radio' ? `radio ${e.name}` : e;
    return new Set([...document.querySelectorAll(kinds)].filter(open).map(key)).size }"""
STOP = """() => {
    const ways = ['outline', 'boxShadow', 'borderColor', 'backgroundColor', 'textDecoration', 'clipPath'];
    const look = es => es.flatMap(e => [getComputedStyle(e), getComputedStyle(e, '::after')])
        .flatMap(style => ways.map(way => style[way])).join();
    const seen = window.seen ??= {stops: new Set(), unmarked: []}, e = document.activeElement;
    if (seen.last?.parts[0] === e) return false;
    if (seen.last && look(seen.last.parts) === seen.last.look) seen.unmarked.push(seen.last.name);
    seen.last = null;
    if (!e || e === document.body) return true;
    const key = e.type === 'radio' ? `radio ${e.name}` : e;
    if (seen.stops.has(key)) return e.type !== 'radio';
    const parts = [e, e.closest('label'), e.parentElement, e.nextElementSibling].filter(Boolean);
    seen.last = {parts, look: look(parts), name: `${e.tagName} ${e.id || e.name || e.textContent.trim()}`};
    seen.stops.add(key);
    return false }"""
NAME = """() => { const e = document.activeElement;
    return (e.getAttribute('aria-label') || (e.labels && e.labels[0] && e.labels[0].innerText) || e.innerText
        || e.value || '').trim().split('\\n')[0] }"""


class Keys:
    """Tab forward until what is wanted has the focus."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, name: str) -> None:
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            if re.match(name, self.page.evaluate(NAME)):
                return
        raise AssertionError(f"{self.page.url}: Tab never comes to {name!r}")

    def fill(self, name: str, *parts: str) -> None:
        """A time has a part for its day and one for its hour, as wide as their keys are many."""
        self.to(name)
        for number, text in enumerate(parts):
            if number:
                self.page.keyboard.press("Tab")
            self.page.keyboard.type(text)

    def press(self, name: str, key: str = "Enter") -> None:
        self.to(name)
        self.page.keyboard.press(key)

    def log_in(self, address: str) -> None:
        self.page.goto("/login")
        self.fill("Your e-mail address", address)
        self.fill("Your password", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/my/tickets")


def walk(page: Page) -> list[str]:
    """Tab through the whole page: what is never reached, and what does not show that it has the focus."""
    wanted = page.evaluate(TO_REACH)
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate(STOP):
            break
    reached, unmarked = page.evaluate("() => [seen.stops.size, seen.unmarked]")
    return [*([f"{reached} of {wanted} are reached"] if reached < wanted else []), *unmarked]


@pytest.mark.parametrize("path", OPEN_PAGES)
def test_tab_reaches_whatever_a_stranger_can_click_and_shows_where_one_is(phone: Phone, path: str) -> None:
    page = phone().new_page()
    page.goto(path)
    assert walk(page) == []


def test_the_walk_sees_what_shows_no_focus(phone: Phone) -> None:
    page = phone(bypass_csp=True).new_page()
    page.goto("/login")
    page.add_style_tag(content=":focus-visible { outline: none !important; box-shadow: none !important }")
    assert len(walk(page)) > 3


def test_tab_reaches_whatever_an_organiser_can_click_and_shows_where_one_is(phone: Phone) -> None:
    page = phone(viewport=WIDE).new_page()
    Keys(page).log_in("owner@demo.example")
    found = {}
    for path in OWN_PAGES:
        answer = page.goto(path)
        assert answer is not None and answer.status == 200, path
        found[path] = walk(page)
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_a_ticket_is_bought_without_a_pointer(phone: Phone) -> None:
    page = phone().new_page()
    keys = Keys(page)
    page.goto("/e/parallel-fields")
    keys.fill("Weekend", "1")
    keys.press("Put into the cart")
    page.get_by_role("link", name="Go to your cart").wait_for()
    keys.press("Go to your cart")
    page.wait_for_url("**/cart")
    keys.press("Check out")
    page.wait_for_url("**/checkout")
    keys.fill("Your name", "Odile Brandt")
    keys.fill("Your e-mail address", "odile-keys@buyer.example")
    keys.press("Pay ")
    page.wait_for_url("**/pay/**")
    for label, text in (("Card number", "4242424242424242"), ("Expiry", "12/39"), ("Security code", "123")):
        keys.fill(label, text)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your tickets are here")).to_be_visible(timeout=30_000)


def test_an_event_goes_on_sale_and_money_goes_back_without_a_pointer(phone: Phone) -> None:
    page = phone(viewport=WIDE).new_page()
    keys = Keys(page)
    keys.log_in("owner@demo.example")
    page.goto(f"{HOUSE}/events/new")
    keys.fill("Title", "Night of the keys")
    keys.fill("In one sentence", "Eleven pianos, no mice.")
    keys.fill("Begins", "06202031", "0730PM")
    keys.fill("Ends", "06202031", "0930PM")
    keys.press("Keep as a draft")
    page.wait_for_url("**/manage/events/night-of-the-keys**")
    page.goto("/manage/events/night-of-the-keys/ticket-types/new")
    keys.fill("Name", "Unreserved seat")
    keys.fill("Price", "18")
    keys.fill("Number of places", "80")
    keys.press("Add it")
    expect(page.get_by_role("main")).to_contain_text("Unreserved seat")
    page.goto("/manage/events/night-of-the-keys/publication")
    keys.press("Publish")
    expect(page.get_by_role("status")).to_contain_text("Everyone can see it now")

    page.goto(f"{EVENT}/purchases?state=paid")
    page.locator("tbody a.ref").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/purchases/[^/?]+$"))
    keys.press("Refund")
    page.wait_for_url("**/refunds/new")
    keys.press("Everything that is left", "Space")
    keys.press("Refund now")
    expect(page.get_by_role("status")).to_contain_text("The refund is on its way")
