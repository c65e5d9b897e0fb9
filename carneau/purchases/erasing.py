from collections.abc import Collection, Sequence

import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.core import audit
from carneau.core.db import db
from carneau.core.errors import Conflict
from carneau.purchases.models import Purchase
from carneau.purchases.status import UNSETTLED

NOBODY = "—"
NO_ADDRESS = "erased@erased.invalid"


class StillBeingPaid(Conflict):
    def __init__(self) -> None:
        super().__init__(_("A payment is still under way. Please wait until it is done, or cancel it first."))


def erase(addresses: Collection[str], actor: str, organisation_id: int | None = None) -> Sequence[Purchase]:
    """Takes name and address out of the purchases of these addresses, and leaves what was sold for how much: the law
    asks for that. Raises StillBeingPaid where the address is needed yet."""
    here = sa.true() if organisation_id is None else Purchase.organisation_id == organisation_id
    mine = sa.and_(sa.func.lower(Purchase.email).in_(addresses), here)
    unsettled = sa.select(Purchase.id).where(mine, Purchase.payment_status.in_(UNSETTLED)).limit(1)
    if db.session.scalar(unsettled) is not None:
        raise StillBeingPaid
    erased = db.session.scalars(
        sa.update(Purchase)
        .where(mine)
        .values(buyer_name=NOBODY, email=NO_ADDRESS, erased_at=sa.func.now())
        .returning(Purchase)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).all()
    for purchase in erased:
        audit.record(purchase, "erased", actor)
    return erased
