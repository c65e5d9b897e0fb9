import sqlalchemy as sa

from carneau.core import log
from carneau.core.db import db, transaction
from carneau.fulfilment.fulfil import fulfil
from carneau.purchases.models import PaymentStatus, Purchase

AT_ONCE = 50
UNFULFILLED = sa.text(
    """SELECT p.id FROM purchases p
        WHERE p.payment_status IN ('succeeded', 'partially_refunded')
          AND p.paid_at BETWEEN now() - interval '3 days' AND now() - interval '20 seconds'
          AND (NOT EXISTS (SELECT FROM mails m WHERE m.key = 'confirmation:purchase:' || p.id)
               OR (SELECT coalesce(sum(l.quantity - l.refunded_quantity), 0) FROM purchase_lines l
                    WHERE l.purchase_id = p.id)
                > (SELECT count(*) FROM tickets k WHERE k.purchase_id = p.id))
     ORDER BY p.id LIMIT :limit"""
)


def complete_paid() -> int:
    """Finishes purchases that are paid and lack tickets or their mail. Settling leaves none behind; this is for the
    day when it does, and it says so in the log. Returns how many there were."""
    with transaction():
        ids = list(db.session.scalars(UNFULFILLED, {"limit": AT_ONCE}))
    for purchase_id in ids:
        with transaction():
            purchase = db.session.get_one(Purchase, purchase_id, with_for_update=True, populate_existing=True)
            if purchase.payment_status in (PaymentStatus.SUCCEEDED, PaymentStatus.PARTIALLY_REFUNDED):
                fulfil(purchase)
        log.get(__name__).error("paid purchase had no tickets or mail", purchase_id=purchase_id)
    return len(ids)
