from datetime import timedelta

import sqlalchemy as sa

from carneau.accounts.models import OneTimeLink, Tally
from carneau.core.db import db, transaction

# A mail is tried for more than a day, and it is composed from its link.
KEPT = timedelta(days=7)


def forget_old() -> int:
    """Links and tallies that say nothing any more: whoever asked for a mail without having an account is not kept."""
    with transaction():
        links = db.session.execute(sa.delete(OneTimeLink).where(OneTimeLink.expires_at < sa.func.now() - KEPT))
        tallies = db.session.execute(sa.delete(Tally).where(Tally.resets_at < sa.func.now()))
        return int(links.rowcount + tallies.rowcount)  # type: ignore[attr-defined]
