"""What docs/api.md says is what happens: its commands are run as they stand there."""

import json
import os
import re
import shutil
import subprocess
import threading

import pytest
from werkzeug.serving import make_server

from carneau.integrations import signing
from carneau.integrations.kinds import CHOSEN
from carneau.standalone.environment import ROOT
from tests.making import make_event, make_organisation, make_paid_purchase, make_ticket_type, make_token

GUIDE = (ROOT / "docs/api.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture
def serving(app, simulator):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_its_commands_run_as_they_stand(serving):
    house = make_organisation(slug="house")
    event = make_event(house, slug="gala")
    make_paid_purchase((make_ticket_type(event, public_id="GALASTANDING"), 1))
    environ = os.environ | {"CARNEAU": serving, "TOKEN": make_token(house).secret}
    commands = [block for kind, block in BLOCKS if kind == "sh"]
    assert len(commands) == 5
    for block in commands:
        done = subprocess.run(
            ["bash", "-ec", block], env=environ, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        json.JSONDecoder().raw_decode(done.stdout)


def test_its_check_of_a_signature_tells_genuine_from_forged():
    (code,) = [block for kind, block in BLOCKS if kind == "python"]
    names = {}
    exec(code, names)  # the guide's own lines
    now = int(names["time"].time())
    header = signing.signature("whsec_x", b"{}", now)

    assert names["is_genuine"]("whsec_x", b"{}", header)
    assert not names["is_genuine"]("whsec_y", b"{}", header)
    assert not names["is_genuine"]("whsec_x", b"[]", header)
    assert not names["is_genuine"]("whsec_x", b"{}", signing.signature("whsec_x", b"{}", now - 3600))


def test_it_names_every_address_and_every_kind_of_webhook(client):
    described = client.get("/api/openapi.json").json

    for kind in CHOSEN:
        assert f"`{kind}`" in GUIDE
    for path in described["paths"]:
        assert re.sub(r"\{\w+\}.*", "", path) in GUIDE, path
