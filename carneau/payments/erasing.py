from collections.abc import Collection

import sqlalchemy as sa

from carneau.core.db import db

PERSONAL = ("customer_details", "customer_email", "billing_details", "receipt_email", "shipping")
ERASE = sa.text(
    f"""UPDATE stripe_events e
           SET payload = payload {" ".join(f"#- '{{data,object,{name}}}'" for name in PERSONAL)}
          FROM payments p
         WHERE p.purchase_id = ANY(:purchases)
           AND (e.payload #>> '{{data,object,id}}' = p.stripe_session_id
                OR e.payload #>> '{{data,object,payment_intent}}' = p.stripe_payment_intent_id)"""  # noqa: S608  constants
)


def erase(purchase_ids: Collection[int]) -> None:
    """What Stripe told us of the person; that it was paid, and how much, stays."""
    db.session.execute(ERASE, {"purchases": list(purchase_ids)})
