import time


class Clock:
    """Unix time, as Stripe counts it. Tests and demos may move it on; signatures keep the true time."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> int:
        return int(time.time() + self.ahead)

    def advance(self, seconds: float) -> None:
        self.ahead += seconds
