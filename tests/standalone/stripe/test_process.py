import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
import stripe

from tests.running import running
from tests.standalone.stripe.conftest import KEY, SECRET, session_params, until

Started = tuple["subprocess.Popen[bytes]", str]


def is_up(url: str) -> bool:
    try:
        with urlopen(f"{url}/healthz", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Started]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--port", str(port), "--secret-key", KEY, "--webhook-secret", SECRET]
    state = ["--state", str(tmp_path / "stripe.sqlite3")]
    url = f"http://127.0.0.1:{port}"
    with running(sys.executable, "-m", "carneau.standalone.stripe", *options, *state) as process:
        until(lambda: is_up(url), 60)
        yield process, url


def test_the_process_serves_and_ends_at_once_when_told(started: Started) -> None:
    process, url = started
    client = stripe.StripeClient(KEY, base_addresses={"api": url})
    session = client.v1.checkout.sessions.create(session_params())
    assert session.url == f"{url}/c/pay/{session.id}"

    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(5)
    assert time.monotonic() - begun < 10
    assert not is_up(url)


def test_nothing_is_left_when_the_process_is_killed(started: Started) -> None:
    process, url = started
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    until(lambda: not is_up(url))


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "carneau.standalone.stripe", "--port", port]
        done = subprocess.run(
            [*command, "--secret-key", KEY, "--webhook-secret", SECRET], capture_output=True, text=True
        )
    assert done.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{port}: Address already in use" in done.stderr
