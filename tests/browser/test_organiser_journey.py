"""A new organiser, from the front page to a sold ticket and its refund, guided by the pages alone; they are counted."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Frame, Page, expect

from tests.browser.conftest import Demo
from tests.browser.test_account import PASSWORD, text_of_mail
from tests.browser.test_putting_on_sale import offer, poster

Phone = Callable[..., BrowserContext]
MOST_PAGES = 12
FRONT = "/"


@dataclass
class Tour:
    """One person's way through the site: each page behind the front page, in order, and all that the console said."""

    page: Page
    opened: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("framenavigated", self._note)
        self.page.on("console", lambda message: self.complaints.append(f"{self.page.url}: {message.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))

    def _note(self, frame: Frame) -> None:
        if frame == self.page.main_frame and urlsplit(frame.url).path != FRONT:
            self.opened.append(urlsplit(frame.url).path)

    @property
    def pages(self) -> list[str]:
        """Each page once, however often it was loaded."""
        return list(dict.fromkeys(self.opened))


@pytest.fixture
def tour(phone: Phone) -> Iterator[Callable[..., Tour]]:
    tours: list[Tour] = []

    def begin(**options: object) -> Tour:
        tours.append(Tour(phone(**options).new_page()))
        return tours[-1]

    yield begin
    assert [complaint for each in tours for complaint in each.complaints] == []


def register(page: Page, demo: Demo, address: str) -> None:
    page.get_by_role("link", name="Sell tickets for your own events").click()
    page.get_by_label("Your e-mail address").fill(address)
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_text(address)).to_be_visible()
    page.goto(re.findall(r"http\S+/links/\S+", text_of_mail(demo.mailbox, address, "Finish your account"))[0])
    page.get_by_label("Your name").fill("Ilse Marant")
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Create my account").click()


def found(page: Page, name: str) -> None:
    page.get_by_label("Name of the organisation").fill(name)
    page.get_by_role("button", name="Create it").click()


def describe(page: Page, title: str) -> None:
    """Nothing is known of a first event: place, zone and currency are asked for, too."""
    for label, text in (
        ("Title", title),
        ("In one sentence", "Forty voices under one roof."),
        ("Begins", "2031-06-20T19:30"),
        ("Ends", "2031-06-20T21:30"),
        ("Venue", "Tram depot"),
        ("City", "Lindach"),
    ):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Time zone").select_option("Europe/Zurich")
    page.get_by_label("Country").select_option("CH")
    page.get_by_label("Currency").select_option("CHF")
    page.get_by_role("button", name="Keep as a draft").click()


def put_on_sale(page: Page, title: str, javascript: bool) -> None:
    describe(page, title)
    page.get_by_role("link", name="Publication").first.click()
    expect(page.get_by_role("heading", name="Still missing")).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    page.get_by_role("link", name="Add a ticket type").click()
    page.get_by_label("Name", exact=True).fill("Unreserved seat")
    offer(page, "18")
    page.get_by_role("link", name="Next: a picture").click()
    page.get_by_label("Picture", exact=True).set_input_files(poster())
    page.get_by_label("What the picture shows").fill("A depot at dusk")
    page.get_by_role("button", name="Send the picture").click()
    if not javascript:
        page.get_by_text("A depot at dusk").wait_for()
        page.wait_for_timeout(2000)
        page.reload()
    expect(page.get_by_role("img", name="A depot at dusk")).to_be_visible(timeout=15_000)
    page.get_by_role("link", name="Next: publication").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status")).to_contain_text("Everyone can see it now")


def buy(page: Page, title: str, address: str) -> None:
    page.goto("/")
    page.get_by_label("Search").first.fill(title)
    page.get_by_label("Search").first.press("Enter")
    page.get_by_role("link", name=title).first.click()
    page.get_by_label("Unreserved seat").select_option("1")
    with page.expect_response("**/cart/lines"):
        page.get_by_role("button", name="Put into the cart").click()
    page.goto("/cart")
    page.get_by_role("link", name="Check out").click()
    page.get_by_label("Your name").fill("Odile Brandt")
    page.get_by_label("Your e-mail address").fill(address)
    page.get_by_role("button", name="Pay CHF").click()
    for label, text in (("Card number", "4242424242424242"), ("Expiry", "12/39"), ("Security code", "123")):
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Pay CHF").click()
    expect(page.get_by_role("heading", name="Your tickets are here")).to_be_visible(timeout=30_000)


def give_back(page: Page) -> None:
    page.get_by_role("row", name="Odile Brandt").get_by_role("link").click()
    page.get_by_role("link", name="Refund", exact=True).click()
    page.get_by_role("radio", name="Everything that is left").check()
    page.get_by_role("button", name="Refund now").click()
    expect(page.get_by_role("status")).to_contain_text("The refund is on its way")


@pytest.mark.parametrize("javascript", [False, True], ids=["without JavaScript", "with JavaScript"])
def test_a_new_organiser_sells_a_ticket_and_gives_the_money_back(
    phone: Phone, demo: Demo, tour: Callable[..., Tour], javascript: bool
) -> None:
    kind = "js" if javascript else "plain"
    title, buyer = f"Choir of {'echoes' if javascript else 'embers'}", f"odile-{kind}@buyer.example"
    organiser = tour(javascript=javascript)
    page = organiser.page
    page.goto(FRONT)
    register(page, demo, f"ilse-{kind}@house.example")
    found(page, f"House of {kind}")
    put_on_sale(page, title, javascript)
    buy(tour(javascript=javascript).page, title, buyer)
    page.get_by_role("link", name="Sales").click()
    expect(page.get_by_role("main")).to_contain_text("Odile Brandt")
    expect(page.locator("dl.numbers")).to_contain_text("CHF\u00a018.00")
    until_sold = len(organiser.pages)

    give_back(page)
    history = page.get_by_role("region", name="History")
    for _ in range(20):
        if "Word of the refund, sent to" in history.inner_text():
            break
        page.wait_for_timeout(500)
        page.reload()
    for sentence in ("Paid", "Confirmation with the tickets, sent to", "Refund done", "Word of the refund, sent to"):
        expect(history).to_contain_text(sentence)

    print(f"{kind}: {until_sold} pages to the first sold ticket, {len(organiser.pages)} with its refund and history,")
    print(f"  in {len(organiser.opened)} loads: " + " ".join(organiser.pages))
    assert len(organiser.pages) <= MOST_PAGES
    assert "refund" in text_of_mail(demo.mailbox, buyer, "refund").lower()
