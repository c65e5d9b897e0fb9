"""All that is kept about a person, as values that can be written as JSON. Nothing of anybody else: whom a ticket was
passed on to is not the buyer's to know, nor who paid for it the holder's."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from carneau.accounts import queries as accounts
from carneau.accounts.models import User
from carneau.core import clock
from carneau.core.audit import AuditEntry
from carneau.core.db import db
from carneau.core.money import Money
from carneau.email.models import Mail
from carneau.fulfilment.models import Message
from carneau.organisations.queries import memberships_of
from carneau.payments.models import Payment, Refund, StripeEvent
from carneau.purchases.models import Purchase, PurchaseLine
from carneau.tickets.models import Ticket

Facts = dict[str, Any]
TOLD = ("customer_details", "customer_email", "billing_details", "receipt_email", "shipping")


def of_account(user: User) -> Facts:
    addresses = accounts.addresses_of(user)
    return {
        "account": {
            "name": user.name,
            "email": user.email,
            "verified_at": _at(user.verified_at),
            "created_at": _at(user.created_at),
            "has_second_factor": user.totp_secret is not None,
        },
        "addresses": list(addresses),
        "memberships": [
            {"organisation": each.organisation.name, "role": str(each.role), "since": _at(each.created_at)}
            for each in memberships_of(user)
        ],
        "log": _log_of(user),
    } | of_addresses(addresses)


def of_addresses(addresses: Collection[str], organisation_id: int | None = None) -> Facts:
    """Addresses in small letters; everywhere, or in one organisation alone."""
    mine = sa.func.lower(Purchase.email).in_(addresses), Purchase.erased_at.is_(None)
    given = sa.func.lower(Ticket.holder_email).in_(addresses)
    to_me = sa.func.lower(Mail.recipient).in_(addresses)
    purchases = _purchases(*mine, *_only(Purchase, organisation_id))
    return {"as_of": _at(clock.now())} | {
        "purchases": purchases,
        "tickets_passed_on_to_you": [_ticket(each) for each in _tickets(given, *_only(Ticket, organisation_id))],
        "mails": _mails(to_me, *_only(Mail, organisation_id)),
    }


def of_purchase(purchase: Purchase) -> Facts:
    """What whoever has the signed link may know."""
    about = Mail.subject == Purchase.__tablename__, Mail.subject_id == purchase.id
    return {
        "as_of": _at(clock.now()),
        "purchases": _purchases(Purchase.id == purchase.id),
        "mails": _mails(*about),
    }


def _only(model: Any, organisation_id: int | None) -> list[sa.ColumnElement[bool]]:
    return [] if organisation_id is None else [model.organisation_id == organisation_id]


def _purchases(*which: sa.ColumnElement[bool]) -> list[Facts]:
    rows = db.session.scalars(
        sa.select(Purchase).where(*which).options(joinedload(Purchase.lines)).order_by(Purchase.id)
    ).unique()
    return [_purchase(each) for each in rows.all()]


def _purchase(purchase: Purchase) -> Facts:
    payments = db.session.scalars(
        sa.select(Payment).where(Payment.purchase_id == purchase.id).order_by(Payment.id)
    ).all()
    return {
        "ref": purchase.ref,
        "name": purchase.buyer_name,
        "email": purchase.email,
        "state": str(purchase.payment_status),
        "paid": str(purchase.channel),
        "placed_at": _at(purchase.created_at),
        "paid_at": _at(purchase.paid_at),
        "currency": purchase.currency,
        "total": purchase.total.decimal(),
        "refunded": purchase.refunded.decimal(),
        "lines": [_line(line, purchase.currency) for line in purchase.lines],
        "tickets": [_ticket(each) for each in _tickets(Ticket.purchase_id == purchase.id)],
        "payments": [_payment(each) for each in payments],
        "refunds": _refunds(purchase),
        "told_by_stripe": _told(payments),
    }


def _line(line: PurchaseLine, currency: str) -> Facts:
    return {
        "event": line.event_title,
        "ticket_type": line.ticket_type_name,
        "quantity": line.quantity,
        "unit_price": Money(line.unit_price_minor, currency).decimal(),
        "unit_fee": Money(line.unit_fee_minor, currency).decimal(),
    }


def _payment(payment: Payment) -> Facts:
    return {"amount": Money(payment.amount_minor, payment.currency).decimal(), "paid_at": _at(payment.paid_at)}


def _refunds(purchase: Purchase) -> list[Facts]:
    rows = db.session.scalars(sa.select(Refund).where(Refund.purchase_id == purchase.id).order_by(Refund.id))
    return [
        {"amount": Money(each.amount_minor, purchase.currency).decimal(), "state": str(each.status)} for each in rows
    ]


def _told(payments: Sequence[Payment]) -> list[Facts]:
    """What Stripe's messages say of the person, each once."""
    ours = {each.stripe_session_id for each in payments} | {each.stripe_payment_intent_id for each in payments}
    ids = sorted(each for each in ours if each)
    thing = StripeEvent.payload["data"]["object"]
    about = sa.or_(thing["id"].astext.in_(ids), thing["payment_intent"].astext.in_(ids))
    told: list[Facts] = []
    for thing_told in db.session.scalars(sa.select(thing).where(about).order_by(StripeEvent.id)) if ids else ():
        facts = {name: thing_told[name] for name in TOLD if thing_told.get(name)}
        if facts and facts not in told:
            told.append(facts)
    return told


def _tickets(*which: sa.ColumnElement[bool]) -> Sequence[Ticket]:
    whole = joinedload(Ticket.event), joinedload(Ticket.ticket_type)
    return db.session.scalars(sa.select(Ticket).where(*which).options(*whole).order_by(Ticket.id)).all()


def _ticket(ticket: Ticket) -> Facts:
    return {
        "ref": ticket.ref,
        "event": ticket.event.title,
        "begins_at": _at(ticket.event.starts_at),
        "ticket_type": ticket.ticket_type.name,
        "state": str(ticket.status),
        "let_in_at": _at(ticket.redeemed_at),
        "was_passed_on": ticket.holder_email is not None,
    } | ({"name": ticket.holder_name} if ticket.holder_email is None else {})


def _mails(*which: sa.ColumnElement[bool]) -> list[Facts]:
    about_message = sa.and_(Mail.subject == Message.__tablename__, Mail.subject_id == Message.id)
    rows = db.session.execute(
        sa.select(Mail, Message).outerjoin(Message, about_message).where(*which).order_by(Mail.id)
    ).all()
    return [
        {"kind": mail.kind, "to": mail.recipient, "sent_at": _at(mail.sent_at)}
        | ({"subject": message.subject, "text": message.body} if message else {})
        for mail, message in rows
    ]


def _log_of(user: User) -> list[Facts]:
    """What was done by this account or to it, as the audit log has it: log-ins by mail, changes, purchases."""
    about = sa.and_(AuditEntry.subject == User.__tablename__, AuditEntry.subject_id == user.id)
    rows = db.session.scalars(
        sa.select(AuditEntry).where(sa.or_(about, AuditEntry.actor == user.actor)).order_by(AuditEntry.id)
    ).all()
    return [{"at": _at(each.created_at), "what": each.subject, "happened": each.action} for each in rows]


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
