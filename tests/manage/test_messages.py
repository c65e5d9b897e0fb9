"""A message to everyone: shown first, each address once, sent by jobs."""

import re

import sqlalchemy as sa

from carneau.core import outbox
from carneau.core.db import db, transaction
from carneau.email.models import Mail
from carneau.fulfilment import messages
from carneau.fulfilment.models import Message
from carneau.organisations.models import Role
from carneau.purchases import queries as purchases
from carneau.tickets import issuing
from tests.buying import only
from tests.making import make_event, make_ticket_type
from tests.manage.selling import bought_by
from tests.visiting import token

PATH = "/manage/events/gala/messages"
TEXT = {"subject": "Doors open at 20:00", "body": "We begin later.\r\n\r\nSee you <b>there</b>."}


def hidden(page):
    return {"csrf_token": token(page), "ref": re.search(r'name="ref"[^>]*value="([^"]+)"', page.text)[1]}


def test_message_goes_once_to_each_address(enter, catcher, kind, event):
    for email in ("ada@post.example", "ADA@post.example", "bob@post.example", "void@post.example", ""):
        purchase = bought_by(kind, "Guest", email)
        if email.startswith("void"):
            with transaction():
                issuing.void_all(purchases.locked(purchase.id))
    bought_by(make_ticket_type(make_event(organisation_id=event.organisation_id)), "Else", "else@post.example")
    visitor = enter(Role.MANAGER)
    data = hidden(visitor.get(PATH)) | TEXT

    preview = visitor.post(PATH, data=data)
    assert "It goes to 2 addresses" in preview.text
    assert "See you &lt;b&gt;there&lt;/b&gt;." in preview.text
    assert db.session.scalar(sa.select(sa.func.count(Message.id))) == 0
    answers = [visitor.post(PATH, data=data | {"confirmed": "yes"}) for _click in range(2)]
    db.session.rollback()
    outbox.drain()

    assert [answer.status_code for answer in answers] == [303, 303]
    assert sorted(catcher.recipients) == ["ada@post.example", "bob@post.example"]
    assert {letter["Subject"] for letter in catcher.letters} == {"Doors open at 20:00"}
    assert "2 of 2 mails went out" in visitor.get(PATH).text
    messages.address(only(Message).id)
    assert db.session.scalar(sa.select(sa.func.count(Mail.id)).where(Mail.kind == "message")) == 2


def test_message_that_cannot_be_keeps_what_was_typed(enter, kind):
    bought_by(kind, "Ada", "ada@post.example")
    visitor = enter(Role.OWNER)
    data = hidden(visitor.get(PATH)) | TEXT

    for fields in ({"subject": ""}, {"subject": "a\nBcc: b@c.example"}, {"body": ""}, {"body": "a\x01b"}, {"ref": "x"}):
        answer = visitor.post(PATH, data=data | fields | {"confirmed": "yes"})
        assert answer.status_code == 422, fields
    assert "Doors open at 20:00" in visitor.post(PATH, data=data | {"body": ""}).text
    assert db.session.scalar(sa.select(sa.func.count(Message.id))) == 0


def test_without_guests_there_is_nobody_to_write_to(enter, event):
    assert "nobody to write to" in enter(Role.OWNER).get(PATH).text
