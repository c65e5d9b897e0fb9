"""One ticket before several gates at once."""

import threading
from collections import Counter
from uuid import uuid4

import pytest
import sqlalchemy as sa

from carneau.admissions import admission, groups
from carneau.admissions.models import Scan
from carneau.admissions.verdicts import Attempt
from carneau.core.db import db, transaction
from carneau.tickets import issuing
from carneau.tickets.models import Ticket
from tests.making import make_event, make_ticket_type
from tests.races import naive
from tests.scanning import code_of, make_gate, make_phone, make_tickets, scan, state_of


@pytest.fixture
def event(database):
    return make_event(allows_reentry=True)


@pytest.fixture
def kind(event):
    return make_ticket_type(event)


@pytest.fixture
def tickets(kind):
    """Five of one purchase, and neighbours."""
    make_tickets((kind, 3))
    return make_tickets((kind, 5))


@pytest.fixture
def phones(event):
    return [make_phone(event) for _ in range(8)]


def words(outcomes):
    return Counter(getattr(outcome, "word", type(outcome).__name__) for outcome in outcomes)


def scans():
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(Scan))


def test_one_ticket_scanned_64_times_at_once_by_8_phones_lets_one_in(
    event, tickets, phones, in_parallel, invariants_hold
):
    code = code_of(tickets[0])

    outcomes = in_parallel(64, lambda n: scan(phones[n % 8], event, code))

    assert words(outcomes) == {"come_in": 1, "already_in": 63}
    entered = state_of(tickets[0]).redeemed_at
    assert {outcome.when for outcome in outcomes} == {None, entered}
    assert scans() == 64
    invariants_hold()


def test_control_who_looks_and_then_lets_in_lets_everybody_in(event, tickets, phones, in_parallel, is_broken):
    all_have_looked = threading.Barrier(8)

    outcomes = in_parallel(8, lambda n: naive.admit(phones[n], tickets[0], all_have_looked.wait))

    assert outcomes == ["come_in"] * 8
    assert "I5" in is_broken()


def test_one_attempt_sent_16_times_at_once_is_answered_16_times_alike(
    event, tickets, phones, in_parallel, invariants_hold
):
    for ticket in tickets[:3]:
        nonce, code = uuid4(), code_of(ticket)
        outcomes = in_parallel(16, lambda: scan(phones[0], event, code, nonce=nonce))  # noqa: B023
        assert words(outcomes) == {"come_in": 16}

    assert scans() == 3
    invariants_hold()


def test_one_refused_attempt_sent_16_times_at_once_is_noted_once(event, tickets, phones, in_parallel):
    nonce = uuid4()

    outcomes = in_parallel(16, lambda: scan(phones[0], event, "no code at all", nonce=nonce))

    assert words(outcomes) == {"not_valid": 16}
    assert scans() == 1


def test_one_nonce_for_two_tickets_at_once_lets_in_what_it_notes(event, tickets, phones, in_parallel, invariants_hold):
    for one, other in zip(tickets[::2], tickets[1::2], strict=False):
        nonce, codes = uuid4(), [code_of(one), code_of(other)]
        outcomes = in_parallel(4, lambda n: scan(phones[0], event, codes[n % 2], nonce=nonce))  # noqa: B023
        assert words(outcomes) == {"come_in": 2, "Invalid": 2}

    assert scans() == 2
    invariants_hold()


def test_out_and_in_again_at_once_never_makes_one_ticket_two_people(
    event, tickets, phones, in_parallel, invariants_hold
):
    code = code_of(tickets[0])
    scan(phones[0], event, code)
    for _round in range(4):
        outcomes = in_parallel(8, lambda n: scan(phones[n], event, code, direction="entry" if n % 2 else "exit"))
        assert set(words(outcomes)) <= {"come_in", "exit", "already_in", "not_valid"}
        invariants_hold()


@pytest.mark.parametrize("others_first", [True, False])
def test_scan_and_refund_at_once_end_in_one_of_the_two(
    event, tickets, phones, in_parallel, invariants_hold, others_first
):
    for ticket in tickets:

        def void(ticket=ticket):
            with transaction():
                return len(issuing.void([ticket]))

        code = code_of(ticket)
        act = [lambda code=code: scan(phones[0], event, code), void][:: -1 if others_first else 1]
        outcomes = in_parallel(2, lambda n: act[n]())  # noqa: B023

        verdict = next(each for each in outcomes if not isinstance(each, int))
        voided = next(each for each in outcomes if isinstance(each, int))
        assert (verdict.word, voided) in (("come_in", 0), ("not_valid", 1))


def test_party_and_its_single_tickets_at_once_let_each_in_once(event, tickets, phones, in_parallel, invariants_hold):
    codes = [code_of(ticket) for ticket in tickets]

    def come(n):
        if n % 2:
            return groups.admit(phones[n], event.slug, tickets[n % 5].ref, 3, uuid4())
        return scan(phones[n], event, codes[n % 5])

    outcomes = in_parallel(8, come)

    entered = sum(getattr(each, "let_in", 0) for each in outcomes) + words(outcomes)["come_in"]
    with transaction():
        used = db.session.scalar(
            sa.select(sa.func.count()).where(Ticket.purchase_id == tickets[0].purchase_id, Ticket.status == "redeemed")
        )
    assert entered == used
    assert set(words(outcomes)) <= {"come_in", "already_in", "Party", "NotThatMany"}
    invariants_hold()


def test_same_party_sent_twice_at_once_comes_in_once(event, tickets, phones, in_parallel, invariants_hold):
    nonce = uuid4()

    outcomes = in_parallel(6, lambda: groups.admit(phones[0], event.slug, tickets[0].ref, 3, nonce))

    assert words(outcomes) == {"Party": 6}
    assert scans() == 3
    invariants_hold()


def test_gates_share_one_ticket_as_phones_do(event, tickets, phones, in_parallel, invariants_hold):
    gates = [make_gate(event).public_id for _ in range(8)]
    code = code_of(tickets[0])

    outcomes = in_parallel(
        16, lambda n: admission.admit(phones[n % 8], event.slug, Attempt(uuid4(), code, gate=gates[n % 8]))
    )

    assert words(outcomes) == {"come_in": 1, "already_in": 15}
    assert len({outcome.gate for outcome in outcomes if outcome.gate}) == 1
    invariants_hold()
