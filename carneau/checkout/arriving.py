"""The buyer is back from Stripe, perhaps before Stripe has told us anything."""

from flask_babel import gettext as _

from carneau.checkout import guards
from carneau.core.db import transaction
from carneau.core.errors import NotFound
from carneau.payments import gateway, looking, queries
from carneau.payments.models import Payment
from carneau.purchases.models import PaymentStatus, Purchase


def arrive(ref: str, key: str, session_id: str | None) -> tuple[Purchase, bool]:
    """The purchase as it is after asking Stripe ourselves, if nobody has settled it yet, and whether we know that it is
    still to be paid. Where Stripe does not answer the page waits, and asks again."""
    with transaction():
        purchase = guards.purchase_of(ref, key)
        payment = _payment_of(purchase, session_id)
        is_pending = purchase.payment_status is PaymentStatus.PENDING
        asks = (payment.stripe_session_id or session_id) if payment and is_pending else None
        may_ask = payment is not None and asks is not None and looking.may_look(payment)
    is_unpaid = _is_unpaid(asks, ref) if asks and may_ask else is_pending and not asks
    return guards.purchase_of(ref, key), is_unpaid


def _payment_of(purchase: Purchase, session_id: str | None) -> Payment | None:
    """The payment with this session, or one whose session we have not kept yet; someone else's session is nobody's."""
    payments = queries.of_purchase(purchase)
    if session_id is None:
        return payments[-1] if payments else None
    fitting = [payment for payment in payments if payment.stripe_session_id in (session_id, None)]
    if not fitting:
        raise _not_of_this_purchase()
    return max(fitting, key=lambda payment: (payment.stripe_session_id is not None, payment.id))


def _is_unpaid(session_id: str, ref: str) -> bool:
    try:
        facts = looking.look(session_id, "buyer")
    except gateway.Unreachable:
        return False
    except gateway.Declined as error:
        raise _not_of_this_purchase() from error
    if facts.origin.purchase_ref != ref:
        raise _not_of_this_purchase()
    return facts.status == "open"


def _not_of_this_purchase() -> NotFound:
    return NotFound(_("This payment does not belong to this purchase. Please use the complete link from your mail."))
