import html
import io
import re
from uuid import uuid4

import pytest
import sqlalchemy as sa
from PIL import Image

from carneau.admissions.devices import Phone
from carneau.admissions.models import DoorDevice, DoorLink, Scan
from carneau.core import codes
from carneau.core.db import db, transaction
from carneau.organisations.models import OrganisationMember, Role
from carneau.tickets import qr
from tests.making import make_event, make_member, make_ticket_type
from tests.scanning import code_of, make_device, make_gate, make_link, make_tickets, scan, state_of
from tests.visiting import Visitor, make_user

NONCE = re.compile(r'name="nonce" value="([^"]+)"')


@pytest.fixture
def event(database):
    return make_event()


@pytest.fixture
def kind(event):
    return make_ticket_type(event)


@pytest.fixture
def tickets(kind):
    return make_tickets((kind, 3), buyer_name="Ada Verhoeven")


@pytest.fixture
def phone(app, event):
    return visitor(app, make_device(make_link(event), name="Lea")[1])


def visitor(app, token):
    phone = Visitor(app)
    phone.client.set_cookie("door", token)
    return phone


def ask(phone, event, **sent):
    sent = {"nonce": str(uuid4())} | sent
    return phone.post(f"/door/{event.slug}/admissions", json=sent, headers={"Accept": "application/json"})


def press(phone, event, path="admissions", **fields):
    """From the scan page as it was served."""
    nonce = NONCE.search(phone.get(f"/door/{event.slug}").text)[1]
    return phone.post(f"/door/{event.slug}/{path}", data={"nonce": nonce} | fields)


def test_a_link_makes_a_phone_a_device_that_lets_people_in(app, event, tickets):
    link = make_link(event, secret=(secret := codes.secret()))
    phone = Visitor(app)
    asked = phone.get(f"/door/links/{secret}")
    assert asked.status_code == 200
    assert event.title in asked.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(DoorDevice)) == 0

    welcome = phone.post(f"/door/links/{secret}", data={"name": "Lea, north"})

    assert welcome.location == f"/door/{event.slug}"
    cookie = welcome.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    device = db.session.scalars(sa.select(DoorDevice)).one()
    assert (device.name, device.door_link_id) == ("Lea, north", link.id)
    assert cookie.split("=", 1)[1].split(";")[0].encode() not in device.token_digest
    page = phone.get(welcome.location)
    assert page.headers["Permissions-Policy"].startswith("camera=(self)")
    assert "Come in" in press(phone, event, code=code_of(tickets[0])).text


def test_two_presses_of_the_link_are_one_device(app, event):
    make_link(event, secret=(secret := codes.secret()))
    phone = Visitor(app)
    for name in ("Lea", "Lea B"):
        assert phone.post(f"/door/links/{secret}", data={"name": name}).status_code == 303

    assert db.session.scalars(sa.select(DoorDevice.name)).all() == ["Lea B"]


@pytest.mark.parametrize("name", ["", "x" * 61, "a\nb", "\u200d"])
def test_a_phone_needs_a_name_that_can_be_read(app, event, name):
    make_link(event, secret=(secret := codes.secret()))
    answer = Visitor(app).post(f"/door/links/{secret}", data={"name": name})

    assert answer.status_code == 422
    assert 'id="name_error"' in answer.text


def test_link_of_several_dates_leads_to_the_list_of_doors(app, event):
    other = make_event(organisation_id=event.organisation_id)
    make_link(event, other, secret=(secret := codes.secret()))
    phone = Visitor(app)

    assert phone.post(f"/door/links/{secret}", data={"name": "Lea"}).location == "/door"
    listed = phone.get("/door").text
    assert event.title in listed
    assert other.title in listed
    assert phone.get(f"/door/{other.slug}").status_code == 200


