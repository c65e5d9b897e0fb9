from dataclasses import dataclass
from typing import Annotated

import sqlalchemy as sa
from flask import request
from msgspec import Meta

from carneau.api.guards import ANYONE
from carneau.api.operations import ApiBlueprint
from carneau.api.paging import Cursors, cursor_of, next_url
from carneau.catalogue import listing, queries, search
from carneau.catalogue.models import Event as EventRow
from carneau.core import clock
from carneau.core.db import db
from carneau.integrations import resources, showing
from carneau.organisations.models import Organisation
from carneau.web import caching, paging

bp = ApiBlueprint("api_events", __name__)


class EventsQuery(Cursors):
    q: Annotated[str, Meta(max_length=200, description="Words of title, place or text; the last may be begun")] = ""
    city: Annotated[str, Meta(max_length=100, description="The whole name, in any case")] = ""
    month: Annotated[str, Meta(pattern="^(20[0-9]{2}-(0[1-9]|1[0-2]))?$", description="As 2026-12, where it is")] = ""
    organisation: Annotated[str, Meta(max_length=100, description="The id of an organisation")] = ""


class Events(resources.Resource):
    """`next` is the address of the next page, null on the last one."""

    items: list[resources.EventBrief]
    next: str | None


@dataclass(frozen=True, slots=True)
class Wish(search.Wish):
    organisation: str = ""

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        found = search.Wish.conditions(self)
        if self.organisation:
            its_id = sa.select(Organisation.id).where(Organisation.slug == self.organisation).scalar_subquery()
            found.append(EventRow.organisation_id == its_id)
        return found


@bp.operation(
    "/api/events",
    method="GET",
    summary="Events to come",
    access=ANYONE,
    query=EventsQuery,
    answer=Events,
    keep=caching.public(reads=(*search.PARAMETERS, *paging.PARAMETERS, "organisation", "limit")),
)
def index(query: EventsQuery) -> Events:
    """Published events that are not over, the next one first. The same for everyone, so caches may keep it."""
    wish = Wish(" ".join(query.q.split()), query.month, query.city.strip(), query.organisation)
    page = listing.listing(wish, cursor_of(query), clock.now(), query.limit)
    houses = _organisations([poster.event.organisation_id for poster in page.rows])
    return Events(
        items=[
            showing.brief(poster.event, houses[poster.event.organisation_id], poster.cheapest_minor, poster.image)
            for poster in page.rows
        ],
        next=next_url(request.path, query, page.after),
    )


@bp.operation(
    "/api/events/<event_id>",
    method="GET",
    summary="One event, with what may be bought now",
    access=ANYONE,
    answer=resources.Event,
    refusals={404: "No event that was published has this id."},
    keep=caching.public(shared=1, stale=1),
)
def show(event_id: str) -> resources.Event:
    """With its ticket types and their availability. Hidden ticket types are never told."""
    event, image, kinds = queries.with_types(event_id)
    return showing.whole(event, image, queries.offers(event, kinds, clock.now()))


def _organisations(ids: list[int]) -> dict[int, Organisation]:
    rows = db.session.scalars(sa.select(Organisation).where(Organisation.id.in_(set(ids))))
    return {organisation.id: organisation for organisation in rows}
