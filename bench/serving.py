import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from carneau.standalone import ports, procfile

ROOT = Path(__file__).resolve().parents[1]
HELLO = "granian --interface wsgi --http 1 --no-ws --host 127.0.0.1 --port {port} --workers 2 --blocking-threads 4"


@contextmanager
def process(command: list[str], environ: dict[str, str]) -> Iterator[psutil.Process]:
    popen = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)
    try:
        yield psutil.Process(popen.pid)
    finally:
        popen.terminate()
        popen.wait(timeout=15)


def wait_for(port: int, path: str) -> float:
    """Seconds until the first 200."""
    started = time.perf_counter()
    while time.perf_counter() - started < 30:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5):
                return time.perf_counter() - started
        except OSError:
            time.sleep(0.01)
    raise SystemExit(f"nothing answers at port {port}")


@contextmanager
def hello() -> Iterator[int]:
    port = ports.pick(1)[0]
    command = procfile.shell(f"{HELLO.format(port=port)} --log-level error bench.hello:app")
    with process(command, dict(os.environ)):
        wait_for(port, "/")
        yield port


@contextmanager
def carneau() -> Iterator[tuple[int, list[psutil.Process], float]]:
    """The Procfile's processes as the demo runs them: port, processes, seconds to the first answer."""
    port = int(os.environ["PORT"])
    lines = procfile.lines(ROOT / "Procfile")
    environ = os.environ | {"LOG_LEVEL": "ERROR", "GRANIAN_LOG_LEVEL": "error"}
    with ExitStack() as stack:
        web = stack.enter_context(process(procfile.shell(lines["web"]), environ))
        cold = wait_for(port, "/")
        rest = [stack.enter_context(process(procfile.shell(lines[name]), environ)) for name in ("worker", "clock")]
        yield port, [web, *rest], cold


def megabytes(processes: list[psutil.Process]) -> float:
    """Resident memory of the processes and their children; what several of them share is counted once."""
    family = [child for process in processes for child in (process, *process.children(recursive=True))]
    return sum(getattr(member.memory_full_info(), "pss", member.memory_info().rss) for member in family) / 1_000_000
