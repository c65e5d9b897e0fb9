"""From rows to resources of the catalogue. Each function says what it needs loaded; none asks the database."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from carneau.catalogue import images, models, structured
from carneau.catalogue.queries import Offer
from carneau.catalogue.wording import FEW
from carneau.core import settings
from carneau.core.money import Money as Amount
from carneau.integrations import resources
from carneau.organisations.models import Organisation

PICTURE_WIDTH = 640


def moment(at: datetime) -> datetime:
    return at.astimezone(UTC)


def moment_or_none(at: datetime | None) -> datetime | None:
    return None if at is None else moment(at)


def money(minor: int, currency: str) -> resources.Money:
    return resources.Money(minor=minor, currency=currency)


def amount(of: Amount) -> resources.Money:
    return money(of.minor, of.currency)


def address(event: models.Event) -> str:
    """A worker has no request to build addresses from."""
    return f"{settings.current().base_url}/e/{event.slug}"


def place(event: models.Event) -> resources.Place:
    return resources.Place(
        venue=event.venue_name,
        street=event.street,
        postcode=event.postcode,
        city=event.city,
        country=event.country,
    )


def organiser(organisation: Organisation) -> resources.Organiser:
    return resources.Organiser(id=organisation.slug, name=organisation.name)


def fee_minor(event: models.Event, price_minor: int) -> int:
    """A free ticket carries no fee."""
    return event.booking_fee_minor if price_minor else 0


def named(event: models.Event, organisation: Organisation) -> resources.EventName:
    return resources.EventName(**_name(event, organisation))


def brief(
    event: models.Event, organisation: Organisation, cheapest_minor: int | None, image: models.EventImage | None
) -> resources.EventBrief:
    return resources.EventBrief(**_brief(event, organisation, cheapest_minor, image))


def whole(event: models.Event, image: models.EventImage | None, offers: Iterable[Offer]) -> resources.Event:
    """With its organisation loaded."""
    offers = [offer for offer in offers if not offer.ticket_type.is_hidden]
    cheapest = min((each.ticket_type.price_minor for each in offers if not each.ticket_type.is_extra), default=None)
    return resources.Event(
        **_brief(event, event.organisation, cheapest, image),
        description=event.description,
        ticket_types=[ticket_type(event, offer) for offer in offers],
    )


def _name(event: models.Event, organisation: Organisation) -> dict[str, Any]:
    return {
        "id": event.slug,
        "url": address(event),
        "title": event.title,
        "status": event.status,
        "starts_at": moment(event.starts_at),
        "ends_at": moment(event.ends_at),
        "doors_open_at": moment_or_none(event.doors_open_at),
        "time_zone": event.time_zone,
        "place": place(event),
        "organisation": organiser(organisation),
    }


def _brief(
    event: models.Event, organisation: Organisation, cheapest_minor: int | None, image: models.EventImage | None
) -> dict[str, Any]:
    cheapest = None
    if cheapest_minor is not None:
        cheapest = money(cheapest_minor + fee_minor(event, cheapest_minor), event.currency)
    return _name(event, organisation) | {
        "summary": event.summary,
        "category": event.category,
        "cheapest": cheapest,
        "picture": _picture(image),
    }


def _picture(image: models.EventImage | None) -> str | None:
    widths = [width for width in images.widths_of(image) if width <= PICTURE_WIDTH] if image else []
    return structured.picture(image, widths[-1]) if image and widths else None


def ticket_type(event: models.Event, offer: Offer) -> resources.TicketType:
    kind = offer.ticket_type
    fee = fee_minor(event, kind.price_minor)
    return resources.TicketType(
        id=kind.public_id,
        name=kind.name,
        description=kind.description,
        price=amount(kind.price),
        fee=money(fee, kind.currency),
        total=money(kind.price_minor + fee, kind.currency),
        on_sale_from=moment_or_none(kind.on_sale_from),
        on_sale_until=moment_or_none(kind.on_sale_until),
        min_per_order=kind.min_per_order,
        max_per_order=kind.max_per_order,
        availability=availability(offer),
    )


def availability(offer: Offer) -> resources.Availability:
    places = offer.places
    return resources.Availability(
        standing=offer.words.standing,
        sentence=offer.words.sentence,
        most=offer.words.most,
        remaining=max(0, places.remaining) if places.remaining <= FEW else None,
        held=places.held if places.remaining <= FEW else 0,
        back_by=moment_or_none(places.back_by) if places.remaining <= FEW else None,
    )


def own_ticket_type(event: models.Event, kind: models.TicketType) -> resources.OwnTicketType:
    return resources.OwnTicketType(
        id=kind.public_id,
        event_id=event.slug,
        name=kind.name,
        description=kind.description,
        price=amount(kind.price),
        fee=money(fee_minor(event, kind.price_minor), kind.currency),
        on_sale_from=moment_or_none(kind.on_sale_from),
        on_sale_until=moment_or_none(kind.on_sale_until),
        min_per_order=kind.min_per_order,
        max_per_order=kind.max_per_order,
        is_hidden=kind.is_hidden,
        total_quantity=kind.total_quantity,
        sold_quantity=kind.sold_quantity,
        held_quantity=kind.held_quantity,
    )


def own_event(event: models.Event, kinds: Iterable[models.TicketType]) -> resources.OwnEvent:
    shown = [own_ticket_type(event, kind) for kind in kinds]
    return resources.OwnEvent(
        id=event.slug,
        url=address(event),
        title=event.title,
        status=event.status,
        starts_at=moment(event.starts_at),
        ends_at=moment(event.ends_at),
        time_zone=event.time_zone,
        place=place(event),
        currency=event.currency,
        total_quantity=sum(kind.total_quantity for kind in shown),
        sold_quantity=sum(kind.sold_quantity for kind in shown),
        ticket_types=shown,
    )
