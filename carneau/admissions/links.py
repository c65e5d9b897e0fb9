from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.admissions.models import DoorLink, DoorLinkEvent
from carneau.catalogue.models import Event
from carneau.core import audit, clock, codes, settings
from carneau.core.db import db
from carneau.core.errors import Invalid, NotFound

AFTER_THE_END = timedelta(hours=12)
LONGEST_LABEL = 80


class LinkGone(NotFound):
    """Revoked, over, or never given out: all get the same answer."""

    def __init__(self) -> None:
        super().__init__(_("This door link is over or not complete. Ask who is in charge for a new one."))


def create(
    events: Collection[Event], label: str, actor: str, created_by_id: int | None, expires_at: datetime | None = None
) -> tuple[DoorLink, str]:
    """For events of one organisation; ends twelve hours after the last of them unless told otherwise. Also returns the
    secret, which is nowhere kept."""
    if not events or len({event.organisation_id for event in events}) > 1:
        raise Invalid(_("Please choose at least one event."), {"events": [_("Please choose at least one event.")]})
    ends_at = expires_at or max(event.ends_at for event in events) + AFTER_THE_END
    if ends_at <= clock.now():
        raise Invalid(_("This link would be over already."), {"expires_at": [_("This link would be over already.")]})
    secret, organisation_id = codes.secret(), next(iter(events)).organisation_id
    link = DoorLink(
        organisation_id=organisation_id,
        public_id=codes.reference(12).replace("-", ""),
        label=label[:LONGEST_LABEL],
        secret_digest=codes.digest(secret),
        expires_at=ends_at,
        created_by_id=created_by_id,
    )
    db.session.add(link)
    db.session.flush()
    ids = sorted(event.id for event in events)
    rows = [DoorLinkEvent(organisation_id=organisation_id, door_link_id=link.id, event_id=each) for each in ids]
    db.session.add_all(rows)
    db.session.flush()
    audit.record(link, "created", actor, event_ids=ids)
    return link, secret


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


def revoke(link: DoorLink, actor: str) -> None:
    """Every phone that came with it is refused from its next request on."""
    if link.revoked_at is None:
        link.revoked_at = sa.func.now()
        db.session.flush()
        audit.record(link, "revoked", actor)
