"""The demo's data: show by show, whole or not at all; run again, it only adds what is missing."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from carneau.accounts import passwords, registration
from carneau.accounts import queries as accounts
from carneau.catalogue import accents, images, publishing, storage
from carneau.catalogue.facts import EventFacts, TicketTypeFacts
from carneau.catalogue.models import Event, EventImage
from carneau.core import clock, settings
from carneau.core.db import db, transaction
from carneau.core.errors import NotFound
from carneau.organisations import founding
from carneau.organisations import queries as organisations
from carneau.organisations.models import Organisation, Role
from carneau.standalone import box_office, door
from carneau.standalone.posters import wall
from carneau.standalone.season.people import BOUGHT, BUYER, PASSWORD, PEOPLE, TEAMS, Person
from carneau.standalone.season.programme import HOUSES, SHOWS
from carneau.standalone.season.shape import House, Offer, Picture, Show, Times

SALES_OPEN = time(10)


@click.command("seed-demo")
@with_appcontext
def seed_demo() -> None:
    """Fill a demo with two organisations and their season."""
    if settings.current().env not in ("demo", "test"):
        raise click.ClickException("seed-demo invents events and sales; it only runs with CARNEAU_ENV=demo.")
    with transaction():
        for house in HOUSES:
            found(house)
    for person in PEOPLE:
        with transaction():
            welcome(person)
    for slug, team in TEAMS.items():
        with transaction():
            employ(slug, team)
    for show in SHOWS:
        with transaction():
            stage(show, clock.now())
    with transaction():
        door.open_doors()


def found(house: House) -> None:
    if db.session.scalar(sa.select(Organisation.id).where(Organisation.slug == house.slug)) is None:
        db.session.add(Organisation(slug=house.slug, name=house.name, email=house.email, imprint=house.imprint))


def welcome(person: Person) -> None:
    if accounts.find_by_email(person.email) is None:
        registration.register(person.email, person.name, passwords.hashed(PASSWORD))


def employ(slug: str, team: dict[str, str]) -> None:
    house = organisations.by_slug(slug)
    for email, role in team.items():
        if user := accounts.find_by_email(email):
            founding.join(house, user, Role(role), "system")


def stage(show: Show, at: datetime) -> None:
    event = db.session.scalar(sa.select(Event).where(Event.slug == show.slug))
    if event is None:
        event = announce(show, at)
    if not _has_its_poster(event):
        hang(show.picture, event)


def announce(show: Show, at: datetime) -> Event:
    """Published and sold while it is ahead, as every event was; only then does a show that is over take its times."""
    times = show.when.times(show.venue.time_zone, at)
    while_ahead = times.later(timedelta(weeks=8)) if times.ends_at <= at else times
    organisation = db.session.scalars(sa.select(Organisation).where(Organisation.slug == show.house.slug)).one()
    event = publishing.create_event(organisation, **_facts(show, while_ahead))
    event.slug = show.slug
    types = [publishing.add_ticket_type(event, **_terms(offer, show, at)) for offer in show.offers]
    publishing.publish(event)
    for offer, ticket_type in zip(show.offers, types, strict=True):
        box_office.sell_places(event, ticket_type, offer.sold)
    if show.slug in BOUGHT:
        box_office.sell(event, types[0], BOUGHT[show.slug], BUYER.name, BUYER.email)
    event.doors_open_at, event.starts_at, event.ends_at = times.doors_open_at, times.starts_at, times.ends_at
    db.session.flush()
    return event


def _has_its_poster(event: Event) -> bool:
    """The pictures may have been lost while the database was kept: such a row goes, to be drawn anew."""
    image = db.session.scalar(sa.select(EventImage).where(EventImage.event_id == event.id).limit(1))
    if image is None:
        return False
    try:
        storage.path_of(f"{image.key}-{image.width}.webp")
    except NotFound:
        db.session.delete(image)
        db.session.flush()
        return False
    return True


def hang(picture: Picture, event: Event) -> None:
    pixels = wall.draw(picture.poster)
    images.keep(event, images.Picture(pixels, accents.of_picture(pixels)), picture.alternative_text)


def _facts(show: Show, times: Times) -> EventFacts:
    return {
        "title": show.title,
        "summary": show.summary,
        "category": show.category,
        "description": show.description,
        "venue_name": show.venue.name,
        "street": show.venue.street,
        "postcode": show.venue.postcode,
        "city": show.venue.city,
        "country": show.venue.country,
        "time_zone": show.venue.time_zone,
        "doors_open_at": times.doors_open_at,
        "starts_at": times.starts_at,
        "ends_at": times.ends_at,
        "currency": show.currency,
        "booking_fee_minor": show.booking_fee_minor,
        "tax_basis_points": show.tax_basis_points,
    }


def _terms(offer: Offer, show: Show, at: datetime) -> TicketTypeFacts:
    return {
        "name": offer.name,
        "description": offer.note,
        "price_minor": offer.price_minor,
        "total_quantity": offer.total_quantity,
        "min_per_order": offer.min_per_order,
        "max_per_order": offer.max_per_order,
        "is_extra": offer.is_extra,
        "on_sale_from": _sales_open(offer, ZoneInfo(show.venue.time_zone), at),
    }


def _sales_open(offer: Offer, zone: ZoneInfo, at: datetime) -> datetime | None:
    if offer.opens_in_days is None:
        return None
    day = at.astimezone(zone).date() + timedelta(days=offer.opens_in_days)
    return datetime.combine(day, SALES_OPEN, zone)


COMMANDS = (seed_demo,)
