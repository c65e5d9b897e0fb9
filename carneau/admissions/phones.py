"""The devices at the door of an event, for who is in charge of it."""

from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.accounts.models import User
from carneau.admissions.models import DoorDevice, DoorLink, DoorLinkEvent, Scan
from carneau.catalogue.models import Event
from carneau.core import audit
from carneau.core.db import db
from carneau.core.errors import NotFound

MOST = 300
Row = sa.Row[DoorDevice, DoorLink | None, str | None]
LinkRow = sa.Row[DoorLink, int, int]


def links_of(event: Event) -> Sequence[LinkRow]:
    """The newest first, each with how many dates it is for, and how many phones came by it."""
    dates = sa.select(sa.func.count()).where(DoorLinkEvent.door_link_id == DoorLink.id).scalar_subquery()
    phones = sa.select(sa.func.count()).where(DoorDevice.door_link_id == DoorLink.id).scalar_subquery()
    mine = sa.select(DoorLink, dates.label("dates"), phones.label("phones"))
    return db.session.execute(mine.where(_covers(event)).order_by(DoorLink.id.desc()).limit(MOST)).all()


def link_of(event: Event, public_id: str) -> DoorLink:
    link = db.session.scalar(sa.select(DoorLink).where(_covers(event), DoorLink.public_id == public_id))
    if link is None:
        raise NotFound(_("There is no such link here."))
    return link


def of_link(link: DoorLink) -> Sequence[DoorDevice]:
    """Those that it still lets scan."""
    mine = sa.select(DoorDevice).where(DoorDevice.door_link_id == link.id, DoorDevice.revoked_at.is_(None))
    return db.session.scalars(mine.order_by(DoorDevice.id)).all()


def of(event: Event) -> Sequence[Row]:
    """Whoever was seen last comes first: those that came by a link to it, and those of members who scanned here."""
    latest = (DoorDevice.last_seen_at.desc().nulls_last(), DoorDevice.id)
    return db.session.execute(_devices(event).order_by(*latest)).all()


def by_public_id(event: Event, public_id: str) -> Row:
    row = db.session.execute(_devices(event).where(DoorDevice.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such phone here."))
    return row


def change(device: DoorDevice, name: str, sees_names: bool, actor: str) -> bool:
    """Whether something is different now."""
    new = {"name": name, "sees_names": sees_names}
    changed = sorted(each for each, value in new.items() if getattr(device, each) != value)
    for each in changed:
        setattr(device, each, new[each])
    if changed:
        db.session.flush()
        audit.record(device, "edited", actor, changed=changed)
    return bool(changed)


def _devices(event: Event) -> sa.Select[DoorDevice, DoorLink | None, str | None]:
    scanned_here = sa.exists().where(Scan.device_id == DoorDevice.id, Scan.event_id == event.id)
    return (
        sa.select(DoorDevice, DoorLink, User.name.label("member"))
        .outerjoin(DoorLink, DoorLink.id == DoorDevice.door_link_id)
        .outerjoin(User, User.id == DoorDevice.user_id)
        .where(DoorDevice.organisation_id == event.organisation_id)
        .where(sa.or_(_covers(event), scanned_here))
        .execution_options(populate_existing=True)
        .limit(MOST)
    )


def _covers(event: Event) -> sa.ColumnElement[bool]:
    named = sa.exists().where(DoorLinkEvent.door_link_id == DoorLink.id, DoorLinkEvent.event_id == event.id)
    return sa.and_(DoorLink.organisation_id == event.organisation_id, named)
