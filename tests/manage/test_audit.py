import re

import pytest

from carneau.core import audit
from carneau.core.db import db, transaction
from carneau.organisations import founding, membership
from carneau.organisations.models import Organisation, OrganisationMember, Role
from tests.making import make_event, make_organisation, make_paid_purchase, make_ticket_type
from tests.scanning import make_conflict, make_device, make_gate, make_link
from tests.visiting import make_user

LOG = "/manage/organisations/les-rives/audit"


@pytest.fixture
def ada(visitor):
    user = make_user(name="Ada Verhoeven")
    with transaction():
        founding.found(user, "Les Rives", "box@rives.example")
    visitor.enter_as(user.email)
    return user


@pytest.fixture
def house(ada):
    with transaction():
        house = db.session.query(Organisation).one()
        db.session.expunge(house)
    return house


def record(house, times, action="published"):
    event = make_event(house, title="Gala")
    with transaction():
        for _ in range(times):
            audit.record(db.session.merge(event), action, "stripe")


def lines(page):
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in page.text.split("<tr>")[2:]]


def test_what_happened_is_said_in_words(visitor, house):
    kind = make_ticket_type(make_event(house, title="Gala", slug="gala"))
    purchase = make_paid_purchase((kind, 2), ref="K7NQ-42VD")
    with transaction():
        audit.record(db.session.merge(purchase), "refunded", "stripe", was="succeeded", refunded_minor=4800, payment=7)

    page = visitor.get(LOG)

    assert 'href="/manage/events/gala/purchases/K7NQ-42VD"' in page.text
    found = lines(page)
    assert re.search(
        r"Stripe Purchase K7NQ-42VD refunded before: paid, refunded: €48.00$", found[0].partition("</tbody")[0]
    )
    assert "Ada Verhoeven Member Ada Verhoeven joined role: Owner" in found[-2]
    assert "Ada Verhoeven Organisation Les Rives created" in found[-1]


def test_what_was_done_at_a_door_is_named(visitor, house):
    event = make_event(house, title="Gala", slug="gala")
    link = make_link(event, label="Friday")
    device, _token = make_device(link, name="North phone")
    with transaction():
        for row in (make_gate(event, name="North"), link, device, make_conflict(device, event)):
            audit.record(db.session.merge(row), "looked_at", "system")

    page = visitor.get(LOG)

    found = [line.partition(" looked at")[0].rpartition("itself ")[2] for line in lines(page)[:4]]
    assert found == ["Scan Gala", "Phone at the door North phone", "Door link Friday", "Gate North, Gala"]
    assert 'href="/manage/events/gala/door/gates"' in page.text


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("subject=organisations", 1),
        ("action=joined", 2),
        ("actor=system", 0),
        ("actor=stripe&subject=events&action=published", 3),
        ("since=2020-01-01&until=2100-01-01", 6),
        ("since=2100-01-01", 0),
        ("until=2020-01-01", 0),
    ],
)
def test_it_is_narrowed_by_what_who_and_when(visitor, house, question, count):
    record(house, 3)
    hire(house, "bob@team.example")

    assert len(lines(visitor.get(f"{LOG}?{question}"))) == count


def hire(house, email):
    bob = make_user(email, name="Bob Bernard")
    with transaction():
        return founding.join(house, bob, Role.MANAGER, bob.actor).ref


def test_who_has_left_can_still_be_asked_for(visitor, house):
    ref = hire(house, "bob@team.example")
    with transaction():
        bob = db.session.query(OrganisationMember).filter_by(ref=ref).one()
        membership.leave(bob, bob.user.actor)

    found = lines(visitor.get(f"{LOG}?actor={ref}"))

    assert [line.partition("Bob Bernard Member Bob Bernard ")[2].split()[0] for line in found] == ["left", "joined"]


def test_it_is_read_to_its_end_and_keeps_what_was_chosen(visitor, house):
    record(house, 120)
    path, seen = f"{LOG}?actor=stripe", []
    while path:
        page = visitor.get(path)
        seen.append(len(lines(page)))
        link = re.search(r'href="([^"]+before=[^"]+)"', page.text)
        path = link[1].replace("&amp;", "&") if link else None

    assert seen == [50, 50, 20]


@pytest.mark.parametrize(
    "question", ["subject=nonsense", "since=yesterday", "actor=user:1", "before=x", "before=-1", "before=" + "9" * 40]
)
def test_nonsense_is_refused(visitor, house, question):
    assert visitor.get(f"{LOG}?{question}").status_code == 422


def test_nothing_of_strangers_is_in_it(visitor, house):
    record(make_organisation(), 3)

    assert len(lines(visitor.get(LOG))) == 2
    assert "Nothing of this kind was recorded." in visitor.get(f"{LOG}?action=published").text


def test_it_takes_a_fixed_number_of_statements(visitor, house, count_statements):
    def asked():
        with count_statements() as statements:
            assert visitor.get(LOG).status_code == 200
        return len(statements)

    record(house, 2)
    few = asked()
    record(house, 40)

    assert asked() == few
