"""A ticket that was passed on: its holder hears what becomes of it, and neither they nor the buyer see the other's
address."""

import re

import pytest
import sqlalchemy as sa

from carneau.catalogue.models import Event, EventStatus
from carneau.core import outbox
from carneau.core.db import db, transaction
from carneau.email.models import Mail
from carneau.fulfilment import messages
from carneau.organisations.models import Role
from carneau.payments import event_refunds, refunding
from carneau.payments.refunding import Decision
from carneau.purchases import links
from carneau.purchases import queries as purchases
from carneau.purchases.erasing import NO_ADDRESS
from carneau.tickets import passing, qr
from carneau.tickets import queries as tickets
from carneau.tickets.models import Ticket
from tests.buying import Buyer, deliver, settle
from tests.manage.editing import typed
from tests.manage.selling import bought_by
from tests.visiting import Visitor, token

BERT = "bert@friend.example"


@pytest.fixture
def purchase(kind):
    """Two tickets of Ada's, the first of which is Bert's now."""
    bought = bought_by(kind, "Ada Verhoeven", "ada@buyer.example", 2)
    pass_on(bought)
    return bought


def pass_on(purchase, email=BERT):
    with transaction():
        passing.pass_on(tickets.for_purchase(purchase)[0], "Bert Ostrander", email, "buyer")


def given(purchase):
    db.session.rollback()
    return tickets.for_purchase(purchase)[0]


def sent(catcher):
    outbox.drain()
    return list(zip(catcher.recipients, [letter["Subject"] for letter in catcher.letters], strict=True))


def everything(letter):
    return "".join(part.get_content() for part in letter.walk() if part.get_content_maintype() == "text")


def test_a_refund_is_told_to_the_holder_of_the_ticket_and_the_money_to_the_buyer(purchase, catcher, event):
    with transaction():
        refunding.in_full(purchases.locked(purchase.id), Decision("user:1", True))

    assert (BERT, "Your ticket for " + event.title + " is void") in sent(catcher)
    [to_holder] = [letter for letter in catcher.letters if letter["To"] == BERT]
    told = everything(to_holder)
    assert "no longer lets anyone in" in told
    for theirs in ("ada@buyer.example", "Ada", purchase.ref, "48.00", "€"):
        assert theirs not in told, theirs
    assert all(BERT not in everything(letter) for letter in catcher.letters if letter["To"] != BERT)


def test_a_refund_made_at_stripe_is_told_to_the_holder_too(app, simulator, catcher, kind):
    session_id = Buyer(app).begin(kind, 1)
    simulator.pay(session_id)
    settle(app, simulator)
    bought = db.session.scalars(sa.select(purchases.Purchase)).one()
    pass_on(bought)

    simulator.refund(simulator.charge_of(session_id))
    deliver(app, simulator)
    assert [to for to, subject in sent(catcher) if subject.endswith("is void")] == [BERT]


def test_only_the_tickets_that_go_back_are_told_of_and_each_once(purchase, catcher):
    """The last ticket of a line goes back first, and that one is still the buyer's."""
    line = purchases.locked(purchase.id).lines[0].id
    db.session.rollback()
    for quantity in (1, 1):
        with transaction():
            refunding.by_line(purchases.locked(purchase.id), {line: quantity}, Decision("user:1", True))
        told = [to for to, subject in sent(catcher) if subject.endswith("is void")]
        assert told == ([] if given(purchase).status == "valid" else [BERT])
    assert told == [BERT]


def test_a_ticket_made_void_is_told_to_whose_it_is(enter, purchase, catcher, event):
    visitor = enter(Role.OWNER)
    with transaction():
        theirs, own = [each.ref for each in tickets.for_purchase(purchase)]
    for ref, address in ((theirs, BERT), (own, "ada@buyer.example")):
        path = f"/manage/events/gala/attendees/{ref}"
        assert visitor.submit(path, f"{path}/invalidation", back_on_sale="y").status_code == 303
        db.session.rollback()
        assert sent(catcher)[-1][0] == address
    assert [to for to, _subject in sent(catcher)] == [BERT, "ada@buyer.example"]
    history = visitor.get(f"/manage/events/gala/purchases/{purchase.ref}").text
    assert "Word to its holder that a ticket is void" in history


