"""The camera of a phone at the door: how many frames are read, how soon, and what when there is none."""

import os
import re
import statistics
from base64 import b64encode
from itertools import chain
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.door_staff import EASY, Open, key_in, times_of, word
from tests.browser.filming import CONDITIONS, EVERY_SHOT, HEIGHT, WIDTH, Shot, film, jpeg

FEW = tuple(shot for shot in EVERY_SHOT if shot.size in (160, 360))
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
DARK = 22
DUSK = """async (base) => {
  const { DARK, watchLight } = await import(`${base}/dusk.js`);
  const [view, torch] = ["view", "torch"].map((name) => document.querySelector(`[data-${name}]`).cloneNode());
  const told = watchLight(view, torch);
  const after = (...said) => { told(...said); return view.hasAttribute("data-dark"); };
  torch.hidden = true;
  const none = [after(9, 0), after(9, 5000)];
  torch.hidden = false;
  return [DARK, none, [after(60, 5100), after(9, 6000), after(9, 7000), after(9, 8100), after(60, 8200)]];
}"""
UNASKED = """globalThis.asked = [];
  const real = fetch;
  globalThis.fetch = async (path, { body, ...options }) => {
    if (!path.endsWith?.('/admissions')) return real(path, { body, ...options });
    globalThis.asked.push(JSON.parse(body).code);
    return Response.json({ verdict: 'come_in', sentence: 'Come in.', name: 'Ada' });
  }"""
LASTING = """const later = setTimeout;  // a verdict stays until it was looked at
  globalThis.setTimeout = (work, wait, ...rest) => wait < 1500 ? later(work, wait, ...rest) : 0;"""
FRAMES = """globalThis.frames_sent = 0;
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (...sent) { globalThis.frames_sent += 1; return post.apply(this, sent); };"""
LESS = {
    "frames": "",
    "copies": "delete globalThis.VideoFrame;",
    "pixels": "delete globalThis.VideoFrame; delete globalThis.createImageBitmap;",
    "pixels after all": """const own = createImageBitmap;
      globalThis.VideoFrame = class { constructor() { throw new DOMException('not yet', 'InvalidStateError') } };
      globalThis.createImageBitmap = async () => { throw new DOMException('no', 'NotSupportedError') };""",
    "no worker": "delete globalThis.Worker;",
}
DECODE = """async ({ base, frames, view }) => {
  const [{ decode }, { lightOf, picture }, { looks, nextLook }] =
    await Promise.all(['decoding', 'pictures', 'looks'].map((name) => import(`${base}/${name}.js`)));
  const found = [];
  for (const frame of frames) {
    const bytes = Uint8Array.from(atob(frame), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]));
    const seen = { text: null, times: [] };
    for (let turn = 0; turn < looks; turn += 1) {
      const began = performance.now();
      const pixels = picture(bitmap, nextLook(view));
      seen.text = decode(pixels) ?? seen.text;
      seen.times.push(performance.now() - began);
      seen.light = lightOf(pixels);
    }
    found.push(seen);
  }
  return found;
}"""


def test_most_frames_are_decoded(scan_page: Open, tickets: Any, capsys: Any) -> None:
    """Every way in which a ticket is held, through the page's own decoder; each frame as often as looks take turns."""
    shots = EVERY_SHOT if ALL else FEW
    held = [(shot, *tickets[number % len(tickets)]) for number, shot in enumerate(shots)]
    page = scan_page()
    base = page.locator("script[type=module]").first.get_attribute("src").rpartition("/")[0]
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
    dark = {
        shot.name.partition(",")[0] for (shot, *_rest), each in zip(held, found, strict=True) if each["light"] < DARK
    }
    assert {"night"} <= dark <= {"night", "low light"}
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


@pytest.mark.parametrize("way", LESS)
def test_frame_reaches_the_decoder_whatever_the_browser_lacks(
    scan_page: Open, cinema: Browser, capsys: Any, way: str
) -> None:
    script = LESS[way] if way == "no worker" else f"{LESS[way]}{FRAMES}"
    page = scan_page(cinema, script=script)
    expect(word(page)).to_have_text(re.compile("Come in|Already in"), timeout=60_000)
    if way != "no worker":
        with capsys.disabled():
            print(f"\n{load_of(page, way)}")


def load_of(page: Page, way: str, seconds: int = 4) -> str:
    """What scanning costs the page itself: the busy time of its main thread, verdicts and their screens included."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def busy() -> tuple[float, int]:
        metrics = session.send("Performance.getMetrics")["metrics"]
        spent = next(each["value"] for each in metrics if each["name"] == "TaskDuration")
        return spent, page.evaluate("globalThis.frames_sent")

    (before, first), _waited, (after, last) = busy(), page.wait_for_timeout(seconds * 1000), busy()
    each = f", {1000 * (after - before) / (last - first):.1f} ms a frame" if last > first else ""
    share = 100 * (after - before) / seconds
    return f"{way}: {(last - first) / seconds:.0f} frames a second, the page busy {share:.0f} %{each}"


def test_browser_that_knows_qr_codes_reads_them_itself(scan_page: Open, cinema: Browser, tickets: Any) -> None:
    code = tickets[0][0]
    page = scan_page(cinema, script=DETECTOR)
    page.evaluate("(code) => { globalThis.sights = [code] }", f"HTTPS://TICKETS.EXAMPLE/T/{code.upper()}")
    expect(word(page)).to_have_text(re.compile("Come in|Already in"))


def test_two_codes_held_up_at_once_are_asked_about_once_each(scan_page: Open, cinema: Browser) -> None:
    page = scan_page(cinema, script=f"{DETECTOR};{UNASKED}")
    page.evaluate("globalThis.sights = Array.from({ length: 60 }, (_each, n) => ['ONE', 'TWO', 'THREE'][n % 3])")
    page.wait_for_function("() => globalThis.sights.length === 0", timeout=60_000)
    assert sorted(page.evaluate("globalThis.asked")) == ["ONE", "THREE", "TWO"]


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


def test_torch_is_asked_for_after_two_seconds_in_the_dark(scan_page: Open) -> None:
    page = scan_page()
    base = page.locator("script[type=module]").first.get_attribute("src").rpartition("/")[0]
    assert page.evaluate(DUSK, base) == [DARK, [False, False], [False, False, False, True, False]]


def test_screen_stays_on_and_the_camera_rests_while_nobody_looks(scan_page: Open, cinema: Browser) -> None:
    page = scan_page(cinema, script=GLANCES)
    view = page.locator("[data-view]")
    expect(view).to_have_attribute("data-camera", "live")
    page.evaluate("glance(true)")
    assert page.evaluate("[document.querySelector('video').srcObject, locks]") == [None, 1]
    page.evaluate("glance(false)")
    expect(view).to_have_attribute("data-camera", "live")
    assert page.evaluate("[document.querySelector('video').srcObject.active, locks]") == [True, 2]
