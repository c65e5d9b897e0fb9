from collections.abc import Mapping
from typing import Any, Unpack

import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.catalogue import descriptions, facts, queries
from carneau.catalogue.facts import EventFacts, TicketTypeFacts
from carneau.catalogue.models import Event, TicketType
from carneau.core import audit
from carneau.core.audit import AuditEntry
from carneau.core.db import db
from carneau.core.errors import Conflict, Invalid
from carneau.inventory import capacity


class EditedMeanwhile(Conflict):
    """Somebody saved a newer version than the one that was seen when the change was begun."""

    def __init__(self) -> None:
        super().__init__(_("Somebody else saved something here since you opened the page. Nothing of theirs is lost."))


def change_event(event: Event, actor: str, seen: int, **values: Unpack[EventFacts]) -> list[str]:
    """The names of what is different now; `seen` is the version that the values were made from. The address stays.
    Raises EditedMeanwhile."""
    facts.check(values)
    queries.lock(event)
    changed = _changed(event, seen, values)
    if "currency" in changed:
        _require_no_prices(event)
    _set(event, changed, values)
    if "description" in changed:
        event.description_html = descriptions.render(event.description)
    if changed:
        _note(event, actor, changed=changed)
    return changed


def _changed(row: Event | TicketType, seen: int, values: Mapping[str, object]) -> list[str]:
    """What both wrote alike, as two clicks do, is no conflict."""
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    if changed and row.version != seen:
        raise EditedMeanwhile
    return changed


def _set(row: Event | TicketType, names: list[str], values: Mapping[str, object]) -> None:
    for name in names:
        setattr(row, name, values[name])


def _note(row: Event | TicketType, actor: str, **told: Any) -> None:
    row.version += 1
    db.session.flush()
    audit.record(row, "edited", actor, version=row.version, **told)


def _require_no_prices(event: Event) -> None:
    if db.session.scalar(sa.select(TicketType.id).where(TicketType.event_id == event.id).limit(1)):
        sentence = _("Ticket types have prices in %(currency)s already: the currency stays.", currency=event.currency)
        raise Invalid(sentence, errors={"currency": [sentence]})


def change_ticket_type(ticket_type: TicketType, actor: str, seen: int, **values: Unpack[TicketTypeFacts]) -> list[str]:
    """The names of what is different now; `seen` as for an event. Raises EditedMeanwhile and BelowTaken. Purchases keep
    the price they were placed with, and a cart shows the new one before it is paid."""
    facts.check(values)
    db.session.refresh(ticket_type, with_for_update={"key_share": True})
    changed = _changed(ticket_type, seen, values)
    _set(ticket_type, [name for name in changed if name != "total_quantity"], values)
    db.session.flush()
    if "total_quantity" in changed:
        capacity.change(ticket_type.id, values["total_quantity"])
        db.session.expire(ticket_type, ["total_quantity"])
    if changed:
        numbers = {name: values[name] for name in ("price_minor", "total_quantity") if name in changed}
        _note(ticket_type, actor, changed=changed, **numbers)
    return changed


def since(row: Event | TicketType, seen: int) -> list[AuditEntry]:
    """What was saved after the version that was seen, oldest first."""
    mine = AuditEntry.subject == row.__tablename__, AuditEntry.subject_id == row.id, AuditEntry.action == "edited"
    later = AuditEntry.facts["version"].astext.cast(sa.Integer) > seen
    return list(db.session.scalars(sa.select(AuditEntry).where(*mine, later).order_by(AuditEntry.id)))