def test_program_registers_with_a_link_and_is_given_its_token(app, event):
    make_link(event, secret=(secret := codes.secret()))
    sent = {"data": {"name": "Turnstile 1"}, "headers": {"Accept": "application/json"}}

    answer = Visitor(app).post(f"/door/links/{secret}", **sent)

    assert answer.json["events"] == [event.slug]
    assert db.session.scalars(sa.select(DoorDevice.token_digest)).one() == codes.digest(answer.json["token"])
    refused = Visitor(app).post(f"/door/links/{secret}", headers=sent["headers"])
    assert (refused.status_code, list(refused.json["fields"])) == (422, ["name"])


@pytest.mark.parametrize("column", ["revoked_at", "expires_at"])
@pytest.mark.parametrize("model", [DoorLink, DoorDevice])
def test_what_is_over_is_over_with_the_next_request(app, event, tickets, model, column):
    link = make_link(event, secret=(secret := codes.secret()))
    phone = visitor(app, make_device(link)[1])
    assert ask(phone, event, code=code_of(tickets[0])).json["verdict"] == "come_in"

    with transaction():
        db.session.execute(sa.update(model).values({column: sa.func.now()}))

    assert ask(phone, event, code=code_of(tickets[1])).status_code == 401
    assert press_without_page(phone, event, tickets[1]).status_code == 403
    for path in ("", "/search", "/counts"):
        assert phone.get(f"/door/{event.slug}{path}").status_code == 403, path
    assert phone.get("/door").text.count(event.title) == 0
    assert phone.get(f"/T/{code_of(tickets[1])}", follow_redirects=True).request.path.startswith("/tickets/")
    assert Visitor(app).get(f"/door/links/{secret}").status_code == (404 if model is DoorLink else 200)
    assert state_of(tickets[1]).status == "valid"


def press_without_page(phone, event, ticket):
    return phone.post(f"/door/{event.slug}/admissions", data={"nonce": str(uuid4()), "code": code_of(ticket)})


def test_phone_that_was_taken_off_does_not_come_back_by_the_same_link(app, event):
    link = make_link(event, secret=(secret := codes.secret()))
    token = make_device(link)[1]
    with transaction():
        db.session.execute(sa.update(DoorDevice).values(revoked_at=sa.func.now()))

    assert visitor(app, token).post(f"/door/links/{secret}", data={"name": "Me again"}).status_code == 403


def test_device_of_another_event_is_not_let_in(app, event, tickets):
    other = make_event(organisation_id=event.organisation_id)
    phone = visitor(app, make_device(make_link(other))[1])

    assert ask(phone, event, code=code_of(tickets[0])).status_code == 401
    assert ask(phone, other, code=code_of(tickets[0])).json["reason"] == "other_event"
    assert state_of(tickets[0]).status == "valid"


@pytest.fixture
def member(app, event):
    def log_in(role):
        user = make_user(f"{role}@team.example")
        make_member_of(event, user, role)
        visitor = Visitor(app)
        visitor.log_in(user.email)
        return visitor

    return log_in


def make_member_of(event, user, role):
    class House:
        id = event.organisation_id

    return make_member(House, user, role, event_id=event.id if role is Role.DOOR else None)


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.DOOR])
def test_member_scans_as_long_as_they_are_one_and_logged_in(app, event, tickets, member, role):
    staff = member(role)
    assert event.title in staff.get("/door").text
    assert "Scan tickets with this phone" in staff.get(f"/door/{event.slug}").text
    assert staff.submit(f"/door/{event.slug}", f"/door/{event.slug}/devices", name="Mine").status_code == 303
    assert ask(staff, event, code=code_of(tickets[0])).json["verdict"] == "come_in"

    token = staff.client.get_cookie("door").value
    assert ask(visitor(app, token), event, code=code_of(tickets[1])).status_code == 401
    with transaction():
        db.session.execute(sa.delete(OrganisationMember))
    assert ask(staff, event, code=code_of(tickets[1])).status_code == 401
    assert staff.get(f"/door/{event.slug}").status_code == 403
    assert state_of(tickets[1]).status == "valid"


def test_member_who_logs_out_scans_no_more(event, tickets, member):
    staff = member(Role.DOOR)
    staff.submit(f"/door/{event.slug}", f"/door/{event.slug}/devices", name="Mine")
    staff.submit("/logout")

    assert ask(staff, event, code=code_of(tickets[0])).status_code == 401


