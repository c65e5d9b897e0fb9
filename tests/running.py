"""Processes that a test starts and that are gone when it ends, however it ends."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from carneau.standalone.environment import ROOT
from carneau.standalone.processes import Child, stop


@contextmanager
def running(*command: str | Path, seconds: float = 20, **options: Any) -> Iterator["subprocess.Popen[Any]"]:
    """Asked to stop at the end, and killed with its family if it has not after `seconds`."""
    with subprocess.Popen(command, **{"cwd": ROOT} | options) as process:
        try:
            yield process
        finally:
            stop([Child(str(command[0]), process, Path("/dev/null"))], seconds)
