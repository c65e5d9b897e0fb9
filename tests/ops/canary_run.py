"""What tests/ops/test_canaries.py starts: a run with everything that goes well, and much that does not."""

import json
from urllib.parse import urlsplit

import sqlalchemy as sa

import wsgi
from carneau.core import outbox, settings
from carneau.core.db import db, transaction
from carneau.purchases import links
from carneau.purchases.models import Purchase
from carneau.standalone.stripe import SimulatorSettings, create_simulator
from carneau.tickets import qr
from carneau.tickets.models import Ticket
from tests.buying import Buyer, session_of, settle
from tests.making import make_ticket_type

LOG_IN = {"email": "canary.login@example.org", "password": "canary-pass"}
BUYER = {"name": "Canary Buyer-Name", "email": "canary.buyer@example.org"}


@wsgi.app.get("/crash")
def crash() -> str:
    password = "canary-local-variable"
    raise RuntimeError(f"no {len(password)}")


@wsgi.app.get("/crash/in-the-database")
def crash_in_the_database() -> str:
    with transaction():
        db.session.execute(sa.text("SELECT CAST(:email AS integer)"), {"email": "canary.value@example.org"})
    return ""


def run() -> dict[str, object]:
    app, pages = wsgi.app, []
    ours = settings.current()
    client = app.test_client()
    kind = make_ticket_type()
    buyer = Buyer(app)
    port = urlsplit(ours.stripe_api_base or "").port or 0
    with create_simulator(
        SimulatorSettings(ours.stripe_secret_key, ours.stripe_webhook_secret, port=port)
    ) as simulator:
        buyer.take(kind, 2)
        session_id = session_of(buyer.check_out(**BUYER))
        simulator.pay(session_id)
        forged = {"Stripe-Signature": "t=1,v1=canary-signature"}
        pages.append(client.post("/webhook", data=b'{"canary-body": 1}', headers=forged).text)
        settle(app, simulator)
    purchase = db.session.scalars(sa.select(Purchase)).one()
    ticket = db.session.scalars(sa.select(Ticket).limit(1)).one()
    code, link = qr.code(ticket), urlsplit(links.url(purchase))
    db.session.rollback()
    for path in (f"/tickets/{code}", f"{link.path}?{link.query}", "/crash", "/crash/in-the-database"):
        client.get(path)
    pages += [client.post("/login", data=LOG_IN).text for _ in range(3)]
    client.post("/password", data={"email": BUYER["email"]})
    pages.append(client.get("/crash").text)
    outbox.drain()
    buyer.take(kind, 1)
    pages.append(buyer.check_out(**BUYER).text)
    with transaction():
        db.session.execute(sa.text("ALTER TABLE purchases RENAME TO away"))
    pages.append(client.get("/purchases/K7NQ42VD?key=canary-key").text)
    db.session.rollback()
    with transaction():
        db.session.execute(sa.text("ALTER TABLE away RENAME TO purchases"))
    metrics = client.get("/metrics", headers={"Authorization": f"Bearer {ours.metrics_token}"}).text
    key = link.query.removeprefix("key=")
    return {"metrics": metrics, "errors": pages, "made": [session_id, code, key, buyer.secret]}


if __name__ == "__main__":
    with wsgi.app.app_context():
        print(json.dumps(run()))
