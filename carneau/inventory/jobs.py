from sqlalchemy.exc import DBAPIError

from carneau.core import log
from carneau.core.db import transaction
from carneau.inventory import expiry


def expire_holds() -> int:
    """Type by type, each batch its own transaction: a type that cannot be freed now does not hold up the others."""
    with transaction():
        ticket_type_ids = expiry.types_with_expired_holds()
    return sum(_expire(ticket_type_id) for ticket_type_id in ticket_type_ids)


def _expire(ticket_type_id: int) -> int:
    ended = 0
    try:
        while batch := _free(ticket_type_id):
            ended += batch
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        log.get(__name__).error("holds not freed", ticket_type_id=ticket_type_id, error=type(error.orig).__name__)
    return ended


def _free(ticket_type_id: int) -> int:
    with transaction():
        return expiry.free(ticket_type_id)
