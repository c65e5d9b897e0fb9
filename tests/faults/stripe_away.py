"""Stripe as it fails, and what is seen of it from here."""

import sqlalchemy as sa

from carneau.catalogue.models import TicketType
from carneau.core import outbox
from carneau.core.db import db, transaction
from carneau.purchases.models import Purchase
from tests.buying import only

SESSIONS = "SELECT count(*) FROM objects WHERE kind = 'checkout.session'"
FAILURES = ["500", "429", "html"]


def broken(simulator, failure, times=99):
    simulator.switches.api_failure, simulator.switches.api_failure_count = failure, times


def whole(simulator):
    simulator.switches.api_failure, simulator.switches.api_failure_count = None, 0


def sessions(simulator):
    return simulator.world.store.rows(SESSIONS)[0][0]


def held(kind):
    with transaction():
        return db.session.get_one(TicketType, kind.id, populate_existing=True).held_quantity


def says_that_stripe_does_not_answer(page):
    return (
        page.status_code == 503
        and page.headers["Retry-After"]
        and "Stripe does not answer" in page.text
        and "Nothing was charged, and your places are kept" in page.text
        and "Your places are yours until" in page.text
    )


def try_again(buyer):
    ref = only(Purchase).ref
    return buyer.client.post(f"/checkout/{ref}/payment")


def errors_only(simulator):
    error = '{"error": {"type": "api_error", "message": "An unknown error occurred."}}'
    simulator.world.store.rows("UPDATE answers SET status = 500, body = ?", (error,))


def time_is_up():
    with transaction():
        db.session.execute(sa.update(Purchase).values(expires_at=sa.func.now() - sa.text("interval '1 second'")))


def run_what_waits():
    """As if the waiting time between tries had passed."""
    with transaction():
        db.session.execute(sa.update(outbox.OutboxRow).values(run_at=sa.func.now()))
    outbox.drain()
