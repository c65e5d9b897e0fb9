from dataclasses import replace

import pytest
import sqlalchemy as sa

from carneau.accounts import passwords
from carneau.accounts.models import User
from carneau.catalogue import storage
from carneau.catalogue.models import Event, EventImage, EventStatus, TicketType
from carneau.core import clock, settings
from carneau.core.db import db, transaction
from carneau.organisations import queries as organisations
from carneau.organisations.models import Organisation
from carneau.organisations.queries import members_of
from carneau.purchases.models import Purchase
from carneau.standalone.season.people import BOUGHT, PEOPLE, TEAMS
from carneau.standalone.season.programme import HOUSES, SHOWS


def counts():
    tables = (
        "users",
        "verified_addresses",
        "organisations",
        "organisation_members",
        "events",
        "event_images",
        "ticket_types",
        "purchases",
        "tickets",
        "mails",
        "gates",
        "door_links",
        "door_devices",
        "scans",
        "audit_entries",
    )
    return {table: db.session.scalar(sa.text(f"SELECT count(*) FROM {table}")) for table in tables}


def remaining(slug):
    total = sa.func.sum(TicketType.total_quantity - TicketType.sold_quantity - TicketType.held_quantity)
    return db.session.scalar(sa.select(total).join(Event).where(Event.slug == slug))


def seed(app):
    result = app.test_cli_runner().invoke(args=["seed-demo"])
    assert result.exit_code == 0, result.output
    db.session.rollback()


def test_the_demo_opens_with_the_whole_season_and_seeding_again_changes_nothing(app, database, invariants_hold):
    seed(app)

    events = {event.slug: event for event in db.session.scalars(sa.select(Event))}
    assert set(events) == {show.slug for show in SHOWS}
    assert {event.status for event in events.values()} == {EventStatus.PUBLISHED}
    assert [slug for slug, event in events.items() if event.has_ended(clock.now())] == ["brass-on-the-steps"]
    assert "<h3>Getting there</h3>" in events["solenn-kaar-great-circle"].description_html
    assert set(db.session.scalars(sa.select(Organisation.slug))) == {house.slug for house in HOUSES}
    invariants_hold()
    assert remaining("tamsin-orrevall") == 0
    assert remaining("five-past-blue") == 8

    for house in HOUSES:
        team = members_of(organisations.by_slug(house.slug).id)
        assert {each.user.email: each.role for each in team} == TEAMS[house.slug]

    people = db.session.scalars(sa.select(User)).all()
    assert {user.email for user in people} == {person.email for person in PEOPLE}
    assert all(passwords.matches(user.password_hash, "carneau-demo") for user in people)
    bought = sa.select(sa.func.count()).select_from(Purchase).where(Purchase.email == "buyer@demo.example")
    assert db.session.scalar(bought) == len(BOUGHT)

    before = counts()
    assert before["event_images"] == len(SHOWS)
    seed(app)
    assert counts() == before

    lost, emptied = db.session.scalars(sa.select(EventImage).limit(2)).all()
    storage.path_of(f"{emptied.key}-960.webp").unlink()
    with transaction():
        db.session.delete(lost)
    seed(app)
    assert counts() == before
    for key in db.session.scalars(sa.select(EventImage.key)):
        assert storage.path_of(f"{key}-960.webp")


@pytest.fixture
def in_production():
    ours = settings.current()
    settings.bind(replace(ours, env="production"))
    yield
    settings.bind(ours)


def test_it_refuses_where_real_tickets_are_sold(app, database, in_production):
    result = app.test_cli_runner().invoke(args=["seed-demo"])

    assert result.exit_code == 1
    assert "CARNEAU_ENV=demo" in result.output
    db.session.rollback()
    assert counts()["events"] == 0
