"""Doors without a network: a phone that lost it goes on, and what it did is known everywhere once it is back."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import doorway
from tests.browser.door_staff import key_in, word
from tests.browser.doorway import Door
from tests.browser.test_organisers import log_in

Phone = Callable[..., BrowserContext]
Opened = Callable[..., Page]
SCREEN = {"width": 360, "height": 640}
PATIENCE = 20_000
SCANNED = """async (codes) => {
  const form = document.querySelector("[data-code-form]");
  const verdicts = [];
  for (const code of codes) {
    const answer = new Promise((resolve) => {
      document.body.addEventListener("scanned", function take({ detail }) {
        if (!detail) return;
        document.body.removeEventListener("scanned", take);
        resolve(detail);
      });
    });
    form.elements.code.value = code;
    form.requestSubmit();
    verdicts.push(await answer);
  }
  return verdicts;
}"""
CHOOSE = """(direction) => {
  const way = document.querySelector(`[data-code-form] [name=direction][value=${direction}]`);
  way.checked = true;
  way.dispatchEvent(new Event("change", { bubbles: true }));
}"""
REFRESH = """() => new Promise((resolve) => {
  document.addEventListener("door:status", resolve, { once: true });
  document.dispatchEvent(new CustomEvent("door:changed"));
}).then(() => 1)"""
STORED = """async () => {
  const database = await new Promise((resolve) => {
    const request = indexedDB.open("carneau-door");
    request.onsuccess = () => resolve(request.result);
  });
  const counts = {};
  for (const name of database.objectStoreNames) {
    counts[name] = await new Promise((resolve) => {
      const request = database.transaction(name).objectStore(name).count();
      request.onsuccess = () => resolve(request.result);
    });
  }
  database.close();
  return counts;
}"""
NO_ED25519 = """
globalThis.refused = 0;
const own = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = (format, key, algorithm, ...rest) =>
  (algorithm.name ?? algorithm) === "Ed25519" ? Promise.reject(new DOMException(`${refused += 1}`, "NotSupportedError"))
    : own(format, key, algorithm, ...rest);
