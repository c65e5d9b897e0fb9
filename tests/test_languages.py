"""Every text that a person reads can be translated: in an installation whose every sentence is translated into ⟦…⟧,
whose dates are Russian and whose data are Greek, no Latin word is left outside the brackets."""

import re
from datetime import timedelta
from uuid import uuid4

import flask_babel
import pytest
import sqlalchemy as sa

from carneau import create_app
from carneau.admissions.devices import Phone
from carneau.core import clock, codes
from carneau.core.db import db, transaction
from carneau.organisations import links
from carneau.organisations.models import Organisation
from carneau.purchases.models import PurchaseLine
from carneau.tickets import issuing
from config import Config
from tests.buying import Buyer
from tests.making import (
    make_endpoint,
    make_event,
    make_export,
    make_flag,
    make_invitation,
    make_member,
    make_organisation,
    make_paid_purchase,
    make_ticket_type,
    make_token,
)
from tests.pseudo_locale import Marked, latin_left_in
from tests.scanning import code_of, make_conflict, make_device, make_gate, make_link, make_tickets, scan
from tests.visiting import Visitor, make_user

GREEK = {"title": "Συναυλία", "summary": "Νύχτα", "category": "Μουσική", "venue_name": "Αποθήκη", "city": "Λίνταχ"}
URL = {"url": "https://shop.example/", "kinds": "purchase.paid"}


@pytest.fixture
def translated(database, simulator, settings, app):
    russian = create_app(Config.from_env(settings | {"LOCALE": "ru", "STRIPE_API_BASE": app.config["STRIPE_API_BASE"]}))
    with russian.app_context(), russian.test_request_context():
        domain = flask_babel.get_domain()
        domain.cache["ru", domain.domain[0]] = Marked()
    yield russian
    with russian.app_context():
        db.engine.dispose()
    create_app(Config.from_env(settings | {"STRIPE_API_BASE": app.config["STRIPE_API_BASE"]}))


def greek_type(**values):
    event = make_event(make_organisation(name="Σπίτι", email="σπιτι"), street="Οδός 4", **GREEK)
    return event, make_ticket_type(event, name="Όρθιοι", description="Μπροστά", **values)


def test_the_measure_finds_a_text_that_was_forgotten():
    assert latin_left_in("<p>⟦All ⟦right⟧ here⟧ 12 €</p><p>Forgotten words</p>") == ["Forgotten words"]
    assert latin_left_in('<p>⟦Here⟧</p><img alt="One poster">') == ["One poster"]


