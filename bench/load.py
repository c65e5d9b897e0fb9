"""A closed-loop HTTP/1.1 load generator: every client sends its next request when the last answer is complete."""

import re
import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
Request = Callable[[int], bytes]


@dataclass
class Measured:
    """Latencies in seconds, statuses by code."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class _Client:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.sent_at = 0.0

    def send(self, request: bytes) -> None:
        self.received = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def status(self) -> int | None:
        """The answer's status once it is complete, else None."""
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return None
        length = CONTENT_LENGTH.search(head)
        if length and len(body) < int(length.group(1)):
            return None
        return int(head[9:12])


def measure(port: int, request: Request, clients: int, seconds: float, at_most: int | None = None) -> Measured:
    """Runs for `seconds`, or until `at_most` requests are answered. `request(n)` makes the n-th request's bytes."""
    measured, selector, number = Measured(), selectors.DefaultSelector(), 0
    started = time.perf_counter()
    for _ in range(clients):
        client = _Client(port)
        selector.register(client.socket, selectors.EVENT_READ, client)
        client.send(request(number))
        number += 1
    waiting = clients
    while waiting:
        for key, _ in selector.select(timeout=30):
            client = key.data
            client.received += client.socket.recv(262144)
            status = client.status()
            if status is None:
                continue
            ended = time.perf_counter()
            measured.latencies.append(ended - client.sent_at)
            measured.statuses[status] = measured.statuses.get(status, 0) + 1
            if ended - started >= seconds or (at_most is not None and number >= at_most):
                selector.unregister(client.socket)
                client.socket.close()
                waiting -= 1
            else:
                client.send(request(number))
                number += 1
    measured.seconds = time.perf_counter() - started
    return measured


def get(path: str, headers: str = "") -> Request:
    """`headers` end with CRLF each."""
    message = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n{headers}\r\n".encode()
    return lambda _number: message


FORM = "Content-Type: application/x-www-form-urlencoded\r\n"


def post(path: str, body: Callable[[int], bytes], headers: str = FORM) -> Request:
    """`headers` end with CRLF each."""

    def build(number: int) -> bytes:
        data = body(number)
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Content-Length: {len(data)}\r\n\r\n"
        return head.encode() + data

    return build
