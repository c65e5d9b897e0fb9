from flask_babel import gettext as _

from carneau.catalogue.models import TicketType
from carneau.core.errors import Invalid


class OutsideLimits(Invalid):
    """More or fewer of a type than one order may have."""


def check_limits(ticket_type: TicketType, quantity: int) -> None:
    least, most = ticket_type.min_per_order, ticket_type.max_per_order
    if quantity > most:
        raise OutsideLimits(_("One order takes at most %(most)s × %(name)s.", most=most, name=ticket_type.name))
    if quantity < least:
        raise OutsideLimits(_("One order takes at least %(least)s × %(name)s.", least=least, name=ticket_type.name))
