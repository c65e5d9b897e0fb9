import json
import re
from datetime import UTC, datetime, timedelta

import icalendar
import pytest

from carneau.catalogue import images
from carneau.catalogue.models import Event, EventStatus
from carneau.core import clock
from carneau.core.db import db, transaction
from carneau.inventory import holds
from tests.catalogue.test_images import picture
from tests.making import make_cart, make_event, make_organisation, make_ticket_type

NASTY = "</script><script>alert(1)</script>\"'&<b>"
LONG = "Donaudampfschifffahrtsgesellschaft" * 6


def structured(answer):
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', answer.text, re.S)
    return json.loads(found[1])


def with_picture(event):
    with transaction():
        return images.store(db.session.get_one(Event, event.id), picture((1300, 1500)), "A red square").key


class TestEventPage:
    def test_says_what_when_where_whose_and_for_how_much(self, client):
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

    def test_is_one_plain_form_with_a_number_for_each_type_that_can_be_bought(self, client):
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

    def test_a_draft_and_an_unknown_event_are_not_found_alike(self, client):
        make_event(slug="draft", status=EventStatus.DRAFT, title="Secret")
        answers = [
            client.get(f"/e/{slug}{rest}") for slug in ("draft", "nobody") for rest in ("", "/availability", ".ics")
        ]

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
    def test_an_event_that_sells_no_more_says_so_and_shows_the_way_on(self, client, values, words):
        event = make_event(**values)
        make_ticket_type(event)

        page = client.get(f"/e/{event.slug}").text
        assert words in page
        assert 'type="submit"' not in page
        assert "See what else is on" in page

    def test_a_name_of_two_hundred_letters_and_no_types_break_nothing(self, client):
        event = make_event(title=LONG[:200], venue_name=LONG[:200], city=LONG[:100])

        answer = client.get(f"/e/{event.slug}")
        assert answer.status_code == client.get("/").status_code == 200
        assert "no tickets to choose yet" in answer.text

    def test_what_organisers_write_cannot_leave_its_place(self, client):
        event = make_event(
            make_organisation(name=NASTY, imprint=NASTY), title=NASTY, summary=NASTY, venue_name=NASTY, category=NASTY
        )
        make_ticket_type(event, name=NASTY, description=NASTY)

        for path in (f"/e/{event.slug}", f"/e/{event.slug}/availability", "/", f"/?q={NASTY}"):
            page = client.get(path).text
            assert "<script>alert" not in page
            assert "<b>" not in page
        assert structured(client.get(f"/e/{event.slug}"))["name"] == NASTY

    def test_tells_machines_the_same(self, client):
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

    def test_offers_its_picture_in_every_width_with_words_and_size(self, client):
        event = make_event()
        key = with_picture(event)

        page = client.get(f"/e/{event.slug}").text
        for width in (320, 640, 960, 1280):
            assert f"/media/{key}-{width}.webp {width}w" in page
            assert f"/media/{key}-{width}.jpg {width}w" in page
        assert re.search(r'width="1280" height="1477" alt="A red square"', page)
        assert client.get(f"/media/{key}-1280.webp").status_code == 200

    def test_shows_the_other_dates_of_the_run(self, client):
        house = make_organisation()
        this = make_event(house, title="The Run")
        starts_at = this.starts_at + timedelta(days=1)
        other = make_event(house, title="The Run", starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))

        assert f'href="/e/{other.slug}"' in client.get(f"/e/{this.slug}").text
        assert "Also on" not in client.get(f"/e/{make_event().slug}").text

    def test_asks_three_times_however_much_there_is_and_not_at_all_from_memory(self, client, count_statements):
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


class TestAvailability:
    def test_is_a_part_for_htmx_and_a_page_for_everyone_else(self, client):
        event = make_event()
        make_ticket_type(event, total_quantity=3)

        whole = client.get(f"/e/{event.slug}/availability")
        part = client.get(f"/e/{event.slug}/availability", headers={"HX-Request-Type": "partial"})
        full = client.get(f"/e/{event.slug}/availability", headers={"HX-Request-Type": "full"})

        assert "3 left." in whole.text
        assert "<html" in whole.text
        assert full.text == whole.text
        assert part.text.strip().startswith('<div id="availability"')
        assert "<html" not in part.text
        assert part.text.strip() in whole.text
        for answer in (whole, part):
            assert {"HX-Request", "HX-Request-Type", "Accept-Encoding"} <= set(answer.vary)
            assert answer.headers["Cache-Control"].startswith("public, max-age=1, s-maxage=1,")

    def test_the_part_is_what_the_page_shows(self, client):
        event = make_event()
        make_ticket_type(event)

        part = client.get(f"/e/{event.slug}/availability", headers={"HX-Request-Type": "partial"})
        assert part.text.strip() in client.get(f"/e/{event.slug}").text

    def test_says_who_holds_them_and_until_when(self, client):
        event = make_event(time_zone="UTC")
        kind = make_ticket_type(event, total_quantity=6)
        cart = make_cart(event.organisation_id)
        back_by = hold(kind, cart, 4)

        page = client.get(f"/e/{event.slug}/availability").text
        assert f"2 left. 4 more are in other carts and may come back by {back_by:%H:%M}." in page

    def test_asks_twice(self, client, count_statements):
        event = make_event()
        for _ in range(8):
            make_ticket_type(event)

        with count_statements() as statements:
            client.get(f"/e/{event.slug}/availability", headers={"HX-Request-Type": "partial"})
        assert len(statements) == 2


