"""What was sold after the backup that was restored: made again from what we wrote into each session at Stripe."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from carneau.catalogue.models import Event, TicketType
from carneau.core import audit
from carneau.core.db import db, transaction
from carneau.payments import gateway, sessions
from carneau.payments.facts import Origin, SessionFacts
from carneau.payments.models import Payment, SessionStatus
from carneau.payments.sessions import Sold
from carneau.payments.settling import settle_session
from carneau.purchases.models import PaymentStatus, Purchase, PurchaseLine
from carneau.purchases.placing import payable_until


@dataclass
class Rebuilt:
    """References of the purchases that are there again, and the sessions that a person must look at, with why."""

    made: list[str] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)


def rebuild(since: datetime) -> Rebuilt:
    """Settles each at once, so its places are sold, its tickets issued and mailed; these have codes of their own."""
    done = Rebuilt()
    for page in gateway.sessions_since(since):
        for session in page:
            if session["status"] == "complete" and Origin.of(session).purchase_ref:
                with transaction():
                    _rebuild(session, done)
    return done


def _rebuild(session: Mapping[str, Any], done: Rebuilt) -> None:
    origin, sold = Origin.of(session), sessions.sold(session)
    if db.session.scalar(sa.select(Purchase.id).where(Purchase.ref == origin.purchase_ref)) is not None:
        return
    types = _types(sold, origin.organisation_id)
    reason = _why_not(session, sold, types, origin)
    if reason:
        done.left[session["id"]] = reason
        return
    purchase = _purchase(session, sold, types, origin)
    db.session.add(purchase)
    db.session.flush()
    db.session.add(_payment(session, purchase, origin))
    db.session.flush()
    audit.record(purchase, purchase.payment_status, "rebuilt", total_minor=purchase.total_minor)
    settle_session(SessionFacts.of(session), "rebuilt")
    done.made.append(purchase.ref)


def _types(sold: list[Sold], organisation_id: int) -> dict[int, tuple[TicketType, Event]]:
    wanted = sa.select(TicketType, Event).join(Event, Event.id == TicketType.event_id)
    ours = wanted.where(TicketType.id.in_([each.ticket_type_id for each in sold]))
    rows = db.session.execute(ours.where(TicketType.organisation_id == organisation_id)).all()
    return {kind.id: (kind, event) for kind, event in rows}


def _why_not(session: Mapping[str, Any], sold: list[Sold], types: Mapping[int, Any], origin: Origin) -> str | None:
    if not sold:
        return "it does not say what was sold"
    if len(types) < len(sold):
        return "its ticket types were made after the backup"
    if sum(each.total_minor for each in sold) != session["amount_total"]:
        return "its lines do not add up to what was paid"
    if db.session.get(Payment, origin.payment_id) is not None:
        return "another payment has its number"
    return None


def _purchase(session: Mapping[str, Any], sold: list[Sold], types: Mapping[int, Any], origin: Origin) -> Purchase:
    return Purchase(
        organisation_id=origin.organisation_id,
        ref=origin.purchase_ref,
        buyer_name=session["metadata"]["buyer"],
        email=session["customer_email"],
        currency=session["currency"].upper(),
        lines_minor=sum(each.quantity * each.unit_price_minor for each in sold),
        discount_minor=0,
        fee_minor=sum(each.quantity * each.unit_fee_minor for each in sold),
        tax_minor=0,
        included_tax_minor=sum(each.included_tax_minor for each in sold),
        total_minor=session["amount_total"],
        refunded_minor=0,
        payment_status=PaymentStatus.PENDING,
        expires_at=payable_until(),
        lines=[_line(each, *types[each.ticket_type_id]) for each in sold],
    )


def _line(sold: Sold, kind: TicketType, event: Event) -> PurchaseLine:
    return PurchaseLine(
        organisation_id=kind.organisation_id,
        event_id=event.id,
        ticket_type_id=kind.id,
        event_title=event.title,
        ticket_type_name=kind.name,
        quantity=sold.quantity,
        refunded_quantity=0,
        unit_price_minor=sold.unit_price_minor,
        unit_fee_minor=sold.unit_fee_minor,
        included_tax_minor=sold.included_tax_minor,
        total_minor=sold.total_minor,
    )


def _payment(session: Mapping[str, Any], purchase: Purchase, origin: Origin) -> Payment:
    return Payment(
        id=origin.payment_id,
        organisation_id=purchase.organisation_id,
        purchase_id=purchase.id,
        session_status=SessionStatus.OPEN,
        stripe_session_id=session["id"],
        amount_minor=session["amount_total"],
        currency=purchase.currency,
        livemode=session["livemode"],
        expires_at=purchase.expires_at,
    )
