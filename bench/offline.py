"""What a phone at the door fetches to go on without a network. `python -m bench.offline` makes it a device of the event
with fifty thousand tickets, in the database of the settings, and prints its token."""

import gzip
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import timedelta

from carneau import create_app
from carneau.admissions import devices, links
from carneau.catalogue.models import Event
from carneau.core import clock, codes
from carneau.core.db import db, transaction
from config import Config

SLUG = "bench-crowd"
LIMIT_MB = 1.5


def register() -> str:
    event, token = db.session.query(Event).filter_by(slug=SLUG).one(), codes.secret()
    link, _secret = links.create([event], "Bench", "bench", None, clock.now() + timedelta(days=1))
    devices.register(link, token, "Bench")
    return token


def measured(port: int) -> Iterator[str]:
    """The whole list, and what changed since when nothing did."""
    command = [sys.executable, "-m", "bench.offline"]
    token = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()[-1]
    path = f"http://127.0.0.1:{port}/door/{SLUG}/snapshot"
    _fetch(path, token)
    seconds, body = _fetch(path, token)
    said = json.loads(gzip.decompress(body))
    count, size = len(said["tickets"]["number"]), len(body) / 1_000_000
    yield f"list for phones, {count:,} tickets with names: {size:.3f} MB of {LIMIT_MB} MB, {seconds * 1000:.0f} ms"
    if size > LIMIT_MB:
        raise SystemExit("the list for phones is too large")
    seconds, body = _fetch(f"{path}?since={said['cursor']}", token)
    yield f"what changed since: {len(body):,} bytes, {seconds * 1000:.0f} ms"


def _fetch(url: str, token: str) -> tuple[float, bytes]:
    request = urllib.request.Request(url, headers={"Cookie": f"door={token}", "Accept-Encoding": "gzip"})
    started = time.perf_counter()
    with urllib.request.urlopen(request, timeout=30) as answer:
        body: bytes = answer.read()
    return time.perf_counter() - started, body


if __name__ == "__main__":
    with create_app(Config.from_env()).app_context():
        with transaction():
            made = register()
        print(made)
