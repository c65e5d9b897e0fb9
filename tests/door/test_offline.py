import gzip
import json
import re
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from carneau.admissions.models import DoorDevice, Reason, Scan
from carneau.core import clock
from carneau.core.db import db, transaction
from carneau.door import offline_words
from tests.scanning import code_of, make_device, make_link, make_tickets

JSON = {"Accept": "application/json"}


SCRIPTS = Path(__file__).parents[2] / "static/js/door"


@pytest.fixture
def scanner(client, event):
    client.set_cookie("door", make_device(make_link(event))[1])
    return client


def told(code, **values):
    mine = {"code": code, "nonce": str(uuid4()), "gate": "", "direction": "entry", "shown": "come_in"}
    return mine | {"scanned_at": clock.now().isoformat()} | values


def test_list_comes_packed_and_only_if_it_changed(scanner, event, kind):
    make_tickets((kind, 2))
    path = f"/door/{event.slug}/snapshot"

    first = scanner.get(path, headers={"Accept-Encoding": "gzip"})
    said = json.loads(gzip.decompress(first.data))

    assert said["tickets"]["state"] == "vv"
    assert (first.mimetype, first.headers["Cache-Control"]) == ("application/json", "private, no-store")
    assert scanner.get(path).json["key"] == said["key"]
    unchanged = scanner.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    make_tickets((kind, 1))
    assert scanner.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    assert scanner.get(f"{path}?since={said['cursor']}").json["is_whole"] is False


def test_batch_is_answered_scan_by_scan_whatever_is_wrong_with_one(scanner, event, kind, invariants_hold):
    one, two = make_tickets((kind, 2))
    broken = [7, {}, told("x", nonce="y"), told("x", scanned_at="0001-01-01T00:00+14:00"), told("a" * 30_000)]
    strange = [told("x\x00"), told("x", gate={}), told("x", direction="up"), told("nonsense", shown="?", reason=[])]
    batch = [told(code_of(one)), *broken, *strange, told(code_of(two))]

    answer = scanner.post(f"/door/{event.slug}/sync", json={"scans": batch, "queue_length": 3, "p95_ms": 140})

    words = [verdict["verdict"] for verdict in answer.json["verdicts"]]
    assert words == ["come_in", *["not_valid"] * (len(broken) + len(strange)), "come_in"]
    with transaction():
        device = db.session.scalars(sa.select(DoorDevice)).one()
        assert (device.queue_length, device.scan_p95_ms, device.last_sync_at is not None) == (3, 140, True)
    invariants_hold()


@pytest.mark.parametrize(
    "body", [None, [], {}, {"scans": "x"}, {"scans": [{}] * 501}, {"scans": {}}, b"\xff", b"[" * 50_000]
)
def test_what_is_no_batch_is_refused(scanner, event, body):
    given = {"data": body, "content_type": "application/json"} if isinstance(body, bytes) else {"json": body}
    assert scanner.post(f"/door/{event.slug}/sync", **given).status_code == 422


@pytest.mark.parametrize("number", [-1, True, "7", 1.5, 10**12, None, {}])
def test_what_a_phone_says_of_itself_is_not_believed_blindly(scanner, event, number):
    body = {"scans": [], "queue_length": number, "p95_ms": number}
    assert scanner.post(f"/door/{event.slug}/sync", json=body).json == {"verdicts": []}


def test_phone_that_may_not_scan_any_more_gets_401_and_settles_nothing(scanner, event, kind):
    [ticket] = make_tickets((kind, 1))
    with transaction():
        db.session.execute(sa.update(DoorDevice).values(revoked_at=sa.func.now()))

    assert scanner.get(f"/door/{event.slug}/snapshot", headers=JSON).status_code == 401
    answer = scanner.post(f"/door/{event.slug}/sync", json={"scans": [told(code_of(ticket))]}, headers=JSON)
    assert answer.status_code == 401
    assert "error" in answer.json
    with transaction():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Scan)) == 0


def test_scripts_find_every_word_that_they_say(app):
    with app.test_request_context():
        sentences = offline_words.all_of_them()
    code = "".join((SCRIPTS / f"{name}.js").read_text() for name in ("offline", "words", "finding"))
    said = {literal for call in re.findall(r"\bword\(([^;]*?)[,)]", code) for literal in re.findall(r'"(\w+)"', call)}
    said |= {*Reason, *re.findall(r'reason: "(\w+)"', (SCRIPTS / "deciding.js").read_text())} - {"ended", "refused"}
    assert len(said) > 30
    assert said - sentences.keys() == set()
    places = {re.sub(r"\{\w+\}", "", sentence) for sentence in sentences.values()}
    assert not any("{" in sentence or "%(" in sentence for sentence in places)
