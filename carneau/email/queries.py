import sqlalchemy as sa

from carneau.core.db import db
from carneau.email.models import Mail


def failed(limit: int = 200) -> list[Mail]:
    """What could not be delivered: given up, or tried in vain and due for another try. Newest trouble first."""
    return list(
        db.session.scalars(
            sa.select(Mail)
            .where(Mail.sent_at.is_(None), Mail.last_error.is_not(None))
            .order_by(Mail.last_tried_at.desc())
            .limit(limit)
        )
    )
