from carneau.catalogue.models import Event, EventStatus
from tests.making import make_event, make_ticket_type
from tests.manage.editing import only


def test_what_is_missing_is_listed_and_nothing_is_published(ada, house):
    make_event(house, slug="bare", status=EventStatus.DRAFT)
    page = "/manage/events/bare/publication"

    assert "no ticket type yet" in ada.get(page).text
    assert ">Publish</button>" not in ada.get(page).text
    token = ada.get("/manage/events/bare/edit")
    answer = ada.submit("/manage/events/bare/edit", page) if token else None
    assert answer is not None
    assert answer.status_code == 409
    assert only(Event).status is EventStatus.DRAFT


def test_members_preview_a_draft_that_nobody_else_sees(ada, app, house):
    draft = make_event(house, slug="draft", status=EventStatus.DRAFT)
    make_ticket_type(draft, name="Balcony")

    page = ada.get("/manage/events/draft/preview")

    assert "Preview: this is what a buyer sees" in page.text
    assert "Balcony" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert ada.get("/e/draft").status_code == 404
    assert app.test_client().get("/manage/events/draft/preview").status_code == 303
