"""The pages of an organisation's team, as each role finds them: to axe-core without a fault, and without JavaScript."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from carneau.standalone.season.people import PASSWORD
from tests.browser.test_accessibility import faults

Phone = Callable[..., BrowserContext]
HOUSE = "/manage/organisations/les-rives"
PAGES = (
    "/manage",
    "/manage/organisations/new",
    HOUSE,
    f"{HOUSE}?past=1",
    f"{HOUSE}/edit",
    f"{HOUSE}/team",
    f"{HOUSE}/audit",
    f"{HOUSE}/audit?action=left",
    f"{HOUSE}/people",
    f"{HOUSE}/departure",
)


def log_in(page: Page, email: str, path: str = "/manage") -> None:
    page.goto(f"/login?next={path}")
    page.get_by_label("Your e-mail address").fill(email)
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").first.click()
    page.wait_for_url(f"**{path}")


def test_no_page_of_the_team_has_a_fault(phone: Phone) -> None:
    page = phone(reduced_motion="reduce").new_page()
    log_in(page, "owner@demo.example")
    found = {}
    for path in PAGES:
        page.goto(path)
        found[path] = faults(page)
    page.goto(f"{HOUSE}/team")
    page.get_by_role("button", name="Send the invitation").click()
    page.get_by_role("alert").wait_for()
    found["team with errors"] = faults(page)
    page.goto(f"{HOUSE}/people")
    page.get_by_label("E-mail address").fill("buyer@demo.example")
    page.get_by_role("button", name="Look it up").click()
    page.get_by_role("heading", name="buyer@demo.example").wait_for()
    found["a person"] = faults(page)
    page.goto(f"{HOUSE}/team")
    page.get_by_role("link", name="Change Dario").click()
    found["member"] = faults(page)
    assert {name: at for name, at in found.items() if at} == {}


def test_without_javascript_somebody_is_invited_at_one_door_and_the_invitation_withdrawn(phone: Phone) -> None:
    page = phone(javascript=False).new_page()
    log_in(page, "owner@demo.example")
    page.get_by_role("link", name="Les Rives").click()
    page.get_by_role("link", name="Team").click()
    page.get_by_label("E-mail address of the new member").fill("noa@team.example")
    page.get_by_role("radio", name="Door").check()
    page.get_by_label("At the door of").select_option("undertow")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("status")).to_contain_text("We have written to noa@team.example")
    row = page.get_by_role("row", name="noa@team.example")
    expect(row).to_contain_text("only Undertow")
    row.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_role("status")).to_contain_text("was withdrawn")
    expect(page.get_by_role("row", name="noa@team.example")).to_have_count(0)


def test_each_role_finds_the_tabs_that_open(phone: Phone) -> None:
    for email, tabs in (("manager@demo.example", 1), ("door@demo.example", 1), ("owner@demo.example", 5)):
        page = phone().new_page()
        log_in(page, email, HOUSE)
        expect(page.get_by_role("heading", level=1)).to_have_text("Les Rives")
        expect(page.locator(".tabs a")).to_have_count(0 if tabs == 1 else tabs)
        page.goto(f"{HOUSE}/team")
        expect(page.get_by_role("heading", level=1)).to_have_text("Team" if tabs == 5 else "Not allowed")
