import io
import json
import re

import pytest
from PIL import Image

from tests.making import make_event
from tests.scanning import make_device, make_link


def test_worker_names_a_version_and_files_that_are_there(client):
    answer = client.get("/door/sw.js")

    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/javascript", "no-cache")
    assert "Service-Worker-Allowed" not in answer.headers
    shell = json.loads(re.search(r"const SHELL = (\[.*?\]);", answer.text)[1])
    assert any(path.endswith("/door/main.js") for path in shell)
    assert not any("service-worker" in path for path in shell)
    for path in shell:
        assert client.get(path).status_code == 200
    again = client.get("/door/sw.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_manifest_opens_the_event_and_tells_its_name_only_to_who_may_scan(client, database):
    event = make_event(title="Undertow")
    path = f"/door/manifest.webmanifest?event={event.slug}"

    stranger = client.get(path)
    client.set_cookie("door", make_device(make_link(event))[1])
    mine = client.get(path)

    assert mine.mimetype == "application/manifest+json"
    assert (mine.json["start_url"], mine.json["scope"]) == (f"/door/{event.slug}", "/door")
    assert (stranger.json["name"], mine.json["name"]) == ("Door", "Undertow")


@pytest.mark.parametrize("slug", ["", "..", "a/b", "//evil.example", "x" * 5000, "%00"])
def test_manifest_never_begins_at_a_strange_address(client, database, slug):
    assert client.get("/door/manifest.webmanifest", query_string={"event": slug}).json["start_url"] == "/door"


def test_icons_are_what_the_manifest_says(client, database):
    for icon in client.get("/door/manifest.webmanifest").json["icons"]:
        with Image.open(io.BytesIO(client.get(icon["src"]).data)) as picture:
            assert f"{picture.width}x{picture.height}" == icon["sizes"]
    assert client.get("/door/icon-77.png").status_code == 404
