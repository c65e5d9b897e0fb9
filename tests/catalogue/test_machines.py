"""What calendars and search engines read."""

from datetime import UTC, datetime

import icalendar

from carneau.catalogue.models import EventStatus
from tests.making import make_event


def test_the_calendar_file_has_one_entry_that_stays_the_same(client):
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


def test_a_cancelled_event_is_cancelled_in_the_calendar_too(client):
    event = make_event(status=EventStatus.CANCELLED)

    (entry,) = icalendar.Calendar.from_ical(client.get(f"/e/{event.slug}.ics").data).walk("VEVENT")
    assert entry["status"] == "CANCELLED"


def test_the_sitemap_names_what_is_coming(client):
    event = make_event()
    make_event(slug="draft", status=EventStatus.DRAFT)

    answer = client.get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    assert f"<loc>http://localhost/e/{event.slug}</loc>" in answer.text
    assert "draft" not in answer.text


def test_robots_are_kept_out_of_what_is_private(client):
    lines = client.get("/robots.txt").text.splitlines()

    assert "Sitemap: http://localhost/sitemap.xml" in lines
    assert {"Disallow: /cart", "Disallow: /purchases/", "Disallow: /checkout"} <= set(lines)
