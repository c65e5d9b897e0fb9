"""Ctrl-C is noted when it comes and answered where nothing is half done. Raised from the handler it can land where
Python swallows every exception (a lock released after a fork, a finaliser), and the demo would run on, deaf."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_noted: set[int] = set()


@contextmanager
def noted() -> Iterator[None]:
    """SIGHUP stays ignored where nohup asked for that; a shell's & ignores SIGINT too, which nobody asked for."""
    nohup = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    wanted = [number for number in SIGNALS if not (nohup and number == signal.SIGHUP)]
    before = {number: signal.signal(number, _note) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        _noted.clear()


def heed() -> None:
    """Raises KeyboardInterrupt for the first signal; those that follow do not disturb the stopping."""
    if _noted:
        _noted.clear()
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt


def _note(number: int, _frame: FrameType | None) -> None:
    _noted.add(number)
