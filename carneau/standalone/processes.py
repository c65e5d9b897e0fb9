import ctypes
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from carneau.standalone import interrupts
from carneau.standalone.accounts import Account
from carneau.standalone.problem import Problem

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


@dataclass
class Child:
    name: str
    popen: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM

    @property
    def is_running(self) -> bool:
        return self.popen.poll() is None

    def last_words(self, lines: int = 15) -> str:
        text = self.log.read_text(errors="replace").splitlines()[-lines:]
        return "\n".join(f"    {line}" for line in text) or "    (it wrote nothing)"


def dying_with_parent(stop_signal: signal.Signals) -> Callable[[], None] | None:
    """For Popen's preexec_fn; only Linux can."""
    if sys.platform != "linux":
        return None
    parent = os.getpid()

    def ask_the_kernel() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, int(stop_signal))
        if os.getppid() != parent:
            os._exit(1)

    return ask_the_kernel


def spawn(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str],
    cwd: Path,
    account: Account | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
) -> Child:
    """A session of its own: a Ctrl-C at the terminal reaches only us, and we stop the others in order."""
    if log.exists():
        log.replace(log.with_suffix(".log.1"))
    with log.open("wb") as output:
        popen = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
            preexec_fn=dying_with_parent(stop_signal),
            **(account.identity if account else {}),
        )
    return Child(name, popen, log, stop_signal)


def family(leader: int) -> list[psutil.Process]:
    """Everyone in the leader's session, and its children with sessions of their own (PostgreSQL's)."""
    found = set(_session(leader))
    with suppress(psutil.NoSuchProcess):
        found.update(psutil.Process(leader).children(recursive=True))
    return [process for process in found if is_alive(process)]


def _session(leader: int) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with suppress(ProcessLookupError, PermissionError, psutil.NoSuchProcess):
            if os.getsid(process.pid) == leader:
                yield process


def is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def stop(children: Iterable[Child], seconds: float) -> None:
    """Asks each to stop, waits for all together, kills what is left of their families."""
    children = list(children)
    families = [process for child in children for process in family(child.popen.pid)]
    for child in children:
        if child.is_running:
            child.popen.send_signal(child.stop_signal)
    _poll(lambda: not any(child.is_running for child in children), seconds)
    families += [process for child in children for process in family(child.popen.pid)]
    kill(families)
    for child in children:
        child.popen.wait()


def kill(processes: Iterable[psutil.Process]) -> None:
    alive = [process for process in processes if is_alive(process)]
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    _poll(lambda: not any(is_alive(process) for process in alive), 2)


def wait_until(is_true: Callable[[], bool], seconds: float = math.inf, *, pause: float = 0.02) -> bool:
    """Every wait for something to go on comes through here: this is where a Ctrl-C is answered."""

    def heeding() -> bool:
        interrupts.heed()
        return is_true()

    return _poll(heeding, seconds, pause)


def _poll(is_true: Callable[[], bool], seconds: float, pause: float = 0.02) -> bool:
    deadline = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def wait_ready(child: Child, is_ready: Callable[[], bool], seconds: float = 120) -> None:
    if wait_until(lambda: not child.is_running or is_ready(), seconds) and child.is_running:
        return
    what = "did not answer in time" if child.is_running else f"stopped (exit code {child.popen.returncode})"
    raise Problem(f"{child.name} {what}. The last lines of {child.log}:\n{child.last_words()}")
