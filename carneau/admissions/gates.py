"""The ways in to an event. One that was scanned at stays on record; it can be closed, and opened again."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from carneau.admissions.models import Gate, GateTicketType, Scan
from carneau.catalogue import queries as catalogue
from carneau.catalogue.models import Event, TicketType
from carneau.core import audit, codes
from carneau.core.db import db
from carneau.core.errors import Conflict, NotFound

LONGEST_NAME = 40
MOST = 50


class NameTaken(Conflict):
    """Another gate of the event has this name; only a rollback may follow."""

    def __init__(self) -> None:
        super().__init__(_("Another gate of this event has this name already."))


class InUse(Conflict):
    def __init__(self) -> None:
        super().__init__(_("Tickets were scanned at this gate, so it stays on record. You can close it instead."))


class TooMany(Conflict):
    def __init__(self) -> None:
        super().__init__(_("An event has at most %(most)s gates.", most=MOST))


def create(event: Event, name: str, types: Collection[TicketType], actor: str) -> Gate:
    """At the end of the list. No types: all may pass. Raises NameTaken."""
    order = _locked(event.id)
    if len(order) >= MOST:
        raise TooMany
    gate = Gate(
        organisation_id=event.organisation_id,
        event_id=event.id,
        public_id=codes.reference(12).replace("-", ""),
        name=name[:LONGEST_NAME],
        position=len(order),
    )
    db.session.add(gate)
    _flush()
    _set_types(gate, types)
    audit.record(gate, "created", actor, event_id=event.id)
    return gate


def change(gate: Gate, name: str, types: Collection[TicketType], actor: str) -> bool:
    """Whether something is different now. Raises NameTaken."""
    was = types_of([gate]).get(gate.id, set())
    if gate.name == name and was == {kind.id for kind in types}:
        return False
    gate.name = name[:LONGEST_NAME]
    _flush()
    _set_types(gate, types)
    audit.record(gate, "edited", actor, event_id=gate.event_id)
    return True


def move(gate: Gate, by: int, actor: str) -> None:
    """One place up (-1) or down (1); at the end of the list nothing moves."""
    order = _locked(gate.event_id)
    if gate not in order or not 0 <= (to := (at := order.index(gate)) + by) < len(order):
        return
    order[at], order[to] = order[to], order[at]
    for position, each in enumerate(order):
        each.position = position
    db.session.flush()
    audit.record(gate, "moved", actor, position=to)


def close(gate: Gate, actor: str) -> None:
    """Nobody is let in there from the next scan on."""
    if gate.closed_at is None:
        gate.closed_at = sa.func.now()
        db.session.flush()
        audit.record(gate, "closed", actor)


def only_for(kind: TicketType) -> Sequence[Gate]:
    """Open gates that take this ticket type and no other."""
    its = sa.exists().where(GateTicketType.gate_id == Gate.id, GateTicketType.ticket_type_id == kind.id)
    another = sa.exists().where(GateTicketType.gate_id == Gate.id, GateTicketType.ticket_type_id != kind.id)
    mine = sa.select(Gate).where(Gate.event_id == kind.event_id, Gate.closed_at.is_(None), its, ~another)
    return db.session.scalars(mine.order_by(Gate.position, Gate.id)).all()


def close_those_only_for(kind: TicketType, actor: str) -> list[str]:
    """Their names. Before the type is deleted: a gate that is left without types of its own would take all of them."""
    _locked(kind.event_id)
    closing = only_for(kind)
    for gate in closing:
        close(gate, actor)
    return [gate.name for gate in closing]


def reopen(gate: Gate, actor: str) -> None:
    if gate.closed_at is not None:
        gate.closed_at = None
        db.session.flush()
        audit.record(gate, "opened", actor)


def delete(gate: Gate, actor: str) -> None:
    """Raises InUse. A scan that is being noted holds the row: either it is seen here, or it finds the gate gone."""
    db.session.execute(sa.select(Gate.id).where(Gate.id == gate.id).with_for_update())
    if db.session.scalar(sa.select(sa.exists().where(Scan.gate_id == gate.id))):
        raise InUse
    audit.record(gate, "deleted", actor, event_id=gate.event_id)
    db.session.flush()
    db.session.execute(sa.delete(Gate).where(Gate.id == gate.id))


def of(event_id: int) -> Sequence[Gate]:
    """Those that are open, in their order."""
    mine = sa.select(Gate).where(Gate.event_id == event_id, Gate.closed_at.is_(None))
    return db.session.scalars(mine.order_by(Gate.position, Gate.id)).all()


def find(event: Event, public_id: str) -> Gate | None:
    return db.session.scalar(sa.select(Gate).where(Gate.event_id == event.id, Gate.public_id == public_id))


def by_public_id(event: Event, public_id: str) -> Gate:
    gate = find(event, public_id)
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


def allow_reentry(event: Event, is_allowed: bool, actor: str) -> None:
    """Counts from the next scan on."""
    mine = sa.update(Event).where(Event.id == event.id, Event.allows_reentry.is_not(is_allowed))
    if db.session.scalar(mine.values(allows_reentry=is_allowed).returning(Event.id)) is not None:
        audit.record(event, "edited", actor, changed=["allows_reentry"])


def warn_of_old_lists(event: Event, minutes: int, actor: str) -> None:
    """Phones hear of it with their next list."""
    mine = sa.update(Event).where(Event.id == event.id, Event.door_list_minutes != minutes)
    if db.session.scalar(mine.values(door_list_minutes=minutes).returning(Event.id)) is not None:
        audit.record(event, "edited", actor, changed=["door_list_minutes"])


def copy(event: Event, other: Event, actor: str) -> None:
    """The open gates of an event for another date of it, whose ticket types stand in the same order."""
    if event.allows_reentry:
        allow_reentry(other, True, actor)
    if not (order := of(event.id)):
        return
    types = types_of(order)
    pairs = list(zip(catalogue.ticket_types_of(event), catalogue.ticket_types_of(other), strict=False))
    for gate in order:
        create(other, gate.name, [copied for kind, copied in pairs if kind.id in types.get(gate.id, ())], actor)


def _locked(event_id: int) -> list[Gate]:
    """All of them in their order. Whoever changes the list locks the event first, so two do it one after the other."""
    db.session.execute(sa.select(Event.id).where(Event.id == event_id).with_for_update(key_share=True))
    order = sa.select(Gate).where(Gate.event_id == event_id).order_by(Gate.position, Gate.id)
    return list(db.session.scalars(order.execution_options(populate_existing=True)))


def _set_types(gate: Gate, types: Collection[TicketType]) -> None:
    db.session.execute(sa.delete(GateTicketType).where(GateTicketType.gate_id == gate.id))
    for kind in types:
        db.session.add(GateTicketType(organisation_id=gate.organisation_id, gate_id=gate.id, ticket_type_id=kind.id))
    db.session.flush()


def _flush() -> None:
    try:
        db.session.flush()
    except IntegrityError as error:
        raise NameTaken from error
