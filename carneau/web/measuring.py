"""How many requests, how long, how answered; and the id by which one request's lines are found in the log."""

import os
import re
import secrets
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, g, request

from carneau.core import log

if TYPE_CHECKING:
    from prometheus_client import Counter, Histogram

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
KEPT_AT_ONCE = 100
GIVEN_ID = re.compile(r"[\w-]{8,64}", re.ASCII)


def init_app(app: Flask) -> None:
    app.before_request(begin)
    app.after_request(end)


def begin() -> None:
    """The proxy's id, where there is one whose word counts; else our own."""
    given = request.headers.get("X-Request-ID", "")
    is_trusted = current_app.config["TRUSTED_PROXIES"] and GIVEN_ID.fullmatch(given)
    g.began = time.monotonic()
    log.begin(request_id=given if is_trusted else secrets.token_hex(8))


def end(response: Response) -> Response:
    """No path in the log: links in it let people in."""
    if "began" not in g:
        return response
    seconds = time.monotonic() - g.began
    endpoint = request.endpoint or "none"
    method = request.method if request.url_rule else "any"
    durations, answers = _Requests.metrics()
    durations.labels(method, endpoint).observe(seconds)
    answers.labels(method, endpoint, str(response.status_code)).inc()
    _Kept.tell()
    response.headers["X-Request-ID"] = log.request_id() or ""
    if endpoint != "health.alive":
        log.get("request").info(
            "answered", method=method, endpoint=endpoint, status=response.status_code, ms=round(seconds * 1000, 1)
        )
    return response


class _Kept:
    """Pages answered from memory are counted by the hundred: one at a time would cost as much as the answer."""

    count = 0

    @classmethod
    def tell(cls) -> None:
        count, cls.count = cls.count, 0
        if count:
            _Requests.metrics()[1].labels("GET", "kept", "200").inc(count)


def answered_from_memory() -> None:
    _Kept.count += 1
    if _Kept.count >= KEPT_AT_ONCE:
        _Kept.tell()


def folder() -> Path:
    """Shared by all web processes that one parent started; the library wants its name in the environment before it is
    imported, and only a web process has a use for it."""
    chosen = Path(
        os.environ.setdefault(
            "PROMETHEUS_MULTIPROC_DIR", str(Path(tempfile.gettempdir()) / f"carneau-metrics-{os.getppid()}")
        )
    )
    chosen.mkdir(mode=0o700, parents=True, exist_ok=True)
    return chosen


class _Requests:
    """Made by the first request, whichever thread has it: two at once would register them twice."""

    lock = threading.Lock()
    made: "tuple[Histogram, Counter] | None" = None

    @classmethod
    def metrics(cls) -> "tuple[Histogram, Counter]":
        if cls.made is None:
            with cls.lock:
                cls.made = cls.made or cls.make()
        return cls.made

    @classmethod
    def make(cls) -> "tuple[Histogram, Counter]":
        folder()
        from prometheus_client import Counter, Histogram  # noqa: PLC0415  after its folder has been named

        says = "Time to answer a request, pages answered from memory apart"
        durations = Histogram("carneau_request_seconds", says, ["method", "endpoint"], buckets=BUCKETS)
        return durations, Counter("carneau_requests", "Answered requests", ["method", "endpoint", "status"])


def exposition(collector: Any) -> bytes:
    """Of all web processes beside this one too, and what `collector` says; in Prometheus' text format."""
    where = folder()
    from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415  as above
    from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415  as above

    _Kept.tell()
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(where))  # type: ignore[no-untyped-call]  # theirs
    registry.register(collector)
    return generate_latest(registry)
