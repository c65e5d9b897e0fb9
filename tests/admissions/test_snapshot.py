import base64
import json
import time
from itertools import accumulate
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from carneau.admissions import admission, snapshot, undoing
from carneau.admissions.devices import Phone
from carneau.admissions.models import Direction, DoorDevice, Scan
from carneau.core import clock
from carneau.core.db import db, transaction
from carneau.organisations.models import Organisation, Role
from carneau.tickets import issuing, passing, qr, queries
from carneau.tickets.models import Ticket
from tests.making import make_event, make_member, make_ticket_type
from tests.scanning import code_of, make_device, make_gate, make_link, make_phone, make_tickets, scan
from tests.visiting import make_user


def taken(phone, event, since=None):
    """What a phone reads, with its tickets by number."""
    with transaction():
        said = json.loads(snapshot.take(phone, event.slug, since).as_json())
    columns = said["tickets"]
    let_in = iter(zip(columns["since"], columns["gate"], strict=True))
    nothing = [None] * len(columns["number"])
    names, refs = columns.get("name", nothing), columns["ref"].split(",") if columns.get("ref") else nothing
    said["tickets"] = {
        number: SimpleNamespace(
            revision=revision,
            state=state,
            type=said["types"][kind],
            name=name,
            ref=ref,
            let_in=next(let_in) if state in "io" else None,
        )
        for number, revision, state, kind, name, ref in zip(
            accumulate(columns["number"]),
            columns["revision"],
            columns["state"],
            columns["type"],
            names,
            refs,
            strict=True,
        )
    }
    return said


def without_names(event):
    return Phone.of(make_device(make_link(event), sees_names=False)[1])


def cursor_behind_everything(phone, event):
    """Somebody else's transaction that is still open on this PostgreSQL makes a phone hear some things twice."""
    cursor = None
    for _ in range(100):
        said = taken(phone, event, cursor)
        if cursor and not said["tickets"]:
            return cursor
        cursor = said["cursor"]
        time.sleep(0.1)
    raise AssertionError("the same is told again and again")


def test_snapshot_says_of_every_ticket_what_a_gate_asks(event, kind, phone):
    balcony = make_ticket_type(event, name="Balcony", position=1)
    tickets = make_tickets((kind, 2), (balcony, 2))
    gate = make_gate(event, kind)
    scan(phone, event, tickets[0], gate=gate.public_id)
    for direction in Direction:
        scan(phone, event, tickets[1], direction=direction)
    with transaction():
        issuing.void([tickets[3]])

    said = taken(phone, event)

    found = [said["tickets"][ticket.id] for ticket in tickets]
    assert [(row.state, row.revision, row.type) for row in found] == [
        ("i", 1, "Standing"),
        ("o", 1, "Standing"),
        ("v", 1, "Balcony"),
        ("x", 2, "Balcony"),
    ]
    assert said["gates"] == [{"id": gate.public_id, "name": gate.name, "is_closed": False, "types": [0]}]
    since, at = found[0].let_in
    assert at == 0
    assert abs(said["origin"] + since - clock.now().timestamp()) < 60
    assert found[1].let_in[1] is None
    assert (said["is_whole"], said["status"], said["reentry"], said["event"]) == (True, "published", False, event.id)


def test_its_key_proves_codes_and_nothing_in_it_is_secret(event, kind):
    phone = without_names(event)
    [ticket] = make_tickets((kind, 1), buyer_name="Ada Verhoeven", email="ada@buyer.example")
    with transaction():
        text = snapshot.take(phone, event.slug).as_json()

    raw = base64.b32decode(code_of(ticket) + "======")
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(json.loads(text)["key"]))
    key.verify(raw[12:], qr.DOMAIN + raw[:12])
    for secret in (code_of(ticket), "ada@", "Verhoeven", ticket.ref, phone.token_digest.hex()):
        assert secret not in text


