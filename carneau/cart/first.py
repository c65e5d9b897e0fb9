"""The hottest path: a visitor without a cart asks for places of one type."""

from datetime import datetime

from carneau.cart import choice
from carneau.catalogue.models import TicketType
from carneau.core import codes, settings
from carneau.core.db import single_statement
from carneau.inventory import availability
from carneau.inventory.refusals import SoldOut
from carneau.inventory.rooms import MOST_PER_CART
from carneau.inventory.statements import TAKE_FIRST


def take(visitor_secret: str, public_id: str, quantity: int, network: bytes | None = None) -> datetime | None:
    """The places are held until then, in a new cart. None, and nothing changed, where that was not to be had at once:
    `refusal` knows more. Without a cap there is no `network`, and so nothing is counted. A transaction by itself, whose
    commit is lazy: a crash may lose a hold, no sale."""
    values = {
        "visitor_digest": codes.digest(visitor_secret),
        "public_id": public_id,
        "quantity": quantity,
        "most": MOST_PER_CART,
        "network_digest": network,
        "most_of_network": settings.current().places_per_network or MOST_PER_CART,
    }
    with single_statement() as connection:
        until: datetime | None = connection.execute(TAKE_FIRST, values).scalar()
        return until


def refusal(ticket_type: TicketType, quantity: int) -> SoldOut | None:
    """Who is refused for want of places is refused without a cart. None where there may be room: holds have run out, or
    somebody has just gone."""
    choice.check_limits(ticket_type, quantity)
    places = availability.of([ticket_type.id])[ticket_type.id]
    return SoldOut(places, 0, quantity) if places.remaining < quantity <= MOST_PER_CART else None
