from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import contains_eager

from carneau.accounts.models import User
from carneau.core.db import db
from carneau.core.errors import NotFound
from carneau.organisations.models import Organisation, OrganisationMember


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
