"""A scanner's side of a scan: one attempt, repeated with its nonce until it is answered."""

import http.client
import json
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

SECONDS = 60


class Unanswered(Exception):
    """The connection ended before the answer."""


@dataclass
class Scanner:
    port: int
    token: str
    slug: str
    retries: int = field(default=0)

    def ask(self, code: str, nonce: str) -> dict[str, Any]:
        body = json.dumps({"code": code, "nonce": nonce})
        headers = {"Accept": "application/json", "Content-Type": "application/json", "Cookie": f"door={self.token}"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("POST", f"/door/{self.slug}/admissions", body, headers)
            answer = connection.getresponse()
            told: dict[str, Any] = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unanswered from error
        finally:
            connection.close()
        if answer.status != 200:
            raise AssertionError((answer.status, told))
        return told

    def scan(self, code: str, nonce: str | None = None) -> str:
        """The verdict, however often the server goes away."""
        nonce, until = nonce or str(uuid4()), time.monotonic() + SECONDS
        while time.monotonic() < until:
            try:
                return str(self.ask(code, nonce)["verdict"])
            except Unanswered:
                self.retries += 1
                time.sleep(0.1)
        raise Unanswered
