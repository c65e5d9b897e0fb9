"""What was scanned at the door of an event, newest first: for who is in charge, and for the pages of a ticket."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.admissions.models import DoorDevice, Gate, Scan
from carneau.admissions.undoing import PASSAGES
from carneau.catalogue.models import Event, TicketType
from carneau.core.db import db
from carneau.core.errors import NotFound
from carneau.tickets.models import Ticket

SIZE = 50
Row = sa.Row[Scan, str, str, str, str, str, bool, str]


@dataclass(frozen=True, slots=True)
class Filter:
    """What is empty does not narrow. Gates and devices are named by their `public_id`; `until` is not included."""

    verdict: str = ""
    gate: str = ""
    device: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> Iterator[sa.ColumnElement[bool]]:
        if self.verdict == "undone":
            yield Scan.undone_at.is_not(None)
        elif self.verdict:
            yield Scan.verdict == self.verdict
        if self.gate:
            yield Gate.public_id == self.gate
        if self.device:
            yield DoorDevice.public_id == self.device
        if self.since:
            yield Scan.recorded_at >= self.since
        if self.until:
            yield Scan.recorded_at < self.until


def find(event: Event, wanted: Filter, before: int | None = None) -> Sequence[Row]:
    """One more than a page holds. Columns: Scan, device, device_ref, gate, ticket, name, type."""
    mine = _scans().where(Scan.organisation_id == event.organisation_id, Scan.event_id == event.id)
    if before is not None:
        mine = mine.where(Scan.id < before)
    return db.session.execute(mine.where(*wanted.conditions()).order_by(Scan.id.desc()).limit(SIZE + 1)).all()


def of_tickets(organisation_id: int, ticket_ids: Iterable[int]) -> Sequence[Row]:
    """Oldest first, with the same columns."""
    mine = _scans().where(Scan.organisation_id == organisation_id, Scan.ticket_id.in_(list(ticket_ids)))
    return db.session.execute(mine.order_by(Scan.id)).all()


def scan_of(event: Event, device_ref: str, nonce: UUID) -> Scan:
    """A device and its nonce name a scan. Raises NotFound for one of another event, too."""
    scan = db.session.scalar(
        sa.select(Scan)
        .join(DoorDevice, DoorDevice.id == Scan.device_id)
        .where(Scan.organisation_id == event.organisation_id, Scan.event_id == event.id)
        .where(DoorDevice.public_id == device_ref, Scan.nonce == nonce)
        .execution_options(populate_existing=True)
    )
    if scan is None:
        raise NotFound(_("There is no such scan here."))
    return scan


def passage_of(event: Event, device_ref: str, nonce: UUID) -> Scan:
    """One that let somebody in or out: only those can be undone."""
    scan = scan_of(event, device_ref, nonce)
    if scan.verdict not in PASSAGES:
        raise NotFound(_("This scan let nobody in or out, so there is nothing to undo."))
    return scan


def _scans() -> sa.Select[Scan, str, str, str, str, str, bool, str]:
    return (
        sa.select(
            Scan,
            DoorDevice.name.label("device"),
            DoorDevice.public_id.label("device_ref"),
            Gate.name.label("gate"),
            Ticket.ref.label("ticket"),
            Ticket.holder_name.label("name"),
            (Ticket.event_id == Scan.event_id).label("is_here"),
            TicketType.name.label("type"),
        )
        .join(DoorDevice, DoorDevice.id == Scan.device_id)
        .outerjoin(Gate, Gate.id == Scan.gate_id)
        .outerjoin(Ticket, Ticket.id == Scan.ticket_id)
        .outerjoin(TicketType, TicketType.id == Ticket.ticket_type_id)
    )
