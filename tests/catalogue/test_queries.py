from datetime import timedelta

import pytest

from carneau.catalogue import images, queries
from carneau.catalogue.models import Event, EventStatus
from carneau.catalogue.wording import NotOnSale, Standing
from carneau.core import clock
from carneau.core.db import db, transaction
from carneau.core.errors import NotFound
from tests.catalogue.test_images import picture
from tests.making import make_event, make_organisation, make_ticket_type


def test_an_event_comes_with_its_organisation_picture_and_types_in_order_at_once(database, count_statements):
    event = make_event(make_organisation(name="Les Rives"))
    for position, name in ((2, "Late"), (1, "Early")):
        make_ticket_type(event, name=name, position=position)
    with transaction():
        row = db.session.get_one(Event, event.id)
        first, _second = (images.store(row, picture(), words) for words in ("First", "Second"))
        first_key = first.key
    db.session.remove()

    with count_statements() as statements:
        found, image, types = queries.with_types(event.slug)
        assert (found.organisation.name, image.key, [t.name for t in types]) == (
            "Les Rives",
            first_key,
            ["Early", "Late"],
        )
    assert len(statements) == 1


def test_an_event_without_picture_and_types_is_found_too(database):
    event = make_event()

    found, image, types = queries.with_types(event.slug)
    assert (found.id, image, types) == (event.id, None, [])
    assert queries.image_of(found) is None
    assert queries.ticket_types_of(found) == []


@pytest.mark.parametrize("find", [queries.by_slug, queries.with_types])
def test_drafts_and_strangers_are_not_found(database, find):
    make_event(slug="draft", status=EventStatus.DRAFT)

    for slug in ("draft", "nobody", "", "x" * 5000, "dra%"):
        with pytest.raises(NotFound):
            find(slug)


def test_a_type_on_sale_brings_its_event(database, count_statements):
    kind = make_ticket_type()

    with count_statements() as statements:
        assert queries.type_on_sale(kind.public_id).event.id == kind.event_id
    assert len(statements) == 1


def test_a_type_that_cannot_be_bought_says_why(database):
    later = clock.now() + timedelta(days=1)
    closed = {
        Standing.NOT_YET: make_ticket_type(on_sale_from=later),
        Standing.ENDED: make_ticket_type(on_sale_until=clock.now()),
        Standing.CANCELLED: make_ticket_type(make_event(status=EventStatus.CANCELLED)),
    }
    for standing, kind in closed.items():
        with pytest.raises(NotOnSale) as refusal:
            queries.type_on_sale(kind.public_id)
        assert refusal.value.standing is standing
        assert str(refusal.value).endswith(".")


def test_a_type_of_a_draft_and_an_unknown_one_answer_alike(database):
    hidden = make_ticket_type(make_event(status=EventStatus.DRAFT))

    sentences = set()
    for public_id in (hidden.public_id, "NOBODY", "", "x" * 5000):
        with pytest.raises(NotFound) as refusal:
            queries.type_on_sale(public_id)
        sentences.add(str(refusal.value))
    assert len(sentences) == 1


def test_other_dates_are_those_of_the_same_run_that_are_still_to_come(database):
    house = make_organisation()
    starts_at = clock.now() + timedelta(days=3)

    def date(days, slug, organisation=house, **values):
        start = starts_at + timedelta(days=days)
        return make_event(organisation, **{"title": "The Run", "slug": slug, "starts_at": start, "doors_open_at": None,
                                           "ends_at": start + timedelta(hours=2)} | values)  # fmt: skip

    this = date(1, "this")
    date(2, "next")
    date(0, "before-this")
    date(3, "draft", status=EventStatus.DRAFT)
    date(3, "cancelled", status=EventStatus.CANCELLED)
    date(3, "other-title", title="The Walk")
    date(3, "other-house", make_organisation())
    date(-9, "over")

    assert [other.slug for other in queries.other_dates(this, clock.now())] == ["before-this", "next"]
