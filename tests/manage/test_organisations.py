from datetime import timedelta

import pytest

from carneau.catalogue.models import EventStatus
from carneau.core import clock
from carneau.organisations.models import Role
from tests.making import make_event, make_member, make_organisation, make_ticket_type
from tests.visiting import make_user


@pytest.fixture
def ada(visitor):
    user = make_user()
    visitor.enter_as(user.email)
    return user


def make_past_event(house, **values):
    ended = clock.now() - timedelta(days=values.pop("days", 1))
    return make_event(house, starts_at=ended - timedelta(hours=3), ends_at=ended, doors_open_at=None, **values)


def test_the_first_page_leads_to_an_organisation(visitor, ada):
    assert "Create an organisation" in visitor.get("/manage").text

    answer = visitor.submit("/manage", "/manage/organisations", name="Les Rives", email="box@rives.example")

    assert answer.location == "/manage/organisations/les-rives/events/new"
    assert "Les Rives" in visitor.get("/manage").text
    assert visitor.get(answer.location).status_code == 200


def test_an_organisation_needs_a_name_and_an_address(visitor, ada):
    answer = visitor.submit(
        "/manage/organisations/new", "/manage/organisations", name=" ", email="nobody", imprint="7 quai"
    )

    assert answer.status_code == 422
    assert "Please give it a name." in answer.text
    assert "We cannot write to this address." in answer.text
    assert "7 quai" in answer.text


def test_the_owner_changes_what_buyers_read(visitor, ada):
    house = make_organisation(slug="house", name="Old name")
    make_member(house, ada)
    page = "/manage/organisations/house/edit"
    assert "Old name" in visitor.get(page).text

    answer = visitor.submit(page, name="New name", email="new@house.example", imprint="7 quai")

    assert answer.location == "/manage/organisations/house"
    assert "New name" in visitor.get(answer.location).text


def test_events_are_listed_with_their_sales_drafts_and_past_ones_too(visitor, ada):
    house = make_organisation(slug="house")
    make_member(house, ada, Role.FINANCE)
    gala = make_event(house, title="Gala", status=EventStatus.DRAFT)
    make_ticket_type(gala, total_quantity=40)
    make_ticket_type(gala, total_quantity=2)
    make_past_event(house, title="Bygone")
    make_event(title="Of strangers")

    coming = visitor.get("/manage/organisations/house").text
    past = visitor.get("/manage/organisations/house?past=1").text

    assert "Gala" in coming
    assert "Draft" in coming
    assert ">42<" in coming
    assert "Bygone" in past
    assert "Bygone" not in coming
    assert "Gala" not in past
    assert "Of strangers" not in coming + past


@pytest.mark.parametrize("past", [True, False])
def test_the_list_is_read_to_its_end_part_by_part(visitor, ada, past):
    house = make_organisation(slug="house")
    make_member(house, ada)
    for number in range(35):
        if past:
            make_past_event(house, title=f"Evening {number:02}", days=number + 1)
        else:
            make_event(house, title=f"Evening {number:02}")
    path = "/manage/organisations/house" + ("?past=1" if past else "")
    first = visitor.get(path).text
    link = next(part.split('"')[0] for part in first.split('href="') if "from=" in part.split('"')[0])

    rest = visitor.get(link.replace("&amp;", "&")).text

    seen = [{number for number in range(35) if f"Evening {number:02}" in page} for page in (first, rest)]
    assert [len(numbers) for numbers in seen] == [30, 5]
    assert seen[0] | seen[1] == set(range(35))


def test_a_broken_link_to_a_part_is_refused(visitor, ada):
    make_member(make_organisation(slug="house"), ada)

    assert visitor.get("/manage/organisations/house?from=x").status_code == 422


def test_the_door_of_one_event_sees_no_other(visitor, ada):
    house = make_organisation(slug="house")
    gala = make_event(house, title="Gala")
    make_event(house, title="Recital")
    make_member(house, ada, Role.DOOR, event_id=gala.id)

    for path in ("/manage", "/manage/organisations/house"):
        page = visitor.get(path).text
        assert "Gala" in page
        assert "Recital" not in page
