from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from carneau.catalogue import listing
from carneau.catalogue.models import EventStatus
from carneau.catalogue.search import Wish
from carneau.core import clock
from carneau.core.db import db, transaction
from carneau.web.paging import Cursor
from tests.making import make_event, make_organisation, make_ticket_type

SOON = datetime(2031, 5, 9, 18, tzinfo=UTC)


def at(day, **values):
    starts_at = SOON + timedelta(days=day)
    return make_event(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), doors_open_at=None, **values)


def slugs(page):
    return [poster.event.slug for poster in page.rows]


def look(cursor=None, size=24, now=None):
    return listing.listing(Wish(), cursor or Cursor(), now or clock.now(), size)


def test_what_is_published_and_not_over_is_listed_soonest_first(database):
    at(2, slug="later")
    at(1, slug="sooner")
    at(1, slug="draft", status=EventStatus.DRAFT)
    at(1, slug="cancelled", status=EventStatus.CANCELLED)
    past = clock.now() - timedelta(hours=3)
    make_event(slug="over", starts_at=past, ends_at=past + timedelta(hours=2), doors_open_at=None)
    make_event(slug="running", starts_at=past, ends_at=past + timedelta(hours=9), doors_open_at=None)

    assert slugs(look()) == ["running", "sooner", "later"]


def test_paging_there_and_back_shows_each_event_once(database):
    for number in range(7):
        at(number // 3, slug=f"show-{number}")

    seen, cursor = [], Cursor()
    while True:
        page = look(cursor, size=2)
        seen.append(slugs(page))
        if page.after is None:
            break
        cursor = Cursor(page.after)
    assert seen == [["show-0", "show-1"], ["show-2", "show-3"], ["show-4", "show-5"], ["show-6"]]

    back = [look(Cursor(page.before, backwards=True), size=2)]
    while back[-1].before:
        back.append(look(Cursor(back[-1].before, backwards=True), size=2))
    assert [slugs(page) for page in back] == [["show-4", "show-5"], ["show-2", "show-3"], ["show-0", "show-1"]]


def test_a_page_beyond_the_end_is_empty(database):
    at(1)

    assert look(Cursor.of({"after": "9999999999999999.z"})).rows == []
    assert look(Cursor.of({"before": "0.a"})).rows == []


@pytest.mark.parametrize(
    ("types", "strip", "cheapest"),
    [
        ([], "", None),
        ([{"price_minor": 2400}, {"price_minor": 0}], "", 0),
        ([{"total_quantity": 10, "sold_quantity": 10}], "Sold out", 2400),
        ([{"total_quantity": 10, "sold_quantity": 2}], "8 left", 2400),
        ([{"total_quantity": 10, "sold_quantity": 9}], "1 left", 2400),
        ([{"total_quantity": 10, "sold_quantity": 6, "held_quantity": 4}], "Nearly gone", 2400),
        ([{"on_sale_from": SOON - timedelta(days=3)}], "On sale from 6 May", 2400),
        ([{"on_sale_until": SOON - timedelta(days=20_000)}], "Sale ended", 2400),
        ([{"total_quantity": 5, "sold_quantity": 5}, {"total_quantity": 50}], "", 2400),
        ([{}, {"price_minor": 1200, "is_extra": True}], "", 2400),
        ([{"total_quantity": 5, "sold_quantity": 5}, {"is_extra": True}], "Sold out", 2400),
        ([{"is_extra": True}], "", None),
    ],
)
def test_the_strip_across_a_poster_is_true(database, types, strip, cheapest):
    event = at(1)
    for values in types:
        make_ticket_type(event, **values)

    poster = look().rows[0]
    assert (poster.strip, poster.cheapest_minor) == (strip, cheapest)


def test_choices_are_only_months_and_cities_with_something_on(database):
    at(0, city="Lindach")
    at(40, city="Ärzbach")
    at(41, city="Lindach")
    at(400, city="Nowhere", status=EventStatus.DRAFT)

    choices = listing.choices(clock.now())
    assert [f"{month:%Y-%m}" for month in choices.months] == ["2031-05", "2031-06"]
    assert choices.cities == ["Lindach", "Ärzbach"]


TEN_THOUSAND = sa.text(
    """INSERT INTO events (organisation_id, slug, status, title, venue_name, city, country, time_zone, starts_at,
                            ends_at, currency, description)
       SELECT :organisation_id, 'show-' || n, 'published', 'Show ' || n, 'Hall ' || n % 50, 'City ' || n % 300, 'CH',
              'Europe/Zurich', now() + n * interval '1 hour', now() + (n + 2) * interval '1 hour', 'EUR',
              'Words about number ' || n
         FROM generate_series(1, 10000) n"""
)
TYPES_AND_PICTURES = sa.text(
    """WITH types AS (
           INSERT INTO ticket_types (organisation_id, event_id, public_id, name, price_minor, currency, total_quantity)
           SELECT organisation_id, id, 'T' || id || 'N' || n, 'Type', 1000 * n, 'EUR', 100
             FROM events, generate_series(1, 3) n)
       INSERT INTO event_images (organisation_id, event_id, position, key, source_key, alternative_text, width, height)
       SELECT organisation_id, id, 0, md5(id::text), md5(id::text), 'A picture', 960, 1200 FROM events"""
)


def test_ten_thousand_events_are_listed_in_as_many_statements_as_one(client, count_statements):
    house = make_organisation()
    with count_statements() as for_none:
        assert client.get("/").status_code == 200
    with transaction():
        db.session.execute(sa.text("SET LOCAL statement_timeout = '60s'"))
        db.session.execute(TEN_THOUSAND, {"organisation_id": house.id})
        db.session.execute(sa.text("ANALYZE events"))
        db.session.execute(TYPES_AND_PICTURES)

    for path in ("/?city=", "/?q=number", "/?month=2027-06&city=City%207", "/?after=1900000000000000.a"):
        with count_statements() as statements:
            answer = client.get(path)
        assert answer.status_code == 200
        assert len(statements) == len(for_none) == 2
        assert len(answer.data) < 80_000
