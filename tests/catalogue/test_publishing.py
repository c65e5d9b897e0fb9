from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from carneau.catalogue import publishing
from carneau.catalogue.models import Event, EventStatus
from carneau.core import clock
from carneau.core.audit import AuditEntry
from carneau.core.db import db, transaction
from carneau.core.errors import Conflict, Invalid
from carneau.organisations.models import Organisation
from tests.making import make_organisation

EVENING = datetime(2031, 5, 9, 18, tzinfo=UTC)


def facts(**values):
    return {
        "title": "Café Łódź: l'été",
        "venue_name": "Old Depot",
        "city": "Lindach",
        "country": "CH",
        "time_zone": "Europe/Zurich",
        "starts_at": EVENING,
        "ends_at": EVENING + timedelta(hours=3),
        "currency": "EUR",
        "summary": "A long evening.",
    } | values


@pytest.fixture
def organisation(database):
    return db.session.get_one(Organisation, make_organisation().id)


def create(organisation, **values):
    with transaction():
        return publishing.create_event(organisation, **facts(**values))


def test_an_event_begins_as_a_draft_with_a_slug_of_its_title(organisation):
    event = create(organisation, description="**Bring** a [friend](https://friend.example).")

    assert (event.slug, event.status) == ("cafe-lodz-lete", EventStatus.DRAFT)
    assert "<strong>Bring</strong>" in event.description_html
    assert event.organisation_id == organisation.id


def test_the_same_title_gets_its_day_and_then_something_of_its_own(organisation):
    slugs = [create(organisation, title="Undertow").slug for _ in range(4)]

    assert slugs[:2] == ["undertow", "undertow-2031-05-09"]
    assert len(set(slugs)) == 4


def test_the_same_title_at_the_same_moment_never_collides(organisation, in_parallel):
    def one():
        with transaction():
            owner = db.session.get_one(Organisation, organisation.id)
            return publishing.create_event(owner, **facts(title="Rush")).slug

    assert len(set(in_parallel(6, one))) == 6


@pytest.mark.parametrize("title", ["東京の夜", "!!!", "x" * 200])
def test_every_title_gets_a_slug_that_fits_into_an_address(organisation, title):
    slug = create(organisation, title=title).slug

    assert slug.isascii()
    assert 0 < len(slug) <= 80


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "  "),
        ("title", "x" * 201),
        ("title", "a\x00b"),
        ("title", "a\ud800b"),
        ("title", "Gala\r\nBcc: everyone@example.org"),
        ("city", "a\tb"),
        ("title", "\u200b\u200d"),
        ("description", "x" * 20_001),
        ("city", ""),
        ("country", "ch"),
        ("currency", "EURO"),
        ("time_zone", "Europe/Atlantis"),
        ("ends_at", EVENING),
        ("ends_at", EVENING.replace(tzinfo=None)),
        ("hold_minutes", 4),
        ("booking_fee_minor", -1),
        ("tax_basis_points", 10_001),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_at_its_field(organisation, field, value):
    with pytest.raises(Invalid) as refusal:
        create(organisation, **{field: value})

    assert set(refusal.value.errors) == {field}
    assert db.session.scalar(sa.select(sa.func.count(Event.id))) == 0


def test_publishing_says_everything_that_is_missing(organisation):
    yesterday = clock.now() - timedelta(days=1)
    event = create(organisation, summary="", starts_at=yesterday, ends_at=yesterday + timedelta(hours=1))

    with pytest.raises(publishing.NotReady) as refusal, transaction():
        publishing.publish(event)

    assert len(refusal.value.missing) == 3
    assert db.session.get_one(Event, event.id).status is EventStatus.DRAFT


def test_publishing_is_recorded_once_and_by_whom(organisation):
    event = create(organisation)
    for _ in range(2):
        with transaction():
            if not publishing.missing(event):
                publishing.publish(event, "user:1")
            else:
                publishing.add_ticket_type(event, name="Standing", price_minor=2400, total_quantity=10)
                publishing.publish(event, "user:1")

    entries = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "published")).all()
    assert [(entry.subject_id, entry.actor) for entry in entries] == [(event.id, "user:1")]
    assert event.published_at is not None


def test_a_type_takes_the_events_currency_and_its_place_in_the_order(organisation):
    event = create(organisation, currency="CHF")
    with transaction():
        types = [
            publishing.add_ticket_type(event, name=name, price_minor=0, total_quantity=5) for name in ("Early", "Late")
        ]

    assert [(t.position, t.currency, len(t.public_id)) for t in types] == [(0, "CHF", 12), (1, "CHF", 12)]


@pytest.mark.parametrize(
    ("field", "value"),
    [("price_minor", -1), ("total_quantity", -1), ("max_per_order", 101), ("name", ""), ("min_per_order", 11)],
)
def test_a_type_that_cannot_be_is_refused(organisation, field, value):
    event = create(organisation)
    with pytest.raises(Invalid), transaction():
        publishing.add_ticket_type(event, **{"name": "A", "price_minor": 100, "total_quantity": 5} | {field: value})


def test_a_cancelled_event_is_not_published_again(organisation):
    event = create(organisation)
    with transaction():
        event.status = EventStatus.CANCELLED

    with pytest.raises(Conflict, match="cancelled"), transaction():
        publishing.publish(event)
