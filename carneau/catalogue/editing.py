from typing import Unpack

import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.catalogue import descriptions, facts, queries
from carneau.catalogue.facts import EventFacts, TicketTypeFacts
from carneau.catalogue.models import Event, TicketType
from carneau.core import audit
from carneau.core.db import db
from carneau.core.errors import Invalid
from carneau.inventory import capacity


def change_event(event: Event, actor: str, **values: Unpack[EventFacts]) -> list[str]:
    """The names of what is different now. The address stays."""
    facts.check(values)
    queries.lock(event)
    changed = sorted(name for name, value in values.items() if getattr(event, name) != value)
    if "currency" in changed:
        _require_no_prices(event)
    for name in changed:
        setattr(event, name, values[name])  # type: ignore[literal-required]
    if "description" in changed:
        event.description_html = descriptions.render(event.description)
    if changed:
        db.session.flush()
        audit.record(event, "edited", actor, changed=changed)
    return changed


def _require_no_prices(event: Event) -> None:
    if db.session.scalar(sa.select(TicketType.id).where(TicketType.event_id == event.id).limit(1)):
        sentence = _("Ticket types have prices in %(currency)s already: the currency stays.", currency=event.currency)
        raise Invalid(sentence, errors={"currency": [sentence]})


def change_ticket_type(ticket_type: TicketType, actor: str, **values: Unpack[TicketTypeFacts]) -> list[str]:
    """The names of what is different now. Raises BelowTaken. Purchases keep the price they were placed with, and a cart
    shows the new one before it is paid."""
    facts.check(values)
    changed = sorted(name for name, value in values.items() if getattr(ticket_type, name) != value)
    for name in changed:
        if name != "total_quantity":
            setattr(ticket_type, name, values[name])  # type: ignore[literal-required]
    db.session.flush()
    if "total_quantity" in changed:
        capacity.change(ticket_type.id, values["total_quantity"])
        db.session.expire(ticket_type, ["total_quantity"])
    if changed:
        numbers = {name: values[name] for name in ("price_minor", "total_quantity") if name in changed}
        audit.record(ticket_type, "edited", actor, changed=changed, **numbers)
    return changed
