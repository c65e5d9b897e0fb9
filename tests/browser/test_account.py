"""A buyer makes an account out of a mail, finds what a guest bought, and gives a ticket away."""

import json
import re
import time
from email import message_from_bytes
from urllib.parse import urljoin
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

PASSWORD = "four words nobody guesses"


def text_of_mail(mailbox: str, address: str, about: str) -> str:
    for _ in range(200):
        with urlopen(f"{mailbox}/api/messages") as answer:
            found = [mail for mail in json.load(answer) if address in str(mail["to"]) and about in str(mail)]
        if found:
            break
        time.sleep(0.1)
    [mail] = found
    with urlopen(urljoin(mailbox, f"/messages/{mail['id']}.eml")) as answer:
        message = message_from_bytes(answer.read())
    [text] = [part for part in message.walk() if part.get_content_type() == "text/plain"]
    return text.get_payload(decode=True).decode()


def log_in(page: Page, address: str, password: str) -> None:
    page.goto("/my/tickets")
    page.get_by_label("Your e-mail address").fill(address)
    page.get_by_label("Your password").fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", name="My tickets")).to_be_visible()


@pytest.mark.parametrize("javascript", [False, True], ids=["without JavaScript", "with JavaScript"])
def test_a_ticket_goes_on_to_a_friend_who_makes_an_account(phone, demo, javascript):
    friend = f"friend-{'js' if javascript else 'plain'}@friend.example"
    giver = phone(javascript=javascript).new_page()
    log_in(giver, "buyer@demo.example", "carneau-demo")
    giver.get_by_role("link", name="Pass it on").first.click()
    giver.get_by_label("Their name").fill("Frieda Lindqvist")
    giver.get_by_label("Their e-mail address").fill(friend)
    giver.get_by_role("button", name="Pass this ticket on").click()
    expect(giver.get_by_role("heading", name="The ticket has a new holder")).to_be_visible()
    code = re.search(r"/tickets/([A-Z2-7]{122})", text_of_mail(demo.mailbox, friend, "A ticket for you"))[1]

    page = phone(javascript=javascript).new_page()
    page.goto("/register")
    page.get_by_label("Your e-mail address").fill(friend)
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_text(friend)).to_be_visible()
    page.goto(re.search(r"http\S+/links/\S+", text_of_mail(demo.mailbox, friend, "Finish your account"))[0])
    page.get_by_label("Your name").fill("Frieda Lindqvist")
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Create my account").click()
    expect(page.get_by_text("Frieda Lindqvist, passed on to you")).to_be_visible()
    expect(page.locator(f"a[href='/tickets/{code}.pdf']")).to_be_visible()

    page.goto("/logout")
    page.get_by_role("button", name="Log out here").click()
    expect(page.get_by_role("heading", name="You are logged out")).to_be_visible()
    log_in(page, friend, PASSWORD)
