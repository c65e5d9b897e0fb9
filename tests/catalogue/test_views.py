import re

import pytest

from tests.catalogue.test_event_page import with_picture
from tests.making import make_event, make_ticket_type


def test_shows_posters_with_their_strips_and_links(client):
    event = make_event(title="Undertow")
    key = with_picture(event)
    make_ticket_type(event, total_quantity=8)

    page = client.get("/").text
    assert f'<a href="/e/{event.slug}">Undertow</a>' in page
    assert f"/media/{key}-640.webp 640w" in page
    assert "8 left" in page
    assert "from €24.00" in page


def test_an_empty_wall_shows_the_next_step(client):
    assert "Nothing is on sale at the moment." in client.get("/").text
    make_event()

    nothing = client.get("/?q=zzz").text
    assert "matches “zzz”" in nothing
    assert "See all that is on" in nothing
    assert "Nothing is on there and then." in client.get("/?month=2099-12").text


def test_a_page_beyond_the_end_leads_back(client):
    make_event()

    answer = client.get("/?after=9999999999999999.z&city=Lindach")
    assert answer.status_code == 200
    assert 'href="/?city=Lindach"' in answer.text


def test_pages_keep_the_wish(client):
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
def test_odd_parameters_get_a_clear_answer(client, query, status):
    answer = client.get("/?" + query)

    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    if status == 422:
        assert "Please" in answer.text


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
