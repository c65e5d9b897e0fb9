import email
from email.policy import default

import pytest

from carneau.core.errors import Invalid
from carneau.email.message import File, Letter, compose

LETTER = Letter(subject="Zwei Karten für “Émile” 🎫", text="Grüezi\n", html="<p>Grüezi <img src='cid:qr'></p>")
WHO = {"sender": "tickets@carneau.example", "sender_name": "Old Depot", "recipient": "ada@buyer.example"}


def composed(letter=LETTER, **values):
    message = compose(letter, **({"message_id": "<7@carneau.example>"} | WHO | values))
    return email.message_from_bytes(message.as_bytes(), policy=default)


def test_a_letter_is_text_and_html_and_says_that_a_machine_sent_it(app):
    with app.app_context():
        mail = composed()

    assert mail["Subject"] == LETTER.subject
    assert mail["From"] == "Old Depot <tickets@carneau.example>"
    assert mail["To"] == "ada@buyer.example"
    assert mail["Message-ID"] == "<7@carneau.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime.tzinfo is not None
    assert "Grüezi" in mail.get_body(("plain",)).get_content()
    assert "Grüezi" in mail.get_body(("html",)).get_content()
    assert not any(name.lower().startswith("list-") for name in mail)


def test_a_picture_belongs_to_the_html_and_a_file_to_the_mail(app):
    picture = File(name="qr.png", kind="image/png", content=b"png", cid="qr")
    ticket = File(name="ticket.pdf", kind="application/pdf", content=b"pdf")
    with app.app_context():
        mail = composed(Letter(subject="x", text="x", html="<img src='cid:qr'>", files=[picture, ticket]))

    assert [(part.get_content_type(), part.get_filename()) for part in mail.iter_attachments()] == [
        ("application/pdf", "ticket.pdf")
    ]
    related = next(part for part in mail.walk() if part.get_content_type() == "multipart/related")
    assert [part["Content-ID"] for part in related.iter_attachments()] == ["<qr>"]


def test_a_domain_in_its_own_letters_travels_in_ascii(app):
    with app.app_context():
        assert composed(recipient="ada@bücher.example")["To"] == "ada@xn--bcher-kva.example"


def test_names_in_every_script_stand_in_the_header(app):
    with app.app_context():
        assert composed(sender_name='Théâtre, "Łódź" 劇場')["From"].addresses[0].display_name == 'Théâtre, "Łódź" 劇場'


@pytest.mark.parametrize("broken", ["a\nBcc: x@y.example", "a\r\nBcc: x@y.example", "a\rb", "a\x00b", "a\n", "\n"])
@pytest.mark.parametrize("field", ["subject", "recipient", "sender_name", "reply_to", "message_id"])
def test_a_line_break_in_a_header_is_refused(app, broken, field):
    letter, who = LETTER, {}
    if field in ("subject", "reply_to"):
        value = broken if field == "subject" else f"{broken}@house.example"
        letter = Letter(**({"subject": "x", "text": "x", "html": "x"} | {field: value}))
    elif field == "recipient":
        who = {field: f"{broken}@buyer.example"}
    else:
        who = {field: broken}

    with app.app_context(), pytest.raises(Invalid):
        composed(letter, **who)


@pytest.mark.parametrize(
    "address", ["", "x", "@", "a@", "@b", "a@b@c", "a b@c", "a@b..c", "a@" + "b" * 300, "a,b@c", "<a@b>"]
)
def test_what_is_no_address_is_refused(app, address):
    with app.app_context(), pytest.raises(Invalid):
        composed(recipient=address)