def test_only_who_may_see_names_carries_them(event, kind):
    [ticket] = make_tickets((kind, 1), buyer_name='Ada "Ace" Verhöven')
    user = make_user("door@house.example")
    make_member(db.session.get_one(Organisation, event.organisation_id), user, Role.DOOR, event_id=event.id)
    house = db.session.get_one(Organisation, event.organisation_id)
    _, token = make_device(house, user_id=user.id)
    member = Phone.of(token, user.id, user.session_version)
    assert taken(member, event)["tickets"][ticket.id].name == 'Ada "Ace" Verhöven'
    assert taken(make_phone(event), event)["tickets"][ticket.id].name == 'Ada "Ace" Verhöven'
    assert taken(member, event)["tickets"][ticket.id].ref == ticket.ref
    nameless = taken(without_names(event), event)["tickets"][ticket.id]
    assert (nameless.name, nameless.ref) == (None, None)


def test_since_a_cursor_there_is_only_what_changed(event, kind, phone):
    old, scanned, passed, voided = make_tickets((kind, 4))
    cursor = cursor_behind_everything(phone, event)

    scan(phone, event, scanned)
    with transaction():
        passing.pass_on(queries.by_id(passed.id), "Bo", "bo@b.example", "system")
        issuing.void([voided])
    [new] = make_tickets((kind, 1))

    said = taken(phone, event, cursor)
    states = {number: (row.state, row.revision) for number, row in said["tickets"].items()}
    assert states == {scanned.id: ("i", 1), passed.id: ("v", 2), voided.id: ("x", 2), new.id: ("v", 1)}
    assert old.id not in states
    assert not said["is_whole"]


def test_change_that_was_under_way_is_told_after_its_commit(app, event, kind, phone):
    """A cursor by time or by the newest number would leave it out: it began before the look and ended after it."""
    slow, quick = make_tickets((kind, 2))
    with db.engine.connect() as other:
        change = sa.update(Ticket).values(revision=Ticket.revision + 1)
        other.execute(change.where(Ticket.id == slow.id))
        with transaction():
            db.session.execute(change.where(Ticket.id == quick.id))
        before = taken(phone, event)
        assert [before["tickets"][ticket.id].revision for ticket in (slow, quick)] == [1, 2]
        other.commit()

    changed = taken(phone, event, before["cursor"])["tickets"]
    assert changed[slow.id].revision == 2


def test_deltas_under_fire_add_up_to_the_whole(app, event, kind, phone, in_parallel):
    tickets = make_tickets((kind, 30))
    whole = taken(phone, event)
    known, cursor = whole["tickets"], whole["cursor"]

    def work(number):
        if number:
            return [scan(phone, event, ticket).word for ticket in tickets[number - 1 :: 3]]
        last = cursor
        for _ in range(25):
            said = taken(phone, event, last)
            known.update(said["tickets"])
            last = said["cursor"]
        return last

    last = in_parallel(4, work)[0]
    known.update(taken(phone, event, last)["tickets"])

    assert known == taken(phone, event)["tickets"]
    assert {row.state for row in known.values()} == {"i"}


@pytest.mark.parametrize("cursor", ["", "nonsense", "00000000-1", "{epoch}-99999999999", "{epoch}-" + "9" * 40, "\x00"])
def test_cursor_that_is_not_of_this_database_gets_the_whole_list(event, kind, phone, cursor):
    make_tickets((kind, 1))
    epoch = taken(phone, event)["cursor"].partition("-")[0]

    said = taken(phone, event, cursor.replace("{epoch}", epoch))

    assert said["is_whole"]
    assert len(said["tickets"]) == 1


def test_undone_admission_is_told(event, kind, phone):
    [ticket] = make_tickets((kind, 1))
    nonce = scan(phone, event, ticket).scan
    cursor = taken(phone, event)["cursor"]
    with transaction():
        undoing.undo(db.session.scalars(sa.select(Scan).where(Scan.nonce == nonce)).one(), "system")

    assert taken(phone, event, cursor)["tickets"][ticket.id].state == "v"


def test_revoked_device_and_a_stranger_get_nothing(event, kind, phone):
    with transaction():
        db.session.execute(sa.update(DoorDevice).values(revoked_at=sa.func.now()))
    for one in (phone, Phone.of("no-such-token"), make_phone(make_event())):
        with pytest.raises(admission.NotLetIn):
            taken(one, event)


def test_any_number_of_tickets_takes_five_statements(event, kind, phone, count_statements):
    make_tickets((kind, 5))
    with count_statements() as statements:
        taken(phone, event)
    assert len(statements) == 5
