import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from carneau.catalogue import images
from carneau.catalogue.models import Event, EventStatus
from carneau.core import clock
from carneau.core.db import db, transaction
from tests.catalogue.test_images import picture
from tests.making import make_event, make_organisation, make_ticket_type

NASTY = "</script><script>alert(1)</script>\"'&<b>"
LONG = "Donaudampfschifffahrtsgesellschaft" * 6


def structured(answer):
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', answer.text, re.S)
    return json.loads(found[1])


def with_picture(event):
    with transaction():
        return images.store(db.session.get_one(Event, event.id), picture((1300, 1500)), "A red square").key


def test_says_what_when_where_whose_and_for_how_much(client):
    event = make_event(
        make_organisation(name="Les Rives", imprint="Quai 2, Orvelle"),
        title="Undertow",
        summary="Slow house",
        description_html="<p>Bring <strong>earplugs</strong>.</p>",
        starts_at=datetime(2031, 7, 4, 18, tzinfo=UTC),
        doors_open_at=datetime(2031, 7, 4, 17, tzinfo=UTC),
        ends_at=datetime(2031, 7, 4, 21, 30, tzinfo=UTC),
        booking_fee_minor=150,
    )
    make_ticket_type(event, name="Standing", price_minor=2400)
    make_ticket_type(event, name="Children", price_minor=0, position=1)

    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", client.get(f"/e/{event.slug}").text))
    for words in (
        "Undertow", "Slow house", "Bring earplugs.", "Friday, 4 July 2031", "20:00", "23:30", "CEST", "19:00",
        "Old Depot", "Kanalgasse 4", "8000 Lindach", "Switzerland", "Les Rives", "Quai 2, Orvelle", "Standing",
        "€24.00", "+ €1.50 booking fee", "Children", "Free", "Available.",
    ):  # fmt: skip
        assert words in page


def test_is_one_plain_form_with_a_number_for_each_type_that_can_be_bought(client):
    event = make_event()
    some = make_ticket_type(event, max_per_order=4)
    pairs = make_ticket_type(event, min_per_order=2, max_per_order=3)
    many = make_ticket_type(event, max_per_order=50)
    gone = make_ticket_type(event, total_quantity=5, sold_quantity=5)

    page = client.get(f"/e/{event.slug}").text
    assert page.count("<form") == page.count('action="/cart/lines"') == page.count('type="submit"') == 1
    assert re.findall(r'name="quantity-(\w+)"', page) == [some.public_id, pairs.public_id, many.public_id]
    numbers = page[page.index(pairs.public_id) : page.index(many.public_id)]
    assert re.findall(r"<option>(\d+)</option>", numbers) == ["0", "2", "3"]
    assert 'max="50"' in page
    assert gone.public_id in page


def test_a_draft_and_an_unknown_event_are_not_found_alike(client):
    make_event(slug="draft", status=EventStatus.DRAFT, title="Secret")
    answers = [client.get(f"/e/{slug}{rest}") for slug in ("draft", "nobody") for rest in ("", "/availability", ".ics")]

    assert {answer.status_code for answer in answers} == {404}
    assert not any("Secret" in answer.text for answer in answers)
    assert {answer.headers["Cache-Control"] for answer in answers} == {"private, no-store"}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"status": EventStatus.CANCELLED}, "This event is cancelled."),
        (
            {
                "starts_at": datetime(2025, 1, 1, tzinfo=UTC),
                "ends_at": datetime(2025, 1, 2, tzinfo=UTC),
                "doors_open_at": None,
            },
            "This event is over.",
        ),
    ],
)
def test_an_event_that_sells_no_more_says_so_and_shows_the_way_on(client, values, words):
    event = make_event(**values)
    make_ticket_type(event)

    page = client.get(f"/e/{event.slug}").text
    assert words in page
    assert 'type="submit"' not in page
    assert "See what else is on" in page


def test_a_name_of_two_hundred_letters_and_no_types_break_nothing(client):
    event = make_event(title=LONG[:200], venue_name=LONG[:200], city=LONG[:100])

    answer = client.get(f"/e/{event.slug}")
    assert answer.status_code == client.get("/").status_code == 200
    assert "no tickets to choose yet" in answer.text


def test_what_organisers_write_cannot_leave_its_place(client):
    event = make_event(
        make_organisation(name=NASTY, imprint=NASTY), title=NASTY, summary=NASTY, venue_name=NASTY, category=NASTY
    )
    make_ticket_type(event, name=NASTY, description=NASTY)

    for path in (f"/e/{event.slug}", f"/e/{event.slug}/availability", "/", f"/?q={NASTY}"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "<b>" not in page
    assert structured(client.get(f"/e/{event.slug}"))["name"] == NASTY


def test_tells_machines_the_same(client):
    event = make_event(title="Undertow", booking_fee_minor=150)
    key = with_picture(event)
    make_ticket_type(event, name="Standing")
    make_ticket_type(event, name="Gone", total_quantity=1, sold_quantity=1, price_minor=0)
    make_ticket_type(event, name="Later", on_sale_from=clock.now() + timedelta(days=1))

    answer = client.get(f"/e/{event.slug}")
    facts = structured(answer)
    assert (facts["@type"], facts["name"], facts["url"]) == (
        "Event",
        "Undertow",
        f"http://localhost/e/{event.slug}",
    )
    assert datetime.fromisoformat(facts["startDate"]) == event.starts_at
    assert facts["location"]["address"]["addressLocality"] == "Lindach"
    offers = [(o["name"], o["price"], o["availability"].rsplit("/")[-1]) for o in facts["offers"]]
    assert offers == [("Standing", "25.50", "InStock"), ("Gone", "0.00", "SoldOut"), ("Later", "25.50", "PreSale")]
    assert facts["image"][0] == f"http://localhost/media/{key}-1280.jpg"
    assert f'<link rel="canonical" href="http://localhost/e/{event.slug}">' in answer.text
    assert f'<meta property="og:image" content="http://localhost/media/{key}-1280.jpg">' in answer.text


def test_offers_its_picture_in_every_width_with_words_and_size(client):
    event = make_event()
    key = with_picture(event)

    page = client.get(f"/e/{event.slug}").text
    for width in (320, 640, 960, 1280):
        assert f"/media/{key}-{width}.webp {width}w" in page
        assert f"/media/{key}-{width}.jpg {width}w" in page
    assert re.search(r'width="1280" height="1477" alt="A red square"', page)
    assert client.get(f"/media/{key}-1280.webp").status_code == 200


def test_shows_the_other_dates_of_the_run(client):
    house = make_organisation()
    this = make_event(house, title="The Run")
    starts_at = this.starts_at + timedelta(days=1)
    other = make_event(house, title="The Run", starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))

    assert f'href="/e/{other.slug}"' in client.get(f"/e/{this.slug}").text
    assert "Also on" not in client.get(f"/e/{make_event().slug}").text


def test_asks_three_times_however_much_there_is_and_not_at_all_from_memory(client, count_statements):
    house = make_organisation()
    event = make_event(house, title="The Run")
    with_picture(event)
    for _ in range(12):
        make_ticket_type(event)
        make_event(house, title="The Run")

    with count_statements() as statements:
        assert client.get(f"/e/{event.slug}").status_code == 200
    assert len(statements) == 3
    with count_statements() as statements:
        assert client.get(f"/e/{event.slug}?utm_source=mail").status_code == 200
    assert statements == []
