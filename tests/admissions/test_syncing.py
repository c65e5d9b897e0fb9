import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from carneau.admissions import admission, syncing
from carneau.admissions.devices import Phone
from carneau.admissions.models import Answer, Direction, DoorDevice, Gate, Reason, Scan
from carneau.admissions.syncing import Queued
from carneau.admissions.verdicts import Attempt
from carneau.core import clock
from carneau.core.db import db, transaction
from carneau.standalone.environment import ROOT
from carneau.tickets import issuing
from tests.making import make_event, make_ticket_type
from tests.scanning import code_of, make_device, make_gate, make_link, make_phone, make_tickets, scan, state_of


@pytest.fixture
def kind(event):
    return make_ticket_type(event, total_quantity=1000)


def queued(ticket, shown=Answer.COME_IN, reason=None, **values):
    code = ticket if isinstance(ticket, str) else code_of(ticket)
    mine = {"nonce": uuid4(), "code": code, "scanned_at": clock.now(), "is_offline": True}
    return Queued(Attempt(**mine | values), shown, reason)


def words(verdicts):
    return [verdict and verdict.word for verdict in verdicts]


def rows():
    db.session.rollback()
    with transaction():
        return list(db.session.scalars(sa.select(Scan).order_by(Scan.id)))


def conflicts():
    return [row for row in rows() if row.is_conflict]


def test_what_was_let_in_without_a_network_is_in(event, kind, phone, invariants_hold):
    tickets = make_tickets((kind, 3))

    verdicts = syncing.settle(phone, event.slug, [queued(ticket) for ticket in tickets])

    assert words(verdicts) == ["come_in"] * 3
    assert all(row.is_offline and not row.is_conflict for row in rows())
    assert {state_of(ticket).status for ticket in tickets} == {"redeemed"}
    invariants_hold()


def test_two_phones_that_let_the_same_one_in_make_a_conflict(event, kind, phone, invariants_hold):
    [ticket] = make_tickets((kind, 1), buyer_name="Ada Verhoeven")
    gate, other = make_gate(event, name="North"), make_phone(event)
    syncing.settle(other, event.slug, [queued(ticket, gate=gate.public_id)])

    [verdict] = syncing.settle(phone, event.slug, [queued(ticket)])

    assert (verdict.word, verdict.gate, verdict.name) == ("already_in", "North", "Ada Verhoeven")
    [conflict] = conflicts()
    assert (conflict.verdict, conflict.ticket_id) == ("already_in", ticket.id)
    invariants_hold()


def test_ticket_that_was_refunded_meanwhile_is_a_conflict_too(event, kind, phone):
    [ticket] = make_tickets((kind, 1))
    scan_of_it = queued(ticket)
    with transaction():
        issuing.void([ticket])

    [verdict] = syncing.settle(phone, event.slug, [scan_of_it])

    assert (verdict.word, verdict.reason) == ("not_valid", "void")
    assert len(conflicts()) == 1


def test_batch_sent_again_changes_nothing_and_gets_the_same_verdicts(event, kind, phone, invariants_hold):
    one, two = make_tickets((kind, 2))
    batch = [queued(one), queued(two), queued(one), queued("nonsense", Answer.NOT_VALID, Reason.UNKNOWN)]

    first = syncing.settle(phone, event.slug, batch)
    again = syncing.settle(phone, event.slug, batch)

    assert words(first) == words(again) == ["come_in", "come_in", "already_in", "not_valid"]
    assert len(rows()) == 4
    assert len(conflicts()) == 1
    invariants_hold()


def test_answer_that_was_lost_is_given_again_and_nobody_is_let_in_twice(event, kind, phone, invariants_hold):
    """The request got through and its answer did not: the phone decided by itself and sends the same nonce."""
    ticket, refused = make_tickets((kind, 2))
    scan(make_phone(event), event, refused)
    mine, bad = queued(ticket), queued(refused)
    for each, nonce in ((ticket, mine.attempt.nonce), (refused, bad.attempt.nonce)):
        scan(phone, event, each, nonce=nonce)

    assert words(syncing.settle(phone, event.slug, [mine, bad])) == ["come_in", "already_in"]
    [conflict] = conflicts()
    assert conflict.ticket_id == refused.id
    invariants_hold()