def test_member_whose_sessions_were_all_ended_scans_no_more(event, tickets, member):
    staff = member(Role.DOOR)
    staff.submit(f"/door/{event.slug}", f"/door/{event.slug}/devices", name="Mine")
    with transaction():
        db.session.execute(sa.text("UPDATE users SET session_version = session_version + 1"))

    assert ask(staff, event, code=code_of(tickets[0])).status_code == 401


def test_money_is_not_the_door(event, member):
    staff = member(Role.FINANCE)

    assert staff.get(f"/door/{event.slug}").status_code == 403
    assert event.title not in staff.get("/door").text


def test_json_tells_everything_a_scanner_shows(phone, event, kind, tickets):
    gate = make_gate(event, name="North")
    nonce = str(uuid4())
    come_in = ask(phone, event, code=qr.url(tickets[0]), gate=gate.public_id, nonce=nonce).json

    assert come_in == {
        "verdict": "come_in",
        "reason": None,
        "sentence": "Come in: 1 of 3 who belong together are in.",
        "name": "Ada Verhoeven",
        "type": "Standing",
        "count": 1,
        "of": 3,
        "when": None,
        "gate": None,
        "scan": nonce,
        "ticket": tickets[0].ref,
    }
    again = ask(phone, event, code=qr.url(tickets[0])).json
    assert (again["verdict"], again["gate"]) == ("already_in", "North")
    assert again["when"].endswith("+00:00")


@pytest.mark.parametrize(
    "sent",
    [
        {"nonce": "x"},
        {"nonce": None},
        {"code": ""},
        {"code": None},
        {"code": 7},
        {"code": ["A"]},
        {"code": "A\x00"},
        {"code": "x" * 30_000},
        {"direction": "up"},
        {"gate": "NOSUCHGATE"},
        {"gate": {}},
        {"is_offline": "yes"},
        {"is_offline": True, "scanned_at": "yesterday"},
        {"scanned_at": "0001-01-01T00:00:00+14:00"},
    ],
    ids=str,
)
def test_malformed_attempts_are_422_and_let_nobody_in(phone, event, tickets, sent):
    answer = ask(phone, event, **{"code": code_of(tickets[0])} | sent)

    assert answer.status_code == 422, answer.text
    assert answer.json["error"]
    assert state_of(tickets[0]).status == "valid"


def test_page_answers_with_the_verdict_and_a_reload_changes_nothing(phone, event, tickets):
    nonce = NONCE.search(phone.get(f"/door/{event.slug}").text)[1]
    fields = {"nonce": nonce, "code": code_of(tickets[0])}
    for _reload in range(2):
        answer = phone.post(f"/door/{event.slug}/admissions", data=fields)
        assert 'class="verdict come_in"' in answer.text
        assert "Ada Verhoeven" in answer.text
    other = phone.post(f"/door/{event.slug}/admissions", data=fields | {"code": code_of(tickets[1])})

    assert 'class="verdict come_in"' in other.text
    assert [state_of(each).status for each in tickets] == ["redeemed", "redeemed", "valid"]


def test_scan_page_remembers_gate_and_direction(phone, event, tickets):
    gate = make_gate(event, name="North")
    page = phone.get(f"/door/{event.slug}?gate={gate.public_id}&direction=exit").text

    assert f'name="gate" value="{gate.public_id}"' in page
    assert 'name="direction" value="exit"' in page
    answer = press(phone, event, code=code_of(tickets[0]), gate=gate.public_id)
    assert f'name="gate" value="{gate.public_id}"' in answer.text


def test_reference_typed_into_the_field_leads_to_the_name(phone, event, tickets):
    answer = press(phone, event, code=tickets[0].ref.lower())

    assert answer.status_code == 303
    found = phone.get(answer.location)
    assert "Ada Verhoeven" in found.text
    assert tickets[0].ref in found.text
    assert state_of(tickets[0]).status == "valid"


