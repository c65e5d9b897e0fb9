from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from carneau.catalogue.models import Event, EventImage
from carneau.core import settings
from carneau.core.db import db
from carneau.email.models import Mail
from carneau.organisations.models import Organisation
from carneau.purchases import links
from carneau.purchases.models import Purchase
from carneau.tickets import queries as tickets
from carneau.tickets.models import Ticket, TicketStatus
from carneau.web import filters


@dataclass(frozen=True)
class Facts:
    """What the mails about a purchase say."""

    kind: str
    recipient: str
    message_id: str
    purchase: Purchase
    organisation: Organisation
    events: list[Event]
    tickets: list[Ticket]
    posters: dict[int, EventImage]
    url: str

    @property
    def title(self) -> str:
        return " + ".join(event.title for event in self.events)

    @property
    def day(self) -> str:
        return filters.day(self.events[0].starts_at, self.events[0].time_zone)


def read(mail: Mail) -> Facts:
    """In a fixed number of queries. What it returns outlives the transaction: drawing takes longer than one may."""
    facts = _of_ticket(mail) if mail.subject == Ticket.__tablename__ else _of_purchase(mail)
    db.session.expunge_all()
    return facts


def _of_ticket(mail: Mail) -> Facts:
    """Of a ticket that is not the recipient's any more by the time the mail goes out, it says nothing."""
    ticket = tickets.by_id(mail.subject_id)
    is_theirs = (ticket.holder_email or "").lower() == mail.recipient.lower() and ticket.status != TicketStatus.VOID
    return Facts(
        mail.kind,
        mail.recipient,
        mail.message_id,
        ticket.purchase,
        ticket.event.organisation,
        [ticket.event],
        [ticket] if is_theirs else [],
        tickets.posters([ticket]),
        settings.current().base_url,
    )


def _of_purchase(mail: Mail) -> Facts:
    purchase, organisation = (
        db.session.execute(
            sa.select(Purchase, Organisation)
            .join(Organisation, Organisation.id == Purchase.organisation_id)
            .where(Purchase.id == mail.subject_id)
            .options(joinedload(Purchase.lines))
        )
        .unique()
        .one()
    )
    ids = {line.event_id for line in purchase.lines}
    events = list(db.session.scalars(sa.select(Event).where(Event.id.in_(ids)).order_by(Event.starts_at, Event.id)))
    passes = tickets.of_buyer(tickets.for_purchase(purchase))
    posters = tickets.posters(passes)
    return Facts(
        mail.kind, mail.recipient, mail.message_id, purchase, organisation, events, passes, posters, links.url(purchase)
    )
