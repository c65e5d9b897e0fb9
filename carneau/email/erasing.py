from collections.abc import Collection

import sqlalchemy as sa

from carneau.core.db import db, rows_changed
from carneau.email.models import Mail

GONE = sa.or_(Mail.sent_at.is_not(None), Mail.gave_up_at.is_not(None))


def erase(addresses: Collection[str], instead: str, organisation_id: int | None = None) -> None:
    """What is still owed keeps its recipient until it has gone: `erase_gone` takes it away then."""
    mine = sa.update(Mail).where(sa.func.lower(Mail.recipient).in_(addresses))
    if organisation_id is not None:
        mine = mine.where(Mail.organisation_id == organisation_id)
    db.session.execute(mine.values(forgets_recipient=True))
    erase_gone(instead)


def erase_gone(instead: str) -> int:
    """The key of a message to everyone names its recipient, too."""
    named = sa.func.strpos(sa.func.lower(Mail.key), sa.func.lower(Mail.recipient)) > 0
    nameless = sa.case((named, sa.func.concat(Mail.kind, ":erased:", Mail.id)), else_=Mail.key)
    gone = sa.update(Mail).where(Mail.forgets_recipient, GONE)
    return rows_changed(gone.values(recipient=instead, key=nameless, forgets_recipient=False))
