import io

import pytest
import sqlalchemy as sa
import zxingcpp
from PIL import Image

from carneau.core.db import db, transaction
from carneau.purchases import links
from carneau.tickets import issuing, qr, queries
from carneau.tickets.models import Ticket
from tests.making import make_paid_purchase, make_ticket_type


@pytest.fixture
def purchase(database):
    purchase = make_paid_purchase((make_ticket_type(name="Row 3, seat 14"), 2), buyer_name="Žofia <b>")
    with transaction():
        issuing.issue(purchase)
    return purchase


@pytest.fixture
def codes(purchase):
    with transaction():
        return [qr.code(ticket) for ticket in queries.for_purchase(purchase)]


def change(code, **values):
    with transaction():
        db.session.execute(sa.update(Ticket).where(Ticket.id == qr.read(code)[1]).values(**values))


@pytest.mark.parametrize("address", ["/tickets/{}", "/T/{}", "/t/{}"])
@pytest.mark.parametrize("spelling", [str.upper, str.lower])
def test_the_code_opens_the_ticket(client, codes, address, spelling):
    answer = client.get(address.format(spelling(codes[0])))

    assert answer.status_code == 200
    for fact in ("Row 3, seat 14", "Žofia &lt;b&gt;", "Old Depot, Kanalgasse 4, 8000 Lindach", "<svg", "CET"):
        assert fact in answer.text


@pytest.mark.parametrize("ending", ["", ".svg", ".png", ".pdf", ".ics"])
def test_a_ticket_is_kept_by_no_cache_and_told_to_nobody(client, codes, ending):
    answer = client.get(f"/tickets/{codes[0]}{ending}")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "Set-Cookie" not in answer.headers


def test_the_files_are_what_they_are_called(client, codes):
    files = {ending: client.get(f"/tickets/{codes[0]}.{ending}") for ending in ("svg", "png", "pdf", "ics")}

    assert files["svg"].mimetype == "image/svg+xml"
    assert zxingcpp.read_barcode(Image.open(io.BytesIO(files["png"].data))).text.endswith(codes[0])
    assert files["pdf"].data.startswith(b"%PDF")
    assert files["ics"].data.startswith(b"BEGIN:VCALENDAR")


def test_a_ticket_page_asks_the_database_once(client, codes, count_statements):
    with count_statements() as seen:
        client.get(f"/tickets/{codes[0]}")

    assert len(seen) == 1


def test_a_friend_with_one_ticket_sees_no_other(client, purchase, codes):
    assert codes[1] not in client.get(f"/tickets/{codes[0]}").text
    assert codes[1] not in client.get(f"/tickets/{codes[0]}?key=x").text
    assert codes[1] in client.get(f"/tickets/{codes[0]}?key={links.key(purchase.ref)}").text


def test_a_void_ticket_says_so_and_shows_no_code(client, codes):
    with transaction():
        issuing.void(db.session.scalars(sa.select(Ticket)).all())

    page = client.get(f"/tickets/{codes[0]}")

    assert page.status_code == 200
    assert "This ticket is void." in page.text
    assert "<svg" not in page.text.split("<main")[1]
    assert "Žofia" not in page.text
    for ending in ("svg", "png", "pdf", "ics"):
        answer = client.get(f"/tickets/{codes[0]}.{ending}")
        assert answer.status_code == 409
        assert "lets nobody in" in answer.text


def test_a_used_ticket_says_when(client, codes):
    change(codes[0], status="redeemed", redeemed_at=sa.func.now())

    page = client.get(f"/tickets/{codes[0]}")

    assert "This ticket was used." in page.text
    assert "Was it not you?" in page.text
    for wrong in ("<svg", "Show the code", "Admits one", ".pdf"):
        assert wrong not in page.text.split("<main")[1]


@pytest.mark.parametrize(("left_at", "words"), [(None, "show it again to come back in"), ("now", "You went out at")])
def test_who_may_come_back_in_still_has_the_code(client, codes, left_at, words):
    change(codes[0], status="redeemed", redeemed_at=sa.func.now(), left_at=sa.func.now() if left_at else None)
    with transaction():
        db.session.execute(sa.text("UPDATE events SET allows_reentry = true"))

    page = client.get(f"/tickets/{codes[0]}").text.split("<main")[1]

    assert words in page
    assert "<svg" in page


def test_a_void_ticket_says_whom_to_ask_and_when_the_event_is_cancelled(client, codes):
    with transaction():
        issuing.void(db.session.scalars(sa.select(Ticket)).all())
        db.session.execute(sa.text("UPDATE events SET status = 'cancelled'"))

    page = client.get(f"/tickets/{codes[0]}").text

    assert "The event is cancelled" in page
    assert "mailto:box@house.example" in page
    assert "Admits one" not in page


@pytest.mark.parametrize("ending", ["", ".svg", ".png", ".pdf", ".ics"])
def test_an_older_code_says_that_it_was_replaced(client, codes, ending):
    change(codes[0], revision=2)

    answer = client.get(f"/tickets/{codes[0]}{ending}")

    assert answer.status_code == 404
    assert "passed on" in answer.text
    assert "Žofia" not in answer.text


@pytest.mark.parametrize(
    "code", ["x", "A" * 122, "A" * 10_000, "🎫", "%00", "%ff", "..%2f", "A" * 122 + ".svg.png", "ı" * 122]
)
@pytest.mark.parametrize("ending", ["", ".png", ".exe"])
def test_what_is_no_code_gets_a_clear_no(client, code, ending):
    answer = client.get(f"/tickets/{code}{ending}")

    assert answer.status_code in (400, 404)


def test_every_ticket_of_a_purchase_is_in_one_pdf_for_who_has_the_link(client, purchase):
    assert client.get(f"/purchases/{purchase.ref}/tickets.pdf").status_code == 404
    assert client.get(f"/purchases/{purchase.ref}/tickets.pdf?key=A").status_code == 404

    answer = client.get(f"/purchases/{purchase.ref}/tickets.pdf?key={links.key(purchase.ref)}")

    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'inline; filename="tickets-{purchase.ref}.pdf"'


def test_tickets_that_are_not_there_yet_are_not_called_void(client, database):
    purchase = make_paid_purchase()

    answer = client.get(f"/purchases/{purchase.ref}/tickets.pdf?key={links.key(purchase.ref)}")

    assert answer.status_code == 404
    assert "not paid yet" in answer.text
