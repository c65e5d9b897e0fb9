import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urljoin

import psutil
import pytest

from carneau.standalone import orphans, ports
from carneau.standalone.processes import dying_with_parent, wait_until
from tests.running import running
from tests.standalone.conftest import folder_for_postgres

SET_ELSEWHERE = {"DATABASE_URL", "REDIS_URL", "STRIPE_SECRET_KEY"}


@dataclass
class Started:
    process: "subprocess.Popen[str]"
    output: Path

    @property
    def said(self) -> str:
        return self.output.read_text()

    def until_ready(self) -> "Started":
        assert wait_until(lambda: "Ctrl-C" in self.said or self.process.poll() is not None, 180), self.said
        assert "Ctrl-C" in self.said, self.said
        return self

    def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        began = time.monotonic()
        self.process.send_signal(number)
        assert wait_until(lambda: self.process.poll() is not None, 60), self.said
        return time.monotonic() - began


@contextmanager
def start(home: Path, port: int, *arguments: str) -> Iterator[Started]:
    environ = {name: value for name, value in os.environ.items() if name not in SET_ELSEWHERE}
    environ |= {"PORT": str(port), "CARNEAU_HOME": str(home), "WEB_CONCURRENCY": "1"}
    output = home / f"output-{time.monotonic_ns()}"
    with (
        output.open("w") as file,
        running(
            sys.executable, "-m", "carneau", "demo", *arguments,
            env=environ, stdout=file, stderr=subprocess.STDOUT, preexec_fn=dying_with_parent(signal.SIGTERM),
        ) as process,
    ):  # fmt: skip
        yield Started(process, output)


def get(url: str) -> int:
    host, path = re.fullmatch(r"http://([^/]+)(/.*)?", url).groups()
    connection = HTTPConnection(host, timeout=5)
    connection.request("GET", path or "/")
    status = connection.getresponse().status
    connection.close()
    return status


def left_over(home: Path) -> list[str]:
    def is_of(process: psutil.Process) -> bool:
        try:
            return process.status() != psutil.STATUS_ZOMBIE and (
                process.environ().get(orphans.MARK) == str(home) or str(home) in " ".join(process.cmdline())
            )
        except psutil.Error:
            return False

    return [" ".join(process.cmdline()) for process in psutil.process_iter() if is_of(process)]


def links(demo: Started) -> list[str]:
    return re.findall(r"^ .*(http://\S+)$", demo.said, re.MULTILINE)


@pytest.fixture(scope="module")
def lived_in() -> Iterator[tuple[Path, int]]:
    """A folder whose first start, the long one, is over; and its port."""
    with folder_for_postgres() as folder:
        [port] = ports.pick(1)
        with start(folder, port) as demo:
            demo.until_ready()
            demo.process.kill()
            demo.process.wait()
        yield folder, port


def test_a_demo_that_was_killed_starts_again_with_the_same_links(lived_in: tuple[Path, int]):
    folder, port = lived_in
    known = (folder / "ports.json").read_text()

    with start(folder, port) as demo:
        demo.until_ready()

        assert f"\nReady: http://127.0.0.1:{port}\n" in demo.said
        assert re.search(r"Demo log-ins +owner@demo\.example\n(.*\n)+ +Password +carneau-demo", demo.said)
        assert {get(urljoin(link, "/healthz")) for link in links(demo)} == {200}
        assert (folder / "ports.json").read_text() == known
        with start(folder, port) as second:
            assert second.process.wait(60) == 1
            assert f"already: http://127.0.0.1:{port}" in second.said
        assert demo.stop() < 10
        assert demo.process.returncode == 0
        assert left_over(folder) == []


def test_a_demo_whose_part_dies_says_which_and_stops(lived_in: tuple[Path, int]):
    folder, port = lived_in
    with start(folder, port) as demo:
        demo.until_ready()
        [clock] = [p for p in psutil.process_iter() if p.ppid() == demo.process.pid and "clock" in p.cmdline()]

        clock.kill()

        assert demo.process.wait(60) == 1
        assert "clock has stopped (exit code -9)" in demo.said
        assert left_over(folder) == []


def test_a_taken_port_is_named_with_a_free_one_beside_it(folder: Path):
    [port] = ports.pick(1)
    with socket.create_server((ports.HOST, port)), start(folder, port) as demo:
        assert demo.process.wait(60) == 1
        assert f"Port {port} is taken" in demo.said
        assert re.search(r"PORT=\d+ python3 -m carneau demo", demo.said)


def test_a_ctrl_c_during_the_start_leaves_nothing_behind(folder: Path):
    with start(folder, ports.pick(1)[0]) as demo:
        assert wait_until(lambda: (folder / "log" / "postgres.log").exists(), 60)

        assert demo.stop(signal.SIGINT) < 10
        assert demo.process.returncode == 0
        assert left_over(folder) == []