def test_who_was_refused_is_not_let_in_afterwards(event, kind, phone, invariants_hold):
    [ticket] = make_tickets((kind, 1))
    batch = [queued(ticket, Answer.ALREADY_IN), queued(ticket, Answer.NOT_VALID, Reason.WRONG_GATE)]

    assert words(syncing.settle(phone, event.slug, batch)) == ["already_in", "not_valid"]
    assert state_of(ticket).status == "valid"
    assert [(row.reason, row.is_conflict, row.ticket_id) for row in rows()] == [
        (None, False, ticket.id),
        ("wrong_gate", False, ticket.id),
    ]
    invariants_hold()


def test_both_clocks_are_kept_and_a_wrong_one_does_no_harm(event, kind, phone, invariants_hold):
    right, ahead, behind = make_tickets((kind, 3))
    now = clock.now()
    times = {right: now - timedelta(seconds=2), ahead: now + timedelta(days=400), behind: datetime(1, 1, 2, tzinfo=UTC)}
    with transaction():
        db.session.execute(sa.update(DoorDevice).values(created_at=now - timedelta(hours=1)))

    verdicts = syncing.settle(phone, event.slug, [queued(each, scanned_at=at) for each, at in times.items()])

    assert words(verdicts) == ["come_in"] * 3
    in_time, early, late = rows()
    assert in_time.scanned_at == times[right]
    assert early.scanned_at <= early.recorded_at
    assert late.scanned_at == now - timedelta(hours=1)
    assert all(abs(row.recorded_at - now) < timedelta(minutes=1) for row in (in_time, early, late))
    invariants_hold()


def test_entry_exit_and_entry_again_settle_in_their_order(kind, phone, invariants_hold):
    event = make_event(allows_reentry=True)
    phone, [ticket] = make_phone(event), make_tickets((make_ticket_type(event), 1))
    directions = (Direction.ENTRY, Direction.EXIT, Direction.ENTRY)
    shown = (Answer.COME_IN, Answer.EXIT, Answer.COME_IN)

    batch = [queued(ticket, word, direction=direction) for word, direction in zip(shown, directions, strict=True)]

    assert words(syncing.settle(phone, event.slug, batch)) == list(shown)
    assert state_of(ticket).left_at is None
    invariants_hold()


def test_gate_that_is_gone_does_not_stop_the_queue(event, kind, phone):
    [ticket] = make_tickets((kind, 1))
    batch = [queued(ticket, gate=make_gate(event).public_id)]
    with transaction():
        db.session.execute(sa.delete(Gate))

    assert words(syncing.settle(phone, event.slug, batch)) == ["come_in"]


def test_revoked_phone_is_refused_and_lets_nobody_in(event, kind, phone, invariants_hold):
    [ticket] = make_tickets((kind, 1))
    with transaction():
        db.session.execute(sa.update(DoorDevice).values(revoked_at=sa.func.now()))

    for shown in (Answer.COME_IN, Answer.ALREADY_IN):
        with pytest.raises(admission.NotLetIn):
            syncing.settle(phone, event.slug, [queued(ticket, shown)])
    with pytest.raises(admission.NotLetIn):
        syncing.note_sync(phone, event.slug, 1, None)
    assert rows() == []
    assert state_of(ticket).status == "valid"
    invariants_hold()


def test_phones_that_sync_the_same_tickets_at_once_let_each_in_once(event, kind, in_parallel, invariants_hold):
    """With tickets of nobody else between them: rows that are not contested are what hides a missing lock."""
    tickets = make_tickets((kind, 20))
    phones = [make_phone(event) for _ in range(4)]
    batches = [[queued(ticket) for ticket in tickets[number % 2 :]] for number in range(4)]

    answers = in_parallel(4, lambda number: words(syncing.settle(phones[number], event.slug, batches[number])))

    assert sum(answer.count("come_in") for answer in answers) == 20
    assert sum(map(len, answers)) == sum(map(len, batches)) == len(rows())
    assert len(conflicts()) == sum(map(len, batches)) - 20
    invariants_hold()


