"""The screen of a phone at the door: codes that are typed, verdicts that are taken back, all by one thumb."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.door_staff import EVENT, PHONE, Open, key_in, word
from tests.browser.test_accessibility import THEMES, faults
from tests.browser.test_door_camera import LASTING


def test_page_says_that_it_sounds_only_after_a_tap(scan_page: Open) -> None:
    page = scan_page()
    expect(page.get_by_text("Tap once for sound")).to_be_visible()
    page.locator("[data-view]").click()
    expect(page.get_by_text("Tap once for sound")).to_be_hidden()


def test_scanner_that_types_is_heard_wherever_the_focus_is_and_never_too_fast(scan_page: Open, tickets: Any) -> None:
    page = scan_page()
    page.get_by_role("button", name="Sun").focus()
    for code, _picture in tickets:
        key_in(page, code)
    expect(page.locator("[data-pace]")).to_be_visible()
    page.wait_for_function(
        "(most) => JSON.parse(localStorage.getItem('carneau-pace')).length === most", arg=len(tickets)
    )
    key_in(page, "HTTPS://ELSEWHERE.EXAMPLE/NO-TICKET")
    expect(word(page)).to_have_text("Not valid")
    page.keyboard.press("Escape")
    expect(word(page)).to_have_count(0)


def test_entry_is_taken_back_and_given_again(scan_page: Open, tickets: Any) -> None:
    code = tickets[1][0]
    page = scan_page()
    key_in(page, code)
    expect(word(page)).to_have_text(re.compile("Come in|Already in"))
    page.goto(f"/door/{EVENT}?direction=exit")
    expect(page.locator(".screen-where")).to_have_text(re.compile("Exit"))
    key_in(page, code)
    expect(word(page)).to_have_text("Goodbye")
    page.locator("[data-verdict-undo]").get_by_role("button").click()
    expect(page.locator("[data-last]")).to_contain_text("Taken back")
    key_in(page, code)
    expect(word(page)).to_have_text("Goodbye")
    expect(page.locator("[data-verdict-screen]")).to_be_hidden(timeout=3000)
    page.locator("[data-last]").get_by_role("button", name="Undo").click()
    expect(page.locator("[data-last]")).to_contain_text("Taken back")


def test_everything_for_the_thumb_is_in_the_lower_half(scan_page: Open, tickets: Any) -> None:
    page = scan_page()
    assert page.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]") == [640, 360]
    assert high_ones(page, "main") == []
    key_in(page, tickets[0][0])
    expect(word(page)).to_be_visible()
    assert high_ones(page, "[data-verdict-screen]") == []


def high_ones(page: Page, within: str) -> list[str]:
    """Buttons, fields and links that a thumb does not reach, or misses."""
    found = []
    for element in page.locator(within).locator("button:visible, select:visible, a:visible, [name=code]").all():
        box = element.bounding_box()
        name = element.get_attribute("name") or element.inner_text()
        if (
            box
            and name != "Start the camera"
            and (box["y"] < PHONE["height"] / 2 or min(box["height"], box["width"]) < 44)
        ):
            found.append(f"{name}: {box}")
    return found


@pytest.mark.parametrize("look", ["usual", "sun"])
def test_no_state_of_the_scan_page_has_a_fault(scan_page: Open, tickets: Any, look: str) -> None:
    """The colours of verdicts are the same in the dark."""
    page = scan_page(script=LASTING, reduced_motion="reduce")
    if look == "sun":
        page.get_by_role("button", name="Sun").click()
    found = {"scanning": faults(page, THEMES if look == "usual" else THEMES[:1])}
    page.emulate_media(color_scheme="light")
    code = tickets[0][0]
    verdicts = (("Entry", code), ("Entry", "HTTPS://NO.TICKET"), ("Exit", code), ("Entry", code))
    for way, text in verdicts:
        page.get_by_role("radio", name=way).check(force=True)
        key_in(page, text)
        expect(word(page)).to_be_visible()
        found[word(page).inner_text()] = faults(page, THEMES[:1])
        page.keyboard.press("Escape")
    page.goto(f"/door/{EVENT}?find=a")
    expect(page.locator("[data-finder] li").first).to_be_visible()
    found["finder"] = faults(page, THEMES if look == "usual" else THEMES[:1])
    assert {state: at for state, at in found.items() if at} == {}
