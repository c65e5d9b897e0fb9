"""The event for machines that read pages: schema.org/Event."""

from typing import Any

from flask import url_for

from carneau.catalogue import images
from carneau.catalogue.models import Event, EventImage, EventStatus
from carneau.catalogue.queries import Offer
from carneau.catalogue.wording import Standing
from carneau.core import settings
from carneau.core.money import Money

SCHEMA = "https://schema.org/"
AVAILABILITY = {
    Standing.AVAILABLE: "InStock",
    Standing.FEW_LEFT: "LimitedAvailability",
    Standing.HELD_BY_OTHERS: "LimitedAvailability",
    Standing.SOLD_OUT: "SoldOut",
    Standing.NOT_YET: "PreSale",
    Standing.ENDED: "Discontinued",
    Standing.CANCELLED: "Discontinued",
}


def absolute(path: str) -> str:
    return settings.current().base_url + path


def address(event: Event) -> str:
    return absolute(url_for("catalogue.show", slug=event.slug))


def picture(image: EventImage, width: int) -> str:
    return absolute(url_for("media.show", name=f"{image.key}-{width}.jpg"))


def event(event: Event, image: EventImage | None, offers: list[Offer]) -> dict[str, Any]:
    cancelled = event.status is EventStatus.CANCELLED
    facts = {
        "@context": SCHEMA.rstrip("/"),
        "@type": "Event",
        "name": event.title,
        "description": event.summary,
        "url": address(event),
        "startDate": event.starts_at.astimezone(event.zone).isoformat(),
        "endDate": event.ends_at.astimezone(event.zone).isoformat(),
        "doorTime": event.doors_open_at and event.doors_open_at.astimezone(event.zone).isoformat(),
        "eventStatus": SCHEMA + ("EventCancelled" if cancelled else "EventScheduled"),
        "eventAttendanceMode": SCHEMA + "OfflineEventAttendanceMode",
        "location": _place(event),
        "organizer": {"@type": "Organization", "name": event.organisation.name},
        "image": [picture(image, width) for width in images.widths_of(image)[::-1]] if image else None,
        "offers": [_offer(event, offer) for offer in offers if not offer.ticket_type.is_hidden],
    }
    return {name: value for name, value in facts.items() if value}


def _place(event: Event) -> dict[str, Any]:
    parts = {
        "@type": "PostalAddress",
        "streetAddress": event.street,
        "postalCode": event.postcode,
        "addressLocality": event.city,
        "addressCountry": event.country,
    }
    return {
        "@type": "Place",
        "name": event.venue_name,
        "address": {name: value for name, value in parts.items() if value},
    }


def _offer(event: Event, offer: Offer) -> dict[str, Any]:
    """The price is what is charged: the booking fee of a paid ticket is in it."""
    ticket_type = offer.ticket_type
    fee = event.booking_fee_minor if ticket_type.price_minor else 0
    facts = {
        "@type": "Offer",
        "name": ticket_type.name,
        "price": Money(ticket_type.price_minor + fee, ticket_type.currency).decimal(),
        "priceCurrency": ticket_type.currency,
        "availability": SCHEMA + AVAILABILITY[offer.words.standing],
        "validFrom": ticket_type.on_sale_from and ticket_type.on_sale_from.isoformat(),
        "url": address(event),
    }
    return {name: value for name, value in facts.items() if value}
