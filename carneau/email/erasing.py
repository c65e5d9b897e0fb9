from collections.abc import Collection

import sqlalchemy as sa

from carneau.core.db import db
from carneau.email.models import Mail


def erase(addresses: Collection[str], instead: str) -> None:
    """Of mails that went out. What is still owed keeps its recipient until it has gone."""
    gone = sa.or_(Mail.sent_at.is_not(None), Mail.gave_up_at.is_not(None))
    mine = sa.func.lower(Mail.recipient).in_(addresses)
    db.session.execute(sa.update(Mail).where(gone, mine).values(recipient=instead))
