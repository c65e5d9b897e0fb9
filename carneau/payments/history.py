"""Everything that happened to one purchase, oldest first: what was recorded, which mails went out, and who came."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from carneau.accounts.models import User
from carneau.admissions import history as door
from carneau.admissions.models import Scan
from carneau.core.audit import AuditEntry
from carneau.core.db import db
from carneau.email.models import Mail
from carneau.payments.models import Payment, Refund
from carneau.purchases.models import Purchase
from carneau.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class Moment:
    """`subject` is a table's name, `action` what happened to the row; `by` a name, or a word for a part of ours."""

    at: datetime
    subject: str
    action: str
    by: str
    facts: dict[str, Any]


def of(purchase: Purchase) -> list[Moment]:
    return sorted([*_recorded(purchase), *_written(purchase), *_scanned(purchase)], key=lambda moment: moment.at)


def _recorded(purchase: Purchase) -> Iterator[Moment]:
    entries = db.session.scalars(sa.select(AuditEntry).where(sa.or_(*_about(purchase))).order_by(AuditEntry.id)).all()
    names = _names({entry.actor for entry in entries})
    for entry in entries:
        by = names.get(entry.actor, entry.actor)
        yield Moment(entry.created_at, entry.subject, entry.action, by, entry.facts)


def _about(purchase: Purchase) -> Iterator[sa.ColumnElement[bool]]:
    yield sa.and_(AuditEntry.subject == Purchase.__tablename__, AuditEntry.subject_id == purchase.id)
    for model in (Payment, Refund, Ticket):
        ids = sa.select(model.id).where(model.purchase_id == purchase.id)
        yield sa.and_(AuditEntry.subject == model.__tablename__, AuditEntry.subject_id.in_(ids))


def _names(actors: set[str]) -> dict[str, str]:
    ids = [int(actor.removeprefix("user:")) for actor in actors if actor.startswith("user:")]
    people = db.session.execute(sa.select(User.id, User.name).where(User.id.in_(ids))) if ids else ()
    return {f"user:{id}": name for id, name in people}


def _written(purchase: Purchase) -> Iterator[Moment]:
    own = sa.and_(Mail.subject == Purchase.__tablename__, Mail.subject_id == purchase.id)
    ids = sa.select(Ticket.id).where(Ticket.purchase_id == purchase.id)
    of_tickets = sa.and_(Mail.subject == Ticket.__tablename__, Mail.subject_id.in_(ids))
    for mail in db.session.scalars(sa.select(Mail).where(sa.or_(own, of_tickets))):
        state = "sent" if mail.sent_at else "given_up" if mail.gave_up_at else "waiting"
        facts = {"kind": mail.kind, "to": mail.recipient, "error": mail.last_error}
        yield Moment(mail.sent_at or mail.gave_up_at or mail.created_at, Mail.__tablename__, state, "system", facts)


def _scanned(purchase: Purchase) -> Iterator[Moment]:
    ids = db.session.scalars(sa.select(Ticket.id).where(Ticket.purchase_id == purchase.id))
    for row in door.of_tickets(purchase.organisation_id, ids):
        facts = {"ticket": row.ticket, "gate": row.gate or "", "reason": row.Scan.reason or ""}
        facts["is_undone"] = row.Scan.undone_at is not None
        yield Moment(row.Scan.scanned_at, Scan.__tablename__, row.Scan.verdict, row.device, facts)
