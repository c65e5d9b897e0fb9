from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import contains_eager

from carneau.accounts.models import User
from carneau.core.db import db
from carneau.core.errors import NotFound
from carneau.organisations.models import Invitation, Organisation, OrganisationMember


def by_slug(slug: str) -> Organisation:
    organisation = db.session.scalar(sa.select(Organisation).where(Organisation.slug == slug))
    if organisation is None:
        raise NotFound(_("There is no organiser of this name here."))
    return organisation


def memberships() -> sa.Select[OrganisationMember]:
    """With the organisation and the person loaded, always as the database has them now."""
    return (
        sa.select(OrganisationMember)
        .join(OrganisationMember.organisation)
        .join(OrganisationMember.user)
        .options(contains_eager(OrganisationMember.organisation), contains_eager(OrganisationMember.user))
        .execution_options(populate_existing=True)
    )


def find_membership(organisation_slug: str, user: User) -> OrganisationMember | None:
    mine = memberships().where(Organisation.slug == organisation_slug, OrganisationMember.user_id == user.id)
    return db.session.scalar(mine)


def memberships_of(user: User) -> Sequence[OrganisationMember]:
    mine = memberships().where(OrganisationMember.user_id == user.id)
    return db.session.scalars(mine.order_by(Organisation.name, Organisation.id)).all()


def members_of(organisation_id: int) -> Sequence[OrganisationMember]:
    theirs = memberships().where(OrganisationMember.organisation_id == organisation_id)
    return db.session.scalars(theirs.order_by(OrganisationMember.created_at, OrganisationMember.id)).all()


def member_by_ref(organisation_id: int, ref: str) -> OrganisationMember:
    member = db.session.scalar(
        memberships().where(OrganisationMember.organisation_id == organisation_id, OrganisationMember.ref == ref)
    )
    if member is None:
        raise NotFound(_("There is nobody like this in the team. They may have left."))
    return member


def has_member(organisation_id: int, email: str) -> bool:
    mine = memberships().where(
        OrganisationMember.organisation_id == organisation_id, sa.func.lower(User.email) == email.lower()
    )
    return db.session.scalar(mine) is not None


def open_invitations(organisation_id: int) -> Sequence[Invitation]:
    """Newest first."""
    mine = sa.select(Invitation).where(
        Invitation.organisation_id == organisation_id,
        Invitation.closed_at.is_(None),
        Invitation.expires_at > sa.func.now(),
    )
    return db.session.scalars(mine.order_by(Invitation.id.desc())).all()


def open_invitation(organisation_id: int, ref: str) -> Invitation:
    for invitation in open_invitations(organisation_id):
        if invitation.ref == ref:
            return invitation
    raise NotFound(_("There is no such invitation any more: it was accepted or withdrawn, or its week is over."))
