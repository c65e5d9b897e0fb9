import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from carneau.standalone.environment import ROOT
from tests.mailing import Catcher


@pytest.fixture
def worker(app: Flask, settings: dict[str, str]) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts a real `flask worker`, which kills itself at the point named."""
    started: list[subprocess.Popen[bytes]] = []

    def start(catcher: Catcher | None = None, crash_at: str = "") -> subprocess.Popen[bytes]:
        environ = os.environ | settings | {"CARNEAU_CRASH_AT": crash_at}
        if catcher is not None:
            environ["MAIL_PORT"] = str(catcher.port)
        process = subprocess.Popen([sys.executable, "-m", "flask", "worker"], cwd=ROOT, env=environ)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
