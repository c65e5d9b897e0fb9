import io
import re

import pytest
import sqlalchemy as sa
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from carneau.core import outbox
from carneau.core.db import db, transaction
from carneau.email import posting, queries
from carneau.email.models import Mail
from carneau.fulfilment import fulfil, jobs, sweeps
from carneau.purchases import links
from carneau.tickets import issuing, qr
from carneau.tickets import queries as tickets
from tests.mailing import catching
from tests.making import make_event, make_organisation, make_paid_purchase, make_ticket_type


@pytest.fixture
def purchase(database):
    house = make_organisation(name="Théâtre Łódź", email="box@theatre.example")
    kind = make_ticket_type(make_event(house, title="Großer Abend"), name="Rang")
    purchase = make_paid_purchase((kind, 2), buyer_name="Žofia <i>")
    with transaction():
        fulfil.fulfil(purchase)
    return purchase


def make_due():
    """As if the time of waiting were over."""
    with transaction():
        db.session.execute(sa.text("UPDATE outbox SET run_at = now() - interval '1 s', leased_until = NULL"))


def mail():
    with transaction():
        letter = db.session.scalars(sa.select(Mail).execution_options(populate_existing=True)).one()
        db.session.expunge(letter)
        return letter


def test_one_confirmation_goes_to_the_buyer(catcher, purchase, invariants_hold):
    assert outbox.drain() == 1
    with transaction():
        fulfil.fulfil(purchase)
    outbox.drain()

    (letter,) = catcher.letters
    assert catcher.recipients == [purchase.email]
    assert letter["Subject"] == "Your tickets for Großer Abend"
    assert letter["From"] == "Théâtre Łódź <tickets@carneau.example>"
    assert letter["Reply-To"] == "box@theatre.example"
    assert letter["Message-ID"] == mail().message_id
    assert mail().sent_at is not None
    invariants_hold()


def test_text_and_html_say_what_one_needs(catcher, purchase):
    outbox.drain()

    (letter,) = catcher.letters
    text = letter.get_body(("plain",)).get_content()
    html = letter.get_body(("html",)).get_content()
    with transaction():
        codes = [qr.code(ticket) for ticket in tickets.for_purchase(purchase)]
    for part in (text, html):
        assert links.url(purchase) in part
        assert all(f"http://localhost/tickets/{code}" in part for code in codes)
        for fact in ("Großer Abend", "Rang", "€48.00", "Old Depot, Kanalgasse 4, 8000 Lindach", purchase.ref):
            assert fact in part
    assert "Hello Žofia <i>," in text
    assert "Žofia &lt;i&gt;" in html
    assert "<script" not in html


def test_the_qr_of_each_ticket_is_in_the_mail_and_in_its_pdf(catcher, purchase):
    outbox.drain()

    (letter,) = catcher.letters
    html = letter.get_body(("html",)).get_content()
    pictures = {part["Content-ID"].strip("<>"): part for part in letter.walk() if part["Content-ID"]}
    with transaction():
        codes = [qr.url(ticket) for ticket in tickets.for_purchase(purchase)]
    shown = [pictures[cid].get_content() for cid in re.findall('src="cid:([^"]+)"', html)]
    assert [zxingcpp.read_barcode(Image.open(io.BytesIO(picture)).convert("L")).text for picture in shown] == codes
    kinds = {part.get_content_type(): part for part in letter.iter_attachments()}
    assert len(PdfReader(io.BytesIO(kinds["application/pdf"].get_content())).pages) == 2
    assert kinds["text/calendar"].get_filename() == f"event-{purchase.ref}.ics"


def test_the_signed_link_of_the_mail_is_the_key_of_the_purchase(catcher, purchase):
    outbox.drain()

    key = re.search(rf"/purchases/{purchase.ref}\?key=(\S+)", catcher.letters[0].get_body(("plain",)).get_content())
    assert links.is_valid(purchase.ref, key[1])


def test_a_server_that_was_down_gets_the_same_mail_later(app, database, purchase):
    assert outbox.drain() == 0
    assert mail().last_error
    assert [letter.id for letter in queries.failed()] == [mail().id]
    first = mail().message_id

    make_due()
    with catching(app) as catcher:
        assert outbox.drain() == 1

    assert [letter["Message-ID"] for letter in catcher.letters] == [first]
    assert mail().attempts == 2
    assert mail().last_error is None
    assert queries.failed() == []


def test_a_passing_refusal_is_tried_again(catcher, purchase):
    catcher.refusals.append(("DATA", "451 later"))
    outbox.drain()
    assert catcher.letters == []

    make_due()
    outbox.drain()

    assert len(catcher.letters) == 1


def test_a_recipient_that_does_not_exist_is_given_up_and_listed(catcher, purchase):
    catcher.refusals += [("RCPT", "550 unknown")] * 10
    for _ in range(10):
        outbox.drain()
        make_due()

    assert mail().attempts == posting.TRIES_WHEN_REFUSED
    assert mail().gave_up_at is not None
    assert "550" in mail().last_error
    assert purchase.email not in mail().last_error
    with transaction():
        assert len(queries.failed()) == 1


