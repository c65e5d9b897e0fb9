"""The part of an event page that is asked for anew while somebody looks at it."""

from carneau.core.db import transaction
from carneau.inventory import holds
from tests.making import make_cart, make_event, make_ticket_type


def test_is_a_part_for_htmx_and_a_page_for_everyone_else(client):
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


def test_the_part_is_what_the_page_shows(client):
    event = make_event()
    make_ticket_type(event)

    part = client.get(f"/e/{event.slug}/availability", headers={"HX-Request-Type": "partial"})
    assert part.text.strip() in client.get(f"/e/{event.slug}").text


def test_says_who_holds_them_and_until_when(client):
    event = make_event(time_zone="UTC")
    kind = make_ticket_type(event, total_quantity=6)
    cart = make_cart(event.organisation_id)
    back_by = hold(kind, cart, 4)

    page = client.get(f"/e/{event.slug}/availability").text
    assert f"2 left. 4 more are in other carts and may come back by {back_by:%H:%M}." in page


def test_asks_twice(client, count_statements):
    event = make_event()
    for _ in range(8):
        make_ticket_type(event)

    with count_statements() as statements:
        client.get(f"/e/{event.slug}/availability", headers={"HX-Request-Type": "partial"})
    assert len(statements) == 2


def hold(kind, cart, quantity):
    with transaction():
        return holds.take(cart.id, kind.organisation_id, kind.id, quantity, minutes=15)