@pytest.mark.parametrize("name", ["verhoeven", " Ada Verh ", "Ångström", "O'Neil-Smith Jr.", "Žižek"])
def test_name_typed_into_the_field_is_looked_for(phone, event, tickets, name):
    answer = press(phone, event, code=name)

    assert answer.status_code == 303
    assert f'value="{name.strip()}"' in html.unescape(phone.get(answer.location).text)


@pytest.mark.parametrize("text", ["4006381333931", "https://example.org/x", "A" * 122, "a" * 101, "x1", "🎟️"])
def test_other_code_is_a_verdict_and_no_search(phone, event, tickets, text):
    assert 'data-verdict="not_valid"' in press(phone, event, code=text).text


def picture(drawing, kind="PNG"):
    file = io.BytesIO()
    drawing.save(file, kind)
    return io.BytesIO(file.getvalue())


def photographed(phone, event, file):
    return press(phone, event, "photos", photo=(file, "photo.png"))


def test_photo_of_a_ticket_lets_in(phone, event, tickets):
    code = Image.open(io.BytesIO(qr.png(tickets[0], 6))).convert("RGB")
    scene = Image.new("RGB", (1600, 1200), "#665544")
    scene.paste(code.rotate(7, expand=True, fillcolor="#665544"), (300, 200))

    assert 'class="verdict come_in"' in photographed(phone, event, picture(scene, "JPEG")).text
    assert state_of(tickets[0]).status == "redeemed"


@pytest.mark.parametrize(
    ("photo", "sentence"),
    [
        (b"", "This photo is empty"),
        (b"GIF89a", "We cannot read this photo"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, "We cannot read this photo"),
        (picture(Image.effect_noise((800, 600), 90)).read(), "No code can be seen"),
    ],
    ids=["empty", "gif", "broken", "cat"],
)
def test_photo_without_a_code_says_so(phone, event, photo, sentence):
    answer = photographed(phone, event, io.BytesIO(photo))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Scan)) == 0


def test_photo_that_would_fill_the_memory_is_refused_by_its_header(phone, event):
    bomb = picture(Image.new("1", (30_000, 30_000)))

    assert "40 million pixels" in photographed(phone, event, bomb).text


def test_photo_that_is_too_large_is_refused(phone, event):
    answer = photographed(phone, event, io.BytesIO(b"x" * (13 * 1024 * 1024)))

    assert answer.status_code == 422
    assert "larger than 12 MB" in answer.text


def test_somebody_without_a_code_is_found_by_name_alone_and_let_in(phone, event, kind, tickets):
    make_tickets((kind, 1), buyer_name="Bo Lindqvist", email="secret@buyer.example")
    page = phone.get(f"/door/{event.slug}/search?q=lindq").text
    assert "Bo Lindqvist" in page
    assert "secret@" not in page
    assert "Ada" not in page
    assert "Bo Lindqvist" not in phone.get(f"/door/{event.slug}/search?q=secret").text
    assert "No ticket of this event" in phone.get(f"/door/{event.slug}/search?q=nobody").text
    ref = re.search(r'name="ticket" value="([^"]+)"', page)[1]

    answer = press(phone, event, ticket=ref)

    assert 'class="verdict come_in"' in answer.text
    assert "in since" in phone.get(f"/door/{event.slug}/search?q=Lindqvist").text


def test_phone_that_sees_no_names_goes_by_references(app, event, tickets):
    phone = visitor(app, make_device(make_link(event), sees_names=False)[1])
    assert ask(phone, event, code=code_of(tickets[0])).json["name"] is None
    assert "No ticket of this event" in phone.get(f"/door/{event.slug}/search?q=Ada").text
    found = phone.get(f"/door/{event.slug}/search?q={tickets[1].ref}").text
    assert tickets[1].ref in found
    group = {"ticket": tickets[1].ref, "quantity": "2", "nonce": str(uuid4())}
    let_in = phone.post(f"/door/{event.slug}/groups", data=group).text

    assert "Ada" not in found + let_in
    assert "2 let in" in let_in


