from collections.abc import Collection, Sequence

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from carneau.admissions.models import Gate, GateTicketType
from carneau.catalogue.models import Event, TicketType
from carneau.core import audit, codes
from carneau.core.db import db
from carneau.core.errors import Conflict, NotFound

LONGEST_NAME = 40


class NameTaken(Conflict):
    """Another gate of the event has this name; only a rollback may follow."""


def create(event: Event, name: str, types: Collection[TicketType], actor: str) -> Gate:
    """No types: all may pass. Raises NameTaken."""
    last = db.session.scalar(sa.select(sa.func.max(Gate.position)).where(Gate.event_id == event.id))
    gate = Gate(
        organisation_id=event.organisation_id,
        event_id=event.id,
        public_id=codes.reference(12).replace("-", ""),
        name=name[:LONGEST_NAME],
        position=0 if last is None else last + 1,
    )
    db.session.add(gate)
    _flush()
    _set_types(gate, types)
    audit.record(gate, "created", actor, event_id=event.id)
    return gate


def change(gate: Gate, name: str, types: Collection[TicketType], actor: str) -> None:
    """Raises NameTaken."""
    gate.name = name[:LONGEST_NAME]
    _flush()
    _set_types(gate, types)
    audit.record(gate, "edited", actor, event_id=gate.event_id)


def delete(gate: Gate, actor: str) -> None:
    """What was scanned there stays scanned, at no gate any more."""
    audit.record(gate, "deleted", actor, event_id=gate.event_id)
    db.session.flush()
    db.session.delete(gate)
    db.session.flush()


def of(event_id: int) -> Sequence[Gate]:
    return db.session.scalars(sa.select(Gate).where(Gate.event_id == event_id).order_by(Gate.position, Gate.id)).all()


def by_public_id(event: Event, public_id: str) -> Gate:
    gate = db.session.scalar(sa.select(Gate).where(Gate.event_id == event.id, Gate.public_id == public_id))
    if gate is None:
        raise NotFound(_("This gate is gone. Please choose one of the others."))
    return gate


def types_of(gates: Collection[Gate]) -> dict[int, set[int]]:
    """The ids of the ticket types that may pass, by gate id; a gate that takes all of them is missing."""
    rows = db.session.execute(
        sa.select(GateTicketType.gate_id, GateTicketType.ticket_type_id).where(
            GateTicketType.gate_id.in_([gate.id for gate in gates])
        )
    )
    types: dict[int, set[int]] = {}
    for gate_id, ticket_type_id in rows:
        types.setdefault(gate_id, set()).add(ticket_type_id)
    return types


def _set_types(gate: Gate, types: Collection[TicketType]) -> None:
    db.session.execute(sa.delete(GateTicketType).where(GateTicketType.gate_id == gate.id))
    for kind in types:
        db.session.add(GateTicketType(organisation_id=gate.organisation_id, gate_id=gate.id, ticket_type_id=kind.id))
    db.session.flush()


def _flush() -> None:
    try:
        db.session.flush()
    except IntegrityError as error:
        raise NameTaken(_("Another gate of this event has this name already.")) from error
