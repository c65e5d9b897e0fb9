"""A refund that failed, asked for once more: first Stripe says how much of the payment is left, and no more than that
is sent. Safe to press whatever happened in Stripe's dashboard meanwhile."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.accounts.models import User
from carneau.core.db import db
from carneau.core.errors import Conflict
from carneau.payments import flagging, flags, gateway, queries, refunds, reversing
from carneau.payments.facts import ChargeFacts
from carneau.payments.models import Payment, Refund, RefundStatus
from carneau.payments.refunding import Decision, Disputed, left_of, pay_back

REASON = "again"


class NoAnswer(Conflict):
    def __init__(self) -> None:
        super().__init__(_("Stripe did not answer, so nothing was sent. Please try again in a few minutes."))


class NeverTaken(Conflict):
    def __init__(self) -> None:
        super().__init__(_("Stripe knows of no money that was paid here, so there is nothing to send back."))


@dataclass(frozen=True, slots=True)
class Errand:
    """Carried out of the transaction that read it."""

    flag_id: int
    payment_id: int
    intent_id: str


def prepare(organisation_id: int, flag_ref: str) -> Errand:
    flag = flags.by_ref(organisation_id, flag_ref)
    if flag.closed_at is not None:
        raise flagging.LookedAtMeanwhile
    return Errand(flag.id, flag.payment_id, str(flag.payment.stripe_payment_intent_id))


def ask(errand: Errand) -> ChargeFacts:
    """Over the network."""
    try:
        said = gateway.find_charge(errand.intent_id)
    except (gateway.Unreachable, gateway.Declined) as error:
        raise NoAnswer from error
    if said is None:
        raise NeverTaken
    return said


def send(errand: Errand, said: ChargeFacts, user: User) -> int:
    """The amount that is on its way now, in minor units; 0 if all of it has gone back by another way."""
    payment = queries.get_locked(errand.payment_id)
    if payment.disputed_at is not None:
        raise Disputed(_("The buyer's bank has claimed this payment back (a dispute). Please answer it at Stripe."))
    flagging.note_paid(payment, said.amount_minor, said.currency)
    payment.said_refunded_minor = said.refunded_minor
    if not payment.sent_back:
        reversing.catch_up(payment.purchase, said.refunded_minor)
    amount_minor = max(0, min(_owed(payment), said.amount_minor - said.refunded_minor))
    note = _("Refund asked for once more.") if amount_minor else _("Stripe says that all of it has gone back already.")
    flagging.close(errand.flag_id, user, note)
    if amount_minor:
        _request(payment, amount_minor, user.actor)
    return amount_minor


def _owed(payment: Payment) -> int:
    """What failed to go back, and was not sent in another way since."""
    if payment.sent_back:
        return payment.amount_minor - _sum(payment, Refund.status != RefundStatus.FAILED)
    failed = _sum(payment, Refund.status == RefundStatus.FAILED, Refund.is_made_up.is_(False))
    return min(failed, left_of(payment.purchase))


def _sum(payment: Payment, *where: sa.ColumnElement[bool]) -> int:
    mine = sa.select(sa.func.sum(Refund.amount_minor)).where(Refund.payment_id == payment.id, *where)
    return int(db.session.scalar(mine) or 0)


def _request(payment: Payment, amount_minor: int, actor: str) -> None:
    failed = sa.update(Refund).where(Refund.payment_id == payment.id, Refund.status == RefundStatus.FAILED)
    db.session.execute(failed.values(is_made_up=True))
    if payment.sent_back:
        refunds.request(payment, amount_minor, payment.sent_back, actor)
    else:
        pay_back(payment.purchase, amount_minor, Decision(actor, False, reason=REASON))
