"""The slow half of taking in a picture, done by the worker."""

import secrets
from io import BytesIO

import sqlalchemy as sa
from flask_babel import gettext as _
from PIL import Image
from sqlalchemy.dialects.postgresql import insert

from carneau.catalogue import accents, cropping, images, storage
from carneau.catalogue.images import Picture
from carneau.catalogue.models import Event, EventImage, ImageUpload
from carneau.core import audit
from carneau.core.db import db, transaction
from carneau.core.errors import Invalid
from carneau.core.outbox import job
from carneau.core.queue import enqueue_after_commit

CUT = ("source_key", "ratio", "focus_x", "focus_y")


@job("make picture", tries=5, is_patient=True)
def make_picture(upload_id: int) -> None:
    with transaction():
        upload = db.session.get(ImageUpload, upload_id)
        if upload is None or upload.problem:
            return
        db.session.expunge(upload)
    try:
        picture = _whole(upload)
    except Invalid as refusal:
        _give_up(upload, str(refusal))
        return
    key = secrets.token_hex(12)
    pixels = cropping.cut(picture.pixels, upload.ratio, upload.focus_x, upload.focus_y)
    size = images.write(key, pixels)
    storage.put_source(upload.source_key, images.source_of(picture.pixels))
    with transaction():
        was_kept = _show(upload, key, size, picture)
    if not was_kept:
        storage.remove(key)


def _whole(upload: ImageUpload) -> Picture:
    content = storage.read_source(upload.source_key)
    if content is None:
        raise Invalid(_("The whole picture is not kept any more. Please choose the file once more."))
    return images.decode(content)


def _give_up(upload: ImageUpload, sentence: str) -> None:
    with transaction():
        db.session.execute(sa.update(ImageUpload).where(ImageUpload.id == upload.id).values(problem=sentence))


def _show(upload: ImageUpload, key: str, size: tuple[int, int], picture: Picture) -> bool:
    """False if the upload was taken back, or another cut was chosen, while this one was being made."""
    same = [getattr(ImageUpload, name) == getattr(upload, name) for name in ("id", *CUT)]
    done = sa.delete(ImageUpload).where(*same).returning(ImageUpload.alternative_text)
    words = db.session.scalar(done)
    if words is None:
        return False
    event = db.session.get_one(Event, upload.event_id, with_for_update={"key_share": True})
    old = db.session.scalar(
        sa.select(EventImage.key).where(EventImage.event_id == event.id, EventImage.source_key == upload.source_key)
    )
    image = _put(upload, key, size, words)
    if image.position == first_position(event.id) and picture.accents:
        event.accent_light, event.accent_dark = picture.accents.light, picture.accents.dark
    audit.record(image, "made", width=image.width, height=image.height)
    if old:
        enqueue_after_commit(forget_files, old, upload.source_key)
    return True


def _put(upload: ImageUpload, key: str, size: tuple[int, int], words: str) -> EventImage:
    made = {name: getattr(upload, name) for name in CUT} | {"key": key, "width": size[0], "height": size[1]}
    added = insert(EventImage).values(
        **made,
        organisation_id=upload.organisation_id,
        event_id=upload.event_id,
        position=images.next_position(upload.event_id),
        alternative_text=words,
    )
    statement = added.on_conflict_do_update(index_elements=["event_id", "source_key"], set_=made)
    return db.session.scalars(statement.returning(EventImage), execution_options={"populate_existing": True}).one()


def first_position(event_id: int) -> int | None:
    return db.session.scalar(sa.select(sa.func.min(EventImage.position)).where(EventImage.event_id == event_id))


@job("take accent", is_patient=True)
def take_accent(event_id: int) -> None:
    """The event's colour, from the picture that comes first now."""
    first = sa.select(EventImage.key).where(EventImage.event_id == event_id).order_by(EventImage.position)
    with transaction():
        key = db.session.scalar(first.limit(1))
    content = storage.find(f"{key}-{images.WIDTHS[0]}.jpg")
    if content is None:
        return
    with Image.open(BytesIO(content)) as picture:
        found = accents.of_picture(picture.convert("RGB"))
    if found:
        colours = {"accent_light": found.light, "accent_dark": found.dark}
        with transaction():
            db.session.execute(sa.update(Event).where(Event.id == event_id).values(**colours))


@job("forget files")
def forget_files(key: str, source_key: str) -> None:
    """Those that no row names any more; the dates of a run share them."""
    with transaction():
        images_of_key = db.session.scalar(sa.select(EventImage.id).where(EventImage.key == key).limit(1))
        sources = sa.union_all(
            sa.select(EventImage.id).where(EventImage.source_key == source_key),
            sa.select(ImageUpload.id).where(ImageUpload.source_key == source_key),
        )
        of_source = db.session.scalar(sources.limit(1))
    if images_of_key is None and key:
        storage.remove(key)
    if of_source is None:
        storage.remove_source(source_key)