def test_one_batch_sent_twice_at_once_counts_once(event, kind, phone, in_parallel, invariants_hold):
    tickets = make_tickets((kind, 15))
    batch = [queued(ticket) for ticket in tickets] + [queued(tickets[0], Answer.ALREADY_IN)]

    answers = in_parallel(3, lambda: words(syncing.settle(phone, event.slug, batch)))

    for answer in answers:
        assert set(answer[:15]) <= {"come_in"}
        assert answer[15] in ("already_in", None)
    assert len(rows()) == 16
    assert conflicts() == []
    invariants_hold()


def test_kill_in_the_middle_of_a_batch_loses_and_doubles_nothing(event, kind, phone, settings, invariants_hold):
    batch = [queued(ticket) for ticket in make_tickets((kind, 5))]
    told = [(scan.attempt.code, str(scan.attempt.nonce)) for scan in batch]
    child = subprocess.run(
        [sys.executable, "-c", CHILD, event.slug, phone.token_digest.hex(), repr(told)],
        cwd=ROOT,
        env=os.environ | settings | {"CARNEAU_CRASH_AT": "amid_sync"},
        check=False,
    )
    assert child.returncode == -signal.SIGKILL
    assert len(rows()) == 1
    invariants_hold()

    assert words(syncing.settle(phone, event.slug, batch)) == ["come_in"] * 5
    assert len(rows()) == 5
    assert conflicts() == []
    invariants_hold()


CHILD = """
import ast, sys
from uuid import UUID
from carneau import create_app
from carneau.admissions import syncing
from carneau.admissions.devices import Phone
from carneau.admissions.models import Answer
from carneau.admissions.verdicts import Attempt
from carneau.core import clock
from config import Config

slug, token, told = sys.argv[1:]
with create_app(Config.from_env()).app_context():
    syncing.settle(Phone(bytes.fromhex(token)), slug, [
        syncing.Queued(Attempt(nonce=UUID(nonce), code=code, scanned_at=clock.now(), is_offline=True), Answer.COME_IN)
        for code, nonce in ast.literal_eval(told)])
"""


def test_phone_is_heard_of_even_with_nothing_to_send(event, phone):
    with transaction():
        syncing.note_sync(phone, event.slug, 7, 140)
        syncing.note_sync(phone, event.slug, 3, None)
        device = db.session.scalars(sa.select(DoorDevice)).one()
        assert (device.queue_length, device.scan_p95_ms) == (3, 140)
        assert abs(device.last_sync_at - clock.now()) < timedelta(minutes=1)


@pytest.mark.parametrize("shown", [Answer.COME_IN, Answer.ALREADY_IN])
def test_scan_that_waited_for_a_new_link_keeps_its_moment(event, kind, shown):
    """The phone was revoked before it could send it, and came again by another link."""
    [ticket], now = make_tickets((kind, 1)), clock.now()
    _gone, token = make_device(make_link(event), created_at=now - timedelta(hours=2), revoked_at=now)
    make_device(make_link(event), token)
    at = now - timedelta(hours=1)

    syncing.settle(Phone.of(token), event.slug, [queued(ticket, shown, scanned_at=at)])

    assert [row.scanned_at for row in rows()] == [at]


def test_somebody_found_on_a_phone_s_list_is_let_in_or_refused_by_reference(event, kind, phone, invariants_hold):
    """Without a code: what the phone shows of them is noted at their ticket."""
    here, there = make_tickets((kind, 2))
    shown = {here: Answer.COME_IN, there: Answer.ALREADY_IN}

    verdicts = syncing.settle(phone, event.slug, [queued("", word, ref=each.ref) for each, word in shown.items()])

    assert words(verdicts) == ["come_in", "already_in"]
    assert [(row.ticket_id, row.verdict, row.is_conflict) for row in rows()] == [
        (here.id, "come_in", False),
        (there.id, "already_in", False),
    ]
    invariants_hold()