def test_closed_gate_lets_no_group_in(phone, event, tickets):
    gate = make_gate(event, closed_at=sa.func.now())
    group = {"ticket": tickets[1].ref, "quantity": "2", "nonce": str(uuid4()), "gate": gate.public_id}

    assert phone.post(f"/door/{event.slug}/groups", data=group).status_code == 409
    assert state_of(tickets[1]).status == "valid"


def test_those_who_belong_together_come_in_at_once(phone, event, tickets, invariants_hold):
    nonce = str(uuid4())
    fields = {"ticket": tickets[1].ref, "quantity": "2", "nonce": nonce}
    for _twice in range(2):
        answer = phone.post(f"/door/{event.slug}/groups", data=fields)
        assert "2 let in." in answer.text
        assert "2 of 3" in answer.text
    assert [state_of(each).status for each in tickets] == ["redeemed", "redeemed", "valid"]

    fields["nonce"] = str(uuid4())
    refused = phone.post(f"/door/{event.slug}/groups", data=fields)
    assert refused.status_code == 409
    assert "Only 1 of these tickets" in refused.text
    assert state_of(tickets[2]).status == "valid"
    invariants_hold()


def test_group_keeps_to_the_types_of_its_gate(phone, event, kind, invariants_hold):
    balcony = make_ticket_type(event, name="Balcony")
    mixed = make_tickets((kind, 1), (balcony, 1))
    gate = make_gate(event, balcony)
    fields = {"ticket": mixed[0].ref, "nonce": str(uuid4()), "gate": gate.public_id}

    assert phone.post(f"/door/{event.slug}/groups", data=fields | {"quantity": "2"}).status_code == 409
    assert phone.post(f"/door/{event.slug}/groups", data=fields | {"quantity": "1"}).status_code == 200
    assert [state_of(each).status for each in mixed] == ["valid", "redeemed"]
    invariants_hold()


def test_undo_restores_the_ticket_and_is_in_the_audit(phone, event, tickets, invariants_hold):
    scan_id = ask(phone, event, code=code_of(tickets[0])).json["scan"]
    path = f"/door/{event.slug}/admissions/{scan_id}/undo"
    for _twice in range(2):
        assert "Taken back" in phone.post(path).text

    assert tuple(state_of(tickets[0]))[:3] == ("valid", None, None)
    entries = db.session.execute(
        sa.text("SELECT action, actor FROM audit_entries WHERE subject = 'tickets' AND action = 'admission_undone'")
    ).all()
    assert [entry.actor.partition(":")[0] for entry in entries] == ["device"]
    invariants_hold()
    assert ask(phone, event, code=code_of(tickets[0])).json["verdict"] == "come_in"
    invariants_hold()


def test_undo_of_a_return_leaves_the_person_outside(app, database, invariants_hold):
    event = make_event(allows_reentry=True)
    ticket = make_tickets((make_ticket_type(event), 1))[0]
    phone = visitor(app, make_device(make_link(event))[1])
    scans = [ask(phone, event, code=code_of(ticket), direction=way).json["scan"] for way in ("entry", "exit", "entry")]
    left_at = db.session.scalars(sa.select(Scan.scanned_at).where(Scan.verdict == "exit")).one()

    def undo(number):
        return phone.post(f"/door/{event.slug}/admissions/{scans[number]}/undo").status_code

    assert undo(1) == 409
    assert undo(2) == 200
    assert (state_of(ticket).status, state_of(ticket).left_at) == ("redeemed", left_at)
    invariants_hold()
    assert (undo(1), undo(0)) == (200, 200)
    assert tuple(state_of(ticket))[:3] == ("valid", None, None)
    invariants_hold()


def test_undo_is_for_ten_minutes_and_for_ones_own_scans(app, phone, event, tickets):
    scan_id = ask(phone, event, code=code_of(tickets[0])).json["scan"]
    other = visitor(app, make_device(make_link(event))[1])
    path = f"/door/{event.slug}/admissions/{scan_id}/undo"
    assert other.post(path).status_code == 404
    with transaction():
        db.session.execute(sa.text("UPDATE scans SET recorded_at = now() - interval '11 minutes'"))

    assert phone.post(path).status_code == 409
    assert state_of(tickets[0]).status == "redeemed"


