"""What an organiser gives back: money, and the tickets that it was paid for. Each verb changes rows alone; Stripe is
asked by a job once they are committed. The caller holds the purchase's row lock (`purchases.queries.locked_of`)."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from carneau.core import audit
from carneau.core.db import db
from carneau.core.errors import Conflict, Invalid
from carneau.core.money import Money
from carneau.fulfilment import fulfil, holders
from carneau.payments import queries, refunds
from carneau.payments.models import Refund, RefundStatus
from carneau.purchases import status
from carneau.purchases.models import Channel, PaymentStatus, Purchase
from carneau.tickets import returning
from carneau.web import filters

REASON = "organiser"


class NothingLeft(Conflict):
    """All of it has gone back already, or nothing was ever paid."""


class TooMuch(Conflict):
    """More than what is left of the payment."""


class Disputed(Conflict):
    """The buyer's bank has taken the money; what is given back now would be given twice."""


class ChangedMeanwhile(Conflict):
    """Somebody else, or the first of two clicks, was quicker."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Who gives back, what becomes of the places, and what of the purchase they had before them (`state_of`)."""

    actor: str
    back_on_sale: bool
    seen: str | None = None
    reason: str = REASON


def state_of(purchase: Purchase) -> str:
    """What a form shows of earlier refunds; another value when it comes back means that it shows the past."""
    returned = sum(line.refunded_quantity for line in purchase.lines)
    return f"{purchase.payment_status}.{purchase.refunded_minor}.{returned}"


def in_full(purchase: Purchase, decision: Decision) -> Refund | None:
    """All money that is left, and all tickets. After a refund that failed it is how the money is sent again."""
    _require_refundable(purchase, decision)
    amount_minor = left_of(purchase)
    if not amount_minor and not valid_places(purchase):
        raise NothingLeft(_("All of this purchase has been refunded already."))
    returning.take_all_back(purchase, decision.actor, decision.back_on_sale)
    return pay_back(purchase, amount_minor, decision)


def by_line(purchase: Purchase, wanted: Mapping[int, int], decision: Decision) -> Refund | None:
    """A number of tickets by line id, with what was paid for each of them, the fee included."""
    _require_refundable(purchase, decision)
    if not any(wanted.values()):
        raise Invalid(_("Please choose at least one ticket."), {"lines": [_("Please choose at least one ticket.")]})
    amount_minor = value_of(purchase, wanted)
    _require_left(purchase, amount_minor)
    returning.take_back(purchase, wanted, decision.actor, decision.back_on_sale)
    return pay_back(purchase, amount_minor, decision)


def by_amount(purchase: Purchase, amount_minor: int, decision: Decision) -> Refund | None:
    """Money alone; the tickets stay valid, unless it is the last of the money."""
    _require_refundable(purchase, decision)
    if amount_minor <= 0:
        raise Invalid(_("Please enter an amount."), {"amount": [_("Please enter an amount above zero.")]})
    _require_left(purchase, amount_minor)
    if amount_minor == left_of(purchase):
        return in_full(purchase, decision)
    return pay_back(purchase, amount_minor, decision)


def of_event(purchase: Purchase, event_id: int, decision: Decision) -> Refund | None:
    """All that was bought for one event: of a purchase across several, the valid tickets for this one, with what was
    paid for them as far as it has not gone back already."""
    if all(line.event_id == event_id for line in purchase.lines):
        return in_full(purchase, decision)
    _require_refundable(purchase, decision)
    wanted = returning.valid_of(purchase, event_id)
    if not wanted:
        raise NothingLeft(_("All of this purchase has been refunded already."))
    returning.take_back(purchase, wanted, decision.actor, decision.back_on_sale)
    return pay_back(purchase, min(value_of(purchase, wanted), left_of(purchase)), decision)


def left_of(purchase: Purchase) -> int:
    return purchase.total_minor - purchase.refunded_minor


def valid_places(purchase: Purchase) -> int:
    return sum(line.quantity - line.refunded_quantity for line in purchase.lines)


def is_refundable(purchase: Purchase) -> bool:
    owed = purchase.payment_status is PaymentStatus.REFUNDED and left_of(purchase) > 0
    return purchase.payment_status in status.FULFILLED or owed


def value_of(purchase: Purchase, wanted: Mapping[int, int]) -> int:
    return sum((line.unit_price_minor + line.unit_fee_minor) * wanted.get(line.id, 0) for line in purchase.lines)


def _require_refundable(purchase: Purchase, decision: Decision) -> None:
    if decision.seen is not None and decision.seen != state_of(purchase):
        raise ChangedMeanwhile(_("This purchase changed since you opened the page. Nothing more was refunded."))
    if not is_refundable(purchase):
        raise NothingLeft(_("There is nothing to refund: this purchase is not paid, or all of it has gone back."))


def _require_left(purchase: Purchase, amount_minor: int) -> None:
    left = left_of(purchase)
    if amount_minor > left:
        sentence = _("Only %(left)s of it can still be refunded.", left=filters.money(Money(left, purchase.currency)))
        raise TooMuch(sentence)


def pay_back(purchase: Purchase, amount_minor: int, decision: Decision) -> Refund | None:
    """Money alone: what becomes of the tickets is decided before."""
    refund = _owe(purchase, amount_minor, decision) if amount_minor else None
    purchase.refunded_minor += amount_minor
    is_over = not left_of(purchase) and not valid_places(purchase)
    to = PaymentStatus.REFUNDED if is_over else PaymentStatus.PARTIALLY_REFUNDED
    if purchase.payment_status is not PaymentStatus.REFUNDED:
        status.change(purchase, to, decision.actor, refunded_minor=purchase.refunded_minor)
    db.session.flush()
    if refund is None:
        fulfil.notify(purchase, "tickets_voided", occasion=f"returned:{purchase.id}:{state_of(purchase)}")
    elif refund.payment_id is None:
        fulfil.notify(purchase, "refunded", occasion=f"refund:{refund.id}")
    holders.tell_of_void(purchase)
    return refund


def _owe(purchase: Purchase, amount_minor: int, decision: Decision) -> Refund:
    if purchase.channel is not Channel.ONLINE:
        return _hand_over(purchase, amount_minor, decision)
    payment = queries.kept_payment(purchase)
    if payment.disputed_at is not None:
        raise Disputed(_("The buyer's bank has claimed this payment back (a dispute). Please answer it at Stripe."))
    return refunds.request(payment, amount_minor, decision.reason, decision.actor)


def _hand_over(purchase: Purchase, amount_minor: int, decision: Decision) -> Refund:
    """What did not come through Stripe is given back by hand, and is noted as done."""
    refund = Refund(
        organisation_id=purchase.organisation_id,
        payment_id=None,
        purchase_id=purchase.id,
        amount_minor=amount_minor,
        status=RefundStatus.SUCCEEDED,
        reason=decision.reason,
    )
    db.session.add(refund)
    db.session.flush()
    audit.record(refund, RefundStatus.SUCCEEDED, decision.actor, amount_minor=amount_minor, by=purchase.channel)
    return refund
