import re
from uuid import uuid4

import pytest

from carneau.tickets import qr
from tests.door.phones import NONCE, ask, press, visitor
from tests.making import make_ticket_type
from tests.scanning import code_of, make_device, make_gate, make_link, make_tickets, state_of


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


def test_counts_are_by_type_of_who_is_in_and_inside(phone, event, kind, tickets):
    make_tickets((make_ticket_type(event, name="Balcony"), 1))
    for ticket in tickets[:2]:
        ask(phone, event, code=code_of(ticket))
    ask(phone, event, code=code_of(tickets[0]), direction="exit")

    page = phone.get(f"/door/{event.slug}/counts")

    text = re.sub(r"<[^>]+>|\s+", " ", page.text).split()
    assert text[-12:] == ["Standing", "1", "2", "3", "Balcony", "0", "0", "1", "Together", "1", "2", "4"]


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
