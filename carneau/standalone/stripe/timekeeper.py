import threading

from carneau.standalone.stripe import paying
from carneau.standalone.stripe.world import World

TICK = 0.5


class Timekeeper:
    """Expires sessions, and settles delayed payments when a switch says so, though nobody asks."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.work, daemon=True, name="timekeeper")

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self.thread.join()

    def work(self) -> None:
        while not self.stopping.wait(TICK):
            with self.world.store.transaction():
                paying.catch_up(self.world)
