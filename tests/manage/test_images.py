"""The pages of an event's pictures."""

import gc
from io import BytesIO

import pytest
import sqlalchemy as sa

from carneau.catalogue import images
from carneau.catalogue.models import Event, EventImage, ImageUpload, Ratio
from carneau.core import outbox
from carneau.core.db import db, transaction
from tests.catalogue.test_images import header_of_png, picture
from tests.making import make_event, make_image

# Werkzeug's test client leaves the file open in which it keeps a large request.
of_large_requests = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def gala(house):
    return make_event(house, slug="gala")


def send(ada, content, words="A trumpeter", name="poster.png"):
    return ada.submit(
        "/manage/events/gala/images",
        picture=(BytesIO(content), name),
        alternative_text=words,
    )


def kept():
    db.session.rollback()
    return db.session.scalars(sa.select(EventImage).order_by(EventImage.position)).all()


def test_a_picture_waits_and_then_is_there(ada, gala):
    assert send(ada, picture()).status_code == 303
    page = ada.get("/manage/events/gala/images")
    assert "being made ready" in page.text
    assert 'hx-trigger="every 2s"' in page.text
    assert "<noscript><meta" in page.text

    outbox.drain()

    page = ada.get("/manage/events/gala/images")
    assert "being made ready" not in page.text
    assert f"/media/{kept()[0].key}-640.webp" in page.text
    assert f"/media/{kept()[0].key}-640.webp" in ada.get("/e/gala").text


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "a.svg", "cannot read"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "a.png", "cannot read"),
        (header_of_png(20_000, 20_000), "big.png", "40 million pixels"),
        (b"", "a.png", "empty"),
        (picture()[:200], "a.png", "cannot read"),
    ],
)
def test_a_file_that_is_no_picture_is_answered_at_its_field_with_the_words_kept(ada, gala, content, name, words):
    answer = send(ada, content, "A trumpeter under a lamp", name)

    assert answer.status_code == 422
    assert words in answer.text
    assert 'aria-describedby="picture_hint picture_error"' in answer.text
    assert "A trumpeter under a lamp" in answer.text
    assert db.session.scalar(sa.select(sa.func.count(ImageUpload.id))) == 0


@of_large_requests
def test_fifty_megabytes_are_answered_on_the_page_itself(ada, gala):
    answer = send(ada, b"\x89PNG" + b"\0" * (50 * 1024 * 1024))
    assert answer.status_code == 413
    assert "larger than 12 MB" in answer.text
    assert 'id="picture_error"' in answer.text
    gc.collect()


@of_large_requests
def test_just_under_the_limit_is_read(ada, gala):
    answer = send(ada, b"\0" * images.LARGEST_BYTES)
    assert (answer.status_code, "cannot read" in answer.text) == (422, True)
    gc.collect()


def test_elsewhere_a_request_stays_small(ada, gala):
    answer = ada.post("/manage/events/gala/edit", data={"title": "x" * (2 * 1024 * 1024)})
    assert answer.status_code == 413


def test_no_file_and_no_words_are_both_named(ada, gala):
    answer = ada.submit("/manage/events/gala/images", alternative_text="  ")
    assert answer.status_code == 422
    assert "choose a picture" in answer.text
    assert "what the picture shows" in answer.text


def test_the_cut_and_the_words_are_changed(ada, gala):
    send(ada, picture())
    outbox.drain()
    key = kept()[0].source_key
    db.session.rollback()

    answer = ada.submit(
        f"/manage/events/gala/images/{key}", alternative_text="Red all over", ratio="1:1", focus="100-0"
    )
    outbox.drain()

    assert answer.status_code == 303
    (image,) = kept()
    assert (image.alternative_text, image.ratio, image.focus_x, image.focus_y) == ("Red all over", Ratio.SQUARE, 100, 0)
    assert image.width == image.height


def test_an_unknown_cut_is_refused(ada, gala):
    key = make_image(gala).source_key
    answer = ada.submit(f"/manage/events/gala/images/{key}", alternative_text="Red", ratio="9:1", focus="3-3")
    assert answer.status_code == 422


def test_the_order_changes_with_plain_buttons_and_a_picture_goes(ada, gala):
    first, second = make_image(gala), make_image(gala, position=1)
    page = "/manage/events/gala/images"

    answer = ada.submit(page, f"{page}/{second.source_key}/position", to="up")
    assert answer.status_code == 303
    assert [image.id for image in kept()] == [second.id, first.id]

    assert ada.submit(page, f"{page}/{second.source_key}/removal").status_code == 303
    assert [image.id for image in kept()] == [first.id]
    assert ada.submit(page, f"{page}/{second.source_key}/removal").status_code == 404
    with transaction():
        assert db.session.get_one(Event, gala.id)