def test_forty_tries_span_more_than_a_day():
    shortest = sum(min(3600, 5 * 2 ** min(n, 12)) * 0.9 for n in range(posting.TRIES - 1))

    assert shortest > 24 * 3600


def test_what_was_given_up_is_sent_when_someone_asks(app, catcher, purchase):
    catcher.refusals += [("RCPT", "550 unknown")] * posting.TRIES_WHEN_REFUSED
    for _ in range(posting.TRIES_WHEN_REFUSED):
        outbox.drain()
        make_due()
    runner = app.test_cli_runner()
    number = str(mail().id)

    listed = runner.invoke(args=["mail", "failed"]).output
    assert number in listed
    assert "given up" in listed
    assert purchase.email not in listed
    assert runner.invoke(args=["mail", "resend", number]).exit_code == 0
    assert runner.invoke(args=["mail", "resend", "--all-failed"]).output == "1 to be sent again\n"
    outbox.drain()

    assert len(catcher.letters) == 1
    assert mail().sent_at is not None
    assert runner.invoke(args=["mail", "resend", number]).exit_code == 1
    assert runner.invoke(args=["mail", "resend"]).exit_code == 2


def test_a_mail_on_its_way_again_is_hurried_not_doubled(app, catcher, purchase):
    catcher.refusals.append(("DATA", "451 later"))
    outbox.drain()

    with transaction():
        assert fulfil.send_again(mail().id)
    outbox.drain()

    assert len(catcher.letters) == 1
    with transaction():
        assert db.session.scalar(sa.text("SELECT count(*) FROM outbox")) == 1


@pytest.mark.parametrize("kind", ["refunded_late", "refunded_cancelled", "payment_failed", "refunded"])
def test_the_other_mails_say_what_happened_to_the_money(catcher, database, kind):
    purchase = make_paid_purchase(buyer_name="Ada", paid_at=None)
    with transaction():
        fulfil.notify(purchase, kind)
        fulfil.notify(purchase, kind)
    outbox.drain()

    (letter,) = catcher.letters
    for part in ("plain", "html"):
        content = letter.get_body((part,)).get_content()
        assert "Hello Ada," in content
        assert purchase.ref in content
    assert list(letter.iter_attachments()) == []


def test_who_paid_twice_keeps_the_tickets_and_hears_so(catcher, purchase):
    with transaction():
        fulfil.notify(purchase, "refunded_late", "refund:1")
    outbox.drain()

    twice = next(letter for letter in catcher.letters if "twice" in letter["Subject"])
    assert "Your tickets are valid" in twice.get_body(("plain",)).get_content()


def test_each_refund_has_its_own_mail(catcher, database):
    purchase = make_paid_purchase()
    for occasion in ("refund:1", "refund:2", "refund:1"):
        with transaction():
            fulfil.notify(purchase, "refunded", occasion)
    outbox.drain()

    assert len({letter["Message-ID"] for letter in catcher.letters}) == len(catcher.letters) == 2


def test_a_ticket_that_was_voided_before_is_not_sent(catcher, purchase):
    with transaction():
        issuing.void(tickets.for_purchase(purchase)[:1])
    outbox.drain()

    (letter,) = catcher.letters
    assert letter.get_body(("html",)).get_content().count("cid:") == 1


def test_a_name_with_a_line_break_ends_no_header(catcher, database):
    house = make_organisation(name="House\r\nBcc: eve@evil.example")
    purchase = make_paid_purchase((make_ticket_type(make_event(house)), 1), buyer_name="Ada\r\nBcc: eve@evil.example")
    with transaction():
        fulfil.fulfil(purchase)
    outbox.drain()

    assert catcher.letters == []
    assert "broken" in mail().last_error


def test_what_settling_left_undone_is_completed(catcher, database, invariants_hold):
    with_nothing, fresh = make_paid_purchase(), make_paid_purchase()
    without_mail, whole = make_paid_purchase(), make_paid_purchase()
    with transaction():
        issuing.issue(without_mail)
        fulfil.fulfil(whole)
        db.session.execute(
            sa.text("UPDATE purchases SET paid_at = paid_at - interval '1 min' WHERE id <> :id"), {"id": fresh.id}
        )

    assert sweeps.complete_paid() == 2
    assert sweeps.complete_paid() == 0

    with transaction():
        assert len(tickets.for_purchase(with_nothing)) == 2
        assert tickets.for_purchase(fresh) == []
        fulfil.fulfil(fresh)
    outbox.drain()
    assert len(catcher.letters) == 4
    invariants_hold()


def test_fulfilling_and_sending_take_few_statements(catcher, database, count_statements):
    house = make_organisation()
    event = make_event(house)
    purchase = make_paid_purchase(*((make_ticket_type(event), 4) for _ in range(3)))
    with transaction(), count_statements() as fulfilling:
        fulfil.fulfil(purchase)
        db.session.flush()
    with count_statements() as sending:
        jobs.send(1)

    assert len(fulfilling) <= 6
    assert len(sending) <= 7
