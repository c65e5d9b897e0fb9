"""A new version of the app is deployed while phones are at the door with the old one open."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from carneau.standalone import ports
from carneau.standalone.environment import ROOT
from tests.browser import doorway
from tests.browser.doorway import Door
from tests.browser.test_door_offline import PATIENCE, SCREEN, cut, scan, words
from tests.running import running

PARTS = ("carneau", "templates", "static", "config.py", "wsgi.py")
SECONDS = 60
VERSIONS = "async () => (await caches.keys()).filter((name) => name.startsWith('carneau-door-files-'))"
MARK = "\ndocument.documentElement.dataset.version = 'new';\n"


@pytest.fixture(scope="module")
def door(demo: Any) -> Door:
    return doorway.make(demo, "doors-renewed", 8)


@pytest.fixture
def app_of(door: Door, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """`app_of("")`: the address of a web process of a tree of its own, on the demo's database. Called again, one with
    the mark in its script takes the place of the first."""
    for part in PARTS:
        copied = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copied(ROOT / part, tmp_path / part)
    port, script = ports.pick(1)[0], tmp_path / "static/js/door/main.js"
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws", "--host", "127.0.0.1"]
    with ExitStack() as serving:

        def serve(mark: str) -> str:
            serving.close()
            script.write_text(script.read_text() + mark)
            options = {"cwd": tmp_path, "env": door.environ, "stdout": subprocess.DEVNULL}
            serving.enter_context(running(*command, "--port", str(port), "wsgi:app", **options))
            wait_until(lambda: listens(port))
            return f"http://127.0.0.1:{port}"

        yield serve


def wait_until(happened: Callable[[], bool]) -> None:
    until = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.1)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_new(page: Page) -> bool:
    return page.evaluate("document.documentElement.dataset.version") == "new"


def test_phone_takes_a_new_version_and_keeps_what_it_has_not_sent(
    phone: Callable[..., Any], door: Door, app_of: Callable[[str], str]
) -> None:
    root = app_of("")
    page = phone(viewport=SCREEN).new_page()
    page.goto(f"{root}/door/links/{door.secret}")
    page.get_by_label("A name for this phone").fill("Petra")
    page.get_by_role("button", name="Begin").click()
    expect(page.locator("#door_offline")).to_contain_text("List up to date", timeout=PATIENCE)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => 1)")
    before = page.evaluate(VERSIONS)
    page.route("**/sync", lambda route: route.abort())
    cut(page)
    assert words(scan(page, *door.codes[:2])) == ["come_in"] * 2

    app_of(MARK)
    page.context.set_offline(False)
    page.evaluate("() => navigator.serviceWorker.ready.then((mine) => mine.update()).then(() => 1)")
    wait_until(lambda: len(now := page.evaluate(VERSIONS)) == 1 and now != before)
    cut(page)
    assert not is_new(page)
    assert words(scan(page, door.codes[2])) == ["come_in"]
    old = page.locator("script[type=module]").first.get_attribute("src")
    assert page.evaluate("(address) => fetch(address).then(({ ok }) => ok)", old)

    page.reload()
    expect(page.locator("[data-part=queue]")).to_have_text("3 scans wait to be sent.", timeout=PATIENCE)
    assert is_new(page)
    assert words(scan(page, door.codes[3], door.codes[0])) == ["come_in", "already_in"]

    page.context.set_offline(False)
    page.reload()
    assert is_new(page)
    expect(page.locator("[data-part=queue]")).to_have_text("5 scans wait to be sent.", timeout=PATIENCE)
    page.unroute("**/sync")
    expect(page.locator("[data-part=queue]")).to_be_hidden(timeout=4 * PATIENCE)
    assert door.tally() == [{"come_in": [4, 0], "already_in": [1, 0]}, []]
