"""Whom a phone without network let in although they could not be: in already, by another door, or with a dead ticket.
Nothing can be undone about it; somebody in charge looks at each and notes what was found."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause

from carneau.accounts.models import User
from carneau.admissions import history
from carneau.admissions.models import Answer, DoorDevice, Gate, Scan
from carneau.catalogue.models import Event, TicketType
from carneau.core import audit
from carneau.core.db import db
from carneau.core.errors import NotFound
from carneau.tickets.models import Ticket

MOST = 200
Row = sa.Row[Any]


def of(event: Event) -> Sequence[Row]:
    """What nobody has looked at comes first, then the newest. `first_*` are of the admission that counts, if another
    one does: the last before this one that was not undone."""
    device, gate = aliased(DoorDevice), aliased(Gate)
    first = _admission_before()
    found = (
        sa.select(
            Scan,
            DoorDevice.name.label("device"),
            DoorDevice.public_id.label("device_ref"),
            Gate.name.label("gate"),
            Ticket.ref.label("ticket"),
            Ticket.holder_name.label("name"),
            TicketType.name.label("type"),
            (Ticket.event_id == event.id).label("is_here"),
            first.c.scanned_at.label("first_at"),
            first.c.is_offline.label("first_is_offline"),
            device.name.label("first_device"),
            gate.name.label("first_gate"),
        )
        .join(DoorDevice, DoorDevice.id == Scan.device_id)
        .outerjoin(Gate, Gate.id == Scan.gate_id)
        .outerjoin(Ticket, Ticket.id == Scan.ticket_id)
        .outerjoin(TicketType, TicketType.id == Ticket.ticket_type_id)
        .outerjoin(first, sa.true())
        .outerjoin(device, device.id == first.c.device_id)
        .outerjoin(gate, gate.id == first.c.gate_id)
        .where(*_of(event))
        .order_by(Scan.looked_at.is_not(None), Scan.id.desc())
    )
    return db.session.execute(found.limit(MOST)).all()


def count_open(event: Event) -> int:
    waiting = sa.select(sa.func.count()).select_from(Scan).where(*_of(event), Scan.looked_at.is_(None))
    return db.session.scalar(waiting) or 0


def by_nonce(event: Event, device_ref: str, nonce: UUID) -> Scan:
    """Raises NotFound for a scan that is none, too."""
    scan = history.scan_of(event, device_ref, nonce)
    if not scan.is_conflict:
        raise NotFound(_("This scan is no conflict."))
    return scan


def names_of(conflicts: Sequence[Row]) -> dict[str, str]:
    """Who looked, by actor."""
    actors = {row.Scan.looked_by for row in conflicts if row.Scan.looked_by}
    ids = [int(actor.removeprefix("user:")) for actor in actors if actor.startswith("user:")]
    people = db.session.execute(sa.select(User.id, User.name).where(User.id.in_(ids))) if ids else ()
    return {f"user:{row.id}": row.name for row in people}


def note(scan: Scan, text: str, actor: str) -> None:
    """Looked at, with what was found; a second look replaces the words of the first."""
    scan.looked_at, scan.looked_by, scan.note = sa.func.now(), actor, text
    db.session.flush()
    audit.record(scan, "looked_at", actor)


def reopen(scan: Scan, actor: str) -> None:
    if scan.looked_at is not None:
        scan.looked_at, scan.looked_by, scan.note = None, None, ""
        db.session.flush()
        audit.record(scan, "put_back", actor)


def _of(event: Event) -> tuple[sa.ColumnElement[bool], ...]:
    return Scan.organisation_id == event.organisation_id, Scan.event_id == event.id, Scan.is_conflict == sa.true()


def _admission_before() -> LateralFromClause:
    earlier = aliased(Scan)
    return (
        sa.select(earlier.scanned_at, earlier.is_offline, earlier.device_id, earlier.gate_id)
        .where(earlier.ticket_id == Scan.ticket_id, earlier.id < Scan.id)
        .where(earlier.verdict == Answer.COME_IN, earlier.undone_at.is_(None))
        .order_by(earlier.id.desc())
        .limit(1)
        .lateral()
    )
