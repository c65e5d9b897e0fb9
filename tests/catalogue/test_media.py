import pytest

from carneau.catalogue import images
from carneau.catalogue.models import Event
from carneau.core.db import db, transaction
from tests.catalogue.test_images import picture
from tests.making import make_event


@pytest.fixture
def key(database):
    event_id = make_event().id
    with transaction():
        return images.store(db.session.get_one(Event, event_id), picture(), "A red square").key


def test_a_picture_is_served_for_ever_and_as_nothing_but_a_picture(client, key):
    answer = client.get(f"/media/{key}-320.webp")

    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "Set-Cookie" not in answer.headers
    assert client.get(f"/media/{key}-320.webp", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "name",
    ["", "..", "../config.py", "%2e%2e%2fconfig.py", ".new-abc", "x.webp", "{key}-320.png", "{key}-321.webp", "{key}",
     "{key}-320.webp%0a", "{key}-320.webp/", "{KEY}-320.webp", "{key}-1280.webp", "%ff-320.webp"],
)  # fmt: skip
def test_only_our_own_file_names_are_found(client, key, name):
    answer = client.get("/media/" + name.format(key=key, KEY=key.upper()))

    assert answer.status_code == 404
