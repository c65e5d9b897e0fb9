import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from carneau.core import settings as bound
from carneau.integrations import signing
from config import Config
from tests.making import WEBHOOK_SECRET, make_event, make_organisation


@dataclass
class Receiver:
    """Another program that listens. `answers` are given first, one for each request: a status, or seconds to hang."""

    url: str = ""
    answers: list[int | float] = field(default_factory=list)
    heard: list[dict[str, Any]] = field(default_factory=list)
    genuine: list[bool] = field(default_factory=list)

    def take(self, body: bytes, signature: str) -> None:
        at, _v1, _ = signature.removeprefix("t=").partition(",")
        self.genuine.append(
            signing.signature(WEBHOOK_SECRET, body, int(at)) == signature and abs(time.time() - int(at)) < 60
        )
        self.heard.append(json.loads(body))

    @property
    def kinds(self) -> list[str]:
        return [notice["type"] for notice in self.heard]


@pytest.fixture
def private_networks(settings: dict[str, str], app: Any) -> Iterator[None]:
    bound.bind(Config.from_env(settings | {"WEBHOOKS_TO_PRIVATE_NETWORKS": "true"}))
    yield
    bound.bind(Config.from_env(settings))


@pytest.fixture
def receiver(private_networks: None) -> Iterator[Receiver]:
    listening = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            listening.take(body, self.headers[signing.HEADER])
            answer = listening.answers.pop(0) if listening.answers else 200
            if isinstance(answer, float):
                time.sleep(answer)
                return
            self.send_response(answer)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    listening.url = f"http://127.0.0.1:{server.server_port}/carneau"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield listening
    server.shutdown()
    server.server_close()


@pytest.fixture
def house(database: None) -> Any:
    return make_organisation(slug="house")


@pytest.fixture
def event(house: Any) -> Any:
    return make_event(house, slug="gala")
