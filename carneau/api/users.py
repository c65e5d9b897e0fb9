from typing import Annotated

from flask import request
from flask_babel import gettext as _
from msgspec import Meta

from carneau.accounts import guards
from carneau.accounts import queries as accounts
from carneau.accounts.models import User
from carneau.api.guards import with_or_without
from carneau.api.operations import ApiBlueprint
from carneau.api.paging import next_url
from carneau.api.reading import Query
from carneau.core import settings
from carneau.core.errors import NotFound
from carneau.integrations import queries, resources, showing
from carneau.integrations.scopes import Scope
from carneau.integrations.showing import moment_or_none
from carneau.integrations.tokens import Bearer, TokenRefused
from carneau.tickets import qr
from carneau.tickets.models import Ticket as TicketRow

bp = ApiBlueprint("api_users", __name__)
MYSELF = "me"


class TicketsQuery(Query):
    after: Annotated[str, Meta(pattern="^([A-Z0-9-]{1,20})?$", description="From `next` of the page before")] = ""
    limit: Annotated[int, Meta(ge=1, le=queries.MOST, description="How many at most")] = 50


class Tickets(resources.Resource):
    """`user_id` is what `me` stands for."""

    user_id: str
    items: list[resources.Ticket]
    next: str | None


@bp.operation(
    "/api/users/<user_id>/tickets",
    method="GET",
    summary="Somebody's tickets",
    access=with_or_without(Scope.ATTENDEES_READ),
    query=TicketsQuery,
    answer=Tickets,
    refusals={404: "There is no such person, or none that this token or log-in may see."},
)
def tickets_index(user_id: str, query: TicketsQuery, token: Bearer | None) -> Tickets:
    """The newest first. Who is logged in sees their own (`me` works too), with a link to each; a token sees those for
    events of its organisation, without a link, and nobody who has none."""
    user = _user(user_id, token)
    house = token.organisation_id if token else None
    rows, more = queries.tickets_of(accounts.addresses_of(user), house, query.after, query.limit)
    if token and not rows:
        raise _nobody()
    after = rows[-1].ref if more else None
    path = request.path.replace(f"/{MYSELF}/", f"/{user.public_id}/")
    return Tickets(
        user_id=user.public_id,
        items=[_ticket(each, with_link=token is None) for each in rows],
        next=next_url(path, query, after),
    )


def _user(user_id: str, token: Bearer | None) -> User:
    if token:
        found = accounts.find_by_public_id(user_id)
        if found is None:
            raise _nobody()
        return found
    myself = guards.find_user()
    if myself is None:
        raise TokenRefused
    if user_id not in (MYSELF, myself.public_id):
        raise _nobody()
    return myself


def _nobody() -> NotFound:
    return NotFound(_("There is nobody of this id whose tickets you may see."))


def _ticket(row: TicketRow, with_link: bool) -> resources.Ticket:
    event = row.event
    return resources.Ticket(
        id=row.ref,
        status=row.status,
        event=showing.named(event, event.organisation),
        ticket_type_name=row.ticket_type.name,
        holder_name=row.holder_name,
        url=f"{settings.current().base_url}/tickets/{qr.code(row)}" if with_link else None,
        admitted_at=moment_or_none(row.redeemed_at),
    )
