import dataclasses

import pytest
import sqlalchemy as sa
from flask.testing import FlaskCliRunner

from carneau.core import dead_letters, settings
from carneau.core.db import db, transaction
from carneau.ops import checks, doctor, heartbeats, outside_checks, readiness
from carneau.ops.findings import State
from carneau.payments.models import StripeEvent
from tests.buying import Buyer, settle
from tests.making import make_paid_purchase, make_ticket_type
from tests.visiting import Visitor, make_user


def execute(statement: str, **values: object) -> None:
    with transaction():
        db.session.execute(sa.text(statement), values)


@pytest.fixture
def use(app):
    before = settings.current()
    yield lambda **values: settings.bind(dataclasses.replace(before, **values))
    settings.bind(before)


def test_a_healthy_installation_has_nothing_bad(database):
    for process in ("worker", "clock"):
        heartbeats.beat(process)
    results = doctor.examine(doctor.OURS)

    assert [result for result in results if result.finding.state is State.BAD] == []
    assert doctor.is_well(results)
    assert all(result.finding.says for result in results)


@pytest.mark.parametrize(
    ("spoil", "check", "state", "to_do"),
    [
        ("SELECT 1", checks.a_worker_is_alive, "bad", "Start one"),
        ("INSERT INTO heartbeats VALUES ('clock', 'x', now(), now() - interval '5 minutes')",
         checks.a_clock_is_alive, "bad", "Start one"),
        ("INSERT INTO outbox (job, arguments, gave_up_at) VALUES ('x', '[]', now())",
         checks.work_is_done, "bad", "flask outbox retry"),
        ("INSERT INTO outbox (job, arguments, run_at) VALUES ('x', '[]', now() - interval '5 minutes')",
         checks.work_is_done, "look", "one more worker"),
        ("INSERT INTO mails (key, kind, subject, subject_id, recipient, message_id, gave_up_at)"
         " VALUES ('k', 'x', 'users', 1, 'a@b.example', 'm', now())",
         checks.mails_went_out, "look", "flask mail failed"),
        ("INSERT INTO payment_flags (organisation_id, ref, payment_id, reason)"
         " SELECT organisation_id, 'R', id, 'why' FROM payments",
         checks.no_payment_waits_for_a_person, "look", "owner"),
        ("UPDATE ticket_types SET sold_quantity = 9", checks.invariants_hold, "bad", "flask invariants"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_what_to_do(database, spoil, check, state, to_do):
    make_paid_purchase((make_ticket_type(), 1))
    execute(spoil)
    found = check()

    assert (found.state, to_do in found.to_do) == (state, True)


def test_tables_that_are_older_than_the_code_are_bad(database):
    try:
        execute("UPDATE alembic_version SET version_num = '0001'")
        found = checks.migrations_are_current()
    finally:
        execute("UPDATE alembic_version SET version_num = :newest", newest=readiness.newest_revision())

    assert (found.state, found.to_do) == (State.BAD, "Run: flask db upgrade")


def test_no_redis_is_told_and_the_other_checks_go_on(database, use):
    use(redis_url="redis://127.0.0.1:1/0")
    results = {result.name: result.finding for result in doctor.examine(doctor.OURS)}

    assert results["Redis"].state is State.LOOK
    assert results["Invariants"].state is State.GOOD


def test_a_mail_server_that_is_away_is_bad_and_no_crash(database):
    [result] = doctor.examine({outside_checks.MAIL_SERVER: outside_checks.mail_server_takes_us})

    assert (result.finding.state, "MAIL_SERVER" in result.finding.to_do) == (State.BAD, True)
    assert doctor.send_a_mail("me@demo.example").finding.state is State.BAD


def test_stripe_away_is_bad_and_no_crash(database):
    results = doctor.examine(doctor.OUTSIDE)

    assert [str(result.finding.state) for result in results[2:]] == ["bad", "bad"]


def test_the_endpoint_at_stripe_is_looked_up(database, simulator):
    assert "Stripe sends nothing to" in outside_checks.stripe_knows_our_webhook().says
    simulator.world.webhook_url = f"{settings.current().base_url}/webhook"

    assert outside_checks.stripe_knows_our_webhook().state is State.GOOD


def test_events_that_stripe_sent_and_nobody_kept_are_bad(app, simulator):
    buyer = Buyer(app)
    simulator.world.clock.advance(-600)
    simulator.pay(buyer.begin(make_ticket_type()))
    assert outside_checks.stripe_s_events_arrive().state is State.BAD
    simulator.world.clock.advance(600)
    settle(app, simulator)

    assert "the last one came 0 minutes ago" in outside_checks.stripe_s_events_arrive().says
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StripeEvent))


def test_dead_letters_are_listed_and_tried_again(app, database):
    execute("INSERT INTO outbox (job, arguments, gave_up_at, attempts, last_error) VALUES ('x', '[7]', now(), 10, 'E')")
    runner: FlaskCliRunner = app.test_cli_runner()

    assert "x [7]: E" in runner.invoke(args=["outbox", "failed"]).output
    assert "1 jobs will be tried again" in runner.invoke(args=["outbox", "retry"]).output
    with transaction():
        assert dead_letters.given_up() == []
        assert db.session.scalar(sa.text("SELECT attempts FROM outbox")) == 0


def test_the_command_says_it_all_and_fails_when_something_is_bad(app, database):
    done = app.test_cli_runner().invoke(args=["doctor"])

    assert done.exit_code == 1
    assert "BAD   Worker" in done.output
    assert "ok    Invariants" in done.output


@pytest.fixture
def owner(app, database, use):
    use(installation_owners=frozenset({"me@demo.example"}))
    make_user("me@demo.example")
    visitor = Visitor(app)
    visitor.log_in("me@demo.example")
    return visitor


def test_the_page_is_there_for_the_owners_alone(app, owner):
    make_user("other@demo.example")
    other = Visitor(app)
    assert other.get("/installation").status_code == 303
    other.log_in("other@demo.example")
    assert other.get("/installation").status_code == 404
    page = owner.get("/installation")

    assert page.status_code == 200
    assert page.text.index("Worker") < page.text.index("Invariants")


def test_everyone_is_asked_by_the_form_of_the_session_alone(owner, simulator):
    assert owner.post("/installation/checks").status_code == 422
    page = owner.submit("/installation", "/installation/checks", mail="y")

    assert page.status_code == 200
    assert "The key is right" in page.text or "Stripe sends nothing to" in page.text
    assert "The mail server did not take us" in page.text


def test_where_money_is_real_the_page_wants_a_second_factor(owner, use):
    use(installation_owners=frozenset({"me@demo.example"}), env="production")

    assert owner.get("/installation").status_code in (303, 403)
