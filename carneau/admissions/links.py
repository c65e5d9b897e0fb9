from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert

from carneau.admissions.models import DoorLink, DoorLinkEvent
from carneau.catalogue.models import Event
from carneau.core import audit, clock, codes, settings
from carneau.core.db import db
from carneau.core.errors import Conflict, Invalid, NotFound

AFTER_THE_END = timedelta(hours=12)
LONGEST_LABEL = 80
MOST_DEVICES = 200
MOST_DATES = 60
LATEST = timedelta(days=30)


class LinkGone(NotFound):
    """Revoked, over, or never given out: all get the same answer."""

    def __init__(self) -> None:
        super().__init__(_("This door link is over or not complete. Ask who is in charge for a new one."))


class MadeBefore(Conflict):
    """Its secret was told then, and nobody knows it."""

    def __init__(self) -> None:
        super().__init__(_("This link was made a moment ago, and its address was shown then."))


def create(
    events: Collection[Event],
    label: str,
    actor: str,
    created_by_id: int | None,
    expires_at: datetime | None = None,
    most_devices: int = 10,
    sees_names: bool = True,
    public_id: str | None = None,
) -> tuple[DoorLink, str]:
    """For events of one organisation; ends twelve hours after the last of them unless told otherwise. Also returns the
    secret, which is nowhere kept. The same `public_id` again is the second click of one form: raises MadeBefore."""
    ends_at = expires_at or max((event.ends_at for event in events), default=clock.now()) + AFTER_THE_END
    _check(events, ends_at, most_devices)
    secret = codes.secret()
    values = {
        "organisation_id": next(iter(events)).organisation_id,
        "public_id": public_id or codes.reference(12).replace("-", ""),
        "label": label[:LONGEST_LABEL],
        "secret_digest": codes.digest(secret),
        "expires_at": ends_at,
        "most_devices": most_devices,
        "sees_names": sees_names,
        "created_by_id": created_by_id,
    }
    statement = insert(DoorLink).values(**values).on_conflict_do_nothing(index_elements=["public_id"])
    link = db.session.scalar(statement.returning(DoorLink))
    if link is None:
        raise MadeBefore
    ids = _lead_to(link, events)
    audit.record(link, "created", actor, event_ids=ids, devices=most_devices)
    return link, secret


def _lead_to(link: DoorLink, events: Collection[Event]) -> list[int]:
    ids = sorted(event.id for event in events)
    organisation_id = link.organisation_id
    rows = [DoorLinkEvent(organisation_id=organisation_id, door_link_id=link.id, event_id=each) for each in ids]
    db.session.add_all(rows)
    db.session.flush()
    return ids


def _check(events: Collection[Event], ends_at: datetime, most_devices: int) -> None:
    """Raises Invalid with every sentence at its field."""
    errors: dict[str, list[str]] = {}
    if not events or len({event.organisation_id for event in events}) > 1:
        errors["events"] = [_("Please choose at least one date.")]
    if not 1 <= most_devices <= MOST_DEVICES:
        errors["most_devices"] = [_("Please choose a number of phones from 1 to %(most)s.", most=MOST_DEVICES)]
    if ends_at <= clock.now():
        errors["expires_at"] = [_("This link would be over already.")]
    elif events and ends_at > max(event.ends_at for event in events) + LATEST:
        errors["expires_at"] = [_("A link ends at most %(days)s days after the last date.", days=LATEST.days)]
    if errors:
        raise Invalid(" ".join(sentence for each in errors.values() for sentence in each), errors=errors)


def url(secret: str) -> str:
    return f"{settings.current().base_url}/door/links/{secret}"


def by_secret(secret: str) -> DoorLink:
    """The link, if phones may still register with it."""
    link = db.session.scalar(
        sa.select(DoorLink).where(
            DoorLink.secret_digest == codes.digest(secret),
            DoorLink.revoked_at.is_(None),
            DoorLink.expires_at > sa.func.now(),
        )
    )
    if link is None:
        raise LinkGone
    return link


def events_of(link: DoorLink) -> Sequence[Event]:
    """In the order of their dates."""
    ids = sa.select(DoorLinkEvent.event_id).where(DoorLinkEvent.door_link_id == link.id)
    return db.session.scalars(sa.select(Event).where(Event.id.in_(ids)).order_by(Event.starts_at, Event.id)).all()


def revoke(link: DoorLink, actor: str) -> None:
    """Every phone that came with it is refused from its next request on."""
    if link.revoked_at is None:
        link.revoked_at = sa.func.now()
        db.session.flush()
        audit.record(link, "revoked", actor)


def dates_for(link: DoorLink) -> list[Event]:
    mine = sa.select(DoorLinkEvent.event_id).where(DoorLinkEvent.door_link_id == link.id)
    return list(db.session.scalars(sa.select(Event).where(Event.id.in_(mine)).order_by(Event.starts_at, Event.id)))


def dates_of(event: Event) -> list[Event]:
    """The event, and those of its title that are not over: a run of a theatre has one link for all its evenings."""
    same_run = (Event.organisation_id == event.organisation_id, Event.title == event.title)
    ahead = sa.or_(Event.ends_at > sa.func.now(), Event.id == event.id)
    found = sa.select(Event).where(*same_run, ahead).order_by(Event.starts_at, Event.id).limit(MOST_DATES)
    return list(db.session.scalars(found))
