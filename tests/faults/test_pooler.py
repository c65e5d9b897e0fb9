import configparser
import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from carneau.standalone import accounts, ports
from carneau.standalone.environment import ROOT
from tests.making import make_ticket_type
from tests.standalone.conftest import folder_for_postgres

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
TWENTY_BUYERS = """
import sys
from concurrent.futures import ThreadPoolExecutor
import wsgi
from carneau.core.db import db, transaction
from tests.buying import Buyer
from carneau.catalogue.models import TicketType

def buy(number):
    with wsgi.app.app_context():
        kind = db.session.get_one(TicketType, int(sys.argv[1]))
        db.session.rollback()
        client = Buyer(wsgi.app).client
        return [client.post("/cart/lines", data={f"quantity-{kind_id}": 1}).status_code for _ in range(6)]

with wsgi.app.app_context():
    kind_id = db.session.get_one(TicketType, int(sys.argv[1])).public_id
    db.session.rollback()
with ThreadPoolExecutor(10) as pool:
    print(sorted({status for statuses in pool.map(buy, range(20)) for status in statuses}))
"""

ONE_BUYER = """
import sys
import wsgi
from tests.buying import Buyer
answer = Buyer(wsgi.app).client.post("/cart/lines", data={f"quantity-{sys.argv[1]}": 1})
print(answer.status_code, answer.headers.get("Retry-After"))
"""


@pytest.fixture
def pooler(settings):
    """PgBouncer in transaction mode with three sessions for everyone; its URL."""
    if PGBOUNCER is None:
        pytest.skip("no PgBouncer here (Debian: apt install pgbouncer)")
    given = urlsplit(settings["DATABASE_URL"])
    [port] = ports.pick(1)
    with folder_for_postgres() as folder:
        account = accounts.runner(folder / "data")
        write(folder, given, port)
        process = subprocess.Popen(
            [PGBOUNCER, folder / "pgbouncer.ini"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            **(account.identity if account else {}),
        )  # fmt: skip
        try:
            url = settings["DATABASE_URL"].replace(f":{given.port}/", f":{port}/")
            wait(url)
            yield url
        finally:
            process.terminate()
            process.wait(10)


def write(folder: Path, given, port: int, pool_size: int = 3) -> None:
    """What we tell deployers to use, with the addresses of this test."""
    made = configparser.ConfigParser()
    made.read(ROOT / "deploy" / "pgbouncer.ini")
    password = f" password={given.password}" if given.password else ""
    made["databases"] = {"*": f"host={given.hostname} port={given.port} user={given.username}{password}"}
    made["pgbouncer"].update({"listen_port": str(port), "auth_type": "any", "default_pool_size": str(pool_size)})
    for ours in ("auth_file", "logfile", "pidfile"):
        del made["pgbouncer"][ours]
    with (folder / "pgbouncer.ini").open("w") as file:
        made.write(file)
    (folder / "pgbouncer.ini").chmod(0o644)


def wait(url: str) -> None:
    for _ in range(100):
        try:
            with psycopg.connect(url, connect_timeout=2):
                return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise AssertionError("PgBouncer does not answer")


@pytest.mark.parametrize(("pooled", "answers"), [("true", "[303]"), ("false", None)], ids=["told", "not told"])
def test_places_are_taken_through_a_pooler_in_transaction_mode(database, settings, pooler, pooled, answers):
    """Beside its control: told nothing of the pooler, Carneau cannot even connect."""
    kind = make_ticket_type(total_quantity=1000)
    environ = os.environ | settings | {"DATABASE_URL": pooler, "DATABASE_POOLED": pooled, "DATABASE_POOL_SIZE": "10"}
    done = subprocess.run(
        [sys.executable, "-c", TWENTY_BUYERS, str(kind.id)], cwd=ROOT, env=environ,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert (done.stdout.strip() or None) == answers, done.stderr[-2000:]


def test_when_every_session_is_taken_a_visitor_is_told_to_come_again(database, settings, pooler):
    kind = make_ticket_type(total_quantity=10)
    environ = os.environ | settings | {"DATABASE_URL": pooler, "DATABASE_POOLED": "true"}
    with ExitStack() as taken:
        for _ in range(3):
            taken.enter_context(psycopg.connect(pooler, prepare_threshold=None)).execute("SELECT 1")
        done = subprocess.run(
            [sys.executable, "-c", ONE_BUYER, kind.public_id], cwd=ROOT, env=environ,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    assert done.stdout.split() == ["503", "3"], done.stderr[-2000:]
