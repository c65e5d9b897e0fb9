"""The pictures of an event: taken in at once, changed and let go. `encoding` does what takes time."""

from hashlib import blake2b

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert

from carneau.catalogue import encoding, images, queries
from carneau.catalogue.models import Event, EventImage, ImageUpload, Ratio
from carneau.core import audit
from carneau.core.db import db
from carneau.core.errors import Conflict, NotFound
from carneau.core.queue import enqueue_after_commit

MOST_PICTURES = 12


def key_of(event: Event, picture_bytes: bytes) -> str:
    """The same file sent twice to one event is one picture."""
    return blake2b(event.id.to_bytes(8) + picture_bytes, digest_size=12).hexdigest()


def take_in(event: Event, source_key: str, alternative_text: str, actor: str) -> None:
    """The file lies in storage as `source_key`."""
    words = images.described(alternative_text)
    queries.lock(event)
    if len(of(event)) + len(waiting(event)) >= MOST_PICTURES:
        raise Conflict(_("An event has at most %(most)s pictures. Remove one first.", most=MOST_PICTURES))
    if is_known(event, source_key):
        return
    values = {"organisation_id": event.organisation_id, "event_id": event.id, "source_key": source_key}
    row = insert(ImageUpload).values(**values, alternative_text=words)
    clean = row.on_conflict_do_update(index_elements=["event_id", "source_key"], set_={"problem": None})
    upload_id = db.session.scalar(clean.returning(ImageUpload.id))
    enqueue_after_commit(encoding.make_picture, upload_id)
    audit.record(event, "picture added", actor, source_key=source_key)


def is_known(event: Event, source_key: str) -> bool:
    """Its source is kept clean already, and is not to be overwritten with the file as it was sent."""
    return any(image.source_key == source_key for image in of(event))


def of(event: Event) -> list[EventImage]:
    """In their order on the page."""
    mine = sa.select(EventImage).where(EventImage.event_id == event.id).order_by(EventImage.position)
    return list(db.session.scalars(mine))


def waiting(event: Event) -> list[ImageUpload]:
    mine = sa.select(ImageUpload).where(ImageUpload.event_id == event.id).order_by(ImageUpload.id)
    return list(db.session.scalars(mine))


def by_source(event: Event, source_key: str) -> EventImage:
    """Raises NotFound. A picture is named by its source: the files get a new name with each new cut."""
    mine = (EventImage.event_id == event.id, EventImage.source_key == source_key)
    image = db.session.scalar(sa.select(EventImage).where(*mine))
    if image is None:
        raise NotFound(_("There is no such picture; somebody may have removed it."))
    return image


def require(event: Event, source_key: str) -> None:
    """Raises NotFound, unless there is a picture or an upload of this name."""
    if source_key not in {upload.source_key for upload in waiting(event)}:
        by_source(event, source_key)


def describe(image: EventImage, alternative_text: str, actor: str) -> None:
    words = images.described(alternative_text)
    if words != image.alternative_text:
        image.alternative_text = words
        db.session.flush()
        audit.record(image, "described", actor)


def cut(image: EventImage, ratio: Ratio, focus_x: int, focus_y: int, actor: str) -> None:
    """The old cut is shown until the new one is made."""
    wish = {"ratio": ratio, "focus_x": focus_x, "focus_y": focus_y}
    if all(getattr(image, name) == value for name, value in wish.items()) and not _is_waiting(image):
        return
    row = insert(ImageUpload).values(
        organisation_id=image.organisation_id,
        event_id=image.event_id,
        source_key=image.source_key,
        alternative_text=image.alternative_text,
        **wish,
    )
    latest = row.on_conflict_do_update(index_elements=["event_id", "source_key"], set_={**wish, "problem": None})
    enqueue_after_commit(encoding.make_picture, db.session.scalar(latest.returning(ImageUpload.id)))
    audit.record(image, "cut", actor, ratio=ratio, focus_x=focus_x, focus_y=focus_y)


def _is_waiting(image: EventImage) -> bool:
    same = (ImageUpload.event_id == image.event_id, ImageUpload.source_key == image.source_key)
    return db.session.scalar(sa.select(ImageUpload.id).where(*same)) is not None


def remove(event: Event, source_key: str, actor: str) -> None:
    """The picture, or the upload that is waiting or could not be read. Removing what is gone changes nothing."""
    gone = (ImageUpload.event_id == event.id, ImageUpload.source_key == source_key)
    upload_id = db.session.scalar(sa.delete(ImageUpload).where(*gone).returning(ImageUpload.id))
    image = next((image for image in of(event) if image.source_key == source_key), None)
    if image is not None:
        audit.record(image, "removed", actor, event_id=event.id)
        db.session.delete(image)
        db.session.flush()
        forget_later(image)
        take_accent_later(event)
    elif upload_id is not None:
        audit.record(event, "picture removed", actor, source_key=source_key)
        enqueue_after_commit(encoding.forget_files, "", source_key)


def forget_later(image: EventImage) -> None:
    enqueue_after_commit(encoding.forget_files, image.key, image.source_key)


def forget_all_later(event: Event) -> None:
    for image in of(event):
        forget_later(image)
    for upload in waiting(event):
        enqueue_after_commit(encoding.forget_files, "", upload.source_key)


def take_accent_later(event: Event) -> None:
    enqueue_after_commit(encoding.take_accent, event.id)
