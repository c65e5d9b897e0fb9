from datetime import UTC, datetime, timedelta

import pytest

from carneau.catalogue.models import EventStatus
from carneau.core import clock
from carneau.web import caching
from tests.making import make_event, make_image, make_organisation, make_ticket_type


def ids(answer):
    return [item["id"] for item in answer.json["items"]]


def test_the_list_tells_what_is_published_and_to_come_in_minor_units_and_utc(client):
    starts_at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    event = make_event(
        title="Nachtzug", starts_at=starts_at, ends_at=starts_at + timedelta(hours=3), booking_fee_minor=150
    )
    make_ticket_type(event, price_minor=2400)
    make_image(event)
    make_event(status=EventStatus.DRAFT)
    make_event(starts_at=clock.now() - timedelta(days=2), ends_at=clock.now() - timedelta(days=1), doors_open_at=None)

    answer = client.get("/api/events")

    (item,) = answer.json["items"]
    assert (item["id"], item["title"], item["url"]) == (event.slug, "Nachtzug", f"http://localhost/e/{event.slug}")
    assert item["startsAt"] == starts_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert item["cheapest"] == {"minor": 2550, "currency": "EUR"}
    assert item["picture"].startswith("http://localhost/media/")
    assert answer.json["next"] is None


def test_pages_follow_one_another_without_gap_or_double(client):
    house = make_organisation()
    made = [make_event(house).slug for _ in range(5)]
    found, path = [], "/api/events?limit=2&city=lindach"
    while path:
        answer = client.get(path)
        found += ids(answer)
        path = (answer.json["next"] or "").removeprefix("http://localhost")

    assert found == made
    assert "city=lindach" in client.get("/api/events?limit=2&city=lindach").json["next"]


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("q=nacht", True),
        ("q=morgen", False),
        ("city=LINDACH", True),
        ("city=Bern", False),
        ("month=2031-05", True),
        ("month=2031-06", False),
        ("organisation=depot", True),
        ("organisation=other", False),
        ("utm_source=letter", True),
    ],
)
def test_filters_narrow_the_list(client, query, is_found):
    day = datetime(2031, 5, 4, 18, tzinfo=UTC)
    house = make_organisation(slug="depot")
    make_event(house, title="Nachtzug", starts_at=day, ends_at=day + timedelta(hours=2), doors_open_at=None)

    assert bool(ids(client.get(f"/api/events?{query}"))) is is_found


def test_a_hidden_ticket_type_is_never_told(client):
    event = make_event()
    make_ticket_type(event, name="Shown", price_minor=3000)
    hidden = make_ticket_type(event, name="Friends", price_minor=100, is_hidden=True)
    for path in (f"/api/events/{event.slug}", f"/api/events/{event.slug}?unlock={hidden.public_id}", "/api/events"):
        caching.forget()
        answer = client.get(path)
        assert answer.status_code == 200
        assert hidden.public_id not in answer.text
        assert "Friends" not in answer.text
    assert client.get("/api/events").json["items"][0]["cheapest"]["minor"] == 3000


def test_one_event_tells_what_may_be_bought_now_and_how_many_only_when_few_are_left(client):
    event = make_event()
    make_ticket_type(event, name="Many", total_quantity=900, position=0)
    make_ticket_type(event, name="Few", total_quantity=10, sold_quantity=7, position=1)
    make_ticket_type(event, name="None", total_quantity=5, sold_quantity=5, position=2)

    many, few, none = [kind["availability"] for kind in client.get(f"/api/events/{event.slug}").json["ticketTypes"]]

    assert (many["standing"], many["remaining"], many["most"]) == ("available", None, 10)
    assert (few["standing"], few["remaining"], few["sentence"]) == ("few_left", 3, "3 left.")
    assert (none["standing"], none["remaining"], none["most"]) == ("sold_out", 0, 0)


def test_a_draft_looks_like_what_does_not_exist(client):
    draft = make_event(status=EventStatus.DRAFT)
    missing, hidden = client.get("/api/events/no-such-event"), client.get(f"/api/events/{draft.slug}")

    assert (missing.status_code, missing.json) == (404, hidden.json)


def test_public_answers_are_kept_and_asked_for_by_their_etag(client):
    event = make_event()
    for path in ("/api/events", f"/api/events/{event.slug}"):
        first = client.get(path)
        assert "public" in first.headers["Cache-Control"]
        assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_the_list_costs_two_statements_however_long_it_is(client, count_statements):
    house = make_organisation()
    for _ in range(8):
        make_ticket_type(make_event(house))
    with count_statements() as statements:
        assert len(client.get("/api/events").json["items"]) == 8
    assert len(statements) == 2
    with count_statements() as statements:
        client.get(f"/api/events/{make_event(house).slug}")
    assert len([each for each in statements if each.startswith("SELECT")]) <= 3
