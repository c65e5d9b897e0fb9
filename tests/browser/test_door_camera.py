"""Door staff with a phone: a camera that sees what phones see at doors, a scanner that types, and the answers."""

import io
import json
import os
import re
import statistics
from base64 import b64encode
from collections.abc import Callable, Iterator
from itertools import chain, repeat
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect

from tests.browser.filming import CONDITIONS, EVERY_SHOT, HEIGHT, WIDTH, Shot, film, jpeg, video
from tests.browser.test_accessibility import faults
from tests.browser.test_organisers import log_in

EVENT = "why-bridges-hum"
PHONE = {"width": 360, "height": 640}
WITH_CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
FEW = tuple(shot for shot in EVERY_SHOT if shot.size in (160, 360))
EASY = tuple(shot for shot in CONDITIONS if "night" not in shot.name and "and" not in shot.name)[:8]
ALL = "CARNEAU_EVERY_FRAME" in os.environ
DETECTOR = """globalThis.BarcodeDetector = class {
  static async getSupportedFormats() { return ['qr_code'] }
  async detect(video) {
    if (globalThis.broken) throw new DOMException('no service', 'NotSupportedError');
    return globalThis.sights?.splice(0, 1).map((rawValue) =>
      ({ rawValue, boundingBox: { x: 0, y: 0, width: video.videoWidth, height: 9 } })) ?? [];
  }
}"""
TORCH = """MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
  MediaStreamTrack.prototype.applyConstraints = async ({ advanced: [wish] }) => { globalThis.wished = wish };
  navigator.mediaDevices.enumerateDevices = async () =>
    ['front', 'back'].map((deviceId) => ({ kind: 'videoinput', deviceId }));"""
GLANCES = """globalThis.locks = 0;
  Object.defineProperty(navigator, 'wakeLock', { value: { request: async () => { globalThis.locks += 1 } } });
  globalThis.glance = (isHidden) => {
    Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true });
    const state = isHidden ? 'hidden' : 'visible';
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }"""
LASTING = """const later = setTimeout;  // a verdict stays until it was looked at
  globalThis.setTimeout = (work, wait, ...rest) => wait < 1500 ? later(work, wait, ...rest) : 0;"""
DECODE = """async ({ base, frames, view }) => {
  const [{ decode }, { picture }, { looks, nextLook }] =
    await Promise.all(['decoding', 'reading', 'looks'].map((name) => import(`${base}/${name}.js`)));
  const found = [];
  for (const frame of frames) {
    const bytes = Uint8Array.from(atob(frame), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]));
    const seen = { text: null, times: [] };
    for (let turn = 0; turn < looks; turn += 1) {
      const began = performance.now();
      seen.text = decode(picture(bitmap, nextLook(view))) ?? seen.text;
      seen.times.push(performance.now() - began);
    }
    found.push(seen);
  }
  return found;
}"""

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def tickets(browser: Browser, demo: Any) -> list[tuple[str, Image.Image]]:
    """(code, picture as it is mailed) of eight tickets of a free lecture, bought by a stranger."""
    context = browser.new_context(base_url=demo.url)
    page = context.new_page()
    found = []
    for name in ("Ada", "Grace"):
        page.goto(f"/e/{EVENT}")
        page.locator("[name^=quantity-]").first.select_option("4")
        page.get_by_role("button", name="Put into the cart").click()
        page.locator("#notice").get_by_role("link", name="Go to your cart").click()
        page.get_by_role("link", name="Check out").click()
        page.get_by_label("Your name").fill(f"{name} Door")
        page.get_by_label("Your e-mail address").fill(f"{name.lower()}@door.example")
        page.get_by_role("button", name=re.compile("Get|Book|Confirm|Order")).click()
        links = page.locator("main a[href*='/tickets/']:not([href*='.'])")
        expect(links).to_have_count(4, timeout=30_000)
        for link in links.all():
            path = (link.get_attribute("href") or "").partition("?")[0]
            picture = Image.open(io.BytesIO(context.request.get(f"{path}.png").body()))
            found.append((path.rpartition("/")[2], picture))
    context.close()
    return found


@pytest.fixture(scope="module")
def staff(browser: Browser, demo: Any) -> Any:
    """The cookies of a phone that somebody of the door opened the scan page on."""
    context = browser.new_context(base_url=demo.url, viewport=PHONE)
    page = context.new_page()
    log_in(page, "door@demo.example", f"/door/{EVENT}")
    page.get_by_label("A name for this phone").fill("Dario, main door")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("button", name="Check")).to_be_visible()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="module")
