from datetime import timedelta
from typing import Any, Unpack

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert

from carneau.catalogue import descriptions, facts, queries, slugs
from carneau.catalogue.facts import EventFacts, TicketTypeFacts
from carneau.catalogue.models import Event, EventStatus, TicketType
from carneau.core import audit, clock, codes
from carneau.core.db import db
from carneau.core.errors import Conflict, Invalid
from carneau.organisations.models import Organisation

DOUBLE_CLICK = timedelta(minutes=1)


class NotReady(Conflict):
    """`missing` lists, as sentences, what an event still needs before it can be published."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(" ".join(missing))
        self.missing = missing


def create_event(organisation: Organisation, actor: str = "system", **values: Unpack[EventFacts]) -> Event:
    """A draft. The slug comes from the title and stays, so that a link once given goes on working."""
    facts.check(values)
    row = {
        **values,
        "organisation_id": organisation.id,
        "description_html": descriptions.render(values.get("description", "")),
    }
    event = _insert_under_a_free_slug(row)
    audit.record(event, "created", actor, slug=event.slug)
    return event


def create_once(organisation: Organisation, actor: str, **values: Unpack[EventFacts]) -> Event:
    """The second of two clicks gets what the first one made."""
    db.session.execute(
        sa.select(Organisation.id).where(Organisation.id == organisation.id).with_for_update(key_share=True)
    )
    same = {name: values[name] for name in ("title", "starts_at", "venue_name")}
    twin = sa.select(Event).filter_by(organisation_id=organisation.id, status=EventStatus.DRAFT, **same)
    just_now = twin.where(Event.created_at > sa.func.now() - DOUBLE_CLICK).limit(1)
    return db.session.scalar(just_now) or create_event(organisation, actor, **values)


def _insert_under_a_free_slug(row: dict[str, Any]) -> Event:
    day = row["starts_at"].date()
    for slug in slugs.candidates(row["title"], day):
        claim = insert(Event).values(**row, slug=slug).on_conflict_do_nothing(index_elements=["slug"]).returning(Event)
        if event := db.session.scalar(claim):
            return event
    raise AssertionError("candidates never end")


def add_ticket_type(event: Event, actor: str = "system", **values: Unpack[TicketTypeFacts]) -> TicketType:
    """In the event's currency, below the types it already has."""
    facts.check(values)
    queries.lock(event)
    last = db.session.scalar(sa.select(sa.func.max(TicketType.position)).where(TicketType.event_id == event.id))
    ticket_type = TicketType(
        **values,
        public_id=codes.reference(12).replace("-", ""),
        organisation_id=event.organisation_id,
        event_id=event.id,
        currency=event.currency,
        position=0 if last is None else last + 1,
    )
    db.session.add(ticket_type)
    db.session.flush()
    audit.record(ticket_type, "created", actor, total_quantity=ticket_type.total_quantity)
    return ticket_type


def add_once(event: Event, actor: str, **values: Unpack[TicketTypeFacts]) -> TicketType:
    """The second of two clicks gets what the first one made. Raises Invalid for a name that another type has."""
    queries.lock(event)
    named = sa.select(TicketType).where(TicketType.event_id == event.id, TicketType.name == values["name"])
    twin = db.session.scalar(named.limit(1))
    if twin is None:
        return add_ticket_type(event, actor, **values)
    is_fresh = twin.created_at > clock.now() - DOUBLE_CLICK
    if is_fresh and all(getattr(twin, name) == value for name, value in values.items()):
        return twin
    sentence = _("Another ticket type of this event has this name.")
    raise Invalid(sentence, errors={"name": [sentence]})


def missing(event: Event) -> list[str]:
    """What stands between this event and its publication, as sentences; empty when it is ready."""
    now = clock.now()
    types = db.session.scalars(sa.select(TicketType).where(TicketType.event_id == event.id)).all()
    lacks = []
    if event.has_ended(now):
        lacks.append(_("It is already over: choose a later date."))
    if not types:
        lacks.append(_("It has no ticket type yet: add at least one."))
    elif not any(ticket_type.total_quantity for ticket_type in types):
        lacks.append(_("None of its ticket types has a place to sell."))
    elif all(ticket_type.on_sale_until and ticket_type.on_sale_until <= now for ticket_type in types):
        lacks.append(_("The sale of every ticket type is already over."))
    if not (event.summary.strip() or event.description.strip()):
        lacks.append(_("It has no description yet: say what people can look forward to."))
    return lacks


def publish(event: Event, actor: str = "system") -> None:
    """Raises NotReady. Publishing what is published changes nothing."""
    if event.status is EventStatus.PUBLISHED:
        return
    if event.status is EventStatus.CANCELLED:
        raise Conflict(_("This event was cancelled; make a new one to sell it again."))
    if lacks := missing(event):
        raise NotReady(lacks)
    event.status = EventStatus.PUBLISHED
    event.published_at = clock.now()
    db.session.flush()
    audit.record(event, "published", actor)
