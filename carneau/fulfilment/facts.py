from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from carneau.catalogue.models import Event
from carneau.core.db import db
from carneau.email.models import Mail
from carneau.organisations.models import Organisation
from carneau.purchases import links
from carneau.purchases.models import Purchase
from carneau.tickets import queries as tickets
from carneau.tickets.models import Ticket


@dataclass(frozen=True)
class Facts:
    """What the mails about a purchase say, read in a fixed number of queries."""

    purchase: Purchase
    organisation: Organisation
    events: list[Event]
    tickets: list[Ticket]
    url: str

    @property
    def title(self) -> str:
        return " + ".join(event.title for event in self.events)


def facts_of(mail: Mail) -> Facts:
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
    events = db.session.scalars(sa.select(Event).where(Event.id.in_(ids)).order_by(Event.starts_at, Event.id))
    return Facts(purchase, organisation, list(events), tickets.for_purchase(purchase), links.url(purchase))
