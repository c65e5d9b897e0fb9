from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image

from carneau.catalogue import cropping, deleting, images, ordering, pictures, storage
from carneau.catalogue.models import Event, EventImage, ImageUpload, Ratio
from carneau.core import outbox, settings
from carneau.core.db import db, transaction
from carneau.core.errors import Conflict, Invalid
from tests.catalogue.test_images import header_of_png, picture
from tests.making import make_event

RED, BLUE = (180, 30, 60), (20, 40, 200)


@pytest.fixture
def event(database):
    return make_event()


def add(event, content, words="A picture"):
    with transaction():
        row = db.session.get_one(Event, event.id)
        images.check(content)
        key = pictures.key_of(row, content)
        storage.put_source(key, content)
        pictures.take_in(row, key, words, "user:1")
    return key


def kept(event):
    db.session.rollback()
    return pictures.of(db.session.get_one(Event, event.id))


def uploads():
    db.session.rollback()
    return db.session.scalars(sa.select(ImageUpload).execution_options(populate_existing=True)).all()


def names():
    return {path.name for path in Path(settings.current().media_dir).iterdir()}


def halves(left=RED, right=BLUE, size=(1200, 600)):
    whole = Image.new("RGB", size, left)
    whole.paste(right, (size[0] // 2, 0, *size))
    file = BytesIO()
    whole.save(file, "PNG")
    return file.getvalue()


def test_an_upload_waits_until_the_job_has_made_it(event):
    key = add(event, picture())
    assert (len(uploads()), kept(event)) == (1, [])

    outbox.drain()

    (image,) = kept(event)
    assert uploads() == []
    assert (image.source_key, image.width, image.alternative_text) == (key, 640, "A picture")
    assert f"{image.key}-640.webp" in names()
    assert db.session.get_one(Event, event.id).accent_light != event.accent_light


def test_the_same_file_sent_twice_is_one_picture(event):
    for _ in range(2):
        add(event, picture())
    outbox.drain()
    add(event, picture())
    outbox.drain()

    assert len(kept(event)) == 1
    assert uploads() == []


def test_what_hides_behind_a_picture_is_not_kept(event):
    key = add(event, picture() + b"PK\x03\x04<script>alert(1)</script>")
    outbox.drain()

    (image,) = kept(event)
    files = [path for path in Path(settings.current().media_dir).iterdir() if path.name.startswith((key, image.key))]
    assert len(files) == 5
    assert not any(b"<script>" in path.read_bytes() for path in files)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "cannot read"),
        (b"GIF89a<script>", "cannot read"),
        (header_of_png(20_000, 20_000), "40 million pixels"),
        (picture()[:-400], "cannot read"),
        (picture(kind="JPEG")[:-400], "cannot read"),
        (picture(kind="WEBP")[:-400], "cannot read"),
        (picture(size=(100, 100)), "too small"),
        (b"\0" * (images.LARGEST_BYTES + 1), "12 MB"),
    ],
)
def test_what_is_no_picture_is_refused_at_once(event, content, words):
    with pytest.raises(Invalid, match=words) as refusal:
        add(event, content)
    assert set(refusal.value.errors) == {"picture"}
    assert uploads() == []


def test_an_upload_that_turns_out_unreadable_says_so_and_can_be_removed(event):
    key = add(event, picture())
    storage.put_source(key, b"no picture")
    outbox.drain()

    (upload,) = uploads()
    assert "cannot read" in upload.problem
    with transaction():
        pictures.remove(db.session.get_one(Event, event.id), key, "user:1")
    outbox.drain()
    assert uploads() == []
    assert f"{key}-source" not in names()


def cut(image, ratio, x, y):
    with transaction():
        pictures.cut(db.session.get_one(EventImage, image.id), ratio, x, y, "user:1")


def test_a_cut_keeps_the_picture_until_the_new_one_is_made_and_then_drops_the_old_files(event):
    add(event, halves())
    outbox.drain()
    (old,) = kept(event)
    old_id, old_key = old.id, old.key

    cut(old, Ratio.PORTRAIT, 80, 50)
    assert [image.key for image in kept(event)] == [old_key]
    outbox.drain()

    (new,) = kept(event)
    assert (new.id, new.ratio, new.width, new.height) == (old_id, Ratio.PORTRAIT, 320, 400)
    assert not any(name.startswith(old_key) for name in names())
    with Image.open(storage.path_of(f"{new.key}-320.jpg")) as shown:
        assert shown.getpixel((160, 200))[2] > 150


def test_only_the_last_cut_that_was_chosen_is_shown(event):
    add(event, halves())
    outbox.drain()
    (image,) = kept(event)
    cut(image, Ratio.PORTRAIT, 0, 50)
    cut(image, Ratio.SQUARE, 0, 50)
    outbox.drain()

    assert [image.ratio for image in kept(event)] == [Ratio.SQUARE]
    assert uploads() == []


def test_files_that_another_date_shows_stay(event):
    add(event, picture())
    outbox.drain()
    (image,) = kept(event)
    shared = {name: getattr(image, name) for name in ("key", "source_key", "alternative_text", "width", "height")}
    other = make_event()
    with transaction():
        db.session.add(EventImage(organisation_id=other.organisation_id, event_id=other.id, position=0, **shared))
    with transaction():
        pictures.remove(db.session.get_one(Event, event.id), image.source_key, "user:1")
    outbox.drain()

    assert kept(event) == []
    assert {f"{image.key}-320.jpg", f"{image.source_key}-source"} <= names()


def test_an_event_that_is_deleted_leaves_no_file(event):
    made = add(event, picture())
    outbox.drain()
    key = kept(event)[0].key
    waiting = add(event, halves())
    with transaction():
        deleting.delete_event(db.session.get_one(Event, event.id), "user:1")
    outbox.drain()

    assert not any(name.startswith((made, waiting, key)) for name in names())


def test_the_order_changes_and_the_first_gives_the_accent(event):
    add(event, halves(RED, RED))
    add(event, halves(BLUE, BLUE))
    outbox.drain()
    first, second = kept(event)
    ids = [second.id, first.id]
    red = db.session.get_one(Event, event.id).accent_light
    with transaction():
        ordering.move(second, -1, "user:1")
        pictures.take_accent_later(db.session.get_one(Event, event.id))
    outbox.drain()

    assert [image.id for image in kept(event)] == ids
    assert db.session.get_one(Event, event.id).accent_light != red
    with transaction():
        ordering.move(db.session.get_one(EventImage, ids[0]), -1, "user:1")
    assert [image.id for image in kept(event)] == ids


def test_the_thirteenth_picture_is_refused(event):
    for n in range(pictures.MOST_PICTURES):
        add(event, picture(size=(320, 320), colour=(n, n, n)))
    with pytest.raises(Conflict, match="at most 12"):
        add(event, picture())


@pytest.mark.parametrize(
    ("ratio", "focus", "box"),
    [
        (Ratio.WHOLE, (0, 0), (0, 0, 1200, 600)),
        (Ratio.SQUARE, (0, 0), (0, 0, 600, 600)),
        (Ratio.SQUARE, (50, 50), (300, 0, 900, 600)),
        (Ratio.SQUARE, (100, 0), (600, 0, 1200, 600)),
        (Ratio.WIDE, (50, 50), (66, 0, 1133, 600)),
    ],
)
def test_the_cut_keeps_its_ratio_near_the_focus(ratio, focus, box):
    assert cropping.box((1200, 600), ratio, *focus) == box
