import io

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from carneau.catalogue import images
from carneau.catalogue.models import Event
from carneau.core.db import db, transaction
from carneau.tickets import issuing, pdf, qr, queries
from tests.making import make_event, make_paid_purchase, make_ticket_type


def drawn(purchase):
    with transaction():
        issuing.issue(purchase)
    with transaction():
        tickets = queries.for_purchase(purchase)
        return tickets, pdf.draw(tickets, queries.posters(tickets))


def rendered(content, page=0):
    document = pypdfium2.PdfDocument(content)
    try:
        return document[page].render(scale=3).to_pil()
    finally:
        document.close()


def test_each_ticket_has_a_page_with_its_code(database):
    event = make_event()
    purchase = make_paid_purchase((make_ticket_type(event), 2), (make_ticket_type(event, name="Balcony"), 1))

    tickets, content = drawn(purchase)

    assert len(PdfReader(io.BytesIO(content)).pages) == 3
    for page, ticket in enumerate(tickets):
        assert zxingcpp.read_barcode(rendered(content, page)).text == qr.url(ticket)


def test_a_page_says_what_one_needs_at_the_door(database):
    event = make_event(title="Großes Konzert – “live”", venue_name="Théâtre")
    tickets, content = drawn(make_paid_purchase((make_ticket_type(event, name="Ränge €"), 1)))

    text = PdfReader(io.BytesIO(content)).pages[0].extract_text().replace("\n", " ")

    for fact in (
        "Großes Konzert – “live”",
        "Théâtre, Kanalgasse 4, 8000 Lindach",
        "Ränge €",
        "Ada Buyer",
        tickets[0].ref,
    ):
        assert fact in text
    assert tickets[0].ref in text
    assert len(content) < 30_000


@pytest.mark.parametrize(
    "name",
    ["Žofia Łukasiewicz", "Ελένη Παπαδοπούλου", "Юлія Шевченко", "שרה כהן", "فاطمة", "Nguyễn Thị Ánh"],
)
def test_a_name_in_another_script_is_written(database, name):
    _tickets, content = drawn(make_paid_purchase((make_ticket_type(name=name), 1), buyer_name=name))

    text = PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert name in text or name[::-1] in text


@pytest.mark.parametrize(
    "name", ["🎫🎫", "王小明", "\x01\x7f", "a\u0301\u200d", "\ufffe", "𝔄𝔅", "x" * 500, "W " * 300, "​"]
)
def test_a_name_no_font_can_write_is_no_error(database, name):
    event = make_event(title=name)
    _tickets, content = drawn(make_paid_purchase((make_ticket_type(event, name=name), 1), buyer_name=name))

    assert zxingcpp.read_barcode(rendered(content)) is not None


def test_a_long_title_stays_on_its_ticket(database):
    event = make_event(title="The extraordinarily long and winding title of an evening " * 4, venue_name="Hall " * 40)
    _tickets, content = drawn(make_paid_purchase((make_ticket_type(event, name="Unverrückbarste " * 20), 1)))

    picture = rendered(content).convert("L")
    below_the_ticket = picture.crop((0, int(108.5 * 72 / 25.4 * 3), picture.width, int(117 * 72 / 25.4 * 3)))
    assert below_the_ticket.getextrema() == (255, 255)


def test_the_poster_is_printed_and_a_lost_file_is_no_error(database, settings):
    event = make_event()
    poster = io.BytesIO()
    Image.new("RGB", (640, 900), "#c33").save(poster, "PNG")
    with transaction():
        image = images.store(db.session.get_one(Event, event.id), poster.getvalue(), "Red")
        key = image.key
    purchase = make_paid_purchase((make_ticket_type(event), 1))

    _tickets, content = drawn(purchase)
    assert len(PdfReader(io.BytesIO(content)).pages[0].images) == 1

    images.storage.path_of(f"{key}-640.jpg").unlink()
    _tickets, content = drawn(purchase)
    assert len(PdfReader(io.BytesIO(content)).pages[0].images) == 0
