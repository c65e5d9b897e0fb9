"""What the clock looks for. It only writes down what is to be done: talking to Stripe is left to the workers, so that
a Stripe that does not answer holds up nothing else."""

import sqlalchemy as sa

from carneau.core import clock, outbox, queue
from carneau.core.db import db, transaction
from carneau.payments import ending, looking, queries, reconciling

AT_ONCE = 200
OVERDUE_PAYMENTS = sa.text(
    """SELECT y.id FROM purchases p JOIN payments y ON y.purchase_id = p.id
        WHERE p.payment_status = 'pending' AND p.expires_at < now() AND y.flagged IS NULL
          AND y.session_status IN ('starting', 'open')
          AND NOT EXISTS (SELECT FROM outbox o WHERE o.key = 'end_overdue:' || y.id)
     ORDER BY p.expires_at LIMIT :limit"""
)
UNPAYABLE = sa.text(
    """SELECT p.id FROM purchases p
        WHERE p.payment_status = 'pending' AND p.expires_at < now()
          AND NOT EXISTS (SELECT FROM payments y WHERE y.purchase_id = p.id
                             AND (y.session_status <> 'expired' OR y.flagged IS NOT NULL))
     ORDER BY p.expires_at LIMIT :limit"""
)
WAITING_FOR_BANK = sa.text(
    """UPDATE payments SET looked_up_at = now() WHERE id IN (
           SELECT y.id FROM purchases p JOIN payments y ON y.purchase_id = p.id
            WHERE p.payment_status = 'processing' AND y.session_status = 'complete' AND y.flagged IS NULL
              AND coalesce(y.looked_up_at, y.created_at) < now() - interval '6 hours'
            LIMIT :limit FOR UPDATE OF y SKIP LOCKED)
    RETURNING id"""
)


@outbox.job("payments.end_overdue", tries=200)
def end_overdue(payment_id: int) -> None:
    ending.end_overdue(payment_id)


@outbox.job("payments.look_up", tries=5)
def look_up(payment_id: int) -> None:
    with transaction():
        session_id = queries.by_id(payment_id).stripe_session_id
    if session_id:
        looking.look(session_id, "clock")


@outbox.job("payments.reconcile", tries=3, is_patient=True)
def reconcile() -> None:
    reconciling.reconcile()


def end_purchases() -> None:
    """Pending purchases whose time is over."""
    with transaction():
        for payment_id in db.session.scalars(OVERDUE_PAYMENTS, {"limit": AT_ONCE}).all():
            queue.enqueue_after_commit(end_overdue, payment_id, key=f"end_overdue:{payment_id}")
        unpayable = db.session.scalars(UNPAYABLE, {"limit": AT_ONCE}).all()
    for purchase_id in unpayable:
        ending.close_unpayable(purchase_id)


def ask_about_delayed() -> None:
    with transaction():
        for payment_id in db.session.scalars(WAITING_FOR_BANK, {"limit": AT_ONCE}).all():
            queue.enqueue_after_commit(look_up, payment_id)


def reconcile_later() -> None:
    """While one waits for a worker, a second would only read the same list again."""
    minute = clock.now().strftime("%Y%m%d%H%M")
    with transaction():
        if not outbox.is_owed(reconcile):
            queue.enqueue_after_commit(reconcile, key=f"reconcile:{minute}")
