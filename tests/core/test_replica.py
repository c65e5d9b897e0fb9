import json
import os
import subprocess
import sys

import pytest

from carneau.standalone.environment import ROOT
from tests.making import make_event, make_ticket_type

SCRIPT = """
import json, sys
import sqlalchemy as sa
import wsgi
from carneau.core.db import db

asked = {}
with wsgi.app.app_context():
    for name, engine in db.engines.items():
        def note(*_, name=name): asked[str(name)] = asked.get(str(name), 0) + 1
        sa.event.listen(engine, "before_cursor_execute", note)
client, found = wsgi.app.test_client(), {}
for path in sys.argv[1:]:
    asked.clear()
    found[path] = [client.get(path).status_code, dict(asked)]
print(json.dumps(found))
"""
READ_ONLY = "options=-c%20default_transaction_read_only%3Don"


@pytest.fixture
def ask(database, settings):
    kind = make_ticket_type(make_event(slug="gala"))
    assert kind.public_id

    def run(read_url: str, *paths: str) -> dict[str, tuple[int, dict[str, int]]]:
        environ = os.environ | settings | {"DATABASE_READ_URL": read_url}
        command = [sys.executable, "-c", SCRIPT, *paths]
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True, timeout=60)
        return json.loads(done.stdout.splitlines()[-1])

    return run


def test_public_pages_are_read_from_the_replica_and_what_decides_from_the_primary(ask, settings):
    here = settings["DATABASE_URL"]
    read_only = f"{here}{'&' if '?' in here else '?'}{READ_ONLY}"
    public = ("/", "/e/gala", "/e/gala/availability", "/e/gala.ics", "/api/events")
    found = ask(read_only, *public, "/cart", "/login", "/no-such-page")

    assert {path: found[path][0] for path in public} == dict.fromkeys(public, 200)
    assert [path for path in public if set(found[path][1]) != {"read"}] == []
    assert all("read" not in found[path][1] for path in ("/cart", "/login", "/no-such-page"))


def test_a_replica_that_is_away_costs_nobody_a_page(ask):
    found = ask("postgresql://nobody@127.0.0.1:1/none", "/", "/e/gala")

    assert {status for status, _asked in found.values()} == {200}
    assert all(set(asked) == {"None"} for _status, asked in found.values())
