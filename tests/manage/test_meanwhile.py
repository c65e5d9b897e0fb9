"""Two members have one form open."""

import re

import pytest

from carneau.accounts.models import User
from carneau.catalogue.models import Event, TicketType
from carneau.core.db import db
from carneau.organisations.models import Role
from tests.making import make_event, make_member, make_ticket_type
from tests.manage.editing import at, kind_of, typed
from tests.visiting import VERSION, Visitor, make_user, token

EDIT = "/manage/events/gala/edit"
THEIRS = re.compile(r'<strong class="theirs">(.*?)</strong>', re.S)


@pytest.fixture
def gala(house):
    times = {"starts_at": at(9, 18), "ends_at": at(9, 20), "doors_open_at": None}
    return make_event(house, slug="gala", title="Gala", currency="EUR", **times)


@pytest.fixture
def bela(app, house):
    make_member(house, make_user("bela@buyer.example", name="Béla Nord"), Role.OWNER)
    visitor = Visitor(app)
    visitor.enter_as("bela@buyer.example")
    return visitor


def opened(visitor, path):
    page = visitor.get(path)
    return {"csrf_token": token(page)} | dict(VERSION.findall(page.text))


def now(model):
    db.session.rollback()
    return db.session.query(model).populate_existing().one()


@pytest.mark.parametrize("first", ["ada", "bela"])
def test_who_saves_later_is_told_and_keeps_what_was_typed(request, ada, bela, gala, first):
    people = {"ada": (ada, "Ada Verhoeven"), "bela": (bela, "Béla Nord")}
    (quick, name), (slow, _) = people[first], people[{"ada": "bela", "bela": "ada"}[first]]
    of_quick, of_slow = opened(quick, EDIT), opened(slow, EDIT)

    saved = quick.post(EDIT, data=of_quick | typed(title="Gala of the quick", currency="EUR", country="DE"))
    mine = typed(title="Gala of the slow", summary="Typed at length.", currency="EUR", country="DE")
    answer = slow.post(EDIT, data=of_slow | mine)

    assert saved.status_code == 303
    assert answer.status_code == 409
    assert f"{name} changed" in answer.text
    assert 'value="Gala of the slow"' in answer.text
    assert 'value="Typed at length."' in answer.text
    assert "Saved now: Gala of the quick" in THEIRS.findall(answer.text)
    assert not any("Germany" in text for text in THEIRS.findall(answer.text))
    assert now(Event).title == "Gala of the quick"

    over = slow.post(EDIT, data={"csrf_token": token(answer)} | dict(VERSION.findall(answer.text)) | mine)
    assert over.status_code == 303
    assert (now(Event).title, now(Event).summary, now(Event).version) == ("Gala of the slow", "Typed at length.", 3)


def test_who_takes_theirs_opens_the_page_anew(ada, bela, gala):
    mine = opened(bela, EDIT)
    ada.submit(EDIT, **typed(title="Ada's", currency="EUR"))
    answer = bela.post(EDIT, data=mine | typed(title="Béla's", currency="EUR"))

    assert f'<a class="button quiet" href="{EDIT}">' in answer.text
    assert "Ada&#39;s" in bela.get(EDIT).text


def test_a_second_click_is_no_conflict(ada, gala):
    form = opened(ada, EDIT) | typed(title="Gala", currency="EUR")
    assert [ada.post(EDIT, data=form).status_code for _ in range(2)] == [303, 303]


def test_who_opens_the_page_after_the_other_has_saved_is_not_stopped(ada, bela, gala):
    assert ada.submit(EDIT, **typed(title="First", currency="EUR")).status_code == 303
    assert bela.submit(EDIT, **typed(title="Second", currency="EUR")).status_code == 303
    assert now(Event).title == "Second"


@pytest.mark.parametrize("version", ["", "0", "-1", "9" * 40, "two", "²"])
def test_without_the_version_nothing_is_overwritten(ada, gala, version):
    form = opened(ada, EDIT) | typed(title="Blind", currency="EUR") | {"version": version}
    assert ada.post(EDIT, data=form).status_code == 409
    assert now(Event).title == "Gala"


def test_of_a_ticket_type_too_the_later_one_is_told(ada, bela, gala):
    path = f"/manage/events/gala/ticket-types/{make_ticket_type(gala, name='Standing', price_minor=2450).public_id}"
    mine = opened(bela, path)
    ada.submit(path, **kind_of(price="30", is_hidden="y"))

    answer = bela.post(path, data=mine | kind_of(price="25"))

    assert answer.status_code == 409
    assert "Ada Verhoeven changed" in answer.text
    assert [" ".join(text.split()) for text in THEIRS.findall(answer.text)] == ["Saved now: 30", "Saved now: yes"]
    assert now(TicketType).price_minor == 3000
    over = bela.post(path, data=mine | dict(VERSION.findall(answer.text)) | kind_of(price="25"))
    assert (over.status_code, now(TicketType).price_minor, now(TicketType).is_hidden) == (303, 2500, False)
    assert db.session.query(User).count() == 2


def test_an_extra_is_marked_and_unmarked(ada, gala):
    path = f"/manage/events/gala/ticket-types/{make_ticket_type(gala, name='Parking').public_id}"
    for fields, is_extra in (({"is_extra": "y"}, True), ({}, False)):
        assert ada.submit(path, **kind_of(name="Parking", **fields)).status_code == 303
        assert now(TicketType).is_extra is is_extra
    ada.submit(path, **kind_of(name="Parking", is_extra="y"))
    assert '<span class="tag">Extra</span>' in ada.get("/manage/events/gala/ticket-types").text
