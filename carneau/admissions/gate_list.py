"""The gates of an event for who is in charge: with the names of what may pass, and whether they were used."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.admissions import gates
from carneau.admissions.models import Gate, Scan
from carneau.catalogue import queries as catalogue
from carneau.catalogue.models import Event, TicketType
from carneau.core.db import db
from carneau.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Listed:
    """`types` that may pass, none for all of them. `is_used`: it was scanned at."""

    gate: Gate
    types: list[TicketType]
    is_used: bool


def of(event: Event) -> list[Listed]:
    """In their order, closed ones too."""
    used = sa.exists().where(Scan.gate_id == Gate.id)
    mine = sa.select(Gate, used.label("is_used")).where(Gate.event_id == event.id)
    rows = db.session.execute(mine.order_by(Gate.position, Gate.id)).all()
    passing, kinds = gates.types_of([row.Gate for row in rows]), catalogue.ticket_types_of(event)
    return [Listed(row.Gate, _of(kinds, passing.get(row.Gate.id, ())), row.is_used) for row in rows]


def by_public_id(event: Event, public_id: str) -> Listed:
    """Raises NotFound for a gate of another event, too."""
    for each in of(event):
        if each.gate.public_id == public_id:
            return each
    raise NotFound(_("There is no such gate; somebody may have removed it."))


def _of(kinds: list[TicketType], ids: Collection[int]) -> list[TicketType]:
    return [kind for kind in kinds if kind.id in ids]
