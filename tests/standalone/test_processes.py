import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from carneau.standalone import orphans
from carneau.standalone.problem import Problem
from carneau.standalone.processes import Child, spawn, stop, wait_ready, wait_until
from tests.running import running

Shell = Callable[[str], Child]
STUBBORN = "trap '' TERM INT; sh -c \"trap '' TERM; sleep 60\" & echo $! > grandchild; while :; do sleep 1; done"


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """`shell("echo 1")`: a child that ends with the test."""
    children: list[Child] = []

    def start(script: str) -> Child:
        command = ["/bin/sh", "-c", script]
        children.append(spawn("script", command, log=tmp_path / "script.log", env=os.environ, cwd=tmp_path))
        return children[-1]

    yield start
    stop(children, 0)


def test_who_does_not_stop_when_asked_is_killed_with_its_family(tmp_path: Path, shell: Shell):
    child = shell(STUBBORN)
    grandchild = tmp_path / "grandchild"
    wait_until(lambda: grandchild.exists() and grandchild.read_text().strip() != "", 5)
    began = time.monotonic()

    stop([child], 0.3)

    assert time.monotonic() - began < 30
    assert not child.is_running
    assert (
        not psutil.pid_exists(int(grandchild.read_text()))
        or psutil.Process(int(grandchild.read_text())).status() == psutil.STATUS_ZOMBIE
    )


def test_waiting_for_one_that_has_died_ends_at_once_with_its_last_words(shell: Shell):
    child = shell("echo the reason; exit 3")

    with pytest.raises(Problem, match=r"exit code 3[\s\S]*the reason"):
        wait_ready(child, lambda: False, 30)


def test_the_log_of_the_start_before_is_kept(tmp_path: Path, shell: Shell):
    for word in ("first", "second"):
        shell(f"echo {word}").popen.wait()

    assert (tmp_path / "script.log").read_text() == "second\n"
    assert (tmp_path / "script.log.1").read_text() == "first\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_children_do_not_outlive_a_parent_that_was_killed(tmp_path: Path):
    script = (
        "import os; from pathlib import Path; from carneau.standalone.processes import spawn;"
        f"child = spawn('c', ['sleep', '60'], log=Path({str(tmp_path)!r}, 'c.log'), env=os.environ, cwd=Path('/'));"
        "print(child.popen.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    pid = int(answer.stdout)

    assert wait_until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE, 5)


def test_what_a_killed_demo_left_behind_is_stopped_and_nothing_else(tmp_path: Path):
    with (
        running("sleep", "60", env=os.environ | {orphans.MARK: str(tmp_path)}) as ours,
        running("sleep", "60", env=os.environ | {orphans.MARK: "/somewhere/else"}) as others,
    ):
        assert wait_until(lambda: psutil.Process(ours.pid).name() == "sleep", 20)

        stopped = orphans.stop_left_over(tmp_path)

        assert stopped == 1
        assert ours.wait(20) < 0
        assert others.poll() is None
