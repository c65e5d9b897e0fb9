"""What is held before a scanner that is no ticket: always a clear answer, never an admission, never a crash."""

import base64
import io
import random
from uuid import uuid4

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from carneau.admissions import reading
from carneau.admissions.models import Reason, Scan
from carneau.core.db import db
from carneau.tickets import qr
from tests.door.phones import visitor
from tests.scanning import code_of, make_device, make_link, make_tickets, state_of

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
PATIENCE = 35


@pytest.fixture
def ticket(kind):
    return make_tickets((kind, 1))[0]


@pytest.fixture
def show(app, event, ticket):
    """Holds each before a phone, which another one relieves before it is taken for a flood."""
    phones = []

    def one(code, **sent):
        if not phones or phones[-1][1] >= PATIENCE:
            phone = visitor(app, make_device(make_link(event))[1])
            phones.append([phone, 0])
        phones[-1][1] += 1
        sent = {"nonce": str(uuid4()), "code": code} | sent
        headers = {"Accept": "application/json"}
        return phones[-1][0].post(f"/door/{event.slug}/admissions", json=sent, headers=headers)

    return one


def nobody_came(ticket):
    db.session.rollback()
    assert state_of(ticket).status == "valid"
    assert set(db.session.scalars(sa.select(Scan.verdict))) <= {"not_valid"}


def flipped(code):
    """The code with each of its bits turned over, the spare ones of its last letter too."""
    for index, letter in enumerate(code):
        for bit in range(5):
            yield code[:index] + ALPHABET[ALPHABET.index(letter) ^ 1 << bit] + code[index + 1 :]


def made_up(generator):
    return "".join(generator.choices(ALPHABET, k=122))


def signed_elsewhere(ticket):
    payload = base64.b32decode(code_of(ticket) + "======")[: qr.PAYLOAD_BYTES]
    stranger = Ed25519PrivateKey.from_private_bytes(b"another installation's own seed!")
    return base64.b32encode(payload + stranger.sign(qr.DOMAIN + payload)).decode().rstrip("=")


def test_none_of_100000_made_up_codes_is_read_as_a_ticket(app, database):
    generator = random.Random(4)
    version = base64.b32encode(bytes([qr.VERSION, 0])).decode()[:1]
    for number in range(100_000):
        code = made_up(generator)
        if number % 20 == 0:
            code = version + "E" + code[2:]
        assert reading.read(code).unread is Reason.FORGED
    assert reading.read(made_up(generator)[:121]).unread is Reason.UNKNOWN


def test_a_sample_of_made_up_codes_is_refused_by_the_door(show, ticket):
    generator = random.Random(5)
    for _ in range(100):
        answer = show(made_up(generator))
        assert (answer.status_code, answer.json["verdict"], answer.json["reason"]) == (200, "not_valid", "forged")
    nobody_came(ticket)


def test_no_bit_of_a_code_can_be_turned_over(show, ticket):
    others = list(flipped(code_of(ticket)))
    assert len(set(others)) == 610
    assert {reading.read(other).unread for other in others} == {Reason.FORGED}
    for other in others[::8]:
        assert show(other).json["reason"] == "forged"
    nobody_came(ticket)


def test_code_of_another_installation_is_not_signed_here(show, ticket):
    for code in (signed_elsewhere(ticket), f"HTTPS://OTHER.EXAMPLE/T/{signed_elsewhere(ticket)}"):
        assert show(code).json["reason"] == "forged"
    nobody_came(ticket)


@pytest.mark.parametrize(
    "text",
    [
        "🎟️",
        "x" * 10_000,
        " ",
        "A",
        "null",
        "../../etc/passwd",
        "'; DROP TABLE tickets; --",
        "٣" * 122,
        "ａ" * 122,
        "%00",
    ],
    ids=lambda text: text[:10],
)
def test_text_that_is_no_code_is_said_to_be_none(show, ticket, text):
    answer = show(text)

    assert answer.status_code in (200, 422)
    assert answer.json.get("reason", "unknown") == "unknown"
    assert answer.json.get("sentence") or answer.json["error"]
    nobody_came(ticket)


def test_code_with_something_around_it_is_read_only_if_it_ends_the_text(ticket):
    code = code_of(ticket)

    assert reading.read(f"https://anything.example/t/{code.lower()}\n").ticket_id == ticket.id
    assert reading.read(f"{code}?key=1").unread is Reason.UNKNOWN
    assert reading.read(f"A{code}").ticket_id == ticket.id
    assert reading.read(code[:60] + " " + code[60:]).unread is Reason.UNKNOWN


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"7", b'"code"', b"[" * 50_000, b"\xff", b'{"code": 1e999}'])
def test_body_that_is_no_attempt_is_422(phone, event, ticket, body):
    answer = phone.post(f"/door/{event.slug}/admissions", data=body, content_type="application/json")

    assert (answer.status_code, list(answer.json)) == (422, ["error", "fields"])
    nobody_came(ticket)


@pytest.mark.parametrize(
    "photo", [b"", b"\x00" * 100, b"\xff\xd8\xff\xe0" + b"\x00" * 500, b"RIFF\x00\x00\x00\x00WEBP"]
)
def test_photo_that_is_none_is_422(phone, event, ticket, photo):
    fields = {"nonce": str(uuid4()), "photo": (io.BytesIO(photo), "ticket.jpg")}

    answer = phone.post(f"/door/{event.slug}/photos", data=fields)

    assert answer.status_code == 422
    assert "photo" in answer.text
    nobody_came(ticket)
