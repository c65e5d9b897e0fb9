import dataclasses

import sqlalchemy as sa
import sqlalchemy.exc
from alembic.script import ScriptDirectory

from carneau.core import settings
from carneau.core.db import db, transaction
from carneau.ops import heartbeats, readiness
from carneau.web import errors


def test_a_started_installation_is_alive_and_ready(client):
    beat("worker", "clock")

    assert client.get("/healthz").json == {"status": "alive"}
    assert client.get("/readyz").json == {"status": "ready"}


def beat(*processes: str) -> None:
    for process in processes:
        heartbeats.beat(process)


def test_without_worker_or_clock_it_sells_and_says_who_is_missing(client):
    beat("worker")
    with transaction():
        db.session.execute(sa.text("UPDATE heartbeats SET beat_at = now() - interval '2 minutes'"))
    beat("clock")
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json["status"], list(answer.json["degraded"])) == (200, "degraded", ["worker"])


def test_work_that_waits_too_long_is_told(client):
    beat("worker", "clock")
    with transaction():
        db.session.execute(
            sa.text("INSERT INTO outbox (job, arguments, run_at) VALUES ('x', '[]', now() - interval '5 minutes')")
        )

    assert client.get("/readyz").json["degraded"] == {"outbox": "Work has been waiting for 300 s."}


def test_code_that_is_newer_than_its_database_is_not_ready(client, database):
    newest = readiness.newest_revision()
    try:
        set_version("0001")
        answer = client.get("/readyz")
        set_version("of_a_later_release")
        later = client.get("/readyz")
    finally:
        set_version(newest)

    assert (answer.status_code, list(answer.json["failing"])) == (503, ["migrations"])
    assert later.status_code == 200


def set_version(name: str) -> None:
    with transaction():
        db.session.execute(sa.text("UPDATE alembic_version SET version_num = :name"), {"name": name})


def test_without_redis_it_goes_on_selling(app, database):
    before = settings.current()
    settings.bind(dataclasses.replace(before, redis_url="redis://127.0.0.1:1/0"))
    try:
        found = readiness.look()
    finally:
        settings.bind(before)

    assert "redis" in found.degraded
    assert not found.failing


def test_the_newest_revision_is_the_one_that_the_migrations_end_in(app):
    script = ScriptDirectory(str(readiness.VERSIONS.parent))

    assert [readiness.newest_revision()] == script.get_heads()


def test_rows_of_processes_that_ended_long_ago_go(database):
    with transaction():
        db.session.execute(
            sa.text(
                "INSERT INTO heartbeats (process, name, beat_at) VALUES ('clock', 'old', now() - interval '2 days')"
            )
        )
    beat("clock", "clock")

    assert [row.name == "old" for row in db.session.scalars(sa.select(heartbeats.Heartbeat))] == [False]


def test_an_unknown_address_is_answered_with_a_page_that_helps(client):
    answer = client.get("/no-such-page")

    assert answer.status_code == 404
    assert "link is incomplete" in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_an_empty_installation_breaks_no_invariant(invariants_hold):
    invariants_hold()


def test_without_a_database_no_payment_of_anyones_is_denied(app, database):
    with app.test_request_context("/checkout/success"):
        answer = errors.unavailable(sqlalchemy.exc.TimeoutError())

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    assert "What you bought is safe" in answer.get_data(as_text=True)
    assert "Nothing was charged" not in answer.get_data(as_text=True)
