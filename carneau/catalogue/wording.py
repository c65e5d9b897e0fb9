"""What may be said of a ticket type right now: pure, from its numbers, its sale window and the clock."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask_babel import gettext as _
from flask_babel import ngettext

from carneau.catalogue.models import Event, EventStatus, TicketType
from carneau.core.errors import Conflict
from carneau.inventory.availability import Availability
from carneau.web import filters

FEW = 20


class Standing(StrEnum):
    AVAILABLE = "available"
    FEW_LEFT = "few_left"
    HELD_BY_OTHERS = "held_by_others"
    SOLD_OUT = "sold_out"
    NOT_YET = "not_yet"
    ENDED = "ended"
    CANCELLED = "cancelled"


class NotOnSale(Conflict):
    """The sentence says why, and since or until when."""

    def __init__(self, words: "Words") -> None:
        super().__init__(words.sentence)
        self.standing = words.standing


@dataclass(frozen=True, slots=True)
class Words:
    """`most` is what one order may ask for, places that may come back included; 0 where nothing can be bought."""

    standing: Standing
    sentence: str
    most: int = 0

    @property
    def is_buyable(self) -> bool:
        return self.most > 0


def of(ticket_type: TicketType, event: Event, places: Availability, now: datetime) -> Words:
    return closed(ticket_type, event, now) or _stock(ticket_type, event, places)


def closed(ticket_type: TicketType, event: Event, now: datetime) -> Words | None:
    """Why the type is not on sale at this moment, whatever is left of it; None when it is."""
    if event.status is EventStatus.CANCELLED:
        return Words(Standing.CANCELLED, _("The event is cancelled."))
    if event.has_ended(now):
        return Words(Standing.ENDED, _("The event is over."))
    if ticket_type.on_sale_from and now < ticket_type.on_sale_from:
        return Words(Standing.NOT_YET, _("On sale from %(moment)s.", moment=_moment(ticket_type.on_sale_from, event)))
    if ticket_type.on_sale_until and now >= ticket_type.on_sale_until:
        ended = _moment(ticket_type.on_sale_until, event)
        return Words(Standing.ENDED, _("The sale ended on %(moment)s.", moment=ended))
    return None


def _stock(ticket_type: TicketType, event: Event, places: Availability) -> Words:
    free, held, least = places.remaining, places.held, ticket_type.min_per_order
    most = min(ticket_type.max_per_order, free + held)
    if free + held <= 0:
        return Words(Standing.SOLD_OUT, _("Sold out."))
    if most < least:
        return Words(Standing.SOLD_OUT, _too_few(free + held, least))
    if free <= 0:
        return Words(Standing.HELD_BY_OTHERS, f"{_('None is free right now.')} {_held(places, event)}", most)
    if free > FEW:
        return Words(Standing.AVAILABLE, _("Available."), most)
    left = ngettext("%(num)s left.", "%(num)s left.", free)
    return Words(Standing.FEW_LEFT, f"{left} {_held_more(places, event)}".strip(), most)


def _too_few(left: int, least: int) -> str:
    return str(ngettext("%(num)s left, ", "%(num)s left, ", left)) + str(
        _("fewer than the %(least)s that one order takes at least.", least=least)
    )


def _held(places: Availability, event: Event) -> str:
    if places.back_by is None:
        one, more = "%(num)s is being paid for.", "%(num)s are being paid for."
        return str(ngettext(one, more, places.held))
    one = "%(num)s is in another cart and may come back by %(time)s."
    more = "%(num)s are in other carts and may come back by %(time)s."
    return str(ngettext(one, more, places.held, time=filters.time_of_day(places.back_by, event.time_zone)))


def _held_more(places: Availability, event: Event) -> str:
    if places.held <= 0 or places.back_by is None:
        return ""
    one = "%(num)s more is in another cart and may come back by %(time)s."
    more = "%(num)s more are in other carts and may come back by %(time)s."
    return str(ngettext(one, more, places.held, time=filters.time_of_day(places.back_by, event.time_zone)))


def _moment(at: datetime, event: Event) -> str:
    zone = event.time_zone
    return f"{filters.day(at, zone)}, {filters.time_of_day(at, zone)} {filters.zone_name(zone, at)}"
