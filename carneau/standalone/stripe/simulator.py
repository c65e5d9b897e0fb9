"""The simulator as an object: what its process runs, and what tests hold in their hands."""

from types import TracebackType
from typing import Self

from flask import Flask
from werkzeug.serving import BaseWSGIServer

from carneau.standalone.stripe import serving
from carneau.standalone.stripe.app import build_app
from carneau.standalone.stripe.controls import Controls
from carneau.standalone.stripe.courier import Courier
from carneau.standalone.stripe.objects import Mismatch
from carneau.standalone.stripe.settings import SimulatorSettings
from carneau.standalone.stripe.store import Store
from carneau.standalone.stripe.timekeeper import Timekeeper
from carneau.standalone.stripe.world import World


class Simulator(Controls):
    def __init__(self, settings: SimulatorSettings) -> None:
        super().__init__(World(settings, Store(settings.state), webhook_url=settings.webhook_url))
        self.app: Flask = build_app(self)
        self.courier = Courier(self.world)
        self.timekeeper = Timekeeper(self.world)
        self.server: BaseWSGIServer | None = None

    @property
    def url(self) -> str:
        return self.world.public_url

    def start(self, port: int) -> Self:
        """Begins to deliver and to keep time; whoever calls it serves `app` on that port."""
        settings = self.world.settings
        self.world.public_url = settings.public_url or f"http://{settings.host}:{port}"
        self.courier.start()
        self.timekeeper.start()
        return self

    def serve_in_thread(self) -> Self:
        settings = self.world.settings
        self.server = serving.bind(self.app, settings.host, settings.port)
        self.start(self.server.port)
        serving.run_in_thread(self.server)
        return self

    def stop(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.timekeeper.stop()
            self.courier.stop()
        self.world.store.close()

    def __enter__(self) -> Self:
        return self if self.server else self.serve_in_thread()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if kind is None and self.world.mismatches:
            raise Mismatch("; ".join(self.world.mismatches))


def create_simulator(settings: SimulatorSettings | None = None) -> Simulator:
    return Simulator(settings or SimulatorSettings())
