"""The simulator as a process: granian in front, one worker, for the state has one owner."""

import os
import sys
import threading
import time
from functools import partial

from flask import Flask
from granian.constants import Interfaces
from granian.server import Server

from carneau.standalone.stripe.settings import SimulatorSettings
from carneau.standalone.stripe.simulator import create_simulator


def serve(settings: SimulatorSettings) -> None:
    server = Server(
        "simulator",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=32,
        websockets=False,
        log_enabled=False,
        workers_kill_timeout=2,
    )
    try:
        server.serve(target_loader=partial(load, settings), wrap_loader=False)
    except RuntimeError as error:
        sys.exit(f"Cannot listen on {settings.host}:{settings.port}: {str(error).splitlines()[0]}")


def load(settings: SimulatorSettings) -> Flask:
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    return create_simulator(settings).start(settings.port).app


def end_with(parent: int) -> None:
    """A worker whose parent was killed outright would keep the port and the file."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)
