import re

import pytest
import sqlalchemy as sa

from carneau.admissions import snapshot
from carneau.admissions.models import Gate
from carneau.catalogue.models import Event
from carneau.core.audit import AuditEntry
from carneau.core.db import db, transaction
from tests.making import make_ticket_type
from tests.scanning import make_gate, make_phone, make_tickets, scan

GATES = "/manage/events/gala/door/gates"


def names(page):
    return re.findall(r"<h2>([^<]+)(?: <span|</h2>)", page.text)[:-3]


def gate_of(name):
    db.session.rollback()
    return db.session.scalars(sa.select(Gate).where(Gate.name == name)).one()


def test_gates_are_added_in_order_each_with_the_types_it_takes(owner, kind, event):
    balcony = make_ticket_type(event, name="Balcony")
    for name, types in (("North", []), ("Stairs", [balcony.public_id])):
        assert owner.submit(GATES, name=name, types=types).status_code == 303

    page = owner.get(GATES)

    assert names(page) == ["North", "Stairs"]
    assert "Takes every ticket type." in page.text
    assert "Takes Balcony." in page.text


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "a\nb", "x" * 41])
def test_name_that_cannot_be_read_is_refused_and_the_typed_kept(owner, kind, name):
    page = owner.submit(GATES, name=name)

    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Gate)) == 0


def test_second_gate_of_a_name_is_refused_at_the_field(owner, event, kind):
    make_gate(event, name="North")

    page = owner.submit(GATES, name="North")

    assert page.status_code == 409
    assert page.text.count("has this name already") == 2
    assert 'value="North"' in page.text


def test_foreign_ticket_type_is_refused(owner, kind):
    page = owner.submit(GATES, name="North", types=[make_ticket_type().public_id])

    assert page.status_code == 422


def test_gate_is_renamed_moved_closed_opened_and_removed(owner, event, kind):
    north = make_gate(event, name="North", position=0).public_id
    make_gate(event, name="South", position=1)

    assert owner.submit(f"{GATES}/{north}", name="Nord").status_code == 303
    assert owner.submit(GATES, f"{GATES}/{north}/position", to="down").status_code == 303
    assert names(owner.get(GATES)) == ["South", "Nord"]
    scan(make_phone(event), event, make_tickets((kind, 1))[0], gate=north)
    page = owner.get(GATES)
    assert f"{north}/closing" in page.text
    assert f"{north}/removal" not in page.text
    assert owner.submit(GATES, f"{GATES}/{north}/closing").status_code == 303
    assert "Closed" in owner.get(GATES).text
    refused = owner.submit(GATES, f"{GATES}/{north}/removal")
    assert refused.status_code == 409
    assert "stays on record" in refused.text
    assert owner.submit(GATES, f"{GATES}/{north}/opening").status_code == 303
    assert owner.submit(GATES, f"{GATES}/{gate_of('South').public_id}/removal").status_code == 303
    assert names(owner.get(GATES)) == ["Nord"]


def test_saving_a_gate_as_it_is_says_that_nothing_changed(owner, event, kind):
    gate = make_gate(event, kind, name="North")

    owner.submit(f"{GATES}/{gate.public_id}", name="North", types=[kind.public_id])

    assert "Nothing was different" in owner.get(GATES).text


def test_coming_back_in_is_allowed_and_taken_back(owner, event):
    for wanted, expected in (("yes", True), ("no", False)):
        assert owner.submit(GATES, f"{GATES}/re-entry", wanted=wanted).status_code == 303
        db.session.rollback()
        with transaction():
            assert db.session.scalar(sa.select(Event.allows_reentry).where(Event.id == event.id)) is expected

    assert owner.submit(GATES, f"{GATES}/re-entry", wanted="perhaps").status_code == 422


def test_phones_warn_of_lists_that_are_as_old_as_the_organiser_says(owner, event):
    for _twice in range(2):
        assert owner.submit(GATES, f"{GATES}/list-age", minutes="30").status_code == 303
    assert 'value="30" selected' in owner.get(GATES).text
    phone = make_phone(event)
    with transaction():
        assert snapshot.take(phone, event.slug).facts["warn_after"] == 1800
        edits = sa.select(sa.func.count()).where(AuditEntry.subject == "events", AuditEntry.action == "edited")
        assert db.session.scalar(edits) == 1
    for minutes in ("0", "-5", "31", "", "1e9"):
        assert owner.submit(GATES, f"{GATES}/list-age", minutes=minutes).status_code == 422


def test_deleting_the_only_type_of_a_gate_says_that_the_gate_closes_and_closes_it(owner, event, kind):
    balcony = make_ticket_type(event, name="Balcony")
    make_gate(event, balcony, name="Stairs")
    deletion = f"/manage/events/gala/ticket-types/{balcony.public_id}/deletion"

    assert "Gate Stairs takes only this ticket type" in owner.get(deletion).text
    assert owner.submit(deletion).status_code == 303

    assert "Gate Stairs took nothing else and is closed." in owner.get(GATES).text
    assert gate_of("Stairs").closed_at is not None