def test_no_page_on_the_way_to_a_ticket_has_a_word_that_cannot_be_translated(translated, simulator):
    event, kind = greek_type()
    sold_out, _ = greek_type(total_quantity=0)
    buyer = Buyer(translated)
    pages = [
        "/",
        "/?q=tabula",
        f"/e/{event.slug}",
        f"/e/{sold_out.slug}/availability",
        "/cart",
        "/nowhere",
    ]
    for path in pages:
        assert latin_left_in(buyer.client.get(path).text) == [], path
    with translated.app_context():
        buyer.take(kind, 2)
    for path in ("/cart", "/checkout"):
        assert latin_left_in(buyer.client.get(path).text) == [], path
    assert latin_left_in(buyer.check_out(name="", email="nobody").text) == []
    with translated.app_context():
        answer = buyer.check_out(name="Άντα", email="ada@buyer.example")
    session = answer.location.rpartition("/")[2]
    simulator.pay(session)
    with translated.app_context():
        success = buyer.come_back(session)
    assert latin_left_in(success.text) == []
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/(?:tickets|purchases)/[^".]+)"', success.text)]
    assert len(links) >= 2
    for path in dict.fromkeys(links):
        assert latin_left_in(buyer.client.get(path).text) == [], path


def test_no_page_of_an_account_has_a_word_that_cannot_be_translated(translated):
    purchase = make_paid_purchase((greek_type()[1], 2), email="ada@buyer.example", buyer_name="Άντα")
    with translated.app_context():
        with transaction():
            issuing.issue(purchase)
        make_user("ada@buyer.example", name="Άντα")
    ada = Visitor(translated)
    for path in ("/login", "/register", "/password", "/login/mail", "/links/none", "/logout"):
        assert latin_left_in(ada.get(path).text) == [], path
    for path, action in (("/login", "/login"), ("/login", "/login/link"), ("/register", "/register")):
        assert latin_left_in(ada.submit(path, action, email="x").text) == [], action
    ada.enter_as("ada@buyer.example")
    passing = re.search(r'href="(/tickets/[A-Z2-7]+/holder)"', ada.get("/my/tickets").text)[1]
    for path in ("/account", "/my/tickets", "/my/tickets/past", "/my/tickets/passed"):
        assert latin_left_in(ada.get(path).text) == [], path
    for path in (
        passing,
        "/account/name",
        "/account/address",
        "/account/password",
        "/account/data",
        "/account/deletion",
    ):
        assert latin_left_in(ada.get(path).text) == [], path
        assert latin_left_in(ada.submit(path).text) == [], path


def test_no_page_of_a_door_has_a_word_that_cannot_be_translated(translated):
    event, kind = greek_type()
    with translated.app_context():
        house = db.session.get_one(Organisation, event.organisation_id)
        make_member(house, make_user("ada@buyer.example", name="Άντα"))
        link, gate = make_link(event, label="Ομάδα"), make_gate(event, name="Βορράς")
        device, token = make_device(link, name="Κινητό", queue_length=2, scan_p95_ms=40)
        ticket = make_tickets((kind, 1), buyer_name="Άντα")[0]
        for code in (ticket, ticket, "x"):
            scan(Phone.of(token), event, code, gate=gate.public_id)
        make_conflict(device, event, ticket)
        make_conflict(device, event, ticket, verdict="not_valid", reason="void")
    ada, root = Visitor(translated), f"/manage/events/{event.slug}"
    ada.enter_as("ada@buyer.example")
    door = f"{root}/door"
    pages = [door, f"{door}/gates", f"{door}/gates/{gate.public_id}", f"{door}/phones", f"{door}/links/new"]
    pages += [f"{door}/phones/{device.public_id}", f"{door}/phones/{device.public_id}/revocation"]
    pages += [f"{door}/links/{link.public_id}/revocation", f"{door}/scans", f"{door}/scans?since=x"]
    pages += ["/door/no-network.html"]
    for path in (*pages, f"{door}/conflicts", f"{root}/attendees", f"{root}/attendees/{ticket.ref}"):
        assert latin_left_in(ada.get(path).text) == [], path
    assert latin_left_in(ada.submit(f"{door}/gates", name="").text) == []
    assert latin_left_in(ada.submit(f"{door}/links/new", f"{door}/links", label="").text) == []


def test_no_page_of_a_phone_at_the_door_has_a_word_that_cannot_be_translated(translated):
    event, kind = greek_type()
    with translated.app_context():
        link, gate = make_link(event, secret=(secret := codes.secret())), make_gate(event, name="Βορράς")
        token = make_device(link, name="Κινητό")[1]
        tickets = make_tickets((kind, 3), buyer_name="Άντα")
        shown = [*map(code_of, tickets[:2]), code_of(tickets[0]), "x", ""]
    door, phone = f"/door/{event.slug}", Visitor(translated)
    for path in ("/door", f"/door/links/{secret}", "/door/links/none", door):
        assert latin_left_in(phone.get(path).text) == [], path
    assert latin_left_in(phone.post(f"/door/links/{secret}").text) == []
    phone.client.set_cookie("door", token)
    for path in ("/door", door, f"{door}?gate={gate.public_id}&direction=exit", f"{door}/counts", f"{door}/search"):
        assert latin_left_in(phone.get(path).text) == [], path
    for code in shown:
        attempt = {"code": code, "nonce": str(uuid4()), "gate": gate.public_id}
        assert latin_left_in(phone.post(f"{door}/admissions", data=attempt, follow_redirects=True).text) == [], code
    group = {"ticket": tickets[2].ref, "quantity": "1", "nonce": str(uuid4())}
    assert latin_left_in(phone.post(f"{door}/groups", data=group).text) == []
    for path in (f"{door}/search?q={tickets[0].ref}", f"{door}/search?q=9", f"/door/codes/{shown[0]}"):
        assert latin_left_in(phone.get(path).text) == [], path


def test_no_page_of_a_team_has_a_word_that_cannot_be_translated(translated):
    event, _kind = greek_type()
    with translated.app_context():
        house = db.session.get_one(Organisation, event.organisation_id)
        owner = make_member(house, make_user("ada@buyer.example", name="Άντα"))
        invitation = make_invitation(house, invited_by="Άντα")
        root = f"/manage/organisations/{house.slug}"
        letter = links.path(invitation.ref, links.key(invitation.ref))
    assert latin_left_in(Visitor(translated).get(letter).text) == []
    ada = Visitor(translated)
    ada.enter_as("ada@buyer.example")
    pages = (
        "/manage",
        "/manage/organisations/new",
        root,
        f"{root}?past=1",
        f"{root}/edit",
        f"{root}/people",
        f"{root}/departure",
    )
    for path in (*pages, f"{root}/team", f"{root}/team/{owner.ref}", letter, f"{root}/audit?action=left"):
        assert latin_left_in(ada.get(path).text) == [], path
    assert latin_left_in(ada.submit(f"{root}/team", f"{root}/team/invitations").text) == []
    for path in (f"{root}/team/{owner.ref}/removal", f"{root}/departure"):
        assert latin_left_in(ada.submit(path.removesuffix("/removal"), path).text) == [], path
    assert latin_left_in(ada.get(f"{root}/team/none").text) == []


def test_no_page_of_sales_has_a_word_that_cannot_be_translated(translated):
    event, kind = greek_type()
    with translated.app_context():
        paid, disputed = (
            make_paid_purchase((kind, 2), email="ada@buyer.example", buyer_name="Άντα") for _purchase in range(2)
        )
        with transaction():
            tickets = [issuing.issue(purchase)[0].ref for purchase in (paid, disputed)]
            db.session.execute(sa.update(PurchaseLine).values(event_title="Συναυλία"))
        flag, export = make_flag(disputed).ref, make_export(event, size_bytes=1200, rows_total=2000).ref
        house = db.session.get_one(Organisation, event.organisation_id)
        make_member(house, make_user("ada@buyer.example", name="Άντα"))
        slug = house.slug
    ada = Visitor(translated)
    ada.enter_as("ada@buyer.example")
    root, flags = f"/manage/events/{event.slug}", f"/manage/organisations/{slug}/flags"
    pages = ("", "/stock", "/purchases", "/purchases?q=none", "/purchases?state=failed", "/attendees?who=void")
    pages += ("/attendees", f"/attendees/{tickets[0]}", f"/purchases/{paid.ref}", f"/purchases/{disputed.ref}")
    pages += ("/exports", "/messages", "/box-office", f"/purchases/{paid.ref}/refunds/new", "/refunds")
    for path in pages:
        page = ada.get(root + path)
        assert (page.status_code, latin_left_in(page.text)) == (200, []), path
    assert export in ada.get(f"{root}/exports").text
    for path in (flags, f"{flags}?past=1", f"{flags}/{flag}"):
        assert latin_left_in(ada.get(path).text) == [], path
    for path in (f"/purchases/{paid.ref}/refunds", f"/purchases/{paid.ref}/mails", f"/attendees/{tickets[0]}"):
        page = root + (path + "/new" if path.endswith("refunds") else path.removesuffix("/mails"))
        assert latin_left_in(ada.submit(page, root + path, email="x").text) == [], path
    for path in ("/messages", "/box-office"):
        assert latin_left_in(ada.submit(root + path).text) == [], path
    preview = ada.submit(f"{root}/messages", ref="AAAA-AAAA", subject="Ώρα", body="Νωρίς")
    assert latin_left_in(preview.text) == []
    ada.submit(f"{flags}/{flag}", f"{flags}/{flag}/closing", note="Είδα")
    for path in (f"{flags}?past=1", f"/manage/organisations/{slug}/audit"):
        assert latin_left_in(ada.get(path).text) == [], path


def test_no_page_of_the_integrations_has_a_word_that_cannot_be_translated(translated):
    event, _kind = greek_type()
    with translated.app_context():
        house = db.session.get_one(Organisation, event.organisation_id)
        make_member(house, make_user("ada@buyer.example", name="Άντα"))
        root = f"/manage/organisations/{house.slug}/integrations"
        make_token(house, name="Ιστός", last_used_at=clock.now(), expires_at=clock.now())
        states = ({}, {"failures": 2, "failing_since": clock.now(), "paused_until": clock.now() + timedelta(hours=1)})
        made = [make_endpoint(house, **each) for each in (*states, {"disabled_at": clock.now()})]
    ada = Visitor(translated)
    ada.enter_as("ada@buyer.example")
    for endpoint in made:
        ada.submit(f"{root}/webhooks/{endpoint.ref}", f"{root}/webhooks/{endpoint.ref}/pings")
    pages = ("", "/tokens/new", "/webhooks/new", *(f"/webhooks/{endpoint.ref}" for endpoint in made))
    for path in pages:
        assert latin_left_in(ada.get(root + path).text) == [], path
    seed, answers = "s" * 43, []
    for kind, fields in (("tokens", {"name": "Ιστός", "scopes": "checkout", "days": "0"}), ("webhooks", URL)):
        new = f"{root}/{kind}/new"
        answers += [ada.submit(new, f"{root}/{kind}"), ada.submit(new, f"{root}/{kind}", seed=seed, **fields)]
    assert [answer.status_code for answer in answers] == [422, 200] * 2
    assert [latin_left_in(answer.text) for answer in answers] == [[]] * 4
