"""Who was let in or out by mistake: the ticket is again what it was before, and the scan says who took it back."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.admissions.models import Answer, DoorDevice, Scan
from carneau.core import audit
from carneau.core.db import db
from carneau.core.errors import Conflict, NotFound
from carneau.purchases import queries as purchases
from carneau.purchases.status import FULFILLED
from carneau.tickets.models import Ticket, TicketStatus

WITHIN = timedelta(minutes=10)
PASSAGES = (Answer.COME_IN, Answer.EXIT)


class TooLate(Conflict):
    """Ten minutes are over, or something else happened with the ticket since. Nothing was changed."""


def by_nonce(device: DoorDevice, nonce: UUID) -> Scan:
    scan = db.session.scalar(sa.select(Scan).where(Scan.device_id == device.id, Scan.nonce == nonce))
    if scan is None or scan.verdict not in PASSAGES:
        raise NotFound(_("There is nothing to take back here."))
    return scan


def undo(scan: Scan, actor: str, within: timedelta | None = WITHIN) -> Ticket:
    """The second time it finds everything done. Who is in charge of the event has no limit of time: `within` is none.
    Raises TooLate."""
    ticket = _locked(scan)
    db.session.refresh(scan)
    if scan.undone_at is not None:
        return ticket
    _require_possible(scan, within)
    before = _passage_before(scan)
    scan.undone_at, scan.undone_by = sa.func.now(), actor
    if before is None:
        ticket.status, ticket.redeemed_at, ticket.left_at = TicketStatus.VALID, None, None
    else:
        ticket.left_at = before.scanned_at if before.verdict is Answer.EXIT else None
    audit.record(ticket, "admission_undone", actor, scan_id=scan.id, was=scan.verdict)
    db.session.flush()
    return ticket


def _locked(scan: Scan) -> Ticket:
    """The purchase first, as for every change of what it holds: a refund leaves who is inside alone, so nobody may come
    out of it with a ticket that was paid back."""
    ticket = db.session.get_one(Ticket, scan.ticket_id)
    purchase = purchases.locked(ticket.purchase_id)
    db.session.refresh(ticket, with_for_update=True)
    if purchase.payment_status not in FULFILLED:
        raise TooLate(_("This purchase was refunded meanwhile, so the ticket stays used."))
    return ticket


def _require_possible(scan: Scan, within: timedelta | None) -> None:
    mine = Scan.ticket_id == scan.ticket_id, Scan.verdict.in_(PASSAGES), Scan.undone_at.is_(None)
    if db.session.scalar(sa.select(Scan.id).where(*mine, Scan.id > scan.id).limit(1)):
        raise TooLate(_("This ticket was scanned again since. Take that back first."))
    if within is not None and db.session.scalar(
        sa.select(Scan.recorded_at < sa.func.now() - within).where(Scan.id == scan.id)
    ):
        raise TooLate(_("Ten minutes are over, so this stays as it is."))


def _passage_before(scan: Scan) -> Scan | None:
    mine = Scan.ticket_id == scan.ticket_id, Scan.verdict.in_(PASSAGES), Scan.undone_at.is_(None)
    return db.session.scalar(sa.select(Scan).where(*mine, Scan.id < scan.id).order_by(Scan.id.desc()).limit(1))
