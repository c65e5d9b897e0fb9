from carneau.core.db import db
from carneau.inventory.statements import EXPIRED_TYPES, FREE_EXPIRED

BATCH = 500


def free(ticket_type_id: int) -> int:
    """Ends up to BATCH holds of this type that have run out, and says how many. Those being paid are left alone."""
    freed = db.session.execute(FREE_EXPIRED, {"ticket_type_id": ticket_type_id, "most": BATCH}).scalar()
    return int(freed or 0)


def types_with_expired_holds() -> list[int]:
    return list(db.session.scalars(EXPIRED_TYPES))
