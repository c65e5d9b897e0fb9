import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.core import audit
from carneau.core.db import db
from carneau.core.errors import Conflict, NotFound
from carneau.organisations.models import Invitation, OrganisationMember, Role

# An organisation always has an owner. All its owners and the one it is about are locked, in the order of their ids, and
# what they are by then is what counts: of two owners who leave at once, the second finds nobody else and stays.
KEEPING_AN_OWNER = """
    WITH here AS (SELECT id, role FROM organisation_members
                   WHERE organisation_id = :organisation_id AND (role = 'owner' OR id = :id)
                   ORDER BY id FOR UPDATE),
         may AS (SELECT id FROM here
                  WHERE id = :id AND (role <> 'owner' OR :stays_owner
                                      OR EXISTS (SELECT 1 FROM here AS other
                                                  WHERE other.id <> :id AND other.role = 'owner')))"""
DELETE = " DELETE FROM organisation_members AS m USING may WHERE m.id = may.id RETURNING m.id"
UPDATE = """ UPDATE organisation_members AS m SET role = :role, event_id = :event_id
               FROM may WHERE m.id = may.id RETURNING m.id"""
REMOVE = sa.text(KEEPING_AN_OWNER + DELETE)
CHANGE = sa.text(KEEPING_AN_OWNER + UPDATE).bindparams(sa.bindparam("event_id", type_=sa.BigInteger))


class LastOwner(Conflict):
    def __init__(self) -> None:
        super().__init__(_("Somebody has to own this organisation. Make another member its owner first."))


def change_role(member: OrganisationMember, role: Role, event_id: int | None, actor: str) -> None:
    """Raises LastOwner, or NotFound for one who has left meanwhile."""
    facts = {"role": role, "was": member.role, "user": member.user_id, "event": event_id}
    _keep_an_owner(CHANGE, member, role=role, event_id=event_id, stays_owner=role is Role.OWNER)
    audit.record(member, "role_changed", actor, **facts)


def remove(member: OrganisationMember, actor: str) -> None:
    """Ends the access with the next request. Raises LastOwner, or NotFound for one who has left meanwhile."""
    _keep_an_owner(REMOVE, member, stays_owner=False)
    audit.record(member, "removed", actor, role=member.role, user=member.user_id)


def leave(member: OrganisationMember, actor: str) -> None:
    _keep_an_owner(REMOVE, member, stays_owner=False)
    audit.record(member, "left", actor, role=member.role, user=member.user_id)


def end_at_doors_of(event_id: int, actor: str) -> None:
    """For an event that goes: who had its door alone has nothing left here, and who was invited to it neither."""
    members = sa.delete(OrganisationMember).where(OrganisationMember.event_id == event_id).returning(OrganisationMember)
    for member in db.session.scalars(members).all():
        audit.record(member, "removed", actor, role=member.role, user=member.user_id, reason="event deleted")
    invitations = sa.delete(Invitation).where(Invitation.event_id == event_id).returning(Invitation)
    for invitation in db.session.scalars(invitations).all():
        audit.record(invitation, "withdrawn", actor, reason="event deleted")


def _keep_an_owner(statement: sa.TextClause, member: OrganisationMember, **values: object) -> None:
    mine = {"id": member.id, "organisation_id": member.organisation_id}
    if db.session.execute(statement, mine | values).scalar_one_or_none() is not None:
        return
    if db.session.scalar(sa.select(OrganisationMember.id).where(OrganisationMember.id == member.id)):
        raise LastOwner
    raise NotFound(_("This person has left the organisation already."))