def cinema(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tickets: Any, tmp_path_factory: Any
) -> Iterator[Browser]:
    """A browser whose camera sees eight tickets, each held for two thirds of a second, between moments of nothing."""
    nothing = Image.new("L", (WIDTH, HEIGHT), 40)
    frames = [film(picture, shot) for (_code, picture), shot in zip(tickets, EASY, strict=True)]
    scenes = (chain(repeat(nothing, 10), repeat(frame, 20)) for frame in frames)
    path = video(chain(*scenes), tmp_path_factory.mktemp("video") / "door.mjpeg")
    args = [*browser_type_launch_args["args"], *WITH_CAMERA, f"--use-file-for-fake-video-capture={path}"]
    browser = browser_type.launch(**browser_type_launch_args | {"args": args})
    yield browser
    browser.close()


@pytest.fixture
def scan_page(browser: Browser, demo: Any, staff: Any) -> Iterator[Open]:
    """`scan_page()`: the scan page on a phone of the staff without a camera, or `scan_page(cinema)` with one."""
    contexts: list[BrowserContext] = []

    def open_page(machine: Browser = browser, *, script: str = "", path: str = "", **options: Any) -> Page:
        options = {"viewport": PHONE} | options
        contexts.append(machine.new_context(base_url=demo.url, storage_state=staff, **options))
        page = contexts[-1].new_page()
        if script:
            page.add_init_script(script)
        page.goto(f"/door/{EVENT}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()


def key_in(page: Page, text: str) -> None:
    """As a scanner that types: without looking where the focus is."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def word(page: Page) -> Any:
    return page.locator("[data-verdict-screen] .verdict-word > :visible")


def times_of(page: Page) -> list[int]:
    return json.loads(page.evaluate("localStorage.getItem('carneau-pace') ?? '[]'"))


def test_most_frames_are_decoded(scan_page: Open, tickets: Any, capsys: Any) -> None:
    """Every way in which a ticket is held, through the page's own decoder; each frame as often as looks take turns."""
    shots = EVERY_SHOT if ALL else FEW
    held = [(shot, *tickets[number % len(tickets)]) for number, shot in enumerate(shots)]
    page = scan_page()
    base = page.locator("script[type=module]").get_attribute("src").rpartition("/")[0]
    box = page.locator("[data-view]").bounding_box()
    view = {"clientWidth": box["width"], "clientHeight": box["height"], "videoWidth": WIDTH, "videoHeight": HEIGHT}
    found = page.evaluate(DECODE, {
        "base": base,
        "frames": [b64encode(jpeg(film(picture, shot))).decode() for shot, _code, picture in held],
        "view": view,
    })  # fmt: skip
    seen = {shot: bool(each["text"]) for (shot, _code, _picture), each in zip(held, found, strict=True)}
    with capsys.disabled():
        print(f"\n{table(seen)}\n{pace('one look', list(chain(*(each['times'] for each in found))))}")
    for (_shot, code, _picture), each in zip(held, found, strict=True):
        assert each["text"] is None or each["text"].lower().endswith(f"/t/{code.lower()}")
    by_day = [is_seen for shot, is_seen in seen.items() if not shot.name.startswith("night")]
    assert sum(by_day) / len(by_day) > 0.7


def table(seen: dict[Shot, bool]) -> str:
    """Conditions down, sizes across; without a torch nothing helps at night."""
    lines = [f"frames decoded: {sum(seen.values())} of {len(seen)} ({100 * sum(seen.values()) / len(seen):.0f} %)"]
    for condition in CONDITIONS:
        marks = [
            f"{shot.size} px {'yes' if is_seen else '-':<4}"
            for shot, is_seen in seen.items()
            if shot.name.startswith(f"{condition.name},")
        ]
        lines.append(f"  {condition.name:<20} {'  '.join(marks)}")
    return "\n".join(lines)


def pace(what: str, times: list[float]) -> str:
    ordered = sorted(times)
    p50, p95 = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    return f"{what}: p50 {p50:.0f} ms, p95 {p95:.0f} ms (n = {len(ordered)})"


def test_camera_lets_in_who_holds_a_ticket_before_it(scan_page: Open, cinema: Browser, capsys: Any) -> None:
    page = scan_page(cinema)
    expect(page.locator("[data-view]")).to_have_attribute("data-camera", "live")
    expect(word(page)).to_have_text("Come in")
    expect(page.locator("[data-verdict-count]")).to_have_text(re.compile("[1-4] of 4"))
    expect(word(page)).to_have_text("Already in", timeout=60_000)
    expect(page.locator("[data-verdict-sentence]")).to_contain_text("In since")
    expect(page.locator("[data-pace]")).to_contain_text("ms")
    times = times_of(page)
    assert len(times) > len(EASY)
    assert page.evaluate("document.querySelector('[data-announce]').textContent").startswith("Already in. ")
    with capsys.disabled():
        print(f"\n{pace('from sight to verdict', times)}")


def test_browser_that_knows_qr_codes_reads_them_itself(scan_page: Open, cinema: Browser, tickets: Any) -> None:
    code = tickets[0][0]
    page = scan_page(cinema, script=DETECTOR)
    page.evaluate("(code) => { globalThis.sights = [code] }", f"HTTPS://TICKETS.EXAMPLE/T/{code.upper()}")
    expect(word(page)).to_have_text(re.compile("Come in|Already in"))


def test_browser_that_only_says_so_is_helped_out(scan_page: Open, cinema: Browser) -> None:
    page = scan_page(cinema, script=f"globalThis.broken = true; {DETECTOR}")
    expect(word(page)).to_have_text(re.compile("Come in|Already in"))


def test_camera_that_is_refused_is_explained_and_the_field_remains(scan_page: Open, tickets: Any) -> None:
    page = scan_page(
        script="""navigator.mediaDevices.getUserMedia = async () => {
        throw new DOMException('no', globalThis.why ?? 'NotAllowedError') }"""
    )
    says = page.locator("[data-view]")
    expect(says).to_contain_text("The camera is not allowed", use_inner_text=True)
    for why, words in (("NotReadableError", "Another app has the camera"), ("NotFoundError", "has no camera")):
        page.evaluate("(why) => { globalThis.why = why }", why)
        page.get_by_role("button", name="Start the camera").click()
        expect(says).to_contain_text(words, use_inner_text=True)
    key_in(page, tickets[0][0])
    expect(word(page)).to_have_text(re.compile("Come in|Already in"))
    expect(page.get_by_text("Read a photo of the code")).to_be_attached()


def test_torch_and_other_cameras_are_offered_where_there_are_any(scan_page: Open, cinema: Browser) -> None:
    page = scan_page(cinema, script=f"{TORCH}{LASTING}")
    torch = page.get_by_role("button", name="Torch")
    torch.evaluate("(button) => button.click()")
    expect(torch).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("globalThis.wished") == {"torch": True}
    page.locator("[data-switch]").evaluate("(button) => button.click()")
    expect(torch).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("localStorage.getItem('carneau-camera')") == '"front"'
    expect(page.locator("[data-view]")).to_have_attribute("data-camera", "live")


def test_screen_stays_on_and_the_camera_rests_while_nobody_looks(scan_page: Open, cinema: Browser) -> None:
    page = scan_page(cinema, script=GLANCES)
    view = page.locator("[data-view]")
    expect(view).to_have_attribute("data-camera", "live")
    page.evaluate("glance(true)")
    assert page.evaluate("[document.querySelector('video').srcObject, locks]") == [None, 1]
    page.evaluate("glance(false)")
    expect(view).to_have_attribute("data-camera", "live")
    assert page.evaluate("[document.querySelector('video').srcObject.active, locks]") == [True, 2]


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
    page = scan_page(path="?direction=exit")
    code = tickets[0][0]
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


@pytest.mark.parametrize("look", ["light", "dark", "sun"])
def test_no_state_of_the_scan_page_has_a_fault(scan_page: Open, tickets: Any, look: str) -> None:
    """The colours of verdicts are the same in the dark."""
    scheme = "dark" if look == "dark" else "light"
    page = scan_page(script=LASTING, color_scheme=scheme, reduced_motion="reduce")
    if look == "sun":
        page.get_by_role("button", name="Sun").click()
    found = {"scanning": faults(page)}
    code = tickets[0][0]
    verdicts = (("Entry", code), ("Entry", "HTTPS://NO.TICKET"), ("Exit", code), ("Entry", code))
    for way, text in () if look == "dark" else verdicts:
        page.get_by_role("radio", name=way).check(force=True)
        key_in(page, text)
        expect(word(page)).to_be_visible()
        found[word(page).inner_text()] = faults(page)
        page.keyboard.press("Escape")
    assert {state: at for state, at in found.items() if at} == {}
