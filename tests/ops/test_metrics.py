import dataclasses
import json
import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
import sqlalchemy as sa

from carneau.catalogue.models import Event
from carneau.core import clock, outbox, queue, settings
from carneau.core.db import db, transaction
from carneau.ops import figures, reporting
from carneau.standalone.environment import ROOT
from tests.making import make_paid_purchase, make_ticket_type
from tests.scanning import let_in, make_conflict, make_device, make_link, make_tickets

TOKEN = "a-token-for-prometheus"
SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)


@pytest.fixture
def token(app):
    before = settings.current()
    settings.bind(dataclasses.replace(before, metrics_token=TOKEN))
    yield TOKEN
    settings.bind(before)


def samples(client) -> dict[tuple[str, str], float]:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return {
        (name, ",".join(sorted(labels.replace('"', "").split(",")))): float(value)
        for name, labels, value in SAMPLE.findall(answer.text)
    }


def test_without_a_token_in_the_settings_there_is_no_such_page(client):
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize("given", [None, "Bearer wrong", "Bearer ", f"Basic {TOKEN}", "Bearer \xe9"])
def test_only_the_token_opens_them(client, token, given):
    answer = client.get("/metrics", headers={"Authorization": given} if given else {})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "carneau_" not in answer.text


def test_requests_are_counted_by_endpoint_and_answer(client, token):
    before = samples(client)
    client.get("/cart")
    client.get("/no-such-page")
    after = samples(client)

    def more(endpoint: str, method: str, status: str) -> float:
        key = "carneau_requests_total", f"endpoint={endpoint},method={method},status={status}"
        return after[key] - before.get(key, 0)

    assert more("cart.show", "GET", "200") == 1
    assert more("none", "any", "404") == 1
    assert after["carneau_request_seconds_count", "endpoint=cart.show,method=GET"] >= 1


def test_pages_answered_from_memory_are_counted_too(client, token):
    key = "carneau_requests_total", "endpoint=kept,method=GET,status=200"
    before = samples(client).get(key, 0)
    for _ in range(5):
        client.get("/")

    assert samples(client)[key] - before == 4


def test_figures_come_from_the_rows(client, token):
    make_paid_purchase((make_ticket_type(total_quantity=5), 2))
    found = samples(client)

    assert found["carneau_sold_places", ""] == 2
    assert found["carneau_held_places", ""] == 0
    assert found["carneau_purchases_lately", "status=succeeded"] == 1
    assert found["carneau_processes_alive", "process=worker"] == 0
    assert {name.removeprefix("carneau_") for name, _ in found} >= set(figures.FIGURES)


def test_the_door_is_told_by_verdict_with_what_waits_on_phones_and_who_was_let_in_twice(client, token):
    kind = make_ticket_type(total_quantity=5)
    with transaction():
        event = db.session.get_one(Event, kind.event_id)
    link, now = make_link(event), clock.now()
    device, _token = make_device(link, last_seen_at=now, queue_length=7)
    make_device(link, last_seen_at=now, queue_length=9, revoked_at=now)
    make_device(link, last_seen_at=now - timedelta(days=2), queue_length=9)
    for ticket in make_tickets((kind, 2)):
        let_in(ticket)
    make_conflict(device, event)

    found = samples(client)

    assert {labels: number for (name, labels), number in found.items() if name == "carneau_scans_lately"} == {
        "verdict=come_in": 2,
        "verdict=already_in": 1,
        "verdict=not_valid": 0,
        "verdict=exit": 0,
    }
    assert found["carneau_scans_waiting", ""] == 7
    assert found["carneau_door_phones", ""] == 3  # the one with the queue, and one for each who was let in
    assert found["carneau_scan_conflicts", ""] == 1


def test_a_request_s_id_is_in_the_answer_in_the_log_and_in_the_job_that_it_made(database, settings):
    script = """
import wsgi
from carneau.core import outbox, queue
from carneau.core.db import transaction
from flask import request

@outbox.job("tests.fails")
def fails():
    raise ValueError("no")

@wsgi.app.get("/make")
def make():
    with transaction():
        queue.enqueue_after_commit(fails)
    return ""

answer = wsgi.app.test_client().get("/make", headers={"X-Request-ID": "from-outside"})
print(answer.headers["X-Request-ID"])
with wsgi.app.app_context():
    outbox.drain()
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=os.environ | settings | {"LOG_LEVEL": "INFO"},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    request_id = done.stdout.strip()
    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]

    assert len(request_id) == 16
    assert [line["event"] for line in lines if line.get("request_id") == request_id] == ["answered", "job failed"]


def test_a_proxy_s_id_is_taken_over_where_proxies_are_trusted(app, client):
    app.config["TRUSTED_PROXIES"] = 1
    try:
        assert client.get("/cart", headers={"X-Request-ID": "edge-12345678"}).headers["X-Request-ID"] == "edge-12345678"
        assert client.get("/cart", headers={"X-Request-ID": "x\x01<b>"}).headers["X-Request-ID"] != "x\x01<b>"
    finally:
        app.config["TRUSTED_PROXIES"] = 0


def test_a_report_to_sentry_carries_the_place_and_none_of_what_people_sent():
    report = {
        "request": {"url": "https://x/purchases/K7?key=secret", "headers": {"Cookie": "secret"}, "method": "GET"},
        "user": {"email": "secret@example.org"},
        "breadcrumbs": {"values": ["secret"]},
        "extra": {"sys.argv": ["secret"]},
        "exception": {"values": [{"type": "IntegrityError", "value": "Key (email)=(secret@example.org)"}]},
    }
    sent = reporting.scrubbed(report, {})

    assert "secret" not in json.dumps(sent)
    assert sent["exception"]["values"][0]["type"] == "IntegrityError"
    assert sent["request"] == {"method": "GET"}


def test_every_figure_is_one_number_or_one_for_each_label(database):
    with transaction():
        for figure in figures.FIGURES.values():
            rows = db.session.execute(sa.text(figure.sql)).all()
            assert all(len(row) == (2 if figure.label else 1) for row in rows)
    assert queue.length() >= 0
    assert outbox.JOBS


def test_the_first_requests_may_come_all_at_once(database, settings):
    script = """
import sys, threading
import wsgi
sys.setswitchinterval(1e-6)
barrier, found = threading.Barrier(16), []
def ask():
    barrier.wait()
    found.append(wsgi.app.test_client().get("/cart").status_code)
threads = [threading.Thread(target=ask) for _ in range(16)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(set(found))
"""
    environ = os.environ | settings
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environ, capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.strip() == "{200}", done.stderr[-2000:]