def test_ticket_that_was_paid_back_meanwhile_is_not_given_back_to_the_guest(phone, event, tickets):
    scan_id = ask(phone, event, code=code_of(tickets[0])).json["scan"]
    with transaction():
        db.session.execute(sa.text("UPDATE purchases SET payment_status = 'refunded'"))

    assert phone.post(f"/door/{event.slug}/admissions/{scan_id}/undo").status_code == 409
    assert state_of(tickets[0]).status == "redeemed"


def test_counts_are_by_type_of_who_is_in_and_inside(phone, event, kind, tickets):
    make_tickets((make_ticket_type(event, name="Balcony"), 1))
    for ticket in tickets[:2]:
        ask(phone, event, code=code_of(ticket))
    ask(phone, event, code=code_of(tickets[0]), direction="exit")

    page = phone.get(f"/door/{event.slug}/counts")

    text = re.sub(r"<[^>]+>|\s+", " ", page.text).split()
    assert text[-12:] == ["Standing", "1", "2", "3", "Balcony", "0", "0", "1", "Together", "1", "2", "4"]


def test_code_in_the_camera_app_of_a_phone_at_the_door_is_one_tap(phone, event, tickets):
    gate = make_gate(event, name="North")
    ask(phone, event, code=code_of(tickets[1]), gate=gate.public_id)
    answer = phone.get(f"/T/{code_of(tickets[0])}")
    assert answer.location == f"/door/codes/{code_of(tickets[0])}"

    page = phone.get(answer.location)

    assert f'value="{gate.public_id}" selected' in page.text
    assert state_of(tickets[0]).status == "valid"
    fields = {"code": code_of(tickets[0]), "nonce": NONCE.search(page.text)[1], "gate": gate.public_id}
    assert "Come in" in phone.post(f"/door/{event.slug}/admissions", data=fields).text


def test_code_in_the_camera_app_of_its_owner_is_the_ticket(app, tickets):
    assert Visitor(app).get(f"/T/{code_of(tickets[0])}").status_code == 200
    unknown = visitor(app, codes.secret()).get(f"/T/{code_of(tickets[0])}", follow_redirects=True)
    assert (unknown.status_code, unknown.request.path) == (200, f"/tickets/{code_of(tickets[0])}")


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_form_of_another_site_lets_nobody_in(phone, event, tickets, headers):
    sent = {"nonce": str(uuid4()), "code": code_of(tickets[0])}
    answer = phone.post(f"/door/{event.slug}/admissions", data=sent, headers=headers)

    assert answer.status_code == 403
    assert state_of(tickets[0]).status == "valid"


def test_admission_through_http_is_one_statement(phone, event, tickets, count_statements):
    with count_statements() as statements:
        assert ask(phone, event, code=code_of(tickets[0])).json["verdict"] == "come_in"

    assert len(statements) == 1, statements


def test_device_that_floods_is_slowed_and_the_others_are_not(app, event, tickets):
    noisy, calm = (visitor(app, make_device(make_link(event))[1]) for _ in range(2))
    answers = [ask(noisy, event, code="rubbish").status_code for _ in range(60)]

    assert answers == [200] * 40 + [429] * 20
    slowed = ask(noisy, event, code=code_of(tickets[0]))
    assert (slowed.status_code, slowed.headers["Retry-After"]) == (429, "10")
    assert ask(calm, event, code=code_of(tickets[0])).json["verdict"] == "come_in"


def test_phone_of_two_links_scans_for_both(app, event, tickets):
    other = make_event()
    theirs = make_tickets((make_ticket_type(other), 1))
    token = codes.secret()
    for each in (event, other):
        make_device(make_link(each), token)
    phone = visitor(app, token)

    assert ask(phone, event, code=code_of(tickets[0])).json["verdict"] == "come_in"
    assert ask(phone, other, code=code_of(theirs[0])).json["verdict"] == "come_in"
    assert scan(Phone.of(token), other, theirs[0]).word == "already_in"
