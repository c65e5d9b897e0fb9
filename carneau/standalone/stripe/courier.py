"""Delivers events to the webhook: at once, several at a time, again and again until it answers 2xx."""

import threading
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from stripe import WebhookSignature

from carneau.standalone.stripe.world import World

NEXT = (
    "SELECT d.seq, d.attempts, o.body FROM deliveries d JOIN objects o ON o.id = d.event_id"
    " WHERE d.done = 0 AND d.due_at <= ? ORDER BY d.due_at LIMIT 1"
)
SOONEST = "SELECT min(due_at) FROM deliveries WHERE done = 0"
TAKE = "UPDATE deliveries SET due_at = ?, attempts = attempts + 1 WHERE seq = ?"
DONE = "UPDATE deliveries SET done = 1, answer = ? WHERE seq = ?"
AGAIN = "UPDATE deliveries SET due_at = ?, answer = ? WHERE seq = ?"
LEASE = 60.0
SLOWEST_RETRY = 300.0
TIMEOUT = 20.0
PATIENCE = 1.0


def sign(payload: str, secret: str, timestamp: int | None = None) -> str:
    header: str = WebhookSignature.generate_signature_header(payload, secret, timestamp)
    return header


class Courier:
    def __init__(self, world: World) -> None:
        self.world = world
        self.stopping = False
        self.threads = [
            threading.Thread(target=self.work, daemon=True, name=f"courier-{i}")
            for i in range(world.settings.delivery_threads)
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.stopping = True
        with self.world.due:
            self.world.due.notify_all()
        for thread in self.threads:
            thread.join(timeout=PATIENCE)

    def work(self) -> None:
        line = Line()
        while not self.stopping:
            wakes = self.world.wakes
            if not self.deliver_next(line):
                self.rest(wakes)
        line.hang_up()

    def rest(self, wakes: int) -> None:
        """Unless somebody called since the last look: that call is not heard again."""
        seconds = self.until_due()
        with self.world.due:
            if wakes == self.world.wakes and not self.stopping:
                self.world.due.wait(seconds)

    def until_due(self) -> float:
        soonest = self.world.store.rows(SOONEST)[0][0]
        return 1.0 if soonest is None else min(max(soonest - time.time(), 0.01), 1.0)

    def deliver_next(self, line: "Line") -> bool:
        store = self.world.store
        url = self.world.webhook_url
        with store.lock:
            found = store.rows(NEXT, (time.time(),)) if url and self.world.switches.deliver else []
            if not found:
                return False
            seq, attempts, payload = found[0]
            store.db.execute(TAKE, (time.time() + LEASE, seq))
        status = line.post(str(url), payload, sign(payload, self.world.settings.webhook_secret))
        with store.lock:
            if store.closed:
                return False
            if status.isdecimal() and 200 <= int(status) < 300:
                store.rows(DONE, (status, seq))
            else:
                store.rows(AGAIN, (time.time() + self.back_off(attempts), status, seq))
        return True

    def back_off(self, attempts: int) -> float:
        return float(min(self.world.settings.retry_base_seconds * 2**attempts, SLOWEST_RETRY))


class Line:
    """One kept-alive connection; a stale one is dialled again once before it counts as a failure."""

    def __init__(self) -> None:
        self.url = ""
        self.connection: HTTPConnection | None = None

    def post(self, url: str, payload: str, signature: str) -> str:
        fresh = self.connection is None or url != self.url
        try:
            return self.send(url, payload, signature)
        except (OSError, HTTPException) as error:
            self.hang_up()
            if fresh:
                return type(error).__name__
        return self.post(url, payload, signature)

    def send(self, url: str, payload: str, signature: str) -> str:
        connection = self.dialled(url)
        headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature}
        headers["User-Agent"] = "Stripe/1.0 (+https://stripe.com/docs/webhooks)"
        parts = urlsplit(url)
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection.request("POST", target, payload.encode(), headers)
        response = connection.getresponse()
        response.read()
        return str(response.status)

    def dialled(self, url: str) -> HTTPConnection:
        if self.connection is None or url != self.url:
            self.hang_up()
            parts = urlsplit(url)
            kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
            self.url = url
            self.connection = kind(parts.hostname or "127.0.0.1", parts.port, timeout=TIMEOUT)
        return self.connection

    def hang_up(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None
