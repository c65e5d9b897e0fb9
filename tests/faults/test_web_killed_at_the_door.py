import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import uuid4

import psutil
import pytest
import sqlalchemy as sa

from carneau.admissions.devices import Phone
from carneau.admissions.models import Scan
from carneau.core.db import db, transaction
from carneau.standalone.environment import ROOT
from tests.faults.scanner import Scanner, Unanswered
from tests.making import make_event, make_ticket_type
from tests.running import running
from tests.scanning import code_of, make_device, make_link, make_tickets, scan, state_of

SECONDS = 90
LAST_MESSAGES = 3
BEFORE_THE_BLOW = 20
GRANIAN = "granian --interface wsgi --http 1 --no-ws --host 127.0.0.1 --blocking-threads 4"


@pytest.fixture
def event(database):
    return make_event()


@pytest.fixture
def tickets(event):
    return make_tickets((make_ticket_type(event), 40))


@pytest.fixture
def serving(app, settings):
    """A web process as the Procfile starts it, which kills itself at the point named; its port and process."""

    @contextmanager
    def start(crash_at="", processes=1):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        environ = os.environ | settings | {"CARNEAU_CRASH_AT": crash_at}
        command = [*GRANIAN.split(), f"--workers={processes}", f"--port={port}", "--respawn-failed-workers", "wsgi:app"]
        with running(*command, env=environ, stdout=subprocess.DEVNULL) as process:
            wait_for(port)
            yield port, process

    return start


def wait_for(port):
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("nothing listens")


def scans():
    with transaction():
        return Counter(db.session.scalars(sa.select(Scan.verdict)))


@pytest.mark.parametrize(("point", "is_committed"), [("before_admitting", False), ("after_admitting", True)])
def test_retry_after_the_web_process_was_killed_is_answered_as_the_first_would_have_been(
    event, tickets, serving, invariants_hold, point, is_committed
):
    token, nonce = make_device(make_link(event))[1], str(uuid4())
    code = code_of(tickets[0])
    with serving(crash_at=point) as (port, _process), pytest.raises(Unanswered):
        Scanner(port, token, event.slug).ask(code, nonce)
    assert state_of(tickets[0]).status == ("redeemed" if is_committed else "valid")
    invariants_hold()

    with serving() as (port, _process):
        scanner = Scanner(port, token, event.slug)
        assert scanner.ask(code, nonce)["verdict"] == "come_in"
        assert scanner.ask(code, str(uuid4()))["verdict"] == "already_in"

    assert scans() == {"come_in": 1, "already_in": 1}
    invariants_hold()


def kill_workers(process, when):
    """As soon as so many scans are noted."""
    while sum(scans().values()) < when:
        time.sleep(0.005)
    for worker in psutil.Process(process.pid).children(recursive=True):
        worker.send_signal(signal.SIGKILL)


def test_web_killed_amid_scans_of_eight_phones_loses_none_and_doubles_none(event, tickets, serving, invariants_hold):
    """Every ticket is shown at two gates; whoever is not answered asks again with the same nonce."""
    codes = [code_of(ticket) for ticket in tickets]
    tokens = [make_device(make_link(event))[1] for _ in range(8)]
    with serving(processes=2) as (port, process):
        scanners = [Scanner(port, token, event.slug) for token in tokens]

        def shift(number):
            mine = codes[number % 4 :: 4]
            return [(code, scanners[number].scan(code)) for code in mine]

        with ThreadPoolExecutor(8) as pool:
            shifts = [pool.submit(shift, number) for number in range(8)]
            kill_workers(process, BEFORE_THE_BLOW)
            told = [each for done in shifts for each in done.result(timeout=SECONDS)]

    assert sum(scanner.retries for scanner in scanners) > 0
    for code in codes:
        assert sorted(verdict for shown, verdict in told if shown == code) == ["already_in", "come_in"], code
    assert scans() == {"come_in": 40, "already_in": 40}
    invariants_hold()


@pytest.mark.parametrize("noted", [0, 24])
def test_web_killed_amid_64_scans_of_one_ticket_lets_it_in_once(event, tickets, serving, invariants_hold, noted):
    """Eight phones, eight attempts each. Every attempt is then made once more, and told what it was told before."""
    code, tokens = code_of(tickets[0]), [make_device(make_link(event))[1] for _ in range(8)]
    attempts = [[str(uuid4()) for _ in range(8)] for _ in range(8)]
    with serving(processes=2) as (port, process):
        scanners = [Scanner(port, token, event.slug) for token in tokens]

        def shift(number):
            return [scanners[number].scan(code, nonce) for nonce in attempts[number]]

        with ThreadPoolExecutor(8) as pool:
            shifts = [pool.submit(shift, number) for number in range(8)]
            kill_workers(process, noted)
            told = [done.result(timeout=SECONDS) for done in shifts]
            assert sum(scanner.retries for scanner in scanners) > 0
            assert list(pool.map(shift, range(8))) == told

    assert Counter(word for each in told for word in each) == {"come_in": 1, "already_in": 63}
    assert scans() == {"come_in": 1, "already_in": 63}
    assert state_of(tickets[0]).status == "redeemed"
    invariants_hold()


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_killed_at_any_of_its_last_messages_to_postgresql_all_is_noted_or_nothing(
    event, tickets, settings, tmp_path, invariants_hold
):
    """The messages before are the opening of the connection."""
    token, trace = make_device(make_link(event))[1], tmp_path / "trace"

    def run(ticket, nonce, *fault):
        asked = [sys.executable, "-m", "tests.faults.admit_once", token, event.slug, code_of(ticket), nonce]
        strace = ["strace", "-f", "-q", "-o", str(trace), "-e", "trace=sendto", *fault]
        return subprocess.run([*strace, *asked], env=os.environ | settings, cwd=ROOT, check=False, capture_output=True)

    assert run(tickets[0], str(uuid4())).stdout.strip() == b"come_in"
    messages = trace.read_text().count("sendto(")
    assert messages >= LAST_MESSAGES
    for number in range(LAST_MESSAGES):
        ticket, nonce = tickets[number + 1], uuid4()
        fault = f"inject=sendto:signal=KILL:when={messages - number}"
        assert run(ticket, str(nonce), "-e", fault).returncode == -signal.SIGKILL
        invariants_hold()
        assert scan(Phone.of(token), event, ticket, nonce=nonce).word == "come_in"
        assert state_of(ticket).status == "redeemed"

    assert scans() == {"come_in": LAST_MESSAGES + 1}
    invariants_hold()
