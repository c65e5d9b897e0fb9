from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert

from carneau.admissions.models import DoorDevice, DoorLink
from carneau.core import audit, codes
from carneau.core.db import db
from carneau.core.errors import Conflict, Forbidden
from carneau.organisations.models import OrganisationMember

LONGEST_NAME = 60
KEY = ("token_digest", "organisation_id", "door_link_id", "user_id")


class TakenOff(Forbidden):
    """The organiser revoked this phone; the link alone does not bring it back."""

    def __init__(self) -> None:
        super().__init__(_("This phone was taken off the door. Ask who is in charge if that was a mistake."))


class Full(Conflict):
    def __init__(self, most: int) -> None:
        super().__init__(_("This link has its %(most)s phones already. Ask who is in charge for another.", most=most))


@dataclass(frozen=True, slots=True)
class Phone:
    """Who asks: the token that the phone keeps, and the session that is open on it, if one is. A device that belongs to
    a member counts only together with their session."""

    token_digest: bytes
    user_id: int | None = None
    session_version: int | None = None

    @classmethod
    def of(cls, token: str, user_id: int | None = None, session_version: int | None = None) -> "Phone":
        return cls(codes.digest(token), user_id, session_version)

    @property
    def values(self) -> dict[str, object]:
        return {"token": self.token_digest, "user_id": self.user_id, "session_version": self.session_version}


def register(link: DoorLink, token: str, name: str) -> DoorDevice:
    """The phone that keeps this token scans for the link's events. Once more only changes its name. Raises TakenOff
    or Full: then only a rollback may follow. Those that open one link at once are counted one after the other."""
    of_link = {"organisation_id": link.organisation_id, "door_link_id": link.id, "expires_at": link.expires_at}
    db.session.execute(sa.select(DoorLink.id).where(DoorLink.id == link.id).with_for_update(key_share=True))
    device = _keep(token, name, f"link:{link.public_id}", of_link | {"sees_names": link.sees_names})
    mine = DoorDevice.door_link_id == link.id, DoorDevice.revoked_at.is_(None)
    if (db.session.scalar(sa.select(sa.func.count()).where(*mine)) or 0) > link.most_devices:
        raise Full(link.most_devices)
    return device


def register_member(membership: OrganisationMember, token: str, name: str) -> DoorDevice:
    """The phone on which this member is logged in, for as long as they are. Raises TakenOff."""
    of_member = {"organisation_id": membership.organisation_id, "user_id": membership.user_id}
    return _keep(token, name, membership.user.actor, of_member)


def revoke(device: DoorDevice, actor: str) -> None:
    """Refused from its next request on."""
    if device.revoked_at is None:
        device.revoked_at = sa.func.now()
        db.session.flush()
        audit.record(device, "revoked", actor)


def _keep(token: str, name: str, actor: str, whose: dict[str, Any]) -> DoorDevice:
    """Of two clicks at once the second finds the row of the first."""
    name = name[:LONGEST_NAME]
    mine = whose | {"token_digest": codes.digest(token)}
    values = mine | {"public_id": codes.reference(12).replace("-", ""), "name": name, "last_seen_at": sa.func.now()}
    statement = insert(DoorDevice).values(**values).on_conflict_do_nothing().returning(DoorDevice)
    device = db.session.scalar(statement)
    if device is not None:
        audit.record(device, "registered", actor)
        return device
    its = {column: mine[column] for column in KEY if column in mine}
    device = db.session.scalars(sa.select(DoorDevice).filter_by(**its).with_for_update()).one()
    if device.revoked_at is not None:
        raise TakenOff
    device.name, device.last_seen_at = name, sa.func.now()
    db.session.flush()
    return device
