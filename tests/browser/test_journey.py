"""A stranger with an old phone buys a ticket in the demo, and holds it in the browser and in the mail."""

import json
import time
from email import message_from_bytes
from io import BytesIO
from urllib.parse import urljoin
from urllib.request import urlopen

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect


def buy(page: Page, address: str) -> None:
    page.goto("/")
    page.get_by_role("link", name="Mild Panic").first.click()
    page.get_by_label("Seat").select_option("2")
    page.get_by_role("button", name="Put into the cart").click()
    expect(page.get_by_text("2 × Seat").first).to_be_visible()
    page.goto("/cart")
    page.get_by_role("link", name="Check out").click()
    page.get_by_label("Your name").fill("Žofia Łukasiewicz")
    page.get_by_label("Your e-mail address").fill(address)
    page.get_by_role("button", name="Pay €29.00").click()
    page.get_by_label("Card number").fill("4242 4242 4242 4242")
    page.get_by_label("Expiry").fill("12 / 39")
    page.get_by_label("Security code").fill("123")
    page.get_by_role("button", name="Pay EUR 29.00").click()


def mail_to(mailbox: str, address: str) -> dict:
    for _ in range(200):
        with urlopen(f"{mailbox}/api/messages") as answer:
            found = [mail for mail in json.load(answer) if address in str(mail["to"])]
        if found:
            assert len(found) == 1
            return found[0]
        time.sleep(0.1)
    raise AssertionError(f"no mail for {address}")


def decoded(picture: bytes | Image.Image) -> list[str]:
    image = Image.open(BytesIO(picture)) if isinstance(picture, bytes) else picture
    return [found.text for found in zxingcpp.read_barcodes(image.convert("RGB"))]


def pages_of(pdf: bytes) -> list[Image.Image]:
    return [page.render(scale=3).to_pil() for page in pypdfium2.PdfDocument(pdf)]


@pytest.mark.parametrize("javascript", [False, True], ids=["without JavaScript", "with JavaScript"])
def test_a_stranger_buys_two_tickets_on_an_old_phone(phone, demo, javascript):
    page = phone(javascript=javascript, device_scale_factor=2).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"{message.location.get('url')}: {message.text}"))
    address = f"zofia-{'js' if javascript else 'plain'}@buyer.example"

    buy(page, address)

    page.wait_for_url("**/checkout/success**")
    links = page.locator("main a[href*='/tickets/']:not([href*='.'])")
    expect(links).to_have_count(2, timeout=30_000)
    links.first.click()
    expect(page.get_by_text("Žofia Łukasiewicz").first).to_be_visible()

    ticket = page.url.partition("?")[0]
    code = ticket.rpartition("/")[2]
    on_screen = decoded(page.screenshot(full_page=True))
    assert len(on_screen) == 1
    assert on_screen[0].upper().endswith(f"/T/{code.upper()}")
    with urlopen(f"{ticket}.png") as answer:
        assert decoded(answer.read()) == on_screen

    mail = mail_to(demo.mailbox, address)
    with urlopen(urljoin(demo.mailbox, f"/messages/{mail['id']}.eml")) as answer:
        message = message_from_bytes(answer.read())
    parts = {part.get_content_type(): part.get_payload(decode=True) for part in message.walk()}
    in_pdf = [decoded(sheet) for sheet in pages_of(parts["application/pdf"])]
    assert len(in_pdf) == 2
    assert on_screen in in_pdf
    assert b"BEGIN:VCALENDAR" in parts["text/calendar"]
    assert "/purchases/" in parts["text/plain"].decode()
    assert complaints == []
