from carneau.catalogue.models import Event, EventStatus
from tests.making import make_paid_purchase, make_ticket_type
from tests.manage.editing import count, only


def test_cancelling_asks_first_and_says_what_will_happen(ada, gala):
    kind = make_ticket_type(gala)
    make_paid_purchase((kind, 3))
    page = ada.get("/manage/events/gala/cancellation").text
    assert "3 tickets are sold" in page
    assert "cannot be undone" in page

    assert ada.submit("/manage/events/gala/cancellation").status_code == 303
    assert only(Event).status is EventStatus.CANCELLED
    assert "This event is cancelled" in ada.get("/e/gala").text


def test_what_was_published_by_mistake_is_taken_back_and_deleted(ada, gala):
    make_ticket_type(gala)
    publication = "/manage/events/gala/publication"
    assert ada.submit(publication, "/manage/events/gala/withdrawal").status_code == 303
    assert only(Event).status is EventStatus.DRAFT
    assert ada.get("/e/gala").status_code == 404

    assert ada.submit("/manage/events/gala/deletion").status_code == 303
    assert count(Event) == 0


def test_an_event_with_sold_tickets_is_neither_taken_back_nor_deleted(ada, gala):
    make_paid_purchase((make_ticket_type(gala), 1))
    publication = "/manage/events/gala/publication"

    taken_back = ada.submit(publication, "/manage/events/gala/withdrawal")
    deleted = ada.submit(publication, "/manage/events/gala/deletion")

    assert (taken_back.status_code, deleted.status_code) == (409, 409)
    assert "cancel the event instead" in taken_back.text
    assert "stays" in deleted.text
    assert only(Event).status is EventStatus.PUBLISHED
