"""What an organisation's own programs read. Another organisation's address looks like one that does not exist."""

from typing import Annotated

from flask import request
from msgspec import Meta

from carneau.api.guards import with_token
from carneau.api.operations import ApiBlueprint
from carneau.api.paging import next_url
from carneau.api.reading import Query
from carneau.integrations import queries, resources, selling, showing
from carneau.integrations.scopes import Scope
from carneau.integrations.tokens import Bearer
from carneau.purchases.models import PaymentStatus

bp = ApiBlueprint("api_organisations", __name__)
ROOT = "/api/organisations/<organisation_id>"
MISSING = {404: "This token belongs to another organisation, or there is none of this id."}
Reference = Annotated[str, Meta(pattern="^([A-Z0-9-]{1,20})?$", description="From `next` of the page before")]
EventId = Annotated[str, Meta(max_length=120, description="Only of this event")]


class Page(Query):
    after: Reference = ""
    limit: Annotated[int, Meta(ge=1, le=queries.MOST, description="How many at most")] = 50


class OfEvent(Page):
    event: EventId = ""


class OfEventAndStatus(OfEvent):
    status: Annotated[PaymentStatus | None, Meta(description="Only those in this state")] = None


class EventsOnly(Query):
    after: Annotated[str, Meta(pattern="^([a-z0-9-]{1,120})?$", description="From `next` of the page before")] = ""
    limit: Annotated[int, Meta(ge=1, le=queries.MOST, description="How many at most")] = 50


class OwnEvents(resources.Resource):
    items: list[resources.OwnEvent]
    next: str | None


class Purchases(resources.Resource):
    items: list[resources.Purchase]
    next: str | None


class Attendees(resources.Resource):
    items: list[resources.Attendee]
    next: str | None


@bp.operation(
    f"{ROOT}/events",
    method="GET",
    summary="All events of the organisation",
    access=with_token(Scope.EVENTS_READ),
    query=EventsOnly,
    answer=OwnEvents,
    refusals=MISSING,
)
def events_index(organisation_id: str, token: Bearer, query: EventsOnly) -> OwnEvents:
    """Drafts, past and cancelled ones too, the newest first, with every ticket type and what is sold of it."""
    house = queries.organisation(token, organisation_id)
    rows, more = queries.events(house.id, query.after, query.limit)
    kinds = queries.types_of(rows)
    items = [showing.own_event(each, kinds[each.id]) for each in rows]
    return OwnEvents(items=items, next=_next(query, rows[-1].slug if more else None))


@bp.operation(
    f"{ROOT}/purchases",
    method="GET",
    summary="Purchases",
    access=with_token(Scope.PURCHASES_READ),
    query=OfEventAndStatus,
    answer=Purchases,
    refusals=MISSING,
)
def purchases_index(organisation_id: str, token: Bearer, query: OfEventAndStatus) -> Purchases:
    """The newest first."""
    house = queries.organisation(token, organisation_id)
    rows, more = queries.purchases(house.id, query.event, query.status, query.after, query.limit)
    slugs, types = queries.names(rows)
    items = [selling.purchase(each, slugs, types) for each in rows]
    return Purchases(items=items, next=_next(query, rows[-1].ref if more else None))


@bp.operation(
    f"{ROOT}/purchases/<purchase_id>",
    method="GET",
    summary="One purchase",
    access=with_token(Scope.PURCHASES_READ),
    answer=resources.Purchase,
    refusals=MISSING,
)
def purchases_show(organisation_id: str, purchase_id: str, token: Bearer) -> resources.Purchase:
    """As it is now."""
    house = queries.organisation(token, organisation_id)
    return selling.of_reference(house.id, purchase_id)


@bp.operation(
    f"{ROOT}/attendees",
    method="GET",
    summary="Tickets and who holds them",
    access=with_token(Scope.ATTENDEES_READ),
    query=OfEvent,
    answer=Attendees,
    refusals=MISSING,
)
def attendees_index(organisation_id: str, token: Bearer, query: OfEvent) -> Attendees:
    """The newest first, void ones too. The codes of tickets are not told."""
    house = queries.organisation(token, organisation_id)
    rows, more = queries.tickets(house.id, query.event, query.after, query.limit)
    items = [selling.attendee(each) for each in rows]
    return Attendees(items=items, next=_next(query, rows[-1].ref if more else None))


def _next(query: Query, after: str | None) -> str | None:
    return next_url(request.path, query, after)
