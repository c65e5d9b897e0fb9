import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import psycopg
import stripe

from bench import crowd, door, load, offline, shop
from bench.load import Measured

CLAIM = """UPDATE ticket_types SET held_quantity = held_quantity + 1
            WHERE id = %s AND held_quantity + sold_quantity + 1 <= total_quantity RETURNING 1"""
MAILED = "SELECT count(*) FROM mails WHERE id > %s AND sent_at IS NOT NULL"
SETTLED = """SELECT count(*), count(*) FILTER (WHERE m.sent_at IS NOT NULL),
       percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY extract(epoch FROM p.paid_at - s.received_at)),
       percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY extract(epoch FROM m.sent_at - p.paid_at))
  FROM purchases p JOIN payments y ON y.purchase_id = p.id
  JOIN stripe_events s ON s.kind = 'checkout.session.completed' AND s.payload->>'id' = y.stripe_session_id
  JOIN mails m ON m.kind = 'confirmation' AND m.subject_id = p.id"""


OTHERS = 8
"""New connections enough that each web process has had a first request, which compiles templates and statements."""


@dataclass(frozen=True)
class Figure:
    what: str
    measured: Measured
    limit: float | None = None
    of: str = ""

    def __str__(self) -> str:
        m = self.measured
        line = f"{self.what:44} {m.per_second:9,.0f}/s  p50 {m.percentile(0.5) * 1000:7.1f} ms"
        line += f"  p95 {m.percentile(0.95) * 1000:7.1f} ms"
        if self.limit:
            line += f"   {m.per_second / self.limit:6.1%} of {self.of}"
        wrong = {status: count for status, count in m.statuses.items() if status not in (200, 204, 303)}
        return line + (f"   answers {wrong}" if wrong else "")


def all_of(hello: int, port: int, sown: dict[str, str], seconds: float, checkouts: int) -> Iterator[Figure | str]:
    bare = load.measure(hello, load.get("/"), 16, seconds)
    yield Figure("bare Flask hello, 16 clients", bare)
    for clients in (16, 64):
        for name, path in (("event page", "/e/bench-claims"), ("listing", "/"),
                           ("availability", "/e/bench-claims/availability")):  # fmt: skip
            measured = load.measure(port, load.get(path), clients, seconds)
            yield Figure(f"{name}, {clients} clients", measured, bare.per_second, "hello")
    raw = _raw_claims(seconds)
    yield Figure("raw SQL claim with commit, 1 client", raw)
    claims = load.measure(port, _add(sown["claims"]), 16, seconds)
    yield Figure("into the cart, fresh visitors, 16 clients", claims, raw.per_second, "the raw claim")
    yield from _organiser(hello, port, sown, seconds / 4)
    for name, measured, beside in door.measured(port, _database, seconds):
        yield Figure(name, measured, None if measured is beside else beside.per_second, "the raw UPDATE")
    yield from offline.measured(port)
    yield from _webhook(hello, port, seconds)
    yield from _checkout(port, sown["checkout"], checkouts)
    yield from _rush(port, sown["rush"])


def _organiser(hello: int, port: int, sown: dict[str, str], seconds: float) -> Iterator[Figure | str]:
    """One who looks at the pages of an event with fifty thousand tickets, one after the other."""
    bare = load.measure(hello, load.get("/"), 1, seconds)
    yield Figure("bare Flask hello, 1 client", bare)
    yield "organiser's pages with 50,000 tickets in the event, 1 client; the first request ever is told apart"
    for name, path in crowd.PAGES.items():
        request = load.get(path.format(ref=sown["ref"]), f"Cookie: {sown['cookie']}\r\n")
        first = load.measure(port, request, 1, 0, at_most=1)
        for _ in range(OTHERS):
            load.measure(port, request, 1, 0, at_most=1)
        measured = load.measure(port, request, 1, seconds)
        line = Figure(f"  {name}", measured, bare.per_second, "hello")
        yield f"{line}   first {first.percentile(0.5) * 1000:.0f} ms"


def _database() -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(os.environ["DATABASE_URL"].replace("+psycopg", ""), autocommit=True)


