import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from carneau.standalone.processes import is_alive, kill, wait_until

MARK = "CARNEAU_DEMO_AT"
"""Set for what a demo starts and for nothing else; its value is the demo's folder."""


def stop_left_over(home: Path) -> int:
    """What outlived a demo that was killed. Called under the folder's lock, so none of them is wanted.
    SIGINT, for PostgreSQL takes SIGTERM as leave to wait for its clients."""
    found = list(_marked(home))
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGINT)
    wait_until(lambda: not any(is_alive(process) for process in found), 5)
    kill(found)
    return len(found)


def _marked(home: Path) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(MARK) == str(home) and is_alive(process):
                yield process
