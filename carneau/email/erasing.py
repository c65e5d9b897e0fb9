from collections.abc import Collection

import sqlalchemy as sa

from carneau.core.db import db
from carneau.email.models import Mail


def erase(addresses: Collection[str], instead: str, organisation_id: int | None = None) -> None:
    """Of mails that went out. What is still owed keeps its recipient until it has gone. The key of a message to
    everyone names its recipient, too."""
    gone = sa.or_(Mail.sent_at.is_not(None), Mail.gave_up_at.is_not(None))
    mine = sa.update(Mail).where(gone, sa.func.lower(Mail.recipient).in_(addresses))
    if organisation_id is not None:
        mine = mine.where(Mail.organisation_id == organisation_id)
    named = sa.func.strpos(sa.func.lower(Mail.key), sa.func.lower(Mail.recipient)) > 0
    nameless = sa.func.concat(Mail.kind, ":erased:", Mail.id)
    db.session.execute(mine.values(recipient=instead, key=sa.case((named, nameless), else_=Mail.key)))
