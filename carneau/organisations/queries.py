import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.core.db import db
from carneau.core.errors import NotFound
from carneau.organisations.models import Organisation


def by_slug(slug: str) -> Organisation:
    organisation = db.session.scalar(sa.select(Organisation).where(Organisation.slug == slug))
    if organisation is None:
        raise NotFound(_("There is no organiser of this name here."))
    return organisation
