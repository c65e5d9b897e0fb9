import os
import signal
import subprocess
import sys
from collections import Counter

import pytest
import sqlalchemy as sa

from carneau.core.db import db, transaction
from carneau.email.models import Mail
from carneau.standalone.environment import ROOT
from carneau.tickets.models import Ticket
from tests.buying import Buyer, deliver
from tests.faults.waiting import SECONDS, end_leases, is_all_done, wait_for, work_it_off
from tests.mailing import catching
from tests.making import make_ticket_type

POINTS = [
    "leased payments.settle_event",
    "before_selling",
    "after_selling",
    "after_tickets",
    "after_issuing",
    "before_done payments.settle_event",
    "leased fulfilment.send",
    "before_smtp",
    "after_smtp",
    "after_stamp",
    "before_done fulfilment.send",
]
FINISHED_BY_A_PROCESS = {"after_selling", "after_smtp"}


@pytest.mark.parametrize("point", POINTS)
def test_ticket_and_mail_come_all_the_same(app, simulator, worker, invariants_hold, point):
    make_ticket_type()
    simulator.pay(Buyer(app).begin(make_ticket_type(), 2))
    with catching(app) as catcher:
        deliver(app, simulator)
        assert worker(catcher, crash_at=point).wait(SECONDS) == -signal.SIGKILL
        end_leases()

        if point in FINISHED_BY_A_PROCESS:
            second = worker(catcher)
            wait_for(is_all_done)
            second.send_signal(signal.SIGTERM)
            assert second.wait(SECONDS) == 0
        else:
            work_it_off()

    with transaction():
        assert Counter(db.session.scalars(sa.select(Ticket.status))) == {"valid": 2}
        mail = db.session.scalars(sa.select(Mail)).one()
        assert mail.sent_at is not None
        assert {letter["Message-ID"] for letter in catcher.letters} == {mail.message_id}
    assert len(catcher.letters) == (2 if point == "after_smtp" else 1)
    invariants_hold()


def test_a_point_kills_nobody_in_production():
    script = "from carneau.core import crash; crash.point('before_smtp')"
    environ = os.environ | {"CARNEAU_ENV": "production", "CARNEAU_CRASH_AT": "before_smtp"}

    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environ, check=False).returncode == 0
