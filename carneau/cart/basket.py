"""What a visitor does with the cart. Every verb here locks the cart's row first: two tabs come one after the other."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from carneau.cart import caps, choice
from carneau.cart.models import Cart
from carneau.catalogue.models import Event, TicketType
from carneau.core import codes
from carneau.core.db import db
from carneau.core.errors import Conflict, Invalid, NotFound
from carneau.inventory import holds
from carneau.inventory.models import Hold


class OtherCart(Conflict):
    """The visitor holds places of another organisation or in another currency."""


class AlreadyExtended(Conflict):
    pass


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one wish: held `until`, or the `refusal`."""

    ticket_type: TicketType
    quantity: int
    until: datetime | None = None
    refusal: Conflict | None = None


def open_cart(visitor_secret: str, ticket_type: TicketType, network: bytes | None = None) -> Cart:
    """The visitor's cart for tickets of this organisation and currency, locked; a new one where there is none. Raises
    NetworkFull."""
    cart = _open(visitor_secret, ticket_type, network)
    if _fits(cart, ticket_type):
        _require_unpaid(cart)
        return cart
    if cart.purchase_ref or _holds_places(cart):
        raise OtherCart(_("Your cart holds tickets of another organiser, and they are bought one organiser at a time."))
    db.session.delete(cart)
    db.session.flush()
    return _open(visitor_secret, ticket_type, network)


def add_line(cart: Cart, ticket_type: TicketType, quantity: int) -> datetime:
    """The cart then holds exactly `quantity` of the type: sent twice, it is the same as sent once."""
    choice.check_limits(ticket_type, quantity)
    return holds.take(cart.id, cart.organisation_id, ticket_type.id, quantity, ticket_type.event.hold_minutes)


def add_lines(cart: Cart, wishes: Iterable[tuple[TicketType, int]]) -> list[Outcome]:
    """Each wish in full or not at all, and an outcome for each. Types in id order, as everywhere."""
    wishes = list(wishes)
    if not all(_fits(cart, ticket_type) for ticket_type, _quantity in wishes):
        raise Invalid(_("Please choose tickets of one organiser at a time."))
    outcomes = []
    for ticket_type, quantity in sorted(wishes, key=lambda wish: wish[0].id):
        try:
            outcomes.append(Outcome(ticket_type, quantity, until=add_line(cart, ticket_type, quantity)))
        except Conflict as refusal:
            outcomes.append(Outcome(ticket_type, quantity, refusal=refusal))
    return outcomes


def find_locked(visitor_secret: str | None) -> Cart | None:
    """The visitor's cart, locked: two clicks come one after the other."""
    return None if visitor_secret is None else db.session.scalar(locking(visitor_secret))


def locking(visitor_secret: str) -> sa.Select[Cart]:
    mine = sa.select(Cart).where(Cart.visitor_digest == codes.digest(visitor_secret))
    return mine.with_for_update(key_share=True, of=Cart).execution_options(populate_existing=True)


def own_cart(visitor_secret: str | None) -> Cart:
    """The visitor's cart, locked for a change."""
    cart = find_locked(visitor_secret)
    if cart is None:
        raise NotFound(_("Your cart is empty."))
    _require_unpaid(cart)
    return cart


def change_line(cart: Cart, ticket_type: TicketType, quantity: int) -> None:
    """0 removes the line, a lost one too."""
    if quantity:
        choice.check_limits(ticket_type, quantity)
        holds.change(cart.id, ticket_type.id, quantity)
    else:
        holds.release(cart.id, ticket_type.id)


def empty(cart: Cart) -> None:
    holds.release_cart(cart.id)


def empty_any(visitor_secret: str | None) -> None:
    """As `empty`, and no cart is as good as an empty one."""
    with suppress(NotFound):
        empty(own_cart(visitor_secret))


def extend(cart: Cart) -> datetime:
    """Once: the full time again from now."""
    if cart.extended_at is not None:
        raise AlreadyExtended(_("The time was extended once already. It cannot be extended again."))
    minutes = db.session.scalar(
        sa.select(sa.func.min(Event.hold_minutes))
        .join(TicketType, TicketType.event_id == Event.id)
        .join(Hold, Hold.ticket_type_id == TicketType.id)
        .where(Hold.cart_id == cart.id, Hold.released_at.is_(None))
    )
    until = holds.extend(cart.id, minutes or 0)
    cart.extended_at = sa.func.now()
    return until


def type_in_cart(cart: Cart, public_id: str) -> TicketType:
    """Of a line of this cart, live or lost."""
    ticket_type = db.session.scalar(
        sa.select(TicketType)
        .join(Hold, Hold.ticket_type_id == TicketType.id)
        .where(Hold.cart_id == cart.id, TicketType.public_id == public_id)
        .options(joinedload(TicketType.event))
    )
    if ticket_type is None:
        raise NotFound(_("These tickets are no longer in your cart."))
    return ticket_type


@lru_cache(maxsize=1)
def _opening() -> sa.Executable:
    """One statement, built once, that locks the row. More time can be asked for anew when nothing is held any more.
    Not while this file is imported, when not every table is known yet."""
    still_held = sa.exists().where(Hold.cart_id == Cart.id, Hold.released_at.is_(None), Hold.expires_at > sa.func.now())
    given = ("organisation_id", "visitor_digest", "currency", "network_digest")
    return (
        insert(Cart)
        .values({name: sa.bindparam(name) for name in given})
        .on_conflict_do_update(
            index_elements=[Cart.visitor_digest],
            set_={
                "extended_at": sa.case((still_held, Cart.extended_at)),
                "network_digest": sa.bindparam("network_digest"),
            },
        )
        .returning(Cart, caps.beside())
        .execution_options(populate_existing=True)
    )


def _open(visitor_secret: str, ticket_type: TicketType, network: bytes | None) -> Cart:
    values = {
        "organisation_id": ticket_type.organisation_id,
        "visitor_digest": codes.digest(visitor_secret),
        "currency": ticket_type.currency,
        "network_digest": network,
    }
    row = db.session.execute(_opening(), values).one()
    cart: Cart = row[0]
    caps.require_room(row[1])
    return cart


def _fits(cart: Cart, ticket_type: TicketType) -> bool:
    return (cart.organisation_id, cart.currency) == (ticket_type.organisation_id, ticket_type.currency)


def _require_unpaid(cart: Cart) -> None:
    if cart.purchase_ref is not None:
        raise holds.BeingPaid


def _holds_places(cart: Cart) -> bool:
    live = sa.select(Hold.id).where(Hold.cart_id == cart.id, Hold.released_at.is_(None))
    return db.session.scalar(live.where(Hold.expires_at > sa.func.now()).limit(1)) is not None