"""


@pytest.fixture(scope="module")
def door(demo: Any) -> Door:
    return doorway.make(demo, "doors-at-eight", 320)


@pytest.fixture
def opened(phone: Phone, door: Door) -> Opened:
    """`opened("Lea")`: the scan page on a phone that came by the door link, with its list and its worker."""

    def make(name: str, script: str = "", at: Door = door) -> Page:
        page = phone(viewport=SCREEN).new_page()
        if script:
            page.add_init_script(script)
        page.goto(f"/door/links/{at.secret}")
        page.get_by_label("A name for this phone").fill(name)
        page.locator("main form button").click()
        expect(page.locator("#door_offline")).to_contain_text("List up to date", timeout=PATIENCE)
        page.evaluate("() => navigator.serviceWorker.ready.then(() => 1)")
        return page

    return make


def cut(page: Page) -> None:
    page.context.set_offline(True)


def connect(page: Page) -> None:
    page.context.set_offline(False)
    expect(page.locator("[data-part=reach]")).to_have_text("Online.", timeout=PATIENCE)
    expect(page.locator("[data-part=queue]")).to_be_hidden(timeout=PATIENCE)


def scan(page: Page, *codes: str) -> list[dict[str, Any]]:
    verdicts: list[dict[str, Any]] = page.evaluate(SCANNED, list(codes))
    return verdicts


def words(verdicts: list[dict[str, Any]]) -> list[str]:
    return [verdict["verdict"] for verdict in verdicts]


def test_two_hundred_come_in_without_a_network_and_one_of_them_twice(opened: Opened, phone: Phone, door: Door) -> None:
    lea, ben = opened("Lea"), opened("Ben")
    mine = door.codes[:200]
    for page in (lea, ben):
        cut(page)
        page.reload()
        expect(page.locator("[data-part=reach]")).to_have_text("No network: this phone decides alone.")

    verdicts = scan(lea, *mine, mine[0])
    assert words(verdicts) == ["come_in"] * 200 + ["already_in"]
    assert all(verdict["provisional"] and verdict["data_age"] is not None for verdict in verdicts)
    expect(lea.locator("[data-part=queue]")).to_have_text("201 scans wait to be sent.")
    assert words(scan(ben, mine[7])) == ["come_in"]
    lea.reload()
    assert words(scan(lea, mine[5])) == ["already_in"]

    connect(lea)
    connect(ben)

    expect(ben.locator("[data-part=twice]")).to_have_text("One person was let in twice: see the board.")
    expect(ben.locator("[data-part=list]")).to_contain_text("In since")
    expect(lea.locator("[data-part=told]")).to_be_hidden()
    tally, broken = door.tally()
    assert tally == {"come_in": [200, 0], "already_in": [3, 1]}
    assert broken == []
    board = phone().new_page()
    log_in(board, "owner@demo.example", f"/manage/events/{door.slug}/door/conflicts")
    expect(board.locator("main")).to_contain_text("Ben")
    assert words(scan(lea, mine[9])) == ["already_in"]


def said(verdicts: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(verdict["verdict"], verdict["reason"]) for verdict in verdicts]


def test_a_phone_alone_decides_as_the_server_does(opened: Opened, door: Door, demo: Any) -> None:
    """Everything a gate can meet: what the phone says without a network, the server then says to another phone."""
    here = doorway.make(demo, "doors-at-nine", 8)
    cases = here.run(doorway.CASES)
    valid, void, refunded, inside, left, forged, passed, at_gate = here.codes
    ada, bob = (opened(name, at=here) for name in ("Ada", "Bob"))
    scan(bob, inside, left)
    choose(bob, "exit")
    scan(bob, left)
    choose(bob, "entry")
    for _ in range(2):
        ada.evaluate(REFRESH)
    cut(ada)
    newer, sold_since = here.run(doorway.SINCE)
    codes = [
        void,
        refunded,
        inside,
        left,
        damaged(forged),
        cases["strange"],
        door.codes[0],
        "nonsense 42",
        newer,
        sold_since,
    ]
    codes += [valid, f"HTTP://TICKETS.EXAMPLE/T/{valid}"]

    alone, told = scan(ada, *codes), scan(bob, *codes)

    assert all(verdict.get("provisional") for verdict in alone)
    assert said(alone) == said(told)
    assert {verdict["verdict"] for verdict in told} == {"come_in", "already_in", "not_valid"}
    assert {verdict["reason"] for verdict in told} == {
        None, "void", "refunded", "forged", "other_event", "other_day", "unknown"
    }  # fmt: skip
    assert scan(bob, passed)[0]["reason"] == "passed_on"
    for page in (ada, bob):
        page.locator("select[name=gate]").select_option(cases["gate"], force=True)
    assert said(scan(ada, at_gate)) == said(scan(bob, at_gate)) == [("not_valid", "wrong_gate")]
    for page in (ada, bob):
        choose(page, "exit")
    assert said(scan(ada, inside, at_gate)) == said(scan(bob, inside, at_gate))


def damaged(code: str) -> str:
    return code[:-9] + ("A" if code[-9] != "A" else "B") + code[-8:]


def test_browser_without_ed25519_checks_codes_with_ours(opened: Opened, door: Door) -> None:
    page, code = opened("Nia", NO_ED25519), door.codes[270]
    cut(page)
    assert said(scan(page, damaged(code), code)) == [("not_valid", "forged"), ("come_in", None)]
    assert page.evaluate("() => refused") == 1


def choose(page: Page, direction: str) -> None:
    page.evaluate(CHOOSE, direction)


def test_answer_that_hangs_counts_as_none_and_the_same_attempt_is_told_again(opened: Opened, door: Door) -> None:
    """The server heard it and let in; its answer never came. The phone lets in too, and that is one admission."""
    page, code = opened("Hanne"), door.codes[210]
    page.route("**/admissions", lambda route: route.fetch() and None)
    [verdict] = scan(page, code)
    assert (verdict["verdict"], verdict["provisional"]) == ("come_in", True)
    page.wait_for_function("() => 'carneau-pace' in localStorage")
    assert 1400 < page.evaluate("() => Number(JSON.parse(localStorage['carneau-pace']).at(-1))") < 4000

    page.unroute("**/admissions")
    expect(page.locator("[data-part=queue]")).to_be_hidden(timeout=PATIENCE)
    expect(page.locator("[data-part=told]")).to_be_hidden()
    assert words(scan(page, code)) == ["already_in"]
    assert door.tally()[1] == []


def test_phone_that_was_revoked_meanwhile_is_told_and_keeps_no_list(opened: Opened, door: Door) -> None:
    page = opened("Rita")
    cut(page)
    assert words(scan(page, door.codes[220], door.codes[221])) == ["come_in", "come_in"]
    before = door.tally()[0]
    door.run(doorway.REVOKE, "Rita")
    page.context.set_offline(False)

    expect(page.locator("[data-part=ended]")).to_contain_text("This phone may not scan here any more", timeout=PATIENCE)
    expect(page.locator("[data-part=not_taken]")).to_contain_text("2 scans were not sent")
    page.wait_for_function(f"async () => (await ({STORED})()).parts === 0")
    assert page.evaluate(STORED) == {"parts": 0, "queue": 2, "seen": 2, "told": 0}
    assert door.tally() == [before, []]
    page.get_by_text("Discard these scans").click()
    page.get_by_role("button", name="Discard them for good").click()
    expect(page.locator("[data-part=not_taken]")).to_be_hidden()
    page.reload()
    expect(page.locator("main")).to_contain_text("This phone may not scan here any more")
    assert page.evaluate("() => caches.has('carneau-door-pages')") is False


def test_phone_that_was_revoked_sends_what_it_kept_with_a_new_link(opened: Opened, door: Door) -> None:
    """The page is reloaded, left and come back to meanwhile; the new link is held before it."""
    page, codes = opened("Rosa"), door.codes[222:224]
    cut(page)
    scan(page, *codes)
    door.run(doorway.REVOKE, "Rosa")
    page.context.set_offline(False)
    expect(page.locator("[data-part=not_taken]")).to_contain_text("Nothing is lost", timeout=PATIENCE)
    key_in(page, f"{page.evaluate('location.origin')}/door/links/{door.run(doorway.NEW_LINK)}")
    expect(page.locator("[data-unsent]")).to_contain_text("2 scans of this phone were not sent yet.")
    page.goto(f"/door/{door.slug}")
    expect(page.locator("main")).to_contain_text("This phone may not scan here any more")
    expect(page.locator("[data-unsent]")).to_contain_text("2 scans of this phone were not sent yet.")
    page.go_back()
    page.get_by_label("A name for this phone").fill("Rosa again")
    page.get_by_role("button", name="Begin").click()
    expect(page.locator("[data-part=reach]")).to_have_text("Online.", timeout=PATIENCE)
    expect(page.locator("[data-part=queue]")).to_be_hidden(timeout=PATIENCE)
    expect(page.locator("[data-part=told]")).to_be_hidden()
    assert [door.tally(code) for code in codes] == [[{"come_in": [1, 0]}, []]] * 2
    assert page.evaluate(STORED)["queue"] == 0


def test_one_ticket_on_eight_phones_some_without_a_network_lets_in_once(opened: Opened, door: Door) -> None:
    code = door.codes[230]
    pages = [opened(f"Gate {number}") for number in range(8)]
    for page in pages[::2]:
        cut(page)
    verdicts = [verdict for _ in range(4) for page in pages for verdict in scan(page, code, code)]
    assert len(verdicts) == 64
    shown = [verdict for verdict in verdicts if verdict["verdict"] == "come_in"]
    assert [verdict.get("provisional", False) for verdict in shown].count(True) == 4
    assert len(shown) == 5
    for page in pages[::2]:
        connect(page)
        expect(page.locator("[data-part=twice]")).to_have_text("One person was let in twice: see the board.")
    tally, broken = door.tally(code)
    assert (tally, broken) == ({"come_in": [1, 0], "already_in": [63, 4]}, [])


def test_what_is_kept_is_the_scan_page_and_its_files_and_nothing_else(opened: Opened, door: Door) -> None:
    page = opened("Kim")
    scan(page, door.codes[240])
    page.goto(f"/door/{door.slug}/search?q=an")
    page.goto(f"/door/{door.slug}")
    kept = page.evaluate("""async () => {
      const found = [];
      for (const name of await caches.keys())
        for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
      return found;
    }""")
    pages = [path for path in kept if not path.startswith("/assets/")]
    assert sorted(pages) == [f"/door/{door.slug}", "/door/no-network.html"]
    door.run(doorway.NAMELESS, "Kim")
    page.reload()
    expect(page.locator("#door_offline")).to_contain_text("List up to date", timeout=PATIENCE)
    cut(page)
    page.goto(f"/door/{door.slug}/search?q=an")
    expect(page.get_by_role("heading")).to_have_text("No network")
    page.get_by_role("link", name="Back to scanning").click()
    expect(page.locator("[data-part=reach]")).to_have_text("No network: this phone decides alone.", timeout=PATIENCE)
    assert words(scan(page, door.codes[240])) == ["already_in"]


def test_who_logs_out_leaves_no_list_behind(phone: Phone, door: Door) -> None:
    page = phone(viewport=SCREEN).new_page()
    log_in(page, "owner@demo.example", f"/door/{door.slug}")
    page.get_by_label("A name for this phone").fill("Otto")
    page.locator("main form button").click()
    expect(page.locator("#door_offline")).to_contain_text("List up to date", timeout=PATIENCE)
    page.goto("/logout")
    page.get_by_role("button", name="Log out here").click()
    expect(page.get_by_role("heading")).to_have_text("You are logged out")
    page.wait_for_function(f"async () => (await ({STORED})()).parts === 0 && !(await caches.has('carneau-door-pages'))")


def test_old_list_is_told_and_warned_of(opened: Opened, door: Door) -> None:
    page = opened("Ola", "const now = Date.now.bind(Date); globalThis.ahead = 0; Date.now = () => now() + ahead")
    cut(page)
    page.evaluate("() => { ahead = 11 * 60_000 }")
    expect(page.locator("[data-part=age]")).to_have_text("List 11 minutes old.", timeout=PATIENCE)
    expect(page.locator("[data-part=warning]")).to_contain_text("may miss refunds")
    assert scan(page, door.codes[250])[0]["data_age"] > 600


def test_undone_before_it_was_sent_is_undone_everywhere(opened: Opened, door: Door) -> None:
    page, code = opened("Uma"), door.codes[260]
    cut(page)
    scan(page, code)
    page.locator("[data-last-undo]").click()
    expect(page.locator("[data-last-word]")).to_have_text("Taken back")
    assert words(scan(page, code)) == ["come_in"]
    connect(page)
    assert door.tally(code) == [{"come_in": [2, 0]}, []]


def test_somebody_without_a_code_is_found_and_let_in_without_a_network(opened: Opened, door: Door) -> None:
    ref, code = door.run(doorway.NAMED, "280", "Zoë Müller-Ørsted"), door.codes[280]
    page = opened("Nora")
    cut(page)
    page.get_by_role("link", name="Names").click()
    asked, found = page.locator("[data-finder] input"), page.locator("[data-finder-list] li")
    expect(asked).to_be_focused()
    asked.fill("zoe orst")
    expect(found).to_have_count(1)
    expect(found).to_contain_text(f"Zoë Müller-Ørsted Standing · {ref}", use_inner_text=True)
    found.get_by_role("button", name="Let in Zoë Müller-Ørsted").click()
    expect(word(page)).to_have_text("Come in")
    expect(page.locator("[data-verdict-provisional]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(found).to_contain_text("In since")
    expect(found.get_by_role("button")).to_be_hidden()
    asked.fill("nobody of this name")
    expect(page.locator("[data-finder-says]")).to_contain_text("has the name or reference “nobody of this name”")

    page.goto(f"/door/{door.slug}/search?q={ref.lower()}")
    expect(found).to_contain_text("In since", timeout=PATIENCE)
    page.get_by_role("button", name="Back to scanning").click()
    key_in(page, "Müller Zoë")
    expect(found).to_have_count(1)
    page.get_by_role("button", name="Back to scanning").click()
    assert words(scan(page, code)) == ["already_in"]
    connect(page)
    expect(page.locator("[data-part=told]")).to_be_hidden()
    assert door.tally(code) == [{"come_in": [1, 0], "already_in": [1, 0]}, []]
