"""The same event on other dates: a theatre's run, next year's festival."""

from datetime import datetime, timedelta
from typing import cast

import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.catalogue import moments, pictures, publishing, queries
from carneau.catalogue.facts import EventFacts, TicketTypeFacts
from carneau.catalogue.models import Event, EventImage, TicketType
from carneau.core import audit
from carneau.core.db import db
from carneau.core.errors import Conflict, Invalid
from carneau.organisations.models import Organisation

MOST_DATES = 60
EVENT_FACTS = (*EventFacts.__required_keys__, *EventFacts.__optional_keys__)
TYPE_FACTS = (*TicketTypeFacts.__required_keys__, *TicketTypeFacts.__optional_keys__)
IMAGE_FACTS = ("position", "key", "source_key", "ratio", "focus_x", "focus_y", "alternative_text", "width", "height")


class AlreadyThere(Conflict):
    """One event of this title begins at that moment."""


def duplicate_onto(event: Event, starts: list[datetime], actor: str) -> list[Event]:
    """Drafts with the same text, pictures and ticket types, nothing sold. The second of two clicks finds the dates
    taken: raises AlreadyThere."""
    if not 0 < len(starts) <= MOST_DATES:
        raise Invalid(_("Please give from 1 to %(most)s dates.", most=MOST_DATES))
    organisation = event.organisation
    queries.lock(event)
    _require_free(event, starts)
    types, images = queries.ticket_types_of(event), pictures.of(event)
    copies = [_copy(event, organisation, starts_at, types, images, actor) for starts_at in sorted(starts)]
    audit.record(event, "duplicated", actor, event_ids=[copy.id for copy in copies])
    return copies


def _require_free(event: Event, starts: list[datetime]) -> None:
    same_run = (Event.organisation_id == event.organisation_id, Event.title == event.title)
    taken = db.session.scalars(sa.select(Event.starts_at).where(*same_run, Event.starts_at.in_(starts))).all()
    if taken or len(set(starts)) < len(starts):
        days = [f"{moments.written(at, event.zone):%Y-%m-%d %H:%M}" for at in taken]
        raise AlreadyThere(
            _("This event is on already: %(days)s.", days=", ".join(days)) if days else _("One date is named twice.")
        )


def _copy(
    event: Event,
    organisation: Organisation,
    starts_at: datetime,
    types: list[TicketType],
    images: list[EventImage],
    actor: str,
) -> Event:
    by = moments.written(starts_at, event.zone) - moments.written(event.starts_at, event.zone)
    copy = publishing.create_event(organisation, actor, **_event_facts(event, starts_at, by))
    copy.accent_light, copy.accent_dark = event.accent_light, event.accent_dark
    for ticket_type in types:
        publishing.add_ticket_type(copy, actor, **_type_facts(ticket_type, by, event))
    for image in images:
        shared = {name: getattr(image, name) for name in IMAGE_FACTS}
        db.session.add(EventImage(organisation_id=copy.organisation_id, event_id=copy.id, **shared))
    db.session.flush()
    return copy


def _event_facts(event: Event, starts_at: datetime, by: timedelta) -> EventFacts:
    values = {name: getattr(event, name) for name in EVENT_FACTS}
    values["starts_at"] = starts_at
    for name in ("doors_open_at", "ends_at"):
        values[name] = values[name] and moments.moved(values[name], by, event.zone)
    return cast(EventFacts, values)


def _type_facts(ticket_type: TicketType, by: timedelta, event: Event) -> TicketTypeFacts:
    """A sale ends as long before the event as it did; it begins when it did, for a run goes on sale as one."""
    values = {name: getattr(ticket_type, name) for name in TYPE_FACTS}
    begins, ends = values["on_sale_from"], values["on_sale_until"]
    values["on_sale_until"] = ends and moments.moved(ends, by, event.zone)
    if begins and ends and begins >= values["on_sale_until"]:
        values["on_sale_from"] = moments.moved(begins, by, event.zone)
    return cast(TicketTypeFacts, values)
