import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from carneau.standalone import ports
from carneau.standalone.processes import dying_with_parent
from tests.browser.door_staff import cinema, scan_page, staff, tickets  # noqa: F401
from tests.running import running

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OFFLINE = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium here (Debian: apt install chromium)"))


@dataclass(frozen=True)
class Demo:
    """A running `demo` as on a machine with nothing but Python, in a folder and on ports of its own."""

    url: str
    mailbox: str
    home: Path


@pytest.fixture(scope="session")
def demo_home() -> Iterator[Path]:
    """Not pytest's own folder: root's is closed to the account that runs PostgreSQL for root."""
    with tempfile.TemporaryDirectory(prefix="carneau-demo-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        yield Path(name).resolve()


@pytest.fixture(scope="session")
def demo(demo_home: Path) -> Iterator[Demo]:
    home = demo_home
    unset = {"DATABASE_URL", "REDIS_URL", "STRIPE_SECRET_KEY"}
    environ = {name: value for name, value in os.environ.items() if name not in unset}
    environ |= {
        "PORT": str(ports.pick(1)[0]),
        "CARNEAU_HOME": str(home),
        "WEB_CONCURRENCY": "1",
        "CARNEAU_EMBEDDED": "wheel",
    }
    with running(
        sys.executable, "-m", "carneau.standalone.commands", "demo",
        env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        preexec_fn=dying_with_parent(signal.SIGTERM),
    ) as process:  # fmt: skip
        said = _until_ready(process)
        yield Demo(_link(said, "Ready:"), _link(said, "Mail"), home)


def _until_ready(process: subprocess.Popen[str]) -> str:
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if "Ctrl-C" in line:
            return said
    raise AssertionError(f"the demo did not start:\n{said}")


def _link(said: str, label: str) -> str:
    found = re.search(rf"{label}\D*?(http://\S+)", said)
    assert found, said
    return found.group(1)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    args = [*OFFLINE, "--no-sandbox"] if os.geteuid() == 0 else OFFLINE
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": args}


@pytest.fixture
def phone(browser: Browser, demo: Demo) -> Iterator[Callable[..., BrowserContext]]:
    """`phone(javascript=False)`: a 360 px wide browser of a stranger, light unless told."""
    contexts: list[BrowserContext] = []

    def make(*, javascript: bool = True, **options: Any) -> BrowserContext:
        context = browser.new_context(
            base_url=demo.url,
            java_script_enabled=javascript,
            **{"viewport": {"width": 360, "height": 740}} | options,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
