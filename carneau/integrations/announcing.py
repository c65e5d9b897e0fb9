"""From what was noted in the audit log (or at the door) to deliveries. A trigger in the database writes the debt in the
transaction of the change itself; no domain below knows of it."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from carneau.catalogue.models import TicketType
from carneau.core import codes
from carneau.core.audit import AuditEntry
from carneau.core.db import db, transaction
from carneau.core.outbox import job
from carneau.integrations import delivering
from carneau.integrations.models import Kind, WebhookEndpoint, WebhookEvent

OF_EVENT = ("created", "published", "edited", "cancelled", "withdrawn")
KINDS: dict[tuple[str, str], Kind] = {
    ("purchases", "succeeded"): Kind.PURCHASE_PAID,
    ("purchases", "partially_refunded"): Kind.PURCHASE_REFUNDED,
    ("purchases", "refunded"): Kind.PURCHASE_REFUNDED,
    ("purchases", "tickets_issued"): Kind.TICKETS_ISSUED,
    ("tickets", "renamed"): Kind.TICKET_CHANGED,
    ("tickets", "passed_on"): Kind.TICKET_CHANGED,
    ("tickets", "voided"): Kind.TICKET_VOIDED,
    ("tickets", "redeemed"): Kind.TICKET_ADMITTED,
    **{("events", action): Kind.EVENT_CHANGED for action in OF_EVENT},
    **{("ticket_types", action): Kind.EVENT_CHANGED for action in ("created", "edited", "deleted", "moved")},
}


@job("integrations.announce", is_patient=True)
def announce(organisation_id: int, source: str, subject: str, subject_id: int, action: str) -> None:
    """The name and arguments are written by the trigger `announce` (see the migration that adds webhooks)."""
    kind = KINDS.get((subject, action))
    if kind is None:
        return
    with transaction():
        listening = _listening(organisation_id, kind)
        if not listening:
            return
        about = _event_of(source, subject_id) if subject == TicketType.__tablename__ else subject_id
        event_id = _note(organisation_id, source, kind, about) if about else None
        for endpoint_id in listening if event_id else ():
            delivering.owe(organisation_id, endpoint_id, event_id)


def _listening(organisation_id: int, kind: Kind) -> list[int]:
    mine = sa.select(WebhookEndpoint.id).where(
        WebhookEndpoint.organisation_id == organisation_id,
        WebhookEndpoint.disabled_at.is_(None),
        WebhookEndpoint.kinds.contains([kind.value]),
    )
    return list(db.session.scalars(mine.order_by(WebhookEndpoint.id)))


def _event_of(source: str, ticket_type_id: int) -> int | None:
    """Of a ticket type that is gone the entry says which event it was of."""
    found = db.session.scalar(sa.select(TicketType.event_id).where(TicketType.id == ticket_type_id))
    if found is not None:
        return found
    entry = db.session.get(AuditEntry, int(source.removeprefix("audit:")))
    return entry.facts.get("event_id") if entry else None


def _note(organisation_id: int, source: str, kind: Kind, subject_id: int) -> int | None:
    """None for what was announced before: a job may run twice."""
    row = insert(WebhookEvent).values(
        organisation_id=organisation_id,
        ref=f"evt_{codes.reference(16).replace('-', '')}",
        source=source,
        kind=kind,
        subject_id=subject_id,
    )
    return db.session.scalar(row.on_conflict_do_nothing(index_elements=["source"]).returning(WebhookEvent.id))


def ping(endpoint: WebhookEndpoint) -> None:
    """An event for this endpoint alone, to try it out, also one that is paused."""
    endpoint.paused_until = None
    event_id = _note(endpoint.organisation_id, f"ping:{codes.reference(16)}", Kind.PING, endpoint.id)
    if event_id is not None:
        delivering.owe(endpoint.organisation_id, endpoint.id, event_id)