def hold(kind, cart, quantity):
    with transaction():
        return holds.take(cart.id, kind.organisation_id, kind.id, quantity, minutes=15)


class TestListing:
    def test_shows_posters_with_their_strips_and_links(self, client):
        event = make_event(title="Undertow")
        key = with_picture(event)
        make_ticket_type(event, total_quantity=8)

        page = client.get("/").text
        assert f'<a href="/e/{event.slug}">Undertow</a>' in page
        assert f"/media/{key}-640.webp 640w" in page
        assert "8 left" in page
        assert "from €24.00" in page

    def test_an_empty_wall_shows_the_next_step(self, client):
        assert "Nothing is on sale at the moment." in client.get("/").text
        make_event()

        nothing = client.get("/?q=zzz").text
        assert "matches “zzz”" in nothing
        assert "See all that is on" in nothing
        assert "Nothing is on there and then." in client.get("/?month=2099-12").text

    def test_a_page_beyond_the_end_leads_back(self, client):
        make_event()

        answer = client.get("/?after=9999999999999999.z&city=Lindach")
        assert answer.status_code == 200
        assert 'href="/?city=Lindach"' in answer.text

    def test_pages_keep_the_wish(self, client):
        for number in range(30):
            make_event(slug=f"show-{number:02}", city="Lindach" if number % 10 else "Orvelle")
        page = client.get("/?city=Lindach&q=concert").text
        later = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")

        assert "city=Lindach" in later
        assert "q=concert" in later
        second = client.get(later)
        assert 'rel="prev"' in second.text
        assert 'rel="next"' not in second.text
        assert len(set(re.findall(r'href="/e/([\w-]+)"', page + second.text))) == 27

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ("month=2026-13", 422),
            ("month=0001-01", 422),
            ("month=9999-12", 422),
            ("after=1", 422),
            ("after=" + "9" * 18 + ".a", 422),
            ("before=x", 422),
            ("q=%00", 400),
            ("city=a%00b", 400),
            ("q=" + "x" * 10_000, 200),
            ("q=%ff%fe", 200),
            ("q=%ed%a0%80", 200),
            ("q=a&q=b", 200),
            ("q[]=a", 200),
            ("&" * 500, 200),
            ("page=1000000000000000000", 200),
            ("after=0.a", 200),
        ],
    )
    def test_odd_parameters_get_a_clear_answer(self, client, query, status):
        answer = client.get("/?" + query)

        assert answer.status_code == status
        assert answer.mimetype == "text/html"
        if status == 422:
            assert "Please" in answer.text


class TestForMachines:
    def test_the_calendar_file_has_one_entry_that_stays_the_same(self, client):
        event = make_event(title="A, b; c", summary="Line\nbreak", starts_at=datetime(2031, 7, 4, 18, tzinfo=UTC),
                           ends_at=datetime(2031, 7, 4, 21, tzinfo=UTC), doors_open_at=None)  # fmt: skip

        answer = client.get(f"/e/{event.slug}.ics")
        assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
        assert f'filename="{event.slug}.ics"' in answer.headers["Content-Disposition"]
        (entry,) = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
        assert (str(entry["summary"]), str(entry["uid"])) == ("A, b; c", f"{event.slug}@localhost")
        assert (entry.decoded("dtstart"), entry.decoded("dtend")) == (event.starts_at, event.ends_at)
        assert f"http://localhost/e/{event.slug}" in entry["description"]

        client.application.extensions["kept_pages"].forget()
        assert client.get(f"/e/{event.slug}.ics").data == answer.data

    def test_a_cancelled_event_is_cancelled_in_the_calendar_too(self, client):
        event = make_event(status=EventStatus.CANCELLED)

        (entry,) = icalendar.Calendar.from_ical(client.get(f"/e/{event.slug}.ics").data).walk("VEVENT")
        assert entry["status"] == "CANCELLED"

    def test_the_sitemap_names_what_is_coming(self, client):
        event = make_event()
        make_event(slug="draft", status=EventStatus.DRAFT)

        answer = client.get("/sitemap.xml")
        assert answer.mimetype == "application/xml"
        assert f"<loc>http://localhost/e/{event.slug}</loc>" in answer.text
        assert "draft" not in answer.text

    def test_robots_are_kept_out_of_what_is_private(self, client):
        lines = client.get("/robots.txt").text.splitlines()

        assert "Sitemap: http://localhost/sitemap.xml" in lines
        assert {"Disallow: /cart", "Disallow: /purchases/", "Disallow: /checkout"} <= set(lines)


@pytest.mark.parametrize("path", ["/", "/e/undertow", "/e/undertow/availability", "/e/undertow.ics", "/sitemap.xml"])
def test_public_pages_are_the_same_for_everyone(client, path):
    make_ticket_type(make_event(slug="undertow"))

    first = client.get(path)
    client.set_cookie("cart", "somebody")
    client.set_cookie("session", "forged")
    client.application.extensions["kept_pages"].forget()
    second = client.get(path, headers={"Accept-Language": "de", "User-Agent": "other"})

    assert first.data == second.data
    for answer in (first, second):
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.vary
        assert answer.headers["Cache-Control"].startswith("public")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    known = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")
    assert client.head(path).headers["ETag"] == first.headers["ETag"]
