"""The door as who is in charge of it sees it: to axe-core without a fault, without JavaScript, and following by itself
what is scanned on somebody else's phone."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from carneau.standalone.season.people import DOOR_SECRET
from tests.browser.test_accessibility import faults
from tests.browser.test_organisers import log_in

Phone = Callable[..., BrowserContext]
OVER = "/manage/events/brass-on-the-steps"
COMING = "/manage/events/parallel-fields"
RUN = "/manage/events/the-weather-in-the-walls-thursday"
PAGES = (
    f"{OVER}/door",
    f"{COMING}/door",
    f"{COMING}/door/gates",
    f"{OVER}/door/phones",
    f"{RUN}/door/links/new",
    f"{OVER}/door/scans",
    f"{OVER}/door/scans?since=soon",
    f"{OVER}/door/conflicts",
    f"{COMING}/door/conflicts",
    f"{OVER}/attendees?who=inside",
)


def test_no_page_of_a_door_has_a_fault(phone: Phone) -> None:
    page = phone(reduced_motion="reduce").new_page()
    log_in(page, "owner@demo.example")
    found = {}
    for path in PAGES:
        page.goto(path)
        found[path] = faults(page)
    page.goto(f"{COMING}/door/gates")
    page.get_by_role("button", name="Add the gate").click()
    page.get_by_role("alert").wait_for()
    found["gate with errors"] = faults(page)
    for start, link in (
        (f"{COMING}/door/gates", "Change Meadow gate"),
        (f"{OVER}/door/phones", "Change Stairs phone"),
        (None, "Revoke this phone"),
        (f"{COMING}/door/phones", "Revoke Gate crew"),
    ):
        if start:
            page.goto(start)
        page.get_by_role("link", name=link).click()
        found[link] = faults(page)
    page.goto(f"{RUN}/door/links/new")
    page.get_by_label("Name of the link").fill("Crew of the night")
    page.get_by_role("button", name="Make the link").click()
    page.get_by_role("heading", name="Crew of the").wait_for()
    found["link"] = faults(page)
    page.goto(f"{OVER}/attendees")
    page.locator("tbody a").first.click()
    found["ticket"] = faults(page)
    assert {name: at for name, at in found.items() if at} == {}


def test_without_javascript_gates_and_a_link_are_made_and_a_conflict_is_noted(phone: Phone) -> None:
    page = phone(javascript=False).new_page()
    log_in(page, "manager@demo.example")
    page.goto(f"{RUN}/door")
    page.get_by_role("link", name="Gates").click()
    for name in ("Stalls door", "Balcony stairs"):
        page.get_by_label("Name").fill(name)
        if name == "Balcony stairs":
            page.get_by_label("Balcony", exact=True).check()
        page.get_by_role("button", name="Add the gate").click()
        expect(page.get_by_role("status")).to_have_text(f"{name} is open.")
    page.get_by_role("button", name="Up Balcony stairs").click()
    expect(page.locator(".ordered h2")).to_have_text(["Balcony stairs", "Stalls door"])
    page.get_by_role("button", name="Remove Balcony stairs").click()
    expect(page.locator(".ordered h2")).to_have_text(["Stalls door"])
    page.get_by_role("link", name="Phones").click()
    page.get_by_role("link", name="Make a door link").click()
    page.get_by_label("Name of the link").fill("Ushers")
    page.get_by_label(re.compile("Dec|Sat")).last.check()
    page.get_by_role("button", name="Make the link").click()
    address = page.locator(".door-address").inner_text()
    phone(javascript=False).new_page().goto(address)
    page.goto(f"{OVER}/door/conflicts")
    page.get_by_label("What was found").fill("They came with a screenshot.")
    page.get_by_role("button", name="Mark as looked at").click()
    expect(page.get_by_text("They came with a screenshot.")).to_be_visible()
    page.get_by_role("button", name="Open it again").click()
    expect(page.get_by_role("status")).to_have_text("It is open again.")


def test_who_is_in_charge_sees_within_seconds_whom_another_phone_lets_in(phone: Phone) -> None:
    mine = code_of_the_buyer(phone)
    screen = phone(viewport={"width": 1280, "height": 900}).new_page()
    log_in(screen, "owner@demo.example", f"{COMING}/door")
    inside = screen.locator("dd.inside")
    before = number(inside.inner_text())
    details = screen.get_by_text("Nobody was let in yet")

    scanner = phone(javascript=False).new_page()
    scanner.goto(f"/door/links/{DOOR_SECRET}")
    scanner.locator('input[name="name"]').fill("Noa's phone")
    scanner.get_by_role("button", name="Begin").click()
    scanner.locator('input[name="code"]').fill(mine)
    scanner.locator('input[name="code"]').press("Enter")
    expect(scanner.locator("main")).to_contain_text("Come in")

    expect(inside).to_contain_text(str(before + 1), timeout=15_000)
    expect(details).to_have_count(0)
    screen.goto(f"{COMING}/door/phones")
    expect(screen.get_by_role("row", name="Noa's phone")).to_contain_text("May scan")
    screen.goto(f"{COMING}/door/scans")
    screen.get_by_role("button", name="Undo").first.click()
    expect(screen.get_by_role("status")).to_contain_text("Undone")
    screen.goto(f"{COMING}/door")
    expect(inside).to_contain_text(str(before))


def test_what_was_opened_stays_open_while_the_page_follows(phone: Phone) -> None:
    page = phone().new_page()
    log_in(page, "owner@demo.example", f"{OVER}/door")
    page.get_by_text("The arrivals as a table").click()
    for _refresh in range(2):
        with page.expect_response(lambda response: response.request.headers.get("hx-request") == "true"):
            pass
    page.wait_for_timeout(300)
    expect(page.get_by_role("columnheader", name="Let in")).to_be_visible()


def code_of_the_buyer(phone: Phone) -> str:
    page = phone().new_page()
    log_in(page, "buyer@demo.example", "/my/tickets")
    card = page.locator("body").inner_html()
    page.context.close()
    codes = re.findall(r"/tickets/([A-Z2-7]{122})", card)
    assert codes
    return first_of_the_festival(phone, codes)


def first_of_the_festival(phone: Phone, codes: list[str]) -> str:
    page = phone().new_page()
    for code in dict.fromkeys(codes):
        page.goto(f"/tickets/{code}")
        if page.get_by_text("Parallel Fields").count():
            return code
    raise AssertionError("the buyer has no ticket of the festival")


def number(text: str) -> int:
    found = re.match(r"\d+", text)
    assert found, text
    return int(found[0])