def test_a_cancelled_event_reaches_the_holder_by_its_message_and_by_its_refund(enter, app, purchase, catcher, event):
    visitor = enter(Role.OWNER)
    answer = visitor.submit("/manage/events/gala/cancellation")
    assert answer.location == "/manage/events/gala/messages?about=cancelled"
    draft = visitor.get(answer.location)
    assert f"{event.title} is cancelled" in draft.text
    fields = {"csrf_token": token(draft), "ref": re.search(r'name="ref"[^>]*value="([^"]+)"', draft.text)[1]}
    text = {"subject": "It is off", "body": "We are sorry."}
    assert visitor.post("/manage/events/gala/messages", data=fields | text | {"confirmed": "yes"}).status_code == 303
    db.session.rollback()
    assert sorted(sent(catcher)) == [("ada@buyer.example", "It is off"), (BERT, "It is off")]

    with transaction():
        user = db.session.scalars(sa.select(event_refunds.User)).one()
        event_refunds.begin(db.session.get_one(Event, event.id), user)
    assert (BERT, f"Your ticket for {event.title} is void") in sent(catcher)
    assert "The event is cancelled" in everything(next(each for each in catcher.letters if "void" in each["Subject"]))


def test_a_changed_hour_leads_to_a_message_that_the_holder_gets_too(enter, purchase, event):
    visitor = enter(Role.MANAGER)
    answer = visitor.submit("/manage/events/gala/edit", **typed(title=event.title, currency="EUR"))

    assert answer.location == "/manage/events/gala/messages?about=changed"
    page = visitor.get(answer.location).text
    assert "Something changed" in page
    assert "2 addresses have tickets" in page
    same = visitor.submit("/manage/events/gala/edit", **typed(title="Only a title", currency="EUR"))
    assert same.location == "/manage/events/gala/edit"


def test_the_organiser_sends_the_ticket_to_its_holder_once_more(enter, purchase, catcher):
    visitor, path = enter(Role.MANAGER), f"/manage/events/gala/attendees/{given(purchase).ref}"
    assert BERT in visitor.get(path).text

    for _click in range(2):
        assert visitor.submit(path, f"{path}/mails").status_code == 303
    db.session.rollback()

    assert [to for to, _subject in sent(catcher)] == [BERT]
    told = everything(catcher.letters[0])
    assert qr.code(given(purchase)) in told
    assert "ada@buyer.example" not in told
    assert "Ada" not in told
    own = f"/manage/events/gala/attendees/{tickets.for_purchase(purchase)[1].ref}"
    assert "to its holder once more" not in visitor.get(own).text
    assert visitor.submit(own, f"{own}/mails").status_code == 409


def test_neither_sees_the_address_of_the_other(app, purchase):
    stranger, code = Visitor(app), qr.code(given(purchase))
    page = stranger.get(f"/tickets/{code}").text
    assert "Bert Ostrander" in page
    for theirs in ("ada@buyer.example", "Ada", purchase.ref):
        assert theirs not in page
        assert theirs not in stranger.get(f"/tickets/{code}.ics").text
    buyers = stranger.get(f"/purchases/{purchase.ref}?key={links.key(purchase.ref)}").text
    assert BERT not in buyers
    assert "Bert" not in buyers
    assert code not in buyers


def test_who_was_erased_is_written_to_no_more_and_the_other_still_is(enter, purchase, catcher, event):
    with transaction():
        db.session.execute(sa.update(Ticket).where(Ticket.holder_email == BERT).values(holder_email=NO_ADDRESS))
    visitor, path = enter(Role.MANAGER), f"/manage/events/gala/attendees/{given(purchase).ref}"
    assert NO_ADDRESS not in visitor.get(path).text
    assert visitor.submit(path, f"{path}/mails").status_code == 409
    db.session.rollback()
    assert messages.count_recipients(event) == 1

    with transaction():
        db.session.execute(sa.update(Ticket).where(Ticket.holder_email == NO_ADDRESS).values(holder_email=BERT))
        bought = purchases.locked(purchase.id)
        bought.email, bought.erased_at = NO_ADDRESS, sa.func.now()
    assert messages.count_recipients(event) == 1
    with transaction():
        db.session.execute(sa.update(Event).values(status=EventStatus.CANCELLED))
        refunding.in_full(purchases.locked(purchase.id), Decision("user:1", True))
    assert [to for to, _subject in sent(catcher)] == [BERT]
    assert db.session.scalar(sa.select(sa.func.count(Mail.id)).where(Mail.recipient == NO_ADDRESS)) == 0


def test_a_ticket_is_found_by_the_address_it_was_passed_on_to(enter, purchase):
    visitor, ref = enter(Role.OWNER), given(purchase).ref
    page = visitor.get("/manage/events/gala/attendees", query_string={"q": BERT.upper()}).text
    assert ref in page
    assert page.count("/attendees/") == 1
    assert purchase.ref in visitor.get("/manage/events/gala/purchases", query_string={"q": BERT}).text