def _raw_claims(seconds: float) -> Measured:
    measured = Measured()
    with _database() as connection:
        row = connection.execute("SELECT id FROM ticket_types ORDER BY id DESC LIMIT 1").fetchone()
        assert row
        started = time.perf_counter()
        while (before := time.perf_counter()) - started < seconds:
            connection.execute(CLAIM, row, prepare=True)
            measured.latencies.append(time.perf_counter() - before)
        measured.seconds = time.perf_counter() - started
        connection.execute("UPDATE ticket_types SET held_quantity = 0 WHERE id = %s", row)
    return measured


def _add(public_id: str) -> load.Request:
    return load.post("/cart/lines", lambda _number: urlencode({f"quantity-{public_id}": "1"}).encode())


def _webhook(hello: int, port: int, seconds: float) -> Iterator[Figure]:
    bare = load.measure(hello, load.post("/", lambda _n: b"{}"), 16, seconds)
    secret = os.environ["STRIPE_WEBHOOK_SECRET"]

    def event(number: int) -> bytes:
        body = EVENT.format(number=number, created=int(time.time()))
        header = stripe.WebhookSignature.generate_signature_header(body, secret)
        headers = f"Content-Type: application/json\r\nStripe-Signature: {header}\r\n"
        return load.post("/webhook", lambda _n: body.encode(), headers)(number)

    measured = load.measure(port, event, 16, seconds)
    yield Figure("webhook acknowledged, 16 clients", measured, bare.per_second, "hello")
    _wait_for_worker()


def _wait_for_worker() -> None:
    with _database() as connection:
        while connection.execute("SELECT 1 FROM outbox WHERE done_at IS NULL AND run_at <= now() LIMIT 1").fetchone():
            time.sleep(0.5)


def _checkout(port: int, public_id: str, count: int) -> Iterator[Figure | str]:
    simulator = os.environ["STRIPE_API_BASE"]

    def buy(_number: int) -> int:
        buyer = shop.Buyer(port)
        buyer.take(public_id)
        buyer.pay(simulator)
        return 200

    with _database() as connection:
        [newest] = connection.execute("SELECT coalesce(max(id), 0) FROM mails").fetchone() or [0]
    started = time.perf_counter()
    measured = shop.in_parallel(16, count, buy)
    yield Figure("cart to paid at the simulator, 16 clients", measured)
    if len(measured.latencies) < count:
        raise SystemExit(f"only {len(measured.latencies)} of {count} checkouts went through")
    with _database() as connection:
        while time.perf_counter() - started < 60 + count:
            row = connection.execute(MAILED, (newest,)).fetchone()
            if row == (count,):
                break
            time.sleep(0.2)
        seconds = time.perf_counter() - started
        row = connection.execute(SETTLED).fetchone()
        assert row
        paid, mailed, to_ticket, to_mail = row
    what = "complete checkout to ticket and mail"
    yield f"{what:44} {count / seconds:9,.0f}/s  ({paid} paid, {mailed} mailed of {count})"
    for name, (middle, late) in (("webhook to ticket", to_ticket), ("ticket to mail accepted", to_mail)):
        yield f"{name:44} {'':11}  p50 {middle * 1000:7.1f} ms  p95 {late * 1000:7.1f} ms"


def _rush(port: int, public_id: str, buyers: int = 1500) -> Iterator[str]:
    measured = load.measure(port, _add(public_id), 64, 600, at_most=buyers)
    with _database() as connection:
        row = connection.execute(
            "SELECT held_quantity, total_quantity FROM ticket_types WHERE public_id = %s", (public_id,)
        ).fetchone()
    assert row
    yield (
        f"rush: {buyers} buyers, 64 at a time: all answered in {measured.seconds:.2f} s, "
        f"{row[0]} of {row[1]} places held, answers {measured.statuses}"
    )


EVENT = (
    '{{"id": "evt_bench_{number}", "object": "event", "api_version": "2026-10-28.endive", "created": {created},'
    ' "livemode": false, "pending_webhooks": 1, "type": "checkout.session.expired", "request": null,'
    ' "data": {{"object": {{"id": "cs_test_bench{number}", "object": "checkout.session", "livemode": false,'
    ' "status": "expired", "payment_status": "unpaid", "amount_total": 2400, "currency": "eur",'
    ' "payment_intent": null, "metadata": {{}}}}}}}}'
)
