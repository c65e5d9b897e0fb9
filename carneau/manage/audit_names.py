"""What the rows in the audit log are called: one statement for each kind that stands on the page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from carneau.accounts.models import User
from carneau.admissions.models import DoorDevice, DoorLink, Gate, Scan
from carneau.catalogue.models import Event, TicketType
from carneau.core.audit import AuditEntry
from carneau.core.db import db
from carneau.exports.models import Export
from carneau.integrations.models import ApiToken, WebhookEndpoint
from carneau.organisations.models import Invitation, Organisation
from carneau.payments.models import Inquiry, Payment, Refund
from carneau.purchases.models import Purchase, PurchaseLine
from carneau.tickets.models import Ticket

Rows = sa.Select[int, str, str, str]


@dataclass(frozen=True, slots=True)
class Name:
    """`path` leads to its page; `currency` is that of amounts about it."""

    text: str
    path: str = ""
    currency: str = ""


def of(entries: Iterable[AuditEntry], organisation_id: int) -> dict[tuple[str, int], Name]:
    """By table and number of the row; what is gone is missing."""
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        wanted.setdefault(entry.subject, set()).add(entry.subject_id)
    return {
        (subject, row[0]): Name(*row[1:])
        for subject, ids in wanted.items()
        if subject in SELECTS
        for row in db.session.execute(SELECTS[subject](organisation_id, ids))
    }


def of_people(entries: Iterable[AuditEntry]) -> dict[str, str]:
    """Of the accounts that acted, or whose membership it is about: by `user:7`."""
    ids = {int(entry.actor.removeprefix("user:")) for entry in entries if entry.actor.startswith("user:")}
    ids |= {entry.facts["user"] for entry in entries if isinstance(entry.facts.get("user"), int)}
    rows = db.session.execute(sa.select(User.id, User.name).where(User.id.in_(ids))) if ids else ()
    return {f"user:{row.id}": row.name for row in rows}


def _events(organisation_id: int, ids: set[int]) -> Rows:
    path = sa.literal("/manage/events/").concat(Event.slug)
    mine = Event.organisation_id == organisation_id, Event.id.in_(ids)
    return sa.select(Event.id, Event.title, path, Event.currency).where(*mine)


def _ticket_types(organisation_id: int, ids: set[int]) -> Rows:
    path = sa.literal("/manage/events/").concat(Event.slug).concat("/ticket-types")
    text = TicketType.name.concat(", ").concat(Event.title)
    mine = TicketType.organisation_id == organisation_id, TicketType.id.in_(ids)
    return sa.select(TicketType.id, text, path, TicketType.currency).join(TicketType.event).where(*mine)


def _of_purchase(key: InstrumentedAttribute[int], text: InstrumentedAttribute[str]) -> Rows:
    """The page of a purchase hangs below one of its events."""
    slug = (
        sa.select(Event.slug)
        .join(PurchaseLine, PurchaseLine.event_id == Event.id)
        .where(PurchaseLine.purchase_id == Purchase.id)
        .order_by(PurchaseLine.id)
        .limit(1)
        .scalar_subquery()
    )
    path = sa.literal("/manage/events/").concat(slug).concat("/purchases/").concat(Purchase.ref)
    return sa.select(key, text, sa.func.coalesce(path, ""), Purchase.currency)


def _purchases(organisation_id: int, ids: set[int]) -> Rows:
    mine = Purchase.organisation_id == organisation_id, Purchase.id.in_(ids)
    return _of_purchase(Purchase.id, Purchase.ref).where(*mine)


def _below_purchase(model: type[Payment | Refund]) -> Callable[[int, set[int]], Rows]:
    def select(organisation_id: int, ids: set[int]) -> Rows:
        mine = model.organisation_id == organisation_id, model.id.in_(ids)
        return _of_purchase(model.id, Purchase.ref).join(model, model.purchase_id == Purchase.id).where(*mine)

    return select


def _tickets(organisation_id: int, ids: set[int]) -> Rows:
    mine = Ticket.organisation_id == organisation_id, Ticket.id.in_(ids)
    return _of_purchase(Ticket.id, Ticket.ref).join(Ticket, Ticket.purchase_id == Purchase.id).where(*mine)


def _exports(organisation_id: int, ids: set[int]) -> Rows:
    path = sa.literal("/manage/events/").concat(Event.slug).concat("/exports")
    mine = Export.organisation_id == organisation_id, Export.id.in_(ids)
    return sa.select(Export.id, Event.title, path, sa.literal("")).join(Event, Event.id == Export.event_id).where(*mine)


def _inquiries(organisation_id: int, ids: set[int]) -> Rows:
    path = sa.literal("/manage/events/").concat(Event.slug).concat("/stock")
    mine = Inquiry.organisation_id == organisation_id, Inquiry.id.in_(ids)
    return (
        sa.select(Inquiry.id, Event.title, path, sa.literal("")).join(Event, Event.id == Inquiry.event_id).where(*mine)
    )


def _invitations(organisation_id: int, ids: set[int]) -> Rows:
    nothing = sa.literal("")
    mine = Invitation.organisation_id == organisation_id, Invitation.id.in_(ids)
    return sa.select(Invitation.id, Invitation.email, nothing, nothing).where(*mine)


def _organisations(organisation_id: int, ids: set[int]) -> Rows:
    nothing, mine = sa.literal(""), Organisation.id == organisation_id
    return sa.select(Organisation.id, Organisation.name, nothing, nothing).where(mine, Organisation.id.in_(ids))


def _api_tokens(organisation_id: int, ids: set[int]) -> Rows:
    nothing = sa.literal("")
    mine = ApiToken.organisation_id == organisation_id, ApiToken.id.in_(ids)
    return sa.select(ApiToken.id, ApiToken.name, nothing, nothing).where(*mine)


def _webhook_endpoints(organisation_id: int, ids: set[int]) -> Rows:
    nothing = sa.literal("")
    mine = WebhookEndpoint.organisation_id == organisation_id, WebhookEndpoint.id.in_(ids)
    return sa.select(WebhookEndpoint.id, WebhookEndpoint.url, nothing, nothing).where(*mine)


def _at_the_door(organisation_id: int, name: Any, page: str, key: Any, event_id: Any) -> Rows:
    """Whatever hangs below the door of an event: its page there."""
    path = sa.literal("/manage/events/").concat(Event.slug).concat(f"/door/{page}")
    text = sa.func.concat_ws(", ", name, Event.title)
    mine = Event.organisation_id == organisation_id
    return sa.select(key, text, path, sa.literal("")).join(Event, Event.id == event_id).where(mine)


def _gates(organisation_id: int, ids: set[int]) -> Rows:
    return _at_the_door(organisation_id, Gate.name, "gates", Gate.id, Gate.event_id).where(Gate.id.in_(ids))


def _door_links(organisation_id: int, ids: set[int]) -> Rows:
    nothing, mine = sa.literal(""), DoorLink.organisation_id == organisation_id
    return sa.select(DoorLink.id, DoorLink.label, nothing, nothing).where(mine, DoorLink.id.in_(ids))


def _door_devices(organisation_id: int, ids: set[int]) -> Rows:
    nothing, mine = sa.literal(""), DoorDevice.organisation_id == organisation_id
    return sa.select(DoorDevice.id, DoorDevice.name, nothing, nothing).where(mine, DoorDevice.id.in_(ids))


def _scans(organisation_id: int, ids: set[int]) -> Rows:
    rows = _at_the_door(organisation_id, Ticket.ref, "conflicts", Scan.id, Scan.event_id)
    return rows.outerjoin(Ticket, Ticket.id == Scan.ticket_id).where(Scan.id.in_(ids))


SELECTS = {
    "organisations": _organisations,
    "events": _events,
    "ticket_types": _ticket_types,
    "purchases": _purchases,
    "payments": _below_purchase(Payment),
    "refunds": _below_purchase(Refund),
    "tickets": _tickets,
    "gates": _gates,
    "door_links": _door_links,
    "door_devices": _door_devices,
    "scans": _scans,
    "exports": _exports,
    "inquiries": _inquiries,
    "invitations": _invitations,
    "api_tokens": _api_tokens,
    "webhook_endpoints": _webhook_endpoints,
}
